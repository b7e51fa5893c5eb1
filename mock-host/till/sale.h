/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sale.h - one receipt, made up from the seed, the receipt's number and what can be sold at the moment.
 *
 * The rules of its figures, which an independent recount may rely on:
 *   a line's gross = round(unit price * quantity / 1000) - discount; of a return, the same below zero, no discount;
 *   a line's net   = round(gross * 10000 / (10000 + rate)); tax = gross - net; every rounding half away from zero;
 *   a receipt's gross = the sum of its lines = the sum of its payments (in - out). No cash rounding.
 */
#ifndef TILL_SALE_H
#define TILL_SALE_H

#include "stock.h"

#define SALE_LINES_MAX    9u
#define SALE_PAYMENTS_MAX 2u

struct sale_line {
    struct stock_item item;
    int64_t quantity; /* thousandths; below zero on a return */
    int64_t unit_price_minor;
    int64_t full_minor;     /* before the discount */
    int64_t discount_minor; /* >= 0 */
    int64_t gross_minor;
    int64_t net_minor;
    int64_t tax_minor;
};

struct sale_payment {
    struct stock_tender tender;
    int64_t tendered_minor; /* what the customer gave */
    int64_t change_minor;   /* what came back at once */
    int64_t in_minor;       /* tendered - change of a sale, else 0 */
    int64_t out_minor;      /* paid out for a return, else 0 */
};

struct sale {
    int64_t receipt_number;
    bool is_return;
    char cashier_id[CATALOGUE_ID_BYTES];
    size_t line_count;
    struct sale_line lines[SALE_LINES_MAX];
    size_t payment_count;
    struct sale_payment payments[SALE_PAYMENTS_MAX];
    int64_t gross_minor;
    int64_t net_minor;
    int64_t tax_minor;
};

/* `stock` has been refreshed. False: nothing can be sold. */
bool sale_make(struct sale *sale, struct stock *stock, uint64_t seed, int64_t receipt_number, struct fault *fault);

#endif
