/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables, the row with the pointers, and the garbage that turning them leaves behind.
 */
#include "catalogue.h"

#include <stdio.h>
#include <string.h>

#include "query.h"

const char catalogue_schema[] =
    "CREATE TABLE catalogue("
    "  only_row INTEGER PRIMARY KEY CHECK(only_row = 1),"
    "  generation INTEGER NOT NULL,"
    "  local_side INTEGER NOT NULL, local_version INTEGER NOT NULL, local_lines INTEGER NOT NULL,"
    "  undo_side INTEGER NOT NULL, undo_version INTEGER NOT NULL, undo_lines INTEGER NOT NULL,"
    "  stage_side INTEGER NOT NULL, stage_version INTEGER NOT NULL, stage_mode INTEGER NOT NULL,"
    "  stage_lines INTEGER NOT NULL, stage_ended INTEGER NOT NULL,"
    "  last_side INTEGER NOT NULL, last_version INTEGER NOT NULL,"
    "  tag TEXT NOT NULL, undo_tag TEXT NOT NULL, stage_last_key TEXT NOT NULL);"
    "INSERT INTO catalogue VALUES(1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, '', '', '');"
    "CREATE TABLE catalogue_lines("
    "  side INTEGER NOT NULL, key TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL,"
    "  line TEXT NOT NULL," /* the very bytes */
    "  PRIMARY KEY(side, key, since)) WITHOUT ROWID;"
    /* Of a catalogue staged whole all rows are since 0 and open: these two hold changes only. (<> where < would do:
     * SQLite takes < for a range of the index then, and forgets the equality.) */
    "CREATE INDEX catalogue_lines_brought ON catalogue_lines(side, since, key) WHERE since <> 0;"
    "CREATE INDEX catalogue_lines_ended ON catalogue_lines(side, until, key) WHERE until <> 9223372036854775807;"
    "CREATE TABLE catalogue_barcodes("
    "  side INTEGER NOT NULL, key TEXT NOT NULL, since INTEGER NOT NULL, barcode TEXT NOT NULL,"
    "  PRIMARY KEY(side, key, since, barcode),"
    "  FOREIGN KEY(side, key, since) REFERENCES catalogue_lines ON DELETE CASCADE) WITHOUT ROWID;"
    "CREATE INDEX catalogue_barcodes_by_barcode ON catalogue_barcodes(side, barcode);"
    /* Staged barcodes that a local item has, too, which may still be staged itself: judged at the swap. */
    "CREATE TABLE catalogue_doubts(barcode TEXT NOT NULL, key TEXT NOT NULL);"
    "CREATE TABLE catalogue_garbage(garbage_id INTEGER PRIMARY KEY,"
    "  kind INTEGER NOT NULL," /* CATALOGUE_GARBAGE_* */
    "  side INTEGER NOT NULL, version INTEGER NOT NULL);"
    /* For whoever reads it with SQL. */
    "CREATE VIEW local_catalogue AS SELECT l.key, l.line ->> '$.kind' AS kind, l.line FROM catalogue c"
    "  JOIN catalogue_lines l ON l.side = c.local_side AND l.since <= c.local_version AND c.local_version < l.until;";

static void state_copy_text(sqlite3_stmt *row, int column, char *to, size_t capacity)
{
    (void)snprintf(to, capacity, "%s", (const char *)sqlite3_column_text(row, column));
}

bool catalogue_get(struct database *db, struct catalogue_state *state, struct fault *fault)
{
    memset(state, 0, sizeof *state);
    if (!query_reopen(db->sqlite, &db->get_catalogue, fault,
                      "SELECT generation, local_side, local_version, local_lines, undo_side, undo_version,"
                      " undo_lines, stage_side, stage_version, stage_mode, stage_lines, stage_ended,"
                      " last_side, last_version, tag, undo_tag, stage_last_key FROM catalogue",
                      ""))
        return false;
    sqlite3_stmt *row = db->get_catalogue;
    int found = query_next(row, fault);
    if (found == 1) {
        int64_t *numbers[] = {&state->generation,    &state->local_side,   &state->local_version, &state->local_lines,
                              &state->undo_side,     &state->undo_version, &state->undo_lines,    &state->stage_side,
                              &state->stage_version, &state->stage_mode,   &state->stage_lines,   &state->stage_ended,
                              &state->last_side,     &state->last_version};
        int column = 0;
        for (; column < (int)(sizeof numbers / sizeof numbers[0]); column++)
            *numbers[column] = sqlite3_column_int64(row, column);
        state_copy_text(row, column++, state->tag, sizeof state->tag);
        state_copy_text(row, column++, state->undo_tag, sizeof state->undo_tag);
        state_copy_text(row, column, state->stage_last_key, sizeof state->stage_last_key);
    }
    (void)sqlite3_reset(row); /* repeats the error of the step, which is told already */
    return found == 0 ? fault_set(fault, "the till's database has no catalogue") : found == 1;
}

static bool state_put(struct database *db, const struct catalogue_state *state, struct fault *fault)
{
    return query_run(db->sqlite, fault,
                     "UPDATE catalogue SET generation = ?, local_side = ?, local_version = ?, local_lines = ?,"
                     " undo_side = ?, undo_version = ?, undo_lines = ?, stage_side = ?, stage_version = ?,"
                     " stage_mode = ?, stage_lines = ?, stage_ended = ?, last_side = ?, last_version = ?, tag = ?,"
                     " undo_tag = ?, stage_last_key = ?",
                     "iiiiiiiiiiiiiisss", state->generation, state->local_side, state->local_version,
                     state->local_lines, state->undo_side, state->undo_version, state->undo_lines, state->stage_side,
                     state->stage_version, state->stage_mode, state->stage_lines, state->stage_ended, state->last_side,
                     state->last_version, state->tag, state->undo_tag, state->stage_last_key);
}

int32_t catalogue_code(const struct database *db)
{
    switch (sqlite3_errcode(db->sqlite)) {
    case SQLITE_FULL:
        return POS_E_NO_SPACE;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return POS_E_BUSY;
    default:
        return POS_E_IO;
    }
}

int32_t catalogue_change(struct database *db, catalogue_changer change, void *ctx, struct fault *fault)
{
    struct catalogue_state state;
    if (!database_begin(db, fault))
        return catalogue_code(db);
    int32_t result = catalogue_get(db, &state, fault) ? change(db, &state, ctx, fault) : catalogue_code(db);
    if (result == POS_OK && (!state_put(db, &state, fault) || !query_script(db->sqlite, fault, "COMMIT")))
        result = catalogue_code(db);
    if (result != POS_OK)
        database_roll_back(db);
    return result;
}

bool catalogue_note_garbage(struct database *db, int kind, int64_t side, int64_t version, struct fault *fault)
{
    return query_run(db->sqlite, fault, "INSERT INTO catalogue_garbage(kind, side, version) VALUES(?,?,?)", "iii",
                     (int64_t)kind, side, version);
}

bool catalogue_expire_undo(struct database *db, struct catalogue_state *state, struct fault *fault)
{
    if (state->undo_side == 0)
        return true;
    bool other_side = state->undo_side != state->local_side;
    if (!catalogue_note_garbage(db, other_side ? CATALOGUE_GARBAGE_SIDE : CATALOGUE_GARBAGE_PAST, state->undo_side,
                                other_side ? 0 : state->local_version, fault))
        return false;
    state->undo_side = state->undo_version = state->undo_lines = 0;
    state->undo_tag[0] = '\0';
    return true;
}

bool catalogue_drop_stage(struct database *db, struct catalogue_state *state, bool all, struct fault *fault)
{
    if (state->stage_side == 0 || (!all && state->stage_mode == POS_STAGE_WHOLE))
        return true;
    bool whole = state->stage_mode == POS_STAGE_WHOLE;
    if (!catalogue_note_garbage(db, whole ? CATALOGUE_GARBAGE_SIDE : CATALOGUE_GARBAGE_DEAD, state->stage_side,
                                whole ? 0 : state->stage_version, fault) ||
        !query_run(db->sqlite, fault, "DELETE FROM catalogue_doubts", ""))
        return false;
    state->stage_side = state->stage_version = state->stage_mode = state->stage_lines = state->stage_ended = 0;
    state->stage_last_key[0] = '\0';
    return true;
}

bool catalogue_note_sale(struct database *db, struct fault *fault)
{
    struct catalogue_state state;
    if (!catalogue_get(db, &state, fault))
        return false;
    if (state.undo_side == 0)
        return true;
    return catalogue_expire_undo(db, &state, fault) && state_put(db, &state, fault);
}

bool catalogue_read_currency(struct database *db, struct fault *fault)
{
    sqlite3_stmt *row =
        query_open(db->sqlite, fault, "SELECT line ->> '$.currency' FROM local_catalogue WHERE key = '0'", "");
    if (row == NULL)
        return false;
    int found = query_next(row, fault);
    if (found == 1)
        state_copy_text(row, 0, db->currency, sizeof db->currency);
    (void)sqlite3_finalize(row);
    return found == 0 ? fault_set(fault, "the catalogue has no line \"catalogue\"") : found == 1;
}
