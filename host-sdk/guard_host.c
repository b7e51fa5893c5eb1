/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pos_host that the plugin sees: each function first asks whether the plugin may call at all (inside a call of the
 * host, on its thread), then passes on, and judges what the host answered.
 */
#include "guard_internal.h"

#include "text.h"

#include <string.h>

int poshost_guard_may_call(poshost_guard *guard, const char *call)
{
    const void *caller = atomic_load(&guard->caller);
    if (caller == poshost_guard_thread())
        return 1;
    poshost_guard_misuse(guard, POSHOST_SIDE_PLUGIN, call,
                         caller == NULL ? "called outside a call of the host"
                                        : "called on another thread than that of the host's call");
    return 0;
}

static const pos_host_info *guarded_info(void *ctx)
{
    static const pos_host_info nothing = {.struct_size = sizeof(nothing), .register_id = "", .cloud_url = ""};
    poshost_guard *guard = ctx;
    if (!poshost_guard_may_call(guard, "info"))
        return &nothing;
    uint64_t start = poshost_guard_now_ns();
    const pos_host_info *info = guard->host.info(guard->host.ctx);
    guard->meter.host_ns += poshost_guard_now_ns() - start;
    if (info == NULL || info->struct_size == 0) {
        poshost_guard_misuse(guard, POSHOST_SIDE_HOST, "info", "returned NULL, or a struct without its struct_size");
        return &nothing;
    }
    if (info->register_id == NULL || strcmp(info->register_id, guard->register_id) != 0)
        poshost_guard_misuse(
            guard, POSHOST_SIDE_HOST, "info",
            "register_id changed from \"%s\" to \"%s\": it stays the same as long as the instance lives",
            guard->register_id, info->register_id ? info->register_id : "NULL");
    return info;
}

static void guarded_now(void *ctx, pos_time *out)
{
    poshost_guard *guard = ctx;
    if (out == NULL || out->struct_size < offsetof(pos_time, elapsed_ms) + sizeof out->elapsed_ms) {
        poshost_guard_misuse(guard, POSHOST_SIDE_PLUGIN, "now", "out is NULL, or its struct_size is not set");
        return;
    }
    out->wall_ms = 0;
    out->elapsed_ms = 0;
    if (!poshost_guard_may_call(guard, "now"))
        return;
    uint64_t start = poshost_guard_now_ns();
    guard->host.now(guard->host.ctx, out);
    guard->meter.host_ns += poshost_guard_now_ns() - start;
    if (out->elapsed_ms < guard->last_elapsed_ms) {
        poshost_guard_misuse(guard, POSHOST_SIDE_HOST, "now", "elapsed_ms went back from %lld to %lld: it never does",
                             (long long)guard->last_elapsed_ms, (long long)out->elapsed_ms);
        out->elapsed_ms = guard->last_elapsed_ms;
    }
    guard->last_elapsed_ms = out->elapsed_ms;
}

/* Control characters would let one event look like several lines of the log. */
static const char *mend_line(poshost_guard *guard, const char *text, char *room, size_t room_bytes)
{
    size_t at = strcspn(text, "\r\n");
    if (text[at] == '\0')
        return text;
    poshost_guard_misuse(guard, POSHOST_SIDE_PLUGIN, "log", "text holds a line break");
    poshost_text_format(room, room_bytes, "%s", text);
    for (char *c = room; *c != '\0'; c++) {
        if (*c == '\n' || *c == '\r')
            *c = ' ';
    }
    return room;
}

static void guarded_log(void *ctx, uint32_t level, const char *text)
{
    poshost_guard *guard = ctx;
    char room[512];
    if (!poshost_guard_may_call(guard, "log"))
        return;
    if (text == NULL) {
        poshost_guard_misuse(guard, POSHOST_SIDE_PLUGIN, "log", "text is NULL");
        return;
    }
    if (level < POS_LOG_DEBUG || level > POS_LOG_MISUSE) {
        poshost_guard_misuse(guard, POSHOST_SIDE_PLUGIN, "log", "level %u is none of POS_LOG_*", (unsigned)level);
        level = POS_LOG_ERROR;
    }
    poshost_guard_check_text(guard, "log", "text", text);
    text = mend_line(guard, text, room, sizeof room);
    uint64_t start = poshost_guard_now_ns();
    guard->host.log(guard->host.ctx, level, text);
    guard->meter.host_ns += poshost_guard_now_ns() - start;
}

/* The guard sees only what it wraps, so an extension that it does not know is not lent. */
static const void *guarded_get_extension(void *ctx, const char *name)
{
    poshost_guard *guard = ctx;
    if (!poshost_guard_may_call(guard, "get_extension"))
        return NULL;
    if (name == NULL) {
        poshost_guard_misuse(guard, POSHOST_SIDE_PLUGIN, "get_extension", "name is NULL");
        return NULL;
    }
    uint64_t start = poshost_guard_now_ns();
    const void *extension = guard->host.get_extension(guard->host.ctx, name);
    guard->meter.host_ns += poshost_guard_now_ns() - start;
    if (extension == NULL)
        return NULL;
    if (strcmp(name, POS_REPORTS_1) == 0)
        return poshost_guard_lend_reports(guard, extension);
    if (strcmp(name, POS_EXPORT_1) == 0)
        return poshost_guard_lend_export(guard, extension);
    if (strcmp(name, POS_CATALOGUE_1) == 0)
        return poshost_guard_lend_catalogue(guard, extension);
    if (strcmp(name, POS_SETUP_1) == 0)
        return poshost_guard_lend_setup(guard, extension);
    if (strcmp(name, POS_LICENCE_1) == 0)
        return poshost_guard_lend_licence(guard, extension);
    char line[160];
    poshost_text_format(line, sizeof line, "The guard does not know the extension %.64s and does not lend it.", name);
    guard->host.log(guard->host.ctx, POS_LOG_WARNING, line);
    return NULL;
}

void poshost_guard_lend_host(poshost_guard *guard)
{
    guard->lent = (pos_host){.struct_size = (uint32_t)sizeof guard->lent,
                             .abi_minor = guard->host.abi_minor,
                             .ctx = guard,
                             .info = guarded_info,
                             .now = guarded_now,
                             .log = guarded_log,
                             .get_extension = guarded_get_extension,
                             .storage = &guard->lent_storage};
    poshost_guard_lend_storage(guard);
}
