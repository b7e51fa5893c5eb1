/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Logging in and out. An unknown address takes the same way as a known one: counted, hashed, refused.
 */
#include "answers.h"
#include "form.h"
#include "handlers.h"

#include <sodium.h>
#include <string.h>

static store_status check_password(request *self, const char *email, const char *password, char user_id[IDENT_ID_SIZE])
{
    char hash[STORE_PASSWORD_HASH_SIZE];
    store_status status = store_user_find(self->api->store, email, user_id, hash);
    if (status != STORE_OK && status != STORE_NOT_FOUND)
        return status;
    bool right = passwords_verify(self->api->passwords, password, status == STORE_OK ? hash : NULL);
    sodium_memzero(hash, sizeof hash);
    return right ? STORE_OK : STORE_WRONG;
}

static void open_session(request *self, response *answer, const char *user_id, const char *device_name)
{
    store_session session;
    char token[IDENT_TOKEN_SIZE];
    unsigned char token_hash[IDENT_HASH_BYTES];
    ident_make_token("fcs_", token);
    ident_hash_text(token, token_hash);
    store_status status =
        store_session_create(self->api->store, user_id, token_hash, device_name, self->now_ms, &session);
    if (status == STORE_OK) {
        answer->status = 201;
        answer->json = answer_session(&session, token);
    } else {
        problem_set_store(answer, status);
    }
    sodium_memzero(token, sizeof token);
}

static void log_in(request *self, response *answer, const char *email, const char *password, const char *device_name)
{
    char user_id[IDENT_ID_SIZE];
    int64_t retry_after_ms = 0;
    store_status status = store_throttle_enter(self->api->store, STORE_THROTTLE_LOGIN, email, self->client,
                                               self->now_ms, &retry_after_ms);
    if (status == STORE_THROTTLED) {
        problem_set_throttled(answer, retry_after_ms);
        return;
    }
    if (status == STORE_OK)
        status = check_password(self, email, password, user_id);
    if (status == STORE_OK)
        status = store_throttle_forgive(self->api->store, STORE_THROTTLE_LOGIN, email, self->client);
    if (status == STORE_OK)
        open_session(self, answer, user_id, device_name);
    else if (status == STORE_WRONG)
        problem_set(answer, PROBLEM_LOGIN_FAILED, NULL);
    else
        problem_set_store(answer, status);
}

void handle_create_session(request *self, response *answer)
{
    form fields;
    if (form_begin(&fields, self, answer)) {
        const char *email = form_text(&fields, "email", 1, 254, true);
        const char *password = form_text(&fields, "password", 1, 256, true);
        const char *device_name = form_text(&fields, "device_name", 0, 120, false);
        if (form_accept(&fields, answer))
            log_in(self, answer, email, password, device_name);
    }
    form_end(&fields);
}

void handle_get_session(request *self, response *answer)
{
    answer->status = 200;
    answer->json = answer_session(&self->session, NULL);
}

void handle_end_session(request *self, response *answer)
{
    store_status status = store_session_end(self->api->store, self->session.session_id, self->now_ms);
    if (status == STORE_OK)
        answer->status = 204;
    else
        problem_set_store(answer, status);
}
