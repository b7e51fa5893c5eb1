/* SPDX-License-Identifier: Apache-2.0 */
/*
 * period.h - the daily close: one transaction that numbers the Z, stores its bytes and advances the grand totals.
 */
#ifndef TILL_PERIOD_H
#define TILL_PERIOD_H

#include "closed.h"
#include "receipts.h"

/* What a close leaves behind, for the till's own display. */
struct period_result {
    int64_t z_number;
    char business_date[RECEIPTS_DATE_BYTES];
    int64_t receipt_count;
    int64_t gross_minor;
    int64_t grand_total_minor;
};

/* Bytes to store and hand over in place of the report that the receipts give; NULL for the real one (always, but in
 * tests of what a plugin does with a broken document). */
struct period_override {
    const void *document;
    size_t document_size;
};

/* Closes the open period, or an empty one where nothing was sold. Nothing happened when it returns false. */
bool period_close(struct database *db, int64_t closed_at_ms, const char *time_zone,
                  const struct period_override *override, struct period_result *result, struct fault *fault);

/* Keeps a report that was closed elsewhere (replay): *is_new false where its number is there already with the very same
 * bytes. A number that is there with others begins a new series. */
bool period_import(struct database *db, struct closed_report *report, bool *is_new, struct fault *fault);

/* The till was reset: Z numbers begin again at 1, grand totals at 0, a new series. Only with no period open. */
bool period_reset_numbers(struct database *db, struct fault *fault);

#endif
