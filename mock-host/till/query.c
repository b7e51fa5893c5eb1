/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thin hand over SQLite's statements: without it every insert of the till would be ten lines of binding and checking,
 * and the SQL, which is what matters, would be lost among them.
 */
#include "query.h"

#include <stdarg.h>
#include <string.h>

static void query_fail(sqlite3 *sqlite, struct fault *fault, const char *sql)
{
    (void)fault_set(fault, "the till's database refused \"%.80s\": %s", sql, sqlite3_errmsg(sqlite));
}

static int query_bind_one(sqlite3_stmt *statement, int place, char letter, va_list *args)
{
    if (letter == 'i')
        return sqlite3_bind_int64(statement, place, va_arg(*args, int64_t));
    if (letter == 's')
        return sqlite3_bind_text(statement, place, va_arg(*args, const char *), -1, SQLITE_TRANSIENT);
    if (letter == 'b') {
        const void *bytes = va_arg(*args, const void *);
        size_t size_bytes = va_arg(*args, size_t);
        /* A NULL pointer would bind NULL; a report of 0 bytes is still a report. */
        return sqlite3_bind_blob64(statement, place, size_bytes > 0 ? bytes : "", size_bytes, SQLITE_TRANSIENT);
    }
    return letter == 'n' ? sqlite3_bind_null(statement, place) : SQLITE_MISUSE;
}

static bool query_bind(sqlite3_stmt *statement, struct fault *fault, const char *format, va_list *args)
{
    for (int i = 0; format[i] != '\0'; i++) {
        if (query_bind_one(statement, i + 1, format[i], args) != SQLITE_OK) {
            query_fail(sqlite3_db_handle(statement), fault, sqlite3_sql(statement));
            return false;
        }
    }
    return true;
}

static sqlite3_stmt *query_open_list(sqlite3 *sqlite, struct fault *fault, const char *sql, const char *format,
                                     va_list *args)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(sqlite, sql, -1, &statement, NULL) != SQLITE_OK) {
        query_fail(sqlite, fault, sql);
        return NULL;
    }
    if (query_bind(statement, fault, format, args))
        return statement;
    (void)sqlite3_finalize(statement);
    return NULL;
}

bool query_reopen(sqlite3 *sqlite, sqlite3_stmt **statement, struct fault *fault, const char *sql, const char *format,
                  ...)
{
    va_list args;
    va_start(args, format);
    bool ok = true;
    if (*statement == NULL) {
        *statement = query_open_list(sqlite, fault, sql, format, &args);
        ok = *statement != NULL;
    } else {
        (void)sqlite3_reset(*statement); /* repeats the error of the last step, which is told already */
        ok = query_bind(*statement, fault, format, &args);
    }
    va_end(args);
    return ok;
}

sqlite3_stmt *query_open(sqlite3 *sqlite, struct fault *fault, const char *sql, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    sqlite3_stmt *statement = query_open_list(sqlite, fault, sql, format, &args);
    va_end(args);
    return statement;
}

int query_next(sqlite3_stmt *statement, struct fault *fault)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        return 1;
    if (code == SQLITE_DONE)
        return 0;
    query_fail(sqlite3_db_handle(statement), fault, sqlite3_sql(statement));
    return -1;
}

bool query_run(sqlite3 *sqlite, struct fault *fault, const char *sql, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    sqlite3_stmt *statement = query_open_list(sqlite, fault, sql, format, &args);
    va_end(args);
    if (statement == NULL)
        return false;
    int state;
    do
        state = query_next(statement, fault);
    while (state == 1);
    (void)sqlite3_finalize(statement); /* repeats the error of the step, which is told already */
    return state == 0;
}

bool query_script(sqlite3 *sqlite, struct fault *fault, const char *sql)
{
    if (sqlite3_exec(sqlite, sql, NULL, NULL, NULL) == SQLITE_OK)
        return true;
    query_fail(sqlite, fault, sql);
    return false;
}

bool query_int(sqlite3 *sqlite, struct fault *fault, int64_t *out, int64_t otherwise, const char *sql,
               const char *format, ...)
{
    va_list args;
    va_start(args, format);
    sqlite3_stmt *statement = query_open_list(sqlite, fault, sql, format, &args);
    va_end(args);
    if (statement == NULL)
        return false;
    int state = query_next(statement, fault);
    *out = otherwise;
    if (state == 1 && sqlite3_column_type(statement, 0) != SQLITE_NULL)
        *out = sqlite3_column_int64(statement, 0);
    (void)sqlite3_finalize(statement);
    return state >= 0;
}
