/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal_screen.h - the settings screen at the terminal: pages, and what a typed number does.
 */
#ifndef TILL_TERMINAL_SCREEN_H
#define TILL_TERMINAL_SCREEN_H

#include "input.h"
#include "run.h"
#include "view.h"

struct terminal {
    struct run run;
    struct input input;
    bool may_read; /* the descriptor was seen to be readable */
    size_t page;
    char remark[256];  /* said above the next page: what the last key could not do */
    uint32_t rows;     /* the most that the screen's list has shown at once: a short last window stays an exception */
    char shown_id[64]; /* the screen that `page` counts in */
    char *shown;       /* the page that was printed last, without its clock; NULL: none */
};

void terminal_print_page(struct terminal *terminal);

/* True when the page would look different from the one that was printed last. */
bool terminal_page_differs(struct terminal *terminal);

/* True: the line was a key of the open settings screen, and is done. False: it is a command. */
bool terminal_screen_key(struct terminal *terminal, const char *line);

/* Reads a line while the till goes on; with `redraw` the page is printed anew when it moves. */
enum input_result terminal_read(struct terminal *terminal, char line[INPUT_LINE_BYTES], bool redraw);

/* The same without echo, after printing the prompt. */
enum input_result terminal_read_secret(struct terminal *terminal, const char *prompt, char line[INPUT_LINE_BYTES]);

#endif
