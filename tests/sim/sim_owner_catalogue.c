/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_owner_catalogue.c - an owner at the page for configuration data (sim/sim_catalogue.h). */
#include "sim/sim.h"

#include "core/catalogue.h"

#define LOOK_MS (2 * SIM_SECOND)

static bool begin(sim *s, sim_till *t, sim_catalogue_wish wish)
{
    core_time now = sim_till_time(t);
    if (t->catalogue.wish != CATALOGUE_WISH_NONE)
        return false;
    bool begun = wish == CATALOGUE_WISH_DOWN ? core_catalogue_download(t->core, now)
                 : wish == CATALOGUE_WISH_UP ? core_catalogue_upload(t->core, now)
                                             : core_catalogue_undo(t->core, now);
    if (!begun)
        return false;
    t->catalogue.wish = wish;
    t->catalogue.next_look_ms = s->now_ms + LOOK_MS;
    sim_log(t->index, "configuration data: %s",
            wish == CATALOGUE_WISH_DOWN ? "download"
            : wish == CATALOGUE_WISH_UP ? "upload"
                                        : "undo");
    return true;
}

bool sim_catalogue_download(sim *s, sim_till *t)
{
    return begin(s, t, CATALOGUE_WISH_DOWN);
}

bool sim_catalogue_upload(sim *s, sim_till *t)
{
    core_catalogue_view view;
    core_get_catalogue(t->core, sim_till_time(t), &view);
    return view.may_upload && begin(s, t, CATALOGUE_WISH_UP);
}

bool sim_catalogue_is_idle(const sim_till *t)
{
    return t->catalogue.wish == CATALOGUE_WISH_NONE;
}

static void cancel(sim *s, sim_till *t)
{
    if (core_catalogue_cancel(t->core, sim_till_time(t)))
        sim_happened(s, ROW_CATALOGUE_CANCEL);
}

static void decide(sim *s, sim_till *t, const core_catalogue_view *view)
{
    bool replaces = t->catalogue.eager || sim_random_below(&t->random, 3);
    core_time now = sim_till_time(t);
    if (replaces ? core_catalogue_replace(t->core, now, view->cloud.revision) : core_catalogue_keep(t->core, now))
        sim_happened(s, replaces ? ROW_CATALOGUE_REPLACE : ROW_CATALOGUE_KEEP);
}

/* It is over. What the screen says is so? */
static void end(sim *s, sim_till *t, const core_catalogue_view *view)
{
    sim_catalogue *c = &t->catalogue;
    sim_log(t->index, "configuration data: outcome %d, failure %d", (int)view->outcome, (int)view->failure);
    c->wish = CATALOGUE_WISH_NONE;
    if (view->outcome == CATALOGUE_TAKEN)
        sim_happened(s, ROW_CATALOGUE_DOWNLOAD);
    if (view->outcome == CATALOGUE_UPLOADED)
        sim_happened(s, ROW_CATALOGUE_UPLOAD);
    if (view->outcome == CATALOGUE_UNDONE)
        sim_happened(s, ROW_CATALOGUE_UNDO);
    if (view->outcome == CATALOGUE_UNDONE && c->can_undo)
        sim_fail(s, t->index, "the screen says that it is undone, and it is not");
    if (view->outcome == CATALOGUE_TAKEN && c->tag[0] == 0)
        sim_fail(s, t->index, "the screen says that it is in place, and it is not");
    bool regrets = view->outcome == CATALOGUE_TAKEN && view->can_undo && !c->eager &&
                   sim_random_once_in(&t->random, 3) && sim_may_happen(s, ROW_CATALOGUE_UNDO);
    core_catalogue_dismiss(t->core);
    if (regrets)
        begin(s, t, CATALOGUE_WISH_UNDO);
}

static void look(sim *s, sim_till *t)
{
    core_catalogue_view view;
    core_time now = sim_till_time(t);
    bool patient = t->catalogue.eager || s->healing;
    core_get_catalogue(t->core, now, &view);
    switch (view.phase) {
    case CATALOGUE_IDLE:
        end(s, t, &view);
        break;
    case CATALOGUE_PREVIEW:
    case CATALOGUE_SECOND:
        if (patient || sim_random_below(&t->random, 6))
            core_catalogue_accept(t->core, now, view.preview->serial);
        else
            cancel(s, t);
        break;
    case CATALOGUE_DECIDING:
        decide(s, t, &view);
        break;
    default:
        if (!patient && sim_random_once_in(&t->random, 30) && sim_may_happen(s, ROW_CATALOGUE_CANCEL))
            cancel(s, t);
    }
}

void sim_catalogue_go_on(sim *s, sim_till *t)
{
    if (t->catalogue.wish == CATALOGUE_WISH_NONE || s->now_ms < t->catalogue.next_look_ms)
        return;
    t->catalogue.next_look_ms = s->now_ms + LOOK_MS;
    sim_till_measure(t);
    core_begin_call(t->core);
    look(s, t);
    sim_till_after(s, t, 1);
}
