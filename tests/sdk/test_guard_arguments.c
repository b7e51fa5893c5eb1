/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a host can misuse an instance by what it passes: each argument that breaks a rule of include/pos is stopped, and
 * the rule named.
 */
#include "guard_fixture.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void setup(void)
{
    guard_fixture_setup(POSHOST_GUARD_REPORT);
}

static void setup_alive(void)
{
    setup();
    ck_assert_int_eq(poshost_guard_create(fx.guard, NULL, 0), POS_OK);
}

static void teardown_alive(void)
{
    ck_assert_int_eq(poshost_guard_destroy(fx.guard), POS_OK);
    guard_fixture_teardown();
}

static pos_tick_out new_out(void)
{
    return (pos_tick_out){.struct_size = sizeof(pos_tick_out)};
}

/* ---- arguments ---- */

START_TEST(test_tick_arguments)
{
    pos_tick_out out = new_out();
    pos_tick_in in = {.struct_size = 0};
    ck_assert_int_eq(poshost_guard_tick(fx.guard, NULL, NULL), POS_E_MISUSE);
    guard_fixture_expect(POSHOST_SIDE_HOST, "on_tick", "out is NULL");
    ck_assert_int_eq(poshost_guard_tick(fx.guard, &in, &out), POS_E_MISUSE);
    guard_fixture_expect(POSHOST_SIDE_HOST, "on_tick", "in.struct_size");
    out.struct_size = 0;
    ck_assert_int_eq(poshost_guard_tick(fx.guard, NULL, &out), POS_E_MISUSE);
    guard_fixture_expect(POSHOST_SIDE_HOST, "on_tick", "out.struct_size");
}
END_TEST

static const struct bad_z {
    const char *words;
    size_t offset; /* of the member that is spoiled */
    uint32_t as_u32;
    int64_t as_i64;
    const char *as_text;
    int which; /* 0: u32, 1: i64, 2: text */
} bad_zs[] = {
    {"z.struct_size", offsetof(pos_report, struct_size), 0, 0, NULL, 0},
    {"z.struct_size", offsetof(pos_report, struct_size), 40, 0, NULL, 0},
    {"z.kind", offsetof(pos_report, kind), POS_REPORT_X, 0, NULL, 0},
    {"z.kind", offsetof(pos_report, kind), 0, 0, NULL, 0},
    {"z.document", offsetof(pos_report, document), 0, 0, NULL, 2},
    {"z.z_number", offsetof(pos_report, z_number), 0, 0, NULL, 1},
    {"z.z_number", offsetof(pos_report, z_number), 0, -1, NULL, 1},
    {"z.z_number", offsetof(pos_report, z_number), 0, POS_Z_NUMBER_MAX + 1, NULL, 1},
    {"z.register_id", offsetof(pos_report, register_id), 0, 0, NULL, 2},
    {"z.register_id", offsetof(pos_report, register_id), 0, 0, "", 2},
    {"1 to 64 bytes", offsetof(pos_report, register_id), 0, 0,
     "1234567890123456789012345678901234567890123456789012345678901234X", 2},
    {"another register", offsetof(pos_report, register_id), 0, 0, "till-2", 2},
    {"z.business_date", offsetof(pos_report, business_date), 0, 0, NULL, 2},
    {"z.business_date", offsetof(pos_report, business_date), 0, 0, "2026-2-8", 2},
    {"z.business_date", offsetof(pos_report, business_date), 0, 0, "2026-02-29", 2},
    {"z.business_date", offsetof(pos_report, business_date), 0, 0, "2026-13-01", 2},
    {"z.business_date", offsetof(pos_report, business_date), 0, 0, "2026-00-10", 2},
    {"z.business_date", offsetof(pos_report, business_date), 0, 0, "2026-02-28T", 2},
};

START_TEST(test_close_arguments)
{
    const struct bad_z *bad = &bad_zs[_i];
    pos_report z = guard_fixture_z();
    char *at = (char *)&z + bad->offset;
    if (bad->which == 0)
        memcpy(at, &bad->as_u32, sizeof bad->as_u32);
    else if (bad->which == 1)
        memcpy(at, &bad->as_i64, sizeof bad->as_i64);
    else
        memcpy(at, &bad->as_text, sizeof bad->as_text);
    ck_assert_int_eq(poshost_guard_daily_close(fx.guard, &z), POS_E_MISUSE);
    guard_fixture_expect(POSHOST_SIDE_HOST, "on_daily_close", bad->words);
}
END_TEST

START_TEST(test_close_that_is_fine)
{
    pos_report z = guard_fixture_z();
    ck_assert_int_eq(poshost_guard_daily_close(fx.guard, NULL), POS_E_MISUSE);
    guard_fixture_expect(POSHOST_SIDE_HOST, "on_daily_close", "z is NULL");
    z.document = NULL;
    z.document_size = 0;
    ck_assert_int_eq(poshost_guard_daily_close(fx.guard, &z), POS_OK);
    z = guard_fixture_z();
    z.business_date = "2024-02-29";
    z.z_number = POS_Z_NUMBER_MAX;
    ck_assert_int_eq(poshost_guard_daily_close(fx.guard, &z), POS_OK);
    guard_fixture_expect_quiet();
}
END_TEST

static void expect_event_refused(const pos_event *event, const pos_builder *builder, const char *words)
{
    ck_assert_int_eq(poshost_guard_render(fx.guard, event, builder), POS_E_MISUSE);
    guard_fixture_expect(POSHOST_SIDE_HOST, "render_settings", words);
}

START_TEST(test_event_arguments)
{
    const pos_builder *builder = &guard_fixture_builder;
    const pos_builder empty = {.struct_size = sizeof empty};
    const pos_builder sizeless = {.begin = builder->begin, .add = builder->add};
    pos_event event = {.struct_size = sizeof event, .kind = POS_EVENT_ACTION, .widget = "go", .action = "go"};
    pos_value value = {.struct_size = sizeof value, .size_bytes = 3, .widget = "email", .text = "abc"};
    expect_event_refused(NULL, NULL, "builder is NULL");
    expect_event_refused(&event, NULL, "builder is NULL");
    expect_event_refused(NULL, &empty, "begin or add");
    expect_event_refused(NULL, &sizeless, "builder.struct_size");
    event.struct_size = 0;
    expect_event_refused(&event, builder, "event.struct_size");
    event.struct_size = sizeof event;
    event.kind = 0;
    expect_event_refused(&event, builder, "event.kind");
    event.kind = 6;
    expect_event_refused(&event, builder, "event.kind");
    event.kind = POS_EVENT_WINDOW;
    event.widget = NULL;
    expect_event_refused(&event, builder, "event.widget");
    event.kind = POS_EVENT_ACTION;
    expect_event_refused(&event, builder, "event.widget");
    event.widget = "go";
    event.action = NULL;
    expect_event_refused(&event, builder, "event.action");
    event.action = "go";
    event.value_count = 1;
    expect_event_refused(&event, builder, "event.values is NULL");
    event.values = &value;
    event.value_stride = 4;
    expect_event_refused(&event, builder, "value_stride");
    event.value_stride = sizeof value;
    value.struct_size = 0;
    expect_event_refused(&event, builder, "a value's struct_size");
    value.struct_size = sizeof value;
    value.size_bytes = 2;
    expect_event_refused(&event, builder, "size_bytes");
    value.size_bytes = 3;
    value.widget = NULL;
    expect_event_refused(&event, builder, "lacks its widget");
    value.widget = "email";
    ck_assert_int_eq(poshost_guard_render(fx.guard, &event, builder), POS_OK);
    guard_fixture_expect_quiet();
}
END_TEST

/* ---- new ---- */

static void expect_new_refused(const pos_plugin *calls, const pos_host *host, const char *words)
{
    char error[256] = "";
    poshost_guard *guard = fx.guard;
    ck_assert_int_eq(poshost_guard_new(calls, host, NULL, &guard, error, sizeof error), POS_E_MISUSE);
    ck_assert_ptr_null(guard);
    ck_assert_msg(strstr(error, words) != NULL, "\"%s\" lacks \"%s\"", error, words);
}

START_TEST(test_new_arguments)
{
    const pos_host good = fx.host;
    pos_host host = good;
    pos_plugin calls = fx.calls;
    expect_new_refused(NULL, &host, "calls is NULL");
    calls.struct_size = 8;
    expect_new_refused(&calls, &host, "calls.struct_size");
    calls = fx.calls;
    calls.stop = NULL;
    expect_new_refused(&calls, &host, "required function");
    calls = fx.calls;
    expect_new_refused(&calls, NULL, "host is NULL");
    host.struct_size = 0;
    expect_new_refused(&calls, &host, "host.struct_size");
    host = good;
    host.info = NULL;
    expect_new_refused(&calls, &host, "host.info");
    host = good;
    host.now = NULL;
    expect_new_refused(&calls, &host, "host.now");
    host = good;
    host.log = NULL;
    expect_new_refused(&calls, &host, "host.log");
    host = good;
    host.get_extension = NULL;
    expect_new_refused(&calls, &host, "host.get_extension");
    host = good;
    host.storage = NULL;
    expect_new_refused(&calls, &host, "storage is missing");
    host = good;
    pos_storage storage = fx.storage;
    host.storage = &storage;
    storage.struct_size = 0;
    expect_new_refused(&calls, &host, "storage.struct_size");
    storage = fx.storage;
    storage.list = NULL;
    expect_new_refused(&calls, &host, "storage.list");
    host = good;
    fx.info.register_id = "";
    expect_new_refused(&calls, &host, "register_id");
    fx.info.register_id = "till-1";
    fx.info.cloud_url = NULL;
    expect_new_refused(&calls, &host, "cloud_url");
    fx.info.struct_size = 0;
    expect_new_refused(&calls, &host, "info.struct_size");
    ck_assert_int_eq(poshost_guard_new(&calls, &host, NULL, NULL, NULL, 0), POS_E_MISUSE);
    poshost_guard_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard: arguments");
    TCase *life = tcase_create("new");
    TCase *alive = tcase_create("alive");
    tcase_add_checked_fixture(life, setup, guard_fixture_teardown);
    tcase_add_checked_fixture(alive, setup_alive, teardown_alive);
    tcase_add_test(life, test_new_arguments);
    tcase_add_test(alive, test_tick_arguments);
    tcase_add_loop_test(alive, test_close_arguments, 0, (int)(sizeof bad_zs / sizeof bad_zs[0]));
    tcase_add_test(alive, test_close_that_is_fine);
    tcase_add_test(alive, test_event_arguments);
    suite_add_tcase(suite, life);
    suite_add_tcase(suite, alive);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
