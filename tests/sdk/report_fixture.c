/* SPDX-License-Identifier: Apache-2.0 */
/* The report that the tests of the report builder begin with. */
#include "report_fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

const poshost_report_head report_fixture_z_head = {.kind = POS_REPORT_Z,
                                                   .minor_unit = 2,
                                                   .register_id = "till-1",
                                                   .currency = "EUR",
                                                   .time_zone = "Europe/Madrid",
                                                   .business_date = "2026-05-04",
                                                   .z_number = 17};
const poshost_report_totals report_fixture_totals = {.gross_sales = 12345,
                                                     .discounts = 100,
                                                     .returns = 45,
                                                     .gross_turnover = 12200,
                                                     .net_turnover = 10083,
                                                     .tax_total = 2117,
                                                     .rounding = -1,
                                                     .tips = 0,
                                                     .payments = 12199};

poshost_report *report_fixture_begin(const poshost_report_head *head)
{
    poshost_report *report = poshost_report_begin(head);
    ck_assert_ptr_nonnull(report);
    if (head->kind == POS_REPORT_Z)
        poshost_report_closed_at(report, REPORT_FIXTURE_CLOSED_MS, 120);
    else
        poshost_report_created_at(report, REPORT_FIXTURE_CLOSED_MS, 120);
    poshost_report_set_totals(report, &report_fixture_totals);
    poshost_report_set_grand_totals(report, 5000000, 1000, 4999000);
    return report;
}

char *report_fixture_text(const pos_report *report)
{
    char *text = malloc((size_t)report->document_size + 1);
    ck_assert_ptr_nonnull(text);
    memcpy(text, report->document, report->document_size);
    text[report->document_size] = '\0';
    return text;
}
