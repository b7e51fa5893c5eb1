/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The builder that the plugin describes its screen to, and the page that comes of it. Every text is copied into blocks
 * that are freed together with the page: no pointer of the plugin's outlives the call, and a page costs few
 * allocations.
 */
#include "screen_model.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 8192u

struct poshost_text_block {
    poshost_text_block *next;
    size_t room_bytes;
    size_t used_bytes;
    char bytes[];
};

static void *take(poshost_page *page, size_t size, size_t alignment)
{
    poshost_text_block *block = page->texts;
    size_t at = block == NULL ? 0 : (block->used_bytes + alignment - 1) / alignment * alignment;
    if (block == NULL || at + size > block->room_bytes) {
        size_t room = size + alignment > BLOCK_BYTES ? size + alignment : BLOCK_BYTES;
        if (page->text_bytes + room > POSHOST_SCREEN_TEXT_MAX) {
            page->failure = POS_E_TOO_LARGE;
            return NULL;
        }
        block = malloc(sizeof *block + room);
        if (block == NULL) {
            page->failure = POS_E_NO_MEMORY;
            return NULL;
        }
        *block = (poshost_text_block){.next = page->texts, .room_bytes = room};
        page->texts = block;
        page->text_bytes += room;
        at = 0;
    }
    block->used_bytes = at + size;
    return block->bytes + at;
}

static const char *copy_text(poshost_page *page, const char *text)
{
    if (text == NULL)
        return NULL;
    size_t size = strlen(text) + 1;
    char *copy = take(page, size, 1);
    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

/* Copies a struct of the plugin's, whatever its age: what it lacks reads as zero. */
static void take_struct(void *to, size_t to_size, const void *from, uint32_t from_size)
{
    memset(to, 0, to_size);
    memcpy(to, from, from_size < to_size ? from_size : to_size);
}

static int32_t page_begin(void *ctx, const pos_screen *given)
{
    poshost_page *page = ctx;
    if (page->failure != POS_OK)
        return page->failure;
    if (given == NULL || given->struct_size == 0 || page->has_begun)
        return page->failure = POS_E_MISUSE;
    pos_screen screen;
    take_struct(&screen, sizeof screen, given, given->struct_size);
    page->flags = screen.flags;
    page->revision = screen.revision;
    page->id = copy_text(page, screen.id ? screen.id : "");
    page->title = copy_text(page, screen.title ? screen.title : "");
    page->has_begun = 1;
    return page->failure;
}

static int32_t copy_options(poshost_page *page, const pos_widget *from, poshost_widget *widget)
{
    if (from->option_count == 0 || from->options == NULL)
        return POS_OK;
    if (from->option_count > POSHOST_SCREEN_WIDGETS_MAX || from->option_stride < sizeof(uint32_t))
        return page->failure = POS_E_MISUSE;
    poshost_option *options = take(page, from->option_count * sizeof *options, _Alignof(poshost_option));
    if (options == NULL)
        return page->failure;
    for (uint32_t i = 0; i < from->option_count; i++) {
        const char *at = (const char *)from->options + (size_t)i * from->option_stride;
        uint32_t size;
        pos_option option;
        memcpy(&size, at, sizeof size);
        take_struct(&option, sizeof option, at, size < from->option_stride ? size : from->option_stride);
        options[i].value = copy_text(page, option.value ? option.value : "");
        options[i].label = copy_text(page, option.label ? option.label : option.value ? option.value : "");
    }
    widget->options = options;
    widget->option_count = from->option_count;
    return page->failure;
}

static void copy_widget(poshost_page *page, const pos_widget *from, poshost_widget *widget)
{
    *widget = (poshost_widget){
        .kind = from->kind,
        .flags = from->flags,
        .level = from->level,
        .id = copy_text(page, from->id),
        .label = copy_text(page, from->label),
        /* A secret has no value, whatever the plugin says. */
        .value = from->kind == POS_WIDGET_SECRET ? NULL : copy_text(page, from->value),
        .help = copy_text(page, from->help),
        .error = copy_text(page, from->error),
        .disabled_reason = copy_text(page, from->disabled_reason),
        .action = copy_text(page, from->action),
        .keyboard = from->keyboard,
        .max_length_bytes = from->max_length_bytes,
        .permille = from->permille > 1000 ? 1000 : from->permille,
        .total = from->total,
        .first = from->first,
        .count = from->count,
    };
    copy_options(page, from, widget);
}

static int32_t make_room(poshost_page *page)
{
    if (page->count < page->capacity)
        return POS_OK;
    if (page->count >= POSHOST_SCREEN_WIDGETS_MAX)
        return page->failure = POS_E_TOO_LARGE;
    uint32_t capacity = page->capacity ? page->capacity * 2 : 32;
    poshost_widget *widgets = realloc(page->widgets, capacity * sizeof *widgets);
    if (widgets == NULL)
        return page->failure = POS_E_NO_MEMORY;
    page->widgets = widgets;
    page->capacity = capacity;
    return POS_OK;
}

static int32_t page_add(void *ctx, const pos_widget *given)
{
    poshost_page *page = ctx;
    if (page->failure != POS_OK)
        return page->failure;
    if (given == NULL || given->struct_size == 0 || !page->has_begun)
        return page->failure = POS_E_MISUSE;
    pos_widget from;
    take_struct(&from, sizeof from, given, given->struct_size);
    if (from.id == NULL)
        return page->failure = POS_E_MISUSE;
    if (make_room(page) != POS_OK)
        return page->failure;
    copy_widget(page, &from, &page->widgets[page->count]);
    if (page->failure == POS_OK)
        page->count++;
    return page->failure;
}

void poshost_page_builder(poshost_page *page, pos_builder *builder)
{
    *builder =
        (pos_builder){.struct_size = (uint32_t)sizeof *builder, .ctx = page, .begin = page_begin, .add = page_add};
}

void poshost_page_clear(poshost_page *page)
{
    while (page->texts != NULL) {
        poshost_text_block *next = page->texts->next;
        free(page->texts);
        page->texts = next;
    }
    free(page->widgets);
    memset(page, 0, sizeof *page);
}

const poshost_widget *poshost_page_find(const poshost_page *page, const char *widget_id)
{
    if (widget_id == NULL)
        return NULL;
    for (uint32_t i = 0; i < page->count; i++) {
        if (strcmp(page->widgets[i].id, widget_id) == 0)
            return &page->widgets[i];
    }
    return NULL;
}

int poshost_page_is_input(const poshost_widget *widget)
{
    return widget->kind == POS_WIDGET_INPUT || widget->kind == POS_WIDGET_SECRET || widget->kind == POS_WIDGET_CHOICE ||
           widget->kind == POS_WIDGET_TOGGLE;
}
