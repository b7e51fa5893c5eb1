/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support/screen_cloud.h - a net whose cloud is a list of rules: method and path in, a canned answer out. A request that
 * no rule fits ends as `outage`. Answers can be held back, to see a page that waits. Uploads are answered item by item.
 */
#ifndef SUPPORT_SCREEN_CLOUD_H
#define SUPPORT_SCREEN_CLOUD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "net/net.h"

#define SCREEN_RULES_MAX   64
#define SCREEN_ANSWERS_MAX 32

typedef struct screen_rule {
    const char *method, *path; /* path: up to its query; a '*' at its end or its start fits anything */
    net_outcome outcome;       /* not NET_ANSWERED: a failure */
    int32_t status;
    const char *body;
    int64_t retry_after_ms;
} screen_rule;

typedef struct screen_cloud {
    net face; /* first: the plugin's calls get its address */
    screen_rule rules[SCREEN_RULES_MAX];
    uint32_t rule_count;
    net_outcome outage;
    const char *item_status; /* of uploads: "delivered", "conflict", "rejected" */
    const char *item_store;  /* store_id in receipts; NULL: the one of the path */
    bool holds;              /* answers wait */
    uint32_t holds_after;    /* so many answers more, then they wait; 0: never */
    net_answer answers[SCREEN_ANSWERS_MAX];
    uint32_t answer_count;
    uint32_t last_ticket, requests;
    char last_path[256], last_body[2048]; /* of the newest request that is no upload */
} screen_cloud;

/* The newest rule that fits wins, so a test overrides what the bench set up. */
static inline void screen_cloud_rule(screen_cloud *c, const char *method, const char *path, int32_t status,
                                     const char *body)
{
    if (c->rule_count == SCREEN_RULES_MAX)
        abort();
    c->rules[c->rule_count++] = (screen_rule){method, path, NET_ANSWERED, status, body, -1};
}

static inline bool screen_cloud_fits(const screen_rule *rule, const net_request *request)
{
    size_t length = strlen(rule->path), asked = strcspn(request->path, "?");
    if (strcmp(rule->method, request->method) != 0)
        return false;
    if (length > 0 && rule->path[0] == '*' && length <= asked) /* anything that ends so */
        return strncmp(rule->path + 1, request->path + asked - (length - 1), length - 1) == 0;
    if (length > 0 && rule->path[length - 1] == '*')
        return strncmp(rule->path, request->path, length - 1) == 0;
    return asked == length && strncmp(rule->path, request->path, length) == 0;
}

/* One result for an item's header line: the key echoed, a receipt, a problem. */
static inline void screen_cloud_judge(const screen_cloud *c, const net_request *request, const cJSON *header,
                                      cJSON *results)
{
    static const char *const echoed[] = {"kind", "register_id", "epoch", "z_number", "x_sequence", "sha256"};
    cJSON *result = cJSON_CreateObject(), *receipt = cJSON_CreateObject(), *problem = cJSON_CreateObject();
    char store[65] = "", till[33] = "";
    (void)sscanf(request->path, "/v1/stores/%64[^/]/tills/%32[^/]/", store, till);
    for (size_t i = 0; i < sizeof echoed / sizeof *echoed; i++) {
        const cJSON *member = cJSON_GetObjectItemCaseSensitive(header, echoed[i]);
        cJSON_AddItemToObject(result, echoed[i], cJSON_Duplicate(member, 1));
        cJSON_AddItemToObject(receipt, echoed[i], cJSON_Duplicate(member, 1));
    }
    cJSON_AddStringToObject(result, "status", c->item_status);
    cJSON_AddStringToObject(receipt, "receipt_id", "rcp_1");
    cJSON_AddStringToObject(receipt, "company_id", "cmp_1");
    cJSON_AddStringToObject(receipt, "store_id", c->item_store ? c->item_store : store);
    cJSON_AddStringToObject(receipt, "till_id", till);
    cJSON_AddNumberToObject(receipt, "received_at_ms", 1795201500000.0);
    cJSON_AddStringToObject(problem, "code", "invalid-schema");
    cJSON_AddStringToObject(problem, "detail", "The member 'totals' is missing.");
    cJSON_AddItemToObject(result, strcmp(c->item_status, "rejected") == 0 ? "problem" : "receipt",
                          strcmp(c->item_status, "rejected") == 0 ? problem : receipt);
    cJSON_Delete(strcmp(c->item_status, "rejected") == 0 ? receipt : problem);
    cJSON_AddItemToArray(results, result);
}

static inline char *screen_cloud_take_batch(const screen_cloud *c, const net_request *request)
{
    cJSON *answer = cJSON_CreateObject(), *results = cJSON_AddArrayToObject(answer, "results");
    const char *at = request->body ? (const char *)request->body : "", *end = at + request->body_bytes;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        cJSON *header = newline ? cJSON_ParseWithLength(at, (size_t)(newline - at)) : NULL;
        if (!header)
            break;
        screen_cloud_judge(c, request, header, results);
        at = newline + 1 + (size_t)cJSON_GetObjectItemCaseSensitive(header, "length")->valuedouble + 1;
        cJSON_Delete(header);
    }
    char *text = cJSON_PrintUnformatted(answer);
    cJSON_Delete(answer);
    return text;
}

/* A cloud that has everything that is asked about. */
static inline char *screen_cloud_compare(const net_request *request)
{
    cJSON *asked = cJSON_ParseWithLength((const char *)request->body, request->body_bytes);
    cJSON *answer = cJSON_CreateObject(), *sets = cJSON_AddArrayToObject(answer, "sets");
    for (int i = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(asked, "sets")); i > 0; i--)
        cJSON_AddItemToArray(sets, cJSON_Parse("{\"held\":1,\"differs\":[],\"numbers\":[]}"));
    char *text = cJSON_PrintUnformatted(answer);
    cJSON_Delete(answer);
    cJSON_Delete(asked);
    return text;
}

/* "@TILL@" in a body stands for the till id of the path. */
static inline char *screen_cloud_write_body(const net_request *request, const char *body)
{
    char till[33] = "", *text = strdup(body ? body : ""), *mark = strstr(text, "@TILL@");
    (void)sscanf(request->path, "/v1/stores/%*[^/]/tills/%32[0-9a-f]", till);
    if (!mark)
        return text;
    size_t size = strlen(text) + sizeof till;
    char *filled = malloc(size);
    snprintf(filled, size, "%.*s%s%s", (int)(mark - text), text, till, mark + strlen("@TILL@"));
    free(text);
    return filled;
}

static inline void screen_cloud_fill(net_answer *answer, int32_t status, const char *body)
{
    answer->outcome = NET_ANSWERED;
    answer->status = status;
    if (status != 204)
        snprintf(answer->content_type, sizeof answer->content_type, "%s",
                 status < 300 ? "application/json" : "application/problem+json");
    if (body && *body) {
        answer->body = (uint8_t *)strdup(body);
        answer->body_bytes = strlen(body);
    }
}

static inline uint32_t screen_cloud_submit(net *face, net_request *request)
{
    screen_cloud *c = (screen_cloud *)(void *)face;
    if (c->answer_count == SCREEN_ANSWERS_MAX)
        abort();
    net_answer *answer = &c->answers[c->answer_count++];
    *answer = (net_answer){.ticket = ++c->last_ticket, .outcome = c->outage, .retry_after_ms = -1};
    snprintf(answer->detail, sizeof answer->detail, "scripted");
    c->requests++;
    bool is_compare = strstr(request->path, "/reports/compare") != NULL;
    bool is_upload = strstr(request->path, "/reports") && !is_compare;
    for (uint32_t i = c->rule_count; i-- > 0;) {
        if (!screen_cloud_fits(&c->rules[i], request))
            continue;
        answer->retry_after_ms = c->rules[i].retry_after_ms;
        answer->outcome = c->rules[i].outcome;
        if (answer->outcome != NET_ANSWERED)
            break;
        bool is_good = c->rules[i].status == 200;
        char *body = is_upload && is_good                         ? screen_cloud_take_batch(c, request)
                     : is_compare && is_good && !c->rules[i].body ? screen_cloud_compare(request)
                                                                  : screen_cloud_write_body(request, c->rules[i].body);
        screen_cloud_fill(answer, c->rules[i].status, body);
        free(body);
        break;
    }
    if (!is_upload) {
        snprintf(c->last_path, sizeof c->last_path, "%s %s", request->method, request->path);
        snprintf(c->last_body, sizeof c->last_body, "%.*s", (int)request->body_bytes,
                 request->body ? (const char *)request->body : "");
    }
    net_request_free(request);
    return c->last_ticket;
}

static inline bool screen_cloud_poll(net *face, net_answer *answer)
{
    screen_cloud *c = (screen_cloud *)(void *)face;
    if (c->holds || c->answer_count == 0)
        return false;
    if (c->holds_after > 0)
        c->holds = --c->holds_after == 0;
    *answer = c->answers[0];
    c->answer_count--;
    memmove(c->answers, c->answers + 1, c->answer_count * sizeof *answer);
    return true;
}

static inline void screen_cloud_cancel(net *face, uint32_t ticket)
{
    screen_cloud *c = (screen_cloud *)(void *)face;
    for (uint32_t i = 0; i < c->answer_count; i++)
        if (c->answers[i].ticket == ticket) {
            net_answer_clear(&c->answers[i]);
            c->answers[i] = (net_answer){.ticket = ticket, .outcome = NET_CANCELLED, .retry_after_ms = -1};
        }
}

static inline bool screen_cloud_progress(net *face, uint32_t ticket, net_progress *progress)
{
    (void)face;
    (void)ticket;
    *progress = (net_progress){.sent_bytes = 262144, .total_bytes = 1048576};
    return true;
}

static inline void screen_cloud_open(screen_cloud *c)
{
    memset(c, 0, sizeof *c);
    c->outage = NET_FAILED_CONNECT;
    c->item_status = "delivered";
    c->face = (net){.submit = screen_cloud_submit,
                    .poll = screen_cloud_poll,
                    .cancel = screen_cloud_cancel,
                    .progress = screen_cloud_progress};
}

static inline void screen_cloud_close(screen_cloud *c)
{
    for (uint32_t i = 0; i < c->answer_count; i++)
        net_answer_clear(&c->answers[i]);
}

#endif
