/* SPDX-License-Identifier: Apache-2.0 */
/* How long the core lets its host sleep when there is nothing to do. */
#include "support/catalogue_bench.h"

static shop s;

static void setup(void)
{
    shop_open(&s);
    shop_connect(&s);
    bench_run(&s.b, BENCH_HOUR_MS);
}

static void teardown(void)
{
    shop_close(&s);
}

/* The mean of a while: now and then there is something to do after all. */
static int64_t mean_delay_ms(void)
{
    int64_t began = s.b.now.elapsed_ms, ticks = 0;
    for (; s.b.now.elapsed_ms < began + BENCH_HOUR_MS; ticks++)
        bench_pass(&s.b, bench_tick(&s.b, 0));
    return (s.b.now.elapsed_ms - began) / ticks;
}

START_TEST(a_till_with_nothing_to_do_is_left_alone)
{
    ck_assert_int_ge(mean_delay_ms(), 1000);
}
END_TEST

START_TEST(also_after_a_download)
{
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "New", 1, 5);
    s.cloud.revision = 7;
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert_int_ge(mean_delay_ms(), 1000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: rest");
    TCase *tc = tcase_create("rest");
    tcase_set_timeout(tc, 30);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_till_with_nothing_to_do_is_left_alone);
    tcase_add_test(tc, also_after_a_download);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
