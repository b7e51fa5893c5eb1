/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_screens_golden_resend.c - Resend all statistics: before, while it runs, what came of it, what a cancel
 * leaves, in both languages. */
#include "support/screen_film.h"

#define LACKS_Z2                                                                                                       \
    "{\"sets\":[{\"held\":1,\"differs\":[0],\"numbers\":[{\"z_number\":2,\"sha256\":null,\"origin\":null}]}]}"

static int64_t host_last; /* the host's own history: closes 1 to this */

static int32_t closed_range(void *ctx, int64_t *first, int64_t *last)
{
    (void)ctx;
    *first = host_last > 0 ? 1 : 0;
    *last = host_last;
    return POS_OK;
}

static int32_t closed(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    (void)ctx;
    if (number > host_last)
        return POS_E_NOT_FOUND;
    pos_report z = bench_report(POS_REPORT_Z, number, BENCH_DOCUMENT);
    return visitor(visitor_ctx, &z);
}

static void home(bench *b)
{
    bench_event(b, POS_EVENT_OPENED);
}

static void film_in_sync(bench *b)
{
    shoot(b, "main, before a store is chosen");
    bench_assign(b);
    bench_close_day(b, 1, BENCH_DOCUMENT);
    bench_close_day(b, 2, "{\"kind\":\"Z\",\"n\":2}");
    bench_settle(b);
    home(b);
    bench_press(b, "resend");
    shoot(b, "resend, before");
    b->cloud.holds = true;
    bench_press(b, "resend.accept");
    bench_settle(b);
    shoot(b, "resend, asking");
    home(b);
    bench_press(b, "resend");
    shoot(b, "resend, left and entered again");
    b->cloud.holds = false;
    bench_settle(b);
    bench_settle(b);
    shoot(b, "resend, done");
}

static void film_lacking(bench *b)
{
    screen_cloud_rule(&b->cloud, "POST", "*/reports/compare", 200, LACKS_Z2);
    bench_press(b, "resend.accept");
    bench_settle(b);
    bench_settle(b);
    shoot(b, "resend, one is no longer here");
    b->cloud.rule_count--;
}

static void film_failures(bench *b)
{
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 0, NULL);
    b->cloud.rules[b->cloud.rule_count - 1].outcome = NET_FAILED_RESOLVE;
    bench_press(b, "resend.accept");
    bench_settle(b);
    shoot(b, "resend, offline");
    bench_press(b, "resend.cancel");
    bench_settle(b);
    shoot(b, "resend, cancelled");
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 401, BENCH_PROBLEM("unauthorized", 401, ""));
    bench_press(b, "resend.accept");
    for (int i = 0; i < 100; i++)
        bench_pass(b, 1000);
    shoot(b, "resend, permission gone");
    bench_press(b, "resend.cancel");
    bench_settle(b);
    shoot(b, "resend, cannot start");
    home(b);
    b->cloud.rule_count = rules;
    bench_choose(b, "store.sto_1");
    bench_press_and_wait(b, "assign.accept");
    bench_settle(b);
    home(b);
}

static void film_history(bench *b)
{
    host_last = 400;
    b->cloud.holds = true;
    for (int i = 0; i < 70; i++)
        bench_pass(b, 60000);
    bench_settle(b);
    bench_settle(b);
    home(b);
    bench_press(b, "resend");
    shoot(b, "resend, by itself");
    bench_press(b, "resend.cancel");
    b->cloud.holds = false;
    bench_settle(b);
    for (int i = 0; i < 100; i++)
        bench_pass(b, 1000);
    shoot(b, "resend, some are left out");
    home(b);
    shoot(b, "main, some are left out");
    storage_memory_faults(b->disk)->put_at = 1;
    storage_memory_faults(b->disk)->put_times = 1;
    bench_press(b, "resend");
    bench_press(b, "resend.accept");
    shoot(b, "resend, the disk refuses");
}

START_TEST(test_transcript)
{
    const char *language = _i == 0 ? "en" : "es";
    host_last = 0;
    bench *b = bench_open(language);
    b->reports.closed_range = closed_range;
    b->reports.closed = closed;
    bench_event(b, POS_EVENT_OPENED);
    film_in_sync(b);
    film_lacking(b);
    film_failures(b);
    film_history(b);
    bench_close(b);
    film_develop("resend", language);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens, transcripts of resending");
    TCase *tcase = tcase_create("golden");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, test_transcript, 0, 2);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
