/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of the settings screen. A script names things as a person sees them; since answers come from a network, what
 * is to be used is waited for until it is there and can be used.
 */
#include <string.h>
#include <strings.h>

#include "pulse.h"
#include "verbs.h"
#include "view.h"

/* What a command is looking for. */
struct verbs_target {
    const poshost_screen *screen;
    const char *name;
    uint32_t kinds; /* bits: 1 << POS_WIDGET_* */
    const poshost_widget *found;
    const char *why; /* not found: the nearest reason */
};

#define VERBS_KIND(kind) (1u << (kind))

static bool verbs_names(const poshost_widget *widget, const char *name)
{
    if (strcmp(widget->id, name) == 0)
        return true;
    return widget->label != NULL && strcasecmp(widget->label, name) == 0;
}

static bool verbs_find(void *ctx)
{
    struct verbs_target *target = ctx;
    target->found = NULL;
    target->why = "it is not on the screen";
    if (!poshost_screen_is_open(target->screen)) {
        target->why = "no screen is open";
        return false;
    }
    for (uint32_t i = 0; i < poshost_screen_widget_count(target->screen); i++) {
        const poshost_widget *widget = poshost_screen_widget(target->screen, i);
        if (!verbs_names(widget, target->name) || widget->kind > 31 || (target->kinds & VERBS_KIND(widget->kind)) == 0)
            continue;
        if (view_is_usable(widget) || widget->kind == POS_WIDGET_LIST) {
            target->found = widget;
            return true;
        }
        target->why = widget->disabled_reason != NULL ? widget->disabled_reason : "it cannot be used";
    }
    return false;
}

/* NULL: it did not come in time; *result says what to return. */
static const poshost_widget *verbs_await(struct run *run, const char *name, uint32_t kinds, int64_t timeout_ms,
                                         enum run_result *result)
{
    struct verbs_target target = {.screen = run->till->screen, .name = name, .kinds = kinds};
    *result = RUN_OK;
    if (verbs_find(&target))
        return target.found;
    *result = run_wait(run, verbs_find, &target, timeout_ms, "it did not come");
    if (*result == RUN_OK)
        return target.found;
    struct fault told = run->fault;
    (void)fault_set(&run->fault, "\"%.100s\": %.150s (%.150s)", name, target.why, told.text);
    return NULL;
}

static enum run_result verbs_result(struct run *run, int32_t code, const char *what)
{
    run->till->screen_moved = true;
    pulse_hasten(run->till);
    if (code == POS_OK)
        return RUN_OK;
    const char *why = poshost_screen_error(run->till->screen);
    if (why[0] == '\0')
        why = poshost_guard_last_error(run->till->instance.guard);
    return run_fail(run, "%s failed (%d): %.300s", what, (int)code, why);
}

/* Sends the widget's event, if it has one. */
static enum run_result verbs_submit(struct run *run, const poshost_widget *widget)
{
    if (widget->action == NULL)
        return RUN_OK;
    return verbs_result(
        run, poshost_screen_press(run->till->screen, widget->id, poshost_guard_render, run->till->instance.guard),
        "the event");
}

enum run_result verb_open(struct run *run, const struct words *words)
{
    (void)words;
    return till_open_screen(run->till, &run->fault) ? RUN_OK : RUN_FAILED;
}

enum run_result verb_leave(struct run *run, const struct words *words)
{
    (void)words;
    till_close_screen(run->till);
    return RUN_OK;
}

enum run_result verb_back(struct run *run, const struct words *words)
{
    (void)words;
    if (!poshost_screen_is_open(run->till->screen))
        return run_fail(run, "no screen is open");
    int32_t leaves = 0;
    return verbs_result(
        run, poshost_screen_back(run->till->screen, &leaves, poshost_guard_render, run->till->instance.guard), "back");
}

enum run_result verb_show(struct run *run, const struct words *words)
{
    (void)words;
    run_print_screen(run, run->out);
    return RUN_OK;
}

enum run_result verb_fill(struct run *run, const struct words *words)
{
    enum run_result result;
    const poshost_widget *widget =
        verbs_await(run, words->word[1], VERBS_KIND(POS_WIDGET_INPUT) | VERBS_KIND(POS_WIDGET_SECRET),
                    RUN_EXPECT_TIMEOUT_MS, &result);
    if (widget == NULL)
        return result;
    return verbs_result(run, poshost_screen_set(run->till->screen, widget->id, words->word[2]), "typing");
}

enum run_result verb_toggle(struct run *run, const struct words *words)
{
    enum run_result result;
    bool on = strcmp(words->word[2], "on") == 0;
    if (!on && strcmp(words->word[2], "off") != 0)
        return run_refuse(run, "a switch is on or off, not \"%s\"", words->word[2]);
    const poshost_widget *widget =
        verbs_await(run, words->word[1], VERBS_KIND(POS_WIDGET_TOGGLE), RUN_EXPECT_TIMEOUT_MS, &result);
    if (widget == NULL)
        return result;
    result = verbs_result(run, poshost_screen_set(run->till->screen, widget->id, on ? "1" : "0"), "switching");
    return result == RUN_OK ? verbs_submit(run, widget) : result;
}

static const char *verbs_option_value(const poshost_widget *widget, const char *name)
{
    for (uint32_t i = 0; i < widget->option_count; i++) {
        const poshost_option *option = &widget->options[i];
        if (strcmp(option->value, name) == 0 || (option->label != NULL && strcasecmp(option->label, name) == 0))
            return option->value;
    }
    return NULL;
}

enum run_result verb_choose(struct run *run, const struct words *words)
{
    enum run_result result;
    const poshost_widget *widget =
        verbs_await(run, words->word[1], VERBS_KIND(POS_WIDGET_CHOICE), RUN_EXPECT_TIMEOUT_MS, &result);
    if (widget == NULL)
        return result;
    const char *value = verbs_option_value(widget, words->word[2]);
    if (value == NULL)
        return run_fail(run, "\"%.100s\" has no option \"%.100s\"", words->word[1], words->word[2]);
    result = verbs_result(run, poshost_screen_set(run->till->screen, widget->id, value), "choosing");
    return result == RUN_OK ? verbs_submit(run, widget) : result;
}

enum run_result verb_press(struct run *run, const struct words *words)
{
    enum run_result result;
    int64_t timeout_ms = RUN_EXPECT_TIMEOUT_MS;
    if (words->count > 2 && !run_parse_duration(words->word[2], &timeout_ms))
        return run_refuse(run, "\"%s\" is no duration, like 30s", words->word[2]);
    const poshost_widget *widget = verbs_await(
        run, words->word[1], VERBS_KIND(POS_WIDGET_BUTTON) | VERBS_KIND(POS_WIDGET_ROW), timeout_ms, &result);
    return widget != NULL ? verbs_submit(run, widget) : result;
}

enum run_result verb_rows(struct run *run, const struct words *words)
{
    enum run_result result;
    int64_t first, count = 20;
    if (!options_parse_number(words->word[2], 1, UINT32_MAX, &first) ||
        (words->count > 3 && !options_parse_number(words->word[3], 1, 200, &count)))
        return run_refuse(run, "rows takes the first row, from 1, and a count of 1 to 200");
    const poshost_widget *list =
        verbs_await(run, words->word[1], VERBS_KIND(POS_WIDGET_LIST), RUN_EXPECT_TIMEOUT_MS, &result);
    if (list == NULL)
        return result;
    return verbs_result(run,
                        poshost_screen_window(run->till->screen, list->id, (uint32_t)first - 1, (uint32_t)count,
                                              poshost_guard_render, run->till->instance.guard),
                        "scrolling");
}
