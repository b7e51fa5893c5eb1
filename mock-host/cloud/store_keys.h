/* SPDX-License-Identifier: Apache-2.0 */
/* store_keys.h - idempotency keys, for the store_*.c files that create something. Call inside their transaction. */
#ifndef CLOUD_STORE_KEYS_H
#define CLOUD_STORE_KEYS_H

#include "store_db.h"

/* STORE_OK with the id of what the key made, STORE_REUSED (other body), or STORE_NOT_FOUND. */
store_status store_key_find(db *connection, const char *scope, const store_key *key, char id[IDENT_ID_SIZE]);
store_status store_key_put(db *writer, const char *scope, const store_key *key, const char *id, int64_t now_ms);

#endif
