/* SPDX-License-Identifier: Apache-2.0 */
/*
 * display.h - UTF-8 text in terminal columns. Needs LC_CTYPE set to a UTF-8 locale (main does).
 *
 * Every text that reaches the terminal goes through here: control characters and invalid bytes become "?", so that a
 * company's name cannot move the cursor.
 */
#ifndef TILL_DISPLAY_H
#define TILL_DISPLAY_H

#include <stddef.h>

/* 80 columns of the widest characters, a few combining marks, a zero. */
#define DISPLAY_LINE_BYTES 512

/* Columns that the text takes. */
int display_width(const char *text);

/* Appends to a zero-terminated line what of `text` still fits into `columns` columns of the whole line; "..." marks a
 * cut where there is room for it. */
void display_append(char line[DISPLAY_LINE_BYTES], const char *text, int columns);

/* Appends blanks (or another ASCII character) until the line has that many columns. */
void display_pad(char line[DISPLAY_LINE_BYTES], char filler, int columns);

/*
 * Takes the next line of at most `columns` columns off *text, broken at blanks where possible and at line breaks
 * always. False: nothing is left. *text moves behind it.
 */
int display_wrap(const char **text, int columns, char line[DISPLAY_LINE_BYTES]);

#endif
