/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assigning tills to stores, and ending their tokens. Also the health route, which has no better place.
 */
#include "answers.h"
#include "form.h"
#include "handlers.h"
#include "json_read.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void handle_get_health(request *self, response *answer)
{
    answer->status = 200;
    answer->json = cJSON_CreateObject();
    cJSON_AddStringToObject(answer->json, "status", "ok");
    answer_int(answer->json, "time_ms", self->now_ms);
}

static const char *read_register_id(form *fields)
{
    const char *text = form_text(fields, "register_id", 1, 64, true);
    if (text && strlen(text) > 64) {
        form_reject(fields, "register_id", "too-long", "At most 64 bytes.");
        return NULL;
    }
    return text;
}

static store_claim read_claim(form *fields)
{
    const char *word = form_choice(fields, "claim", "first", "same", "another");
    if (!word)
        return STORE_CLAIM_FIRST;
    return word[0] == 'f' ? STORE_CLAIM_FIRST : word[0] == 's' ? STORE_CLAIM_SAME : STORE_CLAIM_ANOTHER;
}

static void answer_registered(response *answer, const store_till_result *result, const char *till_id, const char *token)
{
    answer->status = 200;
    answer->json = cJSON_CreateObject();
    cJSON_AddStringToObject(answer->json, "till_token", token);
    cJSON_AddStringToObject(answer->json, "till_id", till_id);
    cJSON_AddItemToObject(answer->json, "store", answer_shop(&result->shop));
    cJSON_AddItemToObject(answer->json, "company", answer_company(&result->company));
    cJSON *registers = cJSON_AddArrayToObject(answer->json, "registers");
    for (size_t i = 0; i < result->register_count; i++) {
        const store_register *from = &result->registers[i];
        cJSON *entry = cJSON_CreateObject();
        cJSON_AddStringToObject(entry, "register_id", from->register_id);
        answer_int(entry, "epoch", from->epoch);
        answer_int_or_null(entry, "last_z_number", from->last_z_number);
        answer_text_or_null(entry, "last_z_sha256", from->last_z_sha256);
        answer_int_or_null(entry, "last_x_z_number", from->last_x_z_number);
        answer_int_or_null(entry, "last_x_sequence", from->last_x_sequence);
        cJSON_AddItemToArray(registers, entry);
    }
}

static void answer_known(response *answer, const store_till_result *result)
{
    cJSON *tills = cJSON_AddArrayToObject(problem_set(answer, PROBLEM_REGISTER_KNOWN, NULL), "tills");
    for (size_t i = 0; i < result->known_count; i++) {
        const store_known_till *from = &result->known[i];
        cJSON *entry = cJSON_CreateObject();
        cJSON_AddStringToObject(entry, "till_id", from->till_id);
        answer_text_or_null(entry, "device_name", from->device_name);
        cJSON_AddStringToObject(entry, "register_id", from->register_id);
        answer_int(entry, "last_seen_at_ms", from->last_seen_at_ms);
        answer_int_or_null(entry, "last_z_number", from->last_z_number);
        answer_text_or_null(entry, "last_business_date", from->last_business_date);
        cJSON_AddItemToArray(tills, entry);
    }
}

static void register_till(request *self, response *answer, form *fields)
{
    store_till_result *result = calloc(1, sizeof *result); /* large for a stack */
    char token[IDENT_TOKEN_SIZE];
    unsigned char token_hash[IDENT_HASH_BYTES];
    store_till_request what = {.user_id = self->session.user.user_id,
                               .store_id = self->param[0],
                               .till_id = self->param[1],
                               .register_id = read_register_id(fields),
                               .device_name = form_text(fields, "device_name", 0, 120, false),
                               .claim = read_claim(fields),
                               .token_hash = token_hash,
                               .now_ms = self->now_ms};
    if (result && form_accept(fields, answer)) {
        ident_make_token("fct_", token);
        ident_hash_text(token, token_hash);
        store_status status = store_till_register(self->api->store, &what, result);
        if (status == STORE_OK) {
            answer_registered(answer, result, what.till_id, token);
        } else if (status == STORE_CLAIMED) {
            answer_known(answer, result);
        } else if (status == STORE_NOT_LISTED) {
            form_reject(fields, "claim", "not-listed", "This store knows no such till with this register id.");
            form_accept(fields, answer);
        } else {
            problem_set_store(answer, status);
        }
        free(result->registers);
        sodium_memzero(token, sizeof token);
    }
    free(result);
}

void handle_register_till(request *self, response *answer)
{
    form fields;
    if (!ident_is_hex(self->param[1], 32)) {
        problem_set(answer, PROBLEM_NOT_FOUND, NULL);
        return;
    }
    if (form_begin(&fields, self, answer))
        register_till(self, answer, &fields);
    form_end(&fields);
}

void handle_revoke_token(request *self, response *answer)
{
    store_status status = store_till_token_revoke(self->api->store, self->token_hash, self->now_ms);
    if (status == STORE_OK)
        answer->status = 204;
    else
        problem_set_store(answer, status);
}

void handle_revoke_tokens(request *self, response *answer)
{
    store_status status = store_till_revoke_all(self->api->store, self->session.user.user_id, self->param[0],
                                                self->param[1], self->now_ms);
    if (status == STORE_OK)
        answer->status = 204;
    else
        problem_set_store(answer, status);
}
