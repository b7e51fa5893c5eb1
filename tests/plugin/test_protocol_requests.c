/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_protocol_requests.c - every builder's exact bytes, and that nothing of a stranger's text escapes. */
#include "protocol/account.h"
#include "protocol/business.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define KEY "0123456789abcdef0123456789abcdef"

/* Takes the request. */
static void check(net_request *request, const char *method, const char *path, const char *token, const char *key,
                  const char *body)
{
    ck_assert_ptr_nonnull(request);
    ck_assert_str_eq(request->method, method);
    ck_assert_str_eq(request->path, path);
    ck_assert_pstr_eq(request->token, token);
    ck_assert_str_eq(request->idempotency_key, key);
    ck_assert_uint_eq(request->encodings, 0); /* passwords and compression do not go together */
    if (body == NULL) {
        ck_assert_ptr_null(request->body);
        ck_assert_ptr_null(request->content_type);
    } else {
        ck_assert_str_eq(request->content_type, "application/json");
        ck_assert_uint_eq(request->body_bytes, strlen(body));
        ck_assert_mem_eq(request->body, body, strlen(body));
    }
    net_request_free(request);
}

START_TEST(test_account)
{
    const protocol_registration registration = {
        "ana@example.com", "Ana \"Ñ\" Ruiz", "pass\\word\n\x01", "ES", "es", true, KEY};

    check(protocol_register(&registration), "POST", "/v1/registrations", NULL, KEY,
          "{\"email\":\"ana@example.com\",\"name\":\"Ana \\\"Ñ\\\" Ruiz\",\"password\":\"pass\\\\word\\n\\u0001\","
          "\"country\":\"ES\",\"language\":\"es\",\"terms_accepted\":true}");
    check(protocol_confirm_registration("reg_1", "123456", "Till 1", KEY), "POST", "/v1/registrations/reg_1/confirm",
          NULL, KEY, "{\"code\":\"123456\",\"device_name\":\"Till 1\"}");
    check(protocol_confirm_registration("reg_1", "123456", NULL, KEY), "POST", "/v1/registrations/reg_1/confirm", NULL,
          KEY, "{\"code\":\"123456\"}");
    check(protocol_recover("ana@example.com", "en", KEY), "POST", "/v1/recoveries", NULL, KEY,
          "{\"email\":\"ana@example.com\",\"language\":\"en\"}");
    check(protocol_confirm_recovery("rec_1", "123456", "battery staple", "", KEY), "POST",
          "/v1/recoveries/rec_1/confirm", NULL, KEY, "{\"code\":\"123456\",\"new_password\":\"battery staple\"}");
    check(protocol_log_in("ana@example.com", "correct horse", "Till 1"), "POST", "/v1/sessions", NULL, "",
          "{\"email\":\"ana@example.com\",\"password\":\"correct horse\",\"device_name\":\"Till 1\"}");
    check(protocol_check_session("fcs_s"), "GET", "/v1/sessions/current", "fcs_s", "", NULL);
    check(protocol_log_out("fcs_s"), "DELETE", "/v1/sessions/current", "fcs_s", "", NULL);
}
END_TEST

START_TEST(test_terms_not_accepted)
{
    const protocol_registration registration = {"a@b", "A", "0123456789", "ES", "es", false, KEY};

    check(protocol_register(&registration), "POST", "/v1/registrations", NULL, KEY,
          "{\"email\":\"a@b\",\"name\":\"A\",\"password\":\"0123456789\",\"country\":\"ES\",\"language\":\"es\"}");
}
END_TEST

START_TEST(test_business)
{
    protocol_company company = {.name = "Ruiz S.L.", .tax_id = "B12345678", .country = "ES", .currency = "EUR"};
    protocol_store store = {.name = "Centro", .address = "Calle Mayor 1\nMadrid", .time_zone = "Europe/Madrid"};

    check(protocol_list_companies("fcs_s", NULL, NULL, 20), "GET", "/v1/companies?limit=20", "fcs_s", "", NULL);
    check(protocol_list_companies("fcs_s", "cur_1", "", 0), "GET", "/v1/companies?limit=50&after=cur_1", "fcs_s", "",
          NULL);
    check(protocol_list_companies("fcs_s", "", "a&b=c ñ%", 999), "GET",
          "/v1/companies?limit=50&q=a%26b%3Dc%20%C3%B1%25", "fcs_s", "", NULL);
    check(protocol_list_stores("fcs_s", "cmp_1", "x", "y", 1), "GET", "/v1/companies/cmp_1/stores?limit=1&after=x&q=y",
          "fcs_s", "", NULL);
    check(protocol_create_company("fcs_s", &company, KEY), "POST", "/v1/companies", "fcs_s", KEY,
          "{\"name\":\"Ruiz S.L.\",\"tax_id\":\"B12345678\",\"country\":\"ES\",\"currency\":\"EUR\"}");
    company.tax_id[0] = '\0';
    check(protocol_create_company("fcs_s", &company, KEY), "POST", "/v1/companies", "fcs_s", KEY,
          "{\"name\":\"Ruiz S.L.\",\"country\":\"ES\",\"currency\":\"EUR\"}");
    check(protocol_create_store("fcs_s", "cmp_1", &store, KEY), "POST", "/v1/companies/cmp_1/stores", "fcs_s", KEY,
          "{\"name\":\"Centro\",\"address\":\"Calle Mayor 1\\nMadrid\",\"time_zone\":\"Europe/Madrid\"}");
}
END_TEST

START_TEST(test_till)
{
    static const char till_id[] = "00112233445566778899aabbccddeeff";

    check(protocol_register_till("fcs_s", "sto_1", till_id, "till-1", "Bar", CLAIM_FIRST), "PUT",
          "/v1/stores/sto_1/tills/00112233445566778899aabbccddeeff", "fcs_s", "",
          "{\"register_id\":\"till-1\",\"device_name\":\"Bar\",\"claim\":\"first\"}");
    check(protocol_register_till("fcs_s", "sto_1", till_id, "till-1", "", CLAIM_SAME), "PUT",
          "/v1/stores/sto_1/tills/00112233445566778899aabbccddeeff", "fcs_s", "",
          "{\"register_id\":\"till-1\",\"claim\":\"same\"}");
    check(protocol_register_till("fcs_s", "sto_1", till_id, "till-1", NULL, CLAIM_ANOTHER), "PUT",
          "/v1/stores/sto_1/tills/00112233445566778899aabbccddeeff", "fcs_s", "",
          "{\"register_id\":\"till-1\",\"claim\":\"another\"}");
    check(protocol_revoke_till_token("fct_t", "sto_1", till_id), "DELETE",
          "/v1/stores/sto_1/tills/00112233445566778899aabbccddeeff/token", "fct_t", "", NULL);
}
END_TEST

/* An id comes from the cloud or from storage: whatever is in it, it stays one segment. */
START_TEST(test_segments_do_not_climb)
{
    check(protocol_revoke_till_token("fct_t", "../..", "a/b?c#d"), "DELETE",
          "/v1/stores/%2E%2E%2F%2E%2E/tills/a%2Fb%3Fc%23d/token", "fct_t", "", NULL);
    check(protocol_confirm_registration("x\r\nHost: evil", "1", NULL, ""), "POST",
          "/v1/registrations/x%0D%0AHost%3A%20evil/confirm", NULL, "", "{\"code\":\"1\"}");
}
END_TEST

/* The longest texts that a screen lets through, every byte of which has to be escaped. */
START_TEST(test_long_texts)
{
    char text[4001];
    char *want = malloc(30000);
    net_request *request;
    size_t i, at;

    memset(text, 0x01, sizeof text - 1);
    text[sizeof text - 1] = '\0';
    at = (size_t)(stpcpy(want, "{\"email\":\"") - want);
    for (i = 0; i + 1 < sizeof text; i++)
        at += (size_t)(stpcpy(want + at, "\\u0001") - (want + at));
    strcpy(want + at, "\",\"password\":\"p\"}");
    request = protocol_log_in(text, "p", NULL);
    check(request, "POST", "/v1/sessions", NULL, "", want);
    free(want);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("protocol");
    TCase *tests = tcase_create("requests");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, test_account);
    tcase_add_test(tests, test_terms_not_accepted);
    tcase_add_test(tests, test_business);
    tcase_add_test(tests, test_till);
    tcase_add_test(tests, test_segments_do_not_climb);
    tcase_add_test(tests, test_long_texts);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
