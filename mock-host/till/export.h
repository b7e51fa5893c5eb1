/* SPDX-License-Identifier: Apache-2.0 */
/*
 * export.h - where documents go that the plugin hands to the owner: DIR/exports, each file under a name of its own. A
 * till for real would offer a USB stick.
 */
#ifndef TILL_EXPORT_H
#define TILL_EXPORT_H

#include <stdint.h>

#include "fault.h"

/* As pos_export.save, of the data folder `data`. Durable when it returns POS_OK; what was begun and failed is taken
 * away again. Words about a failure in *fault. */
int32_t export_save(const char *data, const char *name, const void *bytes, uint32_t size_bytes, char *place,
                    uint32_t place_capacity_bytes, struct fault *fault);

#endif
