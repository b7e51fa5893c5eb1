/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Companies and stores: paged lists and creation.
 */
#include "answers.h"
#include "form.h"
#include "handlers.h"
#include "json_check.h"
#include "json_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct listing {
    cJSON *items;
    char last_id[IDENT_ID_SIZE];
} listing;

static bool read_limit(const char *text, int64_t *limit)
{
    size_t length = text ? strlen(text) : 0;
    if (!text)
        return true;
    if (length < 1 || length > 3 || strspn(text, "0123456789") != length)
        return false;
    *limit = atol(text);
    return *limit >= 1 && *limit <= STORE_PAGE_MAX;
}

/* As a part of SQL's and JSON's text it has to be UTF-8; the JSON checker knows. */
static bool is_query(const char *text)
{
    char quoted[512];
    size_t at;
    if (!text)
        return true;
    if (strpbrk(text, "\"\\"))
        return strlen(text) <= 120;
    int length = snprintf(quoted, sizeof quoted, "\"%s\"", text);
    return length > 0 && (size_t)length < sizeof quoted && json_count_characters(text) <= 120 &&
           !json_check(quoted, (size_t)length, &at);
}

static bool read_page(const request *self, response *answer, store_page *page)
{
    form fields = {NULL, NULL};
    page->limit = 50;
    page->after = self->query_after;
    page->query = self->query_q && self->query_q[0] ? self->query_q : NULL;
    if (!read_limit(self->query_limit, &page->limit))
        form_reject(&fields, "limit", "invalid", "A number from 1 to 200.");
    if (page->after && !ident_is_id(page->after))
        form_reject(&fields, "after", "invalid", "Not from an earlier page.");
    if (!is_query(page->query))
        form_reject(&fields, "q", "invalid", "At most 120 characters of UTF-8.");
    return form_accept(&fields, answer);
}

static void finish_list(response *answer, store_status status, listing *list, bool more)
{
    if (status == STORE_OK) {
        answer->status = 200;
        answer->json = cJSON_CreateObject();
        cJSON_AddItemToObject(answer->json, "items", list->items);
        answer_text_or_null(answer->json, "next", more ? list->last_id : "");
        return;
    }
    cJSON_Delete(list->items);
    if (status == STORE_NOT_LISTED) {
        form fields = {NULL, NULL};
        form_reject(&fields, "after", "invalid", "Not from an earlier page.");
        form_accept(&fields, answer);
    } else {
        problem_set_store(answer, status);
    }
}

static void visit_company(void *context, const store_company *company)
{
    listing *list = context;
    cJSON_AddItemToArray(list->items, answer_company(company));
    memcpy(list->last_id, company->company_id, sizeof list->last_id);
}

static void visit_shop(void *context, const store_shop *shop)
{
    listing *list = context;
    cJSON_AddItemToArray(list->items, answer_shop(shop));
    memcpy(list->last_id, shop->store_id, sizeof list->last_id);
}

void handle_list_companies(request *self, response *answer)
{
    store_page page;
    bool more = false;
    if (!read_page(self, answer, &page))
        return;
    listing list = {.items = cJSON_CreateArray()};
    store_status status =
        store_company_list(self->api->store, self->session.user.user_id, &page, visit_company, &list, &more);
    finish_list(answer, status, &list, more);
}

void handle_list_stores(request *self, response *answer)
{
    store_page page;
    bool more = false;
    if (!read_page(self, answer, &page))
        return;
    listing list = {.items = cJSON_CreateArray()};
    store_status status =
        store_shop_list(self->api->store, self->session.user.user_id, self->param[0], &page, visit_shop, &list, &more);
    finish_list(answer, status, &list, more);
}

static void copy_text(char *out, size_t out_size, const char *text)
{
    snprintf(out, out_size, "%s", text ? text : "");
}

void handle_create_company(request *self, response *answer)
{
    form fields;
    store_company company;
    if (form_begin(&fields, self, answer)) {
        const char *name = form_name(&fields, "name");
        const char *tax_id = form_text(&fields, "tax_id", 0, 40, false);
        const char *country = form_capitals(&fields, "country", 2);
        const char *currency = form_capitals(&fields, "currency", 3);
        if (form_accept(&fields, answer)) {
            copy_text(company.name, sizeof company.name, name);
            copy_text(company.tax_id, sizeof company.tax_id, tax_id);
            copy_text(company.country, sizeof company.country, country);
            copy_text(company.currency, sizeof company.currency, currency);
            store_status status =
                store_company_create(self->api->store, self->session.user.user_id, &company, &self->key, self->now_ms);
            if (status == STORE_OK) {
                answer->status = 201;
                answer->json = answer_company(&company);
            } else {
                problem_set_store(answer, status);
            }
        }
    }
    form_end(&fields);
}

static const char *read_time_zone(form *fields)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    const char *zone = form_text(fields, "time_zone", 1, 64, true);
    if (zone &&
        (zone[strspn(zone, allowed)] != 0 || zone[0] == '/' || zone[strlen(zone) - 1] == '/' || strstr(zone, "//"))) {
        form_reject(fields, "time_zone", "invalid", "An IANA name such as Europe/Madrid.");
        return NULL;
    }
    return zone;
}

void handle_create_store(request *self, response *answer)
{
    form fields;
    store_shop shop;
    if (form_begin(&fields, self, answer)) {
        const char *name = form_name(&fields, "name");
        const char *address = form_text(&fields, "address", 0, 240, false);
        const char *time_zone = read_time_zone(&fields);
        if (form_accept(&fields, answer)) {
            copy_text(shop.name, sizeof shop.name, name);
            copy_text(shop.address, sizeof shop.address, address);
            copy_text(shop.time_zone, sizeof shop.time_zone, time_zone);
            store_status status = store_shop_create(self->api->store, self->session.user.user_id, self->param[0], &shop,
                                                    &self->key, self->now_ms);
            if (status == STORE_OK) {
                answer->status = 201;
                answer->json = answer_shop(&shop);
            } else {
                problem_set_store(answer, status);
            }
        }
    }
    form_end(&fields);
}
