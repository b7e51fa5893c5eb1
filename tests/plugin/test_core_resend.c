/* SPDX-License-Identifier: Apache-2.0 */
/* Resend all statistics: what the cloud lacks is found and sent, once; what it has costs a question. */
#include "support/resend_bench.h"

/* ---- in sync ---- */

START_TEST(before_the_first_one_nothing_has_failed)
{
    for (int i = 0; i < 2; i++) {
        core_resend r = core_get_resend(b.core, b.now);
        ck_assert_int_eq(r.stage, RESEND_STAGE_NEVER);
        ck_assert_int_eq(r.failure.outcome, PROTOCOL_DONE);
        ck_assert_int_eq(r.failure.cause, CAUSE_NONE);
        bench_restart(&b);
    }
}
END_TEST

START_TEST(in_sync_is_one_question)
{
    resend_trade(1, 40);
    uint32_t uploads = b.cloud.uploads;
    resend_check_result(resend_all(), 40, 0, 0);
    ck_assert_uint_eq(b.cloud.compares, 1);
    ck_assert_uint_lt(b.cloud.compare_bytes, 1024);
    ck_assert_uint_eq(b.cloud.uploads, uploads + 1); /* the X */
    resend_check_all();
}
END_TEST

START_TEST(a_till_that_never_closed_has_nothing_to_ask)
{
    resend_check_result(resend_all(), 0, 0, 0);
    ck_assert_uint_eq(b.cloud.compares, 0);
}
END_TEST

START_TEST(without_a_store_there_is_nobody_to_ask)
{
    ck_assert_int_eq(bench_disconnect(&b), PROGRESS_DONE);
    ck_assert(!resend_start());
    ck_assert_int_eq(core_get_resend(b.core, b.now).stage, RESEND_STAGE_NEVER);
}
END_TEST

START_TEST(a_second_one_does_not_start_beside_the_first)
{
    resend_trade(1, 3);
    ck_assert(resend_start());
    ck_assert(!resend_start());
    resend_finish();
}
END_TEST

START_TEST(a_storage_that_refuses_the_note_starts_nothing)
{
    resend_trade(1, 3);
    storage_memory_faults(b.disk)->put_at = 1;
    storage_memory_faults(b.disk)->put_times = 1;
    ck_assert(!resend_start());
    ck_assert(!core_resend_is_running(b.core));
    resend_check_result(resend_all(), 3, 0, 0);
}
END_TEST

/* ---- what the cloud lost ---- */

START_TEST(one_that_the_cloud_lost_is_sent_again)
{
    resend_trade(1, 40);
    resend_lose(17, 17);
    resend_check_result(resend_all(), 40, 1, 0);
    ck_assert_uint_eq(b.cloud.compares, 3);
    resend_check_all();
    b.cloud.compares = 0;
    resend_check_result(resend_all(), 40, 0, 0);
    ck_assert_uint_eq(b.cloud.compares, 1);
}
END_TEST

START_TEST(all_of_it)
{
    resend_trade(1, 300);
    resend_lose(1, 300);
    resend_check_result(resend_all(), 300, 300, 0);
    resend_check_all();
    ck_assert_uint_eq(b.writes_worst, 1);
}
END_TEST

START_TEST(the_outbox_never_holds_more_than_the_window_of_it)
{
    resend_trade(1, 300);
    resend_lose(20, 280);
    ck_assert(resend_start());
    uint64_t most = 0;
    for (int i = 0; i < 200000 && core_resend_is_running(b.core); i++) {
        bench_pass(&b, bench_tick(&b, 0));
        if (b.core->outbox.waiting.size > most)
            most = b.core->outbox.waiting.size;
    }
    ck_assert_uint_gt(most, 1);
    ck_assert_uint_le(most, OUTBOX_WINDOW);
    resend_finish();
    resend_check_all();
}
END_TEST

START_TEST(what_the_host_does_not_have_any_more_is_counted)
{
    resend_trade(1, 20);
    resend_lose(3, 6);
    b.closes[3].forgotten = b.closes[4].forgotten = true;
    resend_check_result(resend_all(), 20, 2, 2);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 18);
    resend_check_result(resend_all(), 20, 0, 2);
}
END_TEST

START_TEST(a_host_without_a_history_has_nothing_to_send)
{
    bench_stop(&b);
    b.has_reports = false;
    ck_assert(bench_start(&b));
    resend_trade(1, 5);
    resend_lose(2, 2);
    resend_check_result(resend_all(), 5, 0, 1);
}
END_TEST

/* ---- a cloud that does not compare ---- */

static void refuse_to_compare(void)
{
    b.cloud.compare_fault = CLOUD_PROBLEM;
    b.cloud.status = 404;
    b.cloud.slug = "not-found";
}

/* Nothing says what such a cloud lost, so all that the owner asked for is sent, the ledger or not. */
START_TEST(a_cloud_that_does_not_compare_gets_everything)
{
    resend_trade(1, 300);
    resend_lose(3, 5);
    refuse_to_compare();
    resend_check_result(resend_all(), 300, 300, 0);
    resend_check_all();
}
END_TEST

START_TEST(a_cloud_that_stops_comparing_half_way_gets_everything_that_differs)
{
    resend_trade(1, 300);
    resend_lose(3, 5);
    ck_assert(resend_start());
    for (int i = 0; i < 200000 && b.cloud.compares == 0; i++)
        bench_pass(&b, bench_tick(&b, 0));
    refuse_to_compare();
    resend_check_result(resend_finish(), 300, 300, 0);
    resend_check_all();
}
END_TEST

START_TEST(what_nobody_looked_for_is_not_called_lost)
{
    resend_trade(1, 20);
    b.closes[3].forgotten = b.closes[4].forgotten = true;
    refuse_to_compare();
    resend_check_result(resend_all(), 20, 18, 0);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 20);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: resend all statistics");
    TCase *tc = tcase_create("resend");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, resend_setup, resend_teardown);
    tcase_add_test(tc, before_the_first_one_nothing_has_failed);
    tcase_add_test(tc, in_sync_is_one_question);
    tcase_add_test(tc, a_till_that_never_closed_has_nothing_to_ask);
    tcase_add_test(tc, without_a_store_there_is_nobody_to_ask);
    tcase_add_test(tc, a_second_one_does_not_start_beside_the_first);
    tcase_add_test(tc, a_storage_that_refuses_the_note_starts_nothing);
    tcase_add_test(tc, one_that_the_cloud_lost_is_sent_again);
    tcase_add_test(tc, all_of_it);
    tcase_add_test(tc, the_outbox_never_holds_more_than_the_window_of_it);
    tcase_add_test(tc, what_the_host_does_not_have_any_more_is_counted);
    tcase_add_test(tc, a_host_without_a_history_has_nothing_to_send);
    tcase_add_test(tc, a_cloud_that_does_not_compare_gets_everything);
    tcase_add_test(tc, a_cloud_that_stops_comparing_half_way_gets_everything_that_differs);
    tcase_add_test(tc, what_nobody_looked_for_is_not_called_lost);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
