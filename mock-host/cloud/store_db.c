/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database's connections, transactions and statement cache. Everything that other store files need of SQLite's
 * C interface beyond columns is here, so that a return code is looked at in one place.
 */
#include "store_db.h"
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BUSY_TIMEOUT_MS 5000

static store_status failure_of(sqlite3 *handle)
{
    int code = sqlite3_extended_errcode(handle);
    if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
        return STORE_EXISTS;
    log_line(LOG_LEVEL_ERROR, "database: %s (%d)", sqlite3_errmsg(handle), code);
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
        return STORE_BUSY;
    default:
        return STORE_FAILED;
    }
}

static sqlite3_stmt *prepare_cached(db *connection, const char *sql)
{
    for (size_t i = 0; i < connection->cached; i++)
        if (connection->cache[i].sql == sql)
            return connection->cache[i].statement;
    sqlite3_stmt *statement = NULL;
    if (connection->cached == DB_CACHE_SIZE) {
        log_line(LOG_LEVEL_ERROR, "database: more statements than the cache has room for");
        return NULL;
    }
    if (sqlite3_prepare_v3(connection->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
        log_line(LOG_LEVEL_ERROR, "database: %s in: %s", sqlite3_errmsg(connection->handle), sql);
        return NULL;
    }
    connection->cache[connection->cached].sql = sql;
    connection->cache[connection->cached++].statement = statement;
    return statement;
}

static int bind_all(sqlite3_stmt *statement, const char *types, va_list arguments)
{
    int code = SQLITE_OK;
    for (int i = 1; *types && code == SQLITE_OK; types++, i++) {
        if (*types == 't') {
            code = sqlite3_bind_text(statement, i, va_arg(arguments, const char *), -1, SQLITE_STATIC);
        } else if (*types == 'i') {
            code = sqlite3_bind_int64(statement, i, va_arg(arguments, int64_t));
        } else {
            const void *bytes = va_arg(arguments, const void *);
            size_t length = va_arg(arguments, size_t);
            code = sqlite3_bind_blob64(statement, i, length ? bytes : "", length, SQLITE_STATIC);
        }
    }
    return code;
}

static sqlite3_stmt *query(db *connection, const char *sql, const char *types, va_list arguments)
{
    sqlite3_stmt *statement = prepare_cached(connection, sql);
    if (statement && bind_all(statement, types, arguments) != SQLITE_OK) {
        failure_of(connection->handle);
        db_done(statement);
        return NULL;
    }
    return statement;
}

sqlite3_stmt *db_query(db *connection, const char *sql, const char *types, ...)
{
    va_list arguments;
    va_start(arguments, types);
    sqlite3_stmt *statement = query(connection, sql, types, arguments);
    va_end(arguments);
    return statement;
}

store_status db_step(db *connection, sqlite3_stmt *statement)
{
    if (!statement)
        return STORE_FAILED;
    switch (sqlite3_step(statement)) {
    case SQLITE_ROW:
        return STORE_OK;
    case SQLITE_DONE:
        return STORE_NOT_FOUND;
    default:
        return failure_of(connection->handle);
    }
}

void db_done(sqlite3_stmt *statement)
{
    if (!statement)
        return;
    sqlite3_reset(statement);
    /* What was bound may be a secret or gone: nothing of it stays in the cache. */
    sqlite3_clear_bindings(statement);
}

store_status db_exec(db *connection, const char *sql, const char *types, ...)
{
    va_list arguments;
    va_start(arguments, types);
    sqlite3_stmt *statement = query(connection, sql, types, arguments);
    va_end(arguments);
    store_status status = db_step(connection, statement);
    db_done(statement);
    return status == STORE_NOT_FOUND ? STORE_OK : status;
}

store_status db_get_int(db *connection, int64_t *value, const char *sql, const char *types, ...)
{
    va_list arguments;
    va_start(arguments, types);
    sqlite3_stmt *statement = query(connection, sql, types, arguments);
    va_end(arguments);
    store_status status = db_step(connection, statement);
    if (status == STORE_OK)
        *value = sqlite3_column_int64(statement, 0);
    db_done(statement);
    return status;
}

store_status db_begin(store *self, db **writer)
{
    pthread_mutex_lock(&self->writer.lock);
    *writer = &self->writer;
    store_status status = db_exec(&self->writer, "BEGIN IMMEDIATE", "");
    if (status != STORE_OK)
        pthread_mutex_unlock(&self->writer.lock);
    return status;
}

store_status db_end_keeping(db *writer, store_status status)
{
    store_status committed = db_exec(writer, "COMMIT", "");
    /* A commit that failed for want of space leaves the transaction open. */
    if (committed != STORE_OK && !sqlite3_get_autocommit(writer->handle))
        db_exec(writer, "ROLLBACK", "");
    pthread_mutex_unlock(&writer->lock);
    return committed == STORE_OK ? status : committed;
}

store_status db_end(db *writer, store_status status)
{
    if (status == STORE_OK)
        return db_end_keeping(writer, status);
    if (!sqlite3_get_autocommit(writer->handle))
        db_exec(writer, "ROLLBACK", "");
    pthread_mutex_unlock(&writer->lock);
    return status;
}

/* Nobody waits for it: with a reader outside this process it is left to the next time. */
void db_empty_log(store *self)
{
    pthread_mutex_lock(&self->writer.lock);
    pthread_mutex_lock(&self->reader.lock);
    sqlite3_busy_timeout(self->writer.handle, 0);
    int code = sqlite3_wal_checkpoint_v2(self->writer.handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_busy_timeout(self->writer.handle, BUSY_TIMEOUT_MS);
    if (code != SQLITE_OK && code != SQLITE_BUSY)
        failure_of(self->writer.handle);
    pthread_mutex_unlock(&self->reader.lock);
    pthread_mutex_unlock(&self->writer.lock);
}

db *db_lock_reader(store *self)
{
    pthread_mutex_lock(&self->reader.lock);
    return &self->reader;
}

void db_unlock_reader(db *reader)
{
    pthread_mutex_unlock(&reader->lock);
}

void db_text(sqlite3_stmt *statement, int column, char *out, size_t out_size)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    snprintf(out, out_size, "%s", text ? (const char *)text : "");
}

static int open_connection(db *connection, const char *path, int flags, const char *pragmas)
{
    if (pthread_mutex_init(&connection->lock, NULL) != 0)
        return -1;
    int code = sqlite3_open_v2(path, &connection->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(connection->handle, BUSY_TIMEOUT_MS);
    /* Plans that do not hang on what is bound: otherwise SQLite looks whether a bound value fits a partial index, and
     * compiles the statement anew whenever another one is bound. */
    if (code == SQLITE_OK)
        code = sqlite3_db_config(connection->handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    /* Otherwise whatever is compared with a parameter and has a partial index is prepared anew at every execution. */
    if (code == SQLITE_OK)
        code = sqlite3_db_config(connection->handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(connection->handle, pragmas, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return 0;
    log_line(LOG_LEVEL_ERROR, "database %s: %s", path,
             connection->handle ? sqlite3_errmsg(connection->handle) : sqlite3_errstr(code));
    return -1;
}

static void close_connection(db *connection)
{
    for (size_t i = 0; i < connection->cached; i++)
        sqlite3_finalize(connection->cache[i].statement);
    if (sqlite3_close(connection->handle) != SQLITE_OK)
        log_line(LOG_LEVEL_ERROR, "database: not closed cleanly");
    pthread_mutex_destroy(&connection->lock);
}

store *store_open(const char *path)
{
    static const char writer_pragmas[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                                         "PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF;";
    static const char reader_pragmas[] = "PRAGMA query_only=ON; PRAGMA trusted_schema=OFF;";
    store *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->queue.end = &self->queue.first;
    pthread_mutex_init(&self->queue.lock, NULL);
    if (open_connection(&self->writer, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, writer_pragmas) == 0 &&
        schema_apply(self->writer.handle) == STORE_OK && chmod(path, 0600) == 0 &&
        open_connection(&self->reader, path, SQLITE_OPEN_READONLY, reader_pragmas) == 0)
        return self;
    store_close(self);
    return NULL;
}

void store_close(store *self)
{
    if (!self)
        return;
    /* The reader first: the last connection to close checkpoints, and that must be the writer. */
    if (self->reader.handle)
        close_connection(&self->reader);
    if (self->writer.handle)
        close_connection(&self->writer);
    pthread_mutex_destroy(&self->queue.lock);
    free(self);
}
