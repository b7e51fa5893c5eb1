/* SPDX-License-Identifier: Apache-2.0 */
/*
 * poshost/screen.h - the settings screen as a model: what the plugin described, and what the owner typed.
 *
 * A renderer (terminal, web page, touch screen) draws poshost_screen_widget(0..n), tells the model what the owner does,
 * and draws again. No pointer of the plugin's is kept: everything is copied.
 *
 *   poshost_screen *screen = poshost_screen_new();
 *   poshost_screen_open(screen, poshost_guard_render, guard);
 *   poshost_screen_set(screen, "email", "ana@example.org");
 *   poshost_screen_press(screen, "login", poshost_guard_render, guard);
 *   poshost_screen_refresh(screen, poshost_guard_render, guard);       when screen_generation of a tick has moved
 *   poshost_screen_close(screen, poshost_guard_render, guard);
 *
 * WHAT WAS TYPED is kept per widget id for as long as the same screen (pos_screen.id) is shown, and forgotten when the
 * plugin sets POS_WIDGET_RESET, shows another screen, or the owner leaves. Exception: what was chosen in a TOGGLE or
 * CHOICE that has an action counts only until its event was sent; afterwards the plugin's value is shown, so that a
 * refused change springs back.
 *
 * SECRETS are held apart from the rest, in memory that is wiped: after every event, when their widget goes, on close
 * and on free. They go out with the values of an ACTION and nowhere else; there is no call that reads them.
 */
#ifndef POSHOST_SCREEN_H
#define POSHOST_SCREEN_H

#include <poshost/api.h>
#include <pos/screen.h>

POSHOST_BEGIN_DECLS

typedef struct poshost_screen poshost_screen;

/* The plugin's render_settings, seen from here. poshost_guard_render (guard.h) is one, its ctx is the guard. */
typedef int32_t (*poshost_render_fn)(void *render_ctx, const pos_event *event, const pos_builder *builder);

typedef struct poshost_option {
    const char *value;
    const char *label;
} poshost_option;

/* A widget, owned by the model. Texts are NULL where the plugin gave none, except id, which never is. Members are those
 * of pos_widget. An unknown kind is passed on: show its label, value and help as text. */
typedef struct poshost_widget {
    uint32_t kind;
    uint32_t flags;
    uint32_t level;
    const char *id;
    const char *label;
    const char *value; /* as the plugin described it; what is in an input now: poshost_screen_value() */
    const char *help;
    const char *error;
    const char *disabled_reason;
    const char *action;
    const poshost_option *options;
    uint32_t option_count;
    uint32_t keyboard;
    uint32_t max_length_bytes; /* 0: no limit of the plugin's; POSHOST_INPUT_MAX_BYTES holds */
    uint32_t permille;
    uint32_t total;
    uint32_t first;
    uint32_t count;
} poshost_widget;

/* The most that an input of any kind holds, whatever the plugin allows. */
#define POSHOST_INPUT_MAX_BYTES 4096u

/* ---- life ---- */

/* An empty model: no screen is shown. NULL: out of memory. */
POSHOST_API poshost_screen *poshost_screen_new(void);
/* Wipes and frees. Tells the plugin nothing: poshost_screen_close() first. NULL is fine. */
POSHOST_API void poshost_screen_free(poshost_screen *screen);

/* ---- what the owner does: each sends one event and takes in the new description ----
 *
 * They return what render returned. Unless that is POS_OK, the screen stays as it was. */

/* Opens the screen at its first page. */
POSHOST_API int32_t poshost_screen_open(poshost_screen *screen, poshost_render_fn render, void *render_ctx);

/* Presses a BUTTON or ROW, or submits an INPUT, SECRET, TOGGLE or CHOICE (on Enter; after the change).
 * NOT_FOUND: no such widget. UNSUPPORTED: it has no action, or is disabled (poshost_screen_error() says why). */
POSHOST_API int32_t poshost_screen_press(poshost_screen *screen, const char *widget_id, poshost_render_fn render,
                                         void *render_ctx);

/* Asks for `count` rows of a LIST from `first` on. NOT_FOUND: no such list. */
POSHOST_API int32_t poshost_screen_window(poshost_screen *screen, const char *list_id, uint32_t first, uint32_t count,
                                          poshost_render_fn render, void *render_ctx);

/* One page back. *leaves (may be NULL) becomes 1 when this was the first page: then the plugin was told that the screen
 * closed, and the model is empty as after poshost_screen_close(). */
POSHOST_API int32_t poshost_screen_back(poshost_screen *screen, int32_t *leaves, poshost_render_fn render,
                                        void *render_ctx);

/* Describes the screen anew without an event: when pos_tick_out.screen_generation has moved. */
POSHOST_API int32_t poshost_screen_refresh(poshost_screen *screen, poshost_render_fn render, void *render_ctx);

/* The owner left. The model is empty afterwards and all that was typed is wiped, whatever render returned. */
POSHOST_API int32_t poshost_screen_close(poshost_screen *screen, poshost_render_fn render, void *render_ctx);

/* ---- what is shown ---- */

/* "" and 0 while no screen is shown. Texts and widgets are valid until the next of the calls above. */
POSHOST_API int32_t poshost_screen_is_open(const poshost_screen *screen);
POSHOST_API const char *poshost_screen_id(const poshost_screen *screen);
POSHOST_API const char *poshost_screen_title(const poshost_screen *screen);
POSHOST_API uint32_t poshost_screen_revision(const poshost_screen *screen);
POSHOST_API uint32_t poshost_screen_flags(const poshost_screen *screen); /* POS_SCREEN_HAS_BACK */
POSHOST_API uint32_t poshost_screen_widget_count(const poshost_screen *screen);

/* NULL past the end. */
POSHOST_API const poshost_widget *poshost_screen_widget(const poshost_screen *screen, uint32_t index);

/* The widget of that id, or NULL. */
POSHOST_API const poshost_widget *poshost_screen_find(const poshost_screen *screen, const char *widget_id);

/* 1 when the last description had another revision or was another screen: focus and scroll position start anew. */
POSHOST_API int32_t poshost_screen_changed(const poshost_screen *screen);

/* Where the cursor goes: the id of the widget with POS_WIDGET_FOCUS if the screen changed, else NULL. */
POSHOST_API const char *poshost_screen_focus(const poshost_screen *screen);

/* ---- what is typed ---- */

/* Puts `text` into an INPUT, SECRET, TOGGLE ("1" or "0") or CHOICE (an option's value). Sends nothing.
 * Errors: NOT_FOUND, TOO_LARGE (over max_length_bytes), UNSUPPORTED (not an input, or disabled), MISUSE (not valid
 * UTF-8, a line break or other control character, a CHOICE without that option, letters in a NUMBER), NO_MEMORY.
 * poshost_screen_error() has the words. */
POSHOST_API int32_t poshost_screen_set(poshost_screen *screen, const char *widget_id, const char *text);

/* What is in the input now: what was typed, else the plugin's value, else "". Of a SECRET always "". NULL: no such
 * widget. Valid until the next call that changes the screen or this input. */
POSHOST_API const char *poshost_screen_value(const poshost_screen *screen, const char *widget_id);

/* How many characters (not bytes) were typed into a SECRET, to draw dots; 0 for anything else. */
POSHOST_API uint32_t poshost_screen_secret_length(const poshost_screen *screen, const char *widget_id);

/* Why the last failing call of this section or of poshost_screen_press() failed. Never NULL, never quotes a secret. */
POSHOST_API const char *poshost_screen_error(const poshost_screen *screen);

/* ---- the parts, for hosts that send events themselves ---- */

/*
 * Fills *event (kind POS_EVENT_*; widget, first and count where the kind uses them) with the screen's revision and,
 * for an ACTION, the widget's action and the values of all inputs. What it points to belongs to the model and is valid
 * until the next call into it. Errors as of poshost_screen_press() and poshost_screen_window().
 */
POSHOST_API int32_t poshost_screen_event(poshost_screen *screen, uint32_t kind, const char *widget_id, uint32_t first,
                                         uint32_t count, pos_event *event);

/*
 * Calls render with `event` (NULL: none) and a builder of its own, and takes the description in when render returned
 * POS_OK. Afterwards the secrets are wiped (if there was an event), and the event must not be used any more.
 */
POSHOST_API int32_t poshost_screen_apply(poshost_screen *screen, poshost_render_fn render, void *render_ctx,
                                         const pos_event *event);

POSHOST_END_DECLS

#endif
