/* SPDX-License-Identifier: Apache-2.0 */
/* Calls the host from inside entry. */
#include "fake.h"

POS_EXPORT int32_t pos_plugin_entry_1(const pos_host *host, pos_plugin *plugin)
{
    host->log(host->ctx, POS_LOG_INFO, "hello");
    fake_fill(plugin, &fake_calls, sizeof fake_calls);
    return POS_OK;
}
