/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host, a plugin and a guard between them, for tests of the guard. Both sides keep the rules; a test replaces one
 * piece of `fx` by something that does not, and looks at what the guard told.
 */
#ifndef TESTS_SDK_GUARD_FIXTURE_H
#define TESTS_SDK_GUARD_FIXTURE_H

#include <poshost/guard.h>

#include "support/storage_memory.h"

#define GUARD_TOLD_MAX 128

typedef struct guard_told {
    uint32_t side;
    char call[64];
    char rule[400];
} guard_told;

typedef struct guard_fixture {
    poshost_guard *guard;
    storage_memory *disk;

    /* The host. */
    pos_host host;
    pos_host_info info;
    pos_storage storage; /* calls of storage_memory.h, to be replaced one by one */
    pos_reports reports;
    pos_export exporter;
    pos_catalogue catalogue;
    pos_setup setup;
    pos_licence licence;
    pos_catalogue_state state; /* what the catalogue is; its lines are those of guard_fixture_lines */
    char saved[256];           /* the name that was exported last */
    int64_t elapsed_ms;
    char last_log[512];
    unsigned misuse_logs; /* lines at POS_LOG_MISUSE */

    /* The plugin: what it was lent, and what it does inside a call. NULL: the right thing. */
    pos_plugin calls;
    const pos_host *lent;
    int32_t (*in_create)(pos_instance **out, char *error);
    int32_t (*in_close)(const pos_report *z);
    int32_t (*in_tick)(pos_tick_out *out);
    int32_t (*in_render)(const pos_event *event, const pos_builder *builder);
    int32_t (*in_stop)(void);
    int32_t (*in_destroy)(void);

    /* What the guard told. */
    unsigned told_count;
    guard_told told[GUARD_TOLD_MAX];
} guard_fixture;

extern guard_fixture fx;

/* Makes all of it; nothing is created yet. mode: POSHOST_GUARD_*. */
void guard_fixture_setup(uint32_t mode);
void guard_fixture_teardown(void);

/* The right thing, to build on. */
int32_t guard_fixture_create_well(pos_instance **out);
void guard_fixture_tick_well(pos_tick_out *out);
int32_t guard_fixture_render_well(const pos_event *event, const pos_builder *builder);
pos_report guard_fixture_z(void);
/* The lines that catalogue.read visits, as pairs of key and line, ended by NULL; a test may point it elsewhere. */
extern const char *const *guard_fixture_lines;
/* A host's builder that takes everything. */
extern const pos_builder guard_fixture_builder;

/* The guard told exactly one misuse, of that side and call, and its rule holds those words. Forgets it. */
void guard_fixture_expect(uint32_t side, const char *call, const char *words);
/* The guard told nothing. */
void guard_fixture_expect_quiet(void);

#endif
