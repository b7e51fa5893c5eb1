/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crash/world.h - all that a power cut at a till leaves behind: its disk, the host's books and catalogue, the cloud,
 * and what the owner was told. A till runs in it on virtual time (support/catalogue_bench.h); crash/points.c looks on
 * at every call that crosses the border of the core, and makes a second world of what a cut there would leave.
 */
#ifndef CRASH_WORLD_H
#define CRASH_WORLD_H

#include "support/catalogue_bench.h"

#define WORLD_CLOSES_MAX 16u
#define WORLD_TRAIL      400u

typedef struct crash_points crash_points;
typedef struct world world;

/* A canonical day. Of each, all that is not given means: nothing of the kind. */
typedef struct crash_day {
    const char *name;
    void (*prepare)(world *w); /* how it comes to that day: nobody cuts here */
    void (*tell)(world *w);    /* the day itself */
    void (*resume)(world *w);  /* after a start: what the owner does who has not seen it done */
    void (*check)(world *w);   /* at the end, besides what always holds (crash/verdict.c) */
    bool cloud_forgets;        /* reports that had their receipt are gone from the cloud */
} crash_day;

/* What the owner has seen on the screen, which no power cut takes back. */
enum { TOLD_DISCONNECTED = 1, TOLD_RESENT = 2, TOLD_COMPANY = 4, TOLD_STORE = 8, TOLD_CONNECTED = 16 };

struct world {
    shop s; /* first, and the bench is its first: the storage's context */
    const crash_day *day;
    crash_points *points; /* NULL: nobody looks on */
    uint32_t cuts;        /* that it has been through */
    uint64_t changes;     /* moves with everything that outlives the process */
    uint64_t looked_at;   /* crash/points.c: the last change whose worlds it has made */
    bool host_repeats;    /* after a start it hands over what had no OK; else the history alone has to do */
    uint32_t told;
    const char *stores[WORLD_CLOSES_MAX]; /* where each close has to be; NULL: wherever it went */
    uint32_t epochs[WORLD_CLOSES_MAX];
    int64_t rejected_number; /* of epoch 0; 0: none */
    int64_t conflict_number; /* likewise: the cloud had another of that number before */
    lines old, new;          /* of the configuration data */
    char trail[WORLD_TRAIL]; /* how it came to this: the cuts */
};

static inline bench *world_bench(world *w)
{
    return &w->s.b;
}

/* Before the first start of the till. */
void world_open(world *w, const crash_day *day);
void world_close(world *w);

/* What survives of `from` on a disk that a crash may have left; takes the disk. */
void world_survive(world *left, const world *from, storage_memory *disk, bool staged);

/* Power up: another boot, the day after. Stops the check when the plugin does not start. */
void world_start(world *w);
void world_stop(world *w);

/* The randomness of the plugin that runs now: saved around a world within a world. */
uint64_t world_swap_seed(uint64_t seed);

/* ---- what a host and an owner do ---- */

void world_shut(world *w, int64_t number, const char *salt, uint32_t epoch); /* closes a day, and hands it over */
void world_hand_over(world *w);                                              /* what has had no OK */
void world_run(world *w, int64_t ms);
void world_rest(world *w);                     /* until there is nothing more to do; at most two hours */
bool world_is_in(world *w, const char *store); /* assigned, and with a permission */
/* Logs in and assigns, as the same till where the store knows it. */
void world_join(world *w, const char *store);
void world_connect(world *w);                         /* a till in store A that has come to rest */
void world_trade(world *w, int64_t from, int64_t to); /* closes that are delivered */
void world_tell(world *w, uint32_t told);             /* the owner sees it */
void world_wipe(world *w);                            /* the plugin's storage is gone */

/* ---- crash/hooks.c ---- */

void hooks_on(world *w);     /* the storage's, the history's and the catalogue's calls go through points_visit() */
void hooks_on_net(world *w); /* once the till runs */

/* ---- crash/verdict.c ---- */

void verdict_check(world *w); /* at rest */
/* What is about to be removed from the outbox is in the cloud, or kept. */
void verdict_check_removal(world *w, uint32_t collection, uint64_t id);

#endif
