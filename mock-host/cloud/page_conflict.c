/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deciding a conflict: the reports under one number side by side, and which of them count. A decision takes effect at
 * once and can be changed, so there is no page in between to confirm it.
 */
#include "page_access.h"
#include "page_figures.h"
#include "page_format.h"
#include "page_handlers.h"
#include "problem.h"

#include <stdlib.h>
#include <string.h>

#define SIDES_MAX 20

typedef struct sides {
    figures_report reports[SIDES_MAX];
    int count; /* shown */
    int counted;
    bool decided; /* all of them */
    int64_t decided_at_ms;
} sides;

static void take_side(void *context, const figures_report *report)
{
    sides *self = context;
    if (self->count == 0)
        self->decided = true;
    if (report->decided_at_ms == 0)
        self->decided = false;
    if (report->decided_at_ms > self->decided_at_ms)
        self->decided_at_ms = report->decided_at_ms;
    self->counted += report->counted;
    if (self->count < SIDES_MAX)
        self->reports[self->count++] = *report;
}

static void write_pair_words(page *out, page_text_id words)
{
    page_raw(out, "<dt>");
    page_say(out, words);
    page_raw(out, "</dt><dd>");
}

static void write_figures(page *out, const figures_report *report)
{
    page_raw(out, "<dl class=\"pairs\">");
    write_pair_words(out, PAGE_NET);
    page_money(out, report->net_minor, report->currency);
    page_raw(out, "</dd>");
    write_pair_words(out, PAGE_TAX);
    page_money(out, report->tax_minor, report->currency);
    page_raw(out, "</dd>");
    write_pair_words(out, PAGE_GRAND_TOTAL);
    page_money(out, report->grand_total_minor, report->currency);
    page_raw(out, "</dd>");
    if (report->receipts >= 0) {
        write_pair_words(out, PAGE_RECEIPTS);
        page_number(out, report->receipts);
        page_raw(out, "</dd>");
    }
    write_pair_words(out, PAGE_BUSINESS_DATE);
    page_date(out, report->business_date);
    page_raw(out, "</dd>");
    write_pair_words(out, PAGE_CLOSED_AT);
    page_moment(out, report->closed_at_ms);
    page_raw(out, "</dd>");
    write_pair_words(out, PAGE_RECEIVED);
    page_moment(out, report->received_at_ms);
    page_raw(out, "</dd>");
    write_pair_words(out, PAGE_FINGERPRINT);
    char start[13];
    memcpy(start, report->sha256, 12);
    start[12] = 0;
    page_text(out, start);
    page_raw(out, "</dd></dl>\n");
    if (report->warning[0]) {
        page_raw(out, "<p class=\"notice warn small\">");
        page_write_warning(out, report->warning);
        page_raw(out, "</p>\n");
    }
}

static void write_choice(page *out, const char *choice, const char *classes, page_text_id words, const char *which)
{
    page_raw(out, "<form method=\"post\">");
    page_csrf_field(out);
    page_raw(out, "<input type=\"hidden\" name=\"choice\" value=\"");
    page_text(out, choice);
    page_raw(out, "\"><button class=\"");
    page_raw(out, classes);
    page_raw(out, "\">");
    page_say_with(out, words, which, NULL, NULL);
    page_raw(out, "</button></form>\n");
}

static void write_side(page *out, const sides *all, int index)
{
    const figures_report *report = &all->reports[index];
    char which[2] = {(char)('A' + index), 0};
    page_raw(out, "<section class=\"card\"><div class=\"stack\"><div class=\"cardhead\"><h2>");
    page_say_with(out, PAGE_CONFLICT_SIDE, which, NULL, NULL);
    page_raw(out, report->counted ? "</h2><span class=\"mark\">" : "</h2><span class=\"mark warn\">");
    page_say(out, report->counted ? PAGE_CONFLICT_COUNTED : PAGE_CONFLICT_NOT_COUNTED);
    page_raw(out, "</span></div>\n<p class=\"soft\">");
    page_say(out, index == 0 ? PAGE_CONFLICT_FIRST : PAGE_CONFLICT_LATER);
    page_raw(out, "</p>\n<p class=\"figure\">");
    page_money(out, report->gross_minor, report->currency);
    page_raw(out, "</p>\n");
    write_figures(out, report);
    page_raw(out, "</div>\n");
    write_choice(out, report->receipt_id, "primary wide", PAGE_CONFLICT_ONLY, which);
    page_raw(out, "</section>\n");
}

static void write_state(page *out, const sides *all)
{
    char moment[PAGE_FORMAT_SIZE];
    if (!all->decided) {
        page_notice(out, "bad", PAGE_CONFLICT_OPEN);
        return;
    }
    page_raw(out, "<p class=\"notice\" role=\"status\">");
    page_say_with(out, all->counted == all->count ? PAGE_CONFLICT_DECIDED_ALL : PAGE_CONFLICT_DECIDED_ONE,
                  page_format_moment(out->language, &out->zone, all->decided_at_ms, moment), NULL, NULL);
    page_raw(out, "</p>\n");
}

static void write_page(figures_view *view, const sides *all)
{
    page *out = &view->page;
    const figures_report *first = &all->reports[0];
    char number[PAGE_FORMAT_SIZE];
    char title[160];
    page_format_number(out->language, first->z_number, number);
    page_compose(out->language, PAGE_CONFLICT_TITLE, title, sizeof title, first->register_id, number, NULL);
    page_head(out, title);
    page_raw(out, "<div class=\"title\"><nav class=\"crumbs\"><a href=\"/figures/");
    page_text(out, view->shop.shop.store_id);
    page_raw(out, "\">\xe2\x80\xb9 ");
    page_text(out, view->shop.shop.name);
    page_raw(out, "</a></nav>\n<h1>");
    page_text(out, title);
    page_raw(out, "</h1>\n<p class=\"soft\">");
    page_say(out, PAGE_CONFLICT_ABOUT);
    page_raw(out, "</p></div>\n");
    write_state(out, all);
    page_raw(out, "<div class=\"sides\">\n");
    for (int i = 0; i < all->count; i++)
        write_side(out, all, i);
    page_raw(out, "</div>\n<section class=\"card\"><p>");
    page_say(out, PAGE_CONFLICT_BOTH_ABOUT);
    page_raw(out, "</p>\n");
    write_choice(out, "all", "", all->count == 2 ? PAGE_CONFLICT_BOTH : PAGE_CONFLICT_ALL, NULL);
    page_raw(out, "</section>\n");
    page_close(out, 200);
}

void page_show_conflict(request *self, response *answer)
{
    figures_view view;
    sides *all = calloc(1, sizeof *all);
    if (!all) {
        problem_set(answer, PROBLEM_BUSY, NULL);
        return;
    }
    if (page_figures_open(&view, self, answer)) {
        store_status status = store_conflict_read(self->api->store, self->session.user.user_id, self->param[0],
                                                  self->param[1], take_side, all);
        if (status == STORE_OK && all->count > 0)
            write_page(&view, all);
        else
            problem_set_store(answer, status == STORE_OK ? STORE_NOT_FOUND : status);
    }
    free(all);
}

void page_decide_conflict(request *self, response *answer)
{
    char choice[IDENT_ID_SIZE];
    if (!page_csrf_holds(self) || !page_form_value(self, "choice", choice, sizeof choice)) {
        page_refuse_form(self, answer);
        return;
    }
    store_status status =
        store_conflict_decide(self->api->store, self->session.user.user_id, self->param[0], self->param[1],
                              strcmp(choice, "all") == 0 ? NULL : choice, self->now_ms);
    if (status == STORE_OK)
        page_redirect(answer, "/figures/%s/conflicts/%s", self->param[0], self->param[1]);
    else
        problem_set_store(answer, status == STORE_NOT_LISTED ? STORE_NOT_FOUND : status);
}
