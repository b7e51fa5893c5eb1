/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the screen model, shared by its files. Not part of libposhost's public face. */
#ifndef HOST_SDK_SCREEN_MODEL_H
#define HOST_SDK_SCREEN_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include <poshost/screen.h>

/* What no sane screen reaches: a plugin gone wrong must not eat the till's memory. */
#define POSHOST_SCREEN_WIDGETS_MAX 5000u
#define POSHOST_SCREEN_TEXT_MAX    (8u * 1024u * 1024u)

/* Texts of one description, freed together. */
typedef struct poshost_text_block poshost_text_block;

/* One description of the screen, as the plugin gave it. */
typedef struct poshost_page {
    int has_begun;
    uint32_t flags;
    uint32_t revision;
    const char *id;
    const char *title;
    poshost_widget *widgets;
    uint32_t count;
    uint32_t capacity;
    poshost_text_block *texts;
    size_t text_bytes;
    int32_t failure; /* what its builder has returned, if not POS_OK */
} poshost_page;

/* A builder that fills `page`, which must be empty. */
void poshost_page_builder(poshost_page *page, pos_builder *builder);
void poshost_page_clear(poshost_page *page);
const poshost_widget *poshost_page_find(const poshost_page *page, const char *widget_id);
/* 1 if what is in the widget belongs to an event's values. */
int poshost_page_is_input(const poshost_widget *widget);

/* What the owner typed into one widget. A secret's text is in memory of its own that is wiped before it is freed. */
typedef struct poshost_typed {
    char *widget_id;
    char *text;
    size_t room_bytes; /* of text */
    uint32_t is_secret;
} poshost_typed;

typedef struct poshost_form {
    poshost_typed *entries;
    uint32_t count;
    uint32_t capacity;
} poshost_form;

const poshost_typed *poshost_form_find(const poshost_form *form, const char *widget_id);
/* Errors: NO_MEMORY. */
int32_t poshost_form_set(poshost_form *form, const char *widget_id, const char *text, uint32_t is_secret);
void poshost_form_forget(poshost_form *form, const char *widget_id);
void poshost_form_forget_secrets(poshost_form *form);
void poshost_form_clear(poshost_form *form);
/* Forgets what has no place on the new page, or what the plugin or a sent event has settled. */
void poshost_form_follow(poshost_form *form, const poshost_page *page, const pos_event *event);

#endif
