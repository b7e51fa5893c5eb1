/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/core.c - puts the parts together: start, who takes which answer, the order of things in a tick.
 */
#include "core/core.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/account.h"
#include "core/business.h"
#include "core/intake.h"
#include "core/internal.h"

#define TICK_IDLE_MS    UINT32_C(1000)
#define TICK_LONGEST_MS INT64_C(60000)
#define FEW_REPORTS     32u /* are judged and settled in one tick */
/* After a failed write; doubled each time that it fails again. A disk that is full stays so for hours. */
#define WRITE_RETRY_MS     INT64_C(1000)
#define WRITE_RETRY_MAX_MS INT64_C(60000)

/* ---- start ---- */

/* The till id of this very machine: made once. Where it is missing (another machine, a restored backup) a new one is
 * made, and the cloud asks the owner which till this is. */
static int32_t open_device(core *c, const char **reason)
{
    record_header header;
    uint8_t *id = NULL;
    vault_result result = vault_read(&c->vault, COLLECTION_DEVICE, RECORD_DEVICE_ID, &header, &id);
    if (result == VAULT_OK && header.payload_bytes == PROTOCOL_TILL_ID_LEN) {
        memcpy(c->device_id, id, PROTOCOL_TILL_ID_LEN);
        c->device_id_stored = true;
    } else {
        person_make_key(c, c->device_id);
    }
    free(id);
    *reason = "the record of this till's id cannot be read";
    if (result == VAULT_ERROR)
        return POS_E_IO; /* it may be readable again: another id must not take its place */
    *reason = "the records were written by a newer version of this plugin: update it";
    return result == VAULT_NEWER ? POS_E_UNSUPPORTED : POS_OK;
}

static int32_t open_state(core *c, const char **reason)
{
    vault_result result = state_load(&c->vault, &c->state);
    *reason = "the storage cannot be read";
    if (result == VAULT_ERROR)
        return POS_E_IO;
    *reason = "the records were written by a newer version of this plugin: update it";
    if (result == VAULT_NEWER)
        return POS_E_UNSUPPORTED;
    if (result == VAULT_BAD)
        core_log(c, POS_LOG_ERROR, "the settings record is damaged: log in and assign the store again");
    bool added = false;
    int32_t reg = state_register_index(&c->state, c->register_id, &added);
    *reason = "this storage has served 63 registers; start with a fresh one";
    if (reg < 0)
        return POS_E_FAILED;
    c->outbox.reg = (uint32_t)reg;
    bool moved = state_adopt_device(&c->state, c->device_id);
    if (moved && result == VAULT_OK)
        core_log(c, POS_LOG_WARNING, "these records come from another machine: assign the store again");
    c->state_dirty = added || moved;
    c->outbox.nameless = added;
    return POS_OK;
}

static int32_t open_parts(core *c, core_time now, const char **reason)
{
    int32_t result = open_device(c, reason);
    if (result == POS_OK)
        result = open_state(c, reason);
    if (result == POS_OK)
        result = outbox_open(c, reason);
    if (result != POS_OK)
        return result;
    account_open(c);
    assign_open(c);
    disconnect_open(c);
    diagnose_open(c);
    person_open(c);
    sender_open(c);
    catchup_open(c, now);
    xslot_open(c, now);
    *reason = "out of memory";
    if (!catalogue_open(c))
        return POS_E_NO_MEMORY;
    resend_open(c);
    return POS_OK;
}

int32_t core_create(const core_env *env, core_time now, core **out, const char **reason)
{
    *out = NULL;
    *reason = "out of memory";
    core *c = calloc(1, sizeof *c);
    if (!c)
        return POS_E_NO_MEMORY;
    c->env = *env;
    c->vault = (vault){.storage = env->storage, .ctx = env->storage->ctx};
    memcpy(c->register_id, env->register_id, strnlen(env->register_id, sizeof c->register_id - 1));
    if (env->device_name)
        memcpy(c->device_name, env->device_name, strnlen(env->device_name, sizeof c->device_name - 1));
    core_forget_failure(c);
    int32_t result = open_parts(c, now, reason);
    if (result != POS_OK) {
        core_destroy(c);
        return result;
    }
    *out = c;
    return POS_OK;
}

void core_destroy(core *c)
{
    if (!c)
        return;
    sender_close(c);
    catalogue_close(c);
    resend_close(c);
    assign_close(c);
    person_close(c);
    outbox_close(&c->outbox);
    sodium_memzero(c, sizeof *c);
    free(c);
}

/* ---- a storage that fails ---- */

void core_wait_to_write(core *c, core_time now)
{
    if (c->write_retry_at > now.elapsed_ms)
        return; /* it waits already: one failure has two witnesses */
    c->write_wait_ms = c->write_wait_ms == 0                       ? WRITE_RETRY_MS
                       : c->write_wait_ms < WRITE_RETRY_MAX_MS / 2 ? c->write_wait_ms * 2
                                                                   : WRITE_RETRY_MAX_MS;
    c->write_retry_at = now.elapsed_ms + c->write_wait_ms;
}

void core_write_now(core *c)
{
    c->write_wait_ms = 0;
    c->write_retry_at = 0;
}

/* ---- a close ---- */

/* What the owner has just done, a close that was stored, or a network that came back, is worth a try at once. */
static void try_now(core *c, core_time now)
{
    core_write_now(c);
    for (uint32_t i = 0; i < c->state.destination_count; i++)
        backoff_skip(&c->credentials[i].backoff);
    sender_try_anew(c, now);
    catalogue_try_now(c);
}

int32_t core_close_day(core *c, core_time now, const pos_report *z, const char **why)
{
    pos_report report;
    vault_begin_call(&c->vault);
    int32_t error = intake_read(z, POS_REPORT_Z, c->register_id, &report, why);
    if (error == POS_E_TOO_LARGE)
        c->catchup.check_at = 0; /* it comes without its document, from the host's history */
    if (error != POS_OK)
        return error;
    if (outbox_accept(c, now, &report, false, false, &error, why) == ENTRY_ERROR)
        return error;
    try_now(c, now);
    return POS_OK;
}

/* ---- a tick ---- */

/* The answer that the owner waits for, to the part that asked. */
static bool take_persons_answer(core *c, core_time now, const net_answer *answer)
{
    if (c->person.ticket == 0 || answer->ticket != c->person.ticket)
        return false;
    c->person.ticket = 0;
    if (c->person.view.request == REQUEST_ASSIGN)
        assign_take_answer(c, now, answer);
    else if (c->person.view.request <= REQUEST_CONFIRM_RECOVER)
        account_take_answer(c, answer);
    else
        business_take_answer(c, answer);
    core_changed(c);
    return true;
}

/* Something that speaks the contract's types, not a portal's page. */
static bool is_from_cloud(const net_answer *answer)
{
    return answer->outcome == NET_ANSWERED &&
           (answer->status == 204 || strcmp(answer->content_type, "application/json") == 0 ||
            strcmp(answer->content_type, "application/problem+json") == 0);
}

static void note_contact(core *c, core_time now, const net_answer *answer)
{
    c->last_contact_ms = now.wall_ms;
    if (answer->encodings_told) {
        c->encodings = answer->encodings;
        c->encodings_known = true;
    }
}

/* True: so many reports were judged that it is work enough for a tick. */
static bool take_answers(core *c, core_time now)
{
    net_answer answer;
    bool judged = false;
    while (c->env.net->poll(c->env.net, &answer)) {
        if (is_from_cloud(&answer))
            note_contact(c, now, &answer);
        if (catalogue_take_answer(c, now, &answer)) {
            net_answer_clear(&answer);
            continue;
        }
        if (answer_take_upload(c, now, &answer))
            judged = true;
        else if (!take_persons_answer(c, now, &answer) && !assign_take_renewal(c, now, &answer) &&
                 !diagnose_take_answer(c, now, &answer) && !resend_take_answer(c, now, &answer))
            disconnect_take_answer(c, &answer);
        net_answer_clear(&answer);
    }
    const sender_batch *answered = sender_batch_in(c, SENDER_SETTLING);
    return judged && answered && answered->count > FEW_REPORTS;
}

static bool put_device_id(core *c)
{
    if (c->device_id_stored)
        return false;
    record_header header = {.kind = RECORD_DEVICE, .payload_bytes = PROTOCOL_TILL_ID_LEN};
    c->device_id_stored = vault_put(&c->vault, COLLECTION_DEVICE, RECORD_DEVICE_ID, &header, c->device_id) == POS_OK;
    return true;
}

static bool store_session(core *c)
{
    if (!c->person.storing)
        return false;
    account_store_session(c);
    return true;
}

static bool put_dirty_state(core *c)
{
    if (!c->state_dirty)
        return false;
    core_save_state(c);
    return true;
}

static bool settle(core *c, core_time now)
{
    sender_batch *answered = sender_batch_in(c, SENDER_SETTLING);
    if (!answered)
        return false;
    settle_step(c, now, answered);
    return true;
}

/* At most one write, the most urgent: what the owner waits for, then what was promised, then what is new. True: there
 * may be more to write at once. */
static bool write_one(core *c, core_time now)
{
    if (now.elapsed_ms < c->write_retry_at)
        return false;
    bool wrote = put_device_id(c) || disconnect_tick(c, now) || assign_tick(c, now) || store_session(c) ||
                 put_dirty_state(c) || settle(c, now) || xslot_tick(c, now) || catchup_tick(c, now) ||
                 resend_write(c, now);
    if (c->vault.writes > 0 && vault_is_failing(&c->vault))
        core_wait_to_write(c, now);
    else if (c->vault.writes > 0)
        c->write_wait_ms = 0;
    return wrote && now.elapsed_ms >= c->write_retry_at;
}

static int64_t shorter(int64_t a, int64_t b)
{
    return b >= 0 && b < a ? b : a;
}

/* Until write_one() has something to do by the clock alone: what is due earlier waits for the storage, too. */
static int64_t write_wait_ms(const core *c, core_time now)
{
    if (c->write_retry_at > now.elapsed_ms)
        return c->write_retry_at - now.elapsed_ms;
    int64_t wait = catchup_wait_ms(c, now);
    return xslot_takes(c) ? shorter(wait, schedule_wait_ms(&c->x.schedule, now.elapsed_ms)) : wait;
}

/* Until something is due by the clock alone. */
static uint32_t next_delay(const core *c, core_time now)
{
    int64_t answer_wait_ms = sender_wait_ms(c, now);
    if (answer_wait_ms >= 0)
        return (uint32_t)answer_wait_ms;
    if (person_is_busy(c) || disconnect_is_running(c) || c->diagnose.view.running || c->resend.ticket != 0)
        return CORE_ANSWER_WAIT_MS;
    int64_t delay = shorter(TICK_LONGEST_MS, write_wait_ms(c, now));
    if (c->session_unread)
        delay = shorter(delay, c->session_read_at - now.elapsed_ms);
    delay = shorter(delay, catalogue_wait_ms(c, now));
    delay = shorter(delay, resend_wait_ms(c, now));
    if (c->outbox.waiting.size > 0 || xslot_is_pending(c)) {
        for (uint32_t i = 0; i < c->state.destination_count; i++) {
            if (sender_hold_of(c, &c->state.destinations[i]) == HOLD_NONE)
                delay = shorter(delay, backoff_wait_ms(&c->credentials[i].backoff, now.elapsed_ms));
        }
        if (delay == 0)
            delay = TICK_IDLE_MS; /* what is left is set aside for a while */
    }
    return delay < 1 ? 1 : (uint32_t)delay;
}

void core_begin_call(core *c)
{
    vault_begin_call(&c->vault);
}

uint32_t core_tick(core *c, core_time now, uint32_t flags)
{
    vault_begin_call(&c->vault);
    if (flags & (CORE_TICK_RESUMED | CORE_TICK_NETWORK_CHANGED))
        try_now(c, now);
    bool enough = take_answers(c, now);
    account_read_again(c, now);
    sender_lift_holds(c, now, false);
    bool more = enough || write_one(c, now);
    more = sender_advance(c, now) || more;
    more = catalogue_tick(c, now) || more;
    more = resend_read(c, now) || more;
    return more ? 0 : next_delay(c, now);
}

void core_retry_now(core *c, core_time now)
{
    try_now(c, now);
    sender_forget_aside(c);
    sender_lift_holds(c, now, true);
    core_changed(c);
}

/* Breaks off what can be broken off: a request whose answer only the screen waits for. */
void core_person_forget(core *c)
{
    person *p = &c->person;
    if (assign_is_writing(c) || disconnect_is_running(c))
        return;
    if (p->ticket != 0)
        c->env.net->cancel(c->env.net, p->ticket);
    p->ticket = 0;
    p->storing = false;
    sodium_memzero(&p->session, sizeof p->session);
    p->view = (core_person){.request = REQUEST_NONE, .progress = PROGRESS_IDLE};
    core_changed(c);
}

/* ---- welcome ---- */

bool core_welcome_seen(const core *c)
{
    return c->state.welcome_seen;
}

void core_set_welcome_seen(core *c)
{
    c->state.welcome_seen = true;
    c->state_dirty = true;
    core_changed(c);
}
