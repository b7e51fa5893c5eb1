/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_owner_acts.c - what owners do now and then, at a till or in head office: one table, an entry each. */
#include "sim/sim_owner.h"

#include "core/resend.h"

#include <stdio.h>

/* ---- what takes several steps ---- */

static bool act_move(sim *s, sim_till *t)
{
    int store = (int)sim_random_below(&t->random, (uint32_t)s->store_count);
    if (t->fresh || t->joined < 0 || store == t->joined || s->stores[store].company != t->company)
        return false;
    sim_log(t->index, "the owner moves it to %s", s->stores[store].name);
    sim_owner_wish(s, t, WISH_JOIN, store);
    return true;
}

static bool act_leave(sim *s, sim_till *t)
{
    if (t->joined < 0)
        return false;
    t->owner.away_until_ms = s->now_ms + sim_random_between(&t->random, SIM_HOUR, 9 * SIM_DAY);
    sim_log(t->index, "the owner disconnects it");
    sim_owner_wish(s, t, WISH_LEAVE, -1);
    return true;
}

static bool act_log_in(sim *s, sim_till *t)
{
    t->owner.again = core_get_account(t->core).session_ended;
    sim_owner_wish(s, t, WISH_LOG_IN, -1);
    return true;
}

static bool act_recover(sim *s, sim_till *t)
{
    sim_log(t->index, "the owner has forgotten the password");
    sim_owner_wish(s, t, WISH_RECOVER, -1);
    return true;
}

static bool act_open_store(sim *s, sim_till *t)
{
    if (s->store_count >= SIM_STORES_MAX - 4 || t->fresh)
        return false;
    sim_owner_wish(s, t, WISH_OPEN_STORE, -1);
    snprintf(t->owner.store_name, sizeof t->owner.store_name, "Store %d.by %d.%u", t->company, t->index,
             t->owner.stores_opened++);
    sim_log(t->index, "the owner opens %s", t->owner.store_name);
    return true;
}

/* ---- at the till ---- */

static bool switch_x(sim_till *t, bool on)
{
    t->shop.x_at_ms = 0;
    bool done = core_set_x_enabled(t->core, sim_till_time(t), on);
    sim_log(t->index, "X reports %s: %s", on ? "on" : "off", done ? "done" : "not stored");
    return done;
}

static bool act_x_on(sim *s, sim_till *t)
{
    (void)s;
    return !core_get_x(t->core, sim_till_time(t)).enabled && switch_x(t, true);
}

static bool act_x_off(sim *s, sim_till *t)
{
    (void)s;
    return core_get_x(t->core, sim_till_time(t)).enabled && switch_x(t, false);
}

static bool act_retry(sim *s, sim_till *t)
{
    (void)s;
    core_retry_now(t->core, sim_till_time(t));
    return true;
}

static bool act_browse(sim *s, sim_till *t)
{
    core_row rows[20];
    uint32_t total = 0;
    (void)s;
    core_list_queue(t->core, sim_till_time(t), sim_random_below(&t->random, 30), 20, rows, &total);
    return true;
}

static bool act_diagnose(sim *s, sim_till *t)
{
    (void)s;
    return core_diagnose(t->core, sim_till_time(t));
}

static bool act_resend(sim *s, sim_till *t)
{
    (void)s;
    bool started = core_resend_can_start(t->core) && core_resend_start(t->core, sim_till_time(t));
    if (started)
        sim_log(t->index, "the owner has everything resent");
    return started;
}

static bool act_cancel_resend(sim *s, sim_till *t)
{
    (void)s;
    if (!core_resend_is_running(t->core) && !act_resend(s, t))
        return false;
    core_resend_cancel(t->core, sim_till_time(t));
    sim_log(t->index, "the owner cancels the resend");
    return true;
}

/* ---- configuration data ---- */

static bool act_download(sim *s, sim_till *t)
{
    return sim_catalogue_download(s, t);
}

static bool act_upload(sim *s, sim_till *t)
{
    return sim_catalogue_upload(s, t);
}

static bool act_edit(sim *s, sim_till *t)
{
    return sim_catalogue_edit(s, t);
}

static bool act_licence(sim *s, sim_till *t)
{
    (void)s;
    t->catalogue.licence_on = !t->catalogue.licence_on;
    t->catalogue.grants += t->catalogue.licence_on;
    return true;
}

/* ---- head office ---- */

static bool act_price(sim *s, sim_till *t)
{
    if (t->joined < 0 || s->cloud_down)
        return false;
    bool done = sim_cloud_edit_price(s->stores[t->joined].store_id, sim_random_next(&t->random), s->now_ms);
    sim_revision_look(s, t->joined, done ? -1 : -2);
    return done;
}

static bool decide(sim *s, sim_till *t, bool all)
{
    sim_side sides[SIM_SIDES_MAX];
    bool sure = false;
    uint32_t count = s->cloud_down ? 0
                                   : sim_cloud_decide_conflict(s->companies[t->company].company_id, all,
                                                               sim_random_next(&t->random), s->now_ms, sides, &sure);
    for (uint32_t i = 0; i < count; i++)
        sim_check_note_decision(s, &sides[i], sure);
    if (count > 0)
        sim_log(SIM_LOG_WORLD, "head office decides on %u reports of %s", count, s->companies[t->company].name);
    return count > 0 && sure;
}

static bool act_decide_one(sim *s, sim_till *t)
{
    return decide(s, t, false);
}

static bool act_decide_all(sim *s, sim_till *t)
{
    return decide(s, t, true);
}

/* ---- the table ---- */

static const struct {
    uint32_t weight;
    sim_row row;
    bool takes_steps; /* counted when it is done */
    bool (*act)(sim *s, sim_till *t);
} acts[] = {
    {6, ROW_MOVE, false, act_move},
    {2, ROW_LEAVE, true, act_leave},
    {2, ROW_LOG_IN, true, act_log_in},
    {2, ROW_RECOVER, true, act_recover},
    {1, ROW_NEW_STORE, true, act_open_store},
    {3, ROW_X_ON, false, act_x_on},
    {6, ROW_X_OFF, false, act_x_off},
    {8, ROW_RETRY, false, act_retry},
    {6, ROW_BROWSE, false, act_browse},
    {2, ROW_DIAGNOSE, false, act_diagnose},
    {3, ROW_RESEND, false, act_resend},
    {1, ROW_RESEND_CANCEL, false, act_cancel_resend},
    {3, ROW_DECIDE_ONE, false, act_decide_one},
    {1, ROW_DECIDE_ALL, false, act_decide_all},
    {8, ROW_CATALOGUE_DOWNLOAD, true, act_download},
    {8, ROW_CATALOGUE_UPLOAD, true, act_upload},
    {3, ROW_CATALOGUE_EDIT, false, act_edit},
    {4, ROW_PRICE_EDIT, false, act_price},
    {2, ROW_LICENCE, false, act_licence},
};

#define ACTS (sizeof acts / sizeof acts[0])

void sim_owner_act(sim *s, sim_till *t)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < ACTS; i++)
        sum += acts[i].weight;
    uint32_t draw = sim_random_below(&t->random, sum);
    size_t at = 0;
    while (draw >= acts[at].weight)
        draw -= acts[at++].weight;
    if (!sim_may_happen(s, acts[at].row))
        return;
    sim_till_measure(t);
    core_begin_call(t->core);
    if (acts[at].act(s, t) && !acts[at].takes_steps)
        sim_happened(s, acts[at].row);
    sim_till_after(s, t, 1);
}
