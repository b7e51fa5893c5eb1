/* SPDX-License-Identifier: Apache-2.0 */
/* The till's switches: one row each. */
#include "settings.h"

#include <stdio.h>

#include "query.h"

bool settings_get(struct database *db, const char *name, bool otherwise, bool *on, struct fault *fault)
{
    int64_t value;
    if (!query_int(db->sqlite, fault, &value, otherwise, "SELECT value FROM settings WHERE name = ?", "s", name))
        return false;
    *on = value != 0;
    return true;
}

bool settings_set(struct database *db, const char *name, bool on, struct fault *fault)
{
    return query_run(db->sqlite, fault, "INSERT OR REPLACE INTO settings VALUES(?,?)", "si", name, (int64_t)on);
}

bool settings_name_property(const char *property, char name[SETTINGS_NAME_BYTES])
{
    return snprintf(name, SETTINGS_NAME_BYTES, "licence %s", property) < SETTINGS_NAME_BYTES;
}
