/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Storages with one mistake each, as a vendor might make it. All are the storage in memory with something done wrong on
 * the way in or out, or at the crash.
 */
#include "storage_benches.h"

#include "storage_memory.h"
#include "storage_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TORN_PUT,
    FORGETS_LAST_PUT,
    REMOVE_UNDOES_LATER_PUT,
    REMOVE_IS_FORGOTTEN,
    SECRET_REMOVE_IS_LAZY,
    LISTS_AS_TEXT,
    LISTS_SIGNED,
    LISTS_AFTER_FROM_ID,
    LISTS_ON_AND_ON,
    LISTS_FIRST_SIZE,
    LISTS_REMOVED,
    IGNORES_OFFSET,
    TELLS_COPIED_SIZE,
    COPIES_ONE_TOO_MANY,
    FINDS_WHAT_IS_NOT_THERE,
    LOCK_IS_SHARED,
    SECRET_IN_PLAIN,
    DEVICE_IN_BACKUP,
    LOSES_EMPTY,
    LOSES_ID_ZERO,
    CUTS_IDS_TO_32_BITS,
    IGNORES_COLLECTION_BITS,
    CUTS_TO_64_KIB,
    KEEPS_REFUSED,
    OLD_TAIL_STAYS,
    REMOVE_WANTS_ALL,
    LOSES_ALL_AT_RELEASE,
    KIND_COUNT
};

const storage_broken_kind storage_broken_kinds[KIND_COUNT] = {
    [TORN_PUT] = {"put is not atomic", "atomic"},
    [FORGETS_LAST_PUT] = {"put says OK too early", "durable"},
    [REMOVE_UNDOES_LATER_PUT] = {"remove undoes a later put", "remove order"},
    [REMOVE_IS_FORGOTTEN] = {"remove comes undone", "order"},
    [SECRET_REMOVE_IS_LAZY] = {"secret remove is lazy", "secret remove"},
    [LISTS_AS_TEXT] = {"lists as text", "list order"},
    [LISTS_SIGNED] = {"lists signed", "list order"},
    [LISTS_AFTER_FROM_ID] = {"lists after from_id", "list from"},
    [LISTS_ON_AND_ON] = {"list does not end", "list end"},
    [LISTS_FIRST_SIZE] = {"lists the first size", "list sizes"},
    [LISTS_REMOVED] = {"lists removed records", "remove"},
    [IGNORES_OFFSET] = {"get ignores the offset", "parts"},
    [TELLS_COPIED_SIZE] = {"get tells the copied size", "parts"},
    [COPIES_ONE_TOO_MANY] = {"get copies one too many", "parts"},
    [FINDS_WHAT_IS_NOT_THERE] = {"get finds nothing", "not found"},
    [LOCK_IS_SHARED] = {"lock is shared", "lock"},
    [SECRET_IN_PLAIN] = {"secret in plain", "secret"},
    [DEVICE_IN_BACKUP] = {"device in the backup", "backup"},
    [LOSES_EMPTY] = {"loses empty records", "empty"},
    [LOSES_ID_ZERO] = {"loses id 0", "ids"},
    [CUTS_IDS_TO_32_BITS] = {"cuts ids to 32 bits", "ids"},
    [IGNORES_COLLECTION_BITS] = {"ignores collection bits", "collections"},
    [CUTS_TO_64_KIB] = {"cuts to 64 KiB", "sizes"},
    [KEEPS_REFUSED] = {"keeps what it refused", "too large"},
    [OLD_TAIL_STAYS] = {"the old tail stays", "replace"},
    [REMOVE_WANTS_ALL] = {"remove wants all ids there", "remove"},
    [LOSES_ALL_AT_RELEASE] = {"forgets at release", "reopen"},
};
const unsigned storage_broken_kind_count = KIND_COUNT;

typedef struct broken {
    storage_memory *disk;
    storage_table removed; /* records as they were when removed */
    storage_table first;   /* records as they were first put */
    uint32_t last_collection;
    uint64_t last_id;
    int has_put;
    int lock_count;
} broken;

static int kind; /* one bench at a time */

static void map_name(uint32_t *collection, uint64_t *id)
{
    if (kind == IGNORES_COLLECTION_BITS)
        *collection &= 0xFFFFu;
    if (kind == SECRET_IN_PLAIN && (*collection & POS_COLLECTION_SECRET) != 0)
        *collection ^= POS_COLLECTION_SECRET | 0x100000u;
    if (kind == CUTS_IDS_TO_32_BITS)
        *id &= UINT32_MAX;
}

static int32_t broken_acquire(void *ctx)
{
    broken *self = ctx;
    if (kind == LOCK_IS_SHARED && self->lock_count++ > 0)
        return POS_OK;
    return storage_memory_calls()->acquire(self->disk);
}

static void broken_release(void *ctx)
{
    broken *self = ctx;
    self->lock_count = 0;
    storage_memory_calls()->release(self->disk);
    if (kind == LOSES_ALL_AT_RELEASE) {
        storage_memory_free(self->disk);
        self->disk = storage_memory_new();
    }
}

/* Puts in a way that is wrong in itself. */
static int32_t put_badly(broken *self, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes)
{
    const pos_storage *calls = storage_memory_calls();
    uint32_t old_size = 0;
    const unsigned char *old = storage_memory_peek(self->disk, collection, id, &old_size);
    uint32_t part = 0;
    uint32_t whole = 0;
    if (old != NULL && kind == TORN_PUT) {
        part = size_bytes / 2;
        whole = old_size > part ? old_size : part;
    } else if (old != NULL && kind == OLD_TAIL_STAYS && old_size > size_bytes) {
        part = size_bytes;
        whole = old_size;
    }
    if (whole > 0) {
        unsigned char *mix = malloc(whole);
        if (mix == NULL)
            abort();
        memcpy(mix, old, old_size);
        if (part > 0)
            memcpy(mix, bytes, part);
        int32_t code = calls->put(self->disk, collection, id, mix, whole);
        free(mix);
        if (code != POS_OK || kind == OLD_TAIL_STAYS)
            return code;
    }
    return calls->put(self->disk, collection, id, bytes, size_bytes);
}

static int32_t broken_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes)
{
    broken *self = ctx;
    map_name(&collection, &id);
    if ((kind == LOSES_EMPTY && size_bytes == 0) || (kind == LOSES_ID_ZERO && id == 0))
        return POS_OK;
    if (kind == CUTS_TO_64_KIB && size_bytes > 65536)
        size_bytes = 65536;
    if (kind == KEEPS_REFUSED && size_bytes > POS_RECORD_MAX_BYTES)
        storage_memory_poke(self->disk, collection, id, bytes, 100);
    if (kind == LISTS_FIRST_SIZE && storage_table_find(&self->first, collection, id) == NULL)
        storage_table_put(&self->first, collection, id, bytes, size_bytes);
    int32_t code = put_badly(self, collection, id, bytes, size_bytes);
    if (code == POS_OK) {
        self->has_put = 1;
        self->last_collection = collection;
        self->last_id = id;
    }
    return code;
}

static int32_t broken_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset_bytes, void *buffer,
                          uint32_t capacity_bytes, uint32_t *size_bytes)
{
    broken *self = ctx;
    map_name(&collection, &id);
    if (kind == IGNORES_OFFSET)
        offset_bytes = 0;
    if (kind == COPIES_ONE_TOO_MANY && capacity_bytes > 0)
        capacity_bytes++;
    int32_t code =
        storage_memory_calls()->get(self->disk, collection, id, offset_bytes, buffer, capacity_bytes, size_bytes);
    if (kind == TELLS_COPIED_SIZE && code == POS_OK) {
        uint32_t left = offset_bytes < *size_bytes ? *size_bytes - offset_bytes : 0;
        *size_bytes = left < capacity_bytes ? left : capacity_bytes;
    }
    if (kind == FINDS_WHAT_IS_NOT_THERE && code == POS_E_NOT_FOUND) {
        *size_bytes = 0;
        return POS_OK;
    }
    return code;
}

static int32_t broken_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    broken *self = ctx;
    int32_t code = POS_OK;
    for (uint32_t i = 0; i < count && code == POS_OK; i++) {
        uint64_t id = ids[i];
        uint32_t mapped = collection;
        uint32_t size = 0;
        map_name(&mapped, &id);
        const void *bytes = storage_memory_peek(self->disk, mapped, id, &size);
        if (bytes == NULL && kind == REMOVE_WANTS_ALL)
            return POS_E_NOT_FOUND;
        if (bytes != NULL)
            storage_table_put(&self->removed, mapped, id, bytes, size);
        code = storage_memory_calls()->remove(self->disk, mapped, &id, 1);
    }
    return code;
}

/* ---- listing ---- */

typedef struct collected {
    broken *self;
    uint32_t collection;
    struct {
        uint64_t id;
        uint32_t size_bytes;
    } * rows;
    size_t count;
} collected;

static int32_t collect(void *ctx, uint64_t id, uint32_t size_bytes)
{
    collected *all = ctx;
    const storage_record *first = storage_table_find(&all->self->first, all->collection, id);
    all->rows = realloc(all->rows, (all->count + 1) * sizeof *all->rows);
    if (all->rows == NULL)
        abort();
    all->rows[all->count].id = id;
    all->rows[all->count].size_bytes = first != NULL ? first->size_bytes : size_bytes;
    all->count++;
    return 0;
}

static int comes_before(uint64_t a, uint64_t b)
{
    if (kind == LISTS_AS_TEXT) {
        char text_a[24];
        char text_b[24];
        snprintf(text_a, sizeof text_a, "%" PRIu64, a);
        snprintf(text_b, sizeof text_b, "%" PRIu64, b);
        return strcmp(text_a, text_b) < 0;
    }
    if (kind == LISTS_SIGNED)
        return (a ^ (UINT64_C(1) << 63)) < (b ^ (UINT64_C(1) << 63));
    return a < b;
}

static void sort(collected *all)
{
    for (size_t i = 1; i < all->count; i++) {
        for (size_t k = i; k > 0 && comes_before(all->rows[k].id, all->rows[k - 1].id); k--) {
            uint64_t id = all->rows[k].id;
            uint32_t size = all->rows[k].size_bytes;
            all->rows[k] = all->rows[k - 1];
            all->rows[k - 1].id = id;
            all->rows[k - 1].size_bytes = size;
        }
    }
}

static void collect_removed(collected *all, uint64_t from_id)
{
    for (size_t i = 0; i < all->self->removed.count; i++) {
        const storage_record *record = &all->self->removed.records[i];
        if (record->collection == all->collection && record->id >= from_id &&
            storage_memory_peek(all->self->disk, record->collection, record->id, NULL) == NULL)
            collect(all, record->id, record->size_bytes);
    }
}

static int32_t broken_list(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor,
                           void *visitor_ctx)
{
    broken *self = ctx;
    map_name(&collection, &from_id);
    collected all = {.self = self, .collection = collection};
    int32_t code = storage_memory_calls()->list(self->disk, collection, from_id, collect, &all);
    if (kind == LISTS_REMOVED)
        collect_removed(&all, from_id);
    sort(&all);
    for (size_t i = 0; i < all.count && code == POS_OK; i++) {
        if (kind == LISTS_AFTER_FROM_ID && from_id != 0 && all.rows[i].id == from_id)
            continue;
        if (visitor(visitor_ctx, all.rows[i].id, all.rows[i].size_bytes) != 0 && kind != LISTS_ON_AND_ON)
            break;
    }
    free(all.rows);
    return code;
}

/* ---- the bench ---- */

static void *wrap(storage_memory *disk)
{
    broken *self = calloc(1, sizeof *self);
    if (self == NULL)
        abort();
    self->disk = disk;
    return self;
}

static void *make(void)
{
    return wrap(storage_memory_new());
}

static void free_broken(void *ctx)
{
    broken *self = ctx;
    storage_memory_free(self->disk);
    storage_table_clear(&self->removed);
    storage_table_clear(&self->first);
    free(self);
}

static void *twin(void *ctx)
{
    return ctx;
}

static void free_twin(void *ctx)
{
    (void)ctx;
}

static void spoil(const broken *self, storage_memory *left)
{
    if (kind == FORGETS_LAST_PUT && self->has_put)
        storage_memory_drop(left, self->last_collection, self->last_id);
    for (size_t i = 0; i < self->removed.count; i++) {
        const storage_record *record = &self->removed.records[i];
        int is_secret = (record->collection & POS_COLLECTION_SECRET) != 0;
        int is_there = storage_memory_peek(left, record->collection, record->id, NULL) != NULL;
        if (kind == REMOVE_UNDOES_LATER_PUT && !is_secret)
            storage_memory_drop(left, record->collection, record->id);
        if (!is_there && (kind == REMOVE_IS_FORGOTTEN || (kind == SECRET_REMOVE_IS_LAZY && is_secret)))
            storage_memory_poke(left, record->collection, record->id, record->bytes, record->size_bytes);
    }
}

static void *crash(void *ctx, uint32_t choice)
{
    const broken *self = ctx;
    storage_memory *left = storage_bench_memory()->crash(self->disk, choice);
    if (left == NULL)
        return NULL;
    spoil(self, left);
    return wrap(left);
}

static void cut(void *ctx, uint32_t nth)
{
    storage_bench_memory()->cut(((broken *)ctx)->disk, nth);
}

static int has_plain(void *ctx, const void *bytes, uint32_t size_bytes)
{
    return storage_memory_has_plain(((broken *)ctx)->disk, bytes, size_bytes);
}

static int has_in_backup(void *ctx, const void *bytes, uint32_t size_bytes)
{
    storage_memory *backup = storage_memory_copy(((broken *)ctx)->disk, kind == DEVICE_IN_BACKUP);
    int is_found = storage_memory_has_plain(backup, bytes, size_bytes);
    storage_memory_free(backup);
    return is_found;
}

const storage_bench *storage_broken_bench(unsigned which)
{
    static const pos_storage calls = {.struct_size = sizeof(pos_storage),
                                      .acquire = broken_acquire,
                                      .release = broken_release,
                                      .put = broken_put,
                                      .get = broken_get,
                                      .remove = broken_remove,
                                      .list = broken_list};
    static storage_bench bench = {.calls = &calls,
                                  .make = make,
                                  .free = free_broken,
                                  .twin = twin,
                                  .free_twin = free_twin,
                                  .crash = crash,
                                  .cut = cut,
                                  .has_plain = has_plain,
                                  .has_in_backup = has_in_backup};
    kind = (int)which;
    bench.name = storage_broken_kinds[which].name;
    return &bench;
}
