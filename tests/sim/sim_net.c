/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_net.c - the network between a till and the cloud: carries requests, late or twice or half or not at all, and
 * puts others' answers in the place of the cloud's.
 */
#include "sim/sim_fate.h"
#include "sim/sim_net_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/compress.h"

/* A request on its way, with all that it needs when its till is gone. */
typedef struct flight {
    sim_till *till;
    uint32_t boot, ticket;
    net_request *request;
    const char *encoding;
    sim_fate fate;
    net_answer answer;
} flight;

/* ---- what becomes of a request ---- */

static int64_t short_time(sim_till *t)
{
    return sim_random_between(&t->random, 5, 400);
}

static void plan_answer(sim *s, flight *f, int64_t in_ms, net_answer answer)
{
    f->answer = answer;
    sim_plan(s, s->now_ms + in_ms, sim_net_answer, f, 0);
}

/* A till hears of a failure; the request itself travels on without it. */
static void plan_news(sim *s, const flight *f, int64_t in_ms, net_answer answer)
{
    flight *news = calloc(1, sizeof *news);
    if (!news)
        abort();
    *news = (flight){.till = f->till, .boot = f->boot, .ticket = f->ticket};
    plan_answer(s, news, in_ms, answer);
}

static void launch(sim *s, flight *f)
{
    sim_till *t = f->till;
    sim_random *r = &t->random;
    sim_row row = SIM_ROW_COUNT;
    f->fate = s->cloud_down ? FATE_UNREACHED : sim_fate_draw(s, t, f->request, &row);
    switch (f->fate) {
    case FATE_UNREACHED:
        plan_answer(s, f, sim_random_between(r, 10, sim_random_below(r, 2) ? 50 : 20000), sim_fate_unreached(t));
        return;
    case FATE_CUT:
        plan_answer(s, f, sim_random_between(r, 10, 40000), sim_fate_cut(t));
        return;
    case FATE_INSTEAD:
        plan_answer(s, f, short_time(t), sim_fate_instead(t, row));
        return;
    case FATE_STALE:
        plan_answer(s, f, short_time(t), sim_fate_made(200, "application/json", t->net->stale_body, 0));
        return;
    case FATE_LATE:
        plan_news(s, f, 60000, sim_fate_failed(NET_FAILED_TIMEOUT));
        sim_plan(s, s->now_ms + 60000 + sim_random_between(r, 0, 2 * SIM_HOUR), sim_net_arrive, f, 0);
        return;
    default:
        sim_plan(s, s->now_ms + short_time(t), sim_net_arrive, f, 0);
    }
}

/* ---- at the cloud ---- */

static void call_cloud(sim *s, const flight *f, sim_reply *reply)
{
    const net_request *q = f->request;
    sim_call call = {.method = q->method,
                     .path = q->path,
                     .client = f->till->client,
                     .token = q->token,
                     .content_type = q->content_type,
                     .content_encoding = f->encoding,
                     .idempotency_key = q->idempotency_key[0] ? q->idempotency_key : NULL,
                     .if_none_match = q->if_none_match[0] ? q->if_none_match : NULL,
                     .body = q->body,
                     .body_bytes = q->body_bytes};
    sim_cloud_handle(&call, s->now_ms, reply);
    s->figures.uploads += strstr(q->path, "/reports") != NULL;
    sim_net_check_reply(s, f->till, q, f->encoding != NULL, reply->status);
    sim_log(f->till->index, "%s %s: %d", q->method, q->path, reply->status);
}

static net_answer answer_of(sim *s, const sim_reply *reply)
{
    net_answer answer = {.outcome = NET_ANSWERED,
                         .status = reply->status,
                         .encodings = NET_ENCODING_GZIP | NET_ENCODING_ZSTD,
                         .encodings_told = true,
                         .retry_after_ms = reply->retry_after_s > 0 ? reply->retry_after_s * 1000 : -1,
                         .date_ms = s->now_ms / 1000 * 1000,
                         .body = (uint8_t *)reply->body,
                         .body_bytes = reply->body_bytes};
    snprintf(answer.content_type, sizeof answer.content_type, "%s", reply->type);
    snprintf(answer.etag, sizeof answer.etag, "%.95s", reply->etag);
    return answer;
}

static void keep_stale(const flight *f, const sim_reply *reply)
{
    sim_net *n = f->till->net;
    if (!n || !reply->body || reply->status != 200 || !strstr(f->request->path, "/reports"))
        return;
    free(n->stale_body);
    n->stale_body = strdup(reply->body);
}

/* Were requests that the till made later here before? */
static void note_order(sim *s, const flight *f)
{
    uint64_t at = ((uint64_t)f->boot << 32) | f->ticket;
    if (at < f->till->arrived_last)
        sim_happened(s, ROW_REQUEST_OVERTAKEN);
    else
        f->till->arrived_last = at;
}

static void answer(sim *s, flight *f, sim_reply *reply)
{
    sim_till *t = f->till;
    if (f->fate == FATE_FINE)
        keep_stale(f, reply);
    if (f->fate == FATE_HALF_ANSWER && reply->body) {
        reply->body_bytes /= 2;
        reply->body[reply->body_bytes] = 0;
    }
    if (f->fate == FATE_GATEWAY || f->fate == FATE_LATE || f->fate == FATE_LOST_ANSWER) {
        free(reply->body);
        if (f->fate == FATE_GATEWAY)
            plan_answer(s, f, short_time(t), sim_fate_made(504, "text/html", "<html>Gateway Timeout</html>", 0));
        else
            plan_answer(s, f, sim_random_between(&t->random, 100, 40000), sim_fate_cut(t));
        return;
    }
    plan_answer(s, f, f->fate == FATE_LATE_ANSWER ? sim_random_between(&t->random, 2000, 55000) : short_time(t),
                answer_of(s, reply));
}

void sim_net_arrive(sim *s, void *subject, uint64_t argument)
{
    flight *f = subject;
    sim_reply reply = {0};
    (void)argument;
    if (s->cloud_down) {
        plan_answer(s, f, 1, sim_fate_failed(NET_FAILED_CONNECT));
        return;
    }
    note_order(s, f);
    call_cloud(s, f, &reply);
    if (f->fate == FATE_TWICE && reply.status != 0) {
        free(reply.body);
        call_cloud(s, f, &reply);
    }
    if (reply.status == 0) { /* its power failed in the middle */
        free(reply.body);
        plan_answer(s, f, 20, sim_fate_failed(NET_FAILED_CUT));
        sim_happened(s, ROW_CLOUD_CUT_IN_WRITE);
        sim_trouble_cloud_cut(s, sim_random_between(&s->random, 1000, 20 * SIM_MINUTE));
        return;
    }
    answer(s, f, &reply);
}

void sim_net_drop(void *subject)
{
    flight *f = subject;
    if (f->request)
        net_request_free(f->request);
    net_answer_clear(&f->answer);
    free(f);
}

/* ---- what the core sees ---- */

static bool close_ticket(sim_net *n, uint32_t ticket)
{
    for (uint32_t i = 0; i < n->open_count; i++) {
        if (n->open[i].ticket != ticket)
            continue;
        n->open[i] = n->open[--n->open_count];
        return true;
    }
    return false;
}

static void give(sim_net *n, uint32_t ticket, net_answer answer)
{
    if (!close_ticket(n, ticket) || n->ready_count == sizeof n->ready / sizeof n->ready[0]) {
        net_answer_clear(&answer);
        return;
    }
    answer.ticket = ticket;
    n->ready[n->ready_count++] = answer;
}

void sim_net_answer(sim *s, void *subject, uint64_t argument)
{
    flight *f = subject;
    (void)argument;
    if (f->till->net && f->till->net->boot == f->boot) {
        sim_net_check_answer(s, f->till, f->request, f->fate == FATE_FINE, &f->answer);
        give(f->till->net, f->ticket, f->answer);
        f->answer.body = NULL;
    }
    sim_net_drop(f);
}

static bool is_out_of_memory(sim *s, sim_till *t)
{
    if (!sim_random_once_in(&t->random, 8000) || s->options.calm || !sim_may_happen(s, ROW_NO_MEMORY))
        return false;
    sim_happened(s, ROW_NO_MEMORY);
    return true;
}

/* Most bodies are out soon; of the rest the core hears so only with the answer. */
static void note_open(sim *s, sim_net *n, const flight *f)
{
    bool is_upload = sim_net_is_upload(f->request);
    for (uint32_t i = 0; i < n->open_count; i++) {
        if (is_upload && n->open[i].is_upload)
            sim_happened(s, ROW_SECOND_UPLOAD);
    }
    n->open[n->open_count].ticket = f->ticket;
    n->open[n->open_count].is_upload = is_upload;
    n->open[n->open_count].is_sent =
        sim_may_happen(s, ROW_SECOND_UPLOAD) && f->fate != FATE_UNREACHED && !sim_random_once_in(&n->till->random, 4);
    n->open_count++;
}

static uint32_t net_submit(net *face, net_request *request)
{
    sim_net *n = (sim_net *)face;
    sim *s = n->world;
    if (n->open_count == sizeof n->open / sizeof n->open[0] || is_out_of_memory(s, n->till)) {
        net_request_free(request);
        return 0;
    }
    sim_net_check_request(s, n->till, request);
    flight *f = calloc(1, sizeof *f);
    if (!f)
        abort();
    *f = (flight){.till = n->till, .boot = n->boot, .ticket = ++n->tickets, .request = request};
    if (request->encodings && request->body_bytes > 0 && sim_random_once_in(&n->till->random, 8))
        f->encoding = compress_body(request);
    launch(s, f);
    note_open(s, n, f);
    return f->ticket;
}

static bool net_poll(net *face, net_answer *answer)
{
    sim_net *n = (sim_net *)face;
    if (n->ready_count == 0)
        return false;
    *answer = n->ready[0];
    n->ready_count--;
    memmove(n->ready, n->ready + 1, n->ready_count * sizeof n->ready[0]);
    return true;
}

static void net_cancel(net *face, uint32_t ticket)
{
    give((sim_net *)face, ticket, sim_fate_failed(NET_CANCELLED));
}

static bool net_progress_of(net *face, uint32_t ticket, net_progress *progress)
{
    const sim_net *n = (const sim_net *)face;
    for (uint32_t i = 0; i < n->open_count; i++) {
        if (n->open[i].ticket != ticket)
            continue;
        *progress = (net_progress){n->open[i].is_sent ? 2 : 1, 2};
        return true;
    }
    return false;
}

static bool net_configure(net *face, const net_config *config)
{
    (void)face;
    (void)config;
    return true;
}

static bool net_stop(net *face, uint32_t deadline_ms)
{
    sim_net *n = (sim_net *)face;
    (void)deadline_ms;
    sim_fail(n->world, n->till->index, "the core waits for the network");
    return true;
}

static void net_destroy(net *face)
{
    (void)net_stop(face, 0);
}

sim_net *sim_net_new(sim *s, sim_till *t)
{
    sim_net *n = calloc(1, sizeof *n);
    if (!n)
        abort();
    *n = (sim_net){.face = {net_submit, net_poll, net_cancel, net_progress_of, net_configure, net_stop, net_destroy},
                   .world = s,
                   .till = t,
                   .boot = ++s->boots};
    return n;
}

void sim_net_free(sim_net *n)
{
    if (!n)
        return;
    for (uint32_t i = 0; i < n->ready_count; i++)
        net_answer_clear(&n->ready[i]);
    free(n->stale_body);
    free(n);
}
