/* SPDX-License-Identifier: Apache-2.0 */
/* screens/event.c - the rules of pos/screen.h that a host can break. Each is named, so that its developers need not
 * guess; the owner never sees these words. */
#include "screens/event.h"

#include <string.h>

#define NAME_MAX_BYTES 200

/* Half a pointer is none. */
static void copy_smaller(void *to, size_t to_bytes, const void *from, uint32_t from_bytes)
{
    memset(to, 0, to_bytes);
    memcpy(to, from, from_bytes < to_bytes ? from_bytes - from_bytes % sizeof(void *) : to_bytes);
}

static const char *check_action(const pos_event *event)
{
    if (!event->widget || !event->action)
        return "pos_event.widget or .action is NULL with POS_EVENT_ACTION";
    if (strnlen(event->widget, NAME_MAX_BYTES) == NAME_MAX_BYTES ||
        strnlen(event->action, NAME_MAX_BYTES) == NAME_MAX_BYTES)
        return "pos_event.widget or .action is longer than 199 bytes";
    return NULL;
}

static const char *check_event(const pos_event *event, form *f)
{
    switch (event->kind) {
    case POS_EVENT_OPENED:
    case POS_EVENT_BACK:
    case POS_EVENT_CLOSED:
        return NULL;
    case POS_EVENT_ACTION: {
        const char *broken = check_action(event);
        return broken ? broken : form_read_event(f, event);
    }
    case POS_EVENT_WINDOW:
        if (!event->widget)
            return "pos_event.widget is NULL with POS_EVENT_WINDOW";
        return NULL;
    default:
        return "pos_event.kind is none of POS_EVENT_*";
    }
}

static const char *check_builder(const pos_builder *builder, pos_builder *lent)
{
    if (builder->struct_size < sizeof *lent)
        return "pos_builder.struct_size is smaller than the struct";
    copy_smaller(lent, sizeof *lent, builder, builder->struct_size);
    return lent->begin && lent->add ? NULL : "pos_builder.begin or .add is NULL";
}

const char *event_read(const pos_event *event, pos_event *whole, const pos_builder *builder, pos_builder *lent, form *f)
{
    f->count = 0;
    memset(whole, 0, sizeof *whole);
    memset(lent, 0, sizeof *lent);
    if (event) {
        if (event->struct_size < offsetof(pos_event, revision))
            return "pos_event.struct_size does not reach kind";
        copy_smaller(whole, sizeof *whole, event, event->struct_size);
        const char *broken = check_event(whole, f);
        if (broken)
            return broken;
    }
    if (builder)
        return check_builder(builder, lent);
    return event && whole->kind == POS_EVENT_CLOSED ? NULL : "the builder is NULL";
}
