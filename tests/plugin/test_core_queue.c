/* SPDX-License-Identifier: Apache-2.0 */
/* The queue as the screen asks for it: how far everything is through, and where a number stands in a long list. */
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

START_TEST(through_counts_what_waits_for_any_store)
{
    bench_day(&b, 1);
    ck_assert(bench_drain(&b, BENCH_HOUR_MS));
    b.cloud.fault = CLOUD_UNREACHED;
    bench_day(&b, 2);
    ck_assert_int_eq(bench_assign(&b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
    bench_day(&b, 3);
    ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, 1); /* 2 waits for store A */
    uint32_t slot_b = b.core->state.current_slot;
    uint64_t first = 0;
    ck_assert(idset_next(&b.core->outbox.waiting, key_first(0, 0, 0), &first));
    ck_assert_uint_lt(key_unpack(first).slot, slot_b);
    ck_assert(idset_remove(&b.core->outbox.waiting, first)); /* as if it were delivered: 3 waits for store B */
    ck_assert_int_eq(core_get_queue(b.core, b.now).delivered_through, 2);
    ck_assert(idset_add(&b.core->outbox.waiting, first));
}
END_TEST

/* Rejected ones stand before those that wait, so that a number is looked for in more than one set. */
START_TEST(a_number_is_found_from_any_place_on)
{
    uint32_t index = 0;
    b.cloud.fault = CLOUD_UNREACHED;
    for (int64_t n = 1; n <= 6; n++) {
        bench_pass(&b, BENCH_HOUR_MS);
        bench_close *z = bench_commit(&b, n, "a");
        if (n <= 3)
            z->document[0] = '['; /* no report: kept at once */
        ck_assert_int_eq(bench_hand_over(&b, z), POS_OK);
    }
    for (uint32_t from = 0; from < 6; from++) {
        for (uint32_t place = 0; place < 6; place++) { /* they are listed in this order */
            ck_assert_int_eq(core_find_in_queue(b.core, (int64_t)place + 1, from, &index), place >= from);
            ck_assert(place < from || index == place);
        }
    }
    ck_assert(!core_find_in_queue(b.core, 7, 0, &index));
    ck_assert(!core_find_in_queue(b.core, 0, 0, &index));
    ck_assert(!core_find_in_queue(b.core, POS_Z_NUMBER_MAX + 1, 0, &index));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: the queue");
    TCase *tc = tcase_create("queue");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, through_counts_what_waits_for_any_store);
    tcase_add_test(tc, a_number_is_found_from_any_place_on);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
