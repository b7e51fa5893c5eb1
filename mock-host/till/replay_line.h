/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay_line.h - one line of a replayed file as a report: the figures that cross beside the document, read out of it.
 */
#ifndef TILL_REPLAY_LINE_H
#define TILL_REPLAY_LINE_H

#include <pos/report.h>

#include "calendar.h"
#include "database.h"

struct replay_line {
    uint32_t kind; /* POS_REPORT_Z or POS_REPORT_X */
    char register_id[DATABASE_REGISTER_BYTES];
    char business_date[CALENDAR_DATE_BYTES];
    char currency[4];
    int64_t z_number;
    int64_t x_sequence;
    int64_t time_ms; /* Z: closed_at. X: created_at */
    int64_t grand_total_minor;
};

/* False: not a report; *fault says which member is missing or wrong. */
bool replay_line_read(struct replay_line *line, const char *document, size_t length, struct fault *fault);

#endif
