/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The extension "pos.catalogue/1" as the plugin sees it: what a host could not undo (a line that breaks its list, a
 * swap of nothing) never gets there, and what the host says of its own catalogue is judged before the plugin believes
 * it: keys out of order would make it compare the wrong lines.
 */
#include "guard_internal.h"

#include "text.h"

#include <string.h>

#define PLUGIN POSHOST_SIDE_PLUGIN
#define HOST   POSHOST_SIDE_HOST

#define STATE_BYTES (offsetof(pos_catalogue_state, tag) + sizeof(const char *))
#define LINE_BYTES  (offsetof(pos_catalogue_line, line) + sizeof(const char *))

static int may_use(poshost_guard *guard, const char *call)
{
    if (!poshost_guard_may_call(guard, call))
        return 0;
    if (!guard->stage.is_reading)
        return 1;
    poshost_guard_misuse(guard, PLUGIN, call, "called from inside a visitor of catalogue.read");
    return 0;
}

static int32_t refuse(poshost_guard *guard, const char *call, const char *rule)
{
    poshost_guard_misuse(guard, PLUGIN, call, "%s", rule);
    return POS_E_MISUSE;
}

static int32_t leave(poshost_guard *guard, const char *call, uint64_t start_ns, int32_t result)
{
    guard->meter.host_ns += poshost_guard_now_ns() - start_ns;
    return poshost_guard_check_result(guard, HOST, call, result, POS_E_FAILED);
}

static int is_line(const char *line, uint32_t size_bytes)
{
    return memchr(line, '\n', size_bytes) == NULL && memchr(line, '\0', size_bytes) == NULL &&
           poshost_text_is_utf8(line, size_bytes);
}

static const char *judge_key(const char *key)
{
    if (key == NULL || key[0] == '\0')
        return "a key is required";
    if (memchr(key, '\0', POS_CATALOGUE_KEY_MAX_BYTES + 1) == NULL)
        return "a key has at most POS_CATALOGUE_KEY_MAX_BYTES";
    return poshost_text_is_utf8(key, strlen(key)) ? NULL : "a key is not valid UTF-8";
}

/* ---- state ---- */

/* Asks the host and judges the answer. */
static int32_t ask_state(poshost_guard *guard, const char *call, pos_catalogue_state *state)
{
    *state = (pos_catalogue_state){.struct_size = (uint32_t)sizeof *state};
    uint64_t start = poshost_guard_now_ns();
    int32_t result = leave(guard, call, start, guard->catalogue.state(guard->catalogue.ctx, state));
    if (result != POS_OK)
        return result;
    const char *rule = NULL;
    if (state->struct_size != sizeof *state)
        rule = "state() changed out.struct_size, which is the caller's";
    else if (state->tag == NULL || memchr(state->tag, '\0', POS_CATALOGUE_TAG_MAX_BYTES + 1) == NULL ||
             !poshost_text_is_utf8(state->tag, strlen(state->tag)))
        rule = "state().tag is NULL, too long, or not valid UTF-8";
    else if (state->local_lines == 0)
        rule = "state().local_lines is 0: the local catalogue has its line \"catalogue\" always";
    if (rule == NULL)
        return POS_OK;
    poshost_guard_misuse(guard, HOST, call, "%s", rule);
    return POS_E_FAILED;
}

static int32_t guarded_state(void *ctx, pos_catalogue_state *out)
{
    poshost_guard *guard = ctx;
    const char *call = "catalogue.state";
    pos_catalogue_state state;
    if (!may_use(guard, call))
        return POS_E_MISUSE;
    if (out == NULL || out->struct_size < sizeof out->struct_size)
        return refuse(guard, call, "out is NULL, or its struct_size is not set");
    int32_t result = ask_state(guard, call, &state);
    if (result != POS_OK)
        return result;
    state.struct_size = out->struct_size;
    memcpy(out, &state, out->struct_size < sizeof state ? out->struct_size : sizeof state);
    return POS_OK;
}

/* ---- read ---- */

typedef struct reading {
    poshost_guard *guard;
    pos_catalogue_visitor visitor;
    void *visitor_ctx;
    uint64_t visitor_ns;
    char last_key[POS_CATALOGUE_KEY_MAX_BYTES + 1];
    int is_over;
    int is_broken;
} reading;

static const char *judge_visited(const reading *seen, const pos_catalogue_line *line)
{
    if (seen->is_over)
        return "went on after the visitor had ended it";
    if (line == NULL || line->struct_size < LINE_BYTES)
        return "line is NULL, or its struct_size is not set";
    const char *rule = judge_key(line->key);
    if (rule != NULL)
        return rule;
    if (strcmp(line->key, seen->last_key) <= 0)
        return "a key does not ascend, byte by byte, from after_key on";
    if (line->line == NULL || line->line_bytes == 0)
        return "a line is empty: removals are not visited";
    if (line->line_bytes > POS_CATALOGUE_LINE_MAX_BYTES)
        return "a line is longer than POS_CATALOGUE_LINE_MAX_BYTES";
    return is_line(line->line, line->line_bytes) ? NULL : "a line holds a line feed, a zero, or invalid UTF-8";
}

static int32_t guarded_visit(void *ctx, const pos_catalogue_line *line)
{
    reading *seen = ctx;
    const char *rule = seen->is_broken ? NULL : judge_visited(seen, line);
    if (rule != NULL) {
        seen->is_broken = 1;
        poshost_guard_misuse(seen->guard, HOST, "catalogue.read", "%s", rule);
    }
    if (seen->is_broken)
        return 1;
    memcpy(seen->last_key, line->key, strlen(line->key) + 1); /* it was judged to fit */
    uint64_t start = poshost_guard_now_ns();
    int32_t answer = seen->visitor(seen->visitor_ctx, line);
    seen->visitor_ns += poshost_guard_now_ns() - start;
    seen->is_over = answer != 0;
    return answer;
}

static int32_t guarded_read(void *ctx, uint32_t which, const char *after_key, pos_catalogue_visitor visitor,
                            void *visitor_ctx)
{
    poshost_guard *guard = ctx;
    const char *call = "catalogue.read";
    reading seen = {.guard = guard, .visitor = visitor, .visitor_ctx = visitor_ctx};
    if (!may_use(guard, call))
        return POS_E_MISUSE;
    if (which != POS_CATALOGUE_LOCAL && which != POS_CATALOGUE_STAGED)
        return refuse(guard, call, "there is a LOCAL and a STAGED catalogue, no other");
    if (after_key == NULL || memchr(after_key, '\0', sizeof seen.last_key) == NULL)
        return refuse(guard, call, "after_key is NULL, or longer than any key: \"\" is the beginning");
    if (visitor == NULL)
        return refuse(guard, call, "visitor is NULL");
    poshost_text_format(seen.last_key, sizeof seen.last_key, "%s", after_key);
    uint64_t start = poshost_guard_now_ns();
    guard->stage.is_reading = 1;
    int32_t result = guard->catalogue.read(guard->catalogue.ctx, which, after_key, guarded_visit, &seen);
    guard->stage.is_reading = 0;
    result = leave(guard, call, start + seen.visitor_ns, result);
    return result == POS_OK && seen.is_broken ? POS_E_FAILED : result;
}

/* ---- staging ---- */

/* What an earlier instance staged may be there still. */
static void find_stage(poshost_guard *guard)
{
    pos_catalogue_state state;
    if (guard->stage.is_known)
        return;
    guard->stage.is_begun = ask_state(guard, "catalogue.state", &state) == POS_OK && state.staged_lines > 0;
    guard->stage.lines = guard->stage.is_begun ? state.staged_lines : 0;
    guard->stage.is_known = 1;
}

static void forget_stage(poshost_guard *guard)
{
    guard->stage.is_known = 1;
    guard->stage.is_begun = 0;
    guard->stage.mode = 0;
    guard->stage.lines = 0;
    guard->stage.last_key[0] = '\0';
}

static int32_t guarded_stage_begin(void *ctx, uint32_t mode)
{
    poshost_guard *guard = ctx;
    const char *call = "catalogue.stage_begin";
    if (!may_use(guard, call))
        return POS_E_MISUSE;
    if (mode != POS_STAGE_WHOLE && mode != POS_STAGE_CHANGES)
        return refuse(guard, call, "mode is none of POS_STAGE_*");
    uint64_t start = poshost_guard_now_ns();
    int32_t result = leave(guard, call, start, guard->catalogue.stage_begin(guard->catalogue.ctx, mode));
    forget_stage(guard);
    guard->stage.is_begun = result == POS_OK;
    guard->stage.mode = mode;
    return result;
}

static const char *judge_removal(const poshost_guard *guard, const pos_catalogue_line *line)
{
    if (guard->stage.mode == POS_STAGE_WHOLE)
        return "a line of 0 bytes removes, which only POS_STAGE_CHANGES knows";
    return line->key[0] == '7' && strchr(line->key, '\x01') == NULL ? NULL : "a removal names an item";
}

static const char *judge_line(const poshost_guard *guard, const pos_catalogue_line *line, const char *last_key)
{
    if (line->struct_size < LINE_BYTES)
        return "a line's struct_size is not set, or too small for line";
    const char *rule = judge_key(line->key);
    if (rule != NULL)
        return rule;
    if (strcmp(line->key, last_key) <= 0)
        return "a key does not ascend, byte by byte, over the whole stage";
    if (line->line_bytes == 0)
        return judge_removal(guard, line);
    if (line->line == NULL)
        return "a line is NULL with a size";
    if (line->line_bytes > POS_CATALOGUE_LINE_MAX_BYTES)
        return "a line is longer than POS_CATALOGUE_LINE_MAX_BYTES";
    return is_line(line->line, line->line_bytes) ? NULL : "a line holds a line feed, a zero, or invalid UTF-8";
}

/* Counts the lines that are none of removal, and leaves the last key in `last_key`. */
static const char *judge_page(const poshost_guard *guard, const pos_catalogue_line *lines, uint32_t count,
                              uint32_t stride, const char **last_key, uint64_t *added)
{
    if (lines == NULL && count > 0)
        return "lines is NULL with a count";
    if (count > 1 && (stride < LINE_BYTES || stride % _Alignof(pos_catalogue_line) != 0))
        return "stride is not the size of a pos_catalogue_line";
    for (uint32_t i = 0; i < count; i++) {
        const char *place = (const char *)lines + (size_t)i * stride;
        const pos_catalogue_line *line = (const pos_catalogue_line *)(const void *)place;
        const char *rule = judge_line(guard, line, *last_key);
        if (rule != NULL)
            return rule;
        *last_key = line->key;
        *added += line->line_bytes > 0;
    }
    return NULL;
}

/* The words that the host gave with a refusal. */
static void judge_reason(poshost_guard *guard, const char *call, int32_t result, char *reason, uint32_t capacity)
{
    if (memchr(reason, '\0', capacity) == NULL) {
        poshost_guard_misuse(guard, HOST, call, "reason is not zero-terminated");
        reason[capacity - 1] = '\0';
    } else if (result == POS_E_FAILED && reason[0] == '\0') {
        poshost_guard_misuse(guard, HOST, call, "returned POS_E_FAILED without a reason for the owner");
    }
}

static int32_t guarded_stage_add(void *ctx, const pos_catalogue_line *lines, uint32_t count, uint32_t stride,
                                 char *reason, uint32_t reason_capacity_bytes)
{
    poshost_guard *guard = ctx;
    const char *call = "catalogue.stage_add";
    const char *last_key = guard->stage.last_key;
    uint64_t added = 0;
    if (!may_use(guard, call))
        return POS_E_MISUSE;
    find_stage(guard);
    const char *rule = judge_page(guard, lines, count, stride, &last_key, &added);
    if (rule == NULL && !guard->stage.is_begun)
        rule = "no stage was begun";
    if (rule == NULL && (reason == NULL || reason_capacity_bytes == 0))
        rule = "reason has no room";
    if (rule != NULL)
        return refuse(guard, call, rule);
    reason[0] = '\0';
    uint64_t start = poshost_guard_now_ns();
    int32_t result =
        leave(guard, call, start,
              guard->catalogue.stage_add(guard->catalogue.ctx, lines, count, stride, reason, reason_capacity_bytes));
    judge_reason(guard, call, result, reason, reason_capacity_bytes);
    if (result != POS_OK)
        return result;
    guard->stage.lines += added;
    if (last_key != guard->stage.last_key)
        poshost_text_format(guard->stage.last_key, sizeof guard->stage.last_key, "%s", last_key);
    return result;
}

static int32_t guarded_stage_discard(void *ctx)
{
    poshost_guard *guard = ctx;
    const char *call = "catalogue.stage_discard";
    if (!may_use(guard, call))
        return POS_E_MISUSE;
    uint64_t start = poshost_guard_now_ns();
    int32_t result = leave(guard, call, start, guard->catalogue.stage_discard(guard->catalogue.ctx));
    if (result == POS_OK)
        forget_stage(guard);
    return result;
}

/* ---- swap and undo ---- */

/* After a swap or an undo that the host calls done. */
static void judge_turned(poshost_guard *guard, const char *call, uint64_t generation, const char *tag)
{
    pos_catalogue_state state;
    if (ask_state(guard, call, &state) != POS_OK)
        return;
    const char *rule = NULL;
    if (state.generation == generation)
        rule = "returned POS_OK, and state().generation is what it was";
    else if (tag != NULL && strcmp(state.tag, tag) != 0)
        rule = "returned POS_OK, and state().tag is not the tag";
    else if (tag != NULL && state.staged_lines != 0)
        rule = "returned POS_OK, and lines are still staged";
    if (rule != NULL)
        poshost_guard_misuse(guard, HOST, call, "%s", rule);
}

static const char *judge_tag(const char *tag)
{
    if (tag == NULL || tag[0] == '\0' || memchr(tag, '\0', POS_CATALOGUE_TAG_MAX_BYTES + 1) == NULL)
        return "a tag has 1 to POS_CATALOGUE_TAG_MAX_BYTES";
    return poshost_text_is_utf8(tag, strlen(tag)) ? NULL : "tag is not valid UTF-8";
}

static int32_t guarded_swap(void *ctx, const char *tag, char *reason, uint32_t reason_capacity_bytes)
{
    poshost_guard *guard = ctx;
    const char *call = "catalogue.swap";
    pos_catalogue_state before;
    if (!may_use(guard, call))
        return POS_E_MISUSE;
    find_stage(guard);
    const char *rule = judge_tag(tag);
    if (rule == NULL && (!guard->stage.is_begun || guard->stage.lines == 0))
        rule = "nothing is staged";
    if (rule == NULL && (reason == NULL || reason_capacity_bytes == 0))
        rule = "reason has no room";
    if (rule != NULL)
        return refuse(guard, call, rule);
    int32_t result = ask_state(guard, call, &before);
    if (result != POS_OK)
        return result;
    reason[0] = '\0';
    uint64_t start = poshost_guard_now_ns();
    result = leave(guard, call, start, guard->catalogue.swap(guard->catalogue.ctx, tag, reason, reason_capacity_bytes));
    judge_reason(guard, call, result, reason, reason_capacity_bytes);
    if (result == POS_OK) {
        forget_stage(guard);
        judge_turned(guard, call, before.generation, tag);
    } else if (result != POS_E_BUSY && result != POS_E_FAILED) {
        guard->stage.is_known = 0; /* it may have happened */
        guard->stage.last_key[0] = '\0';
    }
    return result;
}

static int32_t guarded_undo(void *ctx, char *reason, uint32_t reason_capacity_bytes)
{
    poshost_guard *guard = ctx;
    const char *call = "catalogue.undo";
    pos_catalogue_state before;
    if (!may_use(guard, call))
        return POS_E_MISUSE;
    if (reason == NULL || reason_capacity_bytes == 0)
        return refuse(guard, call, "reason has no room");
    int32_t result = ask_state(guard, call, &before);
    if (result != POS_OK)
        return result;
    reason[0] = '\0';
    uint64_t start = poshost_guard_now_ns();
    result = leave(guard, call, start, guard->catalogue.undo(guard->catalogue.ctx, reason, reason_capacity_bytes));
    judge_reason(guard, call, result, reason, reason_capacity_bytes);
    if (result == POS_OK)
        judge_turned(guard, call, before.generation, NULL);
    return result;
}

const void *poshost_guard_lend_catalogue(poshost_guard *guard, const pos_catalogue *catalogue)
{
    poshost_guard_copy(&guard->catalogue, sizeof guard->catalogue, catalogue, catalogue->struct_size);
    const pos_catalogue *host = &guard->catalogue;
    if (host->state == NULL || host->read == NULL || host->stage_begin == NULL || host->stage_add == NULL ||
        host->stage_discard == NULL || host->swap == NULL || host->undo == NULL) {
        poshost_guard_misuse(guard, HOST, "get_extension",
                             POS_CATALOGUE_1 " lacks one of its functions, or its struct_size");
        return NULL;
    }
    memset(&guard->stage, 0, sizeof guard->stage);
    guard->lent_catalogue = (pos_catalogue){.struct_size = (uint32_t)sizeof guard->lent_catalogue,
                                            .ctx = guard,
                                            .state = guarded_state,
                                            .read = guarded_read,
                                            .stage_begin = guarded_stage_begin,
                                            .stage_add = guarded_stage_add,
                                            .stage_discard = guarded_stage_discard,
                                            .swap = guarded_swap,
                                            .undo = guarded_undo};
    return &guard->lent_catalogue;
}
