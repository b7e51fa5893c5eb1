/* SPDX-License-Identifier: Apache-2.0 */
/* report_check.h - is a document a report as pos/report.schema.json says, and the one that its header line names? */
#ifndef CLOUD_REPORT_CHECK_H
#define CLOUD_REPORT_CHECK_H

#include "batch.h"
#include "store.h"

#define REPORT_TEXT_SIZE 256

typedef struct report_verdict {
    const char *code; /* of the contract's ItemProblem; NULL: it is one */
    char detail[REPORT_TEXT_SIZE];
    char warning[REPORT_TEXT_SIZE]; /* "" : nothing to say */
    int64_t gross_minor;
    int64_t net_minor;
    int64_t tax_minor;
} report_verdict;

/* Pure: no store, no clock. `store_currency` is only good for a warning. The item's hash is not looked at. */
void report_check(const batch_item *item, const char *store_currency, report_verdict *out);

#endif
