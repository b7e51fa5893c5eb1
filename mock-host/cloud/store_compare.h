/* SPDX-License-Identifier: Apache-2.0 */
/* store_compare.h - which closes of a till a company holds, for comparing them with what the till has. */
#ifndef CLOUD_STORE_COMPARE_H
#define CLOUD_STORE_COMPARE_H

#include "store.h"

typedef struct compare_row {
    int64_t z_number;
    unsigned char sha256[IDENT_HASH_BYTES];
    bool rebuilt;
} compare_row;

typedef void (*compare_visitor)(void *context, const compare_row *row);

/*
 * Visits the Z reports first..last of a till's register and epoch, in whatever store of the company: numbers ascending,
 * and of one number the originals first, in the order of their arrival.
 */
store_status store_compare_visit(store *self, const store_till_scope *scope, const char *register_id, int64_t epoch,
                                 int64_t first, int64_t last, compare_visitor visitor, void *context);

#endif
