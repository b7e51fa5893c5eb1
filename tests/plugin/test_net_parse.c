/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_net_parse.c - the parts of net/ that need no network: addresses, header values, wiping. */
#include "net/address.h"
#include "net/answer.h"
#include "net/net.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *url;
    const char *base; /* NULL: not allowed */
} addresses[] = {
    {"https://cloud.example", "https://cloud.example"},
    {"https://cloud.example/", "https://cloud.example"},
    {"https://cloud.example:8443", "https://cloud.example:8443"},
    {"HTTPS://Cloud.Example:8443/", "https://Cloud.Example:8443"},
    {"https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"},
    {"http://localhost:8080", "http://localhost:8080"},
    {"http://LOCALHOST", "http://LOCALHOST"},
    {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
    {"http://127.255.255.254", "http://127.255.255.254"},
    {"http://127.1", "http://127.0.0.1"},
    {"http://[::1]:8080", "http://[::1]:8080"},
    {"http://cloud.example", NULL},
    {"http://128.0.0.1", NULL},
    {"http://0.0.0.0", NULL},
    {"http://127.0.0.1.evil.example", NULL},
    {"http://localhost.evil.example", NULL},
    {"http://localhost@evil.example", NULL},
    {"http://evil.example#localhost", NULL},
    {"http://[::ffff:10.0.0.1]", NULL},
    {"https://user:secret@cloud.example", NULL},
    {"https://user@cloud.example", NULL},
    {"https://cloud.example/v1", NULL},
    {"https://cloud.example?x=1", NULL},
    {"https://cloud.example/#x", NULL},
    {"https://cloud.example\r\nX: y", NULL},
    {"ftp://cloud.example", NULL},
    {"file:///etc/passwd", NULL},
    {"cloud.example", NULL},
    {"https://", NULL},
    {"https:///", NULL},
    {"https://cloud.example:99999", NULL},
    {"https://clo ud.example", NULL},
    {"", NULL},
    {NULL, NULL},
};

START_TEST(test_address)
{
    const char *reason = "unset";
    char *base = NULL;
    bool loopback;
    bool allowed = address_check(addresses[_i].url, &base, &loopback, &reason);

    ck_assert_msg(allowed == (addresses[_i].base != NULL), "%s: %s", addresses[_i].url, reason);
    if (allowed) {
        ck_assert_str_eq(base, addresses[_i].base);
        ck_assert_ptr_null(reason);
    } else {
        ck_assert_ptr_null(base);
        ck_assert_ptr_nonnull(reason);
    }
    free(base);
    ck_assert_int_eq(net_url_is_allowed(addresses[_i].url, NULL), allowed);
}
END_TEST

START_TEST(test_content_type)
{
    static const char *const types[][2] = {
        {"application/json", "application/json"},
        {"  Application/JSON ; charset=utf-8", "application/json"},
        {"", ""},
        {";", ""},
        {"application/jsonx", "application/jsonx"},
    };
    char to[64];
    char tiny[5];
    size_t i;

    for (i = 0; i < sizeof types / sizeof types[0]; i++) {
        answer_read_content_type(types[i][0], to, sizeof to);
        ck_assert_str_eq(to, types[i][1]);
    }
    answer_read_content_type("application/json", tiny, sizeof tiny);
    ck_assert_str_eq(tiny, "appl");
}
END_TEST

START_TEST(test_encodings)
{
    static const struct {
        const char *value;
        uint32_t want;
    } values[] = {
        {"zstd, gzip", NET_ENCODING_ZSTD | NET_ENCODING_GZIP},
        {"GZIP", NET_ENCODING_GZIP},
        {"x-gzip", NET_ENCODING_GZIP},
        {"gzip;q=1.0,zstd; q=0", NET_ENCODING_GZIP},
        {"zstd;q=0.000", 0},
        {"zstd;q=0.001", NET_ENCODING_ZSTD},
        {"zstd;level=3;q=0.5", NET_ENCODING_ZSTD},
        {"zstd;Q=0 , identity", 0},
        {"zstdx, xzstd, gzi", 0},
        {"*", 0},
        {"identity", 0},
        {"", 0},
        {",,, ,zstd,", NET_ENCODING_ZSTD},
        {"zstd;q=", NET_ENCODING_ZSTD},
    };
    size_t i;

    for (i = 0; i < sizeof values / sizeof values[0]; i++)
        ck_assert_msg(answer_read_encodings(values[i].value) == values[i].want, "%s", values[i].value);
}
END_TEST

START_TEST(test_etag)
{
    char to[8];

    answer_read_etag("\"r7\"", to, sizeof to);
    ck_assert_str_eq(to, "\"r7\"");
    answer_read_etag("W/\"1234\"", to, sizeof to); /* one byte too long */
    ck_assert_str_eq(to, "");
    answer_read_etag("\"a b\"", to, sizeof to);
    ck_assert_str_eq(to, "");
    answer_read_etag("\"\xe9\"", to, sizeof to);
    ck_assert_str_eq(to, "");
    answer_read_etag("", to, sizeof to);
    ck_assert_str_eq(to, "");
}
END_TEST

START_TEST(test_retry_after)
{
    const int64_t now_ms = answer_read_date("Fri, 20 Nov 2026 22:45:45 GMT");
    const int64_t most_ms = 400LL * 24 * 3600 * 1000;

    ck_assert_int_eq(now_ms, 1795214745000);
    ck_assert_int_eq(answer_read_retry_after("0", now_ms), 0);
    ck_assert_int_eq(answer_read_retry_after("120", now_ms), 120000);
    ck_assert_int_eq(answer_read_retry_after("120  ", 0), 120000);
    ck_assert_int_eq(answer_read_retry_after("99999999999999999999999", now_ms), most_ms);
    ck_assert_int_eq(answer_read_retry_after("999999999", now_ms), most_ms);
    ck_assert_int_eq(answer_read_retry_after("Fri, 20 Nov 2026 22:47:45 GMT", now_ms), 120000);
    ck_assert_int_eq(answer_read_retry_after("Fri, 20 Nov 2026 22:40:45 GMT", now_ms), 0);
    ck_assert_int_eq(answer_read_retry_after("Fri, 20 Nov 2099 22:40:45 GMT", now_ms), most_ms);
    ck_assert_int_eq(answer_read_retry_after("Fri, 20 Nov 2026 22:47:45 GMT", 0), -1);
    ck_assert_int_eq(answer_read_retry_after("", now_ms), -1);
    ck_assert_int_eq(answer_read_retry_after("-5", now_ms), -1);
    ck_assert_int_eq(answer_read_retry_after("soon", now_ms), -1);
    ck_assert_int_eq(answer_read_date("gestern"), 0);
}
END_TEST

/* Freeing nothing, or what is only half there, is fine. */
START_TEST(test_free_takes_nothing_and_half)
{
    net_request *request = net_request_new("GET");
    net_answer answer = {0};

    net_request_free(NULL);
    net_request_free(request);
    net_answer_clear(&answer);
    net_answer_clear(&answer);
    ck_assert_ptr_null(answer.body);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net");
    TCase *tests = tcase_create("parse");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tests, test_address, 0, sizeof addresses / sizeof addresses[0]);
    tcase_add_test(tests, test_content_type);
    tcase_add_test(tests, test_encodings);
    tcase_add_test(tests, test_etag);
    tcase_add_test(tests, test_retry_after);
    tcase_add_test(tests, test_free_takes_nothing_and_half);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
