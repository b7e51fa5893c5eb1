/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/disconnect.c - Disconnect from FactoryCLOUD: what is pending, Accept, and that it is done.
 *
 * Screen `disconnect`. Buttons: disconnect.accept; disconnect.send_first, while something is pending.
 * Screen `disconnected`. Button: disconnect.done.
 */
#include "screens/failure.h"
#include "screens/status.h"

#include <string.h>

static void draw_pending(screens *s, draw *d)
{
    core_queue queue = core_get_queue(s->core, s->now);
    if (queue.pending > 0)
        draw_notice(d, "pending", POS_LEVEL_WARNING, draw_count(d, TEXT_DISCONNECT_PENDING, queue.pending, NULL));
    else
        draw_text(d, "pending", TEXT_NONE, page_word(s, TEXT_DISCONNECT_NOTHING_PENDING));
}

static void draw_way_to_send(screens *s, draw *d)
{
    core_queue queue = core_get_queue(s->core, s->now);
    if (queue.pending == 0)
        return;
    draw_button_with_help(d, "disconnect.send_first", POS_LEVEL_PRIMARY, TEXT_DISCONNECT_SEND_FIRST,
                          TEXT_DISCONNECT_SEND_FIRST_HELP,
                          queue.pending > queue.held ? NULL : page_word(s, TEXT_DISCONNECT_CANNOT_SEND));
}

static void draw_disconnect(screens *s, draw *d)
{
    core_assignment assignment = core_get_assignment(s->core);
    if (assignment.assigned) {
        draw_text(d, "company", TEXT_MAIN_COMPANY, assignment.company_name);
        draw_text(d, "store", TEXT_MAIN_STORE, assignment.store_name);
    }
    draw_text(d, "intro", TEXT_NONE, page_word(s, TEXT_DISCONNECT_INTRO));
    draw_pending(s, d);
    draw_way_to_send(s, d);
    draw_button(d, "disconnect.accept", POS_LEVEL_DANGEROUS, TEXT_ACCEPT, NULL);
}

static void act_disconnect(screens *s, const char *action, const form *f)
{
    (void)f;
    if (strcmp(action, "disconnect.send_first") == 0) {
        page_go_home(s);
        page_push(s, &page_status);
        status_retry(s);
        return;
    }
    page_ask(s, REQUEST_DISCONNECT, core_disconnect(s->core, s->now));
}

static void answered_disconnect(screens *s, const core_person *person)
{
    if (person->progress == PROGRESS_FAILED) {
        failure_show(s, person);
        return;
    }
    page_go_home(s);
    page_push(s, &page_disconnected);
    if (person->verdict.outcome == PROTOCOL_RETRY)
        page_notice(s, POS_LEVEL_WARNING, TEXT_DISCONNECTED_UNHEARD, NULL, NULL);
}

static void draw_disconnected(screens *s, draw *d)
{
    draw_notice(d, "done", POS_LEVEL_INFO, page_word(s, TEXT_DISCONNECTED));
    draw_pending(s, d);
    draw_button(d, "disconnect.done", POS_LEVEL_PRIMARY, TEXT_OK, NULL);
}

static void act_disconnected(screens *s, const char *action, const form *f)
{
    (void)action;
    (void)f;
    page_go_home(s);
}

const page page_disconnect = {.id = "disconnect",
                              .title = TEXT_MAIN_DISCONNECT,
                              .draw = draw_disconnect,
                              .act = act_disconnect,
                              .answered = answered_disconnect};

const page page_disconnected = {
    .id = "disconnected", .title = TEXT_MAIN_DISCONNECT, .draw = draw_disconnected, .act = act_disconnected};
