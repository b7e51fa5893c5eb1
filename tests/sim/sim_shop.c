/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_shop.c - a shop's days: it opens, sells, closes once or thrice, or stays shut (sim/sim.h). */
#include "sim/sim.h"

#include <stdlib.h>
#include <string.h>

#define REPEAT_MS SIM_MINUTE

static int64_t hours(sim_till *t, int64_t from, int64_t to)
{
    return sim_random_between(&t->random, from * SIM_HOUR, to * SIM_HOUR);
}

/* ---- handing over ---- */

static bool hand_over_one(sim *s, sim_till *t, sim_close *z)
{
    const char *why = "";
    pos_report report;
    sim_books_fill(t, z, &report);
    sim_owner_look(s, t);
    if (!z->fixed && t->joined >= 0)
        z->stores |= 1u << t->joined;
    sim_till_measure(t);
    int32_t result = core_close_day(t->core, sim_till_time(t), &report, &why);
    if (result == POS_OK) {
        z->accepted = true;
        z->fixed = z->fixed || t->joined >= 0;
    }
    sim_log(t->index, "hands over Z %lld: %s", (long long)z->number, result == POS_OK ? "OK" : why);
    sim_till_after(s, t, 2);
    return result == POS_OK;
}

void sim_shop_hand_over(sim *s, sim_till *t)
{
    sim_shop *shop = &t->shop;
    shop->next_hand_over_ms = s->now_ms + REPEAT_MS;
    while (t->core && shop->to_hand_over < shop->count) {
        if (!hand_over_one(s, t, &shop->closes[shop->to_hand_over]))
            return;
        shop->to_hand_over++;
    }
}

/* ---- a day ---- */

/* What was sold until now; sometimes nothing. */
void sim_shop_sell(sim_till *t)
{
    if (!sim_random_once_in(&t->random, 6))
        t->shop.sold_minor += sim_random_between(&t->random, -500, 60000);
}

static void close_period(sim *s, void *subject, uint64_t argument)
{
    sim_till *t = subject;
    (void)argument;
    if (t->scrapped)
        return;
    if (!t->powered) { /* no light, no close: later */
        sim_plan(s, s->now_ms + 30 * SIM_MINUTE, close_period, t, 0);
        return;
    }
    if (t->asleep) {
        t->asleep = false;
        t->just_woken = true;
    }
    sim_shop_sell(t);
    sim_books_commit(s, t);
    if (sim_random_once_in(&t->random, 60) && !s->options.calm && sim_may_happen(s, ROW_DIES_BEFORE_HAND_OVER)) {
        sim_log(t->index, "the host dies between its commit and the hand-over");
        sim_happened(s, ROW_DIES_BEFORE_HAND_OVER);
        if (sim_random_below(&t->random, 2)) {
            sim_till_power_cut(s, t);
        } else {
            sim_till_stop(s, t);
            sim_till_start_at(s, t, s->now_ms + sim_random_between(&t->random, 5000, SIM_HOUR));
        }
        if (t->shop.careless)
            t->shop.to_hand_over = t->shop.count;
    } else if (sim_random_once_in(&t->random, 20) && sim_may_happen(s, ROW_HANDS_OVER_LATE)) {
        sim_happened(s, ROW_HANDS_OVER_LATE);
    } else {
        sim_shop_hand_over(s, t);
        if (t->core)
            sim_till_tick_soon(s, t, 50);
    }
}

static void go_home(sim *s, void *subject, uint64_t argument)
{
    sim_till *t = subject;
    (void)argument;
    t->shop.open = false;
    if (t->shop.night == NIGHT_ASLEEP)
        t->asleep = true;
    if (t->shop.night != NIGHT_OFF || !t->powered)
        return;
    sim_till_stop(s, t);
    t->powered = false;
}

static void open_shop(sim *s, void *subject, uint64_t argument)
{
    sim_till *t = subject;
    (void)argument;
    t->shop.open = true;
    t->shop.opened_ms = s->now_ms;
    if (t->asleep) {
        t->asleep = false;
        t->just_woken = true;
        sim_till_tick_soon(s, t, 100);
    }
    if (!t->core && t->shop.night == NIGHT_OFF && !t->powered)
        sim_till_start_at(s, t, s->now_ms);
}

static void begin_day(sim *s, void *subject, uint64_t argument)
{
    sim_till *t = subject;
    sim_shop *shop = &t->shop;
    int64_t midnight = sim_local_midnight(s->now_ms);
    (void)argument;
    if (t->scrapped || s->healing)
        return;
    sim_plan(s, sim_local_midnight(midnight + 26 * SIM_HOUR) + 5 * SIM_HOUR, begin_day, t, 0);
    if (sim_zone_minutes(midnight) != sim_zone_minutes(midnight + 26 * SIM_HOUR))
        sim_happened(s, ROW_SUMMER_TIME);
    if (sim_random_once_in(&t->random, 150))
        shop->holidays_until_ms = s->now_ms + sim_random_between(&t->random, 2, 20) * SIM_DAY;
    if (s->now_ms < shop->holidays_until_ms || sim_weekday(s->now_ms) == shop->shut_weekday)
        return;
    sim_plan(s, midnight + hours(t, 8, 10), open_shop, t, 0);
    int64_t last = midnight + hours(t, 20, 23);
    if (shop->closes_a_day > 1) {
        sim_plan(s, midnight + hours(t, 12, 13), close_period, t, 0);
        sim_plan(s, midnight + hours(t, 16, 17), close_period, t, 0);
    }
    sim_plan(s, last, close_period, t, 0);
    sim_plan(s, last + hours(t, 0, 1), go_home, t, 0);
}

/* ---- its beginning, its copies, its end ---- */

void sim_shop_start(sim *s, sim_till *t)
{
    static const sim_history histories[] = {HISTORY_ORIGINAL, HISTORY_ORIGINAL, HISTORY_NONE, HISTORY_REBUILT};
    static const sim_night nights[] = {NIGHT_ON, NIGHT_OFF, NIGHT_OFF, NIGHT_ASLEEP};
    t->shop = (sim_shop){.history = histories[sim_random_below(&t->random, 4)],
                         .night = nights[sim_random_below(&t->random, 4)],
                         .closes_a_day = sim_random_once_in(&t->random, 4) ? 3 : 1,
                         .shut_weekday = sim_random_below(&t->random, 8), /* 7: none */
                         .next_number = 1};
    t->shop.careless = t->shop.history == HISTORY_ORIGINAL && sim_random_once_in(&t->random, 3);
    sim_plan(s, sim_local_midnight(s->now_ms) + 5 * SIM_HOUR, begin_day, t, 0);
}

void sim_shop_forget_numbering(sim_till *t)
{
    t->shop.numbering_from = t->shop.count;
    t->shop.next_number = 1;
    t->shop.grand = 0;
    t->honest = false;
}

/* The closes until now stay the other's; both number on from there. */
void sim_shop_clone(sim *s, sim_till *to, const sim_till *from)
{
    to->shop = from->shop;
    to->shop.history = HISTORY_NONE; /* of a copy only what it closes itself is looked at */
    to->shop.careless = false;
    to->shop.closes = NULL;
    to->shop.count = to->shop.room = to->shop.numbering_from = to->shop.to_hand_over = 0;
    to->shop.open = false;
    sim_plan(s, sim_local_midnight(s->now_ms) + 29 * SIM_HOUR, begin_day, to, 0);
}

void sim_shop_free(sim_till *t)
{
    for (uint32_t i = 0; i < t->shop.count; i++)
        free(t->shop.closes[i].bytes);
    free(t->shop.closes);
}
