/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plugin.c - the exported entry, the vtable, and the wiring of an instance: host, net, core, screens.
 *
 * Every call passes one gate: not in a forked child, not while another call is inside, not after stop().
 */
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/core.h"
#include "host.h"
#include "net/net.h"
#include "pos/plugin.h"
#include "screens/screens.h"

#define PLUGIN_NAME    "FactoryCLOUD sync"
#define PLUGIN_VERSION "0.1.0"
#define STATUS_BYTES   240
#define STATUS_AGE_MS  1000 /* what counts down in the status line is a second old at most */

struct pos_instance {
    host_view host;
    pid_t pid;
    atomic_flag inside;
    bool stopped;
    bool acquired;
    net *net;
    core *core;
    screens *screens;
    char error[256];
    char status[STATUS_BYTES];
    uint32_t attention;
    uint32_t pending;
    uint64_t status_generation;
    int64_t status_at; /* elapsed ms; -1: none yet */
};

/* ---- the gate ---- */

static int32_t fail(pos_instance *self, int32_t code, const char *why)
{
    snprintf(self->error, sizeof self->error, "%s", why ? why : "failed");
    return code;
}

static int32_t enter(pos_instance *self)
{
    if (!self)
        return POS_E_MISUSE;
    if (self->pid != getpid())
        return POS_E_FORKED;
    if (atomic_flag_test_and_set(&self->inside))
        return POS_E_BUSY;
    if (self->stopped) {
        atomic_flag_clear(&self->inside);
        return fail(self, POS_E_MISUSE, "only destroy() may follow stop()");
    }
    return POS_OK;
}

static int32_t leave(pos_instance *self, int32_t result)
{
    atomic_flag_clear(&self->inside);
    return result;
}

static core_time read_clock(const pos_instance *self)
{
    pos_time time = {.struct_size = sizeof time};
    self->host.host.now(self->host.host.ctx, &time);
    return (core_time){time.wall_ms, time.elapsed_ms};
}

/* ---- create and destroy ---- */

static net_config make_net_config(const pos_host_info *info, char *agent, size_t room)
{
    snprintf(agent, room, "factorycloud/" PLUGIN_VERSION " (%.64s)", info->product ? info->product : "unknown POS");
    return (net_config){
        .cloud_url = info->cloud_url,
        .ca_file = info->ca_file,
        .ca_directory = info->ca_directory,
        .proxy = info->proxy,
        .user_agent = agent,
    };
}

/* Not refused: reports are kept until the host's next version sets it right. The address itself may hold a password. */
static void log_unusable_address(const pos_instance *self)
{
    const char *reason;
    if (net_url_is_allowed(self->host.info.cloud_url, &reason) || reason == NULL)
        return; /* without a reason memory is out, which says nothing of the address */
    char line[256];
    snprintf(line, sizeof line, "pos_host_info.cloud_url cannot be used, so nothing is sent: %s", reason);
    self->host.host.log(self->host.host.ctx, POS_LOG_MISUSE, line);
}

static void random_bytes(void *bytes, size_t count)
{
    randombytes_buf(bytes, count);
}

static void dismantle(pos_instance *self)
{
    screens_destroy(self->screens);
    core_destroy(self->core);
    if (self->net)
        self->net->destroy(self->net);
    if (self->acquired)
        self->host.storage.release(self->host.storage.ctx);
    free(self);
}

static int32_t build(pos_instance *self, const char **why)
{
    const pos_host_info *info = &self->host.info;
    char agent[128];
    int32_t result = self->host.storage.acquire(self->host.storage.ctx);
    *why = "the storage is in use by another instance or process";
    if (result == POS_E_BUSY)
        return result;
    *why = "the storage cannot be locked";
    if (result != POS_OK)
        return result;
    self->acquired = true;
    net_config config = make_net_config(info, agent, sizeof agent);
    self->net = net_curl_create(&config, why);
    if (!self->net)
        return POS_E_FAILED;
    log_unusable_address(self);
    core_env env = {
        .storage = &self->host.storage,
        .host_ctx = self->host.host.ctx,
        .reports = self->host.has_reports ? &self->host.reports : NULL,
        .exporter = self->host.has_exporter ? &self->host.exporter : NULL,
        .catalogue = self->host.has_catalogue ? &self->host.catalogue : NULL,
        .setup = self->host.has_setup ? &self->host.setup : NULL,
        .licence = self->host.has_licence ? &self->host.licence : NULL,
        .log = self->host.host.log,
        .net = self->net,
        .random = random_bytes,
        .register_id = info->register_id,
        .device_name = info->device_name,
    };
    result = core_create(&env, read_clock(self), &self->core, why);
    if (result != POS_OK)
        return result;
    *why = "out of memory";
    self->screens = screens_create(self->core);
    if (!self->screens)
        return POS_E_NO_MEMORY;
    screens_set_locale(self->screens, info);
    return POS_OK;
}

static int32_t create_instance(const pos_host *host, pos_instance **out, const char **why)
{
    *why = "libsodium cannot be started";
    if (sodium_init() < 0)
        return POS_E_FAILED;
    *why = "out of memory";
    pos_instance *self = calloc(1, sizeof *self);
    if (!self)
        return POS_E_NO_MEMORY;
    self->pid = getpid();
    self->status_at = -1;
    atomic_flag_clear(&self->inside);
    int32_t result = POS_E_MISUSE;
    *why = host_read(host, &self->host);
    if (!*why)
        *why = host_read_info(&self->host);
    if (!*why)
        *why = host_read_extensions(&self->host);
    if (!*why)
        result = build(self, why);
    if (result != POS_OK) {
        dismantle(self);
        return result;
    }
    *out = self;
    return POS_OK;
}

static int32_t plugin_create(const pos_host *host, pos_instance **out, char *error, uint32_t error_capacity_bytes)
{
    const char *why = "pos_instance **out is NULL";
    int32_t result = POS_E_MISUSE;
    if (out) {
        *out = NULL;
        result = create_instance(host, out, &why);
    }
    if (error && error_capacity_bytes > 0)
        snprintf(error, error_capacity_bytes, "%s", result == POS_OK ? "" : why);
    return result;
}

static int32_t plugin_stop(pos_instance *self, uint32_t deadline_ms)
{
    int32_t entered = enter(self);
    if (entered != POS_OK)
        return entered;
    self->stopped = true;
    bool left = self->net->stop(self->net, deadline_ms);
    return leave(self, left ? POS_OK : fail(self, POS_E_BUSY, "the worker is still leaving; destroy() waits for it"));
}

static int32_t plugin_destroy(pos_instance *self)
{
    if (!self)
        return POS_E_MISUSE;
    if (self->pid != getpid())
        return POS_E_FORKED;
    if (atomic_flag_test_and_set(&self->inside))
        return POS_E_BUSY;
    dismantle(self);
    return POS_OK;
}

/* ---- the three calls ---- */

static int32_t plugin_on_daily_close(pos_instance *self, const pos_report *z)
{
    int32_t result = enter(self);
    if (result != POS_OK)
        return result;
    const char *why = NULL;
    result = core_close_day(self->core, read_clock(self), z, &why);
    return leave(self, result == POS_OK ? result : fail(self, result, why));
}

static void change_locale(pos_instance *self)
{
    const char *why = host_read_info(&self->host);
    char agent[128];
    if (why) {
        self->host.host.log(self->host.host.ctx, POS_LOG_MISUSE, why);
        return;
    }
    screens_set_locale(self->screens, &self->host.info);
    net_config config = make_net_config(&self->host.info, agent, sizeof agent);
    self->net->configure(self->net, &config);
}

/* The status line is words made of many counts: made anew only when something changed, or a second has passed. */
static void refresh_status(pos_instance *self, core_time now)
{
    uint64_t generation = core_generation(self->core);
    bool fresh =
        self->status_at >= 0 && now.elapsed_ms - self->status_at < STATUS_AGE_MS && now.elapsed_ms >= self->status_at;
    if (fresh && generation == self->status_generation)
        return;
    screens_status(self->screens, now, &self->attention, self->status, sizeof self->status);
    self->pending = core_get_queue(self->core, now).pending;
    self->status_generation = generation;
    self->status_at = now.elapsed_ms;
}

static void write_tick_out(pos_tick_out *out, const pos_tick_out *made)
{
    uint32_t size = out->struct_size;
    memcpy(out, made, size < sizeof *made ? size : sizeof *made);
    out->struct_size = size;
}

static int32_t plugin_on_tick(pos_instance *self, const pos_tick_in *in, pos_tick_out *out)
{
    int32_t result = enter(self);
    if (result != POS_OK)
        return result;
    if (!out || out->struct_size < sizeof out->struct_size || (in && in->struct_size < sizeof in->struct_size))
        return leave(self, fail(self, POS_E_MISUSE, "pos_tick_out is NULL, or a struct_size is not set"));
    core_time now = read_clock(self);
    uint32_t flags = in && POS_HAS(in, pos_tick_in, flags) ? in->flags : 0;
    if (flags & (POS_TICK_LOCALE_CHANGED | POS_TICK_NETWORK_CHANGED))
        change_locale(self);
    uint32_t core_flags = (flags & POS_TICK_RESUMED ? CORE_TICK_RESUMED : 0) |
                          (flags & POS_TICK_NETWORK_CHANGED ? CORE_TICK_NETWORK_CHANGED : 0);
    uint32_t delay = core_tick(self->core, now, core_flags);
    refresh_status(self, now);
    pos_tick_out made = {
        .next_tick_ms = delay,
        .screen_generation = screens_generation(self->screens, now),
        .attention = self->attention,
        .pending = self->pending,
        .attention_text = self->status,
    };
    write_tick_out(out, &made);
    return leave(self, POS_OK);
}

static int32_t plugin_render_settings(pos_instance *self, const pos_event *event, const pos_builder *builder)
{
    int32_t result = enter(self);
    if (result != POS_OK)
        return result;
    const char *why = NULL;
    core_begin_call(self->core);
    result = screens_render(self->screens, read_clock(self), event, builder, &why);
    return leave(self, result == POS_OK ? result : fail(self, result, why));
}

static const char *plugin_last_error(pos_instance *self)
{
    return self ? self->error : "the instance is NULL";
}

/* ---- the entry ---- */

int32_t pos_plugin_entry_1(const pos_host *host, pos_plugin *plugin)
{
    if (!plugin || plugin->struct_size < offsetof(pos_plugin, refusal) + sizeof plugin->refusal)
        return POS_E_MISUSE;
    host_view view;
    pos_plugin made = {
        .abi_minor = POS_ABI_MINOR,
        .name = PLUGIN_NAME,
        .version = PLUGIN_VERSION,
        .refusal = host ? host_read(host, &view) : "pos_host is NULL",
        .create = plugin_create,
        .on_daily_close = plugin_on_daily_close,
        .on_tick = plugin_on_tick,
        .render_settings = plugin_render_settings,
        .stop = plugin_stop,
        .destroy = plugin_destroy,
        .last_error = plugin_last_error,
    };
    uint32_t size = plugin->struct_size;
    memcpy(plugin, &made, size < sizeof made ? size : sizeof made);
    plugin->struct_size = size;
    if (!host)
        return POS_E_MISUSE;
    return made.refusal ? POS_E_UNSUPPORTED : POS_OK;
}
