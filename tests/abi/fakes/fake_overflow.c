/* SPDX-License-Identifier: Apache-2.0 */
/* Writes as much as it knows, whatever room the host has. */
#include "fake.h"

POS_EXPORT int32_t pos_plugin_entry_1(const pos_host *host, pos_plugin *plugin)
{
    (void)host;
    volatile unsigned char *behind = (volatile unsigned char *)plugin + plugin->struct_size;
    fake_fill(plugin, &fake_calls, sizeof fake_calls);
    *behind = 0;
    return POS_OK;
}
