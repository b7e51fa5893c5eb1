/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The till's catalogue through pos.catalogue/1: read, staged, swapped, undone, edited, sold by, to the byte.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue_shop.h"
#include "till/catalogue.h"

static const char *const other_shop[] = {BENCH_FEW, BENCH_ITEM("a1", "Apple", "D", "\"1\",\"2\""),
                                         BENCH_PRICE("a1", "500"), BENCH_ITEM("A1", "Pear", "D", "\"3\""), NULL};

/* The local catalogue is `wanted` now; frees neither. */
static void expect_local(const char *wanted)
{
    char *now = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    ck_assert_str_eq(now, wanted);
    uint64_t lines = 0;
    for (const char *at = now; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    ck_assert_uint_eq(catalogue_bench_state(c).local_lines, lines);
    free(now);
}

static void clean_all(void)
{
    bool left = true;
    while (left)
        ck_assert(catalogue_clean(&fixture.till.db, 100, &left, &fixture.fault));
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM catalogue_garbage"), 0);
}

/* After cleaning there is nothing but the local catalogue and what undo needs. */
static void expect_rows(int64_t count)
{
    clean_all();
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM catalogue_lines"), count);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

START_TEST(test_built_in)
{
    char *all = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    char *paged = catalogue_bench_read_pages(c, POS_CATALOGUE_LOCAL, 7);
    char *staged = catalogue_bench_read(c, POS_CATALOGUE_STAGED);
    pos_catalogue_state state = catalogue_bench_state(c);
    ck_assert_str_eq(all, paged);
    ck_assert_str_eq(staged, "");
    ck_assert_uint_eq(state.local_lines, 1 + 3 + 3 + 1 + 7 + 3 + 36 * 2);
    ck_assert_uint_eq(state.staged_lines, 0);
    ck_assert_uint_eq(state.flags, 0);
    ck_assert_str_eq(state.tag, "");
    ck_assert_msg(strncmp(all, "0 {\"kind\":\"catalogue\"", 21) == 0, "%.60s", all);
    ck_assert_ptr_nonnull(strstr(all, "\n7101 {\"kind\":\"item\",\"item_id\":\"101\",\"name\":\"Bananas\""));
    ck_assert_ptr_nonnull(strstr(all, "\n7101|1|2020-01-01 {\"kind\":\"price\""));
    /* A smaller struct of an older plugin is filled as far as it reaches. */
    pos_catalogue_state small = {.struct_size = offsetof(pos_catalogue_state, local_lines), .local_lines = 77};
    ck_assert_int_eq(c->state(c->ctx, &small), POS_OK);
    ck_assert_uint_eq(small.generation, state.generation);
    ck_assert_uint_eq(small.local_lines, 77);
    free(all), free(paged), free(staged);
}
END_TEST

START_TEST(test_whole_swap_and_undo)
{
    char reason[256];
    char *before = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    pos_catalogue_state old = catalogue_bench_state(c);
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_WHOLE), POS_OK);
    /* Keys ascend byte by byte: "A1" before "a1". */
    ck_assert_int_eq(catalogue_bench_add(c, other_shop, reason), POS_E_MISUSE);
    ck_assert_uint_eq(catalogue_bench_state(c).staged_lines, 0); /* all or none */
    static const char *const in_order[] = {BENCH_FEW, BENCH_ITEM("A1", "Pear", "D", "\"3\""),
                                           BENCH_ITEM("a1", "Apple", "D", "\"1\",\"2\""), BENCH_PRICE("a1", "500"),
                                           NULL};
    ck_assert_int_eq(catalogue_bench_add(c, in_order, reason), POS_OK);
    char *staged = catalogue_bench_read(c, POS_CATALOGUE_STAGED);
    ck_assert_uint_eq(catalogue_bench_state(c).staged_lines, 7);
    ck_assert_uint_eq(catalogue_bench_state(c).generation, old.generation);
    expect_local(before);
    ck_assert_int_eq(c->swap(c->ctx, "cloud 4", reason, sizeof reason), POS_OK);
    expect_local(staged);
    pos_catalogue_state state = catalogue_bench_state(c);
    ck_assert_uint_ne(state.generation, old.generation);
    ck_assert_uint_eq(state.flags, POS_CATALOGUE_CAN_UNDO);
    ck_assert_uint_eq(state.staged_lines, 0);
    ck_assert_str_eq(state.tag, "cloud 4");
    uint64_t swapped = state.generation;
    restart();
    state = catalogue_bench_state(c);
    ck_assert(state.generation == swapped && (state.flags & POS_CATALOGUE_CAN_UNDO) != 0);
    expect_local(staged);
    clean_all(); /* what undo needs is not garbage */
    ck_assert_int_eq(c->undo(c->ctx, reason, sizeof reason), POS_OK);
    expect_local(before);
    state = catalogue_bench_state(c);
    ck_assert_str_eq(state.tag, "");
    ck_assert(state.generation != swapped && state.generation != old.generation);
    ck_assert_uint_eq(state.flags, 0);
    ck_assert_int_eq(c->undo(c->ctx, reason, sizeof reason), POS_E_NOT_FOUND);
    expect_rows((int64_t)old.local_lines);
    free(before), free(staged);
}
END_TEST

/* Two swaps: undo goes back one, and the tag with it. */
START_TEST(test_undo_goes_back_one)
{
    static const char *const one[] = {BENCH_FEW, BENCH_ITEM("1", "One", "D", ""), BENCH_PRICE("1", "1"), NULL};
    static const char *const two[] = {BENCH_FEW, BENCH_ITEM("2", "Two", "D", ""), NULL};
    catalogue_bench_swap(c, POS_STAGE_WHOLE, one, "one");
    char *first = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    catalogue_bench_swap(c, POS_STAGE_WHOLE, two, "two");
    ck_assert_int_eq(c->undo(c->ctx, NULL, 0), POS_OK);
    expect_local(first);
    ck_assert_str_eq(catalogue_bench_state(c).tag, "one");
    ck_assert_int_eq(c->undo(c->ctx, NULL, 0), POS_E_NOT_FOUND);
    expect_rows(6);
    free(first);
}
END_TEST

START_TEST(test_changes)
{
    static const char *const start[] = {BENCH_FEW,
                                        BENCH_ITEM("a", "A", "D", "\"11\""),
                                        BENCH_PRICE("a", "100"),
                                        BENCH_ITEM("ab", "AB", "D", "\"12\""),
                                        BENCH_PRICE("ab", "200"),
                                        BENCH_ITEM("b", "B", "D", ""),
                                        BENCH_PRICE("b", "300"),
                                        BENCH_PRICE_OF("b", "2", "299", "2020-01-01", "null"),
                                        NULL};
    /* "a" goes, "ab" stays, "b" comes anew with one price, "c" is new; of the few kinds all is replaced. */
    static const char *const changes[] = {BENCH_HEAD,
                                          BENCH_TAX,
                                          BENCH_LEVEL,
                                          BENCH_DEPT("D"),
                                          BENCH_DEPT("E"),
                                          "-a",
                                          BENCH_ITEM("b", "B!", "E", "\"11\""),
                                          BENCH_PRICE("b", "301"),
                                          BENCH_ITEM("c", "C", "E", ""),
                                          "-zz",
                                          NULL};
    static const char *const wanted[] = {BENCH_HEAD,
                                         BENCH_TAX,
                                         BENCH_LEVEL,
                                         BENCH_DEPT("D"),
                                         BENCH_DEPT("E"),
                                         BENCH_ITEM("ab", "AB", "D", "\"12\""),
                                         BENCH_PRICE("ab", "200"),
                                         BENCH_ITEM("b", "B!", "E", "\"11\""),
                                         BENCH_PRICE("b", "301"),
                                         BENCH_ITEM("c", "C", "E", ""),
                                         NULL};
    char reason[256] = "";
    catalogue_bench_swap(c, POS_STAGE_WHOLE, wanted, "w");
    char *after = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    catalogue_bench_swap(c, POS_STAGE_WHOLE, start, "start");
    char *before = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    for (int round = 0; round < 3; round++) {
        ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_CHANGES), POS_OK);
        ck_assert_msg(catalogue_bench_add(c, changes, reason) == POS_OK, "%s", reason);
        char *staged = catalogue_bench_read_pages(c, POS_CATALOGUE_STAGED, 3);
        ck_assert_uint_eq(catalogue_bench_state(c).staged_lines, 8); /* removals are not lines */
        ck_assert(strstr(staged, "7b {") != NULL && strstr(staged, "7ab") == NULL && strstr(staged, "7a ") == NULL);
        free(staged);
        expect_local(before);
        if (round == 1) { /* begun, and given up */
            ck_assert_int_eq(c->stage_discard(c->ctx), POS_OK);
            expect_local(before);
            continue;
        }
        ck_assert_int_eq(c->swap(c->ctx, "changes", reason, sizeof reason), POS_OK);
        expect_local(after);
        restart();
        expect_local(after);
        if (round == 0) {
            ck_assert_int_eq(c->undo(c->ctx, NULL, 0), POS_OK);
            ck_assert_str_eq(catalogue_bench_state(c).tag, "start");
            expect_local(before);
        }
    }
    /* Changes upon changes; then the undo is over, and so is what it needed. */
    static const char *const more[] = {BENCH_FEW, BENCH_ITEM("c", "C2", "D", ""), NULL};
    catalogue_bench_swap(c, POS_STAGE_CHANGES, more, "more");
    script("item remove ab");
    ck_assert_int_eq(c->undo(c->ctx, NULL, 0), POS_E_NOT_FOUND);
    expect_rows(4 + 2 + 1);
    free(before), free(after);
}
END_TEST

/* Changes that were staged against a catalogue that is another one now are gone: the plugin stages anew. */
START_TEST(test_edit_ends_staged_changes)
{
    static const char *const changes[] = {BENCH_FEW, BENCH_ITEM("101", "Gold bananas", "D", ""), "-102", NULL};
    static const char *const whole[] = {BENCH_FEW, BENCH_ITEM("1", "One", "D", ""), NULL};
    char reason[256];
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_CHANGES), POS_OK);
    ck_assert_int_eq(catalogue_bench_add(c, changes, NULL), POS_OK);
    uint64_t generation = catalogue_bench_state(c).generation;
    script("price 101 190");
    ck_assert_uint_ne(catalogue_bench_state(c).generation, generation);
    ck_assert_uint_eq(catalogue_bench_state(c).staged_lines, 0);
    ck_assert_int_eq(c->swap(c->ctx, "x", reason, sizeof reason), POS_E_FAILED);
    ck_assert_ptr_nonnull(strstr(reason, "nothing is staged"));
    script("item remove 102\nexpect-catalogue \"Bananas\"\nexpect-catalogue 1.90\nexpect-not-catalogue Oranges");
    expect_rows(90 - 2);
    /* A whole one does not mind. */
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_WHOLE), POS_OK);
    ck_assert_int_eq(catalogue_bench_add(c, whole, NULL), POS_OK);
    script("price 101 191");
    ck_assert_int_eq(c->swap(c->ctx, "whole", reason, sizeof reason), POS_OK);
    ck_assert_uint_eq(catalogue_bench_state(c).local_lines, 5);
}
END_TEST

START_TEST(test_undo_until_sold_or_edited)
{
    static const char *const edits[] = {"item add 9 Fig D 120", "item remove 1", "price 1 5", "sell",
                                        "sale open\nsale close"};
    static const char *const one[] = {BENCH_FEW, BENCH_ITEM("1", "One", "D", ""), BENCH_PRICE("1", "7"), NULL};
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        catalogue_bench_swap(c, POS_STAGE_WHOLE, one, "one");
        uint64_t generation = catalogue_bench_state(c).generation;
        script(edits[i]);
        ck_assert_uint_eq(catalogue_bench_state(c).flags, 0);
        ck_assert((catalogue_bench_state(c).generation != generation) == (i < 3));
        ck_assert_int_eq(c->undo(c->ctx, NULL, 0), POS_E_NOT_FOUND);
        ck_assert_str_eq(catalogue_bench_state(c).tag, "one");
    }
    ck_assert_uint_eq(catalogue_bench_state(c).local_lines, 6);
    expect_rows(6);
}
END_TEST

START_TEST(test_open_sale)
{
    static const char *const one[] = {BENCH_FEW, BENCH_ITEM("1", "One", "D", ""), BENCH_PRICE("1", "7"), NULL};
    char reason[256] = "x";
    catalogue_bench_swap(c, POS_STAGE_WHOLE, one, "one");
    char *before = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    script("sale open");
    ck_assert_uint_eq(catalogue_bench_state(c).flags, POS_CATALOGUE_SALE_OPEN | POS_CATALOGUE_CAN_UNDO);
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_WHOLE), POS_OK);
    ck_assert_int_eq(catalogue_bench_add(c, one, NULL), POS_OK);
    ck_assert_int_eq(c->swap(c->ctx, "two", reason, sizeof reason), POS_E_BUSY);
    ck_assert_str_eq(reason, "");
    ck_assert_int_eq(c->undo(c->ctx, reason, sizeof reason), POS_E_BUSY);
    expect_local(before);
    script("sale close");
    ck_assert_uint_eq(catalogue_bench_state(c).flags, 0);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM receipts"), 1);
    ck_assert_int_eq(c->swap(c->ctx, "two", reason, sizeof reason), POS_OK);
    script("sale open\nclose"); /* the close of the day finishes it */
    ck_assert_uint_eq(catalogue_bench_state(c).flags & POS_CATALOGUE_SALE_OPEN, 0);
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM receipts WHERE period_id = 1"), 2);
    till_fixture_recount(&fixture);
    free(before);
}
END_TEST

static void expect_refused(uint32_t mode, const char *const *lines, const char *words)
{
    char reason[256] = "";
    ck_assert_int_eq(c->stage_begin(c->ctx, mode), POS_OK);
    int32_t result = catalogue_bench_add(c, lines, reason);
    if (result == POS_OK)
        result = c->swap(c->ctx, "x", reason, sizeof reason);
    ck_assert_int_eq(result, POS_E_FAILED);
    ck_assert_msg(strstr(reason, words) != NULL, "\"%s\" lacks \"%s\"", reason, words);
    ck_assert_int_eq(c->stage_discard(c->ctx), POS_OK);
}

START_TEST(test_refusals)
{
    static const char *const twice[] = {BENCH_FEW, BENCH_ITEM("1", "One", "D", "\"84\",\"84\""),
                                        BENCH_ITEM("2", "Two", "D", "\"85\",\"84\""), NULL};
    static const char *const orphan[] = {BENCH_FEW, BENCH_ITEM("1", "One", "D", ""), BENCH_PRICE("10", "5"), NULL};
    static const char *const headless[] = {BENCH_TAX, NULL};
    char *before = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    expect_refused(POS_STAGE_WHOLE, twice, "two items have the barcode 84: 1 \"One\" and 2 \"Two\"");
    expect_refused(POS_STAGE_WHOLE, orphan, "a price of item 10");
    expect_refused(POS_STAGE_WHOLE, headless, "\"catalogue\" is missing");
    expect_refused(POS_STAGE_CHANGES, headless, "\"catalogue\" is missing");
    /* Changes: against an item that stays, before and behind; not against one that goes or gives it away. */
    static const char *const takes[] = {BENCH_FEW, BENCH_ITEM("105", "Avocado", "D", "\"8400000001014\""), NULL};
    static const char *const takes_behind[] = {BENCH_FEW, BENCH_ITEM("100", "New", "D", "\"8400000001014\""), NULL};
    static const char *const gives[] = {BENCH_FEW, BENCH_ITEM("100", "New", "D", "\"8400000001014\""), "-101", NULL};
    static const char *const swaps[] = {BENCH_FEW, BENCH_ITEM("100", "Newer", "D", "\"8400000001021\""),
                                        BENCH_ITEM("102", "Oranges", "D", "\"8400000001014\""), NULL};
    expect_refused(POS_STAGE_CHANGES, takes,
                   "two items have the barcode 8400000001014: 101 \"Bananas\" and 105 \"Avocado\"");
    expect_refused(POS_STAGE_CHANGES, takes_behind,
                   "two items have the barcode 8400000001014: 100 \"New\" and 101 \"Bananas\"");
    expect_local(before);
    catalogue_bench_swap(c, POS_STAGE_CHANGES, gives, "gives");
    catalogue_bench_swap(c, POS_STAGE_CHANGES, swaps, "swaps");
    free(before);
}
END_TEST

START_TEST(test_lines_that_cannot_be_held)
{
    static const struct {
        const char *key, *line, *words;
        int32_t code;
    } bad[] = {
        {"7x", "{\"kind\":\"item\",\"item_id\":\"y\"}", "does not fit", POS_E_FAILED},
        {"7x", "{\"kind\":\"item\",\"item_id\":\"x\"", "no JSON object", POS_E_FAILED},
        {"7x", "{\"kind\":\"voucher\",\"item_id\":\"x\"}", "the kind \"voucher\"", POS_E_FAILED},
        {"7", "{\"kind\":\"item\",\"item_id\":\"\"}", "\"item_id\" has 1 to 64 bytes", POS_E_FAILED},
        {"1T", "{\"kind\":\"tax\",\"tax_id\":\"T\",\"rate\":0.5}", "\"rate\"", POS_E_FAILED},
        {"0", "{\"kind\":\"catalogue\"}", "no currency", POS_E_FAILED},
        {"7x\x01"
         "1\x01"
         "2020-01-01",
         "{\"kind\":\"price\",\"item_id\":\"x\",\"price_level_id\":\"1\",\"amount\":9007199254740991,"
         "\"valid_from\":\"2020-01-01\"}",
         "\"amount\"", POS_E_FAILED},
    };
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_WHOLE), POS_OK);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char reason[256];
        pos_catalogue_line line = {(uint32_t)sizeof line, (uint32_t)strlen(bad[i].line), bad[i].key, bad[i].line};
        ck_assert_int_eq(c->stage_add(c->ctx, &line, 1, sizeof line, reason, sizeof reason), bad[i].code);
        ck_assert_msg(strstr(reason, bad[i].words) != NULL, "\"%s\" lacks \"%s\"", reason, bad[i].words);
        ck_assert_int_eq(c->stage_add(c->ctx, &line, 1, sizeof line, reason, 5), bad[i].code);
        ck_assert_uint_eq(strlen(reason), 4);
    }
    static char large[POS_CATALOGUE_LINE_MAX_BYTES + 1];
    pos_catalogue_line line = {(uint32_t)sizeof line, sizeof large, "7x", large};
    ck_assert_int_eq(c->stage_add(c->ctx, &line, 1, sizeof line, NULL, 0), POS_E_TOO_LARGE);
    line.line_bytes = 0;
    ck_assert_int_eq(c->stage_add(c->ctx, &line, 1, sizeof line, NULL, 0), POS_E_MISUSE);
    ck_assert_int_eq(c->stage_begin(c->ctx, 9), POS_E_MISUSE);
    ck_assert_int_eq(c->swap(c->ctx, "", NULL, 0), POS_E_MISUSE);
    ck_assert_int_eq(c->stage_discard(c->ctx), POS_OK);
    ck_assert_int_eq(c->stage_discard(c->ctx), POS_OK);
    ck_assert_int_eq(c->stage_add(c->ctx, &line, 1, sizeof line, NULL, 0), POS_E_FAILED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("catalogue");
    TCase *tests = tcase_create("catalogue");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_built_in);
    tcase_add_test(tests, test_whole_swap_and_undo);
    tcase_add_test(tests, test_undo_goes_back_one);
    tcase_add_test(tests, test_changes);
    tcase_add_test(tests, test_edit_ends_staged_changes);
    tcase_add_test(tests, test_undo_until_sold_or_edited);
    tcase_add_test(tests, test_open_sale);
    tcase_add_test(tests, test_refusals);
    tcase_add_test(tests, test_lines_that_cannot_be_held);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
