/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random stages, swaps, undos, edits, sales, slices of cleaning up and restarts, against a model that is a few numbers:
 * whatever came before, the till has the catalogue, the tag and the undo that it should have.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue_bench.h"
#include "till/catalogue.h"
#include "till/dice.h"
#include "till/query.h"
#include "till_fixture.h"

#define ITEMS 6
#define DATE  "2026-01-05"

/* The price of each item; 0: there is none. */
struct model {
    unsigned price[ITEMS];
    char tag[16];
};

static struct till_fixture fixture;
static const pos_catalogue *c;
static struct dice dice;

static struct model now, before, staged;
static bool has_undo, has_stage;
static uint32_t stage_mode;
static char removed[ITEMS]; /* by the staged changes */
static unsigned tags, undone, swapped, turned_by_changes;

static void open_till(void)
{
    till_fixture_open(&fixture, NULL);
    c = &fixture.till.host.catalogue.abi;
    /* Nothing is cut off here: test_catalogue_crash.c does that. */
    ck_assert(query_script(fixture.till.db.sqlite, &fixture.fault, "PRAGMA synchronous = OFF"));
}

static void print_item(FILE *file, unsigned item, unsigned price, bool with_keys)
{
    if (with_keys)
        (void)fprintf(file, "7%u ", item);
    (void)fprintf(file,
                  "{\"kind\":\"item\",\"item_id\":\"%u\",\"name\":\"N\",\"department_id\":\"D\",\"tax_id\":\"T\","
                  "\"barcodes\":[],\"unit\":\"piece\",\"status\":\"active\"}\n",
                  item);
    if (with_keys)
        (void)fprintf(file, "7%u|1|" DATE " ", item);
    (void)fprintf(file,
                  "{\"kind\":\"price\",\"item_id\":\"%u\",\"price_level_id\":\"1\",\"amount\":%u,"
                  "\"valid_from\":\"" DATE "\",\"valid_to\":null}\n",
                  item, price);
}

static void check(const char *what)
{
    char *wanted = NULL;
    size_t size = 0;
    unsigned lines = 4;
    FILE *file = open_memstream(&wanted, &size);
    ck_assert_ptr_nonnull(file);
    (void)fputs("0 " BENCH_HEAD "\n1T " BENCH_TAX "\n31 " BENCH_LEVEL "\n4D " BENCH_DEPT("D") "\n", file);
    for (unsigned i = 0; i < ITEMS; i++) {
        if (now.price[i] == 0)
            continue;
        print_item(file, i, now.price[i], true);
        lines += 2;
    }
    (void)fclose(file);
    char *found = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    pos_catalogue_state state = catalogue_bench_state(c);
    ck_assert_msg(strcmp(found, wanted) == 0, "after %s:\n%s\nnot\n%s", what, found, wanted);
    ck_assert_msg(state.local_lines == lines, "after %s: %u lines", what, (unsigned)state.local_lines);
    ck_assert_msg(strcmp(state.tag, now.tag) == 0, "after %s: tag %s, not %s", what, state.tag, now.tag);
    ck_assert_msg(((state.flags & POS_CATALOGUE_CAN_UNDO) != 0) == has_undo, "after %s: the undo", what);
    ck_assert_msg((state.staged_lines > 0) == has_stage, "after %s: the stage", what);
    free(found), free(wanted);
}

/* ---- the steps ---- */

static void stage(void)
{
    const char *lines[4 + 2 * ITEMS + 1] = {BENCH_FEW};
    char texts[ITEMS][2][256], ids[ITEMS][8];
    size_t count = 4;
    stage_mode = dice_chance(&dice, 60) ? POS_STAGE_CHANGES : POS_STAGE_WHOLE;
    ck_assert_int_eq(c->stage_begin(c->ctx, stage_mode), POS_OK);
    memset(removed, 0, sizeof removed);
    memset(&staged, 0, sizeof staged);
    for (unsigned i = 0; i < ITEMS; i++) {
        if (dice_chance(&dice, 40)) {
            char *text = NULL;
            size_t size = 0;
            FILE *file = open_memstream(&text, &size);
            staged.price[i] = 1 + dice_throw(&dice, 1000);
            print_item(file, i, staged.price[i], false);
            (void)fclose(file);
            char *end = strchr(text, '\n');
            (void)snprintf(texts[i][0], sizeof texts[i][0], "%.*s", (int)(end - text), text);
            (void)snprintf(texts[i][1], sizeof texts[i][1], "%.*s", (int)(strlen(end) - 2), end + 1);
            free(text);
            lines[count++] = texts[i][0];
            lines[count++] = texts[i][1];
        } else if (stage_mode == POS_STAGE_CHANGES && dice_chance(&dice, 30)) {
            (void)snprintf(ids[i], sizeof ids[i], "-%u", i);
            removed[i] = 1;
            lines[count++] = ids[i];
        }
    }
    lines[count] = NULL;
    ck_assert_int_eq(catalogue_bench_add(c, lines, NULL), POS_OK);
    has_stage = true;
}

static void swap(void)
{
    char tag[16];
    (void)snprintf(tag, sizeof tag, "t%u", ++tags);
    ck_assert_int_eq(c->swap(c->ctx, tag, NULL, 0), has_stage ? POS_OK : POS_E_FAILED);
    if (!has_stage)
        return;
    before = now;
    for (unsigned i = 0; i < ITEMS; i++) {
        if (stage_mode == POS_STAGE_WHOLE || staged.price[i] != 0 || removed[i])
            now.price[i] = staged.price[i];
    }
    memcpy(now.tag, tag, sizeof tag);
    has_undo = true;
    has_stage = false;
    swapped++;
    turned_by_changes += stage_mode == POS_STAGE_CHANGES;
}

static void lose_staged_changes(void)
{
    has_stage = has_stage && stage_mode == POS_STAGE_WHOLE;
}

static void undo(void)
{
    ck_assert_int_eq(c->undo(c->ctx, NULL, 0), has_undo ? POS_OK : POS_E_NOT_FOUND);
    if (!has_undo)
        return;
    now = before;
    has_undo = false;
    lose_staged_changes();
    undone++;
}

static void edit(void)
{
    char command[64];
    unsigned item = dice_throw(&dice, ITEMS), price = 1 + dice_throw(&dice, 1000);
    if (now.price[item] == 0)
        (void)snprintf(command, sizeof command, "item add %u N D %u", item, price);
    else if (dice_chance(&dice, 50))
        (void)snprintf(command, sizeof command, "price %u %u", item, price);
    else {
        (void)snprintf(command, sizeof command, "item remove %u", item);
        price = 0;
    }
    ck_assert_msg(till_fixture_script(&fixture, command, NULL, 0) == RUN_OK, "%s", fixture.fault.text);
    now.price[item] = price;
    has_undo = false;
    lose_staged_changes();
}

static void sell(void)
{
    bool any = false;
    for (unsigned i = 0; i < ITEMS; i++)
        any = any || now.price[i] != 0;
    ck_assert_int_eq(till_fixture_script(&fixture, "sell", NULL, 0), any ? RUN_OK : RUN_FAILED);
    has_undo = has_undo && !any;
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) FROM lines l JOIN local_catalogue p ON p.kind ="
                                                " 'price' AND p.line ->> '$.item_id' = l.item_id WHERE"
                                                " l.unit_price_minor <> p.line ->> '$.amount' AND l.receipt_number ="
                                                " (SELECT max(receipt_number) FROM receipts)") *
                         any,
                     0);
}

static void discard(void)
{
    ck_assert_int_eq(c->stage_discard(c->ctx), POS_OK);
    has_stage = false;
}

static void clean(void)
{
    bool left;
    ck_assert(catalogue_clean(&fixture.till.db, 1 + dice_throw(&dice, 6), &left, &fixture.fault));
}

static void restart(void)
{
    till_fixture_close(&fixture);
    open_till();
}

static void step(void)
{
    static const struct {
        uint32_t below; /* of a hundred */
        void (*run)(void);
        const char *name;
    } steps[] = {{30, stage, "stage"}, {55, swap, "swap"},       {70, undo, "undo"},      {80, edit, "edit"},
                 {84, sell, "sale"},   {87, discard, "discard"}, {97, clean, "cleaning"}, {100, restart, "restart"}};
    uint32_t thrown = dice_throw(&dice, 100);
    size_t which = 0;
    while (thrown >= steps[which].below)
        which++;
    steps[which].run();
    check(steps[which].name);
}

START_TEST(test_random)
{
    static const char *const empty[] = {BENCH_FEW, NULL};
    bool left = true;
    dice_seed(&dice, 20260105, (uint64_t)_i);
    till_fixture_start(&fixture);
    open_till();
    catalogue_bench_swap(c, POS_STAGE_WHOLE, empty, "t0");
    ck_assert_int_eq(till_fixture_script(&fixture, "item add 0 N D 1\nitem remove 0", NULL, 0), RUN_OK);
    now = (struct model){.tag = "t0"};
    has_undo = has_stage = false;
    tags = undone = swapped = turned_by_changes = 0;
    check("the start");
    for (int i = 0; i < 400; i++)
        step();
    ck_assert(swapped > 20 && undone > 10 && turned_by_changes > 10);
    /* At rest there is nothing left but what is sold by. */
    discard();
    edit();
    while (left)
        ck_assert(catalogue_clean(&fixture.till.db, 50, &left, &fixture.fault));
    check("all that");
    ck_assert_int_eq(till_fixture_ask(&fixture, "SELECT count(*) - (SELECT local_lines FROM catalogue)"
                                                " FROM catalogue_lines"),
                     0);
    ck_assert_int_eq(
        till_fixture_ask(&fixture, "SELECT count(*) FROM catalogue_lines WHERE until <> 9223372036854775807"), 0);
    till_fixture_end(&fixture);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("catalogue, at random");
    TCase *tests = tcase_create("catalogue, at random");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, test_random, 0, 12);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
