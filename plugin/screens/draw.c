/* SPDX-License-Identifier: Apache-2.0 */
/* screens/draw.c - widgets on their way to the builder: errors, focus and "asking the cloud" are added here, once. */
#include "screens/draw.h"

#include <string.h>

#define FNV_START 14695981039346656037u
#define FNV_PRIME 1099511628211u

static void mix(draw *d, const void *bytes, size_t count)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < count; i++)
        d->shape = (d->shape ^ p[i]) * FNV_PRIME;
}

static void mix_text(draw *d, const char *text)
{
    mix(d, text ? text : "", text ? strlen(text) + 1 : 1);
}

static bool takes_input(uint32_t kind)
{
    return kind == POS_WIDGET_INPUT || kind == POS_WIDGET_SECRET || kind == POS_WIDGET_CHOICE ||
           kind == POS_WIDGET_TOGGLE;
}

static void give_focus(draw *d, pos_widget *w)
{
    bool wants = page_has_errors(d->s) ? w->error != NULL : !w->disabled_reason && w->kind != POS_WIDGET_TOGGLE;
    if (d->focus_given || !wants)
        return;
    w->flags |= POS_WIDGET_FOCUS;
    d->focus_given = true;
}

static void add(draw *d, pos_widget *w)
{
    screens *s = d->s;
    w->struct_size = sizeof *w;
    bool input = takes_input(w->kind);
    if (page_is_blocked(s) && (input || w->action))
        w->disabled_reason = page_word(s, TEXT_ASKING);
    if (input && !w->error)
        w->error = page_find_error(s, w->id);
    if (input && s->fresh)
        w->flags |= POS_WIDGET_RESET;
    if (input)
        give_focus(d, w);
    if (input || w->action) {
        mix(d, &w->kind, sizeof w->kind);
        mix_text(d, w->id);
        mix_text(d, w->action);
    }
    if (d->wanted && w->action && !w->disabled_reason && strcmp(d->wanted, w->action) == 0)
        d->wanted_is_enabled = true;
    if (d->builder && d->result == POS_OK)
        d->result = d->builder->add(d->builder->ctx, w);
}

void draw_section(draw *d, const char *id, text_id label)
{
    add(d, &(pos_widget){.kind = POS_WIDGET_SECTION, .id = id, .label = page_word(d->s, label)});
}

void draw_text(draw *d, const char *id, text_id label, const char *value)
{
    add(d, &(pos_widget){.kind = POS_WIDGET_TEXT,
                         .id = id,
                         .label = label == TEXT_NONE ? NULL : page_word(d->s, label),
                         .value = value});
}

void draw_notice(draw *d, const char *id, uint32_t level, const char *value)
{
    add(d, &(pos_widget){.kind = POS_WIDGET_NOTICE, .level = level, .id = id, .value = value});
}

void draw_button_with_help(draw *d, const char *id, uint32_t level, text_id label, text_id help,
                           const char *disabled_reason)
{
    add(d, &(pos_widget){.kind = POS_WIDGET_BUTTON,
                         .level = level,
                         .id = id,
                         .label = page_word(d->s, label),
                         .help = help == TEXT_NONE ? NULL : page_word(d->s, help),
                         .disabled_reason = disabled_reason,
                         .action = id});
}

void draw_button(draw *d, const char *id, uint32_t level, text_id label, const char *disabled_reason)
{
    draw_button_with_help(d, id, level, label, TEXT_NONE, disabled_reason);
}

void draw_button_first(draw *d, const char *id, text_id label)
{
    bool is_first = !d->focus_given && !page_has_errors(d->s);
    d->focus_given = d->focus_given || is_first;
    add(d, &(pos_widget){.kind = POS_WIDGET_BUTTON,
                         .flags = is_first ? POS_WIDGET_FOCUS : 0,
                         .level = POS_LEVEL_PRIMARY,
                         .id = id,
                         .label = page_word(d->s, label),
                         .action = id});
}

static void add_field(draw *d, uint32_t kind, const draw_field *field)
{
    if (field->is_aside && !page_has_errors(d->s))
        d->focus_given = true;
    add(d, &(pos_widget){.kind = kind,
                         .id = field->id,
                         .label = page_word(d->s, field->label),
                         .value = kind == POS_WIDGET_SECRET ? NULL
                                  : field->value            ? field->value
                                                            : "",
                         .help = field->help == TEXT_NONE ? NULL : page_word(d->s, field->help),
                         .action = field->submit,
                         .keyboard = field->keyboard,
                         .max_length_bytes = field->max_bytes});
}

void draw_input(draw *d, const draw_field *field)
{
    add_field(d, POS_WIDGET_INPUT, field);
}

void draw_secret(draw *d, const draw_field *field)
{
    add_field(d, POS_WIDGET_SECRET, field);
}

void draw_choice(draw *d, const char *id, text_id label, const char *value, const pos_option *options, uint32_t count)
{
    add(d, &(pos_widget){.kind = POS_WIDGET_CHOICE,
                         .id = id,
                         .label = page_word(d->s, label),
                         .value = value,
                         .options = options,
                         .option_count = count,
                         .option_stride = sizeof *options});
}

void draw_toggle(draw *d, const char *id, text_id label, const char *help, bool on, const char *action,
                 const char *disabled_reason)
{
    add(d, &(pos_widget){.kind = POS_WIDGET_TOGGLE,
                         .id = id,
                         .label = page_word(d->s, label),
                         .value = on ? "1" : "0",
                         .help = help,
                         .disabled_reason = disabled_reason,
                         .action = action});
}

void draw_progress(draw *d, const char *id, text_id label, uint32_t permille, const char *value)
{
    add(d, &(pos_widget){.kind = POS_WIDGET_PROGRESS,
                         .id = id,
                         .label = page_word(d->s, label),
                         .value = value,
                         .permille = permille > 1000 ? 1000 : permille});
}

void draw_list(draw *d, const char *id, text_id label, text_id when_empty, uint32_t total, uint32_t first,
               uint32_t count)
{
    add(d, &(pos_widget){.kind = POS_WIDGET_LIST,
                         .id = id,
                         .label = page_word(d->s, label),
                         .value = page_word(d->s, when_empty),
                         .total = total,
                         .first = first,
                         .count = count});
}

void draw_row(draw *d, const char *id, const char *label, const char *value, const char *help, bool can_be_chosen)
{
    if (!d->builder)
        return;
    add(d, &(pos_widget){.kind = POS_WIDGET_ROW,
                         .id = id,
                         .label = label,
                         .value = value,
                         .help = help,
                         .action = can_be_chosen ? id : NULL});
}

void draw_clamp_window(const screens *s, uint32_t total, uint32_t *first, uint32_t *count)
{
    *first = s->first < total ? s->first : total > s->count ? total - s->count : 0;
    *count = total - *first < s->count ? total - *first : s->count;
}

int32_t draw_page(draw *d)
{
    screens *s = d->s;
    const page *top = page_get(s);
    d->shape = FNV_START;
    d->result = POS_OK;
    mix(d, &s->serial, sizeof s->serial);
    bool is_blocked = page_is_blocked(s);
    mix(d, &is_blocked, sizeof is_blocked);
    if (d->builder) {
        s->counting_ms = 0;
        d->result = d->builder->begin(d->builder->ctx, &(pos_screen){.struct_size = sizeof(pos_screen),
                                                                     .flags = s->depth > 1 ? POS_SCREEN_HAS_BACK : 0,
                                                                     .revision = s->revision,
                                                                     .id = top->id,
                                                                     .title = page_word(s, top->title)});
    }
    if (s->notice_level != 0)
        draw_notice(d, "notice", s->notice_level, s->notice);
    if (s->asking != REQUEST_NONE)
        draw_notice(d, "asking", POS_LEVEL_INFO, page_word(s, TEXT_ASKING));
    top->draw(s, d);
    return d->result;
}
