/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registering and recovering, both in two steps with a code by mail. The first step does the same work in the same
 * order for every address: throttle, (hash the password,) write, answer.
 */
#include "answers.h"
#include "form.h"
#include "handlers.h"
#include "log.h"

#include <sodium.h>
#include <string.h>

static void answer_started(response *answer, const store_code_started *started, const char *id_name)
{
    answer->status = 202;
    answer->json = cJSON_CreateObject();
    cJSON_AddStringToObject(answer->json, id_name, started->code_id);
    answer_int(answer->json, "expires_at_ms", started->expires_at_ms);
}

/* True: go on. False: answered, with a refusal. */
static bool enter_throttle(const request *self, response *answer, const char *email)
{
    int64_t retry_after_ms = 0;
    store_status status =
        store_throttle_enter(self->api->store, STORE_THROTTLE_MAIL, email, self->client, self->now_ms, &retry_after_ms);
    if (status == STORE_THROTTLED)
        problem_set_throttled(answer, retry_after_ms);
    else if (status != STORE_OK)
        problem_set_store(answer, status);
    return status == STORE_OK;
}

static store_status start_registration(request *self, response *answer, const store_code_request *asked,
                                       const char *password, store_code_started *started)
{
    char hash[PASSWORDS_HASH_SIZE];
    store_code_request start = *asked;
    store_status status = store_registration_find(self->api->store, start.key, started);
    if (status != STORE_NOT_FOUND)
        return status;
    if (!enter_throttle(self, answer, start.email))
        return STORE_THROTTLED;
    if (passwords_hash(self->api->passwords, password, hash) != 0)
        return STORE_BUSY;
    start.password_hash = hash;
    status = store_registration_start(self->api->store, &start, started);
    sodium_memzero(hash, sizeof hash);
    return status;
}

static void finish_start(request *self, response *answer, store_status status, const store_code_started *started,
                         const char *id_name)
{
    if (status == STORE_OK) {
        self->api->mail_queued(self->api->mail_context);
        answer_started(answer, started, id_name);
    } else if (answer->status == 0) {
        problem_set_store(answer, status);
    }
}

void handle_create_registration(request *self, response *answer)
{
    form fields;
    char code[IDENT_CODE_SIZE];
    store_code_started started;
    if (form_begin(&fields, self, answer)) {
        store_code_request start = {.email = form_email(&fields, "email"),
                                    .name = form_name(&fields, "name"),
                                    .country = form_capitals(&fields, "country", 2),
                                    .language = form_choice(&fields, "language", "en", "es", NULL),
                                    .code = code,
                                    .key = &self->key,
                                    .now_ms = self->now_ms};
        const char *password = form_password(&fields, "password");
        form_true(&fields, "terms_accepted");
        if (form_accept(&fields, answer)) {
            ident_make_code(code);
            store_status status = start_registration(self, answer, &start, password, &started);
            finish_start(self, answer, status, &started, "registration_id");
            sodium_memzero(code, sizeof code);
        }
    }
    form_end(&fields);
}

void handle_create_recovery(request *self, response *answer)
{
    form fields;
    char code[IDENT_CODE_SIZE];
    store_code_started started;
    if (form_begin(&fields, self, answer)) {
        store_code_request start = {.email = form_email(&fields, "email"),
                                    .language = form_choice(&fields, "language", "en", "es", NULL),
                                    .code = code,
                                    .key = &self->key,
                                    .now_ms = self->now_ms};
        if (form_accept(&fields, answer)) {
            ident_make_code(code);
            store_status status = store_recovery_find(self->api->store, start.key, &started);
            if (status == STORE_NOT_FOUND)
                status = enter_throttle(self, answer, start.email)
                             ? store_recovery_start(self->api->store, &start, &started)
                             : STORE_THROTTLED;
            finish_start(self, answer, status, &started, "recovery_id");
            sodium_memzero(code, sizeof code);
        }
    }
    form_end(&fields);
}

static void answer_confirmed(response *answer, store_status status, const store_session *session, const char *token,
                             int64_t tries_left)
{
    if (status == STORE_OK) {
        answer->status = 201;
        answer->json = answer_session(session, token);
    } else if (status == STORE_WRONG) {
        answer_int(problem_set(answer, PROBLEM_CODE_WRONG, NULL), "tries_left", tries_left);
    } else {
        problem_set_store(answer, status);
    }
}

static void confirm(request *self, response *answer, form *fields, const char *new_password)
{
    store_session session;
    char token[IDENT_TOKEN_SIZE];
    char hash[PASSWORDS_HASH_SIZE];
    unsigned char token_hash[IDENT_HASH_BYTES];
    int64_t tries_left = 0;
    store_status status = STORE_OK;
    store_code_confirm what = {.code_id = self->param[0],
                               .code = form_code(fields, "code"),
                               .device_name = form_text(fields, "device_name", 0, 120, false),
                               .token_hash = token_hash,
                               .key = &self->key,
                               .now_ms = self->now_ms};
    if (!form_accept(fields, answer))
        return;
    ident_make_token("fcs_", token);
    ident_hash_text(token, token_hash);
    if (new_password) {
        what.password_hash = hash;
        status = store_recovery_peek(self->api->store, what.code_id, self->now_ms);
        if (status == STORE_OK && passwords_hash(self->api->passwords, new_password, hash) != 0)
            status = STORE_BUSY;
        if (status == STORE_OK)
            status = store_recovery_confirm(self->api->store, &what, &session, &tries_left);
        sodium_memzero(hash, sizeof hash);
    } else {
        status = store_registration_confirm(self->api->store, &what, &session, &tries_left);
    }
    /* A place that is not remembered is a lost comfort: the session is there. */
    if (status == STORE_OK &&
        store_throttle_remember(self->api->store, session.user.email, self->client, self->now_ms) != STORE_OK)
        log_line(LOG_LEVEL_WARNING, "the place of a confirmation is not remembered");
    answer_confirmed(answer, status, &session, token, tries_left);
    sodium_memzero(token, sizeof token);
}

void handle_confirm_registration(request *self, response *answer)
{
    form fields;
    if (form_begin(&fields, self, answer))
        confirm(self, answer, &fields, NULL);
    form_end(&fields);
}

void handle_confirm_recovery(request *self, response *answer)
{
    form fields;
    if (form_begin(&fields, self, answer)) {
        const char *new_password = form_password(&fields, "new_password");
        confirm(self, answer, &fields, new_password);
    }
    form_end(&fields);
}
