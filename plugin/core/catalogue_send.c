/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/catalogue_send.c - the pages of an upload: at most 1,000 lines or 256 KiB, cut in the same places whenever the same
 * data are read again. So after a cut or a restart the till's data are read up to the page that the cloud lacks. The
 * cloud takes pages one after the other; while one is on its way, the next one is read.
 */
#include <stdlib.h>
#include <string.h>

#include "core/catalogue_job.h"

void catalogue_send_begin(core *c)
{
    catalogue_job *job = c->catalogue->job;
    catalogue_cursor_begin(&job->compare.local, POS_CATALOGUE_LOCAL);
    job->out = (catalogue_out){.bytes = job->out.bytes};
    job->sent = (catalogue_out){.bytes = job->sent.bytes};
    c->catalogue->v.phase = CATALOGUE_SENDING;
    c->catalogue->v.done = job->kept_lines;
    core_changed(c);
}

/* What the cloud kept is not what was sent: found out in a new look at it. */
static void find_again(core *c)
{
    catalogue_job *job = c->catalogue->job;
    if (!catalogue_restart(c))
        return;
    job->kept_known = false;
    c->catalogue->v.phase = CATALOGUE_PREPARING;
    core_changed(c);
}

/* Lines of unknown kinds are left out: nobody could use them. Where the check has found none, it has read every line,
 * and by their generation the till's data are those of then. false: the job has ended. */
static bool is_wanted(core *c, const catalogue_at *at, bool *wanted)
{
    catalogue_line line;
    *wanted = true;
    if (c->catalogue->job->check.unknown == 0 && at->bytes <= POS_CATALOGUE_LINE_MAX_BYTES)
        return true;
    catalogue_fault fault = catalogue_line_read(at->text, at->bytes, &line);
    if (fault != CATALOGUE_FINE) {
        catalogue_upload_forget(c, true);
        catalogue_fail_line(c, CATALOGUE_FAIL_LOCAL_LINE, fault, &line, 0, line.member);
        return false;
    }
    *wanted = line.kind != CATALOGUE_UNKNOWN;
    return true;
}

/* Adds lines while they fit. */
static bool fill_page(core *c)
{
    catalogue_out *out = &c->catalogue->job->out;
    catalogue_cursor *r = &c->catalogue->job->compare.local;
    bool wanted;
    for (uint32_t i = 0; i < CATALOGUE_TICK_LINES && !catalogue_cursor_is_empty(r); i++, catalogue_cursor_next(r)) {
        catalogue_at at = catalogue_cursor_get(r);
        if (!is_wanted(c, &at, &wanted))
            return false;
        if (!wanted)
            continue;
        out->whole =
            out->lines == PROTOCOL_CATALOGUE_LINES_MAX || out->used + at.bytes + 1 > PROTOCOL_CATALOGUE_UP_BYTES;
        if (out->whole)
            return true;
        memcpy(out->bytes + out->used, at.text, at.bytes);
        out->bytes[out->used + at.bytes] = '\n';
        out->used += at.bytes + 1;
        out->lines++;
    }
    out->whole = catalogue_cursor_is_empty(r) && r->ended;
    return true;
}

static bool read_on(core *c, core_time now)
{
    catalogue_job *job = c->catalogue->job;
    catalogue_cursor *r = &job->compare.local;
    if (!job->out.bytes)
        job->out.bytes = malloc(PROTOCOL_CATALOGUE_UP_BYTES);
    if (!job->out.bytes) {
        catalogue_fail(c, CATALOGUE_FAIL_MEMORY);
        return false;
    }
    if (catalogue_cursor_is_empty(r) && !r->ended) {
        int32_t result = catalogue_cursor_fill(r, c->env.catalogue);
        if (result != POS_OK) {
            catalogue_fail_host(c, now, result, "");
            return false;
        }
    }
    return fill_page(c);
}

/* An empty page behind the one at hand, in the room of one that is not needed any more. */
static void next_page(catalogue_job *job)
{
    catalogue_out done = job->out;
    job->out = (catalogue_out){.bytes = job->sent.bytes, .number = done.number + 1, .before = done.before + done.lines};
    job->sent = done;
}

static void send_page(core *c, core_time now)
{
    const catalogue_out *page = &c->catalogue->job->sent;
    const state_catalogue *kept = &c->state.catalogue;
    uint32_t encodings = c->encodings_refused ? 0 : c->encodings;
    char *copy = malloc(page->used);
    net_request *request = NULL;
    if (copy) {
        memcpy(copy, page->bytes, page->used);
        request = protocol_put_catalogue_page(catalogue_token(c), kept->upload_store, kept->upload_id, page->number,
                                              copy, page->used, encodings);
    }
    catalogue_submit(c, now, request);
}

/* The page at hand is whole, and the cloud has kept those before it. */
static void take_turn(core *c)
{
    catalogue_job *job = c->catalogue->job;
    const catalogue_out *out = &job->out;
    bool is_next = out->number == job->kept_pages && out->before == job->kept_lines;
    if (out->lines == 0 && is_next && job->lines == out->before) {
        c->catalogue->v.phase = CATALOGUE_COMMITTING;
        core_changed(c);
        return;
    }
    bool is_kept = out->lines > 0 && out->number < job->kept_pages;
    if (!is_kept && (out->lines == 0 || !is_next)) {
        find_again(c); /* the cloud kept other pages than these */
        return;
    }
    next_page(job);
    if (is_kept)
        job->sent.lines = 0;
}

bool catalogue_send_step(core *c, core_time now, bool may_ask)
{
    catalogue_job *job = c->catalogue->job;
    if (job->sent.lines == 0 && job->out.whole)
        take_turn(c);
    if (c->catalogue->v.phase != CATALOGUE_SENDING)
        return true;
    if (job->sent.lines > 0 && may_ask)
        send_page(c, now);
    return !job->out.whole && read_on(c, now);
}

void catalogue_send_took(core *c, const protocol_catalogue_upload *upload)
{
    catalogue_job *job = c->catalogue->job;
    catalogue_out *sent = &job->sent;
    if (upload->next_page != sent->number + 1 || upload->lines != sent->before + sent->lines) {
        find_again(c);
        return;
    }
    job->kept_pages = upload->next_page;
    job->kept_lines = upload->lines;
    c->catalogue->v.done = upload->lines;
    c->catalogue->v.total = job->lines;
    sent->lines = 0;
    core_changed(c);
}
