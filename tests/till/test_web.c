/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The till's page without JavaScript: what it shows, what its forms do, and what it never shows.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fake_plugin.h"
#include "web_client.h"

static struct web_client client;

static void start(uint32_t page)
{
    web_client_start(&client, page);
    web_client_get(&client, "/");
    ck_assert_int_eq(client.status, 200);
}

static void post(const char *path, const char *fields)
{
    web_client_post(&client, path, fields);
    ck_assert_msg(client.status == 303, "%d: %s", client.status, client.answer);
    ck_assert(web_client_has(&client, "Location: /\r\n"));
    web_client_get(&client, "/");
}

static void end(void)
{
    web_client_end(&client);
}

START_TEST(test_fields_have_labels_help_and_errors)
{
    start(FAKE_PAGE_LOGIN);
    ck_assert(web_client_has(&client, "<html lang=\"en\">"));
    ck_assert(web_client_has(&client, "<h1 id=\"title\" tabindex=\"-1\">Login to FactoryCLOUD</h1>"));
    ck_assert(web_client_has(&client, "<label for=\"c-email\">E-mail</label>"));
    ck_assert(web_client_has(&client, "type=\"email\" inputmode=\"email\""));
    ck_assert(web_client_has(&client, "maxlength=\"60\""));
    ck_assert(web_client_has(&client, "type=\"password\" autocomplete=\"current-password\""));
    ck_assert(web_client_has(&client, "aria-describedby=\"e-password\" aria-invalid=\"true\""));
    ck_assert(web_client_has(&client, "<span>The e-mail or the password is wrong.</span>"));
    ck_assert(web_client_has(&client, "class=\"notice warning\" id=\"w-why\" role=\"status\""));
    ck_assert(web_client_has(&client, "type=\"button\" aria-disabled=\"true\" aria-describedby=\"r-assign\""));
    ck_assert(web_client_has(&client, "id=\"r-assign\">Log in first.</p>"));
    end();
}
END_TEST

START_TEST(test_log_in_by_a_form)
{
    start(FAKE_PAGE_LOGIN);
    post("/act", "press=go&v.email=ana%40example.org&v.password=a%2Bb+c%26d");
    ck_assert_str_eq(fake_plugin.last_action, "login");
    ck_assert_str_eq(fake_plugin.last_email, "ana@example.org");
    ck_assert_str_eq(fake_plugin.last_secret, "a+b c&d");
    ck_assert(web_client_has(&client, ">Everything</h1>"));
    end();
}
END_TEST

START_TEST(test_enter_presses_what_the_last_input_means)
{
    start(FAKE_PAGE_LOGIN);
    post("/act", "enter=1&v.email=ana%40example.org&v.password=pass");
    ck_assert_str_eq(fake_plugin.last_action, "login");
    end();
}
END_TEST

START_TEST(test_a_disabled_button_does_nothing)
{
    start(FAKE_PAGE_LOGIN);
    post("/act", "press=assign&v.email=&v.password=");
    ck_assert_str_eq(fake_plugin.last_action, "");
    ck_assert(web_client_has(&client, "This did not work: assign: Log in first."));
    end();
}
END_TEST

START_TEST(test_every_kind_is_drawn)
{
    start(FAKE_PAGE_ALL);
    ck_assert(web_client_has(&client, "<h2 id=\"l-s1\">What can be set</h2>"));
    ck_assert(web_client_has(&client, "type=\"checkbox\" role=\"switch\" id=\"c-x\" name=\"v.x\" value=\"1\" checked"));
    ck_assert(web_client_has(&client, "class=\"button plain apply\" name=\"press\" value=\"x\">Apply"));
    ck_assert(web_client_has(&client, "type=\"radio\" id=\"c-country-0\" name=\"v.country\" value=\"es\" checked"));
    ck_assert(web_client_has(&client, "<dt>Store</dt><dd>Calle Mayor</dd>"));
    ck_assert(web_client_has(&client, "max=\"1000\" value=\"500\""));
    ck_assert(web_client_has(&client, ">5 of 10<"));
    ck_assert(web_client_has(&client, "<button class=\"row\" id=\"c-r1\" name=\"press\" value=\"r1\">"));
    ck_assert(web_client_has(&client, "<div class=\"row\" id=\"c-r2\">"));
    ck_assert(web_client_has(&client, "<dt>Newer</dt>") || web_client_has(&client, "shown as text"));
    ck_assert(web_client_has(&client, "class=\"button dangerous\" id=\"c-off\""));
    end();
}
END_TEST

START_TEST(test_a_switch_that_is_off_sends_nothing_and_means_off)
{
    start(FAKE_PAGE_ALL);
    post("/act", "press=x&v.country=es");
    ck_assert_str_eq(fake_plugin.last_action, "x");
    post("/act", "press=country&v.x=1&v.country=de");
    ck_assert_msg(strcmp(fake_plugin.last_action, "x") == 0, "an option that is not offered was sent");
    ck_assert(web_client_has(&client, "This cannot be entered here."));
    end();
}
END_TEST

START_TEST(test_text_is_escaped)
{
    start(FAKE_PAGE_LOGIN);
    post("/act", "press=assign&v.email=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E");
    ck_assert(!web_client_has(&client, "<script>alert"));
    ck_assert(web_client_has(&client, "value=\"&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\""));
    end();
    start(FAKE_PAGE_LOGIN);
    fake_plugin.page = FAKE_PAGE_NASTY; /* past the guard: its lone row breaks a rule */
    ck_assert_int_eq(poshost_screen_open(client.fixture.till.screen, fake_plugin_render, NULL), POS_OK);
    web_client_get(&client, "/");
    ck_assert(!web_client_has(&client, "\x1b"));
    ck_assert(web_client_has(&client, "[2Jcleared tab\nsecond line"));
    end();
}
END_TEST

START_TEST(test_secrets_never_come_back)
{
    start(FAKE_PAGE_LOGIN);
    post("/act", "press=assign&v.email=a&v.password=CANARY-hunter2");
    ck_assert(!web_client_has(&client, "CANARY"));
    web_client_post(&client, "/act", "v.password=CANARY-hunter2");
    ck_assert(!web_client_has(&client, "CANARY"));
    client.revision[0] = '\0';
    post("/act", "press=go&v.email=kept&v.password=CANARY-hunter2");
    ck_assert(!web_client_has(&client, "CANARY"));
    ck_assert(web_client_has(&client, "value=\"kept\""));
    ck_assert_uint_eq(poshost_screen_secret_length(client.fixture.till.screen, "password"), 0);
    end();
}
END_TEST

START_TEST(test_windows_of_a_long_list)
{
    start(FAKE_PAGE_LIST);
    ck_assert(web_client_has(&client, "1 to 10 of 1000"));
    ck_assert(web_client_has(&client, "name=\"window\" value=\"10,queue\">Next page"));
    ck_assert(web_client_has(&client, "aria-disabled=\"true\">Previous page"));
    post("/act", "window=10%2Cqueue");
    ck_assert_uint_eq(fake_plugin.last_first, 10);
    ck_assert(web_client_has(&client, "11 to 30 of 1000"));
    ck_assert(web_client_has(&client, "name=\"window\" value=\"0,queue\">Previous page"));
    post("/act", "window=980%2Cqueue");
    ck_assert(web_client_has(&client, "981 to 1000 of 1000"));
    ck_assert(web_client_has(&client, "aria-disabled=\"true\">Next page"));
    post("/act", "window=nonsense");
    post("/act", "window=99999999999999999999%2Cqueue");
    ck_assert(web_client_has(&client, "981 to 1000 of 1000"));
    end();
}
END_TEST

START_TEST(test_a_stale_form_does_nothing_but_keeps_what_was_typed)
{
    start(FAKE_PAGE_LOGIN);
    strcpy(client.revision, "77");
    post("/act", "press=go&v.email=ana%40example.org&v.password=secret");
    ck_assert_str_eq(fake_plugin.last_action, "");
    ck_assert(web_client_has(&client, "The page had changed meanwhile"));
    ck_assert(web_client_has(&client, "value=\"ana@example.org\""));
    strcpy(client.screen, "elsewhere");
    post("/act", "press=go&v.email=other");
    ck_assert_str_eq(fake_plugin.last_action, "");
    ck_assert(web_client_has(&client, "value=\"ana@example.org\""));
    strcpy(client.screen, "elsewhere");
    post("/act", "back=1");
    ck_assert_msg(poshost_screen_is_open(client.fixture.till.screen), "a stale Back closed the screen");
    end();
}
END_TEST

START_TEST(test_too_long_is_said_beside_the_field)
{
    char fields[200];
    start(FAKE_PAGE_LOGIN);
    (void)snprintf(fields, sizeof fields, "press=go&v.password=x&v.email=%070d", 0);
    post("/act", fields);
    ck_assert_str_eq(fake_plugin.last_action, "");
    ck_assert(web_client_has(&client, "id=\"e-email\""));
    ck_assert(web_client_has(&client, "This is too long."));
    end();
}
END_TEST

START_TEST(test_back_closes_and_the_till_opens_again)
{
    start(FAKE_PAGE_LOGIN);
    post("/act", "back=1");
    ck_assert(web_client_has(&client, "The settings are closed"));
    post("/till", "do=open");
    ck_assert(web_client_has(&client, ">Login to FactoryCLOUD</h1>"));
    end();
}
END_TEST

START_TEST(test_the_till_sells_and_closes)
{
    start(FAKE_PAGE_LOGIN);
    ck_assert(web_client_has(&client, "<span>0 receipts</span>"));
    post("/till", "do=sell");
    ck_assert(web_client_has(&client, "<span>1 receipt</span>"));
    ck_assert(web_client_has(&client, "Receipt 1 is rung up."));
    post("/till", "do=close");
    ck_assert(web_client_has(&client, "The day is closed: Z 1."));
    ck_assert_int_eq(fake_plugin.z_count, 1);
    end();
}
END_TEST

START_TEST(test_spanish)
{
    start(FAKE_PAGE_LIST);
    client.fixture.till.host.info.language = "es";
    web_client_get(&client, "/");
    ck_assert(web_client_has(&client, "<html lang=\"es\">"));
    ck_assert(web_client_has(&client, "Página siguiente"));
    ck_assert(web_client_has(&client, "Cerrar el día"));
    end();
}
END_TEST

START_TEST(test_state_waits_for_a_change)
{
    char path[80];
    start(FAKE_PAGE_LOGIN);
    const char *state = strstr(client.answer, "data-state=\"");
    ck_assert_ptr_nonnull(state);
    (void)snprintf(path, sizeof path, "/state?have=%.32s", state + 12);
    int64_t before_ms = clock_real_ms();
    web_client_get(&client, "/state?have=another");
    ck_assert_int_eq(client.status, 200);
    ck_assert_int_lt(clock_real_ms() - before_ms, 5000);
    clock_advance(&client.fixture.till.clock, 58000); /* the clock on the page moves in two seconds */
    clock_set_flowing(&client.fixture.till.clock, true);
    before_ms = clock_real_ms();
    web_client_get(&client, path);
    ck_assert_msg(client.status == 200, "%d", client.status);
    ck_assert_int_gt(clock_real_ms() - before_ms, 1000);
    ck_assert_msg(web_client_has(&client, ":01</time>"), "%.60s",
                  strstr(client.answer, "<time") != NULL ? strstr(client.answer, "<time") : client.answer);
    end();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("web");
    TCase *tests = tcase_create("page");
    tcase_add_test(tests, test_fields_have_labels_help_and_errors);
    tcase_add_test(tests, test_log_in_by_a_form);
    tcase_add_test(tests, test_enter_presses_what_the_last_input_means);
    tcase_add_test(tests, test_a_disabled_button_does_nothing);
    tcase_add_test(tests, test_every_kind_is_drawn);
    tcase_add_test(tests, test_a_switch_that_is_off_sends_nothing_and_means_off);
    tcase_add_test(tests, test_text_is_escaped);
    tcase_add_test(tests, test_secrets_never_come_back);
    tcase_add_test(tests, test_windows_of_a_long_list);
    tcase_add_test(tests, test_a_stale_form_does_nothing_but_keeps_what_was_typed);
    tcase_add_test(tests, test_too_long_is_said_beside_the_field);
    tcase_add_test(tests, test_back_closes_and_the_till_opens_again);
    tcase_add_test(tests, test_the_till_sells_and_closes);
    tcase_add_test(tests, test_spanish);
    tcase_add_test(tests, test_state_waits_for_a_change);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
