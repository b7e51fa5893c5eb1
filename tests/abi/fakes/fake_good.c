/* SPDX-License-Identifier: Apache-2.0 */
/* Does everything right. */
#include "fake.h"

POS_EXPORT int32_t pos_plugin_entry_1(const pos_host *host, pos_plugin *plugin)
{
    if (host == NULL || plugin == NULL)
        return POS_E_MISUSE;
    fake_fill(plugin, &fake_calls, sizeof fake_calls);
    return POS_OK;
}
