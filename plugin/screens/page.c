/* SPDX-License-Identifier: Apache-2.0 */
/* screens/page.c - the stack of pages, the one request that a page may have running, and what went wrong on it. */
#include "screens/page.h"

#include <string.h>

const char *page_word(const screens *s, text_id id)
{
    return texts_get(s->locale.language, id);
}

const page *page_get(const screens *s)
{
    return s->stack[s->depth - 1];
}

void page_clear_problems(screens *s)
{
    s->error_count = 0;
    s->retry = RETRY_NONE;
    s->notice_level = 0;
    s->notice[0] = '\0';
}

void page_stop_asking(screens *s)
{
    if (s->asking != REQUEST_NONE)
        core_person_forget(s->core);
    s->asking = REQUEST_NONE;
}

static void enter(screens *s, bool from_below)
{
    page_stop_asking(s);
    page_clear_problems(s);
    s->serial++;
    s->local_generation++;
    s->fresh = from_below;
    s->first = 0;
    s->count = PAGE_ROWS;
    s->log_in_again = false;
    s->listed = false;
    if (page_get(s)->enter)
        page_get(s)->enter(s);
}

void page_push(screens *s, const page *next)
{
    if (s->depth < PAGE_DEPTH_MAX)
        s->depth++;
    s->stack[s->depth - 1] = next;
    enter(s, true);
}

void page_pop(screens *s)
{
    if (s->depth == 1)
        return;
    s->depth--;
    enter(s, false);
}

void page_go_home(screens *s)
{
    s->depth = 1;
    s->stack[0] = &page_main;
    s->email[0] = '\0';
    memset(&s->registration, 0, sizeof s->registration);
    s->search[0] = '\0';
    memset(&s->company, 0, sizeof s->company);
    memset(&s->store, 0, sizeof s->store);
    s->known_count = 0;
    enter(s, true);
}

void page_leave_log_in(screens *s)
{
    while (s->depth > 1 && (page_get(s) == &page_register_code || page_get(s) == &page_recover_code ||
                            page_get(s) == &page_register || page_get(s) == &page_recover))
        s->depth--;
    s->email[0] = '\0';
    memset(&s->registration, 0, sizeof s->registration);
    if (page_get(s) == &page_log_in)
        page_pop(s);
    else
        page_go_home(s);
}

bool page_is_blocked(const screens *s)
{
    return s->asking != REQUEST_NONE && !s->asking_lightly;
}

void page_ask(screens *s, core_request request, bool started)
{
    s->asking_lightly = request == REQUEST_LIST_COMPANIES || request == REQUEST_LIST_STORES;
    if (started)
        s->asking = request;
    else
        page_notice(s, POS_LEVEL_WARNING, TEXT_STILL_BUSY, NULL, NULL);
}

void page_notice(screens *s, uint32_t level, text_id pattern, const char *a, const char *b)
{
    const char *arguments[] = {a, b};
    s->notice_level = level;
    texts_fill(s->notice, sizeof s->notice, page_word(s, pattern), arguments, 2);
}

void page_error_at(screens *s, const char *widget, text_id pattern, const char *a)
{
    if (page_find_error(s, widget) || s->error_count == PAGE_ERRORS_MAX)
        return;
    const char *arguments[] = {a};
    page_error *error = &s->errors[s->error_count++];
    error->widget = widget;
    texts_fill(error->text, sizeof error->text, page_word(s, pattern), arguments, 1);
}

const char *page_find_error(const screens *s, const char *widget)
{
    for (uint32_t i = 0; i < s->error_count; i++)
        if (strcmp(s->errors[i].widget, widget) == 0)
            return s->errors[i].text;
    return NULL;
}

bool page_has_errors(const screens *s)
{
    return s->error_count > 0;
}
