/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a plugin can describe its screen wrongly: each rule of pos/screen.h is broken once, and named.
 */
#include "guard_fixture.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLUGIN POSHOST_SIDE_PLUGIN
#define ADD    "builder.add"

static void setup(void)
{
    guard_fixture_setup(POSHOST_GUARD_REPORT);
    ck_assert_int_eq(poshost_guard_create(fx.guard, NULL, 0), POS_OK);
}

static void teardown(void)
{
    ck_assert_int_eq(poshost_guard_destroy(fx.guard), POS_OK);
    guard_fixture_teardown();
}

/* ---- what the plugin describes: a script of widgets ---- */

static pos_screen screen;
static pos_widget script[300];
static unsigned script_count;
static int begins;
static int32_t answer;   /* of render_settings */
static int32_t last_add; /* what the last add returned */

static int32_t render_script(const pos_event *event, const pos_builder *builder)
{
    (void)event;
    last_add = POS_OK;
    for (int i = 0; i < begins; i++)
        builder->begin(builder->ctx, &screen);
    for (unsigned i = 0; i < script_count; i++)
        last_add = builder->add(builder->ctx, &script[i]);
    return answer;
}

static void start(const char *id, uint32_t revision)
{
    screen = (pos_screen){.struct_size = sizeof screen, .revision = revision, .id = id, .title = "Title"};
    script_count = 0;
    begins = 1;
    answer = POS_OK;
    fx.in_render = render_script;
}

static pos_widget *add(uint32_t kind, const char *id)
{
    pos_widget *widget = &script[script_count++];
    *widget = (pos_widget){.struct_size = sizeof *widget, .kind = kind, .id = id, .label = "Label"};
    return widget;
}

static int32_t render(void)
{
    return poshost_guard_render(fx.guard, NULL, &guard_fixture_builder);
}

/* Renders the script and expects one misuse. */
static void expect(const char *call, const char *words)
{
    render();
    guard_fixture_expect(PLUGIN, call, words);
}

/* ---- tests ---- */

START_TEST(test_good_screen)
{
    static const pos_option options[] = {
        {.struct_size = sizeof(pos_option), .value = "a", .label = "A"},
        {.struct_size = sizeof(pos_option), .value = "b", .label = "B"},
    };
    start("all", 1);
    add(POS_WIDGET_SECTION, "section");
    add(POS_WIDGET_NOTICE, "notice")->level = POS_LEVEL_WARNING;
    add(POS_WIDGET_INPUT, "email")->value = "a@b.example";
    add(POS_WIDGET_SECRET, "password");
    pos_widget *choice = add(POS_WIDGET_CHOICE, "choice");
    choice->options = options;
    choice->option_count = 2;
    choice->option_stride = sizeof options[0];
    choice->value = "b";
    add(POS_WIDGET_TOGGLE, "toggle")->value = "1";
    pos_widget *list = add(POS_WIDGET_LIST, "list");
    list->total = 10;
    list->first = 4;
    list->count = 2;
    add(POS_WIDGET_ROW, "row.4")->action = "open";
    add(POS_WIDGET_ROW, "row.5")->action = "open";
    add(POS_WIDGET_LIST, "empty");
    add(POS_WIDGET_PROGRESS, "progress")->permille = 1000;
    add(POS_WIDGET_BUTTON, "go")->action = "go";
    add(77, "a kind of later");
    ck_assert_int_eq(render(), POS_OK);
    /* Rows, texts and progress change without a new revision. */
    script[7].id = "row.6";
    script[10].permille = 3;
    script[11].label = "Go on";
    ck_assert_int_eq(render(), POS_OK);
    guard_fixture_expect_quiet();
}
END_TEST

START_TEST(test_begin)
{
    start("s", 1);
    begins = 0;
    ck_assert_int_eq(render(), POS_E_FAILED);
    guard_fixture_expect(PLUGIN, "render_settings", "without describing");
    begins = 2;
    expect("builder.begin", "twice");
    begins = 0;
    answer = POS_E_BUSY; /* an error needs no screen */
    ck_assert_int_eq(render(), POS_E_BUSY);
    guard_fixture_expect_quiet();
    add(POS_WIDGET_TEXT, "t");
    expect(ADD, "before begin");
    start(NULL, 1);
    answer = POS_E_FAILED;
    expect("builder.begin", "screen.id");
    start("s", 1);
    screen.struct_size = 0;
    answer = POS_E_FAILED;
    expect("builder.begin", "struct_size");
}
END_TEST

START_TEST(test_ids)
{
    start("s", 1);
    add(POS_WIDGET_TEXT, NULL);
    expect(ADD, "widget.id");
    ck_assert_int_eq(last_add, POS_E_MISUSE);
    start("s", 1);
    add(POS_WIDGET_TEXT, "");
    expect(ADD, "widget.id");
    start("s", 1);
    add(POS_WIDGET_TEXT, "same");
    add(POS_WIDGET_TEXT, "other");
    add(POS_WIDGET_BUTTON, "same");
    expect(ADD, "another widget");
    start("s", 1);
    add(POS_WIDGET_TEXT, "t")->struct_size = 40;
    expect(ADD, "struct_size");
}
END_TEST

START_TEST(test_values)
{
    start("s", 1);
    add(POS_WIDGET_SECRET, "password")->value = "hunter2";
    expect(ADD, "SECRET"); /* and the fixture's builder sees that it does not come through */
    ck_assert_ptr_null(strstr(fx.last_log, "hunter2"));
    start("s", 1);
    add(POS_WIDGET_TOGGLE, "toggle")->value = "yes";
    expect(ADD, "TOGGLE");
    start("s", 1);
    add(POS_WIDGET_PROGRESS, "progress")->permille = 1001;
    expect(ADD, "permille");
    start("s", 1);
    add(POS_WIDGET_TEXT, "text")->value = "\xff";
    expect(ADD, "widget.value");
    start("s", 1);
    add(POS_WIDGET_TEXT, "text")->help = "\xe2\x82";
    expect(ADD, "widget.help");
}
END_TEST

START_TEST(test_choices)
{
    static pos_option options[] = {{.struct_size = sizeof(pos_option), .value = "a", .label = "A"}};
    start("s", 1);
    pos_widget *choice = add(POS_WIDGET_CHOICE, "choice");
    choice->options = options;
    choice->option_count = 1;
    choice->option_stride = sizeof options[0];
    choice->value = "z";
    expect(ADD, "one of the options");
    choice->value = "";
    ck_assert_int_eq(render(), POS_OK);
    choice->value = NULL;
    ck_assert_int_eq(render(), POS_OK);
    guard_fixture_expect_quiet();
    choice->option_stride = 4;
    expect(ADD, "option_stride");
    choice->option_stride = sizeof options[0];
    options[0].value = NULL;
    expect(ADD, "without struct_size or value");
    options[0].value = "a";
    choice->options = NULL;
    expect(ADD, "options is NULL");
}
END_TEST

START_TEST(test_lists)
{
    start("s", 1);
    add(POS_WIDGET_ROW, "row");
    expect(ADD, "outside a list");
    start("s", 1);
    pos_widget *list = add(POS_WIDGET_LIST, "list");
    list->total = 5;
    list->count = 2;
    add(POS_WIDGET_ROW, "row.0");
    expect("render_settings", "2 rows follow, 1 did");
    add(POS_WIDGET_TEXT, "text"); /* a list ends with its last row */
    expect(ADD, "2 rows follow, 1 did");
    script_count--;
    add(POS_WIDGET_ROW, "row.1");
    add(POS_WIDGET_ROW, "row.2");
    expect("render_settings", "2 rows follow, 3 did");
    start("s", 1);
    list = add(POS_WIDGET_LIST, "list");
    list->total = 1;
    list->first = 1;
    list->count = 1;
    add(POS_WIDGET_ROW, "row.1");
    expect(ADD, "beyond total");
    start("s", 1);
    list = add(POS_WIDGET_LIST, "list");
    list->total = 201;
    list->count = 201;
    static char ids[201][8];
    for (int i = 0; i < 201; i++) {
        snprintf(ids[i], sizeof ids[i], "r%d", i);
        add(POS_WIDGET_ROW, ids[i]);
    }
    expect(ADD, "200 rows");
}
END_TEST

START_TEST(test_revisions)
{
    start("s", 1);
    add(POS_WIDGET_BUTTON, "go")->action = "go";
    add(POS_WIDGET_BUTTON, "stop")->action = "stop";
    ck_assert_int_eq(render(), POS_OK);
    /* The order is no matter. */
    pos_widget first = script[0];
    script[0] = script[1];
    script[1] = first;
    ck_assert_int_eq(render(), POS_OK);
    guard_fixture_expect_quiet();
    script[1].action = "go elsewhere";
    expect("render_settings", "changed under revision 1");
    screen.revision = 2;
    script_count = 1;
    ck_assert_int_eq(render(), POS_OK);
    guard_fixture_expect_quiet();
    screen.id = "t";
    expect("render_settings", "same revision 2");
    screen.revision = 3;
    screen.id = "u";
    ck_assert_int_eq(render(), POS_OK);
    guard_fixture_expect_quiet();
    /* After the owner has left, it begins anew. */
    pos_event closed = {.struct_size = sizeof closed, .kind = POS_EVENT_CLOSED};
    fx.in_render = NULL;
    ck_assert_int_eq(poshost_guard_render(fx.guard, &closed, NULL), POS_OK);
    fx.in_render = render_script;
    screen.id = "s";
    ck_assert_int_eq(render(), POS_OK);
    guard_fixture_expect_quiet();
}
END_TEST

/* ---- a builder that fails ---- */

static int32_t refuse_widget(void *ctx, const pos_widget *widget)
{
    (void)widget;
    return *(int32_t *)ctx;
}

START_TEST(test_builder_errors)
{
    int32_t code = POS_E_NO_MEMORY;
    pos_builder builder = guard_fixture_builder;
    builder.ctx = &code;
    builder.add = refuse_widget;
    start("s", 1);
    add(POS_WIDGET_TEXT, "a");
    answer = POS_E_NO_MEMORY;
    ck_assert_int_eq(poshost_guard_render(fx.guard, NULL, &builder), POS_E_NO_MEMORY);
    guard_fixture_expect_quiet();
    answer = POS_OK;
    ck_assert_int_eq(poshost_guard_render(fx.guard, NULL, &builder), POS_E_NO_MEMORY);
    guard_fixture_expect(PLUGIN, "render_settings", "though the builder");
    add(POS_WIDGET_TEXT, "b");
    add(POS_WIDGET_TEXT, "c");
    answer = POS_E_NO_MEMORY;
    ck_assert_int_eq(poshost_guard_render(fx.guard, NULL, &builder), POS_E_NO_MEMORY);
    guard_fixture_expect(PLUGIN, ADD, "went on");
    script_count = 1;
    answer = POS_E_FAILED;
    code = 9; /* the host's fault */
    ck_assert_int_eq(poshost_guard_render(fx.guard, NULL, &builder), POS_E_FAILED);
    guard_fixture_expect(POSHOST_SIDE_HOST, ADD, "this is 9");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard: the screen");
    TCase *tcase = tcase_create("screen");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_good_screen);
    tcase_add_test(tcase, test_begin);
    tcase_add_test(tcase, test_ids);
    tcase_add_test(tcase, test_values);
    tcase_add_test(tcase, test_choices);
    tcase_add_test(tcase, test_lists);
    tcase_add_test(tcase, test_revisions);
    tcase_add_test(tcase, test_builder_errors);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
