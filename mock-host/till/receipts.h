/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipts.h - receipts into the database, and the period that they belong to.
 */
#ifndef TILL_RECEIPTS_H
#define TILL_RECEIPTS_H

#include "database.h"
#include "sale.h"

#define RECEIPTS_DATE_BYTES 11 /* "YYYY-MM-DD" and a zero */

/* The period that is open, or that the next receipt opens. */
struct period {
    int64_t period_id; /* 0: none is open */
    int64_t series;
    int64_t z_number;     /* the number that it will get */
    int64_t opened_at_ms; /* 0: not opened yet */
    char business_date[RECEIPTS_DATE_BYTES];
    int64_t receipt_count;
    int64_t last_receipt_number; /* of the till, for ever */
    int64_t grand_sales_minor;   /* of the periods closed before */
    int64_t grand_returns_minor;
};

bool receipts_get_period(struct database *db, struct period *period, struct fault *fault);

/* Opens a period inside the caller's transaction and fills *period with it. opened_at_ms 0: without a receipt. */
bool receipts_open_period(struct database *db, const char *business_date, int64_t opened_at_ms, struct period *period,
                          struct fault *fault);

/* Stores one receipt, durably. The first of a period opens it on `business_date`. sale->receipt_number must be the
 * last one and 1. */
bool receipts_store(struct database *db, const struct sale *sale, int64_t sold_at_ms, const char *business_date,
                    struct fault *fault);

#endif
