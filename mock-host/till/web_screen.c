/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gathers widgets: facts into one description list, buttons side by side, those with help into a menu, rows into
 * their list, sections into cards. Groups are named after their first widget, so that web.js finds them again.
 */
#include "web_screen.h"

#include <string.h>

enum web_group { WEB_GROUP_NONE, WEB_GROUP_FACTS, WEB_GROUP_ACTIONS, WEB_GROUP_OPTIONS, WEB_GROUP_ROWS };

struct web_gather {
    struct web_draw *draw;
    enum web_group group;
    bool card;                  /* one is open */
    const poshost_widget *list; /* its rows may follow */
};

static void web_gather_end_group(struct web_gather *gather)
{
    static const char *const ends[] = {[WEB_GROUP_NONE] = "",
                                       [WEB_GROUP_FACTS] = "</dl>",
                                       [WEB_GROUP_ACTIONS] = "</div>",
                                       [WEB_GROUP_OPTIONS] = "</ul>",
                                       [WEB_GROUP_ROWS] = "</ul>"};
    (void)fputs(ends[gather->group], gather->draw->out);
    gather->group = WEB_GROUP_NONE;
}

static void web_gather_end_list(struct web_gather *gather)
{
    web_gather_end_group(gather);
    if (gather->list == NULL)
        return;
    web_widget_draw_list_pages(gather->draw, gather->list);
    web_html_write(gather->draw->out, "</div>");
    gather->list = NULL;
}

static void web_gather_begin_group(struct web_gather *gather, enum web_group group, const poshost_widget *first)
{
    char name[WEB_ID_BYTES];
    if (gather->group == group)
        return;
    web_gather_end_group(gather);
    web_html_name(name, first->id);
    gather->group = group;
    if (group == WEB_GROUP_FACTS)
        web_html_write(gather->draw->out, "<dl class=\"facts\" id=\"g-%s\">", name);
    if (group == WEB_GROUP_ACTIONS)
        web_html_write(gather->draw->out, "<div class=\"actions\" id=\"g-%s\">", name);
    if (group == WEB_GROUP_OPTIONS)
        web_html_write(gather->draw->out, "<ul class=\"options\" id=\"g-%s\">", name);
    if (group == WEB_GROUP_ROWS) {
        web_html_name(name, gather->list != NULL ? gather->list->id : first->id);
        web_html_write(gather->draw->out, "<ul class=\"rows\" id=\"g-%s\">", name);
    }
}

static void web_gather_end_card(struct web_gather *gather)
{
    web_gather_end_list(gather);
    if (gather->card)
        web_html_write(gather->draw->out, "</section>");
    gather->card = false;
}

/* `heading` NULL: the one for what comes before the first section. */
static void web_gather_begin_card(struct web_gather *gather, const poshost_widget *heading)
{
    char name[WEB_ID_BYTES] = "";
    if (gather->card && heading == NULL)
        return;
    web_gather_end_card(gather);
    gather->card = true;
    gather->draw->heading = heading != NULL ? 3 : 2;
    if (heading == NULL) {
        web_html_write(gather->draw->out, "<section class=\"card\" id=\"s\">");
        return;
    }
    web_html_name(name, heading->id);
    web_html_write(gather->draw->out,
                   "<section class=\"card\" id=\"s-%s\" aria-labelledby=\"l-%s\"><h2 id=\"l-%s\">%s</h2>", name, name,
                   name, web_widget_label(heading));
}

/* The button that stands beside a field: it does what Enter does there, and is not the screen's main one. */
static const poshost_widget *web_gather_find_beside(const poshost_screen *screen, uint32_t index)
{
    const poshost_widget *field = poshost_screen_widget(screen, index);
    const poshost_widget *next = poshost_screen_widget(screen, index + 1);
    bool fits = field->kind == POS_WIDGET_INPUT && next != NULL && next->kind == POS_WIDGET_BUTTON &&
                next->level == POS_LEVEL_PLAIN && next->help == NULL && field->action != NULL && next->action != NULL &&
                strcmp(field->action, next->action) == 0;
    return fits ? next : NULL;
}

static bool web_gather_explains(const poshost_widget *widget)
{
    return widget != NULL && widget->kind == POS_WIDGET_BUTTON && widget->help != NULL;
}

/* Several buttons that explain themselves are a list to choose from; one alone stays a button. */
static void web_gather_button(struct web_gather *gather, uint32_t index)
{
    const poshost_screen *screen = gather->draw->screen;
    const poshost_widget *widget = poshost_screen_widget(screen, index);
    bool option =
        web_gather_explains(widget) && ((index > 0 && web_gather_explains(poshost_screen_widget(screen, index - 1))) ||
                                        web_gather_explains(poshost_screen_widget(screen, index + 1)));
    web_gather_begin_group(gather, option ? WEB_GROUP_OPTIONS : WEB_GROUP_ACTIONS, widget);
    if (option)
        web_widget_draw_option(gather->draw, widget);
    else
        web_widget_draw_button(gather->draw, widget);
}

static void web_gather_list(struct web_gather *gather, const poshost_widget *widget)
{
    char name[WEB_ID_BYTES];
    web_html_name(name, widget->id);
    web_html_write(gather->draw->out, "<div class=\"list\" id=\"w-%s\">", name);
    gather->list = widget;
    web_widget_draw_list_head(gather->draw, widget);
}

/* Returns how many widgets were drawn: 2 with a button beside a field. */
static uint32_t web_gather_add(struct web_gather *gather, uint32_t index)
{
    const poshost_widget *widget = poshost_screen_widget(gather->draw->screen, index);
    const poshost_widget *beside = NULL;
    if (widget->kind == POS_WIDGET_SECTION) {
        web_gather_begin_card(gather, widget);
        return 1;
    }
    if (widget->kind == POS_WIDGET_NOTICE && !gather->card) {
        web_widget_draw_notice(gather->draw, widget);
        return 1;
    }
    web_gather_begin_card(gather, NULL);
    if (widget->kind != POS_WIDGET_ROW && gather->list != NULL)
        web_gather_end_list(gather);
    bool fact = widget->kind == POS_WIDGET_TEXT && widget->label != NULL && widget->value != NULL;
    if (!fact && widget->kind != POS_WIDGET_BUTTON && widget->kind != POS_WIDGET_ROW)
        web_gather_end_group(gather);
    switch (widget->kind) {
    case POS_WIDGET_NOTICE:
        web_widget_draw_notice(gather->draw, widget);
        break;
    case POS_WIDGET_INPUT:
        beside = web_gather_find_beside(gather->draw->screen, index);
        web_field_draw(gather->draw, widget, beside);
        break;
    case POS_WIDGET_SECRET:
    case POS_WIDGET_CHOICE:
    case POS_WIDGET_TOGGLE:
        web_field_draw(gather->draw, widget, NULL);
        break;
    case POS_WIDGET_LIST:
        web_gather_list(gather, widget);
        break;
    case POS_WIDGET_ROW:
        web_gather_begin_group(gather, WEB_GROUP_ROWS, widget);
        web_widget_draw_row(gather->draw, widget);
        break;
    case POS_WIDGET_PROGRESS:
        web_widget_draw_progress(gather->draw, widget);
        break;
    case POS_WIDGET_BUTTON:
        web_gather_button(gather, index);
        break;
    default: /* TEXT, and whatever a newer plugin brings */
        if (fact)
            web_gather_begin_group(gather, WEB_GROUP_FACTS, widget);
        if (fact)
            web_widget_draw_fact(gather->draw, widget);
        else
            web_widget_draw_paragraph(gather->draw, widget);
        break;
    }
    return beside != NULL ? 2 : 1;
}

void web_screen_draw(struct web_draw *draw)
{
    struct web_gather gather = {.draw = draw};
    uint32_t count = poshost_screen_widget_count(draw->screen);
    draw->heading = 2;
    for (uint32_t i = 0; i < count;)
        i += web_gather_add(&gather, i);
    web_gather_end_card(&gather);
}
