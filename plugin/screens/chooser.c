/* SPDX-License-Identifier: Apache-2.0 */
/* screens/chooser.c - search and pages of a list that lives in the cloud. */
#include "screens/chooser.h"
#include "screens/failure.h"
#include "screens/form.h"

#include <string.h>

static void draw_rows(screens *s, draw *d, const chooser_list *list)
{
    uint32_t first, count, total = list->count;
    draw_clamp_window(s, total, &first, &count);
    draw_list(d, list->list_id, list->label, *s->search ? list->when_not_found : list->when_empty, total, first, count);
    if (!d->builder)
        return;
    for (uint32_t i = first; i < first + count; i++) {
        size_t used = d->used;
        list->draw_row(s, d, i);
        d->used = used;
    }
}

/* There is nothing to choose and nothing to look for: all that is left is to make the first one. */
static void draw_first(screens *s, draw *d, const chooser_list *list)
{
    draw_rows(s, d, list);
    draw_button_first(d, list->new_id, list->new_label);
}

void chooser_draw(screens *s, draw *d, const chooser_list *list)
{
    if (!core_get_account(s->core).logged_in)
        draw_button(d, "login", POS_LEVEL_PRIMARY, TEXT_LOG_IN, NULL);
    if (s->listed && list->count == 0 && s->list_page == 0 && !*s->search) {
        draw_first(s, d, list);
        return;
    }
    draw_input(d, &(draw_field){.id = "search",
                                .label = TEXT_SEARCH,
                                .help = TEXT_SEARCH_HELP,
                                .keyboard = POS_KEYBOARD_TEXT,
                                .max_bytes = PROTOCOL_NAME_MAX,
                                .value = s->search,
                                .submit = "search.submit",
                                .is_aside = true});
    draw_button(d, "search.submit", POS_LEVEL_PLAIN, TEXT_SEARCH_SUBMIT, NULL);
    if (s->listed)
        draw_rows(s, d, list);
    else if (s->asking == REQUEST_NONE)
        draw_button(d, "list.again", POS_LEVEL_PRIMARY, TEXT_LIST_AGAIN, NULL);
    if (s->listed && s->list_page > 0)
        draw_button(d, "list.previous", POS_LEVEL_PLAIN, TEXT_LIST_PREVIOUS, NULL);
    if (s->listed && list->has_next)
        draw_button(d, "list.next", POS_LEVEL_PLAIN, TEXT_LIST_NEXT, NULL);
    draw_button(d, list->new_id, POS_LEVEL_PLAIN, list->new_label, NULL);
}

bool chooser_act(screens *s, const char *action, const form *f, void (*load)(screens *s))
{
    if (strcmp(action, "login") == 0) {
        page_push(s, &page_log_in);
        return true;
    }
    uint32_t page_now = s->list_page;
    if (strcmp(action, "search.submit") == 0) {
        char search[PROTOCOL_NAME_MAX + 1];
        if (!form_take(s, f, "search", FORM_OPTIONAL, search, sizeof search))
            return true;
        memcpy(s->search, search, sizeof s->search);
        s->list_page = 0;
    } else if (strcmp(action, "list.next") == 0) {
        s->list_page = page_now + 1;
    } else if (strcmp(action, "list.previous") == 0) {
        s->list_page = page_now - 1;
    } else if (strcmp(action, "list.again") != 0) {
        return false;
    }
    s->first = 0;
    load(s);
    return true;
}

void chooser_answered(screens *s, const core_person *person)
{
    s->listed = person->progress == PROGRESS_DONE;
    if (!s->listed)
        failure_show(s, person);
    else /* the core starts again at the first page when it does not know the way to the one asked for */
        s->list_page = person->request == REQUEST_LIST_COMPANIES ? core_get_companies(s->core).page
                                                                 : core_get_stores(s->core).page;
}

bool chooser_shows_created(screens *s, const core_person *person, text_id text)
{
    if (person->progress != PROGRESS_FAILED || !core_was_created_before(s->core))
        return false;
    page_pop(s); /* the list is asked for anew */
    page_notice(s, POS_LEVEL_WARNING, text, NULL, NULL);
    return true;
}
