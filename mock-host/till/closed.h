/* SPDX-License-Identifier: Apache-2.0 */
/*
 * closed.h - the closed reports: their original bytes, kept for ever, and which of them the plugin has taken.
 */
#ifndef TILL_CLOSED_H
#define TILL_CLOSED_H

#include <pos/report.h>

#include "database.h"

struct closed_report {
    int64_t report_id;
    int64_t series;
    int64_t z_number;
    const char *register_id;
    const char *business_date;
    int64_t closed_at_ms;
    const char *currency;
    int64_t grand_total_minor;
    const void *document;
    size_t document_size;
};

/* Called with one report; everything in it is valid during the call only. */
typedef int32_t (*closed_visitor)(void *ctx, const struct closed_report *report);

/* Inside the caller's transaction. report_id is not used. */
bool closed_insert(struct database *db, const struct closed_report *report, struct fault *fault);

/* 0 and 0 when nothing was ever closed. */
bool closed_get_range(struct database *db, int64_t *first_z_number, int64_t *last_z_number, struct fault *fault);

/* The newest report of that number: *result is the visitor's, or POS_E_NOT_FOUND. False: the database failed. */
bool closed_visit(struct database *db, int64_t z_number, closed_visitor visitor, void *ctx, int32_t *result,
                  struct fault *fault);

/* The oldest report that the plugin has not taken yet; otherwise as closed_visit(). */
bool closed_visit_waiting(struct database *db, closed_visitor visitor, void *ctx, int32_t *result, struct fault *fault);

/* Values of closed_reports.handed_over. */
#define CLOSED_WAITING 0
#define CLOSED_TAKEN   1 /* the plugin said POS_OK */
#define CLOSED_REFUSED 2 /* it refuses these bytes whatever is repeated: not handed over, and not tried again */

bool closed_mark_handed_over(struct database *db, int64_t report_id, int64_t state, struct fault *fault);

bool closed_count(struct database *db, int64_t *all, int64_t *waiting, struct fault *fault);

/* The report as it crosses to the plugin; `out` points into `report`. */
void closed_describe(const struct closed_report *report, pos_report *out);

#endif
