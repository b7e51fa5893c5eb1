/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stock.h - what can be sold now, by the local catalogue: items with a price of the first price level in force, the
 * payment methods, and who stands at the till.
 *
 * An item of no department is sold in "NONE", one without a tax at 0 %. Without payment methods people pay cash.
 */
#ifndef TILL_STOCK_H
#define TILL_STOCK_H

#include "calendar.h"
#include "catalogue_line.h"
#include "database.h"

#define STOCK_CACHE_ITEMS 256u

struct stock_item {
    char id[CATALOGUE_ID_BYTES];
    char department_id[CATALOGUE_ID_BYTES];
    char tax_id[CATALOGUE_ID_BYTES];
    int32_t rate;        /* hundredths of a percent, included in the price */
    int64_t price_minor; /* of one piece, or of 1 kg where weighed */
    bool weighed;
    bool sellable;
};

struct stock_tender {
    char id[CATALOGUE_ID_BYTES];
    char type[CATALOGUE_ID_BYTES]; /* "cash", "card", "voucher", ... */
};

struct stock_cashier {
    char id[CATALOGUE_ID_BYTES];
};

/* All zero: empty, to be refreshed. */
struct stock {
    struct database *db;
    int64_t generation; /* of the catalogue that all below is read from; 0: none yet */
    char date[CALENDAR_DATE_BYTES];
    char **item_keys;
    uint32_t item_count;
    struct stock_tender *tenders;
    uint32_t tender_count;
    struct stock_cashier *cashiers;
    uint32_t cashier_count;
    char level_id[CATALOGUE_ID_BYTES];
    bool tax_included;
    struct {
        uint32_t place; /* of the item, from 1; 0: empty */
        struct stock_item item;
    } cache[STOCK_CACHE_ITEMS];
};

/* Reads it anew if the catalogue or the day is another. */
bool stock_refresh(struct stock *stock, struct database *db, const char *date, struct fault *fault);

/* The item at that place, or the next behind it that can be sold, round and round. False: nothing can. */
bool stock_pick(struct stock *stock, uint32_t place, struct stock_item *item, struct fault *fault);

/* The first of that type, NULL: none. */
const struct stock_tender *stock_find_tender(const struct stock *stock, const char *type);

void stock_free(struct stock *stock);

#endif
