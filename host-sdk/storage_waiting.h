/* SPDX-License-Identifier: Apache-2.0 */
/* The removes that are visible but not yet durable. Not part of libposhost's public face. */
#ifndef HOST_SDK_STORAGE_WAITING_H
#define HOST_SDK_STORAGE_WAITING_H

#include <stdint.h>

/* More than this many make the storage write them out by themselves: a put stays quick, memory stays small. */
#define POSHOST_WAITING_MAX 512u

typedef struct poshost_waiting_key {
    uint32_t collection;
    uint64_t id;
} poshost_waiting_key;

typedef struct poshost_waiting {
    uint32_t count;
    poshost_waiting_key keys[POSHOST_WAITING_MAX]; /* ascending by collection, then id; none twice */
} poshost_waiting;

/* 1 if that record is removed already. */
int poshost_waiting_has(const poshost_waiting *waiting, uint32_t collection, uint64_t id);

/* Adds one; the caller has seen to it that there is room. */
void poshost_waiting_add(poshost_waiting *waiting, uint32_t collection, uint64_t id);

#endif
