/* SPDX-License-Identifier: Apache-2.0 */
/* crash/days_resend.c - "Resend all statistics", of what the ledger has and of what only the host's history has. */
#include "crash/days.h"

/* The cloud loses reports: restored from a backup. */
static void lose(world *w, int64_t from, int64_t to)
{
    core_cloud *cloud = &world_bench(w)->cloud;
    uint32_t left = 0;
    for (uint32_t i = 0; i < cloud->count; i++) {
        const cloud_report *r = &cloud->reports[i];
        if (r->kind != 'Z' || r->z < from || r->z > to)
            cloud->reports[left++] = *r;
    }
    cloud->count = left;
}

static void prepare_ledger(world *w)
{
    world_connect(w);
    world_trade(w, 1, 6);
    lose(w, 2, 4);
}

/* A wiped till whose host has days that nobody knows, days that the cloud lost, and days that it has. */
static void prepare_history(world *w)
{
    bench *b = world_bench(w);
    world_connect(w);
    world_trade(w, 1, 6);
    lose(w, 2, 3);
    world_wipe(w);
    b->range_error = POS_E_BUSY; /* until the owner asks */
    world_start(w);
    world_run(w, 2000);
    bench_commit(b, 7, "a");
    world_join(w, "sto_A");
    world_run(w, 2000);
    b->range_error = POS_OK;
}

static void ask(world *w)
{
    bench *b = world_bench(w);
    core_begin_call(b->core);
    if (!core_resend_is_running(b->core))
        ck_assert(core_resend_start(b->core, b->now));
    world_rest(w);
    ck_assert_int_eq(core_get_resend(b->core, b->now).stage, RESEND_STAGE_DONE);
    world_tell(w, TOLD_RESENT);
}

static void resume(world *w)
{
    ck_assert(world_is_in(w, "sto_A"));
    world_rest(w);
    if (!(w->told & TOLD_RESENT))
        ask(w);
}

crash_days days_of_resending(void)
{
    static const crash_day days[] = {
        {"resend", prepare_ledger, ask, resume, NULL, true},
        {"resend history", prepare_history, ask, resume, NULL, true},
    };
    return (crash_days){days, sizeof days / sizeof *days};
}
