/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogue_line.h - one line of the catalogue as the till understands it: its kind, its key (pos/catalogue.h), and its
 * members.
 */
#ifndef TILL_CATALOGUE_LINE_H
#define TILL_CATALOGUE_LINE_H

#include <cjson/cJSON.h>
#include <pos/catalogue.h>
#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

#define CATALOGUE_KEY_BYTES (POS_CATALOGUE_KEY_MAX_BYTES + 1)
#define CATALOGUE_END_BYTES (CATALOGUE_KEY_BYTES + 2 * CATALOGUE_ID_BYTES) /* the end of a range of keys */
#define CATALOGUE_ID_BYTES  65 /* the longest id that this till takes, and a zero */

/* The first byte of a key tells the kind. */
#define CATALOGUE_HEAD           '0'
#define CATALOGUE_TAX            '1'
#define CATALOGUE_PAYMENT_METHOD '2'
#define CATALOGUE_PRICE_LEVEL    '3'
#define CATALOGUE_DEPARTMENT     '4'
#define CATALOGUE_USER           '6'
#define CATALOGUE_ITEM           '7' /* and, with \x01 in it, a price */

struct catalogue_line {
    char key[CATALOGUE_KEY_BYTES];
    bool is_price;
    cJSON *json;
};

/* False: the till cannot hold it, and why. On success catalogue_line_free() is the caller's to call. */
bool catalogue_line_read(struct catalogue_line *line, const char *text, size_t text_bytes, struct fault *fault);

void catalogue_line_free(struct catalogue_line *line);

/* A member's text; `otherwise` where it is missing or null. */
const char *catalogue_line_text(const cJSON *json, const char *member, const char *otherwise);

/* Fills `end` with the first key behind an item and its prices. */
void catalogue_line_end_of_item(const char *item_key, char end[CATALOGUE_END_BYTES]);

#endif
