/* SPDX-License-Identifier: Apache-2.0 */
/* core/diagnose.c - asks step by step, and reads from each answer what it proves (core/diagnose.h). */
#include "core/diagnose.h"

#include <stdlib.h>
#include <string.h>

#include "core/internal.h"
#include "protocol/health.h"

#define RECORD_PROBE_ID    2u /* in COLLECTION_STATE: written only to see whether it can be */
#define CLOCK_TOLERATED_MS INT64_C(300000)

void diagnose_open(core *c)
{
    c->diagnose.phase = DIAGNOSE_IDLE;
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

static void finish(core *c)
{
    c->diagnose.phase = DIAGNOSE_IDLE;
    c->diagnose.ticket = 0;
    c->diagnose.view.running = false;
    c->diagnose.view.done = true;
    for (size_t i = 0; i < CHECK_COUNT; i++) {
        if (c->diagnose.view.states[i] == CHECK_STATE_WAITING)
            c->diagnose.view.states[i] = CHECK_STATE_SKIPPED;
    }
    core_changed(c);
}

static void ask(core *c, core_time now, diagnose_phase phase, net_request *request)
{
    diagnose *d = &c->diagnose;
    d->phase = phase;
    d->asked_at = now.elapsed_ms;
    d->ticket = request ? c->env.net->submit(c->env.net, request) : 0;
    if (d->ticket == 0)
        finish(c);
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
    c->diagnose.view = (core_diagnosis){.running = true};
    diagnose_open(c);
    probe_storage(c);
    ask(c, now, DIAGNOSE_HEALTH, protocol_ask_health());
    return true;
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

static void take_health(core *c, core_time now, const net_answer *answer)
{
    core_diagnosis *view = &c->diagnose.view;
    int64_t cloud_ms = 0;
    protocol_read_health(answer, &view->verdict, &cloud_ms);
    if (view->verdict.outcome != PROTOCOL_DONE) {
        core_check to_blame = blame(&view->verdict);
        /* A certificate is looked at once a connection stands: so the order of proof is name, connection, TLS. */
        for (core_check check = CHECK_NAME; check < to_blame; check++)
            set(c, check, CHECK_STATE_GOOD);
        set(c, to_blame, CHECK_STATE_BAD);
        finish(c);
        return;
    }
    set(c, CHECK_NAME, CHECK_STATE_GOOD);
    set(c, CHECK_CONNECTION, CHECK_STATE_GOOD);
    set(c, CHECK_TLS, CHECK_STATE_GOOD);
    view->clock_difference_ms = now.wall_ms - (now.elapsed_ms - c->diagnose.asked_at) / 2 - cloud_ms;
    set(c, CHECK_CLOCK, llabs(view->clock_difference_ms) > CLOCK_TOLERATED_MS ? CHECK_STATE_BAD : CHECK_STATE_GOOD);
    if (!c->session[0]) {
        set(c, CHECK_LOG_IN, c->state.assigned ? CHECK_STATE_SKIPPED : CHECK_STATE_BAD);
        c->diagnose.phase = DIAGNOSE_LOG_IN;
        return;
    }
    ask(c, now, DIAGNOSE_LOG_IN, protocol_check_session(c->session));
}

/* A till uploads with the store's permission, not with the person's: an ended session stops no report. */
static void take_session(core *c, const net_answer *answer)
{
    core_diagnosis *view = &c->diagnose.view;
    protocol_session session;
    protocol_verdict verdict;
    protocol_read_session(answer, &verdict, &session);
    set(c, CHECK_LOG_IN, verdict.outcome == PROTOCOL_DONE ? CHECK_STATE_GOOD : CHECK_STATE_BAD);
    if (verdict.outcome != PROTOCOL_DONE)
        view->verdict = verdict;
    person_note_verdict(c, &verdict);
}

static void ask_store(core *c, core_time now)
{
    const destination *d = state_slot_destination(&c->state, c->state.current_slot);
    const char *token = c->state.assigned && d ? c->credentials[d - c->state.destinations].token : "";
    if (!token[0]) {
        set(c, CHECK_STORE, CHECK_STATE_BAD);
        finish(c);
        return;
    }
    protocol_batch *empty = protocol_batch_new();
    ask(c, now, DIAGNOSE_STORE, empty ? protocol_upload(empty, token, d->store_id, d->till_id, 0) : NULL);
}

static void take_store(core *c, const net_answer *answer)
{
    protocol_verdict verdict;
    protocol_results results = {0};
    protocol_read_results(answer, &verdict, &results);
    protocol_results_clear(&results);
    set(c, CHECK_STORE, verdict.outcome == PROTOCOL_DONE ? CHECK_STATE_GOOD : CHECK_STATE_BAD);
    if (verdict.outcome != PROTOCOL_DONE)
        c->diagnose.view.verdict = verdict;
    finish(c);
}

bool diagnose_take_answer(core *c, core_time now, const net_answer *answer)
{
    diagnose *d = &c->diagnose;
    if (d->ticket == 0 || answer->ticket != d->ticket)
        return false;
    d->ticket = 0;
    if (d->phase == DIAGNOSE_STORE) {
        take_store(c, answer);
        return true;
    }
    if (d->phase == DIAGNOSE_HEALTH)
        take_health(c, now, answer);
    else
        take_session(c, answer);
    if (d->view.running && d->ticket == 0)
        ask_store(c, now);
    core_changed(c);
    return true;
}
