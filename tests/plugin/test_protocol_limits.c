/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/plugin/test_protocol_limits.c - just inside and just outside of every limit of a line of configuration data, and of
 * the answers of its routes; and what is kept where an answer says more than there is room for.
 */
#include "protocol/catalogue.h"
#include "protocol/business.h"
#include "protocol_probe.h"

#include <stdio.h>

#define TILL "00112233445566778899aabbccddeeff"

static catalogue_line line;

static catalogue_fault read_line(const char *text)
{
    return catalogue_line_read(text, strlen(text), &line);
}

/* ---- lines ---- */

START_TEST(the_first_fault_of_a_line_is_the_one_that_is_told)
{
    ck_assert_int_eq(read_line("{\"kind\":\"price\",\"item_id\":\"i\",\"amount\":-1}"), CATALOGUE_BAD_ID);
    ck_assert_str_eq(line.member, "price_level_id");
    ck_assert_int_eq(read_line("{\"kind\":\"catalogue\",\"catalogue_id\":\"c\",\"schema\":\"?\",\"currency\":\"?\"}"),
                     CATALOGUE_BAD_SCHEMA);
    ck_assert_str_eq(line.member, "schema");
}
END_TEST

START_TEST(an_item_has_at_most_a_hundred_barcodes)
{
    char text[2000];
    for (int count = 100; count <= 101; count++) {
        int used = snprintf(text, sizeof text, "{\"kind\":\"item\",\"item_id\":\"i\",\"name\":\"n\",\"barcodes\":[");
        for (int i = 0; i < count; i++)
            used += snprintf(text + used, sizeof text - (size_t)used, "%s\"%d\"", i > 0 ? "," : "", i);
        snprintf(text + used, sizeof text - (size_t)used, "]}");
        ck_assert_int_eq(read_line(text), count == 100 ? CATALOGUE_FINE : CATALOGUE_BAD_MEMBER);
    }
}
END_TEST

START_TEST(a_line_has_at_most_64_members)
{
    char text[2000];
    for (int count = 64; count <= 65; count++) {
        int used = snprintf(text, sizeof text, "{\"kind\":\"group\",\"group_id\":\"g\",\"name\":\"n\"");
        for (int i = 3; i < count; i++)
            used += snprintf(text + used, sizeof text - (size_t)used, ",\"m%d\":0", i);
        snprintf(text + used, sizeof text - (size_t)used, "}");
        ck_assert_int_eq(read_line(text), count == 64 ? CATALOGUE_FINE : CATALOGUE_BAD_JSON);
    }
}
END_TEST

/* A text of `length` times the two bytes of one character. */
static const char *accents(int length)
{
    static char text[200];
    for (int i = 0; i < length; i++)
        memcpy(text + 2 * i, "\xc3\xa9", 3);
    return text;
}

START_TEST(words_are_counted_in_characters)
{
    static const char *const forms[] = {"{\"kind\":\"item\",\"item_id\":\"i\",\"name\":\"n\",\"unit\":\"%s\"}",
                                        "{\"kind\":\"item\",\"item_id\":\"i\",\"name\":\"n\",\"barcodes\":[\"%s\"]}",
                                        "{\"kind\":\"user\",\"user_id\":\"u\",\"name\":\"n\",\"role\":\"%s\"}"};
    static const char *const members[] = {"unit", "barcodes", "role"};
    char text[300];
    for (size_t i = 0; i < 3; i++) {
        for (int length = 64; length <= 65; length++) {
            snprintf(text, sizeof text, forms[i], accents(length));
            ck_assert_int_eq(read_line(text), length == 64 ? CATALOGUE_FINE : CATALOGUE_BAD_MEMBER);
        }
        ck_assert_str_eq(line.member, members[i]);
        snprintf(text, sizeof text, forms[i], "a\\u0007b");
        ck_assert_int_eq(read_line(text), CATALOGUE_BAD_MEMBER);
    }
}
END_TEST

START_TEST(members_of_another_type_are_named)
{
    static const char *const lines[][2] = {
        {"{\"kind\":\"item\",\"item_id\":\"i\",\"name\":\"n\",\"status\":1}", "status"},
        {"{\"kind\":\"item\",\"item_id\":\"i\",\"name\":\"n\",\"barcodes\":[1]}", "barcodes"},
        {"{\"kind\":\"price_level\",\"price_level_id\":\"i\",\"name\":\"n\",\"tax_included\":1}", "tax_included"},
        {"{\"kind\":\"payment_method\",\"payment_method_id\":\"i\",\"name\":\"n\",\"type\":{}}", "type"},
        {"{\"kind\":\"catalogue\",\"catalogue_id\":\"c\",\"schema\":1,\"currency\":\"EUR\"}", "schema"},
        {"{\"kind\":\"catalogue\",\"catalogue_id\":\"c\",\"schema\":\"pos.catalogue/1\",\"currency\":9}", "currency"},
        {"{\"kind\":\"catalogue\",\"catalogue_id\":\"c\",\"schema\":\"pos.catalogue/1\",\"currency\":\"EURO\"}",
         "currency"},
        {"{\"kind\":\"\"}", "kind"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        ck_assert_int_ne(read_line(lines[i][0]), CATALOGUE_FINE);
        ck_assert_str_eq(line.member, lines[i][1]);
    }
    ck_assert_int_eq(read_line("{\"kind\":\"item\",\"item_id\":\"i\",\"name\":\"n\",\"status\":\"inactive\"}"),
                     CATALOGUE_FINE);
}
END_TEST

START_TEST(lines_are_equal_as_json_unless_one_is_no_line)
{
    static char longer[POS_CATALOGUE_LINE_MAX_BYTES + 1];
    memset(longer, ' ', sizeof longer);
    ck_assert(catalogue_lines_equal("{\"a\":1,\"b\":2}", 13, "{\"b\":2, \"a\":1}", 14));
    ck_assert(!catalogue_lines_equal("{\"a\":1}", 7, "{\"a\":2}", 7));
    ck_assert(!catalogue_lines_equal("{\"a\":1}", 7, "{\"A\":1}", 7));
    ck_assert(!catalogue_lines_equal("{", 1, "{}", 2));
    ck_assert(!catalogue_lines_equal("{}", 2, "}", 1));
    ck_assert(!catalogue_lines_equal(longer, sizeof longer, longer, sizeof longer));
    ck_assert(!catalogue_lines_equal("{}", 2, longer, sizeof longer));
}
END_TEST

/* ---- answers ---- */

START_TEST(a_page_without_a_body_is_no_page)
{
    net_answer answer = probe_answer(200, "application/x-ndjson", "", 0);
    protocol_verdict verdict;
    protocol_read_catalogue_lines(&answer, &verdict);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_RETRY);
    ck_assert_int_eq(verdict.cause, CAUSE_NOT_THE_CLOUD);
    net_answer_clear(&answer);
    answer = probe_answer(200, "application/x-ndjson", "{}\n", 3);
    protocol_read_catalogue_lines(&answer, &verdict);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    net_answer_clear(&answer);
}
END_TEST

START_TEST(an_upload_has_at_most_a_million_pages)
{
    char body[160];
    for (int more = 0; more < 2; more++) {
        protocol_verdict verdict;
        protocol_catalogue_upload upload;
        snprintf(body, sizeof body, "{\"upload_id\":\"upl_1\",\"next_page\":%d,\"lines\":1,\"expires_at_ms\":1}",
                 1000001 + more);
        net_answer answer = probe_json(200, body);
        protocol_read_catalogue_upload(&answer, &verdict, &upload);
        ck_assert_int_eq(verdict.outcome, more ? PROTOCOL_RETRY : PROTOCOL_DONE);
        ck_assert_str_eq(upload.upload_id, more ? "" : "upl_1");
        net_answer_clear(&answer);
    }
}
END_TEST

/* The words of a transport may be longer than what a verdict keeps of them, and are then cut. */
START_TEST(the_words_of_a_failure_are_kept)
{
    net_answer answer = {.outcome = NET_FAILED_CONNECT, .retry_after_ms = -1};
    protocol_verdict verdict;
    memset(answer.detail, 'w', sizeof answer.detail - 1);
    protocol_judge(&answer, NULL, &verdict);
    ck_assert_str_eq(verdict.detail, answer.detail);
    ck_assert_int_eq(verdict.cause, CAUSE_OFFLINE);
}
END_TEST

/* ---- a till's registers ---- */

#define COMPANY "{\"company_id\":\"cmp_1\",\"name\":\"Ruiz\",\"tax_id\":\"B1\",\"country\":\"ES\",\"currency\":\"EUR\"}"
#define STORE                                                                                                          \
    "{\"store_id\":\"sto_1\",\"company_id\":\"cmp_1\",\"name\":\"Centro\",\"address\":\"Calle\",\"time_zone\":"        \
    "\"Europe/Madrid\",\"currency\":\"EUR\"}"

/* One more than there is room for, with epochs from 1 in their order, and 0 at the place `oldest`. */
static void check_registers(int oldest)
{
    static char body[32768];
    protocol_verdict verdict;
    static protocol_till till;
    int used = snprintf(body, sizeof body,
                        "{\"till_token\":\"fct_t\",\"till_id\":\"" TILL "\",\"store\":" STORE ",\"company\":" COMPANY
                        ",\"registers\":[");
    for (int i = 0; i <= PROTOCOL_REGISTERS_MAX; i++)
        used += snprintf(body + used, sizeof body - (size_t)used, "%s{\"register_id\":\"r%d\",\"epoch\":%d}",
                         i > 0 ? "," : "", i,
                         i < oldest    ? i + 1
                         : i == oldest ? 0
                                       : i);
    snprintf(body + used, sizeof body - (size_t)used, "]}");
    net_answer answer = probe_json(201, body);
    protocol_read_till(&answer, &verdict, &till);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    ck_assert_uint_eq(till.register_count, PROTOCOL_REGISTERS_MAX);
    for (uint32_t i = 0; i < till.register_count; i++)
        ck_assert_msg(till.registers[i].epoch == i + 1, "the oldest at %d: epoch %u at %u", oldest,
                      till.registers[i].epoch, i);
    net_answer_clear(&answer);
}

START_TEST(of_too_many_registers_the_newest_epochs_are_kept)
{
    for (int oldest = 0; oldest <= PROTOCOL_REGISTERS_MAX; oldest++)
        check_registers(oldest);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("protocol: limits");
    TCase *tests = tcase_create("limits");
    tcase_add_test(tests, the_first_fault_of_a_line_is_the_one_that_is_told);
    tcase_add_test(tests, an_item_has_at_most_a_hundred_barcodes);
    tcase_add_test(tests, a_line_has_at_most_64_members);
    tcase_add_test(tests, words_are_counted_in_characters);
    tcase_add_test(tests, members_of_another_type_are_named);
    tcase_add_test(tests, lines_are_equal_as_json_unless_one_is_no_line);
    tcase_add_test(tests, a_page_without_a_body_is_no_page);
    tcase_add_test(tests, an_upload_has_at_most_a_million_pages);
    tcase_add_test(tests, the_words_of_a_failure_are_kept);
    tcase_add_test(tests, of_too_many_registers_the_newest_epochs_are_kept);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
