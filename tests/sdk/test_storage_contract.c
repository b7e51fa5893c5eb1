/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One suite for the contract of pos/storage.h, run against every storage there is, and against storages with one
 * mistake each, which it must catch: a suite that never fails proves nothing.
 */
#include "support/storage_benches.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void keep_contract(const storage_bench *bench, int check)
{
    const char *wrong = storage_checks[check].run(bench);
    ck_assert_msg(wrong == NULL, "%s, check \"%s\": %s (the rule: %s)", bench->name, storage_checks[check].name, wrong,
                  storage_checks[check].rule);
}

START_TEST(test_memory)
{
    keep_contract(storage_bench_memory(), _i);
}
END_TEST

START_TEST(test_sqlite)
{
    keep_contract(storage_bench_sqlite(), _i);
}
END_TEST

START_TEST(test_broken)
{
    const storage_bench *bench = storage_broken_bench((unsigned)_i);
    int is_caught = 0;
    printf("%-26s caught by", bench->name);
    for (unsigned i = 0; i < storage_check_count; i++) {
        if (storage_checks[i].run(bench) == NULL)
            continue;
        printf(" \"%s\"", storage_checks[i].name);
        is_caught = is_caught || strcmp(storage_checks[i].name, storage_broken_kinds[_i].catcher) == 0;
    }
    printf("\n");
    fflush(stdout);
    ck_assert_msg(is_caught, "the storage \"%s\" passes the check \"%s\"", bench->name,
                  storage_broken_kinds[_i].catcher);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("storage contract");
    TCase *keep = tcase_create("kept");
    TCase *broken = tcase_create("caught");
    tcase_set_timeout(keep, 120);
    tcase_set_timeout(broken, 120);
    tcase_add_loop_test(keep, test_memory, 0, (int)storage_check_count);
    tcase_add_loop_test(keep, test_sqlite, 0, (int)storage_check_count);
    tcase_add_loop_test(broken, test_broken, 0, (int)storage_broken_kind_count);
    suite_add_tcase(suite, keep);
    suite_add_tcase(suite, broken);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
