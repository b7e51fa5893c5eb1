/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conflicts: several reports under one number, and head office's decision which of them count. A decision marks all of
 * them with its time, which is what allows several to count (see the index reports_counted_once). One that comes later
 * is a conflict not yet decided.
 */
#include "store_history.h"

/* The reports under the number of the one with receipt ?3, in a store of the user. A rebuilt one that an original took
 * the place of is not a side of a conflict. */
#define SIDES                                                                                                          \
    "SELECT r.report_no FROM reports o JOIN members m ON m.company_id = o.company_id AND m.user_id = ?1"               \
    " JOIN reports r ON r.company_id = o.company_id AND r.till_id = o.till_id AND r.register_id = o.register_id"       \
    "  AND r.kind = o.kind AND r.z_number = o.z_number AND r.epoch = o.epoch"                                          \
    " WHERE o.receipt_id = ?3 AND o.store_id = ?2 AND o.kind = 'Z' AND r.standing <> 'replaced'"

static store_status count_sides(db *connection, const char *user_id, const char *store_id, const char *receipt_id,
                                const char *chosen)
{
    int64_t conflicts = 0;
    int64_t found = 0;
    store_status status = db_get_int(
        connection, &conflicts, "SELECT COUNT(*) FROM reports WHERE standing = 'conflict' AND report_no IN (" SIDES ")",
        "ttt", user_id, store_id, receipt_id);
    if (status != STORE_OK || conflicts == 0)
        return status == STORE_OK ? STORE_NOT_FOUND : status;
    if (!chosen)
        return STORE_OK;
    status = db_get_int(connection, &found,
                        "SELECT COUNT(*) FROM reports WHERE receipt_id = ?4 AND report_no IN (" SIDES ")", "tttt",
                        user_id, store_id, receipt_id, chosen);
    return status == STORE_OK && found == 0 ? STORE_NOT_LISTED : status;
}

store_status store_conflict_read(store *self, const char *user_id, const char *store_id, const char *receipt_id,
                                 figures_report_visitor visitor, void *context)
{
    figures_report report;
    db *reader = db_lock_reader(self);
    store_status status = count_sides(reader, user_id, store_id, receipt_id, NULL);
    if (status == STORE_OK) {
        sqlite3_stmt *statement = db_query(
            reader, HISTORY_COLUMNS(HISTORY_RECEIPTS) " FROM reports r WHERE report_no IN (" SIDES ") ORDER BY copy",
            "ttt", user_id, store_id, receipt_id);
        while ((status = db_step(reader, statement)) == STORE_OK) {
            history_read_report(statement, false, &report);
            visitor(context, &report);
        }
        db_done(statement);
        if (status == STORE_NOT_FOUND)
            status = STORE_OK;
    }
    db_unlock_reader(reader);
    return status;
}

store_status store_conflict_decide(store *self, const char *user_id, const char *store_id, const char *receipt_id,
                                   const char *chosen, int64_t now_ms)
{
    db *writer;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = count_sides(writer, user_id, store_id, receipt_id, chosen);
    if (status == STORE_OK)
        status = db_exec(writer,
                         "UPDATE reports SET decided_at_ms = ?5, counted = (?4 IS NULL OR receipt_id = ?4)"
                         " WHERE report_no IN (" SIDES ")",
                         "tttti", user_id, store_id, receipt_id, chosen, now_ms);
    return db_end(writer, status);
}
