/* SPDX-License-Identifier: Apache-2.0 */
/* core/catalogue_upload.c - looks at what is here and there, asks the owner, begins and commits (core/catalogue.h). */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/catalogue_job.h"

/* ---- the upload of the state record ---- */

void catalogue_upload_forget(core *c, bool tell_cloud)
{
    state_catalogue *kept = &c->state.catalogue;
    catalogue *k = c->catalogue;
    if (tell_cloud && kept->upload_id[0]) {
        memset(&k->giving_up, 0, sizeof k->giving_up);
        memcpy(k->giving_up.store_id, kept->upload_store, sizeof k->giving_up.store_id);
        memcpy(k->giving_up.upload_id, kept->upload_id, sizeof k->giving_up.upload_id);
    }
    if (k->job)
        k->job->kept_known = false;
    kept->upload_key[0] = '\0';
    memset(kept->upload_store, 0, sizeof kept->upload_store);
    memset(kept->upload_id, 0, sizeof kept->upload_id);
    c->state_dirty = true;
}

static void store_upload(core *c, int64_t replaces)
{
    state_catalogue *kept = &c->state.catalogue;
    const catalogue_job *job = c->catalogue->job;
    uint8_t bytes[16];
    c->env.random(bytes, sizeof bytes);
    sodium_bin2hex(kept->upload_key, sizeof kept->upload_key, bytes, sizeof bytes);
    memcpy(kept->upload_store, job->store_id, sizeof kept->upload_store);
    memset(kept->upload_id, 0, sizeof kept->upload_id);
    kept->upload_generation = job->generation;
    kept->upload_lines = job->lines;
    kept->upload_replaces = replaces;
    c->state_dirty = true;
    c->catalogue->v.phase = CATALOGUE_PREPARING;
    core_changed(c);
}

/* ---- what is here ---- */

void catalogue_check_again(core *c)
{
    catalogue_job *job = c->catalogue->job;
    uint8_t random[16];
    catalogue_withdraw(c);
    c->env.random(random, sizeof random);
    catalogue_check_begin(&job->check, false, "", random);
    catalogue_cursor_begin(&job->compare.local, POS_CATALOGUE_LOCAL);
    c->catalogue->v.phase = CATALOGUE_CHECKING;
    c->catalogue->v.done = 0;
    core_changed(c);
}

static bool begin(core *c, core_time now)
{
    pos_catalogue_state till;
    int32_t error;
    catalogue_job *job = catalogue_begin_job(c, CATALOGUE_CHECKING);
    if (!job)
        return false;
    if (!catalogue_read_state(c, &till, &error)) {
        catalogue_fail_host(c, now, error == POS_E_BUSY ? POS_E_FAILED : error, "");
        return false;
    }
    job->generation = till.generation;
    c->catalogue->v.total = (int64_t)till.local_lines;
    catalogue_check_again(c);
    return true;
}

bool core_catalogue_upload(core *c, core_time now)
{
    core_catalogue_view view;
    core_get_catalogue(c, now, &view);
    if (!view.may_upload || c->catalogue->job || c->state.catalogue.upload_key[0])
        return false;
    (void)begin(c, now);
    return true;
}

/* One line of the till's. false: the job has ended. */
static bool check_line(core *c, const catalogue_at *at)
{
    catalogue_job *job = c->catalogue->job;
    catalogue_line line;
    catalogue_fault fault = catalogue_line_read(at->text, at->bytes, &line);
    const char *member = line.member;
    if (fault == CATALOGUE_FINE && line.kind != CATALOGUE_UNKNOWN && strcmp(line.key, at->key) != 0)
        fault = CATALOGUE_BAD_KEY;
    int64_t number = job->check.lines + 1;
    if (fault == CATALOGUE_FINE) {
        fault = catalogue_check_line(&job->check, &line);
        number = job->check.fault_line;
        member = job->check.fault_member;
    }
    if (fault == CATALOGUE_FINE)
        return true;
    catalogue_fail_line(c, CATALOGUE_FAIL_LOCAL_LINE, fault, &line, number, member);
    return false;
}

static void end_check(core *c)
{
    catalogue_job *job = c->catalogue->job;
    const state_catalogue *kept = &c->state.catalogue;
    catalogue_line none = {.kind = CATALOGUE_DEPARTMENT};
    catalogue_fault fault = catalogue_check_finish(&job->check);
    if (fault != CATALOGUE_FINE) {
        catalogue_fail_line(c, CATALOGUE_FAIL_LOCAL_LINE, fault, &none, job->check.fault_line, job->check.fault_member);
        return;
    }
    job->lines = job->check.lines - job->check.unknown;
    bool same = kept->upload_key[0] && kept->upload_generation == job->generation && kept->upload_lines == job->lines;
    if (kept->upload_key[0] && !same)
        catalogue_upload_forget(c, true);
    job->try_commit = same && job->resumed;
    c->catalogue->v.phase = same ? CATALOGUE_PREPARING : CATALOGUE_LOOKING;
    core_changed(c);
}

/* Did somebody change the till's data under the upload? Then it begins again. true: they are as they were. */
static bool is_unchanged(core *c, core_time now)
{
    catalogue_job *job = c->catalogue->job;
    pos_catalogue_state till;
    int32_t error;
    if (!catalogue_read_state(c, &till, &error)) {
        catalogue_fail_host(c, now, error, "");
        return false;
    }
    c->catalogue->v.total = (int64_t)till.local_lines;
    if (till.generation == job->generation)
        return true;
    job->generation = till.generation;
    if (!catalogue_restart(c))
        return false;
    if (c->state.catalogue.upload_key[0] && c->catalogue->v.phase != CATALOGUE_CHECKING)
        catalogue_upload_forget(c, true);
    catalogue_check_again(c);
    return false;
}

static bool check_step(core *c, core_time now)
{
    catalogue_cursor *r = &c->catalogue->job->compare.local;
    if (!is_unchanged(c, now))
        return c->catalogue->job && c->catalogue->job->host_wait_until <= now.elapsed_ms;
    if (catalogue_cursor_is_empty(r)) {
        int32_t result = catalogue_cursor_fill(r, c->env.catalogue);
        if (result != POS_OK) {
            catalogue_fail_host(c, now, result, "");
            return false;
        }
    }
    for (uint32_t i = 0; i < CATALOGUE_TICK_LINES && !catalogue_cursor_is_empty(r); i++, catalogue_cursor_next(r)) {
        catalogue_at at = catalogue_cursor_get(r);
        if (!check_line(c, &at))
            return false;
    }
    c->catalogue->v.done = c->catalogue->job->check.lines;
    core_changed(c);
    if (r->ended && catalogue_cursor_is_empty(r))
        end_check(c);
    return true;
}

/* ---- what is there ---- */

/* The cloud has data: the owner sees both counts. Not once more for what was agreed to already. */
static void look(core *c, const protocol_catalogue *cloud)
{
    catalogue_job *job = c->catalogue->job;
    job->cloud = *cloud;
    c->catalogue->v.cloud = *cloud;
    if (cloud->lines == 0 || job->decided == cloud->revision) {
        store_upload(c, cloud->revision);
        return;
    }
    c->catalogue->v.phase = CATALOGUE_DECIDING;
    core_changed(c);
}

static void take_info(core *c, core_time now, const net_answer *answer)
{
    protocol_verdict verdict;
    protocol_catalogue cloud;
    protocol_read_catalogue(answer, &verdict, &cloud);
    if (verdict.outcome == PROTOCOL_DONE && cloud.unchanged)
        protocol_doubt(&verdict, "304 to a question without an ETag");
    if (catalogue_judge(c, now, &verdict))
        look(c, &cloud);
}

bool core_catalogue_replace(core *c, core_time now, int64_t revision)
{
    catalogue *k = c->catalogue;
    (void)now;
    if (!k || k->v.phase != CATALOGUE_DECIDING || k->job->cloud.revision != revision)
        return false;
    k->job->decided = revision;
    store_upload(c, revision);
    return true;
}

bool core_catalogue_keep(core *c, core_time now)
{
    catalogue *k = c->catalogue;
    (void)now;
    if (!k || k->v.phase != CATALOGUE_DECIDING)
        return false;
    catalogue_end_job(c, CATALOGUE_KEPT);
    return true;
}

/* ---- beginning, or going on with what was begun ---- */

/* The cloud's upload is over or gone: what is here goes up in a new one. */
static void begin_anew(core *c, bool tell_cloud)
{
    catalogue_upload_forget(c, tell_cloud);
    if (!catalogue_restart(c))
        return;
    c->catalogue->job->try_commit = false;
    c->catalogue->v.phase = CATALOGUE_LOOKING;
    core_changed(c);
}

/* What a refusal means to the upload as a whole. true: it was taken care of. */
static bool take_refusal(core *c, const net_answer *answer, const protocol_verdict *verdict)
{
    protocol_catalogue cloud;
    catalogue_line none = {.kind = CATALOGUE_UNKNOWN};
    if (verdict->outcome != PROTOCOL_REFUSED)
        return false;
    backoff_succeed(&c->catalogue->job->backoff);
    if (verdict->cause == CAUSE_CATALOGUE_EXISTS && protocol_read_catalogue_exists(answer, &cloud)) {
        catalogue_upload_forget(c, true);
        if (catalogue_restart(c))
            look(c, &cloud);
        return true;
    }
    if (verdict->cause == CAUSE_CATALOGUE_INVALID) {
        int64_t number = protocol_read_catalogue_invalid(answer);
        c->catalogue->v.verdict = *verdict;
        catalogue_upload_forget(c, true);
        catalogue_fail_line(c, CATALOGUE_FAIL_LOCAL_LINE, CATALOGUE_FINE, &none, number, NULL);
        return true;
    }
    bool is_gone = verdict->cause == CAUSE_GONE || (verdict->status == 404 && c->state.catalogue.upload_id[0]);
    if (is_gone && c->catalogue->job->try_commit && c->catalogue->v.phase == CATALOGUE_PREPARING) {
        c->catalogue->v.phase = CATALOGUE_COMMITTING; /* it may be over because it was committed */
        core_changed(c);
        return true;
    }
    if (is_gone || (verdict->cause == CAUSE_INVALID && c->catalogue->v.phase != CATALOGUE_PREPARING)) {
        begin_anew(c, !is_gone);
        return true;
    }
    if (verdict->cause == CAUSE_ENCODING && !c->encodings_refused) {
        c->encodings_refused = true;
        return true;
    }
    return false;
}

/* Ends the upload of the state record together with the job, when the cloud refused it for good. */
static bool judge(core *c, core_time now, const net_answer *answer, const protocol_verdict *verdict)
{
    if (take_refusal(c, answer, verdict))
        return false;
    if (verdict->outcome == PROTOCOL_REFUSED)
        catalogue_upload_forget(c, true);
    return catalogue_judge(c, now, verdict);
}

static void prepare(core *c, core_time now)
{
    const state_catalogue *kept = &c->state.catalogue;
    const char *token = catalogue_token(c);
    if (c->state_dirty)
        return; /* the key, or the id, is not stored yet */
    if (c->catalogue->job->kept_known)
        catalogue_send_begin(c);
    else if (kept->upload_id[0])
        catalogue_submit(c, now, protocol_ask_catalogue_upload(token, kept->upload_store, kept->upload_id));
    else
        catalogue_submit(
            c, now,
            protocol_create_catalogue_upload(token, kept->upload_store, kept->upload_replaces, kept->upload_key));
}

static void take_upload(core *c, core_time now, const net_answer *answer)
{
    state_catalogue *kept = &c->state.catalogue;
    catalogue_job *job = c->catalogue->job;
    protocol_verdict verdict;
    protocol_catalogue_upload upload;
    protocol_read_catalogue_upload(answer, &verdict, &upload);
    if (!judge(c, now, answer, &verdict))
        return;
    if (strcmp(kept->upload_id, upload.upload_id) != 0) {
        memcpy(kept->upload_id, upload.upload_id, sizeof kept->upload_id);
        c->state_dirty = true;
    }
    job->kept_known = true;
    job->kept_pages = upload.next_page;
    job->kept_lines = upload.lines;
}

/* ---- committing ---- */

static void take_commit(core *c, core_time now, const net_answer *answer)
{
    catalogue *k = c->catalogue;
    protocol_verdict verdict;
    protocol_catalogue cloud;
    protocol_read_catalogue(answer, &verdict, &cloud);
    if (!judge(c, now, answer, &verdict))
        return;
    k->job->cloud = cloud;
    upload_right_use(&c->state.catalogue.right);
    catalogue_upload_forget(c, false);
    k->v.phase = CATALOGUE_ENDING;
    core_log(c, POS_LOG_INFO, "configuration data: uploaded as revision %lld", (long long)cloud.revision);
    core_changed(c);
}

static void commit(core *c, core_time now)
{
    const state_catalogue *kept = &c->state.catalogue;
    catalogue_submit(c, now,
                     protocol_commit_catalogue_upload(catalogue_token(c), kept->upload_store, kept->upload_id,
                                                      c->catalogue->job->lines));
}

/* ---- whose turn it is ---- */

void catalogue_upload_take(core *c, core_time now, net_answer *answer)
{
    protocol_verdict verdict;
    protocol_catalogue_upload upload;
    switch (c->catalogue->v.phase) {
    case CATALOGUE_LOOKING:
        take_info(c, now, answer);
        break;
    case CATALOGUE_PREPARING:
        take_upload(c, now, answer);
        break;
    case CATALOGUE_SENDING:
        protocol_read_catalogue_upload(answer, &verdict, &upload);
        if (judge(c, now, answer, &verdict))
            catalogue_send_took(c, &upload);
        break;
    default: /* CATALOGUE_COMMITTING: nothing else asks */
        take_commit(c, now, answer);
    }
}

bool catalogue_upload_step(core *c, core_time now)
{
    catalogue_job *job = c->catalogue->job;
    bool may_ask = job->ticket == 0 && backoff_wait_ms(&job->backoff, now.elapsed_ms) == 0;
    switch (c->catalogue->v.phase) {
    case CATALOGUE_CHECKING:
        return check_step(c, now);
    case CATALOGUE_LOOKING:
        if (may_ask)
            catalogue_submit(c, now, protocol_ask_catalogue(catalogue_token(c), job->store_id, ""));
        return false;
    case CATALOGUE_PREPARING:
        if (may_ask)
            prepare(c, now);
        return false;
    case CATALOGUE_SENDING:
        if ((job->ticket != 0 && job->out.whole) || !is_unchanged(c, now))
            return false;
        return catalogue_send_step(c, now, may_ask);
    case CATALOGUE_COMMITTING:
        if (may_ask)
            commit(c, now);
        return false;
    case CATALOGUE_ENDING:
        if (!c->state_dirty)
            catalogue_end_job(c, CATALOGUE_UPLOADED);
        return false;
    default:
        return false;
    }
}

/* After a restart: an upload that was begun goes on, if the till still reports to that store. */
void catalogue_upload_look_back(core *c, core_time now)
{
    const state_catalogue *kept = &c->state.catalogue;
    const destination *d = catalogue_destination(c);
    if (!kept->upload_key[0])
        return;
    if (!d || strcmp(d->store_id, kept->upload_store) != 0) {
        catalogue_upload_forget(c, false);
        return;
    }
    if (begin(c, now))
        c->catalogue->job->resumed = true;
}
