/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Staging: lines come in the order of their keys and go where nobody looks yet. What this till cannot hold is refused
 * here, page by page, so that the swap has next to nothing left to judge.
 */
#include "catalogue.h"

#include <stdio.h>
#include <string.h>

#include "query.h"

#define STAGE_CLEAN_ROWS 5000 /* at most, before a stage can begin */

static int32_t stage_drop_all(struct database *db, struct catalogue_state *state, void *ctx, struct fault *fault)
{
    (void)ctx;
    return catalogue_drop_stage(db, state, true, fault) ? POS_OK : catalogue_code(db);
}

int32_t catalogue_stage_discard(struct database *db, struct fault *fault)
{
    return catalogue_change(db, stage_drop_all, NULL, fault);
}

/* ---- begin ---- */

static int32_t stage_begin_changes(struct database *db, struct catalogue_state *state, struct fault *fault)
{
    int64_t dead;
    if (!query_int(db->sqlite, fault, &dead, 0, "SELECT count(*) FROM catalogue_garbage WHERE kind = 2 AND side = ?",
                   "i", state->local_side))
        return catalogue_code(db);
    if (dead > 0) {
        (void)fault_set(fault, "what an undone change left behind is still being cleaned up");
        return POS_E_BUSY;
    }
    state->stage_side = state->local_side;
    /* The kinds but item and price come whole: all that is there ends, and what is staged takes its place. */
    if (!query_run(db->sqlite, fault,
                   "UPDATE catalogue_lines SET until = ? WHERE side = ? AND key < '7' AND since <= ? AND ? < until",
                   "iiii", state->stage_version, state->local_side, state->local_version, state->local_version))
        return catalogue_code(db);
    state->stage_ended = sqlite3_changes(db->sqlite);
    return POS_OK;
}

static int32_t stage_begin_inside(struct database *db, struct catalogue_state *state, void *ctx, struct fault *fault)
{
    state->stage_mode = *(const uint32_t *)ctx;
    state->stage_version = ++state->last_version;
    if (state->stage_mode == POS_STAGE_CHANGES)
        return stage_begin_changes(db, state, fault);
    state->stage_side = ++state->last_side;
    return POS_OK;
}

int32_t catalogue_stage_begin(struct database *db, uint32_t mode, struct fault *fault)
{
    bool left;
    if (mode != POS_STAGE_WHOLE && mode != POS_STAGE_CHANGES) {
        (void)fault_set(fault, "there is no mode %u of staging", (unsigned)mode);
        return POS_E_MISUSE;
    }
    int32_t result = catalogue_stage_discard(db, fault);
    if (result == POS_OK && mode == POS_STAGE_CHANGES && !catalogue_clean(db, STAGE_CLEAN_ROWS, &left, fault))
        result = catalogue_code(db);
    return result == POS_OK ? catalogue_change(db, stage_begin_inside, &mode, fault) : result;
}

/* ---- add ---- */

struct stage_page {
    const pos_catalogue_line *lines;
    uint32_t count;
    uint32_t stride;
    /* What is run for every line, prepared once a page. */
    sqlite3_stmt *insert;
    sqlite3_stmt *find_item;
    sqlite3_stmt *add_barcode;
    sqlite3_stmt *find_barcode;
    char item[CATALOGUE_KEY_BYTES]; /* the last one of the page, whose prices follow; "" : none yet */
};

static bool stage_step(sqlite3_stmt *statement, struct fault *fault)
{
    int state = query_next(statement, fault);
    (void)sqlite3_reset(statement); /* repeats the error of the step, which is told already */
    return state >= 0;
}

static int64_t stage_since(const struct catalogue_state *state)
{
    return state->stage_mode == POS_STAGE_CHANGES ? state->stage_version : 0;
}

int32_t catalogue_find_barcode(struct database *db, const struct catalogue_state *state, const char *barcode,
                               const char *item_key, struct catalogue_holder *holder, sqlite3_stmt **statement,
                               struct fault *fault)
{
    holder->key[0] = '\0';
    if (!query_reopen(db->sqlite, statement, fault,
                      "SELECT b.key, b.since FROM catalogue_barcodes b JOIN catalogue_lines l USING(side, key, since)"
                      " WHERE b.side = ? AND b.barcode = ? AND b.key <> ? AND l.since <= ? AND ? < l.until"
                      " ORDER BY b.key LIMIT 1",
                      "issii", state->stage_side, barcode, item_key, state->stage_version, state->stage_version))
        return catalogue_code(db);
    int found = query_next(*statement, fault);
    if (found == 1) {
        (void)snprintf(holder->key, sizeof holder->key, "%s", (const char *)sqlite3_column_text(*statement, 0));
        holder->since = sqlite3_column_int64(*statement, 1);
    }
    int32_t result = found >= 0 ? POS_OK : catalogue_code(db);
    (void)sqlite3_reset(*statement);
    return result;
}

/* 101 "Bananas" */
static bool stage_name_item(struct database *db, const struct catalogue_state *state, const char *key, char *words,
                            size_t capacity, struct fault *fault)
{
    sqlite3_stmt *row = query_open(db->sqlite, fault,
                                   "SELECT line ->> '$.name' FROM catalogue_lines WHERE side = ? AND key = ?"
                                   " AND since <= ? AND ? < until",
                                   "isii", state->stage_side, key, state->stage_version, state->stage_version);
    if (row == NULL)
        return false;
    int found = query_next(row, fault);
    const char *name = found == 1 ? (const char *)sqlite3_column_text(row, 0) : NULL;
    (void)snprintf(words, capacity, "%s \"%.60s\"", key + 1, name != NULL ? name : "");
    (void)sqlite3_finalize(row);
    return found >= 0;
}

int32_t catalogue_tell_barcode(struct database *db, const struct catalogue_state *state, const char *barcode,
                               const char *a_key, const char *b_key, struct fault *fault)
{
    char a[160], b[160];
    if (!stage_name_item(db, state, a_key, a, sizeof a, fault) ||
        !stage_name_item(db, state, b_key, b, sizeof b, fault))
        return catalogue_code(db);
    (void)fault_set(fault, "two items have the barcode %.64s: %s and %s", barcode, a, b);
    return POS_E_FAILED;
}

static int32_t stage_add_barcode(struct database *db, const struct catalogue_state *state, struct stage_page *page,
                                 const char *item_key, const char *barcode, struct fault *fault)
{
    struct catalogue_holder other;
    if (!query_reopen(db->sqlite, &page->add_barcode, fault, "INSERT OR IGNORE INTO catalogue_barcodes VALUES(?,?,?,?)",
                      "isis", state->stage_side, item_key, stage_since(state), barcode) ||
        !stage_step(page->add_barcode, fault))
        return catalogue_code(db);
    int32_t result = catalogue_find_barcode(db, state, barcode, item_key, &other, &page->find_barcode, fault);
    if (result != POS_OK || other.key[0] == '\0')
        return result;
    /* A local item behind this one may still be staged itself, without the barcode. */
    if (other.since == stage_since(state) || strcmp(other.key, item_key) < 0)
        return catalogue_tell_barcode(db, state, barcode, other.key, item_key, fault);
    return query_run(db->sqlite, fault, "INSERT INTO catalogue_doubts VALUES(?,?)", "ss", barcode, item_key)
               ? POS_OK
               : catalogue_code(db);
}

static int32_t stage_add_barcodes(struct database *db, const struct catalogue_state *state, struct stage_page *page,
                                  const struct catalogue_line *line, struct fault *fault)
{
    int32_t result = POS_OK;
    const cJSON *barcode;
    cJSON_ArrayForEach(barcode, cJSON_GetObjectItemCaseSensitive(line->json, "barcodes"))
    {
        if (result == POS_OK && cJSON_IsString(barcode))
            result = stage_add_barcode(db, state, page, line->key, barcode->valuestring, fault);
    }
    return result;
}

/* Changes: the local item and its prices end. */
static bool stage_end_item(struct database *db, struct catalogue_state *state, const char *key, struct fault *fault)
{
    char end[CATALOGUE_END_BYTES];
    catalogue_line_end_of_item(key, end);
    if (!query_run(db->sqlite, fault,
                   "UPDATE catalogue_lines SET until = ? WHERE side = ? AND key >= ? AND key < ? AND since <= ?"
                   " AND ? < until",
                   "iissii", state->stage_version, state->stage_side, key, end, state->local_version,
                   state->local_version))
        return false;
    state->stage_ended += sqlite3_changes(db->sqlite);
    return true;
}

/* A price without its item would be a price of nothing. */
static int32_t stage_check_price(struct database *db, const struct catalogue_state *state, struct stage_page *page,
                                 const char *key, struct fault *fault)
{
    char item[CATALOGUE_KEY_BYTES];
    size_t length = strcspn(key, "\x01");
    if (strncmp(key, page->item, length) == 0 && page->item[length] == '\0')
        return POS_OK;
    memcpy(item, key, length);
    item[length] = '\0';
    if (!query_reopen(db->sqlite, &page->find_item, fault,
                      "SELECT 1 FROM catalogue_lines WHERE side = ? AND key = ? AND since = ?", "isi",
                      state->stage_side, item, stage_since(state)))
        return catalogue_code(db);
    int found = query_next(page->find_item, fault);
    if (found == 1)
        return POS_OK;
    if (found < 0)
        return catalogue_code(db);
    (void)fault_set(fault, "there is a price of item %s, but no such item before it", item + 1);
    return POS_E_FAILED;
}

/* A till that has sold in one currency cannot go on in another. */
static int32_t stage_check_head(struct database *db, const struct catalogue_line *line, struct fault *fault)
{
    int64_t sold;
    const char *currency = catalogue_line_text(line->json, "currency", "");
    if (strcmp(currency, db->currency) == 0)
        return POS_OK;
    if (!query_int(db->sqlite, fault, &sold, 0, "SELECT EXISTS(SELECT 1 FROM receipts)", ""))
        return catalogue_code(db);
    if (sold == 0)
        return POS_OK;
    (void)fault_set(fault, "these prices are in %s, and this till has sold in %s", currency, db->currency);
    return POS_E_FAILED;
}

static int32_t stage_add_read(struct database *db, struct catalogue_state *state, struct stage_page *page,
                              const pos_catalogue_line *in, const struct catalogue_line *line, struct fault *fault)
{
    int32_t result = POS_OK;
    if (strcmp(line->key, in->key) != 0) {
        (void)fault_set(fault, "the key of a line does not fit the line: %.*s",
                        (int)(in->line_bytes < 80 ? in->line_bytes : 80), in->line);
        return POS_E_FAILED;
    }
    if (line->key[0] == CATALOGUE_HEAD)
        result = stage_check_head(db, line, fault);
    if (result == POS_OK && line->is_price)
        result = stage_check_price(db, state, page, line->key, fault);
    bool is_item = line->key[0] == CATALOGUE_ITEM && !line->is_price;
    if (result == POS_OK && is_item && state->stage_mode == POS_STAGE_CHANGES &&
        !stage_end_item(db, state, line->key, fault))
        result = catalogue_code(db);
    if (result == POS_OK &&
        (!query_reopen(db->sqlite, &page->insert, fault, "INSERT INTO catalogue_lines VALUES(?,?,?,?,CAST(? AS TEXT))",
                       "isiib", state->stage_side, line->key, stage_since(state), CATALOGUE_OPEN,
                       (const void *)in->line, (size_t)in->line_bytes) ||
         !stage_step(page->insert, fault)))
        result = catalogue_code(db);
    if (result == POS_OK && is_item) {
        memcpy(page->item, line->key, sizeof page->item);
        result = stage_add_barcodes(db, state, page, line, fault);
    }
    if (result == POS_OK)
        state->stage_lines++;
    return result;
}

static int32_t stage_add_line(struct database *db, struct catalogue_state *state, struct stage_page *page,
                              const pos_catalogue_line *in, struct fault *fault)
{
    struct catalogue_line line;
    if (in->key == NULL || strlen(in->key) >= CATALOGUE_KEY_BYTES || in->line_bytes > POS_CATALOGUE_LINE_MAX_BYTES) {
        (void)fault_set(fault, "a line of %u bytes, or its key, is too long", (unsigned)in->line_bytes);
        return POS_E_TOO_LARGE;
    }
    if (strcmp(in->key, state->stage_last_key) <= 0) {
        (void)fault_set(fault, "keys do not ascend: %s after %s", in->key, state->stage_last_key);
        return POS_E_MISUSE;
    }
    memcpy(state->stage_last_key, in->key, strlen(in->key) + 1);
    if (in->line_bytes == 0) {
        if (state->stage_mode != POS_STAGE_CHANGES || in->key[0] != CATALOGUE_ITEM || strchr(in->key, '\x01') != NULL) {
            (void)fault_set(fault, "only an item can be removed, and only by changes: %s", in->key);
            return POS_E_MISUSE;
        }
        return stage_end_item(db, state, in->key, fault) ? POS_OK : catalogue_code(db);
    }
    if (!catalogue_line_read(&line, in->line, in->line_bytes, fault))
        return POS_E_FAILED;
    int32_t result = stage_add_read(db, state, page, in, &line, fault);
    catalogue_line_free(&line);
    return result;
}

static int32_t stage_add_page(struct database *db, struct catalogue_state *state, void *ctx, struct fault *fault)
{
    struct stage_page *page = ctx;
    int32_t result = POS_OK;
    if (state->stage_side == 0) {
        (void)fault_set(fault, "no stage was begun");
        return POS_E_FAILED;
    }
    for (uint32_t i = 0; result == POS_OK && i < page->count; i++) {
        const char *place = (const char *)page->lines + (size_t)i * page->stride;
        result = stage_add_line(db, state, page, (const pos_catalogue_line *)(const void *)place, fault);
    }
    sqlite3_stmt *prepared[] = {page->insert, page->find_item, page->add_barcode, page->find_barcode};
    for (size_t i = 0; i < sizeof prepared / sizeof prepared[0]; i++)
        (void)sqlite3_finalize(prepared[i]); /* before the transaction ends */
    return result;
}

int32_t catalogue_stage_add(struct database *db, const pos_catalogue_line *lines, uint32_t count, uint32_t stride,
                            struct fault *fault)
{
    struct stage_page page = {.lines = lines, .count = count, .stride = stride};
    struct fault restoring;
    /* What is staged need not survive a power cut, and the swap's commit syncs all that was written before it. */
    if (!database_set_durable(db, false, fault))
        return catalogue_code(db);
    int32_t result = catalogue_change(db, stage_add_page, &page, fault);
    if (database_set_durable(db, true, &restoring) || result != POS_OK)
        return result;
    *fault = restoring;
    return catalogue_code(db);
}
