/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/catalogue_send.c - the pages of an upload: at most 500 lines or 256 KiB, cut in the same places whenever the same
 * data are read again. So after a cut or a restart the till's data are read up to the page that the cloud lacks.
 */
#include <stdlib.h>
#include <string.h>

#include "core/catalogue_job.h"

void catalogue_send_begin(core *c)
{
    catalogue_job *job = c->catalogue->job;
    catalogue_cursor_begin(&job->compare.local, POS_CATALOGUE_LOCAL);
    job->page_number = job->page_lines = job->read_lines = 0;
    job->out_bytes = 0;
    job->out_whole = false;
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

/* Adds lines while they fit. Lines of unknown kinds are left out: nobody could use them. */
static bool fill_page(core *c)
{
    catalogue_job *job = c->catalogue->job;
    catalogue_cursor *r = &job->compare.local;
    catalogue_line line;
    for (; !catalogue_cursor_is_empty(r); catalogue_cursor_next(r)) {
        catalogue_at at = catalogue_cursor_get(r);
        catalogue_fault fault = catalogue_line_read(at.text, at.bytes, &line);
        if (fault != CATALOGUE_FINE) {
            catalogue_upload_forget(c, true);
            catalogue_fail_line(c, CATALOGUE_FAIL_LOCAL_LINE, fault, &line, 0, line.member);
            return false;
        }
        if (line.kind == CATALOGUE_UNKNOWN)
            continue;
        job->out_whole = job->page_lines == PROTOCOL_CATALOGUE_LINES_MAX ||
                         job->out_bytes + at.bytes + 1 > PROTOCOL_CATALOGUE_UP_BYTES;
        if (job->out_whole)
            return true;
        memcpy(job->out + job->out_bytes, at.text, at.bytes);
        job->out[job->out_bytes + at.bytes] = '\n';
        job->out_bytes += at.bytes + 1;
        job->page_lines++;
    }
    if (r->ended)
        job->out_whole = true;
    return true;
}

static void next_page(catalogue_job *job)
{
    job->read_lines += job->page_lines;
    job->page_number++;
    job->page_lines = 0;
    job->out_bytes = 0;
    job->out_whole = false;
}

static bool read_on(core *c, core_time now)
{
    catalogue_job *job = c->catalogue->job;
    catalogue_cursor *r = &job->compare.local;
    if (!job->out)
        job->out = malloc(PROTOCOL_CATALOGUE_UP_BYTES);
    if (!job->out) {
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

static void send_page(core *c, core_time now)
{
    catalogue_job *job = c->catalogue->job;
    const state_catalogue *kept = &c->state.catalogue;
    uint32_t encodings = c->encodings_refused ? 0 : c->encodings;
    char *copy = malloc(job->out_bytes);
    net_request *request = NULL;
    if (copy) {
        memcpy(copy, job->out, job->out_bytes);
        request = protocol_put_catalogue_page(catalogue_token(c), kept->upload_store, kept->upload_id, job->page_number,
                                              copy, job->out_bytes, encodings);
    }
    catalogue_submit(c, now, request);
}

bool catalogue_send_step(core *c, core_time now, bool may_ask)
{
    catalogue_job *job = c->catalogue->job;
    if (!job->out_whole)
        return read_on(c, now);
    if (job->page_lines == 0) { /* all are read */
        if (job->page_number == job->kept_pages && job->read_lines == job->kept_lines && job->lines == job->read_lines)
            c->catalogue->v.phase = CATALOGUE_COMMITTING;
        else
            find_again(c);
        core_changed(c);
        return true;
    }
    if (job->page_number < job->kept_pages) {
        next_page(job);
        return true;
    }
    if (job->page_number == job->kept_pages && job->read_lines != job->kept_lines) {
        find_again(c); /* the cloud kept other pages than these */
        return true;
    }
    if (may_ask)
        send_page(c, now);
    return false;
}

void catalogue_send_took(core *c, const protocol_catalogue_upload *upload)
{
    catalogue_job *job = c->catalogue->job;
    if (upload->next_page != job->page_number + 1 || upload->lines != job->read_lines + job->page_lines) {
        find_again(c);
        return;
    }
    job->kept_pages = upload->next_page;
    job->kept_lines = upload->lines;
    c->catalogue->v.done = upload->lines;
    c->catalogue->v.total = job->lines;
    next_page(job);
    core_changed(c);
}
