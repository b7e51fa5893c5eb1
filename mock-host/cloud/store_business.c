/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Companies and their stores, always as seen by a user: every query goes through `members`.
 */
#include "store_business.h"
#include "store_keys.h"

#include <stdio.h>
#include <string.h>

#define COMPANY_COLUMNS "c.company_id, c.name, c.tax_id, c.country, c.currency"
#define SHOP_COLUMNS    "s.store_id, s.company_id, s.name, s.address, s.time_zone, c.currency"

static void read_company(sqlite3_stmt *statement, int first, store_company *out)
{
    db_text(statement, first, out->company_id, sizeof out->company_id);
    db_text(statement, first + 1, out->name, sizeof out->name);
    db_text(statement, first + 2, out->tax_id, sizeof out->tax_id);
    db_text(statement, first + 3, out->country, sizeof out->country);
    db_text(statement, first + 4, out->currency, sizeof out->currency);
}

static void read_shop(sqlite3_stmt *statement, store_shop *out)
{
    db_text(statement, 0, out->store_id, sizeof out->store_id);
    db_text(statement, 1, out->company_id, sizeof out->company_id);
    db_text(statement, 2, out->name, sizeof out->name);
    db_text(statement, 3, out->address, sizeof out->address);
    db_text(statement, 4, out->time_zone, sizeof out->time_zone);
    db_text(statement, 5, out->currency, sizeof out->currency);
}

store_status business_find_company(db *connection, const char *user_id, const char *company_id, store_company *out)
{
    sqlite3_stmt *statement = db_query(connection,
                                       "SELECT " COMPANY_COLUMNS " FROM companies c JOIN members m USING (company_id)"
                                       " WHERE m.user_id = ? AND c.company_id = ?",
                                       "tt", user_id, company_id);
    store_status status = db_step(connection, statement);
    if (status == STORE_OK)
        read_company(statement, 0, out);
    db_done(statement);
    return status;
}

store_status business_find_shop(db *connection, const char *user_id, const char *store_id, store_shop *shop,
                                store_company *company)
{
    bool closed = false;
    sqlite3_stmt *statement = db_query(connection,
                                       "SELECT " SHOP_COLUMNS ", " COMPANY_COLUMNS ", s.closed_at_ms FROM stores s"
                                       " JOIN companies c USING (company_id) JOIN members m USING (company_id)"
                                       " WHERE m.user_id = ? AND s.store_id = ?",
                                       "tt", user_id, store_id);
    store_status status = db_step(connection, statement);
    if (status == STORE_OK) {
        read_shop(statement, shop);
        read_company(statement, 6, company);
        closed = sqlite3_column_type(statement, 11) != SQLITE_NULL;
    }
    db_done(statement);
    return status == STORE_OK && closed ? STORE_CLOSED : status;
}

/* The next row of a page. One more is asked for than the page has, to know whether there is another page. */
static store_status next_row(db *reader, sqlite3_stmt *statement, int64_t *left, bool *more)
{
    store_status status = db_step(reader, statement);
    if (status == STORE_OK && (*left)-- == 0) {
        *more = true;
        return STORE_NOT_FOUND;
    }
    return status;
}

/* A page starts behind the row whose id is `after`; the caller must be allowed to see that, too. */
static store_status check_after(db *reader, const char *sql, const char *tenant, const char *after)
{
    int64_t found = 0;
    if (!after)
        return STORE_OK;
    store_status status = db_get_int(reader, &found, sql, "tt", tenant, after);
    return status == STORE_NOT_FOUND ? STORE_NOT_LISTED : status;
}

store_status store_company_list(store *self, const char *user_id, const store_page *page, store_company_visitor visitor,
                                void *context, bool *more)
{
    store_company company;
    *more = false;
    db *reader = db_lock_reader(self);
    store_status status =
        check_after(reader, "SELECT 1 FROM members WHERE user_id = ? AND company_id = ?", user_id, page->after);
    if (status == STORE_OK) {
        sqlite3_stmt *statement =
            db_query(reader,
                     "SELECT " COMPANY_COLUMNS " FROM companies c JOIN members m USING (company_id)"
                     " WHERE m.user_id = ?1 AND (?2 IS NULL OR instr(lower(c.name), lower(?2)) > 0)"
                     " AND (?3 IS NULL OR (lower(c.name), c.company_id) >"
                     " (SELECT lower(a.name), a.company_id FROM companies a WHERE a.company_id = ?3))"
                     " ORDER BY lower(c.name), c.company_id LIMIT ?4",
                     "ttti", user_id, page->query, page->after, page->limit + 1);
        int64_t left = page->limit;
        while ((status = next_row(reader, statement, &left, more)) == STORE_OK) {
            read_company(statement, 0, &company);
            visitor(context, &company);
        }
        db_done(statement);
        if (status == STORE_NOT_FOUND)
            status = STORE_OK;
    }
    db_unlock_reader(reader);
    return status;
}

store_status store_shop_list(store *self, const char *user_id, const char *company_id, const store_page *page,
                             store_shop_visitor visitor, void *context, bool *more)
{
    store_company company;
    store_shop shop;
    *more = false;
    db *reader = db_lock_reader(self);
    store_status status = business_find_company(reader, user_id, company_id, &company);
    if (status == STORE_OK)
        status =
            check_after(reader, "SELECT 1 FROM stores WHERE company_id = ? AND store_id = ?", company_id, page->after);
    if (status == STORE_OK) {
        sqlite3_stmt *statement = db_query(reader,
                                           "SELECT " SHOP_COLUMNS " FROM stores s JOIN companies c USING (company_id)"
                                           " WHERE s.company_id = ?1 AND s.closed_at_ms IS NULL"
                                           " AND (?2 IS NULL OR instr(lower(s.name), lower(?2)) > 0)"
                                           " AND (?3 IS NULL OR (lower(s.name), s.store_id) >"
                                           " (SELECT lower(a.name), a.store_id FROM stores a WHERE a.store_id = ?3))"
                                           " ORDER BY lower(s.name), s.store_id LIMIT ?4",
                                           "ttti", company_id, page->query, page->after, page->limit + 1);
        int64_t left = page->limit;
        while ((status = next_row(reader, statement, &left, more)) == STORE_OK) {
            read_shop(statement, &shop);
            visitor(context, &shop);
        }
        db_done(statement);
        if (status == STORE_NOT_FOUND)
            status = STORE_OK;
    }
    db_unlock_reader(reader);
    return status;
}

static const char *null_if_empty(const char *text)
{
    return text[0] ? text : NULL;
}

static store_status insert_company(db *writer, const char *user_id, const store_company *company, int64_t now_ms)
{
    store_status status = db_exec(writer,
                                  "INSERT INTO companies (company_id, name, tax_id, country, currency, created_by,"
                                  " created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
                                  "tttttti", company->company_id, company->name, null_if_empty(company->tax_id),
                                  company->country, company->currency, user_id, now_ms);
    if (status == STORE_OK)
        status = db_exec(writer, "INSERT INTO members (user_id, company_id, role) VALUES (?, ?, 'owner')", "tt",
                         user_id, company->company_id);
    return status;
}

store_status store_company_create(store *self, const char *user_id, store_company *company, const store_key *key,
                                  int64_t now_ms)
{
    db *writer;
    char scope[96];
    snprintf(scope, sizeof scope, "company/%s", user_id);
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = store_key_find(writer, scope, key, company->company_id);
    if (status == STORE_OK)
        return db_end(writer, business_find_company(writer, user_id, company->company_id, company));
    if (status == STORE_NOT_FOUND) {
        ident_make_id("cmp_", company->company_id);
        status = insert_company(writer, user_id, company, now_ms);
        if (status == STORE_OK)
            status = store_key_put(writer, scope, key, company->company_id, now_ms);
    }
    return db_end(writer, status);
}

static store_status insert_shop(db *writer, store_shop *shop, const store_company *company, int64_t now_ms)
{
    ident_make_id("sto_", shop->store_id);
    memcpy(shop->company_id, company->company_id, sizeof shop->company_id);
    memcpy(shop->currency, company->currency, sizeof shop->currency);
    return db_exec(writer,
                   "INSERT INTO stores (store_id, company_id, name, address, time_zone, created_at_ms)"
                   " VALUES (?, ?, ?, ?, ?, ?)",
                   "ttttti", shop->store_id, shop->company_id, shop->name, null_if_empty(shop->address),
                   shop->time_zone, now_ms);
}

store_status store_shop_create(store *self, const char *user_id, const char *company_id, store_shop *shop,
                               const store_key *key, int64_t now_ms)
{
    db *writer;
    store_company company;
    char scope[160];
    snprintf(scope, sizeof scope, "store/%s/%s", user_id, company_id);
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = business_find_company(writer, user_id, company_id, &company);
    if (status != STORE_OK)
        return db_end(writer, status);
    status = store_key_find(writer, scope, key, shop->store_id);
    if (status == STORE_OK) {
        status = business_find_shop(writer, user_id, shop->store_id, shop, &company);
        return db_end(writer, status == STORE_CLOSED ? STORE_OK : status);
    }
    if (status == STORE_NOT_FOUND) {
        status = insert_shop(writer, shop, &company, now_ms);
        if (status == STORE_OK)
            status = store_key_put(writer, scope, key, shop->store_id, now_ms);
    }
    return db_end(writer, status);
}

store_status store_shop_close(store *self, const char *store_id, bool closed, int64_t now_ms)
{
    db *writer;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = db_exec(writer, "UPDATE stores SET closed_at_ms = CASE WHEN ? THEN ? END WHERE store_id = ?", "iit",
                     (int64_t)closed, now_ms, store_id);
    if (status == STORE_OK && sqlite3_changes(writer->handle) == 0)
        status = STORE_NOT_FOUND;
    return db_end(writer, status);
}
