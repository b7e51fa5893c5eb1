/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person does on the settings screen: a number uses the thing that it stands at, b goes back, n and p turn pages
 * (of the screen, then of its list), q leaves.
 */
#include "terminal_screen.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "calendar.h"
#include "pulse.h"

static void terminal_say(struct terminal *terminal, const char *text)
{
    (void)snprintf(terminal->remark, sizeof terminal->remark, "%s", text);
}

static void terminal_result(struct terminal *terminal, int32_t code)
{
    pulse_hasten(terminal->run.till);
    if (code == POS_OK)
        return;
    const char *why = poshost_screen_error(terminal->run.till->screen);
    terminal_say(terminal, why[0] != '\0' ? why : poshost_guard_last_error(terminal->run.till->instance.guard));
}

/* The page as text; to be freed. NULL: out of memory. */
static char *terminal_make_page(struct terminal *terminal, const char *clock)
{
    struct view view;
    char *text = NULL;
    size_t size_bytes = 0;
    const struct till *till = terminal->run.till;
    FILE *file = open_memstream(&text, &size_bytes);
    if (file == NULL)
        return NULL;
    if (strcmp(terminal->shown_id, poshost_screen_id(till->screen)) != 0) {
        terminal->page = 0;
        terminal->rows = 0;
    }
    (void)snprintf(terminal->shown_id, sizeof terminal->shown_id, "%s", poshost_screen_id(till->screen));
    view_lay_out(&view, till->screen);
    if (terminal->page >= view_page_count(&view))
        terminal->page = view_page_count(&view) - 1;
    struct view_frame frame = {.language = till->host.info.language,
                               .status = till->pulse.attention_text,
                               .mark = run_mark_of(till->pulse.attention),
                               .clock = clock};
    view_print_page(file, &view, till->screen, &frame, terminal->page);
    view_free(&view);
    if (fclose(file) == 0)
        return text;
    free(text);
    return NULL;
}

void terminal_print_page(struct terminal *terminal)
{
    char clock[CALENDAR_TEXT_BYTES];
    calendar_format_local(clock_wall_ms(&terminal->run.till->clock), clock);
    clock[16] = '\0'; /* without seconds */
    char *text = terminal_make_page(terminal, clock);
    if (terminal->remark[0] != '\0')
        (void)printf("! %s\n", terminal->remark);
    terminal->remark[0] = '\0';
    (void)fputs(text != NULL ? text : "(no memory to draw the page)\n", stdout);
    free(text);
    free(terminal->shown);
    terminal->shown = terminal_make_page(terminal, "");
}

bool terminal_page_differs(struct terminal *terminal)
{
    char *text = terminal_make_page(terminal, "");
    bool differs = text == NULL || terminal->shown == NULL || strcmp(text, terminal->shown) != 0;
    free(text);
    return differs;
}

static void terminal_press(struct terminal *terminal, const poshost_widget *widget)
{
    if (widget->action == NULL)
        return;
    terminal_result(terminal, poshost_screen_press(terminal->run.till->screen, widget->id, poshost_guard_render,
                                                   terminal->run.till->instance.guard));
}

/* True when some other field of the screen is still empty: then Enter in this one does not send the form yet. */
static bool terminal_form_is_open(const poshost_screen *screen)
{
    for (uint32_t i = 0; i < poshost_screen_widget_count(screen); i++) {
        const poshost_widget *widget = poshost_screen_widget(screen, i);
        bool is_input = widget->kind == POS_WIDGET_INPUT || widget->kind == POS_WIDGET_SECRET;
        if (is_input && view_is_usable(widget) && poshost_screen_value(screen, widget->id)[0] == '\0' &&
            poshost_screen_secret_length(screen, widget->id) == 0)
            return true;
    }
    return false;
}

static void terminal_fill(struct terminal *terminal, const poshost_widget *widget)
{
    char line[INPUT_LINE_BYTES];
    char id[256];
    poshost_screen *screen = terminal->run.till->screen;
    bool secret = widget->kind == POS_WIDGET_SECRET;
    if (snprintf(id, sizeof id, "%s", widget->id) >= (int)sizeof id)
        return;
    char prompt[DISPLAY_LINE_BYTES] = "";
    enum input_result got;
    display_append(prompt, widget->label != NULL ? widget->label : widget->id, VIEW_COLUMNS / 2);
    /* The plugin ticks while the person types: the widget's own texts may be gone afterwards, its id is kept. */
    if (secret) {
        got = terminal_read_secret(terminal, prompt, line);
    } else {
        (void)printf("%s: ", prompt);
        (void)fflush(stdout);
        got = terminal_read(terminal, line, false);
    }
    if (got == INPUT_LINE) {
        int32_t result = poshost_screen_set(screen, id, line);
        terminal_result(terminal, result);
        widget = poshost_screen_find(screen, id);
        if (result == POS_OK && widget != NULL && !terminal_form_is_open(screen))
            terminal_press(terminal, widget);
    }
    sodium_memzero(line, sizeof line);
}

static void terminal_toggle(struct terminal *terminal, const poshost_widget *widget)
{
    poshost_screen *screen = terminal->run.till->screen;
    bool on = strcmp(poshost_screen_value(screen, widget->id), "1") == 0;
    int32_t result = poshost_screen_set(screen, widget->id, on ? "0" : "1");
    terminal_result(terminal, result);
    if (result == POS_OK)
        terminal_press(terminal, widget);
}

static void terminal_choose(struct terminal *terminal, const poshost_widget *widget)
{
    char line[INPUT_LINE_BYTES];
    char id[256];
    int64_t number;
    poshost_screen *screen = terminal->run.till->screen;
    if (snprintf(id, sizeof id, "%s", widget->id) >= (int)sizeof id)
        return;
    for (uint32_t i = 0; i < widget->option_count; i++) {
        char option[DISPLAY_LINE_BYTES] = "";
        display_append(option, widget->options[i].label != NULL ? widget->options[i].label : widget->options[i].value,
                       VIEW_COLUMNS - 8);
        (void)printf("%5u  %s\n", (unsigned)i + 1, option);
    }
    (void)printf("1-%u: ", (unsigned)widget->option_count);
    (void)fflush(stdout);
    if (terminal_read(terminal, line, false) != INPUT_LINE)
        return;
    widget = poshost_screen_find(screen, id);
    if (widget == NULL || !options_parse_number(line, 1, widget->option_count, &number))
        return;
    int32_t result = poshost_screen_set(screen, id, widget->options[number - 1].value);
    terminal_result(terminal, result);
    widget = poshost_screen_find(screen, id);
    if (result == POS_OK && widget != NULL)
        terminal_press(terminal, widget);
}

static void terminal_use(struct terminal *terminal, const poshost_widget *widget)
{
    switch (widget->kind) {
    case POS_WIDGET_INPUT:
    case POS_WIDGET_SECRET:
        terminal_fill(terminal, widget);
        break;
    case POS_WIDGET_TOGGLE:
        terminal_toggle(terminal, widget);
        break;
    case POS_WIDGET_CHOICE:
        terminal_choose(terminal, widget);
        break;
    default:
        terminal_press(terminal, widget);
        break;
    }
}

static void terminal_number(struct terminal *terminal, int64_t number)
{
    struct view view;
    const poshost_widget *widget = NULL;
    view_lay_out(&view, terminal->run.till->screen);
    if (number >= 1 && (size_t)number <= view.target_count)
        widget = poshost_screen_widget(terminal->run.till->screen, view.targets[number - 1]);
    view_free(&view);
    if (widget != NULL)
        terminal_use(terminal, widget);
    else
        terminal_say(terminal, "?");
}

static const poshost_widget *terminal_find_list(const poshost_screen *screen)
{
    for (uint32_t i = 0; i < poshost_screen_widget_count(screen); i++) {
        if (poshost_screen_widget(screen, i)->kind == POS_WIDGET_LIST)
            return poshost_screen_widget(screen, i);
    }
    return NULL;
}

/* Other rows of the screen's list, as many as it showed at first. */
static void terminal_scroll(struct terminal *terminal, bool forwards)
{
    poshost_screen *screen = terminal->run.till->screen;
    const poshost_widget *list = terminal_find_list(screen);
    if (list == NULL || list->count == 0)
        return;
    if (list->count > terminal->rows)
        terminal->rows = list->count;
    uint32_t first = list->first;
    if (forwards && first + list->count < list->total)
        first += list->count;
    else if (!forwards && first > 0)
        first = first > terminal->rows ? first - terminal->rows : 0;
    else
        return;
    terminal_result(terminal, poshost_screen_window(screen, list->id, first, terminal->rows, poshost_guard_render,
                                                    terminal->run.till->instance.guard));
    terminal->page = 0;
}

static void terminal_turn(struct terminal *terminal, bool forwards)
{
    struct view view;
    view_lay_out(&view, terminal->run.till->screen);
    size_t pages = view_page_count(&view);
    view_free(&view);
    if (forwards && terminal->page + 1 < pages)
        terminal->page++;
    else if (!forwards && terminal->page > 0)
        terminal->page--;
    else
        terminal_scroll(terminal, forwards);
}

static void terminal_back(struct terminal *terminal)
{
    int32_t leaves = 0;
    terminal_result(terminal, poshost_screen_back(terminal->run.till->screen, &leaves, poshost_guard_render,
                                                  terminal->run.till->instance.guard));
    terminal->page = 0;
}

bool terminal_screen_key(struct terminal *terminal, const char *line)
{
    int64_t number;
    if (!poshost_screen_is_open(terminal->run.till->screen))
        return false;
    if (options_parse_number(line, 0, INT32_MAX, &number)) {
        terminal_number(terminal, number);
        return true;
    }
    if (line[0] == '\0')
        return true;
    if (line[1] != '\0' || strchr("bnpqh", line[0]) == NULL)
        return false;
    if (line[0] == 'b')
        terminal_back(terminal);
    else if (line[0] == 'q')
        till_close_screen(terminal->run.till);
    else if (line[0] == 'h')
        terminal_say(terminal, "a number, b, n, p, q; or a command: sell, close, days, help, quit");
    else
        terminal_turn(terminal, line[0] == 'n');
    return true;
}
