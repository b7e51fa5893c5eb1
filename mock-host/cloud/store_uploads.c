/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Uploads of configuration data up to their commit. Every page is one durable transaction, in which the lines of the
 * page and where the upload stands change together; what came with the last page is what lies behind `last_key`, so
 * that page may come again. Lines of uploads that are over are swept away a few with every page that comes, so that no
 * request pays for all of them.
 */
#include "store_catalogue_db.h"
#include "store_keys.h"

#include <stdio.h>
#include <string.h>

#define LIFE_MS     (7LL * 24 * 3600 * 1000)
#define SWEEP_LINES 2000

store_status upload_find(db *connection, const char *store_id, const char *upload_id, int64_t now_ms, upload_row *out)
{
    memset(out, 0, sizeof *out);
    sqlite3_stmt *statement =
        db_query(connection,
                 "SELECT upload_no, replaces, revision, last_lines, last_key, next_page, lines, expires_at_ms,"
                 " ended_at_ms FROM catalogue_uploads WHERE store_id = ? AND upload_id = ?",
                 "tt", store_id, upload_id);
    store_status status = db_step(connection, statement);
    if (status == STORE_OK) {
        out->upload_no = sqlite3_column_int64(statement, 0);
        out->replaces = sqlite3_column_int64(statement, 1);
        out->revision = sqlite3_column_int64(statement, 2);
        out->last_lines = sqlite3_column_int64(statement, 3);
        catalogue_read_key(statement, 4, out->last_key);
        out->upload.next_page = sqlite3_column_int64(statement, 5);
        out->upload.lines = sqlite3_column_int64(statement, 6);
        out->upload.expires_at_ms = sqlite3_column_int64(statement, 7);
        snprintf(out->upload.upload_id, sizeof out->upload.upload_id, "%s", upload_id);
        if (sqlite3_column_type(statement, 8) != SQLITE_NULL || out->upload.expires_at_ms <= now_ms)
            status = STORE_GONE;
    }
    db_done(statement);
    return status;
}

/* Removes some of the lines that nobody needs any more. *more: there were as many as one call removes. */
static store_status sweep(db *writer, int64_t now_ms, bool *more)
{
    int64_t upload_no = 0;
    *more = false;
    store_status status = db_exec(writer,
                                  "UPDATE catalogue_uploads SET ended_at_ms = ?1, useless = 1"
                                  " WHERE ended_at_ms IS NULL AND expires_at_ms <= ?1",
                                  "i", now_ms);
    if (status == STORE_OK)
        status = db_get_int(writer, &upload_no,
                            "SELECT upload_no FROM catalogue_uploads WHERE useless = 1 ORDER BY upload_no LIMIT 1", "");
    if (status != STORE_OK)
        return status == STORE_NOT_FOUND ? STORE_OK : status;
    status = db_exec(writer,
                     "DELETE FROM catalogue_lines WHERE upload_no = ?1 AND key IN"
                     " (SELECT key FROM catalogue_lines WHERE upload_no = ?1 ORDER BY key LIMIT ?2)",
                     "ii", upload_no, (int64_t)SWEEP_LINES);
    *more = true;
    if (status == STORE_OK && sqlite3_changes(writer->handle) < SWEEP_LINES)
        status = db_exec(writer, "UPDATE catalogue_uploads SET useless = 0 WHERE upload_no = ?", "i", upload_no);
    return status;
}

static store_status insert_upload(db *writer, const char *store_id, int64_t replaces, int64_t now_ms,
                                  char upload_id[IDENT_ID_SIZE])
{
    ident_make_id("upl_", upload_id);
    return db_exec(writer,
                   "INSERT INTO catalogue_uploads (upload_id, store_id, replaces, created_at_ms, expires_at_ms)"
                   " VALUES (?, ?, ?, ?, ?)",
                   "ttiii", upload_id, store_id, replaces, now_ms, now_ms + LIFE_MS);
}

static store_status check_revision(db *writer, const char *store_id, int64_t replaces, catalogue_info *there)
{
    catalogue_row row;
    store_status status = catalogue_find(writer, store_id, &row);
    if (status != STORE_OK || row.revision == replaces)
        return status;
    status = catalogue_load_info(writer, &row, row.revision, there);
    return status == STORE_OK ? STORE_STALE : status;
}

store_status store_upload_create(store *self, const store_till_scope *scope, int64_t replaces, const store_key *key,
                                 int64_t now_ms, catalogue_upload *out, catalogue_info *there)
{
    char key_scope[160];
    upload_row row;
    bool more;
    db *writer;
    snprintf(key_scope, sizeof key_scope, "catalogue/%s/%s", scope->store_id, scope->till_id);
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = store_key_find(writer, key_scope, key, out->upload_id);
    if (status == STORE_NOT_FOUND) {
        status = check_revision(writer, scope->store_id, replaces, there);
        if (status == STORE_OK)
            status = insert_upload(writer, scope->store_id, replaces, now_ms, out->upload_id);
        if (status == STORE_OK)
            status = store_key_put(writer, key_scope, key, out->upload_id, now_ms);
        if (status == STORE_OK)
            status = sweep(writer, now_ms, &more);
    }
    if (status == STORE_OK) {
        char upload_id[IDENT_ID_SIZE];
        memcpy(upload_id, out->upload_id, sizeof upload_id);
        status = upload_find(writer, scope->store_id, upload_id, now_ms, &row);
        if (status == STORE_GONE) /* made then, and over by now: whoever goes on with it is told */
            status = STORE_OK;
        *out = row.upload;
    }
    return db_end(writer, status);
}

store_status store_upload_find(store *self, const char *store_id, const char *upload_id, int64_t now_ms,
                               catalogue_upload *out)
{
    upload_row row;
    db *reader = db_lock_reader(self);
    store_status status = upload_find(reader, store_id, upload_id, now_ms, &row);
    db_unlock_reader(reader);
    *out = row.upload;
    return status;
}

store_status store_upload_cancel(store *self, const char *store_id, const char *upload_id, int64_t now_ms)
{
    upload_row row;
    bool more = true;
    db *writer;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = upload_find(writer, store_id, upload_id, now_ms, &row);
    if (status == STORE_OK)
        status = db_exec(writer, "UPDATE catalogue_uploads SET ended_at_ms = ?, useless = 1 WHERE upload_no = ?", "ii",
                         now_ms, row.upload_no);
    status = db_end(writer, status);
    while (status == STORE_OK && more) {
        status = db_begin(self, &writer);
        if (status == STORE_OK)
            status = db_end(writer, sweep(writer, now_ms, &more));
    }
    return status;
}

/* ------------------------------------------------------------------ a page */

static store_status refuse(catalogue_fault *fault, int64_t line, const char *key, const char *detail)
{
    fault->line = line;
    snprintf(fault->key, sizeof fault->key, "%s", key);
    snprintf(fault->detail, sizeof fault->detail, "%s", detail);
    return STORE_INVALID;
}

/* Where the page begins: the key before it and how many lines come before it. */
static store_status find_start(db *writer, const upload_page *page, upload_row *row)
{
    if (page->page == row->upload.next_page - 1) {
        row->upload.lines = row->last_lines;
        row->upload.next_page--;
        return db_exec(writer, "DELETE FROM catalogue_lines WHERE upload_no = ? AND key > ?", "ib", row->upload_no,
                       row->last_key, strlen(row->last_key));
    }
    if (page->page != row->upload.next_page)
        return STORE_NOT_LISTED;
    sqlite3_stmt *statement = db_query(
        writer, "SELECT key FROM catalogue_lines WHERE upload_no = ? ORDER BY key DESC LIMIT 1", "i", row->upload_no);
    store_status status = db_step(writer, statement);
    row->last_key[0] = 0;
    if (status == STORE_OK)
        catalogue_read_key(statement, 0, row->last_key);
    db_done(statement);
    row->last_lines = row->upload.lines;
    return status == STORE_NOT_FOUND ? STORE_OK : status;
}

static store_status check_start(const upload_page *page, const upload_row *row, catalogue_fault *fault)
{
    const catalogue_line *first = &page->lines[0];
    if (!row->last_key[0] && first->kind != CATALOGUE_HEAD)
        return refuse(fault, 1, first->key, "The first line is not of the kind catalogue.");
    if (strcmp(first->key, row->last_key) <= 0)
        return refuse(fault, row->last_lines + 1, first->key, "The key is not behind that of the line before.");
    return STORE_OK;
}

/* Eight with one statement: SQLite finds the place of the first in the table, and that of the others beside it. */
static store_status insert_lines(db *writer, const upload_page *page, const upload_row *row)
{
#define LINE(n) line[n].key, strlen(line[n].key), line[n].text, line[n].text_bytes
    store_status status = STORE_OK;
    const catalogue_line *line = page->lines, *end = page->lines + page->count;
    for (; end - line >= 8 && status == STORE_OK; line += 8)
        status = db_exec(writer,
                         "INSERT INTO catalogue_lines (upload_no, key, line) VALUES (?1, ?2, ?3), (?1, ?4, ?5),"
                         " (?1, ?6, ?7), (?1, ?8, ?9), (?1, ?10, ?11), (?1, ?12, ?13), (?1, ?14, ?15), (?1, ?16, ?17)",
                         "ibbbbbbbbbbbbbbbb", row->upload_no, LINE(0), LINE(1), LINE(2), LINE(3), LINE(4), LINE(5),
                         LINE(6), LINE(7));
    for (; line < end && status == STORE_OK; line++)
        status = db_exec(writer, "INSERT INTO catalogue_lines (upload_no, key, line) VALUES (?, ?, ?)", "ibb",
                         row->upload_no, LINE(0));
#undef LINE
    return status;
}

static store_status check_ref(db *writer, const upload_row *row, const char *ref, catalogue_fault *fault)
{
    int64_t found;
    char what[100];
    store_status status = db_get_int(writer, &found, "SELECT 1 FROM catalogue_lines WHERE upload_no = ? AND key = ?",
                                     "ib", row->upload_no, ref, strlen(ref));
    if (status != STORE_NOT_FOUND)
        return status;
    catalogue_describe(ref, what, sizeof what);
    snprintf(fault->detail, sizeof fault->detail, "It refers to the %s, which is not there.", what);
    return STORE_INVALID;
}

/* Lines refer to lines before them: most to what the last one did that referred to that kind, and a price to the item
 * that has just come by. `seen` has the last key of each kind that is known to be there, by its first byte. */
static store_status check_refs(db *writer, const upload_page *page, const upload_row *row, catalogue_fault *fault)
{
    const char *seen['7' + 1] = {NULL};
    for (size_t i = 0; i < page->count; i++) {
        const catalogue_line *line = &page->lines[i];
        if (line->kind == CATALOGUE_ITEM)
            seen['7'] = line->key;
        for (size_t n = 0; n < line->ref_count; n++) {
            const char **last = &seen[(unsigned char)line->refs[n][0]];
            if (*last && strcmp(*last, line->refs[n]) == 0)
                continue;
            *last = line->refs[n];
            store_status status = check_ref(writer, row, line->refs[n], fault);
            if (status == STORE_INVALID) {
                fault->line = row->last_lines + (int64_t)i + 1;
                memcpy(fault->key, line->key, sizeof fault->key);
            }
            if (status != STORE_OK)
                return status;
        }
    }
    return STORE_OK;
}

static store_status take_page(db *writer, const upload_page *page, upload_row *row, catalogue_fault *fault)
{
    bool more;
    store_status status = find_start(writer, page, row);
    if (status == STORE_OK)
        status = check_start(page, row, fault);
    if (status == STORE_OK)
        status = insert_lines(writer, page, row);
    if (status == STORE_OK)
        status = check_refs(writer, page, row, fault);
    row->upload.lines = row->last_lines + (int64_t)page->count;
    row->upload.next_page = page->page + 1;
    if (status == STORE_OK)
        status = db_exec(writer,
                         "UPDATE catalogue_uploads SET next_page = ?, lines = ?, last_lines = ?, last_key = ?"
                         " WHERE upload_no = ?",
                         "iiibi", row->upload.next_page, row->upload.lines, row->last_lines, row->last_key,
                         strlen(row->last_key), row->upload_no);
    return status == STORE_OK ? sweep(writer, page->now_ms, &more) : status;
}

store_status store_upload_put(store *self, const upload_page *page, catalogue_upload *out, catalogue_fault *fault)
{
    upload_row row;
    db *writer;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = upload_find(writer, page->store_id, page->upload_id, page->now_ms, &row);
    if (status == STORE_OK)
        status = take_page(writer, page, &row, fault);
    *out = row.upload;
    return db_end(writer, status);
}

store_status store_upload_locate(store *self, const upload_page *page, catalogue_fault *fault)
{
    upload_row row;
    db *reader = db_lock_reader(self);
    store_status status = upload_find(reader, page->store_id, page->upload_id, page->now_ms, &row);
    db_unlock_reader(reader);
    if (status != STORE_OK)
        return status;
    bool again = page->page == row.upload.next_page - 1;
    if (!again && page->page != row.upload.next_page)
        return STORE_NOT_LISTED;
    fault->line += again ? row.last_lines : row.upload.lines;
    return STORE_INVALID;
}
