/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose request it is: other sites, other names, other runs, other methods and other sizes get nothing done.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fake_plugin.h"
#include "till/web_form.h"
#include "till/web_html.h"
#include "web_client.h"

static struct web_client client;

static void get_with(const char *headers)
{
    char request[1024];
    (void)snprintf(request, sizeof request, "GET / HTTP/1.1\r\n%sConnection: close\r\n\r\n", headers);
    web_client_send(&client, request);
}

static void post_with(const char *headers, const char *token)
{
    char body[256];
    (void)snprintf(body, sizeof body, "token=%s&do=sell", token);
    web_client_post_raw(&client, "/till", headers, body);
}

static int64_t sold(void)
{
    return till_fixture_ask(&client.fixture, "SELECT count(*) FROM receipts");
}

START_TEST(test_only_loopback_is_served)
{
    static const char *const refused[] = {"0.0.0.0:0",  "192.168.1.2:0",   "[::]:0", "example.org:80", "127.0.0.1",
                                          "127.0.0.1:", "127.0.0.1:99999", ":0",     "127.0.0.2:0",    "[::1:0"};
    struct fault fault;
    web_client_start(&client, FAKE_PAGE_LOGIN);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        ck_assert_msg(web_open(&client.fixture.till, refused[i], &fault) == NULL, "%s was taken", refused[i]);
    ck_assert_ptr_nonnull(strstr(fault.text, "--web"));
    char taken[64];
    (void)snprintf(taken, sizeof taken, "%s", client.web->host);
    ck_assert_ptr_null(web_open(&client.fixture.till, taken, &fault));
    ck_assert_ptr_nonnull(strstr(fault.text, "in use"));
    web_client_end(&client);
}
END_TEST

START_TEST(test_other_names_get_no_page)
{
    char host[96];
    web_client_start(&client, FAKE_PAGE_LOGIN);
    get_with("Host: evil.example:8080\r\n");
    ck_assert_int_eq(client.status, 403);
    ck_assert(!web_client_has(&client, client.web->token));
    get_with("Host: 127.0.0.1\r\n");
    ck_assert_int_eq(client.status, 403);
    (void)snprintf(host, sizeof host, "Host: localhost:%u\r\n", (unsigned)client.web->port);
    get_with(host);
    ck_assert_int_eq(client.status, 200);
    (void)snprintf(host, sizeof host, "Host: 127.0.0.1:%u.evil.example\r\n", (unsigned)client.web->port);
    get_with(host);
    ck_assert_int_eq(client.status, 403);
    (void)snprintf(host, sizeof host, "Host: 127.0.0.1:%u\r\nOrigin: http://evil.example\r\n",
                   (unsigned)client.web->port);
    get_with(host);
    ck_assert_int_eq(client.status, 403);
    web_client_end(&client);
}
END_TEST

START_TEST(test_forms_of_others_do_nothing)
{
    char headers[512], wrong[WEB_TOKEN_BYTES];
    web_client_start(&client, FAKE_PAGE_LOGIN);
    const char *token = client.web->token;
    post_with("", token);
    ck_assert_int_eq(client.status, 403);
    post_with("Cookie: till-1=00000000000000000000000000000000\r\n", token);
    ck_assert_int_eq(client.status, 403);
    memset(wrong, '0', sizeof wrong - 1);
    wrong[sizeof wrong - 1] = '\0';
    post_with(web_client_cookie(&client), wrong);
    ck_assert_int_eq(client.status, 403);
    post_with(web_client_cookie(&client), "");
    ck_assert_int_eq(client.status, 403);
    static const char *const foreign[] = {"Origin: http://evil.example\r\n", "Origin: null\r\n",
                                          "Origin: https://127.0.0.1\r\n", "Sec-Fetch-Site: cross-site\r\n",
                                          "Sec-Fetch-Site: same-site\r\n"};
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        (void)snprintf(headers, sizeof headers, "%s%s", web_client_cookie(&client), foreign[i]);
        post_with(headers, token);
        ck_assert_msg(client.status == 403, "%s: %d", foreign[i], client.status);
    }
    ck_assert_int_eq(sold(), 0);
    (void)snprintf(headers, sizeof headers, "%sOrigin: http://%s\r\nSec-Fetch-Site: same-origin\r\n",
                   web_client_cookie(&client), client.web->host);
    post_with(headers, token);
    ck_assert_int_eq(client.status, 303);
    ck_assert_int_eq(sold(), 1);
    web_client_end(&client);
}
END_TEST

START_TEST(test_headers_keep_others_out)
{
    web_client_start(&client, FAKE_PAGE_LOGIN);
    web_client_get(&client, "/");
    ck_assert(web_client_has(&client, "Content-Security-Policy: default-src 'none';"));
    ck_assert(!web_client_has(&client, "unsafe-inline"));
    ck_assert(web_client_has(&client, "X-Frame-Options: DENY"));
    ck_assert(web_client_has(&client, "Cache-Control: no-store"));
    ck_assert(web_client_has(&client, "; HttpOnly; SameSite=Strict"));
    ck_assert(!web_client_has(&client, " style=\""));
    ck_assert(!web_client_has(&client, " onclick"));
    web_client_get(&client, "/app.css");
    ck_assert_int_eq(client.status, 200);
    ck_assert(web_client_has(&client, "Content-Type: text/css"));
    web_client_get(&client, "/app.js");
    ck_assert(web_client_has(&client, "\"use strict\""));
    web_client_get(&client, "/../till.c");
    ck_assert_int_eq(client.status, 404);
    web_client_end(&client);
}
END_TEST

START_TEST(test_odd_requests_get_an_answer)
{
    char request[256];
    web_client_start(&client, FAKE_PAGE_LOGIN);
    (void)snprintf(request, sizeof request, "DELETE / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
                   client.web->host);
    web_client_send(&client, request);
    ck_assert_int_eq(client.status, 405);
    web_client_post(&client, "/elsewhere", "a=b");
    ck_assert_int_eq(client.status, 404);
    web_client_post(&client, "/act", "a=%zz");
    ck_assert_int_eq(client.status, 400);
    web_client_post(&client, "/act", "a=%00");
    ck_assert_int_eq(client.status, 400);
    char *large = malloc(WEB_BODY_MAX + 100);
    ck_assert_ptr_nonnull(large);
    memset(large, 'a', WEB_BODY_MAX + 99);
    large[WEB_BODY_MAX + 99] = '\0';
    web_client_post(&client, "/act", large);
    ck_assert_int_eq(client.status, 413);
    free(large);
    (void)snprintf(request, sizeof request,
                   "POST /act HTTP/1.1\r\nHost: %s\r\n%sContent-Type: text/plain\r\nContent-Length: 1\r\n"
                   "Connection: close\r\n\r\nx",
                   client.web->host, web_client_cookie(&client));
    web_client_send(&client, request);
    ck_assert_int_eq(client.status, 415);
    web_client_end(&client);
}
END_TEST

START_TEST(test_forms_are_taken_apart)
{
    struct web_form form;
    char body[] = "a=1&b=%C3%B1+x&c&=d&a=2&e==";
    ck_assert(web_form_read(&form, body));
    ck_assert_str_eq(web_form_get(&form, "a"), "1");
    ck_assert_str_eq(web_form_get(&form, "b"), "ñ x");
    ck_assert_str_eq(web_form_get(&form, "c"), "");
    ck_assert_str_eq(web_form_get(&form, "e"), "=");
    ck_assert_ptr_null(web_form_get(&form, "f"));
    char cut[] = "a=%4";
    ck_assert(!web_form_read(&form, cut));
    char many[WEB_FORM_FIELDS_MAX * 2 + 8];
    memset(many, 0, sizeof many);
    for (size_t i = 0; i <= WEB_FORM_FIELDS_MAX; i++)
        memcpy(many + 2 * i, "a&", 2);
    ck_assert(!web_form_read(&form, many));
}
END_TEST

START_TEST(test_ids_become_names)
{
    char name[WEB_ID_BYTES], other[WEB_ID_BYTES], id[400];
    web_html_name(name, "item.12");
    ck_assert_str_eq(name, "item.12");
    web_html_name(name, "a b\"<_");
    ck_assert_str_eq(name, "a_20b_22_3c_5f");
    memset(id, 'x', sizeof id - 1);
    id[sizeof id - 1] = '\0';
    web_html_name(name, id);
    id[sizeof id - 2] = 'y';
    web_html_name(other, id);
    ck_assert_str_ne(name, other);
    ck_assert_uint_lt(strlen(name), WEB_ID_BYTES);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("web guard");
    TCase *tests = tcase_create("requests");
    tcase_add_test(tests, test_only_loopback_is_served);
    tcase_add_test(tests, test_other_names_get_no_page);
    tcase_add_test(tests, test_forms_of_others_do_nothing);
    tcase_add_test(tests, test_headers_keep_others_out);
    tcase_add_test(tests, test_odd_requests_get_an_answer);
    tcase_add_test(tests, test_forms_are_taken_apart);
    tcase_add_test(tests, test_ids_become_names);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
