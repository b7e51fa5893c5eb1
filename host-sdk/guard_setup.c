/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The extensions "pos.setup/1" and "pos.licence/1" as the plugin sees them: each answers yes, no, or with an error.
 */
#include "guard_internal.h"

#include "text.h"

#include <string.h>

/* 1, 0, or a negative code; anything else is the host's misuse and reads as no. */
static int32_t judge_answer(poshost_guard *guard, const char *call, uint64_t start_ns, int32_t result)
{
    guard->meter.host_ns += poshost_guard_now_ns() - start_ns;
    if (result <= 1)
        return result;
    poshost_guard_misuse(guard, POSHOST_SIDE_HOST, call, "the answer is 1, 0 or a negative code, this is %d",
                         (int)result);
    return 0;
}

static int32_t guarded_wizard_finished(void *ctx)
{
    poshost_guard *guard = ctx;
    const char *call = "setup.wizard_finished";
    if (!poshost_guard_may_call(guard, call))
        return POS_E_MISUSE;
    uint64_t start = poshost_guard_now_ns();
    return judge_answer(guard, call, start, guard->setup.wizard_finished(guard->setup.ctx));
}

static int32_t guarded_property(void *ctx, const char *name)
{
    poshost_guard *guard = ctx;
    const char *call = "licence.property";
    if (!poshost_guard_may_call(guard, call))
        return POS_E_MISUSE;
    if (name == NULL || name[0] == '\0' || !poshost_text_is_utf8(name, strlen(name))) {
        poshost_guard_misuse(guard, POSHOST_SIDE_PLUGIN, call, "name is NULL, empty, or not valid UTF-8");
        return POS_E_MISUSE;
    }
    uint64_t start = poshost_guard_now_ns();
    return judge_answer(guard, call, start, guard->licence.property(guard->licence.ctx, name));
}

const void *poshost_guard_lend_setup(poshost_guard *guard, const pos_setup *setup)
{
    poshost_guard_copy(&guard->setup, sizeof guard->setup, setup, setup->struct_size);
    if (guard->setup.wizard_finished == NULL) {
        poshost_guard_misuse(guard, POSHOST_SIDE_HOST, "get_extension",
                             POS_SETUP_1 " lacks wizard_finished, or its struct_size");
        return NULL;
    }
    guard->lent_setup = (pos_setup){
        .struct_size = (uint32_t)sizeof guard->lent_setup, .ctx = guard, .wizard_finished = guarded_wizard_finished};
    return &guard->lent_setup;
}

const void *poshost_guard_lend_licence(poshost_guard *guard, const pos_licence *licence)
{
    poshost_guard_copy(&guard->licence, sizeof guard->licence, licence, licence->struct_size);
    if (guard->licence.property == NULL) {
        poshost_guard_misuse(guard, POSHOST_SIDE_HOST, "get_extension",
                             POS_LICENCE_1 " lacks property, or its struct_size");
        return NULL;
    }
    guard->lent_licence =
        (pos_licence){.struct_size = (uint32_t)sizeof guard->lent_licence, .ctx = guard, .property = guarded_property};
    return &guard->lent_licence;
}
