/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens the till's database and makes its tables. journal_mode=WAL with synchronous=FULL: a commit that returned
 * survives a power cut, and costs one sync. The lock against a second till is a file of its own, not SQLite's exclusive
 * mode: scripts may read the tables while the till runs. Only the till writes and moves the journal into place.
 */
#include "database.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "catalogue.h"
#include "query.h"

#define DATABASE_SCHEMA_VERSION 2

static const char database_schema[] =
    "CREATE TABLE IF NOT EXISTS till("
    "  only_row INTEGER PRIMARY KEY CHECK(only_row = 1),"
    "  schema_version INTEGER NOT NULL,"
    "  register_id TEXT NOT NULL,"
    "  series INTEGER NOT NULL,"              /* 1, and one more each time the numbers were reset */
    "  last_z_number INTEGER NOT NULL,"       /* of this series; 0: nothing closed yet */
    "  last_receipt_number INTEGER NOT NULL," /* for ever without gaps, resets or not */
    "  grand_sales_minor INTEGER NOT NULL,"   /* closed periods of this series: sales after discounts, ... */
    "  grand_returns_minor INTEGER NOT NULL)" /* ... and returns; net = sales - returns */
    ";"
    "CREATE TABLE IF NOT EXISTS settings(name TEXT PRIMARY KEY, value INTEGER NOT NULL);" /* settings.h */
    "CREATE TABLE IF NOT EXISTS periods("
    "  period_id INTEGER PRIMARY KEY,"
    "  series INTEGER NOT NULL,"
    "  business_date TEXT NOT NULL," /* "YYYY-MM-DD" */
    "  opened_at_ms INTEGER,"        /* first receipt, Unix ms UTC; NULL: closed without a receipt */
    "  closed_at_ms INTEGER,"        /* NULL: open; at most one is */
    "  z_number INTEGER);"           /* NULL: open */
    "CREATE TABLE IF NOT EXISTS receipts("
    "  receipt_number INTEGER PRIMARY KEY,"
    "  period_id INTEGER NOT NULL REFERENCES periods,"
    "  sold_at_ms INTEGER NOT NULL,"
    "  cashier_id TEXT NOT NULL,"
    "  is_return INTEGER NOT NULL,"
    "  gross_minor INTEGER NOT NULL, net_minor INTEGER NOT NULL, tax_minor INTEGER NOT NULL);"
    "CREATE INDEX IF NOT EXISTS receipts_by_period ON receipts(period_id);"
    "CREATE TABLE IF NOT EXISTS lines("
    "  receipt_number INTEGER NOT NULL REFERENCES receipts, line_number INTEGER NOT NULL,"
    "  item_id TEXT NOT NULL, department_id TEXT NOT NULL, tax_id TEXT NOT NULL, rate INTEGER NOT NULL,"
    "  quantity INTEGER NOT NULL," /* thousandths; below zero on a return, as the money */
    "  unit_price_minor INTEGER NOT NULL,"
    "  full_minor INTEGER NOT NULL, discount_minor INTEGER NOT NULL," /* gross = full - discount */
    "  gross_minor INTEGER NOT NULL, net_minor INTEGER NOT NULL, tax_minor INTEGER NOT NULL,"
    "  PRIMARY KEY(receipt_number, line_number)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS payments("
    "  receipt_number INTEGER NOT NULL REFERENCES receipts, payment_number INTEGER NOT NULL,"
    "  tender_id TEXT NOT NULL, tender_type TEXT NOT NULL,"
    "  tendered_minor INTEGER NOT NULL, change_minor INTEGER NOT NULL,"
    "  in_minor INTEGER NOT NULL, out_minor INTEGER NOT NULL," /* the tender's turnover = in - out */
    "  PRIMARY KEY(receipt_number, payment_number)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS closed_reports("
    "  report_id INTEGER PRIMARY KEY,"
    "  series INTEGER NOT NULL,"
    "  z_number INTEGER NOT NULL,"
    "  register_id TEXT NOT NULL,"
    "  business_date TEXT NOT NULL,"
    "  closed_at_ms INTEGER NOT NULL,"
    "  currency TEXT NOT NULL,"
    "  grand_total_minor INTEGER NOT NULL,"      /* net, this report included */
    "  document BLOB NOT NULL,"                  /* the original bytes */
    "  handed_over INTEGER NOT NULL DEFAULT 0);" /* 1: the plugin said POS_OK; 2: refuses them */
    "CREATE INDEX IF NOT EXISTS closed_reports_by_number ON closed_reports(z_number, report_id);"
    "CREATE INDEX IF NOT EXISTS closed_reports_not_handed_over ON closed_reports(report_id) WHERE handed_over = 0;";

static bool database_make(struct database *db, const char *register_id, const char *catalogue, struct fault *fault)
{
    if (!database_begin(db, fault))
        return false;
    if (query_script(db->sqlite, fault, database_schema) && query_script(db->sqlite, fault, catalogue_schema) &&
        query_run(db->sqlite, fault, "INSERT INTO till VALUES(1, ?, ?, 1, 0, 0, 0, 0)", "is",
                  (int64_t)DATABASE_SCHEMA_VERSION, register_id != NULL ? register_id : "T1") &&
        catalogue_load(db, catalogue, fault))
        return database_commit(db, fault);
    database_roll_back(db);
    return false;
}

static bool database_read_register(struct database *db, const char *wanted, struct fault *fault)
{
    sqlite3_stmt *statement = query_open(db->sqlite, fault, "SELECT register_id FROM till", "");
    if (statement == NULL)
        return false;
    int state = query_next(statement, fault);
    if (state == 1)
        (void)snprintf(db->register_id, sizeof db->register_id, "%s", (const char *)sqlite3_column_text(statement, 0));
    (void)sqlite3_finalize(statement);
    if (state == 0)
        return fault_set(fault, "the till's database has no row in its table \"till\": it is not a till's");
    if (state == 1 && wanted != NULL && strcmp(wanted, db->register_id) != 0)
        return fault_set(fault, "this data folder belongs to register \"%s\", not \"%s\": use another --data",
                         db->register_id, wanted);
    return state == 1;
}

static bool database_check_version(struct database *db, struct fault *fault)
{
    int64_t version;
    if (!query_int(db->sqlite, fault, &version, 0, "SELECT schema_version FROM till", ""))
        return false;
    if (version == DATABASE_SCHEMA_VERSION)
        return true;
    return fault_set(fault, "this data folder was made by another version of the program: use another --data");
}

static bool database_prepare(struct database *db, const char *register_id, const char *catalogue, struct fault *fault)
{
    int64_t is_there = 0;
    if (!query_script(db->sqlite, fault, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"))
        return false;
    if (!query_int(db->sqlite, fault, &is_there, 0, "SELECT count(*) FROM sqlite_schema WHERE name = 'till'", ""))
        return false;
    if (is_there == 0 && !database_make(db, register_id, catalogue, fault))
        return false;
    return database_check_version(db, fault) && database_read_register(db, register_id, fault) &&
           catalogue_read_currency(db, fault);
}

/* Two tills on one folder would give the same numbers twice. */
static bool database_lock(struct database *db, const char *directory, struct fault *fault)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/till.lock", directory) >= (int)sizeof path)
        return fault_set(fault, "the name of the data folder is too long");
    db->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (db->lock_fd < 0)
        return fault_set(fault, "cannot open %s: %s", path, strerror(errno));
    if (flock(db->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return true;
    (void)fault_set(fault, "another till is running on %s (%s): stop it, or use another --data", directory,
                    strerror(errno));
    database_close(db);
    return false;
}

bool database_open(struct database *db, const char *directory, const char *register_id, const char *catalogue,
                   struct fault *fault)
{
    char path[4096];
    memset(db, 0, sizeof *db);
    db->lock_fd = -1;
    if (register_id != NULL && (register_id[0] == '\0' || strlen(register_id) >= DATABASE_REGISTER_BYTES))
        return fault_set(fault, "a register's name has 1 to %d bytes", DATABASE_REGISTER_BYTES - 1);
    if (snprintf(path, sizeof path, "%s/till.db", directory) >= (int)sizeof path)
        return fault_set(fault, "the name of the data folder is too long");
    if (!database_lock(db, directory, fault))
        return false;
    /* One thread at a time uses it, so it needs no lock of its own. */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &db->sqlite, flags, NULL) != SQLITE_OK) {
        (void)fault_set(fault, "cannot open %s: %s", path,
                        db->sqlite != NULL ? sqlite3_errmsg(db->sqlite) : "out of memory");
        database_close(db);
        return false;
    }
    (void)sqlite3_busy_timeout(db->sqlite, 2000); /* a script may be reading the tables just now */
    if (database_prepare(db, register_id, catalogue, fault))
        return true;
    (void)fault_prefix(fault, "%s: ", path);
    database_close(db);
    return false;
}

void database_close(struct database *db)
{
    (void)sqlite3_finalize(db->get_catalogue);
    db->get_catalogue = NULL;
    if (db->sqlite != NULL && sqlite3_close(db->sqlite) != SQLITE_OK)
        (void)fprintf(stderr, "the till's database did not close: %s\n", sqlite3_errmsg(db->sqlite));
    db->sqlite = NULL;
    if (db->lock_fd >= 0)
        (void)close(db->lock_fd); /* which gives the lock back */
    db->lock_fd = -1;
}

bool database_set_durable(struct database *db, bool durable, struct fault *fault)
{
    return query_script(db->sqlite, fault, durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
}

bool database_begin(struct database *db, struct fault *fault)
{
    return query_script(db->sqlite, fault, "BEGIN IMMEDIATE");
}

bool database_commit(struct database *db, struct fault *fault)
{
    if (query_script(db->sqlite, fault, "COMMIT"))
        return true;
    database_roll_back(db);
    return false;
}

void database_roll_back(struct database *db)
{
    struct fault ignored; /* SQLite may have rolled back by itself already; either way it is undone */
    if (sqlite3_get_autocommit(db->sqlite) == 0)
        (void)query_script(db->sqlite, &ignored, "ROLLBACK");
}
