/* SPDX-License-Identifier: Apache-2.0 */
/*
 * figures.h - the X and Z of a period, added up from its receipts.
 */
#ifndef TILL_FIGURES_H
#define TILL_FIGURES_H

#include <poshost/report.h>

#include "receipts.h"

struct figures_request {
    const struct period *period;
    uint32_t kind;         /* POS_REPORT_Z or POS_REPORT_X */
    int64_t x_sequence;    /* X only */
    int64_t taken_at_ms;   /* Z: when it was closed */
    const char *time_zone; /* told in the document */
};

struct figures {
    poshost_report *builder; /* owns what `report` points to */
    pos_report report;
    int64_t gross_minor;
    int64_t grand_sales_minor; /* this period included */
    int64_t grand_returns_minor;
};

/* On success figures_free() is the caller's to call. */
bool figures_make(struct database *db, const struct figures_request *request, struct figures *figures,
                  struct fault *fault);

void figures_free(struct figures *figures);

#endif
