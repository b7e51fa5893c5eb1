/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mails that are still to be sent. They are queued in the transaction that calls for them, so that none is lost to
 * a crash, and a mail server that is down holds up no request. A mail that was sent is deleted, out of the write-ahead
 * log, too: it may hold a code.
 */
#include "store_db.h"

store_status store_mail_next(store *self, int64_t now_ms, store_mail *out)
{
    db *reader = db_lock_reader(self);
    sqlite3_stmt *statement = db_query(reader,
                                       "SELECT mail_id, recipient, subject, body, created_at_ms, attempts FROM mails"
                                       " WHERE next_at_ms <= ? ORDER BY next_at_ms, mail_id LIMIT 1",
                                       "i", now_ms);
    store_status status = db_step(reader, statement);
    if (status == STORE_OK) {
        out->mail_id = sqlite3_column_int64(statement, 0);
        db_text(statement, 1, out->recipient, sizeof out->recipient);
        db_text(statement, 2, out->subject, sizeof out->subject);
        db_text(statement, 3, out->body, sizeof out->body);
        out->created_at_ms = sqlite3_column_int64(statement, 4);
        out->attempts = sqlite3_column_int64(statement, 5);
    }
    db_done(statement);
    db_unlock_reader(reader);
    return status;
}

store_status store_mail_sent(store *self, int64_t mail_id)
{
    db *writer;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = db_exec(writer, "DELETE FROM mails WHERE mail_id = ?", "i", mail_id);
    status = db_end(writer, status);
    if (status == STORE_OK)
        db_empty_log(self);
    return status;
}

store_status store_mail_postpone(store *self, int64_t mail_id, int64_t next_at_ms)
{
    db *writer;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = db_exec(writer, "UPDATE mails SET next_at_ms = ?, attempts = attempts + 1 WHERE mail_id = ?", "ii",
                     next_at_ms, mail_id);
    return db_end(writer, status);
}
