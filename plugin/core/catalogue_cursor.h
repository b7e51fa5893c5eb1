/* SPDX-License-Identifier: Apache-2.0 */
/* core/catalogue_cursor.h - reads one of the host's two catalogues a page at a time, from key to key. */
#ifndef CORE_CATALOGUE_CURSOR_H
#define CORE_CATALOGUE_CURSOR_H

#include "pos/catalogue.h"
#include "protocol/catalogue_line.h"

#define CATALOGUE_CURSOR_BYTES (128u * 1024u)
#define CATALOGUE_CURSOR_LINES 1024u

typedef struct catalogue_cursor {
    uint32_t which; /* POS_CATALOGUE_LOCAL or _STAGED */
    bool ended;     /* nothing follows what is in the page */
    uint32_t count, at;
    uint32_t used_bytes;
    struct {
        uint32_t key_at, line_at;
        uint32_t line_bytes; /* more than POS_CATALOGUE_LINE_MAX_BYTES: too long, and not there */
    } lines[CATALOGUE_CURSOR_LINES];
    char last_key[CATALOGUE_KEY_MAX + 1];
    char bytes[CATALOGUE_CURSOR_BYTES];
} catalogue_cursor;

typedef struct catalogue_at {
    const char *key, *text;
    uint32_t bytes;
} catalogue_at;

void catalogue_cursor_begin(catalogue_cursor *r, uint32_t which);
bool catalogue_cursor_is_empty(const catalogue_cursor *r);
/* Reads the next page; to be called while the cursor is empty and has not ended. POS_OK, or the host's error: then it
 * may be tried again. */
int32_t catalogue_cursor_fill(catalogue_cursor *r, const pos_catalogue *host);
/* The line it stands on; of one that is not empty. Valid until the next fill. */
catalogue_at catalogue_cursor_get(const catalogue_cursor *r);
void catalogue_cursor_next(catalogue_cursor *r);

/* Counting by keys alone: no line is copied or read. */
#define CATALOGUE_COUNT_LINES 2000u

typedef struct catalogue_counter {
    bool ended;
    uint32_t read;
    int64_t counts[CATALOGUE_KINDS];
    char last_key[CATALOGUE_KEY_MAX + 1];
} catalogue_counter;

int32_t catalogue_count_page(catalogue_counter *counter, const pos_catalogue *host);

#endif
