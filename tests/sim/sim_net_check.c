/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_net_check.c - what the simulated network sees, and judges, of requests and answers (sim/sim_net_check.h). */
#define _GNU_SOURCE /* memmem */ /* NOLINT */
#include "sim/sim_net_check.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define REQUESTS_A_MINUTE 400u
#define FAILURES_A_MINUTE 60u

bool sim_net_is_upload(const net_request *q)
{
    const char *end = strstr(q->path, "/reports");
    return end && strcmp(end, "/reports") == 0;
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

void sim_net_check_request(sim *s, sim_till *t, const net_request *q)
{
    check_pace(s, t);
    if (t->left && sim_net_is_upload(q))
        sim_fail(s, t->index, "it sends after it was disconnected");
}

/* ---- what the cloud did ---- */

/* Is the last X in what the cloud took? The heads of a batch name hashes. */
static void look_for_x(sim_till *t, const net_request *q, bool packed, int status)
{
    char hex[65];
    if (!sim_net_is_upload(q) || status != 200 || t->shop.x_at_ms == 0 || t->shop.x_seen)
        return;
    sodium_bin2hex(hex, sizeof hex, t->shop.x_sha, sizeof t->shop.x_sha);
    t->shop.x_seen = packed || memmem(q->body, q->body_bytes, hex, 64);
}

/* Nobody gets anything of another company's store; and what is committed is looked at. */
static void check_store(sim *s, sim_till *t, const net_request *q, int status)
{
    const char *in = strstr(q->path, "/stores/");
    for (int i = 0; i < s->store_count && in; i++) {
        size_t length = strlen(s->stores[i].store_id);
        if (strncmp(in + 8, s->stores[i].store_id, length) != 0 || (in[8 + length] && in[8 + length] != '/'))
            continue;
        if (status / 100 == 2 && s->stores[i].company != t->company)
            sim_fail(s, t->index, "a store of another company answers %d", status);
        if (strstr(q->path, "/catalogue/") && strcmp(q->method, "POST") == 0)
            sim_revision_look(s, i, t->index);
        return;
    }
}

/* A right that was taken away is none, however late its upload comes. */
static void check_right(sim *s, sim_till *t, const net_request *q, int status)
{
    if (!sim_net_is_upload(q) || !q->token || status != 200)
        return;
    if (t->revoked[0] && strcmp(q->token, t->revoked) == 0)
        sim_fail(s, t->index, "an upload was taken whose right head office had taken away");
    snprintf(t->token, sizeof t->token, "%s", q->token);
    for (int i = 0; i < s->store_count; i++) {
        if (strstr(q->path, s->stores[i].store_id))
            t->token_store = i;
    }
}

void sim_net_check_reply(sim *s, sim_till *t, const net_request *q, bool packed, int status)
{
    look_for_x(t, q, packed, status);
    check_right(s, t, q, status);
    check_store(s, t, q, status);
}

/* ---- what the till is told ---- */

/* A till that is told no comes back later. What is too large for a proxy is halved at once. */
static void check_patience(sim *s, sim_till *t, const net_answer *given)
{
    int64_t minute = s->now_ms / SIM_MINUTE;
    if (given->outcome == NET_CANCELLED ||
        (given->outcome == NET_ANSWERED && (given->status < 400 || given->status == 413)))
        return;
    t->failures_in_minute = minute == t->failing_minute ? t->failures_in_minute + 1 : 1;
    t->failing_minute = minute;
    if (t->failures_in_minute > FAILURES_A_MINUTE)
        sim_fail(s, t->index, "%u requests that failed in a minute: it does not wait", t->failures_in_minute);
}

/* A Z that another store has: the owner has to hear of it. */
static void note_elsewhere(sim_till *t, const net_request *q, const net_answer *given)
{
    cJSON *answer = given->body ? cJSON_ParseWithLength((const char *)given->body, given->body_bytes) : NULL;
    const cJSON *results = cJSON_GetObjectItemCaseSensitive(answer, "results");
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, results)
    {
        const cJSON *receipt = cJSON_GetObjectItemCaseSensitive(one, "receipt");
        const cJSON *store = cJSON_GetObjectItemCaseSensitive(receipt, "store_id");
        const cJSON *kind = cJSON_GetObjectItemCaseSensitive(receipt, "kind");
        const cJSON *status = cJSON_GetObjectItemCaseSensitive(one, "status");
        if (cJSON_IsString(store) && cJSON_IsString(kind) && cJSON_IsString(status) &&
            strcmp(kind->valuestring, "Z") == 0 && strcmp(status->valuestring, "delivered") == 0 &&
            !strstr(q->path, store->valuestring))
            t->told_elsewhere++;
    }
    cJSON_Delete(answer);
}

void sim_net_check_answer(sim *s, sim_till *t, const net_request *q, bool from_cloud, const net_answer *given)
{
    check_patience(s, t, given);
    if (!q || !sim_net_is_upload(q))
        return;
    if (t->shop.x_at_ms != 0 && !t->shop.x_seen)
        sim_plan(s, s->now_ms + 3 * SIM_SECOND, sim_check_x, t, t->boot);
    if (from_cloud && given->status == 200)
        note_elsewhere(t, q, given);
}
