/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The code comes back. One transaction looks at it, uses a try up, makes the account or sets the password, and opens
 * the session, so that two confirmations at once can't both succeed and a crash leaves either all of it or nothing.
 *
 * A confirmation whose answer was lost is repeated with the same key: the same session gets the new token.
 */
#include "store_codes.h"

#include <sodium.h>
#include <string.h>

typedef struct code_row {
    char email[STORE_EMAIL_SIZE];
    unsigned char code_hash[IDENT_HASH_BYTES];
    int64_t tries_left;
    int64_t expires_at_ms;
    bool used;
} code_row;

static store_status read_code(db *writer, const char *purpose, const char *code_id, code_row *out)
{
    sqlite3_stmt *statement = db_query(writer,
                                       "SELECT email, code_hash, tries_left, expires_at_ms, used_at_ms FROM codes"
                                       " WHERE code_id = ? AND purpose = ?",
                                       "tt", code_id, purpose);
    store_status status = db_step(writer, statement);
    if (status == STORE_OK) {
        db_text(statement, 0, out->email, sizeof out->email);
        if (sqlite3_column_bytes(statement, 1) == IDENT_HASH_BYTES)
            memcpy(out->code_hash, sqlite3_column_blob(statement, 1), IDENT_HASH_BYTES);
        out->tries_left = sqlite3_column_int64(statement, 2);
        out->expires_at_ms = sqlite3_column_int64(statement, 3);
        out->used = sqlite3_column_type(statement, 4) != SQLITE_NULL;
    }
    db_done(statement);
    return status;
}

static store_status repeat_confirmation(db *writer, const char *session_id, const store_code_confirm *confirm,
                                        store_session *out)
{
    store_status status =
        db_exec(writer, "UPDATE sessions SET token_hash = ? WHERE session_id = ? AND ended_at_ms IS NULL", "bt",
                confirm->token_hash, (size_t)IDENT_HASH_BYTES, session_id);
    if (status == STORE_OK && sqlite3_changes(writer->handle) == 0)
        return STORE_EXPIRED;
    return status == STORE_OK ? session_read(writer, session_id, out) : status;
}

/* STORE_NOT_FOUND: the code is right and unused. Anything else is the outcome. */
static store_status check_code(db *writer, const char *purpose, const store_code_confirm *confirm, code_row *row,
                               store_session *out, int64_t *tries_left)
{
    char session_id[IDENT_ID_SIZE];
    unsigned char hash[IDENT_HASH_BYTES];
    store_status status = read_code(writer, purpose, confirm->code_id, row);
    if (status == STORE_NOT_FOUND || (status == STORE_OK && row->expires_at_ms <= confirm->now_ms))
        return STORE_EXPIRED;
    if (status != STORE_OK)
        return status;
    status = store_key_find(writer, confirm->code_id, confirm->key, session_id);
    if (status == STORE_OK)
        return repeat_confirmation(writer, session_id, confirm, out);
    if (status != STORE_NOT_FOUND)
        return status;
    if (row->used || row->tries_left <= 0)
        return STORE_EXPIRED;
    ident_hash_keyed(confirm->code_id, confirm->code, strlen(confirm->code), hash);
    if (sodium_memcmp(hash, row->code_hash, sizeof hash) == 0)
        return STORE_NOT_FOUND;
    *tries_left = row->tries_left - 1;
    status = db_exec(writer, "UPDATE codes SET tries_left = tries_left - 1 WHERE code_id = ?", "t", confirm->code_id);
    return status == STORE_OK ? STORE_WRONG : status;
}

/* The code is used, and so are all others of the same purpose and address that are still open. */
static store_status use_codes(db *writer, const char *purpose, const code_row *row, int64_t now_ms)
{
    return db_exec(writer,
                   "UPDATE codes SET used_at_ms = ?1, password_hash = NULL"
                   " WHERE purpose = ?2 AND email_folded = lower(?3) AND used_at_ms IS NULL",
                   "itt", now_ms, purpose, row->email);
}

static store_status make_user(db *writer, const store_code_confirm *confirm, char user_id[IDENT_ID_SIZE])
{
    ident_make_id("usr_", user_id);
    store_status status = db_exec(writer,
                                  "INSERT INTO users (user_id, email, email_folded, name, password_hash, country,"
                                  " language, created_at_ms) SELECT ?1, email, email_folded, name, password_hash,"
                                  " country, language, ?2 FROM codes WHERE code_id = ?3",
                                  "tit", user_id, confirm->now_ms, confirm->code_id);
    return status == STORE_EXISTS ? STORE_EXPIRED : status;
}

static store_status set_password(db *writer, const store_code_confirm *confirm, const code_row *row,
                                 char user_id[IDENT_ID_SIZE])
{
    sqlite3_stmt *statement =
        db_query(writer, "SELECT user_id FROM users WHERE email_folded = lower(?)", "t", row->email);
    store_status status = db_step(writer, statement);
    if (status == STORE_OK)
        db_text(statement, 0, user_id, IDENT_ID_SIZE);
    db_done(statement);
    if (status == STORE_OK)
        status = db_exec(writer, "UPDATE users SET password_hash = ? WHERE user_id = ?", "tt", confirm->password_hash,
                         user_id);
    if (status == STORE_OK)
        status = db_exec(writer, "UPDATE sessions SET ended_at_ms = ? WHERE user_id = ? AND ended_at_ms IS NULL", "it",
                         confirm->now_ms, user_id);
    return status == STORE_NOT_FOUND ? STORE_EXPIRED : status;
}

static store_status confirm_code(store *self, const char *purpose, const store_code_confirm *confirm,
                                 store_session *out, int64_t *tries_left)
{
    db *writer;
    code_row row;
    char user_id[IDENT_ID_SIZE];
    memset(&row, 0, sizeof row);
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = check_code(writer, purpose, confirm, &row, out, tries_left);
    if (status == STORE_WRONG)
        return db_end_keeping(writer, status); /* the try is used up */
    if (status != STORE_NOT_FOUND)
        return db_end(writer, status);
    status =
        confirm->password_hash ? set_password(writer, confirm, &row, user_id) : make_user(writer, confirm, user_id);
    if (status == STORE_OK)
        status = use_codes(writer, purpose, &row, confirm->now_ms);
    if (status == STORE_OK)
        status = session_insert(writer, user_id, confirm->token_hash, confirm->device_name, confirm->now_ms, out);
    if (status == STORE_OK)
        status = store_key_put(writer, confirm->code_id, confirm->key, out->session_id, confirm->now_ms);
    return db_end(writer, status);
}

store_status store_registration_confirm(store *self, const store_code_confirm *confirm, store_session *out,
                                        int64_t *tries_left)
{
    return confirm_code(self, SCOPE_REGISTRATIONS, confirm, out, tries_left);
}

store_status store_recovery_confirm(store *self, const store_code_confirm *confirm, store_session *out,
                                    int64_t *tries_left)
{
    return confirm_code(self, SCOPE_RECOVERIES, confirm, out, tries_left);
}
