/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web_widget.h - widgets of the settings screen as HTML.
 *
 * Names in the HTML, NAME standing for a widget's id: w-NAME the whole, c-NAME the control, l- label, h- help, e- error,
 * r- why it cannot be used. web.js finds by them what has changed.
 */
#ifndef TILL_WEB_WIDGET_H
#define TILL_WEB_WIDGET_H

#include "web_html.h"

struct web_draw {
    FILE *out;
    const struct web *web;
    const poshost_screen *screen;
    const char *language;
    uint32_t heading; /* level of a list's heading: 2, or 3 below a section's */
};

/* One that asks for something: INPUT, SECRET, CHOICE, TOGGLE. `beside` (may be NULL) is a button that stands in the same
 * line. */
void web_field_draw(const struct web_draw *draw, const poshost_widget *widget, const poshost_widget *beside);

void web_widget_draw_notice(const struct web_draw *draw, const poshost_widget *widget);
void web_widget_draw_fact(const struct web_draw *draw, const poshost_widget *widget);      /* TEXT with a label */
void web_widget_draw_paragraph(const struct web_draw *draw, const poshost_widget *widget); /* TEXT without, unknown */
void web_widget_draw_progress(const struct web_draw *draw, const poshost_widget *widget);
void web_widget_draw_button(const struct web_draw *draw, const poshost_widget *widget);
void web_widget_draw_option(const struct web_draw *draw, const poshost_widget *widget); /* a button with help */
void web_widget_draw_row(const struct web_draw *draw, const poshost_widget *widget);
void web_widget_draw_list_head(const struct web_draw *draw, const poshost_widget *widget);
void web_widget_draw_list_pages(const struct web_draw *draw, const poshost_widget *widget);

/* ---- parts ---- */

const char *web_widget_label(const poshost_widget *widget);

/* The plugin's error, or the till's own about what was typed. NULL: none. */
const char *web_widget_error(const struct web_draw *draw, const poshost_widget *widget);

/* Why it cannot be used, unless a notice says just that already. NULL: it can be, or the notice says it. */
const char *web_widget_reason(const struct web_draw *draw, const poshost_widget *widget);

/* name, value and type of a button that presses the widget, or that it cannot be pressed. */
void web_widget_write_press(const struct web_draw *draw, const poshost_widget *widget);

/* Help, error and reason as paragraphs, where there are any. */
void web_widget_write_remarks(const struct web_draw *draw, const poshost_widget *widget);

/* aria-describedby for what web_widget_write_remarks() writes. */
void web_widget_write_described(const struct web_draw *draw, const poshost_widget *widget);

#endif
