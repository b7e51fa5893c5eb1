/* SPDX-License-Identifier: Apache-2.0 */
/* Records in a sorted array: what the storages for tests keep their state in. Out of memory aborts. */
#ifndef TESTS_SUPPORT_STORAGE_TABLE_H
#define TESTS_SUPPORT_STORAGE_TABLE_H

#include <stddef.h>
#include <stdint.h>

typedef struct storage_record {
    uint32_t collection;
    uint32_t size_bytes;
    uint64_t id;
    unsigned char *bytes;
} storage_record;

typedef struct storage_table {
    storage_record *records; /* ascending by collection, then id */
    size_t count;
    size_t capacity;
    uint64_t total_bytes;
} storage_table;

/* The first position not below (collection, id). */
size_t storage_table_position(const storage_table *table, uint32_t collection, uint64_t id);
storage_record *storage_table_find(const storage_table *table, uint32_t collection, uint64_t id);
void storage_table_put(storage_table *table, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes);
void storage_table_remove(storage_table *table, uint32_t collection, uint64_t id);
void storage_table_copy(storage_table *to, const storage_table *from);
void storage_table_clear(storage_table *table);

/* A copy of bytes, never NULL. */
unsigned char *storage_table_copy_bytes(const void *bytes, uint32_t size_bytes);

#endif
