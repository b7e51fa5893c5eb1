/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/chooser.h - what choosing a company and choosing a store share: a search, a list that comes from the cloud a
 * page at a time, and ways on. The list shows one page of the cloud's; windows move within it. While there is nothing
 * to choose from, the button that makes the first one is all there is.
 *
 * Inputs: search. Buttons: search.submit, list.next, list.previous (when there is one), list.again (when the list could
 * not be had), login (when the cloud wants the person to log in again).
 */
#ifndef SCREENS_CHOOSER_H
#define SCREENS_CHOOSER_H

#include "screens/draw.h"

typedef struct chooser_list {
    const char *list_id; /* of the list */
    const char *new_id;  /* of the button that makes a new one */
    text_id label, when_empty, when_not_found, new_label;
    uint32_t count;
    bool has_next;
    void (*draw_row)(screens *s, draw *d, uint32_t index);
} chooser_list;

void chooser_draw(screens *s, draw *d, const chooser_list *list);

/* Search, pages, again, log-in: true if the action was one of these. `load` asks for s->list_page of s->search. */
bool chooser_act(screens *s, const char *action, const form *f, void (*load)(screens *s));

/* Takes the answer of a listing in. */
void chooser_answered(screens *s, const core_person *person);
/* An answer to the form of a new one: true, if one was created before already. The list is shown again, and says so. */
bool chooser_shows_created(screens *s, const core_person *person, text_id text);

#endif
