/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The extensions pos.catalogue/1, pos.setup/1 and pos.licence/1 behind the guard: what a plugin must not stage, and what
 * a host must not say of its catalogue.
 */
#include "guard_fixture.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLUGIN POSHOST_SIDE_PLUGIN
#define HOST   POSHOST_SIDE_HOST

static const pos_catalogue *c;
static char reason[64];
static void (*inside)(void);

static void setup(void)
{
    guard_fixture_setup(POSHOST_GUARD_REPORT);
    ck_assert_int_eq(poshost_guard_create(fx.guard, NULL, 0), POS_OK);
}

static void teardown(void)
{
    ck_assert_int_eq(poshost_guard_destroy(fx.guard), POS_OK);
    guard_fixture_teardown();
}

static const void *extension(const char *name)
{
    return fx.lent->get_extension(fx.lent->ctx, name);
}

static int32_t tick_inside(pos_tick_out *out)
{
    (void)out;
    c = extension(POS_CATALOGUE_1);
    ck_assert_ptr_nonnull(c);
    inside();
    return POS_OK;
}

static void tick(void (*what)(void))
{
    pos_tick_out out = {.struct_size = sizeof out};
    inside = what;
    fx.in_tick = tick_inside;
    ck_assert_int_eq(poshost_guard_tick(fx.guard, NULL, &out), POS_OK);
}

static pos_catalogue_line line_of(const char *key, const char *text)
{
    return (pos_catalogue_line){.struct_size = (uint32_t)sizeof(pos_catalogue_line),
                                .line_bytes = (uint32_t)strlen(text),
                                .key = key,
                                .line = text};
}

static int32_t add(const char *key, const char *text)
{
    pos_catalogue_line line = line_of(key, text);
    return c->stage_add(c->ctx, &line, 1, sizeof line, reason, sizeof reason);
}

static int32_t swap(const char *tag)
{
    return c->swap(c->ctx, tag, reason, sizeof reason);
}

/* ---- all well ---- */

static unsigned visited;

static int32_t count_line(void *ctx, const pos_catalogue_line *line)
{
    (void)ctx;
    ck_assert_uint_gt(line->line_bytes, 0);
    return ++visited == 2 ? 7 : 0;
}

static void use_well(void)
{
    pos_catalogue_state state = {.struct_size = (uint32_t)sizeof state};
    pos_catalogue_state small = {.struct_size = 8, .generation = 99};
    ck_assert_int_eq(c->state(c->ctx, &state), POS_OK);
    ck_assert_str_eq(state.tag, "first");
    ck_assert_uint_eq(state.local_lines, 3);
    ck_assert_int_eq(c->state(c->ctx, &small), POS_OK);
    ck_assert(small.generation == 99 && small.struct_size == 8);
    visited = 0;
    ck_assert_int_eq(c->read(c->ctx, POS_CATALOGUE_LOCAL, "", count_line, NULL), POS_OK);
    ck_assert_uint_eq(visited, 2); /* it has ended the reading */
    ck_assert_int_eq(c->read(c->ctx, POS_CATALOGUE_LOCAL, "7A", count_line, NULL), POS_OK);
    ck_assert_uint_eq(visited, 3);
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_WHOLE), POS_OK);
    ck_assert_int_eq(add("0", "{}"), POS_OK);
    ck_assert_int_eq(add("7A", "{}"), POS_OK);
    ck_assert_int_eq(add("7a", "{}"), POS_OK); /* another id */
    ck_assert_int_eq(swap("second"), POS_OK);
    ck_assert_int_eq(c->undo(c->ctx, reason, sizeof reason), POS_OK);
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_CHANGES), POS_OK);
    ck_assert_int_eq(add("7a", ""), POS_OK); /* removes it */
    ck_assert_int_eq(c->stage_discard(c->ctx), POS_OK);
    guard_fixture_expect_quiet();
    const pos_setup *wizard = extension(POS_SETUP_1);
    const pos_licence *licence = extension(POS_LICENCE_1);
    ck_assert_int_eq(wizard->wizard_finished(wizard->ctx), 1);
    ck_assert_int_eq(licence->property(licence->ctx, POS_LICENCE_CATALOGUE_UPLOAD), 1);
    ck_assert_int_eq(licence->property(licence->ctx, "other"), 0);
    guard_fixture_expect_quiet();
}

START_TEST(test_all_well)
{
    tick(use_well);
}
END_TEST

/* ---- the plugin ---- */

static void stage_badly(void)
{
    static char large[POS_CATALOGUE_LINE_MAX_BYTES + 2];
    static char long_key[POS_CATALOGUE_KEY_MAX_BYTES + 2];
    const char *call = "catalogue.stage_add";
    memset(large, 'x', sizeof large - 1);
    memset(long_key, '7', sizeof long_key - 1);
    ck_assert_int_eq(add("0", "{}"), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, call, "no stage was begun");
    ck_assert_int_eq(c->stage_begin(c->ctx, 3), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "catalogue.stage_begin", "POS_STAGE_*");
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_WHOLE), POS_OK);
    ck_assert_int_eq(swap("x"), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "catalogue.swap", "nothing is staged");
    ck_assert_int_eq(add("7b", "{}"), POS_OK);
    const struct {
        const char *key, *line, *rule;
    } bad[] = {
        {"7b", "{}", "does not ascend"},
        {"7B", "{}", "does not ascend"},
        {NULL, "{}", "a key is required"},
        {"", "{}", "a key is required"},
        {long_key, "{}", "at most POS_CATALOGUE_KEY_MAX_BYTES"},
        {"7\xff", "{}", "not valid UTF-8"},
        {"7c", large, "longer than POS_CATALOGUE_LINE_MAX_BYTES"},
        {"7c", "{\n}", "a line feed"},
        {"7c", "\xff", "invalid UTF-8"},
        {"7c", "", "only POS_STAGE_CHANGES"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_int_eq(add(bad[i].key, bad[i].line), POS_E_MISUSE);
        guard_fixture_expect(PLUGIN, call, bad[i].rule);
    }
    pos_catalogue_line lines[2] = {line_of("7c", "{}"), line_of("7c", "{}")};
    ck_assert_int_eq(c->stage_add(c->ctx, lines, 2, sizeof lines[0], reason, sizeof reason), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, call, "does not ascend");
    ck_assert_int_eq(c->stage_add(c->ctx, lines, 2, 8, reason, sizeof reason), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, call, "stride");
    ck_assert_int_eq(c->stage_add(c->ctx, NULL, 2, sizeof lines[0], reason, sizeof reason), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, call, "NULL with a count");
    ck_assert_int_eq(c->stage_add(c->ctx, lines, 1, sizeof lines[0], reason, 0), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, call, "reason has no room");
    lines[0].struct_size = 8;
    ck_assert_int_eq(c->stage_add(c->ctx, lines, 1, sizeof lines[0], reason, sizeof reason), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, call, "struct_size");
    lines[0] = line_of("7c", "{}");
    lines[0].line = NULL;
    ck_assert_int_eq(c->stage_add(c->ctx, lines, 1, sizeof lines[0], reason, sizeof reason), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, call, "a line is NULL");
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_CHANGES), POS_OK);
    ck_assert_int_eq(add("1T", ""), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, call, "names an item");
    ck_assert_uint_eq(fx.state.staged_lines, 0); /* none of all that reached the host */
}

static int32_t call_from_visitor(void *ctx, const pos_catalogue_line *line)
{
    (void)ctx, (void)line;
    ck_assert_int_eq(c->stage_discard(c->ctx), POS_E_MISUSE);
    return 1;
}

static void ask_badly(void)
{
    static char long_tag[POS_CATALOGUE_TAG_MAX_BYTES + 2];
    memset(long_tag, 't', sizeof long_tag - 1);
    ck_assert_int_eq(c->state(c->ctx, NULL), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "catalogue.state", "struct_size");
    ck_assert_int_eq(c->read(c->ctx, 3, "", count_line, NULL), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "catalogue.read", "no other");
    ck_assert_int_eq(c->read(c->ctx, 1, NULL, count_line, NULL), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "catalogue.read", "after_key");
    ck_assert_int_eq(c->read(c->ctx, 1, "", NULL, NULL), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "catalogue.read", "visitor is NULL");
    ck_assert_int_eq(c->read(c->ctx, 1, "", call_from_visitor, NULL), POS_OK);
    guard_fixture_expect(PLUGIN, "catalogue.stage_discard", "inside a visitor");
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_WHOLE), POS_OK);
    ck_assert_int_eq(add("0", "{}"), POS_OK);
    const char *const tags[] = {NULL, "", long_tag};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(swap(tags[i]), POS_E_MISUSE);
        guard_fixture_expect(PLUGIN, "catalogue.swap", "1 to POS_CATALOGUE_TAG_MAX_BYTES");
    }
    ck_assert_int_eq(swap("\xff"), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "catalogue.swap", "UTF-8");
    ck_assert_int_eq(c->swap(c->ctx, "t", NULL, 9), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "catalogue.swap", "no room");
    ck_assert_int_eq(c->undo(c->ctx, reason, 0), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "catalogue.undo", "no room");
    const pos_licence *licence = extension(POS_LICENCE_1);
    ck_assert_int_eq(licence->property(licence->ctx, NULL), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "licence.property", "name is NULL");
}

START_TEST(test_plugin)
{
    tick(stage_badly);
    tick(ask_badly);
    /* Outside any call of the host. */
    ck_assert_int_eq(c->stage_discard(c->ctx), POS_E_MISUSE);
    fx.in_tick = NULL;
    pos_tick_out out = {.struct_size = sizeof out};
    ck_assert_int_eq(poshost_guard_tick(fx.guard, NULL, &out), POS_OK); /* told on the host's thread */
    guard_fixture_expect(PLUGIN, "catalogue.stage_discard", "outside a call");
}
END_TEST

/* What an earlier instance staged may be gone on with. */
static void go_on(void)
{
    ck_assert_int_eq(add("7x", "{}"), POS_OK);
    ck_assert_int_eq(swap("later"), POS_OK);
    guard_fixture_expect_quiet();
}

START_TEST(test_stage_of_an_earlier_instance)
{
    fx.state.staged_lines = 5;
    tick(go_on);
}
END_TEST

/* ---- the host ---- */

static void read_badly(void)
{
    static char large[POS_CATALOGUE_LINE_MAX_BYTES + 2];
    memset(large, 'x', sizeof large - 1);
    const struct {
        const char *lines[5];
        const char *rule;
    } bad[] = {
        {{"7a", "{}", "7A", "{}", NULL}, "does not ascend"},
        {{"7a", "{}", "7a", "{}", NULL}, "does not ascend"},
        {{"", "{}", NULL}, "a key is required"},
        {{"0", "", NULL}, "a line is empty"},
        {{"0", "a\nb", NULL}, "a line feed"},
        {{"0", "\xc3", NULL}, "invalid UTF-8"},
        {{"0", large, NULL}, "longer than"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        visited = 2;
        guard_fixture_lines = bad[i].lines;
        ck_assert_int_eq(c->read(c->ctx, POS_CATALOGUE_LOCAL, "", count_line, NULL), POS_E_FAILED);
        guard_fixture_expect(HOST, "catalogue.read", bad[i].rule);
    }
    static const char *const behind[] = {"7a", "{}", NULL};
    guard_fixture_lines = behind;
    ck_assert_int_eq(c->read(c->ctx, POS_CATALOGUE_LOCAL, "7a", count_line, NULL), POS_E_FAILED);
    guard_fixture_expect(HOST, "catalogue.read", "from after_key on");
}

static int32_t odd_result;
static const char *odd_reason;

static int32_t odd_visitor_end(void *ctx, uint32_t which, const char *after_key, pos_catalogue_visitor visitor,
                               void *visitor_ctx)
{
    pos_catalogue_line line = line_of("7a", "{}");
    pos_catalogue_line next = line_of("7b", "{}");
    (void)ctx, (void)which, (void)after_key;
    visited = 1;
    visitor(visitor_ctx, &line);
    visitor(visitor_ctx, &next);
    return POS_OK;
}

static int32_t odd_add(void *ctx, const pos_catalogue_line *lines, uint32_t count, uint32_t stride, char *words,
                       uint32_t capacity)
{
    (void)ctx, (void)lines, (void)count, (void)stride;
    if (odd_reason == NULL)
        memset(words, 'r', capacity);
    else
        (void)snprintf(words, capacity, "%s", odd_reason);
    return odd_result;
}

/* Says that it is done, and did nothing. */
static int32_t lazy_swap(void *ctx, const char *tag, char *words, uint32_t capacity)
{
    (void)ctx, (void)tag, (void)words, (void)capacity;
    return POS_OK;
}

static int32_t lazy_undo(void *ctx, char *words, uint32_t capacity)
{
    (void)ctx, (void)words, (void)capacity;
    return POS_OK;
}

/* Another generation, but not what was staged. */
static int32_t wrong_swap(void *ctx, const char *tag, char *words, uint32_t capacity)
{
    fx.state.generation++;
    return lazy_swap(ctx, tag, words, capacity);
}

static void answer_oddly(void)
{
    pos_catalogue_state state = {.struct_size = (uint32_t)sizeof state};
    ck_assert_int_eq(c->read(c->ctx, POS_CATALOGUE_LOCAL, "", count_line, NULL), POS_E_FAILED);
    guard_fixture_expect(HOST, "catalogue.read", "went on after");
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_WHOLE), POS_OK);
    odd_reason = "a barcode that two items have";
    odd_result = POS_E_FAILED;
    ck_assert_int_eq(add("0", "{}"), POS_E_FAILED);
    ck_assert_str_eq(reason, odd_reason);
    guard_fixture_expect_quiet();
    odd_reason = "";
    ck_assert_int_eq(add("0", "{}"), POS_E_FAILED); /* the same key again: nothing was kept */
    guard_fixture_expect(HOST, "catalogue.stage_add", "without a reason");
    odd_reason = NULL;
    odd_result = POS_OK;
    ck_assert_int_eq(add("0", "{}"), POS_OK);
    ck_assert_uint_eq(strlen(reason), sizeof reason - 1);
    guard_fixture_expect(HOST, "catalogue.stage_add", "zero-terminated");
    odd_reason = "";
    odd_result = 3;
    ck_assert_int_eq(add("1", "{}"), POS_E_FAILED);
    ck_assert_uint_eq(fx.told_count, 2); /* a positive result, and then no reason */
    fx.told_count = 0;
    fx.misuse_logs = 0;
    ck_assert_int_eq(swap("x"), POS_OK);
    guard_fixture_expect(HOST, "catalogue.swap", "generation is what it was");
    ck_assert_int_eq(c->undo(c->ctx, reason, sizeof reason), POS_OK);
    guard_fixture_expect(HOST, "catalogue.undo", "generation is what it was");
    fx.state.tag = NULL;
    ck_assert_int_eq(c->state(c->ctx, &state), POS_E_FAILED);
    guard_fixture_expect(HOST, "catalogue.state", "tag is NULL");
    fx.state.tag = "t";
    fx.state.local_lines = 0;
    ck_assert_int_eq(c->state(c->ctx, &state), POS_E_FAILED);
    guard_fixture_expect(HOST, "catalogue.state", "local_lines is 0");
    fx.state.local_lines = 1;
    fx.state.struct_size = 4;
    ck_assert_int_eq(c->state(c->ctx, &state), POS_E_FAILED);
    guard_fixture_expect(HOST, "catalogue.state", "struct_size");
    fx.state.struct_size = (uint32_t)sizeof fx.state;
}

static void swap_wrongly(void)
{
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_WHOLE), POS_OK);
    ck_assert_int_eq(add("0", "{}"), POS_OK);
    ck_assert_int_eq(swap("x"), POS_OK);
    guard_fixture_expect(HOST, "catalogue.swap", "tag is not the tag");
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_WHOLE), POS_OK);
    ck_assert_int_eq(add("0", "{}"), POS_OK);
    ck_assert_int_eq(swap("first"), POS_OK);
    guard_fixture_expect(HOST, "catalogue.swap", "lines are still staged");
}

static int32_t answer_two(void *ctx)
{
    (void)ctx;
    return 2;
}

static int32_t answer_io(void *ctx, const char *name)
{
    (void)ctx, (void)name;
    return POS_E_IO;
}

static void lack_functions(void)
{
    fx.setup.wizard_finished = answer_two;
    fx.licence.property = answer_io;
    const pos_setup *wizard = extension(POS_SETUP_1);
    const pos_licence *licence = extension(POS_LICENCE_1);
    ck_assert_int_eq(wizard->wizard_finished(wizard->ctx), 0);
    guard_fixture_expect(HOST, "setup.wizard_finished", "this is 2");
    ck_assert_int_eq(licence->property(licence->ctx, "x"), POS_E_IO);
    guard_fixture_expect_quiet();
    fx.catalogue.struct_size = offsetof(pos_catalogue, undo);
    fx.setup.struct_size = 0;
    fx.licence.property = NULL;
    const char *const names[] = {POS_CATALOGUE_1, POS_SETUP_1, POS_LICENCE_1};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_ptr_null(extension(names[i]));
        guard_fixture_expect(HOST, "get_extension", names[i]);
    }
}

START_TEST(test_host)
{
    tick(read_badly);
    fx.catalogue.read = odd_visitor_end;
    fx.catalogue.stage_add = odd_add;
    fx.catalogue.swap = lazy_swap;
    fx.catalogue.undo = lazy_undo;
    tick(answer_oddly);
}
END_TEST

START_TEST(test_host_swaps_something_else)
{
    fx.catalogue.swap = wrong_swap;
    tick(swap_wrongly);
}
END_TEST

START_TEST(test_host_lacks_functions)
{
    tick(lack_functions);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard: catalogue");
    TCase *tcase = tcase_create("catalogue");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_all_well);
    tcase_add_test(tcase, test_plugin);
    tcase_add_test(tcase, test_stage_of_an_earlier_instance);
    tcase_add_test(tcase, test_host);
    tcase_add_test(tcase, test_host_swaps_something_else);
    tcase_add_test(tcase, test_host_lacks_functions);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
