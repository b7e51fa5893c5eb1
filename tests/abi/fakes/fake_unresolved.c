/* SPDX-License-Identifier: Apache-2.0 */
/* Needs a function that nobody has. */
#include "fake.h"

int32_t a_function_that_nobody_has(void);

POS_EXPORT int32_t pos_plugin_entry_1(const pos_host *host, pos_plugin *plugin)
{
    (void)host;
    fake_fill(plugin, &fake_calls, sizeof fake_calls);
    return a_function_that_nobody_has();
}
