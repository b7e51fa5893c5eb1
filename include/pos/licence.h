/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pos/licence.h - extension "pos.licence/1": properties of the licence that this till runs under.
 *
 * Obtained with pos_host.get_extension(ctx, POS_LICENCE_1). A host without it has no properties: all are off. Calls
 * happen as for every host function.
 */
#ifndef POS_LICENCE_H
#define POS_LICENCE_H

#include "abi.h"

#define POS_LICENCE_1 "pos.licence/1"

/* Allows one upload of configuration data, whatever was downloaded or uploaded before. The upload uses the permission
 * up; switched off and on again (the plugin has to see both: it looks once a minute), it is granted anew. */
#define POS_LICENCE_CATALOGUE_UPLOAD "catalogue-upload"

typedef struct pos_licence {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx; /* handed to every function below */

    /* 1: the property of that name is on; 0: it is off or unknown. Cheap: asked whenever the screen is drawn, and once a
     * minute. A negative result (FAILED, IO, BUSY): it cannot be told now; nothing is concluded from it. */
    int32_t (*property)(void *ctx, const char *name);
} pos_licence;

POS_PIN(pos_licence, ctx, 8, 8);
POS_PIN(pos_licence, property, 12, 16);

#endif
