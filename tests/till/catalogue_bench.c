/* SPDX-License-Identifier: Apache-2.0 */
/* What a plugin does with a host's catalogue, in a few calls. */
#include "catalogue_bench.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "till/catalogue_line.h"

struct reading {
    FILE *file;
    char last_key[POS_CATALOGUE_KEY_MAX_BYTES + 1];
    unsigned left; /* of the page; 0 at first: no pages */
    unsigned seen;
};

static int32_t take(void *ctx, const pos_catalogue_line *line)
{
    struct reading *reading = ctx;
    ck_assert_uint_ge(line->struct_size, sizeof *line);
    ck_assert_int_gt(strcmp(line->key, reading->last_key), 0);
    (void)snprintf(reading->last_key, sizeof reading->last_key, "%s", line->key);
    for (const char *c = line->key; *c != '\0'; c++)
        (void)fputc(*c == '\x01' ? '|' : *c, reading->file);
    (void)fprintf(reading->file, " %.*s\n", (int)line->line_bytes, line->line);
    reading->seen++;
    return reading->left > 0 && --reading->left == 0;
}

char *catalogue_bench_read_pages(const pos_catalogue *c, uint32_t which, unsigned page)
{
    char *text = NULL;
    size_t size = 0;
    struct reading reading = {.file = open_memstream(&text, &size)};
    ck_assert_ptr_nonnull(reading.file);
    do {
        char after[sizeof reading.last_key];
        memcpy(after, reading.last_key, sizeof after);
        reading.seen = 0;
        reading.left = page;
        ck_assert_int_eq(c->read(c->ctx, which, after, take, &reading), POS_OK);
    } while (page > 0 && reading.seen == page);
    (void)fclose(reading.file);
    return text;
}

char *catalogue_bench_read(const pos_catalogue *c, uint32_t which)
{
    return catalogue_bench_read_pages(c, which, 0);
}

pos_catalogue_state catalogue_bench_state(const pos_catalogue *c)
{
    pos_catalogue_state state = {.struct_size = (uint32_t)sizeof state};
    ck_assert_int_eq(c->state(c->ctx, &state), POS_OK);
    ck_assert_uint_eq(state.struct_size, sizeof state);
    ck_assert_ptr_nonnull(state.tag);
    return state;
}

int32_t catalogue_bench_add(const pos_catalogue *c, const char *const *lines, char reason[256])
{
    static char keys[64][POS_CATALOGUE_KEY_MAX_BYTES + 1];
    pos_catalogue_line page[64];
    uint32_t count = 0;
    char ignored[256];
    for (; lines[count] != NULL; count++) {
        struct catalogue_line line;
        struct fault fault;
        bool removes = lines[count][0] == '-';
        ck_assert_uint_lt(count, 64);
        page[count] = (pos_catalogue_line){.struct_size = (uint32_t)sizeof page[count],
                                           .line_bytes = removes ? 0 : (uint32_t)strlen(lines[count]),
                                           .key = keys[count],
                                           .line = lines[count]};
        if (removes) {
            (void)snprintf(keys[count], sizeof keys[count], "7%s", lines[count] + 1);
            continue;
        }
        ck_assert_msg(catalogue_line_read(&line, lines[count], strlen(lines[count]), &fault), "%s", fault.text);
        (void)snprintf(keys[count], sizeof keys[count], "%s", line.key);
        catalogue_line_free(&line);
    }
    char *words = reason != NULL ? reason : ignored;
    return c->stage_add(c->ctx, page, count, (uint32_t)sizeof page[0], words, 256);
}

void catalogue_bench_swap(const pos_catalogue *c, uint32_t mode, const char *const *lines, const char *tag)
{
    char reason[256] = "";
    ck_assert_int_eq(c->stage_begin(c->ctx, mode), POS_OK);
    ck_assert_msg(catalogue_bench_add(c, lines, reason) == POS_OK, "%s", reason);
    ck_assert_msg(c->swap(c->ctx, tag, reason, sizeof reason) == POS_OK, "%s", reason);
}

static void stage_page(const pos_catalogue *c, unsigned first, unsigned count, long long price_minor)
{
    static char keys[2000][64], lines[2000][256];
    static pos_catalogue_line page[2000];
    char reason[256] = "";
    for (unsigned i = 0; i < count; i++) {
        unsigned id = first + i;
        (void)snprintf(keys[2 * i], sizeof keys[0], "7%06u", id);
        (void)snprintf(keys[2 * i + 1], sizeof keys[0],
                       "7%06u\x01"
                       "1\x01"
                       "2020-01-01",
                       id);
        (void)snprintf(lines[2 * i], sizeof lines[0],
                       "{\"kind\":\"item\",\"item_id\":\"%06u\",\"name\":\"Item %u\",\"department_id\":\"D\","
                       "\"tax_id\":\"T\",\"barcodes\":[\"84%06u\"]}",
                       id, id, id);
        (void)snprintf(lines[2 * i + 1], sizeof lines[0],
                       "{\"kind\":\"price\",\"item_id\":\"%06u\",\"price_level_id\":\"1\",\"amount\":%lld,"
                       "\"valid_from\":\"2020-01-01\",\"valid_to\":null}",
                       id, price_minor);
    }
    for (unsigned i = 0; i < 2 * count; i++)
        page[i] = (pos_catalogue_line){.struct_size = (uint32_t)sizeof page[i],
                                       .line_bytes = (uint32_t)strlen(lines[i]),
                                       .key = keys[i],
                                       .line = lines[i]};
    int32_t result = c->stage_add(c->ctx, page, 2 * count, (uint32_t)sizeof page[0], reason, sizeof reason);
    ck_assert_msg(result == POS_OK, "%d: %s", result, reason);
}

void catalogue_bench_stage_many(const pos_catalogue *c, unsigned items, long long price_minor)
{
    static const char *const few[] = {BENCH_FEW, NULL};
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_WHOLE), POS_OK);
    ck_assert_int_eq(catalogue_bench_add(c, few, NULL), POS_OK);
    for (unsigned first = 0; first < items; first += 1000)
        stage_page(c, first, items - first < 1000 ? items - first : 1000, price_minor);
}
