/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the staff changes at the till itself. Every edit ends the undo, and changes that were staged against what was
 * there before.
 */
#include "catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "query.h"

#define EDIT_VISIBLE "side = ? AND since <= ? AND ? < until"

struct edit {
    const char *item_id;
    const char *name;
    const char *department_id;
    const char *date;
    int64_t price_minor;
    char key[CATALOGUE_KEY_BYTES];
};

typedef bool (*edit_step)(struct database *db, struct catalogue_state *state, struct edit *edit, struct fault *fault);

struct edit_run {
    edit_step step;
    struct edit *edit;
};

static int32_t edit_inside(struct database *db, struct catalogue_state *state, void *ctx, struct fault *fault)
{
    const struct edit_run *run = ctx;
    if (!catalogue_expire_undo(db, state, fault) || !catalogue_drop_stage(db, state, false, fault) ||
        !run->step(db, state, run->edit, fault))
        return POS_E_FAILED;
    state->generation++;
    return POS_OK;
}

static bool edit_run(struct database *db, edit_step step, struct edit *edit, struct fault *fault)
{
    struct edit_run run = {step, edit};
    if (edit->item_id[0] == '\0' || strlen(edit->item_id) >= CATALOGUE_ID_BYTES)
        return fault_set(fault, "an item's id has 1 to %d bytes", CATALOGUE_ID_BYTES - 1);
    (void)snprintf(edit->key, sizeof edit->key, "%c%s", CATALOGUE_ITEM, edit->item_id);
    return catalogue_change(db, edit_inside, &run, fault) == POS_OK;
}

/* The JSON of `line` becomes a row. */
static bool edit_insert(struct database *db, struct catalogue_state *state, const char *key, cJSON *json,
                        struct fault *fault)
{
    char *text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    if (text == NULL)
        return fault_set(fault, "no memory for a line");
    bool ok = strlen(text) <= POS_CATALOGUE_LINE_MAX_BYTES
                  ? query_run(db->sqlite, fault, "INSERT INTO catalogue_lines VALUES(?,?,?,?,?)", "isiis",
                              state->local_side, key, state->local_version, CATALOGUE_OPEN, text)
                  : fault_set(fault, "the name is too long");
    cJSON_free(text);
    state->local_lines++;
    return ok;
}

static bool edit_find(struct database *db, const struct catalogue_state *state, const char *key, bool *is_there,
                      struct fault *fault)
{
    int64_t count;
    if (!query_int(db->sqlite, fault, &count, 0,
                   "SELECT count(*) FROM catalogue_lines WHERE " EDIT_VISIBLE " AND key = ?", "iiis", state->local_side,
                   state->local_version, state->local_version, key))
        return false;
    *is_there = count > 0;
    return true;
}

/* The id behind the first key of a kind, "" where there is none. `active`: of those that are in use. */
static bool edit_first(struct database *db, char kind, char id[CATALOGUE_ID_BYTES], struct fault *fault)
{
    char from[2] = {kind, '\0'}, to[2] = {(char)(kind + 1), '\0'};
    sqlite3_stmt *row = query_open(db->sqlite, fault,
                                   "SELECT key FROM local_catalogue WHERE key >= ? AND key < ?"
                                   " AND coalesce(line ->> '$.status', '') <> 'inactive' ORDER BY key LIMIT 1",
                                   "ss", from, to);
    if (row == NULL)
        return false;
    int found = query_next(row, fault);
    (void)snprintf(id, CATALOGUE_ID_BYTES, "%s", found == 1 ? (const char *)sqlite3_column_text(row, 0) + 1 : "");
    (void)sqlite3_finalize(row);
    return found >= 0;
}

static bool edit_add_price(struct database *db, struct catalogue_state *state, const struct edit *edit,
                           struct fault *fault)
{
    char level[CATALOGUE_ID_BYTES], key[CATALOGUE_END_BYTES];
    if (!edit_first(db, CATALOGUE_PRICE_LEVEL, level, fault))
        return false;
    if (level[0] == '\0')
        return fault_set(fault, "the catalogue has no price level, hence no prices");
    (void)snprintf(key, sizeof key, "%s\x01%s\x01%s", edit->key, level, edit->date);
    cJSON *price = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(price, "kind", "price");
    (void)cJSON_AddStringToObject(price, "item_id", edit->item_id);
    (void)cJSON_AddStringToObject(price, "price_level_id", level);
    (void)cJSON_AddNumberToObject(price, "amount", (double)edit->price_minor);
    (void)cJSON_AddStringToObject(price, "valid_from", edit->date);
    (void)cJSON_AddNullToObject(price, "valid_to");
    return edit_insert(db, state, key, price, fault);
}

static bool edit_add_item(struct database *db, struct catalogue_state *state, struct edit *edit, struct fault *fault)
{
    bool is_there, has_department;
    char tax[CATALOGUE_ID_BYTES], department[CATALOGUE_KEY_BYTES];
    (void)snprintf(department, sizeof department, "%c%s", CATALOGUE_DEPARTMENT, edit->department_id);
    if (!edit_find(db, state, edit->key, &is_there, fault) ||
        !edit_find(db, state, department, &has_department, fault) || !edit_first(db, CATALOGUE_TAX, tax, fault))
        return false;
    if (is_there)
        return fault_set(fault, "there is an item %s already", edit->item_id);
    if (!has_department)
        return fault_set(fault, "there is no department %s", edit->department_id);
    cJSON *item = cJSON_CreateObject();
    (void)cJSON_AddStringToObject(item, "kind", "item");
    (void)cJSON_AddStringToObject(item, "item_id", edit->item_id);
    (void)cJSON_AddStringToObject(item, "name", edit->name);
    (void)cJSON_AddStringToObject(item, "department_id", edit->department_id);
    if (tax[0] != '\0')
        (void)cJSON_AddStringToObject(item, "tax_id", tax);
    (void)cJSON_AddArrayToObject(item, "barcodes");
    (void)cJSON_AddStringToObject(item, "unit", "piece");
    (void)cJSON_AddStringToObject(item, "status", "active");
    return edit_insert(db, state, edit->key, item, fault) && edit_add_price(db, state, edit, fault);
}

static bool edit_remove_item(struct database *db, struct catalogue_state *state, struct edit *edit, struct fault *fault)
{
    char end[CATALOGUE_END_BYTES];
    bool is_there;
    catalogue_line_end_of_item(edit->key, end);
    if (!edit_find(db, state, edit->key, &is_there, fault))
        return false;
    if (!is_there)
        return fault_set(fault, "there is no item %s", edit->item_id);
    if (!query_run(db->sqlite, fault, "DELETE FROM catalogue_lines WHERE " EDIT_VISIBLE " AND key >= ? AND key < ?",
                   "iiiss", state->local_side, state->local_version, state->local_version, edit->key, end))
        return false;
    state->local_lines -= sqlite3_changes(db->sqlite);
    return true;
}

static bool edit_set_price(struct database *db, struct catalogue_state *state, struct edit *edit, struct fault *fault)
{
    bool is_there;
    char level[CATALOGUE_ID_BYTES], from[CATALOGUE_END_BYTES], to[CATALOGUE_END_BYTES + CALENDAR_DATE_BYTES];
    if (!edit_find(db, state, edit->key, &is_there, fault) || !edit_first(db, CATALOGUE_PRICE_LEVEL, level, fault))
        return false;
    if (!is_there)
        return fault_set(fault, "there is no item %s", edit->item_id);
    (void)snprintf(from, sizeof from, "%s\x01%s\x01", edit->key, level);
    (void)snprintf(to, sizeof to, "%s%s", from, edit->date);
    /* The one that is in force today, if any, keeps its days. */
    if (!query_run(db->sqlite, fault,
                   "UPDATE catalogue_lines SET line = json_set(line, '$.amount', ?) WHERE " EDIT_VISIBLE
                   " AND key = (SELECT max(key) FROM local_catalogue WHERE key > ? AND key <= ?"
                   " AND coalesce(line ->> '$.valid_to', '9999-12-31') >= ?)",
                   "iiiisss", edit->price_minor, state->local_side, state->local_version, state->local_version, from,
                   to, edit->date))
        return false;
    return sqlite3_changes(db->sqlite) > 0 || edit_add_price(db, state, edit, fault);
}

bool catalogue_add_item(struct database *db, const char *item_id, const char *name, const char *department_id,
                        int64_t price_minor, const char *date, struct fault *fault)
{
    struct edit edit = {
        .item_id = item_id, .name = name, .department_id = department_id, .date = date, .price_minor = price_minor};
    if (strlen(department_id) >= CATALOGUE_ID_BYTES)
        return fault_set(fault, "there is no department %.80s", department_id);
    return edit_run(db, edit_add_item, &edit, fault);
}

bool catalogue_remove_item(struct database *db, const char *item_id, struct fault *fault)
{
    struct edit edit = {.item_id = item_id};
    return edit_run(db, edit_remove_item, &edit, fault);
}

bool catalogue_set_price(struct database *db, const char *item_id, int64_t price_minor, const char *date,
                         struct fault *fault)
{
    struct edit edit = {.item_id = item_id, .date = date, .price_minor = price_minor};
    return edit_run(db, edit_set_price, &edit, fault);
}
