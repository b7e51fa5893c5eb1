/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay.h - existing Z and X reports in place of the shop: the till's clock runs through their days, every X is the
 * running figures from its created_at on, every Z is closed and handed over at its closed_at.
 *
 * PATH is a file of JSON lines (Z and X mixed, in the order of time), or a folder with z.ndjson and x.ndjson (one may
 * be missing), each plain or with .gz behind. One line of each file is in memory at a time.
 *
 * The Z go into the database like the shop's own, with their original bytes; one that is there already with the same
 * bytes is not closed twice, so that a replay that was cut off can be repeated.
 */
#ifndef TILL_REPLAY_H
#define TILL_REPLAY_H

#include <stdio.h>

#include "till.h"

struct replay_counts {
    int64_t z_read;        /* well-formed Z lines */
    int64_t z_handed_over; /* the plugin said POS_OK */
    int64_t z_known;       /* were in the database before, same bytes */
    int64_t x_offered;     /* well-formed X lines whose time came */
    int64_t x_taken;       /* the plugin asked for and took */
    int64_t x_skipped;     /* replaced or closed before the plugin asked */
    int64_t broken_lines;
};

/* The register and the time of the first well-formed line: what the till must be opened with. */
bool replay_peek(const char *path, char register_id[DATABASE_REGISTER_BYTES], int64_t *first_ms, struct fault *fault);

/* False where a file cannot be read, a line was broken (told on stderr one by one; the rest went on), or the till's
 * database failed. */
bool replay_run(struct till *till, const char *path, struct replay_counts *counts, struct fault *fault);

void replay_print_counts(FILE *file, const struct replay_counts *counts);

#endif
