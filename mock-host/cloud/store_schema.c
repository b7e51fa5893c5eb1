/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables, and what may be asked of them. Money is in minor units of `currency`, times are Unix ms UTC.
 *
 *   users, sessions, codes, throttle_events, known_places, idempotency_keys, mails   accounts
 *   companies, members, stores                                           business
 *   tills            registrations: which till with which register in which store (a till may be in several)
 *   till_tokens      credentials of tills; the hash only
 *   reports          every report that was taken, one row each, with the original bytes in `document`
 *   report_taxes, report_payments, report_departments                    its parts, by `report_no` and `line`
 *
 * A report's key is (company, till, register, epoch, kind, z_number, x_sequence). `copy` is 0 for the first that came
 * with a key, 1.. for others beside it, and `standing` says what they are:
 *   first      the one that came first
 *   conflict   another original under the same key: a cloned disk; not counted until head office decides
 *   replaced   a rebuilt one that an original took the place of
 *   original   that original
 * `counted` tells whether figures include it. The database itself sees to it that one row of a key is counted, as
 * long as head office has not decided otherwise (`decided_at_ms`): that is "exactly once" as a UNIQUE index.
 *
 *   counted_z        the Z reports that count: what head office adds up
 *   running_x        for each open period the X with the highest sequence
 *   continuity       each counted Z with its predecessor: `missing` numbers before it, and `break_minor`, by which the
 *                    grand totals do not accumulate (0 is good). Computed, never a reason to refuse a report.
 *   conflicts        reports beside the one that counts
 *
 * Configuration data (openapi.yaml, getCatalogue). Lines are kept byte for byte in the order of their keys, once for
 * each upload: a commit makes those of the upload the store's, without copying them.
 *
 *   catalogues           which revision a store has, and which upload's lines that is
 *   catalogue_revisions  what was in each revision there ever was
 *   catalogue_lines      the lines; those of no use any more are swept away a few at a time
 *   catalogue_items      for each item that changed after the store's first revision, the one in which it or one of its
 *                        prices did so last: what has changed `since` an earlier revision
 *   catalogue_uploads    under way or over
 *
 * Read a live database with `sqlite3 -readonly`: only the cloud may write (see store_db.h).
 */
#include "store_db.h"
#include "log.h"

#define SCHEMA_VERSION 3

static const char accounts_sql[] =
    "CREATE TABLE users (user_id TEXT PRIMARY KEY, email TEXT NOT NULL, email_folded TEXT NOT NULL UNIQUE,"
    " name TEXT NOT NULL, password_hash TEXT NOT NULL, country TEXT NOT NULL, language TEXT NOT NULL,"
    " created_at_ms INTEGER NOT NULL) STRICT;"

    "CREATE TABLE sessions (session_id TEXT PRIMARY KEY, token_hash BLOB NOT NULL UNIQUE,"
    " user_id TEXT NOT NULL REFERENCES users, device_name TEXT, created_at_ms INTEGER NOT NULL,"
    " expires_at_ms INTEGER NOT NULL, ended_at_ms INTEGER) STRICT;"
    "CREATE INDEX sessions_by_user ON sessions (user_id);"

    /* Registrations and recoveries under way. code_hash is random where no code was mailed: no code fits it. */
    "CREATE TABLE codes (code_id TEXT PRIMARY KEY, purpose TEXT NOT NULL, email TEXT NOT NULL,"
    " email_folded TEXT NOT NULL, name TEXT, password_hash TEXT, country TEXT, language TEXT NOT NULL,"
    " code_hash BLOB NOT NULL, tries_left INTEGER NOT NULL, created_at_ms INTEGER NOT NULL,"
    " expires_at_ms INTEGER NOT NULL, used_at_ms INTEGER) STRICT;"
    "CREATE INDEX codes_by_email ON codes (email_folded);"
    "CREATE INDEX codes_by_expiry ON codes (expires_at_ms);"

    "CREATE TABLE throttle_events (subject BLOB NOT NULL, at_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX throttle_by_subject ON throttle_events (subject, at_ms);"
    "CREATE INDEX throttle_by_time ON throttle_events (at_ms);"

    "CREATE TABLE idempotency_keys (scope TEXT NOT NULL, key_hash BLOB NOT NULL, body_hash BLOB NOT NULL,"
    " resource_id TEXT NOT NULL, created_at_ms INTEGER NOT NULL, PRIMARY KEY (scope, key_hash)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE mails (mail_id INTEGER PRIMARY KEY, recipient TEXT NOT NULL, subject TEXT NOT NULL,"
    " body TEXT NOT NULL, created_at_ms INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,"
    " next_at_ms INTEGER NOT NULL) STRICT;";

/* Mail address and network address where the owner was lately, as a hash of both. */
static const char places_sql[] = "CREATE TABLE known_places (subject BLOB PRIMARY KEY, at_ms INTEGER NOT NULL)"
                                 " STRICT, WITHOUT ROWID;"
                                 "CREATE INDEX places_by_time ON known_places (at_ms);";

static const char business_sql[] =
    "CREATE TABLE companies (company_id TEXT PRIMARY KEY, name TEXT NOT NULL, tax_id TEXT, country TEXT NOT NULL,"
    " currency TEXT NOT NULL, created_by TEXT NOT NULL REFERENCES users, created_at_ms INTEGER NOT NULL) STRICT;"

    "CREATE TABLE members (user_id TEXT NOT NULL REFERENCES users, company_id TEXT NOT NULL REFERENCES companies,"
    " role TEXT NOT NULL, PRIMARY KEY (user_id, company_id)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE stores (store_id TEXT PRIMARY KEY, company_id TEXT NOT NULL REFERENCES companies, name TEXT NOT NULL,"
    " address TEXT, time_zone TEXT NOT NULL, created_at_ms INTEGER NOT NULL, closed_at_ms INTEGER) STRICT;"
    "CREATE INDEX stores_by_company ON stores (company_id, name COLLATE NOCASE, store_id);"

    "CREATE TABLE tills (company_id TEXT NOT NULL REFERENCES companies, store_id TEXT NOT NULL REFERENCES stores,"
    " till_id TEXT NOT NULL, register_id TEXT NOT NULL, device_name TEXT, registered_at_ms INTEGER NOT NULL,"
    " last_seen_at_ms INTEGER NOT NULL, PRIMARY KEY (store_id, register_id, till_id)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE till_tokens (token_hash BLOB PRIMARY KEY, company_id TEXT NOT NULL, store_id TEXT NOT NULL"
    " REFERENCES stores, till_id TEXT NOT NULL, created_at_ms INTEGER NOT NULL, revoked_at_ms INTEGER)"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX till_tokens_by_till ON till_tokens (store_id, till_id);";

static const char reports_sql[] =
    "CREATE TABLE reports (report_no INTEGER PRIMARY KEY, receipt_id TEXT NOT NULL UNIQUE,"
    " company_id TEXT NOT NULL REFERENCES companies, store_id TEXT NOT NULL REFERENCES stores, till_id TEXT NOT NULL,"
    " register_id TEXT NOT NULL, epoch INTEGER NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('Z','X')),"
    " z_number INTEGER NOT NULL, x_sequence INTEGER NOT NULL, copy INTEGER NOT NULL,"
    " standing TEXT NOT NULL CHECK (standing IN ('first','conflict','replaced','original')),"
    " counted INTEGER NOT NULL CHECK (counted IN (0,1)), decided_at_ms INTEGER,"
    " business_date TEXT NOT NULL, closed_at_ms INTEGER NOT NULL, currency TEXT NOT NULL,"
    " gross_minor INTEGER NOT NULL, net_minor INTEGER NOT NULL, tax_minor INTEGER NOT NULL,"
    " grand_total_minor INTEGER NOT NULL, origin TEXT NOT NULL CHECK (origin IN ('original','rebuilt')),"
    " warning TEXT, received_at_ms INTEGER NOT NULL, sha256 TEXT NOT NULL, document_bytes INTEGER NOT NULL,"
    " document BLOB NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX reports_key ON reports"
    " (company_id, till_id, register_id, kind, z_number, x_sequence, epoch, copy);"
    "CREATE UNIQUE INDEX reports_content ON reports"
    " (company_id, till_id, register_id, kind, z_number, x_sequence, sha256);"
    "CREATE UNIQUE INDEX reports_counted_once ON reports"
    " (company_id, till_id, register_id, kind, z_number, x_sequence, epoch)"
    " WHERE counted = 1 AND decided_at_ms IS NULL;"
    "CREATE INDEX reports_by_store ON reports (store_id, kind, business_date);"

    "CREATE TABLE report_taxes (report_no INTEGER NOT NULL REFERENCES reports, line INTEGER NOT NULL,"
    " tax_id TEXT NOT NULL, rate INTEGER, net_minor INTEGER, tax_minor INTEGER, gross_minor INTEGER,"
    " PRIMARY KEY (report_no, line)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE report_payments (report_no INTEGER NOT NULL REFERENCES reports, line INTEGER NOT NULL,"
    " payment_method_id TEXT NOT NULL, type TEXT, count INTEGER, amount_in_minor INTEGER, amount_out_minor INTEGER,"
    " amount_minor INTEGER NOT NULL, PRIMARY KEY (report_no, line)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE report_departments (report_no INTEGER NOT NULL REFERENCES reports, line INTEGER NOT NULL,"
    " department_id TEXT NOT NULL, quantity INTEGER, gross_minor INTEGER, net_minor INTEGER,"
    " PRIMARY KEY (report_no, line)) STRICT, WITHOUT ROWID;";

#define VIEW_COLUMNS                                                                                                   \
    "report_no, receipt_id, company_id, store_id, till_id, register_id, epoch, z_number, x_sequence, business_date,"   \
    " closed_at_ms, currency, gross_minor, net_minor, tax_minor, grand_total_minor, origin, standing, warning,"        \
    " sha256, received_at_ms"

static const char views_sql[] =
    "CREATE VIEW counted_z AS SELECT " VIEW_COLUMNS " FROM reports WHERE kind = 'Z' AND counted = 1;"

    "CREATE VIEW running_x AS SELECT " VIEW_COLUMNS " FROM reports x WHERE kind = 'X'"
    " AND x_sequence = (SELECT MAX(o.x_sequence) FROM reports o WHERE o.company_id = x.company_id"
    "  AND o.till_id = x.till_id AND o.register_id = x.register_id AND o.kind = 'X' AND o.z_number = x.z_number"
    "  AND o.epoch = x.epoch)"
    " AND NOT EXISTS (SELECT 1 FROM reports z WHERE z.company_id = x.company_id AND z.till_id = x.till_id"
    "  AND z.register_id = x.register_id AND z.kind = 'Z' AND z.z_number = x.z_number AND z.epoch = x.epoch);"

    "CREATE VIEW continuity AS SELECT company_id, store_id, till_id, register_id, epoch, z_number, business_date,"
    " previous_z_number, z_number - previous_z_number - 1 AS missing, grand_total_minor,"
    " previous_grand_total_minor + gross_minor AS expected_grand_total_minor,"
    " grand_total_minor - previous_grand_total_minor - gross_minor AS break_minor FROM"
    " (SELECT *, LAG(z_number) OVER w AS previous_z_number, LAG(grand_total_minor) OVER w AS previous_grand_total_minor"
    "  FROM counted_z WINDOW w AS (PARTITION BY company_id, till_id, register_id, epoch ORDER BY z_number, report_no));"

    "CREATE VIEW conflicts AS SELECT r.receipt_id, r.company_id, r.store_id, r.till_id, r.register_id, r.epoch,"
    " r.z_number, r.business_date, r.currency, r.gross_minor, r.received_at_ms, c.receipt_id AS counted_receipt_id,"
    " c.gross_minor AS counted_gross_minor FROM reports r JOIN reports c ON c.company_id = r.company_id"
    " AND c.till_id = r.till_id AND c.register_id = r.register_id AND c.kind = r.kind AND c.z_number = r.z_number"
    " AND c.epoch = r.epoch AND c.counted = 1 WHERE r.standing = 'conflict';";

/* Holds all that a comparison reads (compareReports), in its order. */
static const char compare_sql[] = "CREATE INDEX reports_compare ON reports"
                                  " (company_id, till_id, register_id, epoch, z_number, origin, copy, sha256)"
                                  " WHERE kind = 'Z';";

static const char catalogue_sql[] =
    "CREATE TABLE catalogues (catalogue_no INTEGER PRIMARY KEY, store_id TEXT NOT NULL UNIQUE REFERENCES stores,"
    " revision INTEGER NOT NULL, upload_no INTEGER NOT NULL, known_since INTEGER NOT NULL) STRICT;"

    "CREATE TABLE catalogue_revisions (catalogue_no INTEGER NOT NULL REFERENCES catalogues, revision INTEGER NOT NULL,"
    " changed_at_ms INTEGER NOT NULL, currency TEXT NOT NULL, taxes INTEGER NOT NULL, payment_methods INTEGER NOT NULL,"
    " price_levels INTEGER NOT NULL, departments INTEGER NOT NULL, groups INTEGER NOT NULL, users INTEGER NOT NULL,"
    " items INTEGER NOT NULL, prices INTEGER NOT NULL, PRIMARY KEY (catalogue_no, revision)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE catalogue_lines (upload_no INTEGER NOT NULL, key BLOB NOT NULL, line BLOB NOT NULL,"
    " PRIMARY KEY (upload_no, key)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE catalogue_items (catalogue_no INTEGER NOT NULL, key BLOB NOT NULL, changed INTEGER NOT NULL,"
    " gone INTEGER NOT NULL CHECK (gone IN (0,1)), PRIMARY KEY (catalogue_no, key)) STRICT, WITHOUT ROWID;"

    /* `last_*` are of the page that may come again: what was there before it. */
    "CREATE TABLE catalogue_uploads (upload_no INTEGER PRIMARY KEY AUTOINCREMENT, upload_id TEXT NOT NULL UNIQUE,"
    " store_id TEXT NOT NULL REFERENCES stores, replaces INTEGER NOT NULL, next_page INTEGER NOT NULL DEFAULT 0,"
    " lines INTEGER NOT NULL DEFAULT 0, last_lines INTEGER NOT NULL DEFAULT 0, last_key BLOB NOT NULL DEFAULT x'',"
    " created_at_ms INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL, ended_at_ms INTEGER, revision INTEGER,"
    " useless INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX catalogue_uploads_open ON catalogue_uploads (expires_at_ms) WHERE ended_at_ms IS NULL;"
    /* Their lines are to be swept away. */
    "CREATE INDEX catalogue_uploads_useless ON catalogue_uploads (upload_no) WHERE useless = 1;";

/* By the version that brought them: a database is brought up to date by what it lacks. */
static const struct {
    int version;
    const char *sql;
} parts[] = {
    {1, accounts_sql}, {1, business_sql},  {1, reports_sql}, {1, views_sql},
    {2, compare_sql},  {2, catalogue_sql}, {3, places_sql},
};

static int apply_newer(sqlite3 *handle, int version)
{
    int code = SQLITE_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && code == SQLITE_OK; i++)
        if (parts[i].version > version)
            code = sqlite3_exec(handle, parts[i].sql, NULL, NULL, NULL);
    return code;
}

static int read_version(sqlite3 *handle)
{
    sqlite3_stmt *statement = NULL;
    int version = -1;
    if (sqlite3_prepare_v2(handle, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        version = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return version;
}

store_status schema_apply(sqlite3 *handle)
{
    int version = read_version(handle);
    if (version == SCHEMA_VERSION)
        return STORE_OK;
    if (version < 0 || version > SCHEMA_VERSION) {
        log_line(LOG_LEVEL_ERROR, "the database has schema version %d, this program knows %d", version, SCHEMA_VERSION);
        return STORE_FAILED;
    }
    if (sqlite3_exec(handle, "BEGIN EXCLUSIVE", NULL, NULL, NULL) == SQLITE_OK &&
        apply_newer(handle, version) == SQLITE_OK &&
        sqlite3_exec(handle, "PRAGMA user_version = 3; COMMIT", NULL, NULL, NULL) == SQLITE_OK)
        return STORE_OK;
    log_line(LOG_LEVEL_ERROR, "making the tables: %s", sqlite3_errmsg(handle));
    sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
    return STORE_FAILED;
}
