/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/screens.h - the settings screen: the core's state goes in and a described screen comes out, the owner's
 * events go in and commands to the core come out.
 *
 * One file a page. What the owner types lives in the host, which sends all values with every action; here live only
 * where the owner is (a small stack of pages), what is wrong with what was typed, and what was chosen on the way.
 */
#ifndef SCREENS_SCREENS_H
#define SCREENS_SCREENS_H

#include "core/core.h"
#include "pos/host.h"
#include "pos/screen.h"

typedef struct screens screens;

/* NULL: out of memory. The core stays the caller's and outlives the screens. English and UTC until set_locale. */
screens *screens_create(core *c);
void screens_destroy(screens *s); /* wipes; NULL is fine */

/*
 * Language, time zone, country, currency and device name of the host; at create and when it says that they changed.
 * `info` has this compiler's size (the caller has copied the host's), its strings are copied. Reads the time zone from
 * the machine's zone database; a zone that is not there shows times in UTC, and says so.
 */
void screens_set_locale(screens *s, const pos_host_info *info);

/*
 * pos_plugin.render_settings(): applies at most one event, then describes the page. `event` NULL: none (a redraw; an
 * answer of the cloud that has come meanwhile moves the page on). `builder` may be NULL with POS_EVENT_CLOSED only.
 *
 * POS_E_MISUSE: the event or the builder breaks a rule, nothing was applied; *why (inside s, valid until the next call)
 * names it. Another negative code is the builder's own. An event on an older revision is no error: it is not applied.
 */
int32_t screens_render(screens *s, core_time now, const pos_event *event, const pos_builder *builder, const char **why);

/* Changes when the page that is open would look different now: the core moved on, or something on it counts down. */
uint64_t screens_generation(screens *s, core_time now);

/* The host's status bar: POS_ATTENTION_* and one line (zero-terminated, cut at a whole character to fit). */
void screens_status(screens *s, core_time now, uint32_t *attention, char *text, size_t capacity_bytes);

#endif
