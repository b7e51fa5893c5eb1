/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a host can misuse an instance by when and where it calls: order, overlap, re-entry, fork. The guard does not let
 * it through, and names call and rule.
 */
#include "guard_fixture.h"

#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* ---- a host that keeps the rules ---- */

START_TEST(test_good_life)
{
    pos_report z = guard_fixture_z();
    pos_tick_in in = {.struct_size = sizeof in};
    pos_event opened = {.struct_size = sizeof opened, .kind = POS_EVENT_OPENED};
    pos_event closed = {.struct_size = sizeof closed, .kind = POS_EVENT_CLOSED};
    for (int life = 0; life < 2; life++) {
        pos_tick_out out = new_out();
        char error[64] = "?";
        ck_assert_int_eq(poshost_guard_create(fx.guard, error, sizeof error), POS_OK);
        ck_assert_str_eq(error, "");
        ck_assert_int_eq(poshost_guard_daily_close(fx.guard, &z), POS_OK);
        ck_assert_int_eq(poshost_guard_tick(fx.guard, &in, &out), POS_OK);
        ck_assert_int_eq(poshost_guard_tick(fx.guard, NULL, &out), POS_OK);
        ck_assert_str_eq(out.attention_text, "all is well");
        ck_assert_int_eq(poshost_guard_render(fx.guard, &opened, &guard_fixture_builder), POS_OK);
        ck_assert_int_eq(poshost_guard_render(fx.guard, NULL, &guard_fixture_builder), POS_OK);
        ck_assert_int_eq(poshost_guard_render(fx.guard, &closed, NULL), POS_OK);
        ck_assert_str_eq(poshost_guard_last_error(fx.guard), "the plugin's own words");
        ck_assert_int_eq(poshost_guard_stop(fx.guard, 100), POS_OK);
        ck_assert_int_eq(poshost_guard_destroy(fx.guard), POS_OK);
    }
    guard_fixture_expect_quiet();
    poshost_guard_stats stats;
    poshost_guard_stats_get(fx.guard, &stats);
    ck_assert_uint_eq(stats.calls[POSHOST_CALL_TICK].calls, 4);
    ck_assert_uint_eq(stats.calls[POSHOST_CALL_RENDER].calls, 6);
    ck_assert_uint_eq(stats.calls[POSHOST_CALL_DESTROY].calls, 2);
    ck_assert_uint_eq(stats.host_misuses + stats.plugin_misuses, 0);
}
END_TEST

/* ---- order ---- */

START_TEST(test_before_create)
{
    pos_tick_out out = new_out();
    pos_report z = guard_fixture_z();
    ck_assert_int_eq(poshost_guard_tick(fx.guard, NULL, &out), POS_E_MISUSE);
    ck_assert_msg(strstr(poshost_guard_last_error(fx.guard), "no instance") != NULL, "%s",
                  poshost_guard_last_error(fx.guard));
    guard_fixture_expect(POSHOST_SIDE_HOST, "on_tick", "no instance");
    ck_assert_int_eq(poshost_guard_daily_close(fx.guard, &z), POS_E_MISUSE);
    guard_fixture_expect(POSHOST_SIDE_HOST, "on_daily_close", "no instance");
    ck_assert_int_eq(poshost_guard_render(fx.guard, NULL, &guard_fixture_builder), POS_E_MISUSE);
    guard_fixture_expect(POSHOST_SIDE_HOST, "render_settings", "no instance");
    ck_assert_int_eq(poshost_guard_stop(fx.guard, 0), POS_E_MISUSE);
    guard_fixture_expect(POSHOST_SIDE_HOST, "stop", "no instance");
    ck_assert_int_eq(poshost_guard_destroy(fx.guard), POS_E_MISUSE);
    guard_fixture_expect(POSHOST_SIDE_HOST, "destroy", "no instance");
    ck_assert_int_eq(poshost_guard_tick(NULL, NULL, &out), POS_E_MISUSE);
}
END_TEST

START_TEST(test_create_twice)
{
    char error[128];
    ck_assert_int_eq(poshost_guard_create(fx.guard, error, sizeof error), POS_E_MISUSE);
    ck_assert_msg(strstr(error, "lives already") != NULL, "%s", error);
    guard_fixture_expect(POSHOST_SIDE_HOST, "create", "lives already");
}
END_TEST

START_TEST(test_after_stop)
{
    pos_tick_out out = new_out();
    ck_assert_int_eq(poshost_guard_stop(fx.guard, 10), POS_OK);
    ck_assert_int_eq(poshost_guard_tick(fx.guard, NULL, &out), POS_E_MISUSE);
    guard_fixture_expect(POSHOST_SIDE_HOST, "on_tick", "stop was called");
    ck_assert_int_eq(poshost_guard_stop(fx.guard, 10), POS_E_MISUSE);
    guard_fixture_expect(POSHOST_SIDE_HOST, "stop", "stop was called");
    ck_assert_str_ne(poshost_guard_last_error(fx.guard), "");
    guard_fixture_expect_quiet();
}
END_TEST

START_TEST(test_free_alive)
{
    poshost_guard_free(fx.guard);
    guard_fixture_expect(POSHOST_SIDE_HOST, "poshost_guard_free", "still lives");
    ck_assert_int_eq(fx.storage.acquire(fx.disk), POS_OK); /* it was destroyed: the lock is back */
    fx.guard = NULL;
    guard_fixture_teardown();
    setup_alive();
}
END_TEST

/* ---- overlap, re-entry, fork ---- */

static int32_t reenter(pos_tick_out *out)
{
    pos_tick_out inner = new_out();
    (void)out;
    ck_assert_int_eq(poshost_guard_tick(fx.guard, NULL, &inner), POS_E_BUSY);
    ck_assert_str_eq(poshost_guard_last_error(fx.guard), "another call into this instance is running");
    return POS_OK;
}

START_TEST(test_reentry)
{
    pos_tick_out out = new_out();
    fx.in_tick = reenter;
    ck_assert_int_eq(poshost_guard_tick(fx.guard, NULL, &out), POS_OK);
    guard_fixture_expect(POSHOST_SIDE_HOST, "on_tick", "inside a callback");
}
END_TEST

static void *tick_on_thread(void *result)
{
    pos_tick_out out = new_out();
    *(int32_t *)result = poshost_guard_tick(fx.guard, NULL, &out);
    return NULL;
}

static int32_t tick_elsewhere(pos_tick_out *out)
{
    pthread_t thread;
    int32_t result = POS_OK;
    (void)out;
    ck_assert_int_eq(pthread_create(&thread, NULL, tick_on_thread, &result), 0);
    pthread_join(thread, NULL);
    ck_assert_int_eq(result, POS_E_BUSY);
    guard_fixture_expect_quiet(); /* told later, on the host's thread */
    return POS_OK;
}

START_TEST(test_overlap)
{
    pos_tick_out out = new_out();
    fx.in_tick = tick_elsewhere;
    ck_assert_int_eq(poshost_guard_tick(fx.guard, NULL, &out), POS_OK);
    guard_fixture_expect(POSHOST_SIDE_HOST, "on_tick", "overlaps");
}
END_TEST

/* Another thread is fine, one call after the other. */
START_TEST(test_other_thread)
{
    pthread_t thread;
    int32_t result = POS_E_FAILED;
    ck_assert_int_eq(pthread_create(&thread, NULL, tick_on_thread, &result), 0);
    pthread_join(thread, NULL);
    ck_assert_int_eq(result, POS_OK);
    guard_fixture_expect_quiet();
}
END_TEST

START_TEST(test_fork)
{
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        pos_tick_out out = new_out();
        int is_right = poshost_guard_tick(fx.guard, NULL, &out) == POS_E_FORKED &&
                       poshost_guard_destroy(fx.guard) == POS_E_FORKED &&
                       strstr(poshost_guard_last_error(fx.guard), "forked") != NULL;
        poshost_guard_free(fx.guard);
        _exit(is_right ? 0 : 1);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

/* ---- abort ---- */

static void setup_abort(void)
{
    guard_fixture_setup(POSHOST_GUARD_ABORT);
    ck_assert_int_eq(poshost_guard_create(fx.guard, NULL, 0), POS_OK);
    fclose(stderr); /* what it prints there is of no interest */
}

START_TEST(test_abort)
{
    poshost_guard_tick(fx.guard, NULL, NULL);
}
END_TEST

START_TEST(test_abort_fork)
{
    pid_t child = fork();
    if (child == 0) {
        pos_tick_out out = new_out();
        poshost_guard_tick(fx.guard, NULL, &out);
        _exit(0);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    teardown_alive();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard: the host");
    TCase *life = tcase_create("life");
    TCase *alive = tcase_create("alive");
    TCase *aborts = tcase_create("abort");
    tcase_add_checked_fixture(life, setup, guard_fixture_teardown);
    tcase_add_checked_fixture(alive, setup_alive, teardown_alive);
    tcase_add_checked_fixture(aborts, setup_abort, NULL);
    tcase_add_test(life, test_good_life);
    tcase_add_test(life, test_before_create);
    tcase_add_test(alive, test_create_twice);
    tcase_add_test(alive, test_after_stop);
    tcase_add_test(alive, test_free_alive);
    tcase_add_test(alive, test_reentry);
    tcase_add_test(alive, test_overlap);
    tcase_add_test(alive, test_other_thread);
    tcase_add_test(alive, test_fork);
    tcase_add_test_raise_signal(aborts, test_abort, SIGABRT);
    tcase_add_test(aborts, test_abort_fork);
    suite_add_tcase(suite, life);
    suite_add_tcase(suite, alive);
    suite_add_tcase(suite, aborts);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
