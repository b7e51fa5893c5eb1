/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The extension "pos.export/1" as the plugin sees it: the name of a file is what a host hands to its filesystem, so one
 * that could lead out of the folder never gets there.
 */
#include "guard_internal.h"

#include "text.h"

#include <string.h>

static const char *judge_name(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    if (name == NULL || name[0] == '\0')
        return "name is required";
    if (name[strspn(name, allowed)] != '\0')
        return "name holds something else than letters, digits, '-', '_' and '.'";
    return strspn(name, ".") == strlen(name) ? "name is a folder" : NULL;
}

static int32_t guarded_save(void *ctx, const char *name, const char *media_type, const void *bytes, uint32_t size_bytes,
                            char *place, uint32_t place_capacity_bytes)
{
    poshost_guard *guard = ctx;
    const char *call = "export.save";
    if (!poshost_guard_may_call(guard, call))
        return POS_E_MISUSE;
    const char *rule = judge_name(name);
    if (rule == NULL && strcmp(guard->call, "render_settings") != 0)
        rule = "called outside render_settings";
    if (rule == NULL && media_type == NULL)
        rule = "media_type is NULL";
    if (rule == NULL && bytes == NULL && size_bytes > 0)
        rule = "bytes is NULL with a size";
    if (rule == NULL && (place == NULL || place_capacity_bytes == 0))
        rule = "place has no room";
    if (rule != NULL) {
        poshost_guard_misuse(guard, POSHOST_SIDE_PLUGIN, call, "%s", rule);
        return POS_E_MISUSE;
    }
    place[0] = '\0';
    uint64_t start = poshost_guard_now_ns();
    int32_t result =
        guard->exporter.save(guard->exporter.ctx, name, media_type, bytes, size_bytes, place, place_capacity_bytes);
    guard->meter.host_ns += poshost_guard_now_ns() - start;
    result = poshost_guard_check_result(guard, POSHOST_SIDE_HOST, call, result, POS_E_FAILED);
    if (memchr(place, '\0', place_capacity_bytes) == NULL) {
        poshost_guard_misuse(guard, POSHOST_SIDE_HOST, call, "place is not zero-terminated");
        place[place_capacity_bytes - 1] = '\0';
    } else if (result == POS_OK && (place[0] == '\0' || !poshost_text_is_utf8(place, strlen(place)))) {
        poshost_guard_misuse(guard, POSHOST_SIDE_HOST, call, "place is empty, or not valid UTF-8");
    }
    return result;
}

const void *poshost_guard_lend_export(poshost_guard *guard, const pos_export *exporter)
{
    if (exporter->struct_size == 0) {
        poshost_guard_misuse(guard, POSHOST_SIDE_HOST, "get_extension", POS_EXPORT_1 " has no struct_size");
        return NULL;
    }
    poshost_guard_copy(&guard->exporter, sizeof guard->exporter, exporter, exporter->struct_size);
    guard->lent_export = (pos_export){.struct_size = (uint32_t)sizeof guard->lent_export,
                                      .ctx = guard,
                                      .save = guard->exporter.save != NULL ? guarded_save : NULL};
    return &guard->lent_export;
}
