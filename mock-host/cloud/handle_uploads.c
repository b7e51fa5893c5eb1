/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration data on its way from a till: pages are read and checked line by line without any lock; then the store
 * takes the page, or the whole, in one transaction.
 */
#include "answers.h"
#include "catalogue_answers.h"
#include "form.h"
#include "handlers.h"
#include "json_read.h"
#include "store_catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_open(const request *self, response *answer)
{
    if (self->till.closed)
        problem_set(answer, PROBLEM_STORE_CLOSED, NULL);
    return !self->till.closed;
}

static void answer_upload(response *answer, int http_status, const catalogue_upload *upload)
{
    answer->status = http_status;
    answer->json = cJSON_CreateObject();
    cJSON_AddStringToObject(answer->json, "upload_id", upload->upload_id);
    answer_int(answer->json, "next_page", upload->next_page);
    answer_int(answer->json, "lines", upload->lines);
    answer_int(answer->json, "expires_at_ms", upload->expires_at_ms);
}

static void answer_stale(response *answer, const catalogue_info *there)
{
    cJSON *problem = problem_set(answer, PROBLEM_CATALOGUE_EXISTS, NULL);
    cJSON_AddItemToObject(problem, "catalogue", answer_catalogue_info(there));
}

static void answer_fault(response *answer, const catalogue_fault *fault)
{
    char what[CATALOGUE_KEY_SIZE + 40] = "";
    char detail[sizeof what + CATALOGUE_DETAIL_SIZE + 64];
    int used = 0;
    if (fault->key[0])
        catalogue_describe(fault->key, what, sizeof what);
    if (fault->line)
        used = snprintf(detail, sizeof detail, "Line %lld%s%s%s: ", (long long)fault->line, what[0] ? " (" : "", what,
                        what[0] ? ")" : "");
    snprintf(detail + used, sizeof detail - (size_t)used, "%s", fault->detail);
    cJSON *problem = problem_set(answer, PROBLEM_CATALOGUE_INVALID, detail);
    answer_int_or_null(problem, "line", fault->line);
    answer_text_or_null(problem, "key", fault->key);
}

static void answer_invalid(response *answer, const char *field, const char *code, const char *detail)
{
    form fields = {NULL, NULL};
    form_reject(&fields, field, code, detail);
    form_accept(&fields, answer);
}

static void answer_status(response *answer, store_status status, const catalogue_info *there,
                          const catalogue_fault *fault)
{
    if (status == STORE_STALE)
        answer_stale(answer, there);
    else if (status == STORE_INVALID)
        answer_fault(answer, fault);
    else
        problem_set_store(answer, status);
}

/* The integer of a body that is all there is in it. */
static bool read_body(request *self, response *answer, const char *field, int64_t *value)
{
    form fields;
    bool good = form_begin(&fields, self, answer);
    if (good && !json_int(fields.object, field, 0, JSON_INT_MAX, value))
        form_reject(&fields, field, json_member(fields.object, field) ? "invalid" : "required", "An integer from 0.");
    good = good && form_accept(&fields, answer);
    form_end(&fields);
    return good;
}

void handle_create_catalogue_upload(request *self, response *answer)
{
    int64_t replaces = 0;
    catalogue_upload upload;
    catalogue_info there;
    const catalogue_fault none = {0};
    if (!is_open(self, answer) || !read_body(self, answer, "replaces", &replaces))
        return;
    store_status status =
        store_upload_create(self->api->store, &self->till, replaces, &self->key, self->now_ms, &upload, &there);
    if (status == STORE_OK)
        answer_upload(answer, 201, &upload);
    else
        answer_status(answer, status, &there, &none);
}

void handle_get_catalogue_upload(request *self, response *answer)
{
    catalogue_upload upload;
    if (!is_open(self, answer))
        return;
    store_status status =
        store_upload_find(self->api->store, self->till.store_id, self->param[1], self->now_ms, &upload);
    if (status == STORE_OK)
        answer_upload(answer, 200, &upload);
    else
        problem_set_store(answer, status);
}

void handle_cancel_catalogue_upload(request *self, response *answer)
{
    if (!is_open(self, answer))
        return;
    store_status status = store_upload_cancel(self->api->store, self->till.store_id, self->param[1], self->now_ms);
    if (status == STORE_OK)
        answer->status = 204;
    else
        problem_set_store(answer, status);
}

void handle_commit_catalogue_upload(request *self, response *answer)
{
    int64_t lines = 0;
    catalogue_info info;
    catalogue_fault fault;
    if (!is_open(self, answer) || !read_body(self, answer, "lines", &lines))
        return;
    store_status status =
        store_upload_commit(self->api->store, self->till.store_id, self->param[1], lines, self->now_ms, &info, &fault);
    if (status == STORE_OK) {
        answer->status = 200;
        answer->json = answer_catalogue_info(&info);
    } else if (status == STORE_NOT_LISTED) {
        answer_invalid(answer, "lines", "invalid", "The upload has another number of lines.");
    } else {
        answer_status(answer, status, &info, &fault);
    }
}

/* ------------------------------------------------------------------ a page */

static bool read_page_number(const char *text, int64_t *out)
{
    size_t length = strlen(text);
    if (length < 1 || length > 7 || strspn(text, "0123456789") != length)
        return false;
    *out = atol(text);
    return true;
}

/* Line by line, each behind the one before. False: `fault` says what is wrong, its line counted from 1 in the page. */
static bool read_lines(const request *self, catalogue_line *lines, size_t count, catalogue_fault *fault)
{
    const char *at = self->body;
    for (size_t i = 0; i < count; i++) {
        const char *end = memchr(at, '\n', self->body_bytes - (size_t)(at - self->body));
        bool good = catalogue_line_read(at, (size_t)(end - at), &lines[i], fault->detail);
        if (good && i > 0 && strcmp(lines[i - 1].key, lines[i].key) >= 0) {
            snprintf(fault->detail, sizeof fault->detail, "The key is not behind that of the line before.");
            good = false;
        }
        if (!good) {
            fault->line = (int64_t)i + 1;
            memcpy(fault->key, lines[i].key, sizeof fault->key);
            return false;
        }
        at = end + 1;
    }
    return true;
}

static void put_lines(request *self, response *answer, int64_t page, catalogue_line *lines, size_t count)
{
    catalogue_fault fault = {0};
    catalogue_upload upload = {0};
    bool good = read_lines(self, lines, count, &fault);
    upload_page what = {.store_id = self->till.store_id,
                        .upload_id = self->param[1],
                        .page = page,
                        .lines = lines,
                        .count = good ? count : 0,
                        .now_ms = self->now_ms};
    store_status status = good ? store_upload_put(self->api->store, &what, &upload, &fault)
                               : store_upload_locate(self->api->store, &what, &fault);
    if (status == STORE_OK)
        answer_upload(answer, 200, &upload);
    else if (status == STORE_NOT_LISTED)
        answer_invalid(answer, "page", "not-listed", "Not the next page, nor the last one again.");
    else
        answer_status(answer, status, NULL, &fault);
}

void handle_put_catalogue_page(request *self, response *answer)
{
    int64_t page;
    size_t count = 0;
    if (!is_open(self, answer))
        return;
    if (self->body_bytes == 0 || self->body[self->body_bytes - 1] != '\n') {
        problem_set(answer, PROBLEM_MALFORMED, "The page is cut off: it does not end with a line feed.");
        return;
    }
    const char *at = self->body, *end = self->body + self->body_bytes;
    do {
        at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1; /* one ends the body */
        count++;
    } while (at < end);
    if (count > CATALOGUE_PAGE_LINES_MAX) {
        problem_set(answer, PROBLEM_TOO_LARGE, "More than 1000 lines.");
        return;
    }
    if (!read_page_number(self->param[2], &page)) {
        answer_invalid(answer, "page", "invalid", "A number from 0 to 1000000.");
        return;
    }
    catalogue_line *lines = malloc(count * sizeof *lines);
    if (lines)
        put_lines(self, answer, page, lines, count);
    else
        problem_set(answer, PROBLEM_BUSY, NULL);
    free(lines);
}
