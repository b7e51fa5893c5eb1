/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_trouble.c - what goes wrong with a till: one table, an entry each. Those of its disk are in
 * sim_trouble_disk.c, those beyond every contract in sim_trouble_beyond.c, the cloud's in sim_trouble_cloud.c.
 */
#include "sim/sim_trouble.h"

#include <string.h>

/* ---- power and processes ---- */

static bool power_cut(sim *s, sim_till *t)
{
    sim_till_power_cut(s, t);
    return true;
}

static bool power_cut_in_a_write(sim *s, sim_till *t)
{
    (void)s;
    storage_memory_cut_at(t->disk, storage_memory_operations(t->disk) + 1 + sim_random_below(&t->random, 12));
    return true;
}

static bool process_dies(sim *s, sim_till *t)
{
    sim_till_stop(s, t);
    sim_till_start_at(s, t, s->now_ms + sim_random_between(&t->random, 500, 10 * SIM_MINUTE));
    return true;
}

static bool falls_asleep(sim *s, sim_till *t)
{
    (void)s;
    t->asleep = true; /* until the shop opens */
    return true;
}

/* ---- the network ---- */

static bool weather_turns(sim *s, sim_till *t, sim_weather weather)
{
    int64_t longest = sim_random_once_in(&t->random, 6) ? 6 * SIM_DAY : 8 * SIM_HOUR;
    t->weather = weather;
    t->weather_until_ms = s->now_ms + sim_random_between(&t->random, SIM_MINUTE, longest);
    sim_log(t->index, "network: %d until further notice", (int)t->weather);
    return true;
}

static bool goes_offline(sim *s, sim_till *t)
{
    return weather_turns(s, t, WEATHER_OFFLINE);
}

static bool meets_a_portal(sim *s, sim_till *t)
{
    return weather_turns(s, t, WEATHER_PORTAL);
}

static bool meets_a_small_proxy(sim *s, sim_till *t)
{
    return weather_turns(s, t, WEATHER_SMALL);
}

static bool network_gets_rough(sim *s, sim_till *t)
{
    return weather_turns(s, t, WEATHER_ROUGH);
}

static bool network_gets_slow(sim *s, sim_till *t)
{
    return weather_turns(s, t, WEATHER_SLOW);
}

static bool cloud_gets_busy(sim *s, sim_till *t)
{
    return weather_turns(s, t, WEATHER_BUSY);
}

static bool rights_revoked(sim *s, sim_till *t)
{
    if (t->joined < 0 || s->cloud_down)
        return false;
    if (!sim_cloud_revoke_tokens(s->companies[t->company].company_id, s->stores[t->joined].store_id, s->now_ms))
        return false;
    if (t->token_store == t->joined)
        memcpy(t->revoked, t->token, sizeof t->revoked);
    sim_log(SIM_LOG_WORLD, "all till tokens of %s are revoked", s->stores[t->joined].name);
    return true;
}

/* ---- the clock ---- */

static bool clock_moves(sim *s, sim_till *t, int64_t offset_ms)
{
    t->wall_offset_ms = s->now_ms + offset_ms < 0 ? -s->now_ms : offset_ms;
    sim_log(t->index, "the clock is wrong by %lld s", (long long)(t->wall_offset_ms / 1000));
    return true;
}

static bool clock_to_1970(sim *s, sim_till *t) /* the battery is empty */
{
    return clock_moves(s, t, sim_random_between(&t->random, 0, SIM_DAY) - s->now_ms);
}

static bool clock_to_2038(sim *s, sim_till *t) /* over the end of 32 bits */
{
    return clock_moves(s, t, INT64_C(2147483647000) - SIM_DAY - s->now_ms);
}

static int64_t draw_jump(sim_till *t)
{
    static const int64_t jumps[] = {SIM_SECOND, SIM_MINUTE, SIM_HOUR, SIM_DAY};
    return sim_random_below(&t->random, 3) ? jumps[sim_random_below(&t->random, 4)]
                                           : sim_random_between(&t->random, 1, 400) * SIM_DAY;
}

static bool clock_forward(sim *s, sim_till *t)
{
    return clock_moves(s, t, t->wall_offset_ms + draw_jump(t));
}

static bool clock_back(sim *s, sim_till *t)
{
    return clock_moves(s, t, t->wall_offset_ms - draw_jump(t));
}

static bool clock_set_right(sim *s, sim_till *t)
{
    return clock_moves(s, t, sim_random_between(&t->random, -2000, 2000));
}

/* ---- the table ---- */

static const struct {
    uint32_t weight;
    sim_row row;
    bool strikes_later; /* counted when it does */
    bool (*happen)(sim *s, sim_till *t);
} troubles[] = {
    {60, ROW_POWER_CUT, false, power_cut},
    {60, ROW_POWER_CUT_IN_WRITE, true, power_cut_in_a_write},
    {60, ROW_PROCESS_DIES, false, process_dies},
    {40, ROW_PUT_FAILS_SHOWN, true, trouble_puts_fail_shown},
    {40, ROW_PUT_FAILS_HIDDEN, true, trouble_puts_fail_hidden},
    {20, ROW_DISK_FULL, true, trouble_disk_full},
    {20, ROW_DISK_UNREADABLE, true, trouble_disk_unreadable},
    {20, ROW_DISK_SLOW, true, trouble_disk_slow},
    {15, ROW_HISTORY_BUSY, false, trouble_history_busy},
    {20, ROW_BIT_ROT, false, trouble_bit_rot},
    {24, ROW_OFFLINE, true, goes_offline},
    {24, ROW_PORTAL, true, meets_a_portal},
    {24, ROW_SMALL_PROXY, true, meets_a_small_proxy},
    {24, ROW_ROUGH, false, network_gets_rough},
    {24, ROW_SLOW, true, network_gets_slow},
    {24, ROW_BUSY, false, cloud_gets_busy},
    {8, ROW_CLOCK_1970, false, clock_to_1970},
    {8, ROW_CLOCK_2038, false, clock_to_2038},
    {16, ROW_CLOCK_FORWARD, false, clock_forward},
    {16, ROW_CLOCK_BACK, false, clock_back},
    {16, ROW_CLOCK_SET_RIGHT, false, clock_set_right},
    {10, ROW_SLEEP, false, falls_asleep},
    {12, ROW_TOKENS_REVOKED, false, rights_revoked},
    {12, ROW_BACKUP_MADE, false, trouble_take_backup},
    {5, ROW_BACKUP_RESTORED, false, trouble_restore_backup},
    {3, ROW_IMAGE_RESTORED, false, trouble_restore_image},
    {4, ROW_STORAGE_WIPED, false, trouble_storage_wiped},
    {2, ROW_TILL_REPLACED, false, trouble_till_replaced},
    {6, ROW_DISK_LIES, true, trouble_disk_lies},
    {2, ROW_HOST_RESET, false, trouble_host_reset},
    {1, ROW_DISK_CLONED, false, trouble_till_cloned},
};

#define TROUBLES (sizeof troubles / sizeof troubles[0])

static void trouble(sim *s, void *subject, uint64_t argument)
{
    sim_till *t = subject;
    uint32_t sum = 0;
    (void)argument;
    if (s->healing || t->scrapped)
        return;
    sim_plan(s, s->now_ms + sim_random_between(&t->random, SIM_MINUTE, 5 * SIM_DAY), trouble, t, 0);
    if (t->weather != WEATHER_GOOD && s->now_ms >= t->weather_until_ms)
        t->weather = WEATHER_GOOD;
    if (!t->core)
        return;
    for (size_t i = 0; i < TROUBLES; i++)
        sum += troubles[i].weight;
    uint32_t draw = sim_random_below(&t->random, sum);
    size_t at = 0;
    while (draw >= troubles[at].weight)
        draw -= troubles[at++].weight;
    if (!sim_may_happen(s, troubles[at].row))
        return;
    s->figures.troubles++;
    if (troubles[at].happen(s, t) && !troubles[at].strikes_later)
        sim_happened(s, troubles[at].row);
}

void sim_trouble_start(sim *s)
{
    if (s->options.calm)
        return;
    for (int i = 0; i < s->till_count; i++) {
        sim_till *t = s->tills[i];
        sim_plan(s, s->now_ms + sim_random_between(&t->random, SIM_HOUR, 5 * SIM_DAY), trouble, t, 0);
    }
    sim_trouble_cloud_start(s);
}

void sim_trouble_end(sim *s)
{
    sim_trouble_cloud_end(s);
    for (int i = 0; i < s->till_count; i++) {
        sim_till *t = s->tills[i];
        if (t->scrapped)
            continue;
        t->weather = WEATHER_GOOD;
        t->asleep = false;
        t->owner.away_until_ms = 0;
        *storage_memory_faults(t->disk) = (storage_memory_fault_plan){0};
        storage_memory_cut_at(t->disk, 0);
        t->disk_ill_until_ms = 0;
        t->put_row = -1;
        t->history_ill_until_ms = 0;
        t->slow_put_ms = t->slow_get_ms = 0;
        storage_memory_free(t->lie);
        t->lie = NULL;
        if (t->core)
            sim_till_tick_soon(s, t, 1);
        else
            sim_till_start_at(s, t, s->now_ms + 1);
    }
}
