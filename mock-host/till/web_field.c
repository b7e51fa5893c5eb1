/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What asks for something: label, control, help and error, tied together for those who cannot see that they stand
 * together. A secret is drawn without a value, always.
 */
#include "web_widget.h"

#include <string.h>

#define WEB_RADIO_MAX 4u /* more options than that: a list that opens */

/*
 * While it cannot be used a field stays where it is and keeps the focus, hence readonly and not disabled. Where the
 * focus belongs is told by the widget: poshost_screen_focus() says it once, and a browser may ask after that.
 */
static void web_field_write_state(const struct web_draw *draw, const poshost_widget *widget, bool text)
{
    web_widget_write_described(draw, widget);
    if (web_widget_error(draw, widget) != NULL)
        web_html_write(draw->out, " aria-invalid=\"true\"");
    if (widget->disabled_reason != NULL)
        web_html_write(draw->out, text ? " readonly aria-disabled=\"true\"" : " disabled");
    else if ((widget->flags & POS_WIDGET_FOCUS) != 0)
        web_html_write(draw->out, " autofocus");
}

/* More than one password on a screen: a new one is being chosen. */
static bool web_field_is_new_password(const struct web_draw *draw)
{
    unsigned passwords = 0;
    for (uint32_t i = 0; i < poshost_screen_widget_count(draw->screen); i++) {
        const poshost_widget *widget = poshost_screen_widget(draw->screen, i);
        if (widget->kind == POS_WIDGET_SECRET && widget->keyboard != POS_KEYBOARD_NUMBER)
            passwords++;
    }
    return passwords > 1;
}

static void web_field_write_secret(const struct web_draw *draw, const poshost_widget *widget)
{
    if (widget->keyboard == POS_KEYBOARD_NUMBER) { /* a code that is good once is seen while it is copied from a mail */
        web_html_write(draw->out,
                       " type=\"text\" inputmode=\"numeric\" autocomplete=\"one-time-code\" data-secret=\"1\"");
        return;
    }
    web_html_write(draw->out, " type=\"password\" autocomplete=\"%s\"",
                   web_field_is_new_password(draw) ? "new-password" : "current-password");
    web_html_write(draw->out, " data-show=\"%s\" data-hide=\"%s\"", web_word(draw->language, WEB_WORD_SHOW),
                   web_word(draw->language, WEB_WORD_HIDE));
}

static void web_field_write_input(const struct web_draw *draw, const poshost_widget *widget)
{
    switch (widget->keyboard) {
    case POS_KEYBOARD_EMAIL:
        web_html_write(draw->out, " type=\"email\" inputmode=\"email\" autocomplete=\"email\" autocapitalize=\"none\"");
        break;
    case POS_KEYBOARD_NUMBER:
        web_html_write(draw->out, " type=\"text\" inputmode=\"numeric\" autocomplete=\"off\"");
        break;
    case POS_KEYBOARD_NAME:
        web_html_write(draw->out, " type=\"text\" autocapitalize=\"words\" autocomplete=\"off\"");
        break;
    default:
        web_html_write(draw->out, " type=\"text\" autocapitalize=\"none\" autocomplete=\"off\"");
        break;
    }
    web_html_write(draw->out, " value=\"%s\"", poshost_screen_value(draw->screen, widget->id));
}

static void web_field_draw_text(const struct web_draw *draw, const poshost_widget *widget, const poshost_widget *beside)
{
    char name[WEB_ID_BYTES];
    bool secret = widget->kind == POS_WIDGET_SECRET;
    const char *enter = beside != NULL ? "search" : widget->action != NULL ? "go" : "next";
    unsigned limit = widget->max_length_bytes > 0 && widget->max_length_bytes < POSHOST_INPUT_MAX_BYTES
                         ? (unsigned)widget->max_length_bytes
                         : POSHOST_INPUT_MAX_BYTES;
    if (widget->keyboard == POS_KEYBOARD_NUMBER)
        limit *= 2; /* codes are typed in groups; the gaps are taken out */
    web_html_name(name, widget->id);
    web_html_write(draw->out,
                   "<div class=\"field\" id=\"w-%s\"><label for=\"c-%s\">%s</label><div class=\"control\">"
                   "<input id=\"c-%s\" name=\"v.%s\" maxlength=\"%u\" enterkeyhint=\"%s\" spellcheck=\"false\"",
                   name, name, web_widget_label(widget), name, widget->id, limit, enter);
    if (secret)
        web_field_write_secret(draw, widget);
    else
        web_field_write_input(draw, widget);
    if (widget->action != NULL)
        web_html_write(draw->out, " data-press=\"%s\"", widget->id);
    if (limit <= 16)
        web_html_write(draw->out, " class=\"short\"");
    web_field_write_state(draw, widget, true);
    web_html_write(draw->out, ">");
    if (beside != NULL)
        web_widget_draw_button(draw, beside);
    web_html_write(draw->out, "</div>");
    web_widget_write_remarks(draw, widget);
    web_html_write(draw->out, "</div>");
}

/* Without JavaScript a change is sent by a button of its own. */
static void web_field_write_apply(const struct web_draw *draw, const poshost_widget *widget)
{
    if (widget->action == NULL || widget->disabled_reason != NULL)
        return;
    web_html_write(draw->out,
                   "<button class=\"button plain apply\" name=\"press\" value=\"%s\">%s<span class=\"hidden\">: "
                   "%s</span></button>",
                   widget->id, web_word(draw->language, WEB_WORD_APPLY), web_widget_label(widget));
}

static void web_field_draw_toggle(const struct web_draw *draw, const poshost_widget *widget)
{
    char name[WEB_ID_BYTES];
    web_html_name(name, widget->id);
    web_html_write(draw->out,
                   "<div class=\"field\" id=\"w-%s\"><label class=\"switch\" for=\"c-%s\"><input type=\"checkbox\" "
                   "role=\"switch\" id=\"c-%s\" name=\"v.%s\" value=\"1\"",
                   name, name, name, widget->id);
    if (strcmp(poshost_screen_value(draw->screen, widget->id), "1") == 0)
        web_html_write(draw->out, " checked");
    if (widget->action != NULL)
        web_html_write(draw->out, " data-press=\"%s\"", widget->id);
    web_field_write_state(draw, widget, false);
    web_html_write(draw->out, "><span>%s</span></label>", web_widget_label(widget));
    web_widget_write_remarks(draw, widget);
    web_field_write_apply(draw, widget);
    web_html_write(draw->out, "</div>");
}

static const char *web_field_option_label(const poshost_option *option)
{
    return option->label != NULL ? option->label : option->value;
}

static void web_field_draw_radios(const struct web_draw *draw, const poshost_widget *widget)
{
    char name[WEB_ID_BYTES];
    const char *value = poshost_screen_value(draw->screen, widget->id);
    web_html_name(name, widget->id);
    web_html_write(draw->out, "<fieldset class=\"field\" id=\"w-%s\"", name);
    web_widget_write_described(draw, widget);
    web_html_write(draw->out, "><legend>%s</legend><div class=\"radios\">", web_widget_label(widget));
    for (uint32_t i = 0; i < widget->option_count; i++) {
        const poshost_option *option = &widget->options[i];
        web_html_write(draw->out,
                       "<label class=\"radio\" for=\"c-%s-%u\"><input type=\"radio\" id=\"c-%s-%u\" name=\"v.%s\" "
                       "value=\"%s\"",
                       name, (unsigned)i, name, (unsigned)i, widget->id, option->value);
        if (strcmp(option->value, value) == 0)
            web_html_write(draw->out, " checked");
        if (widget->action != NULL)
            web_html_write(draw->out, " data-press=\"%s\"", widget->id);
        if (widget->disabled_reason != NULL)
            web_html_write(draw->out, " disabled");
        web_html_write(draw->out, "><span>%s</span></label>", web_field_option_label(option));
    }
    web_html_write(draw->out, "</div>");
    web_widget_write_remarks(draw, widget);
    web_field_write_apply(draw, widget);
    web_html_write(draw->out, "</fieldset>");
}

static void web_field_draw_select(const struct web_draw *draw, const poshost_widget *widget)
{
    char name[WEB_ID_BYTES];
    bool known = false;
    const char *value = poshost_screen_value(draw->screen, widget->id);
    web_html_name(name, widget->id);
    web_html_write(draw->out,
                   "<div class=\"field\" id=\"w-%s\"><label for=\"c-%s\">%s</label><div class=\"control\">"
                   "<select id=\"c-%s\" name=\"v.%s\"",
                   name, name, web_widget_label(widget), name, widget->id);
    if (widget->action != NULL)
        web_html_write(draw->out, " data-press=\"%s\"", widget->id);
    web_field_write_state(draw, widget, false);
    web_html_write(draw->out, ">");
    for (uint32_t i = 0; i < widget->option_count; i++)
        known = known || strcmp(widget->options[i].value, value) == 0;
    if (!known) /* or the first would look chosen */
        web_html_write(draw->out, "<option value=\"\" disabled selected>–</option>");
    for (uint32_t i = 0; i < widget->option_count; i++) {
        const poshost_option *option = &widget->options[i];
        web_html_write(draw->out,
                       strcmp(option->value, value) == 0 ? "<option value=\"%s\" selected>%s</option>"
                                                         : "<option value=\"%s\">%s</option>",
                       option->value, web_field_option_label(option));
    }
    web_html_write(draw->out, "</select></div>");
    web_widget_write_remarks(draw, widget);
    web_field_write_apply(draw, widget);
    web_html_write(draw->out, "</div>");
}

void web_field_draw(const struct web_draw *draw, const poshost_widget *widget, const poshost_widget *beside)
{
    switch (widget->kind) {
    case POS_WIDGET_TOGGLE:
        web_field_draw_toggle(draw, widget);
        break;
    case POS_WIDGET_CHOICE:
        if (widget->option_count <= WEB_RADIO_MAX)
            web_field_draw_radios(draw, widget);
        else
            web_field_draw_select(draw, widget);
        break;
    default:
        web_field_draw_text(draw, widget, beside);
        break;
    }
}
