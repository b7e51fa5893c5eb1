/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fake plugin's calls. One instance at a time, its state in one global: tests read it directly.
 */
#include "fake_plugin.h"

#include <stdio.h>
#include <string.h>

struct pos_instance {
    int64_t next_x_ms;
};

struct fake_plugin fake_plugin;
static struct pos_instance fake_instance;

void fake_plugin_reset(void)
{
    memset(&fake_plugin, 0, sizeof fake_plugin);
    memset(&fake_instance, 0, sizeof fake_instance);
}

uint64_t fake_plugin_hash(const void *bytes, size_t size_bytes)
{
    uint64_t hash = 1469598103934665603ULL;
    for (size_t i = 0; i < size_bytes; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 1099511628211ULL;
    return hash;
}

static int32_t fake_create(const pos_host *host, pos_instance **out, char *error, uint32_t error_capacity_bytes)
{
    *out = NULL;
    if (fake_plugin.create_result != POS_OK) {
        (void)snprintf(error, error_capacity_bytes, "the fake refuses");
        return fake_plugin.create_result;
    }
    int32_t result = host->storage->acquire(host->storage->ctx);
    if (result != POS_OK)
        return result;
    fake_plugin.host = host;
    fake_plugin.creates++;
    fake_instance.next_x_ms = 0;
    *out = &fake_instance;
    return POS_OK;
}

static int32_t fake_close(pos_instance *self, const pos_report *z)
{
    (void)self;
    fake_plugin.closes++;
    fake_plugin.last_hash = fake_plugin_hash(z->document, z->document_size);
    if (fake_plugin.close_failures > 0) {
        fake_plugin.close_failures--;
        return POS_E_NO_SPACE;
    }
    if (fake_plugin.close_result != POS_OK)
        return fake_plugin.close_result;
    fake_plugin.last_x_sequence = 0; /* a new period counts from 1 */
    if (fake_plugin.z_count < FAKE_PLUGIN_Z_MAX) {
        fake_plugin.z_numbers[fake_plugin.z_count] = z->z_number;
        fake_plugin.z_hashes[fake_plugin.z_count] = fake_plugin.last_hash;
        fake_plugin.z_count++;
    }
    return POS_OK;
}

static int32_t fake_take_x(void *ctx, const pos_report *x)
{
    (void)ctx;
    fake_plugin.x_taken++;
    fake_plugin.last_x_sequence = x->x_sequence;
    fake_plugin.last_x_z_number = x->z_number;
    return POS_OK;
}

static void fake_ask_x(void)
{
    pos_time now = {.struct_size = (uint32_t)sizeof now};
    const pos_host *host = fake_plugin.host;
    host->now(host->ctx, &now);
    if (fake_plugin.x_every_ms == 0 || now.elapsed_ms < fake_instance.next_x_ms)
        return;
    const pos_reports *reports = host->get_extension(host->ctx, POS_REPORTS_1);
    fake_instance.next_x_ms = now.elapsed_ms + fake_plugin.x_every_ms;
    fake_plugin.x_asked++;
    (void)reports->running(reports->ctx, fake_plugin.last_x_sequence + 1, fake_take_x, NULL);
}

static int32_t fake_tick(pos_instance *self, const pos_tick_in *in, pos_tick_out *out)
{
    (void)self;
    fake_plugin.ticks++;
    fake_plugin.tick_flags |= in != NULL ? in->flags : 0;
    fake_ask_x();
    out->next_tick_ms = fake_plugin.next_tick_ms != 0 ? fake_plugin.next_tick_ms : 60000;
    out->screen_generation = fake_plugin.page + 1;
    out->attention = POS_ATTENTION_INFO;
    out->pending = fake_plugin.pending;
    out->attention_text = "all is fake";
    return POS_OK;
}

static int32_t fake_render(pos_instance *self, const pos_event *event, const pos_builder *builder)
{
    (void)self;
    return fake_plugin_render(NULL, event, builder);
}

static int32_t fake_stop(pos_instance *self, uint32_t deadline_ms)
{
    (void)self;
    (void)deadline_ms;
    return POS_OK;
}

static int32_t fake_destroy(pos_instance *self)
{
    (void)self;
    fake_plugin.host->storage->release(fake_plugin.host->storage->ctx);
    fake_plugin.destroys++;
    return POS_OK;
}

static const char *fake_last_error(pos_instance *self)
{
    (void)self;
    return "the fake was told to fail";
}

const pos_plugin *fake_plugin_calls(void)
{
    static const pos_plugin calls = {.struct_size = (uint32_t)sizeof(pos_plugin),
                                     .abi_minor = POS_ABI_MINOR,
                                     .name = "fake",
                                     .version = "1",
                                     .create = fake_create,
                                     .on_daily_close = fake_close,
                                     .on_tick = fake_tick,
                                     .render_settings = fake_render,
                                     .stop = fake_stop,
                                     .destroy = fake_destroy,
                                     .last_error = fake_last_error};
    return &calls;
}
