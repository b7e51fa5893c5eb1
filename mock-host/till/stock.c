/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads what can be sold. Of the items only the keys are kept: a hundred thousand of them are a few megabytes, and a
 * sale looks at nine.
 */
#include "stock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "money.h"
#include "query.h"

#define STOCK_IN_USE " AND coalesce(line ->> '$.status', '') <> 'inactive'"

/* Takes one row; false: no memory. */
typedef bool (*stock_taker)(struct stock *stock, sqlite3_stmt *row);

static bool stock_read(struct stock *stock, const char *from, const char *to, const char *sql, stock_taker take,
                       struct fault *fault)
{
    sqlite3_stmt *row = query_open(stock->db->sqlite, fault, sql, "ss", from, to);
    if (row == NULL)
        return false;
    int found;
    bool ok = true;
    while (ok && (found = query_next(row, fault)) != 0)
        ok = found == 1 && (take(stock, row) || fault_set(fault, "no memory for the catalogue"));
    (void)sqlite3_finalize(row);
    return ok;
}

static void stock_copy(sqlite3_stmt *row, int column, char *to, const char *otherwise)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    (void)snprintf(to, CATALOGUE_ID_BYTES, "%s", text != NULL ? text : otherwise);
}

/* Room for one more, at powers of two. */
static bool stock_grow(void **array, uint32_t count, size_t size_bytes)
{
    if ((count & (count - 1)) != 0)
        return true;
    void *grown = realloc(*array, (count == 0 ? 1 : (size_t)count * 2) * size_bytes);
    if (grown != NULL)
        *array = grown;
    return grown != NULL;
}

static bool stock_take_item(struct stock *stock, sqlite3_stmt *row)
{
    void *array = stock->item_keys;
    if (!stock_grow(&array, stock->item_count, sizeof *stock->item_keys))
        return false;
    stock->item_keys = array;
    stock->item_keys[stock->item_count] = strdup((const char *)sqlite3_column_text(row, 0));
    return stock->item_keys[stock->item_count] != NULL && ++stock->item_count > 0;
}

static bool stock_take_tender(struct stock *stock, sqlite3_stmt *row)
{
    void *array = stock->tenders;
    if (!stock_grow(&array, stock->tender_count, sizeof *stock->tenders))
        return false;
    stock->tenders = array;
    struct stock_tender *tender = &stock->tenders[stock->tender_count++];
    stock_copy(row, 0, tender->id, "");
    stock_copy(row, 1, tender->type, "other");
    return true;
}

static bool stock_take_cashier(struct stock *stock, sqlite3_stmt *row)
{
    void *array = stock->cashiers;
    if (!stock_grow(&array, stock->cashier_count, sizeof *stock->cashiers))
        return false;
    stock->cashiers = array;
    stock_copy(row, 0, stock->cashiers[stock->cashier_count++].id, "");
    return true;
}

static bool stock_take_level(struct stock *stock, sqlite3_stmt *row)
{
    if (stock->level_id[0] != '\0')
        return true; /* prices of the first level are what this till sells at */
    stock_copy(row, 0, stock->level_id, "");
    stock->tax_included = sqlite3_column_type(row, 1) == SQLITE_NULL || sqlite3_column_int(row, 1) != 0;
    return true;
}

static bool stock_read_all(struct stock *stock, struct fault *fault)
{
    return stock_read(stock, "7", "8",
                      "SELECT key FROM local_catalogue WHERE key >= ? AND key < ? AND instr(key, char(1)) = 0"
                      " ORDER BY key",
                      stock_take_item, fault) &&
           stock_read(stock, "2", "3",
                      "SELECT line ->> '$.payment_method_id', line ->> '$.type' FROM local_catalogue WHERE key >= ?"
                      " AND key < ?" STOCK_IN_USE " ORDER BY key",
                      stock_take_tender, fault) &&
           stock_read(stock, "6", "7",
                      "SELECT line ->> '$.user_id' FROM local_catalogue WHERE key >= ? AND key < ?" STOCK_IN_USE
                      " ORDER BY key",
                      stock_take_cashier, fault) &&
           stock_read(stock, "3", "4",
                      "SELECT line ->> '$.price_level_id', line ->> '$.tax_included' FROM local_catalogue WHERE"
                      " key >= ? AND key < ? ORDER BY key",
                      stock_take_level, fault);
}

bool stock_refresh(struct stock *stock, struct database *db, const char *date, struct fault *fault)
{
    int64_t generation;
    if (!query_int(db->sqlite, fault, &generation, 0, "SELECT generation FROM catalogue", ""))
        return false;
    if (generation != stock->generation) {
        stock_free(stock);
        stock->db = db;
        if (!stock_read_all(stock, fault)) {
            stock_free(stock);
            return false;
        }
        stock->generation = generation;
    } else if (strcmp(stock->date, date) != 0) {
        memset(stock->cache, 0, sizeof stock->cache);
    }
    (void)snprintf(stock->date, sizeof stock->date, "%s", date);
    return true;
}

/* The newest price that has begun and not ended. */
static bool stock_read_price(const struct stock *stock, const char *item_key, struct stock_item *item,
                             struct fault *fault)
{
    char from[CATALOGUE_END_BYTES], to[CATALOGUE_END_BYTES + CALENDAR_DATE_BYTES];
    int64_t price_minor;
    (void)snprintf(from, sizeof from, "%s\x01%s\x01", item_key, stock->level_id);
    (void)snprintf(to, sizeof to, "%s%s", from, stock->date);
    if (!query_int(stock->db->sqlite, fault, &price_minor, -1,
                   "SELECT line ->> '$.amount' FROM local_catalogue WHERE key > ? AND key <= ?"
                   " AND coalesce(line ->> '$.valid_to', '9999-12-31') >= ? ORDER BY key DESC LIMIT 1",
                   "sss", from, to, stock->date))
        return false;
    item->sellable = item->sellable && price_minor >= 0 && stock->level_id[0] != '\0';
    item->price_minor = stock->tax_included ? price_minor : money_share(price_minor, 10000 + item->rate, 10000);
    return true;
}

static bool stock_read_item(const struct stock *stock, const char *item_key, struct stock_item *item,
                            struct fault *fault)
{
    int64_t rate;
    char tax_key[CATALOGUE_KEY_BYTES];
    memset(item, 0, sizeof *item);
    sqlite3_stmt *row = query_open(stock->db->sqlite, fault,
                                   "SELECT line ->> '$.item_id', line ->> '$.department_id', line ->> '$.tax_id',"
                                   " line ->> '$.unit', line ->> '$.status' FROM local_catalogue WHERE key = ?",
                                   "s", item_key);
    if (row == NULL)
        return false;
    int found = query_next(row, fault);
    if (found == 1) {
        char unit[CATALOGUE_ID_BYTES], status[CATALOGUE_ID_BYTES];
        stock_copy(row, 0, item->id, "");
        stock_copy(row, 1, item->department_id, "NONE");
        stock_copy(row, 2, item->tax_id, "NONE");
        stock_copy(row, 3, unit, "");
        stock_copy(row, 4, status, "active");
        item->weighed = strcmp(unit, "kg") == 0;
        item->sellable = strcmp(status, "inactive") != 0;
    }
    (void)sqlite3_finalize(row);
    (void)snprintf(tax_key, sizeof tax_key, "%c%s", CATALOGUE_TAX, item->tax_id);
    if (found < 0 || !query_int(stock->db->sqlite, fault, &rate, 0,
                                "SELECT line ->> '$.rate' FROM local_catalogue WHERE key = ?", "s", tax_key))
        return false;
    item->rate = (int32_t)rate;
    return stock_read_price(stock, item_key, item, fault);
}

bool stock_pick(struct stock *stock, uint32_t place, struct stock_item *item, struct fault *fault)
{
    for (uint32_t tried = 0; tried < stock->item_count; tried++) {
        uint32_t at = (uint32_t)(((uint64_t)place + tried) % stock->item_count);
        if (stock->cache[at % STOCK_CACHE_ITEMS].place != at + 1) {
            if (!stock_read_item(stock, stock->item_keys[at], &stock->cache[at % STOCK_CACHE_ITEMS].item, fault)) {
                stock->cache[at % STOCK_CACHE_ITEMS].place = 0;
                return false;
            }
            stock->cache[at % STOCK_CACHE_ITEMS].place = at + 1;
        }
        *item = stock->cache[at % STOCK_CACHE_ITEMS].item;
        if (item->sellable)
            return true;
    }
    return fault_set(fault, "nothing can be sold: no item has a price of the first price level in force");
}

const struct stock_tender *stock_find_tender(const struct stock *stock, const char *type)
{
    for (uint32_t i = 0; i < stock->tender_count; i++) {
        if (strcmp(stock->tenders[i].type, type) == 0)
            return &stock->tenders[i];
    }
    return NULL;
}

void stock_free(struct stock *stock)
{
    for (uint32_t i = 0; i < stock->item_count; i++)
        free(stock->item_keys[i]);
    free(stock->item_keys);
    free(stock->tenders);
    free(stock->cashiers);
    memset(stock, 0, sizeof *stock);
}
