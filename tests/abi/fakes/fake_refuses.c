/* SPDX-License-Identifier: Apache-2.0 */
/* Refuses a host without a storage, with a reason; takes any other. */
#include "fake.h"

POS_EXPORT int32_t pos_plugin_entry_1(const pos_host *host, pos_plugin *plugin)
{
    if (!POS_HAS(host, pos_host, storage) || host->storage == NULL) {
        plugin->refusal = "this host has no storage";
        return POS_E_UNSUPPORTED;
    }
    fake_fill(plugin, &fake_calls, sizeof fake_calls);
    return POS_OK;
}
