/* SPDX-License-Identifier: Apache-2.0 */
/* support/catalogue_lines.h - lines of configuration data in the order of their keys, outside of the heap: a test that
 * measures the plugin's heap does not measure these. */
#ifndef SUPPORT_CATALOGUE_LINES_H
#define SUPPORT_CATALOGUE_LINES_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "protocol/catalogue_line.h"

#define LINES_BYTES ((size_t)96 * 1024 * 1024) /* reserved, used page by page */
#define LINES_MAX   300000u

typedef struct lines_entry {
    const char *key, *text; /* both end with a zero */
    uint32_t bytes;         /* of the text; 0: a removal */
} lines_entry;

typedef struct lines {
    char *arena;
    lines_entry *entries;
    size_t used;
    uint32_t count;
} lines;

static inline void *lines_map(size_t bytes)
{
    /* cppcheck-suppress invalidFunctionArg ; -1 is what an anonymous mapping takes */
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ck_assert_ptr_ne(at, MAP_FAILED);
    return at;
}

static inline void lines_clear(lines *l)
{
    if (l->arena) { /* gives the pages back */
        munmap(l->arena, LINES_BYTES);
        munmap(l->entries, LINES_MAX * sizeof *l->entries);
    }
    memset(l, 0, sizeof *l);
}

static inline void lines_add(lines *l, const char *key, const char *text, size_t bytes)
{
    size_t key_bytes = strlen(key) + 1;
    if (!l->arena) {
        l->arena = lines_map(LINES_BYTES);
        l->entries = lines_map(LINES_MAX * sizeof *l->entries);
    }
    ck_assert(l->count < LINES_MAX && l->used + key_bytes + bytes + 1 <= LINES_BYTES);
    lines_entry *entry = &l->entries[l->count++];
    entry->key = memcpy(l->arena + l->used, key, key_bytes);
    entry->text = l->arena + l->used + key_bytes;
    if (bytes > 0)
        memcpy(l->arena + l->used + key_bytes, text, bytes);
    entry->bytes = (uint32_t)bytes;
    l->used += key_bytes + bytes + 1;
}

/* A line whose key follows from it. */
static inline void lines_put(lines *l, const char *text)
{
    catalogue_line line;
    ck_assert_msg(catalogue_line_read(text, strlen(text), &line) == CATALOGUE_FINE, "%s", text);
    lines_add(l, line.key, text, strlen(text));
}

static inline void lines_copy(lines *to, const lines *from)
{
    lines_clear(to);
    for (uint32_t i = 0; i < from->count; i++)
        lines_add(to, from->entries[i].key, from->entries[i].text, from->entries[i].bytes);
}

static inline bool lines_equal(const lines *a, const lines *b)
{
    bool equal = a->count == b->count;
    for (uint32_t i = 0; equal && i < a->count; i++)
        equal = strcmp(a->entries[i].key, b->entries[i].key) == 0 && a->entries[i].bytes == b->entries[i].bytes &&
                memcmp(a->entries[i].text, b->entries[i].text, a->entries[i].bytes) == 0;
    return equal;
}

/* The first entry whose key is greater. */
static inline uint32_t lines_after(const lines *l, const char *key)
{
    uint32_t low = 0, high = l->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (strcmp(l->entries[middle].key, key) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static inline const lines_entry *lines_find(const lines *l, const char *key)
{
    uint32_t at = lines_after(l, key);
    return at > 0 && strcmp(l->entries[at - 1].key, key) == 0 ? &l->entries[at - 1] : NULL;
}

/* The key of the item that a key belongs to: the item's own, or up to the first separator of a price. */
static inline void lines_item_key(const char *key, char to[CATALOGUE_KEY_MAX + 1])
{
    snprintf(to, CATALOGUE_KEY_MAX + 1, "%.*s", (int)strcspn(key, "\x01"), key);
}

static inline uint32_t lines_count_kind(const lines *l, catalogue_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < l->count; i++)
        count += catalogue_key_kind(l->entries[i].key) == kind;
    return count;
}

/* ---- a small shop, and a large one ---- */

#define LINE_HEAD                                                                                                      \
    "{\"schema\":\"pos.catalogue/1\",\"kind\":\"catalogue\",\"catalogue_id\":\"shop\",\"currency\":\"EUR\"}"
#define LINE_TAX   "{\"kind\":\"tax\",\"tax_id\":\"V21\",\"name\":\"VAT 21 %\",\"rate\":2100}"
#define LINE_CASH  "{\"kind\":\"payment_method\",\"payment_method_id\":\"cash\",\"name\":\"Cash\"}"
#define LINE_LEVEL "{\"kind\":\"price_level\",\"price_level_id\":\"1\",\"name\":\"Normal\"}"
#define LINE_FOOD  "{\"kind\":\"department\",\"department_id\":\"food\",\"name\":\"Food\",\"parent_id\":null}"
#define LINE_GROUP "{\"kind\":\"group\",\"group_id\":\"hot\",\"name\":\"Hot\"}"
#define LINE_USER  "{\"kind\":\"user\",\"user_id\":\"ana\",\"name\":\"Ana\",\"role\":\"cashier\"}"

static inline void lines_put_item(lines *l, const char *id, const char *name)
{
    char text[600];
    snprintf(text, sizeof text,
             "{\"kind\":\"item\",\"item_id\":\"%s\",\"name\":\"%s\",\"department_id\":\"food\",\"group_id\":\"hot\","
             "\"tax_id\":\"V21\",\"barcodes\":[\"84%s\"],\"status\":\"active\"}",
             id, name, id);
    lines_put(l, text);
}

static inline void lines_put_price(lines *l, const char *id, int64_t minor)
{
    char text[300];
    snprintf(text, sizeof text,
             "{\"kind\":\"price\",\"item_id\":\"%s\",\"price_level_id\":\"1\",\"amount\":%lld,\"valid_from\":"
             "\"2026-01-01\",\"valid_to\":null}",
             id, (long long)minor);
    lines_put(l, text);
}

static inline void lines_put_head(lines *l)
{
    static const char *const small[] = {LINE_HEAD, LINE_TAX, LINE_CASH, LINE_LEVEL, LINE_FOOD, LINE_GROUP, LINE_USER};
    lines_clear(l);
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        lines_put(l, small[i]);
}

/* Items from first to last, each with a price of 100 + its number; `name` before the number in their names. */
static inline void lines_put_items(lines *l, const char *name, uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i <= last; i++) {
        char id[16], words[80];
        snprintf(id, sizeof id, "%06u", i);
        snprintf(words, sizeof words, "%s %u", name, i);
        lines_put_item(l, id, words);
        lines_put_price(l, id, 100 + (int64_t)i);
    }
}

#endif
