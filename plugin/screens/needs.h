/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/needs.h - what the owner should know without asking, most urgent first: on top of the main and the status
 * page in full, and the first of them in one line in the host's status bar. One list serves both, so they never differ.
 */
#ifndef SCREENS_NEEDS_H
#define SCREENS_NEEDS_H

#include "pos/tick.h"
#include "screens/draw.h"

#define NEEDS_MAX 9

typedef struct need {
    const char *id; /* of its notice */
    uint32_t attention;
    text_id line; /* short; a number in {1}, a text in {2}. Of a plural: the form is chosen already */
    text_id full; /* what it means and what to do; the same places */
    int64_t number;
    char text[PROTOCOL_NAME_MAX + 1];
} need;

/* Returns how many; 0: there is nothing to say. */
uint32_t needs_find(const screens *s, const core_queue *queue, need found[NEEDS_MAX]);

/* Each as a notice. */
void needs_draw(screens *s, draw *d, const core_queue *queue);

/* A warning where the till counts in another currency than the store. Nothing is held back for it: it may be meant, and
 * a report that is there can be judged. So it is on the pages where a store is chosen and named, not in the status bar. */
void needs_draw_currency(screens *s, draw *d, const char *store_name, const char *store_currency);

#endif
