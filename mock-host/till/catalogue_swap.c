/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Swap and undo: one row changes, whatever the size. What the old pointers pointed to is noted as garbage where nobody
 * needs it any more.
 */
#include "catalogue.h"

#include <stdio.h>
#include <string.h>

#include "query.h"

/* Barcodes that a local item had, too, when they were staged: does one still? */
static int32_t swap_judge_doubts(struct database *db, const struct catalogue_state *state, struct fault *fault)
{
    int32_t result = POS_OK;
    int more;
    sqlite3_stmt *find = NULL;
    sqlite3_stmt *row = query_open(db->sqlite, fault, "SELECT barcode, key FROM catalogue_doubts", "");
    if (row == NULL)
        return catalogue_code(db);
    while (result == POS_OK && (more = query_next(row, fault)) != 0) {
        struct catalogue_holder other = {.key = ""};
        const char *barcode = (const char *)sqlite3_column_text(row, 0);
        const char *key = (const char *)sqlite3_column_text(row, 1);
        if (more < 0)
            result = catalogue_code(db);
        else
            result = catalogue_find_barcode(db, state, barcode, key, &other, &find, fault);
        if (result == POS_OK && other.key[0] != '\0')
            result = catalogue_tell_barcode(db, state, barcode, key, other.key, fault);
    }
    (void)sqlite3_finalize(find);
    (void)sqlite3_finalize(row);
    return result;
}

/* The till sells by the currency in this line: a catalogue without it is none. */
static int32_t swap_judge_head(struct database *db, const struct catalogue_state *state, struct fault *fault)
{
    int64_t heads;
    if (!query_int(db->sqlite, fault, &heads, 0,
                   "SELECT count(*) FROM catalogue_lines WHERE side = ? AND key = '0' AND since <= ? AND ? < until",
                   "iii", state->stage_side, state->stage_version, state->stage_version))
        return catalogue_code(db);
    if (heads == 1)
        return POS_OK;
    (void)fault_set(fault, "the line \"catalogue\" is missing");
    return POS_E_FAILED;
}

static int32_t swap_inside(struct database *db, struct catalogue_state *state, void *ctx, struct fault *fault)
{
    if (state->stage_side == 0) {
        (void)fault_set(fault, "nothing is staged");
        return POS_E_FAILED;
    }
    int32_t result = swap_judge_head(db, state, fault);
    if (result == POS_OK)
        result = swap_judge_doubts(db, state, fault);
    if (result != POS_OK)
        return result;
    if (!catalogue_expire_undo(db, state, fault) || !query_run(db->sqlite, fault, "DELETE FROM catalogue_doubts", ""))
        return catalogue_code(db);
    int64_t kept = state->stage_mode == POS_STAGE_CHANGES ? state->local_lines - state->stage_ended : 0;
    state->undo_side = state->local_side;
    state->undo_version = state->local_version;
    state->undo_lines = state->local_lines;
    memcpy(state->undo_tag, state->tag, sizeof state->undo_tag);
    state->local_side = state->stage_side;
    state->local_version = state->stage_version;
    state->local_lines = kept + state->stage_lines;
    (void)snprintf(state->tag, sizeof state->tag, "%s", (const char *)ctx);
    state->generation++;
    state->stage_side = state->stage_version = state->stage_mode = state->stage_lines = state->stage_ended = 0;
    state->stage_last_key[0] = '\0';
    return POS_OK;
}

static int32_t swap_finish(struct database *db, int32_t result, struct fault *fault)
{
    if (result == POS_OK && !catalogue_read_currency(db, fault))
        return catalogue_code(db);
    return result;
}

int32_t catalogue_swap(struct database *db, const char *tag, struct fault *fault)
{
    char copy[CATALOGUE_TAG_BYTES];
    if (tag == NULL || tag[0] == '\0' || strlen(tag) >= sizeof copy) {
        (void)fault_set(fault, "a tag has 1 to %u bytes", POS_CATALOGUE_TAG_MAX_BYTES);
        return POS_E_MISUSE;
    }
    (void)snprintf(copy, sizeof copy, "%s", tag);
    return swap_finish(db, catalogue_change(db, swap_inside, copy, fault), fault);
}

static int32_t undo_inside(struct database *db, struct catalogue_state *state, void *ctx, struct fault *fault)
{
    (void)ctx;
    if (state->undo_side == 0) {
        (void)fault_set(fault, "there is nothing to undo, or something was edited or sold since");
        return POS_E_NOT_FOUND;
    }
    bool other_side = state->undo_side != state->local_side;
    if (!catalogue_drop_stage(db, state, false, fault) ||
        !catalogue_note_garbage(db, other_side ? CATALOGUE_GARBAGE_SIDE : CATALOGUE_GARBAGE_DEAD, state->local_side,
                                other_side ? 0 : state->local_version, fault))
        return catalogue_code(db);
    state->local_side = state->undo_side;
    state->local_version = state->undo_version;
    state->local_lines = state->undo_lines;
    memcpy(state->tag, state->undo_tag, sizeof state->tag);
    state->generation++;
    state->undo_side = state->undo_version = state->undo_lines = 0;
    state->undo_tag[0] = '\0';
    return POS_OK;
}

int32_t catalogue_undo(struct database *db, struct fault *fault)
{
    return swap_finish(db, catalogue_change(db, undo_inside, NULL, fault), fault);
}
