/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_screens_status.c - Synchronization status: what "Retry now" says of itself, for how long, and what
 * it says instead where pressing would not help. */
#include "support/screen_bench.h"

static bench *open_with_a_report(net_outcome outcome, int32_t status, int64_t retry_after_ms)
{
    bench *b = bench_open("en");
    bench_assign(b);
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", status, BENCH_PROBLEM("throttled", 429, ""));
    b->cloud.rules[b->cloud.rule_count - 1].outcome = outcome;
    b->cloud.rules[b->cloud.rule_count - 1].retry_after_ms = retry_after_ms;
    bench_close_day(b, 1, BENCH_DOCUMENT);
    bench_settle(b);
    bench_press(b, "status");
    return b;
}

static void redraw(bench *b)
{
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
}

static bool says_retrying(const bench *b)
{
    return screen_text_find(&b->page, "retrying") != NULL;
}

/* While it is on its way, after it has arrived, or has failed once more. */
START_TEST(test_notice_ends_when_the_try_was_made)
{
    bool arrives = _i < 2;
    bench *b = open_with_a_report(NET_FAILED_RESOLVE, 0, -1);
    if (arrives)
        b->cloud.rule_count--;
    b->cloud.holds = _i == 0;
    bench_press(b, "status.retry");
    bench_expect(b, "Trying again");
    bench_settle(b);
    redraw(b);
    ck_assert_uint_eq(core_get_queue(b->core, b->now).sending, _i == 0 ? 1 : 0);
    ck_assert_uint_eq(core_get_queue(b->core, b->now).waiting, arrives ? 0 : 1);
    ck_assert(!says_retrying(b));
    b->cloud.holds = false;
    bench_settle(b);
    bench_close(b);
}
END_TEST

/* A time that the cloud has set holds, and so do the words; by either way to this page. */
START_TEST(test_notice_stays_while_the_cloud_wants_to_be_left_alone)
{
    bench *b = open_with_a_report(NET_ANSWERED, 429, 3600000);
    if (_i == 0) {
        bench_press(b, "status.retry");
    } else {
        bench_event(b, POS_EVENT_BACK);
        bench_press(b, "disconnect");
        bench_press(b, "disconnect.send_first");
        bench_expect_page(b, "status");
    }
    bench_expect(b, "has asked this till to wait");
    bench_settle(b);
    redraw(b);
    bench_expect(b, "has asked this till to wait");
    b->cloud.rule_count--;
    bench_pass(b, 3700000);
    bench_settle(b);
    bench_settle(b);
    redraw(b);
    ck_assert_uint_eq(core_get_queue(b->core, b->now).waiting, 0);
    ck_assert(!says_retrying(b));
    bench_close(b);
}
END_TEST

START_TEST(test_what_is_held_says_what_it_needs)
{
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "status");
    bench_expect(b, "There is nothing to retry.");
    bench_close_day(b, 1, BENCH_DOCUMENT);
    redraw(b);
    ck_assert(!screen_text_find(&b->page, "status.retry")->is_enabled);
    bench_expect(b, "First log in, then choose a store");
    bench_close(b);
}
END_TEST

/* Head office may have opened the store again: only the cloud knows. */
START_TEST(test_a_store_that_was_closed_can_be_tried_again)
{
    bench *b = bench_open("en");
    bench_assign(b);
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 403, BENCH_PROBLEM("store-closed", 403, ""));
    bench_close_day(b, 1, BENCH_DOCUMENT);
    bench_settle(b);
    ck_assert_int_eq(core_get_queue(b->core, b->now).hold, HOLD_STORE_REFUSED);
    bench_press(b, "status");
    b->cloud.rule_count--;
    bench_press(b, "status.retry");
    bench_settle(b);
    bench_settle(b);
    ck_assert_uint_eq(core_get_queue(b->core, b->now).pending, 0);
    bench_close(b);
}
END_TEST

static int32_t up_to_1234(void *ctx, int64_t *first, int64_t *last)
{
    (void)ctx;
    *first = 1233, *last = 1235;
    return POS_OK;
}

static int32_t each_of_them(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    (void)ctx;
    pos_report z = bench_report(POS_REPORT_Z, number, BENCH_DOCUMENT);
    return visitor(visitor_ctx, &z);
}

static int32_t all_but_1234(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    return number == 1234 ? POS_E_IO : each_of_them(ctx, number, visitor, visitor_ctx);
}

/* The status bar, the main page and this one: what the POS program keeps back, nobody here can send. */
START_TEST(test_a_close_that_is_kept_back_is_named)
{
    char line[400];
    uint32_t attention;
    bench *b = bench_open(_i == 0 ? "en" : "es");
    const char *words = _i == 0 ? "does not hand over Z 1234" : "no entrega el Z 1234";
    bench_assign(b);
    b->reports.closed_range = up_to_1234;
    b->reports.closed = all_but_1234;
    bench_pass(b, 3600000);
    bench_settle(b);
    bench_settle(b);
    screens_status(b->screens, b->now, &attention, line, sizeof line);
    ck_assert_uint_eq(attention, POS_ATTENTION_WARNING);
    ck_assert_msg(strstr(line, words), "%s", line);
    redraw(b);
    bench_expect(b, words);
    bench_press(b, "status");
    bench_expect(b, words);
    b->reports.closed = each_of_them;
    bench_pass(b, 61000);
    bench_settle(b);
    bench_settle(b);
    screens_status(b->screens, b->now, &attention, line, sizeof line);
    ck_assert_uint_eq(attention, POS_ATTENTION_NONE);
    redraw(b);
    ck_assert_ptr_null(strstr(b->page.text, words));
    bench_close(b);
}
END_TEST

START_TEST(test_a_rejected_report_is_on_this_page)
{
    bench *b = bench_open("en");
    bench_assign(b);
    b->cloud.item_status = "rejected";
    bench_close_day(b, 1, BENCH_DOCUMENT);
    bench_settle(b);
    redraw(b);
    bench_expect(b, "open it in Synchronization status");
    bench_press(b, "status");
    bench_expect(b, "open it below");
    bench_close(b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens, status");
    TCase *tcase = tcase_create("retry");
    tcase_add_loop_test(tcase, test_notice_ends_when_the_try_was_made, 0, 3);
    tcase_add_loop_test(tcase, test_notice_stays_while_the_cloud_wants_to_be_left_alone, 0, 2);
    tcase_add_test(tcase, test_what_is_held_says_what_it_needs);
    tcase_add_test(tcase, test_a_store_that_was_closed_can_be_tried_again);
    tcase_add_test(tcase, test_a_rejected_report_is_on_this_page);
    tcase_add_loop_test(tcase, test_a_close_that_is_kept_back_is_named, 0, 2);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
