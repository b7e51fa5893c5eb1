/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oom/till.h - a host around the real object: its entry, a worker thread and HTTP to the model cloud; records in memory,
 * a clock of its own, an owner who presses what is on the page. What crosses the ABI is marked for oom/memory.h.
 *
 * Nothing here asserts while memory may be short: a call that fails says so, and is repeated later.
 */
#ifndef OOM_TILL_H
#define OOM_TILL_H

#include <pos/plugin.h>

#include "oom/server.h"
#include "support/catalogue_bench.h"
#include "support/screen_text.h"

typedef struct till {
    shop s; /* first: disk, books, catalogue, model cloud */
    pos_host host;
    pos_host_info info;
    pos_plugin plugin;
    pos_instance *instance; /* NULL: none runs */
    oom_server *server;
    http_tls *tls; /* NULL: plain HTTP */
    char ca_file[64];
    pos_tick_out tick;  /* the last one */
    screen_text page;   /* the last one that was described */
    uint32_t odd_codes; /* results that the contract does not know */
} till;

void till_open(till *t);
void till_use_tls(till *t); /* from the next till_serve() on; the day's process removes t->ca_file */
void till_load(till *t);    /* the object; once a process */
void till_serve(till *t);
void till_end_serving(till *t);

int32_t till_start(till *t); /* one try */
void till_stop(till *t);

void till_tick(till *t);
/* Ticks until it asks for none soon, at most so many times once memory has failed. */
void till_settle(till *t, uint32_t ticks);
/* Likewise until nothing is pending; time runs on to the next try. */
void till_drain(till *t);

/* A close that the host commits, and hands over once. */
void till_close_day(till *t, int64_t number, const char *salt);
void till_hand_over(till *t); /* what has had no OK, once each */

typedef bool (*till_condition)(const till *t);

/* Looks at the page: presses the first of `wishes` that is there and can be pressed, waits, looks again; until it is
 * done, at most `steps` times. */
bool till_pursue(till *t, const char *const *wishes, till_condition done, uint32_t steps);
/* Is the widget there, on that page, and says that (NULL: whatever it says)? */
bool till_shows(const till *t, const char *page, const char *widget, const char *words);
bool till_open_page(till *t); /* the screen from its beginning */

#endif
