/* SPDX-License-Identifier: Apache-2.0 */
/* core/catalogue_stage.c - a page of a download: is it the one that was asked for, are its lines in order, into the
 * host's staging with them, a piece a tick. Meanwhile the next page is on its way. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/catalogue_job.h"

#define STAGE_BYTES (256u * 1024u) /* a tick */

static void free_page(catalogue_page *page)
{
    if (!page)
        return;
    free(page->body);
    free(page);
}

void catalogue_pages_free(catalogue_job *job)
{
    free_page(job->page);
    free_page(job->next);
    job->page = job->next = NULL;
    job->ready.count = 0;
}

/* The next line of the page; NULL: the page ends before its line does. */
static const char *next_line(catalogue_page *page, size_t *bytes)
{
    const char *text = page->body + page->at;
    const char *end = page->at < page->bytes ? memchr(text, '\n', page->bytes - page->at) : NULL;
    if (!end)
        return NULL;
    *bytes = (size_t)(end - text);
    page->at += *bytes + 1;
    return text;
}

/* ---- the first line ---- */

/* Everything once more, or what changed since a revision that is here. */
void catalogue_load_again(core *c, int64_t since)
{
    catalogue_job *job = c->catalogue->job;
    catalogue_withdraw(c);
    catalogue_pages_free(job);
    job->since = since;
    job->after[0] = '\0';
    job->asked_all = false;
    c->catalogue->v.phase = CATALOGUE_LOADING;
    c->catalogue->v.done = 0;
    core_changed(c);
}

static bool begin_staging(core *c, core_time now)
{
    catalogue_job *job = c->catalogue->job;
    uint8_t random[16];
    int32_t result =
        c->env.catalogue->stage_begin(c->env.catalogue->ctx, job->since ? POS_STAGE_CHANGES : POS_STAGE_WHOLE);
    if (result != POS_OK) {
        catalogue_fail_host(c, now, result, "");
        return false;
    }
    job->staging = true;
    c->env.random(random, sizeof random);
    catalogue_check_begin(&job->check, job->since != 0, job->local_currency, random);
    catalogue_keys_clear(&job->removed);
    job->removed.secret = job->check.secret;
    return true;
}

/* Is it the page that was asked for? A cloud that does not know the earlier revision any more gives everything. */
static bool accept_head(core *c, catalogue_page *page)
{
    catalogue_job *job = c->catalogue->job;
    size_t bytes = 0;
    const char *text = next_line(page, &bytes);
    if (!text || !protocol_read_catalogue_page(text, bytes, &page->head))
        return false;
    page->first = job->after[0] == '\0';
    if (page->first && page->head.since == 0)
        job->since = 0;
    bool leads_on = page->head.next[0] == '\0' || (page->head.count > 0 && strcmp(page->head.next, job->after) != 0);
    page->left = page->head.count;
    job->asked_all = page->head.next[0] == '\0';
    memcpy(job->after, page->head.next, sizeof job->after);
    return page->head.revision == job->cloud.revision && page->head.since == job->since && leads_on;
}

void catalogue_stage_take(core *c, core_time now, net_answer *answer)
{
    catalogue_job *job = c->catalogue->job;
    protocol_verdict verdict;
    protocol_read_catalogue_lines(answer, &verdict);
    if (verdict.outcome == PROTOCOL_REFUSED && verdict.cause == CAUSE_GONE) {
        if (catalogue_restart(c)) {
            catalogue_load_again(c, job->since);
            c->catalogue->v.phase = CATALOGUE_ASKING;
        }
        return;
    }
    if (!catalogue_judge(c, now, &verdict))
        return;
    catalogue_page *page = calloc(1, sizeof *page);
    if (!page) {
        catalogue_fail(c, CATALOGUE_FAIL_MEMORY);
        return;
    }
    page->body = (char *)answer->body;
    page->bytes = answer->body_bytes;
    answer->body = NULL;
    *(job->page ? &job->next : &job->page) = page;
    if (!accept_head(c, page))
        catalogue_fail(c, CATALOGUE_FAIL_PAGE);
}

/* ---- its lines ---- */

/* false: the job has ended, or begins again. */
static bool note_removed(core *c, const catalogue_line *line)
{
    catalogue_job *job = c->catalogue->job;
    if (catalogue_keys_add(&job->removed, catalogue_keys_hash(&job->removed, '7', line->id)))
        return true;
    catalogue_load_again(c, 0);
    return false;
}

static bool add_line(core *c, const char *text, size_t bytes)
{
    catalogue_job *job = c->catalogue->job;
    catalogue_ready *ready = &job->ready;
    catalogue_line line;
    catalogue_fault fault = catalogue_line_read(text, bytes, &line);
    if (fault != CATALOGUE_FINE) {
        catalogue_fail_line(c, CATALOGUE_FAIL_LINE, fault, &line, job->check.lines + 1, line.member);
        return false;
    }
    fault = catalogue_check_line(&job->check, &line);
    if (fault != CATALOGUE_FINE) {
        catalogue_fail_line(c, CATALOGUE_FAIL_LINE, fault, &line, job->check.fault_line, job->check.fault_member);
        return false;
    }
    if (line.kind == CATALOGUE_UNKNOWN)
        return true;
    if (line.kind == CATALOGUE_REMOVED && !note_removed(c, &line))
        return false;
    char *key = ready->keys[ready->count];
    memcpy(key, line.key, sizeof ready->keys[0]);
    ready->lines[ready->count++] =
        (pos_catalogue_line){.struct_size = sizeof ready->lines[0],
                             .line_bytes = line.kind == CATALOGUE_REMOVED ? 0 : (uint32_t)bytes,
                             .key = key,
                             .line = text};
    return true;
}

/* Reads lines until there is enough for a tick. false: the job has ended, or begins again. */
static bool read_lines(core *c)
{
    catalogue_page *page = c->catalogue->job->page;
    size_t from = page->at;
    for (uint32_t i = 0; page->left > 0 && i < CATALOGUE_TICK_LINES && page->at - from < STAGE_BYTES; i++) {
        size_t bytes = 0;
        const char *text = next_line(page, &bytes);
        if (!text) {
            catalogue_fail(c, CATALOGUE_FAIL_PAGE);
            return false;
        }
        if (!add_line(c, text, bytes))
            return false;
        page->left--;
    }
    return true;
}

static bool is_complete(const catalogue_job *job)
{
    if (job->since != 0)
        return true; /* known once the changes are compared with what is here */
    for (size_t kind = CATALOGUE_TAX; kind < CATALOGUE_KINDS; kind++) {
        if (job->check.counts[kind] != job->cloud.counts[kind])
            return false;
    }
    return job->check.lines == job->cloud.lines;
}

static void finish_load(core *c)
{
    catalogue_job *job = c->catalogue->job;
    catalogue_line none = {.kind = CATALOGUE_DEPARTMENT};
    catalogue_fault fault = catalogue_check_finish(&job->check);
    if (fault != CATALOGUE_FINE)
        catalogue_fail_line(c, CATALOGUE_FAIL_LINE, fault, &none, job->check.fault_line, job->check.fault_member);
    else if (!is_complete(job))
        catalogue_fail(c, CATALOGUE_FAIL_COUNTS);
    else
        catalogue_begin_compare(c, job->generation);
}

static void end_page(core *c)
{
    catalogue_job *job = c->catalogue->job;
    bool last = job->page->head.next[0] == '\0';
    if (job->page->at != job->page->bytes) {
        catalogue_fail(c, CATALOGUE_FAIL_PAGE);
        return;
    }
    free_page(job->page);
    job->page = job->next;
    job->next = NULL;
    c->catalogue->v.done = job->check.lines;
    c->catalogue->v.total = job->since == 0 ? job->cloud.lines : 0;
    core_changed(c);
    if (job->since == 0 && job->check.lines > job->cloud.lines)
        catalogue_fail(c, CATALOGUE_FAIL_COUNTS); /* it need not end by itself */
    else if (last)
        finish_load(c);
}

bool catalogue_stage_step(core *c, core_time now)
{
    catalogue_job *job = c->catalogue->job;
    const pos_catalogue *host = c->env.catalogue;
    char reason[sizeof c->catalogue->v.host_reason] = "";
    catalogue_ready *ready = &job->ready;
    bool begins = job->page->first && job->page->left == job->page->head.count && ready->count == 0;
    if (begins && !begin_staging(c, now))
        return false;
    if (ready->count == 0 && !read_lines(c))
        return true;
    if (ready->count > 0) {
        int32_t result =
            host->stage_add(host->ctx, ready->lines, ready->count, sizeof ready->lines[0], reason, sizeof reason);
        if (result != POS_OK) {
            reason[sizeof reason - 1] = '\0';
            catalogue_fail_host(c, now, result, reason);
            return false;
        }
        ready->count = 0;
    }
    if (job->page->left == 0)
        end_page(c);
    return true;
}
