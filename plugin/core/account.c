/* SPDX-License-Identifier: Apache-2.0 */
/* core/account.c - log in, register, recover, and the session that comes of it (core/account.h). */
#include "core/account.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/business.h"
#include "core/internal.h"

#define READ_RETRY_MS INT64_C(1000)

/* A storage that fails for a moment says nothing of the session: it is read again, not asked for. */
static void read_session(core *c)
{
    record_header header;
    uint8_t *token = NULL;
    vault_result result = vault_read(&c->vault, COLLECTION_SECRET, RECORD_SESSION_ID, &header, &token);
    if (result == VAULT_OK && header.payload_bytes < sizeof c->session)
        memcpy(c->session, token, header.payload_bytes);
    else
        c->session_ended = result != VAULT_ABSENT && result != VAULT_ERROR;
    c->session_unread = result == VAULT_ERROR;
    if (token) {
        sodium_memzero(token, header.payload_bytes);
        free(token);
    }
}

void account_open(core *c)
{
    read_session(c);
}

void account_read_again(core *c, core_time now)
{
    if (!c->session_unread || now.elapsed_ms < c->session_read_at)
        return;
    c->session_read_at = now.elapsed_ms + READ_RETRY_MS;
    read_session(c);
    core_changed(c);
}

void account_forget_unread(core *c)
{
    c->session_unread = false;
}

core_account core_get_account(const core *c)
{
    return (core_account){
        .logged_in = c->session[0] != '\0',
        .session_ended = c->session_ended,
        .email = c->state.email,
        .name = c->state.name,
    };
}

bool core_log_in(core *c, core_time now, const char *email, const char *password)
{
    (void)now;
    if (person_is_busy(c))
        return false;
    person_begin(c, REQUEST_LOG_IN);
    person_submit(c, protocol_log_in(email, password, c->device_name));
    return true;
}

bool core_register(core *c, core_time now, const protocol_registration *registration)
{
    (void)now;
    if (person_is_busy(c))
        return false;
    uint8_t hash[32];
    const char *const form[] = {"user",
                                registration->email,
                                registration->name,
                                registration->password,
                                registration->country,
                                registration->language};
    business_hash_form(form, sizeof form / sizeof form[0], c->person.form_key, hash);
    person_begin(c, REQUEST_REGISTER);
    c->person.pending_id[0] = '\0';
    c->person.pending_is_recovery = false;
    if (!business_store_key(c, hash)) {
        person_fail_storage(c);
        return true;
    }
    protocol_registration copy = *registration;
    copy.idempotency_key = c->state.create.key;
    person_submit(c, protocol_register(&copy));
    return true;
}

bool core_recover(core *c, core_time now, const char *email, const char *language)
{
    (void)now;
    if (person_is_busy(c))
        return false;
    char key[33];
    person_make_key(c, key); /* creates nothing that lasts: asking twice is two mails at worst */
    person_begin(c, REQUEST_RECOVER);
    c->person.pending_id[0] = '\0';
    c->person.pending_is_recovery = true;
    person_submit(c, protocol_recover(email, language, key));
    return true;
}

bool core_awaits_code(const core *c, bool *of_recovery)
{
    *of_recovery = c->person.pending_is_recovery;
    return c->person.pending_id[0] != '\0';
}

bool core_confirm(core *c, core_time now, const char *code, const char *new_password)
{
    (void)now;
    person *p = &c->person;
    if (person_is_busy(c) || !p->pending_id[0])
        return false;
    /* A confirmation is its own attempt: another code is another request. */
    person_make_key(c, p->confirm_key);
    if (p->pending_is_recovery) {
        person_begin(c, REQUEST_CONFIRM_RECOVER);
        person_submit(c, protocol_confirm_recovery(p->pending_id, code, new_password ? new_password : "",
                                                   c->device_name, p->confirm_key));
    } else {
        person_begin(c, REQUEST_CONFIRM_REGISTER);
        person_submit(c, protocol_confirm_registration(p->pending_id, code, c->device_name, p->confirm_key));
    }
    return true;
}

/* ---- answers ---- */

static void take_pending(core *c, const net_answer *answer)
{
    protocol_verdict verdict;
    char id[PROTOCOL_ID_MAX + 1] = "";
    protocol_read_pending(answer, &verdict, id);
    if (verdict.outcome == PROTOCOL_DONE)
        memcpy(c->person.pending_id, id, sizeof id);
    if (verdict.outcome != PROTOCOL_RETRY)
        business_forget_key(c);
    person_end(c, verdict.outcome == PROTOCOL_DONE, &verdict);
}

static void take_session(core *c, const net_answer *answer)
{
    protocol_verdict verdict;
    protocol_read_session(answer, &verdict, &c->person.session);
    if (verdict.outcome != PROTOCOL_DONE) {
        person_end(c, false, &verdict);
        return;
    }
    c->person.view.verdict = verdict;
    c->person.storing = true;
}

void account_take_answer(core *c, const net_answer *answer)
{
    core_request request = c->person.view.request;
    if (request == REQUEST_REGISTER || request == REQUEST_RECOVER)
        take_pending(c, answer);
    else
        take_session(c, answer);
}

void account_store_session(core *c)
{
    protocol_session *session = &c->person.session;
    record_header header = {.kind = RECORD_SECRET, .payload_bytes = (uint32_t)strlen(session->token)};
    if (vault_put(&c->vault, COLLECTION_SECRET, RECORD_SESSION_ID, &header, session->token) != POS_OK) {
        sodium_memzero(session, sizeof *session);
        person_fail_storage(c);
        return;
    }
    memcpy(c->session, session->token, sizeof c->session);
    memcpy(c->state.email, session->email, sizeof c->state.email);
    memcpy(c->state.name, session->name, sizeof c->state.name);
    c->state_dirty = true;
    c->session_ended = false;
    account_forget_unread(c);
    c->person.pending_id[0] = '\0';
    sodium_memzero(session, sizeof *session);
    person_end(c, true, NULL);
    assign_renew(c);
}
