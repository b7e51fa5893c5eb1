/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The screen model against a scripted plugin: what is copied, what goes out with an event, that secrets leave
 * no trace, and that a plugin gone wrong does no harm.
 */
#include "screen_fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is shown ---- */

START_TEST(test_open)
{
    ck_assert_int_eq(plugin.had_event, 1);
    ck_assert_uint_eq(plugin.event.kind, POS_EVENT_OPENED);
    ck_assert_uint_eq(plugin.event.value_count, 0);
    ck_assert_int_eq(poshost_screen_is_open(screen), 1);
    ck_assert_str_eq(poshost_screen_id(screen), "login");
    ck_assert_str_eq(poshost_screen_title(screen), "Log in");
    ck_assert_uint_eq(poshost_screen_revision(screen), 7);
    ck_assert_uint_eq(poshost_screen_widget_count(screen), 9);
    ck_assert_ptr_null(poshost_screen_widget(screen, 9));
    ck_assert_ptr_null(poshost_screen_find(screen, "nothing"));
    ck_assert_ptr_null(poshost_screen_find(screen, NULL));
    const poshost_widget *country = poshost_screen_find(screen, "country");
    ck_assert_str_eq(country->label, "Label");
    ck_assert_uint_eq(country->option_count, 2);
    ck_assert_str_eq(country->options[1].label, "Mexico");
    ck_assert_ptr_null(country->help);
    ck_assert_uint_eq(poshost_screen_find(screen, "list")->total, 9);
    ck_assert_str_eq(poshost_screen_find(screen, "off")->disabled_reason, "log in first");
    ck_assert_int_eq(poshost_screen_changed(screen), 1);
    ck_assert_str_eq(poshost_screen_focus(screen), "email");
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK);
    ck_assert_int_eq(plugin.had_event, 0);
    ck_assert_int_eq(poshost_screen_changed(screen), 0);
    ck_assert_ptr_null(poshost_screen_focus(screen));
    plugin.screen.revision = 8;
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK);
    ck_assert_int_eq(poshost_screen_changed(screen), 1);
}
END_TEST

START_TEST(test_events)
{
    screen_fixture_set("email", "ana@shop.example");
    screen_fixture_set("password", "secret");
    screen_fixture_set("country", "mx");
    screen_fixture_set("remember", "1");
    ck_assert_int_eq(screen_fixture_press("login"), POS_OK);
    ck_assert_uint_eq(plugin.event.kind, POS_EVENT_ACTION);
    ck_assert_uint_eq(plugin.event.revision, 7);
    ck_assert_uint_eq(plugin.event.struct_size, sizeof(pos_event));
    ck_assert_uint_eq(plugin.event.value_stride, sizeof(pos_value));
    ck_assert_str_eq(plugin.widget, "login");
    ck_assert_str_eq(plugin.action, "login");
    ck_assert_str_eq(plugin.values, "email=ana@shop.example;password=secret;country=mx;remember=1;number=;");

    ck_assert_int_eq(poshost_screen_window(screen, "list", 4, 3, screen_fixture_render, &plugin), POS_OK);
    ck_assert_uint_eq(plugin.event.kind, POS_EVENT_WINDOW);
    ck_assert_str_eq(plugin.widget, "list");
    ck_assert_uint_eq(plugin.event.first, 4);
    ck_assert_uint_eq(plugin.event.count, 3);
    ck_assert_uint_eq(plugin.event.value_count, 0);
    ck_assert_int_eq(screen_fixture_press("row.0"), POS_OK);
    ck_assert_str_eq(plugin.action, "open");
    ck_assert_int_eq(screen_fixture_press("password"), POS_OK); /* Enter in it */
    ck_assert_str_eq(plugin.action, "login");

    unsigned renders = plugin.renders;
    ck_assert_int_eq(screen_fixture_press("nothing"), POS_E_NOT_FOUND);
    ck_assert_int_eq(screen_fixture_press("email"), POS_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(poshost_screen_error(screen), "no action"));
    ck_assert_int_eq(screen_fixture_press("off"), POS_E_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(poshost_screen_error(screen), "log in first"));
    ck_assert_int_eq(poshost_screen_window(screen, "email", 0, 1, screen_fixture_render, &plugin), POS_E_NOT_FOUND);
    ck_assert_uint_eq(plugin.renders, renders);
}
END_TEST

START_TEST(test_back_and_close)
{
    int32_t leaves = -1;
    plugin.screen.flags = POS_SCREEN_HAS_BACK;
    plugin.screen.id = "status.item";
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK);
    ck_assert_uint_eq(poshost_screen_flags(screen), POS_SCREEN_HAS_BACK);
    ck_assert_int_eq(poshost_screen_back(screen, &leaves, screen_fixture_render, &plugin), POS_OK);
    ck_assert_int_eq(leaves, 0);
    ck_assert_uint_eq(plugin.event.kind, POS_EVENT_BACK);
    plugin.screen.flags = 0;
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK);
    ck_assert_int_eq(poshost_screen_back(screen, &leaves, screen_fixture_render, &plugin), POS_OK);
    ck_assert_int_eq(leaves, 1);
    ck_assert_uint_eq(plugin.event.kind, POS_EVENT_CLOSED);
    ck_assert_int_eq(plugin.builder_was_null, 1);
    ck_assert_int_eq(poshost_screen_is_open(screen), 0);
    ck_assert_str_eq(poshost_screen_id(screen), "");
    ck_assert_uint_eq(poshost_screen_widget_count(screen), 0);
    /* Even if the plugin fails, the owner has left. */
    ck_assert_int_eq(poshost_screen_open(screen, screen_fixture_render, &plugin), POS_OK);
    plugin.result = POS_E_BUSY;
    ck_assert_int_eq(poshost_screen_close(screen, screen_fixture_render, &plugin), POS_E_BUSY);
    ck_assert_int_eq(poshost_screen_is_open(screen), 0);
}
END_TEST

/* ---- secrets ---- */

START_TEST(test_secrets)
{
    plugin.widgets[1].value = "leaked by the plugin";
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK);
    ck_assert_ptr_null(poshost_screen_find(screen, "password")->value);
    screen_fixture_set("password", "g\xc3\xa9heim");
    screen_fixture_expect_value("password", "");
    ck_assert_uint_eq(poshost_screen_secret_length(screen, "password"), 6);
    ck_assert_uint_eq(poshost_screen_secret_length(screen, "email"), 0);
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK); /* no event */
    ck_assert_uint_eq(poshost_screen_secret_length(screen, "password"), 6);
    ck_assert_int_eq(screen_fixture_press("login"), POS_OK);
    ck_assert_ptr_nonnull(strstr(plugin.values, "password=g\xc3\xa9heim;"));
    ck_assert_uint_eq(poshost_screen_secret_length(screen, "password"), 0);
    ck_assert_int_eq(screen_fixture_press("login"), POS_OK);
    ck_assert_ptr_nonnull(strstr(plugin.values, "password=;"));
    screen_fixture_set("password", "again");
    ck_assert_int_eq(poshost_screen_window(screen, "list", 0, 1, screen_fixture_render, &plugin), POS_OK);
    ck_assert_ptr_null(strstr(plugin.values, "again"));
    ck_assert_uint_eq(poshost_screen_secret_length(screen, "password"), 0);
    /* Also when the event failed: the host never keeps it. */
    screen_fixture_set("password", "again");
    plugin.result = POS_E_FAILED;
    ck_assert_int_eq(screen_fixture_press("login"), POS_E_FAILED);
    ck_assert_uint_eq(poshost_screen_secret_length(screen, "password"), 0);
}
END_TEST

START_TEST(test_secret_is_not_quoted)
{
    ck_assert_int_eq(poshost_screen_set(screen, "password", "hunter2\n"), POS_E_MISUSE);
    ck_assert_ptr_null(strstr(poshost_screen_error(screen), "hunter2"));
    ck_assert_ptr_nonnull(strstr(poshost_screen_error(screen), "password"));
}
END_TEST

/* ---- plugins gone wrong ---- */

START_TEST(test_failed_render)
{
    screen_fixture_set("email", "typed");
    plugin.result = POS_E_FAILED;
    plugin.screen.id = "another";
    ck_assert_int_eq(screen_fixture_refresh(), POS_E_FAILED);
    ck_assert_str_eq(poshost_screen_id(screen), "login");
    screen_fixture_expect_value("email", "typed");
    plugin.result = POS_OK;
    plugin.widgets[3].id = NULL;
    ck_assert_int_eq(screen_fixture_refresh(), POS_E_MISUSE);
    ck_assert_str_eq(poshost_screen_id(screen), "login");
    plugin.widgets[3].id = "remember";
    plugin.widgets[3].struct_size = 0;
    ck_assert_int_eq(screen_fixture_refresh(), POS_E_MISUSE);
    ck_assert_uint_eq(poshost_screen_widget_count(screen), 9);
}
END_TEST

static int32_t render_badly(void *ctx, const pos_event *event, const pos_builder *builder)
{
    (void)event;
    const pos_widget widget = {.struct_size = sizeof widget, .kind = POS_WIDGET_TEXT, .id = "t", .value = "text"};
    const pos_screen begun = {.struct_size = sizeof begun, .id = "s"};
    int32_t code = POS_OK;
    switch (*(int *)ctx) {
    case 0: /* add before begin, and on after the error */
        ck_assert_int_eq(builder->add(builder->ctx, &widget), POS_E_MISUSE);
        ck_assert_int_eq(builder->begin(builder->ctx, &begun), POS_E_MISUSE);
        break;
    case 1:
        builder->begin(builder->ctx, &begun);
        ck_assert_int_eq(builder->begin(builder->ctx, &begun), POS_E_MISUSE);
        break;
    case 2: /* without end */
        builder->begin(builder->ctx, &begun);
        for (int i = 0; i < 100000 && code == POS_OK; i++)
            code = builder->add(builder->ctx, &widget);
        ck_assert_int_eq(code, POS_E_TOO_LARGE);
        break;
    default:
        ck_assert_int_eq(builder->begin(builder->ctx, NULL), POS_E_MISUSE);
    }
    return POS_OK;
}

START_TEST(test_bad_plugins)
{
    for (int how = 0; how < 4; how++) {
        ck_assert_int_eq(poshost_screen_refresh(screen, render_badly, &how), how == 2 ? POS_E_TOO_LARGE : POS_E_MISUSE);
        ck_assert_str_eq(poshost_screen_id(screen), "login");
    }
}
END_TEST

/* ---- growth ---- */

/* An older plugin's structs end earlier: what they lack reads as zero, whatever lies behind them. */
static int32_t render_old(void *ctx, const pos_event *event, const pos_builder *builder)
{
    (void)ctx;
    (void)event;
    struct {
        char bytes[offsetof(pos_widget, help)];
        char behind[sizeof(pos_widget)];
    } room;
    pos_widget widget = {.struct_size = offsetof(pos_widget, help),
                         .kind = POS_WIDGET_INPUT,
                         .id = "email",
                         .label = "E-mail",
                         .value = "a@b"};
    struct {
        pos_screen now;
        const char *later;
    } begun = {.now = {.struct_size = sizeof begun, .id = "s", .title = "t"}, .later = "more"};
    memset(&room, 0x55, sizeof room);
    memcpy(&room, &widget, sizeof room.bytes);
    builder->begin(builder->ctx, &begun.now);
    return builder->add(builder->ctx, (const pos_widget *)(const void *)&room);
}

START_TEST(test_growth)
{
    ck_assert_int_eq(poshost_screen_refresh(screen, render_old, NULL), POS_OK);
    const poshost_widget *email = poshost_screen_find(screen, "email");
    ck_assert_str_eq(email->value, "a@b");
    ck_assert_ptr_null(email->help);
    ck_assert_ptr_null(email->action);
    ck_assert_uint_eq(email->option_count, 0);
    ck_assert_uint_eq(email->max_length_bytes, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen model");
    TCase *tcase = tcase_create("screen");
    tcase_add_checked_fixture(tcase, screen_fixture_setup, screen_fixture_teardown);
    tcase_add_test(tcase, test_open);
    tcase_add_test(tcase, test_events);
    tcase_add_test(tcase, test_back_and_close);
    tcase_add_test(tcase, test_secrets);
    tcase_add_test(tcase, test_secret_is_not_quoted);
    tcase_add_test(tcase, test_failed_render);
    tcase_add_test(tcase, test_bad_plugins);
    tcase_add_test(tcase, test_growth);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
