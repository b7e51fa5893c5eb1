/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the report builder, shared by its files. Not part of libposhost's public face. */
#ifndef HOST_SDK_REPORT_INTERNAL_H
#define HOST_SDK_REPORT_INTERNAL_H

#include <poshost/report.h>

#include "json_writer.h"

#define POSHOST_TIME_BYTES 128 /* all that the format could ever print, so that no compiler has to wonder */

typedef struct poshost_report_time {
    int is_set;
    int64_t unix_ms;
    char text[POSHOST_TIME_BYTES];
} poshost_report_time;

/* The lists of a report, in the schema's order. */
#define POSHOST_LIST_TAXES       0u
#define POSHOST_LIST_PAYMENTS    1u
#define POSHOST_LIST_DEPARTMENTS 2u
#define POSHOST_LIST_ITEMS       3u
#define POSHOST_LIST_USERS       4u
#define POSHOST_LIST_COUNT       5u

struct poshost_report {
    poshost_report_head head; /* its strings are copies */
    int32_t failure;          /* the first error; POS_OK: none */
    char error[256];
    int is_finished;

    poshost_report_time opened_at;
    poshost_report_time closed_at;
    poshost_report_time created_at;
    int has_receipts;
    char *first_receipt;
    char *last_receipt;
    int has_totals;
    poshost_json totals;                    /* {"gross_sales":1,... without the closing brace */
    poshost_json counts;                    /* as totals; empty: none */
    poshost_json lists[POSHOST_LIST_COUNT]; /* rows with commas between */
    int has_grand_totals;
    int64_t grand_sales;
    int64_t grand_returns;
    int64_t grand_net;

    poshost_json document;
};

/* Notes the first error ("poshost_report_add_tax: net is beyond 2^53-1") and returns its code. */
__attribute__((format(printf, 3, 4))) int32_t poshost_report_fail(poshost_report *report, int32_t code,
                                                                  const char *format, ...);

/* report_rows.c: 1 if the text may stand in a document; else the error is noted */
int poshost_report_takes_text(poshost_report *report, const char *call, const char *member, const char *text);
/* 1 if the number may stand in a document; else the error is noted */
int poshost_report_takes_number(poshost_report *report, const char *call, const char *member, int64_t number);
/* 1 if figures may still be added; else the error is noted */
int poshost_report_is_open(poshost_report *report, const char *call);

/* report_document.c: writes the whole into report->document */
void poshost_report_write(poshost_report *report);

#endif
