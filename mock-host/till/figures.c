/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Adds up a period: SQL does the sums, the SDK's builder writes the document. Every total is a sum over stored lines
 * and payments, never a running counter that could drift from the receipts.
 */
#include "figures.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "calendar.h"
#include "query.h"

#define FIGURES_OF_PERIOD " JOIN receipts r USING(receipt_number) WHERE r.period_id = ? "

/* Called with each row of a grouped query. */
typedef void (*figures_row)(poshost_report *report, sqlite3_stmt *row);

static const char *figures_text(sqlite3_stmt *row, int column)
{
    return (const char *)sqlite3_column_text(row, column);
}

static void figures_add_tax(poshost_report *report, sqlite3_stmt *row)
{
    (void)poshost_report_add_tax(report, figures_text(row, 0), sqlite3_column_int64(row, 1),
                                 sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3),
                                 sqlite3_column_int64(row, 4));
}

static void figures_add_payment(poshost_report *report, sqlite3_stmt *row)
{
    int64_t in_minor = sqlite3_column_int64(row, 3);
    int64_t out_minor = sqlite3_column_int64(row, 4);
    (void)poshost_report_add_payment(report, figures_text(row, 0), figures_text(row, 1), sqlite3_column_int64(row, 2),
                                     in_minor, out_minor, in_minor - out_minor);
}

static void figures_add_department(poshost_report *report, sqlite3_stmt *row)
{
    (void)poshost_report_add_department(report, figures_text(row, 0), sqlite3_column_int64(row, 1),
                                        sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3));
}

static void figures_add_item(poshost_report *report, sqlite3_stmt *row)
{
    (void)poshost_report_add_item(report, figures_text(row, 0), sqlite3_column_int64(row, 1),
                                  sqlite3_column_int64(row, 2));
}

static void figures_add_user(poshost_report *report, sqlite3_stmt *row)
{
    (void)poshost_report_add_user(report, figures_text(row, 0), sqlite3_column_int64(row, 1));
}

static bool figures_add_groups(struct database *db, const struct period *period, poshost_report *report,
                               figures_row add, const char *sql, struct fault *fault)
{
    sqlite3_stmt *statement = query_open(db->sqlite, fault, sql, "i", period->period_id);
    if (statement == NULL)
        return false;
    int state;
    while ((state = query_next(statement, fault)) == 1)
        add(report, statement);
    (void)sqlite3_finalize(statement);
    return state == 0;
}

static bool figures_add_all_groups(struct database *db, const struct figures_request *request, poshost_report *report,
                                   struct fault *fault)
{
    static const struct {
        figures_row add;
        const char *sql;
    } groups[] = {
        {figures_add_tax, "SELECT l.tax_id, l.rate, sum(l.net_minor), sum(l.tax_minor), sum(l.gross_minor)"
                          " FROM lines l" FIGURES_OF_PERIOD "GROUP BY l.tax_id, l.rate ORDER BY l.tax_id"},
        {figures_add_payment,
         "SELECT p.tender_id, p.tender_type, count(*), sum(p.in_minor), sum(p.out_minor)"
         " FROM payments p" FIGURES_OF_PERIOD "GROUP BY p.tender_id, p.tender_type ORDER BY p.tender_id"},
        {figures_add_department, "SELECT l.department_id, sum(l.quantity), sum(l.gross_minor), sum(l.net_minor)"
                                 " FROM lines l" FIGURES_OF_PERIOD "GROUP BY l.department_id ORDER BY l.department_id"},
        {figures_add_user, "SELECT r.cashier_id, sum(r.gross_minor) FROM receipts r WHERE r.period_id = ?"
                           " GROUP BY r.cashier_id ORDER BY r.cashier_id"},
    };
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof groups / sizeof groups[0]; i++)
        ok = figures_add_groups(db, request->period, report, groups[i].add, groups[i].sql, fault);
    if (ok && request->kind == POS_REPORT_Z) /* an X leaves the items out: it is taken every half hour */
        ok = figures_add_groups(db, request->period, report, figures_add_item,
                                "SELECT l.item_id, sum(l.quantity), sum(l.gross_minor) FROM lines l" FIGURES_OF_PERIOD
                                "GROUP BY l.item_id ORDER BY l.item_id",
                                fault);
    return ok;
}

static void figures_read_totals(sqlite3_stmt *row, poshost_report_totals *totals)
{
    totals->gross_sales = sqlite3_column_int64(row, 0);
    totals->discounts = sqlite3_column_int64(row, 1);
    totals->returns = -sqlite3_column_int64(row, 2);
    totals->gross_turnover = sqlite3_column_int64(row, 3);
    totals->net_turnover = sqlite3_column_int64(row, 4);
    totals->tax_total = sqlite3_column_int64(row, 5);
}

static void figures_add_counts(sqlite3_stmt *row, poshost_report *report)
{
    (void)poshost_report_add_count(report, "receipts", sqlite3_column_int64(row, 9));
    (void)poshost_report_add_count(report, "return_receipts", sqlite3_column_int64(row, 10));
    (void)poshost_report_add_count(report, "discounts", sqlite3_column_int64(row, 6));
    (void)poshost_report_add_count(report, "lines", sqlite3_column_int64(row, 7));
    (void)poshost_report_add_count(report, "quantity", sqlite3_column_int64(row, 8));
}

static bool figures_add_totals(struct database *db, const struct figures_request *request, struct figures *figures,
                               struct fault *fault)
{
    const struct period *period = request->period;
    sqlite3_stmt *statement = query_open(
        db->sqlite, fault,
        "SELECT sum(l.full_minor) FILTER(WHERE r.is_return = 0), sum(l.discount_minor),"
        " sum(l.gross_minor) FILTER(WHERE r.is_return = 1), sum(l.gross_minor), sum(l.net_minor), sum(l.tax_minor),"
        " count(*) FILTER(WHERE l.discount_minor <> 0), count(*), sum(l.quantity),"
        " count(DISTINCT r.receipt_number), count(DISTINCT r.receipt_number) FILTER(WHERE r.is_return = 1),"
        " min(r.receipt_number), max(r.receipt_number)"
        " FROM lines l" FIGURES_OF_PERIOD,
        "i", period->period_id);
    if (statement == NULL)
        return false;
    int state = query_next(statement, fault);
    if (state == 1) {
        char first[24], last[24];
        poshost_report_totals totals = {0};
        figures_read_totals(statement, &totals);
        totals.payments = totals.gross_turnover; /* no cash rounding, no tips: what was sold is what was paid */
        figures->gross_minor = totals.gross_turnover;
        figures->grand_sales_minor = period->grand_sales_minor + totals.gross_sales - totals.discounts;
        figures->grand_returns_minor = period->grand_returns_minor + totals.returns;
        (void)snprintf(first, sizeof first, "%" PRId64, (int64_t)sqlite3_column_int64(statement, 11));
        (void)snprintf(last, sizeof last, "%" PRId64, (int64_t)sqlite3_column_int64(statement, 12));
        if (period->receipt_count > 0)
            (void)poshost_report_set_receipts(figures->builder, first, last);
        (void)poshost_report_set_totals(figures->builder, &totals);
        figures_add_counts(statement, figures->builder);
        (void)poshost_report_set_grand_totals(figures->builder, figures->grand_sales_minor,
                                              figures->grand_returns_minor,
                                              figures->grand_sales_minor - figures->grand_returns_minor);
    }
    (void)sqlite3_finalize(statement);
    return state == 1;
}

static void figures_add_times(poshost_report *report, const struct figures_request *request)
{
    int64_t opened_at_ms = request->period->opened_at_ms;
    int64_t taken_at_ms = request->taken_at_ms;
    if (opened_at_ms != 0)
        (void)poshost_report_opened_at(report, opened_at_ms, calendar_offset_minutes(opened_at_ms));
    if (request->kind == POS_REPORT_Z)
        (void)poshost_report_closed_at(report, taken_at_ms, calendar_offset_minutes(taken_at_ms));
    (void)poshost_report_created_at(report, taken_at_ms, calendar_offset_minutes(taken_at_ms));
}

static poshost_report *figures_begin(const struct database *db, const struct figures_request *request)
{
    char report_id[160];
    const struct period *period = request->period;
    int used = snprintf(report_id, sizeof report_id, "%s:%" PRId64 ":%c:%" PRId64, db->register_id, period->series,
                        request->kind == POS_REPORT_Z ? 'Z' : 'X', period->z_number);
    if (request->kind == POS_REPORT_X)
        (void)snprintf(report_id + used, sizeof report_id - (size_t)used, ":%" PRId64, request->x_sequence);
    poshost_report_head head = {.kind = request->kind,
                                .minor_unit = 2,
                                .report_id = report_id,
                                .register_id = db->register_id,
                                .currency = db->currency,
                                .time_zone = request->time_zone,
                                .business_date = period->business_date,
                                .z_number = period->z_number,
                                .x_sequence = request->x_sequence};
    return poshost_report_begin(&head);
}

bool figures_make(struct database *db, const struct figures_request *request, struct figures *figures,
                  struct fault *fault)
{
    memset(figures, 0, sizeof *figures);
    figures->builder = figures_begin(db, request);
    if (figures->builder == NULL)
        return fault_set(fault, "no memory for the report");
    figures_add_times(figures->builder, request);
    bool ok =
        figures_add_totals(db, request, figures, fault) && figures_add_all_groups(db, request, figures->builder, fault);
    if (ok && poshost_report_finish(figures->builder, &figures->report) != POS_OK)
        ok = fault_set(fault, "the report cannot be built: %s", poshost_report_error(figures->builder));
    if (!ok)
        figures_free(figures);
    return ok;
}

void figures_free(struct figures *figures)
{
    poshost_report_free(figures->builder);
    figures->builder = NULL;
}
