/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_catalogue.h - configuration data of stores: revisions, their lines, and uploads that become one. The caller
 * has settled that the store is its own (a till token's, or a member's).
 */
#ifndef CLOUD_STORE_CATALOGUE_H
#define CLOUD_STORE_CATALOGUE_H

#include "catalogue_line.h"
#include "store.h"

typedef struct catalogue_info {
    int64_t revision; /* 0: none, and nothing else is set */
    int64_t lines;
    int64_t counts[CATALOGUE_KINDS]; /* by catalogue_kind */
    char currency[4];
    int64_t changed_at_ms;
} catalogue_info;

/* What the store has now. */
store_status store_catalogue_info(store *self, const char *store_id, catalogue_info *out);

typedef struct catalogue_page {
    const char *store_id;
    int64_t revision;
    int64_t since; /* in: wanted; out: 0 if all lines come */
    const char *after;
    int64_t limit;
    size_t bytes_max; /* of all lines, each with its line feed */
    bool more;        /* out */
} catalogue_page;

typedef void (*catalogue_visitor)(void *context, const char *key, size_t key_bytes, const char *line,
                                  size_t line_bytes);

/* Visits a page of lines of the current revision; STORE_GONE if that is another one. */
store_status store_catalogue_read(store *self, catalogue_page *page, catalogue_visitor visitor, void *context);

typedef struct catalogue_upload {
    char upload_id[IDENT_ID_SIZE];
    int64_t next_page;
    int64_t lines;
    int64_t expires_at_ms;
} catalogue_upload;

/* Which line of an upload broke which rule. */
typedef struct catalogue_fault {
    int64_t line; /* from 1, of the whole upload; 0: none in particular */
    char key[CATALOGUE_KEY_SIZE];
    char detail[CATALOGUE_DETAIL_SIZE];
} catalogue_fault;

/* The same key again: the upload made then. STORE_STALE, with *now there: the store has another revision. */
store_status store_upload_create(store *self, const store_till_scope *scope, int64_t replaces, const store_key *key,
                                 int64_t now_ms, catalogue_upload *out, catalogue_info *there);
/* STORE_OK, STORE_NOT_FOUND or STORE_GONE, as of the next ones. */
store_status store_upload_find(store *self, const char *store_id, const char *upload_id, int64_t now_ms,
                               catalogue_upload *out);
store_status store_upload_cancel(store *self, const char *store_id, const char *upload_id, int64_t now_ms);

typedef struct upload_page {
    const char *store_id;
    const char *upload_id;
    int64_t page;
    const catalogue_line *lines; /* ascending */
    size_t count;
    int64_t now_ms;
} upload_page;

/* Also STORE_NOT_LISTED (not the page's turn) and STORE_INVALID, with the fault. */
store_status store_upload_put(store *self, const upload_page *page, catalogue_upload *out, catalogue_fault *fault);

/* The same for a page with a line that is wrong already: STORE_INVALID, with fault->line of the whole upload instead of the
 * page, unless the page is refused for another reason. */
store_status store_upload_locate(store *self, const upload_page *page, catalogue_fault *fault);

/* Makes it the store's next revision, all or nothing. Also STORE_NOT_LISTED (not so many lines), STORE_STALE (with what
 * is there in *out) and STORE_INVALID. The same again: what it made then. */
store_status store_upload_commit(store *self, const char *store_id, const char *upload_id, int64_t lines,
                                 int64_t now_ms, catalogue_info *out, catalogue_fault *fault);

typedef struct price_edit {
    const char *store_id;
    int64_t revision; /* that the person saw */
    const char *item_id;
    const char *price_level_id;
    int64_t amount_minor;
    int64_t now_ms;
} price_edit;

/* Changes the latest price of an item in a level, which makes the next revision. STORE_NOT_FOUND: there is no such price;
 * STORE_STALE: the store has another revision by now. */
store_status store_price_edit(store *self, const price_edit *edit);

#endif
