/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_trouble_cloud.c - what goes wrong with the cloud: its power, its disk, its operators. */
#include "sim/sim_disk.h"
#include "sim/sim_trouble.h"

#include <sqlite3.h>

static void come_up(sim *s, void *subject, uint64_t argument)
{
    (void)subject;
    (void)argument;
    if (!s->cloud_down)
        return;
    if (sim_disk_is_off()) /* the power went while it was being stopped */
        sim_disk_power_on(&s->random);
    s->cloud_down = false;
    sim_log(SIM_LOG_WORLD, "the cloud is up again");
    if (!sim_cloud_open(SIM_DATABASE))
        sim_fail(s, SIM_LOG_WORLD, "the cloud does not open its database any more");
    else
        sim_revision_look_everywhere(s);
}

static void go_down(sim *s, int64_t down_ms)
{
    sim_cloud_close();
    s->cloud_down = true;
    sim_plan(s, s->now_ms + down_ms, come_up, NULL, 0);
}

void sim_trouble_cloud_cut(sim *s, int64_t down_ms)
{
    sim_log(SIM_LOG_WORLD, "the cloud's power fails");
    s->figures.cloud_cuts++;
    sim_disk_cut(0);
    go_down(s, down_ms);
    sim_disk_power_on(&s->random);
}

static bool now(sim *s)
{
    sim_trouble_cloud_cut(s, sim_random_between(&s->random, 1000, 2 * SIM_HOUR));
    return true;
}

static bool in_a_write(sim *s)
{
    sim_disk_cut(1 + sim_random_below(&s->random, 60));
    return true;
}

static bool deploy(sim *s)
{
    sim_log(SIM_LOG_WORLD, "the cloud is stopped");
    go_down(s, sim_random_between(&s->random, 1000, 5 * SIM_MINUTE));
    return true;
}

static void disk_well(sim *s, void *subject, uint64_t argument)
{
    (void)s;
    (void)subject;
    (void)argument;
    sim_disk_refuse(SQLITE_OK);
}

static bool refuse(sim *s, int code)
{
    sim_log(SIM_LOG_WORLD, "the cloud's disk takes nothing");
    sim_disk_refuse(code);
    sim_plan(s, s->now_ms + sim_random_between(&s->random, 1000, 4 * SIM_HOUR), disk_well, NULL, 0);
    return true;
}

static bool disk_full(sim *s)
{
    return refuse(s, SQLITE_FULL);
}

static bool disk_ill(sim *s)
{
    return refuse(s, SQLITE_IOERR_WRITE);
}

static bool syncs_fail(sim *s)
{
    return refuse(s, SQLITE_IOERR_FSYNC);
}

static void give_back(sim *s, void *subject, uint64_t argument)
{
    sim_store *store = subject;
    (void)argument;
    if (!store->withdrawn)
        return;
    if (sim_cloud_withdraw_store(store->store_id, false, s->now_ms)) {
        store->withdrawn = false;
        sim_log(SIM_LOG_WORLD, "%s may be used again", store->name);
    } else {
        sim_plan(s, s->now_ms + SIM_HOUR, give_back, store, 0);
    }
}

static bool withdraw(sim *s)
{
    sim_store *store = &s->stores[sim_random_below(&s->random, (uint32_t)s->store_count)];
    if (store->withdrawn || !sim_cloud_withdraw_store(store->store_id, true, s->now_ms))
        return false;
    store->withdrawn = true;
    sim_log(SIM_LOG_WORLD, "access to %s is withdrawn", store->name);
    sim_plan(s, s->now_ms + sim_random_between(&s->random, SIM_HOUR, 10 * SIM_DAY), give_back, store, 0);
    return true;
}

static const struct {
    uint32_t weight;
    sim_row row;
    bool (*happen)(sim *s);
} troubles[] = {{2, ROW_CLOUD_POWER_CUT, now},     {6, ROW_CLOUD_CUT_IN_WRITE, in_a_write},
                {2, ROW_CLOUD_RESTART, deploy},    {1, ROW_CLOUD_DISK_FULL, disk_full},
                {1, ROW_CLOUD_DISK_ILL, disk_ill}, {1, ROW_CLOUD_SYNC_FAILS, syncs_fail},
                {2, ROW_STORE_WITHDRAWN, withdraw}};

static void trouble(sim *s, void *subject, uint64_t argument)
{
    size_t at = 0;
    uint32_t draw = sim_random_below(&s->random, 15); /* the sum of the weights */
    (void)subject;
    (void)argument;
    if (s->healing)
        return;
    sim_plan(s, s->now_ms + sim_random_between(&s->random, SIM_HOUR, 6 * SIM_DAY), trouble, NULL, 0);
    while (draw >= troubles[at].weight)
        draw -= troubles[at++].weight;
    if (s->cloud_down || !sim_may_happen(s, troubles[at].row))
        return;
    if (troubles[at].happen(s) && troubles[at].row != ROW_CLOUD_CUT_IN_WRITE)
        sim_happened(s, troubles[at].row);
}

void sim_trouble_cloud_start(sim *s)
{
    sim_plan(s, s->now_ms + SIM_DAY, trouble, NULL, 0);
}

void sim_trouble_cloud_end(sim *s)
{
    sim_disk_cut(0);
    if (!s->cloud_down)
        sim_cloud_close();
    sim_disk_power_on(&s->random);
    sim_disk_refuse(SQLITE_OK);
    s->cloud_down = true;
    come_up(s, NULL, 0);
    for (int i = 0; i < s->store_count; i++)
        give_back(s, &s->stores[i], 0);
}
