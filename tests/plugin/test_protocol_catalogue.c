/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of configuration data, one by one, good and hostile; and the requests and answers around them. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/catalogue.h"

static catalogue_line line;

static catalogue_fault read_line(const char *text)
{
    return catalogue_line_read(text, strlen(text), &line);
}

START_TEST(keys_of_all_kinds)
{
    static const struct {
        const char *text, *key;
    } lines[] = {
        {"{\"kind\":\"catalogue\",\"schema\":\"pos.catalogue/1\",\"catalogue_id\":\"c\",\"currency\":\"EUR\"}", "0"},
        {"{\"kind\":\"tax\",\"tax_id\":\"V\",\"name\":\"V\",\"rate\":0}", "1V"},
        {"{\"kind\":\"payment_method\",\"payment_method_id\":\"p\",\"name\":\"\"}", "2p"},
        {"{\"kind\":\"price_level\",\"price_level_id\":\"1\",\"name\":\"N\",\"tax_included\":true}", "31"},
        {"{\"kind\":\"department\",\"department_id\":\"d\",\"name\":\"D\",\"parent_id\":\"e\"}", "4d"},
        {"{\"kind\":\"group\",\"group_id\":\"g\",\"name\":\"G\"}", "5g"},
        {"{\"kind\":\"user\",\"user_id\":\"u\",\"name\":\"U\",\"role\":null}", "6u"},
        {"{\"kind\":\"item\",\"item_id\":\"9e+05\",\"name\":\"I\",\"barcodes\":[]}", "79e+05"},
        {"{\"kind\":\"price\",\"item_id\":\"i\",\"price_level_id\":\"1\",\"amount\":9007199254740991,\"valid_from\":"
         "\"2024-02-29\"}",
         "7i\x01"
         "1\x01"
         "2024-02-29"},
        {"{\"kind\":\"removed\",\"item_id\":\"i\"}", "7i"}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        ck_assert_msg(read_line(lines[i].text) == CATALOGUE_FINE, "%s", lines[i].text);
        ck_assert_int_eq(line.kind, (int)i);
        ck_assert_str_eq(line.key, lines[i].key);
        if (i < CATALOGUE_REMOVED)
            ck_assert_int_eq(catalogue_key_kind(line.key), (int)i);
    }
    ck_assert_int_eq(catalogue_key_kind("8"), CATALOGUE_UNKNOWN);
    ck_assert_int_eq(catalogue_key_kind(""), CATALOGUE_UNKNOWN);
}
END_TEST

START_TEST(an_unknown_kind_is_no_fault)
{
    ck_assert_int_eq(read_line("{\"kind\":\"recipe\",\"password\":1}"), CATALOGUE_FINE);
    ck_assert_int_eq(line.kind, CATALOGUE_UNKNOWN);
    ck_assert_str_eq(line.unknown, "recipe");
    ck_assert_str_eq(line.key, "");
}
END_TEST

#define ITEM(more)  "{\"kind\":\"item\",\"item_id\":\"i\",\"name\":\"N\"" more "}"
#define PRICE(more) "{\"kind\":\"price\",\"item_id\":\"i\",\"price_level_id\":\"1\"" more "}"
#define USER(more)  "{\"kind\":\"user\",\"user_id\":\"u\",\"name\":\"U\"" more "}"
#define FROM        ",\"valid_from\":\"2026-01-01\""
#define ID_65       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

START_TEST(bad_lines)
{
    static const struct {
        const char *text;
        catalogue_fault fault;
        const char *member;
    } lines[] = {
        {"", CATALOGUE_BAD_JSON, NULL},
        {"{\"kind\":\"item\"", CATALOGUE_BAD_JSON, NULL},
        {"[]", CATALOGUE_BAD_JSON, NULL},
        {"{\"kind\":\"item\",\"item_id\":\"a\",\"item_id\":\"b\",\"name\":\"n\"}", CATALOGUE_BAD_JSON, NULL},
        {"{\"kind\":\n\"item\"}", CATALOGUE_BAD_JSON, NULL},
        {"{\"kind\":\"item\",\"item_id\":\"\xff\",\"name\":\"n\"}", CATALOGUE_BAD_JSON, NULL},
        {"{\"kind\":\"item\",\"item_id\":\"a\\u0000b\",\"name\":\"n\"}", CATALOGUE_BAD_JSON, NULL},
        {"{\"item_id\":\"i\"}", CATALOGUE_BAD_KIND, "kind"},
        {"{\"kind\":7}", CATALOGUE_BAD_KIND, "kind"},
        {"{\"kind\":\"item\",\"name\":\"n\"}", CATALOGUE_BAD_ID, "item_id"},
        {"{\"kind\":\"item\",\"item_id\":900000,\"name\":\"n\"}", CATALOGUE_BAD_ID, "item_id"},
        {"{\"kind\":\"item\",\"item_id\":\"\",\"name\":\"n\"}", CATALOGUE_BAD_ID, "item_id"},
        {"{\"kind\":\"item\",\"item_id\":\"a\\u0001b\",\"name\":\"n\"}", CATALOGUE_BAD_ID, "item_id"},
        {"{\"kind\":\"item\",\"item_id\":\"" ID_65 "\",\"name\":\"n\"}", CATALOGUE_BAD_ID, "item_id"},
        {"{\"kind\":\"item\",\"item_id\":\"i\"}", CATALOGUE_BAD_NAME, "name"},
        {"{\"kind\":\"item\",\"item_id\":\"i\",\"name\":\"a\\tb\"}", CATALOGUE_BAD_NAME, "name"},
        {"{\"kind\":\"item\",\"item_id\":\"i\",\"name\":null}", CATALOGUE_BAD_NAME, "name"},
        {ITEM(",\"department_id\":7"), CATALOGUE_BAD_ID, "department_id"},
        {ITEM(",\"tax_id\":\"" ID_65 "\""), CATALOGUE_BAD_ID, "tax_id"},
        {ITEM(",\"barcodes\":\"1\""), CATALOGUE_BAD_MEMBER, "barcodes"},
        {ITEM(",\"barcodes\":[\"\"]"), CATALOGUE_BAD_MEMBER, "barcodes"},
        {ITEM(",\"status\":\"asleep\""), CATALOGUE_BAD_MEMBER, "status"},
        {ITEM(",\"unit\":3"), CATALOGUE_BAD_MEMBER, "unit"},
        {PRICE(",\"amount\":-1" FROM), CATALOGUE_BAD_AMOUNT, "amount"},
        {PRICE(",\"amount\":1.5" FROM), CATALOGUE_BAD_AMOUNT, "amount"},
        {PRICE(",\"amount\":9007199254740992" FROM), CATALOGUE_BAD_AMOUNT, "amount"},
        {PRICE(",\"amount\":1e99" FROM), CATALOGUE_BAD_AMOUNT, "amount"},
        {PRICE(",\"amount\":\"1\"" FROM), CATALOGUE_BAD_AMOUNT, "amount"},
        {PRICE(FROM), CATALOGUE_BAD_AMOUNT, "amount"},
        {PRICE(",\"amount\":1"), CATALOGUE_BAD_DATE, "valid_from"},
        {PRICE(",\"amount\":1,\"valid_from\":\"2026-02-29\""), CATALOGUE_BAD_DATE, "valid_from"},
        {PRICE(",\"amount\":1,\"valid_from\":\"2026-13-01\""), CATALOGUE_BAD_DATE, "valid_from"},
        {PRICE(",\"amount\":1,\"valid_from\":\"2026-1-01\""), CATALOGUE_BAD_DATE, "valid_from"},
        {PRICE(",\"amount\":1,\"valid_from\":\"2100-02-29\""), CATALOGUE_BAD_DATE, "valid_from"},
        {PRICE(",\"amount\":1" FROM ",\"valid_to\":\"2025-12-31\""), CATALOGUE_BAD_DATES, "valid_to"},
        {"{\"kind\":\"tax\",\"tax_id\":\"V\",\"name\":\"V\",\"rate\":1000001}", CATALOGUE_BAD_RATE, "rate"},
        {"{\"kind\":\"tax\",\"tax_id\":\"V\",\"name\":\"V\",\"rate\":1,\"included\":\"yes\"}", CATALOGUE_BAD_MEMBER,
         "included"},
        {"{\"kind\":\"catalogue\",\"schema\":\"pos.catalogue/2\",\"catalogue_id\":\"c\",\"currency\":\"EUR\"}",
         CATALOGUE_BAD_SCHEMA, "schema"},
        {"{\"kind\":\"catalogue\",\"schema\":\"pos.catalogue/1\",\"catalogue_id\":\"c\",\"currency\":\"eur\"}",
         CATALOGUE_BAD_CURRENCY, "currency"},
        {USER(",\"password\":\"x\""), CATALOGUE_BAD_SECRET, "password"},
        {USER(",\"PIN\":null"), CATALOGUE_BAD_SECRET, "pin"},
        {USER(",\"card\":1"), CATALOGUE_BAD_SECRET, "card"},
        {USER(",\"secret\":1"), CATALOGUE_BAD_SECRET, "secret"},
        {USER(",\"hash\":1"), CATALOGUE_BAD_SECRET, "hash"},
        {USER(",\"token\":1"), CATALOGUE_BAD_SECRET, "token"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        catalogue_fault fault = read_line(lines[i].text);
        ck_assert_msg(fault == lines[i].fault, "%s: %d", lines[i].text, (int)fault);
        if (lines[i].member)
            ck_assert_str_eq(line.member, lines[i].member);
        else
            ck_assert_ptr_null(line.member);
    }
}
END_TEST

/* A name of so many characters of `bytes` bytes each. */
static catalogue_fault read_name(size_t characters, const char *character)
{
    char *text = malloc(200 + 4 * characters);
    char *at = text + sprintf(text, "{\"kind\":\"item\",\"item_id\":\"i\",\"name\":\"");
    for (size_t i = 0; i < characters; i++)
        at += sprintf(at, "%s", character);
    strcpy(at, "\"}");
    catalogue_fault fault = read_line(text);
    free(text);
    return fault;
}

START_TEST(long_names_and_lines)
{
    ck_assert_int_eq(read_name(200, "n"), CATALOGUE_FINE);
    ck_assert_int_eq(read_name(200, "\xf0\x9f\x8d\x8e"), CATALOGUE_FINE);
    ck_assert_uint_eq(strlen(line.name), 800);
    ck_assert_int_eq(read_name(201, "n"), CATALOGUE_BAD_NAME);
    ck_assert_int_eq(read_name(16000, "n"), CATALOGUE_BAD_NAME);
    ck_assert_int_eq(read_name(10 * 1024 * 1024, "n"), CATALOGUE_BAD_LENGTH);
}
END_TEST

START_TEST(ids_in_other_case_are_other_ids)
{
    char key[sizeof line.key];
    read_line("{\"kind\":\"item\",\"item_id\":\"ab\",\"name\":\"n\"}");
    memcpy(key, line.key, sizeof key);
    read_line("{\"kind\":\"item\",\"item_id\":\"AB\",\"name\":\"n\"}");
    ck_assert_str_ne(key, line.key);
}
END_TEST

START_TEST(equal_lines)
{
    static const char a[] = "{\"kind\":\"x\",\"n\":1}", b[] = "{ \"n\": 1, \"kind\": \"x\" }",
                      c[] = "{\"kind\":\"X\",\"n\":1}";
    ck_assert(catalogue_lines_equal(a, strlen(a), a, strlen(a)));
    ck_assert(catalogue_lines_equal(a, strlen(a), b, strlen(b)));
    ck_assert(!catalogue_lines_equal(a, strlen(a), c, strlen(c)));
    ck_assert(!catalogue_lines_equal(a, strlen(a), "{", 1));
    ck_assert(!catalogue_lines_equal(a, 20000, a, 20000)); /* too long: not looked at */
}
END_TEST

/* ---- requests ---- */

static void expect_request(net_request *r, const char *method, const char *path, const char *body)
{
    ck_assert_ptr_nonnull(r);
    ck_assert_str_eq(r->method, method);
    ck_assert_str_eq(r->path, path);
    ck_assert_str_eq(r->token, "tok");
    ck_assert_uint_eq(r->body_bytes, body ? strlen(body) : 0);
    if (body)
        ck_assert_int_eq(memcmp(r->body, body, strlen(body)), 0);
    net_request_free(r);
}

START_TEST(requests)
{
    net_request *r = protocol_ask_catalogue("tok", "sto_1", "\"r7\"");
    ck_assert_str_eq(r->if_none_match, "\"r7\"");
    expect_request(r, "GET", "/v1/stores/sto_1/catalogue", NULL);
    r = protocol_ask_catalogue_lines("tok", "sto/1", 7, 3, "");
    ck_assert_uint_ge(r->answer_cap_bytes, PROTOCOL_CATALOGUE_DOWN_BYTES_MAX);
    expect_request(r, "GET", "/v1/stores/sto%2F1/catalogue/lines?revision=7&since=3&limit=1000", NULL);
    expect_request(protocol_ask_catalogue_lines("tok", "s", 7, 0, "a&b"), "GET",
                   "/v1/stores/s/catalogue/lines?revision=7&since=0&limit=1000&after=a%26b", NULL);
    r = protocol_create_catalogue_upload("tok", "s", 9007199254740991, "0123456789abcdef0123456789abcdef");
    ck_assert_str_eq(r->idempotency_key, "0123456789abcdef0123456789abcdef");
    expect_request(r, "POST", "/v1/stores/s/catalogue/uploads", "{\"replaces\":9007199254740991}");
    expect_request(protocol_ask_catalogue_upload("tok", "s", "u"), "GET", "/v1/stores/s/catalogue/uploads/u", NULL);
    expect_request(protocol_cancel_catalogue_upload("tok", "s", "u"), "DELETE", "/v1/stores/s/catalogue/uploads/u",
                   NULL);
    expect_request(protocol_put_catalogue_page("tok", "s", "u", 12, strdup("{}\n"), 3, 0), "PUT",
                   "/v1/stores/s/catalogue/uploads/u/pages/12", "{}\n");
    expect_request(protocol_commit_catalogue_upload("tok", "s", "u", 9983), "POST",
                   "/v1/stores/s/catalogue/uploads/u/commit", "{\"lines\":9983}");
}
END_TEST

/* ---- answers ---- */

static net_answer make(int32_t status, const char *type, const char *body)
{
    net_answer answer = {.outcome = NET_ANSWERED, .status = status, .retry_after_ms = -1};
    snprintf(answer.content_type, sizeof answer.content_type, "%s", type);
    answer.body = (uint8_t *)strdup(body);
    answer.body_bytes = strlen(body);
    return answer;
}

#define COUNTS                                                                                                         \
    "\"counts\":{\"taxes\":1,\"payment_methods\":2,\"price_levels\":3,\"departments\":4,\"groups\":5,\"users\":6,"     \
    "\"items\":7,\"prices\":8}"
#define INFO "{\"revision\":7,\"lines\":37," COUNTS ",\"currency\":\"EUR\",\"changed_at_ms\":1795201500000}"
#define PROBLEM(slug, status, more)                                                                                    \
    "{\"type\":\"urn:factorycloud:problem:" slug "\",\"title\":\"t\",\"status\":" #status ",\"detail\":\"d\"" more "}"

START_TEST(info_and_304)
{
    protocol_verdict verdict;
    protocol_catalogue told;
    net_answer answer = make(200, "application/json", INFO);
    strcpy(answer.etag, "\"x\"");
    protocol_read_catalogue(&answer, &verdict, &told);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    ck_assert_int_eq(told.revision, 7);
    ck_assert_int_eq(told.counts[CATALOGUE_TAX], 1);
    ck_assert_int_eq(told.counts[CATALOGUE_PRICE], 8);
    ck_assert_str_eq(told.etag, "\"x\"");
    ck_assert_str_eq(told.currency, "EUR");
    net_answer_clear(&answer);
    answer = (net_answer){.outcome = NET_ANSWERED, .status = 304, .retry_after_ms = -1};
    protocol_read_catalogue(&answer, &verdict, &told);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    ck_assert(told.unchanged);
    static const char *const bad[] = {"{}", "{\"revision\":-1,\"lines\":0," COUNTS "}", "{\"revision\":1,\"lines\":0}",
                                      "{\"revision\":1,\"lines\":0,\"counts\":{\"taxes\":1}}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        answer = make(200, "application/json", bad[i]);
        protocol_read_catalogue(&answer, &verdict, &told);
        ck_assert_msg(verdict.outcome == PROTOCOL_RETRY && verdict.cause == CAUSE_NOT_THE_CLOUD, "%s", bad[i]);
        net_answer_clear(&answer);
    }
}
END_TEST

START_TEST(refusals)
{
    static const struct {
        int32_t status;
        const char *body;
        protocol_cause cause;
    } cases[] = {{409, PROBLEM("catalogue-exists", 409, ",\"catalogue\":" INFO), CAUSE_CATALOGUE_EXISTS},
                 {422, PROBLEM("catalogue-invalid", 422, ",\"line\":17,\"key\":\"7x\""), CAUSE_CATALOGUE_INVALID},
                 {410, PROBLEM("gone", 410, ""), CAUSE_GONE}};
    for (size_t i = 0; i < 3; i++) {
        protocol_verdict verdict;
        protocol_catalogue_upload upload;
        protocol_catalogue told;
        net_answer answer = make(cases[i].status, "application/problem+json", cases[i].body);
        protocol_read_catalogue_upload(&answer, &verdict, &upload);
        ck_assert_int_eq(verdict.outcome, PROTOCOL_REFUSED);
        ck_assert_int_eq(verdict.cause, cases[i].cause);
        ck_assert_int_eq(protocol_read_catalogue_exists(&answer, &told), i == 0);
        ck_assert_int_eq(told.revision, i == 0 ? 7 : 0);
        ck_assert_int_eq(protocol_read_catalogue_invalid(&answer), i == 1 ? 17 : 0);
        net_answer_clear(&answer);
    }
}
END_TEST

START_TEST(pages_and_uploads)
{
    static const char *const bad[] = {"{\"kind\":\"page\",\"revision\":1,\"since\":0,\"count\":1}",
                                      "{\"kind\":\"tax\",\"revision\":1,\"since\":0,\"count\":1,\"next\":null}",
                                      "{\"kind\":\"page\",\"revision\":1,\"since\":0,\"count\":1001,\"next\":null}",
                                      "{\"kind\":\"page\",\"revision\":1,\"since\":0,\"count\":-1,\"next\":null}",
                                      "{\"kind\":\"page\",\"revision\":1.5,\"since\":0,\"count\":1,\"next\":null}",
                                      "{\"kind\":\"page\",\"revision\":1,\"since\":0,\"count\":1,\"next\":\"a b\"}",
                                      "[]",
                                      ""};
    static const char good[] = "{\"kind\":\"page\",\"revision\":9,\"since\":3,\"count\":2,\"next\":\"abc\",\"new\":1}";
    protocol_catalogue_page page;
    ck_assert(protocol_read_catalogue_page(good, strlen(good), &page));
    ck_assert_int_eq(page.revision, 9);
    ck_assert_int_eq(page.since, 3);
    ck_assert_uint_eq(page.count, 2);
    ck_assert_str_eq(page.next, "abc");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!protocol_read_catalogue_page(bad[i], strlen(bad[i]), &page), "%s", bad[i]);
    protocol_verdict verdict;
    protocol_catalogue_upload upload;
    net_answer answer =
        make(201, "application/json", "{\"upload_id\":\"u1\",\"next_page\":2,\"lines\":1000,\"expires_at_ms\":5}");
    protocol_read_catalogue_upload(&answer, &verdict, &upload);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    ck_assert_str_eq(upload.upload_id, "u1");
    ck_assert_int_eq(upload.next_page, 2);
    protocol_read_catalogue_lines(&answer, &verdict); /* not a page */
    ck_assert_int_eq(verdict.outcome, PROTOCOL_RETRY);
    net_answer_clear(&answer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("protocol/catalogue");
    TCase *c = tcase_create("all");
    tcase_add_test(c, keys_of_all_kinds);
    tcase_add_test(c, an_unknown_kind_is_no_fault);
    tcase_add_test(c, bad_lines);
    tcase_add_test(c, long_names_and_lines);
    tcase_add_test(c, ids_in_other_case_are_other_ids);
    tcase_add_test(c, equal_lines);
    tcase_add_test(c, requests);
    tcase_add_test(c, info_and_304);
    tcase_add_test(c, refusals);
    tcase_add_test(c, pages_and_uploads);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
