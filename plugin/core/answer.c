/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/answer.c - judges the answer to an upload: what becomes of each report, and of the destination.
 *
 * Only a receipt that echoes company, till, register, number and hash counts as delivered, and only for the record
 * with that hash. Only a result of the cloud's own, for this very document, rejects. All else is sent again.
 */
#include <string.h>

#include "core/internal.h"
#include "core/sender.h"

#define ALONE_RETRY_MS BACKOFF_BUSY_CAP_MS /* of a report that is refused as a whole, without a result */

/* ---- the batch failed as a whole ---- */

static void note_failure(core *c, core_time now, const protocol_verdict *verdict)
{
    if (c->failing_since_ms == 0)
        c->failing_since_ms = now.wall_ms;
    c->last_failure = *verdict;
    core_log(c, POS_LOG_INFO, "upload failed: status %d, cause %d: %s", (int)verdict->status, (int)verdict->cause,
             verdict->detail);
}

/* Is it worth finding out whether one report of the batch is to blame? Not when nobody was reached, nor when the cloud
 * says itself that it is only a matter of time. */
static bool is_about_content(const protocol_verdict *verdict)
{
    if (verdict->status == 429 || verdict->retry_after_ms > 0)
        return false;
    switch (verdict->cause) {
    case CAUSE_OFFLINE:
        return verdict->net == NET_FAILED_TIMEOUT || verdict->net == NET_FAILED_CUT;
    case CAUSE_TLS:
    case CAUSE_CONFIG:
    case CAUSE_NOT_THE_CLOUD:
        return false;
    default:
        return true;
    }
}

static void fail_batch(core *c, core_time now, const sender_batch *b, const protocol_verdict *verdict)
{
    backoff *wait = &c->credentials[b->destination].backoff;
    bool reached_nobody = verdict->outcome == PROTOCOL_RETRY && verdict->cause != CAUSE_TOO_LARGE;
    bool busy = verdict->cause == CAUSE_BUSY || verdict->cause == CAUSE_THROTTLED;
    note_failure(c, now, verdict);
    if (reached_nobody || b->is_x)
        backoff_fail(wait, now.elapsed_ms, busy || b->is_x, verdict->retry_after_ms, core_random(c));
    if (b->is_x)
        c->sender.x_aside = (sender_aside){.id = (uint64_t)b->items[0].x_sequence, .retry_at = wait->retry_at};
    if (b->is_x || !is_about_content(verdict))
        return;
    if (b->count > 1) {
        c->sender.limit = b->count / 2;
        return;
    }
    int64_t wait_ms = reached_nobody ? backoff_wait_ms(wait, now.elapsed_ms) : ALONE_RETRY_MS;
    if (!sender_set_aside(c, b->items[0].id, now.elapsed_ms + wait_ms, true) && !reached_nobody)
        backoff_fail(wait, now.elapsed_ms, true, -1, core_random(c));
}

static void refuse_batch(core *c, core_time now, const sender_batch *b, const protocol_verdict *verdict)
{
    credential *access = &c->credentials[b->destination];
    switch (verdict->cause) {
    case CAUSE_UNAUTHORIZED:
        note_failure(c, now, verdict);
        access->hold = HOLD_LOG_IN;
        break;
    case CAUSE_STORE_REFUSED:
        note_failure(c, now, verdict);
        sender_hold_store(c, now, b->destination);
        break;
    case CAUSE_ENCODING:
        if (b->encodings != 0) {
            c->encodings_refused = true; /* at once again, uncompressed */
            break;
        }
        fail_batch(c, now, b, verdict);
        break;
    default:
        fail_batch(c, now, b, verdict);
    }
}

/* ---- one result ---- */

static bool is_echo(const core *c, const sender_batch *b, const sender_item *item, const protocol_result *result)
{
    return result->key.kind == (b->is_x ? POS_REPORT_X : POS_REPORT_Z) && result->key.z_number == item->z_number &&
           result->key.x_sequence == item->x_sequence && result->key.epoch == b->epoch &&
           strcmp(result->key.register_id, c->state.registers[b->reg].register_id) == 0 &&
           memcmp(result->sha256, item->sha256, sizeof item->sha256) == 0;
}

/* Does the receipt speak of this report? The epoch may differ: the same document counts once, in the epoch in which
 * the cloud had it first. The store is looked at by the caller. */
static bool receipt_fits(const core *c, const sender_batch *b, const sender_item *item, const protocol_result *result,
                         bool same_hash)
{
    const destination *d = &c->state.destinations[b->destination];
    const protocol_receipt *r = &result->receipt;
    return result->has_receipt && strcmp(r->company_id, d->company_id) == 0 && strcmp(r->till_id, d->till_id) == 0 &&
           r->key.kind == result->key.kind && r->key.z_number == item->z_number &&
           r->key.x_sequence == item->x_sequence && strcmp(r->key.register_id, result->key.register_id) == 0 &&
           (!same_hash || memcmp(r->sha256, item->sha256, sizeof item->sha256) == 0);
}

static sender_fate again(core *c, core_time now, const sender_batch *b, const sender_item *item, const char *why)
{
    backoff *wait = &c->credentials[b->destination].backoff;
    const sender_aside *aside = sender_find_aside(c, item->id);
    backoff own = {.failures = aside ? aside->attempts + 4 : 4};
    backoff_fail(&own, now.elapsed_ms, true, -1, core_random(c));
    if (b->is_x) {
        backoff_fail(wait, now.elapsed_ms, true, -1, core_random(c));
        c->sender.x_aside = (sender_aside){.id = (uint64_t)item->x_sequence, .retry_at = wait->retry_at};
    } else if (!sender_set_aside(c, item->id, own.retry_at, false) && backoff_wait_ms(wait, now.elapsed_ms) == 0) {
        backoff_fail(wait, now.elapsed_ms, true, -1, core_random(c));
    }
    core_log(c, POS_LOG_WARNING, "%c %lld will be sent again: %s", b->is_x ? 'X' : 'Z', (long long)item->z_number, why);
    return FATE_AGAIN;
}

static sender_fate judge(core *c, core_time now, const sender_batch *b, const sender_item *item,
                         const protocol_result *result)
{
    const destination *d = &c->state.destinations[b->destination];
    bool same_store = strcmp(result->receipt.store_id, d->store_id) == 0;
    switch (result->status) {
    case STATUS_DELIVERED:
        if (!receipt_fits(c, b, item, result, true))
            return again(c, now, b, item, "the receipt is for something else");
        return same_store || b->is_x ? FATE_DELIVERED : FATE_KEEP;
    case STATUS_CONFLICT:
        if (!receipt_fits(c, b, item, result, true) || b->is_x)
            return again(c, now, b, item, "the receipt is for something else");
        return FATE_KEEP;
    case STATUS_SUPERSEDED:
        if (b->is_x)
            return FATE_DELIVERED;
        /* The cloud holds another document of that number; a rebuilt one was only to fill a gap. */
        if (item->origin != POS_ORIGIN_REBUILT || !receipt_fits(c, b, item, result, false))
            return again(c, now, b, item, "superseded is no answer to an original Z");
        return FATE_DELIVERED;
    case STATUS_REJECTED:
        return b->is_x ? FATE_DELIVERED : FATE_KEEP;
    default:
        return again(c, now, b, item, result->problem_code);
    }
}

static bool results_are_ours(const core *c, const sender_batch *b, const protocol_results *results)
{
    if (results->count != b->count)
        return false;
    for (uint32_t i = 0; i < results->count; i++) {
        if (!is_echo(c, b, &b->items[i], &results->items[i]))
            return false;
    }
    return true;
}

static void take_results(core *c, core_time now, sender_batch *b, protocol_results *results)
{
    uint32_t settled = 0;
    core_forget_failure(c);
    c->sender.limit = c->sender.limit < PROTOCOL_BATCH_ITEMS_MAX / 2 ? c->sender.limit * 2 : PROTOCOL_BATCH_ITEMS_MAX;
    for (uint32_t i = 0; i < b->count; i++) {
        b->items[i].fate = b->items[i].stale ? FATE_AGAIN : judge(c, now, b, &b->items[i], &results->items[i]);
        settled += b->items[i].fate != FATE_AGAIN;
    }
    c->sender.flowing = settled == b->count && c->sender.limit == PROTOCOL_BATCH_ITEMS_MAX;
    if (settled > 0) /* a cloud that only says "later" to each is left alone more and more, too */
        backoff_succeed(&c->credentials[b->destination].backoff);
    b->results = *results;
    b->ledger_done = false;
    b->ledger_from = 0;
    b->phase = SENDER_SETTLING;
}

static sender_batch *batch_of(core *c, uint32_t ticket)
{
    for (uint32_t i = 0; i < SENDER_BATCHES; i++) {
        sender_batch *b = &c->sender.batches[i];
        if (b->phase == SENDER_IN_FLIGHT && b->ticket == ticket)
            return b;
    }
    return NULL;
}

bool answer_take_upload(core *c, core_time now, const net_answer *answer)
{
    sender_batch *b = batch_of(c, answer->ticket);
    if (!b)
        return false;
    protocol_verdict verdict;
    protocol_results results = {0};
    protocol_read_results(answer, &verdict, &results);
    if (verdict.outcome == PROTOCOL_DONE && !results_are_ours(c, b, &results)) {
        protocol_results_clear(&results);
        verdict.outcome = PROTOCOL_RETRY;
        verdict.cause = CAUSE_NOT_THE_CLOUD;
    }
    core_changed(c);
    if (verdict.outcome == PROTOCOL_DONE) {
        c->encodings_known = true; /* a cloud that says nothing of any takes none */
        take_results(c, now, b, &results);
        return true;
    }
    if (verdict.outcome == PROTOCOL_REFUSED)
        refuse_batch(c, now, b, &verdict);
    else
        fail_batch(c, now, b, &verdict);
    sender_finish(c, b);
    sender_abandon(c); /* what goes beside it would mostly fail the same way, and count twice */
    return true;
}
