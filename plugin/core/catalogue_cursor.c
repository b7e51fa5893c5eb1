/* SPDX-License-Identifier: Apache-2.0 */
/* core/catalogue_cursor.c - copies what the host shows for the length of a call (core/catalogue_cursor.h). */
#include "core/catalogue_cursor.h"

#include <string.h>

void catalogue_cursor_begin(catalogue_cursor *r, uint32_t which)
{
    r->which = which;
    r->ended = false;
    r->count = r->at = r->used_bytes = 0;
    r->last_key[0] = '\0';
}

bool catalogue_cursor_is_empty(const catalogue_cursor *r)
{
    return r->at == r->count;
}

/* A key of the host's, as far as it may be one; its length. */
static size_t copy_key(char to[CATALOGUE_KEY_MAX + 1], const char *key)
{
    size_t length = strnlen(key, CATALOGUE_KEY_MAX);
    memcpy(to, key, length);
    to[length] = '\0';
    return length;
}

static int32_t take(void *ctx, const pos_catalogue_line *line)
{
    catalogue_cursor *r = ctx;
    bool fits_at_all = line->line_bytes <= POS_CATALOGUE_LINE_MAX_BYTES;
    uint32_t bytes = fits_at_all ? line->line_bytes : 0;
    size_t key_bytes = strnlen(line->key, CATALOGUE_KEY_MAX) + 1;
    if (r->count == CATALOGUE_CURSOR_LINES || r->used_bytes + key_bytes + bytes > sizeof r->bytes) {
        r->ended = false;
        return 1;
    }
    r->lines[r->count].key_at = r->used_bytes;
    r->lines[r->count].line_at = r->used_bytes + (uint32_t)key_bytes;
    r->lines[r->count].line_bytes = fits_at_all ? bytes : POS_CATALOGUE_LINE_MAX_BYTES + 1;
    r->used_bytes += (uint32_t)copy_key(r->bytes + r->used_bytes, line->key) + 1;
    if (bytes > 0)
        memcpy(r->bytes + r->used_bytes, line->line, bytes);
    r->used_bytes += bytes;
    r->count++;
    return 0;
}

int32_t catalogue_cursor_fill(catalogue_cursor *r, const pos_catalogue *host)
{
    r->count = r->at = r->used_bytes = 0;
    r->ended = true;
    int32_t result = host->read(host->ctx, r->which, r->last_key, take, r);
    if (result < 0) {
        r->count = 0;
        r->ended = false;
        return result;
    }
    if (r->count > 0)
        copy_key(r->last_key, r->bytes + r->lines[r->count - 1].key_at);
    return POS_OK;
}

catalogue_at catalogue_cursor_get(const catalogue_cursor *r)
{
    return (catalogue_at){r->bytes + r->lines[r->at].key_at, r->bytes + r->lines[r->at].line_at,
                          r->lines[r->at].line_bytes};
}

void catalogue_cursor_next(catalogue_cursor *r)
{
    r->at++;
}

static int32_t count_line(void *ctx, const pos_catalogue_line *line)
{
    catalogue_counter *counter = ctx;
    if (counter->read == CATALOGUE_COUNT_LINES) {
        counter->ended = false;
        return 1;
    }
    catalogue_kind kind = catalogue_key_kind(line->key);
    if (kind != CATALOGUE_UNKNOWN)
        counter->counts[kind]++;
    counter->read++;
    copy_key(counter->last_key, line->key);
    return 0;
}

int32_t catalogue_count_page(catalogue_counter *counter, const pos_catalogue *host)
{
    char after[CATALOGUE_KEY_MAX + 1];
    memcpy(after, counter->last_key, sizeof after);
    counter->ended = true;
    counter->read = 0;
    int32_t result = host->read(host->ctx, POS_CATALOGUE_LOCAL, after, count_line, counter);
    if (result < 0)
        counter->ended = false;
    return result < 0 ? result : POS_OK;
}
