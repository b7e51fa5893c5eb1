/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/draw.h - describing a page to a builder, with little to write a widget.
 *
 * A page is described twice. The rehearsal has no builder: it learns which actions there are, whether a pressed one is
 * among them, and from their hash whether the revision moves; it leaves out rows, which do not count for that and cost
 * reads. Only then does the host see it.
 */
#ifndef SCREENS_DRAW_H
#define SCREENS_DRAW_H

#include "screens/page.h"

struct draw {
    screens *s;
    const pos_builder *builder; /* NULL: a rehearsal */
    const char *wanted;         /* rehearsal: the action that was pressed, or NULL */
    bool wanted_is_enabled;
    bool focus_given;
    uint64_t shape;
    int32_t result; /* the first error of the builder */
    size_t used;    /* of the scratch */
};

/* Describes the page on top. Returns the builder's error or POS_OK. */
int32_t draw_page(draw *d);

/* ---- strings; valid until the description is finished ---- */
const char *draw_say_all(draw *d, text_id pattern, const char *const *arguments, size_t count);
#define draw_say(d, pattern, ...)                                                                                      \
    draw_say_all((d), (pattern), (const char *const[]){__VA_ARGS__},                                                   \
                 sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))
/* The form for that number, the number in its first place, `a` in its second. */
const char *draw_count(draw *d, text_id one, int64_t number, const char *a);
const char *draw_number(draw *d, int64_t number);
const char *draw_plain(draw *d, int64_t number); /* a name made of digits: no grouping */
const char *draw_money(draw *d, int64_t minor, const char *currency);
const char *draw_bytes(draw *d, uint64_t bytes);
const char *draw_date(draw *d, const char *business_date);
const char *draw_moment(draw *d, int64_t wall_ms);
const char *draw_duration(draw *d, int64_t duration_ms);
/* A wait that shrinks: the page is described anew as it does. */
const char *draw_wait(draw *d, int64_t duration_ms);
void draw_counts(draw *d, int64_t every_ms);

/* ---- widgets ---- */
void draw_section(draw *d, const char *id, text_id label);
void draw_text(draw *d, const char *id, text_id label, const char *value); /* label TEXT_NONE: none */
void draw_notice(draw *d, const char *id, uint32_t level, const char *value);
void draw_button(draw *d, const char *id, uint32_t level, text_id label, const char *disabled_reason);
/* What the page is for while there is nothing to type: primary, and under the cursor. */
void draw_button_first(draw *d, const char *id, text_id label);
void draw_button_with_help(draw *d, const char *id, uint32_t level, text_id label, text_id help,
                           const char *disabled_reason);

typedef struct draw_field {
    const char *id;
    text_id label, help; /* help TEXT_NONE: none */
    uint32_t keyboard;   /* POS_KEYBOARD_* */
    uint32_t max_bytes;
    const char *value;  /* at the start; of a secret: never */
    const char *submit; /* action on Enter; NULL: none */
    bool is_aside;      /* it is not what the page is for: no cursor in it, no keyboard over the page */
} draw_field;

void draw_input(draw *d, const draw_field *field);
void draw_secret(draw *d, const draw_field *field);
void draw_choice(draw *d, const char *id, text_id label, const char *value, const pos_option *options, uint32_t count);
/* action NULL: it is part of a form */
void draw_toggle(draw *d, const char *id, text_id label, const char *help, bool on, const char *action,
                 const char *disabled_reason);
void draw_progress(draw *d, const char *id, text_id label, uint32_t permille, const char *value);
void draw_list(draw *d, const char *id, text_id label, text_id when_empty, uint32_t total, uint32_t first,
               uint32_t count);
/* chosen: it has an action, its id */
void draw_row(draw *d, const char *id, const char *label, const char *value, const char *help, bool can_be_chosen);

/* The part of the open window that a list of `total` rows has. */
void draw_clamp_window(const screens *s, uint32_t total, uint32_t *first, uint32_t *count);

#endif
