/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support/core_cloud_compare.h - the model cloud's compareReports (support/core_cloud.h): word by word as the contract
 * says it, number by number, without a thought of speed; limits included, so that a question that breaks one fails.
 */
#ifndef SUPPORT_CORE_CLOUD_COMPARE_H
#define SUPPORT_CORE_CLOUD_COMPARE_H

#include "support/core_cloud.h"

/* The pairs of one till, register and epoch: found by number. */
typedef struct cloud_pairs {
    const cloud_report **by_number; /* index 0 is number `first` */
    int64_t first, last;
} cloud_pairs;

static inline cloud_pairs cloud_collect_pairs(const core_cloud *c, const char *till, const char *reg, int64_t epoch,
                                              int64_t first, int64_t last)
{
    cloud_pairs p = {
        .by_number = calloc((size_t)(last - first + 1), sizeof(cloud_report *)), .first = first, .last = last};
    ck_assert_ptr_nonnull(p.by_number);
    for (uint32_t i = 0; i < c->count; i++) {
        const cloud_report *r = &c->reports[i];
        if (r->kind != 'Z' || r->epoch != epoch || r->z < first || r->z > last || strcmp(r->till, till) != 0 ||
            strcmp(r->reg, reg) != 0)
            continue;
        const cloud_report **pair = &p.by_number[r->z - first];
        if (!*pair || ((*pair)->rebuilt && !r->rebuilt))
            *pair = r;
    }
    return p;
}

static inline bool cloud_has_document(const core_cloud *c, const char *till, const char *reg, int64_t epoch, int64_t z,
                                      const char *head)
{
    for (uint32_t i = 0; i < c->count; i++) {
        const cloud_report *r = &c->reports[i];
        if (r->kind == 'Z' && r->z == z && r->epoch == epoch && strncmp(r->sha, head, strlen(head)) == 0 &&
            strcmp(r->till, till) == 0 && strcmp(r->reg, reg) == 0)
            return true;
    }
    return false;
}

static inline void cloud_hash_pair(crypto_hash_sha256_state *hash, const cloud_report *r)
{
    uint8_t bytes[40];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)r->z >> (56 - 8 * i));
    ck_assert_int_eq(sodium_hex2bin(bytes + 8, 32, r->sha, 64, NULL, NULL, NULL), 0);
    crypto_hash_sha256_update(hash, bytes, sizeof bytes);
}

static inline int64_t cloud_range(const cJSON *range, int at)
{
    const cJSON *number = cJSON_GetArrayItem(range, at);
    ck_assert(cJSON_IsNumber(number) && number->valuedouble >= 1);
    return (int64_t)number->valuedouble;
}

typedef struct cloud_question {
    const core_cloud *cloud;
    const char *till, *reg, *per;
    int64_t epoch;
    const cJSON *ranges, *digest; /* the digest that comes next */
    cJSON *differs, *numbers;
    cloud_pairs pairs;
    int64_t block; /* -1: none yet */
    crypto_hash_sha256_state hash, all;
    uint32_t held;
} cloud_question;

static inline const char *cloud_next_digest(cloud_question *q, size_t length)
{
    const char *text = cJSON_GetStringValue(q->digest);
    if (!text || strlen(text) != length)
        ck_abort_msg("a digest lacks, or is not %zu digits long", length);
    q->digest = q->digest->next;
    return text;
}

static inline void cloud_end_block(cloud_question *q)
{
    uint8_t bytes[32];
    char hex[65];
    if (q->block < 0)
        return;
    crypto_hash_sha256_final(&q->hash, bytes);
    crypto_hash_sha256_update(&q->all, bytes, sizeof bytes);
    sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
    if (strcmp(q->per, "block") == 0 && strncmp(hex, cloud_next_digest(q, 32), 32) != 0)
        cJSON_AddItemToArray(q->differs, cJSON_CreateNumber((double)q->block));
}

static inline void cloud_compare_number(cloud_question *q, int64_t z)
{
    const cloud_report *pair = q->pairs.by_number[z - q->pairs.first];
    if (z / 256 != q->block) {
        cloud_end_block(q);
        q->block = z / 256;
        crypto_hash_sha256_init(&q->hash);
    }
    q->held += pair != NULL;
    if (pair)
        cloud_hash_pair(&q->hash, pair);
    if (strcmp(q->per, "number") != 0)
        return;
    const char *head = cloud_next_digest(q, 16);
    if (pair && (strncmp(pair->sha, head, 16) == 0 || cloud_has_document(q->cloud, q->till, q->reg, q->epoch, z, head)))
        return;
    cJSON *one = cJSON_CreateObject();
    cJSON_AddNumberToObject(one, "z_number", (double)z);
    cJSON_AddItemToObject(one, "sha256", pair ? cJSON_CreateString(pair->sha) : cJSON_CreateNull());
    cJSON_AddItemToObject(one, "origin",
                          pair ? cJSON_CreateString(pair->rebuilt ? "rebuilt" : "original") : cJSON_CreateNull());
    cJSON_AddItemToArray(q->numbers, one);
}

static inline void cloud_check_ranges(const cloud_question *q)
{
    const cJSON *range;
    int64_t last = -1, numbers = 0;
    cJSON_ArrayForEach(range, q->ranges)
    {
        if (cloud_range(range, 0) <= last + 1 && last >= 0)
            ck_abort_msg("ranges touch, overlap or go back");
        last = cloud_range(range, 1);
        ck_assert(last >= cloud_range(range, 0));
        numbers += last - cloud_range(range, 0) + 1;
    }
    if (numbers > (strcmp(q->per, "number") == 0 ? 2048 : 1000000))
        ck_abort_msg("%lld numbers in a set", (long long)numbers);
}

static inline cJSON *cloud_compare_set(const core_cloud *c, const char *till, const cJSON *set)
{
    cJSON *result = cJSON_CreateObject();
    const cJSON *range, *ranges = cJSON_GetObjectItemCaseSensitive(set, "ranges");
    cloud_question q = {.cloud = c,
                        .till = till,
                        .reg = cloud_text(set, "register_id"),
                        .per = cloud_text(set, "per"),
                        .epoch = (int64_t)cloud_number(set, "epoch"),
                        .ranges = ranges,
                        .digest = cJSON_GetObjectItemCaseSensitive(set, "digests")->child,
                        .block = -1};
    int count = cJSON_GetArraySize(ranges);
    ck_assert_int_ge(count, 1);
    cloud_check_ranges(&q);
    q.pairs = cloud_collect_pairs(c, till, q.reg, q.epoch, cloud_range(ranges->child, 0),
                                  cloud_range(cJSON_GetArrayItem(ranges, count - 1), 1));
    q.differs = cJSON_CreateArray();
    q.numbers = cJSON_CreateArray();
    crypto_hash_sha256_init(&q.all);
    cJSON_ArrayForEach(range, ranges)
    {
        for (int64_t z = cloud_range(range, 0); z <= cloud_range(range, 1); z++)
            cloud_compare_number(&q, z);
    }
    cloud_end_block(&q);
    uint8_t bytes[32];
    char hex[65];
    crypto_hash_sha256_final(&q.all, bytes);
    sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
    if (strcmp(q.per, "all") == 0 && strncmp(hex, cloud_next_digest(&q, 32), 32) != 0)
        cJSON_AddItemToArray(q.differs, cJSON_CreateNumber(0));
    ck_assert_ptr_null(q.digest);
    free(q.pairs.by_number);
    cJSON_AddNumberToObject(result, "held", q.held);
    cJSON_AddItemToObject(result, "differs", q.differs);
    cJSON_AddItemToObject(result, "numbers", q.numbers);
    return result;
}

static inline cJSON *cloud_compare_sets(const core_cloud *c, const char *till, const cJSON *asked)
{
    const cJSON *set, *sets = cJSON_GetObjectItemCaseSensitive(asked, "sets");
    int count = cJSON_GetArraySize(sets), ranges = 0, digests = 0;
    cJSON *body = cJSON_CreateObject(), *results = cJSON_AddArrayToObject(body, "sets");
    ck_assert(count >= 1 && count <= 64);
    cJSON_ArrayForEach(set, sets)
    {
        ranges += cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(set, "ranges"));
        digests += cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(set, "digests"));
        cJSON_AddItemToArray(results, cloud_compare_set(c, till, set));
    }
    ck_assert_int_le(ranges, 1024);
    ck_assert_int_le(digests, 2048);
    return body;
}

static inline void cloud_compare(core_cloud *c, net_script *s, const script_request *r, const cloud_token *scope)
{
    const net_request *request = r->request;
    cloud_fault fault = c->compare_fault;
    c->compares++;
    c->compare_bytes += request->body_bytes;
    if (getenv("BENCH_LOG"))
        fprintf(stderr, "              %.*s\n", (int)request->body_bytes, (const char *)request->body);
    ck_assert_str_eq(request->content_type, "application/json");
    ck_assert_uint_le(request->body_bytes, 64 * 1024);
    if (c->compare_times > 0 && --c->compare_times == 0)
        c->compare_fault = CLOUD_FINE;
    if (cloud_misbehave(c, s, r->ticket, fault))
        return;
    char path[256];
    snprintf(path, sizeof path, "/v1/stores/%s/tills/%s/reports/compare", scope ? scope->store : "",
             scope ? scope->till : "");
    if (!scope || strcmp(path, request->path) != 0) {
        cloud_problem(s, r->ticket, scope ? 403 : 401, scope ? "wrong-store" : "unauthorized", -1);
        return;
    }
    cJSON *asked = cJSON_ParseWithLength((const char *)request->body, request->body_bytes);
    cJSON *body = cloud_compare_sets(c, scope->till, asked);
    char *text = cJSON_PrintUnformatted(body);
    c->compare_bytes += strlen(text);
    if (getenv("BENCH_LOG"))
        fprintf(stderr, "              %s\n", text);
    script_reply(s, r->ticket, 200, "application/json", text);
    free(text);
    cJSON_Delete(body);
    cJSON_Delete(asked);
}

#endif
