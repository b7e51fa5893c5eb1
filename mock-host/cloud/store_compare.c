/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes of closes in the order of their numbers, read from the index `reports_compare` alone: the documents, which are
 * a thousand times larger, are not touched.
 */
#include "store_compare.h"
#include "store_db.h"

#include <sodium.h>

static bool read_row(sqlite3_stmt *statement, compare_row *out)
{
    const char *hex = (const char *)sqlite3_column_text(statement, 1);
    size_t length = 0;
    out->z_number = sqlite3_column_int64(statement, 0);
    out->rebuilt = sqlite3_column_int(statement, 2) != 0;
    return hex &&
           sodium_hex2bin(out->sha256, sizeof out->sha256, hex, 2 * sizeof out->sha256, NULL, &length, NULL) == 0 &&
           length == sizeof out->sha256;
}

store_status store_compare_visit(store *self, const store_till_scope *scope, const char *register_id, int64_t epoch,
                                 int64_t first, int64_t last, compare_visitor visitor, void *context)
{
    compare_row row;
    store_status status;
    db *reader = db_lock_reader(self);
    sqlite3_stmt *statement =
        db_query(reader,
                 "SELECT z_number, sha256, origin = 'rebuilt' FROM reports INDEXED BY reports_compare WHERE kind = 'Z'"
                 " AND company_id = ? AND till_id = ? AND register_id = ? AND epoch = ? AND z_number BETWEEN ? AND ?"
                 " ORDER BY z_number, origin, copy",
                 "tttiii", scope->company_id, scope->till_id, register_id, epoch, first, last);
    while ((status = db_step(reader, statement)) == STORE_OK) {
        if (!read_row(statement, &row)) {
            status = STORE_FAILED;
            break;
        }
        visitor(context, &row);
    }
    db_done(statement);
    db_unlock_reader(reader);
    return status == STORE_NOT_FOUND ? STORE_OK : status;
}
