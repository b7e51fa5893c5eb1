/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns a form into events of the screen's model. Fields of a form:
 *
 *   token, screen, revision   whose form it is, and of which description
 *   v.ID                      what is in an input; a switch that is off sends nothing
 *   press=ID                  a button or row, or an input's own action
 *   enter                     Enter without JavaScript: the browser cannot say in which input
 *   window=ID, first, back    as they say
 */
#include "web_act.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "pulse.h"
#include "receipts.h"

static void web_act_say(struct web *web, enum web_word word, const char *text)
{
    web->remark = word;
    (void)snprintf(web->remark_text.text, sizeof web->remark_text.text, "%s", text);
}

static void web_act_result(struct web *web, int32_t code)
{
    struct till *till = web->till;
    till->screen_moved = true;
    pulse_hasten(till);
    if (code == POS_OK)
        return;
    const char *why = poshost_screen_error(till->screen);
    web_act_say(web, WEB_WORD_FAILED, why[0] != '\0' ? why : poshost_guard_last_error(till->instance.guard));
}

static void web_act_add_problem(struct web *web, const char *widget_id, enum web_word word)
{
    if (web->problem_count == WEB_PROBLEMS_MAX)
        return;
    struct web_problem *problem = &web->problems[web->problem_count++];
    (void)snprintf(problem->widget, sizeof problem->widget, "%s", widget_id);
    problem->word = word;
}

/* People write codes in groups: "123 456". */
static void web_act_squeeze(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        if (*from != ' ' && *from != '-')
            *to++ = *from;
    }
    *to = '\0';
}

static void web_act_type(struct web *web, const poshost_widget *widget, const char *text)
{
    char *squeezed = NULL;
    bool digits = widget->keyboard == POS_KEYBOARD_NUMBER &&
                  (widget->kind == POS_WIDGET_INPUT || widget->kind == POS_WIDGET_SECRET);
    size_t size = strlen(text);
    if (digits && (squeezed = strdup(text)) != NULL) {
        web_act_squeeze(squeezed);
        text = squeezed;
    }
    int32_t result = poshost_screen_set(web->till->screen, widget->id, text);
    if (result == POS_E_TOO_LARGE)
        web_act_add_problem(web, widget->id, WEB_WORD_TOO_LONG);
    else if (result != POS_OK)
        web_act_add_problem(web, widget->id, digits ? WEB_WORD_DIGITS : WEB_WORD_NOT_TEXT);
    if (squeezed != NULL)
        sodium_memzero(squeezed, size);
    free(squeezed);
}

/* `secrets` false: the form is stale, and a password is not kept for an event that will not come. */
static void web_act_type_all(struct web *web, const struct web_form *form, bool secrets)
{
    poshost_screen *screen = web->till->screen;
    for (uint32_t i = 0; i < poshost_screen_widget_count(screen); i++) {
        const poshost_widget *widget = poshost_screen_widget(screen, i);
        char name[WEB_ID_BYTES + 8];
        if (widget->disabled_reason != NULL || (widget->kind == POS_WIDGET_SECRET && !secrets) ||
            snprintf(name, sizeof name, "v.%s", widget->id) >= (int)sizeof name)
            continue;
        const char *text = web_form_get(form, name);
        switch (widget->kind) {
        case POS_WIDGET_TOGGLE:
            web_act_type(web, widget, text != NULL ? "1" : "0");
            break;
        case POS_WIDGET_INPUT:
        case POS_WIDGET_SECRET:
        case POS_WIDGET_CHOICE:
            if (text != NULL)
                web_act_type(web, widget, text);
            break;
        default:
            break;
        }
    }
}

/* What Enter means on this screen: the last input's own action, else its first button that stands out. */
static const poshost_widget *web_act_find_enter(const poshost_screen *screen)
{
    const poshost_widget *found = NULL;
    const poshost_widget *primary = NULL;
    for (uint32_t i = 0; i < poshost_screen_widget_count(screen); i++) {
        const poshost_widget *widget = poshost_screen_widget(screen, i);
        bool input = widget->kind == POS_WIDGET_INPUT || widget->kind == POS_WIDGET_SECRET;
        if (widget->action == NULL || widget->disabled_reason != NULL)
            continue;
        if (input)
            found = widget;
        else if (primary == NULL && widget->kind == POS_WIDGET_BUTTON && widget->level == POS_LEVEL_PRIMARY)
            primary = widget;
    }
    return found != NULL ? found : primary;
}

static void web_act_press(struct web *web, const poshost_widget *widget)
{
    struct till *till = web->till;
    if (widget != NULL && web->problem_count == 0)
        web_act_result(web, poshost_screen_press(till->screen, widget->id, poshost_guard_render, till->instance.guard));
}

static void web_act_window(struct web *web, const char *window)
{
    /* "FIRST,ID": a button carries one value only */
    struct till *till = web->till;
    int64_t first = 0;
    char number[16];
    const char *id = strchr(window, ',');
    if (id == NULL || (size_t)(id - window) >= sizeof number)
        return;
    memcpy(number, window, (size_t)(id - window));
    number[id - window] = '\0';
    if (options_parse_number(number, 0, UINT32_MAX, &first))
        web_act_result(web, poshost_screen_window(till->screen, id + 1, (uint32_t)first, WEB_ROWS, poshost_guard_render,
                                                  till->instance.guard));
}

static bool web_act_is_current(const struct web *web, const struct web_form *form)
{
    char revision[16];
    const poshost_screen *screen = web->till->screen;
    const char *id = web_form_get(form, "screen");
    const char *made_on = web_form_get(form, "revision");
    (void)snprintf(revision, sizeof revision, "%u", (unsigned)poshost_screen_revision(screen));
    return id != NULL && made_on != NULL && strcmp(id, poshost_screen_id(screen)) == 0 &&
           strcmp(made_on, revision) == 0;
}

static void web_act_go_back(struct web *web)
{
    int32_t leaves = 0;
    web_act_result(web,
                   poshost_screen_back(web->till->screen, &leaves, poshost_guard_render, web->till->instance.guard));
}

/* What was not sent with an event (the form was wrong, the button disabled) is typed again: the page shows no dots. */
static void web_act_forget_secrets(const struct web *web)
{
    poshost_screen *screen = web->till->screen;
    for (uint32_t i = 0; i < poshost_screen_widget_count(screen); i++) {
        const poshost_widget *widget = poshost_screen_widget(screen, i);
        if (widget->kind == POS_WIDGET_SECRET && poshost_screen_secret_length(screen, widget->id) > 0)
            (void)poshost_screen_set(screen, widget->id, "");
    }
}

void web_act_on_screen(struct web *web, const struct web_form *form)
{
    poshost_screen *screen = web->till->screen;
    const char *press = web_form_get(form, "press");
    const char *window = web_form_get(form, "window");
    const char *made_on = web_form_get(form, "screen");
    web->remark = WEB_WORD_NONE;
    web->problem_count = 0;
    if (!web_act_is_current(web, form)) {
        web_act_say(web, WEB_WORD_STALE, "");
        if (poshost_screen_is_open(screen) && made_on != NULL && strcmp(made_on, poshost_screen_id(screen)) == 0)
            web_act_type_all(web, form, false);
        web->problem_count = 0;
        return;
    }
    if (web_form_get(form, "back") != NULL) {
        web_act_go_back(web);
        return;
    }
    web_act_type_all(web, form, window == NULL);
    if (window != NULL)
        web_act_window(web, window);
    else if (press != NULL)
        web_act_press(web, poshost_screen_find(screen, press));
    else if (web_form_get(form, "enter") != NULL)
        web_act_press(web, web_act_find_enter(screen));
    web_act_forget_secrets(web);
}

static void web_act_sell(struct web *web)
{
    struct fault fault;
    struct period period;
    char number[24];
    if (!shop_sell(web->till, 1, &fault) || !receipts_get_period(&web->till->db, &period, &fault)) {
        web_act_say(web, WEB_WORD_FAILED, fault.text);
        return;
    }
    (void)snprintf(number, sizeof number, "%" PRId64, period.last_receipt_number);
    web_act_say(web, WEB_WORD_SOLD, number);
}

static void web_act_close(struct web *web)
{
    struct fault fault;
    struct period_result closed;
    char number[24];
    if (!shop_close(web->till, NULL, true, &closed, &fault)) {
        web_act_say(web, WEB_WORD_FAILED, fault.text);
        return;
    }
    (void)snprintf(number, sizeof number, "%" PRId64, closed.z_number);
    web_act_say(web, WEB_WORD_CLOSED, number);
    pulse_hasten(web->till);
}

void web_act_on_till(struct web *web, const struct web_form *form)
{
    struct fault fault;
    const char *wanted = web_form_get(form, "do");
    web->remark = WEB_WORD_NONE;
    web->problem_count = 0;
    if (wanted == NULL)
        return;
    if (strcmp(wanted, "sell") == 0)
        web_act_sell(web);
    else if (strcmp(wanted, "close") == 0)
        web_act_close(web);
    else if (strcmp(wanted, "open") == 0 && !poshost_screen_is_open(web->till->screen) &&
             !till_open_screen(web->till, &fault))
        web_act_say(web, WEB_WORD_FAILED, fault.text);
}
