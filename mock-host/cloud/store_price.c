/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing one price at head office. Only the current revision is ever read whole, so its line is changed in its place;
 * that the item changed is noted, so that tills fetch it as a change.
 */
#include "json_read.h"
#include "store_catalogue_db.h"

#include <stdio.h>
#include <string.h>

typedef struct price_line {
    char key[CATALOGUE_KEY_SIZE];
    char *text; /* cJSON_free() it */
} price_line;

/* The line with another amount; everything else in it is kept. */
static char *make_line(const char *line, size_t line_bytes, int64_t amount_minor)
{
    char *text = NULL;
    cJSON *object = cJSON_ParseWithLength(line, line_bytes);
    cJSON *amount = cJSON_GetObjectItemCaseSensitive(object, "amount");
    if (amount) {
        cJSON_SetNumberValue(amount, (double)amount_minor);
        text = cJSON_PrintUnformatted(object);
    }
    cJSON_Delete(object);
    return text;
}

/* The latest price of the item in the level, as it is to be. */
static store_status find_price(db *writer, const catalogue_row *row, const price_edit *edit, price_line *out)
{
    char from[2 * CATALOGUE_KEY_SIZE];
    char below[2 * CATALOGUE_KEY_SIZE];
    snprintf(from, sizeof from, "7%s\x01%s\x01", edit->item_id, edit->price_level_id);
    snprintf(below, sizeof below, "7%s\x01%s\x02", edit->item_id, edit->price_level_id);
    sqlite3_stmt *statement = db_query(writer,
                                       "SELECT key, line FROM catalogue_lines WHERE upload_no = ? AND key > ?"
                                       " AND key < ? ORDER BY key DESC LIMIT 1",
                                       "ibb", row->upload_no, from, strlen(from), below, strlen(below));
    store_status status = db_step(writer, statement);
    if (status == STORE_OK) {
        catalogue_read_key(statement, 0, out->key);
        out->text = make_line(sqlite3_column_blob(statement, 1), (size_t)sqlite3_column_bytes(statement, 1),
                              edit->amount_minor);
        status = out->text ? STORE_OK : STORE_BUSY;
    }
    db_done(statement);
    return status;
}

static store_status write_price(db *writer, const catalogue_row *row, const price_line *line, int64_t now_ms)
{
    catalogue_info info;
    size_t key_bytes = strlen(line->key);
    store_status status = catalogue_load_info(writer, row, row->revision, &info);
    info.revision = row->revision + 1;
    info.changed_at_ms = now_ms;
    if (status == STORE_OK)
        status = db_exec(writer, "UPDATE catalogue_lines SET line = ? WHERE upload_no = ? AND key = ?", "bib",
                         line->text, strlen(line->text), row->upload_no, line->key, key_bytes);
    if (status == STORE_OK)
        status = catalogue_mark_item(writer, row->catalogue_no, line->key, catalogue_item_part(line->key, key_bytes),
                                     info.revision, false);
    if (status == STORE_OK)
        status = db_exec(writer, "UPDATE catalogues SET revision = ? WHERE catalogue_no = ?", "ii", info.revision,
                         row->catalogue_no);
    return status == STORE_OK ? catalogue_write_revision(writer, row, &info) : status;
}

store_status store_price_edit(store *self, const price_edit *edit)
{
    catalogue_row row;
    price_line line = {"", NULL};
    db *writer;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = catalogue_find(writer, edit->store_id, &row);
    if (status == STORE_OK && row.revision != edit->revision)
        status = STORE_STALE;
    if (status == STORE_OK)
        status = find_price(writer, &row, edit, &line);
    if (status == STORE_OK)
        status = write_price(writer, &row, &line, edit->now_ms);
    cJSON_free(line.text);
    return db_end(writer, status);
}
