/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slow.h - a storage whose writes take longer: a tablet's worn flash, for tests.
 */
#ifndef TILL_SLOW_H
#define TILL_SLOW_H

#include <pos/storage.h>

struct slow_storage {
    const pos_storage *inner;
    void *inner_ctx;
    uint32_t delay_ms;
};

/* The functions; their ctx is the struct slow_storage. */
const pos_storage *slow_storage_calls(void);

#endif
