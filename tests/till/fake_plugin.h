/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_plugin.h - a plugin that is linked into a test: it remembers what the till did and answers as it is told.
 *
 * It keeps the rules of include/pos, so that the guard stays quiet, and does nothing with a network.
 */
#ifndef TESTS_TILL_FAKE_PLUGIN_H
#define TESTS_TILL_FAKE_PLUGIN_H

#include <pos/plugin.h>
#include <pos/reports.h>

#define FAKE_PLUGIN_Z_MAX 400

struct fake_plugin {
    /* what it does */
    int32_t close_result;   /* what on_daily_close returns; POS_OK keeps the report */
    int32_t close_failures; /* so many times, then POS_OK */
    uint32_t next_tick_ms;  /* 0 reads as 60,000 */
    uint32_t pending;
    int64_t x_every_ms; /* asks for running figures that often; 0: never */
    uint32_t page;      /* which hand-made screen */
    int32_t create_result;

    /* what it saw */
    int creates, destroys, ticks, closes;
    uint32_t tick_flags; /* of all ticks together */
    int z_count;
    int64_t z_numbers[FAKE_PLUGIN_Z_MAX];
    uint64_t z_hashes[FAKE_PLUGIN_Z_MAX]; /* of the bytes */
    uint64_t last_hash;                   /* of the last call, taken or not */
    int x_asked, x_taken;
    int64_t last_x_sequence;
    int64_t last_x_z_number;
    char last_action[64];
    char last_email[64];
    char last_secret[64];
    uint32_t last_first; /* of a window event */
    const pos_host *host;
};

extern struct fake_plugin fake_plugin;

/* Forgets everything. */
void fake_plugin_reset(void);

/* Its calls, as a loader would give them. */
const pos_plugin *fake_plugin_calls(void);

/* The screens, for tests of a renderer alone; the ctx is not used. */
int32_t fake_plugin_render(void *ctx, const pos_event *event, const pos_builder *builder);

uint64_t fake_plugin_hash(const void *bytes, size_t size_bytes);

#define FAKE_PAGE_LOGIN 0u /* fields, buttons, one of them disabled */
#define FAKE_PAGE_ALL   1u /* every kind of widget */
#define FAKE_PAGE_LIST  2u /* a list of 1,000 rows, a window at a time */
#define FAKE_PAGE_NASTY 3u /* wide characters, long words, control characters */
#define FAKE_PAGE_LONG  4u /* twelve buttons with a line of help each, under two headings */

#endif
