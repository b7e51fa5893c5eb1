/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration data as a file: as it is, and sent by head office to take the place of all. A file goes the way that the
 * pages of a till go, so it is checked alike; its lines may come in any order.
 */
#include "page_access.h"
#include "page_catalogue.h"
#include "page_format.h"
#include "page_handlers.h"
#include "problem.h"
#include "store_catalogue.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 200000u

/* ------------------------------------------------------------------ down */

typedef struct file {
    char *bytes;
    size_t length;
    size_t room;
    bool failed; /* out of memory */
    char last_key[CATALOGUE_KEY_SIZE];
} file;

static bool make_room(file *self, size_t more)
{
    if (self->length + more <= self->room)
        return true;
    size_t room = (self->length + more) * 2 + 65536;
    char *grown = realloc(self->bytes, room);
    if (!grown)
        return false;
    self->bytes = grown;
    self->room = room;
    return true;
}

static void add_line(void *context, const char *key, size_t key_bytes, const char *line, size_t line_bytes)
{
    file *self = context;
    self->failed = self->failed || !make_room(self, line_bytes + 1);
    if (self->failed)
        return;
    memcpy(self->bytes + self->length, line, line_bytes);
    self->bytes[self->length + line_bytes] = '\n';
    self->length += line_bytes + 1;
    snprintf(self->last_key, sizeof self->last_key, "%.*s", (int)key_bytes, key);
}

static store_status read_all(store *from, const char *store_id, int64_t revision, file *out)
{
    catalogue_page part = {
        .store_id = store_id, .revision = revision, .limit = 1000, .bytes_max = CATALOGUE_PAGE_BYTES_MAX};
    store_status status = STORE_OK;
    char after[CATALOGUE_KEY_SIZE];
    do {
        memcpy(after, out->last_key, sizeof after);
        part.after = after;
        status = store_catalogue_read(from, &part, add_line, out);
    } while (status == STORE_OK && part.more && !out->failed);
    return out->failed || status == STORE_GONE ? STORE_BUSY : status; /* changed meanwhile: ask again */
}

void page_send_catalogue(request *self, response *answer)
{
    figures_view view;
    catalogue_info info;
    file all = {0};
    if (!page_figures_open(&view, self, answer))
        return;
    page_drop(&view.page);
    store_status status = store_catalogue_info(self->api->store, self->param[0], &info);
    if (status == STORE_OK && info.revision == 0)
        status = STORE_NOT_FOUND;
    if (status == STORE_OK)
        status = read_all(self->api->store, self->param[0], info.revision, &all);
    if (status != STORE_OK) {
        free(all.bytes);
        problem_set_store(answer, status);
        return;
    }
    snprintf(answer->file_name, sizeof answer->file_name, "catalogue-%lld.ndjson", (long long)info.revision);
    answer->type = "application/x-ndjson";
    answer->text = all.bytes;
    answer->text_bytes = all.length;
    answer->status = 200;
}

/* ------------------------------------------------------------------ up */

typedef struct row {
    char key[CATALOGUE_KEY_SIZE];
    const char *text;
    size_t text_bytes;
    size_t number; /* in the file, from 1 */
} row;

typedef struct sending {
    const request *request;
    row *rows;
    size_t count;
    catalogue_line *lines; /* a page of them */
    catalogue_fault fault; /* its line counts those of the file */
} sending;

static int compare_rows(const void *one, const void *other)
{
    return strcmp(((const row *)one)->key, ((const row *)other)->key);
}

static bool refuse(sending *self, size_t number, const char *detail)
{
    self->fault.line = (int64_t)number;
    if (detail != self->fault.detail)
        snprintf(self->fault.detail, sizeof self->fault.detail, "%s", detail);
    return false;
}

/* Every line of the file but empty ones, in the order of the keys. */
static bool read_rows(sending *self, const char *text, size_t bytes)
{
    const char *end = text + bytes;
    size_t number = 0;
    catalogue_line line;
    for (const char *at = text; at < end && number < LINES_MAX;) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        const char *stop = feed ? feed : end;
        size_t length = (size_t)(stop - at);
        length -= length > 0 && at[length - 1] == '\r';
        number++;
        if (length > 0) {
            row *next = &self->rows[self->count++];
            if (!catalogue_line_read(at, length, &line, self->fault.detail))
                return refuse(self, number, self->fault.detail);
            *next = (row){.text = at, .text_bytes = length, .number = number};
            memcpy(next->key, line.key, sizeof next->key);
        }
        at = stop + (stop < end);
    }
    qsort(self->rows, self->count, sizeof *self->rows, compare_rows);
    for (size_t i = 1; i < self->count; i++)
        if (strcmp(self->rows[i - 1].key, self->rows[i].key) == 0)
            return refuse(self, self->rows[i].number, "It is there twice.");
    return true;
}

static store_status put_page(sending *self, const char *upload_id, int64_t number, size_t first, size_t count)
{
    catalogue_upload upload;
    upload_page what = {.store_id = self->request->param[0],
                        .upload_id = upload_id,
                        .page = number,
                        .lines = self->lines,
                        .count = count,
                        .now_ms = self->request->now_ms};
    for (size_t i = 0; i < count; i++)
        catalogue_line_read(self->rows[first + i].text, self->rows[first + i].text_bytes, &self->lines[i],
                            self->fault.detail);
    return store_upload_put(self->request->api->store, &what, &upload, &self->fault);
}

static store_status send_rows(sending *self, int64_t revision)
{
    store *to = self->request->api->store;
    store_till_scope scope = {.till_id = "head-office"};
    store_key key;
    catalogue_upload upload = {.upload_id = ""};
    catalogue_info info;
    int64_t number = 0;
    snprintf(scope.store_id, sizeof scope.store_id, "%s", self->request->param[0]);
    randombytes_buf(&key, sizeof key);
    store_status status = store_upload_create(to, &scope, revision, &key, self->request->now_ms, &upload, &info);
    for (size_t first = 0; first < self->count && status == STORE_OK; first += CATALOGUE_PAGE_LINES_MAX) {
        size_t left = self->count - first;
        status = put_page(self, upload.upload_id, number++, first,
                          left < CATALOGUE_PAGE_LINES_MAX ? left : CATALOGUE_PAGE_LINES_MAX);
    }
    if (status == STORE_OK)
        status = store_upload_commit(to, scope.store_id, upload.upload_id, (int64_t)self->count, self->request->now_ms,
                                     &info, &self->fault);
    if (status != STORE_OK && upload.upload_id[0])
        store_upload_cancel(to, scope.store_id, upload.upload_id, self->request->now_ms);
    if (status == STORE_INVALID && self->fault.line > 0 && (size_t)self->fault.line <= self->count)
        self->fault.line = (int64_t)self->rows[self->fault.line - 1].number;
    return status;
}

static store_status send_file(sending *self, int64_t revision, const char *text, size_t bytes)
{
    size_t feeds = 1;
    for (size_t i = 0; i < bytes; i++)
        feeds += text[i] == '\n';
    if (feeds > LINES_MAX)
        return STORE_NOT_LISTED;
    self->rows = malloc(feeds * sizeof *self->rows);
    self->lines = malloc(CATALOGUE_PAGE_LINES_MAX * sizeof *self->lines);
    store_status status = !self->rows || !self->lines     ? STORE_BUSY
                          : !read_rows(self, text, bytes) ? STORE_INVALID
                          : self->count == 0              ? STORE_NOT_LISTED
                                                          : send_rows(self, revision);
    free(self->rows);
    free(self->lines);
    return status;
}

static void answer_sent(figures_view *view, store_status status, const sending *sent)
{
    char number[PAGE_FORMAT_SIZE];
    if (status == STORE_NOT_LISTED) {
        page_write_catalogue(view, PAGE_CATALOGUE_NO_FILE, NULL, NULL);
    } else if (status == STORE_STALE) {
        page_write_catalogue(view, PAGE_CATALOGUE_STALE, NULL, NULL);
    } else if (status == STORE_INVALID) {
        page_format_number(view->page.language, sent->fault.line, number);
        page_write_catalogue(view, PAGE_CATALOGUE_REFUSED, number, sent->fault.detail);
    } else {
        page_drop(&view->page);
        if (status == STORE_OK)
            page_redirect(view->page.answer, "/figures/%s/catalogue", sent->request->param[0]);
        else
            problem_set_store(view->page.answer, status);
    }
}

void page_take_catalogue(request *self, response *answer)
{
    figures_view view;
    char proof[80];
    char revision[24];
    size_t length = 0;
    page_form_short_part(self, "csrf", proof, sizeof proof);
    page_form_short_part(self, "revision", revision, sizeof revision);
    if (!page_csrf_proves(self, proof)) {
        page_refuse_form(self, answer);
        return;
    }
    if (!page_figures_open(&view, self, answer))
        return;
    sending one = {.request = self};
    const char *text = page_form_part(self, "file", &length);
    store_status status = text ? send_file(&one, strtoll(revision, NULL, 10), text, length) : STORE_NOT_LISTED;
    answer_sent(&view, status, &one);
}
