/* SPDX-License-Identifier: Apache-2.0 */
/* batch.h - the framing of a report batch: header line, line feed, bytes, line feed, and again. Pure. */
#ifndef CLOUD_BATCH_H
#define CLOUD_BATCH_H

#include "ident.h"

#define BATCH_ITEMS_MAX  1024u
#define BATCH_BYTES_MAX  (6u * 1024u * 1024u)
#define BATCH_REPORT_MAX (4u * 1024u * 1024u)
#define BATCH_LINE_MAX   4096u

/* A header line (`ReportHeader` of the contract), checked, and where its report is. */
typedef struct batch_item {
    char kind; /* 'Z' or 'X' */
    bool rebuilt;
    char register_id[IDENT_ID_SIZE];
    int64_t epoch;
    int64_t z_number;
    int64_t x_sequence;
    char sha256[IDENT_HEX_SIZE];
    char business_date[11];
    char currency[4];
    int64_t closed_at_ms;
    int64_t grand_total_minor;
    const char *report; /* into the batch */
    size_t report_bytes;
} batch_item;

typedef struct batch_cursor {
    const char *bytes;
    size_t length;
    size_t at;
    size_t index; /* of the next item */
} batch_cursor;

typedef enum batch_status { BATCH_ITEM = 1, BATCH_END, BATCH_MALFORMED, BATCH_TOO_MANY } batch_status;

/* The next item. BATCH_MALFORMED: `detail` says which item, at what byte, and what is wrong. */
batch_status batch_next(batch_cursor *cursor, batch_item *item, char *detail, size_t detail_size);

/* The header line itself; NULL if it is right, else what is wrong with it. */
const char *batch_parse_header(const char *line, size_t length, batch_item *item);

#endif
