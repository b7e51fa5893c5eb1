/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/welcome.c - the welcome tour: what it does, what is sent and when, what you need, begin.
 *
 * Screens `welcome.what`, `welcome.sent`, `welcome.need`, `welcome.begin`. Texts: page, and what there is to read.
 * Buttons: welcome.next and welcome.skip, on the last one welcome.done. Each of skip, done, leaving backwards and
 * closing ends it, and it does not come again by itself.
 */
#include "screens/welcome.h"
#include "screens/draw.h"

#include <string.h>

#define PAGES 4
#define LINES 4

typedef struct leaf {
    const page *page, *next; /* next NULL: the last one */
    int64_t number;
    text_id lines[LINES]; /* TEXT_NONE: no more */
} leaf;

static const leaf leaves[PAGES] = {
    {&page_welcome_what, &page_welcome_sent, 1, {TEXT_TOUR_WHAT, TEXT_TOUR_WHAT_SELLING}},
    {&page_welcome_sent, &page_welcome_need, 2, {TEXT_TOUR_SENT_Z, TEXT_TOUR_SENT_X, TEXT_TOUR_SENT_NOTHING_ELSE}},
    {&page_welcome_need, &page_welcome_begin, 3, {TEXT_TOUR_NEED_INTERNET, TEXT_TOUR_NEED_EMAIL, TEXT_TOUR_NEED_DATA}},
    {&page_welcome_begin,
     NULL,
     4,
     {TEXT_TOUR_STEP_LOG_IN, TEXT_TOUR_STEP_ASSIGN, TEXT_TOUR_STEP_DONE, TEXT_TOUR_AGAIN}}};

/* NULL: the open page is none of them. */
static const leaf *find_leaf(const screens *s)
{
    for (size_t i = 0; i < PAGES; i++)
        if (leaves[i].page == page_get(s))
            return &leaves[i];
    return NULL;
}

void welcome_leave(screens *s)
{
    if (find_leaf(s) && !core_welcome_seen(s->core))
        core_set_welcome_seen(s->core);
}

bool welcome_is_due(const screens *s)
{
    /* Who has come as far as a log-in needs no tour: an older version of this plugin had none. */
    return !core_welcome_seen(s->core) && !core_get_account(s->core).logged_in &&
           !core_get_assignment(s->core).assigned;
}

static void draw_leaf(screens *s, draw *d)
{
    static const char *const ids[LINES] = {"line.1", "line.2", "line.3", "line.4"};
    const leaf *l = find_leaf(s);
    draw_text(d, "page", TEXT_NONE, draw_say(d, TEXT_TOUR_PAGE, draw_plain(d, l->number), draw_plain(d, PAGES)));
    for (size_t i = 0; i < LINES && l->lines[i] != TEXT_NONE; i++)
        draw_text(d, ids[i], TEXT_NONE, page_word(s, l->lines[i]));
    if (!l->next) {
        draw_button(d, "welcome.done", POS_LEVEL_PRIMARY, TEXT_TOUR_BEGIN, NULL);
        return;
    }
    draw_button(d, "welcome.next", POS_LEVEL_PRIMARY, TEXT_TOUR_NEXT, NULL);
    draw_button(d, "welcome.skip", POS_LEVEL_PLAIN, TEXT_TOUR_SKIP, NULL);
}

static void act_leaf(screens *s, const char *action, const form *f)
{
    (void)f;
    if (strcmp(action, "welcome.next") == 0) {
        page_push(s, find_leaf(s)->next);
        return;
    }
    welcome_leave(s);
    page_go_home(s);
}

const page page_welcome_what = {
    .id = "welcome.what", .title = TEXT_TOUR_WHAT_TITLE, .draw = draw_leaf, .act = act_leaf};
const page page_welcome_sent = {
    .id = "welcome.sent", .title = TEXT_TOUR_SENT_TITLE, .draw = draw_leaf, .act = act_leaf};
const page page_welcome_need = {
    .id = "welcome.need", .title = TEXT_TOUR_NEED_TITLE, .draw = draw_leaf, .act = act_leaf};
const page page_welcome_begin = {
    .id = "welcome.begin", .title = TEXT_TOUR_BEGIN_TITLE, .draw = draw_leaf, .act = act_leaf};
