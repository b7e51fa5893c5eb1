/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_check.c - the checker: what the shops closed, written into a table of its own, against the cloud's database
 * file, by SQL of its own. What the cloud does not have must be on the till's screen.
 */
#include "sim/sim_disk.h"
#include "sim/sim_verdict.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static const char tables_sql[] =
    "PRAGMA temp_store=MEMORY;"
    "CREATE TEMP TABLE closes (id INTEGER PRIMARY KEY, till INTEGER, company TEXT, register TEXT, number INTEGER,"
    " date TEXT, gross INTEGER, net INTEGER, tax INTEGER, grand INTEGER, stores INTEGER, honest INTEGER, good INTEGER,"
    " calm INTEGER, clean INTEGER);"
    "CREATE TEMP TABLE bytes (sha TEXT PRIMARY KEY, id INTEGER, original INTEGER) WITHOUT ROWID;"
    "CREATE TEMP TABLE decided (receipt TEXT PRIMARY KEY, counted INTEGER, sure INTEGER) WITHOUT ROWID;"
    "CREATE TEMP TABLE shops (store TEXT PRIMARY KEY, company TEXT, bit INTEGER) WITHOUT ROWID;";

/* Each finds what must not be: till, Z number, words. */
static const struct {
    const char *rule, *sql;
} rules[] = {
    {"a report in the cloud that nobody closed",
     "SELECT -1, r.z_number, r.sha256 FROM reports r LEFT JOIN bytes b ON b.sha = r.sha256"
     " WHERE r.kind = 'Z' AND b.id IS NULL"},
    {"a close counts more than once",
     "SELECT c.till, c.number, COUNT(*) FROM reports r JOIN bytes b ON b.sha = r.sha256 JOIN closes c ON c.id = b.id"
     " WHERE r.kind = 'Z' AND r.counted = 1 GROUP BY c.id HAVING COUNT(*) > 1"},
    {"a key counts more than once", "SELECT -1, z_number, COUNT(*) FROM reports WHERE counted = 1"
                                    " GROUP BY company_id, till_id, register_id, epoch, kind, z_number, x_sequence"
                                    " HAVING COUNT(*) > 1 AND SUM(decided_at_ms IS NULL) > 0"},
    {"head office decided otherwise",
     "SELECT -1, r.z_number, d.receipt FROM decided d LEFT JOIN reports r ON r.receipt_id = d.receipt"
     " WHERE d.sure = 1 AND r.counted IS NOT d.counted"},
    {"a decision that head office did not make",
     "SELECT -1, r.z_number, r.receipt_id FROM reports r LEFT JOIN decided d ON d.receipt = r.receipt_id"
     " WHERE r.decided_at_ms IS NOT NULL AND d.receipt IS NULL"},
    {"a report is in the cloud with other figures than it was closed with",
     "SELECT c.till, c.number, r.gross_minor FROM reports r JOIN bytes b ON b.sha = r.sha256"
     " JOIN closes c ON c.id = b.id WHERE r.kind = 'Z' AND (r.gross_minor <> c.gross OR r.net_minor <> c.net"
     " OR r.tax_minor <> c.tax OR r.grand_total_minor <> c.grand OR r.business_date <> c.date"
     " OR r.z_number <> c.number OR r.register_id <> c.register)"},
    {"a report is in another company",
     "SELECT c.till, c.number, r.company_id FROM reports r JOIN bytes b ON b.sha = r.sha256"
     " JOIN closes c ON c.id = b.id WHERE r.company_id <> c.company"},
    {"a row of one company is in a store of another",
     "SELECT -1, r.z_number, r.store_id FROM reports r LEFT JOIN shops s ON s.store = r.store_id"
     " WHERE s.company IS NOT r.company_id"},
    {"a report was counted in a store that its till was not in",
     "SELECT c.till, c.number, s.store FROM reports r JOIN bytes b ON b.sha = r.sha256 JOIN closes c ON c.id = b.id"
     " JOIN shops s ON s.store = r.store_id WHERE r.kind = 'Z' AND r.counted = 1 AND (c.stores & s.bit) = 0"},
    {"a close of a till that was not cloned is in conflict",
     "SELECT c.till, c.number, r.standing FROM reports r JOIN bytes b ON b.sha = r.sha256 JOIN closes c ON c.id = b.id"
     " WHERE c.calm = 1 AND r.kind = 'Z' AND r.standing = 'conflict'"},
    {"an honest till has a second epoch",
     "SELECT c.till, c.number, r.epoch FROM reports r JOIN bytes b ON b.sha = r.sha256 JOIN closes c ON c.id = b.id"
     " WHERE c.honest = 1 AND r.kind = 'Z' AND r.epoch > 0"},
    {"a document that is no report was taken",
     "SELECT c.till, c.number, r.sha256 FROM reports r JOIN bytes b ON b.sha = r.sha256 JOIN closes c ON c.id = b.id"
     " WHERE c.good = 0"},
    {"the cloud's continuity check flags an honest till",
     "SELECT c.till, c.number, 'missing ' || v.missing || ', break ' || v.break_minor FROM continuity v"
     " JOIN reports r ON r.company_id = v.company_id AND r.till_id = v.till_id AND r.register_id = v.register_id"
     "  AND r.epoch = v.epoch AND r.z_number = v.z_number AND r.kind = 'Z' AND r.counted = 1"
     " JOIN bytes b ON b.sha = r.sha256 JOIN closes c ON c.id = b.id"
     " WHERE c.clean = 1 AND (v.missing <> 0 OR v.break_minor <> 0)"},
    {"the cloud warns of a good report",
     "SELECT c.till, c.number, r.warning FROM reports r JOIN bytes b ON b.sha = r.sha256 JOIN closes c ON c.id = b.id"
     " WHERE c.good = 1 AND r.warning IS NOT NULL"},
    {"an X is in conflict", "SELECT -1, z_number, standing FROM reports WHERE kind = 'X' AND standing <> 'first'"},
    {"the figures of a store and day are not the sum of its closes",
     "SELECT -1, f.n, f.store_id || ' ' || f.business_date FROM (SELECT store_id, business_date, SUM(gross_minor) g,"
     "  SUM(net_minor) n, SUM(tax_minor) t FROM counted_z GROUP BY 1, 2) f"
     " LEFT JOIN (SELECT r.store_id, c.date, SUM(c.gross) g, SUM(c.net) n, SUM(c.tax) t FROM closes c"
     "  JOIN bytes b ON b.id = c.id JOIN reports r ON r.sha256 = b.sha AND r.counted = 1 AND r.kind = 'Z'"
     "  GROUP BY 1, 2) m ON m.store_id = f.store_id AND m.date = f.business_date"
     " WHERE m.g IS NOT f.g OR m.n IS NOT f.n OR m.t IS NOT f.t"},
};

/* ---- the model's side ---- */

static sqlite3_stmt *prepare(sim *s, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        sim_fail(s, SIM_LOG_WORLD, "the checker: %s in %s", sqlite3_errmsg(db), sql);
    return statement;
}

static void put(sim *s, sqlite3_stmt *statement)
{
    if (sqlite3_step(statement) != SQLITE_DONE)
        sim_fail(s, SIM_LOG_WORLD, "the checker: %s", sqlite3_errmsg(sqlite3_db_handle(statement)));
    sqlite3_reset(statement);
}

static void put_bytes(sim *s, sqlite3_stmt *statement, const uint8_t sha[32], int64_t id, int original)
{
    char hex[65];
    sodium_bin2hex(hex, sizeof hex, sha, 32);
    sqlite3_bind_text(statement, 1, hex, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int64(statement, 2, id);
    sqlite3_bind_int(statement, 3, original);
    put(s, statement);
}

/* Everything has arrived, and nothing happened that excuses a gap in the numbers just before that close. */
static bool is_clean(const sim *s, const sim_till *t, uint32_t close)
{
    bool alone = close > 0 && t->shop.closes[close - 1].document != DOCUMENT_GOOD;
    return s->settled && t->honest && !t->exposed && !t->rotten && !t->cloned && !t->narrow && !alone;
}

static void put_close(sim *s, sqlite3_stmt *statement, const sim_till *t, const sim_close *z, int64_t id)
{
    const int64_t values[] = {z->gross,
                              z->net,
                              z->tax,
                              z->grand,
                              z->stores,
                              t->honest,
                              z->document == DOCUMENT_GOOD,
                              !sim_till_may_conflict(t, z),
                              is_clean(s, t, (uint32_t)id)};
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int(statement, 2, t->index);
    sqlite3_bind_text(statement, 3, s->companies[t->company].company_id, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 4, t->register_id, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 5, z->number);
    sqlite3_bind_text(statement, 6, z->date, -1, SQLITE_STATIC);
    for (int i = 0; i < 9; i++)
        sqlite3_bind_int64(statement, 7 + i, values[i]);
    put(s, statement);
}

static void fill(sim *s, sqlite3 *db)
{
    sqlite3_stmt *close = prepare(s, db, "INSERT INTO closes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    sqlite3_stmt *bytes = prepare(s, db, "INSERT INTO bytes VALUES (?, ?, ?)");
    sqlite3_stmt *shop = prepare(s, db, "INSERT INTO shops VALUES (?, ?, ?)");
    sqlite3_stmt *decided = prepare(s, db, "INSERT OR REPLACE INTO decided VALUES (?, ?, ?)");
    for (int i = 0; i < s->till_count && !s->failed; i++) {
        const sim_till *t = s->tills[i];
        for (uint32_t k = 0; k < t->shop.count && !s->failed; k++) {
            const sim_close *z = &t->shop.closes[k];
            int64_t id = verdict_id(i, k);
            put_close(s, close, t, z, id);
            put_bytes(s, bytes, z->sha, id, 1);
            put_bytes(s, bytes, z->rebuilt_sha, id, 0);
        }
    }
    for (int i = 0; i < s->store_count && !s->failed; i++) {
        sqlite3_bind_text(shop, 1, s->stores[i].store_id, -1, SQLITE_STATIC);
        sqlite3_bind_text(shop, 2, s->companies[s->stores[i].company].company_id, -1, SQLITE_STATIC);
        sqlite3_bind_int64(shop, 3, 1LL << i);
        put(s, shop);
    }
    for (uint32_t i = 0; i < s->decision_count && !s->failed; i++) {
        sqlite3_bind_text(decided, 1, s->decisions[i].side.receipt_id, -1, SQLITE_STATIC);
        sqlite3_bind_int(decided, 2, s->decisions[i].side.counted);
        sqlite3_bind_int(decided, 3, s->decisions[i].sure);
        put(s, decided);
    }
    sqlite3_finalize(decided);
    sqlite3_finalize(close);
    sqlite3_finalize(bytes);
    sqlite3_finalize(shop);
}

/* ---- against the cloud's ---- */

/* A till is one till to the cloud, as long as it can remember which. */
static void check_identities(sim *s, sqlite3 *db)
{
    sqlite3_stmt *row =
        prepare(s, db, "SELECT device_name, COUNT(DISTINCT till_id) FROM tills GROUP BY company_id, device_name");
    while (row && !s->failed && sqlite3_step(row) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(row, 0);
        uint32_t allowed = 0;
        int till = -1;
        for (int i = s->till_count; i-- > 0;) {
            if (strcmp(s->tills[i]->counter, name) != 0)
                continue;
            allowed += s->tills[i]->identities;
            till = i;
        }
        if (sqlite3_column_int64(row, 1) > allowed)
            sim_fail(s, till, "%s is %d tills to the cloud, and had reason for %u", name, sqlite3_column_int(row, 1),
                     allowed);
    }
    sqlite3_finalize(row);
}

/* A store that an owner opened at a till is there once, however often it was asked for. */
static void check_stores(sim *s, sqlite3 *db)
{
    sqlite3_stmt *row = prepare(s, db, "SELECT name FROM stores GROUP BY company_id, name HAVING COUNT(*) > 1");
    while (row && !s->failed && sqlite3_step(row) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(row, 0), *by = strstr(name, "by ");
        int till = by ? atoi(by + 3) : -1;
        bool forgot = till >= 0 && till < s->till_count && (s->tills[till]->exposed || s->tills[till]->rotten);
        if (!forgot)
            sim_fail(s, till, "%s was made twice", name);
    }
    sqlite3_finalize(row);
}

static void apply_rules(sim *s, sqlite3 *db)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0] && !s->failed; i++) {
        sqlite3_stmt *found = prepare(s, db, rules[i].sql);
        if (found && sqlite3_step(found) == SQLITE_ROW) {
            s->figures.broken = rules[i].rule;
            sim_fail(s, sqlite3_column_int(found, 0), "%s: Z %lld of till %d (%s)", rules[i].rule,
                     (long long)sqlite3_column_int64(found, 1), sqlite3_column_int(found, 0),
                     (const char *)sqlite3_column_text(found, 2));
        }
        sqlite3_finalize(found);
    }
}

/* What is kept of a report is what was sent, to the byte. */
static void check_bytes(sim *s, sqlite3 *db)
{
    sqlite3_stmt *row = prepare(s, db, "SELECT z_number, sha256, document FROM reports");
    while (row && !s->failed && sqlite3_step(row) == SQLITE_ROW) {
        uint8_t sha[32];
        char hex[65];
        crypto_hash_sha256(sha, sqlite3_column_blob(row, 2), (unsigned long long)sqlite3_column_bytes(row, 2));
        sodium_bin2hex(hex, sizeof hex, sha, sizeof sha);
        if (strcmp(hex, (const char *)sqlite3_column_text(row, 1)) != 0)
            sim_fail(s, SIM_LOG_WORLD, "the bytes of a report are not those that were sent: Z %lld",
                     (long long)sqlite3_column_int64(row, 0));
    }
    sqlite3_finalize(row);
}

static void read_states(sim *s, sqlite3 *db, verdict_book *book)
{
    sqlite3_stmt *row = prepare(s, db,
                                "SELECT b.id, SUM(r.counted), SUM(r.standing = 'conflict' AND r.decided_at_ms IS NULL),"
                                " SUM(r.decided_at_ms IS NOT NULL) FROM reports r"
                                " JOIN bytes b ON b.sha = r.sha256 WHERE r.kind = 'Z' GROUP BY b.id");
    while (row && sqlite3_step(row) == SQLITE_ROW)
        verdict_note_cloud(book, sqlite3_column_int64(row, 0), sqlite3_column_int(row, 1) > 0,
                           sqlite3_column_int(row, 2) > 0, sqlite3_column_int(row, 3) > 0);
    sqlite3_finalize(row);
}

static bool read_cloud(sim *s, verdict_book *book)
{
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(SIM_DATABASE, &db, SQLITE_OPEN_READONLY, SIM_DISK_VFS);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, tables_sql, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        sim_fail(s, SIM_LOG_WORLD, "the checker cannot read the cloud's database: %s", sqlite3_errmsg(db));
    else {
        sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
        fill(s, db);
        apply_rules(s, db);
        check_stores(s, db);
        check_identities(s, db);
        if (s->settled)
            check_bytes(s, db);
        read_states(s, db, book);
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    sqlite3_close(db);
    return !s->failed;
}

void sim_check_note_decision(sim *s, const sim_side *side, bool sure)
{
    if (s->decision_count == s->decision_room) {
        s->decision_room = s->decision_room ? 2 * s->decision_room : 16;
        s->decisions = realloc(s->decisions, s->decision_room * sizeof *s->decisions);
        if (!s->decisions)
            abort();
    }
    s->decisions[s->decision_count++] = (sim_decision){*side, sure};
}

bool sim_check_is_there(sim *s, const uint8_t sha[32])
{
    sqlite3 *db = NULL;
    bool is_there = true;
    char hex[65];
    if (s->cloud_down || sim_disk_is_off())
        return true;
    sodium_bin2hex(hex, sizeof hex, sha, 32);
    if (sqlite3_open_v2(SIM_DATABASE, &db, SQLITE_OPEN_READONLY, SIM_DISK_VFS) == SQLITE_OK) {
        sqlite3_stmt *row = prepare(s, db, "SELECT 1 FROM reports WHERE sha256 = ?");
        sqlite3_bind_text(row, 1, hex, -1, SQLITE_STATIC);
        is_there = sqlite3_step(row) != SQLITE_DONE;
        sqlite3_finalize(row);
    }
    sqlite3_close(db);
    return is_there;
}

void sim_check_now(sim *s)
{
    verdict_book book;
    if (s->cloud_down || sim_disk_is_off() || s->failed)
        return;
    s->figures.audits++;
    verdict_open(s, &book);
    if (read_cloud(s, &book))
        verdict_audit(s, &book);
    verdict_close(&book);
}

void sim_check_end(sim *s)
{
    verdict_book book;
    s->settled = true;
    verdict_open(s, &book);
    if (read_cloud(s, &book))
        verdict_end(s, &book);
    verdict_close(&book);
}
