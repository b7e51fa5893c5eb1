/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The builder that the plugin describes its screen to: judges each widget and the whole as pos/screen.h says, then
 * passes it on to the host's builder.
 */
#include "guard_internal.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

#define ADD "builder.add"

static void plugin_breaks(poshost_guard_page *page, const char *call, const char *rule, const char *widget_id)
{
    poshost_guard_misuse(page->guard, POSHOST_SIDE_PLUGIN, call, "widget \"%.80s\" of screen \"%s\": %s",
                         widget_id ? widget_id : "", page->screen_id, rule);
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; text != NULL && *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return (hash ^ 0xFF) * UINT64_C(1099511628211); /* so that "ab","c" differs from "a","bc" */
}

/* 1 if an id was seen already on this page. */
static int is_repeated(poshost_guard_page *page, const char *id)
{
    const uint64_t start = UINT64_C(14695981039346656037);
    if (page->seen == NULL)
        page->seen = calloc(2 * POSHOST_SEEN_IDS_MAX, sizeof *page->seen);
    if (page->seen == NULL || page->seen_count == POSHOST_SEEN_IDS_MAX)
        return 0;                             /* out of memory, or a page beyond reason: then it goes unjudged */
    uint64_t hash = hash_text(start, id) | 1; /* 0 marks a free place */
    size_t at = (size_t)(hash >> 20) % (2 * POSHOST_SEEN_IDS_MAX);
    while (page->seen[at] != 0 && page->seen[at] != hash)
        at = (at + 1) % (2 * POSHOST_SEEN_IDS_MAX);
    if (page->seen[at] == hash)
        return 1;
    page->seen[at] = hash;
    page->seen_count++;
    return 0;
}

/* After an error of the builder the plugin must end its description. */
static int is_over(poshost_guard_page *page, const char *call)
{
    if (page->failure == POS_OK)
        return 0;
    if (!page->is_told)
        poshost_guard_misuse(page->guard, POSHOST_SIDE_PLUGIN, call, "went on after the builder had returned %d",
                             (int)page->failure);
    page->is_told = 1;
    return 1;
}

static int32_t pass_on(poshost_guard_page *page, const char *call, uint64_t start_ns, int32_t result)
{
    page->guard->meter.host_ns += poshost_guard_now_ns() - start_ns;
    result = poshost_guard_check_result(page->guard, POSHOST_SIDE_HOST, call, result, POS_E_FAILED);
    if (result != POS_OK)
        page->failure = result;
    return result;
}

static int32_t guarded_begin(void *ctx, const pos_screen *given)
{
    poshost_guard_page *page = ctx;
    const char *call = "builder.begin";
    if (!poshost_guard_may_call(page->guard, call))
        return POS_E_MISUSE;
    if (is_over(page, call))
        return page->failure;
    const char *rule = NULL;
    if (given == NULL || given->struct_size < offsetof(pos_screen, title) + sizeof given->title)
        rule = "screen is NULL, or its struct_size is not set";
    else if (page->has_begun)
        rule = "called twice in one render_settings";
    else if (given->id == NULL || given->id[0] == '\0')
        rule = "screen.id is required";
    if (rule != NULL) {
        poshost_guard_misuse(page->guard, POSHOST_SIDE_PLUGIN, call, "%s", rule);
        return POS_E_MISUSE;
    }
    poshost_guard_check_text(page->guard, call, "screen.id", given->id);
    poshost_guard_check_text(page->guard, call, "screen.title", given->title);
    page->has_begun = 1;
    page->revision = given->revision;
    poshost_text_format(page->screen_id, sizeof page->screen_id, "%s", given->id);
    uint64_t start = poshost_guard_now_ns();
    return pass_on(page, call, start, page->host->begin(page->host->ctx, given));
}

static void end_list(poshost_guard_page *page, const char *call)
{
    if (page->has_list && page->rows != page->list_count)
        poshost_guard_misuse(page->guard, POSHOST_SIDE_PLUGIN, call,
                             "list \"%s\" of screen \"%s\" said %u rows follow, %u did", page->list_id, page->screen_id,
                             (unsigned)page->list_count, (unsigned)page->rows);
    page->has_list = 0;
}

static void judge_place(poshost_guard_page *page, const pos_widget *widget)
{
    if (widget->kind == POS_WIDGET_ROW) {
        if (!page->has_list)
            plugin_breaks(page, ADD, "a row outside a list", widget->id);
        page->rows++;
        return;
    }
    end_list(page, ADD);
    if (widget->kind != POS_WIDGET_LIST)
        return;
    page->has_list = 1;
    page->rows = 0;
    page->list_count = widget->count;
    poshost_text_format(page->list_id, sizeof page->list_id, "%s", widget->id);
    if ((uint64_t)widget->first + widget->count > widget->total)
        plugin_breaks(page, ADD, "first + count is beyond total", widget->id);
    if (widget->count > 200)
        plugin_breaks(page, ADD, "more than 200 rows at once", widget->id);
}

static void judge_choice(poshost_guard_page *page, const pos_widget *widget)
{
    const uint32_t least = offsetof(pos_option, label) + sizeof(const char *);
    int is_found = widget->value == NULL || widget->value[0] == '\0';
    if (widget->option_count > 0 && (widget->options == NULL || widget->option_stride < least)) {
        plugin_breaks(page, ADD, "options is NULL, or option_stride not the size of a pos_option", widget->id);
        return;
    }
    for (uint32_t i = 0; i < widget->option_count; i++) {
        const char *at = (const char *)widget->options + (size_t)i * widget->option_stride;
        pos_option option;
        memcpy(&option, at, least);
        if (option.struct_size < least || option.value == NULL) {
            plugin_breaks(page, ADD, "an option without struct_size or value", widget->id);
            return;
        }
        poshost_guard_check_text(page->guard, ADD, "an option's value", option.value);
        poshost_guard_check_text(page->guard, ADD, "an option's label", option.label);
        is_found = is_found || strcmp(option.value, widget->value) == 0;
    }
    if (!is_found)
        plugin_breaks(page, ADD, "value is not one of the options", widget->id);
}

static void judge_texts(poshost_guard_page *page, const pos_widget *widget)
{
    poshost_guard_check_text(page->guard, ADD, "widget.id", widget->id);
    poshost_guard_check_text(page->guard, ADD, "widget.label", widget->label);
    poshost_guard_check_text(page->guard, ADD, "widget.value", widget->value);
    poshost_guard_check_text(page->guard, ADD, "widget.help", widget->help);
    poshost_guard_check_text(page->guard, ADD, "widget.error", widget->error);
    poshost_guard_check_text(page->guard, ADD, "widget.disabled_reason", widget->disabled_reason);
    poshost_guard_check_text(page->guard, ADD, "widget.action", widget->action);
}

static void judge_widget(poshost_guard_page *page, const pos_widget *widget)
{
    if (is_repeated(page, widget->id))
        plugin_breaks(page, ADD, "an id that another widget of this screen has", widget->id);
    judge_place(page, widget);
    if (widget->kind == POS_WIDGET_SECRET && widget->value != NULL)
        plugin_breaks(page, ADD, "a value on a SECRET, which is write-only", widget->id);
    if (widget->kind == POS_WIDGET_CHOICE)
        judge_choice(page, widget);
    if (widget->kind == POS_WIDGET_TOGGLE && widget->value != NULL && strcmp(widget->value, "0") != 0 &&
        strcmp(widget->value, "1") != 0)
        plugin_breaks(page, ADD, "the value of a TOGGLE is \"1\" or \"0\"", widget->id);
    if (widget->kind == POS_WIDGET_PROGRESS && widget->permille > 1000)
        plugin_breaks(page, ADD, "permille is 0 to 1000", widget->id);
    judge_texts(page, widget);
    /* Rows come and go without a new revision; everything else that acts is what the revision stands for. */
    if (widget->kind != POS_WIDGET_ROW && widget->action != NULL)
        page->actions += hash_text(hash_text(UINT64_C(14695981039346656037), widget->id), widget->action);
}

static int32_t guarded_add(void *ctx, const pos_widget *given)
{
    poshost_guard_page *page = ctx;
    if (!poshost_guard_may_call(page->guard, ADD))
        return POS_E_MISUSE;
    if (is_over(page, ADD))
        return page->failure;
    const char *rule = NULL;
    if (!page->has_begun)
        rule = "called before begin";
    else if (given == NULL || given->struct_size < offsetof(pos_widget, count) + sizeof given->count)
        rule = "widget is NULL, or its struct_size is not set";
    else if (given->id == NULL || given->id[0] == '\0')
        rule = "widget.id is required";
    if (rule != NULL) {
        poshost_guard_misuse(page->guard, POSHOST_SIDE_PLUGIN, ADD, "%s", rule);
        return POS_E_MISUSE;
    }
    pos_widget mended;
    judge_widget(page, given);
    if (given->kind == POS_WIDGET_SECRET && given->value != NULL) {
        poshost_guard_copy(&mended, sizeof mended, given, given->struct_size);
        mended.struct_size = (uint32_t)sizeof mended;
        mended.value = NULL;
        given = &mended;
    }
    uint64_t start = poshost_guard_now_ns();
    return pass_on(page, ADD, start, page->host->add(page->host->ctx, given));
}

void poshost_guard_page_begin(poshost_guard_page *page, poshost_guard *guard, const pos_builder *host,
                              pos_builder *lent)
{
    *page = (poshost_guard_page){.guard = guard, .host = host};
    *lent =
        (pos_builder){.struct_size = (uint32_t)sizeof *lent, .ctx = page, .begin = guarded_begin, .add = guarded_add};
}

/* An event names a revision: were two screens to share one, a press on the first could act on the second. */
static void judge_revision(const poshost_guard_page *page)
{
    poshost_guard *guard = page->guard;
    int is_same_screen = strcmp(guard->page_id, page->screen_id) == 0;
    if (guard->has_page && guard->page_revision == page->revision && !is_same_screen)
        poshost_guard_misuse(guard, POSHOST_SIDE_PLUGIN, "render_settings",
                             "screens \"%s\" and \"%s\" have the same revision %u", guard->page_id, page->screen_id,
                             (unsigned)page->revision);
    else if (guard->has_page && guard->page_revision == page->revision && guard->page_actions != page->actions)
        poshost_guard_misuse(guard, POSHOST_SIDE_PLUGIN, "render_settings",
                             "the actions of screen \"%s\" changed under revision %u", page->screen_id,
                             (unsigned)page->revision);
    guard->has_page = 1;
    guard->page_revision = page->revision;
    guard->page_actions = page->actions;
    poshost_text_format(guard->page_id, sizeof guard->page_id, "%s", page->screen_id);
}

int32_t poshost_guard_page_end(poshost_guard_page *page, const pos_event *event, int32_t result)
{
    const char *call = "render_settings";
    poshost_guard *guard = page->guard;
    int is_closing = event != NULL && event->kind == POS_EVENT_CLOSED;
    if (result == POS_OK && page->failure != POS_OK) {
        poshost_guard_misuse(guard, POSHOST_SIDE_PLUGIN, call, "returned POS_OK though the builder had returned %d",
                             (int)page->failure);
        result = page->failure;
    }
    if (result == POS_OK && !is_closing && !page->has_begun) {
        poshost_guard_misuse(guard, POSHOST_SIDE_PLUGIN, call, "returned POS_OK without describing a screen");
        result = POS_E_FAILED;
    }
    if (result == POS_OK)
        end_list(page, call);
    if (result == POS_OK && page->has_begun)
        judge_revision(page);
    if (is_closing)
        guard->has_page = 0;
    free(page->seen);
    page->seen = NULL;
    return result;
}
