/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/catalogue_keys.h - a bounded set of keys, eight bytes each: those of the kinds that are few, or of items that are
 * gone. Hashed under a random key of this run, so that nobody can make two keys look alike.
 */
#ifndef CORE_CATALOGUE_KEYS_H
#define CORE_CATALOGUE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct catalogue_keys {
    const uint8_t *secret; /* 16 bytes, the caller's */
    uint64_t *hashes;
    uint32_t count, capacity, most;
    bool sorted;
} catalogue_keys;

uint64_t catalogue_keys_hash(const catalogue_keys *k, char kind, const char *id);
/* false: it is full, or memory is out. */
bool catalogue_keys_add(catalogue_keys *k, uint64_t hash);
bool catalogue_keys_has(catalogue_keys *k, uint64_t hash);
void catalogue_keys_clear(catalogue_keys *k);

#endif
