/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stores receipts: one transaction each, as a till does it, so that what the customer holds in the hand is on the disk.
 */
#include "receipts.h"

#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "query.h"

bool receipts_get_period(struct database *db, struct period *period, struct fault *fault)
{
    sqlite3_stmt *statement =
        query_open(db->sqlite, fault,
                   "SELECT t.series, t.last_z_number + 1, t.last_receipt_number, t.grand_sales_minor,"
                   " t.grand_returns_minor, p.period_id, p.opened_at_ms, p.business_date,"
                   " (SELECT count(*) FROM receipts r WHERE r.period_id = p.period_id)"
                   " FROM till t LEFT JOIN periods p ON p.closed_at_ms IS NULL",
                   "");
    memset(period, 0, sizeof *period);
    if (statement == NULL)
        return false;
    int state = query_next(statement, fault);
    if (state == 1) {
        period->series = sqlite3_column_int64(statement, 0);
        period->z_number = sqlite3_column_int64(statement, 1);
        period->last_receipt_number = sqlite3_column_int64(statement, 2);
        period->grand_sales_minor = sqlite3_column_int64(statement, 3);
        period->grand_returns_minor = sqlite3_column_int64(statement, 4);
        period->period_id = sqlite3_column_int64(statement, 5); /* NULL reads as 0 */
        period->opened_at_ms = sqlite3_column_int64(statement, 6);
        const unsigned char *date = sqlite3_column_text(statement, 7);
        (void)snprintf(period->business_date, sizeof period->business_date, "%s",
                       date != NULL ? (const char *)date : "");
        period->receipt_count = sqlite3_column_int64(statement, 8);
    }
    (void)sqlite3_finalize(statement);
    return state == 1;
}

bool receipts_open_period(struct database *db, const char *business_date, int64_t opened_at_ms, struct period *period,
                          struct fault *fault)
{
    bool ok =
        opened_at_ms != 0
            ? query_run(db->sqlite, fault,
                        "INSERT INTO periods(series, business_date, opened_at_ms) SELECT series, ?, ? FROM till", "si",
                        business_date, opened_at_ms)
            : query_run(db->sqlite, fault, "INSERT INTO periods(series, business_date) SELECT series, ? FROM till", "s",
                        business_date);
    return ok && receipts_get_period(db, period, fault);
}

static bool receipts_store_lines(struct database *db, const struct sale *sale, struct fault *fault)
{
    bool ok = true;
    for (size_t i = 0; ok && i < sale->line_count; i++) {
        const struct sale_line *line = &sale->lines[i];
        const struct stock_item *item = &line->item;
        ok = query_run(db->sqlite, fault, "INSERT INTO lines VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", "iisssiiiiiiii",
                       sale->receipt_number, (int64_t)i + 1, item->id, item->department_id, item->tax_id,
                       (int64_t)item->rate, line->quantity, line->unit_price_minor, line->full_minor,
                       line->discount_minor, line->gross_minor, line->net_minor, line->tax_minor);
    }
    for (size_t i = 0; ok && i < sale->payment_count; i++) {
        const struct sale_payment *payment = &sale->payments[i];
        ok = query_run(db->sqlite, fault, "INSERT INTO payments VALUES(?,?,?,?,?,?,?,?)", "iissiiii",
                       sale->receipt_number, (int64_t)i + 1, payment->tender.id, payment->tender.type,
                       payment->tendered_minor, payment->change_minor, payment->in_minor, payment->out_minor);
    }
    return ok;
}

static bool receipts_store_inside(struct database *db, const struct sale *sale, int64_t sold_at_ms,
                                  const char *business_date, struct fault *fault)
{
    struct period period;
    if (!receipts_get_period(db, &period, fault))
        return false;
    if (sale->receipt_number != period.last_receipt_number + 1)
        return fault_set(fault, "receipt %lld does not follow %lld: receipts are numbered without gaps",
                         (long long)sale->receipt_number, (long long)period.last_receipt_number);
    if (period.period_id == 0 && !receipts_open_period(db, business_date, sold_at_ms, &period, fault))
        return false;
    return query_run(db->sqlite, fault, "INSERT INTO receipts VALUES(?,?,?,?,?,?,?,?)", "iiisiiii",
                     sale->receipt_number, period.period_id, sold_at_ms, sale->cashier_id, (int64_t)sale->is_return,
                     sale->gross_minor, sale->net_minor, sale->tax_minor) &&
           receipts_store_lines(db, sale, fault) && catalogue_note_sale(db, fault) &&
           query_run(db->sqlite, fault, "UPDATE till SET last_receipt_number = ?", "i", sale->receipt_number);
}

bool receipts_store(struct database *db, const struct sale *sale, int64_t sold_at_ms, const char *business_date,
                    struct fault *fault)
{
    if (!database_begin(db, fault))
        return false;
    if (receipts_store_inside(db, sale, sold_at_ms, business_date, fault))
        return database_commit(db, fault);
    database_roll_back(db);
    return false;
}
