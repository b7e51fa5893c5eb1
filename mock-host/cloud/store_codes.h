/* SPDX-License-Identifier: Apache-2.0 */
/* store_codes.h - what starting and confirming share: scopes of their keys, which are also `codes.purpose`. */
#ifndef CLOUD_STORE_CODES_H
#define CLOUD_STORE_CODES_H

#include "store_keys.h"

#define SCOPE_REGISTRATIONS "registration"
#define SCOPE_RECOVERIES    "recovery"

#define SESSION_LIFE_MS (30LL * 24 * 3600 * 1000)

/* Inside a transaction: a new session; *out is filled. */
store_status session_insert(db *writer, const char *user_id, const unsigned char *token_hash, const char *device_name,
                            int64_t now_ms, store_session *out);
/* The user and the end of a session by its id. */
store_status session_read(db *connection, const char *session_id, store_session *out);

#endif
