/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the owner typed, by widget id. It lives apart from the page, because a page is described anew many times while a
 * person is still typing. Secrets get a buffer of full size at once, so that no shorter copy is left behind by growing.
 */
#include "screen_model.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static poshost_typed *find(const poshost_form *form, const char *widget_id)
{
    for (uint32_t i = 0; i < form->count; i++) {
        if (strcmp(form->entries[i].widget_id, widget_id) == 0)
            return &form->entries[i];
    }
    return NULL;
}

const poshost_typed *poshost_form_find(const poshost_form *form, const char *widget_id)
{
    return find(form, widget_id);
}

static void free_text(poshost_typed *entry)
{
    if (entry->text != NULL && entry->is_secret)
        sodium_memzero(entry->text, entry->room_bytes);
    free(entry->text);
    entry->text = NULL;
}

static poshost_typed *add(poshost_form *form, const char *widget_id)
{
    if (form->count == form->capacity) {
        uint32_t capacity = form->capacity ? form->capacity * 2 : 8;
        poshost_typed *entries = realloc(form->entries, capacity * sizeof *entries);
        if (entries == NULL)
            return NULL;
        form->entries = entries;
        form->capacity = capacity;
    }
    char *id = strdup(widget_id);
    if (id == NULL)
        return NULL;
    poshost_typed *entry = &form->entries[form->count++];
    *entry = (poshost_typed){.widget_id = id};
    return entry;
}

int32_t poshost_form_set(poshost_form *form, const char *widget_id, const char *text, uint32_t is_secret)
{
    size_t size = strlen(text) + 1;
    size_t room = is_secret ? POSHOST_INPUT_MAX_BYTES + 1 : size;
    char *copy = malloc(room > size ? room : size);
    if (copy == NULL)
        return POS_E_NO_MEMORY;
    memcpy(copy, text, size);
    poshost_typed *entry = find(form, widget_id);
    if (entry == NULL)
        entry = add(form, widget_id);
    if (entry == NULL) {
        sodium_memzero(copy, size);
        free(copy);
        return POS_E_NO_MEMORY;
    }
    free_text(entry);
    entry->text = copy;
    entry->room_bytes = room > size ? room : size;
    entry->is_secret = is_secret;
    return POS_OK;
}

static void drop(poshost_form *form, uint32_t index)
{
    free_text(&form->entries[index]);
    free(form->entries[index].widget_id);
    form->entries[index] = form->entries[--form->count];
}

void poshost_form_forget(poshost_form *form, const char *widget_id)
{
    poshost_typed *entry = find(form, widget_id);
    if (entry != NULL)
        drop(form, (uint32_t)(entry - form->entries));
}

void poshost_form_forget_secrets(poshost_form *form)
{
    for (uint32_t i = form->count; i-- > 0;) {
        if (form->entries[i].is_secret)
            drop(form, i);
    }
}

void poshost_form_clear(poshost_form *form)
{
    while (form->count > 0)
        drop(form, form->count - 1);
    free(form->entries);
    *form = (poshost_form){0};
}

static int offers(const poshost_widget *choice, const char *value)
{
    for (uint32_t i = 0; i < choice->option_count; i++) {
        if (strcmp(choice->options[i].value, value) == 0)
            return 1;
    }
    return 0;
}

/* Does what was typed still count on the new page? */
static int still_counts(const poshost_typed *entry, const poshost_page *page, const pos_event *event)
{
    const poshost_widget *widget = poshost_page_find(page, entry->widget_id);
    if (widget == NULL || !poshost_page_is_input(widget) || (widget->flags & POS_WIDGET_RESET) != 0)
        return 0;
    if ((widget->kind == POS_WIDGET_SECRET) != (entry->is_secret != 0))
        return 0;
    if (widget->kind == POS_WIDGET_CHOICE && !offers(widget, entry->text))
        return 0;
    /* A change that went out by itself is the plugin's to confirm: a refused one springs back. */
    int is_settled = event != NULL && event->kind == POS_EVENT_ACTION && widget->action != NULL &&
                     (widget->kind == POS_WIDGET_CHOICE || widget->kind == POS_WIDGET_TOGGLE);
    return !is_settled;
}

void poshost_form_follow(poshost_form *form, const poshost_page *page, const pos_event *event)
{
    for (uint32_t i = form->count; i-- > 0;) {
        if (!still_counts(&form->entries[i], page, event))
            drop(form, i);
    }
}
