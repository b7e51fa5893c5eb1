/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin that does nothing, for tests of the loader: each fake_NAME.c includes this and gets one thing wrong, or
 * right in an unusual way.
 */
#ifndef TESTS_ABI_FAKES_FAKE_H
#define TESTS_ABI_FAKES_FAKE_H

#include <pos/plugin.h>

#include <string.h>

static int32_t fake_create(const pos_host *host, pos_instance **out, char *error, uint32_t error_capacity_bytes)
{
    (void)host, (void)out, (void)error, (void)error_capacity_bytes;
    return POS_E_FAILED;
}

static int32_t fake_close(pos_instance *self, const pos_report *z)
{
    (void)self, (void)z;
    return POS_E_FAILED;
}

static int32_t fake_tick(pos_instance *self, const pos_tick_in *in, pos_tick_out *out)
{
    (void)self, (void)in, (void)out;
    return POS_E_FAILED;
}

static int32_t fake_render(pos_instance *self, const pos_event *event, const pos_builder *builder)
{
    (void)self, (void)event, (void)builder;
    return POS_E_FAILED;
}

static int32_t fake_stop(pos_instance *self, uint32_t deadline_ms)
{
    (void)self, (void)deadline_ms;
    return POS_OK;
}

static int32_t fake_destroy(pos_instance *self)
{
    (void)self;
    return POS_OK;
}

static const char *fake_last_error(pos_instance *self)
{
    (void)self;
    return "";
}

static const pos_plugin fake_calls = {.struct_size = sizeof(pos_plugin),
                                      .abi_minor = POS_ABI_MINOR,
                                      .name = "fake",
                                      .version = "1.2.3",
                                      .create = fake_create,
                                      .on_daily_close = fake_close,
                                      .on_tick = fake_tick,
                                      .render_settings = fake_render,
                                      .stop = fake_stop,
                                      .destroy = fake_destroy,
                                      .last_error = fake_last_error};

/* Fills what both sides know, and leaves the host's struct_size, as the growth rule asks. */
static inline void fake_fill(pos_plugin *plugin, const void *from, size_t from_size)
{
    uint32_t size = plugin->struct_size;
    memcpy(plugin, from, from_size < size ? from_size : size);
    plugin->struct_size = size;
}

#endif
