/* SPDX-License-Identifier: Apache-2.0 */
/* core/catalogue_compare.c - merges two streams of lines into a preview (core/catalogue_compare.h). */
#include "core/catalogue_compare.h"

#include <string.h>

#include "protocol/text.h"

#define EFFORT_A_STEP  2048u
#define EFFORT_TO_READ 8u /* lines whose members are read, beside one that only passes by */

void catalogue_compare_begin(catalogue_compare *m)
{
    uint32_t serial = m->preview->serial + 1;
    memset(m->preview, 0, sizeof *m->preview);
    m->preview->serial = serial;
    m->lines = 0;
    m->fault = CATALOGUE_FINE;
    catalogue_cursor_begin(&m->local, POS_CATALOGUE_LOCAL);
    catalogue_cursor_begin(&m->staged, POS_CATALOGUE_STAGED);
    m->staged_item[0] = m->item[0] = m->group.key[0] = '\0';
    m->item_line.bytes = m->group.old_last.bytes = m->group.new_last.bytes = 0;
    m->group.up = m->group.down = false;
}

/* ---- a line ---- */

/* A line of the till's that cannot be read is still one of its kind: the key says which. */
static void read_line(const catalogue_at *at, catalogue_line *line)
{
    if (catalogue_line_read(at->text, at->bytes, line) == CATALOGUE_FINE && strcmp(line->key, at->key) == 0)
        return;
    memset(line, 0, sizeof *line);
    line->kind = catalogue_key_kind(at->key);
    line->amount_minor = -1;
}

/* The item that a key belongs to, "" : none that could be one. */
static void copy_item(const char *key, char to[CATALOGUE_ID_MAX + 1])
{
    size_t length = strcspn(key, "\x01");
    to[0] = '\0';
    if (length <= 1 || length > CATALOGUE_ID_MAX + 1)
        return;
    memcpy(to, key + 1, length - 1);
    to[length - 1] = '\0';
}

static void keep_line(catalogue_kept *kept, const catalogue_at *at)
{
    kept->bytes = at->bytes <= sizeof kept->text ? at->bytes : 0;
    memcpy(kept->text, at->text, kept->bytes);
}

/* ---- jumps ---- */

static int64_t read_amount(const char *text, uint32_t bytes)
{
    catalogue_line line;
    bool is_price = catalogue_line_read(text, bytes, &line) == CATALOGUE_FINE && line.kind == CATALOGUE_PRICE;
    return is_price ? line.amount_minor : -1;
}

static void note_jump(catalogue_group *g, int64_t from, int64_t to)
{
    if (from < 0 || to < 0)
        return;
    g->up = g->up || (to > from && to - from > from / 2);
    g->down = g->down || (to < from && from - to > from / 2);
}

static void end_group(catalogue_compare *m)
{
    catalogue_group *g = &m->group;
    const catalogue_kept *old = &g->old_last, *new = &g->new_last;
    bool same = old->bytes == new->bytes &&memcmp(old->text, new->text, old->bytes) == 0;
    if (!same && old->bytes > 0 && new->bytes > 0)
        note_jump(g, read_amount(old->text, old->bytes), read_amount(new->text, new->bytes));
    m->preview->price_jumps_up += g->up;
    m->preview->price_jumps_down += g->down && !g->up;
    g->key[0] = '\0';
    g->old_last.bytes = g->new_last.bytes = 0;
    g->up = g->down = false;
}

/* "7" item "\x01" level: what the prices of a group begin with. */
static size_t group_bytes(const char *key)
{
    size_t item_bytes = strcspn(key, "\x01") + 1;
    return item_bytes + strcspn(key + item_bytes, "\x01");
}

static void note_price(catalogue_compare *m, const catalogue_at *old, const catalogue_at *new, bool equal)
{
    const catalogue_at *any = new ? new : old;
    catalogue_group *g = &m->group;
    size_t bytes = group_bytes(any->key);
    if (strlen(g->key) != bytes || memcmp(g->key, any->key, bytes) != 0) {
        end_group(m);
        memcpy(g->key, any->key, bytes);
        g->key[bytes] = '\0';
    }
    if (old)
        keep_line(&g->old_last, old);
    if (new)
        keep_line(&g->new_last, new);
    if (old && new && !equal)
        note_jump(g, read_amount(old->text, old->bytes), read_amount(new->text, new->bytes));
}

/* ---- counting and naming ---- */

/* A price is named after its item. */
static void write_name(const catalogue_compare *m, const catalogue_line *line, const char *id, char *to, size_t size)
{
    catalogue_line item;
    const char *name = line->name;
    if (line->kind == CATALOGUE_PRICE && strcmp(m->item, id) == 0 &&
        catalogue_line_read(m->item_line.text, m->item_line.bytes, &item) == CATALOGUE_FINE)
        name = item.name;
    if (name[0] == '\0')
        name = line->id[0] ? line->id : id;
    memcpy(to, name, text_cut(name, size - 1));
}

/* old: as it was, new: as it will be; NULL: it is not there. */
static void note_change(catalogue_compare *m, core_catalogue_change change, catalogue_kind kind, const char *id,
                        const catalogue_at *old, const catalogue_at *new)
{
    core_catalogue_preview *p = m->preview;
    catalogue_line line;
    if (p->changes[kind][change]++ >= CATALOGUE_SAMPLES)
        return;
    core_catalogue_sample *sample = &p->samples[p->sample_count++];
    *sample = (core_catalogue_sample){.kind = kind, .change = change, .old_minor = -1, .new_minor = -1};
    read_line(new ? new : old, &line);
    write_name(m, &line, id, sample->name, sizeof sample->name);
    if (kind != CATALOGUE_PRICE)
        return;
    memcpy(sample->level, line.level, sizeof sample->level);
    memcpy(sample->valid_from, line.valid_from, sizeof sample->valid_from);
    sample->old_minor = old ? read_amount(old->text, old->bytes) : -1;
    sample->new_minor = new ? read_amount(new->text, new->bytes) : -1;
}

/* ---- the merge ---- */

static bool stays(catalogue_compare *m, catalogue_kind kind, const char *id)
{
    if (!m->changes || kind < CATALOGUE_ITEM || strcmp(m->staged_item, id) == 0)
        return false;
    return !catalogue_keys_has(m->removed, catalogue_keys_hash(m->removed, '7', id));
}

static void keep(catalogue_compare *m, catalogue_kind kind, const catalogue_at *old)
{
    catalogue_line line;
    m->preview->after[kind]++;
    if (m->fault != CATALOGUE_FINE)
        return;
    read_line(old, &line);
    m->fault = catalogue_check_references(m->check, &line);
    if (m->fault != CATALOGUE_FINE)
        m->bad = line;
}

/* One key: `old` as it is here, `new` as it was staged; NULL: it is not there. Returns how many lines were read. */
static uint32_t note_pair(catalogue_compare *m, const catalogue_at *old, const catalogue_at *new, bool equal)
{
    const catalogue_at *any = new ? new : old;
    catalogue_kind kind = catalogue_key_kind(any->key);
    char id[CATALOGUE_ID_MAX + 1];
    if (kind == CATALOGUE_UNKNOWN)
        return 0;
    copy_item(any->key, id);
    if (kind == CATALOGUE_ITEM) {
        memcpy(m->item, id, sizeof m->item);
        keep_line(&m->item_line, any);
    }
    if (new &&kind == CATALOGUE_ITEM)
        memcpy(m->staged_item, id, sizeof m->staged_item);
    if (old)
        m->preview->before[kind]++;
    if (old && !new &&stays(m, kind, id)) {
        keep(m, kind, old);
        return 1;
    }
    if (kind == CATALOGUE_PRICE)
        note_price(m, old, new, equal);
    if (new)
        m->preview->after[kind]++;
    if (!equal)
        note_change(m, !old ? CHANGE_ADDED : !new ? CHANGE_REMOVED : CHANGE_CHANGED, kind, id, old, new);
    return old && new && !equal ? 2 : 0;
}

/* Returns the effort. */
static uint32_t merge_one(catalogue_compare *m, bool has_local, bool has_staged)
{
    catalogue_at l = has_local ? catalogue_cursor_get(&m->local) : (catalogue_at){"", "", 0};
    catalogue_at s = has_staged ? catalogue_cursor_get(&m->staged) : (catalogue_at){"", "", 0};
    int order = !has_local ? 1 : !has_staged ? -1 : strcmp(l.key, s.key);
    bool equal = order == 0 && catalogue_lines_equal(l.text, l.bytes, s.text, s.bytes);
    uint32_t read = note_pair(m, order <= 0 ? &l : NULL, order >= 0 ? &s : NULL, equal);
    if (order <= 0) {
        m->lines++;
        catalogue_cursor_next(&m->local);
    }
    if (order >= 0)
        catalogue_cursor_next(&m->staged);
    return 1 + EFFORT_TO_READ * read;
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
    uint32_t effort = 0;
    while (effort < EFFORT_A_STEP && can_go_on(&m->local) && can_go_on(&m->staged)) {
        bool has_local = !catalogue_cursor_is_empty(&m->local), has_staged = !catalogue_cursor_is_empty(&m->staged);
        if (!has_local && !has_staged) {
            end_group(m);
            *done = true;
            return POS_OK;
        }
        effort += merge_one(m, has_local, has_staged);
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
