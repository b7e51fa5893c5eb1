/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store's configuration data: what there is, a file of it, a file instead of it, and a price changed by hand. Forms
 * carry the revision that the person saw, so that nobody undoes unseen what another did meanwhile.
 */
#include "page_catalogue.h"
#include "page_access.h"
#include "page_format.h"
#include "page_handlers.h"
#include "problem.h"
#include "store_catalogue.h"

#include <stdlib.h>
#include <string.h>

static void write_field(page *out, const char *id, page_text_id words, const char *attributes)
{
    page_raw(out, "<div class=\"field\"><label for=\"");
    page_raw(out, id);
    page_raw(out, "\">");
    page_say(out, words);
    page_raw(out, "</label><input id=\"");
    page_raw(out, id);
    page_raw(out, "\" name=\"");
    page_raw(out, id);
    page_raw(out, "\" required ");
    page_raw(out, attributes);
    page_raw(out, "></div>\n");
}

static void begin_form(page *out, const char *store_id, const char *more, const char *attributes, int64_t revision)
{
    page_raw(out, "<form class=\"row\" method=\"post\" action=\"/figures/");
    page_text(out, store_id);
    page_raw(out, more);
    page_raw(out, "\"");
    page_raw(out, attributes);
    page_raw(out, ">");
    page_csrf_field(out);
    page_rawf(out, "<input type=\"hidden\" name=\"revision\" value=\"%lld\">\n", (long long)revision);
}

static void write_counts(page *out, const catalogue_info *info)
{
    static const page_text_id words[CATALOGUE_KINDS] = {
        [CATALOGUE_TAX] = PAGE_CATALOGUE_TAXES,
        [CATALOGUE_PAYMENT_METHOD] = PAGE_CATALOGUE_PAYMENT_METHODS,
        [CATALOGUE_PRICE_LEVEL] = PAGE_CATALOGUE_PRICE_LEVELS,
        [CATALOGUE_DEPARTMENT] = PAGE_CATALOGUE_DEPARTMENTS,
        [CATALOGUE_GROUP] = PAGE_CATALOGUE_GROUPS,
        [CATALOGUE_USER] = PAGE_CATALOGUE_USERS,
        [CATALOGUE_ITEM] = PAGE_CATALOGUE_ITEMS,
        [CATALOGUE_PRICE] = PAGE_CATALOGUE_PRICES,
    };
    page_raw(out, "<dl class=\"pairs\">");
    for (int kind = CATALOGUE_TAX; kind < CATALOGUE_KINDS; kind++) {
        page_raw(out, "<dt>");
        page_say(out, words[kind]);
        page_raw(out, "</dt><dd>");
        page_number(out, info->counts[kind]);
        page_raw(out, "</dd>");
    }
    page_raw(out, "</dl>\n");
}

static void write_state(figures_view *view, const catalogue_info *info)
{
    page *out = &view->page;
    char number[PAGE_FORMAT_SIZE];
    char moment[PAGE_FORMAT_SIZE];
    page_raw(out, "<section class=\"card\">");
    if (info->revision == 0) {
        page_raw(out, "<p class=\"empty\">");
        page_say(out, PAGE_CATALOGUE_EMPTY);
        page_raw(out, "</p></section>\n");
        return;
    }
    page_raw(out, "<h2>");
    page_say_with(out, PAGE_CATALOGUE_REVISION, page_format_number(out->language, info->revision, number),
                  page_format_moment(out->language, &out->zone, info->changed_at_ms, moment), info->currency);
    page_raw(out, "</h2>\n");
    write_counts(out, info);
    page_raw(out, "<p><a class=\"button\" href=\"/figures/");
    page_text(out, view->shop.shop.store_id);
    page_raw(out, "/catalogue.ndjson\">");
    page_say(out, PAGE_CATALOGUE_DOWNLOAD);
    page_raw(out, "</a></p></section>\n");
}

static void write_price_form(figures_view *view, const catalogue_info *info)
{
    page *out = &view->page;
    page_raw(out, "<section class=\"card\"><h2>");
    page_say(out, PAGE_CATALOGUE_PRICE_TITLE);
    page_raw(out, "</h2>\n");
    begin_form(out, view->shop.shop.store_id, "/catalogue/price", "", info->revision);
    write_field(out, "item", PAGE_CATALOGUE_ITEM_ID, "maxlength=\"64\" autocomplete=\"off\"");
    write_field(out, "level", PAGE_CATALOGUE_LEVEL_ID, "maxlength=\"64\" autocomplete=\"off\" value=\"1\"");
    write_field(out, "amount", PAGE_CATALOGUE_NEW_PRICE, "maxlength=\"20\" autocomplete=\"off\" inputmode=\"decimal\"");
    page_raw(out, "<button class=\"primary\">");
    page_say(out, PAGE_CATALOGUE_CHANGE);
    page_raw(out, "</button></form></section>\n");
}

static void write_file_form(figures_view *view, const catalogue_info *info)
{
    page *out = &view->page;
    page_raw(out, "<section class=\"card\"><h2>");
    page_say(out, PAGE_CATALOGUE_UPLOAD_TITLE);
    page_raw(out, "</h2>\n<p class=\"soft\">");
    page_say(out, PAGE_CATALOGUE_UPLOAD_ABOUT);
    page_raw(out, "</p>\n");
    begin_form(out, view->shop.shop.store_id, "/catalogue", " enctype=\"multipart/form-data\"", info->revision);
    write_field(out, "file", PAGE_CATALOGUE_FILE, "type=\"file\"");
    page_raw(out, "<button>");
    page_say(out, PAGE_CATALOGUE_UPLOAD);
    page_raw(out, "</button></form></section>\n");
}

void page_write_catalogue(figures_view *view, page_text_id refused, const char *first, const char *second)
{
    page *out = &view->page;
    catalogue_info info;
    store_status status = store_catalogue_info(out->request->api->store, view->shop.shop.store_id, &info);
    if (status != STORE_OK) {
        page_drop(out);
        problem_set_store(out->answer, status);
        return;
    }
    page_head(out, page_words(out->language, PAGE_CATALOGUE_TITLE));
    page_raw(out, "<div class=\"title\"><nav class=\"crumbs\"><a href=\"/figures/");
    page_text(out, view->shop.shop.store_id);
    page_raw(out, "\">\xe2\x80\xb9 ");
    page_text(out, view->shop.shop.name);
    page_raw(out, "</a></nav>\n<h1>");
    page_say(out, PAGE_CATALOGUE_TITLE);
    page_raw(out, "</h1>\n<p class=\"soft\">");
    page_say(out, PAGE_CATALOGUE_ABOUT);
    page_raw(out, "</p></div>\n");
    if (refused) {
        page_raw(out, "<p class=\"notice bad\" role=\"status\">");
        page_say_with(out, refused, first, second, NULL);
        page_raw(out, "</p>\n");
    }
    write_state(view, &info);
    if (info.revision > 0)
        write_price_form(view, &info);
    write_file_form(view, &info);
    page_close(out, refused ? 422 : 200);
}

void page_show_catalogue(request *self, response *answer)
{
    figures_view view;
    if (page_figures_open(&view, self, answer))
        page_write_catalogue(&view, PAGE_TEXT_NONE, NULL, NULL);
}

/* ------------------------------------------------------------------ a price */

/* "1.20", "1,2" or "1" in the minor units of the currency. */
static bool read_amount(const char *text, const char *currency, int64_t *minor)
{
    int decimals = page_currency_decimals(currency);
    size_t whole = strspn(text, "0123456789");
    bool point = text[whole] == '.' || text[whole] == ',';
    size_t part = point ? strspn(text + whole + 1, "0123456789") : 0;
    if (whole < 1 || whole > 12 || text[whole + (size_t)point + part] || (point && part < 1) || part > (size_t)decimals)
        return false;
    *minor = strtoll(text, NULL, 10);
    for (size_t i = 0; i < (size_t)decimals; i++)
        *minor = *minor * 10 + (i < part ? text[whole + 1 + i] - '0' : 0);
    return true;
}

static page_text_id change_price(const request *self, store_status *status)
{
    char item[CATALOGUE_ID_SIZE];
    char level[CATALOGUE_ID_SIZE];
    char amount[24];
    char revision[24];
    catalogue_info info;
    price_edit edit = {.store_id = self->param[0], .item_id = item, .price_level_id = level, .now_ms = self->now_ms};
    if (!page_form_value(self, "item", item, sizeof item) || !page_form_value(self, "level", level, sizeof level))
        return PAGE_CATALOGUE_NO_PRICE;
    page_form_value(self, "revision", revision, sizeof revision);
    edit.revision = strtoll(revision, NULL, 10);
    *status = store_catalogue_info(self->api->store, edit.store_id, &info);
    if (*status != STORE_OK)
        return PAGE_TEXT_NONE;
    if (info.revision != edit.revision)
        return PAGE_CATALOGUE_STALE;
    if (!page_form_value(self, "amount", amount, sizeof amount) ||
        !read_amount(amount, info.currency, &edit.amount_minor))
        return PAGE_CATALOGUE_NO_AMOUNT;
    *status = store_price_edit(self->api->store, &edit);
    return *status == STORE_NOT_FOUND ? PAGE_CATALOGUE_NO_PRICE
           : *status == STORE_STALE   ? PAGE_CATALOGUE_STALE
                                      : PAGE_TEXT_NONE;
}

void page_change_price(request *self, response *answer)
{
    figures_view view;
    store_status status = STORE_OK;
    if (!page_csrf_holds(self)) {
        page_refuse_form(self, answer);
        return;
    }
    if (!page_figures_open(&view, self, answer))
        return;
    page_text_id refused = change_price(self, &status);
    if (refused) {
        page_write_catalogue(&view, refused, NULL, NULL);
        return;
    }
    page_drop(&view.page);
    if (status == STORE_OK)
        page_redirect(answer, "/figures/%s/catalogue", self->param[0]);
    else
        problem_set_store(answer, status);
}
