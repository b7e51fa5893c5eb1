/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_owner.c - what people want of the till's settings screen, and get in several steps: log in, choose company and
 * store, say which till this is, open a store, recover the password, disconnect. What they do in one step is in
 * sim_owner_acts.c.
 */
#include "sim/sim_owner.h"

#include <stdio.h>
#include <string.h>

#define TRY_AGAIN_MS    (2 * SIM_MINUTE)
#define TRIES_IN_A_ROW  5u
#define PASSWORDS_TRIED 8u

/* The steps of a wish. */
enum {
    STEP_BEGIN,
    STEP_LOGGING_IN,
    STEP_COMPANIES,
    STEP_STORES,
    STEP_ASSIGNING,
    STEP_LEAVING,
    STEP_OPENING_STORE,
    STEP_ASKING_CODE,
    STEP_CONFIRMING
};

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
    t->owner.passwords_back = wish == WISH_LOG_IN && !s->healing && sim_random_once_in(&t->random, 4);
}

/* ---- passwords ---- */

/* Of which a confirmation was lost nobody knows whether it is in force: the owner tries the newest, then those before. */
static void password_of(const sim *s, const sim_till *t, char out[48])
{
    uint32_t newest = s->companies[t->company].newest_password;
    uint32_t back = t->owner.passwords_back % PASSWORDS_TRIED;
    snprintf(out, 48, "%s %u", SIM_PASSWORD, back > newest ? 0 : newest - back);
}

static void log_in(sim *s, sim_till *t)
{
    char password[48];
    password_of(s, t, password);
    core_log_in(t->core, sim_till_time(t), s->companies[t->company].email, password);
    t->owner.step = STEP_LOGGING_IN;
}

/* The code from the mail, or one that is misread. */
static bool confirm(sim *s, sim_till *t)
{
    sim_company *c = &s->companies[t->company];
    char password[48], code[8] = "";
    bool of_recovery = false;
    if (!core_awaits_code(t->core, &of_recovery) || !of_recovery)
        return false;
    bool wrong = sim_random_once_in(&t->random, 4) && sim_may_happen(s, ROW_WRONG_CODE);
    if (wrong)
        memcpy(code, "314159", 7);
    else if (s->cloud_down || !sim_cloud_take_code(c->email, code))
        return false;
    t->owner.misread = wrong;
    snprintf(password, sizeof password, "%s %u", SIM_PASSWORD, ++c->newest_password);
    core_confirm(t->core, sim_till_time(t), code, password);
    t->owner.step = STEP_CONFIRMING;
    return true;
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
    char own[32];
    int length = snprintf(own, sizeof own, "Store %d.", t->company);
    for (uint32_t i = 0; i < list.count; i++) {
        if (strncmp(list.items[i].name, own, (size_t)length) != 0)
            sim_fail(s, t->index, "a stranger's store is in the list");
    }
}

/* ---- a store of one's own ---- */

static void ask_store(sim *s, sim_till *t)
{
    protocol_store store = {.time_zone = "Europe/Madrid"};
    memcpy(store.name, t->owner.store_name, strlen(t->owner.store_name));
    core_create_store(t->core, sim_till_time(t), s->companies[t->company].company_id, &store);
    t->owner.step = STEP_OPENING_STORE;
}

static void store_made(sim *s, sim_till *t)
{
    const protocol_store *made = core_created_store(t->core);
    t->owner.wish = WISH_NONE;
    if (!made || s->store_count == SIM_STORES_MAX)
        return;
    sim_store *store = &s->stores[s->store_count];
    *store = (sim_store){.company = t->company};
    snprintf(store->name, sizeof store->name, "%s", t->owner.store_name);
    snprintf(store->store_id, sizeof store->store_id, "%s", made->store_id);
    sim_happened(s, ROW_NEW_STORE);
    sim_log(t->index, "%s is opened: %s", store->name, store->store_id);
    sim_owner_wish(s, t, WISH_JOIN, s->store_count++);
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
    } else if (o->wish == WISH_RECOVER) {
        core_recover(t->core, now, s->companies[t->company].email, "es");
        o->step = STEP_ASKING_CODE;
    } else if (core_get_account(t->core).logged_in && o->wish == WISH_JOIN) {
        core_list_companies(t->core, now, NULL, 0);
        o->step = STEP_COMPANIES;
    } else if (core_get_account(t->core).logged_in && o->wish == WISH_OPEN_STORE) {
        ask_store(s, t);
    } else {
        log_in(s, t);
    }
}

static void step_done(sim *s, sim_till *t)
{
    sim_owner *o = &t->owner;
    core_time now = sim_till_time(t);
    switch (o->step) {
    case STEP_LOGGING_IN:
        o->passwords_back = 0;
        if (o->wish == WISH_LOG_IN) {
            sim_happened(s, o->again ? ROW_LOG_IN_AGAIN : ROW_LOG_IN);
            fulfil(t);
        } else if (o->wish == WISH_OPEN_STORE) {
            ask_store(s, t);
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
    case STEP_OPENING_STORE:
        store_made(s, t);
        break;
    case STEP_ASKING_CODE:
        if (!confirm(s, t))
            later(s, t);
        break;
    case STEP_CONFIRMING:
        sim_happened(s, ROW_RECOVER);
        fulfil(t);
        break;
    default:
        t->left = true;
        if (storage_memory_record_count(t->disk, 6 | POS_COLLECTION_SECRET) > 0)
            sim_fail(s, t->index, "disconnected, and still there are secrets in its storage");
        sim_happened(s, ROW_LEAVE);
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
    if (o->step == STEP_LOGGING_IN && p->verdict.cause == CAUSE_LOGIN_FAILED) {
        o->passwords_back++;
        sim_happened(s, ROW_OLD_PASSWORD);
    }
    if (o->step == STEP_CONFIRMING && o->misread && p->verdict.cause == CAUSE_CODE_WRONG) {
        sim_happened(s, ROW_WRONG_CODE);
        if (confirm(s, t))
            return;
    }
    later(s, t);
}

/* Somebody has no patience, and leaves the page. */
static bool breaks_off(sim *s, sim_till *t)
{
    if (s->healing || s->options.calm || !sim_random_once_in(&t->random, 150) || !sim_may_happen(s, ROW_BREAK_OFF))
        return false;
    sim_happened(s, ROW_BREAK_OFF);
    sim_till_measure(t);
    core_begin_call(t->core);
    core_person_forget(t->core);
    sim_till_after(s, t, 1);
    if (t->core && core_get_person(t->core)->progress != PROGRESS_RUNNING)
        later(s, t);
    return true;
}

void sim_owner_go_on(sim *s, sim_till *t)
{
    sim_owner *o = &t->owner;
    const core_person *p = core_get_person(t->core);
    if (o->wish == WISH_NONE || s->now_ms < o->next_try_ms)
        return;
    if (p->progress == PROGRESS_RUNNING && (o->boot != t->boot || !breaks_off(s, t)))
        return;
    if (p->progress == PROGRESS_RUNNING || !t->core || s->now_ms < o->next_try_ms)
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

/* A look at the status bar: does it need somebody? */
static void visit(sim *s, void *subject, uint64_t argument)
{
    sim_till *t = subject;
    (void)argument;
    if (t->scrapped || s->healing)
        return;
    sim_plan(s, s->now_ms + sim_random_between(&t->random, SIM_HOUR, 4 * SIM_DAY), visit, t, 0);
    if (!t->core || t->asleep || t->owner.wish != WISH_NONE || s->now_ms < t->owner.away_until_ms)
        return;
    core_queue q = core_get_queue(t->core, sim_till_time(t));
    sim_owner_look(s, t);
    t->owner.again = core_get_account(t->core).session_ended;
    if (t->joined < 0 || q.hold == HOLD_LOG_IN)
        sim_owner_wish(s, t, WISH_JOIN, t->joined >= 0 ? t->joined : t->last_store);
    else if (q.hold == HOLD_STORE_REFUSED)
        core_retry_now(t->core, sim_till_time(t));
    else if (t->owner.again && sim_random_below(&t->random, 2))
        sim_owner_wish(s, t, WISH_LOG_IN, -1);
    else if (!s->options.calm)
        sim_owner_act(s, t);
}

void sim_owner_start(sim *s, sim_till *t)
{
    t->owner.wish = WISH_NONE;
    t->last_store = t->home;
    if (sim_random_once_in(&t->random, 5) && !s->options.calm) /* closes pile up before the first store is chosen */
        t->owner.away_until_ms = s->now_ms + sim_random_between(&t->random, 0, 20) * SIM_DAY;
    sim_plan(s, s->now_ms + sim_random_between(&t->random, SIM_MINUTE, 4 * SIM_HOUR), visit, t, 0);
}
