/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daily close. Everything that a close changes is one transaction: after a power cut there is either the open
 * period with its receipts, or the numbered Z with its bytes and the grand totals that include it, never half of it.
 */
#include "period.h"

#include <stdio.h>
#include <string.h>

#include "calendar.h"
#include "figures.h"
#include "query.h"

static bool period_store(struct database *db, const struct period *period, const struct figures *figures,
                         int64_t closed_at_ms, const struct period_override *override, struct fault *fault)
{
    struct closed_report report = {.series = period->series,
                                   .z_number = period->z_number,
                                   .register_id = db->register_id,
                                   .business_date = period->business_date,
                                   .closed_at_ms = closed_at_ms,
                                   .currency = db->currency,
                                   .grand_total_minor = figures->report.grand_total_minor,
                                   .document = figures->report.document,
                                   .document_size = figures->report.document_size};
    if (override != NULL) {
        report.document = override->document;
        report.document_size = override->document_size;
    }
    return closed_insert(db, &report, fault) &&
           query_run(db->sqlite, fault, "UPDATE periods SET closed_at_ms = ?, z_number = ? WHERE period_id = ?", "iii",
                     closed_at_ms, period->z_number, period->period_id) &&
           query_run(db->sqlite, fault,
                     "UPDATE till SET last_z_number = ?, grand_sales_minor = ?, grand_returns_minor = ?", "iii",
                     period->z_number, figures->grand_sales_minor, figures->grand_returns_minor);
}

static bool period_close_inside(struct database *db, int64_t closed_at_ms, const char *time_zone,
                                const struct period_override *override, struct period_result *result,
                                struct fault *fault)
{
    struct period period;
    struct figures figures;
    if (!receipts_get_period(db, &period, fault))
        return false;
    if (period.period_id == 0) {
        char today[CALENDAR_DATE_BYTES];
        calendar_business_date(closed_at_ms, today);
        if (!receipts_open_period(db, today, 0, &period, fault))
            return false;
    }
    struct figures_request request = {
        .period = &period, .kind = POS_REPORT_Z, .taken_at_ms = closed_at_ms, .time_zone = time_zone};
    if (!figures_make(db, &request, &figures, fault))
        return false;
    memset(result, 0, sizeof *result);
    result->z_number = period.z_number;
    (void)snprintf(result->business_date, sizeof result->business_date, "%s", period.business_date);
    result->receipt_count = period.receipt_count;
    result->gross_minor = figures.gross_minor;
    result->grand_total_minor = figures.report.grand_total_minor;
    bool ok = period_store(db, &period, &figures, closed_at_ms, override, fault);
    figures_free(&figures);
    return ok;
}

bool period_close(struct database *db, int64_t closed_at_ms, const char *time_zone,
                  const struct period_override *override, struct period_result *result, struct fault *fault)
{
    if (!database_begin(db, fault))
        return false;
    if (period_close_inside(db, closed_at_ms, time_zone, override, result, fault))
        return database_commit(db, fault);
    database_roll_back(db);
    return false;
}

struct period_same {
    const struct closed_report *wanted;
    bool same;
};

static int32_t period_compare(void *ctx, const struct closed_report *stored)
{
    struct period_same *check = ctx;
    size_t size_bytes = check->wanted->document_size;
    check->same = stored->document_size == size_bytes &&
                  (size_bytes == 0 || memcmp(stored->document, check->wanted->document, size_bytes) == 0);
    return POS_OK;
}

static bool period_import_inside(struct database *db, struct closed_report *report, bool *is_new, struct fault *fault)
{
    struct period_same check = {.wanted = report};
    int32_t found;
    if (!closed_visit(db, report->z_number, period_compare, &check, &found, fault) ||
        !query_int(db->sqlite, fault, &report->series, 1, "SELECT series FROM till", ""))
        return false;
    *is_new = !check.same;
    if (check.same)
        return true;
    if (found == POS_OK) {
        report->series++;
        if (!query_run(db->sqlite, fault, "UPDATE till SET series = ?", "i", report->series))
            return false;
    }
    return closed_insert(db, report, fault) &&
           query_run(db->sqlite, fault, "UPDATE till SET last_z_number = ?", "i", report->z_number);
}

bool period_import(struct database *db, struct closed_report *report, bool *is_new, struct fault *fault)
{
    if (!database_begin(db, fault))
        return false;
    if (period_import_inside(db, report, is_new, fault))
        return database_commit(db, fault);
    database_roll_back(db);
    return false;
}

bool period_reset_numbers(struct database *db, struct fault *fault)
{
    struct period period;
    if (!receipts_get_period(db, &period, fault))
        return false;
    if (period.period_id != 0)
        return fault_set(fault, "the numbers are reset between two periods only: close this one first");
    return query_run(db->sqlite, fault,
                     "UPDATE till SET series = series + 1, last_z_number = 0, grand_sales_minor = 0,"
                     " grand_returns_minor = 0",
                     "");
}
