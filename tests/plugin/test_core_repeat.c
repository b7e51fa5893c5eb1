/* SPDX-License-Identifier: Apache-2.0 */
/* A close whose write failed and that the host hands over again, after the process that saw the failure is gone. */
#include "support/core_bench.h"

static bench b;

static void setup(void)
{
    bench_open(&b);
    ck_assert(bench_start(&b));
    bench_day(&b, 1);
    bench_pass(&b, BENCH_HOUR_MS);
}

static void teardown(void)
{
    bench_close_all(&b);
}

/* The next put fails, and yet the record can be read; whether it is safe is another matter. */
static void fail_one_put(int32_t code)
{
    storage_memory_fault_plan *plan = storage_memory_faults(b.disk);
    plan->put_at = 1;
    plan->put_code = code;
    plan->put_shows = true;
}

static void check_durable(uint32_t collection, uint64_t count)
{
    storage_memory *disk = storage_memory_after_crash(b.disk, storage_memory_durable(b.disk), 0);
    ck_assert_uint_eq(storage_memory_record_count(disk, collection), count);
    storage_memory_free(disk);
}

START_TEST(what_is_found_at_start_is_written_before_it_is_vouched_for)
{
    bench_close *z = bench_commit(&b, 2, "a");
    fail_one_put(POS_E_IO);
    ck_assert_int_eq(bench_hand_over(&b, z), POS_E_IO);
    bench_restart(&b);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 2);
    check_durable(COLLECTION_OUTBOX, 1);
    fail_one_put(POS_E_NO_SPACE);
    ck_assert_int_eq(bench_hand_over(&b, z), POS_E_NO_SPACE);
    ck_assert_str_eq(b.why, "the storage did not take the report; hand it over again");
    check_durable(COLLECTION_OUTBOX, 1);
    ck_assert_int_eq(bench_hand_over(&b, z), POS_OK);
    check_durable(COLLECTION_OUTBOX, 2);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 2);
}
END_TEST

START_TEST(once_is_enough)
{
    bench_restart(&b);
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[0]), POS_OK);
    ck_assert_uint_eq(b.writes, 1);
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[0]), POS_OK);
    ck_assert_uint_eq(b.writes, 0);
}
END_TEST

START_TEST(what_this_process_wrote_is_safe)
{
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[0]), POS_OK);
    ck_assert_uint_eq(b.writes, 0);
}
END_TEST

START_TEST(a_kept_one_keeps_its_verdict)
{
    bench_close *z = bench_commit(&b, 2, "a");
    z->document[0] = '[';
    fail_one_put(POS_E_IO);
    ck_assert_int_eq(bench_hand_over(&b, z), POS_E_IO);
    bench_restart(&b);
    check_durable(COLLECTION_KEPT, 0);
    ck_assert_int_eq(bench_hand_over(&b, z), POS_OK);
    check_durable(COLLECTION_KEPT, 1);
    core_row rows[2];
    uint32_t total = 0;
    ck_assert_uint_eq(core_list_queue(b.core, b.now, 0, 2, rows, &total), 2);
    ck_assert_int_eq(rows[0].state, STATE_REJECTED);
    ck_assert_str_ne(rows[0].code, "");
}
END_TEST

START_TEST(a_rebuilt_copy_replaces_no_original)
{
    bench_restart(&b);
    bench_close *z = bench_commit(&b, 1, "rebuilt");
    z->origin = POS_ORIGIN_REBUILT;
    ck_assert_int_eq(bench_hand_over(&b, z), POS_OK);
    ck_assert_uint_eq(b.writes, 0);
}
END_TEST

static int gets_left;

static int32_t get_once(void *ctx, uint32_t collection, uint64_t id, uint32_t offset, void *buffer, uint32_t capacity,
                        uint32_t *size)
{
    return gets_left-- > 0 ? bench_get(ctx, collection, id, offset, buffer, capacity, size) : POS_E_IO;
}

START_TEST(what_cannot_be_read_is_not_vouched_for)
{
    bench_restart(&b);
    b.storage.get = get_once;
    gets_left = 1; /* it is found to be the same, and then no more */
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[0]), POS_E_IO);
    b.storage.get = bench_get;
    ck_assert_int_eq(bench_hand_over(&b, &b.closes[0]), POS_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: a close handed over again");
    TCase *tc = tcase_create("again");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, what_is_found_at_start_is_written_before_it_is_vouched_for);
    tcase_add_test(tc, once_is_enough);
    tcase_add_test(tc, what_this_process_wrote_is_safe);
    tcase_add_test(tc, a_kept_one_keeps_its_verdict);
    tcase_add_test(tc, a_rebuilt_copy_replaces_no_original);
    tcase_add_test(tc, what_cannot_be_read_is_not_vouched_for);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
