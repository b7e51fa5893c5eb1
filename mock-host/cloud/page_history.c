/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The history of closes as a table, a page at a time.
 */
#include "page_figures.h"

#include <stdio.h>

static void write_row(void *context, const figures_report *report)
{
    figures_view *view = context;
    page *out = &view->page;
    page_raw(out, "<tr><th scope=\"row\">");
    page_number(out, report->z_number);
    page_raw(out, "</th><td>");
    page_date(out, report->business_date);
    page_raw(out, "</td><td class=\"n\">");
    page_money(out, report->gross_minor, report->currency);
    page_raw(out, "</td><td class=\"n\">");
    page_money(out, report->net_minor, report->currency);
    page_raw(out, "</td><td class=\"n\">");
    page_money(out, report->tax_minor, report->currency);
    page_raw(out, "</td><td class=\"n\">");
    if (report->receipts >= 0)
        page_number(out, report->receipts);
    else
        page_raw(out, "\xe2\x80\x93");
    page_raw(out, "</td><td>");
    page_write_marks(out, report, view->shop.shop.store_id);
    page_raw(out, "</td><td>");
    page_write_register(out, report);
    page_raw(out, "</td><td class=\"n\">");
    page_number(out, report->epoch + 1); /* people count from one, and the till's screen says so too */
    page_raw(out, "</td><td>");
    page_moment(out, report->received_at_ms);
    page_raw(out, "</td></tr>\n");
}

static void write_head(page *out)
{
    page_begin_table(out, PAGE_HISTORY_TITLE, "");
    page_column(out, "", PAGE_Z_NUMBER);
    page_column(out, "", PAGE_BUSINESS_DATE);
    page_column(out, "n", PAGE_GROSS);
    page_column(out, "n", PAGE_NET);
    page_column(out, "n", PAGE_TAX);
    page_column(out, "n", PAGE_RECEIPTS);
    page_column(out, "", PAGE_NOTES);
    page_column(out, "", PAGE_REGISTER);
    page_column(out, "n", PAGE_EPOCH);
    page_column(out, "", PAGE_RECEIVED);
    page_raw(out, "</tr></thead>\n<tbody>\n");
}

static void write_link(figures_view *self, int64_t number, page_text_id words)
{
    page *out = &self->page;
    page_raw(out, "<a class=\"button\" href=\"?from=");
    page_text(out, self->from);
    page_raw(out, "&amp;to=");
    page_text(out, self->to);
    page_rawf(out, "&amp;page=%lld#history\">", (long long)number);
    page_say(out, words);
    page_raw(out, "</a>");
}

static void write_pages(figures_view *self)
{
    page *out = &self->page;
    char number[32];
    char of[32];
    int64_t last = (self->shop.closes + PAGE_HISTORY_ROWS - 1) / PAGE_HISTORY_ROWS;
    if (last < 2)
        return;
    page_raw(out, "<nav class=\"pages\" aria-label=\"");
    page_say(out, PAGE_HISTORY_TITLE);
    page_raw(out, "\"><span class=\"soft\">");
    snprintf(number, sizeof number, "%lld", (long long)self->page_number);
    snprintf(of, sizeof of, "%lld", (long long)last);
    page_say_with(out, PAGE_HISTORY_PAGE, number, of, NULL);
    page_raw(out, "</span><div>");
    if (self->page_number > 1)
        write_link(self, self->page_number - 1, PAGE_HISTORY_NEWER);
    if (self->page_number < last)
        write_link(self, self->page_number + 1, PAGE_HISTORY_OLDER);
    page_raw(out, "</div></nav>\n");
}

store_status page_write_history(figures_view *self)
{
    page *out = &self->page;
    page_raw(out, "<section class=\"card\" id=\"history\"><div class=\"cardhead\">"
                  "<h2>");
    page_say(out, PAGE_HISTORY_TITLE);
    page_raw(out, "</h2><a class=\"button\" href=\"/figures/");
    page_text(out, self->shop.shop.store_id);
    page_raw(out, "/z.csv?from=");
    page_text(out, self->shop.first_date);
    page_raw(out, "\">");
    page_say(out, PAGE_CSV_ALL);
    page_raw(out, "</a></div>\n");
    write_head(out);
    store_status status = store_figures_history(out->request->api->store, &self->all, PAGE_HISTORY_ROWS,
                                                (self->page_number - 1) * PAGE_HISTORY_ROWS, write_row, self);
    page_raw(out, "</tbody>");
    page_end_table(out);
    write_pages(self);
    page_raw(out, "</section>\n");
    return status;
}
