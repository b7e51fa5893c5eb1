/* SPDX-License-Identifier: Apache-2.0 */
/* core/diagnose.c - asks step by step, and reads from each answer what it proves (core/diagnose.h). */
#include "core/diagnose.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/internal.h"
#include "protocol/health.h"

#define RECORD_PROBE_ID    2u /* in COLLECTION_STATE: written only to see whether it can be */
#define CLOCK_TOLERATED_MS INT64_C(300000)

void diagnose_open(core *c)
{
    c->diagnose.phase = DIAGNOSE_IDLE;
    c->diagnose.view = (core_diagnosis){.verdict = {.outcome = PROTOCOL_DONE, .cause = CAUSE_NONE}};
    for (size_t i = 0; i < CHECK_COUNT; i++)
        c->diagnose.view.states[i] = CHECK_STATE_WAITING;
}

core_diagnosis core_get_diagnosis(const core *c)
{
    return c->diagnose.view;
}

static void set(core *c, core_check check, core_check_state outcome)
{
    c->diagnose.view.states[check] = outcome;
}

static void finish(core *c, core_time now)
{
    c->diagnose.phase = DIAGNOSE_IDLE;
    c->diagnose.ticket = 0;
    c->diagnose.view.running = false;
    c->diagnose.view.done = true;
    c->diagnose.view.finished_at_ms = now.wall_ms;
    for (size_t i = 0; i < CHECK_COUNT; i++) {
        if (c->diagnose.view.states[i] == CHECK_STATE_WAITING)
            c->diagnose.view.states[i] = CHECK_STATE_SKIPPED;
    }
    core_changed(c);
}

/* ---- whom the answers are about ---- */

static const destination *current_destination(const core *c)
{
    return c->state.assigned ? state_slot_destination(&c->state, c->state.current_slot) : NULL;
}

static const char *token_of(const core *c, const destination *d)
{
    return d ? c->credentials[d - c->state.destinations].token : "";
}

/* Who is logged in, and where this till reports to. A hash, so that no secret lies in one more place. */
static void mark_account(const core *c, uint8_t mark[DIAGNOSE_MARK_BYTES])
{
    crypto_generichash_state hash;
    const char *token = token_of(c, current_destination(c));
    crypto_generichash_init(&hash, NULL, 0, DIAGNOSE_MARK_BYTES);
    crypto_generichash_update(&hash, (const uint8_t *)c->session, strlen(c->session) + 1);
    crypto_generichash_update(&hash, (const uint8_t *)token, strlen(token) + 1);
    crypto_generichash_update(&hash, (const uint8_t *)&c->state.current_slot, sizeof c->state.current_slot);
    crypto_generichash_final(&hash, mark, DIAGNOSE_MARK_BYTES);
    sodium_memzero(&hash, sizeof hash);
}

/* Somebody logged in, assigned a store or disconnected while an answer was on its way: it is about what was. */
static bool account_has_changed(const core *c)
{
    uint8_t mark[DIAGNOSE_MARK_BYTES];
    mark_account(c, mark);
    return memcmp(mark, c->diagnose.mark, sizeof mark) != 0;
}

/* ---- asking ---- */

static void ask(core *c, core_time now, diagnose_phase phase, net_request *request)
{
    diagnose *d = &c->diagnose;
    d->phase = phase;
    d->asked_at = now.elapsed_ms;
    mark_account(c, d->mark);
    d->ticket = request ? c->env.net->submit(c->env.net, request) : 0;
    if (d->ticket == 0) {
        d->view.verdict =
            (protocol_verdict){.outcome = PROTOCOL_RETRY, .cause = CAUSE_OFFLINE, .net = NET_FAILED_MEMORY};
        set(c, CHECK_CONNECTION, CHECK_STATE_BAD);
        finish(c, now);
    }
    core_changed(c);
}

static void probe_storage(core *c)
{
    static const char probe[] = "probe";
    record_header header = {.kind = RECORD_STATE, .payload_bytes = sizeof probe};
    c->diagnose.view.storage_error = vault_put(&c->vault, COLLECTION_STATE, RECORD_PROBE_ID, &header, probe);
    set(c, CHECK_STORAGE, c->diagnose.view.storage_error == POS_OK ? CHECK_STATE_GOOD : CHECK_STATE_BAD);
}

bool core_diagnose(core *c, core_time now)
{
    if (c->diagnose.view.running)
        return false;
    diagnose_open(c);
    c->diagnose.view.running = true;
    probe_storage(c);
    ask(c, now, DIAGNOSE_HEALTH, protocol_ask_health());
    return true;
}

static void ask_store(core *c, core_time now)
{
    const destination *d = current_destination(c);
    const char *token = token_of(c, d);
    if (!token[0]) { /* nothing is chosen yet, or the permission could not be read: the owner's turn */
        bool log_in_first = !d && c->diagnose.view.states[CHECK_LOG_IN] == CHECK_STATE_BAD;
        set(c, CHECK_STORE, log_in_first ? CHECK_STATE_SKIPPED : CHECK_STATE_BAD);
        finish(c, now);
        return;
    }
    protocol_batch *empty = protocol_batch_new();
    ask(c, now, DIAGNOSE_STORE, empty ? protocol_upload(empty, token, d->store_id, d->till_id, 0) : NULL);
}

/* ---- what an answer proves ---- */

/* How far a transfer came: the first step that it did not pass is the one to blame. */
static core_check blame(const protocol_verdict *verdict)
{
    if (verdict->net == NET_FAILED_RESOLVE || verdict->net == NET_FAILED_CONFIG)
        return CHECK_NAME;
    if (verdict->net == NET_FAILED_TLS)
        return CHECK_TLS;
    return CHECK_CONNECTION;
}

/* The cloud itself has not said anything. */
static bool was_not_reached(const protocol_verdict *verdict)
{
    return verdict->cause == CAUSE_OFFLINE || verdict->cause == CAUSE_TLS || verdict->cause == CAUSE_CONFIG ||
           verdict->cause == CAUSE_NOT_THE_CLOUD;
}

/* A certificate is looked at once a connection stands: so the order of proof is name, connection, TLS. What an earlier
 * request has proved does not hold any more when a later one fails there. */
static void blame_the_way(core *c, core_time now, const protocol_verdict *verdict)
{
    core_check to_blame = blame(verdict);
    c->diagnose.view.verdict = *verdict;
    for (core_check check = CHECK_NAME; check < to_blame; check++)
        set(c, check, CHECK_STATE_GOOD);
    set(c, to_blame, CHECK_STATE_BAD);
    for (core_check check = to_blame + 1; check <= CHECK_TLS; check++)
        set(c, check, CHECK_STATE_SKIPPED);
    finish(c, now);
}

static void take_health(core *c, core_time now, const net_answer *answer)
{
    core_diagnosis *view = &c->diagnose.view;
    protocol_verdict verdict;
    int64_t cloud_ms = 0;
    protocol_read_health(answer, &verdict, &cloud_ms);
    if (verdict.outcome != PROTOCOL_DONE) {
        blame_the_way(c, now, &verdict);
        return;
    }
    set(c, CHECK_NAME, CHECK_STATE_GOOD);
    set(c, CHECK_CONNECTION, CHECK_STATE_GOOD);
    set(c, CHECK_TLS, CHECK_STATE_GOOD);
    view->clock_difference_ms = now.wall_ms - (now.elapsed_ms - c->diagnose.asked_at) / 2 - cloud_ms;
    set(c, CHECK_CLOCK, llabs(view->clock_difference_ms) > CLOCK_TOLERATED_MS ? CHECK_STATE_BAD : CHECK_STATE_GOOD);
    if (c->session[0]) {
        ask(c, now, DIAGNOSE_LOG_IN, protocol_check_session(c->session));
        return;
    }
    set(c, CHECK_LOG_IN, c->state.assigned ? CHECK_STATE_SKIPPED : CHECK_STATE_BAD);
    ask_store(c, now);
}

/* A till uploads with the store's permission, not with the person's: an ended session stops no report. */
static void take_session(core *c, core_time now, const net_answer *answer)
{
    protocol_session session;
    protocol_verdict verdict;
    protocol_read_session(answer, &verdict, &session);
    sodium_memzero(&session, sizeof session);
    if (was_not_reached(&verdict)) {
        blame_the_way(c, now, &verdict);
        return;
    }
    set(c, CHECK_LOG_IN, verdict.outcome == PROTOCOL_DONE ? CHECK_STATE_GOOD : CHECK_STATE_BAD);
    if (verdict.outcome != PROTOCOL_DONE)
        c->diagnose.view.verdict = verdict;
    person_note_verdict(c, &verdict);
    ask_store(c, now);
}

/* What was found out here holds for the uploads, too: they start at once, or are held. */
static void apply_to_store(core *c, core_time now, const protocol_verdict *verdict)
{
    uint32_t at = (uint32_t)(current_destination(c) - c->state.destinations);
    credential *access = &c->credentials[at];
    if (verdict->outcome == PROTOCOL_DONE) {
        access->hold = HOLD_NONE;
        core_forget_failure(c);
        core_retry_now(c, now);
    } else if (verdict->outcome == PROTOCOL_REFUSED && verdict->cause == CAUSE_UNAUTHORIZED) {
        access->hold = HOLD_LOG_IN;
    } else if (verdict->outcome == PROTOCOL_REFUSED && verdict->cause == CAUSE_STORE_REFUSED) {
        sender_hold_store(c, now, at);
    }
}

static void take_store(core *c, core_time now, const net_answer *answer)
{
    protocol_verdict verdict;
    protocol_results results = {0};
    protocol_read_results(answer, &verdict, &results);
    protocol_results_clear(&results);
    if (was_not_reached(&verdict)) {
        blame_the_way(c, now, &verdict);
        return;
    }
    set(c, CHECK_STORE, verdict.outcome == PROTOCOL_DONE ? CHECK_STATE_GOOD : CHECK_STATE_BAD);
    if (verdict.outcome != PROTOCOL_DONE)
        c->diagnose.view.verdict = verdict;
    apply_to_store(c, now, &verdict);
    finish(c, now);
}

bool diagnose_take_answer(core *c, core_time now, const net_answer *answer)
{
    diagnose *d = &c->diagnose;
    if (d->ticket == 0 || answer->ticket != d->ticket)
        return false;
    d->ticket = 0;
    if (account_has_changed(c))
        diagnose_open(c);
    else if (d->phase == DIAGNOSE_HEALTH)
        take_health(c, now, answer);
    else if (d->phase == DIAGNOSE_LOG_IN)
        take_session(c, now, answer);
    else
        take_store(c, now, answer);
    core_changed(c);
    return true;
}
