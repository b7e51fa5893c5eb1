/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lays a screen out, widget by widget. Everything that colour would say is said by a sign: ">" what was typed goes
 * here, "!" something is wrong, "<Button>", "[x]"; it reads the same on paper.
 */
#include "view.h"

#include <stdlib.h>
#include <string.h>

#define VIEW_INDENT      5 /* the number and a blank */
#define VIEW_HELP_INDENT 9

static char *view_add_line(struct view *view)
{
    if (view->line_count == view->line_capacity) {
        size_t capacity = view->line_capacity > 0 ? view->line_capacity * 2 : 64;
        struct view_line *grown = realloc(view->lines, capacity * sizeof *grown);
        if (grown == NULL) {
            view->out_of_memory = true;
            return NULL;
        }
        view->lines = grown;
        view->line_capacity = capacity;
    }
    struct view_line *line = &view->lines[view->line_count++];
    line->text[0] = '\0';
    line->starts = view->next_starts;
    view->next_starts = false;
    return line->text;
}

static void view_add_blank(struct view *view)
{
    if (view->line_count > 0 && view->lines[view->line_count - 1].text[0] != '\0')
        (void)view_add_line(view);
}

/* `text` in as many lines as it takes; the first begins with `head`, the others are indented as far. */
static void view_add_text(struct view *view, const char *head, const char *text)
{
    char part[DISPLAY_LINE_BYTES];
    int indent = display_width(head);
    bool first = true;
    while (display_wrap(&text, VIEW_COLUMNS - indent, part)) {
        char *line = view_add_line(view);
        if (line == NULL)
            return;
        if (first)
            display_append(line, head, VIEW_COLUMNS);
        display_pad(line, ' ', part[0] != '\0' ? indent : 0);
        display_append(line, part, VIEW_COLUMNS);
        first = false;
    }
}

bool view_is_usable(const poshost_widget *widget)
{
    if (widget->disabled_reason != NULL)
        return false;
    switch (widget->kind) {
    case POS_WIDGET_INPUT:
    case POS_WIDGET_SECRET:
    case POS_WIDGET_CHOICE:
    case POS_WIDGET_TOGGLE:
        return true;
    case POS_WIDGET_BUTTON:
    case POS_WIDGET_ROW:
        return widget->action != NULL;
    default:
        return false;
    }
}

/* A line that begins with the widget's number, or with "-" where it is there but cannot be used. */
static char *view_add_target(struct view *view, const poshost_widget *widget, uint32_t index)
{
    char number[VIEW_INDENT + 8] = "     ";
    if (view_is_usable(widget) && view->target_count < VIEW_TARGET_MAX) {
        view->targets[view->target_count] = index;
        view->target_count++;
        (void)snprintf(number, sizeof number, "%3u  ", (unsigned)view->target_count);
    } else if (widget->disabled_reason != NULL) {
        memcpy(number, "  -  ", 6);
    }
    char *line = view_add_line(view);
    if (line != NULL)
        display_append(line, number, VIEW_COLUMNS);
    return line;
}

/* What belongs under a widget: help, why it cannot be used, what is wrong with it. */
static void view_add_remarks(struct view *view, const poshost_widget *widget)
{
    char blanks[VIEW_HELP_INDENT + 1];
    memset(blanks, ' ', VIEW_HELP_INDENT);
    blanks[VIEW_HELP_INDENT] = '\0';
    if (widget->help != NULL)
        view_add_text(view, blanks, widget->help);
    if (widget->disabled_reason != NULL)
        view_add_text(view, "       - ", widget->disabled_reason);
    if (widget->error != NULL)
        view_add_text(view, "       ! ", widget->error);
}

static void view_add_section(struct view *view, const poshost_widget *widget)
{
    view_add_blank(view);
    char *line = view_add_line(view);
    if (line == NULL)
        return;
    display_append(line, "--- ", VIEW_COLUMNS);
    display_append(line, widget->label != NULL ? widget->label : "", VIEW_COLUMNS - 5);
    display_append(line, " ", VIEW_COLUMNS);
    display_pad(line, '-', VIEW_COLUMNS);
}

static void view_add_reading(struct view *view, const poshost_widget *widget)
{
    char head[DISPLAY_LINE_BYTES] = "     ";
    if (widget->label != NULL && widget->value != NULL) {
        display_append(head, widget->label, VIEW_COLUMNS / 2);
        display_append(head, ": ", VIEW_COLUMNS);
    }
    const char *text = widget->value != NULL ? widget->value : widget->label;
    if (text != NULL)
        view_add_text(view, head, text[0] != '\0' ? text : "-");
    view_add_remarks(view, widget);
}

static void view_add_notice(struct view *view, const poshost_widget *widget)
{
    const char *head = "  i  ";
    if (widget->level == POS_LEVEL_WARNING)
        head = "  !  ";
    if (widget->level == POS_LEVEL_ERROR)
        head = " !!  ";
    if (widget->label != NULL)
        view_add_text(view, head, widget->label);
    if (widget->value != NULL)
        view_add_text(view, widget->label != NULL ? "     " : head, widget->value);
    view_add_remarks(view, widget);
}

static void view_add_input(struct view *view, const poshost_screen *screen, const poshost_widget *widget,
                           uint32_t index)
{
    char content[DISPLAY_LINE_BYTES] = "";
    char *line = view_add_target(view, widget, index);
    if (line == NULL)
        return;
    if (widget->kind == POS_WIDGET_SECRET) {
        for (uint32_t i = poshost_screen_secret_length(screen, widget->id); i > 0 && strlen(content) < 40; i--)
            display_append(content, "*", 40);
    } else {
        display_append(content, poshost_screen_value(screen, widget->id), 48);
    }
    display_append(line, widget->label != NULL ? widget->label : widget->id, 26);
    display_pad(line, ' ', 26);
    display_append(line, " [", VIEW_COLUMNS);
    display_append(line, content, VIEW_COLUMNS - 3);
    display_pad(line, '_', VIEW_COLUMNS - 3);
    display_append(line, "]", VIEW_COLUMNS);
    view_add_remarks(view, widget);
}

static void view_add_choice(struct view *view, const poshost_screen *screen, const poshost_widget *widget,
                            uint32_t index)
{
    char place[40];
    const char *chosen = "-";
    const char *value = poshost_screen_value(screen, widget->id);
    char *line = view_add_target(view, widget, index);
    if (line == NULL)
        return;
    (void)snprintf(place, sizeof place, " (-/%u)", (unsigned)widget->option_count);
    for (uint32_t i = 0; i < widget->option_count; i++) {
        if (strcmp(widget->options[i].value, value) != 0)
            continue;
        chosen = widget->options[i].label != NULL ? widget->options[i].label : value;
        (void)snprintf(place, sizeof place, " (%u/%u)", (unsigned)i + 1, (unsigned)widget->option_count);
    }
    display_append(line, widget->label != NULL ? widget->label : widget->id, 26);
    display_pad(line, ' ', 26);
    display_append(line, " = ", VIEW_COLUMNS);
    display_append(line, chosen, VIEW_COLUMNS - display_width(place));
    display_append(line, place, VIEW_COLUMNS);
    view_add_remarks(view, widget);
}

static void view_add_toggle(struct view *view, const poshost_screen *screen, const poshost_widget *widget,
                            uint32_t index)
{
    char *line = view_add_target(view, widget, index);
    if (line == NULL)
        return;
    bool on = strcmp(poshost_screen_value(screen, widget->id), "1") == 0;
    display_append(line, on ? "[x] " : "[ ] ", VIEW_COLUMNS);
    display_append(line, widget->label != NULL ? widget->label : widget->id, VIEW_COLUMNS);
    view_add_remarks(view, widget);
}

static void view_add_button(struct view *view, const poshost_widget *widget, uint32_t index)
{
    bool primary = widget->level == POS_LEVEL_PRIMARY;
    bool dangerous = widget->level == POS_LEVEL_DANGEROUS;
    char *line = view_add_target(view, widget, index);
    if (line == NULL)
        return;
    display_append(line, primary ? "<< " : dangerous ? "<! " : "< ", VIEW_COLUMNS);
    display_append(line, widget->label != NULL ? widget->label : widget->id, VIEW_COLUMNS - 3);
    display_append(line, primary ? " >>" : dangerous ? " !>" : " >", VIEW_COLUMNS);
    view_add_remarks(view, widget);
}

static void view_add_list(struct view *view, const poshost_widget *widget)
{
    char range[64] = "";
    char *line = view_add_line(view);
    if (line == NULL)
        return;
    if (widget->total > 0)
        (void)snprintf(range, sizeof range, "%u-%u / %u", (unsigned)widget->first + 1,
                       (unsigned)(widget->first + widget->count), (unsigned)widget->total);
    int range_width = display_width(range);
    display_append(line, "     ", VIEW_COLUMNS);
    display_append(line, widget->label != NULL ? widget->label : "", VIEW_COLUMNS - range_width - 1);
    if (range_width > 0)
        display_pad(line, ' ', VIEW_COLUMNS - range_width);
    display_append(line, range, VIEW_COLUMNS);
    if (widget->total == 0 && widget->value != NULL)
        view_add_text(view, "       ", widget->value);
    view_add_remarks(view, widget);
}

static void view_add_row(struct view *view, const poshost_widget *widget, uint32_t index)
{
    const char *value = widget->value != NULL ? widget->value : "";
    char *line = view_add_target(view, widget, index);
    if (line == NULL)
        return;
    int value_width = display_width(value) < VIEW_COLUMNS / 2 ? display_width(value) : VIEW_COLUMNS / 2;
    display_append(line, widget->label != NULL ? widget->label : "", VIEW_COLUMNS - value_width - 1);
    if (value_width > 0)
        display_pad(line, ' ', VIEW_COLUMNS - value_width);
    display_append(line, value, VIEW_COLUMNS);
    view_add_remarks(view, widget);
}

static void view_add_progress(struct view *view, const poshost_widget *widget)
{
    char *line;
    if (widget->label != NULL)
        view_add_text(view, "     ", widget->label);
    if ((line = view_add_line(view)) == NULL)
        return;
    display_append(line, "     [", VIEW_COLUMNS);
    display_pad(line, '#', 6 + (int)(widget->permille > 1000 ? 40 : widget->permille * 40 / 1000));
    display_pad(line, '.', 46);
    display_append(line, "] ", VIEW_COLUMNS);
    display_append(line, widget->value != NULL ? widget->value : "", VIEW_COLUMNS);
    view_add_remarks(view, widget);
}

static void view_add_widget(struct view *view, const poshost_screen *screen, uint32_t index)
{
    const poshost_widget *widget = poshost_screen_widget(screen, index);
    switch (widget->kind) {
    case POS_WIDGET_SECTION:
        view_add_section(view, widget);
        break;
    case POS_WIDGET_NOTICE:
        view_add_notice(view, widget);
        break;
    case POS_WIDGET_INPUT:
    case POS_WIDGET_SECRET:
        view_add_input(view, screen, widget, index);
        break;
    case POS_WIDGET_CHOICE:
        view_add_choice(view, screen, widget, index);
        break;
    case POS_WIDGET_TOGGLE:
        view_add_toggle(view, screen, widget, index);
        break;
    case POS_WIDGET_BUTTON:
        view_add_button(view, widget, index);
        break;
    case POS_WIDGET_LIST:
        view_add_list(view, widget);
        break;
    case POS_WIDGET_ROW:
        view_add_row(view, widget, index);
        break;
    case POS_WIDGET_PROGRESS:
        view_add_progress(view, widget);
        break;
    default: /* TEXT, and whatever a newer plugin brings */
        view_add_reading(view, widget);
        break;
    }
}

void view_lay_out(struct view *view, const poshost_screen *screen)
{
    bool after_heading = false;
    memset(view, 0, sizeof *view);
    for (uint32_t i = 0; i < poshost_screen_widget_count(screen); i++) {
        uint32_t kind = poshost_screen_widget(screen, i)->kind;
        view->next_starts = !after_heading; /* a heading at the foot of a page heads nothing */
        view_add_widget(view, screen, i);
        after_heading = kind == POS_WIDGET_SECTION || kind == POS_WIDGET_LIST;
    }
}

void view_free(struct view *view)
{
    free(view->lines);
    memset(view, 0, sizeof *view);
}
