/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogue.h - what the till sells by: its catalogue's lines in the till's database, and how another catalogue takes
 * their place and goes again.
 *
 * HOW IT IS KEPT
 *   Every row says on which *side* it is and in which *versions* it is there (since <= version < until). The local
 *   catalogue, the one before the last swap and the one that is being staged are each a side and a version in the one
 *   row of the table "catalogue":
 *
 *     whole     staged on a side of its own. Swap and undo turn the pointer.
 *     changes   staged on the local side as the next version: what a change replaces or removes gets `until`, what it
 *               brings gets `since`. Neither shows before the pointer does. Swap and undo turn the pointer.
 *
 *   So both cost the same for ten items and for a hundred thousand, and a crash leaves the old pointer or the new one.
 *   What a turn leaves behind is written down as garbage, in the same transaction, and cleaned up in small slices:
 *
 *     a side       nobody points to it any more: its rows go
 *     a dead one   a version on a living side that was undone or given up: what it brought goes, what it took away is
 *                  there again. Until that is done no further version is begun on the side (stage_begin: BUSY)
 *     a past one   the undo that needed the rows that ended with this version is gone: they go, too
 *
 *   Pages are staged without a sync of the disk: a power cut may take the last of them, or all. The swap's commit syncs
 *   whatever was written before it (database.h).
 *
 *   An edit by hand changes the local version in place; there is no undo afterwards, nor are there staged changes.
 *   Versions and sides are never given out twice.
 *
 * Functions that a plugin's call leads to return POS_OK or a code of pos/abi.h, with words in *fault.
 */
#ifndef TILL_CATALOGUE_H
#define TILL_CATALOGUE_H

#include "catalogue_line.h"
#include "database.h"

#define CATALOGUE_TAG_BYTES (POS_CATALOGUE_TAG_MAX_BYTES + 1)
#define CATALOGUE_OPEN      INT64_MAX /* `until` of a row that nothing has ended */

/* The row of the table "catalogue". */
struct catalogue_state {
    int64_t generation;
    int64_t local_side, local_version, local_lines;
    int64_t undo_side, undo_version, undo_lines; /* side 0: there is nothing to undo */
    int64_t stage_side, stage_version, stage_mode, stage_lines;
    int64_t stage_ended;             /* changes: how many local lines end with this version */
    int64_t last_side, last_version; /* given out so far */
    char tag[CATALOGUE_TAG_BYTES];
    char undo_tag[CATALOGUE_TAG_BYTES];
    char stage_last_key[CATALOGUE_KEY_BYTES];
};

/* SQL that makes the tables. */
extern const char catalogue_schema[];

/* ---- catalogue_state.c ---- */

bool catalogue_get(struct database *db, struct catalogue_state *state, struct fault *fault);

/* One durable transaction around `change`, which may change *state. All of it or nothing. */
typedef int32_t (*catalogue_changer)(struct database *db, struct catalogue_state *state, void *ctx,
                                     struct fault *fault);
int32_t catalogue_change(struct database *db, catalogue_changer change, void *ctx, struct fault *fault);

/* The code of what just failed in SQLite. */
int32_t catalogue_code(const struct database *db);

/* Inside a change: the undo is gone; staged changes are gone (all: what was staged whole, too). */
bool catalogue_expire_undo(struct database *db, struct catalogue_state *state, struct fault *fault);
bool catalogue_drop_stage(struct database *db, struct catalogue_state *state, bool all, struct fault *fault);

/* A receipt is being stored, in the caller's transaction: what was sold by cannot be undone. */
bool catalogue_note_sale(struct database *db, struct fault *fault);

/* Reads db->currency out of the local catalogue. */
bool catalogue_read_currency(struct database *db, struct fault *fault);

/* Kinds of garbage. */
#define CATALOGUE_GARBAGE_SIDE 1
#define CATALOGUE_GARBAGE_DEAD 2
#define CATALOGUE_GARBAGE_PAST 3
bool catalogue_note_garbage(struct database *db, int kind, int64_t side, int64_t version, struct fault *fault);

/* Cleans up at most about `rows` rows. *left: there is more. */
bool catalogue_clean(struct database *db, int64_t rows, bool *left, struct fault *fault);

/* ---- catalogue_stage.c ---- */

int32_t catalogue_stage_begin(struct database *db, uint32_t mode, struct fault *fault);
int32_t catalogue_stage_add(struct database *db, const pos_catalogue_line *lines, uint32_t count, uint32_t stride,
                            struct fault *fault);
int32_t catalogue_stage_discard(struct database *db, struct fault *fault);

/* The item that has a barcode; key "": none. */
struct catalogue_holder {
    char key[CATALOGUE_KEY_BYTES];
    int64_t since;
};

/* Which staged or local item will have `barcode` besides `item_key`? *statement is NULL at first; the caller finalizes
 * it at the end. */
int32_t catalogue_find_barcode(struct database *db, const struct catalogue_state *state, const char *barcode,
                               const char *item_key, struct catalogue_holder *holder, sqlite3_stmt **statement,
                               struct fault *fault);
/* POS_E_FAILED, with both items in words. */
int32_t catalogue_tell_barcode(struct database *db, const struct catalogue_state *state, const char *barcode,
                               const char *a_key, const char *b_key, struct fault *fault);

/* ---- catalogue_swap.c ---- */

int32_t catalogue_swap(struct database *db, const char *tag, struct fault *fault);
int32_t catalogue_undo(struct database *db, struct fault *fault);

/* ---- catalogue_load.c ---- */

/* Fills a new till's catalogue, in the caller's transaction, from a file of catalogue lines (plain or gzip); NULL: with
 * what the built-in shop sells. */
bool catalogue_load(struct database *db, const char *path, struct fault *fault);

/* ---- catalogue_edit.c: by hand, at the till ---- */

bool catalogue_add_item(struct database *db, const char *item_id, const char *name, const char *department_id,
                        int64_t price_minor, const char *date, struct fault *fault);
bool catalogue_remove_item(struct database *db, const char *item_id, struct fault *fault);
bool catalogue_set_price(struct database *db, const char *item_id, int64_t price_minor, const char *date,
                         struct fault *fault);

#endif
