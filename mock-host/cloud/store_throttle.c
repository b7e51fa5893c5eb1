/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Throttling, in the database: a restart forgets nothing and several servers would count together. A try is written
 * down before it is looked at, so that guesses in parallel count like guesses in a row. The limits are those of the
 * contract: guessing gets slow, and nobody can keep an owner out for more than a minute.
 *
 * A minute that is over goes to whoever asks first, and whoever guesses asks often. So tries from a network address
 * where the account's owner was lately are counted by themselves: what others do elsewhere does not reach them.
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
#define PLACE_LIFE_MS    (90 * DAY_MS)

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

/* What one try counts for. At a known place: for that place alone. */
typedef struct subjects {
    subject place;
    subject mailbox;
    subject client;
    bool is_known;
} subjects;

static store_status find_subjects(db *writer, store_throttle what, const char *email, const char *client, subjects *out)
{
    char both[400];
    int64_t at_ms;
    bool login = what == STORE_THROTTLE_LOGIN;
    snprintf(both, sizeof both, "%s %s", email, client);
    out->place = subject_of("place", both);
    out->client = subject_of(login ? "login-client" : "mail-client", client);
    store_status status = db_get_int(writer, &at_ms, "SELECT at_ms FROM known_places WHERE subject = ?", "b",
                                     out->place.hash, sizeof out->place.hash);
    out->is_known = status == STORE_OK;
    if (out->is_known)
        out->mailbox = subject_of(login ? "login-place" : "mail-place", both);
    else
        out->mailbox = subject_of(login ? "login-mailbox" : "mail-mailbox", email);
    return status == STORE_NOT_FOUND ? STORE_OK : status;
}

static store_status find_wait(db *writer, store_throttle what, const subjects *who, int64_t now_ms, int64_t *wait_ms)
{
    bool login = what == STORE_THROTTLE_LOGIN;
    store_status status = login ? wait_growing(writer, &who->mailbox, LOGINS_A_MAILBOX, now_ms, wait_ms)
                                : wait_window(writer, &who->mailbox, MAILS_A_MAILBOX, WINDOW_MS, now_ms, wait_ms);
    if (status == STORE_OK && !login)
        status = wait_window(writer, &who->mailbox, MAILS_A_DAY, DAY_MS, now_ms, wait_ms);
    if (status != STORE_OK || who->is_known)
        return status;
    return login ? wait_growing(writer, &who->client, LOGINS_A_CLIENT, now_ms, wait_ms)
                 : wait_window(writer, &who->client, MAILS_A_CLIENT, WINDOW_MS, now_ms, wait_ms);
}

static store_status forget_old(db *writer, int64_t now_ms)
{
    store_status status = db_exec(writer, "DELETE FROM throttle_events WHERE at_ms < ?", "i", now_ms - DAY_MS);
    if (status == STORE_OK)
        status = db_exec(writer, "DELETE FROM known_places WHERE at_ms < ?", "i", now_ms - PLACE_LIFE_MS);
    return status;
}

store_status store_throttle_enter(store *self, store_throttle what, const char *email, const char *client,
                                  int64_t now_ms, int64_t *retry_after_ms)
{
    db *writer;
    subjects who;
    *retry_after_ms = 0;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = forget_old(writer, now_ms);
    if (status == STORE_OK)
        status = find_subjects(writer, what, email, client, &who);
    if (status == STORE_OK)
        status = find_wait(writer, what, &who, now_ms, retry_after_ms);
    if (status == STORE_OK && *retry_after_ms > 0)
        status = STORE_THROTTLED;
    if (status == STORE_OK)
        status = record(writer, &who.mailbox, now_ms);
    if (status == STORE_OK && !who.is_known)
        status = record(writer, &who.client, now_ms);
    return db_end(writer, status);
}

static store_status forgive(db *writer, const subjects *who)
{
    store_status status = db_exec(writer, "DELETE FROM throttle_events WHERE subject = ?", "b", who->mailbox.hash,
                                  sizeof who->mailbox.hash);
    if (status == STORE_OK && !who->is_known)
        status = db_exec(writer,
                         "DELETE FROM throttle_events WHERE rowid = (SELECT MAX(rowid) FROM throttle_events"
                         " WHERE subject = ?)",
                         "b", who->client.hash, sizeof who->client.hash);
    return status;
}

static store_status remember(db *writer, const subjects *who, int64_t now_ms)
{
    return db_exec(writer, "INSERT OR REPLACE INTO known_places (subject, at_ms) VALUES (?, ?)", "bi", who->place.hash,
                   sizeof who->place.hash, now_ms);
}

store_status store_throttle_forgive(store *self, const char *email, const char *client, int64_t now_ms)
{
    db *writer;
    subjects who;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = find_subjects(writer, STORE_THROTTLE_LOGIN, email, client, &who);
    if (status == STORE_OK)
        status = forgive(writer, &who);
    if (status == STORE_OK)
        status = remember(writer, &who, now_ms);
    return db_end(writer, status);
}

store_status store_throttle_remember(store *self, const char *email, const char *client, int64_t now_ms)
{
    db *writer;
    subjects who;
    store_status status = db_begin(self, &writer);
    if (status != STORE_OK)
        return status;
    status = find_subjects(writer, STORE_THROTTLE_LOGIN, email, client, &who);
    if (status == STORE_OK)
        status = remember(writer, &who, now_ms);
    return db_end(writer, status);
}
