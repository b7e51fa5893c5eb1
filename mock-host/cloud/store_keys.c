/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Idempotency keys: which key made which object, per scope (route and caller). Looked up and remembered inside the
 * transaction that creates the object, so that two equal requests at once make one.
 */
#include "store_keys.h"

#include <sodium.h>
#include <string.h>

/* Well above the contract's 30 days. */
#define KEEP_MS (90LL * 24 * 3600 * 1000)

store_status store_key_find(db *connection, const char *scope, const store_key *key, char id[IDENT_ID_SIZE])
{
    sqlite3_stmt *statement =
        db_query(connection, "SELECT resource_id, body_hash FROM idempotency_keys WHERE scope = ? AND key_hash = ?",
                 "tb", scope, key->key_hash, sizeof key->key_hash);
    store_status status = db_step(connection, statement);
    if (status == STORE_OK) {
        db_text(statement, 0, id, IDENT_ID_SIZE);
        if (sqlite3_column_bytes(statement, 1) != IDENT_HASH_BYTES ||
            sodium_memcmp(sqlite3_column_blob(statement, 1), key->body_hash, IDENT_HASH_BYTES) != 0)
            status = STORE_REUSED;
    }
    db_done(statement);
    return status;
}

store_status store_key_put(db *writer, const char *scope, const store_key *key, const char *id, int64_t now_ms)
{
    store_status status = db_exec(writer, "DELETE FROM idempotency_keys WHERE scope = ? AND created_at_ms < ?", "ti",
                                  scope, now_ms - KEEP_MS);
    if (status == STORE_OK)
        status = db_exec(writer,
                         "INSERT INTO idempotency_keys (scope, key_hash, body_hash, resource_id, created_at_ms)"
                         " VALUES (?, ?, ?, ?, ?)",
                         "tbbti", scope, key->key_hash, sizeof key->key_hash, key->body_hash, sizeof key->body_hash, id,
                         now_ms);
    return status;
}
