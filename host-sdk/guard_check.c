/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host's arguments must be like, rule by rule as include/pos states them. Each function returns the first rule
 * that is broken, in words, or NULL. They only look.
 */
#include "guard_internal.h"

#include "text.h"

#include <string.h>

/* 1 if a struct of that size reaches as far as the member. */
#define REACHES(size, type, member) ((size_t)(size) >= offsetof(type, member) + sizeof(((type *)0)->member))

static const char *judge_storage(const pos_storage *storage)
{
    if (storage == NULL)
        return "host.storage is missing";
    if (!REACHES(storage->struct_size, pos_storage, list))
        return "storage.struct_size is not set, or too small for its six functions";
    return storage->acquire == NULL   ? "storage.acquire is missing"
           : storage->release == NULL ? "storage.release is missing"
           : storage->put == NULL     ? "storage.put is missing"
           : storage->get == NULL     ? "storage.get is missing"
           : storage->remove == NULL  ? "storage.remove is missing"
           : storage->list == NULL    ? "storage.list is missing"
                                      : NULL;
}

static const char *judge_info(const pos_host_info *info)
{
    if (info == NULL)
        return "info() returned NULL";
    if (!REACHES(info->struct_size, pos_host_info, cloud_url))
        return "info.struct_size is not set, or too small for cloud_url";
    if (info->register_id == NULL || info->register_id[0] == '\0' || strlen(info->register_id) > POS_REGISTER_ID_MAX)
        return "info.register_id is required, 1 to 64 bytes";
    if (info->cloud_url == NULL || info->cloud_url[0] == '\0')
        return "info.cloud_url is required";
    return NULL;
}

const char *poshost_guard_judge_host(const pos_host *host)
{
    if (host == NULL)
        return "host is NULL";
    if (!REACHES(host->struct_size, pos_host, storage))
        return "host.struct_size is not set, or too small for storage";
    if (host->info == NULL)
        return "host.info is missing";
    if (host->now == NULL)
        return "host.now is missing";
    if (host->log == NULL)
        return "host.log is missing";
    if (host->get_extension == NULL)
        return "host.get_extension is missing";
    const char *rule = judge_storage(host->storage);
    return rule != NULL ? rule : judge_info(host->info(host->ctx));
}

const char *poshost_guard_judge_plugin(const pos_plugin *calls)
{
    if (calls == NULL)
        return "calls is NULL: open a plugin first";
    if (!REACHES(calls->struct_size, pos_plugin, last_error))
        return "calls.struct_size is not set, or too small for last_error";
    if (calls->create == NULL || calls->on_daily_close == NULL || calls->on_tick == NULL ||
        calls->render_settings == NULL || calls->stop == NULL || calls->destroy == NULL || calls->last_error == NULL)
        return "calls lacks a required function";
    return NULL;
}

const char *poshost_guard_judge_close(const poshost_guard *guard, const pos_report *z)
{
    if (z == NULL)
        return "z is NULL";
    if (!REACHES(z->struct_size, pos_report, grand_total_minor))
        return "z.struct_size is not set, or too small for grand_total_minor";
    if (z->kind != POS_REPORT_Z)
        return "z.kind is not POS_REPORT_Z: only a closed period is handed over";
    if (z->document == NULL && z->document_size > 0)
        return "z.document is NULL with a size";
    if (z->z_number < 1 || z->z_number > POS_Z_NUMBER_MAX)
        return "z.z_number is out of 1..POS_Z_NUMBER_MAX";
    if (z->register_id == NULL || z->register_id[0] == '\0' || strlen(z->register_id) > POS_REGISTER_ID_MAX)
        return "z.register_id is required, 1 to 64 bytes";
    if (strcmp(z->register_id, guard->register_id) != 0)
        return "z.register_id is another register than info.register_id";
    if (!poshost_text_is_date(z->business_date))
        return "z.business_date is not a day written YYYY-MM-DD";
    return NULL;
}

const char *poshost_guard_judge_tick(const pos_tick_in *in, const pos_tick_out *out)
{
    if (in != NULL && !REACHES(in->struct_size, pos_tick_in, flags))
        return "in.struct_size is not set, or too small for flags";
    if (out == NULL)
        return "out is NULL";
    if (!REACHES(out->struct_size, pos_tick_out, attention_text))
        return "out.struct_size is not set, or too small for attention_text";
    return NULL;
}

static const char *judge_values(const pos_event *event)
{
    if (event->value_count == 0)
        return NULL;
    if (event->values == NULL)
        return "event.values is NULL with a count";
    if (!REACHES(event->value_stride, pos_value, text) || event->value_stride % _Alignof(pos_value) != 0)
        return "event.value_stride is not the size of a pos_value";
    for (uint32_t i = 0; i < event->value_count; i++) {
        const pos_value *value =
            (const pos_value *)(const void *)((const char *)event->values + (size_t)i * event->value_stride);
        if (!REACHES(value->struct_size, pos_value, text))
            return "a value's struct_size is not set, or too small for text";
        if (value->widget == NULL || value->text == NULL)
            return "a value lacks its widget or text";
        if (strlen(value->text) != value->size_bytes)
            return "a value's size_bytes is not the length of its text";
    }
    return NULL;
}

const char *poshost_guard_judge_event(const pos_event *event, const pos_builder *builder)
{
    if (builder == NULL && (event == NULL || event->kind != POS_EVENT_CLOSED))
        return "builder is NULL, which only POS_EVENT_CLOSED allows";
    if (builder != NULL && !REACHES(builder->struct_size, pos_builder, add))
        return "builder.struct_size is not set, or too small for add";
    if (builder != NULL && (builder->begin == NULL || builder->add == NULL))
        return "builder lacks begin or add";
    if (event == NULL)
        return NULL;
    if (!REACHES(event->struct_size, pos_event, values))
        return "event.struct_size is not set, or too small for values";
    if (event->kind < POS_EVENT_OPENED || event->kind > POS_EVENT_WINDOW)
        return "event.kind is none of POS_EVENT_*";
    if ((event->kind == POS_EVENT_ACTION || event->kind == POS_EVENT_WINDOW) && event->widget == NULL)
        return "event.widget is required for an action and a window";
    if (event->kind == POS_EVENT_ACTION && event->action == NULL)
        return "event.action is required for an action";
    return judge_values(event);
}
