/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_net.c - the network between a till and the cloud: carries requests, late or twice or half or not at all, and
 * puts others' answers in the place of the cloud's.
 */
#include "sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/compress.h"

#define REQUESTS_A_MINUTE 400u

typedef enum fate {
    FATE_FINE = 1,
    FATE_UNREACHED,
    FATE_CUT,         /* in the request: the cloud sees half of it, and forgets it */
    FATE_LOST_ANSWER, /* the cloud acts; nobody hears of it */
    FATE_LATE,        /* given up by the till long before it arrives */
    FATE_TWICE,
    FATE_INSTEAD, /* somebody else answers */
    FATE_GATEWAY, /* the cloud acts, and a gateway says that it did not */
    FATE_STALE,   /* an old answer comes out of a cache */
    FATE_COUNT
} fate;

/* A request on its way, with all that it needs when its till is gone. */
typedef struct flight {
    sim_till *till;
    uint32_t boot, ticket;
    net_request *request;
    const char *encoding;
    fate fate;
    net_answer answer;
} flight;

static net_answer failed(net_outcome outcome)
{
    return (net_answer){.outcome = outcome, .retry_after_ms = -1, .detail = "simulated"};
}

static net_answer made(int32_t status, const char *type, const char *body, int64_t retry_after_s)
{
    net_answer answer = {
        .outcome = NET_ANSWERED, .status = status, .retry_after_ms = retry_after_s > 0 ? retry_after_s * 1000 : -1};
    snprintf(answer.content_type, sizeof answer.content_type, "%s", type);
    answer.body_bytes = strlen(body);
    answer.body = (uint8_t *)strdup(body);
    return answer;
}

/* What stands between answers as it likes. */
static net_answer draw_stranger(sim_random *r)
{
    static const int32_t statuses[] = {200, 200, 302, 403, 404, 407, 502, 503, 511, 413};
    return made(statuses[sim_random_below(r, 10)], "text/html", "<html>Welcome to our wireless network</html>", 0);
}

static net_answer draw_busy(sim_random *r)
{
    static const struct {
        int32_t status;
        const char *slug;
    } kinds[] = {{429, "throttled"}, {503, "busy"}, {500, "internal"}, {503, "busy"}};
    uint32_t kind = sim_random_below(r, 4);
    char body[200];
    snprintf(body, sizeof body,
             "{\"type\":\"urn:factorycloud:problem:%s\",\"title\":\"Later\",\"status\":%d,\"detail\":\"Later.\"}",
             kinds[kind].slug, (int)kinds[kind].status);
    int64_t wait_s = sim_random_below(r, 2) ? sim_random_between(r, 1, 900) : 0;
    return made(kinds[kind].status, "application/problem+json", body, wait_s);
}

/* ---- what becomes of a request ---- */

static fate draw_fate(sim *s, sim_till *t, const net_request *request)
{
    sim_random *r = &s->random;
    if (s->now_ms >= t->weather_until_ms)
        t->weather = WEATHER_GOOD;
    if (t->narrow && request->body_bytes > SIM_NARROW_BYTES)
        return FATE_INSTEAD;
    if (s->options.calm || s->healing)
        return FATE_FINE;
    switch (t->weather) {
    case WEATHER_OFFLINE:
        return FATE_UNREACHED;
    case WEATHER_PORTAL:
        return FATE_INSTEAD;
    case WEATHER_SMALL:
        return request->body_bytes > SIM_NARROW_BYTES ? FATE_INSTEAD : FATE_FINE;
    case WEATHER_BUSY:
        return sim_random_below(r, 4) ? FATE_INSTEAD : FATE_GATEWAY;
    case WEATHER_ROUGH:
        return sim_random_below(r, 3) ? FATE_FINE : (fate)(FATE_FINE + sim_random_below(r, FATE_COUNT - FATE_FINE));
    default:
        return sim_random_once_in(r, 60) ? (fate)(FATE_FINE + sim_random_below(r, FATE_COUNT - FATE_FINE)) : FATE_FINE;
    }
}

static net_answer draw_instead(sim *s, const sim_till *t, const net_request *request)
{
    if ((t->narrow || t->weather == WEATHER_SMALL) && request->body_bytes > SIM_NARROW_BYTES)
        return made(413, "text/html", "<html>Request Entity Too Large</html>", 0);
    return t->weather == WEATHER_BUSY ? draw_busy(&s->random) : draw_stranger(&s->random);
}

static net_outcome draw_failure(sim_random *r)
{
    static const net_outcome kinds[] = {NET_FAILED_RESOLVE, NET_FAILED_CONNECT, NET_FAILED_CONNECT, NET_FAILED_TLS};
    return kinds[sim_random_below(r, 4)];
}

static int64_t short_time(sim *s)
{
    return sim_random_between(&s->random, 5, 400);
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
    sim_random *r = &s->random;
    f->fate = s->cloud_down ? FATE_UNREACHED : draw_fate(s, t, f->request);
    const char *stale = t->net->stale_body;
    if (f->fate == FATE_STALE && !stale)
        f->fate = FATE_CUT;
    switch (f->fate) {
    case FATE_UNREACHED:
        plan_answer(s, f, sim_random_between(r, 10, 20000), failed(draw_failure(r)));
        return;
    case FATE_CUT:
        plan_answer(s, f, sim_random_between(r, 10, 40000),
                    failed(sim_random_below(r, 2) ? NET_FAILED_CUT : NET_FAILED_TIMEOUT));
        return;
    case FATE_INSTEAD:
        plan_answer(s, f, short_time(s), draw_instead(s, t, f->request));
        return;
    case FATE_STALE:
        plan_answer(s, f, short_time(s), made(200, "application/json", stale, 0));
        return;
    case FATE_LATE:
        plan_news(s, f, 60000, failed(NET_FAILED_TIMEOUT));
        sim_plan(s, s->now_ms + 60000 + sim_random_between(r, 0, 2 * SIM_HOUR), sim_net_arrive, f, 0);
        return;
    default:
        sim_plan(s, s->now_ms + short_time(s), sim_net_arrive, f, 0);
    }
}

/* ---- at the cloud ---- */

static bool is_upload(const net_request *q)
{
    const char *end = strstr(q->path, "/reports");
    return end && strcmp(end, "/reports") == 0;
}

/* A right that was taken away is none, however late its upload comes. */
static void check_right(sim *s, sim_till *t, const net_request *q, int status)
{
    if (!is_upload(q) || !q->token || status != 200)
        return;
    if (t->revoked[0] && strcmp(q->token, t->revoked) == 0)
        sim_fail(s, t->index, "an upload was taken whose right head office had taken away");
    snprintf(t->token, sizeof t->token, "%s", q->token);
    for (int i = 0; i < s->store_count; i++) {
        if (strstr(q->path, s->stores[i].store_id))
            t->token_store = i;
    }
}

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
    check_right(s, f->till, q, reply->status);
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

void sim_net_arrive(sim *s, void *subject, uint64_t argument)
{
    flight *f = subject;
    sim_reply reply = {0};
    (void)argument;
    if (s->cloud_down) {
        plan_answer(s, f, 1, failed(NET_FAILED_CONNECT));
        return;
    }
    call_cloud(s, f, &reply);
    if (f->fate == FATE_TWICE && reply.status != 0) {
        free(reply.body);
        call_cloud(s, f, &reply);
    }
    if (reply.status == 0) { /* its power failed in the middle */
        free(reply.body);
        plan_answer(s, f, 20, failed(NET_FAILED_CUT));
        sim_trouble_cloud_cut(s, sim_random_between(&s->random, 1000, 20 * SIM_MINUTE));
        return;
    }
    if (f->fate == FATE_FINE)
        keep_stale(f, &reply);
    if (f->fate == FATE_FINE || f->fate == FATE_TWICE) {
        plan_answer(s, f, short_time(s), answer_of(s, &reply));
        return;
    }
    free(reply.body);
    if (f->fate == FATE_GATEWAY)
        plan_answer(s, f, short_time(s), made(504, "text/html", "<html>Gateway Timeout</html>", 0));
    else
        plan_answer(s, f, sim_random_between(&s->random, 100, 40000),
                    failed(sim_random_below(&s->random, 2) ? NET_FAILED_CUT : NET_FAILED_TIMEOUT));
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
        if (n->open[i] != ticket)
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
    (void)s;
    (void)argument;
    if (f->till->net && f->till->net->boot == f->boot) {
        give(f->till->net, f->ticket, f->answer);
        f->answer.body = NULL;
    }
    sim_net_drop(f);
}

/* A hundred batches in a minute are a long queue; more is a till that does not wait when it is told no. */
static void check_pace(sim *s, sim_till *t)
{
    int64_t minute = s->now_ms / SIM_MINUTE;
    t->requests_in_minute = minute == t->minute ? t->requests_in_minute + 1 : 1;
    t->minute = minute;
    if (t->requests_in_minute > REQUESTS_A_MINUTE)
        sim_fail(s, t->index, "%u requests in a minute: it hammers the cloud", t->requests_in_minute);
}

static uint32_t net_submit(net *face, net_request *request)
{
    sim_net *n = (sim_net *)face;
    sim *s = n->world;
    if (n->open_count == sizeof n->open / sizeof n->open[0] || sim_random_once_in(&s->random, 20000)) {
        net_request_free(request); /* out of memory */
        return 0;
    }
    check_pace(s, n->till);
    if (n->till->left && is_upload(request))
        sim_fail(s, n->till->index, "it sends after it was disconnected");
    flight *f = calloc(1, sizeof *f);
    if (!f)
        abort();
    *f = (flight){.till = n->till, .boot = n->boot, .ticket = ++n->tickets, .request = request};
    n->open[n->open_count++] = f->ticket;
    if (request->encodings && request->body_bytes > 0 && sim_random_once_in(&s->random, 8))
        f->encoding = compress_body(request);
    launch(s, f);
    return n->tickets;
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
    give((sim_net *)face, ticket, failed(NET_CANCELLED));
}

static bool net_progress_of(net *face, uint32_t ticket, net_progress *progress)
{
    (void)face;
    (void)ticket;
    (void)progress;
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
