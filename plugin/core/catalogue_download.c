/* SPDX-License-Identifier: Apache-2.0 */
/* core/catalogue_download.c - from the question what the cloud has to the swap, and the way back (core/catalogue.h). */
#include <stdlib.h>
#include <string.h>

#include "core/catalogue_job.h"

/* ---- beginning ---- */

/* The till's own line "catalogue" says in which currency its amounts are. Without one, any will do. */
static int32_t read_local_currency(core *c)
{
    catalogue_job *job = c->catalogue->job;
    catalogue_line line;
    catalogue_cursor_begin(&job->compare.local, POS_CATALOGUE_LOCAL);
    int32_t result = catalogue_cursor_fill(&job->compare.local, c->env.catalogue);
    if (result != POS_OK || catalogue_cursor_is_empty(&job->compare.local))
        return result;
    catalogue_at at = catalogue_cursor_get(&job->compare.local);
    if (catalogue_line_read(at.text, at.bytes, &line) == CATALOGUE_FINE && line.kind == CATALOGUE_HEAD)
        memcpy(job->local_currency, line.currency, sizeof job->local_currency);
    return POS_OK;
}

/* What was taken from this store before, and is it still as it was? Then only what changed since is needed. */
static void look_at_taken(core *c, const pos_catalogue_state *till)
{
    catalogue_job *job = c->catalogue->job;
    const state_catalogue *kept = &c->state.catalogue;
    catalogue_tag tag;
    if (!catalogue_read_tag(till->tag, &tag) || strcmp(tag.store_id, job->store_id) != 0)
        return;
    job->own_revision = tag.revision;
    if (strcmp(till->tag, kept->taken_tag) == 0 && till->generation == kept->taken_generation)
        job->since = tag.revision;
}

bool core_catalogue_download(core *c, core_time now)
{
    catalogue *k = c->catalogue;
    pos_catalogue_state till;
    int32_t error;
    if (!k || !k->started || k->job || c->state.catalogue.upload_key[0])
        return false;
    catalogue_job *job = catalogue_begin_job(c, CATALOGUE_ASKING);
    if (!job)
        return true;
    if (!catalogue_read_state(c, &till, &error)) {
        catalogue_fail_host(c, now, error == POS_E_BUSY ? POS_E_FAILED : error, "");
        return true;
    }
    job->generation = till.generation;
    look_at_taken(c, &till);
    error = read_local_currency(c);
    if (error != POS_OK) {
        catalogue_fail_host(c, now, error == POS_E_BUSY ? POS_E_FAILED : error, "");
        return true;
    }
    catalogue_make_nonce(c, c->state.catalogue.download_nonce);
    c->state_dirty = true;
    return true;
}

void catalogue_download_discard(core *c)
{
    catalogue_job *job = c->catalogue->job;
    if (!job->staging)
        return;
    job->staging = false;
    if (c->env.catalogue->stage_discard(c->env.catalogue->ctx) != POS_OK)
        core_log(c, POS_LOG_WARNING, "configuration data: the till did not discard what was staged");
}

/* ---- what the cloud has ---- */

static bool is_empty(const protocol_catalogue *cloud)
{
    int64_t lines = 0;
    for (size_t kind = CATALOGUE_TAX; kind < CATALOGUE_KINDS; kind++)
        lines += cloud->counts[kind];
    return cloud->revision == 0 || cloud->lines == 0 || lines == 0;
}

static void take_info(core *c, core_time now, const net_answer *answer)
{
    catalogue *k = c->catalogue;
    catalogue_job *job = k->job;
    protocol_verdict verdict;
    protocol_catalogue told;
    protocol_read_catalogue(answer, &verdict, &told);
    if (!catalogue_judge(c, now, &verdict))
        return;
    if (told.unchanged) {
        catalogue_end_job(c, CATALOGUE_SAME);
        return;
    }
    bool backwards = told.revision < job->own_revision || told.revision < job->cloud.revision;
    job->cloud = told;
    k->v.total = job->since ? 0 : told.lines;
    if (is_empty(&told) && !backwards)
        catalogue_end_job(c, CATALOGUE_EMPTY);
    else if (backwards)
        catalogue_fail(c, CATALOGUE_FAIL_BACKWARDS);
    else if (job->since != 0 && told.revision == job->since)
        catalogue_end_job(c, CATALOGUE_SAME);
    else
        catalogue_load_again(c, job->since);
}

void catalogue_download_take(core *c, core_time now, net_answer *answer)
{
    if (c->catalogue->v.phase == CATALOGUE_ASKING)
        take_info(c, now, answer);
    else
        catalogue_stage_take(c, now, answer);
}

static void ask_info(core *c, core_time now)
{
    const catalogue_job *job = c->catalogue->job;
    const char *etag = job->since != 0 && job->cloud.revision == 0 ? c->state.catalogue.taken_etag : "";
    catalogue_submit(c, now, protocol_ask_catalogue(catalogue_token(c), job->store_id, etag));
}

static void ask_page(core *c, core_time now)
{
    const catalogue_job *job = c->catalogue->job;
    catalogue_submit(
        c, now,
        protocol_ask_catalogue_lines(catalogue_token(c), job->store_id, job->cloud.revision, job->since, job->after));
}

/* ---- comparing ---- */

void catalogue_begin_compare(core *c, uint64_t generation)
{
    catalogue_job *job = c->catalogue->job;
    job->generation = generation;
    job->compare.changes = job->since != 0;
    job->compare.check = &job->check;
    job->compare.removed = &job->removed;
    job->compare.preview = &job->preview;
    catalogue_compare_begin(&job->compare);
    c->catalogue->v.phase = CATALOGUE_COMPARING;
    c->catalogue->v.done = 0;
    core_changed(c);
}

/* The till's data are not those that were looked at: changes to them would not be what the cloud means. */
static void compare_again(core *c, uint64_t generation)
{
    catalogue_job *job = c->catalogue->job;
    if (c->catalogue->v.phase != CATALOGUE_COMPARING)
        c->catalogue->v.compared_again = true;
    if (!catalogue_restart(c))
        return;
    if (job->since == 0) {
        catalogue_begin_compare(c, generation);
        return;
    }
    job->generation = generation;
    catalogue_load_again(c, 0);
}

/* What the till would have is what the cloud has, or else the changes did not fit: then everything is downloaded. */
static bool fits_cloud(const catalogue_job *job)
{
    for (size_t kind = CATALOGUE_TAX; kind < CATALOGUE_KINDS; kind++) {
        if (job->preview.after[kind] != job->cloud.counts[kind])
            return false;
    }
    return job->compare.fault == CATALOGUE_FINE;
}

static void end_compare(core *c)
{
    catalogue_job *job = c->catalogue->job;
    if (job->since != 0 && !fits_cloud(job)) {
        core_log(c, POS_LOG_INFO, "configuration data: the changes do not fit, so everything is downloaded");
        catalogue_load_again(c, 0);
        c->catalogue->v.total = job->cloud.lines;
        return;
    }
    if (catalogue_preview_is_empty(&job->preview)) {
        upload_right_connect(&c->state.catalogue.right); /* it sells by the cloud's data from now on */
        c->state_dirty = true;
        catalogue_end_job(c, CATALOGUE_SAME);
        return;
    }
    c->catalogue->v.phase = CATALOGUE_PREVIEW;
    job->restarts = 0;
    core_changed(c);
}

/* The till's data as they are now. false: the job went another way. */
static bool look_at_till(core *c, core_time now, pos_catalogue_state *till)
{
    catalogue_job *job = c->catalogue->job;
    int32_t error;
    if (!catalogue_read_state(c, till, &error)) {
        catalogue_fail_host(c, now, error, "");
        return false;
    }
    if (till->staged_lines == 0) { /* the host lost it */
        if (catalogue_restart(c))
            catalogue_load_again(c, job->since);
        return false;
    }
    if (till->generation == job->generation)
        return true;
    compare_again(c, till->generation);
    return false;
}

static bool compare_step(core *c, core_time now)
{
    catalogue_job *job = c->catalogue->job;
    pos_catalogue_state till;
    bool done = false;
    if (!look_at_till(c, now, &till))
        return true;
    int32_t result = catalogue_compare_step(&job->compare, c->env.catalogue, &done);
    c->catalogue->v.done = job->compare.lines;
    c->catalogue->v.total = (int64_t)till.local_lines;
    if (result != POS_OK)
        catalogue_fail_host(c, now, result, "");
    else if (done)
        end_compare(c);
    return true;
}

/* ---- the swap ---- */

bool core_catalogue_accept(core *c, core_time now, uint32_t serial)
{
    catalogue *k = c->catalogue;
    pos_catalogue_state till;
    if (!k || !k->job || (k->v.phase != CATALOGUE_PREVIEW && k->v.phase != CATALOGUE_SECOND) ||
        serial != k->job->preview.serial)
        return false;
    if (!look_at_till(c, now, &till))
        return true;
    bool again = k->v.phase == CATALOGUE_PREVIEW && catalogue_preview_asks_again(&k->job->preview);
    k->v.phase = again ? CATALOGUE_SECOND : CATALOGUE_SWAPPING;
    k->v.compared_again = false;
    k->job->tag[0] = '\0';
    core_changed(c);
    return true;
}

static void note_taken(core *c, const char *tag)
{
    state_catalogue *kept = &c->state.catalogue;
    pos_catalogue_state till;
    int32_t error;
    upload_right_connect(&kept->right);
    memset(kept->taken_tag, 0, sizeof kept->taken_tag);
    if (catalogue_read_state(c, &till, &error) && strcmp(till.tag, tag) == 0) {
        memcpy(kept->taken_tag, tag, strlen(tag));
        kept->taken_generation = till.generation;
        memcpy(kept->taken_etag, c->catalogue->job->cloud.etag, sizeof kept->taken_etag);
    }
    c->state_dirty = true;
    c->catalogue->job->staging = false;
    catalogue_end_job(c, CATALOGUE_TAKEN);
}

static void swap(core *c, core_time now)
{
    catalogue_job *job = c->catalogue->job;
    const pos_catalogue *host = c->env.catalogue;
    pos_catalogue_state till;
    char reason[sizeof c->catalogue->v.host_reason] = "";
    int32_t error;
    int32_t result = host->swap(host->ctx, job->tag, reason, sizeof reason);
    reason[sizeof reason - 1] = '\0';
    bool unknown = result != POS_OK && result != POS_E_BUSY;
    if (result == POS_OK || (unknown && catalogue_read_state(c, &till, &error) && strcmp(till.tag, job->tag) == 0)) {
        core_log(c, POS_LOG_INFO, "configuration data: revision %lld is in place", (long long)job->cloud.revision);
        note_taken(c, job->tag);
        return;
    }
    c->catalogue->v.sale_open = result == POS_E_BUSY;
    catalogue_fail_host(c, now, result, reason);
}

/* Tried until no sale is open. The nonce is stored first: after a crash the tag tells what happened. */
static bool swap_step(core *c, core_time now)
{
    catalogue_job *job = c->catalogue->job;
    pos_catalogue_state till;
    if (c->state_dirty || !look_at_till(c, now, &till))
        return false;
    if (job->tag[0] == '\0') {
        catalogue_tag tag = {.revision = job->cloud.revision, .at_ms = now.wall_ms};
        memcpy(tag.store_id, job->store_id, sizeof tag.store_id);
        memcpy(tag.nonce, c->state.catalogue.download_nonce, sizeof tag.nonce);
        catalogue_write_tag(&tag, job->tag);
    }
    bool was_open = c->catalogue->v.sale_open;
    if (till.flags & POS_CATALOGUE_SALE_OPEN) {
        c->catalogue->v.sale_open = true;
        catalogue_fail_host(c, now, POS_E_BUSY, "");
    } else {
        swap(c, now);
    }
    if (was_open != c->catalogue->v.sale_open)
        core_changed(c);
    return false;
}

bool catalogue_download_step(core *c, core_time now)
{
    catalogue_job *job = c->catalogue->job;
    bool may_ask = job->ticket == 0 && backoff_wait_ms(&job->backoff, now.elapsed_ms) == 0;
    switch (c->catalogue->v.phase) {
    case CATALOGUE_ASKING:
        if (may_ask)
            ask_info(c, now);
        return false;
    case CATALOGUE_LOADING:
        if (may_ask && !job->next && !job->asked_all)
            ask_page(c, now); /* while the one before it is staged */
        return job->page && catalogue_stage_step(c, now);
    case CATALOGUE_COMPARING:
        return compare_step(c, now);
    case CATALOGUE_SWAPPING:
        return swap_step(c, now);
    default:
        return false;
    }
}

/* ---- back ---- */

bool core_catalogue_undo(core *c, core_time now)
{
    catalogue *k = c->catalogue;
    const pos_catalogue *host = c->env.catalogue;
    char reason[sizeof k->v.host_reason] = "", before[POS_CATALOGUE_TAG_MAX_BYTES + 1] = "";
    pos_catalogue_state till;
    int32_t error;
    if (!k || !k->started || k->job || c->state.catalogue.upload_key[0])
        return false;
    k->v = (core_catalogue_view){.phase = CATALOGUE_IDLE, .outcome = CATALOGUE_NOTHING, .failure = CATALOGUE_FAIL_NONE};
    if (catalogue_read_state(c, &till, &error))
        memcpy(before, till.tag, strnlen(till.tag, sizeof before - 1));
    int32_t result = host->undo(host->ctx, reason, sizeof reason);
    reason[sizeof reason - 1] = '\0';
    if (result == POS_E_IO && catalogue_read_state(c, &till, &error) && strcmp(before, till.tag) != 0)
        result = POS_OK; /* the outcome was unknown: the tag tells */
    if (result == POS_OK) {
        catalogue_end_job(c, CATALOGUE_UNDONE);
    } else if (result == POS_E_BUSY) {
        catalogue_fail(c, CATALOGUE_FAIL_SALE);
    } else if (result == POS_E_NOT_FOUND) {
        catalogue_fail(c, CATALOGUE_FAIL_NO_UNDO);
    } else {
        catalogue_fail_host(c, now, result, reason);
    }
    return true;
}

/* After a restart: did the swap that was begun happen, and is anything staged that nobody waits for? */
void catalogue_download_look_back(core *c, const pos_catalogue_state *till)
{
    state_catalogue *kept = &c->state.catalogue;
    catalogue_tag tag;
    bool ours = catalogue_read_tag(till->tag, &tag);
    if (ours && upload_right_connect(&kept->right))
        c->state_dirty = true;
    if (kept->download_nonce[0]) {
        bool swapped = ours && strcmp(tag.nonce, kept->download_nonce) == 0;
        c->catalogue->v.outcome = swapped ? CATALOGUE_TAKEN : CATALOGUE_INTERRUPTED;
        c->catalogue->v.cloud.revision = swapped ? tag.revision : 0;
        kept->download_nonce[0] = '\0';
        c->state_dirty = true;
    }
    if (till->staged_lines > 0 && c->env.catalogue->stage_discard(c->env.catalogue->ctx) != POS_OK)
        core_log(c, POS_LOG_WARNING, "configuration data: the till did not discard what was staged");
}
