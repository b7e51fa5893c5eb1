/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports one by one: the history of closes with what is remarkable about each, the running figures, and conflicts.
 *
 * What the view `continuity` computes for a whole company is computed here for the rows of a page, each beside the one
 * before it: an index finds that, however long the history is. A till that moved from store to store keeps its numbers,
 * so the one before may be of another store of the company.
 */
#include "store_history.h"

#include <string.h>

/* A decision of head office bends the chain of grand totals; a till without them has nothing to compare. */
#define MARKS                                                                                                          \
    ", IFNULL(MAX(r.z_number - p.z_number - 1, 0), 0) AS missing,"                                                     \
    " CASE WHEN r.decided_at_ms IS NULL AND p.decided_at_ms IS NULL AND r.currency = p.currency"                       \
    "  AND (r.grand_total_minor <> 0 OR p.grand_total_minor <> 0)"                                                     \
    "  THEN r.grand_total_minor - p.grand_total_minor - r.gross_minor ELSE 0 END AS break_minor,"                      \
    " p.report_no IS NULL AND EXISTS (SELECT 1 FROM reports e WHERE e.company_id = r.company_id"                       \
    "  AND e.till_id = r.till_id AND e.register_id = r.register_id AND e.kind = 'Z' AND e.epoch < r.epoch)"            \
    "  AS new_epoch,"                                                                                                  \
    " IFNULL((SELECT MAX(IIF(c.decided_at_ms IS NULL, 2, 1)) FROM reports c WHERE c.company_id = r.company_id"         \
    "  AND c.till_id = r.till_id AND c.register_id = r.register_id AND c.kind = 'Z' AND c.z_number = r.z_number"       \
    "  AND c.epoch = r.epoch AND c.standing = 'conflict'), 0) AS conflict"

#define BEFORE                                                                                                         \
    " LEFT JOIN reports p ON p.report_no = (SELECT q.report_no FROM reports q WHERE q.company_id = r.company_id"       \
    "  AND q.till_id = r.till_id AND q.register_id = r.register_id AND q.kind = 'Z' AND q.z_number < r.z_number"       \
    "  AND q.epoch = r.epoch AND q.counted = 1 ORDER BY q.z_number DESC LIMIT 1)"

#define COUNTED                                                                                                        \
    " FROM stores s JOIN members m ON m.company_id = s.company_id AND m.user_id = ?1 CROSS JOIN reports r"             \
    " ON r.store_id = s.store_id AND r.kind = 'Z' AND r.counted = 1"
#define WHERE_RANGE                                                                                                    \
    " WHERE s.store_id = ?2 AND (?3 IS NULL OR r.business_date >= ?3) AND (?4 IS NULL OR r.business_date <= ?4)"
#define NEWEST_FIRST " ORDER BY r.business_date DESC, r.closed_at_ms DESC, r.report_no DESC"

void history_read_report(sqlite3_stmt *statement, bool with_marks, figures_report *out)
{
    memset(out, 0, sizeof *out);
    db_text(statement, 0, out->receipt_id, sizeof out->receipt_id);
    db_text(statement, 1, out->till_id, sizeof out->till_id);
    db_text(statement, 2, out->register_id, sizeof out->register_id);
    db_text(statement, 3, out->device_name, sizeof out->device_name);
    out->epoch = sqlite3_column_int64(statement, 4);
    out->z_number = sqlite3_column_int64(statement, 5);
    db_text(statement, 6, out->business_date, sizeof out->business_date);
    out->closed_at_ms = sqlite3_column_int64(statement, 7);
    out->received_at_ms = sqlite3_column_int64(statement, 8);
    db_text(statement, 9, out->currency, sizeof out->currency);
    out->gross_minor = sqlite3_column_int64(statement, 10);
    out->net_minor = sqlite3_column_int64(statement, 11);
    out->tax_minor = sqlite3_column_int64(statement, 12);
    out->grand_total_minor = sqlite3_column_int64(statement, 13);
    out->rebuilt = sqlite3_column_int(statement, 14) != 0;
    db_text(statement, 15, out->warning, sizeof out->warning);
    out->counted = sqlite3_column_int(statement, 16) != 0;
    out->decided_at_ms = sqlite3_column_int64(statement, 17);
    db_text(statement, 18, out->sha256, sizeof out->sha256);
    out->receipts = sqlite3_column_type(statement, 19) == SQLITE_NULL ? -1 : sqlite3_column_int64(statement, 19);
    if (!with_marks)
        return;
    out->missing = sqlite3_column_int64(statement, 20);
    out->break_minor = sqlite3_column_int64(statement, 21);
    out->new_epoch = sqlite3_column_int(statement, 22) != 0;
    out->conflict = (figures_conflict)sqlite3_column_int(statement, 23);
}

/* Visits the rows of a statement and gives it back; STORE_OK at their end. */
static store_status visit(db *reader, sqlite3_stmt *statement, bool with_marks, figures_report_visitor visitor,
                          void *context)
{
    figures_report report;
    store_status status;
    while ((status = db_step(reader, statement)) == STORE_OK) {
        history_read_report(statement, with_marks, &report);
        visitor(context, &report);
    }
    db_done(statement);
    return status == STORE_NOT_FOUND ? STORE_OK : status;
}

store_status store_figures_running(store *self, const figures_range *range, figures_report_visitor visitor,
                                   void *context)
{
    db *reader = db_lock_reader(self);
    sqlite3_stmt *statement = db_query(
        reader,
        "WITH registers AS (SELECT t.company_id, t.store_id, t.till_id, t.register_id, (SELECT MAX(e.epoch)"
        "  FROM reports e WHERE e.company_id = t.company_id AND e.till_id = t.till_id"
        "  AND e.register_id = t.register_id) AS epoch FROM tills t JOIN members m ON m.company_id = t.company_id"
        "  AND m.user_id = ?1 WHERE t.store_id = ?2) " HISTORY_COLUMNS(
            HISTORY_RECEIPTS) " FROM registers g JOIN reports r ON r.report_no = (SELECT x.report_no FROM reports x"
                              " WHERE x.company_id = g.company_id AND x.till_id = g.till_id AND x.register_id = "
                              "g.register_id"
                              " AND x.kind = 'X' AND x.epoch = g.epoch AND x.z_number > IFNULL((SELECT MAX(z.z_number)"
                              "  FROM reports z WHERE z.company_id = g.company_id AND z.till_id = g.till_id"
                              "  AND z.register_id = g.register_id AND z.kind = 'Z' AND z.epoch = g.epoch), 0)"
                              " ORDER BY x.z_number DESC, x.x_sequence DESC LIMIT 1)"
                              " WHERE r.store_id = g.store_id ORDER BY r.closed_at_ms DESC, r.report_no DESC",
        "tt", range->user_id, range->store_id);
    store_status status = visit(reader, statement, false, visitor, context);
    db_unlock_reader(reader);
    return status;
}

store_status store_figures_history(store *self, const figures_range *range, int64_t limit, int64_t offset,
                                   figures_report_visitor visitor, void *context)
{
    db *reader = db_lock_reader(self);
    /* The rows of the page first: what is read out of documents is read for them only. */
    sqlite3_stmt *statement =
        db_query(reader,
                 "WITH shown AS (SELECT r.report_no" COUNTED WHERE_RANGE NEWEST_FIRST
                 " LIMIT ?5 OFFSET ?6) " HISTORY_COLUMNS(HISTORY_RECEIPTS) MARKS
                 " FROM shown CROSS JOIN reports r USING (report_no)" BEFORE NEWEST_FIRST,
                 "ttttii", range->user_id, range->store_id, range->from, range->to, limit, offset);
    store_status status = visit(reader, statement, true, visitor, context);
    db_unlock_reader(reader);
    return status;
}

store_status store_figures_marked(store *self, const figures_range *range, int64_t limit,
                                  figures_report_visitor visitor, void *context)
{
    db *reader = db_lock_reader(self);
    sqlite3_stmt *statement = db_query(reader,
                                       "SELECT * FROM (" HISTORY_COLUMNS("NULL") MARKS COUNTED BEFORE WHERE_RANGE
                                       ") WHERE missing > 0 OR break_minor <> 0 OR new_epoch OR conflict = 2"
                                       " ORDER BY conflict = 2 DESC, missing > 0 DESC, break_minor <> 0 DESC,"
                                       " business_date DESC, closed_at_ms DESC LIMIT ?5",
                                       "tttti", range->user_id, range->store_id, range->from, range->to, limit);
    store_status status = visit(reader, statement, true, visitor, context);
    db_unlock_reader(reader);
    return status;
}
