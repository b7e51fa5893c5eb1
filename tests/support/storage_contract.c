/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks of the storage contract that need no crash: what reads and writes must do. The others stand in
 * storage_contract_crash.c; the list of all is at the end of this file.
 */
#include "storage_contract_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BIG (1024u * 1024u)

const char *storage_contract_say(const char *format, ...)
{
    static char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return text;
}

unsigned char *storage_contract_bytes(uint32_t seed, uint32_t size_bytes)
{
    unsigned char *bytes = malloc(size_bytes > 0 ? size_bytes : 1);
    if (bytes == NULL)
        abort();
    uint32_t state = seed * 2654435761u + 12345u;
    for (uint32_t i = 0; i < size_bytes; i++) {
        state = state * 1664525u + 1013904223u;
        bytes[i] = (unsigned char)(state >> 24);
    }
    return bytes;
}

int32_t storage_contract_put(const storage_bench *bench, void *ctx, uint32_t collection, uint64_t id, uint32_t seed,
                             uint32_t size_bytes)
{
    unsigned char *bytes = storage_contract_bytes(seed, size_bytes);
    int32_t code = bench->calls->put(ctx, collection, id, bytes, size_bytes);
    free(bytes);
    return code;
}

const char *storage_contract_expect(const storage_bench *bench, void *ctx, uint32_t collection, uint64_t id,
                                    uint32_t seed, uint32_t size_bytes)
{
    unsigned char *wanted = storage_contract_bytes(seed, size_bytes);
    uint32_t capacity = size_bytes + 64;
    unsigned char *found = malloc((size_t)capacity + 16); /* room for one who copies too much */
    if (found == NULL)
        abort();
    memset(found, 0xEE, (size_t)capacity + 16);
    uint32_t size = 0;
    const char *wrong = NULL;
    int32_t code = bench->calls->get(ctx, collection, id, 0, found, capacity, &size);
    if (code != POS_OK)
        wrong = storage_contract_say("get of record %llu returned %d", (unsigned long long)id, (int)code);
    else if (size != size_bytes)
        wrong = storage_contract_say("record %llu has %u bytes instead of %u", (unsigned long long)id, (unsigned)size,
                                     (unsigned)size_bytes);
    else if (memcmp(found, wanted, size_bytes) != 0)
        wrong = storage_contract_say("record %llu has other bytes", (unsigned long long)id);
    else if (found[size_bytes] != 0xEE || found[capacity] != 0xEE)
        wrong = storage_contract_say("get wrote past the record");
    free(found);
    free(wanted);
    return wrong;
}

const char *storage_contract_expect_none(const storage_bench *bench, void *ctx, uint32_t collection, uint64_t id)
{
    uint32_t size = 0;
    int32_t code = bench->calls->get(ctx, collection, id, 0, NULL, 0, &size);
    return code == POS_E_NOT_FOUND ? NULL
                                   : storage_contract_say("get of record %llu returned %d instead of NOT_FOUND",
                                                          (unsigned long long)id, (int)code);
}

void *storage_contract_open(const storage_bench *bench)
{
    void *ctx = bench->make();
    if (ctx == NULL || bench->calls->acquire(ctx) != POS_OK)
        abort(); /* the bench itself is broken */
    return ctx;
}

/* ---- reading and writing ---- */

static const char *check_sizes(const storage_bench *bench)
{
    static const uint32_t sizes[] = {
        1, 2, 15, 16, 255, 4095, 4096, 4097, 65535, 65536, 65537, BIG, POS_RECORD_MAX_BYTES};
    void *ctx = storage_contract_open(bench);
    const char *wrong = NULL;
    for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0] && wrong == NULL; i++) {
        int32_t code = storage_contract_put(bench, ctx, 3, i, i, sizes[i]);
        wrong = code == POS_OK ? storage_contract_expect(bench, ctx, 3, i, i, sizes[i])
                               : storage_contract_say("put of %u bytes returned %d", (unsigned)sizes[i], (int)code);
    }
    bench->free(ctx);
    return wrong;
}

static const char *check_empty(const storage_bench *bench)
{
    void *ctx = storage_contract_open(bench);
    int32_t code = bench->calls->put(ctx, 3, 7, NULL, 0);
    const char *wrong = code == POS_OK ? storage_contract_expect(bench, ctx, 3, 7, 0, 0)
                                       : storage_contract_say("put of 0 bytes returned %d", (int)code);
    if (wrong == NULL && storage_contract_put(bench, ctx, 3, 8, 5, 100) == POS_OK &&
        bench->calls->put(ctx, 3, 8, "", 0) == POS_OK)
        wrong = storage_contract_expect(bench, ctx, 3, 8, 0, 0);
    bench->free(ctx);
    return wrong;
}

static const char *check_ids(const storage_bench *bench)
{
    static const uint64_t ids[] = {
        0, 1, UINT32_MAX, (uint64_t)UINT32_MAX + 1, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX};
    const uint32_t count = sizeof ids / sizeof ids[0];
    void *ctx = storage_contract_open(bench);
    const char *wrong = NULL;
    for (uint32_t i = 0; i < count; i++)
        storage_contract_put(bench, ctx, 65535, ids[i], i, 40 + i);
    for (uint32_t i = 0; i < count && wrong == NULL; i++)
        wrong = storage_contract_expect(bench, ctx, 65535, ids[i], i, 40 + i);
    bench->free(ctx);
    return wrong;
}

static const char *check_replace(const storage_bench *bench)
{
    static const uint32_t sizes[] = {5000, 10, 10, 9000, 0, 300, BIG, 1};
    void *ctx = storage_contract_open(bench);
    const char *wrong = NULL;
    for (uint32_t i = 0; i < sizeof sizes / sizeof sizes[0] && wrong == NULL; i++) {
        storage_contract_put(bench, ctx, 3, 1, 50 + i, sizes[i]);
        wrong = storage_contract_expect(bench, ctx, 3, 1, 50 + i, sizes[i]);
    }
    bench->free(ctx);
    return wrong;
}

/* One reading of a part of a record of `whole` bytes; the bytes behind the buffer must stay. */
static const char *read_part(const storage_bench *bench, void *ctx, const unsigned char *all, uint32_t whole,
                             uint32_t offset, uint32_t capacity)
{
    unsigned char *room = malloc((size_t)capacity + 8);
    if (room == NULL)
        abort();
    memset(room, 0xEE, (size_t)capacity + 8);
    uint32_t size = 0;
    uint32_t left = offset < whole ? whole - offset : 0;
    uint32_t part = left < capacity ? left : capacity;
    const char *wrong = NULL;
    int32_t code = bench->calls->get(ctx, 3, 1, offset, capacity > 0 ? room : NULL, capacity, &size);
    if (code != POS_OK || size != whole)
        wrong = storage_contract_say("get from %u, at most %u bytes: result %d, size %u instead of %u",
                                     (unsigned)offset, (unsigned)capacity, (int)code, (unsigned)size, (unsigned)whole);
    else if (memcmp(room, all + (part > 0 ? offset : 0), part) != 0 || room[part] != 0xEE)
        wrong = storage_contract_say("get from %u, at most %u bytes: wrong bytes, or too many", (unsigned)offset,
                                     (unsigned)capacity);
    free(room);
    return wrong;
}

static const char *check_parts(const storage_bench *bench)
{
    const uint32_t whole = 300000;
    const uint32_t offsets[] = {0, 1, 4096, 65536, 262144, whole - 1, whole, whole + 1, UINT32_MAX};
    const uint32_t capacities[] = {0, 1, 100, 65536, 262144, whole, whole + 1};
    unsigned char *all = storage_contract_bytes(77, whole);
    void *ctx = storage_contract_open(bench);
    const char *wrong = NULL;
    bench->calls->put(ctx, 3, 1, all, whole);
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        for (size_t k = 0; k < sizeof capacities / sizeof capacities[0] && wrong == NULL; k++)
            wrong = read_part(bench, ctx, all, whole, offsets[i], capacities[k]);
    }
    /* The same of a secret, which a storage may keep in another way. */
    bench->calls->put(ctx, 3 | POS_COLLECTION_SECRET, 1, all, 50);
    unsigned char part[16] = {0};
    uint32_t size = 0;
    if (wrong == NULL && (bench->calls->get(ctx, 3 | POS_COLLECTION_SECRET, 1, 40, part, 16, &size) != POS_OK ||
                          size != 50 || memcmp(part, all + 40, 10) != 0 || part[10] != 0))
        wrong = "a part of a secret reads wrong";
    bench->free(ctx);
    free(all);
    return wrong;
}

static const char *check_not_found(const storage_bench *bench)
{
    void *ctx = storage_contract_open(bench);
    storage_contract_put(bench, ctx, 3, 1, 1, 10);
    const char *wrong = storage_contract_expect_none(bench, ctx, 3, 2);
    if (wrong == NULL)
        wrong = storage_contract_expect_none(bench, ctx, 4, 1);
    if (wrong == NULL)
        wrong = storage_contract_expect_none(bench, ctx, 4 | POS_COLLECTION_SECRET, 1);
    bench->free(ctx);
    return wrong;
}

static const char *check_too_large(const storage_bench *bench)
{
    void *ctx = storage_contract_open(bench);
    storage_contract_put(bench, ctx, 3, 1, 1, 10);
    int32_t code = storage_contract_put(bench, ctx, 3, 1, 2, POS_RECORD_MAX_BYTES + 1);
    const char *wrong = NULL;
    if (code == POS_OK) /* taking more than one must is fine, if it is taken whole */
        wrong = storage_contract_expect(bench, ctx, 3, 1, 2, POS_RECORD_MAX_BYTES + 1);
    else if (code == POS_E_TOO_LARGE)
        wrong = storage_contract_expect(bench, ctx, 3, 1, 1, 10);
    else
        wrong = storage_contract_say("a record over the limit: put returned %d", (int)code);
    bench->free(ctx);
    return wrong;
}

static const char *check_collections(const storage_bench *bench)
{
    static const uint32_t collections[] = {1,
                                           2,
                                           256,
                                           65535,
                                           1 | POS_COLLECTION_SECRET,
                                           1 | POS_COLLECTION_DEVICE,
                                           1 | POS_COLLECTION_SECRET | POS_COLLECTION_DEVICE,
                                           2 | POS_COLLECTION_DEVICE};
    const uint32_t count = sizeof collections / sizeof collections[0];
    void *ctx = storage_contract_open(bench);
    const char *wrong = NULL;
    for (uint32_t i = 0; i < count; i++)
        storage_contract_put(bench, ctx, collections[i], 5, i, 30 + i);
    for (uint32_t i = 0; i < count && wrong == NULL; i++) {
        storage_ids seen = {0};
        wrong = storage_contract_expect(bench, ctx, collections[i], 5, i, 30 + i);
        bench->calls->list(ctx, collections[i], 0, storage_contract_note_id, &seen);
        if (wrong == NULL && seen.count != 1)
            wrong = storage_contract_say("collection 0x%x lists %u records instead of 1", (unsigned)collections[i],
                                         (unsigned)seen.count);
    }
    uint64_t id = 5;
    bench->calls->remove(ctx, 1, &id, 1);
    if (wrong == NULL)
        wrong = storage_contract_expect(bench, ctx, 2, 5, 1, 31);
    if (wrong == NULL)
        wrong = storage_contract_expect(bench, ctx, 1 | POS_COLLECTION_SECRET, 5, 4, 34);
    bench->free(ctx);
    return wrong;
}

static const char *check_remove(const storage_bench *bench)
{
    void *ctx = storage_contract_open(bench);
    const uint64_t ids[] = {2, 4, 99, 2};
    const uint32_t kinds[] = {3, 3 | POS_COLLECTION_SECRET, 3 | POS_COLLECTION_DEVICE};
    const char *wrong = NULL;
    for (size_t k = 0; k < 3 && wrong == NULL; k++) {
        for (uint32_t id = 1; id <= 5; id++)
            storage_contract_put(bench, ctx, kinds[k], id, id, 20);
        int32_t code = bench->calls->remove(ctx, kinds[k], ids, 4);
        storage_ids seen = {0};
        bench->calls->list(ctx, kinds[k], 0, storage_contract_note_id, &seen);
        if (code != POS_OK)
            wrong = storage_contract_say("remove returned %d; an id that is not there is no error", (int)code);
        else if (seen.count != 3 || seen.ids[0] != 1 || seen.ids[1] != 3 || seen.ids[2] != 5)
            wrong = "a removed record is listed, or one that was not removed is missing";
        else
            wrong = storage_contract_expect_none(bench, ctx, kinds[k], 4);
        if (wrong == NULL && storage_contract_put(bench, ctx, kinds[k], 4, 40, 25) == POS_OK)
            wrong = storage_contract_expect(bench, ctx, kinds[k], 4, 40, 25);
        if (wrong == NULL && bench->calls->remove(ctx, kinds[k], ids, 0) != POS_OK)
            wrong = "remove of nothing is an error";
    }
    bench->free(ctx);
    return wrong;
}

/* More than a storage may keep waiting, so that its own limits are crossed. */
static const char *check_remove_many(const storage_bench *bench)
{
    enum { MANY = 1500 };
    uint64_t ids[MANY];
    void *ctx = storage_contract_open(bench);
    for (uint32_t i = 0; i < MANY; i++) {
        ids[i] = i;
        storage_contract_put(bench, ctx, 3, i, i, 8);
    }
    const char *wrong = NULL;
    storage_ids seen = {0};
    if (bench->calls->remove(ctx, 3, ids, MANY - 1) != POS_OK)
        wrong = "remove of many failed";
    bench->calls->list(ctx, 3, 0, storage_contract_note_id, &seen);
    if (wrong == NULL && (seen.count != 1 || seen.ids[0] != MANY - 1))
        wrong = storage_contract_say("after removing all but one, %u are listed", (unsigned)seen.count);
    bench->free(ctx);
    return wrong;
}

/* ---- the lock ---- */

static const char *check_lock(const storage_bench *bench)
{
    void *ctx = storage_contract_open(bench);
    void *twin = bench->twin(ctx);
    int32_t code = bench->calls->acquire(twin);
    const char *wrong = NULL;
    if (code != POS_E_BUSY)
        wrong = storage_contract_say("a second acquire returned %d instead of BUSY", (int)code);
    if (wrong == NULL && storage_contract_put(bench, ctx, 3, 1, 1, 10) != POS_OK)
        wrong = "a refused acquire disturbed the one that holds the lock";
    if (wrong == NULL) {
        bench->calls->release(ctx);
        code = bench->calls->acquire(twin);
        wrong = code == POS_OK ? storage_contract_expect(bench, twin, 3, 1, 1, 10)
                               : storage_contract_say("acquire after a release returned %d", (int)code);
        if (code == POS_OK)
            bench->calls->release(twin);
    }
    bench->free_twin(twin);
    bench->free(ctx);
    return wrong;
}

/* ---- secrets ---- */

static const char *check_plain(const storage_bench *bench)
{
    static const char planted[] = "correct horse battery staple 7391";
    static const char old[] = "an older secret, overwritten 5527";
    if (bench->has_plain == NULL)
        return NULL;
    void *ctx = storage_contract_open(bench);
    const uint32_t size = sizeof planted - 1;
    bench->calls->put(ctx, 9 | POS_COLLECTION_SECRET, 1, old, sizeof old - 1);
    bench->calls->put(ctx, 9 | POS_COLLECTION_SECRET, 1, planted, size);
    bench->calls->put(ctx, 9 | POS_COLLECTION_SECRET | POS_COLLECTION_DEVICE, 1, planted, size);
    const char *wrong = NULL;
    if (bench->has_plain(ctx, planted, size) || bench->has_plain(ctx, old, sizeof old - 1))
        wrong = "a secret stands in plain on the disk";
    bench->free(ctx);
    return wrong;
}

static const char *check_backup(const storage_bench *bench)
{
    static const char planted[] = "this very machine 0f8e2c";
    static const char ordinary[] = "an ordinary record 11aa22";
    if (bench->has_in_backup == NULL)
        return NULL;
    void *ctx = storage_contract_open(bench);
    bench->calls->put(ctx, 9, 1, ordinary, sizeof ordinary - 1);
    bench->calls->put(ctx, 9 | POS_COLLECTION_DEVICE, 1, planted, sizeof planted - 1);
    const char *wrong = NULL;
    if (bench->has_in_backup(ctx, planted, sizeof planted - 1))
        wrong = "a device record is in the backup";
    else if (!bench->has_in_backup(ctx, ordinary, sizeof ordinary - 1))
        wrong = "an ordinary record is not in the backup: the check proves nothing";
    bench->free(ctx);
    return wrong;
}

const storage_check storage_checks[] = {
    {"sizes", "a storage takes records up to POS_RECORD_MAX_BYTES, and returns them whole", check_sizes},
    {"empty", "size_bytes may be 0", check_empty},
    {"ids", "any unsigned 64-bit id names a record, 0 and the largest too", check_ids},
    {"replace", "put replaces a record: nothing of the old one is left", check_replace},
    {"parts", "get copies from offset_bytes on and always tells the whole size", check_parts},
    {"not found", "get of a record that is not there is NOT_FOUND", check_not_found},
    {"too large", "a record that is refused as too large changes nothing", check_too_large},
    {"collections", "the whole collection, with its bits, is part of the name", check_collections},
    {"remove", "removed records are gone at once; an id that is not there is no error", check_remove},
    {"remove many", "removed records are gone at once, however many", check_remove_many},
    {"list order", "list is ascending in the unsigned 64-bit number", storage_contract_check_list_order},
    {"list from", "list begins with from_id itself", storage_contract_check_list_from},
    {"list sizes", "list tells each record's size", storage_contract_check_list_sizes},
    {"list end", "a visitor that returns non-zero ends the listing", storage_contract_check_list_end},
    {"lock", "rule 4: one storage belongs to one running instance", check_lock},
    {"secret", "a SECRET record is never in plain", check_plain},
    {"backup", "a DEVICE record is left out of backups", check_backup},
    {"reopen", "what was put is there after release and acquire", storage_contract_check_reopen},
    {"durable", "rule 1: a put is durable before it returns POS_OK", storage_contract_check_durable},
    {"atomic", "rule 1: the old record or the new one, never a mix", storage_contract_check_atomic},
    {"much", "rule 1: all this holds for much data as well", storage_contract_check_large},
    {"order", "rule 2: a crash leaves a prefix of the operations", storage_contract_check_order},
    {"remove order", "rule 2: a remove neither overtakes nor undoes a later put", storage_contract_check_remove_order},
    {"secret remove", "removing a SECRET record is durable before it returns", storage_contract_check_secret_remove},
};
const unsigned storage_check_count = sizeof storage_checks / sizeof storage_checks[0];
