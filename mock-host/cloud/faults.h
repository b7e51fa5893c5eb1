/* SPDX-License-Identifier: Apache-2.0 */
/*
 * faults.h - fault switches, for tests only (--faults). They are outside the contract, need no credential, and exist
 * only in memory. All bodies are JSON.
 *
 *   POST   /_faults        adds a rule, answers 201 {"fault_id":1}
 *   GET    /_faults        200 {"faults":[{"fault_id","route","fired","left"}], "requests":{"<route>":count,...}}
 *   DELETE /_faults        204; removes all rules and lets go of every request that is delayed or hangs
 *   POST   /_faults/clock  {"advance_ms":n}: moves the cloud's clock on; 204
 *   POST   /_faults/store  {"store_id":"..","closed":true|false}: withdraws access to a store, or gives it back; 204
 *
 * A rule (the first that fits a request is applied; none needs all members):
 *
 *   route            a name from routes.c, "*" (the default) for all
 *   skip             lets that many requests pass first (0)
 *   times            applies to that many, then is used up (without end)
 *   percent          applies to so many of a hundred, at random (100)
 *   delay_ms         waits before anything else is done
 *   hang             true: never answers; the connection stays open until the client or the rule is gone
 *   drop             "before": closes the connection instead of doing anything; "after": does everything (commits), then
 *                    closes the connection without an answer
 *   status           answers this instead of doing anything, with the contract's problem for it
 *   retry_after      Retry-After of that answer, in seconds
 *   bare             true: the answer of `status` is HTML without a problem, as of a proxy or a captive portal
 *   cut_after_bytes  does everything, then closes the connection after so many bytes of the answer's body
 *   drip_ms          does everything, then sends the body a byte at a time with so long a wait before each
 *
 * "requests" counts what arrived completely since the start, by route, faults or not: a test can await an event.
 */
#ifndef CLOUD_FAULTS_H
#define CLOUD_FAULTS_H

#include "request.h"

typedef struct faults faults;

typedef struct fault_plan {
    int64_t delay_ms;
    bool hang;
    bool drop_before;
    bool drop_after;
    int status; /* 0: none */
    int64_t retry_after_s;
    bool bare;
    int64_t cut_after_bytes; /* -1: none */
    int64_t drip_ms;
} fault_plan;

faults *faults_open(store *db);
void faults_close(faults *self);

/* Lets go of everybody who waits, now and from now on. */
void faults_end(faults *self);

/* Counts the request and says what to do to it. `name` is of its route, "" if it has none. */
void faults_plan(faults *self, const char *name, fault_plan *plan);

/* Waits; false if it was let go of before the time was over. `fd` (or -1) is watched for the client's leaving. */
bool faults_wait(faults *self, int64_t wait_ms, int fd);

int64_t faults_clock_offset_ms(const faults *self);

/* Is this a fault route? And its handler. */
bool faults_owns(const char *path);
void faults_handle(faults *self, const request *from, response *answer);

#endif
