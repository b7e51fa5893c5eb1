/* SPDX-License-Identifier: Apache-2.0 */
/* core/catalogue_compare.c - merges two streams of lines into a preview (core/catalogue_compare.h). */
#include "core/catalogue_compare.h"

#include <string.h>

#include "protocol/text.h"

#define LINES_A_STEP 512u

void catalogue_compare_begin(catalogue_compare *m)
{
    uint32_t serial = m->preview->serial + 1;
    memset(m->preview, 0, sizeof *m->preview);
    m->preview->serial = serial;
    m->lines = 0;
    m->fault = CATALOGUE_FINE;
    catalogue_cursor_begin(&m->local, POS_CATALOGUE_LOCAL);
    catalogue_cursor_begin(&m->staged, POS_CATALOGUE_STAGED);
    m->staged_item[0] = m->item[0] = m->item_name[0] = '\0';
    m->group = (catalogue_group){.old_last = -1, .new_last = -1};
}

/* ---- jumps ---- */

static void note_jump(int64_t from, int64_t to, bool *up, bool *down)
{
    if (from < 0 || to < 0)
        return;
    *up = *up || (to > from && to - from > from / 2);
    *down = *down || (to < from && from - to > from / 2);
}

static void end_group(catalogue_compare *m)
{
    catalogue_group *g = &m->group;
    note_jump(g->old_last, g->new_last, &g->up, &g->down);
    m->preview->price_jumps_up += g->up;
    m->preview->price_jumps_down += g->down && !g->up;
    *g = (catalogue_group){.old_last = -1, .new_last = -1};
}

static void note_price(catalogue_compare *m, const catalogue_line *old, const catalogue_line *new)
{
    const catalogue_line *any = new ? new : old;
    catalogue_group *g = &m->group;
    if (strcmp(g->id, any->id) != 0 || strcmp(g->level, any->level) != 0) {
        end_group(m);
        memcpy(g->id, any->id, sizeof g->id);
        memcpy(g->level, any->level, sizeof g->level);
    }
    if (old)
        g->old_last = old->amount_minor;
    if (new)
        g->new_last = new->amount_minor;
    if (old && new)
        note_jump(old->amount_minor, new->amount_minor, &g->up, &g->down);
}

/* ---- counting and naming ---- */

static const char *find_name(const catalogue_compare *m, const catalogue_line *line)
{
    if (line->kind == CATALOGUE_PRICE)
        return strcmp(m->item, line->id) == 0 && m->item_name[0] ? m->item_name : line->id;
    return line->name[0] ? line->name : line->id;
}

/* line: as it will be, or was; old_minor, new_minor: of a price, -1: none. */
static void note_change(catalogue_compare *m, core_catalogue_change change, const catalogue_line *line,
                        int64_t old_minor, int64_t new_minor)
{
    core_catalogue_preview *p = m->preview;
    if (p->changes[line->kind][change]++ >= CATALOGUE_SAMPLES)
        return;
    core_catalogue_sample *sample = &p->samples[p->sample_count++];
    *sample = (core_catalogue_sample){.kind = line->kind, .change = change, .old_minor = -1, .new_minor = -1};
    const char *name = find_name(m, line);
    memcpy(sample->name, name, text_cut(name, sizeof sample->name - 1));
    if (line->kind != CATALOGUE_PRICE)
        return;
    memcpy(sample->level, line->level, sizeof sample->level);
    memcpy(sample->valid_from, line->valid_from, sizeof sample->valid_from);
    sample->old_minor = old_minor;
    sample->new_minor = new_minor;
}

/* ---- the merge ---- */

static bool stays(catalogue_compare *m, const catalogue_line *old)
{
    if (!m->changes || old->kind < CATALOGUE_ITEM || strcmp(m->staged_item, old->id) == 0)
        return false;
    return !catalogue_keys_has(m->removed, catalogue_keys_hash(m->removed, '7', old->id));
}

static void keep(catalogue_compare *m, const catalogue_line *old)
{
    m->preview->after[old->kind]++;
    if (m->fault != CATALOGUE_FINE)
        return;
    m->fault = catalogue_check_references(m->check, old);
    if (m->fault != CATALOGUE_FINE)
        m->bad = *old;
}

/* One key: `old` as it is here, `new` as it was staged; NULL: it is not there. */
static void note_pair(catalogue_compare *m, const catalogue_line *old, const catalogue_line *new, bool equal)
{
    const catalogue_line *any = new ? new : old;
    if (any->kind == CATALOGUE_ITEM) {
        memcpy(m->item, any->id, sizeof m->item);
        memcpy(m->item_name, any->name, sizeof m->item_name);
    }
    if (new &&new->kind == CATALOGUE_ITEM)
        memcpy(m->staged_item, new->id, sizeof m->staged_item);
    if (old)
        m->preview->before[old->kind]++;
    if (old && !new &&stays(m, old)) {
        keep(m, old);
        return;
    }
    if (any->kind == CATALOGUE_PRICE)
        note_price(m, old, new);
    if (new)
        m->preview->after[new->kind]++;
    if (!old)
        note_change(m, CHANGE_ADDED, new, -1, new->amount_minor);
    else if (!new)
        note_change(m, CHANGE_REMOVED, old, old->amount_minor, -1);
    else if (!equal)
        note_change(m, CHANGE_CHANGED, new, old->amount_minor, new->amount_minor);
}

/* A line of the till's that cannot be read is still one of its kind: the key says which. */
static void read_local(const catalogue_at *at, catalogue_line *line)
{
    if (catalogue_line_read(at->text, at->bytes, line) == CATALOGUE_FINE && strcmp(line->key, at->key) == 0)
        return;
    memset(line, 0, sizeof *line);
    line->kind = catalogue_key_kind(at->key);
    line->amount_minor = -1;
    size_t length = strcspn(at->key, "\x01");
    if (length > 1 && length <= CATALOGUE_ID_MAX + 1)
        memcpy(line->id, at->key + 1, length - 1);
}

static void merge_one(catalogue_compare *m, bool has_local, bool has_staged)
{
    catalogue_line old, new;
    catalogue_at l = has_local ? catalogue_cursor_get(&m->local) : (catalogue_at){"", "", 0};
    catalogue_at s = has_staged ? catalogue_cursor_get(&m->staged) : (catalogue_at){"", "", 0};
    int order = !has_local ? 1 : !has_staged ? -1 : strcmp(l.key, s.key);
    if (order <= 0) {
        read_local(&l, &old);
        m->lines++;
        catalogue_cursor_next(&m->local);
    }
    if (order >= 0) {
        read_local(&s, &new);
        catalogue_cursor_next(&m->staged);
    }
    bool equal = order == 0 && catalogue_lines_equal(l.text, l.bytes, s.text, s.bytes);
    const catalogue_line *a = order <= 0 ? &old : NULL, *b = order >= 0 ? &new : NULL;
    if ((a ? a : b)->kind < CATALOGUE_KINDS)
        note_pair(m, a, b, equal);
}

static bool can_go_on(const catalogue_cursor *r)
{
    return !catalogue_cursor_is_empty(r) || r->ended;
}

int32_t catalogue_compare_step(catalogue_compare *m, const pos_catalogue *host, bool *done)
{
    catalogue_cursor *starved = !can_go_on(&m->local) ? &m->local : !can_go_on(&m->staged) ? &m->staged : NULL;
    *done = false;
    if (starved) {
        int32_t result = catalogue_cursor_fill(starved, host);
        if (result != POS_OK)
            return result;
    }
    for (uint32_t i = 0; i < LINES_A_STEP && can_go_on(&m->local) && can_go_on(&m->staged); i++) {
        bool has_local = !catalogue_cursor_is_empty(&m->local), has_staged = !catalogue_cursor_is_empty(&m->staged);
        if (!has_local && !has_staged) {
            end_group(m);
            *done = true;
            return POS_OK;
        }
        merge_one(m, has_local, has_staged);
    }
    return POS_OK;
}

bool catalogue_preview_is_empty(const core_catalogue_preview *preview)
{
    for (size_t kind = 0; kind < CATALOGUE_KINDS; kind++) {
        for (size_t change = 0; change < CHANGE_COUNT; change++) {
            if (preview->changes[kind][change] != 0)
                return false;
        }
    }
    return true;
}

bool catalogue_preview_asks_again(const core_catalogue_preview *p)
{
    return 10 * p->changes[CATALOGUE_ITEM][CHANGE_REMOVED] > p->before[CATALOGUE_ITEM] || p->price_jumps_up > 0 ||
           p->price_jumps_down > 0;
}
