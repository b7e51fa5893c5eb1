/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the storage contract share. */
#ifndef TESTS_SUPPORT_STORAGE_CONTRACT_INTERNAL_H
#define TESTS_SUPPORT_STORAGE_CONTRACT_INTERNAL_H

#include "storage_contract.h"

#define STORAGE_IDS_MAX 4096u

/* Collects what a listing visits. */
typedef struct storage_ids {
    uint32_t count;
    uint32_t stop_after; /* 0: never */
    uint64_t ids[STORAGE_IDS_MAX];
    uint32_t sizes[STORAGE_IDS_MAX];
} storage_ids;

int32_t storage_contract_note_id(void *ids, uint64_t id, uint32_t size_bytes);

/* The text of what went wrong, in one static place. */
__attribute__((format(printf, 1, 2))) const char *storage_contract_say(const char *format, ...);

/* Bytes that tell by themselves which record they are; freed by the caller. */
unsigned char *storage_contract_bytes(uint32_t seed, uint32_t size_bytes);
int32_t storage_contract_put(const storage_bench *bench, void *ctx, uint32_t collection, uint64_t id, uint32_t seed,
                             uint32_t size_bytes);

/* NULL, or what is wrong with the record. */
const char *storage_contract_expect(const storage_bench *bench, void *ctx, uint32_t collection, uint64_t id,
                                    uint32_t seed, uint32_t size_bytes);
const char *storage_contract_expect_none(const storage_bench *bench, void *ctx, uint32_t collection, uint64_t id);

/* An empty storage, acquired. */
void *storage_contract_open(const storage_bench *bench);

const char *storage_contract_check_list_order(const storage_bench *bench);
const char *storage_contract_check_list_from(const storage_bench *bench);
const char *storage_contract_check_list_sizes(const storage_bench *bench);
const char *storage_contract_check_list_end(const storage_bench *bench);
const char *storage_contract_check_reopen(const storage_bench *bench);
const char *storage_contract_check_durable(const storage_bench *bench);
const char *storage_contract_check_atomic(const storage_bench *bench);
const char *storage_contract_check_large(const storage_bench *bench);
const char *storage_contract_check_order(const storage_bench *bench);
const char *storage_contract_check_remove_order(const storage_bench *bench);
const char *storage_contract_check_secret_remove(const storage_bench *bench);

#endif
