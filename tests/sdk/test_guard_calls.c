/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a plugin can misuse its host by what it calls, when, and on which thread: the guard names call and rule, and
 * keeps away from the host what would harm it.
 */
#include "guard_fixture.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PLUGIN POSHOST_SIDE_PLUGIN

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

static pos_tick_out tick(int32_t (*in_tick)(pos_tick_out *out), int32_t result)
{
    pos_tick_out out = {.struct_size = sizeof out};
    fx.in_tick = in_tick;
    ck_assert_int_eq(poshost_guard_tick(fx.guard, NULL, &out), result);
    fx.in_tick = NULL;
    return out;
}

/* ---- the storage ---- */

static int32_t use_storage_first(pos_instance **out, char *error)
{
    (void)error;
    uint32_t size;
    ck_assert_int_eq(fx.lent->storage->get(fx.lent->storage->ctx, 1, 1, 0, NULL, 0, &size), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "storage.get", "before acquire");
    fx.lent->storage->release(fx.lent->storage->ctx);
    guard_fixture_expect(PLUGIN, "storage.release", "before acquire");
    int32_t code = guard_fixture_create_well(out);
    ck_assert_int_eq(fx.lent->storage->acquire(fx.lent->storage->ctx), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "storage.acquire", "twice");
    return code;
}

static int32_t use_storage_last(void)
{
    fx.lent->storage->release(fx.lent->storage->ctx);
    ck_assert_int_eq(fx.lent->storage->put(fx.lent->storage->ctx, 1, 1, "x", 1), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "storage.put", "after release");
    return POS_OK;
}

START_TEST(test_storage_order)
{
    fx.in_create = use_storage_first;
    ck_assert_int_eq(poshost_guard_create(fx.guard, NULL, 0), POS_OK);
    fx.in_destroy = use_storage_last;
    ck_assert_int_eq(poshost_guard_destroy(fx.guard), POS_OK);
    guard_fixture_expect_quiet();
}
END_TEST

static int32_t put_from_visitor(void *ctx, uint64_t id, uint32_t size_bytes)
{
    (void)id;
    (void)size_bytes;
    *(int32_t *)ctx = fx.lent->storage->put(fx.lent->storage->ctx, 1, 2, "x", 1);
    return 0;
}

static int32_t misuse_storage(pos_tick_out *out)
{
    const pos_storage *storage = fx.lent->storage;
    void *ctx = fx.lent->ctx;
    uint32_t size = 0;
    int32_t inner = POS_OK;
    (void)out;
    ck_assert_int_eq(storage->put(ctx, 0x10000, 1, "x", 1), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "storage.put", "1 to 65535");
    ck_assert_int_eq(storage->put(ctx, 1, 1, NULL, 1), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "storage.put", "bytes is NULL");
    ck_assert_int_eq(storage->get(ctx, 1, 1, 0, NULL, 1, &size), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "storage.get", "NULL");
    ck_assert_int_eq(storage->get(ctx, 1, 1, 0, NULL, 0, NULL), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "storage.get", "size_bytes");
    ck_assert_int_eq(storage->remove(ctx, 1, NULL, 1), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "storage.remove", "ids is NULL");
    ck_assert_int_eq(storage->list(ctx, 1, 0, NULL, NULL), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "storage.list", "visitor is NULL");
    ck_assert_int_eq(storage->put(ctx, 1, 1, "x", 1), POS_OK);
    guard_fixture_expect_quiet();
    ck_assert_int_eq(storage->list(ctx, 1, 0, put_from_visitor, &inner), POS_OK);
    ck_assert_int_eq(inner, POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "storage.put", "inside a list visitor");
    return POS_OK;
}

START_TEST(test_storage_arguments)
{
    tick(misuse_storage, POS_OK);
    ck_assert_uint_eq(storage_memory_record_count(fx.disk, 1), 1);
}
END_TEST

/* ---- host functions ---- */

static int32_t misuse_host(pos_tick_out *out)
{
    const pos_host *host = fx.lent;
    pos_time time = {.struct_size = 0};
    (void)out;
    host->log(host->ctx, POS_LOG_INFO, "two\nlines");
    guard_fixture_expect(PLUGIN, "log", "line break");
    ck_assert_str_eq(fx.last_log, "two lines");
    host->log(host->ctx, 0, "no level");
    guard_fixture_expect(PLUGIN, "log", "level 0");
    host->log(host->ctx, POS_LOG_INFO, NULL);
    guard_fixture_expect(PLUGIN, "log", "text is NULL");
    host->log(host->ctx, POS_LOG_INFO, "\xc3");
    guard_fixture_expect(PLUGIN, "log", "UTF-8");
    host->now(host->ctx, NULL);
    guard_fixture_expect(PLUGIN, "now", "out is NULL");
    host->now(host->ctx, &time);
    guard_fixture_expect(PLUGIN, "now", "struct_size");
    ck_assert_ptr_null(host->get_extension(host->ctx, NULL));
    guard_fixture_expect(PLUGIN, "get_extension", "name is NULL");
    const pos_reports *reports = host->get_extension(host->ctx, POS_REPORTS_1);
    ck_assert_int_eq(reports->closed_range(reports->ctx, NULL, NULL), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "reports.closed_range", "NULL");
    ck_assert_int_eq(reports->closed(reports->ctx, 1, NULL, NULL), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "reports.closed", "visitor is NULL");
    ck_assert_int_eq(reports->running(reports->ctx, 1, NULL, NULL), POS_E_MISUSE);
    guard_fixture_expect(PLUGIN, "reports.running", "visitor is NULL");
    host->log(host->ctx, POS_LOG_MISUSE, "the host did this or that");
    guard_fixture_expect_quiet();
    fx.misuse_logs = 0;
    /* One that cannot be wrapped is not lent, and the log says so. */
    ck_assert_ptr_null(host->get_extension(host->ctx, "no.such/1"));
    ck_assert_ptr_null(host->get_extension(host->ctx, "vendor.other/1"));
    ck_assert_ptr_nonnull(strstr(fx.last_log, "vendor.other/1"));
    return POS_OK;
}

START_TEST(test_host_arguments)
{
    tick(misuse_host, POS_OK);
}
END_TEST

/* ---- threads ---- */

static void *use_everything(void *unused)
{
    const pos_host *host = fx.lent;
    pos_time time = {.struct_size = sizeof time};
    uint32_t size = 0;
    (void)unused;
    host->log(host->ctx, POS_LOG_INFO, "from my own thread");
    host->now(host->ctx, &time);
    ck_assert_int_eq(time.elapsed_ms, 0);
    ck_assert_str_eq(host->info(host->ctx)->register_id, "");
    ck_assert_ptr_null(host->get_extension(host->ctx, POS_REPORTS_1));
    ck_assert_int_eq(host->storage->get(host->storage->ctx, 1, 1, 0, NULL, 0, &size), POS_E_MISUSE);
    ck_assert_int_eq(host->storage->put(host->storage->ctx, 1, 1, "x", 1), POS_E_MISUSE);
    return NULL;
}

static void run_thread(void)
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, use_everything, NULL), 0);
    pthread_join(thread, NULL);
}

static int32_t tick_with_thread(pos_tick_out *out)
{
    (void)out;
    run_thread();
    guard_fixture_expect_quiet(); /* nothing is told on a foreign thread */
    return POS_OK;
}

static void expect_six(const char *words)
{
    static const char *const calls[] = {"log", "now", "info", "get_extension", "storage.get", "storage.put"};
    ck_assert_uint_eq(fx.told_count, 6);
    for (size_t i = 0; i < 6; i++) {
        ck_assert_str_eq(fx.told[i].call, calls[i]);
        ck_assert_uint_eq(fx.told[i].side, PLUGIN);
        ck_assert_msg(strstr(fx.told[i].rule, words) != NULL, "%s", fx.told[i].rule);
    }
    fx.told_count = 0;
}

START_TEST(test_threads)
{
    tick(tick_with_thread, POS_OK);
    expect_six("another thread");
    run_thread();
    guard_fixture_expect_quiet();
    tick(NULL, POS_OK);
    expect_six("outside a call");
    ck_assert_str_ne(fx.last_log, "from my own thread");
    ck_assert_uint_eq(storage_memory_record_count(fx.disk, 1), 0);
}
END_TEST

/* A plugin that breaks a rule without end does not fill the disk. */
static int32_t log_badly(pos_tick_out *out)
{
    (void)out;
    for (int i = 0; i < 1000; i++)
        fx.lent->log(fx.lent->ctx, POS_LOG_INFO, NULL);
    return POS_OK;
}

START_TEST(test_flood)
{
    tick(log_badly, POS_OK);
    ck_assert_uint_eq(fx.told_count, 100);
    poshost_guard_stats stats;
    poshost_guard_stats_get(fx.guard, &stats);
    ck_assert_uint_eq(stats.plugin_misuses, 1000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard: calls of the plugin");
    TCase *life = tcase_create("life");
    TCase *alive = tcase_create("alive");
    tcase_add_checked_fixture(life, setup, guard_fixture_teardown);
    tcase_add_checked_fixture(alive, setup_alive, teardown_alive);
    tcase_add_test(life, test_storage_order);
    tcase_add_test(alive, test_storage_arguments);
    tcase_add_test(alive, test_host_arguments);
    tcase_add_test(alive, test_threads);
    tcase_add_test(alive, test_flood);
    suite_add_tcase(suite, life);
    suite_add_tcase(suite, alive);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
