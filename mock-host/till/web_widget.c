/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be read and pressed. Nothing is said by colour alone: notices have a sign and a hidden word, what cannot be
 * used says why.
 */
#include "web_widget.h"

#include <string.h>

const char *web_widget_label(const poshost_widget *widget)
{
    return widget->label != NULL ? widget->label : widget->id;
}

const char *web_widget_error(const struct web_draw *draw, const poshost_widget *widget)
{
    for (uint32_t i = 0; i < draw->web->problem_count; i++) {
        if (strcmp(draw->web->problems[i].widget, widget->id) == 0)
            return web_word(draw->language, draw->web->problems[i].word);
    }
    return widget->error;
}

const char *web_widget_reason(const struct web_draw *draw, const poshost_widget *widget)
{
    for (uint32_t i = 0; widget->disabled_reason != NULL && i < poshost_screen_widget_count(draw->screen); i++) {
        const poshost_widget *notice = poshost_screen_widget(draw->screen, i);
        if (notice->kind == POS_WIDGET_NOTICE && notice->value != NULL &&
            strcmp(notice->value, widget->disabled_reason) == 0)
            return NULL;
    }
    return widget->disabled_reason;
}

void web_widget_write_press(const struct web_draw *draw, const poshost_widget *widget)
{
    if (widget->disabled_reason != NULL)
        web_html_write(draw->out, " type=\"button\" aria-disabled=\"true\"");
    else
        web_html_write(draw->out, " name=\"press\" value=\"%s\"", widget->id);
}

void web_widget_write_described(const struct web_draw *draw, const poshost_widget *widget)
{
    char name[WEB_ID_BYTES];
    const char *gap = "";
    const struct {
        const char *text, *id;
    } parts[] = {{widget->help, "h-"}, {web_widget_reason(draw, widget), "r-"}, {web_widget_error(draw, widget), "e-"}};
    web_html_name(name, widget->id);
    if (parts[0].text == NULL && parts[1].text == NULL && parts[2].text == NULL)
        return;
    web_html_write(draw->out, " aria-describedby=\"");
    for (size_t i = 0; i < 3; i++) {
        if (parts[i].text == NULL)
            continue;
        web_html_write(draw->out, "%s%s%s", gap, parts[i].id, name);
        gap = " ";
    }
    web_html_write(draw->out, "\"");
}

void web_widget_write_remarks(const struct web_draw *draw, const poshost_widget *widget)
{
    char name[WEB_ID_BYTES];
    const char *error = web_widget_error(draw, widget);
    const char *reason = web_widget_reason(draw, widget);
    web_html_name(name, widget->id);
    if (error != NULL) {
        web_html_write(draw->out, "<p class=\"error\" id=\"e-%s\">", name);
        web_html_icon(draw->out, WEB_ICON_ERROR);
        web_html_write(draw->out, "<span>%s</span></p>", error);
    }
    if (widget->help != NULL)
        web_html_write(draw->out, "<p class=\"help\" id=\"h-%s\">%s</p>", name, widget->help);
    if (reason != NULL)
        web_html_write(draw->out, "<p class=\"reason\" id=\"r-%s\">%s</p>", name, reason);
}

void web_widget_draw_notice(const struct web_draw *draw, const poshost_widget *widget)
{
    char name[WEB_ID_BYTES];
    const char *look = "info";
    enum web_icon icon = WEB_ICON_INFO;
    enum web_word word = WEB_WORD_INFO;
    web_html_name(name, widget->id);
    if (widget->level == POS_LEVEL_WARNING) {
        look = "warning";
        icon = WEB_ICON_WARNING;
        word = WEB_WORD_WARNING;
    } else if (widget->level == POS_LEVEL_ERROR) {
        look = "error";
        icon = WEB_ICON_ERROR;
        word = WEB_WORD_ERROR;
    }
    web_html_write(draw->out, "<div class=\"notice %s\" id=\"w-%s\" role=\"%s\">", look, name,
                   widget->level == POS_LEVEL_ERROR ? "alert" : "status");
    web_html_icon(draw->out, icon);
    web_html_write(draw->out, "<div><span class=\"hidden\">%s: </span>", web_word(draw->language, word));
    if (widget->label != NULL)
        web_html_write(draw->out, "<p><strong>%s</strong></p>", widget->label);
    web_html_write(draw->out, "<p>%s</p>", widget->value);
    web_widget_write_remarks(draw, widget);
    web_html_write(draw->out, "</div></div>");
}

void web_widget_draw_fact(const struct web_draw *draw, const poshost_widget *widget)
{
    char name[WEB_ID_BYTES];
    web_html_name(name, widget->id);
    web_html_write(draw->out, "<div id=\"w-%s\"><dt>%s</dt><dd>%s", name, widget->label,
                   widget->value != NULL && widget->value[0] != '\0' ? widget->value : "–");
    web_widget_write_remarks(draw, widget);
    web_html_write(draw->out, "</dd></div>");
}

void web_widget_draw_paragraph(const struct web_draw *draw, const poshost_widget *widget)
{
    char name[WEB_ID_BYTES];
    web_html_name(name, widget->id);
    web_html_write(draw->out, "<div class=\"reading\" id=\"w-%s\">", name);
    if (widget->label != NULL)
        web_html_write(draw->out, "<p><strong>%s</strong></p>", widget->label);
    if (widget->value != NULL)
        web_html_write(draw->out, "<p>%s</p>", widget->value);
    web_widget_write_remarks(draw, widget);
    web_html_write(draw->out, "</div>");
}

void web_widget_draw_progress(const struct web_draw *draw, const poshost_widget *widget)
{
    char name[WEB_ID_BYTES];
    unsigned permille = widget->permille > 1000 ? 1000 : (unsigned)widget->permille;
    web_html_name(name, widget->id);
    web_html_write(draw->out,
                   "<div class=\"progress\" id=\"w-%s\"><p><span id=\"l-%s\">%s</span> <span class=\"words\">%s</span>"
                   "</p><progress aria-labelledby=\"l-%s\" max=\"1000\" value=\"%u\">%u%%</progress>",
                   name, name, web_widget_label(widget), widget->value, name, permille, permille / 10);
    web_widget_write_remarks(draw, widget);
    web_html_write(draw->out, "</div>");
}

static const char *web_widget_look(const poshost_widget *widget)
{
    if (widget->level == POS_LEVEL_PRIMARY)
        return "primary";
    return widget->level == POS_LEVEL_DANGEROUS ? "dangerous" : "plain";
}

void web_widget_draw_button(const struct web_draw *draw, const poshost_widget *widget)
{
    char name[WEB_ID_BYTES];
    web_html_name(name, widget->id);
    web_html_write(draw->out, "<div class=\"action\" id=\"w-%s\"><button class=\"button %s\" id=\"c-%s\"", name,
                   web_widget_look(widget), name);
    web_widget_write_press(draw, widget);
    web_widget_write_described(draw, widget);
    if (widget->disabled_reason == NULL && (widget->flags & POS_WIDGET_FOCUS) != 0)
        web_html_write(draw->out, " autofocus");
    web_html_write(draw->out, ">%s</button>", web_widget_label(widget));
    web_widget_write_remarks(draw, widget);
    web_html_write(draw->out, "</div>");
}

void web_widget_draw_option(const struct web_draw *draw, const poshost_widget *widget)
{
    char name[WEB_ID_BYTES];
    const char *reason = web_widget_reason(draw, widget);
    web_html_name(name, widget->id);
    web_html_write(draw->out, "<li id=\"w-%s\"><button class=\"option %s\" id=\"c-%s\" aria-labelledby=\"l-%s\"", name,
                   web_widget_look(widget), name, name);
    web_widget_write_press(draw, widget);
    web_widget_write_described(draw, widget);
    web_html_write(draw->out, "><span class=\"words\"><span class=\"label\" id=\"l-%s\">%s</span>", name,
                   web_widget_label(widget));
    if (widget->help != NULL)
        web_html_write(draw->out, "<span class=\"help\" id=\"h-%s\">%s</span>", name, widget->help);
    if (reason != NULL)
        web_html_write(draw->out, "<span class=\"reason\" id=\"r-%s\">%s</span>", name, reason);
    if (widget->error != NULL)
        web_html_write(draw->out, "<span class=\"error\" id=\"e-%s\">%s</span>", name, widget->error);
    web_html_write(draw->out, "</span>");
    if (widget->disabled_reason == NULL)
        web_html_icon(draw->out, WEB_ICON_NEXT);
    web_html_write(draw->out, "</button></li>");
}

/* ---- lists ---- */

void web_widget_draw_row(const struct web_draw *draw, const poshost_widget *widget)
{
    char name[WEB_ID_BYTES];
    const char *reason = web_widget_reason(draw, widget);
    bool pressed = widget->action != NULL;
    web_html_name(name, widget->id);
    web_html_write(draw->out, "<li id=\"w-%s\"><%s class=\"row\" id=\"c-%s\"", name, pressed ? "button" : "div", name);
    if (pressed)
        web_widget_write_press(draw, widget);
    web_html_write(draw->out, "><span class=\"words\"><span class=\"label\">%s</span>", widget->label);
    if (widget->help != NULL)
        web_html_write(draw->out, "<span class=\"help\">%s</span>", widget->help);
    if (reason != NULL)
        web_html_write(draw->out, "<span class=\"reason\">%s</span>", reason);
    web_html_write(draw->out, "</span>");
    if (widget->value != NULL && widget->value[0] != '\0')
        web_html_write(draw->out, "<span class=\"value\">%s</span>", widget->value);
    if (pressed && widget->disabled_reason == NULL)
        web_html_icon(draw->out, WEB_ICON_NEXT);
    web_html_write(draw->out, "</%s></li>", pressed ? "button" : "div");
}

void web_widget_draw_list_head(const struct web_draw *draw, const poshost_widget *widget)
{
    char name[WEB_ID_BYTES], from[16], to[16], total[16];
    unsigned heading = (unsigned)draw->heading;
    web_html_name(name, widget->id);
    web_html_write(draw->out, "<div class=\"listhead\"><h%u id=\"l-%s\">%s</h%u>", heading, name,
                   web_widget_label(widget), heading);
    if (widget->total > 0 && widget->count < widget->total) {
        (void)snprintf(from, sizeof from, "%u", (unsigned)widget->first + 1);
        (void)snprintf(to, sizeof to, "%u", (unsigned)(widget->first + widget->count));
        (void)snprintf(total, sizeof total, "%u", (unsigned)widget->total);
        web_html_write(draw->out, "<p class=\"range\" id=\"r-%s\">", name);
        web_html_say(draw->out, web_word(draw->language, WEB_WORD_RANGE), from, to, total);
        web_html_write(draw->out, "</p>");
    }
    web_html_write(draw->out, "</div>");
    if (widget->total == 0 && widget->value != NULL)
        web_html_write(draw->out, "<p class=\"empty\">%s</p>", widget->value);
    web_widget_write_remarks(draw, widget);
}

static void web_widget_write_page(const struct web_draw *draw, const poshost_widget *list, const char *part,
                                  enum web_word word, uint32_t first, bool there)
{
    char name[WEB_ID_BYTES];
    web_html_name(name, list->id);
    web_html_write(draw->out, "<button class=\"button plain\" id=\"%s-%s\"", part, name);
    if (there)
        web_html_write(draw->out, " name=\"window\" value=\"%u,%s\"", (unsigned)first, list->id);
    else
        web_html_write(draw->out, " type=\"button\" aria-disabled=\"true\"");
    web_html_write(draw->out, ">%s</button>", web_word(draw->language, word));
}

void web_widget_draw_list_pages(const struct web_draw *draw, const poshost_widget *widget)
{
    uint32_t first = widget->first;
    uint32_t next = first + widget->count;
    uint32_t last = widget->total > 0 ? (widget->total - 1) / WEB_ROWS * WEB_ROWS : 0;
    if (widget->total == 0 || (first == 0 && next >= widget->total))
        return;
    web_html_write(draw->out, "<nav class=\"pages\" aria-label=\"%s\">", web_word(draw->language, WEB_WORD_PAGES));
    bool many = widget->total > 2 * WEB_ROWS;
    if (many)
        web_widget_write_page(draw, widget, "first", WEB_WORD_FIRST, 0, first > 0);
    web_widget_write_page(draw, widget, "previous", WEB_WORD_PREVIOUS, first > WEB_ROWS ? first - WEB_ROWS : 0,
                          first > 0);
    web_widget_write_page(draw, widget, "next", WEB_WORD_NEXT, next, next < widget->total);
    if (many)
        web_widget_write_page(draw, widget, "last", WEB_WORD_LAST, last, next < widget->total);
    web_html_write(draw->out, "</nav>");
}
