/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support/catalogue_host.h - a host's catalogue in memory, as pos/catalogue.h has it, with a fault for every call: the
 * n-th call fails, or the power goes just before or just after it took effect.
 */
#ifndef SUPPORT_CATALOGUE_HOST_H
#define SUPPORT_CATALOGUE_HOST_H

#include "support/catalogue_lines.h"

typedef enum host_call {
    HOST_STATE = 1,
    HOST_READ,
    HOST_BEGIN,
    HOST_ADD,
    HOST_DISCARD,
    HOST_SWAP,
    HOST_UNDO
} host_call;

typedef struct catalogue_host {
    pos_catalogue calls;
    lines local, staged, before, spare;
    uint32_t mode;
    uint64_t generation;
    char tag[POS_CATALOGUE_TAG_MAX_BYTES + 1], before_tag[POS_CATALOGUE_TAG_MAX_BYTES + 1];
    bool can_undo, sale_open;
    /* faults */
    host_call fail_call;
    int32_t fail_code;
    uint32_t fail_times; /* 0: as long as fail_call is set */
    const char *reason;
    bool acts_anyway; /* a failing swap or undo happens all the same */
    uint64_t cut_at;  /* the power goes at that call (counted from 1); 0: never */
    bool cut_after;   /* once it has happened, not before */
    bool is_cut;
    /* seen */
    uint64_t call_count;
    uint32_t swaps, undos, adds, added_lines, discards, read_lines;
    uint32_t largest_add_bytes;
    uint32_t tick_pages; /* pages read or staged since a test set it to 0 */
} catalogue_host;

/* What the call is to return; POS_OK: it goes on. */
static inline int32_t host_enter(catalogue_host *h, host_call call)
{
    h->call_count++;
    if (h->is_cut || (h->cut_at != 0 && h->call_count == h->cut_at && !h->cut_after)) {
        h->is_cut = true;
        return POS_E_IO;
    }
    if (h->fail_call != call)
        return POS_OK;
    if (h->fail_times > 0 && --h->fail_times == 0)
        h->fail_call = 0;
    return h->fail_code;
}

static inline int32_t host_leave(catalogue_host *h)
{
    if (h->cut_at != 0 && h->call_count == h->cut_at && h->cut_after)
        h->is_cut = true;
    return h->is_cut ? POS_E_IO : POS_OK;
}

static inline void host_say(const catalogue_host *h, char *reason, uint32_t room)
{
    snprintf(reason, room, "%s", h->reason ? h->reason : "");
}

static inline int32_t host_state(void *ctx, pos_catalogue_state *out)
{
    catalogue_host *h = ctx;
    int32_t result = host_enter(h, HOST_STATE);
    if (result != POS_OK)
        return result;
    ck_assert_uint_eq(out->struct_size, sizeof *out);
    out->flags = (h->sale_open ? POS_CATALOGUE_SALE_OPEN : 0) | (h->can_undo ? POS_CATALOGUE_CAN_UNDO : 0);
    out->generation = h->generation;
    out->local_lines = h->local.count;
    out->staged_lines = h->staged.count;
    out->tag = h->tag;
    return host_leave(h);
}

static inline int32_t host_read_lines(void *ctx, uint32_t which, const char *after, pos_catalogue_visitor visitor,
                                      void *visitor_ctx)
{
    catalogue_host *h = ctx;
    const lines *from = which == POS_CATALOGUE_LOCAL ? &h->local : &h->staged;
    int32_t result = host_enter(h, HOST_READ);
    if (result != POS_OK)
        return result;
    h->tick_pages++;
    for (uint32_t i = lines_after(from, after); i < from->count; i++) {
        pos_catalogue_line line = {sizeof line, from->entries[i].bytes, from->entries[i].key, from->entries[i].text};
        if (line.line_bytes == 0)
            continue;
        h->read_lines++;
        if (visitor(visitor_ctx, &line) != 0)
            break;
    }
    return host_leave(h);
}

static inline int32_t host_stage_begin(void *ctx, uint32_t mode)
{
    catalogue_host *h = ctx;
    int32_t result = host_enter(h, HOST_BEGIN);
    if (result != POS_OK)
        return result;
    lines_clear(&h->staged);
    h->mode = mode;
    return host_leave(h);
}

static inline int32_t host_stage_add(void *ctx, const pos_catalogue_line *added, uint32_t count, uint32_t stride,
                                     char *reason, uint32_t room)
{
    catalogue_host *h = ctx;
    uint32_t bytes = 0;
    int32_t result = host_enter(h, HOST_ADD);
    host_say(h, reason, room);
    if (result != POS_OK)
        return result;
    h->tick_pages++;
    for (uint32_t i = 0; i < count; i++) {
        const pos_catalogue_line *line =
            (const pos_catalogue_line *)(const void *)((const char *)(const void *)added + (size_t)i * stride);
        if (h->staged.count > 0)
            ck_assert_int_lt(strcmp(h->staged.entries[h->staged.count - 1].key, line->key), 0);
        ck_assert(line->line_bytes > 0 || h->mode == POS_STAGE_CHANGES);
        lines_add(&h->staged, line->key, line->line, line->line_bytes);
        bytes += line->line_bytes;
    }
    h->adds++;
    h->added_lines += count;
    if (bytes > h->largest_add_bytes)
        h->largest_add_bytes = bytes;
    return host_leave(h);
}

static inline int32_t host_discard(void *ctx)
{
    catalogue_host *h = ctx;
    int32_t result = host_enter(h, HOST_DISCARD);
    if (result != POS_OK)
        return result;
    lines_clear(&h->staged);
    h->discards++;
    return host_leave(h);
}

static inline bool host_is_replaced(const catalogue_host *h, const char *key)
{
    char item[CATALOGUE_KEY_MAX + 1];
    if (h->mode == POS_STAGE_WHOLE || key[0] != '7')
        return true;
    lines_item_key(key, item);
    return lines_find(&h->staged, item) != NULL;
}

/* What there will be: the staged lines, and the till's own that they do not replace. */
static inline void host_merge(catalogue_host *h)
{
    uint32_t at = 0;
    lines_clear(&h->spare);
    for (uint32_t i = 0; i <= h->local.count; i++) {
        const lines_entry *own = i < h->local.count ? &h->local.entries[i] : NULL;
        for (; at < h->staged.count && (!own || strcmp(h->staged.entries[at].key, own->key) <= 0); at++) {
            const lines_entry *new = &h->staged.entries[at];
            if (new->bytes > 0)
                lines_add(&h->spare, new->key, new->text, new->bytes);
        }
        if (own && !host_is_replaced(h, own->key))
            lines_add(&h->spare, own->key, own->text, own->bytes);
    }
}

static inline int32_t host_swap(void *ctx, const char *tag, char *reason, uint32_t room)
{
    catalogue_host *h = ctx;
    int32_t result = host_enter(h, HOST_SWAP);
    host_say(h, reason, room);
    if (result != POS_OK && (!h->acts_anyway || h->is_cut))
        return result;
    if (h->sale_open)
        return POS_E_BUSY;
    ck_assert_uint_gt(h->staged.count, 0);
    host_merge(h);
    lines freed = h->before;
    h->before = h->local;
    h->local = h->spare;
    h->spare = freed;
    lines_clear(&h->spare);
    lines_clear(&h->staged);
    memcpy(h->before_tag, h->tag, sizeof h->tag);
    snprintf(h->tag, sizeof h->tag, "%s", tag);
    h->can_undo = true;
    h->generation++;
    h->swaps++;
    return result != POS_OK ? result : host_leave(h);
}

static inline int32_t host_undo(void *ctx, char *reason, uint32_t room)
{
    catalogue_host *h = ctx;
    int32_t result = host_enter(h, HOST_UNDO);
    host_say(h, reason, room);
    if (result != POS_OK && (!h->acts_anyway || h->is_cut))
        return result;
    if (h->sale_open)
        return POS_E_BUSY;
    if (!h->can_undo)
        return POS_E_NOT_FOUND;
    lines freed = h->local;
    h->local = h->before;
    h->before = freed;
    lines_clear(&h->before);
    memcpy(h->tag, h->before_tag, sizeof h->tag);
    h->can_undo = false;
    h->generation++;
    h->undos++;
    return result != POS_OK ? result : host_leave(h);
}

static inline void host_open(catalogue_host *h)
{
    memset(h, 0, sizeof *h);
    h->generation = UINT64_C(0xfedcba9876543210); /* more than a double carries */
    h->calls = (pos_catalogue){.struct_size = sizeof h->calls,
                               .ctx = h,
                               .state = host_state,
                               .read = host_read_lines,
                               .stage_begin = host_stage_begin,
                               .stage_add = host_stage_add,
                               .stage_discard = host_discard,
                               .swap = host_swap,
                               .undo = host_undo};
}

static inline void host_close(catalogue_host *h)
{
    lines_clear(&h->local);
    lines_clear(&h->staged);
    lines_clear(&h->before);
    lines_clear(&h->spare);
}

/* Somebody edits at the till. */
static inline void host_edited(catalogue_host *h)
{
    h->generation++;
    h->can_undo = false;
}

#endif
