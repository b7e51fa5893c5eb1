/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logging in. An unknown address takes the same way as a known one: counted, hashed, refused.
 */
#include "login.h"

#include <sodium.h>

static store_status check_password(const request *from, const login *self, char user_id[IDENT_ID_SIZE])
{
    char hash[STORE_PASSWORD_HASH_SIZE];
    store_status status = store_user_find(from->api->store, self->email, user_id, hash);
    if (status != STORE_OK && status != STORE_NOT_FOUND)
        return status;
    bool right = passwords_verify(from->api->passwords, self->password, status == STORE_OK ? hash : NULL);
    sodium_memzero(hash, sizeof hash);
    return right ? STORE_OK : STORE_WRONG;
}

static store_status open_session(const request *from, login *self, const char *user_id)
{
    unsigned char token_hash[IDENT_HASH_BYTES];
    ident_make_token("fcs_", self->token);
    ident_hash_text(self->token, token_hash);
    return store_session_create(from->api->store, user_id, token_hash, self->device_name, from->now_ms, &self->session);
}

store_status login_open(const request *from, login *self)
{
    char user_id[IDENT_ID_SIZE];
    store *db = from->api->store;
    store_status status =
        store_throttle_enter(db, STORE_THROTTLE_LOGIN, self->email, from->client, from->now_ms, &self->retry_after_ms);
    if (status == STORE_OK)
        status = check_password(from, self, user_id);
    if (status == STORE_OK)
        status = store_throttle_forgive(db, self->email, from->client, from->now_ms);
    return status == STORE_OK ? open_session(from, self, user_id) : status;
}
