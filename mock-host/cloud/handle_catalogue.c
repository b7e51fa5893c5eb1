/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration data on its way to a till: what there is, and pages of its lines. Lines go out as the bytes that came.
 */
#include "answers.h"
#include "catalogue_answers.h"
#include "form.h"
#include "handlers.h"
#include "json_read.h"
#include "store_catalogue.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_DEFAULT  500
#define LIMIT_MAX      1000
#define CURSOR_SIZE    (CATALOGUE_KEY_SIZE * 4 / 3 + 4)
#define PAGE_HEAD_SIZE (CURSOR_SIZE + 256)

typedef struct line_buffer {
    char *bytes; /* PAGE_HEAD_SIZE for the first line, then the others */
    size_t length;
    int64_t count;
    char last_key[CATALOGUE_KEY_SIZE];
} line_buffer;

cJSON *answer_catalogue_info(const catalogue_info *info)
{
    static const char *const names[CATALOGUE_KINDS] = {
        [CATALOGUE_TAX] = "taxes",
        [CATALOGUE_PAYMENT_METHOD] = "payment_methods",
        [CATALOGUE_PRICE_LEVEL] = "price_levels",
        [CATALOGUE_DEPARTMENT] = "departments",
        [CATALOGUE_GROUP] = "groups",
        [CATALOGUE_USER] = "users",
        [CATALOGUE_ITEM] = "items",
        [CATALOGUE_PRICE] = "prices",
    };
    cJSON *object = cJSON_CreateObject();
    answer_int(object, "revision", info->revision);
    answer_int(object, "lines", info->lines);
    cJSON *counts = cJSON_AddObjectToObject(object, "counts");
    for (int kind = CATALOGUE_TAX; kind < CATALOGUE_KINDS; kind++)
        answer_int(counts, names[kind], info->counts[kind]);
    answer_text_or_null(object, "currency", info->currency);
    answer_int_or_null(object, "changed_at_ms", info->changed_at_ms);
    return object;
}

/* True: the client has it, and the answer is 304. */
static bool answer_unchanged(const request *self, response *answer)
{
    const char *has = self->if_none_match;
    if (!has || (strcmp(has, "*") != 0 && !strstr(has, answer->etag)))
        return false;
    answer->status = 304;
    return true;
}

void handle_get_catalogue(request *self, response *answer)
{
    catalogue_info info;
    if (self->till.closed) {
        problem_set(answer, PROBLEM_STORE_CLOSED, NULL);
        return;
    }
    store_status status = store_catalogue_info(self->api->store, self->till.store_id, &info);
    if (status != STORE_OK) {
        problem_set_store(answer, status);
        return;
    }
    snprintf(answer->etag, sizeof answer->etag, "\"%s-%lld\"", self->till.store_id, (long long)info.revision);
    if (answer_unchanged(self, answer))
        return;
    answer->status = 200;
    answer->json = answer_catalogue_info(&info);
}

/* ------------------------------------------------------------------ a page of lines */

static bool read_number(const char *text, int64_t min, int64_t max, int64_t *out)
{
    size_t length = strlen(text);
    if (length < 1 || length > 16 || strspn(text, "0123456789") != length)
        return false;
    *out = strtoll(text, NULL, 10);
    return *out >= min && *out <= max;
}

static bool read_cursor(const char *text, char key[CATALOGUE_KEY_SIZE])
{
    size_t length = 0;
    if (sodium_base642bin((unsigned char *)key, CATALOGUE_KEY_SIZE - 1, text, strlen(text), NULL, &length, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    key[length] = 0;
    return length > 0 && strlen(key) == length;
}

static bool read_query(const request *self, response *answer, catalogue_page *page, char after[CATALOGUE_KEY_SIZE])
{
    form fields = {NULL, NULL};
    after[0] = 0;
    *page = (catalogue_page){.store_id = self->till.store_id,
                             .after = after,
                             .limit = LIMIT_DEFAULT,
                             .bytes_max = CATALOGUE_PAGE_BYTES_MAX - PAGE_HEAD_SIZE};
    if (!self->query_revision)
        form_reject(&fields, "revision", "required", "The revision that CatalogueInfo told.");
    else if (!read_number(self->query_revision, 1, JSON_INT_MAX, &page->revision))
        form_reject(&fields, "revision", "invalid", "An integer from 1.");
    if (self->query_since && !read_number(self->query_since, 0, JSON_INT_MAX, &page->since))
        form_reject(&fields, "since", "invalid", "An integer from 0.");
    if (self->query_limit && !read_number(self->query_limit, 1, LIMIT_MAX, &page->limit))
        form_reject(&fields, "limit", "invalid", "A number from 1 to 1000.");
    if (self->query_after && !read_cursor(self->query_after, after))
        form_reject(&fields, "after", "invalid", "Not from an earlier page.");
    return form_accept(&fields, answer);
}

static void add_line(void *context, const char *key, size_t key_bytes, const char *line, size_t line_bytes)
{
    line_buffer *self = context;
    memcpy(self->bytes + self->length, line, line_bytes);
    self->bytes[self->length + line_bytes] = '\n';
    self->length += line_bytes + 1;
    self->count++;
    snprintf(self->last_key, sizeof self->last_key, "%.*s", (int)key_bytes, key);
}

/* The first line in front of the others, which were put where it fits before them. */
static void finish_page(response *answer, line_buffer *lines, const catalogue_page *page)
{
    char head[PAGE_HEAD_SIZE];
    char cursor[CURSOR_SIZE] = "";
    char hash[IDENT_HEX_SIZE];
    if (page->more)
        sodium_bin2base64(cursor, sizeof cursor, (const unsigned char *)lines->last_key, strlen(lines->last_key),
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    const char *quote = page->more ? "\"" : "";
    int length = snprintf(head, sizeof head,
                          "{\"kind\":\"page\",\"revision\":%lld,\"since\":%lld,\"count\":%lld,\"next\":%s%s%s}\n",
                          (long long)page->revision, (long long)page->since, (long long)lines->count, quote,
                          page->more ? cursor : "null", quote);
    memcpy(lines->bytes, head, (size_t)length);
    memmove(lines->bytes + length, lines->bytes + PAGE_HEAD_SIZE, lines->length - PAGE_HEAD_SIZE);
    lines->length -= PAGE_HEAD_SIZE - (size_t)length;
    ident_hash_hex(lines->bytes, lines->length, hash);
    snprintf(answer->etag, sizeof answer->etag, "\"%s-%lld-%.16s\"", page->store_id, (long long)page->revision, hash);
}

void handle_get_catalogue_lines(request *self, response *answer)
{
    catalogue_page page;
    char after[CATALOGUE_KEY_SIZE];
    if (self->till.closed) {
        problem_set(answer, PROBLEM_STORE_CLOSED, NULL);
        return;
    }
    if (!read_query(self, answer, &page, after))
        return;
    line_buffer lines = {.bytes = malloc(CATALOGUE_PAGE_BYTES_MAX), .length = PAGE_HEAD_SIZE};
    store_status status = lines.bytes ? store_catalogue_read(self->api->store, &page, add_line, &lines) : STORE_BUSY;
    if (status != STORE_OK) {
        free(lines.bytes);
        problem_set_store(answer, status);
        return;
    }
    finish_page(answer, &lines, &page);
    if (answer_unchanged(self, answer)) {
        free(lines.bytes);
        return;
    }
    answer->status = 200;
    answer->type = "application/x-ndjson";
    answer->text = lines.bytes;
    answer->text_bytes = lines.length;
}
