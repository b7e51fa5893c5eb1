/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report builder: what it writes is valid by the very schema that ships, exact to the last digit and the same every
 * time.
 */
#include "report_fixture.h"

#include "json_schema.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA "include/pos/report.schema.json" /* tests run in the project's folder */
#define MOST   INT64_C(9007199254740991)

static cJSON *schema;

static void read_schema(void)
{
    static char text[65536];
    FILE *file = fopen(SCHEMA, "rb");
    ck_assert_msg(file != NULL, "%s is not here: run the test in the project's folder", SCHEMA);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    schema = cJSON_Parse(text);
    ck_assert_ptr_nonnull(schema);
}

static void drop_schema(void)
{
    cJSON_Delete(schema);
}

static poshost_report *begin_full(void)
{
    poshost_report_head head = report_fixture_z_head;
    head.report_id = "till-1:Z:17";
    head.company_id = "shop \"La Ñ\"\\";
    head.location_id = "tab\there";
    poshost_report *report = report_fixture_begin(&head);
    poshost_report_opened_at(report, REPORT_FIXTURE_CLOSED_MS - 36000000 - 123, 120);
    poshost_report_created_at(report, REPORT_FIXTURE_CLOSED_MS + 877, 120);
    poshost_report_set_receipts(report, "R-1", "R-99");
    poshost_report_add_total(report, "voids", 7);
    poshost_report_add_count(report, "receipts", 99);
    poshost_report_add_count(report, "quantity", 250500);
    poshost_report_add_tax(report, "VAT21", 2100, 10083, 2117, 12200);
    poshost_report_add_tax(report, "VAT0", 0, 0, 0, 0);
    poshost_report_add_payment(report, "CASH", "cash", 50, 9000, 100, 8900);
    poshost_report_add_payment(report, "CARD", NULL, 49, 3299, 0, 3299);
    poshost_report_add_department(report, "D1", 250500, 12200, 10083);
    poshost_report_add_item(report, "I1", 250500, 12200);
    poshost_report_add_user(report, "U1", 12200);
    return report;
}

static const char full_bytes[] =
    "{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",\"report_id\":\"till-1:Z:17\","
    "\"company_id\":\"shop \\\"La Ñ\\\"\\\\\",\"location_id\":\"tab\\u0009here\",\"register_id\":\"till-1\","
    "\"currency\":\"EUR\",\"minor_unit\":2,\"time_zone\":\"Europe/Madrid\",\"z_number\":17,"
    "\"business_date\":\"2026-05-04\",\"opened_at\":\"2026-05-04T15:00:00+02:00\","
    "\"closed_at\":\"2026-05-05T01:00:00.123+02:00\",\"created_at\":\"2026-05-05T01:00:01+02:00\","
    "\"first_receipt_id\":\"R-1\",\"last_receipt_id\":\"R-99\",\"totals\":{\"gross_sales\":12345,\"discounts\":100,"
    "\"returns\":45,\"gross_turnover\":12200,\"net_turnover\":10083,\"tax_total\":2117,\"rounding\":-1,\"tips\":0,"
    "\"payments\":12199,\"voids\":7},\"counts\":{\"receipts\":99,\"quantity\":250500},"
    "\"taxes\":[{\"tax_id\":\"VAT21\",\"rate\":2100,\"net\":10083,\"tax\":2117,\"gross\":12200},"
    "{\"tax_id\":\"VAT0\",\"rate\":0,\"net\":0,\"tax\":0,\"gross\":0}],"
    "\"payments\":[{\"payment_method_id\":\"CASH\",\"type\":\"cash\",\"count\":50,\"amount_in\":9000,\"amount_out\":"
    "100,"
    "\"amount\":8900},{\"payment_method_id\":\"CARD\",\"count\":49,\"amount_in\":3299,\"amount_out\":0,\"amount\":3299}"
    "],"
    "\"departments\":[{\"department_id\":\"D1\",\"quantity\":250500,\"gross\":12200,\"net\":10083}],"
    "\"items\":[{\"item_id\":\"I1\",\"quantity\":250500,\"gross\":12200}],"
    "\"users\":[{\"user_id\":\"U1\",\"gross\":12200}],"
    "\"grand_totals\":{\"sales\":5000000,\"returns\":1000,\"net\":4999000}}";

/* ---- what it writes ---- */

static void expect_valid(const pos_report *report)
{
    cJSON *document = cJSON_ParseWithLength(report->document, report->document_size);
    ck_assert_ptr_nonnull(document);
    const char *wrong = json_schema_judge(schema, document);
    ck_assert_msg(wrong == NULL, "%s in %.*s", wrong, (int)report->document_size, (const char *)report->document);
    cJSON_Delete(document);
}

START_TEST(test_full)
{
    pos_report z;
    poshost_report *report = begin_full();
    ck_assert_msg(poshost_report_finish(report, &z) == POS_OK, "%s", poshost_report_error(report));
    ck_assert_str_eq(poshost_report_error(report), "");
    expect_valid(&z);
    ck_assert_uint_eq(z.document_size, sizeof full_bytes - 1);
    ck_assert_msg(memcmp(z.document, full_bytes, sizeof full_bytes - 1) == 0, "%.*s", (int)z.document_size,
                  (const char *)z.document);
    ck_assert_uint_eq(z.struct_size, sizeof z);
    ck_assert_uint_eq(z.kind, POS_REPORT_Z);
    ck_assert_uint_eq(z.origin, POS_ORIGIN_ORIGINAL);
    ck_assert_str_eq(z.register_id, "till-1");
    ck_assert_str_eq(z.business_date, "2026-05-04");
    ck_assert_str_eq(z.currency, "EUR");
    ck_assert_int_eq(z.z_number, 17);
    ck_assert_int_eq(z.x_sequence, 0);
    ck_assert_int_eq(z.closed_at_ms, REPORT_FIXTURE_CLOSED_MS);
    ck_assert_int_eq(z.grand_total_minor, 4999000);
    /* Again: the same bytes. */
    pos_report again;
    ck_assert_int_eq(poshost_report_finish(report, &again), POS_OK);
    ck_assert(memcmp(&z, &again, sizeof z) == 0);
    poshost_report_free(report);
    poshost_report_free(NULL);
}
END_TEST

START_TEST(test_least)
{
    pos_report z;
    poshost_report_head head = report_fixture_z_head;
    head.time_zone = NULL;
    poshost_report *report = report_fixture_begin(&head);
    ck_assert_int_eq(poshost_report_finish(report, &z), POS_OK);
    expect_valid(&z);
    cJSON *document = cJSON_ParseWithLength(z.document, z.document_size);
    ck_assert(cJSON_IsNull(cJSON_GetObjectItem(document, "opened_at")));
    ck_assert_str_eq(cJSON_GetObjectItem(document, "created_at")->valuestring, "2026-05-05T01:00:00.123+02:00");
    ck_assert(!cJSON_HasObjectItem(document, "items"));
    ck_assert(!cJSON_HasObjectItem(document, "time_zone"));
    ck_assert(!cJSON_HasObjectItem(document, "x_sequence"));
    cJSON_Delete(document);
    poshost_report_free(report);
}
END_TEST

START_TEST(test_x)
{
    pos_report x;
    poshost_report_head head = report_fixture_z_head;
    head.kind = POS_REPORT_X;
    head.x_sequence = 3;
    head.minor_unit = 0;
    poshost_report *report = report_fixture_begin(&head);
    ck_assert_msg(poshost_report_finish(report, &x) == POS_OK, "%s", poshost_report_error(report));
    expect_valid(&x);
    ck_assert_uint_eq(x.kind, POS_REPORT_X);
    ck_assert_int_eq(x.x_sequence, 3);
    ck_assert_int_eq(x.closed_at_ms, REPORT_FIXTURE_CLOSED_MS);
    cJSON *document = cJSON_ParseWithLength(x.document, x.document_size);
    ck_assert_str_eq(cJSON_GetObjectItem(document, "schema")->valuestring, "pos.report.x/1");
    ck_assert(!cJSON_HasObjectItem(document, "closed_at"));
    cJSON_Delete(document);
    poshost_report_free(report);
}
END_TEST

/* Digits that a double would lose, if one were used on the way. */
START_TEST(test_extremes)
{
    pos_report z;
    poshost_report_head head = report_fixture_z_head;
    head.z_number = POS_Z_NUMBER_MAX;
    head.register_id = "1234567890123456789012345678901234567890123456789012345678901234";
    poshost_report *report = report_fixture_begin(&head);
    poshost_report_add_total(report, "most", MOST);
    poshost_report_add_total(report, "least", -MOST);
    ck_assert_int_eq(poshost_report_finish(report, &z), POS_OK);
    expect_valid(&z);
    char *text = report_fixture_text(&z);
    ck_assert_ptr_nonnull(strstr(text, "\"most\":9007199254740991,\"least\":-9007199254740991"));
    ck_assert_ptr_nonnull(strstr(text, "\"z_number\":999999999999,"));
    free(text);
    poshost_report_free(report);
}
END_TEST

START_TEST(test_times)
{
    static const struct {
        int64_t unix_ms;
        int32_t offset;
        const char *text;
    } cases[] = {{0, 0, "1970-01-01T00:00:00+00:00"},
                 {-1, 0, "1969-12-31T23:59:59.999+00:00"},
                 {951782400000, 0, "2000-02-29T00:00:00+00:00"},
                 {951868799000, 0, "2000-02-29T23:59:59+00:00"},
                 {1709164800000, 330, "2024-02-29T05:30:00+05:30"},
                 {1709164800000, -570, "2024-02-28T14:30:00-09:30"},
                 {4102444800000, 0, "2100-01-01T00:00:00+00:00"},
                 {4107542400000, 0, "2100-03-01T00:00:00+00:00"},
                 {2147483648000, 60, "2038-01-19T04:14:08+01:00"},
                 {253402128000000, 0, "9999-12-30T00:00:00+00:00"},
                 {1735689599999, 0, "2024-12-31T23:59:59.999+00:00"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pos_report z;
        poshost_report *report = report_fixture_begin(&report_fixture_z_head);
        poshost_report_opened_at(report, cases[i].unix_ms, cases[i].offset);
        ck_assert_msg(poshost_report_finish(report, &z) == POS_OK, "%s", poshost_report_error(report));
        cJSON *document = cJSON_ParseWithLength(z.document, z.document_size);
        ck_assert_str_eq(cJSON_GetObjectItem(document, "opened_at")->valuestring, cases[i].text);
        cJSON_Delete(document);
        poshost_report_free(report);
    }
}
END_TEST

START_TEST(test_too_large)
{
    pos_report z;
    char id[32];
    poshost_report *report = report_fixture_begin(&report_fixture_z_head);
    for (int i = 0; i < 100000; i++) {
        snprintf(id, sizeof id, "item-%020d", i);
        ck_assert_int_eq(poshost_report_add_item(report, id, i, i), POS_OK);
    }
    ck_assert_int_eq(poshost_report_finish(report, &z), POS_E_TOO_LARGE);
    ck_assert_ptr_nonnull(strstr(poshost_report_error(report), "over 4194304"));
    poshost_report_free(report);
}
END_TEST

/* Totals of the host's own may come before the nine, and stand behind them all the same. */
START_TEST(test_order_of_totals)
{
    pos_report z;
    poshost_report *report = poshost_report_begin(&report_fixture_z_head);
    poshost_report_add_total(report, "voids", 7);
    poshost_report_set_totals(report, &report_fixture_totals);
    poshost_report_set_grand_totals(report, 1, 0, 1);
    poshost_report_closed_at(report, 1, 0);
    ck_assert_int_eq(poshost_report_finish(report, &z), POS_OK);
    expect_valid(&z);
    char *text = report_fixture_text(&z);
    ck_assert_ptr_nonnull(strstr(text, "{\"gross_sales\":12345,"));
    ck_assert_ptr_nonnull(strstr(text, "\"payments\":12199,\"voids\":7}"));
    free(text);
    poshost_report_free(report);
}
END_TEST

/* The judge itself can fail: a valid document is spoiled in many ways. */
START_TEST(test_judge)
{
    static const char *const spoiled[][2] = {{"\"schema\":\"pos.report.z/1\"", "\"schema\":\"pos.report.x/1\""},
                                             {"\"currency\":\"EUR\"", "\"currency\":\"eur\""},
                                             {"\"z_number\":17", "\"z_number\":0"},
                                             {"\"z_number\":17", "\"z_number\":1.5"},
                                             {"\"net_turnover\":10083,", ""},
                                             {"\"gross_sales\":12345", "\"gross_sales\":9007199254740992"},
                                             {"\"tax_id\":\"VAT0\",", ""},
                                             {"\"voids\":7", "\"voids\":\"7\""}};
    for (size_t i = 0; i < sizeof spoiled / sizeof spoiled[0]; i++) {
        char text[4096];
        const char *at = strstr(full_bytes, spoiled[i][0]);
        ck_assert_ptr_nonnull(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - full_bytes), full_bytes, spoiled[i][1],
                 at + strlen(spoiled[i][0]));
        cJSON *document = cJSON_Parse(text);
        ck_assert_ptr_nonnull(document);
        ck_assert_msg(json_schema_judge(schema, document) != NULL, "%s passes", spoiled[i][1]);
        cJSON_Delete(document);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report builder");
    TCase *tcase = tcase_create("report");
    tcase_add_checked_fixture(tcase, read_schema, drop_schema);
    tcase_add_test(tcase, test_full);
    tcase_add_test(tcase, test_least);
    tcase_add_test(tcase, test_x);
    tcase_add_test(tcase, test_extremes);
    tcase_add_test(tcase, test_times);
    tcase_add_test(tcase, test_too_large);
    tcase_add_test(tcase, test_order_of_totals);
    tcase_add_test(tcase, test_judge);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
