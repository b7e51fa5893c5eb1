/* SPDX-License-Identifier: Apache-2.0 */
/* store_catalogue_db.h - what the store's files about configuration data share. Private to them. */
#ifndef CLOUD_STORE_CATALOGUE_DB_H
#define CLOUD_STORE_CATALOGUE_DB_H

#include "store_catalogue.h"
#include "store_db.h"

/* A store's row of `catalogues`. */
typedef struct catalogue_row {
    int64_t catalogue_no;
    int64_t revision;
    int64_t upload_no;   /* whose lines they are */
    int64_t known_since; /* the oldest revision that changes can be told from */
} catalogue_row;

/* All 0 for a store without. */
store_status catalogue_find(db *connection, const char *store_id, catalogue_row *out);
/* What was in a revision. */
store_status catalogue_load_info(db *connection, const catalogue_row *row, int64_t revision, catalogue_info *out);

/* An item, or one of its prices, is another one since this revision, or gone. */
store_status catalogue_mark_item(db *writer, int64_t catalogue_no, const char *key, size_t key_bytes, int64_t revision,
                                 bool gone);

/* Notes info->revision as the store's next one, and forgets removals too old to tell. */
store_status catalogue_write_revision(db *writer, const catalogue_row *row, const catalogue_info *info);

typedef struct upload_row {
    int64_t upload_no;
    int64_t replaces;
    int64_t revision; /* that it made, or 0 */
    int64_t last_lines;
    char last_key[CATALOGUE_KEY_SIZE];
    catalogue_upload upload;
} upload_row;

/* STORE_OK, STORE_NOT_FOUND, or STORE_GONE (with the row filled). */
store_status upload_find(db *connection, const char *store_id, const char *upload_id, int64_t now_ms, upload_row *out);

/* A key from a row; "" if it does not fit. Returns its length. */
size_t catalogue_read_key(sqlite3_stmt *statement, int column, char out[CATALOGUE_KEY_SIZE]);

#endif
