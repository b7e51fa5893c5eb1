/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/catalogue.c - the requests and answers about configuration data (protocol/catalogue.h). */
#include "protocol/catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/reader.h"
#include "protocol/wire.h"

#define COUNT(array)    (sizeof(array) / sizeof((array)[0]))
#define LINES_TYPE      "application/x-ndjson"
#define HEAD_BYTES      (8u * 1024u) /* of a page's first line: its cursor, and members that are not known yet */
#define NUMBER_BYTES    24
#define UPLOAD_PAGE_MAX 1000001
#define LINES_PER_PAGE  1000 /* the contract's most */
#define JSON_BODY_BYTES 64

/* ---- requests ---- */

static net_request *ask(const char *method, const char *const *path, const char *till_token)
{
    return wire_add_token(wire_request(method, path), till_token);
}

net_request *protocol_ask_catalogue(const char *till_token, const char *store_id, const char *etag)
{
    const char *const path[] = {"/v1/stores/", store_id, "/catalogue", NULL};
    net_request *request = ask("GET", path, till_token);

    if (request != NULL && strlen(etag) <= NET_ETAG_MAX)
        memcpy(request->if_none_match, etag, strlen(etag) + 1);
    return request;
}

net_request *protocol_ask_catalogue_lines(const char *till_token, const char *store_id, int64_t revision, int64_t since,
                                          const char *after)
{
    char query[160];
    const char *path[] = {"/v1/stores/", store_id, query, after, NULL};

    (void)snprintf(query, sizeof query, "/catalogue/lines?revision=%" PRId64 "&since=%" PRId64 "&limit=%u%s", revision,
                   since, (unsigned)PROTOCOL_CATALOGUE_LINES_MAX, after[0] != '\0' ? "&after=" : "");
    return wire_cap_answer(ask("GET", path, till_token), PROTOCOL_CATALOGUE_DOWN_BYTES_MAX + HEAD_BYTES);
}

/* One member with a number: all that the bodies of these routes have. */
static net_request *add_number(net_request *request, const char *member, int64_t number)
{
    char *body = request == NULL ? NULL : malloc(JSON_BODY_BYTES);

    if (body == NULL) {
        net_request_free(request);
        return NULL;
    }
    (void)snprintf(body, JSON_BODY_BYTES, "{\"%s\":%" PRId64 "}", member, number);
    request->content_type = "application/json";
    request->body = (uint8_t *)body;
    request->body_bytes = strlen(body);
    return request;
}

net_request *protocol_create_catalogue_upload(const char *till_token, const char *store_id, int64_t replaces,
                                              const char *idempotency_key)
{
    const char *const path[] = {"/v1/stores/", store_id, "/catalogue/uploads", NULL};

    return add_number(wire_add_key(ask("POST", path, till_token), idempotency_key), "replaces", replaces);
}

net_request *protocol_ask_catalogue_upload(const char *till_token, const char *store_id, const char *upload_id)
{
    const char *const path[] = {"/v1/stores/", store_id, "/catalogue/uploads/", upload_id, NULL};

    return ask("GET", path, till_token);
}

net_request *protocol_cancel_catalogue_upload(const char *till_token, const char *store_id, const char *upload_id)
{
    const char *const path[] = {"/v1/stores/", store_id, "/catalogue/uploads/", upload_id, NULL};

    return ask("DELETE", path, till_token);
}

net_request *protocol_put_catalogue_page(const char *till_token, const char *store_id, const char *upload_id,
                                         int64_t page, char *bytes, size_t size_bytes, uint32_t encodings)
{
    char number[NUMBER_BYTES];
    const char *const path[] = {"/v1/stores/", store_id, "/catalogue/uploads/", upload_id, "/pages/", number, NULL};
    net_request *request;

    (void)snprintf(number, sizeof number, "%" PRId64, page);
    request = ask("PUT", path, till_token);
    if (request == NULL) {
        free(bytes);
        return NULL;
    }
    request->content_type = LINES_TYPE;
    request->body = (uint8_t *)bytes;
    request->body_bytes = size_bytes;
    request->encodings = encodings;
    return request;
}

net_request *protocol_commit_catalogue_upload(const char *till_token, const char *store_id, const char *upload_id,
                                              int64_t lines)
{
    const char *const path[] = {"/v1/stores/", store_id, "/catalogue/uploads/", upload_id, "/commit", NULL};

    return add_number(ask("POST", path, till_token), "lines", lines);
}

/* ---- answers ---- */

typedef struct counts {
    int64_t taxes, payment_methods, price_levels, departments, groups, users, items, prices;
} counts;

static const json_member count_members[] = {
    JSON_MEMBER(counts, taxes, JSON_INT64, JSON_REQUIRED),
    JSON_MEMBER(counts, payment_methods, JSON_INT64, JSON_REQUIRED),
    JSON_MEMBER(counts, price_levels, JSON_INT64, JSON_REQUIRED),
    JSON_MEMBER(counts, departments, JSON_INT64, JSON_REQUIRED),
    JSON_MEMBER(counts, groups, JSON_INT64, JSON_REQUIRED),
    JSON_MEMBER(counts, users, JSON_INT64, JSON_REQUIRED),
    JSON_MEMBER(counts, items, JSON_INT64, JSON_REQUIRED),
    JSON_MEMBER(counts, prices, JSON_INT64, JSON_REQUIRED),
};

static const json_member catalogue_members[] = {
    JSON_MEMBER(protocol_catalogue, revision, JSON_INT64, JSON_REQUIRED),
    JSON_MEMBER(protocol_catalogue, lines, JSON_INT64, JSON_REQUIRED),
    JSON_MEMBER(protocol_catalogue, currency, JSON_CAPITALS, JSON_NULLABLE),
    JSON_MEMBER(protocol_catalogue, changed_at_ms, JSON_INT64, JSON_NULLABLE),
};

static bool read_catalogue(const cJSON *object, protocol_catalogue *catalogue)
{
    counts told = {0};

    if (!json_read(object, catalogue_members, COUNT(catalogue_members), catalogue) ||
        !json_read(cJSON_GetObjectItemCaseSensitive(object, "counts"), count_members, COUNT(count_members), &told))
        return false;
    catalogue->counts[CATALOGUE_TAX] = told.taxes;
    catalogue->counts[CATALOGUE_PAYMENT_METHOD] = told.payment_methods;
    catalogue->counts[CATALOGUE_PRICE_LEVEL] = told.price_levels;
    catalogue->counts[CATALOGUE_DEPARTMENT] = told.departments;
    catalogue->counts[CATALOGUE_GROUP] = told.groups;
    catalogue->counts[CATALOGUE_USER] = told.users;
    catalogue->counts[CATALOGUE_ITEM] = told.items;
    catalogue->counts[CATALOGUE_PRICE] = told.prices;
    return true;
}

void protocol_read_catalogue(const net_answer *answer, protocol_verdict *verdict, protocol_catalogue *catalogue)
{
    cJSON *tree;

    memset(catalogue, 0, sizeof *catalogue);
    if (answer->outcome == NET_ANSWERED && answer->status == 304) {
        *verdict = (protocol_verdict){.outcome = PROTOCOL_DONE,
                                      .cause = CAUSE_NONE,
                                      .net = answer->outcome,
                                      .status = answer->status,
                                      .retry_after_ms = -1,
                                      .tries_left = -1};
        catalogue->unchanged = true;
        return;
    }
    tree = reader_open(answer, verdict);
    if (tree != NULL && !read_catalogue(tree, catalogue))
        reader_doubt(verdict, catalogue, sizeof *catalogue);
    else if (tree != NULL)
        memcpy(catalogue->etag, answer->etag, sizeof catalogue->etag);
    json_free(tree);
}

bool protocol_read_catalogue_exists(const net_answer *answer, protocol_catalogue *catalogue)
{
    cJSON *tree = json_parse(answer->body, answer->body_bytes);
    bool told;

    memset(catalogue, 0, sizeof *catalogue);
    told = read_catalogue(cJSON_GetObjectItemCaseSensitive(tree, "catalogue"), catalogue);
    json_free(tree);
    return told;
}

void protocol_read_catalogue_lines(const net_answer *answer, protocol_verdict *verdict)
{
    protocol_judge(answer, LINES_TYPE, verdict);
    if (verdict->outcome == PROTOCOL_DONE && answer->body == NULL)
        protocol_doubt(verdict, "the page is empty");
}

bool protocol_read_catalogue_page(const char *text, size_t size_bytes, protocol_catalogue_page *page)
{
    static const json_member members[] = {
        JSON_MEMBER(protocol_catalogue_page, revision, JSON_INT64, JSON_REQUIRED),
        JSON_MEMBER(protocol_catalogue_page, since, JSON_INT64, JSON_REQUIRED),
        JSON_MEMBER(protocol_catalogue_page, count, JSON_UINT31, JSON_REQUIRED),
        JSON_MEMBER(protocol_catalogue_page, next, JSON_ID, JSON_NULLABLE),
    };
    cJSON *tree = json_parse(text, size_bytes);
    const char *kind = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, "kind"));
    bool good;

    memset(page, 0, sizeof *page);
    good = kind != NULL && strcmp(kind, "page") == 0 && json_read(tree, members, COUNT(members), page) &&
           cJSON_GetObjectItemCaseSensitive(tree, "next") != NULL && page->count <= LINES_PER_PAGE;
    json_free(tree);
    return good;
}

void protocol_read_catalogue_upload(const net_answer *answer, protocol_verdict *verdict,
                                    protocol_catalogue_upload *upload)
{
    static const json_member members[] = {
        JSON_MEMBER(protocol_catalogue_upload, upload_id, JSON_ID, JSON_REQUIRED),
        JSON_MEMBER(protocol_catalogue_upload, next_page, JSON_INT64, JSON_REQUIRED),
        JSON_MEMBER(protocol_catalogue_upload, lines, JSON_INT64, JSON_REQUIRED),
        JSON_MEMBER(protocol_catalogue_upload, expires_at_ms, JSON_INT64, JSON_REQUIRED),
    };

    reader_object(answer, verdict, members, COUNT(members), upload, sizeof *upload);
    if (verdict->outcome == PROTOCOL_DONE && upload->next_page > UPLOAD_PAGE_MAX)
        reader_doubt(verdict, upload, sizeof *upload);
}

void protocol_read_catalogue_cancelled(const net_answer *answer, protocol_verdict *verdict)
{
    protocol_judge(answer, NULL, verdict);
}

int64_t protocol_read_catalogue_invalid(const net_answer *answer)
{
    cJSON *tree = json_parse(answer->body, answer->body_bytes);
    int64_t line;

    if (!json_read_integer(cJSON_GetObjectItemCaseSensitive(tree, "line"), 1, JSON_INTEGER_MAX, &line))
        line = 0;
    json_free(tree);
    return line;
}
