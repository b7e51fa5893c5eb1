/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/companies.c - Assign the business, first step: the person's companies, or a new one.
 *
 * Screen `companies`. As in chooser.h; list companies with rows company.<company_id>; button company.new.
 * Screen `company_new`. Inputs: name, tax_id, country, currency. Button: company.create.
 */
#include "screens/chooser.h"
#include "screens/failure.h"
#include "screens/form.h"

#include <stdio.h>
#include <string.h>

#define ROW_PREFIX "company."

static void load(screens *s)
{
    s->listed = false;
    page_ask(s, REQUEST_LIST_COMPANIES, core_list_companies(s->core, s->now, s->search, s->list_page));
}

static void enter_companies(screens *s)
{
    s->search[0] = '\0';
    s->list_page = 0;
    load(s);
}

static void draw_company_row(screens *s, draw *d, uint32_t index)
{
    core_companies companies = core_get_companies(s->core);
    const protocol_company *company = &companies.items[index];
    char id[sizeof ROW_PREFIX + PROTOCOL_ID_MAX];
    snprintf(id, sizeof id, ROW_PREFIX "%s", company->company_id);
    draw_row(d, id, company->name, company->currency, company->tax_id, true);
}

static void draw_companies(screens *s, draw *d)
{
    core_companies companies = core_get_companies(s->core);
    draw_text(d, "intro", TEXT_NONE, page_word(s, TEXT_COMPANIES_INTRO));
    chooser_draw(s, d,
                 &(chooser_list){.list_id = "companies",
                                 .new_id = "company.new",
                                 .label = TEXT_COMPANIES,
                                 .when_empty = TEXT_COMPANIES_EMPTY,
                                 .when_not_found = TEXT_LIST_NOT_FOUND,
                                 .new_label = TEXT_COMPANY_NEW,
                                 .count = companies.count,
                                 .has_next = companies.has_next,
                                 .draw_row = draw_company_row});
}

static void act_companies(screens *s, const char *action, const form *f)
{
    if (!chooser_act(s, action, f, load))
        page_push(s, &page_company_new);
}

static void go_on_with(screens *s, const protocol_company *company)
{
    s->company = *company;
    page_push(s, &page_stores);
}

static void choose_company(screens *s, const char *action)
{
    core_companies companies = core_get_companies(s->core);
    if (!s->listed || strncmp(action, ROW_PREFIX, strlen(ROW_PREFIX)) != 0)
        return;
    for (uint32_t i = 0; i < companies.count; i++)
        if (strcmp(companies.items[i].company_id, action + strlen(ROW_PREFIX)) == 0) {
            go_on_with(s, &companies.items[i]);
            return;
        }
}

static void draw_company_new(screens *s, draw *d)
{
    draw_input(d, &(draw_field){.id = "name",
                                .label = TEXT_COMPANY_NAME,
                                .keyboard = POS_KEYBOARD_NAME,
                                .max_bytes = PROTOCOL_NAME_MAX});
    draw_input(d, &(draw_field){.id = "tax_id",
                                .label = TEXT_TAX_ID,
                                .help = TEXT_OPTIONAL,
                                .keyboard = POS_KEYBOARD_TEXT,
                                .max_bytes = sizeof s->company.tax_id - 1});
    draw_input(d, &(draw_field){.id = "country",
                                .label = TEXT_COUNTRY,
                                .help = TEXT_COUNTRY_HELP,
                                .keyboard = POS_KEYBOARD_TEXT,
                                .max_bytes = 2,
                                .value = s->locale.country});
    draw_input(d, &(draw_field){.id = "currency",
                                .label = TEXT_CURRENCY,
                                .help = TEXT_CURRENCY_HELP,
                                .keyboard = POS_KEYBOARD_TEXT,
                                .max_bytes = 3,
                                .value = s->locale.currency,
                                .submit = "company.create"});
    draw_button(d, "company.create", POS_LEVEL_PRIMARY, TEXT_COMPANY_CREATE, NULL);
}

static void act_company_new(screens *s, const char *action, const form *f)
{
    protocol_company company = {0};
    (void)action;
    form_take(s, f, "name", FORM_REQUIRED, company.name, sizeof company.name);
    form_take(s, f, "tax_id", FORM_OPTIONAL, company.tax_id, sizeof company.tax_id);
    form_take(s, f, "country", FORM_COUNTRY, company.country, sizeof company.country);
    form_take(s, f, "currency", FORM_CURRENCY, company.currency, sizeof company.currency);
    if (!page_has_errors(s))
        page_ask(s, REQUEST_CREATE_COMPANY, core_create_company(s->core, s->now, &company));
}

static void answered_company_new(screens *s, const core_person *person)
{
    const protocol_company *created = core_created_company(s->core);
    if (chooser_shows_created(s, person, TEXT_COMPANY_THERE))
        return;
    if (person->progress == PROGRESS_FAILED || !created) {
        failure_show(s, person);
        return;
    }
    s->depth--; /* going back from the stores leads to the list, not to the form */
    go_on_with(s, created);
}

static const char *const companies_inputs[] = {"search", NULL};
static const char *const company_new_inputs[] = {"name", "tax_id", "country", "currency", NULL};

const page page_companies = {.id = "companies",
                             .title = TEXT_MAIN_ASSIGN,
                             .inputs = companies_inputs,
                             .enter = enter_companies,
                             .draw = draw_companies,
                             .act = act_companies,
                             .choose = choose_company,
                             .answered = chooser_answered};

const page page_company_new = {.id = "company_new",
                               .title = TEXT_COMPANY_NEW,
                               .inputs = company_new_inputs,
                               .draw = draw_company_new,
                               .act = act_company_new,
                               .answered = answered_company_new};
