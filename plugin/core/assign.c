/* SPDX-License-Identifier: Apache-2.0 */
/* core/assign.c - registers the till with a store and makes it the destination of what is closed from now on. */
#include "core/assign.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

#define READ_RETRY_MS INT64_C(1000)

/* ---- start ---- */

static void read_token(core *c, uint32_t index)
{
    record_header header;
    uint8_t *token = NULL;
    credential *access = &c->credentials[index];
    vault_result result = vault_read(&c->vault, COLLECTION_SECRET, RECORD_TOKEN_ID + index, &header, &token);
    if (result == VAULT_OK && header.payload_bytes < sizeof access->token)
        memcpy(access->token, token, header.payload_bytes);
    if (result == VAULT_BAD)
        core_log(c, POS_LOG_WARNING, "the permission for a store cannot be read: log in and assign the store again");
    c->assign.unread[index] = result == VAULT_ERROR;
    if (token) {
        sodium_memzero(token, header.payload_bytes);
        free(token);
    }
}

void assign_open(core *c)
{
    c->assign.phase = ASSIGN_IDLE;
    for (uint32_t i = 0; i < DESTINATIONS_MAX; i++)
        c->credentials[i].hold = HOLD_NONE;
    for (uint32_t i = 0; i < c->state.destination_count; i++) {
        if (c->state.destinations[i].till_id[0])
            read_token(c, i);
    }
}

/* A till without them would hold all its reports, until somebody starts it anew. */
static void read_again(core *c, core_time now)
{
    assign *a = &c->assign;
    if (now.elapsed_ms < a->read_at)
        return;
    for (uint32_t i = 0; i < c->state.destination_count; i++) {
        if (!a->unread[i])
            continue;
        a->read_at = now.elapsed_ms + READ_RETRY_MS;
        if (c->credentials[i].token[0])
            a->unread[i] = false; /* another one was stored meanwhile */
        else
            read_token(c, i);
        core_changed(c);
    }
}

void assign_forget_unread(core *c)
{
    memset(c->assign.unread, 0, sizeof c->assign.unread);
}

static void reset(core *c)
{
    assign *a = &c->assign;
    if (a->answer)
        sodium_memzero(a->answer, sizeof *a->answer);
    free(a->answer);
    free(a->next);
    a->answer = NULL;
    a->next = NULL;
    a->renewal = 0;
    a->phase = ASSIGN_IDLE;
}

/* The end of it, told to whoever asked. */
static void finish(core *c, bool done, const protocol_verdict *verdict, bool storage_failed)
{
    bool renewal = c->assign.renewal != 0;
    reset(c);
    core_changed(c);
    if (renewal)
        core_log(c, POS_LOG_INFO, done ? "the store's permission is renewed" : "the permission was not renewed");
    else if (storage_failed)
        person_fail_storage(c);
    else
        person_end(c, done, verdict);
}

void assign_close(core *c)
{
    reset(c);
}

bool assign_is_writing(const core *c)
{
    return c->assign.phase == ASSIGN_PUT_TOKEN || c->assign.phase == ASSIGN_PUT_STATE;
}

/* ---- asking ---- */

static int32_t find_destination(const state *s, const char *store_id)
{
    for (uint32_t i = 0; i < s->destination_count; i++) {
        if (strcmp(s->destinations[i].store_id, store_id) == 0)
            return (int32_t)i;
    }
    return -1;
}

/* As which till this one is known in that store, or in another of the company: an id that was adopted once is this
 * till's in all of them, or else its history would count again under the other. */
static const char *own_till_id(const core *c, const char *company_id, int32_t index)
{
    const state *s = &c->state;
    if (index >= 0 && s->destinations[index].till_id[0])
        return s->destinations[index].till_id;
    for (uint32_t i = s->destination_count; i-- > 0;) {
        if (s->destinations[i].till_id[0] && strcmp(s->destinations[i].company_id, company_id) == 0)
            return s->destinations[i].till_id;
    }
    return c->device_id;
}

core_known core_known_tills(const core *c)
{
    return (core_known){c->assign.known, c->assign.known_count};
}

void assign_abandon_renewal(core *c)
{
    if (c->assign.renewal == 0)
        return;
    c->env.net->cancel(c->env.net, c->assign.renewal);
    reset(c);
}

bool core_assign(core *c, core_time now, const protocol_company *company, const protocol_store *store,
                 protocol_claim claim, const char *known_till_id)
{
    (void)now;
    assign *a = &c->assign;
    bool renewing = a->renewal != 0;
    if (person_is_busy(c) || (assign_is_writing(c) && !renewing))
        return false;
    /* A renewal can be given up at any point: at worst a token is stored that this one replaces. */
    assign_abandon_renewal(c);
    reset(c);
    int32_t index = find_destination(&c->state, store->store_id);
    const char *till_id = own_till_id(c, company->company_id, index);
    if (claim == CLAIM_SAME && known_till_id)
        till_id = known_till_id;
    destination wanted = {0};
    memcpy(wanted.company_id, company->company_id, sizeof wanted.company_id);
    memcpy(wanted.company_name, company->name, sizeof wanted.company_name);
    memcpy(wanted.store_id, store->store_id, sizeof wanted.store_id);
    memcpy(wanted.store_name, store->name, sizeof wanted.store_name);
    memcpy(wanted.till_id, till_id, strnlen(till_id, sizeof wanted.till_id - 1));
    a->wanted = wanted;
    a->claim = claim;
    a->phase = ASSIGN_ASKING;
    person_begin(c, REQUEST_ASSIGN);
    person_submit(
        c, protocol_register_till(c->session, wanted.store_id, wanted.till_id, c->register_id, c->device_name, claim));
    return true;
}

void assign_renew(core *c)
{
    assign *a = &c->assign;
    const destination *d = state_slot_destination(&c->state, c->state.current_slot);
    if (!c->state.assigned || !d || sender_hold_of(c, d) != HOLD_LOG_IN || a->phase != ASSIGN_IDLE || !d->till_id[0])
        return;
    a->wanted = *d;
    a->claim = CLAIM_FIRST;
    net_request *request =
        protocol_register_till(c->session, d->store_id, d->till_id, c->register_id, c->device_name, CLAIM_FIRST);
    a->renewal = request ? c->env.net->submit(c->env.net, request) : 0;
    if (a->renewal != 0)
        a->phase = ASSIGN_ASKING;
}

bool assign_take_renewal(core *c, core_time now, const net_answer *answer)
{
    if (c->assign.renewal == 0 || answer->ticket != c->assign.renewal)
        return false;
    assign_take_answer(c, now, answer);
    return true;
}

/* ---- the state to be ---- */

static int32_t place_destination(state *s, const destination *wanted)
{
    int32_t index = find_destination(s, wanted->store_id);
    if (index < 0) {
        if (s->destination_count == DESTINATIONS_MAX)
            return -1;
        index = (int32_t)s->destination_count++;
    }
    s->destinations[index] = *wanted;
    return index;
}

/* Reports that have no store yet get this one: the owner has confirmed it. What is accepted from now on goes to a slot
 * of this destination; one that stands for it already is used again. */
static bool place_slots(state *s, uint32_t index)
{
    int32_t own = -1;
    for (uint32_t slot = 0; slot < s->slot_count; slot++) {
        if (s->slots[slot] == SLOT_UNDECIDED)
            s->slots[slot] = (int16_t)index;
        if (s->slots[slot] == (int16_t)index && own < 0)
            own = (int32_t)slot;
    }
    if (own < 0) {
        if (s->slot_count > SLOT_MAX)
            return false;
        own = (int32_t)s->slot_count++;
        s->slots[own] = (int16_t)index;
    }
    s->current_slot = (uint32_t)own;
    s->assigned = true;
    return true;
}

/* Where the cloud stands with our register: after a wipe or an adoption it knows more than we do. */
static void place_floors(state *s, uint32_t reg, const protocol_till *till, bool adopted)
{
    state_register *r = &s->registers[reg];
    for (uint32_t i = 0; i < till->register_count; i++) {
        const protocol_register_state *known = &till->registers[i];
        if (strcmp(known->register_id, r->register_id) != 0 || known->epoch > EPOCH_MAX ||
            known->epoch < r->epoch_floor)
            continue;
        r->x_floor_z = known->last_x_z_number;
        r->x_floor_sequence = known->last_x_sequence;
        if (adopted) {
            r->z_floor = known->last_z_number;
            memcpy(r->z_floor_sha256, known->last_z_sha256, sizeof r->z_floor_sha256);
        } else if (known->epoch > r->epoch_floor) {
            r->z_floor = 0; /* it was meant in the epoch before */
        }
        r->epoch_floor = known->epoch;
    }
}

static bool prepare(core *c)
{
    assign *a = &c->assign;
    memcpy(a->wanted.currency, a->answer->store.currency, sizeof a->wanted.currency);
    a->next = malloc(sizeof *a->next);
    if (!a->next)
        return false;
    *a->next = c->state;
    int32_t index = place_destination(a->next, &a->wanted);
    if (index < 0 || !place_slots(a->next, (uint32_t)index))
        return false;
    a->index = (uint32_t)index;
    place_floors(a->next, c->outbox.reg, a->answer, a->claim == CLAIM_SAME);
    return true;
}

void assign_take_answer(core *c, core_time now, const net_answer *answer)
{
    assign *a = &c->assign;
    protocol_verdict verdict = {.outcome = PROTOCOL_RETRY, .cause = CAUSE_OFFLINE, .net = NET_FAILED_MEMORY};
    (void)now;
    a->known_count = 0;
    a->answer = calloc(1, sizeof *a->answer);
    if (a->answer)
        protocol_read_till(answer, &verdict, a->answer);
    if (verdict.outcome == PROTOCOL_REFUSED && verdict.cause == CAUSE_REGISTER_KNOWN) {
        a->known_count = a->answer->known_count;
        memcpy(a->known, a->answer->known, sizeof a->known);
    }
    if (verdict.outcome == PROTOCOL_DONE && strcmp(a->answer->till_id, a->wanted.till_id) != 0)
        protocol_doubt(&verdict, "registered under another till id than asked for");
    if (verdict.outcome != PROTOCOL_DONE || !prepare(c)) {
        if (verdict.outcome == PROTOCOL_DONE)
            verdict = (protocol_verdict){.outcome = PROTOCOL_REFUSED,
                                         .cause = CAUSE_OTHER,
                                         .code = "no-room",
                                         .detail = "no room for another store in this till's tables"};
        person_note_verdict(c, &verdict);
        finish(c, false, &verdict, false);
        return;
    }
    a->phase = ASSIGN_PUT_TOKEN;
}

/* ---- writing ---- */

static void put_token(core *c)
{
    assign *a = &c->assign;
    record_header header = {.kind = RECORD_SECRET, .payload_bytes = (uint32_t)strlen(a->answer->till_token)};
    if (vault_put(&c->vault, COLLECTION_SECRET, RECORD_TOKEN_ID + a->index, &header, a->answer->till_token) == POS_OK) {
        a->phase = ASSIGN_PUT_STATE;
        return;
    }
    finish(c, false, NULL, true);
}

/* What was changed elsewhere since the state to be was prepared. */
static void keep_changes(const state *from, state *to)
{
    to->x_enabled = from->x_enabled;
    to->welcome_seen = from->welcome_seen;
    to->create = from->create;
    to->resend = from->resend;
    to->catalogue = from->catalogue;
}

static void put_state(core *c, core_time now)
{
    assign *a = &c->assign;
    keep_changes(&c->state, a->next);
    if (a->renewal == 0)
        a->next->create.key[0] = '\0'; /* the owner has found what was created: the next one is another */
    if (state_save(&c->vault, a->next) != POS_OK) {
        c->state_dirty = true; /* what is stored is not known: our view goes out again */
        finish(c, false, NULL, true);
        return;
    }
    c->state = *a->next;
    c->state_dirty = false;
    c->outbox.nameless = false;
    credential *access = &c->credentials[a->index];
    memcpy(access->token, a->answer->till_token, sizeof access->token);
    access->hold = HOLD_NONE;
    access->backoff = (backoff){0};
    core_forget_failure(c); /* "log in again" is no longer what is to be done */
    uint32_t floor = c->state.registers[c->outbox.reg].epoch_floor;
    if (floor > c->outbox.epoch) {
        c->outbox.epoch = floor;
        c->outbox.last_number = 0;
        c->outbox.last_closed_at_ms = 0;
    }
    schedule_soon(&c->x.schedule, now.elapsed_ms);
    resend_begin_anew(c);
    core_log(c, POS_LOG_INFO, "assigned to store %s of company %s", c->state.destinations[a->index].store_id,
             c->state.destinations[a->index].company_id);
    finish(c, true, NULL, false);
}

bool assign_tick(core *c, core_time now)
{
    read_again(c, now);
    if (!assign_is_writing(c))
        return false;
    if (c->assign.phase == ASSIGN_PUT_TOKEN)
        put_token(c);
    else
        put_state(c, now);
    return true;
}

/* ---- what the screens read ---- */

const char *core_get_currency(const core *c)
{
    return c->currency;
}

core_assignment core_get_assignment(const core *c)
{
    core_assignment view = {
        .company_name = "", .store_name = "", .company_id = "", .store_id = "", .store_currency = ""};
    const destination *d = state_slot_destination(&c->state, c->state.current_slot);
    if (c->state.assigned && d) {
        view.assigned = true;
        view.company_name = d->company_name;
        view.store_name = d->store_name;
        view.company_id = d->company_id;
        view.store_id = d->store_id;
        view.store_currency = d->currency;
    }
    for (uint32_t slot = 0; slot < c->outbox.slot_bound; slot++) {
        if (!state_slot_destination(&c->state, slot))
            view.without_store += (uint32_t)idset_count_between(&c->outbox.waiting, key_first(slot, 0, 0),
                                                                key_last(slot, REGISTERS_MAX, EPOCH_MAX));
    }
    return view;
}
