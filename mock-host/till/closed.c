/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps the closed reports. A report is read in place, in SQLite's own buffer, and lent to a visitor: 90 KB of a busy
 * day are not copied just to be handed on.
 */
#include "closed.h"

#include <string.h>

#include "query.h"

#define CLOSED_COLUMNS                                                                                                 \
    "SELECT report_id, series, z_number, register_id, business_date, closed_at_ms, currency, grand_total_minor,"       \
    " document FROM closed_reports "

bool closed_insert(struct database *db, const struct closed_report *report, struct fault *fault)
{
    return query_run(db->sqlite, fault,
                     "INSERT INTO closed_reports(series, z_number, register_id, business_date, closed_at_ms, currency,"
                     " grand_total_minor, document) VALUES(?,?,?,?,?,?,?,?)",
                     "iissisib", report->series, report->z_number, report->register_id, report->business_date,
                     report->closed_at_ms, report->currency, report->grand_total_minor, report->document,
                     report->document_size);
}

bool closed_get_range(struct database *db, int64_t *first_z_number, int64_t *last_z_number, struct fault *fault)
{
    return query_int(db->sqlite, fault, first_z_number, 0, "SELECT min(z_number) FROM closed_reports", "") &&
           query_int(db->sqlite, fault, last_z_number, 0, "SELECT max(z_number) FROM closed_reports", "");
}

static void closed_read_row(sqlite3_stmt *row, struct closed_report *report)
{
    memset(report, 0, sizeof *report);
    report->report_id = sqlite3_column_int64(row, 0);
    report->series = sqlite3_column_int64(row, 1);
    report->z_number = sqlite3_column_int64(row, 2);
    report->register_id = (const char *)sqlite3_column_text(row, 3);
    report->business_date = (const char *)sqlite3_column_text(row, 4);
    report->closed_at_ms = sqlite3_column_int64(row, 5);
    report->currency = (const char *)sqlite3_column_text(row, 6);
    report->grand_total_minor = sqlite3_column_int64(row, 7);
    report->document = sqlite3_column_blob(row, 8); /* NULL for a blob of 0 bytes */
    report->document_size = (size_t)sqlite3_column_bytes(row, 8);
}

static bool closed_visit_row(sqlite3_stmt *statement, closed_visitor visitor, void *ctx, int32_t *result,
                             struct fault *fault)
{
    if (statement == NULL)
        return false;
    int state = query_next(statement, fault);
    *result = POS_E_NOT_FOUND;
    if (state == 1) {
        struct closed_report report;
        closed_read_row(statement, &report);
        *result = visitor(ctx, &report);
    }
    (void)sqlite3_finalize(statement);
    return state >= 0;
}

bool closed_visit(struct database *db, int64_t z_number, closed_visitor visitor, void *ctx, int32_t *result,
                  struct fault *fault)
{
    return closed_visit_row(query_open(db->sqlite, fault,
                                       CLOSED_COLUMNS "WHERE z_number = ? ORDER BY report_id DESC LIMIT 1", "i",
                                       z_number),
                            visitor, ctx, result, fault);
}

bool closed_visit_waiting(struct database *db, closed_visitor visitor, void *ctx, int32_t *result, struct fault *fault)
{
    return closed_visit_row(
        query_open(db->sqlite, fault, CLOSED_COLUMNS "WHERE handed_over = 0 ORDER BY report_id LIMIT 1", ""), visitor,
        ctx, result, fault);
}

bool closed_mark_handed_over(struct database *db, int64_t report_id, int64_t state, struct fault *fault)
{
    return query_run(db->sqlite, fault, "UPDATE closed_reports SET handed_over = ? WHERE report_id = ?", "ii", state,
                     report_id);
}

bool closed_count(struct database *db, int64_t *all, int64_t *waiting, struct fault *fault)
{
    return query_int(db->sqlite, fault, all, 0, "SELECT count(*) FROM closed_reports", "") &&
           query_int(db->sqlite, fault, waiting, 0, "SELECT count(*) FROM closed_reports WHERE handed_over = 0", "");
}

void closed_describe(const struct closed_report *report, pos_report *out)
{
    memset(out, 0, sizeof *out);
    out->struct_size = (uint32_t)sizeof *out;
    out->kind = POS_REPORT_Z;
    out->origin = POS_ORIGIN_ORIGINAL;
    out->document_size = (uint32_t)report->document_size;
    out->document = report->document;
    out->register_id = report->register_id;
    out->business_date = report->business_date;
    out->currency = report->currency;
    out->z_number = report->z_number;
    out->closed_at_ms = report->closed_at_ms;
    out->grand_total_minor = report->grand_total_minor;
}
