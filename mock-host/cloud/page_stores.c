/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Choosing a store: companies and their stores, each with its last close. Who has one store only is taken to it.
 */
#include "page.h"
#include "page_format.h"
#include "page_handlers.h"
#include "problem.h"
#include "store_figures.h"

#include <stdlib.h>
#include <string.h>

#define ROWS       50
#define SEARCH_MIN 8 /* fewer stores are found without searching */

typedef struct stores_list {
    page *page;
    char company_id[IDENT_ID_SIZE]; /* whose section is open; "" : none */
    char only_store[IDENT_ID_SIZE];
    int64_t shown; /* rows, companies without stores included */
    int64_t stores;
} stores_list;

static void close_company(stores_list *self)
{
    if (self->company_id[0])
        page_raw(self->page, "</ul></section>\n");
}

static void open_company(stores_list *self, const figures_shop *shop)
{
    if (strcmp(self->company_id, shop->shop.company_id) == 0)
        return;
    close_company(self);
    memcpy(self->company_id, shop->shop.company_id, sizeof self->company_id);
    page_raw(self->page, "<section class=\"card\"><h2>");
    page_text(self->page, shop->company);
    page_raw(self->page, "</h2>\n<ul class=\"stores\">\n");
}

static void write_last(page *out, const figures_shop *shop)
{
    page_raw(out, "<span class=\"last\">");
    if (shop->closed) {
        page_raw(out, "<span class=\"mark warn\">");
        page_say(out, PAGE_STORE_CLOSED);
        page_raw(out, "</span>");
    }
    if (shop->open_conflicts > 0) {
        page_raw(out, "<span class=\"mark bad\">");
        page_say_count(out, PAGE_STORES_CONFLICTS, shop->open_conflicts, NULL);
        page_raw(out, "</span>");
    }
    page_raw(out, "<span>");
    if (shop->closes == 0) {
        page_say(out, PAGE_STORES_NO_CLOSE);
    } else {
        char date[PAGE_FORMAT_SIZE];
        char money[PAGE_FORMAT_SIZE];
        page_say_with(out, PAGE_STORES_LAST, page_format_date(out->language, shop->last_date, date),
                      page_format_money(out->language, shop->last_gross_minor, shop->last_currency, money), NULL);
    }
    page_raw(out, "</span></span>");
}

static void write_store(void *context, const figures_shop *shop)
{
    stores_list *self = context;
    page *out = self->page;
    open_company(self, shop);
    self->shown++;
    if (!shop->shop.store_id[0]) {
        page_raw(out, "<li class=\"soft\">");
        page_say(out, PAGE_STORES_NONE);
        page_raw(out, "</li>\n");
        return;
    }
    self->stores++;
    memcpy(self->only_store, shop->shop.store_id, sizeof self->only_store);
    page_raw(out, "<li><a href=\"/figures/");
    page_text(out, shop->shop.store_id);
    page_raw(out, "\"><span class=\"name\">");
    page_text(out, shop->shop.name);
    page_raw(out, "</span>");
    write_last(out, shop);
    page_raw(out, "</a></li>\n");
}

static void write_search(page *out, const char *query)
{
    page_raw(out, "<form class=\"row\" method=\"get\" action=\"/figures\" role=\"search\"><div class=\"field\">"
                  "<label for=\"q\">");
    page_say(out, PAGE_STORES_SEARCH);
    page_raw(out, "</label><input id=\"q\" name=\"q\" type=\"search\" maxlength=\"120\" value=\"");
    page_text(out, query);
    page_raw(out, "\"></div><button>");
    page_say(out, PAGE_STORES_SEARCH_BUTTON);
    page_raw(out, "</button></form>\n");
}

static void write_empty(page *out, const char *query)
{
    page_raw(out, "<section class=\"card\"><p class=\"empty\">");
    page_say(out, query[0] ? PAGE_STORES_NOT_FOUND : PAGE_STORES_EMPTY);
    page_raw(out, "</p></section>\n");
}

/* The query is ours to write into an address: only what needs no coding is taken along. */
static void write_pages(page *out, int64_t number, bool more)
{
    page_raw(out, "<nav class=\"pages\"><div>");
    if (number > 1) {
        page_rawf(out, "<a class=\"button\" href=\"/figures?page=%lld\">", (long long)number - 1);
        page_say(out, PAGE_STORES_BACK);
        page_raw(out, "</a>");
    }
    if (more) {
        page_rawf(out, "<a class=\"button\" href=\"/figures?page=%lld\">", (long long)number + 1);
        page_say(out, PAGE_STORES_MORE);
        page_raw(out, "</a>");
    }
    page_raw(out, "</div></nav>\n");
}

void page_show_stores(request *self, response *answer)
{
    page one;
    stores_list list = {.page = &one};
    const char *query = self->query_q ? self->query_q : "";
    int64_t number = self->query_page ? strtol(self->query_page, NULL, 10) : 1;
    bool more = false;
    if (number < 1 || number > 1000000)
        number = 1;
    page_open(&one, self, answer);
    page_head(&one, page_words(one.language, PAGE_STORES_TITLE));
    page_raw(&one, "<h1>");
    page_say(&one, PAGE_STORES_TITLE);
    page_raw(&one, "</h1>\n");
    if (query[0] || self->query_page)
        write_search(&one, query);
    store_status status =
        store_figures_shops(self->api->store, self->session.user.user_id, query[0] ? query : NULL,
                            query[0] ? STORE_PAGE_MAX : ROWS, (number - 1) * ROWS, write_store, &list, &more);
    close_company(&list);
    if (status != STORE_OK) {
        page_drop(&one);
        problem_set_store(answer, status);
        return;
    }
    /* With "?q=", as the link to all stores has it, the list is wanted. */
    if (list.stores == 1 && list.shown == 1 && !more && number == 1 && !self->query_q) {
        page_drop(&one);
        page_redirect(answer, "/figures/%s", list.only_store);
        return;
    }
    if (list.shown == 0)
        write_empty(&one, query);
    if (!query[0] && !self->query_page && (more || list.stores >= SEARCH_MIN))
        write_search(&one, query);
    if (!query[0] && (more || number > 1))
        write_pages(&one, number, more);
    page_close(&one, 200);
}
