/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The screen model: the page that is shown, the form that is typed into it, and the events that go back to the plugin.
 * A new description is built beside the old page and takes its place only when render succeeded, so that an error never
 * leaves the owner with half a screen.
 */
#include <poshost/screen.h>

#include "screen_model.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

struct poshost_screen {
    poshost_page page;
    poshost_form form;
    int is_changed;
    pos_value *values; /* of the last event that was built */
    uint32_t value_capacity;
    char error[256];
};

poshost_screen *poshost_screen_new(void)
{
    return calloc(1, sizeof(poshost_screen));
}

void poshost_screen_free(poshost_screen *screen)
{
    if (screen == NULL)
        return;
    poshost_form_clear(&screen->form);
    poshost_page_clear(&screen->page);
    free(screen->values);
    free(screen);
}

/* ---- events ---- */

static int32_t say(poshost_screen *screen, int32_t code, const char *what, const char *widget_id)
{
    poshost_text_format(screen->error, sizeof screen->error, "%s: %s", widget_id ? widget_id : "(no widget)", what);
    return code;
}

static const char *text_of(const poshost_screen *screen, const poshost_widget *widget)
{
    const poshost_typed *typed = poshost_form_find(&screen->form, widget->id);
    if (typed != NULL)
        return typed->text;
    return widget->value ? widget->value : "";
}

static int32_t gather_values(poshost_screen *screen, pos_event *event)
{
    if (screen->value_capacity < screen->page.count) {
        pos_value *values = realloc(screen->values, screen->page.count * sizeof *values);
        if (values == NULL)
            return say(screen, POS_E_NO_MEMORY, "out of memory", NULL);
        screen->values = values;
        screen->value_capacity = screen->page.count;
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < screen->page.count; i++) {
        const poshost_widget *widget = &screen->page.widgets[i];
        if (!poshost_page_is_input(widget))
            continue;
        const char *text = text_of(screen, widget);
        screen->values[count++] = (pos_value){.struct_size = (uint32_t)sizeof(pos_value),
                                              .size_bytes = (uint32_t)strlen(text),
                                              .widget = widget->id,
                                              .text = text};
    }
    event->values = count > 0 ? screen->values : NULL;
    event->value_count = count;
    event->value_stride = (uint32_t)sizeof(pos_value);
    return POS_OK;
}

static int32_t fill_action(poshost_screen *screen, const poshost_widget *widget, pos_event *event)
{
    if (widget->disabled_reason != NULL)
        return say(screen, POS_E_UNSUPPORTED, widget->disabled_reason, widget->id);
    if (widget->action == NULL)
        return say(screen, POS_E_UNSUPPORTED, "has no action", widget->id);
    event->widget = widget->id;
    event->action = widget->action;
    return gather_values(screen, event);
}

int32_t poshost_screen_event(poshost_screen *screen, uint32_t kind, const char *widget_id, uint32_t first,
                             uint32_t count, pos_event *event)
{
    screen->error[0] = '\0';
    *event =
        (pos_event){.struct_size = (uint32_t)sizeof *event, .kind = kind, .revision = poshost_screen_revision(screen)};
    if (kind != POS_EVENT_ACTION && kind != POS_EVENT_WINDOW)
        return POS_OK;
    const poshost_widget *widget = poshost_screen_find(screen, widget_id);
    if (widget == NULL || (kind == POS_EVENT_WINDOW && widget->kind != POS_WIDGET_LIST))
        return say(screen, POS_E_NOT_FOUND, kind == POS_EVENT_WINDOW ? "no such list" : "no such widget", widget_id);
    if (kind == POS_EVENT_ACTION)
        return fill_action(screen, widget, event);
    event->widget = widget->id;
    event->first = first;
    event->count = count;
    return POS_OK;
}

/* ---- taking a description in ---- */

static void take_page(poshost_screen *screen, poshost_page *page, const pos_event *event)
{
    int is_other = screen->page.id == NULL || strcmp(screen->page.id, page->id) != 0;
    screen->is_changed = is_other || screen->page.revision != page->revision;
    /* The event may still point into the old page's texts: only its kind is looked at. */
    if (is_other)
        poshost_form_clear(&screen->form);
    else
        poshost_form_follow(&screen->form, page, event);
    poshost_page_clear(&screen->page);
    screen->page = *page;
}

int32_t poshost_screen_apply(poshost_screen *screen, poshost_render_fn render, void *render_ctx, const pos_event *event)
{
    poshost_page page = {0};
    pos_builder builder;
    poshost_page_builder(&page, &builder);
    int32_t result = render(render_ctx, event, &builder);
    if (result == POS_OK && page.failure != POS_OK)
        result = page.failure;
    if (event != NULL)
        poshost_form_forget_secrets(&screen->form);
    if (result == POS_OK && page.has_begun)
        take_page(screen, &page, event);
    else
        poshost_page_clear(&page);
    return result;
}

static int32_t send_event(poshost_screen *screen, uint32_t kind, const char *widget_id, uint32_t first, uint32_t count,
                          poshost_render_fn render, void *render_ctx)
{
    pos_event event;
    int32_t result = poshost_screen_event(screen, kind, widget_id, first, count, &event);
    return result == POS_OK ? poshost_screen_apply(screen, render, render_ctx, &event) : result;
}

int32_t poshost_screen_open(poshost_screen *screen, poshost_render_fn render, void *render_ctx)
{
    poshost_form_clear(&screen->form);
    poshost_page_clear(&screen->page);
    return send_event(screen, POS_EVENT_OPENED, NULL, 0, 0, render, render_ctx);
}

int32_t poshost_screen_press(poshost_screen *screen, const char *widget_id, poshost_render_fn render, void *render_ctx)
{
    return send_event(screen, POS_EVENT_ACTION, widget_id, 0, 0, render, render_ctx);
}

int32_t poshost_screen_window(poshost_screen *screen, const char *list_id, uint32_t first, uint32_t count,
                              poshost_render_fn render, void *render_ctx)
{
    return send_event(screen, POS_EVENT_WINDOW, list_id, first, count, render, render_ctx);
}

int32_t poshost_screen_back(poshost_screen *screen, int32_t *leaves, poshost_render_fn render, void *render_ctx)
{
    int is_first = (screen->page.flags & POS_SCREEN_HAS_BACK) == 0;
    if (leaves != NULL)
        *leaves = is_first;
    if (is_first)
        return poshost_screen_close(screen, render, render_ctx);
    return send_event(screen, POS_EVENT_BACK, NULL, 0, 0, render, render_ctx);
}

int32_t poshost_screen_refresh(poshost_screen *screen, poshost_render_fn render, void *render_ctx)
{
    return poshost_screen_apply(screen, render, render_ctx, NULL);
}

int32_t poshost_screen_close(poshost_screen *screen, poshost_render_fn render, void *render_ctx)
{
    pos_event event;
    poshost_screen_event(screen, POS_EVENT_CLOSED, NULL, 0, 0, &event);
    int32_t result = render(render_ctx, &event, NULL);
    poshost_form_clear(&screen->form);
    poshost_page_clear(&screen->page);
    screen->is_changed = 0;
    return result;
}

/* ---- what is shown ---- */

int32_t poshost_screen_is_open(const poshost_screen *screen)
{
    return screen->page.has_begun;
}

const char *poshost_screen_id(const poshost_screen *screen)
{
    return screen->page.id ? screen->page.id : "";
}

const char *poshost_screen_title(const poshost_screen *screen)
{
    return screen->page.title ? screen->page.title : "";
}

uint32_t poshost_screen_revision(const poshost_screen *screen)
{
    return screen->page.revision;
}

uint32_t poshost_screen_flags(const poshost_screen *screen)
{
    return screen->page.flags;
}

uint32_t poshost_screen_widget_count(const poshost_screen *screen)
{
    return screen->page.count;
}

const poshost_widget *poshost_screen_widget(const poshost_screen *screen, uint32_t index)
{
    return index < screen->page.count ? &screen->page.widgets[index] : NULL;
}

const poshost_widget *poshost_screen_find(const poshost_screen *screen, const char *widget_id)
{
    return poshost_page_find(&screen->page, widget_id);
}

int32_t poshost_screen_changed(const poshost_screen *screen)
{
    return screen->is_changed;
}

const char *poshost_screen_focus(const poshost_screen *screen)
{
    for (uint32_t i = 0; screen->is_changed && i < screen->page.count; i++) {
        if ((screen->page.widgets[i].flags & POS_WIDGET_FOCUS) != 0)
            return screen->page.widgets[i].id;
    }
    return NULL;
}

/* ---- what is typed ---- */

static int32_t check_value(poshost_screen *screen, const poshost_widget *widget, const char *text)
{
    size_t size = strlen(text);
    uint32_t limit = POSHOST_INPUT_MAX_BYTES;
    if (widget->max_length_bytes != 0 && widget->max_length_bytes < limit)
        limit = widget->max_length_bytes;
    int has_keyboard = widget->kind == POS_WIDGET_INPUT || widget->kind == POS_WIDGET_SECRET;
    if (has_keyboard && size > limit)
        return say(screen, POS_E_TOO_LARGE, "is too long", widget->id);
    if (!poshost_text_is_utf8(text, size))
        return say(screen, POS_E_MISUSE, "is not valid UTF-8", widget->id);
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return say(screen, POS_E_MISUSE, "holds a line break or another control character", widget->id);
        if (has_keyboard && widget->keyboard == POS_KEYBOARD_NUMBER && (text[i] < '0' || text[i] > '9'))
            return say(screen, POS_E_MISUSE, "takes digits only", widget->id);
    }
    if (widget->kind == POS_WIDGET_TOGGLE && strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
        return say(screen, POS_E_MISUSE, "is switched by \"1\" or \"0\"", widget->id);
    if (widget->kind == POS_WIDGET_CHOICE) {
        for (uint32_t i = 0; i < widget->option_count; i++) {
            if (strcmp(widget->options[i].value, text) == 0)
                return POS_OK;
        }
        return say(screen, POS_E_MISUSE, "has no such option", widget->id);
    }
    return POS_OK;
}

int32_t poshost_screen_set(poshost_screen *screen, const char *widget_id, const char *text)
{
    screen->error[0] = '\0';
    const poshost_widget *widget = poshost_screen_find(screen, widget_id);
    if (widget == NULL)
        return say(screen, POS_E_NOT_FOUND, "no such widget", widget_id);
    if (!poshost_page_is_input(widget))
        return say(screen, POS_E_UNSUPPORTED, "is not an input", widget_id);
    if (widget->disabled_reason != NULL)
        return say(screen, POS_E_UNSUPPORTED, widget->disabled_reason, widget_id);
    if (text == NULL)
        return say(screen, POS_E_MISUSE, "text is NULL", widget_id);
    int32_t result = check_value(screen, widget, text);
    if (result != POS_OK)
        return result;
    return poshost_form_set(&screen->form, widget->id, text, widget->kind == POS_WIDGET_SECRET);
}

const char *poshost_screen_value(const poshost_screen *screen, const char *widget_id)
{
    const poshost_widget *widget = poshost_screen_find(screen, widget_id);
    if (widget == NULL)
        return NULL;
    return widget->kind == POS_WIDGET_SECRET ? "" : text_of(screen, widget);
}

uint32_t poshost_screen_secret_length(const poshost_screen *screen, const char *widget_id)
{
    const poshost_typed *typed = widget_id ? poshost_form_find(&screen->form, widget_id) : NULL;
    return typed != NULL && typed->is_secret ? poshost_text_count_characters(typed->text, strlen(typed->text)) : 0;
}

const char *poshost_screen_error(const poshost_screen *screen)
{
    return screen->error;
}
