/* SPDX-License-Identifier: Apache-2.0 */
/* Resend all statistics: days that only the host knows, before the plugin or after its storage was lost; how it starts by
 * itself, is cancelled, goes on after a restart; and what must not wait for it. */
#include "support/resend_bench.h"

static void commit_only(int64_t from, int64_t to)
{
    for (int64_t n = from; n <= to; n++) {
        bench_pass(&b, BENCH_HOUR_MS);
        bench_commit(&b, n, "a");
    }
}

static void wait_until_started(void)
{
    for (int i = 0; i < 100000 && !core_resend_is_running(b.core); i++)
        bench_pass(&b, bench_tick(&b, 0));
    ck_assert(core_resend_is_running(b.core));
}

/* ---- by itself ---- */

START_TEST(years_before_the_first_log_in_are_sent_by_itself)
{
    bench_stop(&b);
    commit_only(1, 700);
    ck_assert(bench_start(&b));
    wait_until_started();
    core_resend r = resend_finish();
    ck_assert_int_eq(r.stage, RESEND_STAGE_DONE);
    ck_assert(r.automatic);
    ck_assert_uint_eq(r.left, 0);
    resend_check_all();
}
END_TEST

START_TEST(before_a_store_is_chosen_only_a_window_of_it_is_copied)
{
    ck_assert_int_eq(bench_disconnect(&b), PROGRESS_DONE);
    bench_stop(&b);
    commit_only(1, 700);
    ck_assert(bench_start(&b));
    bench_run(&b, 3 * BENCH_HOUR_MS);
    ck_assert_uint_eq(b.core->outbox.waiting.size, OUTBOX_WINDOW);
    ck_assert(core_get_queue(b.core, b.now).catching_up);
    ck_assert(!core_resend_is_running(b.core));
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    wait_until_started();
    resend_finish();
    resend_check_all();
}
END_TEST

START_TEST(a_wiped_till_sends_little_of_what_the_cloud_has)
{
    resend_trade(1, 600);
    resend_lose(301, 303);
    resend_wipe();
    resend_adopt();
    uint64_t before = b.net->submitted_bytes;
    wait_until_started();
    core_resend r = resend_finish();
    ck_assert_uint_le(r.sent, OUTBOX_WINDOW + 3);
    ck_assert_uint_lt(b.net->submitted_bytes - before, 150000); /* of more than 600 * 400 */
    resend_check_all();
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
    b.cloud.compares = 0;
    resend_check_result(resend_all(), 600, 0, 0);
    ck_assert_uint_eq(b.cloud.compares, 1);
}
END_TEST

/* ---- original and rebuilt, conflicts, epochs ---- */

START_TEST(an_upgraded_host_raises_no_conflict)
{
    resend_trade(1, 300);
    resend_lose(100, 101);
    for (uint32_t i = 0; i < b.close_count; i++)
        resend_rebuild(&b.closes[i]);
    resend_wipe();
    resend_adopt();
    bench_run(&b, 60000);
    resend_finish();
    ck_assert_uint_eq(resend_count_conflicts(), 0);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 300); /* two of them rebuilt */
    b.cloud.compares = 0;
    resend_check_result(resend_all(), 300, 0, 0);
    ck_assert_uint_eq(b.cloud.compares, 1);
}
END_TEST

START_TEST(with_a_ledger_a_rebuilt_one_goes_only_where_the_cloud_has_nothing)
{
    resend_trade(1, 20);
    resend_lose(7, 8);
    /* of 8 the cloud has another till's, under our name */
    cloud_report other = b.cloud.reports[0];
    other.z = 8;
    memset(other.sha, 'e', 64);
    cloud_store_report(&b.cloud, other);
    for (uint32_t i = 0; i < b.close_count; i++)
        resend_rebuild(&b.closes[i]);
    resend_check_result(resend_all(), 20, 1, 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 20);
    ck_assert_uint_eq(resend_count_conflicts(), 0);
}
END_TEST

START_TEST(two_originals_of_one_number_are_a_conflict)
{
    resend_trade(1, 20);
    resend_lose(8, 8);
    cloud_report other = b.cloud.reports[0];
    other.z = 8;
    memset(other.sha, 'e', 64);
    cloud_store_report(&b.cloud, other);
    resend_check_result(resend_all(), 20, 1, 0);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).conflict, 1);
    b.cloud.compares = 0;
    resend_check_result(resend_all(), 19, 0, 0); /* it is settled, and does not differ for ever */
    ck_assert_uint_eq(b.cloud.compares, 1);
}
END_TEST

static void host_goes_back(int64_t to, int64_t again)
{
    for (uint32_t i = 0; i < b.close_count; i++)
        b.closes[i].forgotten = b.closes[i].forgotten || b.closes[i].number > to;
    for (int64_t n = to + 1; n <= again; n++) {
        bench_pass(&b, BENCH_HOUR_MS);
        bench_commit(&b, n, "again");
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[b.close_count - 1]), POS_OK);
    }
    ck_assert(bench_drain(&b, 60000));
}

START_TEST(what_is_lost_of_an_earlier_epoch_goes_back_there)
{
    resend_trade(1, 10);
    host_goes_back(7, 9);
    ck_assert_uint_eq(b.core->outbox.epoch, 1);
    resend_lose(5, 8); /* of both epochs; the host does not have the first 8 any more */
    resend_check_result(resend_all(), 12, 4, 1);
    for (uint32_t i = 0; i < b.close_count; i++)
        ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[i].sha), i == 7 ? 0 : 1);
    const cloud_report *five = cloud_held(&b.cloud, b.closes[4].sha);
    ck_assert_int_eq(five->epoch, 0);
    ck_assert_uint_eq(b.core->outbox.epoch, 1);
}
END_TEST

START_TEST(a_clone_that_became_another_till_does_not_send_the_past_of_the_first)
{
    resend_trade(1, 20);
    uint64_t device = RECORD_DEVICE_ID;
    bench_stop(&b);
    ck_assert_int_eq(storage_memory_calls()->acquire(b.disk), POS_OK);
    ck_assert_int_eq(storage_memory_calls()->remove(b.disk, COLLECTION_DEVICE, &device, 1), POS_OK);
    storage_memory_calls()->release(b.disk);
    ck_assert(bench_start(&b));
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_FAILED);
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_ANOTHER, NULL), PROGRESS_DONE);
    bench_day(&b, 21);
    ck_assert(bench_drain(&b, 60000));
    resend_check_result(resend_all(), 1, 0, 0);
    resend_check_all();
}
END_TEST

/* ---- cancel, restart, disconnect ---- */

START_TEST(a_cancel_leaves_the_rest_and_says_how_much)
{
    bench_stop(&b);
    commit_only(1, 700);
    ck_assert(bench_start(&b));
    wait_until_started();
    for (int i = 0; i < 400; i++)
        bench_pass(&b, bench_tick(&b, 0));
    resend_cancel();
    bench_run(&b, 3 * BENCH_HOUR_MS);
    core_resend r = core_get_resend(b.core, b.now);
    ck_assert_int_eq(r.stage, RESEND_STAGE_CANCELLED);
    uint32_t held = cloud_count_kind(&b.cloud, 'Z', true);
    ck_assert(held > 0 && held < 700);
    ck_assert_uint_eq(r.left, 700 - held);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
    bench_restart(&b);
    bench_run(&b, 3 * BENCH_HOUR_MS);
    ck_assert_uint_eq(core_get_resend(b.core, b.now).left, 700 - held);
    bench_day(&b, 701); /* what is closed from now on is sent as ever */
    bench_run(&b, 60000);
    commit_only(702, 702);
    bench_run(&b, 2 * BENCH_HOUR_MS);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), held + 2);
    r = resend_all();
    ck_assert_uint_eq(r.left, 0);
    resend_check_all();
}
END_TEST

START_TEST(a_cancel_at_any_tick_loses_and_doubles_nothing)
{
    resend_trade(1, 100);
    resend_lose(1, 90);
    for (uint32_t n = 1; n < 400; n += 7) {
        if (!resend_start())
            continue;
        for (uint32_t i = 0; i < n && core_resend_is_running(b.core); i++)
            bench_pass(&b, bench_tick(&b, 0));
        resend_cancel();
        bench_run(&b, 5000);
        ck_assert(!core_resend_is_running(b.core));
        resend_lose(1, (int64_t)(n % 90));
    }
    resend_all();
    resend_check_all();
}
END_TEST

START_TEST(a_restart_goes_on)
{
    resend_trade(1, 300);
    resend_lose(1, 280);
    ck_assert(resend_start());
    for (uint32_t n = 10; core_resend_is_running(b.core); n += 20) {
        for (uint32_t i = 0; i < n && core_resend_is_running(b.core); i++)
            bench_pass(&b, bench_tick(&b, 0));
        if (core_resend_is_running(b.core))
            bench_crash(&b);
    }
    core_resend r = core_get_resend(b.core, b.now);
    ck_assert_int_eq(r.stage, RESEND_STAGE_DONE);
    ck_assert_uint_eq(r.gone, 0);
    resend_check_all();
    bench_run(&b, 1000);
    bench_restart(&b);
    ck_assert_int_eq(core_get_resend(b.core, b.now).stage, RESEND_STAGE_DONE);
}
END_TEST

START_TEST(a_disconnect_ends_it)
{
    resend_trade(1, 300);
    resend_lose(1, 280);
    ck_assert(resend_start());
    for (int i = 0; i < 50; i++)
        bench_pass(&b, bench_tick(&b, 0));
    ck_assert_int_eq(bench_disconnect(&b), PROGRESS_DONE);
    ck_assert_int_eq(core_get_resend(b.core, b.now).stage, RESEND_STAGE_CANCELLED);
    uint32_t compares = b.cloud.compares;
    bench_run(&b, 2 * BENCH_HOUR_MS);
    ck_assert_uint_eq(b.cloud.compares, compares);
}
END_TEST

/* ---- what does not wait ---- */

START_TEST(a_fresh_close_goes_before_what_waits)
{
    resend_trade(1, 300);
    resend_lose(1, 300);
    b.cloud.fault = CLOUD_HOLD;
    ck_assert(resend_start());
    bench_run(&b, 5000);
    ck_assert_uint_gt(b.core->outbox.waiting.size, 30);
    bench_commit(&b, 301, "a");
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[300]), POS_OK);
    b.cloud.fault = CLOUD_FINE;
    script_fail(b.net, b.core->sender.batches[0].ticket, NET_FAILED_CUT);
    bench_run(&b, 100);
    core_retry_now(b.core, b.now);
    uint32_t before = cloud_count_kind(&b.cloud, 'Z', false);
    for (int i = 0; i < 2000 && cloud_count_kind(&b.cloud, 'Z', false) == before; i++)
        bench_pass(&b, bench_tick(&b, 0));
    ck_assert_int_eq(b.cloud.reports[before].z, 301);
    resend_finish();
    resend_check_all();
}
END_TEST

START_TEST(an_x_is_taken_and_sent_though_the_switch_is_off)
{
    resend_trade(1, 300);
    resend_lose(1, 300);
    ck_assert(resend_start());
    resend_finish();
    uint32_t at = 0;
    while (at < b.cloud.count && b.cloud.reports[at].kind != 'X')
        at++;
    ck_assert_uint_lt(at, 150); /* it did not wait for all of them */
    bench_run(&b, 3 * BENCH_HOUR_MS);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'X', true), 1);
    ck_assert(!core_get_x(b.core, b.now).enabled);
}
END_TEST

/* ---- failures ---- */

START_TEST(a_cloud_out_of_reach_is_asked_again)
{
    static const cloud_fault faults[] = {CLOUD_UNREACHED, CLOUD_LOSE_ANSWER, CLOUD_TIMEOUT, CLOUD_BARE, CLOUD_PROBLEM};
    resend_trade(1, 20);
    resend_lose(3, 3);
    b.cloud.compare_fault = faults[_i];
    b.cloud.compare_times = 3;
    b.cloud.status = _i == 3 ? 200 : 503;
    b.cloud.slug = "busy";
    ck_assert(resend_start());
    bench_run(&b, 100);
    core_resend r = core_get_resend(b.core, b.now);
    ck_assert_int_eq(r.failure.outcome, PROTOCOL_RETRY);
    ck_assert_int_gt(r.next_try_in_ms, 0);
    resend_finish();
    resend_check_all();
}
END_TEST

START_TEST(a_cloud_that_does_not_compare_gets_what_is_not_known_here)
{
    bench_stop(&b);
    commit_only(1, 300);
    b.cloud.compare_fault = CLOUD_PROBLEM;
    b.cloud.status = 404;
    b.cloud.slug = "not-found";
    ck_assert(bench_start(&b));
    wait_until_started();
    resend_finish();
    resend_check_all();
}
END_TEST

START_TEST(a_withdrawn_permission_waits_for_the_owner)
{
    resend_trade(1, 20);
    resend_lose(3, 3);
    cloud_revoke_all(&b.cloud);
    ck_assert(resend_start());
    bench_run(&b, 3 * BENCH_HOUR_MS);
    ck_assert(core_resend_is_running(b.core));
    ck_assert_uint_le(b.cloud.compares, 1);
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    resend_finish();
    resend_check_all();
}
END_TEST

START_TEST(a_damaged_page_of_the_ledger_is_found_out_again)
{
    resend_trade(1, 300);
    storage_memory_damage(b.disk, COLLECTION_LEDGER, ledger_key_pack(0, 0, 256), 700, 0x10);
    b.core->ledger.loaded = false;
    uint32_t stored = b.cloud.count;
    resend_check_result(resend_all(), 300, 0, 0);
    ck_assert_uint_le(b.cloud.count, stored + 1); /* the X */
    resend_check_all();
    b.cloud.compares = 0;
    resend_check_result(resend_all(), 300, 0, 0);
    ck_assert_uint_eq(b.cloud.compares, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: resend, from the host's history");
    TCase *tc = tcase_create("history");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, resend_setup, resend_teardown);
    tcase_add_test(tc, years_before_the_first_log_in_are_sent_by_itself);
    tcase_add_test(tc, before_a_store_is_chosen_only_a_window_of_it_is_copied);
    tcase_add_test(tc, a_wiped_till_sends_little_of_what_the_cloud_has);
    tcase_add_test(tc, an_upgraded_host_raises_no_conflict);
    tcase_add_test(tc, with_a_ledger_a_rebuilt_one_goes_only_where_the_cloud_has_nothing);
    tcase_add_test(tc, two_originals_of_one_number_are_a_conflict);
    tcase_add_test(tc, what_is_lost_of_an_earlier_epoch_goes_back_there);
    tcase_add_test(tc, a_clone_that_became_another_till_does_not_send_the_past_of_the_first);
    tcase_add_test(tc, a_cancel_leaves_the_rest_and_says_how_much);
    tcase_add_test(tc, a_cancel_at_any_tick_loses_and_doubles_nothing);
    tcase_add_test(tc, a_restart_goes_on);
    tcase_add_test(tc, a_disconnect_ends_it);
    tcase_add_test(tc, a_fresh_close_goes_before_what_waits);
    tcase_add_test(tc, an_x_is_taken_and_sent_though_the_switch_is_off);
    tcase_add_loop_test(tc, a_cloud_out_of_reach_is_asked_again, 0, 5);
    tcase_add_test(tc, a_cloud_that_does_not_compare_gets_what_is_not_known_here);
    tcase_add_test(tc, a_withdrawn_permission_waits_for_the_owner);
    tcase_add_test(tc, a_damaged_page_of_the_ledger_is_found_out_again);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
