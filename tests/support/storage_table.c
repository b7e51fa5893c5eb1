/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records in a sorted array: what the storages for tests keep their state in. Simple on purpose: a test's storage must
 * be right at a glance.
 */
#include "storage_table.h"

#include <stdlib.h>
#include <string.h>

unsigned char *storage_table_copy_bytes(const void *bytes, uint32_t size_bytes)
{
    unsigned char *copy = malloc(size_bytes > 0 ? size_bytes : 1);
    if (copy == NULL)
        abort();
    if (size_bytes > 0)
        memcpy(copy, bytes, size_bytes);
    return copy;
}

size_t storage_table_position(const storage_table *table, uint32_t collection, uint64_t id)
{
    size_t low = 0;
    size_t high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const storage_record *record = &table->records[middle];
        if (record->collection < collection || (record->collection == collection && record->id < id))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

storage_record *storage_table_find(const storage_table *table, uint32_t collection, uint64_t id)
{
    size_t at = storage_table_position(table, collection, id);
    if (at == table->count || table->records[at].collection != collection || table->records[at].id != id)
        return NULL;
    return &table->records[at];
}

void storage_table_put(storage_table *table, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes)
{
    unsigned char *copy = storage_table_copy_bytes(bytes, size_bytes);
    storage_table_remove(table, collection, id);
    if (table->count == table->capacity) {
        table->capacity = table->capacity ? table->capacity * 2 : 64;
        table->records = realloc(table->records, table->capacity * sizeof *table->records);
        if (table->records == NULL)
            abort();
    }
    size_t at = storage_table_position(table, collection, id);
    memmove(&table->records[at + 1], &table->records[at], (table->count - at) * sizeof table->records[0]);
    table->records[at] = (storage_record){.collection = collection, .size_bytes = size_bytes, .id = id, .bytes = copy};
    table->count++;
    table->total_bytes += size_bytes;
}

void storage_table_remove(storage_table *table, uint32_t collection, uint64_t id)
{
    storage_record *record = storage_table_find(table, collection, id);
    if (record == NULL)
        return;
    table->total_bytes -= record->size_bytes;
    free(record->bytes);
    size_t at = (size_t)(record - table->records);
    table->count--;
    memmove(record, record + 1, (table->count - at) * sizeof *record);
}

void storage_table_copy(storage_table *to, const storage_table *from)
{
    *to = *from;
    to->capacity = from->count > 0 ? from->count : 1;
    to->records = calloc(to->capacity, sizeof *to->records);
    if (to->records == NULL)
        abort();
    for (size_t i = 0; i < from->count; i++) {
        to->records[i] = from->records[i];
        to->records[i].bytes = storage_table_copy_bytes(from->records[i].bytes, from->records[i].size_bytes);
    }
}

void storage_table_clear(storage_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->records[i].bytes);
    free(table->records);
    memset(table, 0, sizeof *table);
}
