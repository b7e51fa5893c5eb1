/* SPDX-License-Identifier: Apache-2.0 */
/* The core from end to end on virtual time: accept, assign, send, settle; then what the owner and the host see. */
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

START_TEST(a_close_is_delivered_once)
{
    bench_close *z = bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_counts(&b.cloud, z->sha), 1);
    ck_assert_uint_eq(b.cloud.uploads, 1);
    core_queue q = core_get_queue(b.core, b.now);
    ck_assert_uint_eq(q.pending, 0);
    ck_assert_int_eq(q.delivered_through, 1);
    ck_assert_str_eq(q.delivered_through_date, z->date);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_OUTBOX), 0);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_LEDGER), 1);
}
END_TEST

START_TEST(closes_before_the_first_store_wait_for_it)
{
    bench_close_all(&b);
    bench_open(&b);
    ck_assert(bench_start(&b));
    for (int64_t n = 1; n <= 3; n++)
        bench_day(&b, n);
    bench_run(&b, 5000);
    core_queue q = core_get_queue(b.core, b.now);
    ck_assert_uint_eq(q.held, 3);
    ck_assert_int_eq(q.hold, HOLD_NO_STORE);
    ck_assert_uint_eq(core_get_assignment(b.core).without_store, 3);
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', true), 3);
    ck_assert_uint_eq(core_get_assignment(b.core).without_store, 0);
}
END_TEST

START_TEST(the_same_bytes_again_are_ok_again)
{
    bench_close *z = bench_day(&b, 1);
    uint64_t puts = storage_memory_counts(b.disk).puts;
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(bench_hand_over(&b, z), POS_OK);
    ck_assert_uint_eq(storage_memory_counts(b.disk).puts, puts);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_int_eq(bench_hand_over(&b, z), POS_OK); /* after delivery, too */
    bench_restart(&b);
    ck_assert_int_eq(bench_hand_over(&b, z), POS_OK); /* and after a restart */
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(cloud_counts(&b.cloud, z->sha), 1);
    ck_assert_uint_eq(b.cloud.uploads, 1);
}
END_TEST

START_TEST(a_year_of_days_with_restarts)
{
    for (int64_t n = 1; n <= 365; n++) {
        bench_day(&b, n);
        if (n % 10 == 0)
            bench_restart(&b);
        if (n % 3 == 0)
            ck_assert(bench_drain(&b, 120000));
    }
    ck_assert(bench_drain(&b, 120000));
    for (uint32_t i = 0; i < b.close_count; i++)
        ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[i].sha), 1);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 365);
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_LEDGER), 2);
    ck_assert_uint_eq(b.writes_worst, 1);
}
END_TEST

START_TEST(an_x_goes_out_soon_after_switching_on_then_every_half_hour)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, 60000));
    core_begin_call(b.core);
    ck_assert(core_set_x_enabled(b.core, b.now, true));
    bench_run(&b, 10000);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'X', false), 1);
    ck_assert_int_gt(core_get_x(b.core, b.now).last_sent_ms, 0);
    bench_run(&b, 6 * BENCH_HOUR_MS);
    uint32_t sent = cloud_count_kind(&b.cloud, 'X', false);
    ck_assert_uint_ge(sent, 12);
    ck_assert_uint_le(sent, 14);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: the path of a report");
    TCase *path = tcase_create("path");
    tcase_add_checked_fixture(path, setup, teardown);
    tcase_add_test(path, a_close_is_delivered_once);
    tcase_add_test(path, closes_before_the_first_store_wait_for_it);
    tcase_add_test(path, the_same_bytes_again_are_ok_again);
    tcase_add_test(path, a_year_of_days_with_restarts);
    tcase_add_test(path, an_x_goes_out_soon_after_switching_on_then_every_half_hour);
    suite_add_tcase(suite, path);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
