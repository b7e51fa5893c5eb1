/* SPDX-License-Identifier: Apache-2.0 */
/* Catching up from the host's history: what was never handed over, what was wiped, a host that is behind or was reset. */
#include "support/core_bench.h"

static bench b;

static void setup(void)
{
    bench_connect(&b);
}

static void teardown(void)
{
    bench_close_all(&b);
}

static void commit_only(int64_t from, int64_t to, const char *salt)
{
    for (int64_t n = from; n <= to; n++) {
        bench_pass(&b, BENCH_HOUR_MS);
        bench_commit(&b, n, salt);
    }
}

static void forget_history(void)
{
    for (uint32_t i = 0; i < b.close_count; i++)
        b.closes[i].forgotten = true;
}

static void check_counted(uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        ck_assert_msg(cloud_counts(&b.cloud, b.closes[i].sha) == 1, "close %u counts %u times", i,
                      cloud_counts(&b.cloud, b.closes[i].sha));
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), to);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
}

static void wipe(void)
{
    bench_stop(&b);
    storage_memory_free(b.disk);
    b.disk = storage_memory_new();
    ck_assert(bench_start(&b));
}

/* A till of the same register is known already: the owner says that it is the same. */
static void adopt(const char *store)
{
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, store, CLAIM_FIRST, NULL), PROGRESS_FAILED);
    ck_assert_int_eq(core_get_person(b.core)->verdict.cause, CAUSE_REGISTER_KNOWN);
    ck_assert_uint_ge(core_known_tills(b.core).count, 1);
    char till[PROTOCOL_TILL_ID_LEN + 1];
    memcpy(till, core_known_tills(b.core).items[0].till_id, sizeof till);
    ck_assert_int_eq(bench_assign(&b, store, CLAIM_SAME, till), PROGRESS_DONE);
}

START_TEST(what_was_never_handed_over_is_fetched_at_start)
{
    bench_day(&b, 1);
    bench_run(&b, 3000);
    bench_stop(&b);
    commit_only(2, 4, "a");
    ck_assert(bench_start(&b));
    bench_run(&b, 10000);
    check_counted(0, 4);
}
END_TEST

START_TEST(and_within_an_hour_while_running)
{
    bench_run(&b, 1000);
    commit_only(1, 3, "a");
    bench_run(&b, BENCH_HOUR_MS + 60000);
    check_counted(0, 3);
}
END_TEST

START_TEST(a_whole_history_comes_one_write_a_tick)
{
    commit_only(1, 700, "a");
    bench_restart(&b);
    bench_run(&b, 60000);
    check_counted(0, 700);
    ck_assert_uint_eq(b.writes_worst, 1);
}
END_TEST

START_TEST(a_wiped_storage_doubles_nothing)
{
    for (int64_t n = 1; n <= 30; n++)
        bench_day(&b, n);
    ck_assert(bench_drain(&b, 60000));
    wipe();
    bench_run(&b, 5000);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).held, 30);
    adopt("sto_A");
    ck_assert(bench_drain(&b, 60000));
    bench_day(&b, 31);
    ck_assert(bench_drain(&b, 60000));
    check_counted(0, 31);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}
END_TEST

START_TEST(a_wiped_storage_after_a_reset_doubles_nothing)
{
    for (int64_t n = 1; n <= 5; n++)
        bench_day(&b, n);
    bench_pass(&b, BENCH_HOUR_MS);
    for (int64_t n = 1; n <= 2; n++) {
        bench_pass(&b, BENCH_HOUR_MS);
        bench_commit(&b, n, "reset");
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[b.close_count - 1]), POS_OK);
    }
    ck_assert(bench_drain(&b, 60000));
    wipe();
    bench_run(&b, 5000);
    adopt("sto_A");
    ck_assert(bench_drain(&b, 60000));
    for (int64_t n = 3; n <= 7; n++) {
        bench_pass(&b, BENCH_HOUR_MS);
        bench_commit(&b, n, "reset");
        ck_assert_int_eq(bench_hand_over(&b, &b.closes[b.close_count - 1]), POS_OK);
    }
    bench_run(&b, 2 * BENCH_HOUR_MS);
    check_counted(0, 12);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).conflict, 0);
}
END_TEST

START_TEST(a_host_restored_from_a_backup_is_behind_and_nothing_changes)
{
    for (int64_t n = 1; n <= 10; n++)
        bench_day(&b, n);
    ck_assert(bench_drain(&b, 60000));
    for (uint32_t i = 7; i < 10; i++)
        b.closes[i].forgotten = true;
    bench_restart(&b);
    bench_run(&b, 3 * BENCH_HOUR_MS);
    check_counted(0, 10);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}
END_TEST

START_TEST(its_days_from_then_on_count_even_when_they_were_not_handed_over)
{
    for (int64_t n = 1; n <= 10; n++)
        bench_day(&b, n);
    ck_assert(bench_drain(&b, 60000));
    for (uint32_t i = 7; i < 10; i++)
        b.closes[i].forgotten = true;
    bench_stop(&b);
    commit_only(8, 9, "again");
    ck_assert(bench_start(&b));
    bench_run(&b, 3 * BENCH_HOUR_MS);
    check_counted(0, 12);
    ck_assert_uint_eq(b.core->outbox.epoch, 1);
    bench_pass(&b, BENCH_HOUR_MS);
    bench_commit(&b, 10, "again");
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[12]), POS_OK);
    bench_run(&b, 3 * BENCH_HOUR_MS);
    check_counted(0, 13);
    ck_assert_uint_eq(b.core->outbox.epoch, 1);
}
END_TEST

START_TEST(a_reset_host_with_a_hole_in_its_new_days)
{
    for (int64_t n = 1; n <= 10; n++)
        bench_day(&b, n);
    ck_assert(bench_drain(&b, 60000));
    forget_history();
    bench_stop(&b);
    commit_only(1, 5, "reset");
    b.closes[12].forgotten = true; /* its 3 */
    ck_assert(bench_start(&b));
    bench_run(&b, 60000);
    for (uint32_t i = 0; i < 15; i++)
        ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[i].sha), i == 12 ? 0 : 1);
    ck_assert_uint_eq(b.core->outbox.epoch, 1);
}
END_TEST

START_TEST(missing_numbers_are_no_hindrance)
{
    commit_only(1, 9, "a");
    b.closes[0].forgotten = b.closes[4].forgotten = true;
    bench_restart(&b);
    bench_run(&b, 60000);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 7);
    b.closes[4].forgotten = false; /* repaired: found after the next start */
    bench_restart(&b);
    bench_run(&b, 60000);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 8);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}
END_TEST

START_TEST(a_missing_one_that_the_clock_puts_later_stays_in_its_epoch)
{
    bench_pass(&b, 1000 * BENCH_HOUR_MS);
    bench_commit(&b, 1, "a");
    b.now.wall_ms -= 900 * BENCH_HOUR_MS; /* the clock was wrong and is set */
    bench_day(&b, 2);
    bench_restart(&b);
    bench_run(&b, 60000);
    check_counted(0, 2);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}
END_TEST

START_TEST(what_the_storage_did_not_take_is_asked_for_again)
{
    for (uint32_t n = 1; n <= 8; n++) {
        commit_only(5 * (int64_t)n - 4, 5 * (int64_t)n, "a");
        bench_restart(&b);
        storage_memory_fault_plan *faults = storage_memory_faults(b.disk);
        faults->put_at = n;
        faults->put_times = 1;
        bench_run(&b, 5 * 60000); /* without another start: that reads the history from its beginning */
        check_counted(0, 5 * n);
    }
}
END_TEST

START_TEST(errors_are_tried_again_after_a_minute)
{
    commit_only(1, 5, "a");
    b.range_error = POS_E_BUSY;
    bench_restart(&b);
    bench_run(&b, 10000);
    b.range_error = POS_OK;
    b.closed_error = POS_E_IO;
    bench_run(&b, 70000);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 0);
    b.closed_error = POS_OK;
    bench_run(&b, 70000);
    check_counted(0, 5);
}
END_TEST

START_TEST(one_report_that_the_host_cannot_give_does_not_stop_the_rest)
{
    commit_only(1, 9, "a");
    b.closed_error = POS_E_FAILED;
    b.closed_error_number = 3;
    bench_restart(&b);
    bench_run(&b, 30000);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 8);
    bench_run(&b, 5 * 60000);
    ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, 2);
    ck_assert_int_eq(core_get_queue(b.core, b.now).kept_back, 3);
    ck_assert(bench_logged(&b, "does not give out Z 3"));
    b.closed_error = POS_OK;
    bench_run(&b, 70000);
    check_counted(0, 9);
    ck_assert_int_eq(core_get_queue(b.core, b.now).kept_back, 0);
    ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, 9);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}
END_TEST

static int32_t careless_closed(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    int32_t result = bench_closed(ctx, number, visitor, visitor_ctx);
    return result == POS_E_NOT_FOUND ? result : POS_OK; /* drops what the visitor said */
}

START_TEST(a_host_that_drops_our_errors_loses_nothing)
{
    commit_only(1, 3, "a");
    bench_stop(&b);
    b.reports.closed = careless_closed;
    ck_assert(bench_start(&b));
    storage_memory_faults(b.disk)->put_at = 2;
    storage_memory_faults(b.disk)->put_times = 2;
    bench_run(&b, 200000);
    check_counted(0, 3);
}
END_TEST

static int32_t wrong_closed(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    return bench_closed(ctx, number == 2 ? 1 : number, visitor, visitor_ctx);
}

static int32_t silent_closed(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    return number == 2 ? POS_OK : bench_closed(ctx, number, visitor, visitor_ctx);
}

START_TEST(a_host_that_gives_another_number_or_none_is_named)
{
    commit_only(1, 3, "a");
    bench_stop(&b);
    b.reports.closed = _i == 0 ? wrong_closed : silent_closed;
    ck_assert(bench_start(&b));
    bench_run(&b, 60000);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 2);
    ck_assert(_i == 1 || bench_logged(&b, "another number"));
    ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, 1);
    b.reports.closed = bench_closed;
    bench_restart(&b);
    bench_run(&b, 60000);
    check_counted(0, 3);
    ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, 3);
}
END_TEST

START_TEST(without_a_history_hand_overs_are_enough)
{
    bench_stop(&b);
    b.has_reports = false;
    ck_assert(bench_start(&b));
    for (int64_t n = 1; n <= 5; n++)
        bench_day(&b, n);
    ck_assert(bench_drain(&b, 60000));
    check_counted(0, 5);
    ck_assert(!core_get_x(b.core, b.now).available);
}
END_TEST

static void add_rebuilt(bench_close *z)
{
    z->rebuilt = strdup("{\"made\":\"again\"}");
    ck_assert_ptr_nonnull(z->rebuilt);
}

START_TEST(a_history_of_rebuilt_documents_doubles_nothing_after_a_reset)
{
    for (int64_t n = 1; n <= 5; n++)
        bench_day(&b, n);
    ck_assert(bench_drain(&b, 60000));
    bench_pass(&b, 40 * BENCH_DAY_MS);
    bench_commit(&b, 4, "again"); /* a restored host */
    snprintf(b.closes[5].date, sizeof b.closes[5].date, "2026-12-24");
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[5]), POS_OK);
    for (uint32_t i = 0; i < b.close_count; i++)
        add_rebuilt(&b.closes[i]);
    bench_restart(&b);
    bench_run(&b, 3 * BENCH_HOUR_MS);
    check_counted(0, 6);
}
END_TEST

START_TEST(a_rebuilt_one_first_and_the_original_later_counts_once)
{
    commit_only(1, 1, "a");
    add_rebuilt(&b.closes[0]);
    bench_restart(&b);
    bench_run(&b, 60000);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 1);
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[0]), POS_OK);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[0].sha), 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 1);
    bench_restart(&b);
    bench_run(&b, 3 * BENCH_HOUR_MS); /* the history still says the rebuilt one */
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 2);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}
END_TEST

START_TEST(a_rebuilt_one_never_contradicts_what_the_cloud_has)
{
    for (int64_t n = 1; n <= 3; n++)
        bench_day(&b, n);
    ck_assert(bench_drain(&b, 60000));
    for (uint32_t i = 0; i < 3; i++)
        add_rebuilt(&b.closes[i]);
    wipe();
    bench_run(&b, 5000);
    adopt("sto_A");
    ck_assert(bench_drain(&b, 60000));
    check_counted(0, 3);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).conflict, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: catching up");
    TCase *tc = tcase_create("history");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, what_was_never_handed_over_is_fetched_at_start);
    tcase_add_test(tc, and_within_an_hour_while_running);
    tcase_add_test(tc, a_whole_history_comes_one_write_a_tick);
    tcase_add_test(tc, a_wiped_storage_doubles_nothing);
    tcase_add_test(tc, a_wiped_storage_after_a_reset_doubles_nothing);
    tcase_add_test(tc, a_host_restored_from_a_backup_is_behind_and_nothing_changes);
    tcase_add_test(tc, its_days_from_then_on_count_even_when_they_were_not_handed_over);
    tcase_add_test(tc, a_reset_host_with_a_hole_in_its_new_days);
    tcase_add_test(tc, missing_numbers_are_no_hindrance);
    tcase_add_test(tc, a_missing_one_that_the_clock_puts_later_stays_in_its_epoch);
    tcase_add_test(tc, errors_are_tried_again_after_a_minute);
    tcase_add_test(tc, what_the_storage_did_not_take_is_asked_for_again);
    tcase_add_test(tc, one_report_that_the_host_cannot_give_does_not_stop_the_rest);
    tcase_add_test(tc, a_host_that_drops_our_errors_loses_nothing);
    tcase_add_loop_test(tc, a_host_that_gives_another_number_or_none_is_named, 0, 2);
    tcase_add_test(tc, without_a_history_hand_overs_are_enough);
    tcase_add_test(tc, a_history_of_rebuilt_documents_doubles_nothing_after_a_reset);
    tcase_add_test(tc, a_rebuilt_one_first_and_the_original_later_counts_once);
    tcase_add_test(tc, a_rebuilt_one_never_contradicts_what_the_cloud_has);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
