/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages over real TLS: who gets in, who does not, what cookies and headers say, and that nothing a user typed
 * becomes markup.
 */
#include "cloud_batches.h"
#include "cloud_browser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fixture fx;
static person ana;

static void setup(void)
{
    fixture_open(&fx);
    ana = fixture_person(&fx, "ana@example.com");
}

static void teardown(void)
{
    fixture_close(&fx);
}

static void expect_header(const reply *answer, const char *name, const char *part)
{
    char *value = reply_header(answer, name);
    ck_assert_msg(value != NULL && strstr(value, part) != NULL, "%s: %s has no %s", name, value ? value : "-", part);
    free(value);
}

static void expect_careful_cookie(const reply *answer, const char *start)
{
    static const char *const flags[] = {"; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"};
    char *cookie = reply_header(answer, "Set-Cookie");
    ck_assert_ptr_nonnull(cookie);
    ck_assert_msg(strncmp(cookie, start, strlen(start)) == 0, "%s", cookie);
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        ck_assert_msg(strstr(cookie, flags[i]) != NULL, "no%s in %s", flags[i], cookie);
    ck_assert_ptr_null(strstr(cookie, "Domain"));
    free(cookie);
}

START_TEST(logging_in_and_out)
{
    browser nobody = {&fx, ""};
    static const char *const closed[] = {"/", "/figures", "/figures/sto_x", "/figures/sto_x/z.csv"};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        reply sent_away = browser_get(&nobody, closed[i]);
        page_expect_location(&sent_away, "/login");
        reply_free(&sent_away);
    }
    reply form = browser_get(&nobody, "/login");
    fixture_expect(&form, 200, NULL);
    expect_careful_cookie(&form, "__Host-form=fcf_");
    reply_free(&form);
    browser her = browser_log_in(&fx, "ANA@example.com");
    ck_assert_msg(strncmp(her.cookie, "Cookie: __Host-session=fcs_", 27) == 0, "%s", her.cookie);
    reply start = browser_get(&her, "/");
    page_expect_location(&start, "/figures");
    reply list = browser_get(&her, "/figures");
    fixture_expect(&list, 200, NULL);
    page_expect(&list, "Ana Ruiz");
    page_expect(&list, "No company yet");
    reply out = browser_post(&her, "/figures", "/logout", "");
    page_expect_location(&out, "/login");
    expect_careful_cookie(&out, "__Host-session=;");
    reply after = browser_get(&her, "/figures");
    page_expect_location(&after, "/login");
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM sessions WHERE ended_at_ms IS NOT NULL"), 1);
    reply_free(&start);
    reply_free(&list);
    reply_free(&out);
    reply_free(&after);
}
END_TEST

START_TEST(a_failed_try_tells_nothing_and_is_throttled)
{
    static const char *const tries[] = {
        "email=ana%40example.com&password=wrong+password", "email=eve%40example.com&password=wrong+password",
        "email=ana%40example.com&password=", "email=&password=x", "email=%00&password=x"};
    browser she = {&fx, ""};
    reply form = browser_get(&she, "/login");
    browser_take_cookie(&she, &form);
    reply_free(&form);
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        reply answer = browser_post(&she, "/login", "/login", tries[i]);
        fixture_expect(&answer, 401, NULL);
        page_expect(&answer, "The e-mail address or the password is wrong.");
        page_expect_not(&answer, "wrong password");
        reply_free(&answer);
    }
    reply last = {.status = 0};
    for (int i = 0; i < 15 && last.status != 429; i++) {
        reply_free(&last);
        last = browser_post(&she, "/login", "/login", tries[0]);
    }
    fixture_expect(&last, 429, NULL);
    page_expect(&last, "Too many attempts. Try again in ");
    page_expect(&last, "value=\"ana@example.com\"");
    expect_header(&last, "Retry-After", "");
    reply_free(&last);
}
END_TEST

START_TEST(forms_that_are_not_ours_are_refused)
{
    char body[200];
    browser her = browser_log_in(&fx, "ana@example.com");
    browser other = browser_log_in(&fx, "ana@example.com");
    reply page = browser_get(&her, "/figures");
    reply others = browser_get(&other, "/figures");
    char *mine = strdup(browser_token(&page));
    ck_assert_uint_eq(strlen(mine), 64);
    snprintf(body, sizeof body, "csrf=%s", browser_token(&others));
    ck_assert_str_ne(mine, browser_token(&others));
    const char *wrong[] = {"", "csrf=", "csrf=x", body};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        reply refused = browser_post_raw(&her, "/logout", wrong[i], NULL);
        fixture_expect(&refused, 403, NULL);
        page_expect(&refused, "Nothing was changed");
        reply_free(&refused);
    }
    snprintf(body, sizeof body, "csrf=%s", mine);
    static const char *const sites[] = {"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"};
    for (size_t i = 0; i < 2; i++) {
        reply refused = browser_post_raw(&her, "/logout", body, sites[i]);
        fixture_expect(&refused, 403, NULL);
        reply_free(&refused);
    }
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM sessions WHERE ended_at_ms IS NOT NULL"), 0);
    reply good = browser_post_raw(&her, "/logout", body, "Sec-Fetch-Site: same-origin");
    page_expect_location(&good, "/login");
    /* Nor can somebody be logged in to another's account without knowing. */
    browser nobody = {&fx, ""};
    reply planted = browser_post_raw(&nobody, "/login", "email=ana@example.com&password=correct+horse+battery", NULL);
    fixture_expect(&planted, 403, NULL);
    free(mine);
    reply_free(&page);
    reply_free(&others);
    reply_free(&good);
    reply_free(&planted);
}
END_TEST

START_TEST(headers_and_no_scripts)
{
    char path[200];
    shop place = fixture_shop(&fx, &ana);
    till bar = fixture_till(&fx, &ana, place.store_id);
    batch_expect_one(&fx, &bar, (item){.z_number = 1}, "delivered", NULL);
    browser her = browser_log_in(&fx, "ana@example.com");
    snprintf(path, sizeof path, "/figures/%s", place.store_id);
    const char *const paths[] = {"/login", "/figures?q=", path, "/figures/none", "/style.css"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        reply page = browser_get(&her, paths[i]);
        expect_header(&page, "Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-");
        expect_header(&page, "Content-Security-Policy", "frame-ancestors 'none'");
        expect_header(&page, "X-Frame-Options", "DENY");
        expect_header(&page, "Referrer-Policy", "no-referrer");
        expect_header(&page, "X-Content-Type-Options", "nosniff");
        expect_header(&page, "Cache-Control", i == 4 ? "immutable" : "no-store");
        static const char *const never[] = {
            "<script", " style=", "<style", "javascript:", " onclick", "src=\"http", "href=\"http"};
        for (size_t k = 0; k < sizeof never / sizeof *never; k++)
            page_expect_not(&page, never[k]);
        reply_free(&page);
    }
    reply api = fixture_call(&fx, (call){.path = "/v1/health"});
    ck_assert_ptr_null(strstr(api.headers, "Content-Security-Policy"));
    reply_free(&api);
    reply lost = fixture_call(&fx, (call){.path = "/nowhere", .header = "Accept: text/html"});
    fixture_expect(&lost, 404, NULL);
    page_expect(&lost, "<!DOCTYPE html>");
    reply_free(&lost);
    reply method = browser_post_raw(&her, "/figures", "", NULL);
    fixture_expect(&method, 405, NULL);
    reply_free(&method);
}
END_TEST

START_TEST(a_strangers_store_does_not_exist)
{
    char path[300];
    char body[160];
    shop place = fixture_shop(&fx, &ana);
    till bar = fixture_till(&fx, &ana, place.store_id);
    batch_expect_one(&fx, &bar, (item){.z_number = 1}, "delivered", NULL);
    batch_expect_one(&fx, &bar, (item){.z_number = 1, .note = "other"}, "conflict", NULL);
    fixture_person(&fx, "eve@example.com");
    browser her = browser_log_in(&fx, "ana@example.com");
    browser eve = browser_log_in(&fx, "eve@example.com");
    snprintf(path, sizeof path, "/figures/%s", place.store_id);
    reply hers = browser_get(&her, path);
    const char *link = strstr(hers.body, "/conflicts/");
    ck_assert_ptr_nonnull(link);
    char receipt[80];
    snprintf(receipt, sizeof receipt, "%.*s", (int)strcspn(link + 11, "\""), link + 11);
    static const char *const behind[] = {"", "/z.csv", "/conflicts/"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "/figures/%s%s%s", place.store_id, behind[i], i == 2 ? receipt : "");
        reply mine = browser_get(&her, path);
        fixture_expect(&mine, 200, NULL);
        reply none = browser_get(&eve, path);
        fixture_expect(&none, 404, NULL);
        page_expect_not(&none, "Centro");
        reply_free(&mine);
        reply_free(&none);
    }
    reply list = browser_get(&eve, "/figures");
    page_expect_not(&list, "Centro");
    snprintf(body, sizeof body, "csrf=%s&choice=all", browser_token(&list));
    reply decided = browser_post_raw(&eve, path, body, NULL);
    fixture_expect(&decided, 404, NULL);
    /* Nor is a receipt found in a store that it does not belong to. */
    shop own = fixture_shop(&fx, &ana);
    snprintf(path, sizeof path, "/figures/%s/conflicts/%s", own.store_id, receipt);
    reply crossed = browser_get(&her, path);
    fixture_expect(&crossed, 404, NULL);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports WHERE decided_at_ms IS NOT NULL"), 0);
    reply_free(&hers);
    reply_free(&list);
    reply_free(&decided);
    reply_free(&crossed);
}
END_TEST

START_TEST(what_was_typed_stays_text)
{
    char company_id[80];
    char store_id[80];
    char path[160];
    fixture_company(&fx, &ana, "<script>alert('1')</script>", company_id);
    fixture_store(&fx, &ana, company_id, "\\\"><img src=x> & Söhne", store_id);
    fixture_store(&fx, &ana, company_id, "Other", store_id);
    browser her = browser_log_in(&fx, "ana@example.com");
    reply list = browser_get(&her, "/figures");
    page_expect(&list, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;");
    page_expect(&list, "&quot;&gt;&lt;img src=x&gt; &amp; Söhne");
    page_expect_not(&list, "<script");
    page_expect_not(&list, "<img src=x");
    snprintf(path, sizeof path, "/figures/%s", store_id);
    reply page = browser_get(&her, path);
    page_expect_not(&page, "<script");
    reply search = browser_get(&her, "/figures?q=%22%3E%3Cscript%3E%ff");
    page_expect(&search, "value=\"&quot;&gt;&lt;script&gt;\xef\xbf\xbd\"");
    page_expect(&search, "No store or company has this in its name.");
    reply_free(&list);
    reply_free(&page);
    reply_free(&search);
}
END_TEST

START_TEST(the_language_is_the_users)
{
    reply form = fixture_call(&fx, (call){.path = "/login", .header = "Accept-Language: fr, es-MX;q=0.8, en;q=0.5"});
    page_expect(&form, "<html lang=\"es\">");
    page_expect(&form, "Iniciar sesión");
    reply_free(&form);
    form = fixture_call(&fx, (call){.path = "/login", .header = "Accept-Language: es;q=0.3, en-GB"});
    page_expect(&form, "<html lang=\"en\">");
    reply_free(&form);
    browser her = browser_log_in(&fx, "ana@example.com");
    char both[400];
    snprintf(both, sizeof both, "%s\r\nAccept-Language: es", her.cookie);
    reply list = fixture_call(&fx, (call){.path = "/figures", .header = both});
    page_expect(&list, "<html lang=\"en\">");
    reply_free(&list);
}
END_TEST

START_TEST(the_mailbox_is_for_development)
{
    fixture dev;
    reply absent = fixture_call(&fx, (call){.path = "/mail", .header = "Accept: text/html"});
    fixture_expect(&absent, 404, NULL);
    reply_free(&absent);
    browser nobody = {&fx, ""};
    reply form = browser_get(&nobody, "/login");
    page_expect_not(&form, "/mail");
    reply_free(&form);
    fixture_open_with(&dev, (cloud_config){.fast_passwords = true, .dev = true});
    reply empty = fixture_call(&dev, (call){.path = "/mail"});
    fixture_expect(&empty, 200, NULL);
    page_expect(&empty, "development mode only");
    page_expect(&empty, "No mail yet");
    reply_free(&empty);
    char code[7];
    char shown[64];
    reply started = fixture_start_registration(&dev, "bea@example.com", fixture_hex());
    fixture_code(&dev, code);
    reply mail = fixture_call(&dev, (call){.path = "/mail"});
    snprintf(shown, sizeof shown, "<p class=\"code\">%s</p>", code);
    page_expect(&mail, shown);
    page_expect(&mail, "To bea@example.com");
    page_expect(&mail, "Your registration code");
    reply_free(&started);
    reply_free(&mail);
    fixture_close(&dev);
    char folder[] = "/tmp/cloud-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_ptr_null(
        cloud_start(&(cloud_config){.data_dir = folder, .listen = "0.0.0.0:0", .fast_passwords = true, .dev = true}));
    fixture_remove_folder(folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pages");
    TCase *cases = tcase_create("pages");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, logging_in_and_out);
    tcase_add_test(cases, a_failed_try_tells_nothing_and_is_throttled);
    tcase_add_test(cases, forms_that_are_not_ours_are_refused);
    tcase_add_test(cases, headers_and_no_scripts);
    tcase_add_test(cases, a_strangers_store_does_not_exist);
    tcase_add_test(cases, what_was_typed_stays_text);
    tcase_add_test(cases, the_language_is_the_users);
    tcase_add_test(cases, the_mailbox_is_for_development);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
