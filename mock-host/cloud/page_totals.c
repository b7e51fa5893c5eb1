/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Totals of a range of days: altogether, per department, tender and tax.
 */
#include "page_figures.h"
#include "page_format.h"

#include <string.h>

typedef struct totals {
    figures_view *view;
    int64_t lines;
    figures_table table;
} totals;

static void write_date_field(page *out, const char *name, page_text_id words, const char *value)
{
    page_raw(out, "<div class=\"field\"><label for=\"");
    page_raw(out, name);
    page_raw(out, "\">");
    page_say(out, words);
    page_raw(out, "</label><input type=\"date\" id=\"");
    page_raw(out, name);
    page_raw(out, "\" name=\"");
    page_raw(out, name);
    page_raw(out, "\" value=\"");
    page_text(out, value);
    page_raw(out, "\"></div>");
}

static void write_days(figures_view *self)
{
    page *out = &self->page;
    page_raw(out, "<form class=\"row\" method=\"get\" action=\"#totals\">");
    write_date_field(out, "from", PAGE_TOTALS_FROM, self->from);
    write_date_field(out, "to", PAGE_TOTALS_TO, self->to);
    page_raw(out, "<button class=\"primary\">");
    page_say(out, PAGE_TOTALS_SHOW);
    page_raw(out, "</button><a class=\"button\" href=\"/figures/");
    page_text(out, self->shop.shop.store_id);
    page_raw(out, "/z.csv?from=");
    page_text(out, self->from);
    page_raw(out, "&amp;to=");
    page_text(out, self->to);
    page_raw(out, "\">");
    page_say(out, PAGE_CSV_DAYS);
    page_raw(out, "</a></form>\n");
    if (self->wrong_range)
        page_notice(out, "bad", PAGE_TOTALS_WRONG);
}

static void write_tile(page *out, page_text_id words, int64_t minor, const char *currency)
{
    page_raw(out, "<div class=\"tile\"><h3 class=\"soft\">");
    page_say(out, words);
    page_raw(out, "</h3><p class=\"figure\">");
    if (currency)
        page_money(out, minor, currency);
    else
        page_number(out, minor);
    page_raw(out, "</p></div>\n");
}

static void write_sum(void *context, const figures_line *line)
{
    totals *self = context;
    page *out = &self->view->page;
    self->lines++;
    page_raw(out, "<div class=\"tiles\">\n");
    write_tile(out, PAGE_GROSS, line->gross_minor, line->currency);
    write_tile(out, PAGE_NET, line->net_minor, line->currency);
    write_tile(out, PAGE_TAX, line->tax_minor, line->currency);
    write_tile(out, PAGE_TOTALS_CLOSES, line->count, NULL);
    page_raw(out, "</div>\n");
}

static void write_money_cell(page *out, int64_t minor, const char *currency)
{
    page_raw(out, "<td class=\"n\">");
    page_money(out, minor, currency);
    page_raw(out, "</td>");
}

static void write_text_cell(page *out, const char *text)
{
    page_raw(out, "<td class=\"n\">");
    page_text(out, text);
    page_raw(out, "</td>");
}

static void write_tender_type(page *out, const char *type)
{
    static const struct {
        const char *type;
        page_text_id words;
    } known[] = {{"cash", PAGE_TENDER_CASH},
                 {"card", PAGE_TENDER_CARD},
                 {"voucher", PAGE_TENDER_VOUCHER},
                 {"other", PAGE_TENDER_OTHER}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(type, known[i].type) == 0) {
            page_say(out, known[i].words);
            return;
        }
    page_text(out, type);
}

static void write_columns(page *out, figures_table table)
{
    switch (table) {
    case FIGURES_DEPARTMENTS:
        page_begin_table(out, PAGE_DEPARTMENTS, "compact");
        page_column(out, "", PAGE_DEPARTMENT);
        page_column(out, "n", PAGE_QUANTITY);
        page_column(out, "n", PAGE_GROSS);
        page_column(out, "n", PAGE_NET);
        break;
    case FIGURES_TENDERS:
        page_begin_table(out, PAGE_TENDERS, "compact");
        page_column(out, "", PAGE_TENDER);
        page_column(out, "", PAGE_TENDER_TYPE);
        page_column(out, "n", PAGE_PAYMENTS);
        page_column(out, "n", PAGE_AMOUNT);
        break;
    default:
        page_begin_table(out, PAGE_TAXES, "compact");
        page_column(out, "", PAGE_TAX);
        page_column(out, "n", PAGE_RATE);
        page_column(out, "n", PAGE_NET);
        page_column(out, "n", PAGE_TAX);
        page_column(out, "n", PAGE_GROSS);
        break;
    }
    page_raw(out, "</tr></thead>\n<tbody>\n");
}

static void write_line(void *context, const figures_line *line)
{
    totals *self = context;
    page *out = &self->view->page;
    char text[PAGE_FORMAT_SIZE];
    if (self->lines++ == 0)
        write_columns(out, self->table);
    page_raw(out, "<tr><th scope=\"row\">");
    page_text(out, line->name);
    page_raw(out, "</th>");
    if (self->table == FIGURES_DEPARTMENTS) {
        write_text_cell(out, page_format_quantity(out->language, line->quantity, text));
        write_money_cell(out, line->gross_minor, line->currency);
        write_money_cell(out, line->net_minor, line->currency);
    } else if (self->table == FIGURES_TENDERS) {
        page_raw(out, "<td>");
        write_tender_type(out, line->type);
        page_raw(out, "</td>");
        write_text_cell(out, page_format_number(out->language, line->count, text));
        write_money_cell(out, line->gross_minor, line->currency);
    } else {
        page_format_decimal(out->language, line->rate, 2, text);
        strcat(text, "\xc2\xa0%");
        write_text_cell(out, line->rate >= 0 ? text : "\xe2\x80\x93");
        write_money_cell(out, line->net_minor, line->currency);
        write_money_cell(out, line->tax_minor, line->currency);
        write_money_cell(out, line->gross_minor, line->currency);
    }
    page_raw(out, "</tr>\n");
}

static store_status write_table(figures_view *self, figures_table table, page_text_id title)
{
    page *out = &self->page;
    totals state = {.view = self, .table = table};
    page_raw(out, "<div><h3>");
    page_say(out, title);
    page_raw(out, "</h3>\n");
    store_status status = store_figures_lines(out->request->api->store, &self->chosen, table, write_line, &state);
    if (state.lines > 0) {
        page_raw(out, "</tbody>");
        page_end_table(out);
    } else {
        page_raw(out, "<p class=\"soft\">");
        page_say(out, PAGE_TOTALS_NOT_TOLD);
        page_raw(out, "</p>\n");
    }
    page_raw(out, "</div>\n");
    return status;
}

store_status page_write_totals(figures_view *self)
{
    page *out = &self->page;
    totals state = {.view = self};
    page_raw(out, "<section class=\"card\" id=\"totals\" aria-labelledby=\"totals-title\"><h2 id=\"totals-title\">");
    page_say(out, PAGE_TOTALS_TITLE);
    page_raw(out, "</h2>\n");
    write_days(self);
    store_status status = store_figures_lines(out->request->api->store, &self->chosen, FIGURES_SUM, write_sum, &state);
    if (state.lines == 0) {
        page_raw(out, "<p class=\"empty\">");
        page_say(out, PAGE_TOTALS_EMPTY);
        page_raw(out, "</p></section>\n");
        return status;
    }
    page_raw(out, "<div class=\"halves\"><div>\n");
    if (status == STORE_OK)
        status = write_table(self, FIGURES_DEPARTMENTS, PAGE_DEPARTMENTS);
    page_raw(out, "</div><div>\n");
    if (status == STORE_OK)
        status = write_table(self, FIGURES_TENDERS, PAGE_TENDERS);
    if (status == STORE_OK)
        status = write_table(self, FIGURES_TAXES, PAGE_TAXES);
    page_raw(out, "</div></div></section>\n");
    return status;
}
