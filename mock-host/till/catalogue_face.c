/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pos.catalogue/1 over the till's database. Refusals are words for the owner and go to the plugin; what the database
 * itself says goes to the log.
 */
#include "catalogue_face.h"

#include <stdio.h>
#include <string.h>

#include "query.h"

/* Words that are for the owner; those of a failing database are not. */
static int32_t face_answer(struct catalogue_face *face, const char *what, int32_t result, const struct fault *fault,
                           char *reason, uint32_t capacity)
{
    if (reason != NULL && capacity > 0)
        (void)snprintf(reason, capacity, "%s", result == POS_E_FAILED ? fault->text : "");
    if (result == POS_E_IO || result == POS_E_NO_SPACE || result == POS_E_MISUSE)
        log_write(face->log, POS_LOG_ERROR, "catalogue: %s: %s", what, fault->text);
    else if (result != POS_OK)
        log_write(face->log, POS_LOG_INFO, "catalogue: %s: %s", what, fault->text);
    return result;
}

static int32_t face_state(void *ctx, pos_catalogue_state *out)
{
    struct catalogue_face *face = ctx;
    struct catalogue_state state;
    struct fault fault;
    if (!catalogue_get(face->db, &state, &fault))
        return face_answer(face, "state", catalogue_code(face->db), &fault, NULL, 0);
    memcpy(face->tag, state.tag, sizeof face->tag);
    pos_catalogue_state all = {.struct_size = out->struct_size,
                               .flags = (*face->sale_open ? POS_CATALOGUE_SALE_OPEN : 0) |
                                        (state.undo_side != 0 ? POS_CATALOGUE_CAN_UNDO : 0),
                               .generation = (uint64_t)state.generation,
                               .local_lines = (uint64_t)state.local_lines,
                               .staged_lines = (uint64_t)state.stage_lines,
                               .tag = face->tag};
    memcpy(out, &all, out->struct_size < sizeof all ? out->struct_size : sizeof all);
    return POS_OK;
}

static sqlite3_stmt *face_open_lines(struct catalogue_face *face, uint32_t which, const char *after_key,
                                     struct fault *fault)
{
    struct catalogue_state state;
    if (!catalogue_get(face->db, &state, fault))
        return NULL;
    if (which == POS_CATALOGUE_LOCAL)
        return query_open(face->db->sqlite, fault,
                          "SELECT key, line FROM catalogue_lines WHERE side = ? AND key > ? AND since <= ?"
                          " AND ? < until ORDER BY key",
                          "isii", state.local_side, after_key, state.local_version, state.local_version);
    if (state.stage_mode == POS_STAGE_CHANGES) /* only what they bring: by its own index */
        return query_open(face->db->sqlite, fault,
                          "SELECT key, line FROM catalogue_lines WHERE side = ? AND since = ? AND since <> 0"
                          " AND key > ? ORDER BY key",
                          "iis", state.stage_side, state.stage_version, after_key);
    return query_open(face->db->sqlite, fault,
                      "SELECT key, line FROM catalogue_lines WHERE side = ? AND key > ? ORDER BY key", "is",
                      state.stage_side, after_key);
}

static int32_t face_read(void *ctx, uint32_t which, const char *after_key, pos_catalogue_visitor visitor,
                         void *visitor_ctx)
{
    struct catalogue_face *face = ctx;
    struct fault fault;
    if (which != POS_CATALOGUE_LOCAL && which != POS_CATALOGUE_STAGED)
        return POS_E_MISUSE;
    sqlite3_stmt *row = face_open_lines(face, which, after_key, &fault);
    if (row == NULL)
        return face_answer(face, "read", catalogue_code(face->db), &fault, NULL, 0);
    int found;
    bool go_on = true;
    while (go_on && (found = query_next(row, &fault)) == 1) {
        pos_catalogue_line line = {.struct_size = (uint32_t)sizeof line,
                                   .key = (const char *)sqlite3_column_text(row, 0),
                                   .line = (const char *)sqlite3_column_text(row, 1)};
        line.line_bytes = (uint32_t)sqlite3_column_bytes(row, 1);
        go_on = visitor(visitor_ctx, &line) == 0;
    }
    int32_t result = go_on && found < 0 ? catalogue_code(face->db) : POS_OK;
    (void)sqlite3_finalize(row);
    return result == POS_OK ? POS_OK : face_answer(face, "read", result, &fault, NULL, 0);
}

static int32_t face_stage_begin(void *ctx, uint32_t mode)
{
    struct catalogue_face *face = ctx;
    struct fault fault;
    int32_t result = catalogue_stage_begin(face->db, mode, &fault);
    return face_answer(face, "stage_begin", result, &fault, NULL, 0);
}

static int32_t face_stage_add(void *ctx, const pos_catalogue_line *lines, uint32_t count, uint32_t stride, char *reason,
                              uint32_t reason_capacity_bytes)
{
    struct catalogue_face *face = ctx;
    struct fault fault;
    int32_t result = catalogue_stage_add(face->db, lines, count, stride, &fault);
    return face_answer(face, "stage_add", result, &fault, reason, reason_capacity_bytes);
}

static int32_t face_stage_discard(void *ctx)
{
    struct catalogue_face *face = ctx;
    struct fault fault;
    return face_answer(face, "stage_discard", catalogue_stage_discard(face->db, &fault), &fault, NULL, 0);
}

static int32_t face_swap(void *ctx, const char *tag, char *reason, uint32_t reason_capacity_bytes)
{
    struct catalogue_face *face = ctx;
    struct fault fault = {"a sale is open"};
    int32_t result = *face->sale_open ? POS_E_BUSY : catalogue_swap(face->db, tag, &fault);
    if (result == POS_OK)
        log_write(face->log, POS_LOG_INFO, "another catalogue is in place now: %s", tag);
    return face_answer(face, "swap", result, &fault, reason, reason_capacity_bytes);
}

static int32_t face_undo(void *ctx, char *reason, uint32_t reason_capacity_bytes)
{
    struct catalogue_face *face = ctx;
    struct fault fault = {"a sale is open"};
    int32_t result = *face->sale_open ? POS_E_BUSY : catalogue_undo(face->db, &fault);
    if (result == POS_OK)
        log_write(face->log, POS_LOG_INFO, "the catalogue from before is in place again");
    return face_answer(face, "undo", result, &fault, reason, reason_capacity_bytes);
}

void catalogue_face_fill(struct catalogue_face *face, struct database *db, struct till_log *log, const bool *sale_open)
{
    *face = (struct catalogue_face){.abi = {.struct_size = (uint32_t)sizeof face->abi,
                                            .ctx = face,
                                            .state = face_state,
                                            .read = face_read,
                                            .stage_begin = face_stage_begin,
                                            .stage_add = face_stage_add,
                                            .stage_discard = face_stage_discard,
                                            .swap = face_swap,
                                            .undo = face_undo},
                                    .db = db,
                                    .log = log,
                                    .sale_open = sale_open};
}
