/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract of pos/storage.h as checks that any storage can be put through: what it promises in words, tried. A
 * vendor with a storage of their own writes a storage_bench for it and runs the same checks.
 */
#ifndef TESTS_SUPPORT_STORAGE_CONTRACT_H
#define TESTS_SUPPORT_STORAGE_CONTRACT_H

#include <pos/storage.h>

/* How the checks get at one kind of storage. `ctx` is what its functions take. */
typedef struct storage_bench {
    const char *name;
    const pos_storage *calls;

    /* An empty storage, not acquired. */
    void *(*make)(void);

    /* Releases if need be, and frees with all its files. */
    void (*free)(void *ctx);

    /* Another handle on the same records, as a second program would have. Freed with free_twin. */
    void *(*twin)(void *ctx);
    void (*free_twin)(void *twin);

    /* The power fails now (or has failed, after cut): a new storage, not acquired, with what may be left of `ctx`.
     * `choice` counts from 0 through different outcomes; NULL: there are no more. `ctx` is only good for another
     * crash or free afterwards. NULL: crashes cannot be tried. */
    void *(*crash)(void *ctx, uint32_t choice);

    /* The power is to fail in the n-th step of writing from now (1: the first); what a step is, is the storage's. NULL:
     * cannot be tried. */
    void (*cut)(void *ctx, uint32_t nth);

    /* 1 if those bytes can be read anywhere on the disk, or in what a backup carries. NULL: cannot be tried. */
    int (*has_plain)(void *ctx, const void *bytes, uint32_t size_bytes);
    int (*has_in_backup)(void *ctx, const void *bytes, uint32_t size_bytes);
} storage_bench;

typedef struct storage_check {
    const char *name;
    const char *rule; /* what pos/storage.h says */
    /* NULL: kept. Else what happened instead, valid until the next check. */
    const char *(*run)(const storage_bench *bench);
} storage_check;

extern const storage_check storage_checks[];
extern const unsigned storage_check_count;

#endif
