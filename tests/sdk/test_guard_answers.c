/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a host can misuse a plugin by what its own functions answer, and what the guard counts and measures on the way.
 */
#include "guard_fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define HOST POSHOST_SIDE_HOST

static void setup(void)
{
    guard_fixture_setup(POSHOST_GUARD_REPORT);
}

/* Makes the guard anew, with fx.storage as the test has changed it. */
static void setup_again(void)
{
    poshost_guard_options options = {0};
    poshost_guard_free(fx.guard);
    options.on_misuse = NULL;
    ck_assert_int_eq(poshost_guard_new(&fx.calls, &fx.host, &options, &fx.guard, NULL, 0), POS_OK);
    ck_assert_int_eq(poshost_guard_create(fx.guard, NULL, 0), POS_OK);
}

static void tick(int32_t (*in_tick)(pos_tick_out *out))
{
    pos_tick_out out = {.struct_size = sizeof out};
    fx.in_tick = in_tick;
    ck_assert_int_eq(poshost_guard_tick(fx.guard, NULL, &out), POS_OK);
}

static void expect_logged(const char *words)
{
    ck_assert_msg(fx.misuse_logs == 1, "%u misuses logged, the last: %s", fx.misuse_logs, fx.last_log);
    ck_assert_msg(strstr(fx.last_log, "the host breaks") != NULL && strstr(fx.last_log, words) != NULL, "%s",
                  fx.last_log);
    fx.misuse_logs = 0;
}

/* ---- the storage ---- */

static int32_t put_positive(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes)
{
    (void)ctx, (void)collection, (void)id, (void)bytes, (void)size_bytes;
    return 3;
}

static int32_t get_without_size(void *ctx, uint32_t collection, uint64_t id, uint32_t offset_bytes, void *buffer,
                                uint32_t capacity_bytes, uint32_t *size_bytes)
{
    (void)ctx, (void)collection, (void)id, (void)offset_bytes, (void)buffer, (void)capacity_bytes, (void)size_bytes;
    return POS_OK;
}

static int32_t list_downwards(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor,
                              void *visitor_ctx)
{
    (void)ctx, (void)collection, (void)from_id;
    visitor(visitor_ctx, 9, 1);
    visitor(visitor_ctx, 8, 1);
    return POS_OK;
}

static int32_t list_on(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor, void *visitor_ctx)
{
    (void)ctx, (void)collection, (void)from_id;
    visitor(visitor_ctx, 9, 1);
    visitor(visitor_ctx, 10, 1);
    return POS_OK;
}

static int32_t visit(void *ctx, uint64_t id, uint32_t size_bytes)
{
    (void)id, (void)size_bytes;
    return --*(int *)ctx <= 0;
}

static int32_t use_storage(pos_tick_out *out)
{
    uint32_t size = 5;
    int wanted = 100;
    (void)out;
    const pos_storage *storage = fx.lent->storage;
    ck_assert_int_eq(storage->put(storage->ctx, 1, 1, "x", 1), POS_E_IO);
    expect_logged("this is 3");
    ck_assert_int_eq(storage->get(storage->ctx, 1, 1, 0, NULL, 0, &size), POS_E_IO);
    ck_assert_uint_eq(size, 5);
    expect_logged("without the record's size");
    storage->list(fx.lent->ctx, 1, 0, visit, &wanted);
    expect_logged("ascending");
    ck_assert_int_eq(wanted, 98);
    return POS_OK;
}

static int32_t end_listing(pos_tick_out *out)
{
    int wanted = 1;
    (void)out;
    fx.lent->storage->list(fx.lent->storage->ctx, 1, 0, visit, &wanted);
    expect_logged("went on");
    ck_assert_int_eq(wanted, 0);
    return POS_OK;
}

START_TEST(test_storage_answers)
{
    fx.storage.put = put_positive;
    fx.storage.get = get_without_size;
    fx.storage.list = list_downwards;
    setup_again();
    tick(use_storage);
    poshost_guard_destroy(fx.guard);
    fx.storage.list = list_on;
    setup_again();
    tick(end_listing);
    poshost_guard_destroy(fx.guard);
}
END_TEST

static int32_t acquire_busy(void *ctx)
{
    (void)ctx;
    return POS_E_BUSY;
}

START_TEST(test_locked_storage)
{
    char error[64];
    fx.storage.acquire = acquire_busy;
    poshost_guard_free(fx.guard);
    ck_assert_int_eq(poshost_guard_new(&fx.calls, &fx.host, NULL, &fx.guard, NULL, 0), POS_OK);
    ck_assert_int_eq(poshost_guard_create(fx.guard, error, sizeof error), POS_E_BUSY);
    ck_assert_str_eq(error, "the storage is locked");
    ck_assert_str_eq(poshost_guard_last_error(fx.guard), "the storage is locked");
    ck_assert_uint_eq(fx.misuse_logs, 0);
}
END_TEST

/* ---- clock and info ---- */

static int32_t look_at_clock(pos_tick_out *out)
{
    pos_time time = {.struct_size = sizeof time};
    (void)out;
    fx.lent->now(fx.lent->ctx, &time);
    ck_assert_int_eq(time.wall_ms, 1700000000000);
    int64_t before = time.elapsed_ms;
    fx.elapsed_ms = before - 500;
    fx.lent->now(fx.lent->ctx, &time);
    ck_assert_int_eq(time.elapsed_ms, before); /* mended */
    guard_fixture_expect(HOST, "now", "went back");
    ck_assert_str_eq(fx.lent->info(fx.lent->ctx)->register_id, "till-1");
    guard_fixture_expect_quiet();
    fx.info.register_id = "till-2";
    fx.lent->info(fx.lent->ctx);
    guard_fixture_expect(HOST, "info", "till-2");
    fx.info.struct_size = 0;
    ck_assert_str_eq(fx.lent->info(fx.lent->ctx)->register_id, "");
    guard_fixture_expect(HOST, "info", "struct_size");
    return POS_OK;
}

START_TEST(test_clock_and_info)
{
    ck_assert_int_eq(poshost_guard_create(fx.guard, NULL, 0), POS_OK);
    tick(look_at_clock);
    poshost_guard_destroy(fx.guard);
}
END_TEST

/* ---- the history ---- */

static pos_report next_report;
static int visitor_calls;
static int32_t visitor_answer;

static int32_t hand_over(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    (void)ctx, (void)number;
    int32_t code = POS_OK;
    for (int i = 0; i < visitor_calls; i++)
        code = visitor(visitor_ctx, &next_report);
    return visitor_answer != POS_OK ? POS_OK : code; /* swallows the visitor's error */
}

static int32_t take_report(void *ctx, const pos_report *report)
{
    (void)ctx, (void)report;
    return visitor_answer;
}

static int32_t range_backwards(void *ctx, int64_t *first, int64_t *last)
{
    (void)ctx;
    *first = 5;
    *last = 3;
    return POS_OK;
}

static int32_t range_unset(void *ctx, int64_t *first, int64_t *last)
{
    (void)ctx, (void)first, (void)last;
    return POS_OK;
}

static const pos_reports *lent_reports(void)
{
    const pos_reports *reports = fx.lent->get_extension(fx.lent->ctx, POS_REPORTS_1);
    ck_assert_ptr_nonnull(reports);
    return reports;
}

static void expect_closed(int32_t result, const char *words)
{
    ck_assert_int_eq(lent_reports()->closed(lent_reports()->ctx, 2, take_report, NULL), result);
    guard_fixture_expect(HOST, "reports.closed", words);
}

static int32_t use_history(pos_tick_out *out)
{
    int64_t first = 77;
    int64_t last = 77;
    (void)out;
    next_report = guard_fixture_z();
    visitor_calls = 1;
    visitor_answer = POS_OK;
    fx.reports.closed = hand_over;
    fx.reports.running = hand_over;
    ck_assert_int_eq(lent_reports()->closed(lent_reports()->ctx, 2, take_report, NULL), POS_OK);
    ck_assert_int_eq(lent_reports()->closed_range(lent_reports()->ctx, &first, &last), POS_OK);
    ck_assert(first == 1 && last == 3);
    guard_fixture_expect_quiet();

    visitor_calls = 0;
    expect_closed(POS_E_FAILED, "without calling");
    visitor_calls = 2;
    expect_closed(POS_E_MISUSE, "called once");
    visitor_calls = 1;
    visitor_answer = POS_E_NO_SPACE;
    expect_closed(POS_E_NO_SPACE, "it is the same");
    visitor_answer = POS_OK;
    next_report.z_number = 3;
    expect_closed(POS_E_MISUSE, "not the one asked for");
    next_report = guard_fixture_z();
    next_report.register_id = "till-9";
    expect_closed(POS_E_MISUSE, "info.register_id");
    next_report = guard_fixture_z();
    next_report.business_date = "yesterday";
    expect_closed(POS_E_MISUSE, "business_date");
    next_report = guard_fixture_z();
    next_report.struct_size = 0;
    expect_closed(POS_E_MISUSE, "struct_size");
    next_report = guard_fixture_z();
    next_report.kind = POS_REPORT_X;
    expect_closed(POS_E_MISUSE, "kind");
    next_report.x_sequence = 3;
    ck_assert_int_eq(lent_reports()->running(lent_reports()->ctx, 3, take_report, NULL), POS_OK);
    ck_assert_int_eq(lent_reports()->running(lent_reports()->ctx, 4, take_report, NULL), POS_E_MISUSE);
    guard_fixture_expect(HOST, "reports.running", "below the least");

    fx.reports.closed_range = range_backwards;
    ck_assert_int_eq(lent_reports()->closed_range(lent_reports()->ctx, &first, &last), POS_E_FAILED);
    guard_fixture_expect(HOST, "reports.closed_range", "5 to 3");
    fx.reports.closed_range = range_unset;
    ck_assert_int_eq(lent_reports()->closed_range(lent_reports()->ctx, &first, &last), POS_E_FAILED);
    guard_fixture_expect(HOST, "reports.closed_range", "no range");
    fx.reports.struct_size = 0;
    ck_assert_ptr_null(fx.lent->get_extension(fx.lent->ctx, POS_REPORTS_1));
    guard_fixture_expect(HOST, "get_extension", "struct_size");
    /* An older host, whose struct ends before running(). */
    fx.reports.struct_size = offsetof(pos_reports, running);
    ck_assert(lent_reports()->running == NULL);
    ck_assert(lent_reports()->closed != NULL);
    return POS_OK;
}

START_TEST(test_history)
{
    ck_assert_int_eq(poshost_guard_create(fx.guard, NULL, 0), POS_OK);
    tick(use_history);
    poshost_guard_destroy(fx.guard);
}
END_TEST

/* ---- what is counted ---- */

static int32_t write_three(pos_tick_out *out)
{
    char bytes[1000] = {0};
    uint64_t id = 1;
    uint32_t size = 0;
    (void)out;
    const pos_storage *storage = fx.lent->storage;
    storage->put(storage->ctx, 1, 1, bytes, 1000);
    storage->put(storage->ctx, 1, 2, bytes, 500);
    storage->remove(storage->ctx, 1, &id, 1);
    storage->get(storage->ctx, 1, 2, 100, bytes, 1000, &size); /* 400 of 500 */
    storage->get(storage->ctx, 1, 2, 0, bytes, 100, &size);
    storage->get(storage->ctx, 1, 9, 0, bytes, 100, &size); /* not found */
    return POS_OK;
}

START_TEST(test_counts)
{
    poshost_guard_stats stats;
    ck_assert_int_eq(poshost_guard_create(fx.guard, NULL, 0), POS_OK);
    storage_memory_faults(fx.disk)->put_delay_us = 20000;
    tick(write_three);
    poshost_guard_stats_get(fx.guard, &stats);
    const poshost_call_stats *ticks = &stats.calls[POSHOST_CALL_TICK];
    ck_assert_uint_eq(ticks->calls, 1);
    ck_assert_uint_eq(ticks->most_puts, 2);
    ck_assert_uint_eq(ticks->most_writes, 3);
    ck_assert_uint_eq(ticks->most_gets, 3);
    ck_assert_uint_eq(ticks->most_read_bytes, 500);
    ck_assert_uint_eq(ticks->most_written_bytes, 1500);
    /* 40 ms went to the storage, and are not the plugin's. */
    ck_assert_uint_ge(ticks->longest_us, 40000);
    ck_assert_uint_ge(ticks->longest_storage_us, 20000);
    ck_assert_uint_lt(ticks->longest_storage_us, ticks->longest_us);
    ck_assert_uint_ge(ticks->longest_us - ticks->longest_outside_storage_us, 39999);
    ck_assert_uint_le(ticks->longest_outside_host_us, ticks->longest_outside_storage_us);
    ck_assert_uint_ge(ticks->total_us, ticks->longest_us);
    ck_assert_uint_eq(stats.calls[POSHOST_CALL_CREATE].most_writes, 0);
    storage_memory_faults(fx.disk)->put_delay_us = 0;
    tick(NULL);
    poshost_guard_stats_get(fx.guard, &stats);
    ck_assert_uint_eq(ticks->calls, 2);
    ck_assert_uint_eq(ticks->most_puts, 2);
    poshost_guard_stats_reset(fx.guard);
    poshost_guard_stats_get(fx.guard, &stats);
    ck_assert_uint_eq(stats.calls[POSHOST_CALL_TICK].calls, 0);
    poshost_guard_destroy(fx.guard);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard: answers of the host");
    TCase *tcase = tcase_create("answers");
    tcase_add_checked_fixture(tcase, setup, guard_fixture_teardown);
    tcase_add_test(tcase, test_storage_answers);
    tcase_add_test(tcase, test_locked_storage);
    tcase_add_test(tcase, test_clock_and_info);
    tcase_add_test(tcase, test_history);
    tcase_add_test(tcase, test_counts);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
