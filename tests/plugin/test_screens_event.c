/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_screens_event.c - what hosts hand over: mistakes, older and newer structs, values that are too long,
 * builders that fail. */
#include "support/screen_bench.h"

/* ---- mistakes ---- */

static void expect_misuse(bench *b, const pos_event *event, const char *words)
{
    char before[64];
    snprintf(before, sizeof before, "%s", b->page.id);
    ck_assert_int_eq(bench_render(b, event), POS_E_MISUSE);
    ck_assert_msg(strstr(b->why, words) != NULL, "\"%s\" is not in \"%s\"", words, b->why);
    ck_assert_uint_eq(b->page.begun, 0);
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    ck_assert_str_eq(b->page.id, before);
}

static pos_event press(const bench *b, const char *action)
{
    return (pos_event){.struct_size = sizeof(pos_event),
                       .kind = POS_EVENT_ACTION,
                       .revision = b->page.revision,
                       .value_stride = sizeof(pos_value),
                       .widget = action,
                       .action = action};
}

START_TEST(test_mistakes_in_events)
{
    char long_name[300];
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    pos_event e = press(b, "login");
    e.kind = 0;
    expect_misuse(b, &e, "kind");
    e.kind = 6;
    expect_misuse(b, &e, "kind");
    e = press(b, "login");
    e.struct_size = 4;
    expect_misuse(b, &e, "struct_size");
    e = press(b, NULL);
    expect_misuse(b, &e, "NULL");
    e = press(b, "login");
    e.widget = NULL;
    expect_misuse(b, &e, "NULL");
    e = press(b, long_name);
    expect_misuse(b, &e, "199");
    e = press(b, "login");
    e.kind = POS_EVENT_WINDOW;
    e.widget = NULL;
    expect_misuse(b, &e, "NULL");
    bench_close(b);
}
END_TEST

START_TEST(test_mistakes_in_values)
{
    static char huge[5000];
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "login");
    memset(huge, 'x', sizeof huge - 1);
    pos_value good = {sizeof good, 3, "email", "abc"}, v;
    pos_event e = press(b, "login.submit");
    e.values = &v;
    e.value_count = 1;
    v = good;
    v.struct_size = 8;
    expect_misuse(b, &e, "struct_size");
    v = good;
    v.widget = NULL;
    expect_misuse(b, &e, "NULL");
    v = good;
    v.text = NULL;
    expect_misuse(b, &e, "NULL");
    v = good;
    v.size_bytes = 2;
    expect_misuse(b, &e, "terminated");
    v.size_bytes = 4;
    expect_misuse(b, &e, "terminated");
    v = (pos_value){sizeof v, sizeof huge - 1, "email", huge};
    expect_misuse(b, &e, "4096");
    v = (pos_value){sizeof v, 2, "email", "\xc3\x28"};
    expect_misuse(b, &e, "UTF-8");
    v = good;
    e.value_stride = sizeof v - 1;
    expect_misuse(b, &e, "stride");
    e.value_stride = sizeof v;
    e.value_count = 65;
    expect_misuse(b, &e, "64");
    e.value_count = UINT32_MAX;
    expect_misuse(b, &e, "64");
    e.value_count = 1;
    e.values = NULL;
    expect_misuse(b, &e, "NULL");
    bench_close(b);
}
END_TEST

START_TEST(test_mistakes_in_builders)
{
    bench *b = bench_open("en");
    pos_event opened = {.struct_size = sizeof opened, .kind = POS_EVENT_OPENED};
    pos_builder lent = screen_text_builder(&b->page);
    screen_text_reset(&b->page);
    ck_assert_int_eq(screens_render(b->screens, b->now, &opened, NULL, &b->why), POS_E_MISUSE);
    ck_assert_ptr_nonnull(strstr(b->why, "builder"));
    ck_assert_int_eq(screens_render(b->screens, b->now, NULL, NULL, &b->why), POS_E_MISUSE);
    lent.add = NULL;
    ck_assert_int_eq(screens_render(b->screens, b->now, &opened, &lent, &b->why), POS_E_MISUSE);
    lent = screen_text_builder(&b->page);
    lent.struct_size = 8;
    ck_assert_int_eq(screens_render(b->screens, b->now, &opened, &lent, &b->why), POS_E_MISUSE);
    opened.kind = POS_EVENT_CLOSED;
    ck_assert_int_eq(screens_render(b->screens, b->now, &opened, NULL, &b->why), POS_OK);
    ck_assert_str_eq(b->why, "");
    bench_close(b);
}
END_TEST

START_TEST(test_builder_fails_at_every_widget)
{
    bench *b = bench_open("en");
    bench_assign(b);
    uint32_t widgets = b->page.count;
    pos_builder lent = screen_text_builder(&b->page);
    for (uint32_t at = 0; at < widgets; at++) {
        screen_text_reset(&b->page);
        b->page.fail_at = (int32_t)at;
        ck_assert_int_eq(screens_render(b->screens, b->now, NULL, &lent, &b->why), POS_E_FAILED);
        ck_assert_uint_eq(b->page.count, at); /* nothing is added after the error */
        ck_assert_ptr_nonnull(strstr(b->why, "builder"));
    }
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    ck_assert_uint_eq(b->page.count, widgets);
    bench_close(b);
}
END_TEST

/* ---- older and newer hosts ---- */

START_TEST(test_newer_structs)
{
    struct {
        pos_event event;
        char more[40];
    } event;
    struct {
        pos_value value;
        char more[24];
    } values[2];
    struct {
        pos_builder builder;
        char more[16];
    } lent;
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "login");
    memset(&event, 0xff, sizeof event);
    memset(values, 0xff, sizeof values);
    memset(&lent, 0xff, sizeof lent);
    values[0].value = (pos_value){sizeof values[0], 15, "email", "ana@example.com"};
    values[1].value = (pos_value){sizeof values[1], 13, "password", "a secret word"};
    event.event = press(b, "login.submit");
    event.event.struct_size = sizeof event;
    event.event.values = &values[0].value;
    event.event.value_count = 2;
    event.event.value_stride = sizeof values[0];
    lent.builder = screen_text_builder(&b->page);
    lent.builder.struct_size = sizeof lent;
    screen_text_reset(&b->page);
    ck_assert_int_eq(screens_render(b->screens, b->now, &event.event, &lent.builder, &b->why), POS_OK);
    ck_assert_uint_eq(b->cloud.requests, 1);
    ck_assert_ptr_nonnull(strstr(b->cloud.last_body, "a secret word"));
    bench_close(b);
}
END_TEST

START_TEST(test_shorter_event)
{
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "login");
    pos_event back = {.struct_size = 8, .kind = POS_EVENT_BACK, .value_count = 7};
    ck_assert_int_eq(bench_render(b, &back), POS_OK);
    bench_expect_page(b, "main");
    pos_event e = press(b, "login"); /* ends before the values */
    e.struct_size = offsetof(pos_event, values);
    e.value_count = 0;
    ck_assert_int_eq(bench_render(b, &e), POS_OK);
    bench_expect_page(b, "login");
    e = press(b, "login.submit"); /* ends before action: it reads as NULL */
    e.struct_size = offsetof(pos_event, action);
    expect_misuse(b, &e, "NULL");
    bench_close(b);
}
END_TEST

/* ---- what is too long for a field is the owner's business, not the host's ---- */

START_TEST(test_over_long_values)
{
    char text[4097];
    bench *b = bench_open("en");
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "login");
    bench_press(b, "login.register");
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    static const char *const fields[] = {"name", "email", "password", "country"};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        bench_type(b, fields[i], text);
    bench_press(b, "register.submit");
    bench_expect_error(b, "name", "too long");
    bench_expect_error(b, "email", "too long");
    bench_expect_error(b, "password", "too long");
    bench_expect_error(b, "country", "Two letters");
    text[120] = '\0';
    bench_type(b, "name", text);
    bench_press(b, "register.submit");
    bench_expect_error(b, "name", "");
    text[120] = 'x';
    text[121] = '\0';
    bench_type(b, "name", text);
    bench_press(b, "register.submit");
    bench_expect_error(b, "name", "too long");
    bench_type(b, "name", "Ana\nRuiz");
    bench_press(b, "register.submit");
    bench_expect_error(b, "name", "check what was typed");
    ck_assert_uint_eq(b->cloud.requests, 0);
    bench_close(b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens, events");
    TCase *tcase = tcase_create("events");
    tcase_add_test(tcase, test_mistakes_in_events);
    tcase_add_test(tcase, test_mistakes_in_values);
    tcase_add_test(tcase, test_mistakes_in_builders);
    tcase_add_test(tcase, test_builder_fails_at_every_widget);
    tcase_add_test(tcase, test_newer_structs);
    tcase_add_test(tcase, test_shorter_event);
    tcase_add_test(tcase, test_over_long_values);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
