/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks of the storage contract about listing: rebuilding the queue after a start rests on it, and sorting as text
 * or as signed numbers is the classic mistake.
 */
#include "storage_contract_internal.h"

#include <string.h>

int32_t storage_contract_note_id(void *ids, uint64_t id, uint32_t size_bytes)
{
    storage_ids *seen = ids;
    if (seen->count < STORAGE_IDS_MAX) {
        seen->ids[seen->count] = id;
        seen->sizes[seen->count] = size_bytes;
    }
    seen->count++;
    return seen->stop_after != 0 && seen->count >= seen->stop_after;
}

/* Ascending; as text 10 would come before 2, as signed numbers the last two first. */
static const uint64_t sorted[] = {0,
                                  2,
                                  9,
                                  10,
                                  99,
                                  100,
                                  1000,
                                  INT32_MAX,
                                  (uint64_t)INT32_MAX + 1,
                                  UINT32_MAX,
                                  (uint64_t)UINT32_MAX + 1,
                                  INT64_MAX,
                                  (uint64_t)INT64_MAX + 1,
                                  UINT64_MAX};
#define SORTED_COUNT (uint32_t)(sizeof sorted / sizeof sorted[0])

static void *open_with_ids(const storage_bench *bench, uint32_t collection)
{
    void *ctx = storage_contract_open(bench);
    for (uint32_t i = 0; i < SORTED_COUNT; i++) {
        uint32_t mixed = (i * 5 + 3) % SORTED_COUNT; /* 5 and 14 have no common divisor */
        storage_contract_put(bench, ctx, collection, sorted[mixed], mixed, 10 + mixed);
    }
    return ctx;
}

static const char *expect_from(const storage_bench *bench, void *ctx, uint32_t collection, uint64_t from_id,
                               uint32_t first)
{
    storage_ids seen = {0};
    int32_t code = bench->calls->list(ctx, collection, from_id, storage_contract_note_id, &seen);
    if (code != POS_OK)
        return storage_contract_say("list returned %d", (int)code);
    for (uint32_t i = first; i < SORTED_COUNT; i++) {
        if (i - first >= seen.count || seen.ids[i - first] != sorted[i])
            return storage_contract_say(
                "list from %llu: place %u is %llu instead of %llu", (unsigned long long)from_id, (unsigned)(i - first),
                i - first < seen.count ? (unsigned long long)seen.ids[i - first] : 0ull, (unsigned long long)sorted[i]);
    }
    return seen.count == SORTED_COUNT - first ? NULL : "list visits records that do not belong there";
}

const char *storage_contract_check_list_order(const storage_bench *bench)
{
    const uint32_t kinds[] = {3, 3 | POS_COLLECTION_SECRET, 3 | POS_COLLECTION_DEVICE};
    const char *wrong = NULL;
    for (size_t i = 0; i < 3 && wrong == NULL; i++) {
        void *ctx = open_with_ids(bench, kinds[i]);
        wrong = expect_from(bench, ctx, kinds[i], 0, 0);
        bench->free(ctx);
    }
    return wrong;
}

const char *storage_contract_check_list_from(const storage_bench *bench)
{
    void *ctx = open_with_ids(bench, 3);
    const char *wrong = NULL;
    for (uint32_t i = 0; i < SORTED_COUNT && wrong == NULL; i++) {
        wrong = expect_from(bench, ctx, 3, sorted[i], i);
        if (wrong == NULL && i > 0 && sorted[i] - 1 != sorted[i - 1])
            wrong = expect_from(bench, ctx, 3, sorted[i] - 1, i);
    }
    storage_ids seen = {0};
    bench->calls->list(ctx, 4, 0, storage_contract_note_id, &seen);
    if (wrong == NULL && seen.count != 0)
        wrong = "an empty collection lists records";
    bench->free(ctx);
    return wrong;
}

const char *storage_contract_check_list_sizes(const storage_bench *bench)
{
    static const uint32_t sizes[] = {0, 1, 500, 70000, POS_RECORD_MAX_BYTES, 3};
    const uint32_t count = sizeof sizes / sizeof sizes[0];
    void *ctx = storage_contract_open(bench);
    for (uint32_t i = 0; i < count; i++) {
        storage_contract_put(bench, ctx, 3, i, i, 17); /* replaced: the size must follow */
        storage_contract_put(bench, ctx, 3, i, i, sizes[i]);
    }
    storage_contract_put(bench, ctx, 3 | POS_COLLECTION_SECRET, 1, 1, 33);
    const char *wrong = NULL;
    storage_ids seen = {0};
    bench->calls->list(ctx, 3, 0, storage_contract_note_id, &seen);
    if (seen.count != count || memcmp(seen.sizes, sizes, sizeof sizes) != 0)
        wrong = "list tells wrong sizes";
    seen = (storage_ids){0};
    bench->calls->list(ctx, 3 | POS_COLLECTION_SECRET, 0, storage_contract_note_id, &seen);
    if (wrong == NULL && (seen.count != 1 || seen.sizes[0] != 33))
        wrong = "list tells a wrong size of a secret";
    bench->free(ctx);
    return wrong;
}

const char *storage_contract_check_list_end(const storage_bench *bench)
{
    void *ctx = open_with_ids(bench, 3);
    storage_ids seen = {.stop_after = 4};
    int32_t code = bench->calls->list(ctx, 3, 0, storage_contract_note_id, &seen);
    const char *wrong = NULL;
    if (code != POS_OK)
        wrong = storage_contract_say("an ended listing returned %d", (int)code);
    else if (seen.count != 4)
        wrong = storage_contract_say("the visitor ended after 4, %u were visited", (unsigned)seen.count);
    else if (storage_contract_put(bench, ctx, 3, 1, 1, 10) != POS_OK)
        wrong = "a put after an ended listing fails";
    bench->free(ctx);
    return wrong;
}
