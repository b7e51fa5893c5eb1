/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registrations and recoveries until their code comes back: the row in `codes`, and the mail. Both are written for
 * every address, known or not, so that neither answer nor time tells which it is; only the mail's recipient, its
 * words, and whether any code fits differ.
 */
#include "store_codes.h"
#include "mail_texts.h"

#include <sodium.h>
#include <string.h>

#define CODE_LIFE_MS (10LL * 60 * 1000)
#define CODE_TRIES   5LL
/* Codes are of no use after their ten minutes; the rows stay a day for whoever has to find out what happened. */
#define CODE_KEEP_MS (24LL * 3600 * 1000)

static store_status find_started(db *connection, const char *scope, const store_key *key, store_code_started *out)
{
    store_status status = store_key_find(connection, scope, key, out->code_id);
    if (status != STORE_OK)
        return status;
    status = db_get_int(connection, &out->expires_at_ms, "SELECT expires_at_ms FROM codes WHERE code_id = ?", "t",
                        out->code_id);
    if (status == STORE_NOT_FOUND) {
        out->expires_at_ms = 0; /* long gone, and the client is told so at the confirmation */
        status = STORE_OK;
    }
    return status;
}

static store_status find_locked(store *self, const char *scope, const store_key *key, store_code_started *out)
{
    db *reader = db_lock_reader(self);
    store_status status = find_started(reader, scope, key, out);
    db_unlock_reader(reader);
    return status;
}

store_status store_registration_find(store *self, const store_key *key, store_code_started *out)
{
    return find_locked(self, SCOPE_REGISTRATIONS, key, out);
}

store_status store_recovery_find(store *self, const store_key *key, store_code_started *out)
{
    return find_locked(self, SCOPE_RECOVERIES, key, out);
}

static store_status insert_code(db *writer, const char *purpose, const store_code_request *request, bool fits,
                                store_code_started *out)
{
    unsigned char hash[IDENT_HASH_BYTES];
    out->expires_at_ms = request->now_ms + CODE_LIFE_MS;
    if (fits)
        ident_hash_keyed(out->code_id, request->code, strlen(request->code), hash);
    else
        randombytes_buf(hash, sizeof hash);
    store_status status =
        db_exec(writer, "DELETE FROM codes WHERE expires_at_ms < ?", "i", request->now_ms - CODE_KEEP_MS);
    if (status == STORE_OK)
        status = db_exec(writer,
                         "INSERT INTO codes (code_id, purpose, email, email_folded, name, password_hash, country,"
                         " language, code_hash, tries_left, created_at_ms, expires_at_ms)"
                         " VALUES (?1, ?2, ?3, lower(?3), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                         "tttttttbiii", out->code_id, purpose, request->email, request->name, request->password_hash,
                         request->country, request->language, hash, sizeof hash, CODE_TRIES, request->now_ms,
                         out->expires_at_ms);
    return status;
}

static store_status insert_mail(db *writer, mail_kind kind, const store_code_request *request, bool wanted)
{
    char body[2048];
    mail_text_body(kind, request->language, request->code, body, sizeof body);
    store_status status = db_exec(writer,
                                  "INSERT INTO mails (recipient, subject, body, created_at_ms, next_at_ms)"
                                  " VALUES (?1, ?2, ?3, ?4, ?4)",
                                  "ttti", wanted ? request->email : "", mail_text_subject(kind, request->language),
                                  body, request->now_ms);
    sodium_memzero(body, sizeof body);
    return status;
}

static store_status start_code(store *self, const char *scope, const store_code_request *request,
                               store_code_started *out)
{
    db *writer;
    int64_t known = 0;
    bool registering = strcmp(scope, SCOPE_REGISTRATIONS) == 0;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = find_started(writer, scope, request->key, out);
    if (status != STORE_NOT_FOUND)
        return db_end(writer, status);
    ident_make_id(registering ? "reg_" : "rec_", out->code_id);
    status =
        db_get_int(writer, &known, "SELECT COUNT(*) FROM users WHERE email_folded = lower(?)", "t", request->email);
    if (status == STORE_OK)
        status = insert_code(writer, scope, request, registering != (known > 0), out);
    mail_kind kind = !registering ? MAIL_RECOVERY : known > 0 ? MAIL_ALREADY_REGISTERED : MAIL_REGISTRATION;
    if (status == STORE_OK)
        status = insert_mail(writer, kind, request, registering || known > 0);
    if (status == STORE_OK)
        status = store_key_put(writer, scope, request->key, out->code_id, request->now_ms);
    return db_end(writer, status);
}

store_status store_registration_start(store *self, const store_code_request *request, store_code_started *out)
{
    return start_code(self, SCOPE_REGISTRATIONS, request, out);
}

store_status store_recovery_start(store *self, const store_code_request *request, store_code_started *out)
{
    return start_code(self, SCOPE_RECOVERIES, request, out);
}

store_status store_recovery_peek(store *self, const char *code_id, int64_t now_ms)
{
    int64_t expires_at_ms = 0;
    db *reader = db_lock_reader(self);
    store_status status =
        db_get_int(reader, &expires_at_ms, "SELECT expires_at_ms FROM codes WHERE code_id = ? AND purpose = ?", "tt",
                   code_id, SCOPE_RECOVERIES);
    db_unlock_reader(reader);
    if (status == STORE_NOT_FOUND || (status == STORE_OK && expires_at_ms <= now_ms))
        return STORE_EXPIRED;
    return status;
}
