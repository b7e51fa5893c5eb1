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

static void fail_batch(core *c, core_time now, const protocol_verdict *verdict)
{
    sender *s = &c->sender;
    backoff *b = &c->credentials[s->destination].backoff;
    bool reached_nobody = verdict->outcome == PROTOCOL_RETRY && verdict->cause != CAUSE_TOO_LARGE;
    bool busy = verdict->cause == CAUSE_BUSY || verdict->cause == CAUSE_THROTTLED;
    note_failure(c, now, verdict);
    if (reached_nobody || s->is_x)
        backoff_fail(b, now.elapsed_ms, busy || s->is_x, verdict->retry_after_ms, core_random(c));
    if (s->is_x)
        s->x_aside = (sender_aside){.id = (uint64_t)s->items[0].x_sequence, .retry_at = b->retry_at};
    if (s->is_x || !is_about_content(verdict))
        return;
    if (s->count > 1) {
        s->limit = s->count / 2;
        return;
    }
    int64_t wait = reached_nobody ? backoff_wait_ms(b, now.elapsed_ms) : ALONE_RETRY_MS;
    if (!sender_set_aside(c, s->items[0].id, now.elapsed_ms + wait, true) && !reached_nobody)
        backoff_fail(b, now.elapsed_ms, true, -1, core_random(c));
}

static void refuse_batch(core *c, core_time now, const protocol_verdict *verdict)
{
    credential *access = &c->credentials[c->sender.destination];
    switch (verdict->cause) {
    case CAUSE_UNAUTHORIZED:
        note_failure(c, now, verdict);
        access->hold = HOLD_LOG_IN;
        break;
    case CAUSE_STORE_REFUSED:
        note_failure(c, now, verdict);
        sender_hold_store(c, now, c->sender.destination);
        break;
    case CAUSE_ENCODING:
        if (c->sender.encodings != 0) {
            c->encodings_refused = true; /* at once again, uncompressed */
            break;
        }
        fail_batch(c, now, verdict);
        break;
    default:
        fail_batch(c, now, verdict);
    }
}

/* ---- one result ---- */

static bool is_echo(const core *c, const sender_item *item, const protocol_result *result)
{
    const sender *s = &c->sender;
    return result->key.kind == (s->is_x ? POS_REPORT_X : POS_REPORT_Z) && result->key.z_number == item->z_number &&
           result->key.x_sequence == item->x_sequence && result->key.epoch == s->epoch &&
           strcmp(result->key.register_id, c->state.registers[s->reg].register_id) == 0 &&
           memcmp(result->sha256, item->sha256, sizeof item->sha256) == 0;
}

/* Does the receipt speak of this report? The epoch may differ: the same document counts once, in the epoch in which
 * the cloud had it first. The store is looked at by the caller. */
static bool receipt_fits(const core *c, const sender_item *item, const protocol_result *result, bool same_hash)
{
    const destination *d = &c->state.destinations[c->sender.destination];
    const protocol_receipt *r = &result->receipt;
    return result->has_receipt && strcmp(r->company_id, d->company_id) == 0 && strcmp(r->till_id, d->till_id) == 0 &&
           r->key.kind == result->key.kind && r->key.z_number == item->z_number &&
           r->key.x_sequence == item->x_sequence && strcmp(r->key.register_id, result->key.register_id) == 0 &&
           (!same_hash || memcmp(r->sha256, item->sha256, sizeof item->sha256) == 0);
}

static sender_fate again(core *c, core_time now, const sender_item *item, const char *why)
{
    backoff *b = &c->credentials[c->sender.destination].backoff;
    const sender_aside *aside = sender_find_aside(c, item->id);
    backoff own = {.failures = aside ? aside->attempts + 4 : 4};
    backoff_fail(&own, now.elapsed_ms, true, -1, core_random(c));
    if (c->sender.is_x) {
        backoff_fail(b, now.elapsed_ms, true, -1, core_random(c));
        c->sender.x_aside = (sender_aside){.id = (uint64_t)item->x_sequence, .retry_at = b->retry_at};
    } else if (!sender_set_aside(c, item->id, own.retry_at, false) && backoff_wait_ms(b, now.elapsed_ms) == 0) {
        backoff_fail(b, now.elapsed_ms, true, -1, core_random(c));
    }
    core_log(c, POS_LOG_WARNING, "%c %lld will be sent again: %s", c->sender.is_x ? 'X' : 'Z',
             (long long)item->z_number, why);
    return FATE_AGAIN;
}

static sender_fate judge(core *c, core_time now, const sender_item *item, const protocol_result *result)
{
    const destination *d = &c->state.destinations[c->sender.destination];
    bool same_store = strcmp(result->receipt.store_id, d->store_id) == 0;
    switch (result->status) {
    case STATUS_DELIVERED:
        if (!receipt_fits(c, item, result, true))
            return again(c, now, item, "the receipt is for something else");
        return same_store || c->sender.is_x ? FATE_DELIVERED : FATE_KEEP;
    case STATUS_CONFLICT:
        if (!receipt_fits(c, item, result, true) || c->sender.is_x)
            return again(c, now, item, "the receipt is for something else");
        return FATE_KEEP;
    case STATUS_SUPERSEDED:
        if (c->sender.is_x)
            return FATE_DELIVERED;
        /* The cloud holds another document of that number; a rebuilt one was only to fill a gap. */
        if (item->origin != POS_ORIGIN_REBUILT || !receipt_fits(c, item, result, false))
            return again(c, now, item, "superseded is no answer to an original Z");
        return FATE_DELIVERED;
    case STATUS_REJECTED:
        return c->sender.is_x ? FATE_DELIVERED : FATE_KEEP;
    default:
        return again(c, now, item, result->problem_code);
    }
}

static bool results_are_ours(const core *c, const protocol_results *results)
{
    if (results->count != c->sender.count)
        return false;
    for (uint32_t i = 0; i < results->count; i++) {
        if (!is_echo(c, &c->sender.items[i], &results->items[i]))
            return false;
    }
    return true;
}

static void take_results(core *c, core_time now, protocol_results *results)
{
    sender *s = &c->sender;
    uint32_t settled = 0;
    core_forget_failure(c);
    s->limit = s->limit < PROTOCOL_BATCH_ITEMS_MAX / 2 ? s->limit * 2 : PROTOCOL_BATCH_ITEMS_MAX;
    for (uint32_t i = 0; i < s->count; i++) {
        s->items[i].fate = s->items[i].stale ? FATE_AGAIN : judge(c, now, &s->items[i], &results->items[i]);
        settled += s->items[i].fate != FATE_AGAIN;
    }
    if (settled > 0) /* a cloud that only says "later" to each is left alone more and more, too */
        backoff_succeed(&c->credentials[s->destination].backoff);
    s->results = *results;
    s->ledger_done = false;
    s->ledger_from = 0;
    s->phase = SENDER_SETTLING;
}

void answer_take_upload(core *c, core_time now, const net_answer *answer)
{
    protocol_verdict verdict;
    protocol_results results = {0};
    protocol_read_results(answer, &verdict, &results);
    if (verdict.outcome == PROTOCOL_DONE && !results_are_ours(c, &results)) {
        protocol_results_clear(&results);
        verdict.outcome = PROTOCOL_RETRY;
        verdict.cause = CAUSE_NOT_THE_CLOUD;
    }
    core_changed(c);
    if (verdict.outcome == PROTOCOL_DONE) {
        c->encodings_known = true; /* a cloud that says nothing of any takes none */
        take_results(c, now, &results);
        return;
    }
    if (verdict.outcome == PROTOCOL_REFUSED)
        refuse_batch(c, now, &verdict);
    else
        fail_batch(c, now, &verdict);
    sender_finish(c);
}
