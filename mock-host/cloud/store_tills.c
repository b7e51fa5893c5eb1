/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tills in stores, and their tokens. The claim is checked in the transaction that registers, so that of two new tills
 * with the same register id only one can be the first.
 */
#include "store_business.h"

#include <stdlib.h>
#include <string.h>

static store_status list_known(db *writer, const store_till_request *request, store_till_result *out)
{
    sqlite3_stmt *statement =
        db_query(writer,
                 "SELECT t.till_id, t.device_name, t.register_id, t.last_seen_at_ms, z.z_number, z.business_date"
                 " FROM tills t LEFT JOIN reports z ON z.report_no = (SELECT report_no FROM reports r"
                 "  WHERE r.company_id = t.company_id AND r.till_id = t.till_id AND r.register_id = t.register_id"
                 "  AND r.kind = 'Z' AND r.counted = 1 ORDER BY r.epoch DESC, r.z_number DESC LIMIT 1)"
                 " WHERE t.store_id = ? AND t.register_id = ? ORDER BY t.last_seen_at_ms DESC, t.till_id LIMIT ?",
                 "tti", request->store_id, request->register_id, (int64_t)STORE_KNOWN_MAX);
    store_status status;
    while ((status = db_step(writer, statement)) == STORE_OK && out->known_count < STORE_KNOWN_MAX) {
        store_known_till *known = &out->known[out->known_count++];
        db_text(statement, 0, known->till_id, sizeof known->till_id);
        db_text(statement, 1, known->device_name, sizeof known->device_name);
        db_text(statement, 2, known->register_id, sizeof known->register_id);
        known->last_seen_at_ms = sqlite3_column_int64(statement, 3);
        known->last_z_number = sqlite3_column_int64(statement, 4);
        db_text(statement, 5, known->last_business_date, sizeof known->last_business_date);
    }
    db_done(statement);
    return status == STORE_NOT_FOUND ? STORE_OK : status;
}

static store_status check_claim(db *writer, const store_till_request *request, store_till_result *out)
{
    int64_t itself = 0;
    int64_t others = 0;
    if (request->claim == STORE_CLAIM_ANOTHER)
        return STORE_OK;
    store_status status =
        db_get_int(writer, &itself, "SELECT COUNT(*) FROM tills WHERE store_id = ? AND register_id = ? AND till_id = ?",
                   "ttt", request->store_id, request->register_id, request->till_id);
    if (status != STORE_OK || itself > 0)
        return status;
    if (request->claim == STORE_CLAIM_SAME)
        return STORE_NOT_LISTED;
    status = db_get_int(writer, &others, "SELECT COUNT(*) FROM tills WHERE store_id = ? AND register_id = ?", "tt",
                        request->store_id, request->register_id);
    if (status != STORE_OK || others == 0)
        return status;
    status = list_known(writer, request, out);
    return status == STORE_OK ? STORE_CLAIMED : status;
}

static store_status write_registration(db *writer, const store_till_request *request, const char *company_id)
{
    store_status status = db_exec(writer,
                                  "INSERT INTO tills (company_id, store_id, till_id, register_id, device_name,"
                                  " registered_at_ms, last_seen_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)"
                                  " ON CONFLICT (store_id, register_id, till_id) DO UPDATE SET"
                                  " device_name = excluded.device_name, last_seen_at_ms = excluded.last_seen_at_ms",
                                  "ttttti", company_id, request->store_id, request->till_id, request->register_id,
                                  request->device_name, request->now_ms);
    if (status == STORE_OK)
        status = db_exec(writer,
                         "INSERT INTO till_tokens (token_hash, company_id, store_id, till_id, created_at_ms)"
                         " VALUES (?, ?, ?, ?, ?)",
                         "bttti", request->token_hash, (size_t)IDENT_HASH_BYTES, company_id, request->store_id,
                         request->till_id, request->now_ms);
    return status;
}

static store_status append_register(sqlite3_stmt *statement, store_till_result *out)
{
    store_register *grown = realloc(out->registers, (out->register_count + 1) * sizeof *grown);
    if (!grown)
        return STORE_BUSY;
    out->registers = grown;
    store_register *entry = &grown[out->register_count++];
    db_text(statement, 0, entry->register_id, sizeof entry->register_id);
    entry->epoch = sqlite3_column_int64(statement, 1);
    entry->last_z_number = sqlite3_column_int64(statement, 2);
    db_text(statement, 3, entry->last_z_sha256, sizeof entry->last_z_sha256);
    entry->last_x_z_number = sqlite3_column_int64(statement, 4);
    entry->last_x_sequence = sqlite3_column_int64(statement, 5);
    return STORE_OK;
}

static store_status list_registers(db *writer, const char *company_id, const char *till_id, store_till_result *out)
{
    sqlite3_stmt *statement =
        db_query(writer,
                 "WITH k AS (SELECT register_id, epoch,"
                 "  MAX(CASE WHEN kind = 'Z' AND counted = 1 THEN z_number END) AS last_z,"
                 "  MAX(CASE WHEN kind = 'X' THEN z_number END) AS last_x FROM reports"
                 "  WHERE company_id = ?1 AND till_id = ?2 GROUP BY register_id, epoch)"
                 " SELECT k.register_id, k.epoch, k.last_z, (SELECT sha256 FROM reports z WHERE z.company_id = ?1"
                 "  AND z.till_id = ?2 AND z.register_id = k.register_id AND z.kind = 'Z' AND z.z_number = k.last_z"
                 "  AND z.epoch = k.epoch AND z.counted = 1 ORDER BY z.copy LIMIT 1), k.last_x,"
                 " (SELECT MAX(x_sequence) FROM reports x WHERE x.company_id = ?1 AND x.till_id = ?2"
                 "  AND x.register_id = k.register_id AND x.kind = 'X' AND x.z_number = k.last_x AND x.epoch = k.epoch)"
                 " FROM k ORDER BY k.register_id, k.epoch",
                 "tt", company_id, till_id);
    store_status status;
    while ((status = db_step(writer, statement)) == STORE_OK)
        if ((status = append_register(statement, out)) != STORE_OK)
            break;
    db_done(statement);
    return status == STORE_NOT_FOUND ? STORE_OK : status;
}

store_status store_till_register(store *self, const store_till_request *request, store_till_result *out)
{
    db *writer;
    memset(out, 0, sizeof *out);
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = business_find_shop(writer, request->user_id, request->store_id, &out->shop, &out->company);
    if (status == STORE_OK)
        status = check_claim(writer, request, out);
    if (status == STORE_OK)
        status = write_registration(writer, request, out->company.company_id);
    if (status == STORE_OK)
        status = list_registers(writer, out->company.company_id, request->till_id, out);
    status = db_end(writer, status);
    if (status != STORE_OK) {
        free(out->registers);
        out->registers = NULL;
        out->register_count = 0;
    }
    return status;
}

store_status store_till_token_find(store *self, const unsigned char *token_hash, store_till_scope *out)
{
    db *reader = db_lock_reader(self);
    sqlite3_stmt *statement = db_query(reader,
                                       "SELECT t.company_id, t.store_id, t.till_id, c.currency, s.closed_at_ms"
                                       " FROM till_tokens t JOIN stores s USING (store_id)"
                                       " JOIN companies c ON c.company_id = t.company_id"
                                       " WHERE t.token_hash = ? AND t.revoked_at_ms IS NULL",
                                       "b", token_hash, (size_t)IDENT_HASH_BYTES);
    store_status status = db_step(reader, statement);
    if (status == STORE_OK) {
        db_text(statement, 0, out->company_id, sizeof out->company_id);
        db_text(statement, 1, out->store_id, sizeof out->store_id);
        db_text(statement, 2, out->till_id, sizeof out->till_id);
        db_text(statement, 3, out->currency, sizeof out->currency);
        out->closed = sqlite3_column_type(statement, 4) != SQLITE_NULL;
    }
    db_done(statement);
    db_unlock_reader(reader);
    return status;
}

store_status store_till_token_revoke(store *self, const unsigned char *token_hash, int64_t now_ms)
{
    db *writer;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = db_exec(writer, "UPDATE till_tokens SET revoked_at_ms = ? WHERE token_hash = ? AND revoked_at_ms IS NULL",
                     "ib", now_ms, token_hash, (size_t)IDENT_HASH_BYTES);
    return db_end(writer, status);
}

store_status store_till_revoke_all(store *self, const char *user_id, const char *store_id, const char *till_id,
                                   int64_t now_ms)
{
    db *writer;
    int64_t known = 0;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = db_get_int(writer, &known,
                        "SELECT COUNT(*) FROM tills t JOIN members m USING (company_id)"
                        " WHERE m.user_id = ? AND t.store_id = ? AND t.till_id = ?",
                        "ttt", user_id, store_id, till_id);
    if (status == STORE_OK && known == 0)
        status = STORE_NOT_FOUND;
    if (status == STORE_OK)
        status = db_exec(writer,
                         "UPDATE till_tokens SET revoked_at_ms = ? WHERE store_id = ? AND till_id = ?"
                         " AND revoked_at_ms IS NULL",
                         "itt", now_ms, store_id, till_id);
    return db_end(writer, status);
}
