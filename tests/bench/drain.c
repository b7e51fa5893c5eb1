/* SPDX-License-Identifier: Apache-2.0 */
/* tests/bench/drain.c - the sink's counters, and the figures that every drain prints. */
#include "bench/drain.h"

#include "support/e2e_base.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

size_t drain_count(void)
{
    return bench_scale(10000, 1000);
}

pid_t drain_sink_start(const char *company_id, int *port)
{
    return bench_start_server("tests/bench/sink", company_id, port);
}

static double member(const cJSON *json, const char *name)
{
    return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(json, name));
}

drain_stats drain_sink_ask(int port)
{
    char *text = bench_http_get(port, "/stats");
    cJSON *json = cJSON_Parse(text);
    drain_stats seen = {.requests = member(json, "requests"),
                        .reports = member(json, "reports"),
                        .distinct = member(json, "distinct"),
                        .body_bytes = member(json, "body_bytes"),
                        .head_bytes = member(json, "head_bytes"),
                        .answer_bytes = member(json, "answer_bytes"),
                        .first_us = member(json, "first_us"),
                        .last_us = member(json, "last_us")};
    cJSON_Delete(json);
    free(text);
    return seen;
}

drain_stats drain_sink_stop(pid_t pid, int port)
{
    drain_stats seen = drain_sink_ask(port);
    e2e_kill(pid);
    return seen;
}

void drain_print(const char *side, const drain_stats *seen, double took_us, double cpu_us, const char *note)
{
    double count = (double)drain_count();
    if (seen)
        ck_assert_msg(seen->distinct >= count, "%.0f of %.0f reports arrived", seen->distinct, count);
    bench_print((bench_part){.name = "drain, plain HTTP, reports/s",
                             .unit = "1/s",
                             .side = side,
                             .value = count / took_us * 1e6,
                             .aim = side ? NULL : "ratio to naive >= 2",
                             .note = note});
    if (cpu_us > 0)
        bench_print((bench_part){.name = "drain, plain HTTP, client CPU s",
                                 .unit = "s",
                                 .side = side,
                                 .value = cpu_us / 1e6,
                                 .aim = side ? NULL : "ratio <= 2"});
    if (!seen)
        return;
    bench_print((bench_part){.name = "drain, plain HTTP, bytes up a report",
                             .unit = "bytes",
                             .side = side,
                             .value = (seen->body_bytes + seen->head_bytes) / count,
                             .aim = side ? NULL : "<= 700"});
    bench_print((bench_part){.name = "drain, plain HTTP, bytes down a report",
                             .unit = "bytes",
                             .side = side,
                             .value = seen->answer_bytes / count});
}
