/* SPDX-License-Identifier: Apache-2.0 */
/* crash/days_owner.c - the owner at the screen: connecting, creating, adopting, leaving. */
#include "crash/days.h"

static void join(world *w)
{
    world_join(w, "sto_A");
}

/* ---- the first start ---- */

static void tell_first_start(world *w)
{
    bench *b = world_bench(w);
    world_start(w);
    world_run(w, 1000);
    core_begin_call(b->core);
    core_set_welcome_seen(b->core);
    world_run(w, 1000);
    world_shut(w, 1, "a", 0); /* before anybody has logged in */
    world_run(w, 1000);
}

static void tell_log_in(world *w)
{
    world_join(w, "sto_A");
    world_tell(w, TOLD_CONNECTED);
    world_rest(w);
}

static void prepare_closed(world *w)
{
    world_start(w);
    world_shut(w, 1, "a", 0);
    world_run(w, 2000);
}

static void resume_log_in(world *w)
{
    ck_assert_msg(!(w->told & TOLD_CONNECTED) || world_is_in(w, "sto_A"), "the owner was told, and it is not so");
    world_join(w, "sto_A");
    world_tell(w, TOLD_CONNECTED);
}

/* ---- a company and a store that are new ---- */

static bool create(world *w, const char *kind)
{
    bench *b = world_bench(w);
    static const protocol_company company = {.name = "Ruiz S.L.", .country = "ES", .currency = "EUR"};
    static const protocol_store store = {.name = "Centro", .time_zone = "Europe/Madrid"};
    core_begin_call(b->core);
    if (strcmp(kind, "com") == 0)
        ck_assert(core_create_company(b->core, b->now, &company));
    else
        ck_assert(core_create_store(b->core, b->now, "com_1", &store));
    return bench_wait_person(b) == PROGRESS_DONE;
}

static uint32_t count_created(world *w, const char *kind)
{
    const core_cloud *cloud = &world_bench(w)->cloud;
    uint32_t count = 0;
    for (uint32_t i = 0; i < cloud->created_count; i++)
        count += strncmp(cloud->created[i].id, kind, strlen(kind)) == 0;
    return count;
}

static void tell_creating(world *w)
{
    core_cloud *cloud = &world_bench(w)->cloud;
    ck_assert(create(w, "com"));
    cloud->person_fault = CLOUD_LOSE_ANSWER;
    cloud->person_times = 1;
    ck_assert(!create(w, "sto"));
    ck_assert(create(w, "sto"));
    world_rest(w);
}

/* Fills in the same form again, as often as no answer has come. */
static void resume_creating(world *w)
{
    world_bench(w)->cloud.person_fault = CLOUD_FINE;
    if (!(w->told & TOLD_COMPANY))
        ck_assert(create(w, "com"));
    if (!(w->told & TOLD_STORE))
        ck_assert(create(w, "sto"));
}

static void check_creating(world *w)
{
    ck_assert_uint_eq(count_created(w, "com"), 1);
    ck_assert_uint_eq(count_created(w, "sto"), 1);
}

/* ---- another machine ---- */

static void prepare_replaced(world *w)
{
    world_connect(w);
    world_trade(w, 1, 3);
    world_wipe(w);
    w->cuts = 0;
}

/* The host has its books; a day was closed that nobody knows of. */
static void tell_adoption(world *w)
{
    world_start(w);
    world_run(w, 1000);
    world_shut(w, 4, "a", 0);
    world_join(w, "sto_A");
    world_rest(w);
}

/* ---- leaving ---- */

static void leave(world *w)
{
    ck_assert_int_eq(bench_disconnect(world_bench(w)), PROGRESS_DONE);
    world_tell(w, TOLD_DISCONNECTED);
}

static void prepare_leaving(world *w)
{
    world_connect(w);
    world_trade(w, 1, 1);
}

/* One is bound to the store that is left, one is closed afterwards. */
static void tell_disconnect(world *w)
{
    core_cloud *cloud = &world_bench(w)->cloud;
    cloud->fault = CLOUD_UNREACHED;
    world_shut(w, 2, "a", 0);
    world_run(w, 1000);
    cloud->fault = CLOUD_FINE;
    leave(w);
    world_shut(w, 3, "a", 0);
    world_run(w, 5000);
}

static uint32_t count_valid_tokens(const world *w)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->s.b.cloud.token_count; i++)
        count += !w->s.b.cloud.tokens[i].revoked;
    return count;
}

static void resume_disconnect(world *w)
{
    bench *b = world_bench(w);
    if (w->told & TOLD_DISCONNECTED) {
        ck_assert_msg(storage_memory_record_count(b->disk, COLLECTION_SECRET) == 0, "a credential came back");
        ck_assert(!core_get_assignment(b->core).assigned && !core_get_account(b->core).logged_in);
        ck_assert_uint_eq(count_valid_tokens(w), 0);
    } else {
        leave(w);
        world_run(w, 2000);
    }
}

static void resume_and_move(world *w)
{
    resume_disconnect(w);
    w->told &= ~(uint32_t)TOLD_DISCONNECTED;
    world_join(w, "sto_B"); /* what has no store yet goes there */
    world_rest(w);
    world_join(w, "sto_A"); /* what is bound to it has waited */
}

crash_days days_of_the_owner(void)
{
    static const crash_day days[] = {
        {"first start", NULL, tell_first_start, join, NULL, false},
        {"log in", prepare_closed, tell_log_in, resume_log_in, NULL, false},
        {"new store", world_connect, tell_creating, resume_creating, check_creating, false},
        {"adoption", prepare_replaced, tell_adoption, join, NULL, false},
        {"disconnect", prepare_leaving, tell_disconnect, resume_and_move, NULL, false},
    };
    return (crash_days){days, sizeof days / sizeof *days};
}
