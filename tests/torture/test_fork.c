/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/torture/test_fork.c - a host that forks: what the child inherits answers POS_E_FORKED to everything and touches
 * nothing, whatever the worker was doing at that moment; the parent goes on; the child may make an instance of its own.
 * And a host that just ends, without a word to the plugin.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/e2e_cloud.h"
#include "torture/torture_host.h"

#define FORKS  20
#define EXITS  60
#define OUTBOX 2u

/* With all that runs at exit; except for the leak checker, which finds what the parent's threads had in hand. */
#if defined(__SANITIZE_ADDRESS__)
#define END_CHILD _exit
#else
#define END_CHILD exit
#endif

static poshost_plugin *plugin;
static torture_host h;
static e2e_cloud cloud;

static void set_up(void)
{
    e2e_cloud_open(&cloud);
    plugin = torture_load(NULL);
    torture_open(&h, plugin);
    h.info.cloud_url = cloud.url;
    h.info.ca_file = cloud.ca;
}

static void take_down(void)
{
    torture_close(&h);
    poshost_plugin_close(plugin);
    e2e_cloud_close(&cloud);
}

static void await_good_end(pid_t child)
{
    int status = e2e_await_exit(child, 20000);
    ck_assert_msg(status == 0, "the child ended with %d", status);
}

static bool is_forked(void)
{
    const pos_event opened = {.struct_size = sizeof opened, .kind = POS_EVENT_OPENED};
    bool yes = torture_close_day(&h, 2) == POS_E_FORKED && torture_tick(&h) == POS_E_FORKED &&
               h.calls->render_settings(h.instance, &opened, NULL) == POS_E_FORKED &&
               h.calls->stop(h.instance, 1000) == POS_E_FORKED && h.calls->destroy(h.instance) == POS_E_FORKED &&
               h.calls->last_error(h.instance) != NULL;
    return yes && storage_memory_record_count(h.disk, OUTBOX) == 1; /* the parent's one */
}

/* At different moments of requests, and the child of a child, too; it ends by exit(), with all that runs at exit. */
START_TEST(the_child_gets_forked_and_the_parent_goes_on)
{
    torture_create(&h);
    ck_assert_int_eq(torture_close_day(&h, 1), POS_OK);
    for (int i = 0; i < torture_times(FORKS); i++) {
        torture_diagnose(&h);
        for (int moments = 0; moments < i; moments++)
            ck_assert_int_eq(torture_tick(&h), POS_OK);
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            pid_t inner = fork();
            int status = 0;
            if (inner == 0)
                _exit(is_forked() ? 0 : 1);
            END_CHILD(waitpid(inner, &status, 0) == inner && status == 0 && is_forked() ? 0 : 1);
        }
        await_good_end(child);
        torture_await_diagnosis(&h);
    }
    ck_assert_int_eq(h.calls->stop(h.instance, 1000), POS_OK);
}
END_TEST

#if !defined(__SANITIZE_THREAD__) /* it allows no thread in a child */
/* A host that loads the plugin, runs it, and forks what does the work. */
START_TEST(the_child_may_make_its_own)
{
    torture_create(&h);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        torture_host own;
        torture_open(&own, plugin);
        own.info.cloud_url = cloud.url;
        own.info.ca_file = cloud.ca;
        torture_create(&own);
        bool good = torture_close_day(&own, 1) == POS_OK && torture_tick(&own) == POS_OK;
        torture_diagnose(&own);
        torture_await_diagnosis(&own);
        good = good && own.calls->stop(own.instance, 1000) == POS_OK && own.calls->destroy(own.instance) == POS_OK;
        END_CHILD(good && torture_tick(&h) == POS_E_FORKED ? 0 : 1);
    }
    await_good_end(child);
    ck_assert_int_eq(torture_tick(&h), POS_OK);
}
END_TEST
#endif

/* exit() in the middle of a request, with the worker still running. */
START_TEST(a_host_that_ends_without_a_word)
{
    for (int i = 0; i < torture_times(EXITS); i++) {
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            torture_create(&h);
            torture_diagnose(&h);
            int64_t until_us = e2e_now_us() + (int64_t)i * 200;
            while (e2e_now_us() < until_us)
                ck_assert_int_eq(torture_tick(&h), POS_OK);
            exit(0);
        }
        await_good_end(child);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fork");
    TCase *tests = tcase_create("fork and exit");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, take_down);
    tcase_add_test(tests, the_child_gets_forked_and_the_parent_goes_on);
#if !defined(__SANITIZE_THREAD__)
    tcase_add_test(tests, the_child_may_make_its_own);
#endif
    tcase_add_test(tests, a_host_that_ends_without_a_word);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
