/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page of configuration data: its head, its lines one by one, and whether they fit each other.
 *
 * Asked of each: what is found fine has its values in range, a key of its kind, and says the same as itself; keys of a
 * stream that is found fine ascend; and a line that the plugin finds fine, a till may upload: the cloud takes it too, under
 * the same key, but for kinds that the cloud does not know.
 */
#include "core/catalogue_check.h"
#include "fuzz/cloud_side.h"
#include "fuzz/fuzz.h"
#include "protocol/catalogue.h"
#include "protocol/text.h"

const unsigned fuzz_mutations = 10000;

#define IS_SHOWN(text) (fuzz_ends(text, sizeof(text)) && text_is_utf8(text, strlen(text)) && !text_has_controls(text))

static void check_line(const catalogue_line *line, const char *text, size_t size)
{
    FUZZ_REQUIRE(IS_SHOWN(line->id) && IS_SHOWN(line->name) && IS_SHOWN(line->department) && IS_SHOWN(line->group));
    FUZZ_REQUIRE(IS_SHOWN(line->tax) && IS_SHOWN(line->parent) && IS_SHOWN(line->level) && IS_SHOWN(line->unknown));
    FUZZ_REQUIRE(line->amount_minor >= 0 && line->amount_minor <= INT64_C(9007199254740991));
    FUZZ_REQUIRE(line->valid_to[0] == '\0' || strcmp(line->valid_from, line->valid_to) <= 0);
    FUZZ_REQUIRE(catalogue_lines_equal(text, size, text, size));
    if (line->kind == CATALOGUE_UNKNOWN) {
        FUZZ_REQUIRE(line->key[0] == '\0' && line->unknown[0]);
        return;
    }
    catalogue_kind of_key = catalogue_key_kind(line->key);
    FUZZ_REQUIRE(of_key == line->kind || (line->kind == CATALOGUE_REMOVED && of_key == CATALOGUE_ITEM));
    FUZZ_REQUIRE(strlen(line->key) <= CATALOGUE_KEY_MAX && (line->id[0] || line->kind == CATALOGUE_HEAD));
}

/* Removals are the cloud's to make, and a kind that it does not know it refuses. */
static void ask_cloud(const catalogue_line *line, catalogue_fault fault, const char *text, size_t size)
{
    const char *key = cloud_side_read_line(text, size);
    if (fault == CATALOGUE_FINE && line->kind != CATALOGUE_REMOVED && line->kind != CATALOGUE_UNKNOWN)
        FUZZ_REQUIRE(key != NULL && strcmp(key, line->key) == 0);
}

static void try_lines(const char *text, size_t size, bool changes)
{
    static const uint8_t random[16] = {7};
    static catalogue_line line;
    catalogue_check check = {0};
    char last[CATALOGUE_KEY_MAX + 1] = "";
    bool fine = true;
    catalogue_check_begin(&check, changes, changes ? "" : "EUR", random);
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t length = end ? (size_t)(end - text) : size;
        catalogue_fault fault = catalogue_line_read(text, length, &line);
        FUZZ_REQUIRE(fault <= CATALOGUE_NO_MEMORY);
        ask_cloud(&line, fault, text, length);
        if (fault == CATALOGUE_FINE) {
            check_line(&line, text, length);
            fine = catalogue_check_line(&check, &line) == CATALOGUE_FINE && fine;
        }
        if (fault == CATALOGUE_FINE && fine && line.key[0]) {
            FUZZ_REQUIRE(strcmp(last, line.key) < 0 && (last[0] || line.kind == CATALOGUE_HEAD));
            memcpy(last, line.key, sizeof last);
        }
        text += end ? length + 1 : length;
        size -= end ? length + 1 : length;
    }
    catalogue_fault at_end = catalogue_check_finish(&check);
    FUZZ_REQUIRE(!fine || last[0] || at_end == CATALOGUE_NO_HEAD);
    FUZZ_REQUIRE(check.fault_line >= 0 && check.fault_line <= check.lines);
    catalogue_check_clear(&check);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = {data, size};
    bool changes = fuzz_pick(&in, 2) == 1;
    const char *text = (const char *)in.at;
    const char *end = in.left > 0 ? memchr(text, '\n', in.left) : NULL;
    size_t head = end ? (size_t)(end - text) + 1 : 0;
    protocol_catalogue_page page;
    if (end && protocol_read_catalogue_page(text, head - 1, &page))
        FUZZ_REQUIRE(page.count <= 1000 && fuzz_ends(page.next, sizeof page.next));
    try_lines(text + head, in.left - head, changes);
    return 0;
}
