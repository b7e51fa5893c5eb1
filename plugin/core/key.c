/* SPDX-License-Identifier: Apache-2.0 */
/* core/key.c - packs and unpacks the ids of records (core/key.h). */
#include "core/key.h"

#define NUMBER_BITS 40
#define EPOCH_BITS  8
#define REG_BITS    6

#define NUMBER_MASK ((UINT64_C(1) << NUMBER_BITS) - 1)

uint64_t key_pack(report_key key)
{
    uint64_t id = key.slot;
    id = (id << REG_BITS) | key.reg;
    id = (id << EPOCH_BITS) | key.epoch;
    return (id << NUMBER_BITS) | ((uint64_t)key.number & NUMBER_MASK);
}

report_key key_unpack(uint64_t id)
{
    report_key key;
    key.number = (int64_t)(id & NUMBER_MASK);
    id >>= NUMBER_BITS;
    key.epoch = (uint32_t)(id & EPOCH_MAX);
    id >>= EPOCH_BITS;
    key.reg = (uint32_t)(id & REGISTERS_MAX);
    id >>= REG_BITS;
    key.slot = (uint32_t)id;
    return key;
}

uint64_t key_first(uint32_t slot, uint32_t reg, uint32_t epoch)
{
    return key_pack((report_key){slot, reg, epoch, 0});
}

uint64_t key_last(uint32_t slot, uint32_t reg, uint32_t epoch)
{
    return key_pack((report_key){slot, reg, epoch, (int64_t)NUMBER_MASK});
}

uint64_t ledger_key_pack(uint32_t reg, uint32_t epoch, int64_t number)
{
    return ((uint64_t)reg << 56) | ((uint64_t)epoch << 48) | ((uint64_t)number / LEDGER_BLOCK);
}
