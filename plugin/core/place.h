/* SPDX-License-Identifier: Apache-2.0 */
/* core/place.h - which epoch a report belongs to, and whether it is known already: by number, bytes, origin and date. */
#ifndef CORE_PLACE_H
#define CORE_PLACE_H

#include "core/outbox.h"

typedef enum acquaintance {
    PLACE_UNKNOWN = 1, /* new: goes to `epoch` */
    PLACE_SAME,        /* nothing to do: the same close is here, or was delivered */
    PLACE_BETTER,      /* new: the original of a close that is here, or was delivered, as a rebuilt document */
    PLACE_OTHER,       /* the number is taken by another close (of a look-up only) */
    PLACE_UNREADABLE   /* the storage could not be read */
} acquaintance;

typedef struct placing {
    acquaintance known;
    uint32_t epoch;
    uint32_t collection; /* of PLACE_SAME and PLACE_BETTER: where it stands; 0: only in the ledger */
    uint64_t id;         /* likewise */
} placing;

/*
 * Another machine takes a till's place ("this is the same till"): what it hands over under a number that the cloud has
 * already, and that is unknown here, is a POS that counts anew - another day, which counts, in a new epoch - unless it is
 * the cloud's last Z itself, handed over once more. Without this, replaced hardware would collide with its own past. A
 * cloned disk makes no new registration, so its closes still collide, as they should: two tills have closed that day.
 * The history has no part in this: what a host still has of old days is mostly what the cloud has.
 */
/* from_history: the number is one that the host has and that is lacking here, so a free one is no new count. */
placing place_report(core *c, const pos_report *z, const uint8_t *sha256, bool from_history);

/* ---- repeat.c ---- */
/* Of PLACE_SAME, handed over by the host: makes sure that the record is safe before it hears OK. POS_*. */
int32_t repeat_secure(core *c, const pos_report *z, const uint8_t *sha256, const placing *where);

/* Finds the record of (epoch, number) in a set, whatever its slot. */
bool place_find_record(const outbox *o, const idset *set, uint32_t epoch, int64_t number, uint64_t *id);

#endif
