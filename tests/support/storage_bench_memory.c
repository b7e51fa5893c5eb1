/* SPDX-License-Identifier: Apache-2.0 */
/* The contract suite's bench for the storage in memory. */
#include "storage_benches.h"

#include "storage_memory.h"

#include <stddef.h>

static void *make(void)
{
    return storage_memory_new();
}

static void free_disk(void *ctx)
{
    storage_memory_free(ctx);
}

static void *twin(void *ctx)
{
    return ctx;
}

static void free_twin(void *ctx)
{
    (void)ctx;
}

/* Every allowed prefix, each with all uncertain puts lost and with all of them kept. */
static void *crash(void *ctx, uint32_t choice)
{
    const storage_memory *disk = ctx;
    return storage_memory_after_crash(disk, storage_memory_durable(disk) + choice / 2,
                                      choice % 2 == 0 ? 0 : UINT64_MAX);
}

static void cut(void *ctx, uint32_t nth)
{
    storage_memory_cut_at(ctx, storage_memory_operations(ctx) + nth);
}

static int has_plain(void *ctx, const void *bytes, uint32_t size_bytes)
{
    return storage_memory_has_plain(ctx, bytes, size_bytes);
}

static int has_in_backup(void *ctx, const void *bytes, uint32_t size_bytes)
{
    storage_memory *backup = storage_memory_copy(ctx, 0);
    int result = storage_memory_has_plain(backup, bytes, size_bytes);
    storage_memory_free(backup);
    return result;
}

const storage_bench *storage_bench_memory(void)
{
    static storage_bench bench = {.name = "memory",
                                  .make = make,
                                  .free = free_disk,
                                  .twin = twin,
                                  .free_twin = free_twin,
                                  .crash = crash,
                                  .cut = cut,
                                  .has_plain = has_plain,
                                  .has_in_backup = has_in_backup};
    bench.calls = storage_memory_calls();
    return &bench;
}
