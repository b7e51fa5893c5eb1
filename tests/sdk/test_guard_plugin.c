/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a plugin can misuse its host by what it answers: the guard names call and rule, and mends what can be mended.
 */
#include "guard_fixture.h"

#include <check.h>
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

/* ---- create and destroy ---- */

static int32_t create_without_instance(pos_instance **out, char *error)
{
    (void)error;
    *out = NULL;
    return POS_OK;
}

static int32_t create_failing_with_instance(pos_instance **out, char *error)
{
    guard_fixture_create_well(out);
    fx.lent->storage->release(fx.lent->storage->ctx);
    strcpy(error, "no");
    return POS_E_FAILED;
}

static int32_t create_without_words(pos_instance **out, char *error)
{
    (void)error;
    *out = NULL;
    return POS_E_IO;
}

static int32_t create_positive(pos_instance **out, char *error)
{
    strcpy(error, "no");
    *out = NULL;
    return 5;
}

static int32_t create_keeping_lock(pos_instance **out, char *error)
{
    guard_fixture_create_well(out);
    *out = NULL;
    strcpy(error, "no");
    return POS_E_FAILED;
}

START_TEST(test_create)
{
    static const struct {
        int32_t (*in_create)(pos_instance **out, char *error);
        int32_t result;
        const char *words;
    } cases[] = {{create_without_instance, POS_E_FAILED, "without an instance"},
                 {create_failing_with_instance, POS_E_FAILED, "with an instance"},
                 {create_without_words, POS_E_IO, "without a reason"},
                 {create_positive, POS_E_FAILED, "this is 5"},
                 {create_keeping_lock, POS_E_FAILED, "lock back"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char error[64];
        fx.in_create = cases[i].in_create;
        ck_assert_int_eq(poshost_guard_create(fx.guard, error, sizeof error), cases[i].result);
        guard_fixture_expect(PLUGIN, "create", cases[i].words);
    }
    /* Whatever went wrong, the lock is free again. */
    fx.in_create = NULL;
    ck_assert_int_eq(poshost_guard_create(fx.guard, NULL, 0), POS_OK);
    guard_fixture_expect_quiet();
    ck_assert_int_eq(poshost_guard_destroy(fx.guard), POS_OK);
}
END_TEST

static int32_t destroy_keeping_lock(void)
{
    return POS_OK;
}

static int32_t destroy_busy(void)
{
    return POS_E_BUSY;
}

START_TEST(test_destroy)
{
    fx.in_destroy = destroy_busy;
    ck_assert_int_eq(poshost_guard_destroy(fx.guard), POS_E_BUSY);
    guard_fixture_expect_quiet(); /* the instance still lives: it may keep the lock */
    fx.in_destroy = destroy_keeping_lock;
    ck_assert_int_eq(poshost_guard_destroy(fx.guard), POS_OK);
    guard_fixture_expect(PLUGIN, "destroy", "lock back");
    fx.in_destroy = NULL;
    ck_assert_int_eq(poshost_guard_create(fx.guard, NULL, 0), POS_OK);
}
END_TEST

static const char *no_words(pos_instance *self)
{
    (void)self;
    return NULL;
}

START_TEST(test_last_error)
{
    fx.calls.last_error = no_words;
    guard_fixture_teardown();
    setup();
    fx.calls.last_error = no_words;
    poshost_guard_free(fx.guard);
    ck_assert_int_eq(poshost_guard_new(&fx.calls, &fx.host, NULL, &fx.guard, NULL, 0), POS_OK);
    ck_assert_int_eq(poshost_guard_create(fx.guard, NULL, 0), POS_OK);
    ck_assert_str_eq(poshost_guard_last_error(fx.guard), "");
    poshost_guard_stats stats;
    poshost_guard_stats_get(fx.guard, &stats);
    ck_assert_uint_eq(stats.plugin_misuses, 1);
    ck_assert_uint_eq(fx.misuse_logs, 1);
    ck_assert_ptr_nonnull(strstr(fx.last_log, "the plugin breaks a rule in last_error"));
    ck_assert_int_eq(poshost_guard_destroy(fx.guard), POS_OK);
}
END_TEST

/* ---- the tick's answers ---- */

static int32_t answer_late(pos_tick_out *out)
{
    out->next_tick_ms = 60001;
    return POS_OK;
}

static int32_t answer_no_text(pos_tick_out *out)
{
    out->attention_text = NULL;
    return POS_OK;
}

static int32_t answer_no_level(pos_tick_out *out)
{
    out->attention = 0;
    return POS_OK;
}

static int32_t answer_bad_text(pos_tick_out *out)
{
    out->attention_text = "caf\xe9";
    return POS_OK;
}

static int32_t answer_size(pos_tick_out *out)
{
    out->struct_size = 7;
    return POS_OK;
}

static int32_t answer_positive(pos_tick_out *out)
{
    (void)out;
    return 17;
}

static int32_t answer_error(pos_tick_out *out)
{
    memset(out, 0, sizeof *out);
    out->struct_size = sizeof *out;
    return -77; /* a code that is not known yet */
}

START_TEST(test_tick_answers)
{
    ck_assert_uint_eq(tick(answer_late, POS_OK).next_tick_ms, 60000);
    guard_fixture_expect(PLUGIN, "on_tick", "60001");
    ck_assert_str_eq(tick(answer_no_text, POS_OK).attention_text, "");
    guard_fixture_expect(PLUGIN, "on_tick", "attention_text is NULL");
    ck_assert_uint_eq(tick(answer_no_level, POS_OK).attention, POS_ATTENTION_NONE);
    guard_fixture_expect(PLUGIN, "on_tick", "attention is not set");
    tick(answer_bad_text, POS_OK);
    guard_fixture_expect(PLUGIN, "on_tick", "UTF-8");
    ck_assert_uint_eq(tick(answer_size, POS_OK).struct_size, sizeof(pos_tick_out));
    guard_fixture_expect(PLUGIN, "on_tick", "struct_size");
    tick(answer_positive, POS_E_FAILED);
    guard_fixture_expect(PLUGIN, "on_tick", "this is 17");
    tick(answer_error, -77);
    guard_fixture_expect_quiet();
}
END_TEST

static int32_t positive_close(const pos_report *z)
{
    (void)z;
    return 1;
}

static int32_t positive(void)
{
    return 2;
}

START_TEST(test_positive_results)
{
    pos_report z = guard_fixture_z();
    fx.in_close = positive_close;
    ck_assert_int_eq(poshost_guard_daily_close(fx.guard, &z), POS_E_FAILED);
    guard_fixture_expect(PLUGIN, "on_daily_close", "this is 1");
    fx.in_stop = positive;
    ck_assert_int_eq(poshost_guard_stop(fx.guard, 1), POS_E_FAILED);
    guard_fixture_expect(PLUGIN, "stop", "this is 2");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard: the plugin");
    TCase *life = tcase_create("life");
    TCase *alive = tcase_create("alive");
    tcase_add_checked_fixture(life, setup, guard_fixture_teardown);
    tcase_add_checked_fixture(alive, setup_alive, teardown_alive);
    tcase_add_test(life, test_create);
    tcase_add_test(life, test_last_error);
    tcase_add_test(alive, test_destroy);
    tcase_add_test(alive, test_tick_answers);
    tcase_add_test(alive, test_positive_results);
    suite_add_tcase(suite, life);
    suite_add_tcase(suite, alive);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
