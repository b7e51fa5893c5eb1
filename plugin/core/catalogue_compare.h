/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/catalogue_compare.h - what a swap would change: the till's catalogue and the staged one, read side by side in the
 * order of their keys, a page at a time. A line is known by its key and its bytes; its members are read only where the
 * preview names them, or where two lines of a key differ.
 *
 * Of a whole catalogue, what is only here would go. Of changes, what is only here stays, unless it is of the kinds that
 * come whole, a price of an item that was staged, or of an item that is named as gone.
 */
#ifndef CORE_CATALOGUE_COMPARE_H
#define CORE_CATALOGUE_COMPARE_H

#include "core/catalogue.h"
#include "core/catalogue_check.h"
#include "core/catalogue_cursor.h"

/* A line that may have to be read once the host shows others: most never are. */
typedef struct catalogue_kept {
    uint32_t bytes; /* 0: none */
    char text[POS_CATALOGUE_LINE_MAX_BYTES];
} catalogue_kept;

/* The prices of an item at a level. */
typedef struct catalogue_group {
    char key[CATALOGUE_KEY_MAX + 1];   /* of any of them */
    catalogue_kept old_last, new_last; /* the latest of each side */
    bool up, down;                     /* a price of the same day moved by more than half */
} catalogue_group;

typedef struct catalogue_compare {
    bool changes;
    catalogue_check *check;  /* of what was staged: what is kept has to refer to it */
    catalogue_keys *removed; /* items that are gone */
    core_catalogue_preview *preview;
    int64_t lines;         /* of the till's, read so far */
    catalogue_fault fault; /* of a kept line whose reference goes: `bad` */
    catalogue_line bad;
    catalogue_cursor local, staged;
    char staged_item[CATALOGUE_ID_MAX + 1]; /* the last one that was staged */
    char item[CATALOGUE_ID_MAX + 1];        /* whose prices come by, and its line */
    catalogue_kept item_line;
    catalogue_group group;
} catalogue_compare;

void catalogue_compare_begin(catalogue_compare *m);
/* One page of one of the two, then as far as both reach. POS_OK, or the host's error: then it may be tried again. */
int32_t catalogue_compare_step(catalogue_compare *m, const pos_catalogue *host, bool *done);
bool catalogue_preview_is_empty(const core_catalogue_preview *preview);
/* More than a tenth of the items goes, or a price moves by more than half. */
bool catalogue_preview_asks_again(const core_catalogue_preview *preview);

#endif
