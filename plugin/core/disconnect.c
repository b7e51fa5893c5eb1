/* SPDX-License-Identifier: Apache-2.0 */
/* core/disconnect.c - wipes the credentials, durably, and tells the cloud (core/disconnect.h). */
#include "core/disconnect.h"

#include <sodium.h>
#include <string.h>

#include "core/account.h"
#include "core/internal.h"

#define TELL_MS INT64_C(10000)

void disconnect_open(core *c)
{
    c->disconnect.phase = DISCONNECT_IDLE;
}

bool disconnect_is_running(const core *c)
{
    return c->disconnect.phase != DISCONNECT_IDLE;
}

static void tell(core *c, net_request *request)
{
    disconnect *d = &c->disconnect;
    uint32_t ticket = request ? c->env.net->submit(c->env.net, request) : 0;
    if (ticket != 0 && d->told < sizeof d->tickets / sizeof d->tickets[0])
        d->tickets[d->told++] = ticket;
    else
        d->unheard = true;
}

/* The requests hold copies of the tokens; the net wipes them. */
static void tell_all(core *c)
{
    c->disconnect.told = 0;
    c->disconnect.unheard = false;
    for (uint32_t i = 0; i < c->state.destination_count; i++) {
        const destination *d = &c->state.destinations[i];
        if (c->credentials[i].token[0])
            tell(c, protocol_revoke_till_token(c->credentials[i].token, d->store_id, d->till_id));
    }
    if (c->session[0])
        tell(c, protocol_log_out(c->session));
}

bool core_disconnect(core *c, core_time now)
{
    if (person_is_busy(c) || assign_is_writing(c) || disconnect_is_running(c))
        return false;
    sender_abandon(c);
    resend_end(c, now, true);
    assign_abandon_renewal(c);
    assign_forget_unread(c);
    person_begin(c, REQUEST_DISCONNECT);
    tell_all(c);
    /* From here on this run cannot send, whatever the storage says to what follows. */
    sodium_memzero(c->session, sizeof c->session);
    for (uint32_t i = 0; i < DESTINATIONS_MAX; i++) {
        sodium_memzero(c->credentials[i].token, sizeof c->credentials[i].token);
        c->credentials[i].hold = HOLD_NONE;
    }
    c->session_ended = false;
    account_forget_unread(c);
    c->disconnect.phase = DISCONNECT_WIPE;
    c->disconnect.give_up_at = now.elapsed_ms + TELL_MS;
    return true;
}

/* Later closes wait for the next store: a slot that is undecided, an existing one if there is. */
static void leave_assignment(state *s)
{
    s->assigned = false;
    for (uint32_t slot = 0; slot < s->slot_count; slot++) {
        if (s->slots[slot] == SLOT_UNDECIDED) {
            s->current_slot = slot;
            return;
        }
    }
    if (s->slot_count <= SLOT_MAX) {
        s->slots[s->slot_count] = SLOT_UNDECIDED;
        s->current_slot = s->slot_count++;
    }
}

static void wipe(core *c, core_time now)
{
    uint64_t ids[DESTINATIONS_MAX + 1] = {RECORD_SESSION_ID};
    for (uint32_t i = 0; i < DESTINATIONS_MAX; i++)
        ids[i + 1] = RECORD_TOKEN_ID + i;
    if (vault_remove(&c->vault, COLLECTION_SECRET, ids, DESTINATIONS_MAX + 1) != POS_OK) {
        core_wait_to_write(c, now);
        return;
    }
    leave_assignment(&c->state);
    c->disconnect.phase = DISCONNECT_PUT_STATE;
}

/* What the cloud did not hear stays valid there: the owner should know, even if nothing here can use it. */
static void end(core *c)
{
    disconnect *d = &c->disconnect;
    protocol_verdict verdict = {.outcome = PROTOCOL_DONE};
    if (d->told > 0 || d->unheard)
        verdict = (protocol_verdict){.outcome = PROTOCOL_RETRY, .cause = CAUSE_OFFLINE};
    for (uint32_t i = 0; i < d->told; i++)
        c->env.net->cancel(c->env.net, d->tickets[i]);
    d->told = 0;
    d->phase = DISCONNECT_IDLE;
    core_log(c, POS_LOG_INFO, "disconnected; nothing is sent until the next log-in");
    person_end(c, true, &verdict);
}

bool disconnect_tick(core *c, core_time now)
{
    disconnect *d = &c->disconnect;
    switch (d->phase) {
    case DISCONNECT_WIPE:
        wipe(c, now);
        return true;
    case DISCONNECT_PUT_STATE:
        if (state_save(&c->vault, &c->state) == POS_OK) {
            c->state_dirty = false;
            c->outbox.nameless = false;
            d->phase = DISCONNECT_TELL;
        } else {
            core_wait_to_write(c, now);
        }
        return true;
    case DISCONNECT_TELL:
        if (d->told > 0 && now.elapsed_ms < d->give_up_at)
            return false;
        end(c);
        return false;
    default:
        return false;
    }
}

bool disconnect_take_answer(core *c, const net_answer *answer)
{
    disconnect *d = &c->disconnect;
    for (uint32_t i = 0; i < d->told; i++) {
        if (d->tickets[i] == answer->ticket) {
            protocol_verdict verdict; /* one that is refused is of no use already */
            protocol_judge(answer, NULL, &verdict);
            d->unheard |= verdict.outcome == PROTOCOL_RETRY;
            d->tickets[i] = d->tickets[--d->told];
            return true;
        }
    }
    return false;
}
