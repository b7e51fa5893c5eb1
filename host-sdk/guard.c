/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guard's face to the host: each call is let in (one at a time, in order, in the process that made the guard, with
 * sane arguments), measured, and let out (results judged and mended). Who broke which rule is told by guard_misuse.c.
 */
#include "guard_internal.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLUGIN POSHOST_SIDE_PLUGIN
#define HOST   POSHOST_SIDE_HOST

/* ---- letting a call in and out ---- */

static int32_t refuse(poshost_guard *guard, int32_t code, const char *call, const char *rule)
{
    poshost_text_format(guard->own_error, sizeof guard->own_error, "%s: %s", call, rule);
    guard->has_own_error = 1;
    poshost_guard_misuse(guard, HOST, call, "%s", rule);
    return code;
}

static void leave(poshost_guard *guard)
{
    poshost_guard_tell_parked(guard);
    atomic_store(&guard->caller, NULL);
}

static const char *rule_of_order(const poshost_guard *guard, uint32_t allowed)
{
    switch (guard->phase) {
    case POSHOST_PHASE_IDLE:
        return "no instance: it was not created, or is destroyed already";
    case POSHOST_PHASE_STOPPED:
        return "stop was called: only destroy and last_error may follow";
    default:
        return allowed == POSHOST_PHASE_IDLE ? "an instance lives already: destroy it first" : "called out of order";
    }
}

/* `allowed`: the phase that the call needs; 0: any with an instance. After POS_OK, leave() must follow. */
static int32_t enter(poshost_guard *guard, const char *call, uint32_t allowed)
{
    if (guard == NULL)
        return POS_E_MISUSE;
    const void *me = poshost_guard_thread();
    const void *nobody = NULL;
    if (guard->owner != getpid()) {
        /* Nothing is told here: the log belongs to the parent's life as well. */
        if (guard->options.mode == POSHOST_GUARD_ABORT)
            poshost_guard_misuse(guard, HOST, call, "called in a forked child, where the plugin's worker is not");
        return POS_E_FORKED;
    }
    if (!atomic_compare_exchange_strong(&guard->caller, &nobody, me)) {
        if (nobody == me)
            return refuse(guard, POS_E_BUSY, call, "called from inside a callback of the same instance");
        poshost_guard_misuse(guard, HOST, call, "overlaps another call into the same instance");
        return POS_E_BUSY;
    }
    guard->has_own_error = 0;
    memset(&guard->meter, 0, sizeof guard->meter);
    int is_in_order = allowed == 0 ? guard->phase != POSHOST_PHASE_IDLE : guard->phase == allowed;
    if (is_in_order) {
        guard->call = call;
        return POS_OK;
    }
    int32_t result = refuse(guard, POS_E_MISUSE, call, rule_of_order(guard, allowed));
    leave(guard);
    return result;
}

/* ---- measuring ---- */

static void raise_to(uint64_t *most, uint64_t value)
{
    if (value > *most)
        *most = value;
}

static void book(poshost_guard *guard, uint32_t kind, uint64_t start_ns)
{
    uint64_t spent = poshost_guard_now_ns() - start_ns;
    const poshost_call_meter *meter = &guard->meter;
    poshost_call_stats *stats = &guard->stats.calls[kind];
    stats->calls++;
    stats->total_us += spent / 1000;
    raise_to(&stats->longest_us, spent / 1000);
    raise_to(&stats->longest_outside_storage_us, (spent - meter->storage_ns) / 1000);
    raise_to(&stats->longest_outside_host_us, (spent - meter->host_ns) / 1000);
    raise_to(&stats->longest_storage_us, meter->longest_storage_ns / 1000);
    raise_to(&stats->most_puts, meter->puts);
    raise_to(&stats->most_writes, meter->writes);
    raise_to(&stats->most_gets, meter->gets);
    raise_to(&stats->most_read_bytes, meter->read_bytes);
    raise_to(&stats->most_written_bytes, meter->written_bytes);
}

void poshost_guard_stats_get(const poshost_guard *guard, poshost_guard_stats *out)
{
    *out = guard->stats;
    out->host_misuses = atomic_load(&guard->host_misuses);
    out->plugin_misuses = atomic_load(&guard->plugin_misuses);
}

void poshost_guard_stats_reset(poshost_guard *guard)
{
    memset(&guard->stats, 0, sizeof guard->stats);
    atomic_store(&guard->host_misuses, 0);
    atomic_store(&guard->plugin_misuses, 0);
}

/* ---- the calls ---- */

static int32_t judge_created(poshost_guard *guard, int32_t result, const char *error, uint32_t cap)
{
    const char *call = "create";
    result = poshost_guard_check_result(guard, PLUGIN, call, result, POS_E_FAILED);
    if (result == POS_OK && guard->instance == NULL) {
        poshost_guard_misuse(guard, PLUGIN, call, "returned POS_OK without an instance");
        return POS_E_FAILED;
    }
    if (result != POS_OK && guard->instance != NULL)
        poshost_guard_misuse(guard, PLUGIN, call, "returned %d with an instance: *out is NULL on failure", (int)result);
    if (result != POS_OK && cap > 0 && error[0] == '\0')
        poshost_guard_misuse(guard, PLUGIN, call, "returned %d without a reason", (int)result);
    return result;
}

/* The lock outlives no instance: were it left held, the next start would find the storage busy. */
static void take_lock_back(poshost_guard *guard, const char *call)
{
    if (guard->lock == POSHOST_LOCK_HELD) {
        poshost_guard_misuse(guard, PLUGIN, call, "ended without giving the storage's lock back");
        guard->storage.release(guard->storage.ctx);
    }
    guard->lock = POSHOST_LOCK_NONE;
}

int32_t poshost_guard_create(poshost_guard *guard, char *error, uint32_t error_capacity_bytes)
{
    int32_t result = enter(guard, "create", POSHOST_PHASE_IDLE);
    if (result != POS_OK) {
        poshost_text_format(error, error_capacity_bytes, "%s", poshost_guard_last_error(guard));
        return result;
    }
    if (error == NULL)
        error_capacity_bytes = 0;
    poshost_text_format(error, error_capacity_bytes, "%s", "");
    guard->instance = NULL;
    guard->has_page = 0;
    uint64_t start = poshost_guard_now_ns();
    result = guard->plugin.create(&guard->lent, &guard->instance, error, error_capacity_bytes);
    book(guard, POSHOST_CALL_CREATE, start);
    result = judge_created(guard, result, error, error_capacity_bytes);
    if (result == POS_OK) {
        guard->phase = POSHOST_PHASE_ALIVE;
    } else {
        guard->instance = NULL;
        take_lock_back(guard, "create");
        poshost_text_format(guard->own_error, sizeof guard->own_error, "%s", error_capacity_bytes > 0 ? error : "");
        guard->has_own_error = 1;
    }
    leave(guard);
    return result;
}

int32_t poshost_guard_daily_close(poshost_guard *guard, const pos_report *z)
{
    const char *call = "on_daily_close";
    int32_t result = enter(guard, call, POSHOST_PHASE_ALIVE);
    if (result != POS_OK)
        return result;
    const char *rule = poshost_guard_judge_close(guard, z);
    if (rule != NULL) {
        result = refuse(guard, POS_E_MISUSE, call, rule);
    } else {
        uint64_t start = poshost_guard_now_ns();
        result = guard->plugin.on_daily_close(guard->instance, z);
        book(guard, POSHOST_CALL_DAILY_CLOSE, start);
        result = poshost_guard_check_result(guard, PLUGIN, call, result, POS_E_FAILED);
    }
    leave(guard);
    return result;
}

static void judge_ticked(poshost_guard *guard, pos_tick_out *out, uint32_t size)
{
    const char *call = "on_tick";
    if (out->struct_size != size) {
        poshost_guard_misuse(guard, PLUGIN, call, "changed out.struct_size, which is the host's");
        out->struct_size = size;
    }
    if (out->next_tick_ms > 60000) {
        poshost_guard_misuse(guard, PLUGIN, call, "next_tick_ms is %u: at most 60,000", (unsigned)out->next_tick_ms);
        out->next_tick_ms = 60000;
    }
    if (out->attention == 0) {
        poshost_guard_misuse(guard, PLUGIN, call, "attention is not set");
        out->attention = POS_ATTENTION_NONE;
    }
    if (out->attention_text == NULL) {
        poshost_guard_misuse(guard, PLUGIN, call, "attention_text is NULL");
        out->attention_text = "";
    }
    poshost_guard_check_text(guard, call, "attention_text", out->attention_text);
}

int32_t poshost_guard_tick(poshost_guard *guard, const pos_tick_in *in, pos_tick_out *out)
{
    const char *call = "on_tick";
    int32_t result = enter(guard, call, POSHOST_PHASE_ALIVE);
    if (result != POS_OK)
        return result;
    const char *rule = poshost_guard_judge_tick(in, out);
    if (rule != NULL) {
        result = refuse(guard, POS_E_MISUSE, call, rule);
    } else {
        uint32_t size = out->struct_size;
        memset(out, 0, size < sizeof *out ? size : sizeof *out); /* so that what is not filled shows */
        out->struct_size = size;
        uint64_t start = poshost_guard_now_ns();
        result = guard->plugin.on_tick(guard->instance, in, out);
        book(guard, POSHOST_CALL_TICK, start);
        result = poshost_guard_check_result(guard, PLUGIN, call, result, POS_E_FAILED);
        if (result == POS_OK)
            judge_ticked(guard, out, size);
    }
    leave(guard);
    return result;
}

int32_t poshost_guard_render(void *ctx, const pos_event *event, const pos_builder *builder)
{
    const char *call = "render_settings";
    poshost_guard *guard = ctx;
    int32_t result = enter(guard, call, POSHOST_PHASE_ALIVE);
    if (result != POS_OK)
        return result;
    const char *rule = poshost_guard_judge_event(event, builder);
    if (rule != NULL) {
        result = refuse(guard, POS_E_MISUSE, call, rule);
    } else {
        poshost_guard_page page;
        pos_builder lent;
        poshost_guard_page_begin(&page, guard, builder, &lent);
        uint64_t start = poshost_guard_now_ns();
        result = guard->plugin.render_settings(guard->instance, event, builder != NULL ? &lent : NULL);
        book(guard, POSHOST_CALL_RENDER, start);
        result = poshost_guard_check_result(guard, PLUGIN, call, result, POS_E_FAILED);
        result = poshost_guard_page_end(&page, event, result);
    }
    leave(guard);
    return result;
}

int32_t poshost_guard_stop(poshost_guard *guard, uint32_t deadline_ms)
{
    int32_t result = enter(guard, "stop", POSHOST_PHASE_ALIVE);
    if (result != POS_OK)
        return result;
    uint64_t start = poshost_guard_now_ns();
    result = guard->plugin.stop(guard->instance, deadline_ms);
    book(guard, POSHOST_CALL_STOP, start);
    result = poshost_guard_check_result(guard, PLUGIN, "stop", result, POS_E_FAILED);
    guard->phase = POSHOST_PHASE_STOPPED;
    leave(guard);
    return result;
}

int32_t poshost_guard_destroy(poshost_guard *guard)
{
    int32_t result = enter(guard, "destroy", 0);
    if (result != POS_OK)
        return result;
    uint64_t start = poshost_guard_now_ns();
    result = guard->plugin.destroy(guard->instance);
    book(guard, POSHOST_CALL_DESTROY, start);
    result = poshost_guard_check_result(guard, PLUGIN, "destroy", result, POS_E_FAILED);
    if (result != POS_E_BUSY && result != POS_E_FORKED) {
        guard->instance = NULL;
        guard->phase = POSHOST_PHASE_IDLE;
        take_lock_back(guard, "destroy");
    }
    leave(guard);
    return result;
}

const char *poshost_guard_last_error(poshost_guard *guard)
{
    if (guard == NULL)
        return "guard is NULL";
    if (guard->owner != getpid())
        return "called in a forked child, where the plugin's worker is not";
    const void *nobody = NULL;
    if (!atomic_compare_exchange_strong(&guard->caller, &nobody, poshost_guard_thread()))
        return "another call into this instance is running";
    const char *text = guard->own_error;
    if (!guard->has_own_error && guard->phase != POSHOST_PHASE_IDLE) {
        text = guard->plugin.last_error(guard->instance);
        if (text == NULL) {
            poshost_guard_misuse(guard, PLUGIN, "last_error", "returned NULL");
            text = "";
        }
    }
    leave(guard);
    return text;
}

/* ---- life ---- */

int32_t poshost_guard_new(const pos_plugin *calls, const pos_host *host, const poshost_guard_options *options,
                          poshost_guard **out, char *error, uint32_t error_capacity_bytes)
{
    poshost_text_format(error, error_capacity_bytes, "%s", "");
    if (out != NULL)
        *out = NULL;
    const char *rule = out == NULL ? "out is NULL" : poshost_guard_judge_plugin(calls);
    if (rule == NULL)
        rule = poshost_guard_judge_host(host);
    if (rule != NULL) {
        poshost_text_format(error, error_capacity_bytes, "poshost_guard_new: %s.", rule);
        return POS_E_MISUSE;
    }
    poshost_guard *guard = calloc(1, sizeof *guard);
    if (guard == NULL) {
        poshost_text_format(error, error_capacity_bytes, "Out of memory.");
        return POS_E_NO_MEMORY;
    }
    poshost_guard_copy(&guard->plugin, sizeof guard->plugin, calls, calls->struct_size);
    poshost_guard_copy(&guard->host, sizeof guard->host, host, host->struct_size);
    poshost_guard_copy(&guard->storage, sizeof guard->storage, host->storage, host->storage->struct_size);
    poshost_text_format(guard->register_id, sizeof guard->register_id, "%s", host->info(host->ctx)->register_id);
    if (options != NULL)
        guard->options = *options;
    guard->owner = getpid();
    guard->phase = POSHOST_PHASE_IDLE;
    guard->lock = POSHOST_LOCK_NONE;
    guard->last_elapsed_ms = INT64_MIN;
    pthread_mutex_init(&guard->park_lock, NULL);
    poshost_guard_lend_host(guard);
    *out = guard;
    return POS_OK;
}

void poshost_guard_free(poshost_guard *guard)
{
    if (guard == NULL)
        return;
    if (guard->owner == getpid() && guard->phase != POSHOST_PHASE_IDLE) {
        poshost_guard_misuse(guard, HOST, "poshost_guard_free", "the instance still lives: destroy it first");
        if (poshost_guard_destroy(guard) != POS_OK && guard->phase != POSHOST_PHASE_IDLE)
            return; /* the plugin may still use what it was lent: a leak is better than a crash */
    }
    pthread_mutex_destroy(&guard->park_lock);
    free(guard);
}
