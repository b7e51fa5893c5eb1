/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crash/points.h - at every call that crosses the border of the core, the worlds that a power cut there may leave are
 * made, and each is run to its end: start, recover, rest, verdict. While it recovers it is looked at in the same way.
 *
 * A point is a place and a side of it: before a call, inside it (its outcome unknown), after it. Many points leave the
 * very same world - nothing changed since the last one -, and a world is run once: two worlds are the same when disk,
 * host, cloud and what the owner was told are the same byte for byte.
 */
#ifndef CRASH_POINTS_H
#define CRASH_POINTS_H

#include "crash/world.h"

#define CUTS_MAX 3u

typedef struct crash_count {
    uint64_t storage[CUTS_MAX + 1]; /* points in calls of the storage, after so many cuts */
    uint64_t network[CUTS_MAX + 1];
    uint64_t host[CUTS_MAX + 1];   /* in calls of the host: history, catalogue, hand-over */
    uint64_t worlds[CUTS_MAX + 1]; /* different ones that were run after so many cuts; [0] is the day itself */
} crash_count;

struct crash_points {
    crash_count *count;
    uint32_t cuts_max;
    char *trail; /* of the world that runs now: WORLD_TRAIL bytes, for whoever reports a failure */
    uint8_t (*seen)[16];
    size_t seen_count, seen_capacity;
};

typedef enum crash_border { BORDER_STORAGE = 1, BORDER_NETWORK, BORDER_HOST } crash_border;

typedef struct crash_place {
    crash_border border;
    const char *what;
    uint32_t collection; /* of the storage; else 0 */
    uint64_t id;
} crash_place;

/* side: "before", "inside", "after", in words. */
void points_visit(world *w, const crash_place *place, const char *side);

/* Runs the day and everything that can become of it. */
void points_run(const crash_day *day, crash_points *points);

#endif
