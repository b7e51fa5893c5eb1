/* SPDX-License-Identifier: Apache-2.0 */
/*
 * poshost/guard.h - stands between a host and one instance of a plugin, and names whoever breaks a rule of include/pos.
 *
 *   host -> poshost_guard_tick() -> [guard: checks the host's call] -> plugin
 *   host <- [guard: checks the plugin's call, its thread, its time] <- plugin calls storage, log, clock, extensions
 *
 * The host calls the plugin through the functions below only. The guard gives the plugin a pos_host of its own, so it
 * sees everything that passes, in both directions. Leave it in for production: it costs about a microsecond a call.
 *
 * LIFE      new -> ( create -> ( daily_close | tick | render )* -> stop -> destroy )* -> free
 *
 * MISUSE    In tests (POSHOST_GUARD_ABORT) the guard prints side, call and rule to stderr and aborts. In production
 *           (POSHOST_GUARD_REPORT) it tells them to the misuse callback and to the host's log at POS_LOG_MISUSE, and:
 *             the host's fault    the call does not reach the plugin; the result is POS_E_MISUSE, POS_E_BUSY (overlap,
 *                                 re-entry) or POS_E_FORKED, as pos/abi.h says
 *             the plugin's fault  a call that would harm the host is answered with POS_E_MISUSE and not passed on; a
 *                                 value that breaks a rule is mended where there is a harmless one (a delay over
 *                                 60,000 ms, a missing text, a value on a secret, an unknown result)
 *           What is seen on a foreign thread is reported at the end of the host's next call, on the host's thread: the
 *           host's log need not be thread-safe.
 *
 * WHAT IS SEEN
 *   host      order of calls, overlap, re-entry from a callback, use in a forked child, NULL or malformed arguments, a
 *             struct_size of 0 or too small, a Z report that pos/plugin.h calls misuse, an event without its members;
 *             of its callbacks: results outside the POS_* codes, a clock that goes back, a register_id that changes,
 *             a list that is not ascending, a get without a size, a visitor called not exactly once, a wrong
 *             report from its history; of its catalogue: keys out of order, lines that are none, a swap after which
 *             the state is not what was swapped in, a refusal without a reason
 *   plugin    host, storage or extension called from a thread of its own or outside a call; storage before acquire,
 *             after release, from inside a list visitor, or still held after destroy; a collection of 0; log lines with
 *             line breaks, an unknown level or invalid UTF-8; results that are positive; next_tick_ms over 60,000, no
 *             attention level or text; of the screen: begin missing or twice, add before begin, no or duplicate id, a
 *             value on a SECRET, a row outside a list, a list whose count does not match, a value that is not one of a
 *             choice's options, permille over 1000, calls after the builder returned an error, the same revision for
 *             other actions; last_error NULL; of a catalogue: a line too long, with a line feed or out of order, a stage
 *             that was not begun, a swap of nothing, a call from inside a visitor
 *
 * EXTENSIONS  The guard lends those that include/pos describes. One that it does not know would pass unseen, so the
 *           plugin is told that there is none, and the host's log says so.
 *
 * THREADS   Calls may come from any thread; two at once are the host's fault and are detected, not made safe.
 */
#ifndef POSHOST_GUARD_H
#define POSHOST_GUARD_H

#include <poshost/api.h>
#include <pos/catalogue.h>
#include <pos/export.h>
#include <pos/licence.h>
#include <pos/plugin.h>
#include <pos/reports.h>
#include <pos/setup.h>

POSHOST_BEGIN_DECLS

typedef struct poshost_guard poshost_guard;

#define POSHOST_GUARD_REPORT 1u /* tell it, go on: production */
#define POSHOST_GUARD_ABORT  2u /* tell it on stderr, abort(): tests */

#define POSHOST_SIDE_HOST   1u
#define POSHOST_SIDE_PLUGIN 2u

/* One broken rule. The texts are valid during the callback only. */
typedef struct poshost_misuse {
    uint32_t side;    /* POSHOST_SIDE_*: whose fault */
    const char *call; /* "on_tick", "storage.put", "builder.add" */
    const char *rule; /* what was broken, in a sentence, with the values concerned; never a secret */
} poshost_misuse;

typedef struct poshost_guard_options {
    uint32_t mode; /* POSHOST_GUARD_*; 0 is REPORT */

    /* May be NULL. Runs on the thread of the host's call and must not call the guard. Called once per misuse, up to
     * 100 a call of the host (a plugin that breaks a rule a million times does not fill the disk). */
    void (*on_misuse)(void *misuse_ctx, const poshost_misuse *misuse);
    void *misuse_ctx;
} poshost_guard_options;

/*
 * Makes a guard. Calls host->info(), and nothing of the plugin.
 *
 * `calls`        what poshost_plugin_calls() gave, or any vtable; must stay valid until poshost_guard_free()
 * `host`         the host's own, with its storage (poshost_storage_calls() gives a ready-made one); stays valid until
 *                poshost_guard_free()
 * `options`      NULL: REPORT, no callback
 *
 * Errors, *out is NULL then: MISUSE (`error` names the argument or the required member that is missing), NO_MEMORY.
 */
POSHOST_API int32_t poshost_guard_new(const pos_plugin *calls, const pos_host *host,
                                      const poshost_guard_options *options, poshost_guard **out, char *error,
                                      uint32_t error_capacity_bytes);

/* ---- the calls of pos/plugin.h, with the same arguments and results ---- */

POSHOST_API int32_t poshost_guard_create(poshost_guard *guard, char *error, uint32_t error_capacity_bytes);
POSHOST_API int32_t poshost_guard_daily_close(poshost_guard *guard, const pos_report *z);
POSHOST_API int32_t poshost_guard_tick(poshost_guard *guard, const pos_tick_in *in, pos_tick_out *out);

/* The guard is a void pointer here so that this function is a poshost_render_fn (screen.h). */
POSHOST_API int32_t poshost_guard_render(void *guard, const pos_event *event, const pos_builder *builder);

POSHOST_API int32_t poshost_guard_stop(poshost_guard *guard, uint32_t deadline_ms);

/* After POS_OK the guard may create again. */
POSHOST_API int32_t poshost_guard_destroy(poshost_guard *guard);

/* Why the last failing call failed: the guard's own words when it did not let the call through, else the plugin's.
 * Never NULL; valid until the next call. */
POSHOST_API const char *poshost_guard_last_error(poshost_guard *guard);

/* Frees the guard. An instance that still lives is the host's misuse, and is destroyed first. In a forked child it only
 * frees memory. NULL is fine. */
POSHOST_API void poshost_guard_free(poshost_guard *guard);

/* ---- measuring ---- */

#define POSHOST_CALL_CREATE      0u
#define POSHOST_CALL_DAILY_CLOSE 1u
#define POSHOST_CALL_TICK        2u
#define POSHOST_CALL_RENDER      3u
#define POSHOST_CALL_STOP        4u
#define POSHOST_CALL_DESTROY     5u
#define POSHOST_CALL_COUNT       6u

/* Of one kind of call: how many, and the most that a single one took. Times by CLOCK_MONOTONIC, in microseconds. */
typedef struct poshost_call_stats {
    uint64_t calls;
    uint64_t total_us;                   /* of all calls together */
    uint64_t longest_us;                 /* a whole call */
    uint64_t longest_outside_storage_us; /* a call without the time spent in storage functions */
    uint64_t longest_outside_host_us;    /* a call without the time spent in any host function (storage, extensions,
                                            builder, log, info, clock) */
    uint64_t longest_storage_us;         /* a single storage function */
    uint64_t most_puts;
    uint64_t most_writes; /* calls of put and remove together */
    uint64_t most_gets;
    uint64_t most_read_bytes;    /* copied out by get */
    uint64_t most_written_bytes; /* handed to put */
} poshost_call_stats;

typedef struct poshost_guard_stats {
    poshost_call_stats calls[POSHOST_CALL_COUNT]; /* by POSHOST_CALL_* */
    uint64_t host_misuses;                        /* seen so far, reported or not */
    uint64_t plugin_misuses;
} poshost_guard_stats;

/* Copies what was counted since new or the last reset. */
POSHOST_API void poshost_guard_stats_get(const poshost_guard *guard, poshost_guard_stats *out);
POSHOST_API void poshost_guard_stats_reset(poshost_guard *guard);

POSHOST_END_DECLS

#endif
