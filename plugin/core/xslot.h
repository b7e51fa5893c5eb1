/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/xslot.h - the one X report that may be pending, and when the next one is taken.
 *
 * One record a register, overwritten by each newer X: so a newer X replaces an older one that was not sent yet, and the
 * record that takes a sequence is the record that sends it - the sequence is reserved by the same put. After delivery
 * the record stays, without document, to remember the sequence.
 *
 * Crash states: before the put the sequence was never used; after it the X is pending; after the put that marks it sent
 * it is done. Crash between delivery and mark: sent again, same key, same receipt.
 */
#ifndef CORE_XSLOT_H
#define CORE_XSLOT_H

#include "core/core.h"
#include "core/record.h"
#include "core/schedule.h"

typedef struct xslot {
    bool present;         /* a record is there */
    bool foreign;         /* it is a newer plugin's: left alone, and no X is taken */
    record_header header; /* of it */
    schedule schedule;
    int64_t last_sent_ms; /* wall */
    bool once;            /* one is to be taken now, whatever the switch says */
} xslot;

void xslot_open(core *c, core_time now);

/* Is an X waiting to be sent? Not when the Z of its period was closed since: then it is obsolete. */
bool xslot_is_pending(const core *c);

/* The record of the pending X cannot be read any more: the next X replaces it, and goes on from its sequence. Unless
 * one has already, while that one was being read. */
void xslot_give_up(core *c, int64_t z_number, int64_t sequence);

/* Are X reports taken at all: switched on, a store to send them to, a host that makes them? */
bool xslot_takes(const core *c);

/* Takes an X when one is due. True: it used the tick's write. */
bool xslot_tick(core *c, core_time now);

/* Marks the pending X as sent; only when it is still the one of that sequence. last_sequence: the highest that the
 * cloud knows, or 0. Returns the storage's answer. */
int32_t xslot_mark_sent(core *c, core_time now, int64_t z_number, int64_t sequence, int64_t last_sequence);

#endif
