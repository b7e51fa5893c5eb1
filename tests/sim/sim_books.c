/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_books.c - the host's books: it commits a close together with the document's bytes, keeps them (or the
 * figures at least), and gives them out again through pos.reports/1.
 */
#include "sim/sim.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOCUMENT_ROOM 1024

/* ---- documents ---- */

typedef struct figures {
    const char *kind; /* "z", "x" */
    int64_t number, sequence, gross, net, tax, grand;
    const char *date;
    const char *register_id;
    const char *note; /* makes it unlike any other */
} figures;

static int write_document(char *out, size_t room, const figures *f)
{
    char sequence[40] = "";
    if (f->kind[0] == 'x')
        snprintf(sequence, sizeof sequence, "\"x_sequence\":%lld,", (long long)f->sequence);
    return snprintf(
        out, room,
        "{\"schema\":\"pos.report.%s/1\",\"report_type\":\"%s\",\"report_id\":\"%s\",\"register_id\":\"%s\","
        "\"currency\":\"EUR\",\"minor_unit\":2,\"z_number\":%lld,%s\"business_date\":\"%s\","
        "\"totals\":{\"gross_turnover\":%lld,\"net_turnover\":%lld,\"tax_total\":%lld,\"payments\":%lld},"
        "\"taxes\":[{\"tax_id\":\"VAT21\",\"rate\":2100,\"net\":%lld,\"tax\":%lld,\"gross\":%lld}],"
        "\"payments\":[{\"payment_method_id\":\"cash\",\"type\":\"cash\",\"amount\":%lld}],"
        "\"grand_totals\":{\"sales\":%lld,\"returns\":0,\"net\":%lld}}",
        f->kind, f->kind[0] == 'z' ? "Z" : "X", f->note, f->register_id, (long long)f->number, sequence, f->date,
        (long long)f->gross, (long long)f->net, (long long)f->tax, (long long)f->gross, (long long)f->net,
        (long long)f->tax, (long long)f->gross, (long long)f->gross, (long long)f->grand, (long long)f->grand);
}

static figures figures_of(const sim_till *t, const sim_close *z, const char *note)
{
    return (figures){.kind = "z",
                     .number = z->number,
                     .gross = z->gross,
                     .net = z->net,
                     .tax = z->tax,
                     .grand = z->grand,
                     .date = z->date,
                     .register_id = t->register_id,
                     .note = note};
}

static void spoil(sim_document document, char *text, int used)
{
    if (document == DOCUMENT_BROKEN)
        text[used / 2] = '\1';
    if (document == DOCUMENT_ILL)
        memcpy(strstr(text, "\"totals\""), "\"tootls\"", 8);
}

/* Made again from receipts: the same figures, other bytes. */
static int rebuild(const sim_till *t, const sim_close *z, char *out, size_t room)
{
    char note[48];
    snprintf(note, sizeof note, "rebuilt-%lld-%lld", (long long)z->number, (long long)z->wall_ms);
    figures f = figures_of(t, z, note);
    int used = write_document(out, room, &f);
    spoil(z->document, out, used);
    return used;
}

static void write_original(sim_till *t, sim_close *z)
{
    char note[48], text[DOCUMENT_ROOM];
    snprintf(note, sizeof note, "%d-%08x", t->index, (unsigned)sim_random_next(&t->random));
    figures f = figures_of(t, z, note);
    int used = write_document(text, sizeof text, &f);
    spoil(z->document, text, used);
    /* Some shops print long reports. */
    uint32_t padding = sim_random_once_in(&t->random, 300) ? sim_random_below(&t->random, 300000) : 0;
    z->size = (uint32_t)used + padding;
    z->bytes = malloc(z->size + 1);
    if (!z->bytes)
        abort();
    memset(z->bytes, ' ', z->size);
    memcpy(z->bytes, text, (size_t)used);
    crypto_hash_sha256(z->sha, (const uint8_t *)z->bytes, z->size);
    used = rebuild(t, z, text, sizeof text);
    crypto_hash_sha256(z->rebuilt_sha, (const uint8_t *)text, (unsigned long long)used);
}

/* ---- a close ---- */

static sim_document draw_document(sim_till *t)
{
    uint32_t draw = sim_random_below(&t->random, 400);
    return draw == 0 ? DOCUMENT_BROKEN : draw == 1 ? DOCUMENT_ILL : DOCUMENT_GOOD;
}

sim_close *sim_books_commit(sim *s, sim_till *t)
{
    sim_shop *shop = &t->shop;
    if (shop->count == shop->room) {
        shop->room = shop->room ? 2 * shop->room : 64;
        shop->closes = realloc(shop->closes, shop->room * sizeof *shop->closes);
        if (!shop->closes)
            abort();
    }
    sim_close *z = &shop->closes[shop->count++];
    int64_t wall = s->now_ms + t->wall_offset_ms;
    *z = (sim_close){.number = shop->next_number++,
                     .wall_ms = wall,
                     .gross = shop->sold_minor,
                     .committed_ms = s->now_ms,
                     .document = draw_document(t)};
    z->tax = z->gross * 21 / 121;
    z->net = z->gross - z->tax;
    shop->grand += z->gross;
    z->grand = shop->grand;
    sim_date(wall + sim_zone_minutes(s->now_ms) * SIM_MINUTE, z->date);
    write_original(t, z);
    if (t->joined >= 0)
        z->stores = 1u << t->joined;
    shop->sold_minor = 0;
    shop->x_sold = shop->x_sequence = shop->x_at_ms = 0;
    s->figures.closes++;
    sim_log(t->index, "closes Z %lld of %s: %lld minor, %u bytes%s", (long long)z->number, z->date, (long long)z->gross,
            z->size, z->document == DOCUMENT_GOOD ? "" : ", not valid");
    return z;
}

void sim_books_fill(const sim_till *t, const sim_close *z, pos_report *report)
{
    *report = (pos_report){.struct_size = sizeof *report,
                           .kind = POS_REPORT_Z,
                           .origin = POS_ORIGIN_ORIGINAL,
                           .document_size = z->size,
                           .document = z->bytes,
                           .register_id = t->register_id,
                           .business_date = z->date,
                           .currency = "EUR",
                           .z_number = z->number,
                           .closed_at_ms = z->wall_ms,
                           .grand_total_minor = z->grand};
}

/* ---- pos.reports/1 ---- */

static bool is_ill(const sim_till *t)
{
    return t->world->now_ms < t->history_ill_until_ms && !t->world->healing;
}

static int32_t closed_range(void *ctx, int64_t *first, int64_t *last)
{
    if (is_ill(ctx))
        return POS_E_BUSY;
    const sim_shop *shop = &((const sim_till *)ctx)->shop;
    *first = *last = 0;
    if (shop->numbering_from == shop->count)
        return POS_OK;
    *first = shop->closes[shop->numbering_from].number;
    *last = shop->closes[shop->count - 1].number;
    return POS_OK;
}

static int32_t closed(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    const sim_till *t = ctx;
    const sim_shop *shop = &t->shop;
    char text[DOCUMENT_ROOM];
    pos_report report;
    if (is_ill(t))
        return POS_E_BUSY;
    if (sim_random_once_in(&((sim_till *)ctx)->random, 200) && !t->world->healing)
        return POS_E_BUSY;
    int64_t index = (int64_t)shop->numbering_from + number - 1;
    if (number < 1 || index >= shop->count)
        return POS_E_NOT_FOUND;
    const sim_close *z = &shop->closes[index];
    sim_books_fill(t, z, &report);
    if (shop->history == HISTORY_REBUILT) {
        report.origin = POS_ORIGIN_REBUILT;
        report.document_size = (uint32_t)rebuild(t, z, text, sizeof text);
        report.document = text;
    }
    sim_log(t->index, "the host gives out Z %lld of its history%s", (long long)number,
            shop->history == HISTORY_REBUILT ? ", rebuilt" : "");
    return visitor(visitor_ctx, &report);
}

static int32_t running(void *ctx, int64_t min_sequence, pos_report_visitor visitor, void *visitor_ctx)
{
    sim_till *t = ctx;
    sim_shop *shop = &t->shop;
    char text[DOCUMENT_ROOM], date[11], note[48];
    if (shop->open)
        sim_shop_sell(t);
    if (!shop->open || shop->sold_minor == shop->x_sold)
        return POS_E_NOT_FOUND;
    int64_t wall = t->world->now_ms + t->wall_offset_ms;
    sim_date(wall + sim_zone_minutes(t->world->now_ms) * SIM_MINUTE, date);
    snprintf(note, sizeof note, "x%d-%lld", t->index, (long long)t->world->now_ms);
    int64_t gross = shop->sold_minor, tax = gross * 21 / 121;
    figures f = {"x", shop->next_number,   min_sequence, gross,          gross - tax,
                 tax, shop->grand + gross, date,         t->register_id, note};
    int used = write_document(text, sizeof text, &f);
    pos_report x = {.struct_size = sizeof x,
                    .kind = POS_REPORT_X,
                    .document = text,
                    .document_size = (uint32_t)used,
                    .register_id = t->register_id,
                    .business_date = date,
                    .currency = "EUR",
                    .z_number = shop->next_number,
                    .x_sequence = min_sequence,
                    .closed_at_ms = wall,
                    .grand_total_minor = shop->grand + gross};
    shop->x_sold = shop->sold_minor;
    sim_log(t->index, "X %lld of period %lld", (long long)min_sequence, (long long)shop->next_number);
    if (t->honest && min_sequence <= shop->x_sequence) /* of another epoch it may */
        sim_fail(t->world, t->index, "X sequence %lld of period %lld is used again", (long long)min_sequence,
                 (long long)shop->next_number);
    int32_t result = visitor(visitor_ctx, &x);
    if (result == POS_OK) {
        shop->x_sequence = min_sequence;
        shop->x_at_ms = t->world->now_ms;
        shop->x_seen = false;
        crypto_hash_sha256(shop->x_sha, (const uint8_t *)text, (unsigned long long)used);
    }
    return result;
}

void sim_books_offer(sim_till *t)
{
    t->reports = (pos_reports){
        .struct_size = sizeof t->reports, .ctx = t, .closed_range = closed_range, .closed = closed, .running = running};
}
