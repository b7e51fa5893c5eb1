/* SPDX-License-Identifier: Apache-2.0 */
/* A screen model and a scripted plugin behind it, for tests. */
#include "screen_fixture.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

screen_fixture plugin;
poshost_screen *screen;

static void note_event(const pos_event *event)
{
    plugin.event = *event;
    snprintf(plugin.widget, sizeof plugin.widget, "%s", event->widget ? event->widget : "");
    snprintf(plugin.action, sizeof plugin.action, "%s", event->action ? event->action : "");
    plugin.values[0] = '\0';
    for (uint32_t i = 0; i < event->value_count; i++) {
        const pos_value *value =
            (const pos_value *)(const void *)((const char *)event->values + i * event->value_stride);
        ck_assert_uint_eq(value->size_bytes, strlen(value->text));
        size_t used = strlen(plugin.values);
        snprintf(plugin.values + used, sizeof plugin.values - used, "%s=%s;", value->widget, value->text);
    }
}

int32_t screen_fixture_render(void *ctx, const pos_event *event, const pos_builder *builder)
{
    ck_assert_ptr_eq(ctx, &plugin);
    plugin.renders++;
    plugin.had_event = event != NULL;
    plugin.builder_was_null = builder == NULL;
    if (event != NULL)
        note_event(event);
    if (builder == NULL || plugin.result != POS_OK)
        return plugin.result;
    /* From buffers that are gone afterwards: whoever keeps a pointer reads rubbish. */
    char id[32];
    char label[32];
    snprintf(id, sizeof id, "%s", plugin.screen.id);
    pos_screen described = plugin.screen;
    described.id = id;
    int32_t code = builder->begin(builder->ctx, &described);
    memset(id, '#', sizeof id - 1);
    for (unsigned i = 0; i < plugin.count && code == POS_OK; i++) {
        pos_widget widget = plugin.widgets[i];
        snprintf(label, sizeof label, "%s", widget.label ? widget.label : "");
        widget.label = label;
        code = builder->add(builder->ctx, &widget);
        memset(label, '#', sizeof label - 1);
    }
    return code;
}

static pos_widget *add(uint32_t kind, const char *id)
{
    pos_widget *widget = &plugin.widgets[plugin.count++];
    *widget = (pos_widget){.struct_size = sizeof *widget, .kind = kind, .id = id, .label = "Label"};
    return widget;
}

static const pos_option options[] = {{.struct_size = sizeof(pos_option), .value = "es", .label = "Spain"},
                                     {.struct_size = sizeof(pos_option), .value = "mx", .label = "Mexico"}};

void screen_fixture_setup(void)
{
    memset(&plugin, 0, sizeof plugin);
    plugin.screen = (pos_screen){.struct_size = sizeof plugin.screen, .revision = 7, .id = "login", .title = "Log in"};
    pos_widget *email = add(POS_WIDGET_INPUT, "email");
    email->value = "old@shop.example";
    email->max_length_bytes = 20;
    email->flags = POS_WIDGET_FOCUS;
    add(POS_WIDGET_SECRET, "password")->action = "login";
    pos_widget *country = add(POS_WIDGET_CHOICE, "country");
    country->options = options;
    country->option_count = 2;
    country->option_stride = sizeof options[0];
    country->value = "es";
    add(POS_WIDGET_TOGGLE, "remember")->value = "0";
    add(POS_WIDGET_INPUT, "number")->keyboard = POS_KEYBOARD_NUMBER;
    pos_widget *list = add(POS_WIDGET_LIST, "list");
    list->total = 9;
    list->count = 1;
    add(POS_WIDGET_ROW, "row.0")->action = "open";
    add(POS_WIDGET_BUTTON, "login")->action = "login";
    pos_widget *off = add(POS_WIDGET_BUTTON, "off");
    off->action = "off";
    off->disabled_reason = "log in first";
    screen = poshost_screen_new();
    ck_assert_ptr_nonnull(screen);
    ck_assert_int_eq(poshost_screen_is_open(screen), 0);
    ck_assert_int_eq(poshost_screen_open(screen, screen_fixture_render, &plugin), POS_OK);
}

void screen_fixture_teardown(void)
{
    poshost_screen_free(screen);
}

int32_t screen_fixture_press(const char *id)
{
    return poshost_screen_press(screen, id, screen_fixture_render, &plugin);
}

int32_t screen_fixture_refresh(void)
{
    return poshost_screen_refresh(screen, screen_fixture_render, &plugin);
}

void screen_fixture_expect_value(const char *id, const char *value)
{
    ck_assert_str_eq(poshost_screen_value(screen, id), value);
}

void screen_fixture_set(const char *id, const char *text)
{
    ck_assert_msg(poshost_screen_set(screen, id, text) == POS_OK, "%s", poshost_screen_error(screen));
}
