/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report builder called wrongly: the first error stays, names call and member, and comes out at finish().
 */
#include "report_fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MOST INT64_C(9007199254740991)

/* The report must fail, with those words, and stay failed. */
static void expect_failure(poshost_report *report, const char *words)
{
    pos_report z;
    ck_assert_int_eq(poshost_report_finish(report, &z), POS_E_MISUSE);
    ck_assert_msg(strstr(poshost_report_error(report), words) != NULL, "\"%s\" lacks \"%s\"",
                  poshost_report_error(report), words);
    ck_assert_int_eq(poshost_report_add_user(report, "U", 1), POS_E_MISUSE);
    ck_assert_int_eq(poshost_report_finish(report, &z), POS_E_MISUSE);
    poshost_report_free(report);
}

static void expect_bad_head(poshost_report_head head, const char *words)
{
    expect_failure(report_fixture_begin(&head), words);
}

#define BAD_HEAD(words, ...)                                                                                           \
    do {                                                                                                               \
        poshost_report_head head = report_fixture_z_head;                                                              \
        __VA_ARGS__;                                                                                                   \
        expect_bad_head(head, words);                                                                                  \
    } while (0)

START_TEST(test_bad_heads)
{
    BAD_HEAD("kind", head.kind = 0);
    BAD_HEAD("kind", head.kind = 3);
    BAD_HEAD("minor_unit", head.minor_unit = 5);
    BAD_HEAD("register_id is required", head.register_id = NULL);
    BAD_HEAD("register_id is required", head.register_id = "");
    BAD_HEAD("64 bytes", head.register_id = "12345678901234567890123456789012345678901234567890123456789012345");
    BAD_HEAD("register_id is not valid UTF-8", head.register_id = "\xc0\x80");
    BAD_HEAD("currency", head.currency = "eur");
    BAD_HEAD("currency", head.currency = "EURO");
    BAD_HEAD("currency", head.currency = NULL);
    BAD_HEAD("business_date", head.business_date = "2026-02-30");
    BAD_HEAD("business_date", head.business_date = NULL);
    BAD_HEAD("z_number", head.z_number = 0);
    BAD_HEAD("z_number", head.z_number = POS_Z_NUMBER_MAX + 1);
    BAD_HEAD("x_sequence of a Z", head.x_sequence = 1);
    BAD_HEAD("x_sequence of an X", head.kind = POS_REPORT_X);
    BAD_HEAD("company_id", head.company_id = "");
    BAD_HEAD("time_zone", head.time_zone = "\xff");
    poshost_report *report = poshost_report_begin(NULL);
    expect_failure(report, "head is NULL");
}
END_TEST

START_TEST(test_missing_parts)
{
    expect_failure(poshost_report_begin(&report_fixture_z_head), "closed_at was not called");
    poshost_report *report = poshost_report_begin(&report_fixture_z_head);
    poshost_report_closed_at(report, 1, 0);
    expect_failure(report, "set_totals was not called");
    report = poshost_report_begin(&report_fixture_z_head);
    poshost_report_closed_at(report, 1, 0);
    poshost_report_set_totals(report, &report_fixture_totals);
    expect_failure(report, "set_grand_totals was not called");
    poshost_report_head head = report_fixture_z_head;
    head.kind = POS_REPORT_X;
    head.x_sequence = 1;
    expect_failure(poshost_report_begin(&head), "created_at was not called");
}
END_TEST

#define BAD_CALL(words, ...)                                                                                           \
    do {                                                                                                               \
        poshost_report *report = report_fixture_begin(&report_fixture_z_head);                                         \
        ck_assert_int_eq(__VA_ARGS__, POS_E_MISUSE);                                                                   \
        expect_failure(report, words);                                                                                 \
    } while (0)

START_TEST(test_bad_calls)
{
    BAD_CALL("closed_at: called twice", poshost_report_closed_at(report, 1, 0));
    BAD_CALL("set_totals: called twice", poshost_report_set_totals(report, &report_fixture_totals));
    BAD_CALL("set_grand_totals: called twice", poshost_report_set_grand_totals(report, 1, 2, 3));
    BAD_CALL("offset_minutes", poshost_report_opened_at(report, 1, 1440));
    BAD_CALL("four digits", poshost_report_opened_at(report, INT64_MAX, 0));
    BAD_CALL("four digits", poshost_report_opened_at(report, INT64_MIN, 0));
    BAD_CALL("first", poshost_report_set_receipts(report, "", "x"));
    BAD_CALL("add_total: name", poshost_report_add_total(report, NULL, 1));
    BAD_CALL("tips is given twice", poshost_report_add_total(report, "tips", 1));
    BAD_CALL("much is beyond", poshost_report_add_total(report, "much", MOST + 1));
    BAD_CALL("lines is beyond", poshost_report_add_count(report, "lines", -MOST - 1));
    BAD_CALL("add_tax: tax_id is required", poshost_report_add_tax(report, NULL, 1, 1, 1, 1));
    BAD_CALL("add_tax: tax_id is not valid", poshost_report_add_tax(report, "\x80", 1, 1, 1, 1));
    BAD_CALL("add_tax: net is beyond", poshost_report_add_tax(report, "T", 1, INT64_MAX, 1, 1));
    BAD_CALL("add_payment: type", poshost_report_add_payment(report, "P", "", 1, 1, 1, 1));
    BAD_CALL("add_payment: amount_out", poshost_report_add_payment(report, "P", NULL, 1, 1, INT64_MIN, 1));
    BAD_CALL("add_department: gross", poshost_report_add_department(report, "D", 1, MOST + 1, 1));
    BAD_CALL("add_item: item_id", poshost_report_add_item(report, "", 1, 1));
    BAD_CALL("add_user: gross", poshost_report_add_user(report, "U", MOST + 1));
    BAD_CALL("out is NULL", poshost_report_finish(report, NULL));

    poshost_report *report = report_fixture_begin(&report_fixture_z_head);
    ck_assert_int_eq(poshost_report_add_count(report, "lines", 1), POS_OK);
    ck_assert_int_eq(poshost_report_add_count(report, "line", 1), POS_OK);
    ck_assert_int_eq(poshost_report_add_count(report, "lines", 2), POS_E_MISUSE);
    expect_failure(report, "lines is given twice");
    report = poshost_report_begin(&report_fixture_z_head);
    poshost_report_add_total(report, "tips", 7);
    poshost_report_set_totals(report, &report_fixture_totals);
    expect_failure(report, "tips is given twice");
    pos_report z;
    report = report_fixture_begin(&report_fixture_z_head);
    ck_assert_int_eq(poshost_report_finish(report, &z), POS_OK);
    ck_assert_int_eq(poshost_report_add_user(report, "U", 1), POS_E_MISUSE);
    expect_failure(report, "after finish");
}
END_TEST

START_TEST(test_x_is_no_z)
{
    poshost_report_head head = report_fixture_z_head;
    head.kind = POS_REPORT_X;
    head.x_sequence = 1;
    poshost_report *report = report_fixture_begin(&head);
    ck_assert_int_eq(poshost_report_closed_at(report, 1, 0), POS_E_MISUSE);
    expect_failure(report, "not closed");
    report = report_fixture_begin(&head);
    ck_assert_int_eq(poshost_report_add_item(report, "I", 1, 1), POS_E_MISUSE);
    expect_failure(report, "only a Z report has items");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report builder: errors");
    TCase *tcase = tcase_create("report");
    tcase_add_test(tcase, test_bad_heads);
    tcase_add_test(tcase, test_missing_parts);
    tcase_add_test(tcase, test_bad_calls);
    tcase_add_test(tcase, test_x_is_no_z);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
