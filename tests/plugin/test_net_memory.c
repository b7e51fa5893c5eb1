/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/plugin/test_net_memory.c - allocation after allocation fails, in net/ and in libcurl: every request still ends
 * with an answer, and the one after it goes through. The server lives in a process of its own, with memory of its own.
 */
#include "memory_fault.h"
#include "net_probe.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t serving;
static char url[64];

static void start_server(void)
{
    static const http_reply reply = {.headers = "Content-Type: application/json\r\nRetry-After: 1\r\n", .body = "{}"};
    int ends[2];
    ssize_t n;

    ck_assert_int_eq(pipe(ends), 0);
    serving = fork();
    ck_assert_int_ge(serving, 0);
    if (serving == 0) {
        const char *address = http_server_url(http_server_start(&reply, 1, NULL));
        if (write(ends[1], address, strlen(address) + 1) < 0)
            _exit(1);
        for (;;)
            (void)pause();
    }
    n = read(ends[0], url, sizeof url);
    ck_assert_int_gt(n, 0);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void stop_server(void)
{
    ck_assert_int_eq(kill(serving, SIGKILL), 0);
    ck_assert_int_eq(waitpid(serving, NULL, 0), serving);
}

static net_request *request(void)
{
    static uint8_t body[5000];
    net_request *made;

    memset(body, 'z', sizeof body);
    made = probe_post("/v1/reports", body, sizeof body);
    made->token = strdup("fct_t");
    made->encodings = NET_ENCODING_GZIP;
    return made;
}

/* Check's own assertions allocate: none while a failure is ahead. */
static bool wait_quietly(net *calls, net_answer *answer)
{
    const struct timespec pause_ms = {0, 1000000};
    int64_t until = probe_now_us() + PROBE_PATIENCE_MS * 1000LL;
    bool there;

    while (!(there = calls->poll(calls, answer)) && probe_now_us() < until)
        (void)nanosleep(&pause_ms, NULL);
    return there;
}

START_TEST(test_create)
{
    const net_config config = {.cloud_url = url, .user_agent = "probe/1"};
    bool failed = MEMORY_FAULT != 0;
    net_answer answer;
    int n, refused = 0;

    for (n = 1; failed; n++) {
        const char *reason = NULL;
        net *calls;
        memory_fail_at(n);
        calls = net_curl_create(&config, &reason);
        failed = memory_has_failed();
        if (calls == NULL) {
            ck_assert(failed && reason != NULL);
            refused++;
            continue;
        }
        answer = probe_exchange(calls, request());
        /* The address could not be taken apart for want of memory: said, not crashed. */
        ck_assert_msg(answer.outcome == NET_ANSWERED || (failed && answer.outcome == NET_FAILED_CONFIG),
                      "allocation %d: %d (%s)", n, (int)answer.outcome, answer.detail);
        net_answer_clear(&answer);
        calls->destroy(calls);
    }
    ck_assert(refused > 2 || MEMORY_FAULT == 0);
}
END_TEST

START_TEST(test_exchange)
{
    const net_config config = {.cloud_url = url, .user_agent = "probe/1"};
    bool failed = MEMORY_FAULT != 0;
    int n, not_answered = 0;

    for (n = 1; failed; n++) {
        net *calls = probe_net(&config);
        net_request *first = request();
        net_answer answer;
        uint32_t ticket;
        bool there = false;
        memory_fail_at(n);
        ticket = calls->submit(calls, first);
        if (ticket != 0)
            there = wait_quietly(calls, &answer);
        failed = memory_has_failed();
        if (ticket != 0) {
            ck_assert(there && answer.ticket == ticket);
            not_answered += answer.outcome == NET_ANSWERED ? 0 : 1;
            net_answer_clear(&answer);
        }
        ck_assert(ticket != 0 || failed);
        answer = probe_exchange(calls, request());
        probe_assert_outcome(answer, NET_ANSWERED);
        net_answer_clear(&answer);
        calls->destroy(calls);
    }
    if (MEMORY_FAULT != 0) {
        printf("%d allocations of an exchange failed, %d of them were felt\n", n - 2, not_answered);
        ck_assert_int_gt(not_answered, 5);
    }
}
END_TEST

START_TEST(test_configure)
{
    const net_config config = {.cloud_url = url, .user_agent = "probe/1"};
    bool failed = MEMORY_FAULT != 0;
    int n;

    for (n = 1; failed; n++) {
        net *calls = probe_net(&config);
        net_answer answer = probe_exchange(calls, request());
        net_request *second = request();
        bool configured, there;
        uint32_t ticket;
        net_answer_clear(&answer);
        memory_fail_at(n);
        configured = calls->configure(calls, &config);
        ticket = calls->submit(calls, second);
        there = ticket != 0 && wait_quietly(calls, &answer);
        failed = memory_has_failed();
        ck_assert(configured || failed);
        ck_assert((ticket != 0 && there) || (ticket == 0 && failed));
        ck_assert(!there || answer.outcome == NET_ANSWERED || failed);
        if (!there)
            answer = (net_answer){0};
        net_answer_clear(&answer);
        calls->destroy(calls);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net");
    TCase *tests = tcase_create("memory");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, start_server, stop_server);
    tcase_add_test(tests, test_create);
    tcase_add_test(tests, test_exchange);
    tcase_add_test(tests, test_configure);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
