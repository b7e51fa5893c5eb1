/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pos/screen.h - the settings screen, as the plugin describes it and the host draws it.
 *
 * The plugin decides what is on the screen and what it says; the host decides how it looks and owns every widget. A
 * call of render_settings() applies at most one event and then describes the whole screen anew: one begin(), then one
 * add() a widget from top to bottom. The host copies what it needs: every pointer is valid during that one begin() or
 * add() only. One entry point thereby serves a touch screen, a terminal and a web page.
 *
 * The rows of a list follow it directly. A host that lacks a kind of widget shows its label, value and help as text.
 * Whatever the host knows about a widget (what was typed, focus, scroll position) it keeps under the widget's stable id,
 * as long as the screen's id stays.
 */
#ifndef POS_SCREEN_H
#define POS_SCREEN_H

#include "abi.h"

/* ---- from the plugin: the screen and its widgets ---- */

#define POS_SCREEN_HAS_BACK                                                                                            \
    0x1u /* POS_EVENT_BACK leads somewhere: show a way to it. Without it Back leaves the screen */

typedef struct pos_screen {
    uint32_t struct_size;
    uint32_t flags;
    uint32_t
        revision; /* from 1; moves only when the set or the meaning of actions changes, never for text, progress or rows.
                          Events name the revision that they were made on; one made on another revision is not applied
                          (the owner pressed something that is no longer there) and the screen is described anew */
    uint32_t reserved;
    const char *id; /* stable name, "login", "status.item" */
    const char *title;
} pos_screen;

POS_PIN(pos_screen, revision, 8, 8);
POS_PIN(pos_screen, id, 16, 16);

#define POS_WIDGET_SECTION 1u /* a heading; what follows belongs to it up to the next one */
#define POS_WIDGET_TEXT    2u /* label (may be NULL) and value: something to read */
#define POS_WIDGET_NOTICE  3u /* value: something to notice; level INFO, WARNING or ERROR */
#define POS_WIDGET_INPUT   4u /* one line of text; `keyboard` says which kind */
#define POS_WIDGET_SECRET                                                                                              \
    5u                       /* a password or code: write-only, never has a value; the host shows dots, never keeps it
                                   after the event, never logs it */
#define POS_WIDGET_CHOICE 6u /* one of `options`; value is the chosen option's value */
#define POS_WIDGET_TOGGLE                                                                                              \
    7u /* value "1" or "0"; after its event (as of a CHOICE) the value here shows, not the typed one */
#define POS_WIDGET_LIST                                                                                                \
    8u /* `total` rows of which `count` from `first` follow as ROW widgets; label is its name,
                                   value what to say when it is empty. Other windows by POS_EVENT_WINDOW */
#define POS_WIDGET_ROW                                                                                                 \
    9u                          /* label, value (short, aligned to the end), help (second line); with an action, it can
                                   be chosen */
#define POS_WIDGET_PROGRESS 10u /* permille 0..1000 of label; value in words */
#define POS_WIDGET_BUTTON   11u /* label; level PLAIN, PRIMARY or DANGEROUS */

#define POS_LEVEL_PLAIN     1u
#define POS_LEVEL_PRIMARY   2u
#define POS_LEVEL_DANGEROUS 3u
#define POS_LEVEL_INFO      4u
#define POS_LEVEL_WARNING   5u
#define POS_LEVEL_ERROR     6u

#define POS_KEYBOARD_TEXT   1u
#define POS_KEYBOARD_EMAIL  2u
#define POS_KEYBOARD_NUMBER 3u /* digits only */
#define POS_KEYBOARD_NAME   4u /* words, capitalised */

#define POS_WIDGET_RESET 0x1u /* drop what the owner typed and show `value`; without it an input keeps what was typed */
#define POS_WIDGET_FOCUS 0x2u /* put the cursor here when the revision is new to the host */

typedef struct pos_option {
    uint32_t struct_size;
    uint32_t reserved;
    const char *value; /* what the event says */
    const char *label; /* what the owner reads */
} pos_option;

POS_PIN(pos_option, value, 8, 8);
POS_PIN(pos_option, label, 12, 16);

typedef struct pos_widget {
    uint32_t struct_size;
    uint32_t kind; /* POS_WIDGET_* */
    uint32_t flags;
    uint32_t level; /* NOTICE, BUTTON */
    const char *id; /* stable and unique on its screen, rows included; never NULL */
    const char *label;
    const char *value;
    const char *help;            /* a sentence beside it */
    const char *error;           /* what is wrong with it, to be shown beside it; NULL: nothing */
    const char *disabled_reason; /* not NULL: shown, but cannot be used, and this is why */
    const char *action;          /* BUTTON, ROW: what the event names when pressed (a ROW without one cannot be chosen).
                                    TOGGLE, CHOICE: when changed. INPUT, SECRET: on Enter. NULL: no event */
    const pos_option *options;   /* CHOICE */
    uint32_t option_count;
    uint32_t option_stride;    /* bytes from one option to the next */
    uint32_t keyboard;         /* INPUT, SECRET: POS_KEYBOARD_* */
    uint32_t max_length_bytes; /* INPUT, SECRET: of UTF-8, without terminator */
    uint32_t permille;         /* PROGRESS */
    uint32_t total;            /* LIST: rows there are */
    uint32_t first;            /* LIST: index of the first row that follows */
    uint32_t count;            /* LIST: rows that follow */
} pos_widget;

POS_PIN(pos_widget, id, 16, 16);
POS_PIN(pos_widget, options, 44, 72);
POS_PIN(pos_widget, option_count, 48, 80);
POS_PIN(pos_widget, count, 76, 108);

/* Lent by the host for one call of render_settings(). Both functions return 0; an error of theirs ends the call. */
typedef struct pos_builder {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx;
    int32_t (*begin)(void *ctx, const pos_screen *screen);
    int32_t (*add)(void *ctx, const pos_widget *widget);
} pos_builder;

POS_PIN(pos_builder, ctx, 8, 8);
POS_PIN(pos_builder, begin, 12, 16);

/* ---- from the host: events ---- */

#define POS_EVENT_OPENED 1u /* the owner opened the screen: it starts at its first page */
#define POS_EVENT_BACK   2u /* one page back. On the first page it changes nothing: the host closes the screen */
#define POS_EVENT_CLOSED 3u /* the owner left: forms and secrets are wiped. The builder may be NULL */
#define POS_EVENT_ACTION 4u /* a widget's action, with the form's values */
#define POS_EVENT_WINDOW 5u /* the owner scrolled a list: describe `count` rows from `first` on */

typedef struct pos_value {
    uint32_t struct_size;
    uint32_t size_bytes; /* of text, without terminator; text must be zero-terminated as well */
    const char *widget;  /* the input's id */
    const char *text;    /* what is in it now; of a TOGGLE "1" or "0", of a CHOICE an option's value */
} pos_value;

POS_PIN(pos_value, widget, 8, 8);
POS_PIN(pos_value, text, 12, 16);

typedef struct pos_event {
    uint32_t struct_size;
    uint32_t kind;     /* POS_EVENT_* */
    uint32_t revision; /* of the screen it was made on; ACTION and WINDOW */
    uint32_t value_count;
    uint32_t value_stride; /* bytes from one value to the next */
    uint32_t first;        /* WINDOW: index of the first row wanted */
    uint32_t count;        /* WINDOW: rows wanted; a plugin may give fewer, at most 200 */
    uint32_t reserved;
    const char *widget;      /* id of the button, row or input (ACTION), of the list (WINDOW) */
    const char *action;      /* ACTION: the widget's action */
    const pos_value *values; /* every input of the screen, in any order; one that is missing reads as empty */
} pos_event;

POS_PIN(pos_event, widget, 32, 32);
POS_PIN(pos_event, values, 40, 48);

#endif
