/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support/net_script.h - a net.h without sockets: it keeps every request that the core submits until the test, or a
 * model cloud behind `handle`, answers it. Requests stay readable after their answer, so a test can look back.
 *
 * Header only, because everything in tests/support/ is linked with programs that know nothing of the plugin.
 */
#ifndef SUPPORT_NET_SCRIPT_H
#define SUPPORT_NET_SCRIPT_H

#include <stdlib.h>
#include <string.h>

#include "net/net.h"

typedef struct net_script net_script;

typedef struct script_request {
    uint32_t ticket;
    net_request *request;
    bool answered, cancelled;
} script_request;

struct net_script {
    net face; /* first: the core's calls get its address */
    script_request *requests;
    uint32_t count, capacity;
    net_answer *ready; /* in the order in which poll() gives them out */
    uint32_t ready_count, ready_capacity;
    bool refuses;        /* submit() returns 0: stopped, or out of memory */
    bool connects_never; /* what is under way has sent nothing yet */
    bool sends_at_once;  /* what is under way is sent whole, and waits for its answer; else half of it is */
    uint64_t submitted_bytes;
    /* Called inside submit(), may answer at once (the core gets it at its next poll) or not at all. */
    void (*handle)(void *ctx, net_script *script, const script_request *request);
    void *handle_ctx;
};

static inline void *script_grow(void *array, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    *capacity = *capacity ? *capacity * 2 : 16;
    array = realloc(array, *capacity * size);
    if (!array)
        abort();
    return array;
}

static inline void script_push(net_script *s, const net_answer *answer)
{
    s->ready = script_grow(s->ready, s->ready_count, &s->ready_capacity, sizeof *s->ready);
    s->ready[s->ready_count++] = *answer;
}

static inline script_request *script_find(net_script *s, uint32_t ticket)
{
    return ticket == 0 || ticket > s->count ? NULL : &s->requests[ticket - 1];
}

static inline uint32_t script_submit(net *face, net_request *request)
{
    net_script *s = (net_script *)face;
    if (s->refuses) {
        net_request_free(request);
        return 0;
    }
    s->requests = script_grow(s->requests, s->count, &s->capacity, sizeof *s->requests);
    s->requests[s->count] = (script_request){.ticket = s->count + 1, .request = request};
    s->count++;
    s->submitted_bytes += request->body_bytes;
    uint32_t ticket = s->count;
    if (s->handle) {
        script_request copy = s->requests[ticket - 1];
        s->handle(s->handle_ctx, s, &copy);
    }
    return ticket;
}

static inline bool script_poll(net *face, net_answer *answer)
{
    net_script *s = (net_script *)face;
    if (s->ready_count == 0)
        return false;
    *answer = s->ready[0];
    s->ready_count--;
    memmove(s->ready, s->ready + 1, s->ready_count * sizeof *s->ready);
    return true;
}

/* The rest of an answer is filled in by whoever pushes it. A request is answered once, however often it is tried. */
static inline void script_answer(net_script *s, uint32_t ticket, net_answer answer)
{
    script_request *r = script_find(s, ticket);
    if (!r || r->answered) {
        net_answer_clear(&answer);
        return;
    }
    r->answered = true;
    answer.ticket = ticket;
    if (r->request->reader && ticket % 2 == 0) { /* the other half finds no memory for it */
        answer.reader = r->request->reader;
        answer.read = answer.reader->read(&answer);
    }
    script_push(s, &answer);
}

static inline void script_cancel(net *face, uint32_t ticket)
{
    net_script *s = (net_script *)face;
    script_request *r = script_find(s, ticket);
    if (r)
        r->cancelled = true;
    script_answer(s, ticket, (net_answer){.outcome = NET_CANCELLED, .retry_after_ms = -1});
}

static inline bool script_progress(net *face, uint32_t ticket, net_progress *progress)
{
    net_script *s = (net_script *)face;
    const script_request *r = script_find(s, ticket);
    if (!r || r->answered)
        return false;
    uint64_t all = r->request->body_bytes;
    *progress = (net_progress){s->connects_never ? 0 : s->sends_at_once ? all : all / 2, all};
    return true;
}

static inline bool script_configure(net *face, const net_config *config)
{
    (void)face;
    (void)config;
    return true;
}

static inline bool script_stop(net *face, uint32_t deadline_ms)
{
    (void)face;
    (void)deadline_ms;
    return true;
}

static inline net_script *script_new(void)
{
    net_script *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    s->face = (net){.submit = script_submit,
                    .poll = script_poll,
                    .cancel = script_cancel,
                    .progress = script_progress,
                    .configure = script_configure,
                    .stop = script_stop};
    return s;
}

static inline void script_free(net_script *s)
{
    if (!s)
        return;
    for (uint32_t i = 0; i < s->count; i++)
        net_request_free(s->requests[i].request);
    for (uint32_t i = 0; i < s->ready_count; i++)
        net_answer_clear(&s->ready[i]);
    free(s->requests);
    free(s->ready);
    free(s);
}

/* ---- answering ---- */

static inline void script_fail(net_script *s, uint32_t ticket, net_outcome outcome)
{
    script_answer(s, ticket, (net_answer){.outcome = outcome, .retry_after_ms = -1, .detail = "scripted"});
}

static inline net_answer script_make(int32_t status, const char *type, const char *body)
{
    net_answer answer = {.outcome = NET_ANSWERED,
                         .status = status,
                         .encodings = NET_ENCODING_GZIP | NET_ENCODING_ZSTD,
                         .encodings_told = true,
                         .retry_after_ms = -1};
    if (type)
        memcpy(answer.content_type, type, strlen(type) + 1);
    if (body) {
        answer.body_bytes = strlen(body);
        answer.body = malloc(answer.body_bytes + 1);
        if (!answer.body)
            abort();
        memcpy(answer.body, body, answer.body_bytes + 1);
    }
    return answer;
}

static inline void script_reply(net_script *s, uint32_t ticket, int32_t status, const char *type, const char *body)
{
    script_answer(s, ticket, script_make(status, type, body));
}

/* The last request that was submitted; NULL: none. */
static inline const script_request *script_last(const net_script *s)
{
    return s->count ? &s->requests[s->count - 1] : NULL;
}

#endif
