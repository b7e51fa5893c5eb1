/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support/core_cloud.h - a cloud in memory that answers as include/cloud/openapi.yaml says, as far as the core asks: the
 * eight rules of an upload, receipts, registering a till, sessions. It shares no code with the mock cloud, so that a
 * misreading of the contract does not stand on both sides. Faults are fields that a test sets.
 */
#ifndef SUPPORT_CORE_CLOUD_H
#define SUPPORT_CORE_CLOUD_H

#include <cjson/cJSON.h>
#include <check.h>
#include <sodium.h>
#include <stdio.h>

#include "support/net_script.h"

#define CLOUD_TEXT 72
#define BATCH_TYPE "application/vnd.pos.report-batch"

typedef struct cloud_report {
    char store[CLOUD_TEXT], till[CLOUD_TEXT], reg[CLOUD_TEXT], sha[CLOUD_TEXT], receipt[CLOUD_TEXT];
    char kind;
    int64_t epoch, z, x;
    bool counted, conflict, rebuilt;
} cloud_report;

typedef struct cloud_token {
    char token[CLOUD_TEXT], store[CLOUD_TEXT], till[CLOUD_TEXT];
    bool revoked;
} cloud_token;

typedef struct cloud_known {
    char store[CLOUD_TEXT], till[CLOUD_TEXT], reg[CLOUD_TEXT];
} cloud_known;

/* What happens to uploads; `times` of them (0: to all, as long as it is set), after `after` that go well. */
typedef enum cloud_fault {
    CLOUD_FINE = 0,
    CLOUD_UNREACHED,   /* NET_FAILED_CONNECT, nothing committed */
    CLOUD_LOSE_ANSWER, /* committed, then NET_FAILED_CUT */
    CLOUD_TIMEOUT,     /* nothing committed, NET_FAILED_TIMEOUT */
    CLOUD_PROBLEM,     /* status and slug below, in the contract's words */
    CLOUD_BARE,        /* status below, with a proxy's HTML */
    CLOUD_HOLD         /* no answer yet */
} cloud_fault;

typedef struct core_cloud core_cloud;

struct core_cloud {
    cloud_report *reports;
    uint32_t count, capacity;
    cloud_token tokens[64];
    uint32_t token_count;
    cloud_known known[64];
    uint32_t known_count;
    uint32_t serial; /* makes ids and tokens */
    char session[CLOUD_TEXT];
    /* uploads */
    cloud_fault fault;
    uint32_t fault_times, fault_after;
    int32_t status;
    const char *slug;
    int64_t retry_after_ms;
    size_t body_cap;  /* over it: a proxy's bare 413; 0: none */
    int64_t poison_z; /* a batch with it ends as poison_fault; 0: none */
    cloud_fault poison_fault;
    int64_t reject_z, reject_z_to; /* these numbers are rejected; 0: none */
    bool retries_all;              /* every item: retry, busy */
    int64_t retry_z;               /* this one only */
    bool refuses_encodings;        /* 415 to what is compressed */
    bool refuses_type;             /* 415 to everything */
    bool long_words;
    bool store_closed;                                       /* 403 */
    const char *receipt_store, *receipt_till, *receipt_hash; /* in receipts, instead of the truth */
    void (*twist)(cJSON *results);                           /* a last change to the results array */
    /* comparisons */
    cloud_fault compare_fault;
    uint32_t compare_times; /* 0: as long as it is set */
    uint32_t compares;
    size_t compare_bytes; /* questions and answers */
    /* persons */
    cloud_fault person_fault;
    uint32_t person_times;
    /* seen */
    uint32_t uploads, largest_batch, uploads_encoded, revoked, logged_out, bodies_bad;
    uint32_t x_reused; /* an X came with a sequence that another X had used */
    size_t largest_body;
    char last_key[40];
    struct {
        char key[40], id[CLOUD_TEXT];
        uint8_t body[16]; /* its hash */
    } created[64];
    uint32_t created_count;
    /* configuration data: support/catalogue_cloud.h; NULL: the route is not there. rest: behind ".../catalogue" */
    void (*catalogue)(core_cloud *c, net_script *s, const script_request *request, const char *rest);
    void *catalogue_ctx;
};

static inline void cloud_copy(char *to, const char *from)
{
    snprintf(to, CLOUD_TEXT, "%s", from ? from : "");
}

static inline void cloud_free(core_cloud *c)
{
    free(c->reports);
}

/* ---- answers ---- */

static inline void cloud_problem(net_script *s, uint32_t ticket, int32_t status, const char *slug, int64_t retry_after)
{
    char body[256];
    snprintf(body, sizeof body,
             "{\"type\":\"urn:factorycloud:problem:%s\",\"title\":\"t\",\"status\":%d,\"detail\":\"d %s\"}", slug,
             (int)status, slug);
    net_answer answer = script_make(status, "application/problem+json", body);
    answer.retry_after_ms = retry_after;
    script_answer(s, ticket, answer);
}

static inline void cloud_json(net_script *s, uint32_t ticket, int32_t status, cJSON *body)
{
    char *text = cJSON_PrintUnformatted(body);
    script_reply(s, ticket, status, "application/json", text);
    free(text);
    cJSON_Delete(body);
}

/* True: the fault took the place of an answer. */
static inline bool cloud_misbehave(core_cloud *c, net_script *s, uint32_t ticket, cloud_fault fault)
{
    net_answer answer;
    switch (fault) {
    case CLOUD_FINE:
        return false;
    case CLOUD_UNREACHED:
        script_fail(s, ticket, NET_FAILED_CONNECT);
        return true;
    case CLOUD_LOSE_ANSWER:
        script_fail(s, ticket, NET_FAILED_CUT);
        return true;
    case CLOUD_TIMEOUT:
        script_fail(s, ticket, NET_FAILED_TIMEOUT);
        return true;
    case CLOUD_PROBLEM:
        cloud_problem(s, ticket, c->status, c->slug, c->retry_after_ms);
        return true;
    case CLOUD_BARE:
        answer = script_make(c->status, "text/html", "<html>not here</html>");
        answer.retry_after_ms = c->retry_after_ms;
        script_answer(s, ticket, answer);
        return true;
    default:
        return true;
    }
}

/* ---- the eight rules ---- */

static inline cloud_report *cloud_find(core_cloud *c, const cloud_report *key, bool any_epoch, const char *sha)
{
    for (uint32_t i = 0; i < c->count; i++) {
        cloud_report *r = &c->reports[i];
        if (strcmp(r->till, key->till) == 0 && strcmp(r->reg, key->reg) == 0 && r->kind == key->kind &&
            r->z == key->z && r->x == key->x && (any_epoch || r->epoch == key->epoch) &&
            (!sha || strcmp(r->sha, sha) == 0))
            return r;
    }
    return NULL;
}

static inline cloud_report *cloud_store_report(core_cloud *c, cloud_report report)
{
    snprintf(report.receipt, sizeof report.receipt, "rcp_%u", ++c->serial);
    c->reports = script_grow(c->reports, c->count, &c->capacity, sizeof *c->reports);
    c->reports[c->count] = report;
    return &c->reports[c->count++];
}

/* The highest X of that period; -1: the period is closed. */
static inline int64_t cloud_last_x(const core_cloud *c, const cloud_report *key, bool *closed)
{
    int64_t last = 0;
    *closed = false;
    for (uint32_t i = 0; i < c->count; i++) {
        const cloud_report *r = &c->reports[i];
        if (strcmp(r->till, key->till) != 0 || strcmp(r->reg, key->reg) != 0 || r->epoch != key->epoch ||
            r->z != key->z)
            continue;
        if (r->kind == 'Z')
            *closed = true;
        else if (r->x > last)
            last = r->x;
    }
    return last;
}

/* Rules 3 to 8. Returns the status word; *receipt_of: whose receipt; *last_x: of a superseded X. */
static inline const char *cloud_take(core_cloud *c, const cloud_report *item, cloud_report **receipt_of,
                                     int64_t *last_x)
{
    bool closed = false;
    cloud_report *held = cloud_find(c, item, true, item->sha);
    *last_x = -1;
    *receipt_of = held;
    if (held)
        return held->conflict ? "conflict" : "delivered";
    if (item->kind == 'X') {
        int64_t last = cloud_last_x(c, item, &closed);
        c->x_reused += cloud_find(c, item, false, NULL) != NULL;
        if (closed || last >= item->x) {
            *last_x = last;
            return "superseded";
        }
        *receipt_of = cloud_store_report(c, *item);
        (*receipt_of)->counted = true;
        return "delivered";
    }
    held = cloud_find(c, item, false, NULL);
    *receipt_of = held;
    if (held && item->rebuilt)
        return "superseded";
    bool replaces = held && held->rebuilt;
    bool conflict = held && !held->rebuilt;
    if (replaces)
        held->counted = false;
    *receipt_of = cloud_store_report(c, *item);
    (*receipt_of)->counted = !conflict;
    (*receipt_of)->conflict = conflict;
    return conflict ? "conflict" : "delivered";
}

/* ---- an upload ---- */

static inline void cloud_add_key(cJSON *object, const cloud_report *r)
{
    char kind[2] = {r->kind, 0};
    cJSON_AddStringToObject(object, "kind", kind);
    cJSON_AddStringToObject(object, "register_id", r->reg);
    cJSON_AddNumberToObject(object, "epoch", (double)r->epoch);
    cJSON_AddNumberToObject(object, "z_number", (double)r->z);
    cJSON_AddNumberToObject(object, "x_sequence", (double)r->x);
}

static inline cJSON *cloud_receipt(const core_cloud *c, const cloud_report *r)
{
    cJSON *receipt = cJSON_CreateObject();
    cJSON_AddStringToObject(receipt, "receipt_id", r->receipt);
    cJSON_AddStringToObject(receipt, "company_id", "com_1");
    cJSON_AddStringToObject(receipt, "store_id", c->receipt_store ? c->receipt_store : r->store);
    cJSON_AddStringToObject(receipt, "till_id", c->receipt_till ? c->receipt_till : r->till);
    cloud_add_key(receipt, r);
    cJSON_AddStringToObject(receipt, "sha256", c->receipt_hash ? c->receipt_hash : r->sha);
    cJSON_AddNumberToObject(receipt, "received_at_ms", 1795212345678.0);
    return receipt;
}

static inline void cloud_add_problem(const core_cloud *c, cJSON *result, const char *code)
{
    char words[256] = "in the cloud's words";
    for (size_t i = 0; c->long_words && i + 3 < sizeof words; i += 3)
        memcpy(words + i, "\xe2\x82\xac", 4); /* euro signs */
    cJSON *problem = cJSON_AddObjectToObject(result, "problem");
    cJSON_AddStringToObject(problem, "code", code);
    cJSON_AddStringToObject(problem, "detail", words);
}

static inline cJSON *cloud_judge(core_cloud *c, const cloud_report *item, bool hash_is_right)
{
    cJSON *result = cJSON_CreateObject();
    cloud_report *receipt_of = NULL;
    int64_t last_x = -1;
    const char *word;
    if (!hash_is_right || c->retries_all || (c->retry_z != 0 && item->z == c->retry_z)) {
        word = "retry";
        cloud_add_problem(c, result, hash_is_right ? "busy" : "hash-mismatch");
    } else if (c->reject_z != 0 && item->z >= c->reject_z && item->z <= c->reject_z_to) {
        word = "rejected";
        cloud_add_problem(c, result, "invalid-schema");
    } else {
        word = cloud_take(c, item, &receipt_of, &last_x);
    }
    cJSON_AddStringToObject(result, "status", word);
    cloud_add_key(result, item);
    cJSON_AddStringToObject(result, "sha256", item->sha);
    if (receipt_of && last_x < 0)
        cJSON_AddItemToObject(result, "receipt", cloud_receipt(c, receipt_of));
    if (last_x >= 0)
        cJSON_AddNumberToObject(result, "last_x_sequence", (double)last_x);
    return result;
}

static inline double cloud_number(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(item))
        ck_abort_msg("header line without %s", name);
    return item->valuedouble;
}

static inline const char *cloud_text(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text ? text : "";
}

/* Reads the item at *at; false: the body ends there, or is not framed as it has to be (then bodies_bad moves). */
static inline bool cloud_next_item(core_cloud *c, const net_request *request, size_t *at, cloud_report *item,
                                   bool *hash_is_right)
{
    if (*at == request->body_bytes)
        return false;
    const uint8_t *line = request->body + *at;
    const uint8_t *end = memchr(line, '\n', request->body_bytes - *at);
    cJSON *header = end ? cJSON_ParseWithLength((const char *)line, (size_t)(end - line)) : NULL;
    bool good = cJSON_IsObject(header);
    if (good) {
        uint8_t hash[32];
        char hex[65];
        size_t length = (size_t)cloud_number(header, "length");
        size_t from = (size_t)(end + 1 - request->body);
        good = from + length < request->body_bytes && request->body[from + length] == '\n';
        cloud_copy(item->reg, cloud_text(header, "register_id"));
        cloud_copy(item->sha, cloud_text(header, "sha256"));
        item->kind = cloud_text(header, "kind")[0];
        item->epoch = (int64_t)cloud_number(header, "epoch");
        item->z = (int64_t)cloud_number(header, "z_number");
        item->x = (int64_t)cloud_number(header, "x_sequence");
        item->rebuilt = strcmp(cloud_text(header, "origin"), "rebuilt") == 0;
        if (good) {
            crypto_hash_sha256(hash, request->body + from, length);
            sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
            *hash_is_right = strcmp(hex, item->sha) == 0;
            *at = from + length + 1;
        }
    }
    cJSON_Delete(header);
    c->bodies_bad += !good;
    return good;
}

#endif
