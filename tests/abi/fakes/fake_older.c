/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin whose pos_plugin ends before destroy: what it lacks must read as missing, not as garbage. */
#include "fake.h"

POS_EXPORT int32_t pos_plugin_entry_1(const pos_host *host, pos_plugin *plugin)
{
    (void)host;
    fake_fill(plugin, &fake_calls, offsetof(pos_plugin, destroy));
    return POS_OK;
}
