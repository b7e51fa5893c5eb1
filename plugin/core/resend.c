/* SPDX-License-Identifier: Apache-2.0 */
/* core/resend.c - starts and ends "Resend all statistics", asks the cloud, and keeps the account of it (core/resend.h). */
#include "core/resend.h"

#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

#define PAGE_READ_BYTES 36000u /* a ledger page at most */

/* ---- start and end ---- */

static void reset(core *c)
{
    resend *r = &c->resend;
    if (r->ticket != 0)
        c->env.net->cancel(c->env.net, r->ticket);
    protocol_question_free(r->question);
    free(r->found);
    memset(r, 0, sizeof *r);
    r->phase = RESEND_IDLE;
    r->failure = (protocol_verdict){.outcome = PROTOCOL_DONE, .cause = CAUSE_NONE};
}

void resend_begin_anew(core *c)
{
    if (!c->state.resend.active)
        return;
    reset(c);
    c->state.resend.compared = 0;
    c->state.resend.gone = 0;
    c->catchup.check_at = 0; /* whether the host counts anew is found out first */
    ledger_compare_begin(c);
    core_changed(c);
}

void resend_open(core *c)
{
    c->resend.phase = RESEND_IDLE;
    c->resend.failure = (protocol_verdict){.outcome = PROTOCOL_DONE, .cause = CAUSE_NONE};
    if (c->state.resend.active && !c->state.assigned)
        c->state.resend.active = false;
    c->x.once = c->state.resend.active && !c->state.resend.automatic;
    resend_begin_anew(c);
}

void resend_close(core *c)
{
    protocol_question_free(c->resend.question);
    free(c->resend.found);
}

bool resend_is_connected(const core *c)
{
    const destination *d = state_slot_destination(&c->state, c->state.current_slot);
    return c->state.assigned && d && sender_hold_of(c, d) == HOLD_NONE;
}

static void start(core *c, core_time now, bool automatic)
{
    c->state.resend = (state_resend){.active = true, .automatic = automatic, .started_ms = now.wall_ms};
    c->state_dirty = true;
    resend_begin_anew(c);
    core_log(c, POS_LOG_INFO, "resend: %s", automatic ? "starts by itself" : "the owner asks for it");
}

void resend_start_by_itself(core *c, core_time now)
{
    if (!c->state.resend.active && resend_is_connected(c))
        start(c, now, true);
}

bool core_resend_can_start(const core *c)
{
    return resend_is_connected(c);
}

bool core_resend_is_running(const core *c)
{
    return c->state.resend.active;
}

bool core_resend_start(core *c, core_time now)
{
    state_resend before = c->state.resend;
    if (before.active || !resend_is_connected(c))
        return false;
    start(c, now, false);
    if (core_save_state(c) != POS_OK) {
        c->state.resend = before;
        reset(c);
        core_changed(c);
        return false;
    }
    c->x.once = true;
    return true;
}

void resend_end(core *c, core_time now, bool cancelled)
{
    state_resend *told = &c->state.resend;
    int64_t first = 0, last = 0;
    if (!told->active)
        return;
    bool unread = cancelled && c->resend.phase != RESEND_DRAIN && catchup_read_range(c, &first, &last) == POS_OK;
    reset(c);
    told->active = false;
    told->cancelled = cancelled;
    told->finished_ms = now.wall_ms;
    if (unread) {
        told->left_reg = c->outbox.reg;
        told->left_epoch = c->outbox.epoch;
        told->left_through = last;
    }
    catchup_count_anew(c);
    c->state_dirty = true;
    c->x.once = false;
    core_log(c, POS_LOG_INFO, "resend: %s, %u compared, %u sent, %u no longer here", cancelled ? "cancelled" : "done",
             told->compared, told->sent, told->gone);
    core_changed(c);
}

void core_resend_cancel(core *c, core_time now)
{
    if (!c->state.resend.active)
        return;
    if (c->resend.phase == RESEND_MEND && c->resend.grouped > 0) {
        c->resend.is_stopping = true; /* what is queued is still sent: the ledger must let go of it first */
        core_changed(c);
        return;
    }
    resend_end(c, now, true);
    core_save_state(c);
}

bool resend_leaves_out(const core *c, int64_t number)
{
    const state_resend *told = &c->state.resend;
    return !told->active && number <= told->left_through && told->left_reg == c->outbox.reg &&
           told->left_epoch == c->outbox.epoch;
}

/* ---- asking ---- */

bool resend_new_question(core *c, core_time now)
{
    resend *r = &c->resend;
    if (!r->question)
        r->question = protocol_question_new();
    if (!r->question)
        resend_pause(c, now, RESEND_RETRY_MS);
    return r->question != NULL;
}

void resend_drop_question(core *c)
{
    protocol_question_free(c->resend.question);
    c->resend.question = NULL;
    c->resend.is_ready = false;
}

void resend_start_asking(core *c)
{
    c->resend.is_ready = true;
}

void resend_pause(core *c, core_time now, int64_t wait_ms)
{
    c->resend.retry_at = now.elapsed_ms + wait_ms;
}

void resend_write_failed(core *c, core_time now)
{
    core_wait_to_write(c, now);
}

static int64_t asking_wait_ms(const core *c, core_time now)
{
    const credential *access = &c->credentials[c->resend.destination];
    int64_t own = backoff_wait_ms(&c->resend.backoff, now.elapsed_ms);
    int64_t of_destination = backoff_wait_ms(&access->backoff, now.elapsed_ms);
    return own > of_destination ? own : of_destination;
}

static void ask(core *c, core_time now)
{
    resend *r = &c->resend;
    const destination *d = &c->state.destinations[r->destination];
    if (sender_hold_of(c, d) != HOLD_NONE || asking_wait_ms(c, now) > 0)
        return;
    net_request *request = protocol_ask(r->question, c->credentials[r->destination].token, d->store_id, d->till_id);
    r->ticket = request ? c->env.net->submit(c->env.net, request) : 0;
    if (r->ticket == 0)
        backoff_fail(&r->backoff, now.elapsed_ms, false, -1, core_random(c));
}

/* The cloud said no to the question itself. What it says of the permission holds for the uploads, too; anything else
 * means that it does not compare (another vendor's, an older one): then everything is sent, for it is the cloud that knows
 * what it has. What began by itself is about what is not known here, and leaves the ledger alone. */
static void take_refusal(core *c, core_time now, const protocol_verdict *verdict)
{
    resend *r = &c->resend;
    if (verdict->cause == CAUSE_UNAUTHORIZED) {
        c->credentials[r->destination].hold = HOLD_LOG_IN;
        return;
    }
    if (verdict->cause == CAUSE_STORE_REFUSED && verdict->status == 403) {
        sender_hold_store(c, now, r->destination);
        return;
    }
    core_log(c, POS_LOG_ERROR, "resend: the cloud does not compare: %d %s %s", (int)verdict->status, verdict->code,
             verdict->detail);
    resend_drop_question(c);
    r->is_blind = true;
    if (r->phase == RESEND_SCAN || c->state.resend.automatic)
        history_compare_begin(c);
    else
        ledger_compare_refused(c);
}

bool resend_take_answer(core *c, core_time now, const net_answer *answer)
{
    resend *r = &c->resend;
    protocol_verdict verdict;
    protocol_comparison comparison;
    if (r->ticket == 0 || answer->ticket != r->ticket)
        return false;
    r->ticket = 0;
    protocol_read_comparison(answer, r->question, &verdict, &comparison);
    r->failure = verdict;
    core_changed(c);
    if (verdict.outcome == PROTOCOL_RETRY) {
        backoff_fail(&r->backoff, now.elapsed_ms, verdict.cause == CAUSE_BUSY, verdict.retry_after_ms, core_random(c));
        return true;
    }
    if (verdict.outcome == PROTOCOL_REFUSED) {
        take_refusal(c, now, &verdict);
        return true;
    }
    backoff_succeed(&r->backoff);
    resend_drop_question(c);
    if (r->phase == RESEND_SCAN)
        history_compare_take(c, &comparison);
    else
        ledger_compare_take(c, &comparison);
    protocol_comparison_clear(&comparison);
    return true;
}

/* ---- a tick ---- */

/* All that was queued is sent, or cannot be for now: what was set aside or is held has its own place on the screen. */
static bool is_drained(const core *c, core_time now)
{
    uint64_t id = 0;
    if (!sender_is_idle(c))
        return false;
    for (uint32_t slot = 0; slot < c->state.slot_count; slot++) {
        const destination *d = state_slot_destination(&c->state, slot);
        if (d && sender_hold_of(c, d) == HOLD_NONE &&
            sender_next_in_slot(c, now, slot, key_first(slot, 0, 0), false, &id))
            return false;
    }
    return true;
}

bool resend_write(core *c, core_time now)
{
    switch (c->resend.phase) {
    case RESEND_MEND:
        return mend_write(c, now);
    case RESEND_ENTER:
    case RESEND_FETCH:
        return history_compare_write(c, now);
    case RESEND_DRAIN:
        if (is_drained(c, now))
            resend_end(c, now, false);
        return false;
    default:
        return false;
    }
}

static bool is_reading(const resend *r)
{
    return r->phase == RESEND_ALL || r->phase == RESEND_BLOCKS || r->phase == RESEND_NUMBERS || r->phase == RESEND_SCAN;
}

bool resend_read(core *c, core_time now)
{
    resend *r = &c->resend;
    while (is_reading(r) && !r->is_ready && now.elapsed_ms >= r->retry_at) {
        if (vault_read_left(&c->vault) < PAGE_READ_BYTES)
            return true;
        bool more = r->phase == RESEND_SCAN ? history_compare_read(c, now) : ledger_compare_read(c, now);
        if (!more)
            break;
    }
    if (r->is_ready && r->ticket == 0)
        ask(c, now);
    /* In the next tick there is something to be written. */
    bool writes = r->phase == RESEND_MEND || r->phase == RESEND_ENTER || r->phase == RESEND_FETCH;
    return writes && !r->is_full && now.elapsed_ms >= r->retry_at && now.elapsed_ms >= c->write_retry_at;
}

int64_t resend_wait_ms(const core *c, core_time now)
{
    const resend *r = &c->resend;
    if (r->phase == RESEND_IDLE || r->ticket != 0)
        return INT64_MAX;
    if (r->is_ready && sender_hold_of(c, &c->state.destinations[r->destination]) != HOLD_NONE)
        return INT64_MAX;
    if (r->is_ready)
        return asking_wait_ms(c, now);
    return r->retry_at > now.elapsed_ms ? r->retry_at - now.elapsed_ms : is_reading(r) ? 0 : INT64_MAX;
}

/* ---- what others ask ---- */

bool resend_guards(const core *c, uint64_t id)
{
    const resend *r = &c->resend;
    report_key key = key_unpack(id);
    return r->phase == RESEND_MEND && key.reg == r->reg && key.epoch == r->epoch &&
           key.number / LEDGER_BLOCK == r->block && r->needs[key.number % LEDGER_BLOCK] == NEED_REMOVAL;
}

bool resend_reads_history(const core *c)
{
    resend_phase phase = c->resend.phase;
    return phase == RESEND_SCAN || phase == RESEND_ENTER || phase == RESEND_FETCH;
}

static core_resend_stage stage_of(const core *c)
{
    const state_resend *told = &c->state.resend;
    if (told->active)
        return c->resend.phase == RESEND_DRAIN ? RESEND_STAGE_SENDING : RESEND_STAGE_COMPARING;
    if (told->finished_ms == 0)
        return RESEND_STAGE_NEVER;
    return told->cancelled ? RESEND_STAGE_CANCELLED : RESEND_STAGE_DONE;
}

core_resend core_get_resend(const core *c, core_time now)
{
    const state_resend *told = &c->state.resend;
    const catchup *k = &c->catchup;
    int64_t wait = resend_wait_ms(c, now);
    int64_t total = k->last > 0 ? k->last - k->first + 1 : c->outbox.last_number;
    return (core_resend){
        .stage = stage_of(c),
        .automatic = told->automatic,
        .compared = told->compared,
        .total = total > (int64_t)told->compared && total <= UINT32_MAX ? (uint32_t)total : told->compared,
        .sent = told->sent + c->resend.grouped,
        .gone = told->gone,
        .left = told->active ? 0 : k->left,
        .started_ms = told->started_ms,
        .finished_ms = told->finished_ms,
        .failure = c->resend.failure,
        .next_try_in_ms = c->resend.is_ready && wait != INT64_MAX ? wait : -1,
        .takes_x = c->env.reports != NULL,
    };
}
