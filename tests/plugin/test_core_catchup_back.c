/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Catching up where it is hard: a host that counts again from below our last number, and cannot say what it closed, or has
 * more than there is room for; a record that goes bad behind the place that was reached; a history that lies about itself.
 */
#include "support/core_bench.h"

static bench b;

static void setup(void)
{
    bench_connect(&b);
    bench_run(&b, 2000);
}

static void teardown(void)
{
    bench_close_all(&b);
}

static void commit_days(int64_t from, int64_t to, const char *salt)
{
    for (int64_t n = from; n <= to; n++) {
        bench_pass(&b, BENCH_HOUR_MS);
        bench_commit(&b, n, salt);
    }
}

/* The host is set up anew: it counts from 1, and its old days are gone. */
static void reset_host(int64_t days)
{
    for (uint32_t i = 0; i < b.close_count; i++)
        b.closes[i].forgotten = true;
    commit_days(1, days, "reset");
}

static void check_all_counted(void)
{
    for (uint32_t i = 0; i < b.close_count; i++)
        ck_assert_msg(cloud_counts(&b.cloud, b.closes[i].sha) == 1, "Z %lld counts %u times",
                      (long long)b.closes[i].number, cloud_counts(&b.cloud, b.closes[i].sha));
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), b.close_count);
}

static void trade(int64_t days)
{
    for (int64_t n = 1; n <= days; n++)
        bench_day(&b, n);
    ck_assert(bench_drain(&b, 120000));
}

START_TEST(a_host_that_counts_anew_and_cannot_read_is_asked_again)
{
    trade(6);
    b.closed_error = POS_E_FAILED;
    reset_host(3);
    bench_run(&b, 2 * BENCH_HOUR_MS);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 6);
    b.closed_error = POS_OK;
    bench_run(&b, 2 * BENCH_HOUR_MS);
    check_all_counted();
    ck_assert_uint_eq(b.core->outbox.epoch, 1);
}
END_TEST

START_TEST(nor_is_one_taken_while_our_storage_fails)
{
    trade(6);
    reset_host(3);
    storage_memory_faults(b.disk)->put_at = 1;
    storage_memory_faults(b.disk)->put_times = 50;
    bench_run(&b, 2 * BENCH_HOUR_MS);
    storage_memory_faults(b.disk)->put_at = 0;
    bench_run(&b, 2 * BENCH_HOUR_MS);
    check_all_counted();
    ck_assert_uint_eq(b.core->outbox.epoch, 1);
}
END_TEST

START_TEST(what_there_is_no_room_for_waits_for_a_store)
{
    trade(1);
    ck_assert_int_eq(bench_disconnect(&b), PROGRESS_DONE);
    for (int64_t n = 2; n <= 1 + (int64_t)OUTBOX_WINDOW; n++)
        bench_day(&b, n);
    reset_host(5);
    bench_run(&b, 2 * BENCH_HOUR_MS);
    ck_assert_uint_eq(b.core->outbox.waiting.size, OUTBOX_WINDOW);
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    bench_run(&b, 3 * BENCH_HOUR_MS);
    check_all_counted();
}
END_TEST

/* The sender meets a bad record while a long history is still being fetched further on. */
START_TEST(a_record_gone_bad_behind_the_cursor_is_fetched_once_more)
{
    uint64_t id = 0;
    b.cloud.fault = CLOUD_UNREACHED;
    bench_stop(&b);
    commit_days(1, 60, "a");
    ck_assert(bench_start(&b));
    for (int i = 0; i < 5000 && b.core->outbox.waiting.size < 30; i++)
        bench_pass(&b, bench_tick(&b, 0) > 0 ? 1 : 0);
    ck_assert_int_eq(b.core->catchup.phase, CATCHUP_FORWARD);
    ck_assert(idset_at(&b.core->outbox.waiting, 2, &id));
    int64_t cursor = b.core->catchup.cursor;
    storage_memory_damage(b.disk, COLLECTION_OUTBOX, id, 40, 0xff);
    catchup_lacks(b.core, 40); /* ahead of it: met anyway */
    ck_assert_int_eq(b.core->catchup.cursor, cursor);
    b.cloud.fault = CLOUD_FINE;
    core_begin_call(b.core);
    core_retry_now(b.core, b.now);
    for (int i = 0; i < 1000 && b.core->outbox.damaged.size == 0; i++)
        bench_pass(&b, bench_tick(&b, 0) > 0 ? 1 : 0);
    ck_assert_uint_eq(b.core->outbox.damaged.size, 1);
    ck_assert(bench_drain(&b, 4 * BENCH_HOUR_MS));
    check_all_counted();
}
END_TEST

/* ---- a history that lies ---- */

static int32_t range_from_below(void *ctx, int64_t *first, int64_t *last)
{
    int32_t result = bench_closed_range(ctx, first, last);
    *first = INT64_MIN;
    return result;
}

START_TEST(a_history_does_not_begin_before_one)
{
    b.reports.closed_range = range_from_below;
    commit_days(1, 3, "a");
    bench_run(&b, 2 * BENCH_HOUR_MS);
    check_all_counted();
}
END_TEST

static int32_t give_without_currency(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    const bench_close *z = bench_find(ctx, number);
    pos_report report = bench_report(ctx, z);
    report.currency = NULL;
    return visitor(visitor_ctx, &report);
}

START_TEST(a_report_that_is_none_is_named_and_stops_nothing)
{
    b.reports.closed = give_without_currency;
    commit_days(1, 3, "a");
    bench_run(&b, 2 * BENCH_HOUR_MS);
    ck_assert(bench_logged(&b, "pos.reports/1 closed(1): report.currency must be three capital letters"));
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 0);
    ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, 0);
    b.reports.closed = bench_closed;
    bench_run(&b, 2 * BENCH_HOUR_MS);
    check_all_counted();
}
END_TEST

/* One cannot be read and a later one is none: the owner is told of the first of the two. */
static int32_t give_some(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    const bench *self = ctx;
    int64_t failing = self->x_drift > 0 ? 2 : 4, useless = self->x_drift > 0 ? 4 : 2;
    if (number == failing)
        return POS_E_FAILED;
    return number == useless ? give_without_currency(ctx, number, visitor, visitor_ctx)
                             : bench_closed(ctx, number, visitor, visitor_ctx);
}

START_TEST(of_two_that_lack_the_first_is_told)
{
    for (int way = 0; way < 2; way++) {
        teardown();
        setup();
        b.x_drift = way;
        b.reports.closed = give_some;
        commit_days(1, 5, "a");
        bench_run(&b, 2 * BENCH_HOUR_MS);
        ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), 3);
        ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, 1);
        ck_assert(bench_logged(&b, "does not give out Z 2"));
        b.reports.closed = bench_closed;
        bench_run(&b, 2 * BENCH_HOUR_MS);
        check_all_counted();
        ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, 5);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: catching up where it is hard");
    TCase *tc = tcase_create("back");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, a_host_that_counts_anew_and_cannot_read_is_asked_again);
    tcase_add_test(tc, nor_is_one_taken_while_our_storage_fails);
    tcase_add_test(tc, what_there_is_no_room_for_waits_for_a_store);
    tcase_add_test(tc, a_record_gone_bad_behind_the_cursor_is_fetched_once_more);
    tcase_add_test(tc, a_history_does_not_begin_before_one);
    tcase_add_test(tc, a_report_that_is_none_is_named_and_stops_nothing);
    tcase_add_test(tc, of_two_that_lack_the_first_is_told);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
