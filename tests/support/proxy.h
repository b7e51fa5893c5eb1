/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/proxy.h - a TCP proxy on loopback that forwards bytes both ways and, once, does something at one byte
 * offset of one direction. It knows nothing of TLS or HTTP: an offset counts every byte on the wire.
 *
 * It runs in a thread of its own, driven by events; every call here returns at once.
 */
#ifndef SUPPORT_PROXY_H
#define SUPPORT_PROXY_H

#include <stdbool.h>
#include <stdint.h>

typedef enum proxy_way { PROXY_UP = 0, PROXY_DOWN = 1 } proxy_way; /* towards the cloud, towards the till */

typedef enum proxy_act {
    PROXY_PASS = 1,
    PROXY_CUT_FIN, /* both sides see a clean end of the stream */
    PROXY_CUT_RST, /* both sides see a reset */
    PROXY_STALL,   /* nothing more that way, and nobody is told */
    PROXY_DRIP,    /* one byte every drip_ms that way */
    PROXY_CHOP     /* no delay, but every byte in a packet of its own */
} proxy_act;

/* Meant for the first connection that carries a byte upwards from now on (or for every one), and counted from that byte:
 * so for a fresh connection from its very beginning, for a kept one from the beginning of the next exchange. Acts when
 * there is a byte at that offset, and before forwarding it. */
typedef struct proxy_plan {
    proxy_act act;
    proxy_way way;
    uint64_t at_bytes;
    uint32_t drip_ms;
    bool every; /* connection, until another plan comes */
} proxy_plan;

typedef struct proxy proxy;

proxy *proxy_start(int target_port); /* aborts instead of failing */
void proxy_stop(proxy *self);
int proxy_port(const proxy *self);

void proxy_arm(proxy *self, const proxy_plan *plan);
bool proxy_has_acted(proxy *self);            /* by that plan */
void proxy_aim(proxy *self, int target_port); /* connections from now on */
void proxy_drop(proxy *self);                 /* ends all that are open, cleanly */

#endif
