/* SPDX-License-Identifier: Apache-2.0 */
/* A disk that spoils the same records as often as they are written: they are fetched from the host less and less often,
 * and the rest goes on. */
#include "support/core_bench.h"

static bench b;

static void setup(void)
{
    bench_open(&b);
    ck_assert(bench_start(&b));
    for (int64_t n = 1; n <= 5; n++)
        bench_day(&b, n);
    bench_run(&b, 2000);
}

static void teardown(void)
{
    bench_close_all(&b);
}

static uint64_t id_of(int64_t number)
{
    return key_pack((report_key){0, b.core->outbox.reg, 0, number});
}

static void check_counted(uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        ck_assert_uint_eq(cloud_counts(&b.cloud, b.closes[i].sha), 1);
    ck_assert_uint_eq(b.core->outbox.epoch, 0);
}

static int64_t spoilt_from, spoilt_to;
static uint32_t spoilt_puts;

static int32_t spoiling_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size)
{
    int32_t result = bench_put(ctx, collection, id, bytes, size);
    int64_t number = key_unpack(id).number;
    if (collection == COLLECTION_OUTBOX && number >= spoilt_from && number <= spoilt_to) {
        storage_memory_damage(b.disk, COLLECTION_OUTBOX, id, 60, 0x10);
        spoilt_puts++;
    }
    return result;
}

static void spoil(int64_t from, int64_t to)
{
    spoilt_from = from;
    spoilt_to = to;
    spoilt_puts = 0;
    b.storage.put = spoiling_put;
    for (int64_t n = from; n <= to; n++)
        storage_memory_damage(b.disk, COLLECTION_OUTBOX, id_of(n), 60, 0x10);
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
}

START_TEST(a_record_that_is_spoilt_each_time_is_fetched_less_and_less_often)
{
    uint32_t number = _i == 0 ? 3 : 4;
    b.closes[4].forgotten = _i == 1; /* a host that is behind: it is asked from its last one down */
    spoil(number, number);
    bench_run(&b, 10 * 60000);
    ck_assert_uint_eq(spoilt_puts, 4); /* at once, after a minute, two more, four more */
    ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, number - 1);
    ck_assert_int_eq(core_get_queue(b.core, b.now).kept_back, 0);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).damaged, 1);
    check_counted(0, number - 1);
    check_counted(number, 5);
    bench_run(&b, 24 * BENCH_HOUR_MS); /* in the end, once an hour */
    ck_assert_msg(spoilt_puts >= 25 && spoilt_puts <= 32, "%u", spoilt_puts);
    b.storage.put = bench_put;
    bench_run(&b, BENCH_HOUR_MS + 60000);
    check_counted(0, 5);
    ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, 5);
}
END_TEST

START_TEST(a_disk_that_spoils_all_it_is_given_is_not_worn_out)
{
    for (int64_t n = 6; n <= 40; n++)
        bench_day(&b, n);
    b.closed_error = POS_E_IO; /* what the host keeps back and what was spoilt here are told apart */
    b.closed_error_number = _i == 0 ? 20 : 11;
    b.cloud.retry_z = _i == 0 ? 11 : 0; /* it waits, and is spoilt later than those after it */
    spoil(_i == 0 ? 12 : 11, 40);
    bench_run(&b, 5 * 60000);
    if (_i == 0) {
        b.cloud.retry_z = 0;
        storage_memory_damage(b.disk, COLLECTION_OUTBOX, id_of(11), 60, 0x10);
        spoilt_from = 11;
    }
    bench_run(&b, 5 * 60000);
    ck_assert_msg(spoilt_puts < 400, "%u", spoilt_puts);
    ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, 10);
    ck_assert_int_eq(core_get_queue(b.core, b.now).kept_back, b.closed_error_number);
    b.closed_error = POS_OK;
    b.storage.put = bench_put;
    bench_run(&b, 2 * BENCH_HOUR_MS);
    check_counted(0, 40);
    ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, 40);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: records that are spoilt each time");
    TCase *tc = tcase_create("storage");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, a_record_that_is_spoilt_each_time_is_fetched_less_and_less_often, 0, 2);
    tcase_add_loop_test(tc, a_disk_that_spoils_all_it_is_given_is_not_worn_out, 0, 2);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
