/* SPDX-License-Identifier: Apache-2.0 */
/* core/upload_right.c - the permission to upload configuration data, as a table of three facts (core/upload_right.h). */
#include "core/upload_right.h"

bool upload_right_allows(const upload_right *right, bool wizard_finished)
{
    return ((wizard_finished && !right->connected) || right->licence_on) && !right->used_up;
}

static bool put(upload_right *right, const upload_right *changed)
{
    bool differs = right->connected != changed->connected || right->used_up != changed->used_up ||
                   right->licence_on != changed->licence_on;
    *right = *changed;
    return differs;
}

bool upload_right_see_licence(upload_right *right, int32_t answer)
{
    upload_right changed = *right;
    if (answer < 0)
        return false;
    changed.licence_on = answer != 0;
    if (changed.licence_on && !right->licence_on)
        changed.used_up = false;
    return put(right, &changed);
}

bool upload_right_connect(upload_right *right)
{
    upload_right changed = *right;
    changed.connected = true;
    return put(right, &changed);
}

bool upload_right_use(upload_right *right)
{
    upload_right changed = *right;
    changed.connected = true;
    changed.used_up = true;
    return put(right, &changed);
}
