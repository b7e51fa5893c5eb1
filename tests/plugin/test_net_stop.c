/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/plugin/test_net_stop.c - nobody waits for the network: stop, destroy and every call in between, with the cloud
 * in a black hole, silent, dripping, or its name server stalled, and with many requests pending.
 *
 * Name look-ups are this file's: it defines getaddrinfo(), which libcurl's resolver threads then call.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "net_probe.h"

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>

#define PENDING       1000
#define STOP_MS       1000
#define CALLS         2000
#define LONGEST_US    250000 /* far below what any of these troubles lasts, above what a busy machine does to a thread */
#define LOOK_UP_STALL 4

typedef int (*resolver)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static pthread_mutex_t look_up_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t look_up_changed = PTHREAD_COND_INITIALIZER;
static int look_ups;

__attribute__((visibility("default"))) int getaddrinfo(const char *node, const char *service,
                                                       const struct addrinfo *hints, struct addrinfo **result)
{
    union {
        void *object;
        resolver function;
    } real = {dlsym(RTLD_NEXT, "getaddrinfo")};
    const struct timespec pause = {LOOK_UP_STALL, 0};

    if (node == NULL || strcmp(node, "stalled.test") != 0)
        return real.function(node, service, hints, result);
    pthread_mutex_lock(&look_up_lock);
    look_ups++;
    pthread_cond_broadcast(&look_up_changed);
    pthread_mutex_unlock(&look_up_lock);
    (void)nanosleep(&pause, NULL);
    return EAI_AGAIN;
}

static void wait_for_look_up(void)
{
    pthread_mutex_lock(&look_up_lock);
    while (look_ups == 0)
        pthread_cond_wait(&look_up_changed, &look_up_lock);
    pthread_mutex_unlock(&look_up_lock);
}

enum trouble { BLACK_HOLE, SILENT, SILENT_TLS, DRIPPING, STALLED_NAME, UPLOADING, TROUBLES };

static const char *const trouble_words[] = {"black hole", "silent after the request", "silent before TLS",
                                            "dripping",   "name server stalled",      "healthy"};

typedef struct scene {
    http_black_hole hole;
    http_server *server;
    char url[64];
} scene;

static void scene_open(scene *made, enum trouble trouble)
{
    static const http_reply replies[TROUBLES] = {
        [SILENT] = {.never = true},
        [SILENT_TLS] = {.deaf = true},
        [DRIPPING] = {.drip_ms = 200, .body = "drip drip drip drip drip drip drip drip drip drip drip drip drip drip"},
        [UPLOADING] = {.body = "{}"},
    };

    *made = (scene){0};
    if (trouble == BLACK_HOLE) {
        http_black_hole_open(&made->hole);
        (void)snprintf(made->url, sizeof made->url, "http://127.0.0.1:%d", made->hole.port);
    } else if (trouble == STALLED_NAME) {
        strcpy(made->url, "https://stalled.test");
    } else {
        made->server = http_server_start(&replies[trouble], 1, NULL);
        (void)snprintf(made->url, sizeof made->url, "%s://127.0.0.1:%d", trouble == SILENT_TLS ? "https" : "http",
                       http_server_port(made->server));
    }
}

/* Until the worker is really in the middle of it. */
static void scene_wait(const scene *made, enum trouble trouble)
{
    const struct timespec moment = {0, 30000000};

    if (trouble == STALLED_NAME)
        wait_for_look_up();
    else if (trouble == SILENT || trouble == DRIPPING || trouble == UPLOADING)
        ck_assert(http_server_wait(made->server, 1, PROBE_PATIENCE_MS));
    else
        (void)nanosleep(&moment, NULL); /* nothing tells when an attempt to connect is under way */
}

static void scene_close(scene *made)
{
    if (made->server != NULL)
        http_server_stop(made->server);
    else if (made->hole.port != 0)
        http_black_hole_close(&made->hole);
}

static net_request *upload(void)
{
    static uint8_t body[65536];
    net_request *request;

    memset(body, 'z', sizeof body);
    request = probe_post("/v1/reports", body, sizeof body);
    request->encodings = NET_ENCODING_ZSTD;
    return request;
}

START_TEST(test_stop_is_quick)
{
    scene at;
    net *calls;
    net_answer answer;
    int64_t began_us, took_us;
    int i, answers = 0;

    scene_open(&at, (enum trouble)_i);
    calls = probe_net_to(at.url);
    for (i = 0; i < PENDING; i++)
        ck_assert_uint_ne(calls->submit(calls, upload()), 0);
    scene_wait(&at, (enum trouble)_i);
    began_us = probe_now_us();
    ck_assert(calls->stop(calls, STOP_MS));
    took_us = probe_now_us() - began_us;
    ck_assert_uint_eq(calls->submit(calls, upload()), 0);
    while (calls->poll(calls, &answer)) {
        answers++;
        ck_assert(_i == UPLOADING || answer.outcome == NET_CANCELLED);
        net_answer_clear(&answer);
    }
    ck_assert_int_eq(answers, PENDING);
    began_us = probe_now_us();
    calls->destroy(calls);
    took_us += probe_now_us() - began_us;
    printf("%s: stop and destroy with %d pending took %.1f ms\n", trouble_words[_i], PENDING, (double)took_us / 1000);
    ck_assert_int_lt(took_us, STOP_MS * 1000);
    scene_close(&at);
}
END_TEST

/* destroy() alone does the same. */
START_TEST(test_destroy_without_stop)
{
    scene at;
    net *calls;
    int64_t began_us;
    int i;

    scene_open(&at, (enum trouble)_i);
    calls = probe_net_to(at.url);
    for (i = 0; i < 10; i++)
        ck_assert_uint_ne(calls->submit(calls, upload()), 0);
    scene_wait(&at, (enum trouble)_i);
    began_us = probe_now_us();
    calls->destroy(calls);
    ck_assert_int_lt(probe_now_us() - began_us, STOP_MS * 1000);
    scene_close(&at);
}
END_TEST

static void keep_longest(int64_t *longest_us, int64_t began_us)
{
    int64_t took_us = probe_now_us() - began_us;

    if (took_us > *longest_us)
        *longest_us = took_us;
}

START_TEST(test_no_call_waits)
{
    scene at;
    net_config config;
    net *calls;
    net_answer answer;
    net_progress progress;
    int64_t submit_us = 0, poll_us = 0, progress_us = 0, cancel_us = 0, configure_us = 0;
    int i;

    scene_open(&at, (enum trouble)_i);
    config = (net_config){.cloud_url = at.url};
    calls = probe_net(&config);
    for (i = 0; i < CALLS; i++) {
        net_request *request = i < PENDING ? upload() : probe_request("GET", "/v1/health");
        uint32_t ticket;
        int64_t began_us = probe_now_us();
        ticket = calls->submit(calls, request);
        keep_longest(&submit_us, began_us);
        began_us = probe_now_us();
        (void)calls->progress(calls, ticket, &progress);
        keep_longest(&progress_us, began_us);
        began_us = probe_now_us();
        if (i % 2 == 0)
            calls->cancel(calls, ticket);
        keep_longest(&cancel_us, began_us);
        began_us = probe_now_us();
        if (calls->poll(calls, &answer))
            net_answer_clear(&answer);
        keep_longest(&poll_us, began_us);
        began_us = probe_now_us();
        if (i % 100 == 0)
            ck_assert(calls->configure(calls, &config));
        keep_longest(&configure_us, began_us);
    }
    printf("%s: longest of %d calls in us: submit %lld, poll %lld, progress %lld, cancel %lld, configure %lld\n",
           trouble_words[_i], CALLS, (long long)submit_us, (long long)poll_us, (long long)progress_us,
           (long long)cancel_us, (long long)configure_us);
    ck_assert_int_lt(submit_us, LONGEST_US);
    ck_assert_int_lt(poll_us, LONGEST_US);
    ck_assert_int_lt(progress_us, LONGEST_US);
    ck_assert_int_lt(cancel_us, LONGEST_US);
    ck_assert_int_lt(configure_us, LONGEST_US);
    ck_assert(calls->stop(calls, STOP_MS));
    calls->destroy(calls);
    scene_close(&at);
}
END_TEST

START_TEST(test_cancel)
{
    static const http_reply script[] = {{.never = true}, {.body = "x"}};
    http_server *server = http_server_start(script, 2, NULL);
    net *calls = probe_net_to(http_server_url(server));
    uint32_t stuck = calls->submit(calls, upload());
    net_progress progress = {0};
    net_answer answer;

    ck_assert(http_server_wait(server, 1, PROBE_PATIENCE_MS));
    ck_assert(calls->progress(calls, stuck, &progress));
    ck_assert_uint_le(progress.sent_bytes, progress.total_bytes);
    calls->cancel(calls, stuck);
    calls->cancel(calls, stuck);
    calls->cancel(calls, 4711); /* nobody's */
    answer = probe_next(calls);
    ck_assert_uint_eq(answer.ticket, stuck);
    probe_assert_outcome(answer, NET_CANCELLED);
    ck_assert(!calls->progress(calls, stuck, &progress));
    answer = probe_exchange(calls, probe_request("GET", "/v1/health"));
    probe_assert_outcome(answer, NET_ANSWERED);
    net_answer_clear(&answer);
    calls->cancel(calls, answer.ticket); /* too late: nothing happens */
    ck_assert(!calls->poll(calls, &answer));
    calls->destroy(calls);
    http_server_stop(server);
}
END_TEST

START_TEST(test_lives_and_deaths)
{
    static const http_reply reply = {.body = "x"};
    http_server *server = http_server_start(&reply, 1, NULL);
    net *both[2];
    net_answer answer;
    int i;

    for (i = 0; i < 100; i++) {
        both[0] = probe_net_to(http_server_url(server));
        both[1] = probe_net_to(http_server_url(server));
        answer = probe_exchange(both[i % 2], probe_request("GET", "/v1/health"));
        probe_assert_outcome(answer, NET_ANSWERED);
        net_answer_clear(&answer);
        ck_assert_uint_ne(both[1]->submit(both[1], probe_request("GET", "/v1/health")), 0);
        both[0]->destroy(both[0]);
        ck_assert(both[1]->stop(both[1], STOP_MS));
        ck_assert(both[1]->stop(both[1], STOP_MS)); /* again is fine */
        both[1]->destroy(both[1]);                  /* with an answer that nobody took */
    }
    http_server_stop(server);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net");
    TCase *tests = tcase_create("stop");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, test_stop_is_quick, 0, TROUBLES);
    tcase_add_loop_test(tests, test_destroy_without_stop, 0, TROUBLES);
    tcase_add_loop_test(tests, test_no_call_waits, 0, TROUBLES);
    tcase_add_test(tests, test_cancel);
    tcase_add_test(tests, test_lives_and_deaths);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
