/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the owner types into the screen model: what is taken, what is kept while the plugin describes the screen anew,
 * and when it is forgotten.
 */
#include "screen_fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(test_typing)
{
    screen_fixture_expect_value("email", "old@shop.example");
    screen_fixture_expect_value("number", "");
    ck_assert_ptr_null(poshost_screen_value(screen, "nothing"));
    screen_fixture_set("email", "new@shop.example");
    screen_fixture_expect_value("email", "new@shop.example");
    screen_fixture_set("email", "");
    screen_fixture_expect_value("email", "");
    screen_fixture_set("email", "12345678901234567890");
    ck_assert_int_eq(poshost_screen_set(screen, "email", "123456789012345678901"), POS_E_TOO_LARGE);
    ck_assert_int_eq(poshost_screen_set(screen, "email", "a\nb"), POS_E_MISUSE);
    ck_assert_int_eq(poshost_screen_set(screen, "email", "\xff"), POS_E_MISUSE);
    ck_assert_int_eq(poshost_screen_set(screen, "email", NULL), POS_E_MISUSE);
    screen_fixture_expect_value("email", "12345678901234567890");
    screen_fixture_set("number", "0123");
    ck_assert_int_eq(poshost_screen_set(screen, "number", "12a"), POS_E_MISUSE);
    ck_assert_int_eq(poshost_screen_set(screen, "country", "fr"), POS_E_MISUSE);
    ck_assert_int_eq(poshost_screen_set(screen, "remember", "yes"), POS_E_MISUSE);
    ck_assert_int_eq(poshost_screen_set(screen, "login", "x"), POS_E_UNSUPPORTED);
    ck_assert_int_eq(poshost_screen_set(screen, "nothing", "x"), POS_E_NOT_FOUND);
    char longest[POSHOST_INPUT_MAX_BYTES + 2];
    memset(longest, '1', sizeof longest);
    longest[POSHOST_INPUT_MAX_BYTES + 1] = '\0';
    ck_assert_int_eq(poshost_screen_set(screen, "number", longest), POS_E_TOO_LARGE);
    longest[POSHOST_INPUT_MAX_BYTES] = '\0';
    screen_fixture_set("number", longest);
    plugin.widgets[4].disabled_reason = "not now";
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK);
    ck_assert_int_eq(poshost_screen_set(screen, "number", "1"), POS_E_UNSUPPORTED);
}
END_TEST

START_TEST(test_typing_is_kept)
{
    screen_fixture_set("email", "new@shop.example");
    screen_fixture_set("country", "mx");
    plugin.screen.revision = 8; /* a new revision of the same screen keeps it too */
    plugin.widgets[0].value = "other@shop.example";
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK);
    screen_fixture_expect_value("email", "new@shop.example");
    ck_assert_str_eq(poshost_screen_find(screen, "email")->value, "other@shop.example");
    ck_assert_int_eq(screen_fixture_press("login"), POS_OK);
    screen_fixture_expect_value("email", "new@shop.example");
    screen_fixture_expect_value("country", "mx");
    plugin.widgets[0].flags = POS_WIDGET_RESET;
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK);
    screen_fixture_expect_value("email", "other@shop.example");
    screen_fixture_expect_value("country", "mx");
    plugin.screen.id = "another";
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK);
    screen_fixture_expect_value("country", "es");
    ck_assert_int_eq(poshost_screen_changed(screen), 1);
    plugin.screen.id = "login";
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK);
    screen_fixture_expect_value("country", "es");
}
END_TEST

/* What goes out by itself is the plugin's to confirm. */
START_TEST(test_switches_spring_back)
{
    plugin.widgets[3].action = "switch";
    plugin.widgets[2].action = "choose";
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK);
    screen_fixture_set("remember", "1");
    screen_fixture_set("country", "mx");
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK);
    screen_fixture_expect_value("remember", "1");
    ck_assert_int_eq(screen_fixture_press("remember"), POS_OK);
    ck_assert_ptr_nonnull(strstr(plugin.values, "remember=1"));
    screen_fixture_expect_value("remember", "0");
    screen_fixture_expect_value("country", "es");
}
END_TEST

/* An option that is no longer offered, an input that became a secret, a widget that went: nothing of it is kept. */
START_TEST(test_typing_that_lost_its_place)
{
    static const pos_option fewer[] = {{.struct_size = sizeof(pos_option), .value = "es", .label = "Spain"}};
    screen_fixture_set("country", "mx");
    screen_fixture_set("email", "typed");
    screen_fixture_set("number", "5");
    plugin.widgets[2].options = fewer;
    plugin.widgets[2].option_count = 1;
    plugin.widgets[0].kind = POS_WIDGET_SECRET;
    plugin.widgets[4].id = "other";
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK);
    screen_fixture_expect_value("country", "es");
    ck_assert_uint_eq(poshost_screen_secret_length(screen, "email"), 0);
    plugin.widgets[4].id = "number";
    ck_assert_int_eq(screen_fixture_refresh(), POS_OK);
    screen_fixture_expect_value("number", "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screen model: typing");
    TCase *tcase = tcase_create("screen");
    tcase_add_checked_fixture(tcase, screen_fixture_setup, screen_fixture_teardown);
    tcase_add_test(tcase, test_typing);
    tcase_add_test(tcase, test_typing_is_kept);
    tcase_add_test(tcase, test_switches_spring_back);
    tcase_add_test(tcase, test_typing_that_lost_its_place);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
