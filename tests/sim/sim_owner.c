/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_owner.c - what people do on the till's settings screen: a wish that takes several steps (log in, choose
 * company and store, say which till this is), and a table of small actions.
 */
#include "sim/sim_build.h"

#include <string.h>

#define TRY_AGAIN_MS   (2 * SIM_MINUTE)
#define TRIES_IN_A_ROW 5u

/* The steps of a wish. */
enum { STEP_BEGIN, STEP_LOGGING_IN, STEP_COMPANIES, STEP_STORES, STEP_ASSIGNING, STEP_LEAVING };

void sim_owner_look(sim *s, sim_till *t)
{
    core_assignment view = core_get_assignment(t->core);
    int store = -1;
    for (int i = 0; i < s->store_count && view.assigned; i++) {
        if (strcmp(s->stores[i].store_id, view.store_id) == 0)
            store = i;
    }
    if (view.assigned && (store < 0 || s->stores[store].company != t->company))
        sim_fail(s, t->index, "assigned to a store of another company");
    sim_till_joined(s, t, store);
}

void sim_owner_wish(sim *s, sim_till *t, sim_wish wish, int store)
{
    if (t->scrapped)
        return;
    t->owner.wish = wish;
    t->owner.step = STEP_BEGIN;
    t->owner.store = store;
    t->owner.next_try_ms = s->now_ms;
    t->owner.tries = 0;
    t->owner.claim = CLAIM_FIRST;
}

/* ---- steps ---- */

static void later(sim *s, sim_till *t)
{
    t->owner.step = STEP_BEGIN;
    t->owner.claim = CLAIM_FIRST;
    t->owner.next_try_ms = s->now_ms + (++t->owner.tries % TRIES_IN_A_ROW ? TRY_AGAIN_MS : SIM_HOUR);
}

static void fulfil(sim_till *t)
{
    t->owner.wish = WISH_NONE;
    t->owner.step = STEP_BEGIN;
}

static void ask_assignment(sim *s, sim_till *t)
{
    sim_owner *o = &t->owner;
    const sim_store *at = &s->stores[o->store];
    const sim_company *of = &s->companies[at->company];
    protocol_company company = {.country = "ES", .currency = "EUR"};
    protocol_store store = {.time_zone = "Europe/Madrid", .currency = "EUR"};
    const char *known_id = NULL;
    memcpy(company.company_id, of->company_id, strlen(of->company_id));
    memcpy(company.name, of->name, strlen(of->name));
    memcpy(store.company_id, of->company_id, strlen(of->company_id));
    memcpy(store.store_id, at->store_id, strlen(at->store_id));
    memcpy(store.name, at->name, strlen(at->name));
    core_known known = core_known_tills(t->core);
    /* The question which till this is: the owner knows it by the name of its counter. */
    if (o->claim != CLAIM_FIRST) {
        o->claim = CLAIM_ANOTHER;
        for (uint32_t i = 0; i < known.count; i++) {
            if (strcmp(known.items[i].device_name, t->counter) != 0)
                continue;
            o->claim = CLAIM_SAME;
            known_id = known.items[i].till_id;
            break;
        }
        sim_log(t->index, "the owner says: %s", o->claim == CLAIM_SAME ? "the same till" : "another till");
    }
    core_assign(t->core, sim_till_time(t), &company, &store, o->claim, known_id);
    o->step = STEP_ASSIGNING;
}

/* Only what is one's own is in the lists. */
static void check_companies(sim *s, sim_till *t)
{
    core_companies list = core_get_companies(t->core);
    if (list.count != 1 || strcmp(list.items[0].company_id, s->companies[t->company].company_id) != 0)
        sim_fail(s, t->index, "an owner of one company sees %u, or a stranger's", list.count);
}

static void check_stores(sim *s, sim_till *t)
{
    core_stores list = core_get_stores(t->core);
    uint32_t own = 0;
    for (int i = 0; i < s->store_count; i++) {
        for (uint32_t k = 0; k < list.count && s->stores[i].company == t->company; k++)
            own += strcmp(s->stores[i].store_id, list.items[k].store_id) == 0;
    }
    if (own != list.count)
        sim_fail(s, t->index, "a stranger's store is in the list");
}

static void begin(sim *s, sim_till *t)
{
    sim_owner *o = &t->owner;
    core_time now = sim_till_time(t);
    o->claim = CLAIM_FIRST;
    t->left = t->left && o->wish == WISH_LEAVE;
    if (o->wish == WISH_LEAVE) {
        core_disconnect(t->core, now);
        o->step = STEP_LEAVING;
    } else if (core_get_account(t->core).logged_in && o->wish == WISH_JOIN) {
        core_list_companies(t->core, now, NULL, 0);
        o->step = STEP_COMPANIES;
    } else {
        core_log_in(t->core, now, s->companies[t->company].email, SIM_PASSWORD);
        o->step = STEP_LOGGING_IN;
    }
}

static void step_done(sim *s, sim_till *t)
{
    sim_owner *o = &t->owner;
    core_time now = sim_till_time(t);
    switch (o->step) {
    case STEP_LOGGING_IN:
        if (o->wish == WISH_LOG_IN) {
            fulfil(t);
        } else {
            core_list_companies(t->core, now, NULL, 0);
            o->step = STEP_COMPANIES;
        }
        break;
    case STEP_COMPANIES:
        check_companies(s, t);
        core_list_stores(t->core, now, s->companies[t->company].company_id, NULL, 0);
        o->step = STEP_STORES;
        break;
    case STEP_STORES:
        check_stores(s, t);
        ask_assignment(s, t);
        break;
    case STEP_ASSIGNING:
        t->fresh = false;
        t->last_store = o->store;
        fulfil(t);
        break;
    default:
        t->left = true;
        if (storage_memory_record_count(t->disk, 6 | POS_COLLECTION_SECRET) > 0)
            sim_fail(s, t->index, "disconnected, and still there are secrets in its storage");
        fulfil(t);
    }
    if (t->core && o->wish == WISH_NONE)
        sim_owner_look(s, t);
}

static void step_failed(sim *s, sim_till *t, const core_person *p)
{
    sim_owner *o = &t->owner;
    sim_log(t->index, "the owner's request %d fails: cause %d, status %d", (int)p->request, (int)p->verdict.cause,
            (int)p->verdict.status);
    if (o->step == STEP_ASSIGNING && p->verdict.cause == CAUSE_REGISTER_KNOWN && o->claim == CLAIM_FIRST) {
        o->claim = CLAIM_SAME; /* or another: looked up when it is asked */
        ask_assignment(s, t);
        return;
    }
    later(s, t);
}

void sim_owner_go_on(sim *s, sim_till *t)
{
    sim_owner *o = &t->owner;
    const core_person *p = core_get_person(t->core);
    if (o->wish == WISH_NONE || s->now_ms < o->next_try_ms || p->progress == PROGRESS_RUNNING)
        return;
    sim_till_measure(t);
    core_begin_call(t->core);
    if (o->step == STEP_BEGIN || o->boot != t->boot) {
        o->boot = t->boot;
        begin(s, t);
    } else if (p->progress == PROGRESS_DONE) {
        step_done(s, t);
    } else if (p->progress == PROGRESS_FAILED) {
        step_failed(s, t, p);
    } else {
        later(s, t);
    }
    sim_till_after(s, t, 1);
}

/* ---- now and then ---- */

static void act_move(sim *s, sim_till *t)
{
    int store = (int)sim_random_below(&s->random, (uint32_t)s->store_count);
    if (t->fresh || t->joined < 0 || s->stores[store].company != t->company)
        return;
    sim_log(t->index, "the owner moves it to %s", s->stores[store].name);
    sim_owner_wish(s, t, WISH_JOIN, store);
}

static void act_leave(sim *s, sim_till *t)
{
    if (t->joined < 0)
        return;
    t->owner.away_until_ms = s->now_ms + sim_random_between(&s->random, SIM_HOUR, 9 * SIM_DAY);
    sim_log(t->index, "the owner disconnects it");
    sim_owner_wish(s, t, WISH_LEAVE, -1);
}

static void act_log_in(sim *s, sim_till *t)
{
    sim_owner_wish(s, t, WISH_LOG_IN, -1);
}

static void act_switch_x(sim *s, sim_till *t)
{
    bool on = sim_random_below(&s->random, 3) == 0;
    bool done = core_set_x_enabled(t->core, sim_till_time(t), on);
    sim_log(t->index, "X reports %s: %s", on ? "on" : "off", done ? "done" : "not stored");
}

static void act_retry(sim *s, sim_till *t)
{
    (void)s;
    core_retry_now(t->core, sim_till_time(t));
}

static void act_browse(sim *s, sim_till *t)
{
    core_row rows[20];
    uint32_t total = 0;
    core_list_queue(t->core, sim_till_time(t), sim_random_below(&s->random, 30), 20, rows, &total);
}

static void act_diagnose(sim *s, sim_till *t)
{
    (void)s;
    core_diagnose(t->core, sim_till_time(t));
}

static const struct {
    uint32_t weight;
    void (*act)(sim *s, sim_till *t);
} actions[] = {{4, act_move},  {2, act_leave},  {2, act_log_in},  {8, act_switch_x},
               {8, act_retry}, {8, act_browse}, {2, act_diagnose}};

#define ACTIONS (sizeof actions / sizeof actions[0])

static void act(sim *s, sim_till *t)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < ACTIONS; i++)
        sum += actions[i].weight;
    uint32_t draw = sim_random_below(&s->random, sum);
    size_t at = 0;
    while (draw >= actions[at].weight)
        draw -= actions[at++].weight;
    sim_till_measure(t);
    core_begin_call(t->core);
    actions[at].act(s, t);
    sim_till_after(s, t, 1);
}

/* A look at the status bar: does it need somebody? */
static void visit(sim *s, void *subject, uint64_t argument)
{
    sim_till *t = subject;
    (void)argument;
    if (t->scrapped || s->healing)
        return;
    sim_plan(s, s->now_ms + sim_random_between(&s->random, SIM_HOUR, 4 * SIM_DAY), visit, t, 0);
    if (!t->core || t->asleep || t->owner.wish != WISH_NONE || s->now_ms < t->owner.away_until_ms)
        return;
    core_queue q = core_get_queue(t->core, sim_till_time(t));
    sim_owner_look(s, t);
    if (t->joined < 0 || q.hold == HOLD_LOG_IN)
        sim_owner_wish(s, t, WISH_JOIN, t->joined >= 0 ? t->joined : t->last_store);
    else if (q.hold == HOLD_STORE_REFUSED)
        core_retry_now(t->core, sim_till_time(t));
    else if (!s->options.calm)
        act(s, t);
}

void sim_owner_start(sim *s, sim_till *t)
{
    t->owner.wish = WISH_NONE;
    t->last_store = t->home;
    if (sim_random_once_in(&s->random, 5) && !s->options.calm) /* closes pile up before the first store is chosen */
        t->owner.away_until_ms = s->now_ms + sim_random_between(&s->random, 0, 20) * SIM_DAY;
    sim_plan(s, s->now_ms + sim_random_between(&s->random, SIM_MINUTE, 4 * SIM_HOUR), visit, t, 0);
}
