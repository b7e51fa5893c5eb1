/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pos_storage in memory for tests. It keeps the state that reading shows, and beside it the start and every operation
 * since, so that each state that a crash may leave can be made afterwards, as often as wanted.
 */
#include "storage_memory.h"

#include "storage_table.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* One put or one removed id. */
typedef struct operation {
    int is_put;
    int is_uncertain; /* a put that returned an error */
    storage_record record;
} operation;

struct storage_memory {
    storage_table start;
    storage_table now;
    operation *operations;
    uint64_t count; /* of operations kept */
    uint64_t capacity;
    uint64_t settled; /* operations before those kept */
    uint64_t durable;
    uint64_t cut_at;
    int is_cut;
    int is_acquired;
    int is_listing;
    storage_memory_fault_plan faults;
    storage_memory_counters counters;
};

storage_memory *storage_memory_new(void)
{
    storage_memory *disk = calloc(1, sizeof *disk);
    if (disk == NULL)
        abort();
    return disk;
}

static void forget_operations(storage_memory *disk)
{
    for (uint64_t i = 0; i < disk->count; i++)
        free(disk->operations[i].record.bytes);
    free(disk->operations);
    disk->operations = NULL;
    disk->count = 0;
    disk->capacity = 0;
}

void storage_memory_free(storage_memory *disk)
{
    if (disk == NULL)
        return;
    forget_operations(disk);
    storage_table_clear(&disk->start);
    storage_table_clear(&disk->now);
    free(disk);
}

static void wait_us(uint32_t us)
{
    struct timespec left = {.tv_sec = us / 1000000, .tv_nsec = (long)(us % 1000000) * 1000};
    while (us > 0 && nanosleep(&left, &left) != 0)
        ;
}

/* ---- operations ---- */

static void record_operation(storage_memory *disk, int is_put, int is_uncertain, uint32_t collection, uint64_t id,
                             const void *bytes, uint32_t size_bytes)
{
    if (disk->count == disk->capacity) {
        disk->capacity = disk->capacity ? disk->capacity * 2 : 64;
        disk->operations = realloc(disk->operations, disk->capacity * sizeof *disk->operations);
        if (disk->operations == NULL)
            abort();
    }
    disk->operations[disk->count++] =
        (operation){.is_put = is_put,
                    .is_uncertain = is_uncertain,
                    .record = {.collection = collection,
                               .id = id,
                               .size_bytes = size_bytes,
                               .bytes = is_put ? storage_table_copy_bytes(bytes, size_bytes) : NULL}};
}

/* 1 if the power is off, or goes off in the operation that is about to begin. */
static int is_powerless(storage_memory *disk)
{
    if (!disk->is_cut && disk->cut_at != 0 && storage_memory_operations(disk) + 1 >= disk->cut_at) {
        disk->is_cut = 1;
        return 0; /* this very operation is still recorded */
    }
    return disk->is_cut;
}

static int32_t rule_of_use(const storage_memory *disk, uint32_t collection)
{
    return disk->is_acquired && !disk->is_listing && (collection & 0xFFFFu) != 0 ? POS_OK : POS_E_MISUSE;
}

/* POS_OK, or what the plan has for this put. */
static int32_t take_put_fault(storage_memory_fault_plan *plan)
{
    if (plan->put_at == 0)
        return POS_OK;
    if (plan->put_at > 1) {
        plan->put_at--;
        return POS_OK;
    }
    if (plan->put_times > 1)
        plan->put_times--;
    else
        plan->put_at = plan->put_times = 0;
    return plan->put_code != 0 ? plan->put_code : POS_E_IO;
}

/* ---- the contract ---- */

static int32_t memory_acquire(void *ctx)
{
    storage_memory *disk = ctx;
    if (disk->is_cut)
        return POS_E_IO;
    if (disk->faults.acquire_code != 0)
        return disk->faults.acquire_code;
    if (disk->is_acquired)
        return POS_E_BUSY;
    disk->is_acquired = 1;
    return POS_OK;
}

static void memory_release(void *ctx)
{
    storage_memory *disk = ctx;
    disk->is_acquired = 0;
}

static int32_t memory_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes)
{
    storage_memory *disk = ctx;
    if (rule_of_use(disk, collection) != POS_OK || (bytes == NULL && size_bytes > 0))
        return POS_E_MISUSE;
    disk->counters.puts++;
    disk->counters.put_bytes += size_bytes;
    wait_us(disk->faults.put_delay_us);
    if (is_powerless(disk)) {
        disk->counters.failed_puts++;
        return POS_E_IO;
    }
    int32_t code = take_put_fault(&disk->faults);
    int is_refused = 0; /* an error that says for sure that nothing was kept */
    if (size_bytes > POS_RECORD_MAX_BYTES) {
        code = POS_E_TOO_LARGE;
        is_refused = 1;
    }
    const storage_record *old = storage_table_find(&disk->now, collection, id);
    uint64_t after = disk->now.total_bytes + size_bytes - (old != NULL ? old->size_bytes : 0);
    if (code == POS_OK && disk->faults.capacity_bytes != 0 && after > disk->faults.capacity_bytes)
        code = POS_E_NO_SPACE;
    if (disk->is_cut)
        code = POS_E_IO;
    if (!is_refused)
        record_operation(disk, 1, code != POS_OK, collection, id, bytes, size_bytes);
    if (code == POS_OK)
        disk->durable = storage_memory_operations(disk);
    else
        disk->counters.failed_puts++;
    if (code == POS_OK || (!is_refused && disk->faults.put_shows && code != POS_E_NO_SPACE))
        storage_table_put(&disk->now, collection, id, bytes, size_bytes);
    return code;
}

static int32_t memory_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset_bytes, void *buffer,
                          uint32_t capacity_bytes, uint32_t *size_bytes)
{
    storage_memory *disk = ctx;
    if (rule_of_use(disk, collection) != POS_OK || size_bytes == NULL || (buffer == NULL && capacity_bytes > 0))
        return POS_E_MISUSE;
    disk->counters.gets++;
    wait_us(disk->faults.get_delay_us);
    if (disk->is_cut)
        return POS_E_IO;
    if (disk->faults.get_code != 0)
        return disk->faults.get_code;
    const storage_record *record = storage_table_find(&disk->now, collection, id);
    if (record == NULL)
        return POS_E_NOT_FOUND;
    if ((collection & POS_COLLECTION_SECRET) != 0 && disk->faults.secret_code != 0)
        return disk->faults.secret_code;
    uint32_t left = offset_bytes < record->size_bytes ? record->size_bytes - offset_bytes : 0;
    uint32_t part = left < capacity_bytes ? left : capacity_bytes;
    if (part > 0)
        memcpy(buffer, record->bytes + offset_bytes, part);
    disk->counters.get_bytes += part;
    *size_bytes = record->size_bytes;
    return POS_OK;
}

static int32_t memory_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    storage_memory *disk = ctx;
    if (rule_of_use(disk, collection) != POS_OK || (ids == NULL && count > 0))
        return POS_E_MISUSE;
    disk->counters.removes++;
    wait_us(disk->faults.remove_delay_us);
    if (disk->faults.remove_code != 0)
        return disk->faults.remove_code;
    for (uint32_t i = 0; i < count; i++) {
        if (is_powerless(disk))
            return POS_E_IO;
        record_operation(disk, 0, 0, collection, ids[i], NULL, 0);
        storage_table_remove(&disk->now, collection, ids[i]);
        /* A secret's remove is durable before it returns; being an operation like others, so is all before it. */
        if ((collection & POS_COLLECTION_SECRET) != 0 && !disk->is_cut)
            disk->durable = storage_memory_operations(disk);
    }
    return disk->is_cut ? POS_E_IO : POS_OK;
}

static int32_t memory_list(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor,
                           void *visitor_ctx)
{
    storage_memory *disk = ctx;
    if (rule_of_use(disk, collection) != POS_OK || visitor == NULL)
        return POS_E_MISUSE;
    disk->counters.lists++;
    if (disk->is_cut)
        return POS_E_IO;
    if (disk->faults.list_code != 0)
        return disk->faults.list_code;
    disk->is_listing = 1;
    for (size_t at = storage_table_position(&disk->now, collection, from_id); at < disk->now.count; at++) {
        const storage_record *record = &disk->now.records[at];
        if (record->collection != collection || visitor(visitor_ctx, record->id, record->size_bytes) != 0)
            break;
    }
    disk->is_listing = 0;
    return POS_OK;
}

const pos_storage *storage_memory_calls(void)
{
    static const pos_storage calls = {.struct_size = sizeof(pos_storage),
                                      .acquire = memory_acquire,
                                      .release = memory_release,
                                      .put = memory_put,
                                      .get = memory_get,
                                      .remove = memory_remove,
                                      .list = memory_list};
    return &calls;
}

storage_memory_fault_plan *storage_memory_faults(storage_memory *disk)
{
    return &disk->faults;
}

storage_memory_counters storage_memory_counts(const storage_memory *disk)
{
    return disk->counters;
}

void storage_memory_reset_counts(storage_memory *disk)
{
    memset(&disk->counters, 0, sizeof disk->counters);
}

/* ---- crashes ---- */

uint64_t storage_memory_operations(const storage_memory *disk)
{
    return disk->settled + disk->count;
}

uint64_t storage_memory_durable(const storage_memory *disk)
{
    return disk->durable > disk->settled ? disk->durable : disk->settled;
}

storage_memory *storage_memory_after_crash(const storage_memory *disk, uint64_t prefix, uint64_t uncertain)
{
    if (prefix < storage_memory_durable(disk) || prefix > storage_memory_operations(disk))
        return NULL;
    storage_memory *left = storage_memory_new();
    storage_table_copy(&left->now, &disk->start);
    unsigned uncertain_count = 0;
    for (uint64_t i = 0; i < prefix - disk->settled; i++) {
        const operation *done = &disk->operations[i];
        int takes_effect = !done->is_uncertain || ((uncertain >> (uncertain_count % 64)) & 1) != 0;
        uncertain_count += (unsigned)done->is_uncertain;
        if (!takes_effect)
            continue;
        if (done->is_put)
            storage_table_put(&left->now, done->record.collection, done->record.id, done->record.bytes,
                              done->record.size_bytes);
        else
            storage_table_remove(&left->now, done->record.collection, done->record.id);
    }
    storage_table_copy(&left->start, &left->now);
    return left;
}

void storage_memory_cut_at(storage_memory *disk, uint64_t n)
{
    disk->cut_at = n;
    disk->is_cut = 0;
}

int storage_memory_is_cut(const storage_memory *disk)
{
    return disk->is_cut;
}

void storage_memory_settle(storage_memory *disk)
{
    disk->settled = storage_memory_operations(disk);
    forget_operations(disk);
    storage_table_clear(&disk->start);
    storage_table_copy(&disk->start, &disk->now);
}

/* ---- looking and tampering ---- */

static int is_of_device(uint32_t collection)
{
    return (collection & (POS_COLLECTION_SECRET | POS_COLLECTION_DEVICE)) != 0;
}

storage_memory *storage_memory_copy(const storage_memory *disk, int with_device)
{
    storage_memory *copy = storage_memory_new();
    for (size_t i = 0; i < disk->now.count; i++) {
        const storage_record *record = &disk->now.records[i];
        if (with_device || !is_of_device(record->collection))
            storage_table_put(&copy->now, record->collection, record->id, record->bytes, record->size_bytes);
    }
    storage_table_copy(&copy->start, &copy->now);
    return copy;
}

uint64_t storage_memory_record_count(const storage_memory *disk, uint32_t collection)
{
    uint64_t count = 0;
    for (size_t i = 0; i < disk->now.count; i++)
        count += disk->now.records[i].collection == collection;
    return count;
}

const void *storage_memory_peek(const storage_memory *disk, uint32_t collection, uint64_t id, uint32_t *size_bytes)
{
    const storage_record *record = storage_table_find(&disk->now, collection, id);
    if (record == NULL)
        return NULL;
    if (size_bytes != NULL)
        *size_bytes = record->size_bytes;
    return record->bytes;
}

void storage_memory_poke(storage_memory *disk, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes)
{
    storage_table_put(&disk->now, collection, id, bytes, size_bytes);
    storage_memory_settle(disk);
}

void storage_memory_drop(storage_memory *disk, uint32_t collection, uint64_t id)
{
    storage_table_remove(&disk->now, collection, id);
    storage_memory_settle(disk);
}

void storage_memory_damage(storage_memory *disk, uint32_t collection, uint64_t id, uint32_t offset_bytes, uint8_t mask)
{
    const storage_record *record = storage_table_find(&disk->now, collection, id);
    if (record == NULL || offset_bytes >= record->size_bytes)
        abort(); /* a test that damages nothing proves nothing */
    record->bytes[offset_bytes] ^= mask;
    storage_memory_settle(disk);
}

int storage_memory_has_plain(const storage_memory *disk, const void *bytes, uint32_t size_bytes)
{
    for (size_t i = 0; i < disk->now.count; i++) {
        const storage_record *record = &disk->now.records[i];
        if ((record->collection & POS_COLLECTION_SECRET) != 0)
            continue;
        for (uint32_t at = 0; at + size_bytes <= record->size_bytes; at++) {
            if (memcmp(record->bytes + at, bytes, size_bytes) == 0)
                return 1;
        }
    }
    return 0;
}
