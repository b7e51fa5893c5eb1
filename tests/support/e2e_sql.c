/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/e2e_sql.c - the cloud's and the till's tables by plain queries. The till's figures are added up anew from
 * its receipts, so that neither its report builder nor the cloud's reader can vouch for itself.
 */
#include "support/e2e_sql.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_MS 10000

static sqlite3 *open_database(const char *path, const char *other)
{
    sqlite3 *handle = NULL;
    char attach[E2E_PATH_BYTES + 64];
    int code = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
    ck_assert_msg(code == SQLITE_OK, "cannot open %s: %s", path, sqlite3_errstr(code));
    sqlite3_busy_timeout(handle, e2e_patience_ms(BUSY_MS));
    if (other) {
        snprintf(attach, sizeof attach, "ATTACH 'file:%s?mode=ro' AS other", other);
        code = sqlite3_exec(handle, attach, NULL, NULL, NULL);
        ck_assert_msg(code == SQLITE_OK, "%s: %s", attach, sqlite3_errmsg(handle));
    }
    return handle;
}

static sqlite3_stmt *prepare(sqlite3 *handle, const char *query)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(handle, query, -1, &statement, NULL);
    ck_assert_msg(code == SQLITE_OK, "%s: %s", query, sqlite3_errmsg(handle));
    return statement;
}

int64_t e2e_sql_number(const char *database, const char *other, const char *query)
{
    sqlite3 *handle = open_database(database, other);
    sqlite3_stmt *statement = prepare(handle, query);
    ck_assert_msg(sqlite3_step(statement) == SQLITE_ROW, "%s: %s", query, sqlite3_errmsg(handle));
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return number;
}

char *e2e_sql_text(const char *database, const char *query)
{
    sqlite3 *handle = open_database(database, NULL);
    sqlite3_stmt *statement = prepare(handle, query);
    char *text = NULL;
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0))
        text = strdup((const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return text;
}

int64_t e2e_sql_counted(const char *cloud, const void *document, size_t size_bytes, const char *store)
{
    sqlite3 *handle = open_database(cloud, NULL);
    sqlite3_stmt *statement =
        prepare(handle, "SELECT COUNT(*) FROM reports JOIN stores USING (store_id) WHERE kind = 'Z' AND counted = 1"
                        " AND document = ?1 AND (?2 IS NULL OR stores.name = ?2)");
    sqlite3_bind_blob64(statement, 1, document, size_bytes, SQLITE_STATIC);
    if (store)
        sqlite3_bind_text(statement, 2, store, -1, SQLITE_STATIC);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int64_t count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return count;
}

static const struct {
    const char *what;
    const char *query; /* counts what differs: 0 is right */
} differences[] = {
    {"closed days that the cloud does not count exactly once",
     "SELECT COUNT(*) FROM other.closed_reports p WHERE (SELECT COUNT(*) FROM reports c WHERE c.kind = 'Z'"
     " AND c.counted = 1 AND c.document = p.document AND c.z_number = p.z_number) <> 1"},
    {"Z reports that the cloud counts and the till never closed",
     "SELECT COUNT(*) FROM reports c WHERE c.kind = 'Z' AND c.counted = 1 AND NOT EXISTS"
     " (SELECT 1 FROM other.closed_reports p WHERE p.document = c.document)"},
    {"Z reports beside those that count",
     "SELECT COUNT(*) FROM reports WHERE kind = 'Z' AND (counted = 0 OR copy <> 0)"},
    {"days whose receipts add up to something else than the cloud says",
     "SELECT COUNT(*) FROM other.closed_reports p"
     " JOIN other.periods o ON o.series = p.series AND o.z_number = p.z_number"
     " JOIN reports c ON c.document = p.document AND c.kind = 'Z'"
     " LEFT JOIN (SELECT period_id, SUM(gross_minor) AS gross, SUM(net_minor) AS net, SUM(tax_minor) AS tax"
     "  FROM other.receipts GROUP BY period_id) r ON r.period_id = o.period_id"
     " WHERE c.gross_minor <> IFNULL(r.gross, 0) OR c.net_minor <> IFNULL(r.net, 0)"
     "  OR c.tax_minor <> IFNULL(r.tax, 0) OR c.grand_total_minor <> p.grand_total_minor"
     "  OR c.business_date <> p.business_date OR c.closed_at_ms <> p.closed_at_ms"},
    {"the difference of all turnover together, in minor units",
     "SELECT (SELECT IFNULL(SUM(gross_minor), 0) FROM reports WHERE kind = 'Z' AND counted = 1) -"
     " (SELECT IFNULL(SUM(r.gross_minor), 0) FROM other.receipts r JOIN other.periods p USING (period_id)"
     "  WHERE p.z_number IS NOT NULL)"},
};

void e2e_sql_compare_till(const char *cloud, const char *till)
{
    ck_assert_msg(e2e_sql_number(till, NULL, "SELECT COUNT(*) FROM closed_reports") > 0, "the till closed nothing");
    for (size_t i = 0; i < sizeof differences / sizeof differences[0]; i++) {
        int64_t found = e2e_sql_number(cloud, till, differences[i].query);
        ck_assert_msg(found == 0, "%s: %lld", differences[i].what, (long long)found);
    }
}
