/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/assign.c - Assign the business, last step: what will happen, and Accept. And what to do when the store knows
 * this register already: the same till with a new disk, or another one?
 *
 * Screen `assign`. Button: assign.accept. Notice currency: the store keeps its books in another one than the till.
 * Screen `known`. Rows till.same.<till_id>; button till.another.
 */
#include "screens/failure.h"
#include "screens/needs.h"

#include <stdio.h>
#include <string.h>

#define ROW_PREFIX "till.same."

static void draw_assign(screens *s, draw *d)
{
    core_assignment assignment = core_get_assignment(s->core);
    core_queue queue = core_get_queue(s->core, s->now);
    bool is_same = assignment.assigned && strcmp(assignment.store_id, s->store.store_id) == 0;
    draw_text(d, "company", TEXT_MAIN_COMPANY, s->company.name);
    draw_text(d, "store", TEXT_MAIN_STORE, s->store.name);
    draw_text(d, "intro", TEXT_NONE,
              draw_say(d, is_same ? TEXT_ASSIGN_SAME : TEXT_ASSIGN_INTRO, s->store.name, s->company.name));
    needs_draw_currency(s, d, s->store.name, s->store.currency);
    if (assignment.without_store > 0)
        draw_notice(d, "without_store", POS_LEVEL_INFO,
                    draw_count(d, TEXT_ASSIGN_WITHOUT_STORE, assignment.without_store, s->store.name));
    if (assignment.without_store > 0 && queue.catching_up)
        draw_notice(d, "history", POS_LEVEL_INFO, page_word(s, TEXT_ASSIGN_HISTORY));
    if (!is_same && queue.pending > assignment.without_store) {
        uint32_t bound = queue.pending - assignment.without_store;
        draw_notice(d, "bound", POS_LEVEL_INFO,
                    assignment.assigned ? draw_count(d, TEXT_ASSIGN_BOUND, bound, assignment.store_name)
                                        : draw_count(d, TEXT_ASSIGN_BOUND_PLAIN, bound, NULL));
    }
    draw_button(d, "assign.accept", POS_LEVEL_PRIMARY, TEXT_ACCEPT, NULL);
}

static void act_assign(screens *s, const char *action, const form *f)
{
    (void)action;
    (void)f;
    page_ask(s, REQUEST_ASSIGN, core_assign(s->core, s->now, &s->company, &s->store, CLAIM_FIRST, NULL));
}

static void keep_known_tills(screens *s)
{
    core_known known = core_known_tills(s->core);
    s->known_count = known.count < PROTOCOL_TILLS_MAX ? known.count : PROTOCOL_TILLS_MAX;
    for (uint32_t i = 0; i < s->known_count; i++)
        s->known[i] = known.items[i];
}

static void answered_assign(screens *s, const core_person *person)
{
    bool is_known =
        person->progress == PROGRESS_FAILED && !person->storage_failed && person->verdict.cause == CAUSE_REGISTER_KNOWN;
    if (person->progress == PROGRESS_DONE) {
        core_x x = core_get_x(s->core, s->now);
        page_go_home(s);
        page_notice(s, POS_LEVEL_INFO, x.available && !x.enabled ? TEXT_ASSIGNED_WITHOUT_X : TEXT_ASSIGNED,
                    core_get_assignment(s->core).store_name, NULL);
    } else if (is_known) {
        keep_known_tills(s);
        if (page_get(s) != &page_known)
            page_push(s, &page_known);
    } else {
        failure_show(s, person);
    }
}

static void draw_known_row(screens *s, draw *d, const protocol_known_till *till)
{
    char id[sizeof ROW_PREFIX + PROTOCOL_TILL_ID_LEN];
    snprintf(id, sizeof id, ROW_PREFIX "%s", till->till_id);
    const char *number = draw_plain(d, till->last_z_number);
    const char *last_z = till->last_z_number <= 0 ? page_word(s, TEXT_KNOWN_NO_Z)
                         : *till->last_business_date
                             ? draw_say(d, TEXT_KNOWN_LAST_Z, number, draw_date(d, till->last_business_date))
                             : draw_say(d, TEXT_KNOWN_LAST_Z_UNDATED, number);
    const char *seen = till->last_seen_at_ms > 0 ? draw_moment(d, till->last_seen_at_ms) : page_word(s, TEXT_NEVER);
    draw_row(d, id, *till->device_name ? till->device_name : page_word(s, TEXT_KNOWN_UNNAMED), NULL,
             draw_say(d, TEXT_KNOWN_ROW, last_z, seen), true);
}

static void draw_known(screens *s, draw *d)
{
    draw_notice(d, "intro", POS_LEVEL_WARNING, draw_say(d, TEXT_KNOWN_INTRO, s->store.name));
    draw_text(d, "device", TEXT_KNOWN_DEVICE, *s->device_name ? s->device_name : page_word(s, TEXT_KNOWN_UNNAMED));
    draw_section(d, "same", TEXT_KNOWN_SAME);
    draw_text(d, "same.help", TEXT_NONE, page_word(s, TEXT_KNOWN_SAME_HELP));
    draw_list(d, "tills", TEXT_KNOWN_TILLS, TEXT_NEVER, s->known_count, 0, s->known_count);
    for (uint32_t i = 0; d->builder && i < s->known_count; i++) {
        size_t used = d->used;
        draw_known_row(s, d, &s->known[i]);
        d->used = used;
    }
    draw_section(d, "another", TEXT_KNOWN_ANOTHER);
    draw_button_with_help(d, "till.another", POS_LEVEL_PLAIN, TEXT_KNOWN_ANOTHER, TEXT_KNOWN_ANOTHER_HELP, NULL);
}

static void act_known(screens *s, const char *action, const form *f)
{
    (void)action;
    (void)f;
    page_ask(s, REQUEST_ASSIGN, core_assign(s->core, s->now, &s->company, &s->store, CLAIM_ANOTHER, NULL));
}

static void choose_known(screens *s, const char *action)
{
    if (strncmp(action, ROW_PREFIX, strlen(ROW_PREFIX)) != 0)
        return;
    for (uint32_t i = 0; i < s->known_count; i++)
        if (strcmp(s->known[i].till_id, action + strlen(ROW_PREFIX)) == 0) {
            page_ask(s, REQUEST_ASSIGN,
                     core_assign(s->core, s->now, &s->company, &s->store, CLAIM_SAME, s->known[i].till_id));
            return;
        }
}

const page page_assign = {
    .id = "assign", .title = TEXT_ASSIGN_TITLE, .draw = draw_assign, .act = act_assign, .answered = answered_assign};

const page page_known = {.id = "known",
                         .title = TEXT_KNOWN_TITLE,
                         .draw = draw_known,
                         .act = act_known,
                         .choose = choose_known,
                         .answered = answered_assign};
