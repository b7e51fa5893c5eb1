/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lines of configuration data must be: each rule of openapi.yaml (getCatalogue) broken once, and what only the whole
 * can tell.
 */
#include "cloud_catalogue.h"
#include "cloud_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fixture fx;
static person ana;
static shop place;
static till bar;

static void setup(void)
{
    fixture_open(&fx);
    ana = fixture_person(&fx, "ana@example.com");
    place = fixture_shop(&fx, &ana);
    bar = fixture_till(&fx, &ana, place.store_id);
}

static void teardown(void)
{
    fixture_close(&fx);
}

typedef struct bad {
    const char *line; /* behind HEAD TAX LEVEL, hence the fourth */
    const char *key;  /* as told; NULL: none */
    const char *says;
} bad;

static const bad bads[] = {
    {"", NULL, "Not a JSON object"},
    {"{", NULL, "Not a JSON object"},
    {"[]", NULL, "not a JSON object"},
    {"{\"kind\":\"item\",\"item_id\":\"\xff\"}", NULL, "UTF-8"},
    {"{\"kind\":\"loyalty\",\"loyalty_id\":\"1\"}", NULL, "not known"},
    {"{\"kind\":\"removed\",\"item_id\":\"1\"}", NULL, "not known"},
    {"{\"item_id\":\"1\",\"name\":\"\"}", NULL, "kind is missing"},
    {"{\"kind\":\"item\",\"kind\":\"group\",\"item_id\":\"1\",\"name\":\"\"}", NULL, "twice"},
    {"{\"kind\":\"item\",\"item_id\":\"1\",\"name\":\"\",\"item_id\":\"2\"}", NULL, "twice"},
    {"{\"kind\":\"item\",\"item_id\":\"1\"}", NULL, "name is missing"},
    {"{\"kind\":\"item\",\"item_id\":1,\"name\":\"\"}", NULL, "item_id is not a text"},
    {"{\"kind\":\"item\",\"item_id\":\"\",\"name\":\"\"}", NULL, "item_id"},
    {"{\"kind\":\"item\",\"item_id\":\"a\\u0001b\",\"name\":\"\"}", NULL, "item_id"},
    {"{\"kind\":\"item\",\"item_id\":\"12345678901234567890123456789012345678901234567890123456789012345\",\"name\":"
     "\"\"}",
     NULL, "item_id"},
    {"{\"kind\":\"item\",\"item_id\":\"1\",\"name\":null}", NULL, "name"},
    {"{\"kind\":\"item\",\"item_id\":\"1\",\"name\":\"a\\nb\"}", NULL, "name"},
    {"{\"kind\":\"item\",\"item_id\":\"1\",\"name\":\"\",\"status\":\"gone\"}", NULL, "status"},
    {"{\"kind\":\"item\",\"item_id\":\"1\",\"name\":\"\",\"barcodes\":\"841\"}", NULL, "barcodes"},
    {"{\"kind\":\"item\",\"item_id\":\"1\",\"name\":\"\",\"barcodes\":[\"\"]}", NULL, "barcodes"},
    {"{\"kind\":\"item\",\"item_id\":\"1\",\"name\":\"\",\"department_id\":\"9\"}", "71", "department \"9\""},
    {"{\"kind\":\"item\",\"item_id\":\"1\",\"name\":\"\",\"group_id\":\"9\"}", "71", "group \"9\""},
    {"{\"kind\":\"item\",\"item_id\":\"1\",\"name\":\"\",\"tax_id\":\"a\"}", "71", "tax \"a\""}, /* there is A */
    {"{\"kind\":\"price\",\"item_id\":\"1\",\"price_level_id\":\"1\",\"amount\":1,\"valid_from\":\"2026-01-01\"}",
     "71\0011\0012026-01-01", "item \"1\""},
    {"{\"kind\":\"tax\",\"tax_id\":\"B\",\"name\":\"\",\"rate\":1000001}", NULL, "rate"},
    {"{\"kind\":\"tax\",\"tax_id\":\"B\",\"name\":\"\",\"rate\":21.5}", NULL, "rate"},
    {"{\"kind\":\"tax\",\"tax_id\":\"B\",\"name\":\"\",\"rate\":2100,\"valid_from\":\"2026-02-30\"}", NULL,
     "valid_from"},
    {"{\"kind\":\"tax\",\"tax_id\":\"B\",\"name\":\"\",\"rate\":2100}", "1B", "behind"}, /* behind a level */
    {"{\"kind\":\"price_level\",\"price_level_id\":\"1\",\"name\":\"\"}", "31", "behind"},
    {"{\"kind\":\"user\",\"user_id\":\"1\",\"name\":\"\",\"pin\":\"1234\"}", "61", "pin"},
    {"{\"kind\":\"user\",\"user_id\":\"1\",\"name\":\"\",\"Password\":null}", "61", "password"},
    {"{\"kind\":\"user\",\"user_id\":\"1\",\"name\":\"\",\"card\":\"\"}", "61", "card"},
    {"{\"kind\":\"user\",\"user_id\":\"1\",\"name\":\"\",\"secret\":\"\"}", "61", "secret"},
    {"{\"kind\":\"user\",\"user_id\":\"1\",\"name\":\"\",\"hash\":\"\"}", "61", "hash"},
    {"{\"kind\":\"user\",\"user_id\":\"1\",\"name\":\"\",\"token\":\"\"}", "61", "token"},
    {"{\"kind\":\"catalogue\",\"schema\":\"pos.catalogue/2\",\"catalogue_id\":\"c\",\"currency\":\"EUR\"}", NULL,
     "schema"},
    {"{\"kind\":\"catalogue\",\"schema\":\"pos.catalogue/1\",\"catalogue_id\":\"c\",\"currency\":\"eur\"}", NULL,
     "currency"},
};

/* The same page and the page behind are refused alike, and both name the line counted from the beginning. */
static void refuse_line(const char *id, const bad *what)
{
    char text[1000];
    snprintf(text, sizeof text, "%s%s\n", HEAD TAX LEVEL, what->line);
    for (int page = 0; page <= 1; page++) {
        const char *sent = page == 0 ? text : text + strlen(HEAD TAX LEVEL);
        reply answer = catalogue_put(&fx, &bar, id, page, sent, strlen(sent), NULL);
        fixture_expect(&answer, 422, "catalogue-invalid");
        ck_assert_msg(strstr(reply_text(&answer, "detail"), what->says) != NULL, "not %s: %s", what->says, answer.body);
        ck_assert_msg(reply_int(&answer, "line") == 4, "%s: %s", what->line, answer.body);
        ck_assert_str_eq(reply_text(&answer, "key"), what->key ? what->key : "");
        reply_free(&answer);
    }
}

START_TEST(a_line_that_breaks_a_rule_is_named)
{
    char id[80];
    catalogue_begin(&fx, &bar, 0, id);
    catalogue_put_text(&fx, &bar, id, 0, HEAD TAX LEVEL, 200, NULL);
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++)
        refuse_line(id, &bads[i]);
    /* Nothing of all that stuck. */
    catalogue_expect(catalogue_commit(&fx, &bar, id, 3), 200, NULL);
    char *lines = catalogue_text(&fx, &bar, 1);
    ck_assert_str_eq(lines, HEAD TAX LEVEL);
    free(lines);
}
END_TEST

START_TEST(a_line_has_at_most_16384_bytes)
{
    static char line[16400];
    char id[80];
    int used = snprintf(line, sizeof line, "{\"kind\":\"item\",\"item_id\":\"1\",\"name\":\"\",\"x\":\"");
    memset(line + used, 'x', 16383 - (size_t)used);
    memcpy(line + 16383, "\"}\n", 4); /* one too many */
    catalogue_begin(&fx, &bar, 0, id);
    catalogue_put_text(&fx, &bar, id, 0, HEAD, 200, NULL);
    catalogue_put_text(&fx, &bar, id, 1, line, 422, "catalogue-invalid");
    memcpy(line + 16382, "\"}\n", 4);
    catalogue_put_text(&fx, &bar, id, 1, line, 200, NULL);
}
END_TEST

START_TEST(a_price_needs_a_whole_amount)
{
    static const char *const amounts[] = {"-1", "1.5", "9007199254740992", "1e300", "\"1\"", "null"};
    char id[80];
    catalogue_begin(&fx, &bar, 0, id);
    catalogue_put_text(&fx, &bar, id, 0, HEAD LEVEL ITEM("1"), 200, NULL);
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++) {
        char line[200];
        snprintf(line, sizeof line,
                 "{\"kind\":\"price\",\"item_id\":\"1\",\"price_level_id\":\"1\",\"amount\":%s,\"valid_from\":\"2026-"
                 "01-01\"}\n",
                 amounts[i]);
        catalogue_put_text(&fx, &bar, id, 1, line, 422, "catalogue-invalid");
    }
}
END_TEST

/* Real: ids that differ in case only, and such as look like numbers. */
START_TEST(ids_are_bytes)
{
    static const char text[] =
        HEAD ITEM("9E+05") ITEM("9e+05") ITEM("9e05") ITEM("AB") ITEM("Ab") ITEM("aB") ITEM("ab") ITEM("\xc3\xa9");
    ck_assert_int_eq(catalogue_send(&fx, &bar, 0, text, 2), 1);
    char *lines = catalogue_text(&fx, &bar, 1);
    ck_assert_str_eq(lines, text);
    free(lines);
}
END_TEST

/* ------------------------------------------------------------------ what only the whole can tell */

static void refuse_commit(const char *text, long long line, const char *key, const char *says)
{
    char id[80];
    catalogue_begin(&fx, &bar, 0, id);
    if (text[0])
        catalogue_put_text(&fx, &bar, id, 0, text, 200, NULL);
    reply answer = catalogue_commit(&fx, &bar, id, (long long)catalogue_count_lines(text));
    fixture_expect(&answer, 422, "catalogue-invalid");
    ck_assert_msg(strstr(reply_text(&answer, "detail"), says) != NULL, "not %s: %s", says, answer.body);
    ck_assert_int_eq(reply_int(&answer, "line"), line);
    ck_assert_str_eq(reply_text(&answer, "key"), key);
    reply_free(&answer);
    ck_assert_int_eq(catalogue_revision(&fx, &bar), 0);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM catalogue_items"), 0);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM catalogue_revisions"), 0);
}

#define DEPARTMENT(id, parent)                                                                                         \
    "{\"kind\":\"department\",\"department_id\":\"" id "\",\"name\":\"\",\"parent_id\":" parent "}\n"

START_TEST(departments_lead_up_to_a_top)
{
    refuse_commit("", -1, "", "no line of the kind catalogue");
    refuse_commit(HEAD TAX DEPARTMENT("1", "null") DEPARTMENT("2", "\"3\""), 4, "42",
                  "department \"3\", which is not there");
    refuse_commit(HEAD DEPARTMENT("1", "\"1\""), 2, "41", "below it");
    refuse_commit(HEAD DEPARTMENT("1", "null") DEPARTMENT("2", "\"4\"") DEPARTMENT("3", "\"2\"")
                      DEPARTMENT("4", "\"3\""),
                  3, "42", "below it");
    ck_assert_int_eq(
        catalogue_send(&fx, &bar, 0, HEAD DEPARTMENT("1", "\"3\"") DEPARTMENT("2", "\"1\"") DEPARTMENT("3", "null"), 2),
        1);
}
END_TEST

START_TEST(of_most_kinds_there_are_at_most_ten_thousand)
{
    char *text = calloc(1, 1000000);
    char id[80];
    size_t used = (size_t)snprintf(text, 1000000, "%s", HEAD);
    for (int i = 0; i < 10001; i++)
        used += (size_t)snprintf(text + used, 1000000 - used,
                                 "{\"kind\":\"group\",\"group_id\":\"%05d\",\"name\":\"\"}\n", i);
    catalogue_begin(&fx, &bar, 0, id);
    const char *at = text;
    for (int page = 0; *at; page++) {
        const char *end = at;
        for (int lines = 0; *end && lines < 1000; end++)
            lines += *end == '\n';
        catalogue_expect(catalogue_put(&fx, &bar, id, page, at, (size_t)(end - at), NULL), 200, NULL);
        at = end;
    }
    catalogue_expect(catalogue_commit(&fx, &bar, id, 10002), 422, "catalogue-invalid");
    text[used - strlen("{\"kind\":\"group\",\"group_id\":\"00000\",\"name\":\"\"}\n")] = 0;
    ck_assert_int_eq(catalogue_send(&fx, &bar, 0, text, 1000), 1);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("catalogue_rules");
    TCase *cases = tcase_create("catalogue_rules");
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_line_that_breaks_a_rule_is_named);
    tcase_add_test(cases, a_line_has_at_most_16384_bytes);
    tcase_add_test(cases, a_price_needs_a_whole_amount);
    tcase_add_test(cases, ids_are_bytes);
    tcase_add_test(cases, departments_lead_up_to_a_top);
    tcase_add_test(cases, of_most_kinds_there_are_at_most_ten_thousand);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
