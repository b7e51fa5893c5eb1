/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pos/report.h - a Z report (a closed period) or an X report (running figures) as it crosses the boundary.
 *
 * A report is a UTF-8 JSON document (report.schema.json beside this file; "pos.report.z/1" or "pos.report.x/1") and
 * this small struct. The struct is authoritative for what a plugin itself needs: a plugin does not look into the
 * document for it, and never changes a byte of the document: it is hashed, stored and sent as it is.
 */
#ifndef POS_REPORT_H
#define POS_REPORT_H

#include "abi.h"

#define POS_REPORT_Z 1u /* a closed period: final */
#define POS_REPORT_X 2u /* the running figures of the period that is still open */

#define POS_ORIGIN_ORIGINAL 1u /* the very bytes that were made at the close; a good host keeps them for ever */
#define POS_ORIGIN_REBUILT  2u /* made again later from receipts: may differ, never contradicts an original */

/* The largest document that a plugin takes. A larger one is refused with POS_E_TOO_LARGE. */
#define POS_DOCUMENT_MAX_BYTES (4u * 1024u * 1024u)
#define POS_REGISTER_ID_MAX    64u            /* bytes, without the terminating zero */
#define POS_Z_NUMBER_MAX       999999999999LL /* Z numbers run from 1 to this */
#define POS_X_SEQUENCE_MAX     999999999999LL

typedef struct pos_report {
    uint32_t struct_size;
    uint32_t kind;             /* POS_REPORT_Z or POS_REPORT_X */
    uint32_t origin;           /* POS_ORIGIN_*; 0 is read as ORIGINAL */
    uint32_t document_size;    /* bytes of `document`; no terminating zero is needed or counted */
    const void *document;      /* the JSON document; may be NULL only when document_size is 0 */
    const char *register_id;   /* the till's register, 1..64 bytes; the same as pos_host_info.register_id */
    const char *business_date; /* "YYYY-MM-DD" */
    const char *currency;      /* ISO 4217, three capital letters */
    int64_t z_number;          /* Z: its number. X: the number that the open period will get. From 1, without gaps */
    int64_t x_sequence;        /* X: counts within the open period, from 1. Z: 0 */
    int64_t closed_at_ms;      /* Z: when the period was closed. X: when the figures were taken */
    int64_t grand_total_minor; /* net grand total since the till was first used, this report included */
} pos_report;

POS_PIN(pos_report, document, 16, 16);
POS_PIN(pos_report, register_id, 20, 24);
POS_PIN(pos_report, z_number, 32, 48);
POS_PIN(pos_report, grand_total_minor, 56, 72);

/* Receives one report. Everything it points to is valid during the call only. Return 0. */
typedef int32_t (*pos_report_visitor)(void *visitor_ctx, const pos_report *report);

#endif
