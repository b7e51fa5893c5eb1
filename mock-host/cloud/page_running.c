/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running figures: what each register has taken since its last close, as of its last X report.
 */
#include "page_figures.h"
#include "page_format.h"

#include <string.h>

#define OLD_MS (24LL * 60 * 60 * 1000)

typedef struct running {
    figures_view *view;
    int64_t registers;
    int64_t gross_minor;
    char currency[4];
    bool mixed; /* currencies: no sum */
} running;

static void write_pair(page *out, page_text_id words, int64_t minor, const char *currency)
{
    page_raw(out, "<dt>");
    page_say(out, words);
    page_raw(out, "</dt><dd>");
    page_money(out, minor, currency);
    page_raw(out, "</dd>");
}

static void write_age(figures_view *view, const figures_report *report)
{
    page *out = &view->page;
    char moment[PAGE_FORMAT_SIZE];
    char age[PAGE_FORMAT_SIZE];
    int64_t age_ms = out->request->now_ms - report->closed_at_ms;
    page_format_age(out->language, age_ms, age);
    if (age_ms < OLD_MS) {
        page_raw(out, "<p class=\"soft small\">");
        page_format_time(&out->zone, report->closed_at_ms, moment);
    } else {
        page_raw(out, "<p class=\"notice warn small\">");
        page_format_moment(out->language, &out->zone, report->closed_at_ms, moment);
    }
    page_say_with(out, PAGE_RUNNING_AS_OF, moment, age, NULL);
    page_raw(out, "</p>\n");
}

static void write_register(void *context, const figures_report *report)
{
    running *self = context;
    page *out = &self->view->page;
    if (self->registers++ == 0) {
        page_raw(out, "<div class=\"tiles large\">\n");
        memcpy(self->currency, report->currency, sizeof self->currency);
    }
    self->mixed |= strcmp(self->currency, report->currency) != 0;
    self->gross_minor += report->gross_minor;
    page_raw(out, "<div class=\"tile\"><h3>");
    page_write_register(out, report);
    page_raw(out, "</h3>\n<p class=\"figure\">");
    page_money(out, report->gross_minor, report->currency);
    page_raw(out, "</p>\n");
    write_age(self->view, report);
    page_raw(out, "<dl class=\"pairs\">");
    write_pair(out, PAGE_NET, report->net_minor, report->currency);
    write_pair(out, PAGE_TAX, report->tax_minor, report->currency);
    if (report->receipts >= 0) {
        page_raw(out, "<dt>");
        page_say(out, PAGE_RECEIPTS);
        page_raw(out, "</dt><dd>");
        page_number(out, report->receipts);
        page_raw(out, "</dd>");
    }
    page_raw(out, "<dt>");
    page_say(out, PAGE_BUSINESS_DATE);
    page_raw(out, "</dt><dd>");
    page_date(out, report->business_date);
    page_raw(out, "</dd></dl></div>\n");
}

store_status page_write_running(figures_view *self)
{
    running state = {.view = self};
    page *out = &self->page;
    page_raw(out, "<section class=\"card\" aria-labelledby=\"running\"><h2 id=\"running\">");
    page_say(out, PAGE_RUNNING_TITLE);
    page_raw(out, "</h2>\n");
    store_status status = store_figures_running(out->request->api->store, &self->all, write_register, &state);
    if (state.registers == 0) {
        page_raw(out, "<p class=\"soft\">");
        page_say(out, PAGE_RUNNING_EMPTY);
        page_raw(out, "</p>\n");
    } else {
        page_raw(out, "</div>\n");
    }
    if (state.registers > 1 && !state.mixed) {
        char money[PAGE_FORMAT_SIZE];
        page_raw(out, "<p>");
        page_say_with(out, PAGE_RUNNING_SUM, page_format_money(out->language, state.gross_minor, state.currency, money),
                      NULL, NULL);
        page_raw(out, "</p>\n");
    }
    page_raw(out, "</section>\n");
    return status;
}
