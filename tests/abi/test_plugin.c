/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shared object itself against the growth and misuse rules of pos/abi.h: structs that are smaller or larger than
 * its own on every call, extensions that are missing, and calls that must be refused and not crash.
 */
#include "plugin_object.h"

#include "support/storage_memory.h"

#include <pos/reports.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- a host whose structs have any size ---- */

static LARGER(pos_host) host;
static LARGER(pos_host_info) info;
static LARGER(pos_storage) storage;
static LARGER(pos_reports) reports;
static storage_memory *disk;
static int offers_reports;
static pos_plugin calls;
static pos_instance *instance;
static int32_t (*in_log)(void);
static char misuse[256]; /* the last that was logged as such */
static int32_t inner_result;
static int64_t elapsed_ms;

static const pos_host_info *host_info(void *ctx)
{
    (void)ctx;
    return &info.now;
}

static void host_now(void *ctx, pos_time *out)
{
    (void)ctx;
    out->wall_ms = 1777935600000;
    out->elapsed_ms = elapsed_ms += 1000;
}

static void host_log(void *ctx, uint32_t level, const char *text)
{
    (void)ctx;
    if (level == POS_LOG_MISUSE)
        snprintf(misuse, sizeof misuse, "%s", text);
    if (in_log != NULL)
        inner_result = in_log();
}

static int32_t no_range(void *ctx, int64_t *first, int64_t *last)
{
    ck_assert_ptr_eq(ctx, &reports);
    *first = *last = 0;
    return POS_OK;
}

static int32_t no_report(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    (void)ctx, (void)number, (void)visitor, (void)visitor_ctx;
    return POS_E_NOT_FOUND;
}

static const void *host_get_extension(void *ctx, const char *name)
{
    (void)ctx;
    return offers_reports && strcmp(name, POS_REPORTS_1) == 0 ? &reports.now : NULL;
}

static void setup(void)
{
    disk = storage_memory_new();
    storage.now = *storage_memory_calls();
    storage.now.ctx = disk;
    info.now = (pos_host_info){.register_id = "till-1", .cloud_url = "http://127.0.0.1:9", .language = "en"};
    reports.now = (pos_reports){.ctx = &reports, .closed_range = no_range, .closed = no_report, .running = no_report};
    host.now = (pos_host){.ctx = &host,
                          .info = host_info,
                          .now = host_now,
                          .log = host_log,
                          .get_extension = host_get_extension,
                          .storage = &storage.now};
    GROW(host);
    GROW(info);
    GROW(storage);
    GROW(reports);
    host.now.abi_minor = 99;
    offers_reports = 1;
    in_log = NULL;
    misuse[0] = '\0';
    instance = NULL;
    calls = (pos_plugin){.struct_size = sizeof calls};
    ck_assert_int_eq(plugin_object_entry(&host.now, &calls), POS_OK);
}

static void teardown(void)
{
    if (instance != NULL)
        ck_assert_int_eq(calls.destroy(instance), POS_OK);
    storage_memory_free(disk);
}

static void create(void)
{
    char error[256];
    ck_assert_msg(calls.create(&host.now, &instance, error, sizeof error) == POS_OK, "%s", error);
}

START_TEST(a_register_id_that_no_cloud_takes_is_refused)
{
    static const char *const bad[] = {"", "a\nb", "\x7f", "\xff", "caf\xc3"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char error[256] = "";
        info.now.register_id = bad[i];
        ck_assert_int_eq(calls.create(&host.now, &instance, error, sizeof error), POS_E_MISUSE);
        ck_assert_msg(strstr(error, "register_id"), "%s", error);
    }
    info.now.register_id = "caf\xc3\xa9 1";
    create();
}
END_TEST

START_TEST(a_cloud_url_that_cannot_be_used_is_logged_without_the_address)
{
    info.now.cloud_url = "http://name:secret@cloud.example";
    create();
    ck_assert_msg(strstr(misuse, "cloud_url"), "%s", misuse);
    ck_assert_msg(strstr(misuse, "https"), "%s", misuse);
    ck_assert_msg(!strstr(misuse, "secret"), "%s", misuse);
}
END_TEST

/* ---- what it sees of the host's calls ---- */

static unsigned widgets;

static int32_t take_screen(void *ctx, const pos_screen *screen)
{
    (void)ctx;
    ck_assert_uint_ge(screen->struct_size, sizeof *screen);
    return POS_OK;
}

static int32_t take_widget(void *ctx, const pos_widget *widget)
{
    (void)ctx;
    ck_assert_uint_ge(widget->struct_size, sizeof *widget);
    widgets++;
    return POS_OK;
}

static pos_report a_z(int64_t number)
{
    return (pos_report){.struct_size = sizeof(pos_report),
                        .kind = POS_REPORT_Z,
                        .document = "{}",
                        .document_size = 2,
                        .register_id = "till-1",
                        .business_date = "2026-05-04",
                        .currency = "EUR",
                        .z_number = number};
}

static int32_t tick(void)
{
    pos_tick_out out = {.struct_size = sizeof out};
    return calls.on_tick(instance, NULL, &out);
}

/* Every call, with structs that have more behind them; nothing there may be touched. */
static void live_large(void)
{
    LARGER(pos_tick_in) in = {.now = {.flags = 0xFFFFFFFF}}; /* flags of later, too */
    LARGER(pos_tick_out) out = {.now = {.next_tick_ms = 0}};
    LARGER(pos_report) z = {.now = a_z(1)};
    LARGER(pos_event) event = {.now = {.kind = POS_EVENT_OPENED}};
    LARGER(pos_value) values[2] = {{.now = {.widget = "a", .text = ""}}, {.now = {.widget = "b", .text = ""}}};
    LARGER(pos_builder) builder = {.now = {.begin = take_screen, .add = take_widget}};
    GROW(in);
    GROW(out);
    GROW(z);
    GROW(event);
    GROW(values[0]);
    GROW(values[1]);
    GROW(builder);
    ck_assert_int_eq(calls.on_tick(instance, &in.now, &out.now), POS_OK);
    ck_assert(plugin_object_is_untouched(out.later, BEHIND));
    ck_assert_uint_eq(out.now.struct_size, sizeof out);
    ck_assert_ptr_nonnull(out.now.attention_text);
    ck_assert_int_eq(calls.on_daily_close(instance, &z.now), POS_OK);
    widgets = 0;
    ck_assert_int_eq(calls.render_settings(instance, &event.now, &builder.now), POS_OK);
    ck_assert_uint_gt(widgets, 0);
    event.now.kind = POS_EVENT_ACTION;
    event.now.widget = "nothing";
    event.now.action = "nothing";
    event.now.values = &values[0].now;
    event.now.value_count = 2;
    event.now.value_stride = sizeof values[0];
    ck_assert_int_eq(calls.render_settings(instance, &event.now, &builder.now), POS_OK);
}

START_TEST(test_larger)
{
    create();
    live_large();
    ck_assert(plugin_object_is_untouched(host.later, BEHIND) && plugin_object_is_untouched(info.later, BEHIND));
    ck_assert(plugin_object_is_untouched(storage.later, BEHIND) && plugin_object_is_untouched(reports.later, BEHIND));
}
END_TEST

START_TEST(test_without_extensions)
{
    offers_reports = 0;
    create();
    live_large();
}
END_TEST

/* An older host's structs end earlier; what lies behind is not theirs, and must not be read as if it were. */
START_TEST(test_smaller)
{
    memset((char *)&info.now + offsetof(pos_host_info, ca_file), CANARY,
           sizeof info.now - offsetof(pos_host_info, ca_file));
    info.now.struct_size = offsetof(pos_host_info, ca_file);
    create();
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(tick(), POS_OK);
    live_large();
}
END_TEST

/* An extension that lacks what 1.0 has is refused in words. */
START_TEST(test_smaller_extension)
{
    char error[256] = "";
    memset((char *)&reports.now + offsetof(pos_reports, running), CANARY, sizeof(void *));
    reports.now.struct_size = offsetof(pos_reports, running);
    ck_assert_int_eq(calls.create(&host.now, &instance, error, sizeof error), POS_E_MISUSE);
    ck_assert_ptr_null(instance);
    ck_assert_msg(strstr(error, POS_REPORTS_1) != NULL, "%s", error);
}
END_TEST

/* The tick's answer is written as far as the host's struct reaches. */
START_TEST(test_small_tick_out)
{
    create();
    for (uint32_t size = 0; size <= sizeof(pos_tick_out); size += 4) {
        LARGER(pos_tick_out) out;
        memset(&out, CANARY, sizeof out);
        out.now.struct_size = size;
        int32_t code = calls.on_tick(instance, NULL, &out.now);
        ck_assert_msg(code == POS_OK || code == POS_E_MISUSE, "struct_size %u: %d", (unsigned)size, (int)code);
        ck_assert_uint_eq(out.now.struct_size, size);
        uint32_t from = size > sizeof size ? size : (uint32_t)sizeof size;
        ck_assert_msg(plugin_object_is_untouched((unsigned char *)&out + from, sizeof out - from), "written behind %u",
                      (unsigned)size);
    }
    ck_assert_int_eq(tick(), POS_OK);
}
END_TEST

/* ---- misuse ---- */

START_TEST(test_null_arguments)
{
    pos_tick_out out = {.struct_size = sizeof out};
    pos_report z = a_z(1);
    char error[64];
    ck_assert_int_eq(calls.create(NULL, &instance, error, sizeof error), POS_E_MISUSE);
    ck_assert_str_ne(error, "");
    ck_assert_int_eq(calls.create(&host.now, NULL, NULL, 0), POS_E_MISUSE);
    create();
    ck_assert_int_eq(calls.on_tick(NULL, NULL, &out), POS_E_MISUSE);
    ck_assert_int_eq(calls.on_tick(instance, NULL, NULL), POS_E_MISUSE);
    ck_assert_int_eq(calls.on_daily_close(NULL, &z), POS_E_MISUSE);
    ck_assert_int_eq(calls.on_daily_close(instance, NULL), POS_E_MISUSE);
    ck_assert_int_eq(calls.render_settings(NULL, NULL, NULL), POS_E_MISUSE);
    ck_assert_int_eq(calls.render_settings(instance, NULL, NULL), POS_E_MISUSE);
    ck_assert_int_eq(calls.stop(NULL, 1), POS_E_MISUSE);
    ck_assert_int_eq(calls.destroy(NULL), POS_E_MISUSE);
    ck_assert_ptr_nonnull(calls.last_error(NULL));
    ck_assert_str_ne(calls.last_error(instance), "");
}
END_TEST

START_TEST(test_order_and_lock)
{
    pos_report z = a_z(1);
    pos_instance *second = (pos_instance *)disk; /* to see that it is set to NULL */
    char error[128] = "";
    create();
    ck_assert_int_eq(calls.create(&host.now, &second, error, sizeof error), POS_E_BUSY);
    ck_assert_ptr_null(second);
    ck_assert_str_ne(error, "");
    ck_assert_int_eq(calls.stop(instance, 1000), POS_OK);
    ck_assert_int_eq(tick(), POS_E_MISUSE);
    ck_assert_int_eq(calls.on_daily_close(instance, &z), POS_E_MISUSE);
    ck_assert_int_eq(calls.stop(instance, 1000), POS_E_MISUSE);
    ck_assert_str_ne(calls.last_error(instance), "");
    ck_assert_int_eq(calls.destroy(instance), POS_OK);
    create(); /* the lock is back */
}
END_TEST

START_TEST(test_reentry)
{
    pos_report z = a_z(1);
    in_log = tick;
    inner_result = 1;
    create();
    for (int64_t number = 1; number < 5 && inner_result == 1; number++) {
        z.z_number = number * 2; /* leaves gaps, which are worth a line in the log */
        ck_assert_int_eq(calls.on_daily_close(instance, &z), POS_OK);
        ck_assert_int_eq(tick(), POS_OK);
    }
    in_log = NULL;
    ck_assert_msg(inner_result == POS_E_BUSY, "a call from inside log returned %d (1: nothing was logged)",
                  (int)inner_result);
}
END_TEST

START_TEST(test_forked_child)
{
    create();
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        pos_report z = a_z(1);
        int is_right = tick() == POS_E_FORKED && calls.on_daily_close(instance, &z) == POS_E_FORKED &&
                       calls.stop(instance, 1) == POS_E_FORKED && calls.destroy(instance) == POS_E_FORKED;
        _exit(is_right ? 0 : 1);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_int_eq(tick(), POS_OK);
}
END_TEST

int main(void)
{
    if (!plugin_object_open())
        return EXIT_FAILURE;
    Suite *suite = suite_create("the plugin's side of the ABI");
    TCase *tcase = tcase_create("abi");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_larger);
    tcase_add_test(tcase, test_without_extensions);
    tcase_add_test(tcase, test_smaller);
    tcase_add_test(tcase, test_smaller_extension);
    tcase_add_test(tcase, test_small_tick_out);
    tcase_add_test(tcase, test_null_arguments);
    tcase_add_test(tcase, test_order_and_lock);
    tcase_add_test(tcase, test_reentry);
    tcase_add_test(tcase, test_forked_child);
    tcase_add_test(tcase, a_register_id_that_no_cloud_takes_is_refused);
    tcase_add_test(tcase, a_cloud_url_that_cannot_be_used_is_logged_without_the_address);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
