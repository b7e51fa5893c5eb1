/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A resend that meets what it should not: a cloud that holds another document of a number, a host that cannot give a report
 * out or gives another, one that is set up anew in the middle, reports too large to be sent, a store that closes.
 */
#include "support/resend_bench.h"

/* ---- another document in the cloud ---- */

static cloud_report *in_cloud(int64_t number)
{
    for (uint32_t i = 0; i < b.cloud.count; i++) {
        if (b.cloud.reports[i].kind == 'Z' && b.cloud.reports[i].z == number)
            return &b.cloud.reports[i];
    }
    ck_abort_msg("the cloud lacks Z %lld", (long long)number);
}

/* Head office has decided that another till's document of that number counts, not ours. */
static void decide_for_another(int64_t number)
{
    cloud_report ours = *in_cloud(number);
    memset(in_cloud(number)->sha, 'e', 64);
    ours.conflict = true;
    ours.counted = false;
    cloud_store_report(&b.cloud, ours);
}

START_TEST(the_second_of_a_conflict_that_is_not_here_any_more_is_left_aside)
{
    resend_trade(1, 20);
    decide_for_another(8);
    b.closes[7].forgotten = true;
    core_resend r = resend_all();
    ck_assert_uint_eq(r.sent, 0);
    ck_assert_uint_eq(r.gone, 0); /* nothing is lost: the cloud has it */
    ck_assert_int_eq(ledger_load(&b.core->ledger, &b.core->vault, 0, 0, 8), VAULT_OK);
    ck_assert_uint_eq(ledger_find(&b.core->ledger, 8)->elsewhere, 1);
    b.cloud.compares = 0;
    resend_check_result(resend_all(), 19, 0, 0); /* it does not differ for ever */
    ck_assert_uint_eq(b.cloud.compares, 1);
}
END_TEST

START_TEST(where_a_rebuilt_one_gave_way_its_successor_is_remembered)
{
    resend_trade(1, 7);
    bench_pass(&b, BENCH_HOUR_MS);
    bench_close *z = bench_commit(&b, 8, "a");
    z->origin = POS_ORIGIN_REBUILT;
    ck_assert_int_eq(bench_hand_over(&b, z), POS_OK);
    ck_assert(bench_drain(&b, 60000));
    memset(in_cloud(8)->sha, 'e', 64); /* the original came in from somewhere else */
    in_cloud(8)->rebuilt = false;
    core_resend r = resend_all();
    resend_check_result(r, 8, 0, 0);
    ck_assert_int_eq(ledger_load(&b.core->ledger, &b.core->vault, 0, 0, 8), VAULT_OK);
    ck_assert_uint_eq(ledger_find(&b.core->ledger, 8)->sha256[0], 0xee);
    b.cloud.compares = 0;
    resend_check_result(resend_all(), 8, 0, 0);
    ck_assert_uint_eq(b.cloud.compares, 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 8);
}
END_TEST

/* ---- the host ---- */

START_TEST(a_report_that_the_host_cannot_give_now_is_asked_for_again)
{
    resend_trade(1, 8);
    resend_lose(3, 5);
    b.closed_error = POS_E_FAILED;
    b.closed_error_number = 4;
    ck_assert(resend_start());
    for (int i = 0; i < 200 && b.core->resend.host_failures == 0; i++)
        bench_pass(&b, bench_tick(&b, 0));
    ck_assert_uint_eq(b.core->resend.host_failures, 1);
    b.closed_error = POS_OK;
    resend_check_result(resend_finish(), 8, 3, 0);
    resend_check_all();
}
END_TEST

START_TEST(a_full_disk_is_asked_less_and_less_often)
{
    resend_trade(1, 8);
    resend_lose(3, 5);
    ck_assert(resend_start());
    storage_memory_faults(b.disk)->put_at = 1;
    storage_memory_faults(b.disk)->put_times = 1000000;
    uint64_t before = storage_memory_counts(b.disk).puts;
    bench_run(&b, 60000);
    uint64_t tried = storage_memory_counts(b.disk).puts - before;
    ck_assert_msg(tried > 3 && tried < 10, "%llu failing writes in a minute", (unsigned long long)tried);
    storage_memory_faults(b.disk)->put_at = storage_memory_faults(b.disk)->put_times = 0;
    resend_check_result(resend_finish(), 8, 3, 0);
    resend_check_all();
}
END_TEST

START_TEST(but_not_for_ever)
{
    resend_trade(1, 8);
    resend_lose(3, 5);
    b.closed_error = POS_E_FAILED;
    b.closed_error_number = 4;
    resend_check_result(resend_all(), 8, 2, 1);
    b.closed_error = POS_OK;
    resend_check_result(resend_all(), 8, 1, 0); /* the next one finds it */
    resend_check_all();
}
END_TEST

static int64_t wrong_number;

static int32_t give_another(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    return bench_closed(ctx, number == wrong_number ? number + 1 : number, visitor, visitor_ctx);
}

START_TEST(another_number_than_asked_for_is_not_taken_for_it)
{
    resend_trade(1, 8);
    resend_lose(3, 5);
    wrong_number = 4;
    b.reports.closed = give_another;
    resend_check_result(resend_all(), 8, 2, 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 7);
    b.reports.closed = bench_closed;
    resend_check_result(resend_all(), 8, 1, 0);
    resend_check_all();
}
END_TEST

START_TEST(nor_is_it_while_the_history_is_read)
{
    resend_trade(1, 8);
    resend_wipe();
    b.range_error = POS_E_BUSY;
    bench_run(&b, 2000);
    resend_adopt();
    b.range_error = POS_OK;
    wrong_number = 4;
    b.reports.closed = give_another;
    core_resend r = resend_all();
    ck_assert_uint_eq(r.sent, 0);
    ck_assert_uint_eq(r.compared, 7);
    b.reports.closed = bench_closed;
    bench_run(&b, 2 * BENCH_HOUR_MS);
    resend_check_all();
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}
END_TEST

static int32_t range_from_zero(void *ctx, int64_t *first, int64_t *last)
{
    int32_t result = bench_closed_range(ctx, first, last);
    *first = -5;
    return result;
}

static int32_t range_of_nothing(void *ctx, int64_t *first, int64_t *last)
{
    (void)ctx;
    *first = *last = 0;
    return POS_OK;
}

START_TEST(a_history_begins_at_one_and_may_be_empty)
{
    bench_stop(&b);
    bench_commit(&b, 1, "a");
    bench_pass(&b, BENCH_HOUR_MS);
    bench_commit(&b, 2, "a");
    b.reports.closed_range = range_from_zero;
    ck_assert(bench_start(&b));
    ck_assert(bench_drain(&b, 60000));
    resend_check_all();
    ck_assert_uint_eq(resend_all().gone, 0);
    b.reports.closed_range = range_of_nothing;
    ck_assert_uint_eq(resend_all().gone, 0);
    ck_assert_int_eq(b.core->outbox.last_number, 2);
    resend_check_all();
}
END_TEST

START_TEST(a_history_that_cannot_be_read_is_waited_for)
{
    resend_trade(1, 3);
    ck_assert(resend_start());
    b.range_error = POS_E_BUSY;
    bench_run(&b, 10 * 60000);
    ck_assert(core_resend_is_running(b.core));
    b.range_error = POS_OK;
    ck_assert_int_eq(resend_finish().stage, RESEND_STAGE_DONE);
    resend_check_all();
}
END_TEST

/* The plugin was wiped; it reads the history, and the host is set up anew before that is over. */
START_TEST(a_host_set_up_anew_in_the_middle_begins_another_history)
{
    uint32_t seen = 0;
    for (int ticks = 1; ticks < 40; ticks++) {
        resend_teardown();
        resend_setup();
        resend_trade(1, 8);
        resend_lose(2, 3);
        resend_wipe();
        b.range_error = POS_E_BUSY;
        bench_run(&b, 2000);
        resend_adopt();
        b.range_error = POS_OK;
        ck_assert(resend_start());
        for (int i = 0; i < ticks; i++)
            bench_pass(&b, bench_tick(&b, 0));
        core_resend_stage stage = core_get_resend(b.core, b.now).stage;
        seen += b.core->resend.scanning;
        bench_pass(&b, BENCH_HOUR_MS);
        bench_commit(&b, 1, "reset");
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[b.close_count - 1]), POS_OK);
        bench_run(&b, 4 * BENCH_HOUR_MS);
        ck_assert(!core_resend_is_running(b.core));
        resend_all();
        ck_assert_msg(cloud_counts(&b.cloud, b.closes[b.close_count - 1].sha) == 1, "after %d ticks, stage %d", ticks,
                      (int)stage);
        ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
        for (uint32_t i = 4; i <= 8; i++)
            ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[i - 1].sha), 1);
    }
    ck_assert_uint_gt(seen, 0);
}
END_TEST

START_TEST(what_is_too_large_is_kept_and_shown_without_its_document)
{
    bench_stop(&b);
    b.document_bytes = POS_DOCUMENT_MAX_BYTES + 1;
    bench_commit(&b, 1, "a");
    b.document_bytes = 0;
    bench_pass(&b, BENCH_HOUR_MS);
    bench_commit(&b, 2, "a");
    b.range_error = POS_E_BUSY;
    ck_assert(bench_start(&b));
    bench_run(&b, 2000);
    b.range_error = POS_OK;
    core_resend r = resend_all();
    ck_assert_uint_eq(r.sent, 2);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).rejected, 1);
    ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[1].sha), 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 1);
}
END_TEST

/* ---- the store ---- */

START_TEST(a_store_that_closes_holds_it_until_it_opens)
{
    resend_trade(1, 8);
    resend_lose(3, 5);
    b.cloud.compare_fault = CLOUD_PROBLEM;
    b.cloud.compare_times = 1;
    b.cloud.status = 403;
    b.cloud.slug = "store-closed";
    ck_assert(resend_start());
    bench_run(&b, 10000);
    ck_assert(core_resend_is_running(b.core));
    ck_assert_int_eq(sender_hold_of(b.core, &b.core->state.destinations[0]), HOLD_STORE_REFUSED);
    ck_assert_int_eq(core_get_resend(b.core, b.now).next_try_in_ms, -1);
    core_begin_call(b.core);
    core_retry_now(b.core, b.now);
    resend_check_result(resend_finish(), 8, 3, 0);
    resend_check_all();
}
END_TEST

START_TEST(one_noted_without_a_store_is_not_gone_on_with)
{
    resend_trade(1, 3);
    b.core->state.resend.active = true;
    b.core->state.assigned = false;
    core_begin_call(b.core);
    ck_assert_int_eq(core_save_state(b.core), POS_OK);
    bench_restart(&b);
    ck_assert(!core_resend_is_running(b.core));
    ck_assert(!core_resend_can_start(b.core));
    resend_cancel(); /* nothing to cancel */
    ck_assert_int_eq(core_get_resend(b.core, b.now).stage, RESEND_STAGE_NEVER);
}
END_TEST

static uint32_t questions;

static uint32_t count_refused(net *face, net_request *request)
{
    (void)face;
    questions += strstr(request->path, "/reports/compare") != NULL;
    net_request_free(request);
    return 0;
}

START_TEST(a_net_that_takes_nothing_is_asked_less_and_less_often)
{
    resend_trade(1, 8);
    questions = 0;
    b.net->face.submit = count_refused;
    ck_assert(resend_start());
    bench_run(&b, 31000); /* it waits 1, 2, 4, 8 and 16 s, or as little as half */
    ck_assert_uint_ge(questions, 5);
    ck_assert_uint_le(questions, 6);
    ck_assert_int_gt(core_get_resend(b.core, b.now).next_try_in_ms, 0);
    b.net->face.submit = script_submit;
    resend_check_result(resend_finish(), 8, 0, 0);
}
END_TEST

START_TEST(a_net_that_takes_nothing_is_asked_again_later)
{
    resend_trade(1, 8);
    resend_lose(3, 5);
    b.net->refuses = true;
    ck_assert(resend_start());
    bench_run(&b, 30000);
    ck_assert(core_resend_is_running(b.core));
    b.net->refuses = false;
    resend_check_result(resend_finish(), 8, 3, 0);
    resend_check_all();
}
END_TEST

static void add_tests(TCase *tc)
{
    tcase_add_test(tc, the_second_of_a_conflict_that_is_not_here_any_more_is_left_aside);
    tcase_add_test(tc, where_a_rebuilt_one_gave_way_its_successor_is_remembered);
    tcase_add_test(tc, a_report_that_the_host_cannot_give_now_is_asked_for_again);
    tcase_add_test(tc, but_not_for_ever);
    tcase_add_test(tc, a_full_disk_is_asked_less_and_less_often);
    tcase_add_test(tc, another_number_than_asked_for_is_not_taken_for_it);
    tcase_add_test(tc, nor_is_it_while_the_history_is_read);
    tcase_add_test(tc, a_history_begins_at_one_and_may_be_empty);
    tcase_add_test(tc, a_history_that_cannot_be_read_is_waited_for);
    tcase_add_test(tc, a_host_set_up_anew_in_the_middle_begins_another_history);
    tcase_add_test(tc, what_is_too_large_is_kept_and_shown_without_its_document);
    tcase_add_test(tc, a_store_that_closes_holds_it_until_it_opens);
    tcase_add_test(tc, one_noted_without_a_store_is_not_gone_on_with);
    tcase_add_test(tc, a_net_that_takes_nothing_is_asked_less_and_less_often);
    tcase_add_test(tc, a_net_that_takes_nothing_is_asked_again_later);
}

int main(void)
{
    Suite *suite = suite_create("core: trouble in a resend");
    TCase *tc = tcase_create("trouble");
    tcase_add_checked_fixture(tc, resend_setup, resend_teardown);
    tcase_set_timeout(tc, 120);
    add_tests(tc);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
