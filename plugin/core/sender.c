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
    for (uint32_t i = 0; i < SENDER_BATCHES; i++)
        c->sender.batches[i].phase = SENDER_IDLE;
    c->sender.limit = PROTOCOL_BATCH_ITEMS_MAX;
}

void sender_finish(core *c, sender_batch *b)
{
    protocol_batch_free(b->body);
    b->body = NULL;
    free(b->piece);
    b->piece = NULL;
    free(b->moving);
    b->moving = NULL;
    protocol_results_clear(&b->results);
    b->phase = SENDER_IDLE;
    b->reading = false;
    b->is_x = false;
    b->is_retry = false;
    b->count = 0;
    b->ticket = 0;
    core_changed(c);
}

void sender_close(core *c)
{
    for (uint32_t i = 0; i < SENDER_BATCHES; i++)
        sender_finish(c, &c->sender.batches[i]);
}

sender_batch *sender_batch_in(core *c, sender_phase phase)
{
    for (uint32_t i = 0; i < SENDER_BATCHES; i++) {
        if (c->sender.batches[i].phase == phase)
            return &c->sender.batches[i];
    }
    return NULL;
}

bool sender_is_idle(const core *c)
{
    for (uint32_t i = 0; i < SENDER_BATCHES; i++) {
        if (c->sender.batches[i].phase != SENDER_IDLE)
            return false;
    }
    return true;
}

void sender_abandon(core *c)
{
    for (uint32_t i = 0; i < SENDER_BATCHES; i++) {
        sender_batch *b = &c->sender.batches[i];
        if (b->phase == SENDER_IN_FLIGHT)
            c->env.net->cancel(c->env.net, b->ticket);
        if (b->phase == SENDER_IN_FLIGHT || b->phase == SENDER_BUILDING)
            sender_finish(c, b);
    }
    c->sender.flowing = false;
}

void sender_try_anew(core *c, core_time now)
{
    const sender_batch *b = sender_batch_in(c, SENDER_IN_FLIGHT); /* while it fails, there is one at the most */
    net_progress progress;
    if (b && c->failing_since_ms != 0 && now.elapsed_ms - b->submitted_at >= SEARCH_MS &&
        c->env.net->progress(c->env.net, b->ticket, &progress) && progress.sent_bytes == 0)
        sender_abandon(c);
}

int64_t sender_wait_ms(const core *c, core_time now)
{
    int64_t soonest = -1;
    for (uint32_t i = 0; i < SENDER_BATCHES; i++) {
        const sender_batch *b = &c->sender.batches[i];
        int64_t wait_ms = core_answer_wait_ms(b->submitted_at, now);
        if (b->phase == SENDER_IN_FLIGHT && (soonest < 0 || wait_ms < soonest))
            soonest = wait_ms;
    }
    return soonest;
}

/* ---- what is in a batch ---- */

static int compare_id(const void *id, const void *item)
{
    uint64_t a = *(const uint64_t *)id, b = ((const sender_item *)item)->id;
    return a < b ? -1 : a > b;
}

/* Its index; b->count: it is not in there. */
static uint32_t place_of(const sender_batch *b, uint64_t id)
{
    const sender_item *found = b->is_x ? NULL : bsearch(&id, b->items, b->count, sizeof b->items[0], compare_id);
    return found ? (uint32_t)(found - b->items) : b->count;
}

void sender_forget_item(core *c, uint64_t id)
{
    for (uint32_t i = 0; i < SENDER_BATCHES; i++) {
        sender_batch *b = &c->sender.batches[i];
        uint32_t place = place_of(b, id);
        if (b->phase == SENDER_BUILDING && !b->is_x) {
            sender_finish(c, b);
        } else if (place < b->count) {
            b->items[place].stale = true;
            b->items[place].fate = FATE_AGAIN;
            if (b->reader.id == id) {
                free(b->moving);
                b->moving = NULL;
            }
        }
    }
}

bool sender_is_sending(const core *c, uint64_t id)
{
    for (uint32_t i = 0; i < SENDER_BATCHES; i++) {
        const sender_batch *b = &c->sender.batches[i];
        if (b->phase == SENDER_IN_FLIGHT && place_of(b, id) < b->count)
            return true;
    }
    return false;
}

bool sender_is_sending_x(const core *c)
{
    for (uint32_t i = 0; i < SENDER_BATCHES; i++) {
        if (c->sender.batches[i].phase == SENDER_IN_FLIGHT && c->sender.batches[i].is_x)
            return true;
    }
    return false;
}

static bool is_under_way(const core *c, uint64_t id)
{
    for (uint32_t i = 0; i < SENDER_BATCHES; i++) {
        if (place_of(&c->sender.batches[i], id) < c->sender.batches[i].count)
            return true;
    }
    return false;
}

/* ---- picking ---- */

static bool is_candidate(const core *c, core_time now, uint64_t id, bool wants_aside)
{
    const sender_aside *aside = sender_find_aside(c, id);
    if (resend_guards(c, id) || is_under_way(c, id))
        return false;
    if (!wants_aside)
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

bool sender_next_in_slot(const core *c, core_time now, uint32_t slot, uint64_t from, bool aside, uint64_t *id)
{
    uint64_t last = key_last(slot, REGISTERS_MAX, EPOCH_MAX);
    while (idset_next(&c->outbox.waiting, from, id) && *id <= last) {
        if (is_candidate(c, now, *id, aside))
            return true;
        from = *id + 1;
    }
    return false;
}

static bool next_of_destination(const core *c, core_time now, uint32_t d, uint64_t *id)
{
    for (uint32_t slot = 0; slot < c->state.slot_count; slot++) {
        if (c->state.slots[slot] == (int)d && sender_next_in_slot(c, now, slot, key_first(slot, 0, 0), false, id))
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
           c->state.slots[slot] == (int)d && is_candidate(c, now, *id, false);
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

static bool start_batch(core *c, sender_batch *b, uint32_t d, bool is_x, uint64_t id)
{
    b->body = protocol_batch_new();
    b->piece = malloc(VAULT_PIECE_BYTES);
    if (!b->body || !b->piece) {
        sender_finish(c, b);
        return false;
    }
    report_key key = key_unpack(id);
    b->phase = SENDER_BUILDING;
    b->is_x = is_x;
    b->destination = d;
    b->reg = is_x ? c->outbox.reg : key.reg;
    b->epoch = is_x ? c->x.header.epoch : key.epoch;
    b->reader = (vault_reader){.collection = is_x ? COLLECTION_X : COLLECTION_OUTBOX, .id = id};
    b->items[0] = (sender_item){.z_number = c->x.header.z_number, .x_sequence = c->x.header.x_sequence};
    c->sender.flowing = c->sender.flowing && c->sender.destination == d;
    c->sender.destination = d;
    return true;
}

/* Picks a destination and its first report: what was not tried yet, Z before X, before what was set aside. False:
 * nothing to send now. */
static bool pick(core *c, core_time now, sender_batch *into)
{
    for (uint32_t i = 0; i < c->state.destination_count; i++) {
        uint32_t d = (c->sender.destination + i) % c->state.destination_count;
        uint64_t id;
        if (!may_send(c, now, d))
            continue;
        if (has_history_waiting(c) && fresh_of_destination(c, now, d, &id))
            return start_batch(c, into, d, false, id);
        if (has_history_waiting(c) && x_is_for(c, d) && x_turn(c) == 0)
            return start_batch(c, into, d, true, c->outbox.reg);
        if (next_of_destination(c, now, d, &id))
            return start_batch(c, into, d, false, id);
        const sender_aside *aside = sender_oldest_aside(c, now, d);
        if (x_is_for(c, d) && (!aside || x_turn(c) <= aside->retry_at))
            return start_batch(c, into, d, true, c->outbox.reg);
        if (aside) {
            into->is_retry = true;
            return start_batch(c, into, d, false, aside->id);
        }
    }
    return false;
}

/* Its body is out; what it waits for is the cloud, and the way there and back. */
static bool is_sent(const core *c, const sender_batch *b)
{
    net_progress progress;
    return c->env.net->progress(c->env.net, b->ticket, &progress) && progress.total_bytes > 0 &&
           progress.sent_bytes == progress.total_bytes;
}

/* Picks what is to go while the answer to `other` is awaited: more of the same, unless an X is next, which goes alone. */
static bool pick_beside(core *c, core_time now, sender_batch *into, const sender_batch *other)
{
    uint32_t d = other->destination;
    uint64_t id;
    if (!c->sender.flowing || other->is_x || other->is_retry || !may_send(c, now, d) || !is_sent(c, other))
        return false;
    bool is_fresh = has_history_waiting(c) && fresh_of_destination(c, now, d, &id);
    if (!is_fresh && has_history_waiting(c) && x_is_for(c, d) && x_turn(c) == 0)
        return false;
    return (is_fresh || next_of_destination(c, now, d, &id)) && start_batch(c, into, d, false, id);
}

bool sender_advance(core *c, core_time now)
{
    sender_batch *building = sender_batch_in(c, SENDER_BUILDING);
    if (sender_batch_in(c, SENDER_SETTLING))
        return false; /* that is work enough for a tick */
    if (!building) {
        sender_batch *idle = sender_batch_in(c, SENDER_IDLE);
        const sender_batch *other = sender_batch_in(c, SENDER_IN_FLIGHT);
        if (!idle || now.elapsed_ms < c->sender.read_retry_at)
            return false;
        if (other ? !pick_beside(c, now, idle, other) : !pick(c, now, idle))
            return false;
        building = idle;
    }
    return build_step(c, now, building);
}
