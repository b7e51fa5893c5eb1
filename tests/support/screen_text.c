/* SPDX-License-Identifier: Apache-2.0 */
/* support/screen_text.c - writes pages down, and looks on the way whether they obey pos/screen.h. */
#include "support/screen_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void say(screen_text *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(screen_text *page, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int wrote = vsnprintf(page->text + page->length, sizeof page->text - page->length, format, args);
    va_end(args);
    if (wrote < 0 || (size_t)wrote >= sizeof page->text - page->length)
        page->broken = "the page is longer than 64 KiB";
    else
        page->length += (size_t)wrote;
}

static void keep(char *to, size_t capacity, const char *from)
{
    snprintf(to, capacity, "%s", from ? from : "");
}

static int32_t begin(void *ctx, const pos_screen *screen)
{
    screen_text *page = ctx;
    if (page->begun++ > 0)
        page->broken = "begin() came twice";
    if (screen->struct_size != sizeof *screen || !screen->id || !screen->title || screen->revision == 0)
        page->broken = "pos_screen is incomplete";
    keep(page->id, sizeof page->id, screen->id);
    page->revision = screen->revision;
    page->flags = screen->flags;
    say(page, "== %s: %s%s\n", screen->id, screen->title, screen->flags & POS_SCREEN_HAS_BACK ? " (back)" : "");
    return 0;
}

static const char *find_rule(const screen_text *page, const pos_widget *w)
{
    if (w->struct_size != sizeof *w || page->begun != 1)
        return "add() before begin(), or struct_size is wrong";
    if (!w->id || !*w->id)
        return "a widget without an id";
    if (screen_text_find(page, w->id))
        return "two widgets with one id";
    if (w->kind == POS_WIDGET_SECRET && w->value)
        return "a secret with a value";
    if (w->kind == POS_WIDGET_CHOICE && (w->option_count == 0 || w->option_stride < sizeof(pos_option)))
        return "a choice without options";
    if ((w->kind == POS_WIDGET_INPUT || w->kind == POS_WIDGET_SECRET) && (!w->keyboard || !w->max_length_bytes))
        return "an input without a keyboard or a limit";
    if (w->kind == POS_WIDGET_BUTTON && (!w->level || !w->action || !w->label || !*w->label))
        return "a button without a level, an action or a label";
    return page->count == SCREEN_WIDGETS_MAX ? "more than 300 widgets" : NULL;
}

static void say_widget(screen_text *page, const pos_widget *w)
{
    static const char *const levels[] = {"", "", "primary ", "dangerous ", "info", "warning", "error"};
    const char *label = w->label ? w->label : "", *value = w->value ? w->value : "";
    switch (w->kind) {
    case POS_WIDGET_SECTION:
        say(page, "-- %s\n", label);
        break;
    case POS_WIDGET_NOTICE:
        say(page, "(%s) %s\n", levels[w->level], value);
        break;
    case POS_WIDGET_INPUT:
    case POS_WIDGET_SECRET:
        say(page, "[%s] %s: %s\n", w->id, label, w->kind == POS_WIDGET_SECRET ? "***" : value);
        break;
    case POS_WIDGET_CHOICE:
        say(page, "[%s] %s: %s of %u\n", w->id, label, value, w->option_count);
        break;
    case POS_WIDGET_TOGGLE:
        say(page, "[%s] %s: %s\n", w->id, label, strcmp(value, "1") == 0 ? "on" : "off");
        break;
    case POS_WIDGET_LIST:
        say(page, "{%s} %s: %u from %u of %u%s%s\n", w->id, label, w->count, w->first, w->total,
            w->total == 0 ? "; " : "", w->total == 0 ? value : "");
        break;
    case POS_WIDGET_PROGRESS:
        say(page, "%s: %u/1000, %s\n", label, w->permille, value);
        break;
    case POS_WIDGET_ROW:
        say(page, w->action ? "<%s> %s%s%s\n" : "{%s} %s%s%s\n", w->id, label, *value ? " = " : "", value);
        break;
    case POS_WIDGET_BUTTON:
        say(page, "<%s> %s%s\n", w->id, levels[w->level], label);
        break;
    default:
        say(page, "%s%s%s\n", label, *label ? ": " : "", value);
        break;
    }
}

static int32_t add(void *ctx, const pos_widget *w)
{
    screen_text *page = ctx;
    const char *broken = find_rule(page, w);
    if (broken) {
        page->broken = broken;
        return POS_E_MISUSE;
    }
    if (page->fail_at >= 0 && page->count == (uint32_t)page->fail_at)
        return POS_E_FAILED;
    say_widget(page, w);
    if (w->help)
        say(page, "    %s\n", w->help);
    if (w->error)
        say(page, "    ! %s\n", w->error);
    if (w->disabled_reason)
        say(page, "    off: %s\n", w->disabled_reason);
    screen_widget *kept = &page->widgets[page->count++];
    *kept = (screen_widget){.kind = w->kind,
                            .flags = w->flags,
                            .level = w->level,
                            .max_length_bytes = w->max_length_bytes,
                            .total = w->total,
                            .first = w->first,
                            .count = w->count,
                            .is_enabled = !w->disabled_reason};
    keep(kept->id, sizeof kept->id, w->id);
    keep(kept->action, sizeof kept->action, w->action);
    keep(kept->value, sizeof kept->value, w->value);
    keep(kept->error, sizeof kept->error, w->error);
    return 0;
}

void screen_text_reset(screen_text *page)
{
    page->length = 0;
    page->text[0] = '\0';
    page->begun = 0;
    page->count = 0;
    page->broken = NULL;
    page->fail_at = -1;
}

pos_builder screen_text_builder(screen_text *page)
{
    return (pos_builder){.struct_size = sizeof(pos_builder), .ctx = page, .begin = begin, .add = add};
}

const screen_widget *screen_text_find(const screen_text *page, const char *id)
{
    for (uint32_t i = 0; i < page->count; i++)
        if (strcmp(page->widgets[i].id, id) == 0)
            return &page->widgets[i];
    return NULL;
}
