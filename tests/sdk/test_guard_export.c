/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The extension "pos.export/1" behind the guard: what a plugin may call a file, when it may save, and what a host must
 * answer.
 */
#include "guard_fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define PLUGIN POSHOST_SIDE_PLUGIN
#define CALL   "export.save"

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

static const pos_export *lent(void)
{
    return fx.lent->get_extension(fx.lent->ctx, POS_EXPORT_1);
}

static int32_t save_as(const char *name)
{
    char place[64] = "?";
    return lent()->save(lent()->ctx, name, "application/json", "{}", 2, place, sizeof place);
}

static int32_t (*inside)(void);

static int32_t render_inside(const pos_event *event, const pos_builder *builder)
{
    int32_t code = inside();
    return code == POS_OK ? guard_fixture_render_well(event, builder) : code;
}

static void render(int32_t (*what)(void))
{
    inside = what;
    fx.in_render = render_inside;
    ck_assert_int_eq(poshost_guard_render(fx.guard, NULL, &guard_fixture_builder), POS_OK);
}

/* ---- the plugin ---- */

static int32_t save_well(void)
{
    char place[10];
    ck_assert_int_eq(save_as("Z-17_a.json"), POS_OK);
    ck_assert_str_eq(fx.saved, "Z-17_a.json");
    ck_assert_int_eq(lent()->save(lent()->ctx, "long.json", "text/plain", NULL, 0, place, sizeof place), POS_OK);
    ck_assert_str_eq(place, "/media/lo");
    guard_fixture_expect_quiet();
    return POS_OK;
}

static int32_t save_badly(void)
{
    static const char *const names[] = {
        "../etc/passwd", "a/b", "a b", "caf\xc3\xa9", "a\n", "C:x", "..", ".", "", NULL};
    char place[8];
    fx.saved[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ck_assert_int_eq(save_as(names[i]), POS_E_MISUSE);
        guard_fixture_expect(PLUGIN, CALL, "name");
    }
    ck_assert_int_eq(lent()->save(lent()->ctx, "a", NULL, "{}", 2, place, sizeof place), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, CALL, "media_type");
    ck_assert_int_eq(lent()->save(lent()->ctx, "a", "t", NULL, 2, place, sizeof place), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, CALL, "bytes is NULL");
    ck_assert_int_eq(lent()->save(lent()->ctx, "a", "t", "{}", 2, NULL, 0), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, CALL, "no room");
    ck_assert_str_eq(fx.saved, "");
    return POS_OK;
}

static int32_t save_in_tick(pos_tick_out *out)
{
    (void)out;
    ck_assert_int_eq(save_as("a"), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, CALL, "outside render_settings");
    return POS_OK;
}

START_TEST(test_plugin)
{
    pos_tick_out out = {.struct_size = sizeof out};
    render(save_well);
    render(save_badly);
    fx.in_tick = save_in_tick;
    ck_assert_int_eq(poshost_guard_tick(fx.guard, NULL, &out), POS_OK);
}
END_TEST

/* ---- the host ---- */

static int32_t answer;
static char filler;

static int32_t save_oddly(void *ctx, const char *name, const char *media_type, const void *bytes, uint32_t size_bytes,
                          char *place, uint32_t place_capacity_bytes)
{
    (void)ctx, (void)name, (void)media_type, (void)bytes, (void)size_bytes;
    if (filler != '\0')
        memset(place, filler, place_capacity_bytes);
    return answer;
}

static int32_t save_with_odd_host(void)
{
    fx.exporter.save = save_oddly;
    answer = POS_E_NO_SPACE;
    filler = '\0';
    ck_assert_int_eq(save_as("a"), POS_E_NO_SPACE);
    guard_fixture_expect_quiet();
    answer = POS_OK;
    ck_assert_int_eq(save_as("a"), POS_OK);
    guard_fixture_expect(POSHOST_SIDE_HOST, CALL, "place is empty");
    filler = 'x';
    ck_assert_int_eq(save_as("a"), POS_OK);
    guard_fixture_expect(POSHOST_SIDE_HOST, CALL, "zero-terminated");
    filler = '\0';
    answer = 4;
    ck_assert_int_eq(save_as("a"), POS_E_FAILED);
    guard_fixture_expect(POSHOST_SIDE_HOST, CALL, "this is 4");
    fx.exporter.struct_size = 0;
    ck_assert_ptr_null(lent());
    guard_fixture_expect(POSHOST_SIDE_HOST, "get_extension", "struct_size");
    return POS_OK;
}

START_TEST(test_host)
{
    render(save_with_odd_host);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard: export");
    TCase *tcase = tcase_create("export");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_plugin);
    tcase_add_test(tcase, test_host);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
