/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare.h - the arithmetic of comparing closes (openapi.yaml, compareReports): ranges of numbers and the reports held
 * of them go in, in ascending order, what differs from the till's digests comes out. No store, no JSON.
 */
#ifndef CLOUD_COMPARE_H
#define CLOUD_COMPARE_H

#include "store_compare.h"

#include <sodium.h>

#define COMPARE_BLOCK         256
#define COMPARE_HEX_DIGITS    32 /* of a digest of many */
#define COMPARE_NUMBER_DIGITS 16 /* of a digest of one report */

typedef enum compare_per { COMPARE_ALL = 1, COMPARE_BLOCKS, COMPARE_NUMBERS } compare_per;

typedef struct compare {
    compare_per per;
    const char *(*digest_at)(void *context, size_t index);             /* of the till */
    void (*differs)(void *context, int64_t block);                     /* COMPARE_ALL says 0 */
    void (*lacks)(void *context, int64_t number, const compare_row *); /* the pair held instead, or NULL */
    void *context;
    int64_t held; /* result: how many of the numbers are held */

    size_t next_digest;
    int64_t at;   /* the number or block that is open, -1: none */
    bool matched; /* the open number */
    bool has_pair;
    compare_row pair; /* the last number that had one */
    crypto_hash_sha256_state block_state;
    crypto_hash_sha256_state all_state;
} compare;

/* Set `per`, the callbacks and their context, and call this. Then for each range enter, rows, leave; then finish. */
void compare_begin(compare *self);
void compare_enter(compare *self, int64_t first);
void compare_row_in(void *self, const compare_row *row); /* a compare_visitor */
void compare_leave(compare *self, int64_t last);
void compare_finish(compare *self);

#endif
