/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/net_probe.h - what the tests of net/ share: make a request, wait for its answer, measure time. */
#ifndef TESTS_PLUGIN_NET_PROBE_H
#define TESTS_PLUGIN_NET_PROBE_H

#include "net/net.h"
#include "support/http_server.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PROBE_PATIENCE_MS 20000 /* far more than any answer here takes, sanitizers included */

static inline int64_t probe_now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline net *probe_net(const net_config *config)
{
    const char *reason = NULL;
    net *made = net_curl_create(config, &reason);

    ck_assert_msg(made != NULL, "%s", reason);
    ck_assert_ptr_null(reason);
    return made;
}

static inline net *probe_net_to(const char *url)
{
    const net_config config = {.cloud_url = url, .user_agent = "probe/1"};

    return probe_net(&config);
}

static inline net_request *probe_request(const char *method, const char *path)
{
    net_request *request = net_request_new(method);

    ck_assert_ptr_nonnull(request);
    request->path = strdup(path);
    ck_assert_ptr_nonnull(request->path);
    return request;
}

static inline net_request *probe_post(const char *path, const void *body, size_t size)
{
    net_request *request = probe_request("POST", path);

    request->content_type = "application/json";
    request->body = malloc(size + 1);
    ck_assert_ptr_nonnull(request->body);
    memcpy(request->body, body, size);
    request->body_bytes = size;
    return request;
}

/* The next answer, whichever it is. The vtable has no way to wait (the till never does), so this looks every ms. */
static inline net_answer probe_next(net *calls)
{
    const struct timespec pause = {0, 1000000};
    int64_t until = probe_now_us() + PROBE_PATIENCE_MS * 1000LL;
    net_answer answer;

    while (!calls->poll(calls, &answer)) {
        ck_assert_msg(probe_now_us() < until, "no answer in %d ms", PROBE_PATIENCE_MS);
        (void)nanosleep(&pause, NULL);
    }
    return answer;
}

static inline net_answer probe_exchange(net *calls, net_request *request)
{
    uint32_t ticket = calls->submit(calls, request);
    net_answer answer;

    ck_assert_uint_ne(ticket, 0);
    answer = probe_next(calls);
    ck_assert_uint_eq(answer.ticket, ticket);
    return answer;
}

#define probe_assert_outcome(answer, want)                                                                             \
    ck_assert_msg((answer).outcome == (want), "outcome %d (%s), not %d", (int)(answer).outcome, (answer).detail,       \
                  (int)(want))

#endif
