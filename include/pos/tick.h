/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pos/tick.h - the heartbeat. All that a plugin does by itself happens inside ticks, in small steps.
 */
#ifndef POS_TICK_H
#define POS_TICK_H

#include "abi.h"

/* pos_tick_in.flags: what happened since the last tick, as far as the host knows. 0 is always right. */
#define POS_TICK_RESUMED         0x1u /* the machine woke from sleep */
#define POS_TICK_NETWORK_CHANGED 0x2u /* a network came or went: a waiting upload is tried at once */
#define POS_TICK_LOCALE_CHANGED  0x4u /* pos_host.info() answers differently now (language, time zone, proxy, ...) */

typedef struct pos_tick_in {
    uint32_t struct_size;
    uint32_t flags;
} pos_tick_in;

/* pos_tick_out.attention */
#define POS_ATTENTION_NONE    1u /* all is well: attention_text may be shown, in grey */
#define POS_ATTENTION_INFO    2u /* worth a glance: uploading, offline for a short while */
#define POS_ATTENTION_WARNING 3u /* the owner should look today: offline for long, a report in conflict */
#define POS_ATTENTION_ACTION  4u /* nothing goes on without the owner: log in, choose a store, a report rejected */

typedef struct pos_tick_out {
    uint32_t struct_size;  /* set by the host */
    uint32_t next_tick_ms; /* when the plugin wants the next tick, at the latest; 0: as soon as convenient, there is
                                   more to do. Earlier ticks are harmless. At most 60,000. A close or an event on the
                                   screen makes it void: tick right after those, for they are what there is to do */
    uint64_t screen_generation; /* changes when the settings screen, if it is open, would look different now */
    uint32_t attention;         /* POS_ATTENTION_* */
    uint32_t pending;           /* reports that are accepted and not yet delivered or refused */
    const char *attention_text; /* one line in the host's language for its status bar; valid until the next call into
                                   this instance */
} pos_tick_out;

POS_PIN(pos_tick_out, screen_generation, 8, 8);
POS_PIN(pos_tick_out, attention, 16, 16);
POS_PIN(pos_tick_out, attention_text, 24, 24);

#endif
