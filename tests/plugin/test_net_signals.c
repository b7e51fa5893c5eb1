/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/plugin/test_net_signals.c - signals are the host's: none lands on the worker, and no handler is touched, not even
 * for a moment. This file's sigaction() stands in for the C library's and sees every attempt.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "net_probe.h"

#include <dirent.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>

typedef int (*handler_setter)(int, const struct sigaction *, struct sigaction *);

static atomic_int pipe_handlers_set;

__attribute__((visibility("default"))) int sigaction(int number, const struct sigaction *action,
                                                     struct sigaction *before)
{
    union {
        void *object;
        handler_setter function;
    } real = {dlsym(RTLD_NEXT, "sigaction")};

    if (number == SIGPIPE && action != NULL)
        (void)atomic_fetch_add(&pipe_handlers_set, 1);
    return real.function(number, action, before);
}

/* Threads of this process that block what a host may be waiting for. */
static int count_deaf_threads(void)
{
    const unsigned long long want = (1ull << (SIGPIPE - 1)) | (1ull << (SIGTERM - 1)) | (1ull << (SIGALRM - 1));
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *task;
    int count = 0;

    ck_assert_ptr_nonnull(tasks);
    while ((task = readdir(tasks)) != NULL) {
        char path[64], line[128];
        unsigned long long mask;
        FILE *status;

        (void)snprintf(path, sizeof path, "/proc/self/task/%.20s/status", task->d_name);
        status = task->d_name[0] == '.' ? NULL : fopen(path, "r");
        while (status != NULL && fgets(line, sizeof line, status) != NULL) {
            if (sscanf(line, "SigBlk: %llx", &mask) == 1 && (mask & want) == want)
                count++;
        }
        if (status != NULL)
            (void)fclose(status);
    }
    (void)closedir(tasks);
    return count;
}

static const http_reply plain = {.body = "{}"};

/* A thread that just began blocks all for a moment, in the C library; so this waits for the number to settle. */
static bool settles_at(int count)
{
    const struct timespec pause = {0, 1000000};
    int64_t until = probe_now_us() + 2000000;

    while (count_deaf_threads() != count && probe_now_us() < until)
        (void)nanosleep(&pause, NULL);
    return count_deaf_threads() == count;
}

START_TEST(test_worker_blocks_all)
{
    http_server *server = http_server_start(&plain, 1, NULL);
    net *calls[3];
    int threads[3];
    int i;

    for (i = 0; i < 3; i++) {
        net_answer answer;
        calls[i] = probe_net_to(http_server_url(server));
        answer = probe_exchange(calls[i], probe_request("GET", "/v1/health"));
        net_answer_clear(&answer);
        if (i == 0)
            threads[0] = count_deaf_threads(); /* a sanitizer may have one of its own */
        threads[i] = threads[0] + i;
        ck_assert(settles_at(threads[i]));
    }
    for (i = 0; i < 3; i++)
        calls[i]->destroy(calls[i]);
    ck_assert(threads[0] >= 1 && settles_at(threads[0] - 1));
    http_server_stop(server);
}
END_TEST

/* Through a life with all that may clean something up: nothing sent, sent, refused, reconfigured, cancelled, idle. */
START_TEST(test_no_handler_is_set)
{
    static const http_reply script[] = {{.body = "{}"}, {.body = "{}", .close = true}, {.body = "{}"}, {.never = true}};
    const struct timespec idle = {0, 200000000};
    http_server *server = http_server_start(script, 4, NULL);
    net_config config = {.cloud_url = "http://cloud.test", .idle_timeout_ms = 50};
    net *calls = probe_net(&config);
    net_answer answer;
    int i;

    calls->destroy(calls);
    calls = probe_net(&config);
    answer = probe_exchange(calls, probe_request("GET", "/v1/health"));
    probe_assert_outcome(answer, NET_FAILED_CONFIG);
    config.cloud_url = http_server_url(server);
    ck_assert(calls->configure(calls, &config));
    for (i = 0; i < 3; i++) {
        answer = probe_exchange(calls, probe_post("/v1/reports", "{}", 2));
        probe_assert_outcome(answer, NET_ANSWERED);
        net_answer_clear(&answer);
        (void)nanosleep(&idle, NULL);
    }
    ck_assert_uint_ne(calls->submit(calls, probe_request("GET", "/v1/health")), 0);
    ck_assert(http_server_wait(server, 4, PROBE_PATIENCE_MS));
    ck_assert(calls->stop(calls, 1000));
    calls->destroy(calls);
    http_server_stop(server);
    ck_assert_int_eq(atomic_load(&pipe_handlers_set), 0);
}
END_TEST

/* The counter counts. */
START_TEST(test_the_test)
{
    struct sigaction before;

    ck_assert_int_eq(sigaction(SIGPIPE, NULL, &before), 0);
    ck_assert_int_eq(atomic_load(&pipe_handlers_set), 0);
    ck_assert_int_eq(sigaction(SIGPIPE, &before, NULL), 0);
    ck_assert_int_eq(atomic_load(&pipe_handlers_set), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net");
    TCase *tests = tcase_create("signals");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_worker_blocks_all);
    tcase_add_test(tests, test_no_handler_is_set);
    tcase_add_test(tests, test_the_test);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
