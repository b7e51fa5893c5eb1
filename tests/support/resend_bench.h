/* SPDX-License-Identifier: Apache-2.0 */
/* support/resend_bench.h - what the tests of "Resend all statistics" share: a till that traded, a cloud that lost some of
 * it, a wiped disk, a resend from its start to its end. */
#ifndef SUPPORT_RESEND_BENCH_H
#define SUPPORT_RESEND_BENCH_H

#include "core/resend.h"
#include "support/core_bench.h"

static bench b;

static inline void resend_setup(void)
{
    bench_connect(&b);
}

static inline void resend_teardown(void)
{
    bench_close_all(&b);
}

/* The cloud loses reports: restored from a backup. */
static inline void resend_lose(int64_t from, int64_t to)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < b.cloud.count; i++) {
        const cloud_report *r = &b.cloud.reports[i];
        if (r->kind != 'Z' || r->z < from || r->z > to)
            b.cloud.reports[left++] = *r;
    }
    b.cloud.count = left;
}

static inline void resend_trade(int64_t from, int64_t to)
{
    for (int64_t n = from; n <= to; n++)
        bench_day(&b, n);
    ck_assert(bench_drain(&b, 120000));
}

static inline bool resend_start(void)
{
    bench_measure(&b);
    core_begin_call(b.core);
    bool started = core_resend_start(b.core, b.now);
    bench_check_budget(&b, 1);
    return started;
}

static inline void resend_cancel(void)
{
    bench_measure(&b);
    core_begin_call(b.core);
    core_resend_cancel(b.core, b.now);
    bench_check_budget(&b, 1);
}

static inline core_resend resend_finish(void)
{
    for (int i = 0; i < 3600 && core_resend_is_running(b.core); i++)
        bench_run(&b, 1000);
    ck_assert_msg(!core_resend_is_running(b.core), "phase %d", (int)b.core->resend.phase);
    return core_get_resend(b.core, b.now);
}

static inline core_resend resend_all(void)
{
    ck_assert(resend_start());
    core_resend r = resend_finish();
    ck_assert_int_eq(r.stage, RESEND_STAGE_DONE);
    return r;
}

/* Every close of the host counts once, and nothing else is there. */
static inline void resend_check_all(void)
{
    for (uint32_t i = 0; i < b.close_count; i++) {
        uint32_t counted = cloud_counts(&b.cloud, b.closes[i].sha);
        ck_assert_msg(counted == 1, "Z %lld counts %u times", (long long)b.closes[i].number, counted);
    }
    ck_assert_uint_eq(cloud_count_kind(&b.cloud, 'Z', false), b.close_count);
    ck_assert_uint_eq(core_get_queue(b.core, b.now).pending, 0);
}

static inline void resend_check_result(core_resend r, uint32_t compared, uint32_t sent, uint32_t gone)
{
    ck_assert_msg(r.compared == compared && r.sent == sent && r.gone == gone, "%u compared, %u sent, %u gone",
                  r.compared, r.sent, r.gone);
}

/* The plugin's storage is gone; the host and its history are not. */
static inline void resend_wipe(void)
{
    bench_stop(&b);
    storage_memory_free(b.disk);
    b.disk = storage_memory_new();
    ck_assert(bench_start(&b));
}

/* The owner says that it is the same till. */
static inline void resend_adopt(void)
{
    char till[PROTOCOL_TILL_ID_LEN + 1];
    ck_assert(bench_log_in(&b));
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_FIRST, NULL), PROGRESS_FAILED);
    memcpy(till, core_known_tills(b.core).items[0].till_id, sizeof till);
    ck_assert_int_eq(bench_assign(&b, "sto_A", CLAIM_SAME, till), PROGRESS_DONE);
}

/* The host was upgraded: it makes its documents again, and gives out other bytes for the same days. */
static inline void resend_rebuild(bench_close *z)
{
    char text[120];
    free(z->rebuilt);
    snprintf(text, sizeof text, "{\"made\":\"again\",\"of\":\"%s\"}", z->sha);
    z->rebuilt = strdup(text);
    ck_assert_ptr_nonnull(z->rebuilt);
}

static inline uint32_t resend_count_conflicts(void)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < b.cloud.count; i++)
        count += b.cloud.reports[i].conflict;
    return count;
}

#endif
