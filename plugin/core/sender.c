/* SPDX-License-Identifier: Apache-2.0 */
/* core/sender.c - what may be sent where, and which report is next (core/sender.h). */
#include "core/sender.h"

#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

#define ASK_AGAIN_MS (INT64_C(6) * 3600 * 1000)
#define SEARCH_MS    INT64_C(1000) /* a connection that comes about at all mostly does so sooner */

void sender_open(core *c)
{
    c->sender.phase = SENDER_IDLE;
    c->sender.limit = PROTOCOL_BATCH_ITEMS_MAX;
}

void sender_finish(core *c)
{
    sender *s = &c->sender;
    protocol_batch_free(s->batch);
    s->batch = NULL;
    free(s->piece);
    s->piece = NULL;
    free(s->moving);
    s->moving = NULL;
    protocol_results_clear(&s->results);
    s->phase = SENDER_IDLE;
    s->reading = false;
    s->ledger_done = false;
    s->is_x = false;
    s->is_retry = false;
    s->count = 0;
    s->ticket = 0;
    core_changed(c);
}

void sender_close(core *c)
{
    sender_finish(c);
}

void sender_abandon(core *c)
{
    sender *s = &c->sender;
    if (s->phase == SENDER_IN_FLIGHT)
        c->env.net->cancel(c->env.net, s->ticket);
    if (s->phase == SENDER_IN_FLIGHT || s->phase == SENDER_BUILDING)
        sender_finish(c);
}

void sender_try_anew(core *c, core_time now)
{
    const sender *s = &c->sender;
    net_progress progress;
    if (s->phase == SENDER_IN_FLIGHT && c->failing_since_ms != 0 && now.elapsed_ms - s->submitted_at >= SEARCH_MS &&
        c->env.net->progress(c->env.net, s->ticket, &progress) && progress.sent_bytes == 0)
        sender_abandon(c);
}

void sender_forget_item(core *c, uint64_t id)
{
    sender *s = &c->sender;
    if (s->phase == SENDER_BUILDING && !s->is_x) {
        sender_finish(c);
        return;
    }
    for (uint32_t i = 0; i < s->count && !s->is_x; i++) {
        if (s->items[i].id != id)
            continue;
        s->items[i].stale = true;
        s->items[i].fate = FATE_AGAIN;
        if (s->reader.id == id) {
            free(s->moving);
            s->moving = NULL;
        }
    }
}

bool sender_is_sending(const core *c, uint64_t id)
{
    const sender *s = &c->sender;
    if (s->phase != SENDER_IN_FLIGHT || s->is_x)
        return false;
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->items[i].id == id)
            return true;
    }
    return false;
}

/* ---- picking ---- */

/* Does it belong into the batch at hand? */
static bool is_candidate(const core *c, core_time now, uint64_t id)
{
    const sender_aside *aside = sender_find_aside(c, id);
    if (resend_guards(c, id))
        return false;
    if (!c->sender.is_retry)
        return !aside;
    return aside && aside->retry_at <= now.elapsed_ms && !aside->alone;
}

core_hold sender_hold_of(const core *c, const destination *d)
{
    if (!d)
        return HOLD_NO_STORE;
    const credential *access = &c->credentials[d - c->state.destinations];
    if (access->hold != HOLD_NONE)
        return access->hold;
    if (access->token[0])
        return HOLD_NONE;
    bool current = c->state.assigned && state_slot_destination(&c->state, c->state.current_slot) == d;
    return current ? HOLD_LOG_IN : HOLD_DISCONNECTED;
}

void sender_hold_store(core *c, core_time now, uint32_t index)
{
    c->credentials[index].hold = HOLD_STORE_REFUSED;
    c->credentials[index].ask_again_at = now.elapsed_ms + ASK_AGAIN_MS;
}

void sender_lift_holds(core *c, core_time now, bool all)
{
    for (uint32_t i = 0; i < c->state.destination_count; i++) {
        credential *access = &c->credentials[i];
        if (access->hold != HOLD_STORE_REFUSED || (!all && now.elapsed_ms < access->ask_again_at))
            continue;
        access->hold = HOLD_NONE;
        core_changed(c);
    }
}

bool sender_next_in_slot(const core *c, core_time now, uint32_t slot, uint64_t from, uint64_t *id)
{
    uint64_t last = key_last(slot, REGISTERS_MAX, EPOCH_MAX);
    while (idset_next(&c->outbox.waiting, from, id) && *id <= last) {
        if (is_candidate(c, now, *id))
            return true;
        from = *id + 1;
    }
    return false;
}

static bool next_of_destination(const core *c, core_time now, uint32_t d, uint64_t *id)
{
    for (uint32_t slot = 0; slot < c->state.slot_count; slot++) {
        if (c->state.slots[slot] == (int)d && sender_next_in_slot(c, now, slot, key_first(slot, 0, 0), id))
            return true;
    }
    return false;
}

/* Days of long ago are on their way: what is closed or taken today is not to wait behind them. */
static bool has_history_waiting(const core *c)
{
    return c->resend.phase != RESEND_IDLE || c->catchup.waits;
}

static bool fresh_of_destination(const core *c, core_time now, uint32_t d, uint64_t *id)
{
    *id = c->outbox.fresh_id;
    uint32_t slot = key_unpack(*id).slot;
    return *id != 0 && idset_has(&c->outbox.waiting, *id) && slot < c->state.slot_count &&
           c->state.slots[slot] == (int)d && is_candidate(c, now, *id);
}

static bool x_is_for(const core *c, uint32_t d)
{
    return xslot_is_pending(c) && state_slot_destination(&c->state, c->x.header.slot) == &c->state.destinations[d];
}

/* When the pending X failed last, as sender_aside.retry_at; 0: it was not tried yet. */
static int64_t x_turn(const core *c)
{
    bool tried = c->sender.x_aside.id == (uint64_t)c->x.header.x_sequence;
    return tried ? c->sender.x_aside.retry_at : 0;
}

static bool may_send(const core *c, core_time now, uint32_t d)
{
    return sender_hold_of(c, &c->state.destinations[d]) == HOLD_NONE &&
           backoff_wait_ms(&c->credentials[d].backoff, now.elapsed_ms) == 0;
}

static bool start_batch(core *c, uint32_t d, bool is_x, uint64_t id)
{
    sender *s = &c->sender;
    s->batch = protocol_batch_new();
    s->piece = malloc(VAULT_PIECE_BYTES);
    if (!s->batch || !s->piece) {
        sender_finish(c);
        return false;
    }
    s->phase = SENDER_BUILDING;
    s->is_x = is_x;
    s->destination = d;
    s->count = 0;
    s->reading = false;
    report_key key = key_unpack(id);
    s->reg = is_x ? c->outbox.reg : key.reg;
    s->epoch = is_x ? c->x.header.epoch : key.epoch;
    s->reader = (vault_reader){.collection = is_x ? COLLECTION_X : COLLECTION_OUTBOX, .id = id};
    s->items[0] = (sender_item){.z_number = c->x.header.z_number, .x_sequence = c->x.header.x_sequence};
    return true;
}

/* Picks a destination and its first report: what was not tried yet, Z before X, before what was set aside. False:
 * nothing to send now. */
static bool pick(core *c, core_time now)
{
    for (uint32_t i = 0; i < c->state.destination_count; i++) {
        uint32_t d = (c->sender.destination + i) % c->state.destination_count;
        uint64_t id;
        if (!may_send(c, now, d))
            continue;
        if (has_history_waiting(c) && fresh_of_destination(c, now, d, &id))
            return start_batch(c, d, false, id);
        if (has_history_waiting(c) && x_is_for(c, d) && x_turn(c) == 0)
            return start_batch(c, d, true, c->outbox.reg);
        if (next_of_destination(c, now, d, &id))
            return start_batch(c, d, false, id);
        const sender_aside *aside = sender_oldest_aside(c, now, d);
        if (x_is_for(c, d) && (!aside || x_turn(c) <= aside->retry_at))
            return start_batch(c, d, true, c->outbox.reg);
        if (aside) {
            c->sender.is_retry = true;
            return start_batch(c, d, false, aside->id);
        }
    }
    return false;
}

bool sender_advance(core *c, core_time now)
{
    sender *s = &c->sender;
    if (s->phase == SENDER_IDLE) {
        if (now.elapsed_ms < s->read_retry_at || !pick(c, now))
            return false;
    }
    return s->phase == SENDER_BUILDING && build_step(c, now);
}
