/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pos_storage in memory for tests, with faults on demand, counters, and every state that a crash may leave behind
 * under the contract of pos/storage.h.
 *
 *   storage_memory *disk = storage_memory_new();
 *   pos_storage storage = *storage_memory_calls();   and storage.ctx = disk, host.storage = &storage
 *   storage_memory_faults(disk)->put_at = 3;         the third put from here fails
 *   ...
 *   for (uint64_t n = storage_memory_durable(disk); n <= storage_memory_operations(disk); n++)
 *       run_again_on(storage_memory_after_crash(disk, n, UINT64_MAX));
 *
 * Out of memory aborts: it is a test tool. Not thread-safe, as pos/storage.h asks for no more.
 */
#ifndef TESTS_SUPPORT_STORAGE_MEMORY_H
#define TESTS_SUPPORT_STORAGE_MEMORY_H

#include <pos/storage.h>

typedef struct storage_memory storage_memory;

storage_memory *storage_memory_new(void);
void storage_memory_free(storage_memory *disk);

/* The functions of pos/storage.h, to be copied: their ctx is the storage_memory, and is NULL here. */
const pos_storage *storage_memory_calls(void);

/* ---- faults: change the struct at any time; zero means none ---- */

typedef struct storage_memory_fault_plan {
    uint64_t put_at;    /* the n-th put from now fails (1: the next). Counts down; 0: none */
    uint32_t put_times; /* how many puts in a row fail then; 0 is read as 1 */
    int32_t put_code;   /* with what; 0 is read as POS_E_IO */
    uint32_t put_shows; /* 1: reading shows the new record after the failure, as a page cache would. 0: the old one */
    int32_t get_code;   /* every get fails with it, until set back; likewise the following */
    int32_t list_code;
    int32_t remove_code;
    int32_t acquire_code;
    int32_t secret_code;     /* every get of a SECRET record: POS_E_CORRUPT is "cannot be decrypted" */
    uint64_t capacity_bytes; /* put over it: POS_E_NO_SPACE, nothing changes; counted over all records */
    uint32_t put_delay_us;   /* slow flash: sleeps that long in each put; likewise the following */
    uint32_t get_delay_us;
    uint32_t remove_delay_us;
} storage_memory_fault_plan;

storage_memory_fault_plan *storage_memory_faults(storage_memory *disk);

/* ---- counters ---- */

typedef struct storage_memory_counters {
    uint64_t puts; /* calls, failed ones included */
    uint64_t failed_puts;
    uint64_t removes; /* calls */
    uint64_t gets;
    uint64_t lists;
    uint64_t put_bytes;
    uint64_t get_bytes; /* copied out */
} storage_memory_counters;

storage_memory_counters storage_memory_counts(const storage_memory *disk);
void storage_memory_reset_counts(storage_memory *disk);

/* ---- crashes ----
 *
 * Every put and every removed id is one operation, numbered from 1. After a crash, rule 2 allows the state after any
 * prefix of them that holds at least the last successful put. A put that returned an error is uncertain (rule 3): after
 * the crash it took effect or did not, whatever reading showed before.
 */

/* How many operations there were. */
uint64_t storage_memory_operations(const storage_memory *disk);
/* The number of the last successful put: the shortest prefix that a crash may leave. */
uint64_t storage_memory_durable(const storage_memory *disk);

/*
 * A new storage, not acquired and without faults, in the state after the first `prefix` operations. Bit i of
 * `uncertain` says whether the i-th uncertain put (from 0, modulo 64) took effect. NULL if rule 2 does not allow that
 * prefix.
 */
storage_memory *storage_memory_after_crash(const storage_memory *disk, uint64_t prefix, uint64_t uncertain);

/*
 * Cuts the power in operation `n` (counted from the start, as above; 0: never): it and every later call returns
 * POS_E_IO, and none is recorded but the n-th, as uncertain if it is a put. Run to the end, then take
 * storage_memory_after_crash().
 */
void storage_memory_cut_at(storage_memory *disk, uint64_t n);
/* 1 once that has happened. */
int storage_memory_is_cut(const storage_memory *disk);

/* Takes the present state as the start and forgets the operations before (they hold copies of all bytes). */
void storage_memory_settle(storage_memory *disk);

/* ---- looking and tampering ---- */

/* A copy of the present state. with_device 0: what a backup carries, without the SECRET and DEVICE collections. */
storage_memory *storage_memory_copy(const storage_memory *disk, int with_device);

uint64_t storage_memory_record_count(const storage_memory *disk, uint32_t collection);

/* The bytes of a record, or NULL. Valid until the next change. */
const void *storage_memory_peek(const storage_memory *disk, uint32_t collection, uint64_t id, uint32_t *size_bytes);

/* Puts or removes behind everybody's back: no operation, no counter, no fault. */
void storage_memory_poke(storage_memory *disk, uint32_t collection, uint64_t id, const void *bytes,
                         uint32_t size_bytes);
void storage_memory_drop(storage_memory *disk, uint32_t collection, uint64_t id);

/* Turns the bits of `mask` over in one byte: a damaged record. */
void storage_memory_damage(storage_memory *disk, uint32_t collection, uint64_t id, uint32_t offset_bytes, uint8_t mask);

/* 1 if any record that is not in a SECRET collection holds those bytes. */
int storage_memory_has_plain(const storage_memory *disk, const void *bytes, uint32_t size_bytes);

#endif
