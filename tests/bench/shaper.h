/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/shaper.h - a slow link in between: a proxy on loopback that lets so many bits a second through, each way,
 * and hands them on half a round trip later. What waits for the link is bounded, as in a modem, so senders feel it.
 */
#ifndef BENCH_SHAPER_H
#define BENCH_SHAPER_H

typedef struct shaper shaper;

/* Never NULL. Listens on *port and connects to 127.0.0.1:to_port. */
shaper *shaper_start(int to_port, double bits_per_s, double round_trip_ms, int *port);
/* The connections have ended before. */
void shaper_stop(shaper *self);

#endif
