/* SPDX-License-Identifier: Apache-2.0 */
/* core/catalogue_keys.c - grows unsorted, is sorted once before it is asked (core/catalogue_keys.h). */
#include "core/catalogue_keys.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/catalogue_line.h"

#define FIRST_CAPACITY 64u

uint64_t catalogue_keys_hash(const catalogue_keys *k, char kind, const char *id)
{
    uint8_t text[CATALOGUE_KEY_MAX + 1];
    uint64_t hash;
    size_t length = strnlen(id, CATALOGUE_KEY_MAX);
    text[0] = (uint8_t)kind;
    memcpy(text + 1, id, length);
    crypto_shorthash((uint8_t *)&hash, text, length + 1, k->secret);
    return hash;
}

bool catalogue_keys_add(catalogue_keys *k, uint64_t hash)
{
    if (k->count == k->most)
        return false;
    if (k->count == k->capacity) {
        uint32_t capacity = k->capacity ? 2 * k->capacity : FIRST_CAPACITY;
        uint64_t *grown = realloc(k->hashes, capacity * sizeof *grown);
        if (!grown)
            return false;
        k->hashes = grown;
        k->capacity = capacity;
    }
    k->hashes[k->count++] = hash;
    k->sorted = false;
    return true;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

bool catalogue_keys_has(catalogue_keys *k, uint64_t hash)
{
    if (k->count == 0)
        return false;
    if (!k->sorted)
        qsort(k->hashes, k->count, sizeof *k->hashes, compare);
    k->sorted = true;
    return bsearch(&hash, k->hashes, k->count, sizeof *k->hashes, compare) != NULL;
}

void catalogue_keys_clear(catalogue_keys *k)
{
    free(k->hashes);
    k->hashes = NULL;
    k->count = k->capacity = 0;
    k->sorted = false;
}
