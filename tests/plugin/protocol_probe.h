/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/protocol_probe.h - what the tests of protocol/ share: answers made by hand, without a network. */
#ifndef TESTS_PLUGIN_PROTOCOL_PROBE_H
#define TESTS_PLUGIN_PROTOCOL_PROBE_H

#include "net/net.h"
#include "protocol/verdict.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* The body is a copy of exactly these bytes, without a zero behind: a reader that reads on is caught by ASan. */
static inline net_answer probe_answer(int status, const char *type, const void *body, size_t size)
{
    net_answer answer = {.ticket = 1, .outcome = NET_ANSWERED, .status = status, .retry_after_ms = -1};

    strcpy(answer.content_type, type);
    if (size > 0) {
        answer.body = malloc(size);
        ck_assert_ptr_nonnull(answer.body);
        memcpy(answer.body, body, size);
        answer.body_bytes = size;
    }
    return answer;
}

static inline net_answer probe_json(int status, const char *text)
{
    return probe_answer(status, "application/json", text, strlen(text));
}

static inline net_answer probe_problem(int status, const char *text)
{
    return probe_answer(status, "application/problem+json", text, strlen(text));
}

#endif
