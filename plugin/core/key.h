/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/key.h - how records are named: collections, and what the 64 bits of an id mean.
 *
 * An id carries all that decides what may be sent and in which order, so that a start lists ids and reads nothing
 * else, however long the queue is. It holds small indexes (slot, register); the names behind them are in the state
 * record (core/state.h), which is written before the first record that uses them.
 */
#ifndef CORE_KEY_H
#define CORE_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "pos/storage.h"

/* Collections. Numbers are never reused for something else. */
#define COLLECTION_STATE  1u                           /* id 1: core/state.h */
#define COLLECTION_OUTBOX 2u                           /* Z reports to be sent; id: report key */
#define COLLECTION_KEPT   3u                           /* Z reports that will not be sent (again); id: report key */
#define COLLECTION_X      4u                           /* the last X of a register; id: register index */
#define COLLECTION_LEDGER 5u                           /* what was delivered; id: ledger key */
#define COLLECTION_SECRET (6u | POS_COLLECTION_SECRET) /* id 1: session; 16 + destination: till tokens */
#define COLLECTION_DEVICE (7u | POS_COLLECTION_DEVICE) /* id 1: the till id of this very machine */

#define RECORD_STATE_ID   1u
#define RECORD_SESSION_ID 1u
#define RECORD_TOKEN_ID   16u /* + destination index */
#define RECORD_DEVICE_ID  1u

#define COLLECTION_DAMAGED 8u /* raw bytes of what was unreadable in OUTBOX; same id */

/*
 * A report key: slot:10 | register:6 | epoch:8 | number:40. A slot stands for "where it goes", which is fixed when a
 * report is accepted; a slot that has no store yet gets one later without a single record being rewritten.
 */
#define SLOT_MAX      1023u
#define REGISTERS_MAX 63u
#define EPOCH_MAX     255u

typedef struct report_key {
    uint32_t slot, reg, epoch;
    int64_t number; /* 1..POS_Z_NUMBER_MAX, which fits 40 bits */
} report_key;

uint64_t key_pack(report_key key);
report_key key_unpack(uint64_t id);

/* The lowest and highest id of a slot and register and epoch: for ranges. */
uint64_t key_first(uint32_t slot, uint32_t reg, uint32_t epoch);
uint64_t key_last(uint32_t slot, uint32_t reg, uint32_t epoch);

/* A ledger page holds 256 consecutive numbers: register:8 | epoch:8 | block:48, block = number / 256. */
#define LEDGER_BLOCK 256
uint64_t ledger_key_pack(uint32_t reg, uint32_t epoch, int64_t number);

#endif
