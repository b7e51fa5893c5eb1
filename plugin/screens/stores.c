/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/stores.c - Assign the business, second step: the stores of the chosen company, or a new one.
 *
 * Screen `stores`. As in chooser.h; list stores with rows store.<store_id>; button store.new.
 * Screen `store_new`. Inputs: name, address, time_zone. Button: store.create.
 */
#include "screens/chooser.h"
#include "screens/failure.h"
#include "screens/form.h"

#include <stdio.h>
#include <string.h>

#define ROW_PREFIX "store."

static void load(screens *s)
{
    s->listed = false;
    page_ask(s, REQUEST_LIST_STORES, core_list_stores(s->core, s->now, s->company.company_id, s->search, s->list_page));
}

static void enter_stores(screens *s)
{
    s->search[0] = '\0';
    s->list_page = 0;
    load(s);
}

static void draw_store_row(screens *s, draw *d, uint32_t index)
{
    core_stores stores = core_get_stores(s->core);
    const protocol_store *store = &stores.items[index];
    core_assignment assignment = core_get_assignment(s->core);
    bool is_current = assignment.assigned && strcmp(assignment.store_id, store->store_id) == 0;
    char id[sizeof ROW_PREFIX + PROTOCOL_ID_MAX];
    snprintf(id, sizeof id, ROW_PREFIX "%s", store->store_id);
    draw_row(d, id, store->name, is_current ? page_word(s, TEXT_STORE_CURRENT) : NULL, store->address, true);
}

static void draw_stores(screens *s, draw *d)
{
    core_stores stores = core_get_stores(s->core);
    draw_text(d, "company", TEXT_MAIN_COMPANY, s->company.name);
    draw_text(d, "intro", TEXT_NONE, page_word(s, TEXT_STORES_INTRO));
    chooser_draw(s, d,
                 &(chooser_list){.list_id = "stores",
                                 .new_id = "store.new",
                                 .label = TEXT_STORES,
                                 .when_empty = TEXT_STORES_EMPTY,
                                 .when_not_found = TEXT_LIST_NOT_FOUND,
                                 .new_label = TEXT_STORE_NEW,
                                 .count = stores.count,
                                 .has_next = stores.has_next,
                                 .draw_row = draw_store_row});
}

static void act_stores(screens *s, const char *action, const form *f)
{
    if (!chooser_act(s, action, f, load))
        page_push(s, &page_store_new);
}

static void go_on_with(screens *s, const protocol_store *store)
{
    s->store = *store;
    page_push(s, &page_assign);
}

static void choose_store(screens *s, const char *action)
{
    core_stores stores = core_get_stores(s->core);
    if (!s->listed || strncmp(action, ROW_PREFIX, strlen(ROW_PREFIX)) != 0)
        return;
    for (uint32_t i = 0; i < stores.count; i++)
        if (strcmp(stores.items[i].store_id, action + strlen(ROW_PREFIX)) == 0) {
            go_on_with(s, &stores.items[i]);
            return;
        }
}

static void draw_store_new(screens *s, draw *d)
{
    draw_text(d, "company", TEXT_MAIN_COMPANY, s->company.name);
    draw_input(
        d, &(draw_field){
               .id = "name", .label = TEXT_STORE_NAME, .keyboard = POS_KEYBOARD_NAME, .max_bytes = PROTOCOL_NAME_MAX});
    draw_input(d, &(draw_field){.id = "address",
                                .label = TEXT_ADDRESS,
                                .help = TEXT_OPTIONAL,
                                .keyboard = POS_KEYBOARD_NAME,
                                .max_bytes = sizeof s->store.address - 1});
    draw_input(d, &(draw_field){.id = "time_zone",
                                .label = TEXT_TIME_ZONE,
                                .help = TEXT_TIME_ZONE_HELP,
                                .keyboard = POS_KEYBOARD_TEXT,
                                .max_bytes = sizeof s->store.time_zone - 1,
                                .value = s->locale.zone_name,
                                .submit = "store.create"});
    draw_button(d, "store.create", POS_LEVEL_PRIMARY, TEXT_STORE_CREATE, NULL);
}

static void act_store_new(screens *s, const char *action, const form *f)
{
    protocol_store store = {0};
    (void)action;
    form_take(s, f, "name", FORM_REQUIRED, store.name, sizeof store.name);
    form_take(s, f, "address", FORM_OPTIONAL, store.address, sizeof store.address);
    form_take(s, f, "time_zone", FORM_TIME_ZONE, store.time_zone, sizeof store.time_zone);
    if (!page_has_errors(s))
        page_ask(s, REQUEST_CREATE_STORE, core_create_store(s->core, s->now, s->company.company_id, &store));
}

static void answered_store_new(screens *s, const core_person *person)
{
    const protocol_store *created = core_created_store(s->core);
    if (chooser_shows_created(s, person, TEXT_STORE_THERE))
        return;
    if (person->progress == PROGRESS_FAILED || !created) {
        failure_show(s, person);
        return;
    }
    s->depth--; /* going back from the confirmation leads to the list, not to the form */
    go_on_with(s, created);
}

static const char *const stores_inputs[] = {"search", NULL};
static const char *const store_new_inputs[] = {"name", "address", "time_zone", NULL};

const page page_stores = {.id = "stores",
                          .title = TEXT_MAIN_ASSIGN,
                          .inputs = stores_inputs,
                          .enter = enter_stores,
                          .draw = draw_stores,
                          .act = act_stores,
                          .choose = choose_store,
                          .answered = chooser_answered};

const page page_store_new = {.id = "store_new",
                             .title = TEXT_STORE_NEW,
                             .inputs = store_new_inputs,
                             .draw = draw_store_new,
                             .act = act_store_new,
                             .answered = answered_store_new};
