/* SPDX-License-Identifier: Apache-2.0 */
/* core/catalogue_job.c - what downloads and uploads have in common (core/catalogue_job.h). */
#include "core/catalogue_job.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the store ---- */

const destination *catalogue_destination(const core *c)
{
    const destination *d = c->state.assigned ? state_slot_destination(&c->state, c->state.current_slot) : NULL;
    return d && c->credentials[d - c->state.destinations].token[0] ? d : NULL;
}

const char *catalogue_token(const core *c)
{
    const destination *d = catalogue_destination(c);
    return d ? c->credentials[d - c->state.destinations].token : "";
}

/* ---- beginning and ending ---- */

catalogue_job *catalogue_begin_job(core *c, core_catalogue_phase phase)
{
    catalogue *k = c->catalogue;
    const destination *d = catalogue_destination(c);
    k->v = (core_catalogue_view){.phase = CATALOGUE_IDLE, .outcome = CATALOGUE_NOTHING, .failure = CATALOGUE_FAIL_NONE};
    core_changed(c);
    if (!d) {
        catalogue_fail(c, CATALOGUE_FAIL_STORE);
        return NULL;
    }
    k->job = calloc(1, sizeof *k->job);
    if (!k->job) {
        catalogue_fail(c, CATALOGUE_FAIL_MEMORY);
        return NULL;
    }
    memcpy(k->job->store_id, d->store_id, sizeof k->job->store_id);
    k->job->decided = -1;
    k->job->removed.most = CATALOGUE_REMOVED_MAX;
    k->v.phase = phase;
    return k->job;
}

void catalogue_free_job(catalogue_job *job)
{
    catalogue_check_clear(&job->check);
    catalogue_keys_clear(&job->removed);
    catalogue_pages_free(job);
    free(job->out.bytes);
    free(job->sent.bytes);
    free(job);
}

void catalogue_end_job(core *c, core_catalogue_outcome outcome)
{
    catalogue *k = c->catalogue;
    catalogue_job *job = k->job;
    k->v.phase = CATALOGUE_IDLE;
    k->v.outcome = outcome;
    k->v.verdict = (protocol_verdict){.outcome = PROTOCOL_DONE, .cause = CAUSE_NONE};
    if (job) {
        k->v.cloud = job->cloud;
        k->v.unknown = job->check.unknown;
        memcpy(k->v.unknown_kind, job->check.unknown_kind, sizeof k->v.unknown_kind);
        catalogue_withdraw(c);
        catalogue_download_discard(c);
        catalogue_free_job(job);
    }
    k->job = NULL;
    if (c->state.catalogue.download_nonce[0]) {
        c->state.catalogue.download_nonce[0] = '\0';
        c->state_dirty = true;
    }
    core_changed(c);
}

void catalogue_fail(core *c, core_catalogue_failure failure)
{
    protocol_verdict verdict = c->catalogue->v.verdict;
    if (c->state.catalogue.upload_key[0])
        catalogue_upload_forget(c, true);
    catalogue_end_job(c, CATALOGUE_FAILED);
    c->catalogue->v.failure = failure;
    c->catalogue->v.verdict = verdict;
    core_log(c, POS_LOG_WARNING, "configuration data: given up, reason %d (%s)", (int)failure, verdict.detail);
}

void catalogue_fail_line(core *c, core_catalogue_failure failure, catalogue_fault fault, const catalogue_line *line,
                         int64_t number, const char *member)
{
    core_catalogue_line *bad = &c->catalogue->v.line;
    *bad = (core_catalogue_line){.fault = fault, .kind = line->kind, .number = number};
    memcpy(bad->id, line->id, sizeof bad->id);
    memcpy(bad->name, line->name, sizeof bad->name);
    if (member)
        (void)snprintf(bad->member, sizeof bad->member, "%s", member);
    catalogue_fail(c, failure);
}

void catalogue_fail_host(core *c, core_time now, int32_t code, const char *reason)
{
    catalogue *k = c->catalogue;
    if (code == POS_E_BUSY && k->job) {
        k->job->host_wait_until = now.elapsed_ms + CATALOGUE_HOST_WAIT_MS;
        return;
    }
    k->v.host_code = code;
    (void)snprintf(k->v.host_reason, sizeof k->v.host_reason, "%s", reason);
    catalogue_fail(c, CATALOGUE_FAIL_HOST);
}

bool catalogue_restart(core *c)
{
    if (++c->catalogue->job->restarts <= CATALOGUE_RESTARTS_MAX)
        return true;
    catalogue_fail(c, CATALOGUE_FAIL_RESTLESS);
    return false;
}

bool catalogue_read_state(core *c, pos_catalogue_state *till, int32_t *error)
{
    *till = (pos_catalogue_state){.struct_size = sizeof *till};
    *error = c->env.catalogue->state(c->env.catalogue->ctx, till);
    if (!till->tag)
        till->tag = "";
    return *error == POS_OK;
}

/* ---- the cloud ---- */

static void try_later(core *c, core_time now, const protocol_verdict *verdict)
{
    catalogue *k = c->catalogue;
    bool busy = verdict->cause == CAUSE_BUSY || verdict->cause == CAUSE_THROTTLED;
    backoff_fail(&k->job->backoff, now.elapsed_ms, busy, verdict->retry_after_ms, core_random(c));
    k->v.verdict = *verdict;
    core_changed(c);
}

void catalogue_submit(core *c, core_time now, net_request *request)
{
    catalogue_job *job = c->catalogue->job;
    static const protocol_verdict no_memory = {
        .outcome = PROTOCOL_RETRY, .cause = CAUSE_OFFLINE, .net = NET_FAILED_MEMORY, .retry_after_ms = -1};
    job->ticket = request ? c->env.net->submit(c->env.net, request) : 0;
    job->asked_at = now.elapsed_ms;
    if (job->ticket == 0)
        try_later(c, now, &no_memory);
}

void catalogue_withdraw(core *c)
{
    catalogue_job *job = c->catalogue->job;
    if (job->ticket != 0)
        c->env.net->cancel(c->env.net, job->ticket);
    job->ticket = 0;
}

bool catalogue_judge(core *c, core_time now, const protocol_verdict *verdict)
{
    catalogue *k = c->catalogue;
    if (verdict->outcome == PROTOCOL_DONE) {
        backoff_succeed(&k->job->backoff);
        k->v.verdict = *verdict;
        return true;
    }
    if (verdict->outcome == PROTOCOL_RETRY && verdict->net != NET_FAILED_TOO_LARGE) {
        try_later(c, now, verdict);
        return false;
    }
    k->v.verdict = *verdict;
    catalogue_fail(c, verdict->outcome == PROTOCOL_RETRY ? CATALOGUE_FAIL_PAGE : CATALOGUE_FAIL_CLOUD);
    return false;
}

/* ---- the tag ---- */

void catalogue_make_nonce(core *c, char nonce[STATE_NONCE_LEN + 1])
{
    uint8_t bytes[STATE_NONCE_LEN / 2];
    c->env.random(bytes, sizeof bytes);
    sodium_bin2hex(nonce, STATE_NONCE_LEN + 1, bytes, sizeof bytes);
}

void catalogue_write_tag(const catalogue_tag *tag, char text[POS_CATALOGUE_TAG_MAX_BYTES + 1])
{
    (void)snprintf(text, POS_CATALOGUE_TAG_MAX_BYTES + 1, "fc1/%s/%" PRId64 "/%" PRId64 "/%s", tag->store_id,
                   tag->revision, tag->at_ms, tag->nonce);
}

/* Width of %[: PROTOCOL_ID_MAX and STATE_NONCE_LEN. */
bool catalogue_read_tag(const char *text, catalogue_tag *tag)
{
    _Static_assert(PROTOCOL_ID_MAX == 64 && STATE_NONCE_LEN == 16, "the widths below");
    memset(tag, 0, sizeof *tag);
    return sscanf(text, "fc1/%64[^/]/%" SCNd64 "/%" SCNd64 "/%16[0-9a-f]", tag->store_id, &tag->revision, &tag->at_ms,
                  tag->nonce) == 4;
}
