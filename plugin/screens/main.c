/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/main.c - the first page: what needs the owner, how things stand, and the options.
 *
 * Screen `main`. Texts: connection, company, store, last_contact, pending. Buttons: login, assign, configuration,
 * status, resend, catalogue (where the host has one), diagnose, disconnect, about. Notice: left, of earlier closes that
 * a cancelled resend left out; currency, where the store keeps its books in another one.
 */
#include "core/catalogue.h"
#include "screens/failure.h"
#include "screens/needs.h"

#include "core/resend.h"

#include <string.h>

static const char *describe_connection(screens *s, draw *d, const core_queue *queue, bool assigned, bool logged_in)
{
    if (!assigned)
        return page_word(s, logged_in ? TEXT_CONNECTION_NO_STORE : TEXT_CONNECTION_NONE);
    if (queue->failing_since_ms > 0 && !failure_was_answered(&queue->last_failure))
        return draw_say(d, TEXT_CONNECTION_FAILING, draw_moment(d, queue->failing_since_ms));
    return page_word(s, queue->last_contact_ms > 0 ? TEXT_CONNECTION_FINE : TEXT_CONNECTION_SOON);
}

static void draw_state(screens *s, draw *d)
{
    core_queue queue = core_get_queue(s->core, s->now);
    core_account account = core_get_account(s->core);
    core_assignment assignment = core_get_assignment(s->core);
    core_resend resend = core_get_resend(s->core, s->now);
    needs_draw(s, d, &queue);
    if (resend.left > 0)
        draw_notice(d, "left", POS_LEVEL_INFO, draw_count(d, TEXT_RESEND_LEFT, resend.left, NULL));
    needs_draw_currency(s, d, assignment.store_name, assignment.store_currency);
    if (account.session_ended)
        draw_notice(d, "session_ended", POS_LEVEL_INFO,
                    page_word(s, assignment.assigned ? TEXT_SESSION_ENDED_ASSIGNED : TEXT_SESSION_ENDED));
    draw_section(d, "state", TEXT_MAIN_STATE);
    draw_text(d, "connection", TEXT_MAIN_CONNECTION,
              describe_connection(s, d, &queue, assignment.assigned, account.logged_in));
    draw_text(d, "user", TEXT_MAIN_USER,
              account.logged_in ? draw_say(d, TEXT_PERSON, account.name, account.email)
                                : page_word(s, TEXT_NOBODY_LOGGED_IN));
    draw_text(d, "company", TEXT_MAIN_COMPANY,
              assignment.assigned ? assignment.company_name : page_word(s, TEXT_NOT_CHOSEN));
    draw_text(d, "store", TEXT_MAIN_STORE, assignment.assigned ? assignment.store_name : page_word(s, TEXT_NOT_CHOSEN));
    draw_text(d, "last_contact", TEXT_MAIN_LAST_CONTACT,
              queue.last_contact_ms > 0 ? draw_moment(d, queue.last_contact_ms) : page_word(s, TEXT_NEVER));
    draw_text(d, "pending", TEXT_MAIN_PENDING,
              queue.pending > 0 ? draw_count(d, TEXT_REPORTS, queue.pending, NULL)
                                : page_word(s, TEXT_NOTHING_PENDING));
}

static void draw_main(screens *s, draw *d)
{
    core_account account = core_get_account(s->core);
    core_assignment assignment = core_get_assignment(s->core);
    const char *log_in_first = account.logged_in ? NULL : page_word(s, TEXT_LOG_IN_FIRST);
    const char *store_first = assignment.assigned ? NULL
                              : account.logged_in ? page_word(s, TEXT_ASSIGN_FIRST)
                                                  : log_in_first;
    draw_state(s, d);
    draw_section(d, "options", TEXT_MAIN_OPTIONS);
    draw_button_with_help(d, "login", account.logged_in || assignment.assigned ? POS_LEVEL_PLAIN : POS_LEVEL_PRIMARY,
                          TEXT_MAIN_LOG_IN, TEXT_MAIN_LOG_IN_HELP, NULL);
    draw_button_with_help(d, "assign", account.logged_in && !assignment.assigned ? POS_LEVEL_PRIMARY : POS_LEVEL_PLAIN,
                          TEXT_MAIN_ASSIGN, TEXT_MAIN_ASSIGN_HELP, log_in_first);
    draw_button_with_help(d, "configuration", POS_LEVEL_PLAIN, TEXT_MAIN_CONFIGURATION, TEXT_MAIN_CONFIGURATION_HELP,
                          store_first);
    draw_button_with_help(d, "status", POS_LEVEL_PLAIN, TEXT_MAIN_STATUS, TEXT_MAIN_STATUS_HELP, NULL);
    draw_button_with_help(d, "resend", POS_LEVEL_PLAIN, TEXT_MAIN_RESEND, TEXT_MAIN_RESEND_HELP, store_first);
    if (core_has_catalogue(s->core))
        draw_button_with_help(d, "catalogue", POS_LEVEL_PLAIN, TEXT_MAIN_CATALOGUE, TEXT_MAIN_CATALOGUE_HELP,
                              assignment.assigned ? NULL : store_first);
    draw_button_with_help(d, "diagnose", POS_LEVEL_PLAIN, TEXT_MAIN_DIAGNOSE, TEXT_MAIN_DIAGNOSE_HELP, NULL);
    draw_button_with_help(d, "disconnect", POS_LEVEL_PLAIN, TEXT_MAIN_DISCONNECT, TEXT_MAIN_DISCONNECT_HELP,
                          account.logged_in || assignment.assigned ? NULL : page_word(s, TEXT_NOT_CONNECTED));
    draw_button_with_help(d, "about", POS_LEVEL_PLAIN, TEXT_ABOUT, TEXT_ABOUT_HELP, NULL);
}

static void act_main(screens *s, const char *action, const form *f)
{
    static const struct {
        const char *action;
        const page *next;
    } options[] = {
        {"login", &page_log_in},      {"assign", &page_companies},      {"configuration", &page_configuration},
        {"status", &page_status},     {"resend", &page_resend},         {"catalogue", &page_catalogue},
        {"diagnose", &page_diagnose}, {"disconnect", &page_disconnect}, {"about", &page_welcome_what}};
    (void)f;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(options[i].action, action) == 0)
            page_push(s, options[i].next);
}

const page page_main = {.id = "main", .title = TEXT_MAIN_TITLE, .draw = draw_main, .act = act_main};
