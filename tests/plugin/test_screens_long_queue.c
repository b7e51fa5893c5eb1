/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_screens_long_queue.c - a queue of 100,000 days: opened, paged and searched with as many reads as
 * there are rows to be seen, and never more. */
#include "support/screen_bench.h"

#define DAYS 100000

static bench *b;

/* Once for all tests: it takes a while to close 100,000 days. */
static void close_all_days(void)
{
    b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    for (int64_t number = 1; number <= DAYS; number++) {
        const char *why = "";
        pos_report z = bench_report(POS_REPORT_Z, number, number == 500 ? "{" : BENCH_DOCUMENT);
        if (core_close_day(b->core, b->now, &z, &why) != POS_OK)
            ck_abort_msg("Z %lld: %s", (long long)number, why);
        if (number % 1000 == 0)
            storage_memory_settle(b->disk);
    }
}

static void tear_down(void)
{
    bench_close(b);
}

static void window(uint32_t first, uint32_t count)
{
    ck_assert_int_eq(bench_render(b, &(pos_event){.struct_size = sizeof(pos_event),
                                                  .kind = POS_EVENT_WINDOW,
                                                  .revision = b->page.revision,
                                                  .widget = "queue",
                                                  .first = first,
                                                  .count = count}),
                     POS_OK);
}

static const screen_widget *first_row(void)
{
    const screen_widget *list = screen_text_find(&b->page, "queue");
    ck_assert_uint_eq(list->total, DAYS);
    return list->count > 0 ? list + 1 : NULL;
}

/* One header a row; a few more to find the marks. */
static void expect_reads(uint64_t rows)
{
    ck_assert_uint_le(storage_memory_counts(b->disk).gets, rows + 4);
    storage_memory_reset_counts(b->disk);
}

static void open_status(void)
{
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "status");
    storage_memory_reset_counts(b->disk);
}

START_TEST(test_opened_and_paged)
{
    open_status();
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    expect_reads(20);
    bench_expect(b, "99,999 reports");
    ck_assert_str_eq(first_row()->id, "item.kept.500"); /* what needs a person comes first */
    static const uint32_t places[][2] = {{20, 20}, {50000, 200}, {99980, 20}, {99990, 60}, {200000, 20}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        window(places[i][0], places[i][1]);
        expect_reads(places[i][1]);
    }
    ck_assert_ptr_nonnull(screen_text_find(&b->page, "item.100000")); /* beyond the end is the end */
    window(50000, 20);
    ck_assert_str_eq(first_row()->id, "item.50001");
}
END_TEST

static void find(const char *number)
{
    bench_type(b, "find", number);
    bench_press(b, "find.submit");
}

START_TEST(test_searched)
{
    open_status();
    find("77777");
    ck_assert_str_eq(first_row()->id, "item.77777");
    expect_reads(20);
    find("100000");
    ck_assert_str_eq(first_row()->id, "item.100000");
    find("1");
    ck_assert_str_eq(first_row()->id, "item.1");
    find("500"); /* it was rejected, so it is on top */
    ck_assert_str_eq(first_row()->id, "item.kept.500");
    static const char *const nowhere[] = {"100001", "0", "999999999999"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        find(nowhere[i]);
        bench_expect_error(b, "find", "is not in this list");
        ck_assert_str_eq(first_row()->id, "item.kept.500"); /* the list stays where it was */
    }
    static const char *const nonsense[] = {"", "-1", "12a", "9999999999999", "1 2"};
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        find(nonsense[i]);
        ck_assert_msg(*screen_text_find(&b->page, "find")->error, "\"%s\" was no error", nonsense[i]);
    }
    find(" 42 ");
    ck_assert_str_eq(first_row()->id, "item.42");
    bench_press(b, "item.42");
    bench_expect_page(b, "status.item");
}
END_TEST

/* The numbers start again: the same number is there twice, and pressing again goes on to the other one. */
START_TEST(test_a_number_that_is_there_twice)
{
    pos_report z = bench_report(POS_REPORT_Z, 1, "{\"after\":\"a reset\"}");
    const char *why;
    z.closed_at_ms = BENCH_NOW_MS;
    ck_assert_int_eq(core_close_day(b->core, b->now, &z, &why), POS_OK);
    open_status();
    find("1");
    const screen_widget *list = screen_text_find(&b->page, "queue");
    char first[128];
    snprintf(first, sizeof first, "%s", list[1].id);
    find("1");
    list = screen_text_find(&b->page, "queue");
    ck_assert_str_ne(list[1].id, first);
    bench_expect(b, "(numbering 2)");
    find("1");
    list = screen_text_find(&b->page, "queue");
    ck_assert_str_eq(list[1].id, first);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens, a long queue");
    TCase *tcase = tcase_create("queue");
    tcase_set_timeout(tcase, 120);
    tcase_add_unchecked_fixture(tcase, close_all_days, tear_down);
    tcase_add_test(tcase, test_opened_and_paged);
    tcase_add_test(tcase, test_searched);
    tcase_add_test(tcase, test_a_number_that_is_there_twice);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
