/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support/screen_text.h - a builder that writes a page down as text, for transcripts, and remembers its widgets.
 *
 *   == login: Login to FactoryCLOUD (back)
 *   [email] E-mail: ana@example.com
 *       ! what is wrong with it
 *   <login.submit> Log in
 *       off: why it cannot be used
 */
#ifndef SUPPORT_SCREEN_TEXT_H
#define SUPPORT_SCREEN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "pos/screen.h"

#define SCREEN_WIDGETS_MAX 300

typedef struct screen_widget {
    uint32_t kind, flags, level, max_length_bytes, total, first, count;
    char id[128], action[128], value[1600], error[400];
    bool is_enabled;
} screen_widget;

typedef struct screen_text {
    char text[65536];
    size_t length;
    char id[64];
    uint32_t revision, flags, begun;
    uint32_t count;
    screen_widget widgets[SCREEN_WIDGETS_MAX];
    const char *broken; /* a rule of pos/screen.h that the plugin broke; NULL: none */
    int32_t fail_at;    /* add() number that fails with POS_E_FAILED; -1: none */
} screen_text;

void screen_text_reset(screen_text *page);
pos_builder screen_text_builder(screen_text *page);
const screen_widget *screen_text_find(const screen_text *page, const char *id); /* NULL: not there */

#endif
