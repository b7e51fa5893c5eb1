/* SPDX-License-Identifier: Apache-2.0 */
/* Lacks a required function. */
#include "fake.h"

POS_EXPORT int32_t pos_plugin_entry_1(const pos_host *host, pos_plugin *plugin)
{
    (void)host;
    fake_fill(plugin, &fake_calls, sizeof fake_calls);
    plugin->on_tick = NULL;
    return POS_OK;
}
