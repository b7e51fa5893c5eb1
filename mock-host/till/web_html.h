/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web_html.h - writing HTML so that forgetting to escape is not possible: every %s is.
 */
#ifndef TILL_WEB_HTML_H
#define TILL_WEB_HTML_H

#include <stdio.h>

#include "web_own.h"

/* Writes `format` as it stands, with %s escaped (in text and in quoted attributes alike) and %u as a number. NULL writes
 * nothing. Control characters become blanks, but for line breaks. */
void web_html_write(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A widget's id as an id of HTML: no blanks, nothing that a selector would stumble over. */
void web_html_name(char name[WEB_ID_BYTES], const char *widget_id);

/* The same words with their %s replaced: patterns of web_words.h. Escaped likewise. */
void web_html_say(FILE *out, const char *pattern, const char *a, const char *b, const char *c);

enum web_icon { WEB_ICON_FINE, WEB_ICON_INFO, WEB_ICON_WARNING, WEB_ICON_ERROR, WEB_ICON_BACK, WEB_ICON_NEXT };

/* Drawn in the colour of the text around it, hidden from screen readers. */
void web_html_icon(FILE *out, enum web_icon icon);

#endif
