/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/health.c - the one request that needs nobody's permission (protocol/health.h). */
#include "protocol/health.h"
#include "protocol/reader.h"
#include "protocol/wire.h"

typedef struct health {
    int64_t time_ms;
} health;

static const json_member members[] = {JSON_MEMBER(health, time_ms, JSON_INT64, JSON_REQUIRED)};

net_request *protocol_ask_health(void)
{
    static const char *const path[] = {"/v1/health", NULL};
    return wire_request("GET", path);
}

void protocol_read_health(const net_answer *answer, protocol_verdict *verdict, int64_t *time_ms)
{
    health read;
    reader_object(answer, verdict, members, sizeof members / sizeof members[0], &read, sizeof read);
    *time_ms = read.time_ms;
}
