/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slow.h - a storage whose writes take longer: a tablet's worn flash, for tests.
 */
#ifndef TILL_SLOW_H
#define TILL_SLOW_H

#include <pos/storage.h>

struct slow_storage {
    pos_storage calls; /* what the plugin is given */
    const pos_storage *inner;
    uint32_t delay_ms;
};

/* `inner` must outlive it. Returns its calls. */
const pos_storage *slow_storage_fill(struct slow_storage *slow, const pos_storage *inner, uint32_t delay_ms);

#endif
