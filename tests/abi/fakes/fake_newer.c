/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin of a later minor version: its pos_plugin has grown, and it tells how far the host's reaches. */
#include "fake.h"

typedef struct pos_plugin_later {
    pos_plugin now;
    int32_t (*on_refund)(pos_instance *self);
    const char *motto;
} pos_plugin_later;

static int32_t on_refund(pos_instance *self)
{
    (void)self;
    return POS_OK;
}

POS_EXPORT int32_t pos_plugin_entry_1(const pos_host *host, pos_plugin *plugin)
{
    (void)host;
    pos_plugin_later mine = {.now = fake_calls, .on_refund = on_refund, .motto = "later"};
    mine.now.abi_minor = 7;
    fake_fill(plugin, &mine, sizeof mine);
    return POS_OK;
}
