/* SPDX-License-Identifier: Apache-2.0 */
/* crash/days_reports.c - closes and X reports on their way, with nobody at the screen. */
#include "crash/days.h"

static void must_be_connected(world *w)
{
    ck_assert_msg(world_is_in(w, "sto_A"), "the assignment is gone");
}

static void prepare_traded(world *w)
{
    world_connect(w);
    world_trade(w, 1, 2);
}

static void tell_offline(world *w)
{
    world_bench(w)->cloud.fault = CLOUD_UNREACHED;
    world_shut(w, 1, "a", 0);
    world_run(w, 5000);
    world_shut(w, 2, "a", 0);
    world_run(w, 5000);
    world_bench(w)->cloud.fault = CLOUD_FINE;
}

static void tell_online(world *w)
{
    world_shut(w, 1, "a", 0);
    world_rest(w);
    world_shut(w, 2, "a", 0);
    world_rest(w);
}

/* One of them is rejected. */
static void tell_batch(world *w)
{
    core_cloud *cloud = &world_bench(w)->cloud;
    cloud->fault = CLOUD_UNREACHED;
    for (int64_t n = 1; n <= 4; n++)
        world_shut(w, n, "a", 0);
    world_run(w, 2000);
    cloud->fault = CLOUD_FINE;
    world_rest(w);
}

static void prepare_batch(world *w)
{
    world_connect(w);
    w->rejected_number = world_bench(w)->cloud.reject_z = world_bench(w)->cloud.reject_z_to = 3;
}

/* The answer to the one is awaited when the next goes; the later one's answer comes first. */
static void tell_two(world *w)
{
    bench *b = world_bench(w);
    b->net->sends_at_once = true;
    b->cloud.fault = CLOUD_HOLD;
    for (int64_t n = 3; n <= 4; n++) {
        world_shut(w, n, "a", 0);
        world_run(w, 1000);
    }
    ck_assert_uint_eq(core_get_queue(b->core, b->now).sending, 2);
    b->cloud.fault = CLOUD_FINE;
    for (uint32_t i = b->net->count; i-- > 0;) {
        script_request held = b->net->requests[i];
        if (held.answered)
            continue;
        cloud_handle(&b->cloud, b->net, &held);
        w->changes++;
        world_run(w, 1000);
    }
    world_rest(w);
}

/* The cloud has it, and the answer that says so is lost. */
static void tell_receipt(world *w)
{
    core_cloud *cloud = &world_bench(w)->cloud;
    cloud->fault = CLOUD_LOSE_ANSWER;
    cloud->fault_times = 1;
    world_shut(w, 1, "a", 0);
    world_rest(w);
}

static void check_receipt(world *w)
{
    ck_assert_uint_eq(cloud_count_kind(&world_bench(w)->cloud, 'Z', false), 2); /* and the next day */
}

/* A cloned disk was faster: the cloud has another report of that number. */
static void prepare_conflict(world *w)
{
    bench *b = world_bench(w);
    cloud_report other = {.kind = 'Z', .z = 1, .counted = true};
    world_connect(w);
    cloud_copy(other.store, "sto_A");
    cloud_copy(other.till, b->core->device_id);
    cloud_copy(other.reg, b->reg);
    memset(other.sha, '0', 64);
    cloud_store_report(&b->cloud, other);
    w->conflict_number = 1;
}

/* ---- X ---- */

static void switch_x_on(world *w)
{
    bench *b = world_bench(w);
    if (core_get_x(b->core, b->now).enabled)
        return;
    core_begin_call(b->core);
    ck_assert(core_set_x_enabled(b->core, b->now, true));
}

static void prepare_x(world *w)
{
    prepare_traded(w);
    switch_x_on(w);
    world_rest(w);
}

static void tell_x(world *w)
{
    world_run(w, 65 * 60 * 1000);
    world_rest(w);
}

static void resume_x(world *w)
{
    const bench *b = world_bench(w);
    must_be_connected(w);
    ck_assert_msg(core_get_x(b->core, b->now).enabled, "X reports are off");
    world_run(w, 35 * 60 * 1000); /* another one is taken: with a sequence of its own */
}

static void check_x(world *w)
{
    ck_assert_uint_ge(cloud_count_kind(&world_bench(w)->cloud, 'X', true), 2);
}

/* One waits when its period is closed; of another one the answer is lost. */
static void tell_superseded(world *w)
{
    core_cloud *cloud = &world_bench(w)->cloud;
    cloud->fault = CLOUD_LOSE_ANSWER;
    cloud->fault_times = 1;
    world_run(w, 35 * 60 * 1000);
    cloud->fault = CLOUD_UNREACHED;
    cloud->fault_times = 0;
    world_run(w, 35 * 60 * 1000);
    world_shut(w, 3, "a", 0);
    world_run(w, 2000);
    cloud->fault = CLOUD_FINE;
    world_rest(w);
}

static void check_superseded(world *w)
{
    const core_cloud *cloud = &world_bench(w)->cloud;
    for (uint32_t i = 0; i < cloud->count; i++) {
        for (uint32_t k = 0; cloud->reports[i].kind == 'Z' && k < i; k++)
            ck_assert_msg(cloud->reports[k].z <= cloud->reports[i].z, "an X of a period after its Z");
    }
}

/* ---- the host counts anew ---- */

static void tell_epoch(world *w)
{
    bench *b = world_bench(w);
    for (uint32_t i = 0; i < b->close_count; i++)
        b->closes[i].forgotten = true;
    world_shut(w, 1, "reset", 1);
    world_run(w, 2000);
    world_shut(w, 2, "reset", 1);
    world_rest(w);
}

crash_days days_of_reports(void)
{
    static const crash_day days[] = {
        {"close offline", world_connect, tell_offline, must_be_connected, NULL, false},
        {"close online", world_connect, tell_online, must_be_connected, NULL, false},
        {"batch upload", prepare_batch, tell_batch, must_be_connected, NULL, false},
        {"two batches", prepare_traded, tell_two, must_be_connected, NULL, false},
        {"receipt", world_connect, tell_receipt, must_be_connected, check_receipt, false},
        {"conflict", prepare_conflict, tell_online, must_be_connected, NULL, false},
        {"X tick", prepare_x, tell_x, resume_x, check_x, false},
        {"X superseded", prepare_x, tell_superseded, resume_x, check_superseded, false},
        {"epoch", prepare_traded, tell_epoch, must_be_connected, NULL, false},
    };
    return (crash_days){days, sizeof days / sizeof *days};
}
