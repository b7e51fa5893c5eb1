/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cleans up what swaps, undos and discarded stages left, a slice at a time: a till must not stand still because
 * 100,000 items went out of use.
 */
#include "catalogue.h"

#include "query.h"

/* A slice: at most so many keys, found by an index, whatever else there is. ?1 side, ?2 version, ?3 how many. */
#define CLEAN_KEYS(which) " AND key IN (SELECT key FROM catalogue_lines WHERE side = ?1 AND " which " LIMIT ?3)"
#define CLEAN_BROUGHT     "since = ?2 AND since <> 0"
#define CLEAN_ENDED       "until = ?2 AND until <> 9223372036854775807"

/* The oldest piece of garbage. 1 found, 0 none, -1 an error. */
static int clean_find(struct database *db, int64_t *id, int64_t *kind, int64_t *side, int64_t *version,
                      struct fault *fault)
{
    sqlite3_stmt *row = query_open(
        db->sqlite, fault,
        "SELECT garbage_id, kind, side, version FROM catalogue_garbage ORDER BY kind <> 2, garbage_id LIMIT 1", "");
    if (row == NULL)
        return -1;
    int found = query_next(row, fault);
    if (found == 1) {
        *id = sqlite3_column_int64(row, 0);
        *kind = sqlite3_column_int64(row, 1);
        *side = sqlite3_column_int64(row, 2);
        *version = sqlite3_column_int64(row, 3);
    }
    (void)sqlite3_finalize(row);
    return found;
}

static bool clean_step(struct database *db, const char *sql, int64_t side, int64_t version, int64_t *rows,
                       struct fault *fault)
{
    if (*rows <= 0)
        return true;
    if (!query_run(db->sqlite, fault, sql, "iii", side, version, *rows))
        return false;
    *rows -= sqlite3_changes(db->sqlite);
    return true;
}

static bool clean_piece(struct database *db, int64_t kind, int64_t side, int64_t version, int64_t *rows,
                        struct fault *fault)
{
    if (kind == CATALOGUE_GARBAGE_SIDE)
        return clean_step(db, "DELETE FROM catalogue_lines WHERE side = ?1 AND since >= ?2" CLEAN_KEYS("since >= ?2"),
                          side, 0, rows, fault);
    if (kind == CATALOGUE_GARBAGE_PAST)
        return clean_step(db, "DELETE FROM catalogue_lines WHERE side = ?1 AND until = ?2" CLEAN_KEYS(CLEAN_ENDED),
                          side, version, rows, fault);
    return clean_step(db, "DELETE FROM catalogue_lines WHERE side = ?1 AND since = ?2" CLEAN_KEYS(CLEAN_BROUGHT), side,
                      version, rows, fault) &&
           clean_step(
               db,
               "UPDATE catalogue_lines SET until = 9223372036854775807 WHERE side = ?1 AND until = ?2" CLEAN_KEYS(
                   CLEAN_ENDED),
               side, version, rows, fault);
}

static bool clean_inside(struct database *db, int64_t rows, bool *left, struct fault *fault)
{
    int64_t id, kind, side, version;
    int found;
    while ((found = clean_find(db, &id, &kind, &side, &version, fault)) == 1 && rows > 0) {
        if (!clean_piece(db, kind, side, version, &rows, fault))
            return false;
        /* Less than the slice: there was nothing more of it. */
        if (rows > 0 && !query_run(db->sqlite, fault, "DELETE FROM catalogue_garbage WHERE garbage_id = ?", "i", id))
            return false;
    }
    *left = found == 1;
    return found >= 0;
}

bool catalogue_clean(struct database *db, int64_t rows, bool *left, struct fault *fault)
{
    int64_t pieces;
    *left = false;
    if (!query_int(db->sqlite, fault, &pieces, 0, "SELECT count(*) FROM catalogue_garbage", ""))
        return false;
    if (pieces == 0)
        return true;
    if (!database_begin(db, fault))
        return false;
    if (clean_inside(db, rows, left, fault))
        return database_commit(db, fault);
    database_roll_back(db);
    return false;
}
