/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/netcut/fast_clock.h - the clock that the plugin's worker and libcurl read, made faster: so that a time-out of
 * half a minute is seen in half a second, with the plugin's own limits and not with a test's. The host's clock is
 * another matter: the plugin gets that through the ABI.
 */
#ifndef NETCUT_FAST_CLOCK_H
#define NETCUT_FAST_CLOCK_H

void fast_clock_keep_out(void);  /* the calling thread always has the real time */
void fast_clock_set(int factor); /* 1: real speed; the clock never goes back */

#endif
