/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_net.c - what travels over plain loopback: requests as sent, answers as read, connections kept. */
#define _GNU_SOURCE 1 /* SCHED_BATCH */ /* NOLINT */
#include "net_probe.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const http_reply plain = {.headers = "Content-Type: application/json\r\n", .body = "{}"};

START_TEST(test_request_as_sent)
{
    static const char want[] = "POST /v1/things?x=%20y HTTP/1.1\r\n"
                               "Host: 127.0.0.1:%d\r\n"
                               "User-Agent: probe/1\r\n"
                               "Accept: application/json, application/problem+json\r\n"
                               "Content-Type: application/json\r\n"
                               "Idempotency-Key: 0123456789abcdef0123456789abcdef\r\n"
                               "Authorization: Bearer fcs_secret\r\n"
                               "Content-Length: 7\r\n\r\n";
    http_server *server = http_server_start(&plain, 1, NULL);
    net *calls = probe_net_to(http_server_url(server));
    net_request *request = probe_post("/v1/things?x=%20y", "{\"a\":1}", 7);
    const http_request *seen;
    net_answer answer;
    char head[1024];
    const char *split = strstr(want, "%d");

    strcpy(request->idempotency_key, "0123456789abcdef0123456789abcdef");
    request->token = strdup("fcs_secret");
    answer = probe_exchange(calls, request);
    probe_assert_outcome(answer, NET_ANSWERED);
    ck_assert_uint_eq(answer.sent_bytes, 7);
    net_answer_clear(&answer);
    seen = http_server_request(server, 0);
    (void)snprintf(head, sizeof head, "%.*s%d%s", (int)(split - want), want, http_server_port(server), split + 2);
    ck_assert_str_eq(seen->head, head);
    ck_assert_uint_eq(seen->body_bytes, 7);
    ck_assert_mem_eq(seen->body, "{\"a\":1}", 7);
    calls->destroy(calls);
    http_server_stop(server);
}
END_TEST

START_TEST(test_methods)
{
    static const char *const methods[] = {"GET", "DELETE", "PUT", "POST"};
    http_server *server = http_server_start(&plain, 1, NULL);
    net *calls = probe_net_to(http_server_url(server));
    net_answer answer;
    char line[64];
    size_t i;

    for (i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        answer = probe_exchange(calls, probe_request(methods[i], "/v1/it"));
        probe_assert_outcome(answer, NET_ANSWERED);
        net_answer_clear(&answer);
        (void)snprintf(line, sizeof line, "%s /v1/it HTTP/1.1", methods[i]);
        ck_assert(http_request_has_line(http_server_request(server, i), line));
        ck_assert_int_eq(http_request_has_line(http_server_request(server, i), "Content-Length: 0"), i >= 2);
        ck_assert_ptr_null(strstr(http_server_request(server, i)->head, "Expect"));
        ck_assert_ptr_null(strstr(http_server_request(server, i)->head, "Cookie"));
        ck_assert_ptr_null(strstr(http_server_request(server, i)->head, "Content-Type"));
    }
    ck_assert_int_eq(http_server_connections(server), 1);
    calls->destroy(calls);
    http_server_stop(server);
}
END_TEST

START_TEST(test_answer_as_read)
{
    static const http_reply reply = {.status = 503,
                                     .headers = "Content-Type: Application/Problem+JSON; charset=utf-8\r\n"
                                                "Date: Fri, 20 Nov 2026 22:45:45 GMT\r\n"
                                                "Retry-After: Fri, 20 Nov 2026 22:47:45 GMT\r\n"
                                                "Accept-Encoding: br\r\n"
                                                "accept-encoding: zstd;q=0.5, gzip;q=0\r\n"
                                                "Set-Cookie: a=b\r\n",
                                     .body = "late\0r",
                                     .body_bytes = 6};
    http_server *server = http_server_start(&reply, 1, NULL);
    net *calls = probe_net_to(http_server_url(server));
    net_answer answer = probe_exchange(calls, probe_request("GET", "/v1/health"));

    probe_assert_outcome(answer, NET_ANSWERED);
    ck_assert_int_eq(answer.status, 503);
    ck_assert_str_eq(answer.content_type, "application/problem+json");
    ck_assert(answer.encodings_told);
    ck_assert_uint_eq(answer.encodings, NET_ENCODING_ZSTD);
    ck_assert_int_eq(answer.retry_after_ms, 120000);
    ck_assert_int_eq(answer.date_ms, 1795214745000);
    ck_assert_uint_eq(answer.body_bytes, 6);
    ck_assert_mem_eq(answer.body, "late\0r", 7);
    net_answer_clear(&answer);
    ck_assert_ptr_null(answer.body);
    answer = probe_exchange(calls, probe_request("GET", "/v1/health"));
    ck_assert_ptr_null(strstr(http_server_request(server, 1)->head, "Cookie"));
    net_answer_clear(&answer);
    calls->destroy(calls);
    http_server_stop(server);
}
END_TEST

START_TEST(test_answer_without_anything)
{
    static const http_reply reply = {.status = 204};
    http_server *server = http_server_start(&reply, 1, NULL);
    net *calls = probe_net_to(http_server_url(server));
    net_answer answer = probe_exchange(calls, probe_request("DELETE", "/v1/sessions/current"));

    probe_assert_outcome(answer, NET_ANSWERED);
    ck_assert_int_eq(answer.status, 204);
    ck_assert_str_eq(answer.content_type, "");
    ck_assert(!answer.encodings_told);
    ck_assert_int_eq(answer.retry_after_ms, -1);
    ck_assert_int_eq(answer.date_ms, 0);
    ck_assert_ptr_null(answer.body);
    calls->destroy(calls);
    http_server_stop(server);
}
END_TEST

/* A redirect is an answer, and the token goes nowhere else. */
/* What a host's thread wakes does not take its core over. */
START_TEST(test_worker_waits_its_turn)
{
    int usual = sched_getscheduler(0), waiting = 0;
    http_server *server = http_server_start(&plain, 1, NULL);
    net *calls = probe_net_to(http_server_url(server));
    net_answer answer = probe_exchange(calls, probe_post("/", "{}", 2));
    DIR *tasks = opendir("/proc/self/task");
    const struct dirent *task;

    net_answer_clear(&answer);
    ck_assert_ptr_nonnull(tasks);
    while ((task = readdir(tasks)) != NULL)
        waiting += sched_getscheduler((pid_t)atoi(task->d_name)) == SCHED_BATCH;
    (void)closedir(tasks);
    ck_assert_int_ge(waiting, 1);
    ck_assert_int_eq(sched_getscheduler(0), usual);
    calls->destroy(calls);
    http_server_stop(server);
}
END_TEST

START_TEST(test_redirect_is_not_followed)
{
    http_server *elsewhere = http_server_start(&plain, 1, NULL);
    char location[128];
    http_reply reply = {.status = 302, .headers = location};
    http_server *server;
    net *calls;
    net_answer answer;

    (void)snprintf(location, sizeof location, "Location: %s/v1/health\r\n", http_server_url(elsewhere));
    server = http_server_start(&reply, 1, NULL);
    calls = probe_net_to(http_server_url(server));
    answer = probe_exchange(calls, probe_request("GET", "/v1/health"));
    probe_assert_outcome(answer, NET_ANSWERED);
    ck_assert_int_eq(answer.status, 302);
    net_answer_clear(&answer);
    ck_assert_uint_eq(http_server_count(elsewhere), 0);
    calls->destroy(calls);
    http_server_stop(server);
    http_server_stop(elsewhere);
}
END_TEST

START_TEST(test_four_at_once)
{
    static const http_reply held = {.held = true, .body = "x"};
    http_server *server = http_server_start(&held, 1, NULL);
    net *calls = probe_net_to(http_server_url(server));
    bool seen[21] = {false};
    int i;

    for (i = 0; i < 20; i++)
        ck_assert_uint_ne(calls->submit(calls, probe_request("GET", "/v1/health")), 0);
    ck_assert(http_server_wait(server, 4, PROBE_PATIENCE_MS));
    http_server_release(server);
    for (i = 0; i < 20; i++) {
        net_answer answer = probe_next(calls);
        probe_assert_outcome(answer, NET_ANSWERED);
        ck_assert(answer.ticket >= 1 && answer.ticket <= 20 && !seen[answer.ticket]);
        seen[answer.ticket] = true;
        net_answer_clear(&answer);
    }
    ck_assert_int_eq(http_server_most_at_once(server), 4);
    ck_assert_int_le(http_server_connections(server), 4);
    calls->destroy(calls);
    http_server_stop(server);
}
END_TEST

START_TEST(test_configure_makes_fresh_connections)
{
    http_server *first = http_server_start(&plain, 1, NULL);
    http_server *second = http_server_start(&plain, 1, NULL);
    net_config config = {.cloud_url = http_server_url(first)};
    net *calls = probe_net(&config);
    int i;

    for (i = 0; i < 6; i++) {
        net_answer answer;
        if (i == 2)
            ck_assert(calls->configure(calls, &config)); /* the same again: the network changed, say */
        if (i == 4) {
            config.cloud_url = http_server_url(second);
            ck_assert(calls->configure(calls, &config));
        }
        answer = probe_exchange(calls, probe_request("GET", "/v1/health"));
        probe_assert_outcome(answer, NET_ANSWERED);
        net_answer_clear(&answer);
    }
    ck_assert_int_eq(http_server_connections(first), 2);
    ck_assert_uint_eq(http_server_count(first), 4);
    ck_assert_int_eq(http_server_connections(second), 1);
    ck_assert_uint_eq(http_server_count(second), 2);
    calls->destroy(calls);
    http_server_stop(first);
    http_server_stop(second);
}
END_TEST

/* Nobody leaves a connection open for hours that a firewall forgot long ago. */
START_TEST(test_idle_connections_are_closed)
{
    const struct timespec longer = {0, 400000000};
    http_server *server = http_server_start(&plain, 1, NULL);
    const net_config config = {.cloud_url = http_server_url(server), .idle_timeout_ms = 100};
    net *calls = probe_net(&config);
    int i;

    for (i = 0; i < 2; i++) {
        net_answer answer = probe_exchange(calls, probe_request("GET", "/v1/health"));
        probe_assert_outcome(answer, NET_ANSWERED);
        net_answer_clear(&answer);
        (void)nanosleep(&longer, NULL);
    }
    ck_assert_int_eq(http_server_connections(server), 2);
    calls->destroy(calls);
    http_server_stop(server);
}
END_TEST

/* What was submitted before configure() goes where it was meant to go. */
START_TEST(test_configure_leaves_what_is_under_way)
{
    static const http_reply held = {.held = true, .body = "x"};
    http_server *first = http_server_start(&held, 1, NULL);
    http_server *second = http_server_start(&plain, 1, NULL);
    net_config config = {.cloud_url = http_server_url(first)};
    net *calls = probe_net(&config);
    uint32_t ticket = calls->submit(calls, probe_request("GET", "/v1/first"));
    net_answer answer;

    ck_assert(http_server_wait(first, 1, PROBE_PATIENCE_MS));
    config.cloud_url = http_server_url(second);
    ck_assert(calls->configure(calls, &config));
    answer = probe_exchange(calls, probe_request("GET", "/v1/second"));
    probe_assert_outcome(answer, NET_ANSWERED);
    net_answer_clear(&answer);
    http_server_release(first);
    answer = probe_next(calls);
    ck_assert_uint_eq(answer.ticket, ticket);
    probe_assert_outcome(answer, NET_ANSWERED);
    net_answer_clear(&answer);
    calls->destroy(calls);
    http_server_stop(first);
    http_server_stop(second);
}
END_TEST

START_TEST(test_environment_proxy_is_not_used)
{
    http_server *server = http_server_start(&plain, 1, NULL);
    net *calls;
    net_answer answer;

    ck_assert_int_eq(setenv("http_proxy", "http://127.0.0.1:9", 1), 0);
    ck_assert_int_eq(setenv("ALL_PROXY", "http://127.0.0.1:9", 1), 0);
    calls = probe_net_to(http_server_url(server));
    answer = probe_exchange(calls, probe_request("GET", "/v1/health"));
    probe_assert_outcome(answer, NET_ANSWERED);
    net_answer_clear(&answer);
    calls->destroy(calls);
    http_server_stop(server);
}
END_TEST

/* The proxy learns where to, not who; and what goes to this machine does not go through it. */
START_TEST(test_proxy)
{
    static const http_reply refusal = {.status = 407};
    http_server *proxy = http_server_start(&refusal, 1, NULL);
    http_server *here = http_server_start(&plain, 1, NULL);
    net_config config = {.cloud_url = "https://cloud.test", .proxy = http_server_url(proxy)};
    net *calls = probe_net(&config);
    net_request *request = probe_request("GET", "/v1/sessions/current");
    net_answer answer;

    request->token = strdup("fcs_secret");
    answer = probe_exchange(calls, request);
    probe_assert_outcome(answer, NET_FAILED_CONNECT);
    ck_assert_int_eq(answer.status, 0);
    ck_assert(http_request_has_line(http_server_request(proxy, 0), "CONNECT cloud.test:443 HTTP/1.1"));
    ck_assert_ptr_null(strstr(http_server_request(proxy, 0)->head, "fcs_secret"));
    config.cloud_url = http_server_url(here);
    ck_assert(calls->configure(calls, &config));
    answer = probe_exchange(calls, probe_request("GET", "/v1/health"));
    probe_assert_outcome(answer, NET_ANSWERED);
    net_answer_clear(&answer);
    ck_assert_uint_eq(http_server_count(proxy), 1);
    calls->destroy(calls);
    http_server_stop(proxy);
    http_server_stop(here);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net");
    TCase *tests = tcase_create("travel");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_request_as_sent);
    tcase_add_test(tests, test_methods);
    tcase_add_test(tests, test_answer_as_read);
    tcase_add_test(tests, test_answer_without_anything);
    tcase_add_test(tests, test_worker_waits_its_turn);
    tcase_add_test(tests, test_redirect_is_not_followed);
    tcase_add_test(tests, test_four_at_once);
    tcase_add_test(tests, test_configure_makes_fresh_connections);
    tcase_add_test(tests, test_idle_connections_are_closed);
    tcase_add_test(tests, test_configure_leaves_what_is_under_way);
    tcase_add_test(tests, test_environment_proxy_is_not_used);
    tcase_add_test(tests, test_proxy);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
