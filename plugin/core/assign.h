/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/assign.h - choosing the store: the till is registered with it, and its token and our state are stored.
 *
 * Crash states: registering twice is harmless (each answer has a token of its own). Token put, then state put: only
 * the second makes the assignment; a token without its destination is never used, and wiped by the next assignment to
 * that place or by a disconnect.
 */
#ifndef CORE_ASSIGN_H
#define CORE_ASSIGN_H

#include "core/core.h"
#include "core/state.h"

typedef enum assign_phase { ASSIGN_IDLE = 1, ASSIGN_ASKING, ASSIGN_PUT_TOKEN, ASSIGN_PUT_STATE } assign_phase;

typedef struct assign {
    assign_phase phase;
    destination wanted;
    protocol_claim claim;  /* CLAIM_SAME: another machine's name is adopted */
    uint32_t renewal;      /* ticket of a renewal: nobody asked for it on a screen; 0: the person's request */
    protocol_till *answer; /* holds the token: wiped and freed */
    protocol_known_till known[PROTOCOL_TILLS_MAX];
    uint32_t known_count;
    uint32_t index;                /* of the destination in the state to be */
    state *next;                   /* the state as it will be */
    bool unread[DESTINATIONS_MAX]; /* the storage could not be read, or memory was out: that token is read later */
    int64_t read_at;               /* elapsed ms: when */
} assign;

void assign_open(core *c);          /* reads the till tokens */
void assign_forget_unread(core *c); /* a disconnect: what could not be read is not read any more */
void assign_close(core *c);
void assign_take_answer(core *c, core_time now, const net_answer *answer);
/* After a log-in: the assigned store whose permission was withdrawn is asked for a new one, without the owner having
 * to choose it again. Only when it knows the till as before; else the reports stay held, and the screen says why. */
void assign_renew(core *c);
/* Is this answer a renewal's? Then takes it. */
bool assign_take_renewal(core *c, core_time now, const net_answer *answer);
/* A renewal under way is given up: its answer is not looked at. */
void assign_abandon_renewal(core *c);
bool assign_is_writing(const core *c);
/* True: it used the tick's write. */
bool assign_tick(core *c, core_time now);

#endif
