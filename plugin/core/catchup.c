/* SPDX-License-Identifier: Apache-2.0 */
/* core/catchup.c - fetches from the host's history what the outbox lacks (core/catchup.h). */
#include "core/catchup.h"

#include "core/intake.h"
#include "core/internal.h"

#define PERIOD_MS      (INT64_C(60) * 60 * 1000)
#define RETRY_MS       (INT64_C(60) * 1000)
#define FAILURES_MAX   3    /* in a row: then it is not the one report */
#define NUMBERS_A_TICK 1024 /* five pages of the ledger at most: within a tick's read budget */

/* ---- what is lost again and again ---- */

static catchup_loss *find_loss(catchup *k, int64_t number)
{
    for (uint32_t i = 0; i < k->loss_count; i++) {
        if (k->losses[i].first <= number && number <= k->losses[i].last)
            return &k->losses[i];
    }
    return NULL;
}

static void note_loss(catchup *k, int64_t number)
{
    catchup_loss *loss = find_loss(k, number);
    if (!loss && k->loss_count < CATCHUP_LOSSES_MAX) {
        loss = &k->losses[k->loss_count++];
        loss->first = loss->last = number;
    } else if (!loss) {
        loss = &k->losses[CATCHUP_LOSSES_MAX - 1];
        loss->first = number < loss->first ? number : loss->first;
        loss->last = number > loss->last ? number : loss->last;
    }
    loss->times++;
    loss->rests_until = 0;
}

/* Lost for the first time: fetched at once. Then after a minute, two, four, up to an hour. */
static int64_t rest_ms(const catchup_loss *loss)
{
    int64_t wait = RETRY_MS;
    if (loss->times < 2)
        return 0;
    for (uint32_t i = 2; i < loss->times && wait < PERIOD_MS; i++)
        wait *= 2;
    return wait < PERIOD_MS ? wait : PERIOD_MS;
}

/* The walk passes it over, and comes back. */
static bool rests(catchup *k, core_time now, int64_t number)
{
    catchup_loss *loss = find_loss(k, number);
    if (!loss)
        return false;
    if (loss->rests_until == 0)
        loss->rests_until = now.elapsed_ms + rest_ms(loss);
    if (loss->rests_until <= now.elapsed_ms)
        return false;
    if (k->resting_at == 0)
        k->resting_at = number;
    if (k->wakes_at > loss->rests_until)
        k->wakes_at = loss->rests_until;
    return true;
}

/* ---- when ---- */

void catchup_open(core *c, core_time now)
{
    c->catchup.phase = CATCHUP_IDLE;
    c->catchup.check_at = now.elapsed_ms;
    c->catchup.epoch = c->outbox.epoch;
}

void catchup_lacks(core *c, int64_t number)
{
    note_loss(&c->catchup, number);
    if (c->catchup.complete_through >= number)
        c->catchup.complete_through = number - 1;
    c->catchup.check_at = 0;
    if (c->catchup.phase == CATCHUP_FORWARD && c->catchup.cursor > number)
        c->catchup.cursor = number;
}

int64_t catchup_wait_ms(const core *c, core_time now)
{
    int64_t wait = c->catchup.check_at - now.elapsed_ms;
    return !c->env.reports || c->catchup.waits ? INT64_MAX : wait > 0 ? wait : 0;
}

bool catchup_is_finding_epoch(const core *c, core_time now)
{
    const catchup *k = &c->catchup;
    return k->phase == CATCHUP_BACK || (k->phase == CATCHUP_IDLE && now.elapsed_ms >= k->check_at);
}

void catchup_count_anew(core *c)
{
    c->catchup.phase = CATCHUP_IDLE;
    c->catchup.check_at = 0;
    c->catchup.waits = false;
}

int32_t catchup_read_range(core *c, int64_t *first, int64_t *last)
{
    *first = *last = 0;
    return c->env.reports ? c->env.reports->closed_range(c->env.reports->ctx, first, last) : POS_E_NOT_FOUND;
}

int32_t catchup_read_closed(core *c, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    return c->env.reports->closed(c->env.reports->ctx, number, visitor, visitor_ctx);
}

/* ---- fetching one ---- */

typedef struct fetching {
    core *c;
    core_time now;
    int64_t number;
    outbox_entry entry;
    bool unusable;
} fetching;

static int32_t take_closed(void *ctx, const pos_report *in)
{
    fetching *f = ctx;
    pos_report report;
    const char *why = NULL;
    int32_t error = intake_read(in, POS_REPORT_Z, f->c->register_id, &report, &why);
    if (error == POS_E_MISUSE || report.z_number != f->number) {
        core_log(f->c, POS_LOG_MISUSE, "pos.reports/1 closed(%lld): %s", (long long)f->number,
                 error == POS_E_MISUSE ? why : "the report has another number");
        f->unusable = true;
        return POS_E_MISUSE;
    }
    bool too_large = error == POS_E_TOO_LARGE;
    f->entry = outbox_accept(f->c, f->now, &report, true, too_large, &error, &why);
    return f->entry == ENTRY_ERROR ? error : POS_OK;
}

fetched catchup_fetch(core *c, core_time now, int64_t number)
{
    fetching f = {.c = c, .now = now, .number = number};
    int32_t result = catchup_read_closed(c, number, take_closed, &f);
    /* What happened in the visitor decides: not every host passes its result on. */
    if (f.entry == ENTRY_NEW || f.entry == ENTRY_KNOWN)
        return f.entry == ENTRY_NEW ? FETCHED_NEW : FETCHED_KNOWN;
    if (f.entry == ENTRY_ERROR)
        return FETCHED_ERROR;
    if (f.unusable)
        return FETCHED_UNUSABLE;
    return result == POS_E_NOT_FOUND ? FETCHED_NOTHING : FETCHED_FAILED;
}

/* ---- walking ---- */

static void start_forward(core *c)
{
    catchup *k = &c->catchup;
    if (k->epoch != c->outbox.epoch) {
        k->epoch = c->outbox.epoch;
        k->complete_through = 0;
    }
    k->phase = CATCHUP_FORWARD;
    k->failed_at = k->unusable_at = k->resting_at = 0;
    k->wakes_at = INT64_MAX;
    k->failed_in_a_row = 0;
    k->taken = 0;
    k->left_so_far = 0;
    k->cursor = k->complete_through + 1 > k->first ? k->complete_through + 1 : k->first;
    if (resend_leaves_out(c, k->first))
        k->cursor = k->first; /* what is left out is counted anew */
}

static void start(core *c, core_time now)
{
    catchup *k = &c->catchup;
    k->check_at = now.elapsed_ms + PERIOD_MS;
    if (catchup_read_range(c, &k->first, &k->last) != POS_OK) {
        k->check_at = now.elapsed_ms + RETRY_MS;
        return;
    }
    if (k->last <= 0)
        return;
    if (k->first < 1)
        k->first = 1;
    if (k->last >= c->outbox.last_number) {
        start_forward(c);
        return;
    }
    k->phase = CATCHUP_BACK;
    k->cursor = k->last;
}

int64_t catchup_first_lacking(const catchup *k)
{
    bool rested = k->rested_at != 0 && (k->lacking_at == 0 || k->rested_at < k->lacking_at);
    return rested ? k->rested_at : k->lacking_at;
}

/* The owner is not told that all is there while the host keeps a close back. */
static void note_lacking(core *c)
{
    catchup *k = &c->catchup;
    bool unusable = k->unusable_at != 0 && (k->failed_at == 0 || k->unusable_at < k->failed_at);
    int64_t lacking = unusable ? k->unusable_at : k->failed_at;
    if (lacking != 0 && lacking != k->lacking_at)
        core_log(c, POS_LOG_WARNING, "pos.reports/1 does not give out Z %lld: it cannot be sent", (long long)lacking);
    if (lacking != k->lacking_at)
        core_changed(c);
    k->lacking_at = lacking;
}

static void pause_after_error(core *c, core_time now)
{
    if (c->catchup.phase == CATCHUP_FORWARD)
        note_lacking(c);
    c->catchup.phase = CATCHUP_IDLE;
    c->catchup.check_at = now.elapsed_ms + RETRY_MS;
}

static void finish(core *c, core_time now)
{
    catchup *k = &c->catchup;
    k->phase = CATCHUP_IDLE;
    k->left = k->left_so_far;
    note_lacking(c);
    k->rested_at = k->resting_at;
    k->complete_through = catchup_first_lacking(k) == 0 ? k->last : catchup_first_lacking(k) - 1;
    if (k->failed_at != 0)
        k->check_at = now.elapsed_ms + RETRY_MS;
    if (k->check_at > k->wakes_at)
        k->check_at = k->wakes_at;
    core_changed(c);
}

/* May one more be taken? If not, and there is a store, the cloud is asked what it has of all this. */
static bool has_room(core *c, core_time now)
{
    catchup *k = &c->catchup;
    k->waits = !outbox_has_room(c, c->state.current_slot);
    if ((k->waits || k->taken > OUTBOX_WINDOW) && k->phase == CATCHUP_FORWARD)
        resend_start_by_itself(c, now);
    return !k->waits;
}

/* The host counts again from below our last number. Where its report of a number is ours, the two agree from there on
 * down; where it is not, those are new closes, and outbox_accept() opens an epoch for them. */
static void step_back(core *c, core_time now)
{
    catchup *k = &c->catchup;
    if (!has_room(c, now))
        return;
    fetched got = k->cursor < k->first                                          ? FETCHED_KNOWN
                  : resend_leaves_out(c, k->cursor) || rests(k, now, k->cursor) ? FETCHED_NOTHING
                                                                                : catchup_fetch(c, now, k->cursor);
    if (got == FETCHED_ERROR || got == FETCHED_FAILED)
        pause_after_error(c, now);
    else if (got == FETCHED_KNOWN)
        start_forward(c);
    else
        k->cursor--;
}

/* Within the first epoch a number's presence tells that we have it. In a later one the number may be here from an
 * earlier epoch with other content: it is fetched, and outbox_accept() compares the bytes. */
static void step_forward(core *c, core_time now)
{
    catchup *k = &c->catchup;
    bool failed = false;
    for (int i = 0; i < NUMBERS_A_TICK && k->cursor <= k->last; i++) {
        if (outbox_has_number(c, c->outbox.epoch, k->cursor, &failed)) {
            k->cursor++;
            continue;
        }
        if (failed)
            break;
        if (resend_leaves_out(c, k->cursor)) {
            k->left_so_far++;
            k->cursor++;
            continue;
        }
        if (rests(k, now, k->cursor)) {
            k->cursor++;
            continue;
        }
        if (!has_room(c, now))
            return;
        fetched got = catchup_fetch(c, now, k->cursor);
        k->taken += got == FETCHED_NEW;
        if (got == FETCHED_UNUSABLE && k->unusable_at == 0)
            k->unusable_at = k->cursor;
        failed = got == FETCHED_ERROR;
        if (got == FETCHED_FAILED && k->failed_at == 0)
            k->failed_at = k->cursor; /* one report that the host cannot read does not stop the rest */
        k->failed_in_a_row = got == FETCHED_FAILED ? k->failed_in_a_row + 1 : 0;
        if (!failed)
            k->cursor++;
        break;
    }
    if (failed || k->failed_in_a_row >= FAILURES_MAX)
        pause_after_error(c, now);
    else if (k->cursor > k->last)
        finish(c, now);
}

bool catchup_tick(core *c, core_time now)
{
    catchup *k = &c->catchup;
    if (!c->env.reports)
        return false;
    if (k->phase == CATCHUP_IDLE) {
        if (now.elapsed_ms < k->check_at)
            return false;
        start(c, now);
        return k->phase != CATCHUP_IDLE;
    }
    k->waits = k->phase == CATCHUP_FORWARD && resend_reads_history(c);
    if (k->waits)
        return false;
    if (k->phase == CATCHUP_BACK)
        step_back(c, now);
    else
        step_forward(c, now);
    return (k->phase != CATCHUP_IDLE && !k->waits) || !vault_may_write(&c->vault);
}
