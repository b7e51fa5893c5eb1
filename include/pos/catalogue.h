/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pos/catalogue.h - extension "pos.catalogue/1": the till's configuration data (departments, items, prices, ...), to be
 * uploaded to the cloud or replaced by what the cloud has.
 *
 * A catalogue crosses as a stream of *lines*, never as one document: 100,000 items need no memory on either side. A line
 * is one JSON object (`CatalogueLine` in cloud/openapi.yaml: kinds catalogue, tax, payment_method, price_level,
 * department, group, user, item, price) and has a *key*, which tells two lines apart and puts all of them in order:
 *
 *     catalogue "0"        tax "1"+tax_id              payment_method "2"+payment_method_id
 *     price_level "3"+price_level_id                   department "4"+department_id
 *     group "5"+group_id   user "6"+user_id            item "7"+item_id
 *     price "7"+item_id+"\x01"+price_level_id+"\x01"+valid_from
 *
 * Give a line back with every member that was staged, known to you or not: one that is missing counts as a change.
 * Keys compare byte by byte, like memcmp ("a1" and "A1" are two items; an id such as "9e+05" is text and stays what it
 * is). So an item is followed by its own prices, and whatever a line refers to comes before it.
 *
 * There are two catalogues: LOCAL, which the till sells by, and STAGED, which a download fills beside it. Nothing of the
 * staged one shows until swap(), which puts it in place of the local one at once or not at all. The plugin checks every
 * line (form, references, ranges, doubles) before it stages it; the host may refuse what it cannot hold.
 *
 * The transactions behind these functions are not the plugin's storage: a day that is closed in the middle of a
 * download stays closed when the download is rolled back.
 *
 * Obtained with pos_host.get_extension(ctx, POS_CATALOGUE_1). Without it the plugin's screens offer no configuration
 * data. Calls happen as for every host function, at most a few a tick; none may take longer than a screen may freeze.
 */
#ifndef POS_CATALOGUE_H
#define POS_CATALOGUE_H

#include "abi.h"

#define POS_CATALOGUE_1 "pos.catalogue/1"

#define POS_CATALOGUE_LINE_MAX_BYTES 16384u /* of one line, no zero and no line feed counted */
#define POS_CATALOGUE_KEY_MAX_BYTES  255u
#define POS_CATALOGUE_TAG_MAX_BYTES  255u

#define POS_CATALOGUE_LOCAL  1u
#define POS_CATALOGUE_STAGED 2u

/* What stage_begin() is for. */
#define POS_STAGE_WHOLE   1u /* after the swap the local catalogue is exactly what was staged */
#define POS_STAGE_CHANGES 2u /* the swap changes the local catalogue by what was staged; see pos_catalogue.swap */

/* pos_catalogue_state.flags */
#define POS_CATALOGUE_SALE_OPEN 0x1u /* a sale is open: swap() and undo() would return BUSY */
#define POS_CATALOGUE_CAN_UNDO  0x2u /* undo() would bring back what was there before the last swap */

typedef struct pos_catalogue_state {
    uint32_t struct_size; /* set by the caller */
    uint32_t flags;       /* POS_CATALOGUE_* */
    uint64_t generation;  /* of the local catalogue: another value after every change of it, by whoever, also across
                             restarts; a swap and an undo change it, too */
    uint64_t local_lines;
    uint64_t
        staged_lines; /* removals not counted; 0 also when a crash took what was staged: then the plugin stages anew */
    const char *tag;  /* what the last swap() stored, "" if none or undone; valid until the next call */
} pos_catalogue_state;

POS_PIN(pos_catalogue_state, generation, 8, 8);
POS_PIN(pos_catalogue_state, local_lines, 16, 16);
POS_PIN(pos_catalogue_state, tag, 32, 32);

typedef struct pos_catalogue_line {
    uint32_t struct_size;
    uint32_t line_bytes; /* of `line`; 0: stage_add() is told that this key is to be removed (POS_STAGE_CHANGES only) */
    const char *key;     /* zero-terminated, 1..POS_CATALOGUE_KEY_MAX_BYTES */
    const char *line;    /* UTF-8 JSON, no line feed; no terminating zero is needed or counted */
} pos_catalogue_line;

POS_PIN(pos_catalogue_line, key, 8, 8);
POS_PIN(pos_catalogue_line, line, 12, 16);

/* Receives one line, valid during the call only. Return 0 to go on, anything else to end the reading. Must not call the
 * catalogue. */
typedef int32_t (*pos_catalogue_visitor)(void *visitor_ctx, const pos_catalogue_line *line);

/* `reason` (reason_capacity_bytes >= 1) receives, zero-terminated and cut to fit, why the host refused, in words for the
 * owner; "" where the code says it all. */
typedef struct pos_catalogue {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx; /* handed to every function below */

    /* Cheap: it is asked whenever the screen is drawn. Errors: FAILED, IO, BUSY. */
    int32_t (*state)(void *ctx, pos_catalogue_state *out);

    /* Visits the lines of a catalogue (POS_CATALOGUE_LOCAL or _STAGED) with key > after_key, ascending; after_key "" is
     * the beginning. The plugin ends the reading after a page and goes on from its last key in a later call, so a
     * position costs no more at the end than at the beginning. Staged removals are not visited. The local catalogue has
     * its line "catalogue" even when it is otherwise empty. Errors: FAILED, IO, BUSY. */
    int32_t (*read)(void *ctx, uint32_t which, const char *after_key, pos_catalogue_visitor visitor, void *visitor_ctx);

    /* Forgets what was staged and begins anew (POS_STAGE_*). Errors: FAILED, IO, NO_SPACE, BUSY. */
    int32_t (*stage_begin)(void *ctx, uint32_t mode);

    /* Stages a page of lines (`stride` bytes apart), all or none; keys ascend over the whole stage. Need not be durable
     * before swap(). FAILED: the host cannot hold one of them (`reason` names it: a barcode that two items have, ...).
     * Errors: FAILED, TOO_LARGE, NO_SPACE, IO, BUSY. */
    int32_t (*stage_add)(void *ctx, const pos_catalogue_line *lines, uint32_t count, uint32_t stride, char *reason,
                         uint32_t reason_capacity_bytes);

    /* Forgets what was staged. Nothing staged is no error. Errors: IO, BUSY. */
    int32_t (*stage_discard)(void *ctx);

    /* Puts the staged catalogue in place of the local one, in one durable transaction that also keeps what undo() needs
     * and stores `tag` (1..POS_CATALOGUE_TAG_MAX_BYTES bytes, the plugin's own words for what this is). Afterwards
     * nothing is staged. With POS_STAGE_CHANGES: lines of the kinds but item and price replace all lines of those kinds;
     * a staged item replaces the item of that key together with all its prices; a removal takes an item and its prices.
     * BUSY: a sale is open; nothing was changed, and the plugin asks again. FAILED: it cannot be put in place (`reason`).
     * Make it quick whatever the size, for it runs inside a tick: keep both catalogues side by side and switch.
     * Errors: BUSY, FAILED, NO_SPACE, IO; after IO the outcome is unknown, and state().tag tells. */
    int32_t (*swap)(void *ctx, const char *tag, char *reason, uint32_t reason_capacity_bytes);

    /* Brings back the local catalogue and the tag from before the last swap, byte for byte, in one durable transaction.
     * NOT_FOUND: there is nothing to undo, or something was edited or sold since. BUSY: a sale is open.
     * Errors: NOT_FOUND, BUSY, FAILED, NO_SPACE, IO. */
    int32_t (*undo)(void *ctx, char *reason, uint32_t reason_capacity_bytes);
} pos_catalogue;

POS_PIN(pos_catalogue, ctx, 8, 8);
POS_PIN(pos_catalogue, state, 12, 16);
POS_PIN(pos_catalogue, stage_add, 24, 40);
POS_PIN(pos_catalogue, undo, 36, 64);

#endif
