/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pos/setup.h - extension "pos.setup/1": has the terminal's configuration wizard been finished?
 *
 * Configuration data may be uploaded once from a till that somebody has set up (pos/licence.h has the other way). A
 * host without this extension has no wizard: its till counts as set up.
 *
 * Obtained with pos_host.get_extension(ctx, POS_SETUP_1). Calls happen as for every host function.
 */
#ifndef POS_SETUP_H
#define POS_SETUP_H

#include "abi.h"

#define POS_SETUP_1 "pos.setup/1"

typedef struct pos_setup {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx; /* handed to every function below */

    /* 1: finished; 0: not yet, or under way again. Cheap: asked whenever the screen is drawn. A negative result (FAILED,
     * IO, BUSY) reads as 0. */
    int32_t (*wizard_finished)(void *ctx);
} pos_setup;

POS_PIN(pos_setup, ctx, 8, 8);
POS_PIN(pos_setup, wizard_finished, 12, 16);

#endif
