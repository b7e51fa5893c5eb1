/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/business.c - the requests and answers about companies and stores. The till's registration is in till.c. */
#include "protocol/business.h"
#include "protocol/business_json.h"
#include "protocol/reader.h"
#include "protocol/wire.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define PATH_PARTS_MAX 16
#define PAGE_CAP_BYTES (512u * 1024u) /* 50 items of at most 1.4 KB, every byte of which may be written as \u00XX */

/* Appends "&name=value" (the first with '?'), unless the value is empty. */
static size_t add_query(const char **parts, size_t at, const char *first, const char *later, bool *any,
                        const char *value)
{
    if (value == NULL || value[0] == '\0')
        return at;
    parts[at] = *any ? later : first;
    parts[at + 1] = value;
    *any = true;
    return at + 2;
}

/* `parts` holds `at` parts of the path, an even number. */
static net_request *list(const char *token, const char **parts, size_t at, const char *after, const char *search,
                         uint32_t limit)
{
    char number[16];
    bool any = false;

    if (limit == 0 || limit > PROTOCOL_PAGE_MAX)
        limit = PROTOCOL_PAGE_MAX;
    (void)snprintf(number, sizeof number, "%u", (unsigned)limit);
    at = add_query(parts, at, "?limit=", "&limit=", &any, number);
    at = add_query(parts, at, "?after=", "&after=", &any, after);
    at = add_query(parts, at, "?q=", "&q=", &any, search);
    parts[at] = NULL;
    return wire_cap_answer(wire_add_token(wire_request("GET", parts), token), PAGE_CAP_BYTES);
}

net_request *protocol_list_companies(const char *session_token, const char *after, const char *search, uint32_t limit)
{
    const char *parts[PATH_PARTS_MAX] = {"/v1/companies", ""};

    return list(session_token, parts, 2, after, search, limit);
}

net_request *protocol_list_stores(const char *session_token, const char *company_id, const char *after,
                                  const char *search, uint32_t limit)
{
    const char *parts[PATH_PARTS_MAX] = {"/v1/companies/", company_id, "/stores", ""};

    return list(session_token, parts, 4, after, search, limit);
}

net_request *protocol_create_company(const char *session_token, const protocol_company *company,
                                     const char *idempotency_key)
{
    static const char *const path[] = {"/v1/companies", NULL};
    const wire_member members[] = {{"name", company->name, false},
                                   {"tax_id", company->tax_id, false},
                                   {"country", company->country, false},
                                   {"currency", company->currency, false}};
    net_request *request = wire_add_token(wire_request("POST", path), session_token);

    return wire_add_body(wire_add_key(request, idempotency_key), members, COUNT(members));
}

net_request *protocol_create_store(const char *session_token, const char *company_id, const protocol_store *store,
                                   const char *idempotency_key)
{
    const char *const path[] = {"/v1/companies/", company_id, "/stores", NULL};
    const wire_member members[] = {
        {"name", store->name, false}, {"address", store->address, false}, {"time_zone", store->time_zone, false}};
    net_request *request = wire_add_token(wire_request("POST", path), session_token);

    return wire_add_body(wire_add_key(request, idempotency_key), members, COUNT(members));
}

static const json_member company_members[] = {
    JSON_MEMBER(protocol_company, company_id, JSON_ID, JSON_REQUIRED),
    JSON_MEMBER(protocol_company, name, JSON_WORDS, JSON_REQUIRED),
    JSON_MEMBER(protocol_company, tax_id, JSON_WORDS, JSON_NULLABLE),
    JSON_MEMBER(protocol_company, country, JSON_CAPITALS, JSON_REQUIRED),
    JSON_MEMBER(protocol_company, currency, JSON_CAPITALS, JSON_REQUIRED),
};

static const json_member store_members[] = {
    JSON_MEMBER(protocol_store, store_id, JSON_ID, JSON_REQUIRED),
    JSON_MEMBER(protocol_store, company_id, JSON_ID, JSON_REQUIRED),
    JSON_MEMBER(protocol_store, name, JSON_WORDS, JSON_REQUIRED),
    JSON_MEMBER(protocol_store, address, JSON_WORDS, JSON_NULLABLE),
    JSON_MEMBER(protocol_store, time_zone, JSON_ASCII, JSON_REQUIRED),
    JSON_MEMBER(protocol_store, currency, JSON_CAPITALS, JSON_REQUIRED),
};

bool business_read_company(const cJSON *object, protocol_company *company)
{
    return json_read(object, company_members, COUNT(company_members), company);
}

bool business_read_store(const cJSON *object, protocol_store *store)
{
    return json_read(object, store_members, COUNT(store_members), store);
}

void protocol_read_company(const net_answer *answer, protocol_verdict *verdict, protocol_company *company)
{
    reader_object(answer, verdict, company_members, COUNT(company_members), company, sizeof *company);
}

void protocol_read_store(const net_answer *answer, protocol_verdict *verdict, protocol_store *store)
{
    reader_object(answer, verdict, store_members, COUNT(store_members), store, sizeof *store);
}

/* `next` is required, and null on the last page: an answer that was cut is not taken for the last one. */
static bool read_next(const cJSON *tree, char next[PROTOCOL_ID_MAX + 1])
{
    static const json_member member = {"next", 0, PROTOCOL_ID_MAX + 1, JSON_ID, JSON_NULLABLE};

    return cJSON_GetObjectItemCaseSensitive(tree, "next") != NULL && json_read(tree, &member, 1, next);
}

/* The items of a page, each of item_bytes, and its cursor. */
static bool read_page(const cJSON *tree, bool (*read_item)(const cJSON *, void *), void *items, size_t item_bytes,
                      uint32_t *count, char next[PROTOCOL_ID_MAX + 1])
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(tree, "items");
    const cJSON *item;

    if (!cJSON_IsArray(array) || cJSON_GetArraySize(array) > PROTOCOL_PAGE_MAX || !read_next(tree, next))
        return false;
    cJSON_ArrayForEach(item, array)
    {
        if (!read_item(item, (char *)items + *count * item_bytes))
            return false;
        (*count)++;
    }
    return true;
}

static bool read_company_item(const cJSON *object, void *to)
{
    return business_read_company(object, to);
}

static bool read_store_item(const cJSON *object, void *to)
{
    return business_read_store(object, to);
}

void protocol_read_companies(const net_answer *answer, protocol_verdict *verdict, protocol_company_page *page)
{
    cJSON *tree = reader_open(answer, verdict);

    memset(page, 0, sizeof *page);
    if (tree != NULL &&
        !read_page(tree, read_company_item, page->items, sizeof page->items[0], &page->count, page->next))
        reader_doubt(verdict, page, sizeof *page);
    json_free(tree);
}

void protocol_read_stores(const net_answer *answer, protocol_verdict *verdict, protocol_store_page *page)
{
    cJSON *tree = reader_open(answer, verdict);

    memset(page, 0, sizeof *page);
    if (tree != NULL && !read_page(tree, read_store_item, page->items, sizeof page->items[0], &page->count, page->next))
        reader_doubt(verdict, page, sizeof *page);
    json_free(tree);
}
