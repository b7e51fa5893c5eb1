/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin for later majors only. */
#include "fake.h"

POS_EXPORT int32_t pos_plugin_entry_2(const pos_host *host, pos_plugin *plugin);
POS_EXPORT int32_t pos_plugin_entry_4(const pos_host *host, pos_plugin *plugin);

int32_t pos_plugin_entry_2(const pos_host *host, pos_plugin *plugin)
{
    (void)host;
    fake_fill(plugin, &fake_calls, sizeof fake_calls);
    return POS_OK;
}

int32_t pos_plugin_entry_4(const pos_host *host, pos_plugin *plugin)
{
    return pos_plugin_entry_2(host, plugin);
}
