/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_db.h - what the store_*.c files share: the two connections and small helpers over SQLite. Private to them.
 *
 * Exactly one connection writes, and it does its own checkpoints: SQLite 3.40.1 can corrupt a WAL that two connections
 * write or checkpoint at once (the WAL-reset bug). The other is opened read-only and can do neither. Both are behind
 * a lock; nothing slow (no hashing, no parsing, no network) happens under it.
 */
#ifndef CLOUD_STORE_DB_H
#define CLOUD_STORE_DB_H

#include "store.h"

#include <pthread.h>
#include <semaphore.h>
#include <sqlite3.h>

#define DB_CACHE_SIZE 160

typedef struct db {
    sqlite3 *handle;
    pthread_mutex_t lock;
    struct {
        const char *sql; /* the address of a literal identifies the statement */
        sqlite3_stmt *statement;
    } cache[DB_CACHE_SIZE];
    size_t cached;
} db;

typedef struct db_job db_job;

/* Who waits to share a transaction; store_group.c. */
typedef struct db_queue {
    pthread_mutex_t lock;
    db_job *first, **end;
    unsigned waiting; /* their number */
    bool led;         /* somebody does, or is about to do, the work of those who wait */
} db_queue;

struct store {
    db writer;
    db reader;
    db_queue queue;
};

/* Creates or upgrades the tables. */
store_status schema_apply(sqlite3 *handle);

/*
 * The prepared statement for a string literal, reset and with its parameters bound. `types` has a letter for each:
 * t = const char * (NULL is NULL), i = int64_t, b = const void * and size_t. NULL on failure. What is bound must live
 * until the last db_step(). db_done() gives it back.
 */
sqlite3_stmt *db_query(db *connection, const char *sql, const char *types, ...);
/* STORE_OK: there is a row. STORE_NOT_FOUND: no more rows. Else the failure. A NULL statement is STORE_FAILED. */
store_status db_step(db *connection, sqlite3_stmt *statement);
void db_done(sqlite3_stmt *statement);

/* db_query(), one db_step() and db_done(), for what returns no rows: STORE_OK, or STORE_EXISTS on a broken UNIQUE. */
store_status db_exec(db *connection, const char *sql, const char *types, ...);
/* Likewise for a query of one integer: STORE_OK or STORE_NOT_FOUND. */
store_status db_get_int(db *connection, int64_t *value, const char *sql, const char *types, ...);

/* Lock and BEGIN IMMEDIATE; then exactly one db_end(), which commits if `status` is STORE_OK, else rolls back, and
 * unlocks. It returns `status`, or why the commit failed. */
store_status db_begin(store *self, db **writer);
store_status db_end(db *writer, store_status status);
/* As db_end(), and commits whatever `status` is (a refusal that must be remembered, as a try used up). */
store_status db_end_keeping(db *writer, store_status status);

/*
 * Does `work` in a transaction that is committed when this returns, unless the work says other than STORE_OK: then
 * nothing of it remains. Those who come at the same time share transaction and commit, and one of their threads works
 * for all. Returns what the work said, or why the commit failed.
 */
typedef store_status (*db_work)(db *writer, void *context);
store_status db_share(store *self, db_work work, void *context);

/* Takes the write-ahead log in and empties it: what was deleted is then in no file any more. With no lock held. */
void db_empty_log(store *self);

db *db_lock_reader(store *self);
void db_unlock_reader(db *reader);

/* Column i as text into a buffer; "" for NULL. Cut at the end of the buffer. */
void db_text(sqlite3_stmt *statement, int column, char *out, size_t out_size);

#endif
