/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crash/days_week.c - one after another in one till: closed before anybody has logged in, delivered, rejected, lost
 * answers, X reports, a host that was reset, a disconnect, another store.
 */
#include "crash/days.h"

static void lose_an_answer(world *w)
{
    world_bench(w)->cloud.fault = CLOUD_LOSE_ANSWER;
    world_bench(w)->cloud.fault_times = 1;
}

static void prepare_week(world *w)
{
    w->rejected_number = world_bench(w)->cloud.reject_z = world_bench(w)->cloud.reject_z_to = 3;
}

static void tell_week(world *w)
{
    bench *b = world_bench(w);
    world_start(w);
    world_run(w, 500);
    world_shut(w, 1, "a", 0);
    world_join(w, "sto_A");
    world_run(w, 5000);
    for (int64_t n = 2; n <= 4; n++)
        world_shut(w, n, "a", 0);
    world_run(w, 5000);
    lose_an_answer(w);
    core_begin_call(b->core);
    core_set_x_enabled(b->core, b->now, true);
    world_run(w, 2 * BENCH_HOUR_MS);
    lose_an_answer(w);
    world_shut(w, 5, "a", 0);
    world_run(w, 60000);
    for (uint32_t i = 0; i < b->close_count; i++)
        b->closes[i].forgotten = true;
    world_shut(w, 1, "reset", 1);
    world_run(w, 5000);
    ck_assert_int_eq(bench_disconnect(b), PROGRESS_DONE);
    world_tell(w, TOLD_DISCONNECTED);
    world_shut(w, 2, "reset", 1);
    world_run(w, 2000);
    world_join(w, "sto_B");
    world_rest(w);
}

/* The cloud may have heard of the disconnect, and the till not have written it: they repeat it. */
static void resume_week(world *w)
{
    if (!(w->told & TOLD_DISCONNECTED))
        ck_assert_int_eq(bench_disconnect(world_bench(w)), PROGRESS_DONE);
    world_tell(w, TOLD_DISCONNECTED);
    world_join(w, "sto_A");
    world_rest(w);
    world_join(w, "sto_B");
}

crash_days days_of_the_week(void)
{
    static const crash_day days[] = {{"a whole week", prepare_week, tell_week, resume_week, NULL, false}};
    return (crash_days){days, sizeof days / sizeof *days};
}
