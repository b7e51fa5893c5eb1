/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pos/plugin.h - the plugin's side: one exported symbol, and the calls it leads to.
 *
 *   entry -> create -> ( on_daily_close | on_tick | render_settings )* -> stop -> destroy
 *
 * Nothing here ever waits for the network, for name resolution, or for a lock that the network can hold. A call costs
 * at most one storage write (on_daily_close of the first close of a register: two) and a little arithmetic.
 *
 * A minimal host is tests/bare_host.c: it is written against this folder alone.
 */
#ifndef POS_PLUGIN_H
#define POS_PLUGIN_H

#include "abi.h"
#include "host.h"
#include "report.h"
#include "screen.h"
#include "tick.h"

typedef struct pos_instance pos_instance; /* opaque; made by create, ended by destroy */

typedef struct pos_plugin {
    uint32_t struct_size; /* set by the host before entry; the plugin fills at most that many bytes and leaves it */
    uint32_t abi_minor;   /* the plugin's POS_ABI_MINOR, for logs */
    const char *name;     /* "FactoryCLOUD sync"; static text, as the next two */
    const char *version;  /* "0.1.0" */
    const char *refusal;  /* why entry refused, in English; NULL when it did not */

    /*
     * Makes an instance. Takes the storage's lock, lists the records (nothing else is read at length), starts one
     * worker thread with all signals blocked, and returns without having touched the network. Whatever the caller's
     * scheduling is, that thread's is SCHED_BATCH: it takes no core from a thread that wakes it. Any number of
     * instances may live in a process, each with a storage of its own.
     *
     * `host` and what it points to stay valid until destroy() has returned. On failure *out is NULL and, if
     * error_capacity_bytes > 0, `error` holds the reason, zero-terminated, cut to fit.
     * Errors: MISUSE (something required is missing), BUSY (the storage is locked), NO_MEMORY, IO, FAILED, or what
     * acquire() or list() of the storage returned. A storage that cannot write is no error here.
     */
    int32_t (*create)(const pos_host *host, pos_instance **out, char *error, uint32_t error_capacity_bytes);

    /*
     * Hands over the report of a period that the host has closed. The host commits its close together with the
     * document's bytes first, then calls this, and repeats it with the same bytes until it gets POS_OK (the same bytes
     * again are POS_OK again), MISUSE or TOO_LARGE (which no repeating cures). POS_OK means: durable in the plugin's
     * storage; from here on the plugin answers for it.
     *
     * A document that is not valid is accepted too, kept, and shown as rejected with the reason: the day is closed
     * whatever we think of it. A number that was used before, with other bytes, is accepted as the first of a new
     * epoch (the host was reset, or a backup restored): days that really happened are counted.
     *
     * Errors: MISUSE (kind is not Z, z_number out of 1..POS_Z_NUMBER_MAX, register_id, business_date or currency
     * missing or malformed, document NULL with a size, another register than pos_host_info.register_id), TOO_LARGE
     * (over POS_DOCUMENT_MAX_BYTES: the owner sees it as rejected once it is caught up through pos.reports/1),
     * NO_SPACE, IO, BUSY, NO_MEMORY, FAILED, FORKED. After an error nothing is promised: call again. MISUSE, too, when
     * `origin` is unknown, and after stop().
     */
    int32_t (*on_daily_close)(pos_instance *self, const pos_report *z);

    /*
     * The heartbeat: at least as often as the last tick asked for, from any kind of timer; late ticks only make things
     * later. Costs at most one storage write and 256 KiB of reading. `in` may be NULL (no flags).
     * Errors: MISUSE, BUSY, FORKED. A storage error is not an error of the tick: it is retried, logged and shown.
     */
    int32_t (*on_tick)(pos_instance *self, const pos_tick_in *in, pos_tick_out *out);

    /*
     * Applies `event` (NULL: none) to the settings screen, then describes the whole screen to `builder`. See
     * pos/screen.h. Costs at most one storage write.
     * Errors: MISUSE (an unknown kind of event, missing strings), BUSY, FORKED, or what the builder returned.
     */
    int32_t (*render_settings)(pos_instance *self, const pos_event *event, const pos_builder *builder);

    /*
     * Ends all work: running transfers are broken off, the worker is told to leave. Afterwards only destroy() and
     * last_error() may be called. Returns POS_OK when the worker has left within deadline_ms, else POS_E_BUSY:
     * destroy() then waits for the rest, which is under a second even with name resolution hanging.
     */
    int32_t (*stop)(pos_instance *self, uint32_t deadline_ms);

    /* Joins the worker, gives the storage's lock back, wipes and frees everything. Stops first if need be. `self` is
     * gone afterwards, unless the result is BUSY or FORKED. */
    int32_t (*destroy)(pos_instance *self);

    /* Why the last failing call on this instance failed, in English, for a log. Never NULL; valid until the next call
     * into the instance. */
    const char *(*last_error)(pos_instance *self);
} pos_plugin;

POS_PIN(pos_plugin, name, 8, 8);
POS_PIN(pos_plugin, create, 20, 32);
POS_PIN(pos_plugin, on_daily_close, 24, 40);
POS_PIN(pos_plugin, last_error, 44, 80);

/*
 * The one exported symbol of a plugin for major version 1 ("pos_plugin_entry_1"; a plugin for several majors exports
 * several). Looks whether this host offers what the plugin needs (host->struct_size and required members; host->ctx may
 * be NULL here, and no function of the host is called) and fills *plugin. Keeps no pointer, starts nothing; may be
 * called any number of times, from any thread.
 * Errors: MISUSE (a NULL argument, plugin->struct_size too small for the refusal), UNSUPPORTED (plugin->refusal says
 * what is missing).
 */
typedef int32_t (*pos_plugin_entry_fn)(const pos_host *host, pos_plugin *plugin);

#define POS_PLUGIN_ENTRY_1 "pos_plugin_entry_1"

#ifdef __cplusplus
extern "C"
#endif
    POS_EXPORT int32_t
    pos_plugin_entry_1(const pos_host *host, pos_plugin *plugin);

#endif
