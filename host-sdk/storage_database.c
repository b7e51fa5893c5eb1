/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records in one SQLite file. Names and sizes stand in a narrow table of their own, so that listing 100,000 ids walks a
 * few hundred pages and never touches a document; the bytes stand in a rowid table, because only there SQLite can read
 * a part of a large value.
 */
#include "storage_database.h"

#include "storage_key.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SCHEMA_VERSION 1
/* From here on a record's bytes are written into a row that has the room for them: SQLite makes the row of a statement in
 * memory first, all of it. Below, that is what takes less time. */
#define LARGE_BYTES (1024u * 1024u)

/* SQLite's integers are signed: with the top bit flipped they sort as the unsigned ids do. */
static sqlite3_int64 to_key(uint64_t id)
{
    uint64_t flipped = id ^ (UINT64_C(1) << 63);
    sqlite3_int64 key;
    memcpy(&key, &flipped, sizeof key);
    return key;
}

static uint64_t from_key(sqlite3_int64 key)
{
    uint64_t id;
    memcpy(&id, &key, sizeof id);
    return id ^ (UINT64_C(1) << 63);
}

static int32_t code_of(int result)
{
    switch (result & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return POS_OK;
    case SQLITE_FULL:
        return POS_E_NO_SPACE;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return POS_E_CORRUPT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return POS_E_BUSY;
    case SQLITE_NOMEM:
        return POS_E_NO_MEMORY;
    case SQLITE_TOOBIG:
        return POS_E_TOO_LARGE;
    default:
        return POS_E_IO;
    }
}

static int32_t fail(poshost_database *database, int result, const char *what)
{
    const char *path = sqlite3_db_filename(database->connection, "main");
    poshost_text_format(database->error, POSHOST_DATABASE_ERROR_BYTES, "Cannot %s in %s: %s (SQLite %d).", what,
                        path ? path : "the database", sqlite3_errmsg(database->connection), result);
    return code_of(result);
}

/* Runs a statement that returns no rows. */
static int32_t run(poshost_database *database, sqlite3_stmt *statement, const char *what)
{
    int result = sqlite3_step(statement);
    int32_t code = result == SQLITE_DONE ? POS_OK : fail(database, result, what);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return code;
}

/* ---- opening ---- */

static const char schema[] = "BEGIN IMMEDIATE;"
                             "CREATE TABLE IF NOT EXISTS body (place INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
                             "CREATE TABLE IF NOT EXISTS record (collection INTEGER NOT NULL, id INTEGER NOT NULL,"
                             " size INTEGER NOT NULL, place INTEGER NOT NULL,"
                             " PRIMARY KEY (collection, id)) WITHOUT ROWID;"
                             "PRAGMA user_version = 1;"
                             "COMMIT;";

/* The file is made here and not by SQLite, for its mode. */
static int32_t make_file(const char *path, unsigned mode, char *error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode);
    if (fd < 0) {
        int reason = errno;
        poshost_text_format(error, POSHOST_DATABASE_ERROR_BYTES, "Cannot open %s: %s.", path, strerror(reason));
        return reason == ENOSPC ? POS_E_NO_SPACE : POS_E_IO;
    }
    close(fd);
    return POS_OK;
}

static int32_t execute(poshost_database *database, const char *sql, const char *what)
{
    int result = sqlite3_exec(database->connection, sql, NULL, NULL, NULL);
    return result == SQLITE_OK ? POS_OK : fail(database, result, what);
}

static int32_t read_number(poshost_database *database, const char *sql, sqlite3_int64 *out)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(database->connection, sql, -1, &statement, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_step(statement);
    int32_t code = result == SQLITE_ROW ? POS_OK : fail(database, result, "read");
    if (code == POS_OK)
        *out = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return code;
}

static int32_t configure(poshost_database *database, uint32_t kind)
{
    /* EXCLUSIVE comes before the first access: then WAL needs no shared memory, and other programs are kept out. */
    /* secure_delete: Debian's SQLite would write zeros over every removed report, twice, for nothing: the reports that
     * stay are not hidden either. */
    static const char ordinary[] = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
                                   "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 8388608;"
                                   "PRAGMA secure_delete = FAST;";
    static const char device[] = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = TRUNCATE;"
                                 "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;";
    int32_t code = execute(database, kind == POSHOST_DATABASE_DEVICE ? device : ordinary, "set up");
    sqlite3_int64 version = 0;
    if (code == POS_OK)
        code = read_number(database, "PRAGMA user_version", &version);
    if (code != POS_OK)
        return code;
    if (version > SCHEMA_VERSION) {
        poshost_text_format(database->error, POSHOST_DATABASE_ERROR_BYTES,
                            "%s was written by a newer version of this program (layout %d, this one knows %d).",
                            sqlite3_db_filename(database->connection, "main"), (int)version, SCHEMA_VERSION);
        return POS_E_FAILED;
    }
    /* Also when nothing is new: a write takes the lock now rather than at the first close of a day. */
    return execute(database, schema, "make the tables");
}

static int32_t prepare(poshost_database *database)
{
    const struct {
        sqlite3_stmt **statement;
        const char *sql;
    } list[] = {
        {&database->find, "SELECT size, place FROM record WHERE collection = ?1 AND id = ?2"},
        {&database->insert_body, "INSERT INTO body (bytes) VALUES (?1)"},
        {&database->update_body, "UPDATE body SET bytes = ?1 WHERE place = ?2"},
        {&database->set_record, "INSERT OR REPLACE INTO record (collection, id, size, place) VALUES (?1, ?2, ?3, ?4)"},
        {&database->delete_body,
         "DELETE FROM body WHERE place = (SELECT place FROM record WHERE collection = ?1 AND id = ?2)"},
        {&database->delete_record, "DELETE FROM record WHERE collection = ?1 AND id = ?2"},
        {&database->list, "SELECT id, size FROM record WHERE collection = ?1 AND id >= ?2 ORDER BY id"},
        {&database->begin, "BEGIN IMMEDIATE"},
        {&database->commit, "COMMIT"},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        int result = sqlite3_prepare_v3(database->connection, list[i].sql, -1, SQLITE_PREPARE_PERSISTENT,
                                        list[i].statement, NULL);
        if (result != SQLITE_OK)
            return fail(database, result, "prepare statements");
    }
    return POS_OK;
}

int32_t poshost_database_open(poshost_database *database, const char *path, uint32_t kind, unsigned mode, char *error)
{
    memset(database, 0, sizeof *database);
    database->error = error;
    int32_t code = make_file(path, mode, error);
    if (code != POS_OK)
        return code;
    int result = sqlite3_open_v2(path, &database->connection,
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
    if (database->connection == NULL)
        return POS_E_NO_MEMORY;
    sqlite3_extended_result_codes(database->connection, 1);
    code = result == SQLITE_OK ? POS_OK : fail(database, result, "open");
    if (code == POS_OK)
        code = configure(database, kind);
    if (code == POS_OK)
        code = prepare(database);
    if (code == POS_OK)
        code = poshost_key_sync_folder(path, error, POSHOST_DATABASE_ERROR_BYTES);
    if (code != POS_OK)
        poshost_database_close(database);
    return code;
}

void poshost_database_close(poshost_database *database)
{
    sqlite3_stmt *statements[] = {database->find,       database->insert_body, database->update_body,
                                  database->set_record, database->delete_body, database->delete_record,
                                  database->list,       database->begin,       database->commit};
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        sqlite3_finalize(statements[i]);
    sqlite3_close(database->connection);
    char *error = database->error;
    memset(database, 0, sizeof *database);
    database->error = error;
}

/* ---- writing ---- */

int32_t poshost_database_begin(poshost_database *database)
{
    return run(database, database->begin, "begin to write");
}

int32_t poshost_database_commit(poshost_database *database)
{
    return run(database, database->commit, "write durably");
}

void poshost_database_rollback(poshost_database *database)
{
    /* Some errors have rolled back already. */
    if (sqlite3_get_autocommit(database->connection) == 0)
        sqlite3_exec(database->connection, "ROLLBACK", NULL, NULL, NULL);
}

static void bind_key(sqlite3_stmt *statement, uint32_t collection, uint64_t id)
{
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)collection);
    sqlite3_bind_int64(statement, 2, to_key(id));
}

static int32_t write_into(poshost_database *database, sqlite3_int64 body, const void *stored, uint32_t stored_bytes)
{
    sqlite3_blob *blob = NULL;
    int result = sqlite3_blob_open(database->connection, "main", "body", "bytes", body, 1, &blob);
    if (result == SQLITE_OK)
        result = sqlite3_blob_write(blob, stored, (int)stored_bytes, 0);
    int32_t code = result == SQLITE_OK ? POS_OK : fail(database, result, "write a record");
    sqlite3_blob_close(blob);
    return code;
}

int32_t poshost_database_put(poshost_database *database, uint32_t collection, uint64_t id, const void *stored,
                             uint32_t stored_bytes, uint32_t size_bytes)
{
    poshost_database_place place = {0};
    int32_t code = poshost_database_find(database, collection, id, &place);
    if (code != POS_OK && code != POS_E_NOT_FOUND)
        return code;
    int is_new = code == POS_E_NOT_FOUND;
    int is_large = stored_bytes >= LARGE_BYTES;
    sqlite3_stmt *statement = is_new ? database->insert_body : database->update_body;
    if (is_large)
        sqlite3_bind_zeroblob64(statement, 1, stored_bytes);
    else
        sqlite3_bind_blob64(statement, 1, stored_bytes ? stored : "", stored_bytes, SQLITE_STATIC);
    if (!is_new)
        sqlite3_bind_int64(statement, 2, place.body);
    code = run(database, statement, "write a record");
    if (is_new)
        place.body = sqlite3_last_insert_rowid(database->connection);
    if (code == POS_OK && is_large)
        code = write_into(database, place.body, stored, stored_bytes);
    if (code != POS_OK || (!is_new && place.size_bytes == size_bytes))
        return code;
    bind_key(database->set_record, collection, id);
    sqlite3_bind_int64(database->set_record, 3, size_bytes);
    sqlite3_bind_int64(database->set_record, 4, place.body);
    return run(database, database->set_record, "write a record's name");
}

int32_t poshost_database_delete(poshost_database *database, uint32_t collection, uint64_t id)
{
    bind_key(database->delete_body, collection, id);
    int32_t code = run(database, database->delete_body, "remove a record");
    if (code != POS_OK)
        return code;
    bind_key(database->delete_record, collection, id);
    return run(database, database->delete_record, "remove a record's name");
}

/* ---- reading ---- */

int32_t poshost_database_find(poshost_database *database, uint32_t collection, uint64_t id,
                              poshost_database_place *place)
{
    bind_key(database->find, collection, id);
    int result = sqlite3_step(database->find);
    int32_t code = POS_E_NOT_FOUND;
    if (result == SQLITE_ROW) {
        place->size_bytes = (uint32_t)sqlite3_column_int64(database->find, 0);
        place->body = sqlite3_column_int64(database->find, 1);
        code = POS_OK;
    } else if (result != SQLITE_DONE) {
        code = fail(database, result, "find a record");
    }
    sqlite3_reset(database->find);
    return code;
}

int32_t poshost_database_read(poshost_database *database, sqlite3_int64 body, uint32_t offset_bytes, void *buffer,
                              uint32_t size_bytes, uint32_t whole_bytes)
{
    sqlite3_blob *blob = NULL;
    int result = sqlite3_blob_open(database->connection, "main", "body", "bytes", body, 0, &blob);
    if (result == SQLITE_ERROR || (result == SQLITE_OK && sqlite3_blob_bytes(blob) != (int)whole_bytes)) {
        /* SQLITE_ERROR is "no such rowid": the name is there and the bytes are not. */
        sqlite3_blob_close(blob);
        poshost_text_format(database->error, POSHOST_DATABASE_ERROR_BYTES, "A record's bytes are missing in %s.",
                            sqlite3_db_filename(database->connection, "main"));
        return POS_E_CORRUPT;
    }
    if (result == SQLITE_OK)
        result = sqlite3_blob_read(blob, buffer, (int)size_bytes, (int)offset_bytes);
    int32_t code = result == SQLITE_OK ? POS_OK : fail(database, result, "read a record");
    sqlite3_blob_close(blob);
    return code;
}

int32_t poshost_database_list(poshost_database *database, uint32_t collection, uint64_t from_id,
                              pos_record_visitor visitor, void *visitor_ctx)
{
    bind_key(database->list, collection, from_id);
    int32_t code = POS_OK;
    int result;
    while ((result = sqlite3_step(database->list)) == SQLITE_ROW) {
        uint64_t id = from_key(sqlite3_column_int64(database->list, 0));
        if (visitor(visitor_ctx, id, (uint32_t)sqlite3_column_int64(database->list, 1)) != 0)
            break;
    }
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        code = fail(database, result, "list records");
    sqlite3_reset(database->list);
    return code;
}
