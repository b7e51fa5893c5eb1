/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support/catalogue_cloud.h - the catalogue routes of the model cloud (support/core_cloud.h): one store's data with its
 * last two revisions, uploads in pages with an atomic commit. Faults are fields that a test sets.
 */
#ifndef SUPPORT_CATALOGUE_CLOUD_H
#define SUPPORT_CATALOGUE_CLOUD_H

#include "support/catalogue_lines.h"
#include "support/core_cloud_routes.h"

#include "protocol/catalogue.h"

typedef struct catalogue_cloud {
    int64_t revision, before_revision;
    lines now, before;
    const char *currency;
    uint32_t page_lines; /* of a page down; 0: as asked */
    /* an upload; one at a time is enough */
    char key[40], upload_id[CLOUD_TEXT];
    int64_t replaces, pages, committed;
    bool open;
    lines up;
    /* faults: a request fails, from the n-th on, so many times */
    cloud_fault fault;
    uint32_t fault_at, fault_times;
    int32_t status;
    const char *slug;
    bool told_revision_back;                      /* the info says one revision less */
    int64_t page_revision;                        /* a page says this revision; 0: the right one */
    int64_t page_since;                           /* -1: the right one */
    uint32_t page_count_more;                     /* the head line says so many lines more */
    size_t page_cut;                              /* the page's last bytes are missing */
    const char *page_instead;                     /* the whole page */
    int64_t lines_more;                           /* the info says so many more */
    int64_t up_lines_more, up_pages_more;         /* the answers about an upload say so many more */
    const char *commit_problem;                   /* 422 with this body */
    void (*between)(void *ctx, uint32_t request); /* before each request is answered */
    void *between_ctx;
    /* seen */
    uint32_t requests, pages_given, pages_put, refused_lines, cancelled, committed_times, unchanged;
    size_t largest_page;
    bool asked_since;
} catalogue_cloud;

static inline void catalogue_cloud_close(catalogue_cloud *k)
{
    lines_clear(&k->now);
    lines_clear(&k->before);
    lines_clear(&k->up);
}

/* A new revision of what `now` holds; the test then fills `now` anew. */
static inline void catalogue_cloud_revise(catalogue_cloud *k)
{
    lines_copy(&k->before, &k->now);
    k->before_revision = k->revision;
    k->revision++;
}

static inline cJSON *catalogue_cloud_info(const catalogue_cloud *k)
{
    static const struct {
        const char *name;
        catalogue_kind kind;
    } counts[] = {{"taxes", CATALOGUE_TAX},
                  {"payment_methods", CATALOGUE_PAYMENT_METHOD},
                  {"price_levels", CATALOGUE_PRICE_LEVEL},
                  {"departments", CATALOGUE_DEPARTMENT},
                  {"groups", CATALOGUE_GROUP},
                  {"users", CATALOGUE_USER},
                  {"items", CATALOGUE_ITEM},
                  {"prices", CATALOGUE_PRICE}};
    cJSON *info = cJSON_CreateObject();
    cJSON_AddNumberToObject(info, "revision", (double)(k->revision - k->told_revision_back));
    cJSON_AddNumberToObject(info, "lines", (double)(k->now.count + k->lines_more));
    cJSON *object = cJSON_AddObjectToObject(info, "counts");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        cJSON_AddNumberToObject(object, counts[i].name, lines_count_kind(&k->now, counts[i].kind));
    if (k->now.count > 0)
        cJSON_AddStringToObject(info, "currency", k->currency ? k->currency : "EUR");
    else
        cJSON_AddNullToObject(info, "currency");
    cJSON_AddNumberToObject(info, "changed_at_ms", 1795200000000.0);
    return info;
}

static inline void catalogue_cloud_ask(catalogue_cloud *k, net_script *s, const script_request *r)
{
    char etag[32];
    snprintf(etag, sizeof etag, "\"r%lld\"", (long long)k->revision);
    if (strcmp(r->request->if_none_match, etag) == 0) {
        k->unchanged++;
        script_reply(s, r->ticket, 304, NULL, NULL);
        return;
    }
    cJSON *info = catalogue_cloud_info(k);
    char *text = cJSON_PrintUnformatted(info);
    net_answer answer = script_make(200, "application/json", text);
    memcpy(answer.etag, etag, sizeof etag);
    script_answer(s, r->ticket, answer);
    free(text);
    cJSON_Delete(info);
}

/* ---- pages down ---- */

/* Has the item of that key changed, with its prices? */
static inline bool catalogue_cloud_differs(const lines *a, const lines *b, const char *item)
{
    uint32_t i = lines_after(a, item), k = lines_after(b, item);
    const lines_entry *x = lines_find(a, item), *y = lines_find(b, item);
    size_t length = strlen(item);
    if (!x || !y || strcmp(x->text, y->text) != 0)
        return true;
    for (;; i++, k++) {
        bool more_a = i < a->count && strncmp(a->entries[i].key, item, length) == 0 && a->entries[i].key[length] == 1;
        bool more_b = k < b->count && strncmp(b->entries[k].key, item, length) == 0 && b->entries[k].key[length] == 1;
        if (!more_a || !more_b)
            return more_a != more_b;
        if (strcmp(a->entries[i].key, b->entries[k].key) != 0 || strcmp(a->entries[i].text, b->entries[k].text) != 0)
            return true;
    }
}

static inline void catalogue_cloud_changes(const catalogue_cloud *k, lines *out)
{
    char item[CATALOGUE_KEY_MAX + 1], removed[200];
    uint32_t i = 0, b = 0;
    while (i < k->now.count || b < k->before.count) {
        const lines_entry *new = i < k->now.count ? &k->now.entries[i] : NULL;
        const lines_entry *old = b < k->before.count ? &k->before.entries[b] : NULL;
        if (!new || (old && strcmp(old->key, new->key) < 0)) {
            if (catalogue_key_kind(old->key) == CATALOGUE_ITEM) {
                snprintf(removed, sizeof removed, "{\"kind\":\"removed\",\"item_id\":\"%s\"}", old->key + 1);
                lines_add(out, old->key, removed, strlen(removed));
            }
            b++;
            continue;
        }
        if (old && strcmp(old->key, new->key) == 0)
            b++;
        lines_item_key(new->key, item);
        if (new->key[0] != '7' || catalogue_cloud_differs(&k->now, &k->before, item))
            lines_add(out, new->key, new->text, new->bytes);
        i++;
    }
}

static inline void catalogue_cloud_page(catalogue_cloud *k, net_script *s, const script_request *r)
{
    long long revision = 0, since = 0;
    unsigned limit = 0, after = 0;
    lines changes = {0};
    int read = sscanf(r->request->path, "%*[^?]?revision=%lld&since=%lld&limit=%u&after=%u", &revision, &since, &limit,
                      &after);
    ck_assert_int_ge(read, 3);
    k->asked_since = k->asked_since || since != 0;
    if (revision != k->revision) {
        cloud_problem(s, r->ticket, 410, "gone", -1);
        return;
    }
    bool is_delta = since != 0 && since == k->before_revision;
    if (is_delta)
        catalogue_cloud_changes(k, &changes);
    const lines *from = is_delta ? &changes : &k->now;
    if (k->page_lines != 0)
        limit = k->page_lines;
    uint32_t end = after + limit < from->count ? after + limit : from->count;
    size_t room = 300, used;
    for (uint32_t i = after; i < end; i++)
        room += from->entries[i].bytes + 1;
    char *body = malloc(room), next[32] = "null";
    ck_assert_ptr_nonnull(body);
    if (end < from->count)
        snprintf(next, sizeof next, "\"%u\"", end);
    used = (size_t)snprintf(
        body, room, "{\"kind\":\"page\",\"revision\":%lld,\"since\":%lld,\"count\":%u,\"next\":%s}\n",
        k->page_revision ? (long long)k->page_revision : revision,
        k->page_since > 0 ? (long long)k->page_since : (is_delta ? since : 0), end - after + k->page_count_more, next);
    for (uint32_t i = after; i < end; i++) {
        memcpy(body + used, from->entries[i].text, from->entries[i].bytes);
        used += from->entries[i].bytes;
        body[used++] = '\n';
    }
    body[used - k->page_cut] = '\0';
    if (used > k->largest_page)
        k->largest_page = used;
    k->pages_given++;
    script_reply(s, r->ticket, 200, "application/x-ndjson", k->page_instead ? k->page_instead : body);
    free(body);
    lines_clear(&changes);
}

/* ---- pages up ---- */

static inline void catalogue_cloud_tell_upload(const catalogue_cloud *k, net_script *s, uint32_t ticket, int32_t status)
{
    char body[200];
    snprintf(body, sizeof body,
             "{\"upload_id\":\"%s\",\"next_page\":%lld,\"lines\":%lld,\"expires_at_ms\":1795900000000}", k->upload_id,
             (long long)k->pages + k->up_pages_more, (long long)k->up.count + k->up_lines_more);
    script_reply(s, ticket, status, "application/json", body);
}

static inline void catalogue_cloud_tell_exists(const catalogue_cloud *k, net_script *s, uint32_t ticket)
{
    cJSON *problem =
        cJSON_Parse("{\"type\":\"urn:factorycloud:problem:catalogue-exists\",\"title\":\"t\",\"status\":409,"
                    "\"detail\":\"d\"}");
    cJSON_AddItemToObject(problem, "catalogue", catalogue_cloud_info(k));
    char *text = cJSON_PrintUnformatted(problem);
    script_reply(s, ticket, 409, "application/problem+json", text);
    free(text);
    cJSON_Delete(problem);
}

static inline void catalogue_cloud_create(catalogue_cloud *k, core_cloud *c, net_script *s, const script_request *r)
{
    cJSON *asked = cJSON_ParseWithLength((const char *)r->request->body, r->request->body_bytes);
    int64_t replaces = (int64_t)cloud_number(asked, "replaces");
    cJSON_Delete(asked);
    ck_assert_uint_eq(strlen(r->request->idempotency_key), 32);
    if (k->open && strcmp(k->key, r->request->idempotency_key) == 0) {
        catalogue_cloud_tell_upload(k, s, r->ticket, 201);
        return;
    }
    if (replaces != k->revision) {
        catalogue_cloud_tell_exists(k, s, r->ticket);
        return;
    }
    snprintf(k->key, sizeof k->key, "%s", r->request->idempotency_key);
    snprintf(k->upload_id, sizeof k->upload_id, "upl_%u", ++c->serial);
    k->replaces = replaces;
    k->pages = 0;
    k->committed = 0;
    k->open = true;
    lines_clear(&k->up);
    catalogue_cloud_tell_upload(k, s, r->ticket, 201);
}

/* The page is refused as a whole; what came of it goes with the upload. */
static inline void catalogue_cloud_refuse_line(catalogue_cloud *k, net_script *s, const script_request *r,
                                               uint32_t number)
{
    char body[200];
    snprintf(body, sizeof body,
             "{\"type\":\"urn:factorycloud:problem:catalogue-invalid\",\"title\":\"t\",\"status\":422,"
             "\"detail\":\"not a line\",\"line\":%u,\"key\":null}",
             number);
    k->refused_lines++;
    script_reply(s, r->ticket, 422, "application/problem+json", body);
}

static inline void catalogue_cloud_keep_page(catalogue_cloud *k, net_script *s, const script_request *r, long long page)
{
    const char *at = (const char *)r->request->body, *end = at + r->request->body_bytes;
    uint32_t count = 0;
    ck_assert_str_eq(r->request->content_type, "application/x-ndjson");
    ck_assert_uint_le(r->request->body_bytes, PROTOCOL_CATALOGUE_UP_BYTES);
    k->pages_put++;
    if (page != k->pages && page != k->pages - 1) {
        cloud_problem(s, r->ticket, 422, "invalid", -1);
        return;
    }
    for (; page == k->pages && at < end; count++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        catalogue_line line;
        ck_assert_ptr_nonnull(line_end);
        if (catalogue_line_read(at, (size_t)(line_end - at), &line) != CATALOGUE_FINE) {
            catalogue_cloud_refuse_line(k, s, r, k->up.count + 1);
            return;
        }
        lines_add(&k->up, line.key, at, (size_t)(line_end - at));
        at = line_end + 1;
    }
    ck_assert_uint_le(count, PROTOCOL_CATALOGUE_LINES_MAX);
    if (page == k->pages)
        k->pages++;
    catalogue_cloud_tell_upload(k, s, r->ticket, 200);
}

static inline void catalogue_cloud_commit(catalogue_cloud *k, net_script *s, const script_request *r)
{
    cJSON *asked = cJSON_ParseWithLength((const char *)r->request->body, r->request->body_bytes);
    int64_t count = (int64_t)cloud_number(asked, "lines");
    cJSON_Delete(asked);
    if (k->committed == 0 && k->commit_problem) {
        script_reply(s, r->ticket, 422, "application/problem+json", k->commit_problem);
        return;
    }
    if (k->committed == 0 && k->replaces != k->revision) {
        catalogue_cloud_tell_exists(k, s, r->ticket);
        return;
    }
    if (k->committed == 0 && count != k->up.count) {
        cloud_problem(s, r->ticket, 422, "invalid", -1);
        return;
    }
    if (k->committed == 0) {
        catalogue_cloud_revise(k);
        lines_copy(&k->now, &k->up);
        k->committed = k->revision;
        k->open = false;
        k->committed_times++;
    }
    cloud_json(s, r->ticket, 200, catalogue_cloud_info(k));
}

static inline void catalogue_cloud_upload(catalogue_cloud *k, core_cloud *c, net_script *s, const script_request *r,
                                          const char *rest)
{
    char id[CLOUD_TEXT] = "";
    long long page = -1;
    if (rest[0] == '\0') {
        catalogue_cloud_create(k, c, s, r);
        return;
    }
    (void)sscanf(rest, "/%70[^/]/pages/%lld", id, &page);
    bool is_commit = strstr(rest, "/commit") != NULL;
    if (strcmp(id, k->upload_id) != 0)
        cloud_problem(s, r->ticket, 404, "not-found", -1);
    else if (!k->open && !(is_commit && k->committed != 0))
        cloud_problem(s, r->ticket, 410, "gone", -1);
    else if (is_commit)
        catalogue_cloud_commit(k, s, r);
    else if (page >= 0)
        catalogue_cloud_keep_page(k, s, r, page);
    else if (strcmp(r->request->method, "GET") == 0)
        catalogue_cloud_tell_upload(k, s, r->ticket, 200);
    else {
        k->open = false;
        k->cancelled++;
        script_reply(s, r->ticket, 204, NULL, NULL);
    }
}

/* core_cloud.catalogue: a request for .../catalogue, with the store's permission or without one. */
static inline void catalogue_cloud_route(core_cloud *c, net_script *s, const script_request *r, const char *rest)
{
    catalogue_cloud *k = c->catalogue_ctx;
    bool is_faulty = k->fault != CLOUD_FINE && ++k->requests >= k->fault_at && k->fault_times > 0;
    if (k->fault == CLOUD_FINE)
        k->requests++;
    if (is_faulty)
        k->fault_times--;
    c->status = k->status;
    c->slug = k->slug;
    if (k->between)
        k->between(k->between_ctx, k->requests);
    if (is_faulty && k->fault != CLOUD_LOSE_ANSWER && cloud_misbehave(c, s, r->ticket, k->fault))
        return;
    uint32_t ready = s->ready_count;
    if (strncmp(rest, "/lines", 6) == 0)
        catalogue_cloud_page(k, s, r);
    else if (strncmp(rest, "/uploads", 8) == 0)
        catalogue_cloud_upload(k, c, s, r, rest + 8);
    else
        catalogue_cloud_ask(k, s, r);
    if (!is_faulty || s->ready_count == ready)
        return;
    net_answer *lost = &s->ready[s->ready_count - 1]; /* it acted, and the answer did not arrive */
    net_answer_clear(lost);
    *lost = (net_answer){
        .ticket = r->ticket, .outcome = NET_FAILED_CUT, .retry_after_ms = -1, .detail = "the answer was lost"};
}

#endif
