/* SPDX-License-Identifier: Apache-2.0 */
/* While the answer to one batch is awaited the next one is sent: when that is so, when not, and what each answer does. */
#include "support/resend_bench.h"

static void setup(void)
{
    bench_connect(&b);
    b.net->sends_at_once = true;
}

static void teardown(void)
{
    ck_assert_uint_eq(b.cloud.bodies_bad, 0);
    bench_close_all(&b);
}

/* 600 closes, in three ledger pages; the first batch is answered, those after it are held. */
static void hold_after_the_first(void)
{
    b.cloud.fault = CLOUD_UNREACHED;
    for (int64_t n = 1; n <= 600; n++) {
        bench_commit(&b, n, "a");
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[b.close_count - 1]), POS_OK);
        bench_pass(&b, 1000);
    }
    bench_run(&b, 2000);
    b.cloud.uploads = 0;
    b.cloud.fault = CLOUD_HOLD;
    b.cloud.fault_after = 1;
    core_begin_call(b.core);
    core_retry_now(b.core, b.now);
    bench_run(&b, 5000);
}

/* The uploads that no answer has come to, the oldest first. */
static uint32_t held(const script_request *found[4])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < b.net->count && count < 4; i++) {
        const script_request *r = &b.net->requests[i];
        if (!r->answered && strstr(r->request->path, "/reports"))
            found[count++] = r;
    }
    return count;
}

static void answer(const script_request *request)
{
    script_request asked = *request;
    b.cloud.fault = CLOUD_FINE;
    cloud_handle(&b.cloud, b.net, &asked);
    b.cloud.fault = CLOUD_HOLD;
    bench_run(&b, 1000);
}

static void answer_what_is_held(void)
{
    const script_request *all[4];
    uint32_t count = held(all);
    b.cloud.fault = CLOUD_FINE;
    for (uint32_t i = 0; i < count; i++) {
        script_request asked = *all[i];
        cloud_handle(&b.cloud, b.net, &asked);
    }
}

static void check_all_counted(void)
{
    answer_what_is_held();
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    for (uint32_t i = 0; i < b.close_count; i++)
        ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[i].sha), 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), b.close_count);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_OUTBOX), 0);
}

START_TEST(the_next_goes_while_an_answer_is_awaited)
{
    const script_request *two[4];
    hold_after_the_first();
    ck_assert_uint_eq(held(two), 2);
    core_queue q = core_get_queue(b.core, b.now);
    ck_assert_uint_eq(q.pending, 345);
    ck_assert_uint_eq(q.sending, 345);
    ck_assert_uint_eq(q.upload_total_bytes, two[0]->request->body_bytes + two[1]->request->body_bytes);
    ck_assert_uint_eq(q.upload_sent_bytes, q.upload_total_bytes);
    core_row rows[8];
    uint32_t total;
    ck_assert_uint_eq(core_list_queue(b.core, b.now, 340, 5, rows, &total), 5);
    for (uint32_t i = 0; i < 5; i++)
        ck_assert_int_eq(rows[i].state, STATE_SENDING);
    answer(two[0]);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 89);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).sending, 89);
    answer(two[1]);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
    check_all_counted();
    ck_assert_uint_eq(b.cloud.uploads, 5); /* the two that were held came in twice */
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_LEDGER), 3);
}
END_TEST

START_TEST(the_second_answer_may_come_first)
{
    const script_request *two[4];
    hold_after_the_first();
    ck_assert_uint_eq(held(two), 2);
    answer(two[1]);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 256);
    bench_commit(&b, 601, "a");
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[600]), POS_OK);
    bench_run(&b, 1000);
    ck_assert_uint_eq(held(two), 2); /* the new one goes beside the one that still waits */
    answer(two[1]);
    answer(two[0]);
    check_all_counted();
}
END_TEST

START_TEST(both_answers_may_come_at_once)
{
    const script_request *two[4];
    script_request asked[2];
    hold_after_the_first();
    ck_assert_uint_eq(held(two), 2);
    asked[0] = *two[0];
    asked[1] = *two[1];
    b.cloud.fault = CLOUD_FINE;
    cloud_handle(&b.cloud, b.net, &asked[1]);
    cloud_handle(&b.cloud, b.net, &asked[0]);
    ck_assert_uint_eq(bench_tick(&b, 0), 0);
    ck_assert_uint_eq(b.writes, 0); /* judging them is work enough for a tick */
    ck_assert_ptr_null(sender_batch_in(b.core, SENDER_IN_FLIGHT));
    ck_assert_uint_eq(bench_tick(&b, 0), 0);
    ck_assert_uint_eq(b.writes, 1);
    check_all_counted();
    ck_assert_uint_eq(b.writes_worst, 1);
}
END_TEST

START_TEST(two_bodies_do_not_share_the_link)
{
    const script_request *one[4];
    b.net->sends_at_once = false;
    hold_after_the_first();
    ck_assert_uint_eq(held(one), 1);
    b.net->sends_at_once = true;
    bench_run(&b, 1000);
    ck_assert_uint_eq(held(one), 2);
    answer(one[0]);
    answer(one[1]);
    check_all_counted();
}
END_TEST

START_TEST(as_long_as_nothing_was_taken_there_is_one)
{
    const script_request *one[4];
    hold_after_the_first();
    bench_restart(&b);
    b.net->sends_at_once = true;
    b.cloud.fault_after = 0;
    b.cloud.fault = CLOUD_HOLD;
    bench_run(&b, 20000);
    ck_assert_uint_eq(held(one), 1);
    answer(one[0]);
    check_all_counted();
}
END_TEST

START_TEST(one_that_fails_takes_the_other_along)
{
    const script_request *two[4];
    hold_after_the_first();
    ck_assert_uint_eq(held(two), 2);
    uint32_t second = two[1]->ticket;
    script_fail(b.net, two[0]->ticket, NET_FAILED_CUT);
    bench_tick(&b, 0);
    ck_assert(script_find(b.net, second)->cancelled);
    ck_assert(sender_is_idle(b.core));
    ck_assert_uint_eq(b.core->credentials[0].backoff.failures, 1);
    ck_assert_uint_eq(b.core->sender.limit, 128);
    bench_run(&b, BENCH_HOUR_MS / 60);
    ck_assert_uint_eq(held(two), 1); /* and again one alone, until all goes well */
    answer(two[0]);
    check_all_counted();
}
END_TEST

START_TEST(so_does_a_store_that_is_closed)
{
    const script_request *two[4];
    hold_after_the_first();
    ck_assert_uint_eq(held(two), 2);
    b.cloud.store_closed = true;
    answer(two[1]);
    ck_assert(sender_is_idle(b.core));
    ck_assert_int_eq(b.core->credentials[0].hold, HOLD_STORE_REFUSED);
    b.cloud.store_closed = false;
    core_begin_call(b.core);
    core_retry_now(b.core, b.now);
    bench_run(&b, 1000);
    ck_assert_uint_eq(held(two), 1);
    answer(two[0]);
    check_all_counted();
}
END_TEST

START_TEST(nothing_joins_one_whose_store_is_held_meanwhile)
{
    const script_request *one[4];
    b.net->sends_at_once = false;
    hold_after_the_first();
    sender_hold_store(b.core, b.now, 0);
    b.net->sends_at_once = true;
    bench_run(&b, 1000);
    ck_assert_uint_eq(held(one), 1);
    core_begin_call(b.core);
    core_retry_now(b.core, b.now);
    bench_run(&b, 1000);
    ck_assert_uint_eq(held(one), 2);
    answer(one[0]);
    check_all_counted();
}
END_TEST

START_TEST(nor_while_the_storage_does_not_read)
{
    const script_request *one[4];
    b.net->sends_at_once = false;
    hold_after_the_first();
    storage_memory_faults(b.disk)->get_code = POS_E_IO;
    b.net->sends_at_once = true;
    bench_run(&b, 10000);
    ck_assert_uint_eq(held(one), 1);
    ck_assert_uint_lt(b.zero_ticks, 100);
    storage_memory_faults(b.disk)->get_code = POS_OK;
    bench_run(&b, 2000);
    ck_assert_uint_eq(held(one), 2);
    answer(one[0]);
    check_all_counted();
}
END_TEST

START_TEST(what_comes_back_for_later_stops_the_flow)
{
    const script_request *two[4];
    b.net->sends_at_once = false;
    b.cloud.retry_z = 7;
    hold_after_the_first();
    b.net->sends_at_once = true;
    bench_run(&b, 1000);
    ck_assert_uint_eq(held(two), 1); /* 7 was put off: the next one goes alone */
    b.cloud.retry_z = 0;
    answer(two[0]);
    check_all_counted();
}
END_TEST

START_TEST(what_was_set_aside_goes_alone)
{
    const script_request *one[4];
    bench_day(&b, 1);
    b.cloud.retry_z = 2;
    bench_day(&b, 2);
    bench_run(&b, 1000);
    b.cloud.retry_z = 0;
    ck_assert_uint_eq(b.core->sender.aside_count, 1);
    b.cloud.fault = CLOUD_HOLD;
    for (int i = 0; i < 3600 && held(one) == 0; i++)
        bench_run(&b, 1000);
    ck_assert(b.core->sender.batches[0].is_retry);
    bench_day(&b, 3);
    bench_run(&b, 1000);
    ck_assert_uint_eq(held(one), 1);
    answer(one[0]);
    ck_assert_uint_eq(held(one), 1);
    check_all_counted();
}
END_TEST

START_TEST(an_x_goes_alone)
{
    const script_request *one[4];
    bench_day(&b, 1);
    bench_run(&b, 2000);
    b.cloud.fault = CLOUD_HOLD;
    core_begin_call(b.core);
    ck_assert(core_set_x_enabled(b.core, b.now, true));
    bench_run(&b, 2000);
    ck_assert_uint_eq(held(one), 1);
    ck_assert(sender_is_sending_x(b.core));
    bench_day(&b, 2);
    bench_run(&b, 1000);
    ck_assert_uint_eq(held(one), 1);
    answer(one[0]);
    check_all_counted();
}
END_TEST

/* The cloud lost 300 of 400 days: they go through a window while the till trades on. */
static void hold_history(void)
{
    resend_trade(1, 400);
    resend_lose(1, 300);
    b.cloud.fault = CLOUD_HOLD;
    b.cloud.fault_after = 1; /* the X of the open period goes first */
    b.cloud.uploads = 0;
    ck_assert(resend_start());
    for (int i = 0; i < 600 && b.cloud.uploads < 2; i++)
        bench_run(&b, 100);
    ck_assert_uint_eq(b.cloud.uploads, 2);
}

START_TEST(a_fresh_close_does_not_wait_behind_history)
{
    const script_request *two[4];
    b.net->sends_at_once = false;
    hold_history();
    ck_assert_uint_eq(held(two), 1);
    bench_day(&b, 401);
    b.net->sends_at_once = true;
    bench_run(&b, 1000);
    ck_assert_uint_eq(held(two), 2);
    ck_assert(sender_is_sending(b.core, b.core->outbox.fresh_id));
    answer(two[1]);
    ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[400].sha), 1);
    answer(two[0]);
    answer_what_is_held();
    resend_finish();
    check_all_counted();
}
END_TEST

START_TEST(nor_does_an_x_which_goes_alone)
{
    const script_request *one[4];
    b.net->sends_at_once = false;
    hold_history();
    core_begin_call(b.core);
    ck_assert(core_set_x_enabled(b.core, b.now, true));
    b.net->sends_at_once = true;
    bench_run(&b, 10000);
    ck_assert(xslot_is_pending(b.core));
    ck_assert_uint_eq(held(one), 1);
    ck_assert(!sender_is_sending_x(b.core));
    answer(one[0]);
    ck_assert_uint_eq(held(one), 1);
    ck_assert(sender_is_sending_x(b.core));
    answer(one[0]);
    ck_assert(!xslot_is_pending(b.core));
    answer_what_is_held();
    resend_finish();
    check_all_counted();
}
END_TEST

/* Whichever of the two still waits for its answer. */
START_TEST(a_resend_is_not_done_before_its_last_answer)
{
    const script_request *one[4];
    resend_trade(1, 6);
    resend_lose(3, 4);
    b.cloud.fault = CLOUD_HOLD;
    b.cloud.fault_after = 1;
    ck_assert(resend_start());
    bench_run(&b, 60000);
    ck_assert_uint_ge(held(one), 1);
    ck_assert(core_resend_is_running(b.core));
    ck_assert_int_eq(b.core->sender.batches[0].phase, SENDER_IN_FLIGHT);
    if (held(one) < 2)
        bench_day(&b, 7);
    bench_run(&b, 1000);
    ck_assert_uint_eq(held(one), 2);
    answer(one[0]);
    bench_run(&b, 60000);
    ck_assert_uint_eq(held(one), 1);
    ck_assert_int_eq(b.core->sender.batches[1].phase, SENDER_IN_FLIGHT);
    ck_assert(core_resend_is_running(b.core));
    answer(one[0]);
    bench_run(&b, 1000);
    ck_assert(!core_resend_is_running(b.core));
    check_all_counted();
}
END_TEST

START_TEST(one_that_is_replaced_meanwhile_is_sent_anew)
{
    const script_request *two[4];
    hold_after_the_first();
    ck_assert_uint_eq(held(two), 2);
    uint64_t id = b.core->sender.batches[1].items[3].id;
    sender_forget_item(b.core, id);
    ck_assert(b.core->sender.batches[1].items[3].stale);
    answer(two[1]);
    ck_assert(idset_has(&b.core->outbox.waiting, id));
    answer(two[0]);
    check_all_counted();
}
END_TEST

START_TEST(disconnecting_breaks_both_off)
{
    const script_request *two[4];
    hold_after_the_first();
    ck_assert_uint_eq(held(two), 2);
    uint32_t first = two[0]->ticket, second = two[1]->ticket;
    ck_assert_int_eq(bench_disconnect(&b), PROGRESS_DONE);
    ck_assert(script_find(b.net, first)->cancelled);
    ck_assert(script_find(b.net, second)->cancelled);
    ck_assert(sender_is_idle(b.core));
}
END_TEST

START_TEST(the_plugin_may_end_with_both_under_way)
{
    const script_request *two[4];
    hold_after_the_first();
    ck_assert_uint_eq(held(two), 2);
    bench_restart(&b);
    check_all_counted();
}
END_TEST

static void add_tests(TCase *tc)
{
    tcase_add_test(tc, the_next_goes_while_an_answer_is_awaited);
    tcase_add_test(tc, the_second_answer_may_come_first);
    tcase_add_test(tc, both_answers_may_come_at_once);
    tcase_add_test(tc, two_bodies_do_not_share_the_link);
    tcase_add_test(tc, as_long_as_nothing_was_taken_there_is_one);
    tcase_add_test(tc, one_that_fails_takes_the_other_along);
    tcase_add_test(tc, so_does_a_store_that_is_closed);
    tcase_add_test(tc, nothing_joins_one_whose_store_is_held_meanwhile);
    tcase_add_test(tc, nor_while_the_storage_does_not_read);
    tcase_add_test(tc, what_comes_back_for_later_stops_the_flow);
    tcase_add_test(tc, what_was_set_aside_goes_alone);
    tcase_add_test(tc, an_x_goes_alone);
    tcase_add_test(tc, a_fresh_close_does_not_wait_behind_history);
    tcase_add_test(tc, nor_does_an_x_which_goes_alone);
    tcase_add_test(tc, a_resend_is_not_done_before_its_last_answer);
    tcase_add_test(tc, one_that_is_replaced_meanwhile_is_sent_anew);
    tcase_add_test(tc, disconnecting_breaks_both_off);
    tcase_add_test(tc, the_plugin_may_end_with_both_under_way);
}

int main(void)
{
    Suite *suite = suite_create("core: a batch beside another");
    TCase *tc = tcase_create("beside");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    add_tests(tc);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
