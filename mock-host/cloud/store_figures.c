/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stores and their totals, as a user sees them.
 */
#include "store_figures.h"
#include "store_db.h"

#include <string.h>

#define SHOP_COLUMNS                                                                                                   \
    "SELECT IFNULL(s.store_id, ''), c.company_id, IFNULL(s.name, ''), s.address, IFNULL(s.time_zone, ''), c.currency," \
    " c.name, s.closed_at_ms IS NOT NULL,"                                                                             \
    " (SELECT COUNT(*) FROM reports r WHERE r.store_id = s.store_id AND r.kind = 'Z' AND r.counted = 1),"              \
    " (SELECT MIN(r.business_date) FROM reports r WHERE r.store_id = s.store_id AND r.kind = 'Z' AND r.counted = 1),"  \
    " z.business_date, z.currency, (SELECT SUM(o.gross_minor) FROM reports o WHERE o.store_id = s.store_id"            \
    "  AND o.kind = 'Z' AND o.counted = 1 AND o.business_date = z.business_date AND o.currency = z.currency),"         \
    " (SELECT COUNT(*) FROM reports q WHERE q.store_id = s.store_id AND q.kind = 'Z' AND q.standing = 'conflict'"      \
    "  AND q.decided_at_ms IS NULL)"                                                                                   \
    " FROM members m JOIN companies c USING (company_id) LEFT JOIN stores s ON s.company_id = c.company_id"            \
    " LEFT JOIN reports z ON z.report_no = (SELECT l.report_no FROM reports l WHERE l.store_id = s.store_id"           \
    "  AND l.kind = 'Z' AND l.counted = 1 ORDER BY l.business_date DESC LIMIT 1)"                                      \
    " WHERE m.user_id = ?1 "

static void read_shop(sqlite3_stmt *statement, figures_shop *out)
{
    memset(out, 0, sizeof *out);
    db_text(statement, 0, out->shop.store_id, sizeof out->shop.store_id);
    db_text(statement, 1, out->shop.company_id, sizeof out->shop.company_id);
    db_text(statement, 2, out->shop.name, sizeof out->shop.name);
    db_text(statement, 3, out->shop.address, sizeof out->shop.address);
    db_text(statement, 4, out->shop.time_zone, sizeof out->shop.time_zone);
    db_text(statement, 5, out->shop.currency, sizeof out->shop.currency);
    db_text(statement, 6, out->company, sizeof out->company);
    out->closed = sqlite3_column_int(statement, 7) != 0;
    out->closes = sqlite3_column_int64(statement, 8);
    db_text(statement, 9, out->first_date, sizeof out->first_date);
    db_text(statement, 10, out->last_date, sizeof out->last_date);
    db_text(statement, 11, out->last_currency, sizeof out->last_currency);
    out->last_gross_minor = sqlite3_column_int64(statement, 12);
    out->open_conflicts = sqlite3_column_int64(statement, 13);
}

store_status store_figures_shops(store *self, const char *user_id, const char *query, int64_t limit, int64_t offset,
                                 figures_shop_visitor visitor, void *context, bool *more)
{
    figures_shop shop;
    *more = false;
    db *reader = db_lock_reader(self);
    sqlite3_stmt *statement =
        db_query(reader,
                 SHOP_COLUMNS "AND (?2 IS NULL OR instr(lower(s.name), lower(?2)) > 0"
                              " OR instr(lower(c.name), lower(?2)) > 0)"
                              " ORDER BY lower(c.name), c.company_id, lower(s.name), s.store_id LIMIT ?3 OFFSET ?4",
                 "ttii", user_id, query, limit + 1, offset);
    store_status status;
    while ((status = db_step(reader, statement)) == STORE_OK && !*more) {
        if (limit-- == 0) {
            *more = true;
            continue;
        }
        read_shop(statement, &shop);
        visitor(context, &shop);
    }
    db_done(statement);
    db_unlock_reader(reader);
    return status == STORE_NOT_FOUND ? STORE_OK : status;
}

store_status store_figures_shop(store *self, const char *user_id, const char *store_id, figures_shop *out)
{
    db *reader = db_lock_reader(self);
    sqlite3_stmt *statement = db_query(reader, SHOP_COLUMNS "AND s.store_id = ?2", "tt", user_id, store_id);
    store_status status = db_step(reader, statement);
    if (status == STORE_OK)
        read_shop(statement, out);
    db_done(statement);
    db_unlock_reader(reader);
    return status;
}

/* The counted Z reports of a range, and their parts. CROSS JOIN keeps the order: from the store to its reports. */
#define COUNTED                                                                                                        \
    " FROM stores s JOIN members m ON m.company_id = s.company_id AND m.user_id = ?1 CROSS JOIN reports r"             \
    " ON r.store_id = s.store_id AND r.kind = 'Z' AND r.counted = 1 "
#define WHERE_RANGE                                                                                                    \
    " WHERE s.store_id = ?2 AND (?3 IS NULL OR r.business_date >= ?3) AND (?4 IS NULL OR r.business_date <= ?4) "

static const char *const table_sql[] = {
    [FIGURES_SUM] = "SELECT '', r.currency, '', -1, COUNT(*), 0, SUM(r.gross_minor), SUM(r.net_minor),"
                    " SUM(r.tax_minor)" COUNTED WHERE_RANGE "GROUP BY r.currency ORDER BY COUNT(*) DESC",
    [FIGURES_DEPARTMENTS] =
        "SELECT d.department_id, r.currency, '', -1, COUNT(*), SUM(d.quantity), SUM(d.gross_minor), SUM(d.net_minor),"
        " 0" COUNTED "CROSS JOIN report_departments d USING (report_no)" WHERE_RANGE
        "GROUP BY d.department_id, r.currency ORDER BY SUM(d.gross_minor) DESC, d.department_id",
    [FIGURES_TENDERS] =
        "SELECT p.payment_method_id, r.currency, MAX(p.type), -1, SUM(p.count), 0, SUM(p.amount_minor), 0,"
        " 0" COUNTED "CROSS JOIN report_payments p USING (report_no)" WHERE_RANGE
        "GROUP BY p.payment_method_id, r.currency ORDER BY SUM(p.amount_minor) DESC, p.payment_method_id",
    [FIGURES_TAXES] =
        "SELECT t.tax_id, r.currency, '', IFNULL(t.rate, -1), COUNT(*), 0, SUM(t.gross_minor), SUM(t.net_minor),"
        " SUM(t.tax_minor)" COUNTED "CROSS JOIN report_taxes t USING (report_no)" WHERE_RANGE
        "GROUP BY t.tax_id, t.rate, r.currency ORDER BY SUM(t.gross_minor) DESC, t.tax_id",
    [FIGURES_WARNINGS] = "SELECT r.warning, '', '', -1, COUNT(*), 0, 0, 0, 0" COUNTED WHERE_RANGE
                         "AND r.warning IS NOT NULL GROUP BY r.warning ORDER BY COUNT(*) DESC LIMIT 20"};

store_status store_figures_lines(store *self, const figures_range *range, figures_table table,
                                 figures_line_visitor visitor, void *context)
{
    figures_line line;
    db *reader = db_lock_reader(self);
    sqlite3_stmt *statement =
        db_query(reader, table_sql[table], "tttt", range->user_id, range->store_id, range->from, range->to);
    store_status status;
    while ((status = db_step(reader, statement)) == STORE_OK) {
        db_text(statement, 0, line.name, sizeof line.name);
        db_text(statement, 1, line.currency, sizeof line.currency);
        db_text(statement, 2, line.type, sizeof line.type);
        line.rate = sqlite3_column_int64(statement, 3);
        line.count = sqlite3_column_int64(statement, 4);
        line.quantity = sqlite3_column_int64(statement, 5);
        line.gross_minor = sqlite3_column_int64(statement, 6);
        line.net_minor = sqlite3_column_int64(statement, 7);
        line.tax_minor = sqlite3_column_int64(statement, 8);
        visitor(context, &line);
    }
    db_done(statement);
    db_unlock_reader(reader);
    return status == STORE_NOT_FOUND ? STORE_OK : status;
}
