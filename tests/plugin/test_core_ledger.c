/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the delivery ledger is for. A close that is handed over after a later one belongs to the epoch of its day: also
 * when all that tells its place is the ledger, or the record of one that is kept.
 */
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

/* Days 1 to 3; the second is not handed over, and the host has no history. The last one's document is as given. */
static void trade_with_a_hole(const char *last)
{
    for (int64_t n = 1; n <= 3; n++) {
        bench_pass(&b, BENCH_HOUR_MS);
        bench_commit(&b, n, "a")->forgotten = true;
        pos_report report = bench_report(&b, &b.closes[n - 1]);
        if (n == 3 && last) {
            report.document = last;
            report.document_size = (uint32_t)strlen(last);
        }
        core_begin_call(b.core);
        if (n != 2)
            ck_assert_int_eq(core_close_day(b.core, b.now, &report, &b.why), POS_OK);
    }
    ck_assert(bench_drain(&b, 60000));
}

static void hand_over_late(void)
{
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[1]), POS_OK);
    ck_assert(bench_drain(&b, 60000));
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
    ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[1].sha), 1);
}

START_TEST(the_ledger_tells_its_place)
{
    trade_with_a_hole(NULL);
    bench_restart(&b);
    hand_over_late();
}
END_TEST

START_TEST(a_kept_one_tells_its_place)
{
    trade_with_a_hole("no report");
    bench_restart(&b);
    hand_over_late();
}
END_TEST

/* Otherwise a close that comes once more, or in another store, would be taken for a new one. */
START_TEST(what_was_accepted_is_in_the_outbox_or_in_the_ledger_at_every_instant)
{
    bench_pass(&b, BENCH_HOUR_MS);
    ck_assert_int_eq(bench_hand_over(&b, bench_commit(&b, 1, "a")), POS_OK);
    for (int ticks = 0; ticks < 500; ticks++) {
        bench_pass(&b, bench_tick(&b, 0));
        for (uint64_t n = storage_memory_durable(b.disk); n <= storage_memory_operations(b.disk); n++) {
            storage_memory *left = storage_memory_after_crash(b.disk, n, UINT64_MAX);
            ck_assert_ptr_nonnull(left);
            ck_assert_uint_ge(storage_memory_record_count(left, COLLECTION_OUTBOX) +
                                  storage_memory_record_count(left, COLLECTION_LEDGER),
                              1);
            storage_memory_free(left);
        }
    }
    ck_assert_uint_eq(storage_memory_record_count(b.disk, COLLECTION_OUTBOX), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: ledger");
    TCase *tc = tcase_create("ledger");
    tcase_set_timeout(tc, 30);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_ledger_tells_its_place);
    tcase_add_test(tc, a_kept_one_tells_its_place);
    tcase_add_test(tc, what_was_accepted_is_in_the_outbox_or_in_the_ledger_at_every_instant);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
