/* SPDX-License-Identifier: Apache-2.0 */
/* Records in one SQLite file. Not part of libposhost's public face. */
#ifndef HOST_SDK_STORAGE_DATABASE_H
#define HOST_SDK_STORAGE_DATABASE_H

#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include <pos/storage.h>

#define POSHOST_DATABASE_ERROR_BYTES 512u

#define POSHOST_DATABASE_ORDINARY 1u /* WAL: one fsync a commit */
#define POSHOST_DATABASE_DEVICE   2u /* truncated rollback journal, overwritten with zeroes: nothing old remains */

typedef struct poshost_database {
    sqlite3 *connection; /* NULL: closed */
    sqlite3_stmt *find;
    sqlite3_stmt *insert_body;
    sqlite3_stmt *update_body;
    sqlite3_stmt *set_record;
    sqlite3_stmt *delete_body;
    sqlite3_stmt *delete_record;
    sqlite3_stmt *list;
    sqlite3_stmt *begin;
    sqlite3_stmt *commit;
    char *error; /* the storage's: POSHOST_DATABASE_ERROR_BYTES */
} poshost_database;

/* Where a record lies. */
typedef struct poshost_database_place {
    sqlite3_int64 body;
    uint32_t size_bytes; /* of the record as the plugin gave it */
} poshost_database_place;

/* Opens or makes the file with the mode given, locks it, and makes it durable. On failure nothing is left open. */
int32_t poshost_database_open(poshost_database *database, const char *path, uint32_t kind, unsigned mode, char *error);
/* Also on one that is closed. */
void poshost_database_close(poshost_database *database);

/* One transaction: commit, or after any error rollback. */
int32_t poshost_database_begin(poshost_database *database);
int32_t poshost_database_commit(poshost_database *database);
void poshost_database_rollback(poshost_database *database);

/* Inside a transaction. `stored` is what goes to the file (sealed, for a secret), size_bytes what the plugin gave. */
int32_t poshost_database_put(poshost_database *database, uint32_t collection, uint64_t id, const void *stored,
                             uint32_t stored_bytes, uint32_t size_bytes);
int32_t poshost_database_delete(poshost_database *database, uint32_t collection, uint64_t id);

/* NOT_FOUND is no failure: no words are left. */
int32_t poshost_database_find(poshost_database *database, uint32_t collection, uint64_t id,
                              poshost_database_place *place);
/* Reads a part of what is stored; all of it must be there, else CORRUPT. */
int32_t poshost_database_read(poshost_database *database, sqlite3_int64 body, uint32_t offset_bytes, void *buffer,
                              uint32_t size_bytes, uint32_t whole_bytes);

int32_t poshost_database_list(poshost_database *database, uint32_t collection, uint64_t from_id,
                              pos_record_visitor visitor, void *visitor_ctx);

#endif
