/* SPDX-License-Identifier: Apache-2.0 */
/* core/catalogue.c - whose turn it is with configuration data, and what the screens see of it (core/catalogue.h). */
#include "core/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "core/catalogue_job.h"

#define LICENCE_EVERY_MS INT64_C(60000)
#define GIVE_UP_TRIES    5u

bool catalogue_open(core *c)
{
    if (!c->env.catalogue)
        return true;
    c->catalogue = calloc(1, sizeof *c->catalogue);
    if (!c->catalogue)
        return false;
    c->catalogue->v =
        (core_catalogue_view){.phase = CATALOGUE_IDLE, .outcome = CATALOGUE_NOTHING, .failure = CATALOGUE_FAIL_NONE};
    return true;
}

/* The process ends, cleanly or not: what is to go on is in the state record. */
void catalogue_close(core *c)
{
    catalogue_job *job = c->catalogue ? c->catalogue->job : NULL;
    if (job)
        catalogue_free_job(job);
    free(c->catalogue);
    c->catalogue = NULL;
}

/* ---- the permission ---- */

static void look_at_licence(core *c)
{
    const pos_licence *licence = c->env.licence;
    int32_t answer = licence ? licence->property(licence->ctx, POS_LICENCE_CATALOGUE_UPLOAD) : 0;
    if (!upload_right_see_licence(&c->state.catalogue.right, answer))
        return;
    c->state_dirty = true;
    core_changed(c);
}

static bool may_upload(const core *c)
{
    const pos_setup *setup = c->env.setup;
    bool finished = setup ? setup->wizard_finished(setup->ctx) == 1 : true;
    return upload_right_allows(&c->state.catalogue.right, finished);
}

/* ---- an upload that was cancelled ---- */

static void tell_cancelled(core *c, core_time now)
{
    catalogue *k = c->catalogue;
    const destination *d = catalogue_destination(c);
    if (!k->giving_up.upload_id[0] || k->giving_up.ticket != 0 ||
        backoff_wait_ms(&k->giving_up.backoff, now.elapsed_ms) > 0)
        return;
    bool reachable = d && strcmp(d->store_id, k->giving_up.store_id) == 0;
    if (!reachable || k->giving_up.tries++ == GIVE_UP_TRIES) {
        k->giving_up.upload_id[0] = '\0'; /* the cloud forgets it by itself after a while */
        return;
    }
    net_request *request =
        protocol_cancel_catalogue_upload(catalogue_token(c), k->giving_up.store_id, k->giving_up.upload_id);
    k->giving_up.ticket = request ? c->env.net->submit(c->env.net, request) : 0;
}

static void take_cancelled(core *c, core_time now, const net_answer *answer)
{
    catalogue *k = c->catalogue;
    protocol_verdict verdict;
    k->giving_up.ticket = 0;
    protocol_read_catalogue_cancelled(answer, &verdict);
    if (verdict.outcome == PROTOCOL_RETRY)
        backoff_fail(&k->giving_up.backoff, now.elapsed_ms, true, verdict.retry_after_ms, core_random(c));
    else
        k->giving_up.upload_id[0] = '\0';
}

/* ---- a tick ---- */

static bool is_upload(core_catalogue_phase phase)
{
    return phase >= CATALOGUE_CHECKING;
}

/* The job belongs to a store; without it, or without its permission, it ends. */
static bool has_lost_store(const core *c)
{
    const destination *d = catalogue_destination(c);
    return !d || strcmp(d->store_id, c->catalogue->job->store_id) != 0;
}

static bool step_job(core *c, core_time now)
{
    catalogue *k = c->catalogue;
    if (k->v.phase != CATALOGUE_ENDING && has_lost_store(c)) {
        catalogue_fail(c, CATALOGUE_FAIL_STORE);
        return false;
    }
    if (k->job->host_wait_until > now.elapsed_ms)
        return false;
    return is_upload(k->v.phase) ? catalogue_upload_step(c, now) : catalogue_download_step(c, now);
}

/* What the screens show of the till's data, while nothing else is read. */
static bool count_step(core *c)
{
    catalogue *k = c->catalogue;
    pos_catalogue_state till;
    int32_t error;
    if (!k->count_wanted || !catalogue_read_state(c, &till, &error))
        return false;
    if (!k->counting || k->counted_generation != till.generation) {
        memset(&k->counter, 0, sizeof k->counter);
        k->counted_generation = till.generation;
        k->counting = true;
    }
    if (catalogue_count_page(&k->counter, c->env.catalogue) != POS_OK) {
        k->counting = false;
        k->count_wanted = false;
        return false;
    }
    k->count_wanted = !k->counter.ended;
    if (k->counter.ended)
        core_changed(c);
    return k->count_wanted;
}

/* The host is asked only once it runs, never while the plugin starts. */
static void look_back(core *c, core_time now)
{
    pos_catalogue_state till;
    int32_t error;
    if (!catalogue_read_state(c, &till, &error))
        return;
    c->catalogue->started = true;
    catalogue_download_look_back(c, &till);
    catalogue_upload_look_back(c, now);
    core_changed(c);
}

bool catalogue_tick(core *c, core_time now)
{
    catalogue *k = c->catalogue;
    if (!k)
        return false;
    if (now.elapsed_ms >= k->look_at) {
        k->look_at = now.elapsed_ms + LICENCE_EVERY_MS;
        look_at_licence(c);
    }
    if (!k->started)
        look_back(c, now);
    tell_cancelled(c, now);
    bool more = k->job ? step_job(c, now) : count_step(c);
    return more || (c->state_dirty && c->write_retry_at <= now.elapsed_ms); /* to be stored at once */
}

bool catalogue_take_answer(core *c, core_time now, net_answer *answer)
{
    catalogue *k = c->catalogue;
    if (!k)
        return false;
    if (k->giving_up.ticket != 0 && answer->ticket == k->giving_up.ticket) {
        take_cancelled(c, now, answer);
        return true;
    }
    if (!k->job || k->job->ticket == 0 || answer->ticket != k->job->ticket)
        return false;
    k->job->ticket = 0;
    if (is_upload(k->v.phase))
        catalogue_upload_take(c, now, answer);
    else
        catalogue_download_take(c, now, answer);
    core_changed(c);
    return true;
}

int64_t catalogue_wait_ms(const core *c, core_time now)
{
    const catalogue *k = c->catalogue;
    if (!k)
        return -1;
    int64_t wait = k->look_at > now.elapsed_ms ? k->look_at - now.elapsed_ms : 1;
    if (!k->started)
        return CATALOGUE_HOST_WAIT_MS;
    if (k->giving_up.ticket != 0)
        return CORE_ANSWER_WAIT_MS;
    if (k->giving_up.upload_id[0]) {
        int64_t next = backoff_wait_ms(&k->giving_up.backoff, now.elapsed_ms);
        wait = next < wait ? (next > 1 ? next : 1) : wait;
    }
    if (!k->job || k->v.phase == CATALOGUE_PREVIEW || k->v.phase == CATALOGUE_SECOND ||
        k->v.phase == CATALOGUE_DECIDING)
        return wait;
    if (k->job->ticket != 0)
        return core_answer_wait_ms(k->job->asked_at, now);
    int64_t next = backoff_wait_ms(&k->job->backoff, now.elapsed_ms);
    if (k->job->host_wait_until > now.elapsed_ms)
        next = k->job->host_wait_until - now.elapsed_ms;
    return next < wait ? (next > 1 ? next : 1) : wait;
}

void catalogue_try_now(core *c)
{
    if (c->catalogue && c->catalogue->job)
        backoff_skip(&c->catalogue->job->backoff);
}

/* ---- the owner ---- */

bool core_catalogue_cancel(core *c, core_time now)
{
    catalogue *k = c->catalogue;
    (void)now;
    if (!k || !k->job || k->v.phase == CATALOGUE_COMMITTING || k->v.phase == CATALOGUE_ENDING)
        return false;
    if (c->state.catalogue.upload_key[0])
        catalogue_upload_forget(c, true);
    catalogue_end_job(c, CATALOGUE_CANCELLED);
    return true;
}

void core_catalogue_dismiss(core *c)
{
    catalogue *k = c->catalogue;
    if (!k || k->job)
        return;
    k->v.outcome = CATALOGUE_NOTHING;
    k->v.failure = CATALOGUE_FAIL_NONE;
    core_changed(c);
}

static void view_till(core *c, core_catalogue_view *view)
{
    catalogue *k = c->catalogue;
    const destination *d = catalogue_destination(c);
    pos_catalogue_state till;
    catalogue_tag tag;
    int32_t error;
    if (!catalogue_read_state(c, &till, &error))
        return;
    view->local_lines = (int64_t)till.local_lines;
    view->can_undo = (till.flags & POS_CATALOGUE_CAN_UNDO) != 0;
    view->sale_open = (till.flags & POS_CATALOGUE_SALE_OPEN) != 0;
    view->local_counted = k->counting && k->counter.ended && k->counted_generation == till.generation;
    k->count_wanted = !view->local_counted;
    if (view->local_counted)
        memcpy(view->local_counts, k->counter.counts, sizeof view->local_counts);
    if (k->job && is_upload(k->v.phase) && k->v.phase != CATALOGUE_CHECKING) {
        memcpy(view->local_counts, k->job->check.counts, sizeof view->local_counts);
        view->local_counted = true;
    }
    if (!catalogue_read_tag(till.tag, &tag))
        return;
    view->taken_revision = tag.revision;
    view->taken_at_ms = tag.at_ms;
    view->taken_elsewhere = !d || strcmp(d->store_id, tag.store_id) != 0;
}

bool core_has_catalogue(const core *c)
{
    return c->catalogue != NULL;
}

void core_get_catalogue(core *c, core_time now, core_catalogue_view *view)
{
    catalogue *k = c->catalogue;
    memset(view, 0, sizeof *view);
    view->phase = CATALOGUE_IDLE;
    view->next_try_in_ms = -1;
    if (!k)
        return;
    look_at_licence(c);
    *view = k->v;
    view->available = true;
    view->next_try_in_ms = -1;
    view_till(c, view);
    view->may_upload = may_upload(c);
    const catalogue_job *job = k->job;
    if (!job)
        return;
    view->unknown = job->check.unknown;
    memcpy(view->unknown_kind, job->check.unknown_kind, sizeof view->unknown_kind);
    view->cloud = job->cloud;
    if (job->backoff.failures > 0 && job->ticket == 0)
        view->next_try_in_ms = backoff_wait_ms(&job->backoff, now.elapsed_ms);
    if (view->phase != CATALOGUE_PREVIEW && view->phase != CATALOGUE_SECOND)
        return;
    view->preview = &job->preview;
    view->asks_again = catalogue_preview_asks_again(&job->preview);
}
