/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Users and their sessions. A session ends 30 days after its last use; its end is moved only when that makes an hour's
 * difference, so that reading a list does not cost a write.
 */
#include "store_codes.h"

#define SESSION_SLACK_MS (3600LL * 1000)

#define SESSION_COLUMNS                                                                                                \
    "SELECT s.session_id, s.expires_at_ms, u.user_id, u.email, u.name, u.language"                                     \
    " FROM sessions s JOIN users u USING (user_id) WHERE s.ended_at_ms IS NULL AND "

static void read_columns(sqlite3_stmt *statement, store_session *out)
{
    db_text(statement, 0, out->session_id, sizeof out->session_id);
    out->expires_at_ms = sqlite3_column_int64(statement, 1);
    db_text(statement, 2, out->user.user_id, sizeof out->user.user_id);
    db_text(statement, 3, out->user.email, sizeof out->user.email);
    db_text(statement, 4, out->user.name, sizeof out->user.name);
    db_text(statement, 5, out->user.language, sizeof out->user.language);
}

store_status session_read(db *connection, const char *session_id, store_session *out)
{
    sqlite3_stmt *statement = db_query(connection, SESSION_COLUMNS "s.session_id = ?", "t", session_id);
    store_status status = db_step(connection, statement);
    if (status == STORE_OK)
        read_columns(statement, out);
    db_done(statement);
    return status;
}

store_status session_insert(db *writer, const char *user_id, const unsigned char *token_hash, const char *device_name,
                            int64_t now_ms, store_session *out)
{
    ident_make_id("ses_", out->session_id);
    store_status status = db_exec(writer,
                                  "INSERT INTO sessions (session_id, token_hash, user_id, device_name, created_at_ms,"
                                  " expires_at_ms) VALUES (?, ?, ?, ?, ?, ?)",
                                  "tbttii", out->session_id, token_hash, (size_t)IDENT_HASH_BYTES, user_id, device_name,
                                  now_ms, now_ms + SESSION_LIFE_MS);
    return status == STORE_OK ? session_read(writer, out->session_id, out) : status;
}

store_status store_user_find(store *self, const char *email, char user_id[IDENT_ID_SIZE],
                             char password_hash[STORE_PASSWORD_HASH_SIZE])
{
    db *reader = db_lock_reader(self);
    sqlite3_stmt *statement =
        db_query(reader, "SELECT user_id, password_hash FROM users WHERE email_folded = lower(?)", "t", email);
    store_status status = db_step(reader, statement);
    if (status == STORE_OK) {
        db_text(statement, 0, user_id, IDENT_ID_SIZE);
        db_text(statement, 1, password_hash, STORE_PASSWORD_HASH_SIZE);
    }
    db_done(statement);
    db_unlock_reader(reader);
    return status;
}

store_status store_session_create(store *self, const char *user_id, const unsigned char *token_hash,
                                  const char *device_name, int64_t now_ms, store_session *out)
{
    db *writer;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = db_exec(writer, "DELETE FROM sessions WHERE expires_at_ms <= ? OR ended_at_ms < ?", "ii", now_ms,
                     now_ms - SESSION_LIFE_MS);
    if (status == STORE_OK)
        status = session_insert(writer, user_id, token_hash, device_name, now_ms, out);
    return db_end(writer, status);
}

static store_status extend_session(store *self, store_session *session, int64_t now_ms)
{
    db *writer;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    session->expires_at_ms = now_ms + SESSION_LIFE_MS;
    status = db_exec(writer, "UPDATE sessions SET expires_at_ms = ? WHERE session_id = ?", "it", session->expires_at_ms,
                     session->session_id);
    return db_end(writer, status);
}

store_status store_session_use(store *self, const unsigned char *token_hash, int64_t now_ms, store_session *out)
{
    db *reader = db_lock_reader(self);
    sqlite3_stmt *statement = db_query(reader, SESSION_COLUMNS "s.token_hash = ? AND s.expires_at_ms > ?", "bi",
                                       token_hash, (size_t)IDENT_HASH_BYTES, now_ms);
    store_status status = db_step(reader, statement);
    if (status == STORE_OK)
        read_columns(statement, out);
    db_done(statement);
    db_unlock_reader(reader);
    if (status == STORE_OK && out->expires_at_ms < now_ms + SESSION_LIFE_MS - SESSION_SLACK_MS)
        status = extend_session(self, out, now_ms);
    return status;
}

store_status store_session_end(store *self, const char *session_id, int64_t now_ms)
{
    db *writer;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = db_exec(writer, "UPDATE sessions SET ended_at_ms = ? WHERE session_id = ? AND ended_at_ms IS NULL", "it",
                     now_ms, session_id);
    return db_end(writer, status);
}
