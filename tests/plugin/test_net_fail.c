/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/plugin/test_net_fail.c - every way in which a transfer ends without an answer, each told apart from the others.
 *
 * Name look-ups are this file's: it defines getaddrinfo(), which libcurl's resolver threads then call.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "net_probe.h"

#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>

#define STALL_MS 6000

typedef int (*resolver)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

/* "stalled.test" takes as long as a dead name server does, "nowhere.test" does not exist. */
__attribute__((visibility("default"))) int getaddrinfo(const char *node, const char *service,
                                                       const struct addrinfo *hints, struct addrinfo **result)
{
    union {
        void *object;
        resolver function;
    } real = {dlsym(RTLD_NEXT, "getaddrinfo")};

    if (node != NULL && strcmp(node, "stalled.test") == 0) {
        const struct timespec pause = {STALL_MS / 1000, 0};
        (void)nanosleep(&pause, NULL);
        return EAI_AGAIN;
    }
    if (node != NULL && strcmp(node, "nowhere.test") == 0)
        return EAI_NONAME;
    return real.function(node, service, hints, result);
}

/* Short limits, so that the tests wait for them only briefly. */
static net *hasty_net(const char *url)
{
    const net_config config = {.cloud_url = url, .connect_timeout_ms = 300, .silence_timeout_ms = 1000};

    return probe_net(&config);
}

static net_answer fail_at(const char *url)
{
    net *calls = hasty_net(url);
    net_answer answer = probe_exchange(calls, probe_request("GET", "/v1/health"));

    ck_assert_int_eq(answer.status, 0);
    ck_assert_ptr_null(answer.body);
    ck_assert_str_ne(answer.detail, "");
    ck_assert_int_eq(answer.retry_after_ms, -1);
    calls->destroy(calls);
    return answer;
}

static net_answer fail_with(const http_reply *reply)
{
    http_server *server = http_server_start(reply, 1, NULL);
    net_answer answer = fail_at(http_server_url(server));

    http_server_stop(server);
    return answer;
}

START_TEST(test_no_such_name)
{
    probe_assert_outcome(fail_at("https://nowhere.test"), NET_FAILED_RESOLVE);
}
END_TEST

START_TEST(test_name_server_is_silent)
{
    net_answer answer = fail_at("https://stalled.test");

    probe_assert_outcome(answer, NET_FAILED_RESOLVE);
    ck_assert_uint_lt(answer.took_ms, 2000);
}
END_TEST

START_TEST(test_refused)
{
    static const http_reply any = {0};
    http_server *server = http_server_start(&any, 1, NULL);
    char url[64];

    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d", http_server_port(server));
    http_server_stop(server); /* the port is nobody's now */
    probe_assert_outcome(fail_at(url), NET_FAILED_CONNECT);
}
END_TEST

START_TEST(test_black_hole)
{
    http_black_hole hole;
    char url[64];

    http_black_hole_open(&hole);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d", hole.port);
    probe_assert_outcome(fail_at(url), NET_FAILED_CONNECT);
    http_black_hole_close(&hole);
}
END_TEST

/* A connection that opens and a handshake that never comes. */
START_TEST(test_silence_instead_of_tls)
{
    static const http_reply deaf = {.deaf = true};
    http_server *server = http_server_start(&deaf, 1, NULL);
    char url[64];

    (void)snprintf(url, sizeof url, "https://127.0.0.1:%d", http_server_port(server));
    probe_assert_outcome(fail_at(url), NET_FAILED_CONNECT);
    http_server_stop(server);
}
END_TEST

static void *answer_in_plain(void *context, int fd)
{
    static const char words[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
    char hello[4096];

    (void)context;
    /* Closing with something unread is a reset, which may overtake the words. */
    (void)recv(fd, hello, sizeof hello, 0);
    (void)send(fd, words, sizeof words - 1, MSG_NOSIGNAL);
    return NULL;
}

static void *hang_up(void *context, int fd)
{
    const struct linger hard = {1, 0};

    (void)context;
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    return NULL;
}

/* Something that speaks no TLS is a matter of trust; a line that drops is not, however early it does. */
START_TEST(test_no_tls_there)
{
    static const http_reply any = {0};
    const http_layer plain = {.open = answer_in_plain};
    const http_layer dead = {.open = hang_up};
    http_server *server = http_server_start(&any, 1, &plain);

    probe_assert_outcome(fail_at(http_server_url(server)), NET_FAILED_TLS);
    http_server_stop(server);
    server = http_server_start(&any, 1, &dead);
    probe_assert_outcome(fail_at(http_server_url(server)), NET_FAILED_CONNECT);
    http_server_stop(server);
}
END_TEST

static const http_reply slow[] = {
    {.never = true},
    {.deaf = true},
    {.drip_ms = 200, .body = "a body that comes one byte at a time"},
    {.drip_ms = 200, .headers = "Content-Type: application/json\r\n", .status = 204},
};

START_TEST(test_silent_or_dripping)
{
    net_answer answer = fail_with(&slow[_i]);

    probe_assert_outcome(answer, NET_FAILED_TIMEOUT);
    ck_assert_uint_lt(answer.took_ms, 10000);
}
END_TEST

/* Bytes keep coming, fast enough not to be silence, but there is no end to it. */
START_TEST(test_total_time)
{
    static const http_reply reply = {.drip_ms = 5, .body = "0123456789"};
    http_server *server;
    http_reply endless = reply;
    char *body = malloc(20000);
    net_config config;
    net *calls;
    net_request *request;
    net_answer answer;

    memset(body, 'x', 20000);
    endless.body = body;
    endless.body_bytes = 20000;
    server = http_server_start(&endless, 1, NULL);
    config = (net_config){.cloud_url = http_server_url(server), .total_timeout_ms = 100};
    calls = probe_net(&config);
    request = probe_request("GET", "/v1/health");
    request->answer_cap_bytes = 40000 / 100; /* 100 ms and 0.1 s for the bytes; far less than 100 s for 20,000 drips */
    answer = probe_exchange(calls, request);
    ck_assert(answer.outcome == NET_FAILED_TIMEOUT || answer.outcome == NET_FAILED_TOO_LARGE);
    request = probe_request("GET", "/v1/health");
    request->answer_cap_bytes = 20000; /* 100 ms and 5 s */
    answer = probe_exchange(calls, request);
    probe_assert_outcome(answer, NET_FAILED_TIMEOUT);
    ck_assert_uint_ge(answer.took_ms, 4000);
    calls->destroy(calls);
    http_server_stop(server);
    free(body);
}
END_TEST

/* Cut at every byte: nothing but the whole answer is one. */
START_TEST(test_cut_at_every_byte)
{
    static const char whole[] = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: application/json\r\n\r\n{ }\n";
    http_reply script[sizeof whole];
    http_server *server;
    net *calls;
    size_t i;

    for (i = 0; i < sizeof whole; i++)
        script[i] = (http_reply){.raw = whole, .cut = true, .cut_after = i};
    server = http_server_start(script, sizeof whole, NULL);
    calls = probe_net_to(http_server_url(server));
    for (i = 0; i < sizeof whole; i++) {
        net_answer answer = probe_exchange(calls, probe_request("POST", "/v1/sessions"));
        ck_assert_msg(answer.outcome == (i + 1 == sizeof whole ? NET_ANSWERED : NET_FAILED_CUT), "cut at %zu: %d (%s)",
                      i, (int)answer.outcome, answer.detail);
        net_answer_clear(&answer);
    }
    calls->destroy(calls);
    http_server_stop(server);
}
END_TEST

static const char *const nonsense[] = {
    "SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP/9.9 200 OK\r\n\r\n",
    "<html>Please log in to the hotel's network</html>",
    "HTTP/1.1 200 OK\r\nContent-Length: minus one\r\n\r\n{}",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
};

START_TEST(test_nonsense)
{
    const http_reply reply = {.raw = nonsense[_i], .close = true};

    probe_assert_outcome(fail_with(&reply), NET_FAILED_CUT);
}
END_TEST

/* By its length header, in chunks without one, and by headers alone. */
START_TEST(test_too_large)
{
    size_t room = 200000;
    char *raw = malloc(room);
    http_reply reply = {.raw = raw, .close = true};
    int head;
    int i;

    memset(raw, 'x', room);
    head = snprintf(raw, room, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    raw[head] = 'x';
    reply.raw_bytes = (size_t)head + 100000;
    probe_assert_outcome(fail_with(&reply), NET_FAILED_TOO_LARGE);
    head = snprintf(raw, room, "HTTP/1.1 200 OK\r\n\r\n");
    raw[head] = 'x';
    reply.raw_bytes = (size_t)head + 100000;
    probe_assert_outcome(fail_with(&reply), NET_FAILED_TOO_LARGE);
    head = snprintf(raw, room, "HTTP/1.1 200 OK\r\n");
    for (i = 0; i < 5000; i++)
        head += snprintf(raw + head, room - (size_t)head, "X-Filler-%d: 0123456789\r\n", i);
    reply.raw_bytes = (size_t)head;
    probe_assert_outcome(fail_with(&reply), NET_FAILED_TOO_LARGE);
    free(raw);
}
END_TEST

/* The cap itself still fits. */
START_TEST(test_cap_is_exact)
{
    char body[1001];
    http_reply reply = {.body = body, .body_bytes = 1000};
    http_server *server = http_server_start(&reply, 1, NULL);
    net *calls = probe_net_to(http_server_url(server));
    uint32_t cap;

    memset(body, 'x', sizeof body);
    for (cap = 999; cap <= 1001; cap++) {
        net_request *request = probe_request("GET", "/v1/health");
        net_answer answer;
        request->answer_cap_bytes = cap;
        answer = probe_exchange(calls, request);
        probe_assert_outcome(answer, cap < 1000 ? NET_FAILED_TOO_LARGE : NET_ANSWERED);
        net_answer_clear(&answer);
    }
    calls->destroy(calls);
    http_server_stop(server);
}
END_TEST

/* Nothing is sent for a request or a configuration that makes no sense, and the words say what is wrong. */
START_TEST(test_configuration)
{
    static const http_reply any = {.body = "x"};
    http_server *server = http_server_start(&any, 1, NULL);
    const net_config configs[] = {
        {.cloud_url = NULL},
        {.cloud_url = "http://cloud.test"},
        {.cloud_url = "https://localhost:1", .ca_file = "/nonexistent/ca.pem"},
        {.cloud_url = "https://localhost:1", .ca_directory = "/nonexistent"},
        {.cloud_url = http_server_url(server)},
        {.cloud_url = http_server_url(server)},
        {.cloud_url = http_server_url(server)},
    };
    static const char *const paths[] = {"/", "/", "/", "/", "v1", "/v1 HTTP/1.1\r\nX: y", "/v1\xc3\xb1"};
    size_t i;

    for (i = 0; i < sizeof configs / sizeof configs[0]; i++) {
        net *calls = probe_net(&configs[i]);
        net_answer answer = probe_exchange(calls, probe_request("GET", paths[i]));
        /* A bundle is only read when there is a connection to use it for. */
        if (i == 2)
            ck_assert(answer.outcome == NET_FAILED_CONFIG || answer.outcome == NET_FAILED_CONNECT);
        else
            probe_assert_outcome(answer, NET_FAILED_CONFIG);
        ck_assert_str_ne(answer.detail, "");
        calls->destroy(calls);
    }
    ck_assert_uint_eq(http_server_count(server), 0);
    http_server_stop(server);
}
END_TEST

START_TEST(test_token_breaks_no_header)
{
    static const http_reply any = {.body = "x"};
    http_server *server = http_server_start(&any, 1, NULL);
    net *calls = probe_net_to(http_server_url(server));
    net_request *request = probe_request("GET", "/v1/health");
    net_answer answer;

    request->token = strdup("fcs_x\r\nX-Evil: 1");
    answer = probe_exchange(calls, request);
    probe_assert_outcome(answer, NET_FAILED_CONFIG);
    ck_assert_ptr_null(strstr(answer.detail, "fcs_x"));
    ck_assert_uint_eq(http_server_count(server), 0);
    calls->destroy(calls);
    http_server_stop(server);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net");
    TCase *tests = tcase_create("failures");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, test_no_such_name);
    tcase_add_test(tests, test_name_server_is_silent);
    tcase_add_test(tests, test_refused);
    tcase_add_test(tests, test_black_hole);
    tcase_add_test(tests, test_silence_instead_of_tls);
    tcase_add_test(tests, test_no_tls_there);
    tcase_add_loop_test(tests, test_silent_or_dripping, 0, sizeof slow / sizeof slow[0]);
    tcase_add_test(tests, test_total_time);
    tcase_add_test(tests, test_cut_at_every_byte);
    tcase_add_loop_test(tests, test_nonsense, 0, sizeof nonsense / sizeof nonsense[0]);
    tcase_add_test(tests, test_too_large);
    tcase_add_test(tests, test_cap_is_exact);
    tcase_add_test(tests, test_configuration);
    tcase_add_test(tests, test_token_breaks_no_header);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
