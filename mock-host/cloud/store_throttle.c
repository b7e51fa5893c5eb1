/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Throttling, in the database: a restart forgets nothing and several servers would count together. A try is written
 * down before it is looked at, so that guesses in parallel count like guesses in a row. The limits are those of the
 * contract: guessing gets slow, and nobody can keep an owner out for more than a minute.
 */
#include "store_db.h"

#include <ctype.h>
#include <stdio.h>

#define MINUTE_MS        (60LL * 1000)
#define WINDOW_MS        (15 * MINUTE_MS)
#define DAY_MS           (24 * 60 * MINUTE_MS)
#define LOGINS_A_MAILBOX 10
#define LOGINS_A_CLIENT  100
#define MAILS_A_MAILBOX  5
#define MAILS_A_DAY      20
#define MAILS_A_CLIENT   100

typedef struct subject {
    unsigned char hash[IDENT_HASH_BYTES];
} subject;

/* A hash, so that the table does not list who tried to log in from where. */
static subject subject_of(const char *kind, const char *name)
{
    subject result = {{0}};
    char text[512];
    snprintf(text, sizeof text, "%s:%s", kind, name);
    for (char *at = text; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    ident_hash_text(text, result.hash);
    return result;
}

typedef struct tally {
    int64_t count;
    int64_t oldest_ms;
    int64_t latest_ms;
} tally;

static store_status count_since(db *writer, const subject *who, int64_t since_ms, tally *out)
{
    sqlite3_stmt *statement = db_query(writer,
                                       "SELECT COUNT(*), MIN(at_ms), MAX(at_ms) FROM throttle_events"
                                       " WHERE subject = ? AND at_ms > ?",
                                       "bi", who->hash, sizeof who->hash, since_ms);
    store_status status = db_step(writer, statement);
    if (status == STORE_OK) {
        out->count = sqlite3_column_int64(statement, 0);
        out->oldest_ms = sqlite3_column_int64(statement, 1);
        out->latest_ms = sqlite3_column_int64(statement, 2);
    }
    db_done(statement);
    return status;
}

/* From `limit` tries on, each needs a pause of 1, 2, 4 ... 60 s after the one before. */
static store_status wait_growing(db *writer, const subject *who, int64_t limit, int64_t now_ms, int64_t *wait_ms)
{
    tally seen = {0, 0, 0};
    store_status status = count_since(writer, who, now_ms - WINDOW_MS, &seen);
    if (status != STORE_OK || seen.count < limit)
        return status;
    int64_t excess = seen.count - limit;
    int64_t pause_ms = excess < 6 ? 1000LL << excess : MINUTE_MS;
    int64_t left_ms = seen.latest_ms + pause_ms - now_ms;
    if (left_ms > *wait_ms)
        *wait_ms = left_ms;
    return STORE_OK;
}

/* At most `limit` tries in any window. */
static store_status wait_window(db *writer, const subject *who, int64_t limit, int64_t window_ms, int64_t now_ms,
                                int64_t *wait_ms)
{
    tally seen = {0, 0, 0};
    store_status status = count_since(writer, who, now_ms - window_ms, &seen);
    if (status != STORE_OK || seen.count < limit)
        return status;
    int64_t left_ms = seen.oldest_ms + window_ms - now_ms;
    if (left_ms > *wait_ms)
        *wait_ms = left_ms;
    return STORE_OK;
}

static store_status record(db *writer, const subject *who, int64_t now_ms)
{
    return db_exec(writer, "INSERT INTO throttle_events (subject, at_ms) VALUES (?, ?)", "bi", who->hash,
                   sizeof who->hash, now_ms);
}

static store_status find_wait(db *writer, store_throttle what, const subject *mailbox, const subject *client,
                              int64_t now_ms, int64_t *wait_ms)
{
    store_status status;
    if (what == STORE_THROTTLE_LOGIN) {
        status = wait_growing(writer, mailbox, LOGINS_A_MAILBOX, now_ms, wait_ms);
        if (status == STORE_OK)
            status = wait_growing(writer, client, LOGINS_A_CLIENT, now_ms, wait_ms);
        return status;
    }
    status = wait_window(writer, mailbox, MAILS_A_MAILBOX, WINDOW_MS, now_ms, wait_ms);
    if (status == STORE_OK)
        status = wait_window(writer, mailbox, MAILS_A_DAY, DAY_MS, now_ms, wait_ms);
    if (status == STORE_OK)
        status = wait_window(writer, client, MAILS_A_CLIENT, WINDOW_MS, now_ms, wait_ms);
    return status;
}

static void make_subjects(store_throttle what, const char *email, const char *client, subject *mailbox, subject *source)
{
    bool login = what == STORE_THROTTLE_LOGIN;
    *mailbox = subject_of(login ? "login-mailbox" : "mail-mailbox", email);
    *source = subject_of(login ? "login-client" : "mail-client", client);
}

store_status store_throttle_enter(store *self, store_throttle what, const char *email, const char *client,
                                  int64_t now_ms, int64_t *retry_after_ms)
{
    db *writer;
    subject mailbox, source;
    make_subjects(what, email, client, &mailbox, &source);
    *retry_after_ms = 0;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = db_exec(writer, "DELETE FROM throttle_events WHERE at_ms < ?", "i", now_ms - DAY_MS);
    if (status == STORE_OK)
        status = find_wait(writer, what, &mailbox, &source, now_ms, retry_after_ms);
    if (status == STORE_OK && *retry_after_ms > 0)
        status = STORE_THROTTLED;
    if (status == STORE_OK)
        status = record(writer, &mailbox, now_ms);
    if (status == STORE_OK)
        status = record(writer, &source, now_ms);
    return db_end(writer, status);
}

store_status store_throttle_forgive(store *self, store_throttle what, const char *email, const char *client)
{
    db *writer;
    subject mailbox, source;
    make_subjects(what, email, client, &mailbox, &source);
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = db_exec(writer, "DELETE FROM throttle_events WHERE subject = ?", "b", mailbox.hash, sizeof mailbox.hash);
    if (status == STORE_OK)
        status = db_exec(writer,
                         "DELETE FROM throttle_events WHERE rowid = (SELECT MAX(rowid) FROM throttle_events"
                         " WHERE subject = ?)",
                         "b", source.hash, sizeof source.hash);
    return db_end(writer, status);
}
