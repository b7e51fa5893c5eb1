/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_catalogue_check.c - what configuration data the cloud has, read from its rows by SQL of its own, and what it
 * may have (sim/sim_catalogue.h).
 */
#include "sim/sim.h"
#include "sim/sim_disk.h"

#include <sodium.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static const char lines_sql[] =
    "SELECT c.revision, l.key, l.line FROM catalogues c JOIN catalogue_lines l USING (upload_no)"
    " WHERE c.store_id = ? ORDER BY l.key";

static void add_line(crypto_generichash_state *hash, sqlite3_stmt *row)
{
    static const unsigned char zero;
    crypto_generichash_update(hash, sqlite3_column_blob(row, 1), (unsigned long long)sqlite3_column_bytes(row, 1));
    crypto_generichash_update(hash, &zero, 1);
    crypto_generichash_update(hash, sqlite3_column_blob(row, 2), (unsigned long long)sqlite3_column_bytes(row, 2));
}

static sqlite3 *open_database(void)
{
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(SIM_DATABASE, &db, SQLITE_OPEN_READONLY, SIM_DISK_VFS) == SQLITE_OK)
        return db;
    sqlite3_close(db);
    return NULL;
}

/* revision 0: the store has none. False: the database cannot be read now. */
static bool read_revision(sim *s, sqlite3 *db, int store, sim_revision *out)
{
    sqlite3_stmt *row = NULL;
    crypto_generichash_state hash;
    int code = db ? sqlite3_prepare_v2(db, lines_sql, -1, &row, NULL) : SQLITE_CANTOPEN;
    *out = (sim_revision){.store = store};
    crypto_generichash_init(&hash, NULL, 0, sizeof out->hash.bytes);
    if (code == SQLITE_OK)
        sqlite3_bind_text(row, 1, s->stores[store].store_id, -1, SQLITE_STATIC);
    while (code == SQLITE_OK && (code = sqlite3_step(row)) == SQLITE_ROW) {
        out->revision = sqlite3_column_int64(row, 0);
        out->lines++;
        add_line(&hash, row);
        code = SQLITE_OK;
    }
    crypto_generichash_final(&hash, out->hash.bytes, sizeof out->hash.bytes);
    sqlite3_finalize(row);
    return code == SQLITE_DONE;
}

const sim_revision *sim_revision_newest(const sim *s, int store)
{
    const sim_revision *newest = NULL;
    for (uint32_t i = 0; i < s->revision_count; i++) {
        if (s->revisions[i].store == store)
            newest = &s->revisions[i];
    }
    return newest;
}

static bool is_same(const sim_hash *a, const sim_hash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static bool had(const sim_till *t, const sim_hash *hash)
{
    for (uint32_t i = 0; i < SIM_VERSIONS && i < t->catalogue.version_count; i++) {
        if (is_same(&t->catalogue.versions[i], hash))
            return true;
    }
    return false;
}

/* Is there a till of that company which had exactly that? */
static bool somebody_had(const sim *s, int company, int till, const sim_hash *hash)
{
    if (till >= 0)
        return had(s->tills[till], hash);
    for (int i = 0; i < s->till_count; i++) {
        if (s->tills[i]->company == company && had(s->tills[i], hash))
            return true;
    }
    return false;
}

static void keep(sim *s, const sim_revision *one)
{
    if (s->revision_count == s->revision_room) {
        s->revision_room = s->revision_room ? 2 * s->revision_room : 16;
        s->revisions = realloc(s->revisions, s->revision_room * sizeof *s->revisions);
        if (!s->revisions)
            abort();
    }
    s->revisions[s->revision_count++] = *one;
}

/* One upload without a licence, and one each time that it is given: as long as the till can remember. */
static void count_upload(sim *s, sim_till *t)
{
    t->catalogue.uploads++;
    if (t->catalogue.uploads > 1 + t->catalogue.grants && !t->exposed && !t->rotten && !t->cloned)
        sim_fail(s, t->index, "its configuration data was uploaded %u times, and the licence allowed %u more than once",
                 t->catalogue.uploads, t->catalogue.grants);
}

/* `till`: -1 of head office, -2 of nobody knows whom. */
static void look(sim *s, sqlite3 *db, int store, int till)
{
    sim_revision now;
    const sim_revision *last = sim_revision_newest(s, store);
    if (!read_revision(s, db, store, &now)) {
        s->stores[store].unseen = true;
        return;
    }
    bool unseen = s->stores[store].unseen;
    s->stores[store].unseen = false;
    if (now.revision == 0 || (last && last->revision == now.revision && is_same(&last->hash, &now.hash)))
        return;
    if (last && now.revision <= last->revision)
        sim_fail(s, till, "revision %lld of %s has changed", (long long)now.revision, s->stores[store].name);
    else if (till >= 0 && !unseen && last && now.revision != last->revision + 1)
        sim_fail(s, till, "an upload makes revision %lld after %lld", (long long)now.revision,
                 (long long)last->revision);
    else if (till != -1 && !unseen && !somebody_had(s, s->stores[store].company, till, &now.hash))
        sim_fail(s, till, "revision %lld of %s is nothing that its till had", (long long)now.revision,
                 s->stores[store].name);
    sim_log(till < 0 ? SIM_LOG_WORLD : till, "%s has revision %lld of configuration data, %u lines",
            s->stores[store].name, (long long)now.revision, now.lines);
    keep(s, &now);
    if (till >= 0 && !unseen)
        count_upload(s, s->tills[till]);
}

void sim_revision_look(sim *s, int store, int till)
{
    if (sim_disk_is_off()) {
        s->stores[store].unseen = true;
    } else if (!s->cloud_down) {
        sqlite3 *db = open_database();
        look(s, db, store, till);
        sqlite3_close(db);
    }
}

void sim_revision_look_everywhere(sim *s)
{
    sqlite3 *db = open_database();
    for (int i = 0; i < s->store_count && !s->failed; i++) {
        s->stores[i].unseen = true; /* a change of head office's may have come through, and nobody was told */
        look(s, db, i, -2);
    }
    sqlite3_close(db);
}

void sim_revision_check_swap(sim *s, sim_till *t)
{
    sim_hash hash = sim_catalogue_hash(&t->catalogue.local);
    for (uint32_t i = 0; i < s->revision_count; i++) {
        const sim_revision *one = &s->revisions[i];
        if (s->stores[one->store].company == t->company && is_same(&one->hash, &hash))
            return;
    }
    sim_fail(s, t->index, "the configuration data in place is no revision that the cloud ever had for its company");
}
