/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_catalogue.c - the host's side of configuration data (sim/sim_catalogue.h). Its own database: what is in place
 * survives a crash, what is staged does not, and a swap that fails may have happened.
 */
#include "sim/sim.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAT_BYTES 11000u /* of a line: a dozen are a page */

/* ---- lines ---- */

static sim_line make_line(const char *key, const char *text, uint32_t bytes)
{
    size_t key_bytes = strlen(key) + 1;
    sim_line line = {.key = malloc(key_bytes + bytes + 1), .bytes = bytes};
    if (!line.key)
        abort();
    line.text = line.key + key_bytes;
    memcpy(line.key, key, key_bytes);
    if (bytes > 0)
        memcpy(line.text, text, bytes);
    return line;
}

static void lines_add(sim_lines *l, const char *key, const char *text, uint32_t bytes)
{
    if (l->count == l->room) {
        l->room = l->room ? 2 * l->room : 32;
        l->items = realloc(l->items, l->room * sizeof *l->items);
        if (!l->items)
            abort();
    }
    l->items[l->count++] = make_line(key, text, bytes);
}

static void lines_clear(sim_lines *l)
{
    for (uint32_t i = 0; i < l->count; i++)
        free(l->items[i].key);
    l->count = 0;
}

static void lines_free(sim_lines *l)
{
    lines_clear(l);
    free(l->items);
    *l = (sim_lines){0};
}

static void lines_copy(sim_lines *to, const sim_lines *from)
{
    lines_clear(to);
    for (uint32_t i = 0; i < from->count; i++)
        lines_add(to, from->items[i].key, from->items[i].text, from->items[i].bytes);
}

sim_hash sim_catalogue_hash(const sim_lines *lines)
{
    sim_hash out;
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof out.bytes);
    for (uint32_t i = 0; i < lines->count; i++) {
        const sim_line *line = &lines->items[i];
        crypto_generichash_update(&state, (const uint8_t *)line->key, strlen(line->key) + 1);
        crypto_generichash_update(&state, (const uint8_t *)line->text, line->bytes);
    }
    crypto_generichash_final(&state, out.bytes, sizeof out.bytes);
    return out;
}

/* ---- what is in place ---- */

static void note_version(sim_catalogue *c)
{
    c->versions[c->version_count++ % SIM_VERSIONS] = sim_catalogue_hash(&c->local);
    c->generation += 1 + c->version_count % 3;
}

static const char *item_of(const char *key, char out[64])
{
    snprintf(out, 64, "%.*s", (int)strcspn(key, "\x01"), key);
    return out;
}

static bool is_staged(const sim_lines *staged, const char *key)
{
    for (uint32_t i = 0; i < staged->count; i++) {
        if (strcmp(staged->items[i].key, key) == 0)
            return true;
    }
    return false;
}

/* The staged lines, and with POS_STAGE_CHANGES the till's own items that they do not replace. */
static void merge(const sim_catalogue *c, sim_lines *out)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i <= c->local.count; i++) {
        const sim_line *own = i < c->local.count ? &c->local.items[i] : NULL;
        char item[64];
        for (; at < c->staged.count && (!own || strcmp(c->staged.items[at].key, own->key) <= 0); at++) {
            const sim_line *one = &c->staged.items[at];
            if (one->bytes > 0)
                lines_add(out, one->key, one->text, one->bytes);
        }
        if (own && c->mode == POS_STAGE_CHANGES && own->key[0] == '7' &&
            !is_staged(&c->staged, item_of(own->key, item)))
            lines_add(out, own->key, own->text, own->bytes);
    }
}

/* ---- pos.catalogue/1 ---- */

/* What the call is to return; POS_OK: it goes on. */
static int32_t enter(sim_till *t)
{
    static const int32_t codes[] = {POS_E_IO, POS_E_BUSY, POS_E_NO_SPACE, POS_E_FAILED};
    const sim *s = t->world;
    if (s->options.calm || s->healing || !sim_random_once_in(&t->random, 150) ||
        !sim_may_happen(s, ROW_HOST_CATALOGUE_FAILS))
        return POS_OK;
    sim_happened(t->world, ROW_HOST_CATALOGUE_FAILS);
    return codes[sim_random_below(&t->random, 4)];
}

static int32_t state(void *ctx, pos_catalogue_state *out)
{
    sim_till *t = ctx;
    const sim_catalogue *c = &t->catalogue;
    bool sale = t->shop.open && t->world->now_ms / SIM_MINUTE % 5 == 0;
    int32_t result = enter(t);
    if (result == POS_E_NO_SPACE)
        result = POS_E_IO;
    out->flags = (sale ? POS_CATALOGUE_SALE_OPEN : 0) | (c->can_undo ? POS_CATALOGUE_CAN_UNDO : 0);
    out->generation = c->generation;
    out->local_lines = c->local.count;
    out->staged_lines = c->staged.count;
    out->tag = c->tag;
    return result;
}

static int32_t read_lines(void *ctx, uint32_t which, const char *after, pos_catalogue_visitor visitor,
                          void *visitor_ctx)
{
    sim_till *t = ctx;
    sim_catalogue *c = &t->catalogue;
    const sim_lines *from = which == POS_CATALOGUE_LOCAL ? &c->local : &c->staged;
    int32_t result = enter(t);
    c->pages++;
    for (uint32_t i = 0; i < from->count && result == POS_OK; i++) {
        const sim_line *line = &from->items[i];
        pos_catalogue_line one = {sizeof one, line->bytes, line->key, line->text};
        if (line->bytes > 0 && strcmp(line->key, after) > 0 && visitor(visitor_ctx, &one) != 0)
            break;
    }
    return result == POS_E_NO_SPACE ? POS_E_IO : result;
}

static int32_t stage_begin(void *ctx, uint32_t mode)
{
    sim_till *t = ctx;
    int32_t result = enter(t);
    if (result != POS_OK)
        return result;
    lines_clear(&t->catalogue.staged);
    t->catalogue.mode = mode;
    return POS_OK;
}

static int32_t stage_add(void *ctx, const pos_catalogue_line *lines, uint32_t count, uint32_t stride, char *reason,
                         uint32_t room)
{
    sim_till *t = ctx;
    int32_t result = enter(t);
    snprintf(reason, room, "%s", result == POS_E_FAILED ? "no room for that item" : "");
    t->catalogue.pages++;
    for (uint32_t i = 0; i < count && result == POS_OK; i++) {
        const pos_catalogue_line *line =
            (const pos_catalogue_line *)(const void *)((const char *)(const void *)lines + (size_t)i * stride);
        lines_add(&t->catalogue.staged, line->key, line->line, line->line_bytes);
    }
    return result;
}

static int32_t stage_discard(void *ctx)
{
    sim_till *t = ctx;
    int32_t result = enter(t);
    if (result != POS_OK)
        return result == POS_E_BUSY ? POS_E_BUSY : POS_E_IO;
    lines_clear(&t->catalogue.staged);
    return POS_OK;
}

/* Some tills lose their power around it. */
static void maybe_cut(sim_till *t)
{
    sim *s = t->world;
    if (s->options.calm || s->healing || !sim_random_once_in(&t->random, 6) || !sim_may_happen(s, ROW_CUT_AT_SWAP))
        return;
    sim_happened(s, ROW_CUT_AT_SWAP);
    storage_memory_cut_at(t->disk, storage_memory_operations(t->disk) + 1);
}

static int32_t swap(void *ctx, const char *tag, char *reason, uint32_t room)
{
    sim_till *t = ctx;
    sim_catalogue *c = &t->catalogue;
    sim_lines merged = {0};
    pos_catalogue_state now;
    int32_t result = enter(t);
    snprintf(reason, room, "%s", result == POS_E_FAILED ? "it cannot be put in place" : "");
    bool happens = result == POS_OK || (result == POS_E_IO && sim_random_below(&t->random, 2));
    if (happens && state(t, &now) == POS_OK && now.flags & POS_CATALOGUE_SALE_OPEN)
        return POS_E_BUSY;
    if (!happens)
        return result;
    merge(c, &merged);
    lines_free(&c->before);
    c->before = c->local;
    c->local = merged;
    lines_clear(&c->staged);
    memcpy(c->before_tag, c->tag, sizeof c->tag);
    snprintf(c->tag, sizeof c->tag, "%s", tag);
    c->can_undo = true;
    c->swaps++;
    note_version(c);
    sim_log(t->index, "configuration data of the cloud is in place: %u lines", c->local.count);
    sim_revision_check_swap(t->world, t);
    maybe_cut(t);
    return result;
}

static int32_t undo(void *ctx, char *reason, uint32_t room)
{
    sim_till *t = ctx;
    sim_catalogue *c = &t->catalogue;
    int32_t result = enter(t);
    snprintf(reason, room, "%s", "");
    if (result != POS_OK && (result != POS_E_IO || sim_random_below(&t->random, 2)))
        return result;
    if (!c->can_undo)
        return POS_E_NOT_FOUND;
    lines_free(&c->local);
    c->local = c->before;
    c->before = (sim_lines){0};
    memcpy(c->tag, c->before_tag, sizeof c->tag);
    c->can_undo = false;
    c->undos++;
    note_version(c);
    sim_log(t->index, "what was there before is in place again");
    return result;
}

static int32_t property(void *ctx, const char *name)
{
    const sim_till *t = ctx;
    return strcmp(name, POS_LICENCE_CATALOGUE_UPLOAD) == 0 && t->catalogue.licence_on;
}

static int32_t wizard_finished(void *ctx)
{
    (void)ctx;
    return 1;
}

/* ---- a shop's own data ---- */

static void add_text(sim_lines *l, const char *key, const char *text)
{
    lines_add(l, key, text, (uint32_t)strlen(text));
}

static void write_item(char *out, size_t room, const char *id, uint32_t name, bool fat)
{
    int used = snprintf(out, room,
                        "{\"kind\":\"item\",\"item_id\":\"%s\",\"name\":\"Item %s-%u\",\"department_id\":\"food\","
                        "\"group_id\":\"hot\",\"tax_id\":\"V21\",\"barcodes\":[\"84%s\"],\"status\":\"active\"",
                        id, id, name, id);
    if (fat)
        used += snprintf(out + used, room - (size_t)used, ",\"note\":\"%0*u\"", (int)FAT_BYTES, name);
    snprintf(out + used, room - (size_t)used, "}");
}

static void write_price(char *out, size_t room, const char *id, uint32_t minor)
{
    snprintf(out, room,
             "{\"kind\":\"price\",\"item_id\":\"%s\",\"price_level_id\":\"1\",\"amount\":%u,\"valid_from\":"
             "\"2026-01-01\",\"valid_to\":null}",
             id, minor);
}

static void fill(sim_till *t)
{
    static const char *const head[][2] = {
        {"1V21", "{\"kind\":\"tax\",\"tax_id\":\"V21\",\"name\":\"VAT 21 %\",\"rate\":2100}"},
        {"2cash", "{\"kind\":\"payment_method\",\"payment_method_id\":\"cash\",\"name\":\"Cash\"}"},
        {"31", "{\"kind\":\"price_level\",\"price_level_id\":\"1\",\"name\":\"Normal\"}"},
        {"4food", "{\"kind\":\"department\",\"department_id\":\"food\",\"name\":\"Food\",\"parent_id\":null}"},
        {"5hot", "{\"kind\":\"group\",\"group_id\":\"hot\",\"name\":\"Hot\"}"},
        {"6ana", "{\"kind\":\"user\",\"user_id\":\"ana\",\"name\":\"Ana\",\"role\":\"cashier\"}"}};
    sim_lines *l = &t->catalogue.local;
    bool fat = sim_random_once_in(&t->random, 4);
    uint32_t items = 2 + sim_random_below(&t->random, fat ? 30 : 12);
    char text[FAT_BYTES + 600], key[64], id[16];
    snprintf(
        text, sizeof text,
        "{\"schema\":\"pos.catalogue/1\",\"kind\":\"catalogue\",\"catalogue_id\":\"shop-%d-%d\",\"currency\":\"EUR\"}",
        t->company, t->index);
    add_text(l, "0", text);
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        add_text(l, head[i][0], head[i][1]);
    for (uint32_t i = 0; i < items; i++) {
        snprintf(id, sizeof id, "%04u", 3 * i + sim_random_below(&t->random, 3));
        snprintf(key, sizeof key, "7%s", id);
        write_item(text, sizeof text, id, (uint32_t)t->index, fat);
        add_text(l, key, text);
        snprintf(key, sizeof key, "7%s\x01%s\x01%s", id, "1", "2026-01-01");
        write_price(text, sizeof text, id, 100 + sim_random_below(&t->random, 900));
        add_text(l, key, text);
    }
}

bool sim_catalogue_edit(sim *s, sim_till *t)
{
    sim_catalogue *c = &t->catalogue;
    uint32_t at = sim_random_below(&t->random, c->local.count);
    sim_line *line = &c->local.items[at];
    char text[FAT_BYTES + 600], id[64], key[64];
    if (s->healing || line->key[0] != '7' || t->shop.open)
        return false;
    snprintf(key, sizeof key, "%s", line->key);
    snprintf(id, sizeof id, "%.*s", (int)strcspn(key + 1, "\x01"), key + 1);
    if (strchr(key, '\x01'))
        write_price(text, sizeof text, id, 100 + sim_random_below(&t->random, 900));
    else
        write_item(text, sizeof text, id, 1000 + ++c->edits, line->bytes > FAT_BYTES);
    free(line->key);
    *line = make_line(key, text, (uint32_t)strlen(text));
    c->can_undo = false;
    note_version(c);
    sim_log(t->index, "an item is edited at the till");
    return true;
}

/* ---- life ---- */

void sim_catalogue_open(sim *s, sim_till *t)
{
    sim_catalogue *c = &t->catalogue;
    (void)s;
    c->calls = (pos_catalogue){.struct_size = sizeof c->calls,
                               .ctx = t,
                               .state = state,
                               .read = read_lines,
                               .stage_begin = stage_begin,
                               .stage_add = stage_add,
                               .stage_discard = stage_discard,
                               .swap = swap,
                               .undo = undo};
    c->setup = (pos_setup){.struct_size = sizeof c->setup, .ctx = t, .wizard_finished = wizard_finished};
    c->licence = (pos_licence){.struct_size = sizeof c->licence, .ctx = t, .property = property};
    c->wish = CATALOGUE_WISH_NONE;
    c->generation = 1 + sim_random_next(&t->random) / 2;
    if (c->local.count == 0)
        fill(t);
    note_version(c);
}

void sim_catalogue_reset(sim *s, sim_till *t)
{
    sim_catalogue_free(t);
    t->catalogue = (sim_catalogue){0};
    sim_catalogue_open(s, t);
}

void sim_catalogue_clone(sim_till *to, const sim_till *from)
{
    lines_copy(&to->catalogue.local, &from->catalogue.local);
    memcpy(to->catalogue.tag, from->catalogue.tag, sizeof to->catalogue.tag);
    sim_catalogue_open(to->world, to);
    to->catalogue.generation = from->catalogue.generation;
}

void sim_catalogue_stop(sim_till *t)
{
    lines_clear(&t->catalogue.staged);
}

void sim_catalogue_free(sim_till *t)
{
    lines_free(&t->catalogue.local);
    lines_free(&t->catalogue.staged);
    lines_free(&t->catalogue.before);
}
