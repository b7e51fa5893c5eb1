/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view.h - the settings screen's model laid out as lines of text, 80 columns, without colour.
 *
 * What can be used has a number in front: the person at the terminal types it. The layout knows nothing of terminals:
 * it makes lines; terminal.c shows them.
 */
#ifndef TILL_VIEW_H
#define TILL_VIEW_H

#include <poshost/screen.h>
#include <stdbool.h>
#include <stdio.h>

#include "display.h"

#define VIEW_COLUMNS    80
#define VIEW_ROWS       24
#define VIEW_BODY_ROWS  18 /* what is left between the title and the status bar */
#define VIEW_TARGET_MAX 256

/* The till's part of the frame. */
struct view_frame {
    const char *language;
    const char *status; /* the plugin's line for the status bar; may be "" */
    const char *mark;   /* what kind of line that is: "", "i", "!", "!!" */
    const char *clock;  /* "09:12" */
};

struct view_line {
    char text[DISPLAY_LINE_BYTES];
    bool starts; /* a page may begin here: what belongs together is not torn apart */
};

struct view {
    struct view_line *lines; /* the body, unpaged */
    size_t line_count;
    size_t line_capacity;
    bool next_starts;
    size_t target_count;
    uint32_t targets[VIEW_TARGET_MAX]; /* widget indexes by number - 1 */
    bool out_of_memory;
};

void view_lay_out(struct view *view, const poshost_screen *screen);
void view_free(struct view *view);

/* Pages of at most VIEW_BODY_ROWS lines; at least 1. */
size_t view_page_count(const struct view *view);

/* Prints page 0.. as a frame of VIEW_ROWS - 1 lines; the last row is the prompt's. */
void view_print_page(FILE *file, const struct view *view, const poshost_screen *screen, const struct view_frame *frame,
                     size_t page);

/* Prints the whole of it, as long as it is: for scripts and logs. */
void view_print_all(FILE *file, const struct view *view, const poshost_screen *screen, const struct view_frame *frame);

/* True when the words stand on the screen, blanks and line breaks counting alike, wherever the lines were broken. */
bool view_has_words(const poshost_screen *screen, const char *words);

/* True when an INPUT, SECRET, TOGGLE, CHOICE, BUTTON or ROW can be used now. */
bool view_is_usable(const poshost_widget *widget);

#endif
