/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_heal.c - the end of a world: everything that was wrong is mended, owners do what the screen asks of them, and
 * all must be where it belongs. Then once more after everything was resent and the cloud's configuration data taken:
 * nothing may have become more or less by that.
 */
#include "sim/sim.h"

#include "core/resend.h"

#include <string.h>

#define HEAL_LONGEST (10 * SIM_DAY)

static bool has_come_to_rest(const sim *s)
{
    for (int i = 0; i < s->till_count; i++) {
        const sim_till *t = s->tills[i];
        if (t->scrapped)
            continue;
        if (!t->core || t->owner.wish != WISH_NONE || !sim_catalogue_is_idle(t))
            return false;
        core_queue q = core_get_queue(t->core, sim_till_time(t));
        if (q.pending > 0 || q.catching_up || core_resend_is_running(t->core))
            return false;
    }
    return true;
}

static void run_to_rest(sim *s)
{
    int64_t end = s->now_ms + HEAL_LONGEST;
    while (!s->failed && s->now_ms < end && !has_come_to_rest(s))
        sim_run_until(s, s->now_ms + 3 * SIM_HOUR);
}

/* The owners of all tills go through every store in which something may wait, and home again. */
static void visit_all_stores(sim *s)
{
    for (int store = 0; store < s->store_count && !s->failed; store++) {
        bool any = false;
        for (int i = 0; i < s->till_count; i++) {
            sim_till *t = s->tills[i];
            bool first = t->stores_used == 0 && t->last_store == store; /* its owner never came */
            if (t->scrapped || !(first || t->stores_used >> store & 1))
                continue;
            sim_owner_wish(s, t, WISH_JOIN, store);
            any = true;
        }
        if (any)
            sim_run_until(s, s->now_ms + 3 * SIM_HOUR);
    }
}

static void resend_and_download(sim *s)
{
    for (int i = 0; i < s->till_count && !s->failed; i++) {
        sim_till *t = s->tills[i];
        if (t->scrapped || !t->core)
            continue;
        t->catalogue.eager = true;
        sim_till_measure(t);
        core_begin_call(t->core);
        core_resend_start(t->core, sim_till_time(t));
        sim_till_after(s, t, 1);
        sim_till_measure(t);
        core_begin_call(t->core);
        sim_catalogue_download(s, t);
        sim_till_after(s, t, 1);
        if (t->core)
            sim_till_tick_soon(s, t, 1);
    }
}

/* What the till has now is what the cloud has for its store. */
static void compare_catalogues(sim *s)
{
    for (int i = 0; i < s->till_count && !s->failed; i++) {
        const sim_till *t = s->tills[i];
        const sim_revision *newest = t->joined >= 0 ? sim_revision_newest(s, t->joined) : NULL;
        sim_hash own = sim_catalogue_hash(&t->catalogue.local);
        if (!t->scrapped && newest && memcmp(&own, &newest->hash, sizeof own) != 0)
            sim_fail(s, i, "in the end its configuration data is not revision %lld of %s", (long long)newest->revision,
                     s->stores[t->joined].name);
    }
}

void sim_heal(sim *s)
{
    if (s->failed)
        return;
    s->healing = true;
    sim_trouble_end(s);
    sim_run_until(s, s->now_ms + SIM_DAY);
    visit_all_stores(s);
    run_to_rest(s);
    if (s->options.tamper && !sim_cloud_execute(s->options.tamper))
        sim_fail(s, SIM_LOG_WORLD, "tampering fails");
    if (!s->failed)
        sim_check_end(s);
    if (s->failed || s->options.calm)
        return;
    sim_log(SIM_LOG_WORLD, "everything is resent, and the cloud's configuration data taken");
    resend_and_download(s);
    run_to_rest(s);
    sim_revision_look_everywhere(s);
    compare_catalogues(s);
    if (!s->failed)
        sim_check_end(s);
}
