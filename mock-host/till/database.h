/* SPDX-License-Identifier: Apache-2.0 */
/*
 * database.h - the till's own database, DIR/till.db: one SQLite file, one connection, every commit durable but those
 * between database_set_durable(false) and (true).
 *
 * It is the till's truth, independent of the plugin: receipts, and the closed reports' original bytes for ever.
 * The tables and what their columns mean are in database.c, as SQL: an independent script reads the same file.
 */
#ifndef TILL_DATABASE_H
#define TILL_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

#define DATABASE_REGISTER_BYTES 65 /* POS_REGISTER_ID_MAX and a zero */

struct database {
    sqlite3 *sqlite;
    sqlite3_stmt *get_catalogue; /* asked many times a second: catalogue_state.c prepares it once, close finalizes it */
    int lock_fd;                 /* till.lock: held as long as the till runs */
    char register_id[DATABASE_REGISTER_BYTES];
    char currency[4]; /* of the catalogue that the till sells by */
};

/*
 * Opens or creates `directory`/till.db and keeps other tills off it. `register_id` NULL: the one stored there,
 * "T1" in a new file. Another one than stored is an error: a till does not change its name under its receipts.
 * `catalogue`: the file that a new till's catalogue comes from; NULL: the built-in shop's.
 */
bool database_open(struct database *db, const char *directory, const char *register_id, const char *catalogue,
                   struct fault *fault);

void database_close(struct database *db);

/* Outside of a transaction. What is committed while it is false is whole after a power cut or not there, and is durable
 * with the next commit that is. */
bool database_set_durable(struct database *db, bool durable, struct fault *fault);

bool database_begin(struct database *db, struct fault *fault);

/* Durable when it returns true. After false nothing of the transaction is there. */
bool database_commit(struct database *db, struct fault *fault);

void database_roll_back(struct database *db);

#endif
