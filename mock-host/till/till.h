/* SPDX-License-Identifier: Apache-2.0 */
/*
 * till.h - the whole till: database, clock, shop, plugin and settings screen, opened and closed together.
 */
#ifndef TILL_TILL_H
#define TILL_TILL_H

#include <poshost/screen.h>

#include "clock.h"
#include "database.h"
#include "flow.h"
#include "host.h"
#include "instance.h"
#include "log.h"
#include "options.h"
#include "shop.h"

/* What the last tick said, and when the next one is due. */
struct pulse {
    bool ticked;
    int64_t due_elapsed_ms;
    uint32_t next_tick_ms;
    uint32_t attention;
    uint32_t pending;
    uint64_t screen_generation;
    uint32_t flags; /* POS_TICK_* for the next tick */
    char attention_text[512];
};

/* Handing closed reports over to the plugin. */
struct handover {
    bool waiting;    /* some report may not be handed over yet */
    int64_t taken;   /* POS_OK since the till was opened */
    int64_t refused; /* set aside: too large, or misuse */
};

struct till {
    const struct options *options;
    const char *time_zone;
    char told_currency[4]; /* what the plugin was told last */
    struct till_log log;
    struct database db;
    struct till_clock clock;
    struct shop shop;
    struct host host;
    struct instance instance;
    struct pulse pulse;
    struct handover handover;
    poshost_screen *screen;
    int64_t pace_ms;                /* options.pace_ms; a replay has its own way to give the network time */
    bool screen_moved;              /* it was described anew since somebody last looked */
    const struct flow_guest *guest; /* listens while the till waits; NULL: nobody */
};

/* What may stand in for what the options say; all of it may be unset. */
struct till_source {
    const char *register_id; /* in place of --register */
    int64_t start_wall_ms;   /* in place of --start; 0: none */
    const struct host_running *running;
    const pos_plugin *calls; /* a plugin that is linked in, in place of --plugin */
};

/* Opens database and plugin. `flowing` false: a scripted clock. *plugin_failed: it was the plugin that did not start. */
bool till_open(struct till *till, const struct options *options, const struct till_source *source, bool flowing,
               bool *plugin_failed, struct fault *fault);

/* Ends the plugin's instance and makes a new one; with `wipe` its storage is deleted in between. */
bool till_restart_plugin(struct till *till, bool wipe, struct fault *fault);

/* False: the plugin did not end as it should. All is closed either way. */
bool till_close(struct till *till, struct fault *fault);

/* ---- the settings screen ---- */

bool till_open_screen(struct till *till, struct fault *fault);
void till_close_screen(struct till *till);

#endif
