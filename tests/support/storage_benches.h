/* SPDX-License-Identifier: Apache-2.0 */
/* The storages that the contract suite is run against. */
#ifndef TESTS_SUPPORT_STORAGE_BENCHES_H
#define TESTS_SUPPORT_STORAGE_BENCHES_H

#include "storage_contract.h"

#include <poshost/storage.h>

/* storage_memory.h. */
const storage_bench *storage_bench_memory(void);

/* poshost/storage.h on a disk whose power can fail (storage_crash_vfs.h). */
const storage_bench *storage_bench_sqlite(void);

/* Of a storage that storage_bench_sqlite made: the libposhost object, and its folder, with data/pos.db and keys/pos.key
 * below it. */
poshost_storage *storage_bench_sqlite_inner(void *ctx);
const char *storage_bench_sqlite_folder(void *ctx);

/*
 * Storages with one mistake each, which the suite must catch. `catcher` is the name of the check that is about that
 * mistake; it must be among those that fail.
 */
typedef struct storage_broken_kind {
    const char *name;
    const char *catcher;
} storage_broken_kind;

extern const storage_broken_kind storage_broken_kinds[];
extern const unsigned storage_broken_kind_count;

/* The bench of one of them. Valid until the next call. */
const storage_bench *storage_broken_bench(unsigned kind);

#endif
