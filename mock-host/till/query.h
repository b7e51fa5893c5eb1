/* SPDX-License-Identifier: Apache-2.0 */
/*
 * query.h - one SQL statement at a time, with its values bound by a short format and its errors in words.
 *
 * Format letters: i int64_t, s const char * (NULL binds NULL), b const void * and size_t (a blob), n nothing (NULL).
 */
#ifndef TILL_QUERY_H
#define TILL_QUERY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

/* Prepares and binds. NULL on error. The caller finishes it with sqlite3_finalize(). */
sqlite3_stmt *query_open(sqlite3 *sqlite, struct fault *fault, const char *sql, const char *format, ...);

/* The same for a statement that is run over and over: prepares *statement when it is NULL, and else begins it anew. The
 * caller finishes it once, at the end. */
bool query_reopen(sqlite3 *sqlite, sqlite3_stmt **statement, struct fault *fault, const char *sql, const char *format,
                  ...);

/* 1 a row is there, 0 no more rows, -1 an error (in *fault). */
int query_next(sqlite3_stmt *statement, struct fault *fault);

/* Runs a statement that gives no rows. */
bool query_run(sqlite3 *sqlite, struct fault *fault, const char *sql, const char *format, ...);

/* Runs several statements without values. */
bool query_script(sqlite3 *sqlite, struct fault *fault, const char *sql);

/* The first column of the first row; `otherwise` where there is no row or a NULL. False: an error. */
bool query_int(sqlite3 *sqlite, struct fault *fault, int64_t *out, int64_t otherwise, const char *sql,
               const char *format, ...);

#endif
