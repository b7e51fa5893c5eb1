/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Head office's page of configuration data: what is shown, the file down and up, a price by hand, and what is refused.
 */
#include "cloud_browser.h"
#include "cloud_catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fixture fx;
static person ana;
static shop place;
static till bar;
static browser her;
static char page_path[200];

static void setup(void)
{
    fixture_open(&fx);
    ana = fixture_person(&fx, "ana@example.com");
    place = fixture_shop(&fx, &ana);
    bar = fixture_till(&fx, &ana, place.store_id);
    her = browser_log_in(&fx, "ana@example.com");
    snprintf(page_path, sizeof page_path, "/figures/%s/catalogue", place.store_id);
}

static void teardown(void)
{
    fixture_close(&fx);
}

static reply show(void)
{
    reply page = browser_get(&her, page_path);
    fixture_expect(&page, 200, NULL);
    return page;
}

/* A form with a file in it, as browsers send it; `token` NULL: the page's. */
static reply send_file(const char *token, const char *revision, const char *file, size_t bytes)
{
    static const char part[] = "--XyZ\r\nContent-Disposition: form-data; name=";
    buffer body = {NULL, 0};
    char fields[600];
    reply page = show();
    int length = snprintf(fields, sizeof fields,
                          "%s\"csrf\"\r\n\r\n%s\r\n%s\"revision\"\r\n\r\n%s\r\n%s\"file\"; filename=\"c.ndjson\"\r\n"
                          "Content-Type: application/octet-stream\r\n\r\n",
                          part, token ? token : browser_token(&page), part, revision, part);
    buffer_add(&body, fields, (size_t)length);
    buffer_add(&body, file, bytes);
    buffer_add(&body, "\r\n--XyZ--\r\n", 11);
    reply answer = fixture_call(&fx, (call){.method = "POST",
                                            .path = page_path,
                                            .body = body.bytes,
                                            .body_bytes = body.length,
                                            .type = "multipart/form-data; boundary=XyZ",
                                            .header = her.cookie});
    buffer_free(&body);
    reply_free(&page);
    return answer;
}

static void expect_refused(reply answer, const char *words, long long revision)
{
    fixture_expect(&answer, 422, NULL);
    page_expect(&answer, words);
    reply_free(&answer);
    ck_assert_int_eq(catalogue_revision(&fx, &bar), revision);
}

static void expect_done(reply answer, long long revision)
{
    page_expect_location(&answer, page_path);
    reply_free(&answer);
    ck_assert_int_eq(catalogue_revision(&fx, &bar), revision);
}

START_TEST(it_shows_what_there_is)
{
    reply page = show();
    page_expect(&page, "No configuration data yet.");
    page_expect_not(&page, "Change a price");
    reply_free(&page);
    catalogue_send(&fx, &bar, 0, catalogue_small, 100);
    page = show();
    page_expect(&page, "Revision 1 of ");
    page_expect(&page, "<dt>Departments</dt><dd>2</dd>");
    page_expect(&page, "<dt>Items</dt><dd>2</dd>");
    reply_free(&page);
    char path[200];
    snprintf(path, sizeof path, "/figures/%s", place.store_id);
    page = browser_get(&her, path);
    page_expect(&page, page_path); /* a link */
    reply_free(&page);
}
END_TEST

START_TEST(the_file_goes_down_and_up)
{
    char path[220];
    expect_done(send_file(NULL, "0", catalogue_small, strlen(catalogue_small)), 1);
    snprintf(path, sizeof path, "%s.ndjson", page_path);
    reply file = browser_get(&her, path);
    fixture_expect(&file, 200, NULL);
    ck_assert_str_eq(file.body, catalogue_small);
    char *name = reply_header(&file, "Content-Disposition");
    ck_assert_str_eq(name, "attachment; filename=\"catalogue-1.ndjson\"");
    free(name);
    reply_free(&file);
    /* In any order, with the line ends of another system, and none at the end. */
    static const char shuffled[] = ITEM("b") ITEM("a") TAX "\r\n" HEAD;
    expect_done(send_file(NULL, "1", shuffled, strlen(shuffled) - 1), 2);
    char *lines = catalogue_text(&fx, &bar, 2);
    ck_assert_str_eq(lines, HEAD TAX ITEM("a") ITEM("b"));
    free(lines);
}
END_TEST

START_TEST(a_file_that_breaks_a_rule_changes_nothing)
{
    static const char dangling[] = "{\"kind\":\"item\",\"item_id\":\"b\",\"name\":\"\",\"tax_id\":\"<Z>\"}\n" HEAD;
    expect_refused(send_file(NULL, "0", HEAD "{\n", strlen(HEAD) + 2), "Line 2: Not a JSON object", 0);
    expect_refused(send_file(NULL, "0", HEAD TAX TAX, strlen(HEAD TAX TAX)), "twice", 0);
    expect_refused(send_file(NULL, "0", dangling, strlen(dangling)),
                   "Line 1: It refers to the tax &quot;&lt;Z&gt;&quot;, which is not there.", 0);
    expect_refused(send_file(NULL, "0", TAX, strlen(TAX)), "Line 1: The first line is not of the kind catalogue.", 0);
    expect_refused(send_file(NULL, "0", "", 0), "No file was chosen", 0);
    expect_refused(send_file(NULL, "3", HEAD, strlen(HEAD)), "Somebody changed the configuration data meanwhile.", 0);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM catalogue_lines"), 0);
}
END_TEST

static reply change_price(const char *fields)
{
    char path[220];
    snprintf(path, sizeof path, "%s/price", page_path);
    return browser_post(&her, page_path, path, fields);
}

START_TEST(a_price_is_changed_by_hand)
{
    catalogue_send(&fx, &bar, 0, catalogue_small, 100);
    expect_done(change_price("revision=1&item=b&level=1&amount=1%2C5"), 2);
    reply page = catalogue_page(&fx, &bar, 2, 1, NULL, 100, NULL);
    page_expect(&page, "\"item_id\":\"b\",\"price_level_id\":\"1\",\"amount\":150,");
    page_expect(&page, "\"name\":\"Cortado\"");
    page_expect_not(&page, "\"name\":\"Solo\"");
    reply_free(&page);
    expect_refused(change_price("revision=1&item=b&level=1&amount=2"), "Somebody changed", 2);
    expect_refused(change_price("revision=2&item=B&level=1&amount=2"), "There is no such price", 2);
    expect_refused(change_price("revision=2&item=b&level=2&amount=2"), "There is no such price", 2);
    expect_refused(change_price("revision=2&item=b&level=1&amount=-2"), "no amount", 2);
    expect_refused(change_price("revision=2&item=b&level=1&amount=2.005"), "no amount", 2);
    expect_refused(change_price("revision=2&item=b&level=1&amount="), "no amount", 2);
}
END_TEST

START_TEST(nobody_else_sees_or_changes_it)
{
    char path[220];
    catalogue_send(&fx, &bar, 0, catalogue_small, 100);
    reply forged =
        send_file("0000000000000000000000000000000000000000000000000000000000000000", "1", HEAD, strlen(HEAD));
    fixture_expect(&forged, 403, NULL);
    reply_free(&forged);
    fixture_person(&fx, "eve@example.com");
    her = browser_log_in(&fx, "eve@example.com");
    reply page = browser_get(&her, page_path);
    fixture_expect(&page, 404, NULL);
    reply_free(&page);
    snprintf(path, sizeof path, "%s.ndjson", page_path);
    page = browser_get(&her, path);
    fixture_expect(&page, 404, NULL);
    reply_free(&page);
    snprintf(path, sizeof path, "%s/price", page_path);
    page = browser_post(&her, "/figures", path, "revision=1&item=b&level=1&amount=9");
    fixture_expect(&page, 404, NULL);
    reply_free(&page);
    ck_assert_int_eq(catalogue_revision(&fx, &bar), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("catalogue_page");
    TCase *cases = tcase_create("catalogue_page");
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, it_shows_what_there_is);
    tcase_add_test(cases, the_file_goes_down_and_up);
    tcase_add_test(cases, a_file_that_breaks_a_rule_changes_nothing);
    tcase_add_test(cases, a_price_is_changed_by_hand);
    tcase_add_test(cases, nobody_else_sees_or_changes_it);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
