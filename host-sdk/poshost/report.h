/* SPDX-License-Identifier: Apache-2.0 */
/*
 * poshost/report.h - builds a Z or X report: typed calls in, the bytes of a valid document of pos/report.schema.json
 * and its pos_report out.
 *
 *   poshost_report_head head = {.kind = POS_REPORT_Z, .register_id = "till-1", .currency = "EUR", .minor_unit = 2,
 *                               .time_zone = "Europe/Madrid", .z_number = 17, .business_date = "2026-05-04"};
 *   poshost_report *report = poshost_report_begin(&head);
 *   poshost_report_closed_at(report, closed_ms, 120);
 *   poshost_report_set_totals(report, &totals);
 *   poshost_report_add_tax(report, "VAT21", 2100, net, tax, gross);
 *   poshost_report_set_grand_totals(report, sales, returns, net);
 *   pos_report z;
 *   if (poshost_report_finish(report, &z) != POS_OK)
 *       complain(poshost_report_error(report));
 *   commit z.document beside the close, hand z to the plugin, then:
 *   poshost_report_free(report);
 *
 * ERRORS are kept: once a call has failed, every later one returns the same code and changes nothing, so it is enough
 * to look at finish(). The words name the call and the member ("poshost_report_add_tax: net is beyond 2^53-1").
 *
 * BYTES are the same for the same calls, on every machine: members in the schema's order, rows in the order added,
 * integers only, no white space. What was not given is left out, or null where the schema has it so.
 *
 * UNITS     money int64_t in minor units; quantities in thousandths; rates in hundredths of a percent; times Unix ms
 *           UTC
 *           with the minutes that the shop's clock is ahead of UTC then (the host knows its daylight saving rules).
 *           All figures are within +-(2^53-1): a JSON reader may lose digits beyond.
 *
 * Whether figures add up is not checked: a real till's may not, and a report is carried, not judged.
 */
#ifndef POSHOST_REPORT_H
#define POSHOST_REPORT_H

#include <poshost/api.h>
#include <pos/report.h>

POSHOST_BEGIN_DECLS

typedef struct poshost_report poshost_report;

typedef struct poshost_report_head {
    uint32_t kind;             /* required; POS_REPORT_Z or POS_REPORT_X */
    uint32_t minor_unit;       /* decimals of the currency, 0..4: euro 2, yen 0 */
    const char *report_id;     /* never changes for this report; NULL: left out */
    const char *company_id;    /* the host's own names, if it has any; NULL: left out */
    const char *location_id;   /*   "                                             */
    const char *register_id;   /* required; 1..64 bytes */
    const char *currency;      /* required; ISO 4217 */
    const char *time_zone;     /* IANA; NULL: left out */
    const char *business_date; /* required; "YYYY-MM-DD", a day that exists */
    int64_t z_number;          /* required; 1..POS_Z_NUMBER_MAX */
    int64_t x_sequence;        /* X: required, 1..POS_X_SEQUENCE_MAX. Z: 0 */
} poshost_report_head;

/* Starts a report; the head is copied. NULL: out of memory. A wrong head is told by finish(), as every error. */
POSHOST_API poshost_report *poshost_report_begin(const poshost_report_head *head);

/* Frees it and its bytes; what finish() filled is gone. NULL is fine. */
POSHOST_API void poshost_report_free(poshost_report *report);

/* ---- times; each at most once ---- */

/* The first receipt of the period. */
POSHOST_API int32_t poshost_report_opened_at(poshost_report *report, int64_t unix_ms, int32_t offset_minutes);
/* When the period was closed. Z: required. X: not allowed. */
POSHOST_API int32_t poshost_report_closed_at(poshost_report *report, int64_t unix_ms, int32_t offset_minutes);
/* When the figures were taken. X: required. Z: closed_at if not given. */
POSHOST_API int32_t poshost_report_created_at(poshost_report *report, int64_t unix_ms, int32_t offset_minutes);

/* ---- figures ---- */

/* The first and last receipt of the period, as printed on them; NULL: none. At most once. */
POSHOST_API int32_t poshost_report_set_receipts(poshost_report *report, const char *first, const char *last);

typedef struct poshost_report_totals {
    int64_t gross_sales; /* before discounts and returns */
    int64_t discounts;
    int64_t returns;
    int64_t gross_turnover; /* with tax */
    int64_t net_turnover;   /* without tax */
    int64_t tax_total;
    int64_t rounding;
    int64_t tips;
    int64_t payments;
} poshost_report_totals;

/* Required, once. */
POSHOST_API int32_t poshost_report_set_totals(poshost_report *report, const poshost_report_totals *totals);
/* One more total of the host's own ("voids"), after the nine. Each name once, and none of the nine. */
POSHOST_API int32_t poshost_report_add_total(poshost_report *report, const char *name, int64_t amount);
/* A count: "receipts", "return_receipts", "discounts", "lines", "quantity" (thousandths), "drawer_openings", ... Each
 * name once. */
POSHOST_API int32_t poshost_report_add_count(poshost_report *report, const char *name, int64_t count);
POSHOST_API int32_t poshost_report_add_tax(poshost_report *report, const char *tax_id, int64_t rate, int64_t net,
                                           int64_t tax, int64_t gross);
/* `type`: "cash", "card", "voucher", "other", ...; NULL: left out. amount = amount_in - amount_out is the host's to
 * see to. */
POSHOST_API int32_t poshost_report_add_payment(poshost_report *report, const char *payment_method_id, const char *type,
                                               int64_t count, int64_t amount_in, int64_t amount_out, int64_t amount);
POSHOST_API int32_t poshost_report_add_department(poshost_report *report, const char *department_id, int64_t quantity,
                                                  int64_t gross, int64_t net);
/* Z only. */
POSHOST_API int32_t poshost_report_add_item(poshost_report *report, const char *item_id, int64_t quantity,
                                            int64_t gross);
POSHOST_API int32_t poshost_report_add_user(poshost_report *report, const char *user_id, int64_t gross);
/* Since the till was first used, this report included. Required, once: `net` becomes pos_report.grand_total_minor. */
POSHOST_API int32_t poshost_report_set_grand_totals(poshost_report *report, int64_t sales, int64_t returns,
                                                    int64_t net);

/* ---- the end ---- */

/*
 * Checks that all required parts are there, writes the document and fills *out (struct_size included; origin is
 * ORIGINAL). The bytes and strings that *out points to belong to the report and are valid until
 * poshost_report_free(). May be repeated; nothing can be added afterwards.
 *
 * Errors: MISUSE (a rule was broken, here or in an earlier call), TOO_LARGE (over POS_DOCUMENT_MAX_BYTES), NO_MEMORY.
 */
POSHOST_API int32_t poshost_report_finish(poshost_report *report, pos_report *out);

/* The first error in words, "" if there was none. Valid until poshost_report_free(). */
POSHOST_API const char *poshost_report_error(const poshost_report *report);

POSHOST_END_DECLS

#endif
