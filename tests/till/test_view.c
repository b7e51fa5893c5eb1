/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings screen as text: golden pages of hand-made screens at 80 by 24, width and wrapping of UTF-8, and finding
 * words.
 */
#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "fake_plugin.h"
#include "till/view.h"

static const struct view_frame frame_en = {
    .language = "en", .status = "all is fake", .mark = "i", .clock = "2026-01-05 08:00"};

static poshost_screen *open_page(uint32_t page)
{
    poshost_screen *screen = poshost_screen_new();
    ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
    ck_assert_ptr_nonnull(screen);
    fake_plugin_reset();
    fake_plugin.page = page;
    ck_assert_int_eq(poshost_screen_open(screen, fake_plugin_render, NULL), POS_OK);
    return screen;
}

/* One page as it stands on the terminal. */
static void print_page(const poshost_screen *screen, const struct view_frame *frame, size_t page, char *text,
                       size_t capacity)
{
    struct view view;
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    view_lay_out(&view, screen);
    view_print_page(file, &view, screen, frame, page);
    view_free(&view);
    rewind(file);
    text[fread(text, 1, capacity - 1, file)] = '\0';
    (void)fclose(file);
}

static void check_frame(const char *text)
{
    int lines = 0;
    char line[DISPLAY_LINE_BYTES];
    for (const char *c = text; *c != '\0'; lines++) {
        size_t length = strcspn(c, "\n");
        ck_assert_uint_lt(length, sizeof line);
        memcpy(line, c, length);
        line[length] = '\0';
        ck_assert_msg(display_width(line) <= VIEW_COLUMNS, "too wide: %s", line);
        for (const char *b = line; *b != '\0'; b++)
            ck_assert_msg((unsigned char)*b >= 32 && *b != 127, "a control character in: %s", line);
        c += length + (c[length] == '\n' ? 1 : 0);
    }
    ck_assert_int_eq(lines, VIEW_ROWS - 1);
}

static void check_page(uint32_t page, const char *expected)
{
    char text[16384];
    poshost_screen *screen = open_page(page);
    print_page(screen, &frame_en, 0, text, sizeof text);
    check_frame(text);
    if (strcmp(text, expected) != 0)
        (void)fprintf(stderr, "---- got:\n%s---- expected:\n%s", text, expected);
    ck_assert_str_eq(text, expected);
    poshost_screen_free(screen);
}

#define RULE_TITLE  "================================================================================\n"
#define RULE_STATUS "--------------------------------------------------------------------------------\n"
#define STATUS      " i  all is fake                                                2026-01-05 08:00\n"
#define KEYS        " number = use   n/p = next/previous page   q = leave   h = help\n"

START_TEST(test_golden_login)
{
    check_page(FAKE_PAGE_LOGIN, " Login to FactoryCLOUD\n" RULE_TITLE
                                "  !  Nobody is logged in: reports are kept here until somebody is.\n"
                                "  1  E-mail                [_________________________________________________]\n"
                                "  2  Password              [_________________________________________________]\n"
                                "       ! The e-mail or the password is wrong.\n"
                                "  3  << Log in >>\n"
                                "  -  < Assign business >\n"
                                "       - Log in first.\n"
                                "\n\n\n\n\n\n\n\n\n\n\n" RULE_STATUS STATUS KEYS);
}
END_TEST

START_TEST(test_golden_everything)
{
    check_page(FAKE_PAGE_ALL, " Everything\n" RULE_TITLE
                              "--- What can be set ------------------------------------------------------------\n"
                              "  1  [x] Send X Report\n"
                              "         The day's figures every 30 minutes.\n"
                              "  2  Country               = España (1/2)\n"
                              "\n"
                              "--- What can be read -----------------------------------------------------------\n"
                              "     Store: Calle Mayor\n"
                              "     Uploading\n"
                              "     [####################....................] 5 of 10\n"
                              "     Queue                                                               1-2 / 2\n"
                              "  3  Z 17                                                                waiting\n"
                              "         tried again in 20 s\n"
                              "     X 18/3                                                              waiting\n"
                              "     Newer: shown as text\n"
                              "  4  <! Disconnect !>\n"
                              "\n\n\n" RULE_STATUS STATUS KEYS);
}
END_TEST

START_TEST(test_golden_nasty)
{
    check_page(FAKE_PAGE_NASTY,
               " Names\n" RULE_TITLE "     商店: 東京都千代田区丸の内一丁目九番一号東京駅構内北口改札外売店第二号店臨\n"
               "           時出張所および関連施設一式\n"
               "     aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhh\n"
               "     hhhhhiiiiiiiiii end\n"
               "     Name: ?[2Jcleared?tab\n"
               "           second line\n"
               "     A row whose label is so long that its value would not find any roo... Íñigo\n"
               "\n\n\n\n\n\n\n\n\n\n\n" RULE_STATUS STATUS KEYS);
}
END_TEST

START_TEST(test_typed_and_secret)
{
    char text[16384];
    poshost_screen *screen = open_page(FAKE_PAGE_LOGIN);
    struct view_frame spanish = frame_en;
    spanish.language = "es";
    ck_assert_int_eq(poshost_screen_set(screen, "email", "ana@example.org"), POS_OK);
    ck_assert_int_eq(poshost_screen_set(screen, "password", "geheim-ñ"), POS_OK);
    print_page(screen, &spanish, 0, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "[ana@example.org__"));
    ck_assert_ptr_nonnull(strstr(text, "[********___"));
    ck_assert_ptr_null(strstr(text, "geheim"));
    ck_assert_ptr_nonnull(strstr(text, "número = usar"));
    poshost_screen_free(screen);
}
END_TEST

START_TEST(test_pages_of_a_long_screen)
{
    char text[16384];
    struct view view;
    poshost_screen *screen = open_page(FAKE_PAGE_LIST);
    ck_assert_int_eq(poshost_screen_window(screen, "queue", 0, 40, fake_plugin_render, NULL), POS_OK);
    view_lay_out(&view, screen);
    ck_assert_uint_eq(view.line_count, 41);
    ck_assert_uint_eq(view_page_count(&view), 3);
    ck_assert_uint_eq(view.target_count, 40);
    view_free(&view);
    print_page(screen, &frame_en, 2, text, sizeof text);
    check_frame(text);
    ck_assert_ptr_nonnull(strstr(text, "page 3/3"));
    ck_assert_ptr_nonnull(strstr(text, " 40  Report 40"));
    ck_assert_ptr_null(strstr(text, "Report 30"));
    ck_assert_ptr_nonnull(strstr(text, "b = back"));
    poshost_screen_free(screen);
}
END_TEST

START_TEST(test_pages_tear_nothing_apart)
{
    char text[16384] = "";
    int buttons = 0;
    struct view view;
    poshost_screen *screen = open_page(FAKE_PAGE_LONG);
    view_lay_out(&view, screen);
    size_t pages = view_page_count(&view);
    view_free(&view);
    ck_assert_uint_eq(pages, 2);
    for (size_t page = 0; page < pages; page++) {
        print_page(screen, &frame_en, page, text, sizeof text);
        check_frame(text);
        const char *body = strchr(strchr(text, '\n') + 1, '\n') + 1;
        ck_assert_msg(strncmp(body, "---", 3) == 0 || strstr(body, "Thing") < strstr(body, "what"), "torn: %s", text);
        for (const char *at = body; (at = strstr(at, "Thing")) != NULL; at++, buttons++)
            ck_assert_msg(strstr(at, "what it does") != NULL, "torn: %s", text);
    }
    ck_assert_int_eq(buttons, 12);
    /* The second heading went with its first button. */
    ck_assert_int_eq(strncmp(strchr(strchr(text, '\n') + 1, '\n') + 1, "\n--- Part", 9), 0);
    poshost_screen_free(screen);
}
END_TEST

START_TEST(test_finding_words)
{
    poshost_screen *screen = open_page(FAKE_PAGE_ALL);
    ck_assert(view_has_words(screen, "figures every 30"));
    ck_assert(view_has_words(screen, "figures\n  every\t30"));
    ck_assert(view_has_words(screen, "España"));
    ck_assert(view_has_words(screen, "Z 17 waiting tried again"));
    ck_assert(view_has_words(screen, "Everything"));
    ck_assert(!view_has_words(screen, "France"));
    ck_assert(!view_has_words(screen, "Z 18"));
    ck_assert(!view_has_words(screen, ""));
    poshost_screen_free(screen);
}
END_TEST

START_TEST(test_width_and_wrapping)
{
    char line[DISPLAY_LINE_BYTES] = "";
    ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
    ck_assert_int_eq(display_width("Íñigo"), 5);
    ck_assert_int_eq(display_width("商店"), 4);
    ck_assert_int_eq(display_width("e\xcc\x81"), 1); /* an accent of its own */
    ck_assert_int_eq(display_width("\xff\xc3"), 2);  /* invalid bytes are a sign each */
    display_append(line, "商店商店", 7);
    ck_assert_str_eq(line, "商店...");
    line[0] = '\0';
    display_append(line, "a\033b", 10);
    ck_assert_str_eq(line, "a?b");
    const char *text = "one two  three\n\nfour";
    static const char *const expected[] = {"one two", "three", "", "four"};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(display_wrap(&text, 8, line), 1);
        ck_assert_str_eq(line, expected[i]);
    }
    ck_assert_int_eq(display_wrap(&text, 8, line), 0);
    text = "商店";
    ck_assert_int_eq(display_wrap(&text, 1, line), 1); /* no room for even one: it ends all the same */
    ck_assert_int_eq(display_wrap(&text, 1, line), 1);
    ck_assert_int_eq(display_wrap(&text, 1, line), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("view");
    TCase *tests = tcase_create("view");
    tcase_add_test(tests, test_golden_login);
    tcase_add_test(tests, test_golden_everything);
    tcase_add_test(tests, test_golden_nasty);
    tcase_add_test(tests, test_typed_and_secret);
    tcase_add_test(tests, test_pages_of_a_long_screen);
    tcase_add_test(tests, test_pages_tear_nothing_apart);
    tcase_add_test(tests, test_finding_words);
    tcase_add_test(tests, test_width_and_wrapping);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
