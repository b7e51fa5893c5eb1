/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading configuration data: what there is, and its lines a page at a time. A page is a walk along the primary key from
 * where the page before ended, whatever the size; of changes, along the items that changed.
 */
#include "store_catalogue_db.h"

#include <cjson/cJSON.h>
#include <string.h>

typedef struct reading {
    db *reader;
    catalogue_row row;
    catalogue_page *page;
    catalogue_visitor visitor;
    void *context;
    int64_t taken;
    size_t bytes;
} reading;

store_status catalogue_find(db *connection, const char *store_id, catalogue_row *out)
{
    memset(out, 0, sizeof *out);
    sqlite3_stmt *statement =
        db_query(connection, "SELECT catalogue_no, revision, upload_no, known_since FROM catalogues WHERE store_id = ?",
                 "t", store_id);
    store_status status = db_step(connection, statement);
    if (status == STORE_OK)
        *out = (catalogue_row){sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1),
                               sqlite3_column_int64(statement, 2), sqlite3_column_int64(statement, 3)};
    db_done(statement);
    return status == STORE_NOT_FOUND ? STORE_OK : status;
}

store_status catalogue_load_info(db *connection, const catalogue_row *row, int64_t revision, catalogue_info *out)
{
    memset(out, 0, sizeof *out);
    if (revision == 0)
        return STORE_OK;
    sqlite3_stmt *statement =
        db_query(connection,
                 "SELECT changed_at_ms, currency, taxes, payment_methods, price_levels, departments, groups, users,"
                 " items, prices FROM catalogue_revisions WHERE catalogue_no = ? AND revision = ?",
                 "ii", row->catalogue_no, revision);
    store_status status = db_step(connection, statement);
    if (status == STORE_OK) {
        out->revision = revision;
        out->changed_at_ms = sqlite3_column_int64(statement, 0);
        db_text(statement, 1, out->currency, sizeof out->currency);
        out->counts[CATALOGUE_HEAD] = 1;
        out->lines = 1;
        for (int kind = CATALOGUE_TAX; kind < CATALOGUE_KINDS; kind++) {
            out->counts[kind] = sqlite3_column_int64(statement, kind);
            out->lines += out->counts[kind];
        }
    }
    db_done(statement);
    return status == STORE_NOT_FOUND ? STORE_FAILED : status;
}

size_t catalogue_read_key(sqlite3_stmt *statement, int column, char out[CATALOGUE_KEY_SIZE])
{
    const void *bytes = sqlite3_column_blob(statement, column);
    size_t length = (size_t)sqlite3_column_bytes(statement, column);
    if (!bytes || length >= CATALOGUE_KEY_SIZE)
        length = 0;
    if (length > 0)
        memcpy(out, bytes, length);
    out[length] = 0;
    return length;
}

/* Several statements on one state of the database. */
static db *begin_reading(store *self, store_status *status)
{
    db *reader = db_lock_reader(self);
    *status = db_exec(reader, "BEGIN", "");
    return reader;
}

static store_status end_reading(db *reader, store_status status)
{
    if (!sqlite3_get_autocommit(reader->handle))
        db_exec(reader, "COMMIT", "");
    db_unlock_reader(reader);
    return status;
}

store_status store_catalogue_info(store *self, const char *store_id, catalogue_info *out)
{
    catalogue_row row;
    store_status status;
    db *reader = begin_reading(self, &status);
    if (status == STORE_OK)
        status = catalogue_find(reader, store_id, &row);
    if (status == STORE_OK)
        status = catalogue_load_info(reader, &row, row.revision, out);
    return end_reading(reader, status);
}

/* False: the page is full, and this is for the next one. */
static bool offer(reading *self, const char *key, size_t key_bytes, const char *line, size_t line_bytes)
{
    if (self->taken == self->page->limit || self->bytes + line_bytes + 1 > self->page->bytes_max) {
        self->page->more = true;
        return false;
    }
    self->taken++;
    self->bytes += line_bytes + 1;
    self->visitor(self->context, key, key_bytes, line, line_bytes);
    return true;
}

/* Lines with from <= key < below. STORE_OK at their end or when the page is full. */
static store_status read_range(reading *self, const char *from, size_t from_bytes, const char *below,
                               size_t below_bytes)
{
    store_status status;
    sqlite3_stmt *statement = db_query(self->reader,
                                       "SELECT key, line FROM catalogue_lines WHERE upload_no = ? AND key >= ?"
                                       " AND key < ? ORDER BY key",
                                       "ibb", self->row.upload_no, from, from_bytes, below, below_bytes);
    while ((status = db_step(self->reader, statement)) == STORE_OK) {
        const char *key = sqlite3_column_blob(statement, 0);
        const char *line = sqlite3_column_blob(statement, 1);
        if (!key || !line)
            status = STORE_FAILED;
        if (!key || !line ||
            !offer(self, key, (size_t)sqlite3_column_bytes(statement, 0), line,
                   (size_t)sqlite3_column_bytes(statement, 1)))
            break;
    }
    db_done(statement);
    return status == STORE_NOT_FOUND ? STORE_OK : status;
}

static store_status offer_removed(reading *self, const char *key, size_t key_bytes)
{
    store_status status = STORE_BUSY;
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "kind", "removed");
    cJSON_AddStringToObject(object, "item_id", key + 1);
    char *line = cJSON_PrintUnformatted(object);
    if (line) {
        offer(self, key, key_bytes, line, strlen(line));
        status = STORE_OK;
    }
    cJSON_free(line);
    cJSON_Delete(object);
    return status;
}

/* An item that changed, with all its prices, or that it is gone; from `start` on. */
static store_status read_item(reading *self, const char *key, size_t key_bytes, bool gone, const char *start,
                              size_t start_bytes)
{
    char below[CATALOGUE_KEY_SIZE + 1];
    size_t common = key_bytes < start_bytes ? key_bytes : start_bytes;
    int order = memcmp(key, start, common);
    bool from_start = order < 0 || (order == 0 && key_bytes < start_bytes);
    if (gone)
        return from_start ? STORE_OK : offer_removed(self, key, key_bytes);
    memcpy(below, key, key_bytes);
    below[key_bytes] = 2; /* behind the 0x01 of its prices */
    return read_range(self, from_start ? start : key, from_start ? start_bytes : key_bytes, below, key_bytes + 1);
}

static store_status read_changes(reading *self, const char *start, size_t start_bytes)
{
    char key[CATALOGUE_KEY_SIZE];
    store_status status = STORE_OK;
    if (start_bytes == 0 || start[0] < '7')
        status = read_range(self, start, start_bytes, "7", 1);
    if (status != STORE_OK || self->page->more)
        return status;
    const char *from = start_bytes > 0 && start[0] >= '7' ? start : "7";
    size_t from_bytes = from == start ? start_bytes : 1;
    /* The position may be among the prices of an item, or right behind it (see store_catalogue_read). */
    size_t item_bytes = catalogue_item_part(from, from_bytes);
    if (item_bytes == from_bytes && from[from_bytes - 1] == 0)
        item_bytes--;
    sqlite3_stmt *statement = db_query(self->reader,
                                       "SELECT key, gone FROM catalogue_items WHERE catalogue_no = ? AND key >= ?"
                                       " AND changed > ? ORDER BY key",
                                       "ibi", self->row.catalogue_no, from, item_bytes, self->page->since);
    while ((status = db_step(self->reader, statement)) == STORE_OK) {
        size_t key_bytes = catalogue_read_key(statement, 0, key);
        status = read_item(self, key, key_bytes, sqlite3_column_int(statement, 1) != 0, from, from_bytes);
        if (status != STORE_OK || self->page->more)
            break;
    }
    db_done(statement);
    return status == STORE_NOT_FOUND ? STORE_OK : status;
}

static store_status read_page(reading *self)
{
    char start[CATALOGUE_KEY_SIZE + 1];
    catalogue_page *page = self->page;
    size_t start_bytes = strlen(page->after);
    if (self->row.revision != page->revision || page->revision == 0)
        return STORE_GONE;
    if (page->since < self->row.known_since || page->since > self->row.revision)
        page->since = 0;
    /* The next key behind any other is that with a zero byte behind it. */
    memcpy(start, page->after, start_bytes + 1);
    start_bytes += start_bytes > 0;
    return page->since ? read_changes(self, start, start_bytes) : read_range(self, start, start_bytes, "8", 1);
}

store_status store_catalogue_read(store *self, catalogue_page *page, catalogue_visitor visitor, void *context)
{
    reading one = {.page = page, .visitor = visitor, .context = context};
    store_status status;
    page->more = false;
    one.reader = begin_reading(self, &status);
    if (status == STORE_OK)
        status = catalogue_find(one.reader, page->store_id, &one.row);
    if (status == STORE_OK)
        status = read_page(&one);
    return end_reading(one.reader, status);
}
