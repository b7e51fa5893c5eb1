/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_screens_revision.c - what a host may rely on between two descriptions: revisions, generations, windows,
 * the status bar's line. */
#include "support/screen_bench.h"

#include "screens/page.h"

/* ---- revisions ---- */

START_TEST(test_revision_is_of_the_actions)
{
    bench *b = bench_open("en");
    bench_assign(b);
    bench_event(b, POS_EVENT_OPENED);
    uint32_t revision = b->page.revision;
    bench_close_day(b, 1, BENCH_DOCUMENT); /* another text */
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    bench_expect(b, "1 report");
    ck_assert_uint_eq(b->page.revision, revision);
    b->info.language = "es";
    screens_set_locale(b->screens, &b->info);
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    bench_expect(b, "Pendiente");
    ck_assert_uint_eq(b->page.revision, revision);
    bench_press(b, "status");
    uint32_t status = b->page.revision;
    ck_assert_uint_ne(status, revision);
    bench_close_day(b, 2, BENCH_DOCUMENT); /* another row */
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    ck_assert_uint_eq(b->page.revision, status);
    bench_event(b, POS_EVENT_BACK);
    ck_assert_uint_ne(b->page.revision, revision); /* the same page, another visit */
    bench_close(b);
}
END_TEST

START_TEST(test_old_revision_is_not_applied)
{
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    uint32_t old = b->page.revision;
    bench_press(b, "login");
    ck_assert_int_eq(bench_try(b, "status", old), POS_OK);
    bench_expect_page(b, "login");
    ck_assert_int_eq(bench_try(b, "login.recover", b->page.revision + 1), POS_OK);
    bench_expect_page(b, "login");
    ck_assert_int_eq(bench_try(b, "nothing.like.it", b->page.revision), POS_OK);
    bench_expect_page(b, "login");
    bench_close(b);
}
END_TEST

/* The answer came, but the host has not drawn it yet: what the owner presses was meant for the page before. */
START_TEST(test_answer_between_drawing_and_pressing)
{
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "login");
    bench_type(b, "email", "ana@example.com");
    bench_type(b, "password", "a secret word");
    bench_press(b, "login.submit");
    bench_settle(b);
    ck_assert_int_eq(bench_try(b, "login.submit", b->page.revision), POS_OK);
    bench_expect_page(b, "main");
    ck_assert_uint_eq(b->cloud.requests, 1);
    bench_close(b);
}
END_TEST

START_TEST(test_disabled_action_is_not_applied)
{
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    ck_assert(!screen_text_find(&b->page, "assign")->is_enabled);
    ck_assert_int_eq(bench_try(b, "assign", b->page.revision), POS_OK);
    bench_expect_page(b, "main");
    bench_close(b);
}
END_TEST

START_TEST(test_focus)
{
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "login");
    ck_assert(screen_text_find(&b->page, "email")->flags & POS_WIDGET_FOCUS);
    ck_assert(screen_text_find(&b->page, "email")->flags & POS_WIDGET_RESET);
    bench_type(b, "email", "ana@example.com");
    bench_press(b, "login.submit");
    ck_assert(!(screen_text_find(&b->page, "email")->flags & (POS_WIDGET_FOCUS | POS_WIDGET_RESET)));
    ck_assert(screen_text_find(&b->page, "password")->flags & POS_WIDGET_FOCUS);
    bench_close(b);
}
END_TEST

/* ---- generations ---- */

START_TEST(test_generation)
{
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    uint64_t g = screens_generation(b->screens, b->now);
    ck_assert_uint_eq(screens_generation(b->screens, b->now), g);
    b->now.elapsed_ms += 3600000; /* nothing counts on the main page */
    ck_assert_uint_eq(screens_generation(b->screens, b->now), g);
    bench_close_day(b, 1, BENCH_DOCUMENT);
    ck_assert_uint_ne(screens_generation(b->screens, b->now), g);
    g = screens_generation(b->screens, b->now);
    bench_press(b, "login");
    ck_assert_uint_ne(screens_generation(b->screens, b->now), g);
    g = screens_generation(b->screens, b->now);
    b->info.language = "es";
    screens_set_locale(b->screens, &b->info);
    ck_assert_uint_ne(screens_generation(b->screens, b->now), g);
    bench_close(b);
}
END_TEST

START_TEST(test_generation_counts_down)
{
    bench *b = bench_open("en");
    bench_assign(b);
    bench_press(b, "configuration");
    bench_type(b, "send_x", "1");
    bench_press(b, "send_x");
    uint64_t g = screens_generation(b->screens, b->now);
    b->now.elapsed_ms += 1000; /* "in 4 seconds" */
    ck_assert_uint_ne(screens_generation(b->screens, b->now), g);
    g = screens_generation(b->screens, b->now);
    b->now.elapsed_ms += 1;
    ck_assert_uint_eq(screens_generation(b->screens, b->now), g);
    bench_event(b, POS_EVENT_CLOSED);
    g = screens_generation(b->screens, b->now);
    b->now.elapsed_ms += 60000;
    ck_assert_uint_eq(screens_generation(b->screens, b->now), g);
    bench_close(b);
}
END_TEST

/* ---- leaving ---- */

START_TEST(test_closed_wipes)
{
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "login");
    bench_type(b, "email", "ana@example.com");
    bench_press(b, "login.recover");
    b->cloud.holds = true;
    bench_press(b, "recover.submit");
    pos_event closed = {.struct_size = sizeof closed, .kind = POS_EVENT_CLOSED};
    ck_assert_int_eq(screens_render(b->screens, b->now, &closed, NULL, &b->why), POS_OK);
    ck_assert_str_eq(b->screens->email, "");
    ck_assert_int_eq(core_get_person(b->core)->request, REQUEST_NONE);
    b->cloud.holds = false;
    bench_settle(b);
    bench_event(b, POS_EVENT_OPENED);
    bench_expect_page(b, "main");
    bench_close(b);
}
END_TEST

/* ---- windows ---- */

static void window(bench *b, uint32_t first, uint32_t count)
{
    pos_event e = {.struct_size = sizeof e,
                   .kind = POS_EVENT_WINDOW,
                   .revision = b->page.revision,
                   .widget = "queue",
                   .first = first,
                   .count = count};
    ck_assert_int_eq(bench_render(b, &e), POS_OK);
}

static void expect_window(const bench *b, uint32_t first, uint32_t count, uint32_t total)
{
    const screen_widget *list = screen_text_find(&b->page, "queue");
    uint32_t rows = 0;
    for (uint32_t i = 0; i < b->page.count; i++)
        rows += b->page.widgets[i].kind == POS_WIDGET_ROW;
    ck_assert_ptr_nonnull(list);
    ck_assert_uint_eq(list->first, first);
    ck_assert_uint_eq(list->count, count);
    ck_assert_uint_eq(list->total, total);
    ck_assert_uint_eq(rows, count);
}

START_TEST(test_windows)
{
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    for (int64_t number = 1; number <= 450; number++)
        bench_close_day(b, number, BENCH_DOCUMENT);
    bench_press(b, "status");
    expect_window(b, 0, 20, 450);
    window(b, 100, 50);
    expect_window(b, 100, 50, 450);
    bench_expect(b, "<item.");
    bench_expect(b, "Z 101, ");
    window(b, 440, 50);
    expect_window(b, 440, 10, 450);
    window(b, UINT32_MAX, UINT32_MAX);
    expect_window(b, 250, 200, 450);
    window(b, 7, 0);
    expect_window(b, 7, 1, 450);
    uint32_t old = b->page.revision;
    bench_event(b, POS_EVENT_BACK);
    bench_press(b, "status");
    expect_window(b, 0, 20, 450); /* a new visit starts at the top */
    pos_event stale = {.struct_size = sizeof stale,
                       .kind = POS_EVENT_WINDOW,
                       .revision = old,
                       .widget = "queue",
                       .first = 9,
                       .count = 9};
    ck_assert_int_eq(bench_render(b, &stale), POS_OK);
    expect_window(b, 0, 20, 450);
    bench_close(b);
}
END_TEST

START_TEST(test_status_line_fits)
{
    bench *b = bench_open("es");
    char line[200];
    uint32_t attention;
    bench_close_day(b, 1, BENCH_DOCUMENT);
    for (size_t room = 1; room < sizeof line; room++) {
        memset(line, 'x', sizeof line);
        screens_status(b->screens, b->now, &attention, line, room);
        ck_assert_uint_lt(strlen(line), room);
        ck_assert_uint_eq(attention, POS_ATTENTION_ACTION);
    }
    bench_close(b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens, revisions");
    TCase *tcase = tcase_create("events");
    tcase_add_test(tcase, test_revision_is_of_the_actions);
    tcase_add_test(tcase, test_old_revision_is_not_applied);
    tcase_add_test(tcase, test_answer_between_drawing_and_pressing);
    tcase_add_test(tcase, test_disabled_action_is_not_applied);
    tcase_add_test(tcase, test_focus);
    tcase_add_test(tcase, test_generation);
    tcase_add_test(tcase, test_generation_counts_down);
    tcase_add_test(tcase, test_closed_wipes);
    tcase_add_test(tcase, test_windows);
    tcase_add_test(tcase, test_status_line_fits);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
