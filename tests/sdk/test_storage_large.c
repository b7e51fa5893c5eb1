/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of a megabyte and more, which poshost/storage.h writes in another way than small ones: they come back whole,
 * take the place of one another, are all or nothing through errors and power cuts, and are not copied in memory.
 */
#include "support/storage_benches.h"
#include "support/storage_contract_internal.h"
#include "support/storage_crash_vfs.h"

#include <check.h>
#include <sqlite3.h>
#include <stdlib.h>

#define LIMIT_BYTES  (1024u * 1024u) /* from here on */
#define OLD_SEED     1u
#define NEW_SEED     2u
#define SMALL_BYTES  5000u
#define MEMORY_BYTES (3 * 1024 * 1024) /* the cache of pages is 2 MiB */

static const storage_bench *bench;
static void *ctx;

static void setup(void)
{
    bench = storage_bench_sqlite();
    ctx = storage_contract_open(bench);
}

static void teardown(void)
{
    bench->free(ctx);
}

#define ck_kept(what)                                                                                                  \
    do {                                                                                                               \
        const char *wrong_ = (what);                                                                                   \
        ck_assert_msg(wrong_ == NULL, "%s", wrong_);                                                                   \
    } while (0)

START_TEST(large_and_small_take_the_place_of_one_another)
{
    static const uint32_t sizes[] = {LIMIT_BYTES - 1,      LIMIT_BYTES,          LIMIT_BYTES + 1,
                                     POS_RECORD_MAX_BYTES, LIMIT_BYTES,          SMALL_BYTES,
                                     LIMIT_BYTES,          POS_RECORD_MAX_BYTES, 0,
                                     POS_RECORD_MAX_BYTES, LIMIT_BYTES - 1};
    for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        ck_assert_int_eq(storage_contract_put(bench, ctx, 3, 1, i, sizes[i]), POS_OK);
        ck_assert_int_eq(storage_contract_put(bench, ctx, 3, 100 + i, i, sizes[i]), POS_OK);
        ck_kept(storage_contract_expect(bench, ctx, 3, 1, i, sizes[i]));
        bench->calls->release(ctx);
        ck_assert_int_eq(bench->calls->acquire(ctx), POS_OK);
        ck_kept(storage_contract_expect(bench, ctx, 3, 1, i, sizes[i]));
    }
    for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        ck_kept(storage_contract_expect(bench, ctx, 3, 100 + i, i, sizes[i]));
}
END_TEST

START_TEST(a_large_record_is_not_copied)
{
    ck_assert_int_eq(storage_contract_put(bench, ctx, 3, 1, 1, SMALL_BYTES), POS_OK);
    ck_assert_int_gt(sqlite3_memory_highwater(1), 0);
    for (uint32_t i = 0; i < 3; i++) { /* a new one, one in the place of a small one, one in that of a large one */
        ck_assert_int_eq(storage_contract_put(bench, ctx, 3, i ? 1 : 2, i, POS_RECORD_MAX_BYTES), POS_OK);
        sqlite3_int64 most = sqlite3_memory_highwater(1);
        ck_assert_msg(most < MEMORY_BYTES, "SQLite took %lld bytes of memory", (long long)most);
    }
}
END_TEST

START_TEST(a_large_record_that_fails_leaves_the_old_one)
{
    static const struct {
        int sqlite;
        int32_t code;
    } cases[] = {{SQLITE_FULL, POS_E_NO_SPACE}, {SQLITE_IOERR_WRITE, POS_E_IO}};
    const char *folder = storage_bench_sqlite_folder(ctx);
    for (size_t i = 0; i < 2; i++) {
        storage_contract_put(bench, ctx, 3, 1, OLD_SEED, SMALL_BYTES);
        storage_crash_vfs_refuse(folder, cases[i].sqlite);
        ck_assert_int_eq(storage_contract_put(bench, ctx, 3, 1, NEW_SEED, POS_RECORD_MAX_BYTES), cases[i].code);
        /* Fits the cache, so that only the commit fails. */
        ck_assert_int_eq(storage_contract_put(bench, ctx, 3, 1, NEW_SEED, LIMIT_BYTES), cases[i].code);
        storage_crash_vfs_refuse(folder, SQLITE_OK);
        ck_kept(storage_contract_expect(bench, ctx, 3, 1, OLD_SEED, SMALL_BYTES));
        ck_assert_int_eq(storage_contract_put(bench, ctx, 3, 1, NEW_SEED, POS_RECORD_MAX_BYTES), POS_OK);
        ck_kept(storage_contract_expect(bench, ctx, 3, 1, NEW_SEED, POS_RECORD_MAX_BYTES));
    }
}
END_TEST

/* Its pages leave the cache twice, the first time as zeros. */
START_TEST(a_large_record_is_all_or_nothing)
{
    static const uint32_t cuts[] = {1, 2, 3, 500, 1000, 1200, 1800, 2500, 3500};
    uint32_t interrupted = 0;
    for (uint32_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        void *till = storage_contract_open(bench);
        storage_contract_put(bench, till, 3, 1, OLD_SEED, LIMIT_BYTES);
        bench->cut(till, cuts[i]);
        int is_done = storage_contract_put(bench, till, 3, 1, NEW_SEED, POS_RECORD_MAX_BYTES) == POS_OK;
        interrupted += is_done ? 0 : 1;
        void *left;
        for (uint32_t choice = 0; (left = bench->crash(till, choice)) != NULL; choice++) {
            ck_assert_int_eq(bench->calls->acquire(left), POS_OK);
            if (is_done || storage_contract_expect(bench, left, 3, 1, OLD_SEED, LIMIT_BYTES) != NULL)
                ck_kept(storage_contract_expect(bench, left, 3, 1, NEW_SEED, POS_RECORD_MAX_BYTES));
            bench->free(left);
        }
        bench->free(till);
    }
    ck_assert_uint_gt(interrupted, 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sqlite storage: large records");
    TCase *tcase = tcase_create("large records");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, large_and_small_take_the_place_of_one_another);
    tcase_add_test(tcase, a_large_record_is_not_copied);
    tcase_add_test(tcase, a_large_record_that_fails_leaves_the_old_one);
    tcase_add_test(tcase, a_large_record_is_all_or_nothing);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
