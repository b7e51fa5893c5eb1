/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What needs a look: missing numbers, grand totals that do not follow one another, new numberings, conflicts and
 * figures that do not add up. As little marks in the history, and in words above everything else.
 */
#include "page_figures.h"
#include "page_format.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 10

static const char other_currency[] = "not the store's currency";

static void write_mark(page *self, const char *kind, page_text_id words)
{
    page_raw(self, "<span class=\"mark ");
    page_raw(self, kind);
    page_raw(self, "\">");
    page_say(self, words);
    page_raw(self, "</span> ");
}

void page_write_marks(page *self, const figures_report *report, const char *store_id)
{
    if (report->conflict) {
        page_raw(self, report->conflict == FIGURES_CONFLICT_OPEN ? "<a class=\"mark bad\" href=\"/figures/"
                                                                 : "<a class=\"mark\" href=\"/figures/");
        page_text(self, store_id);
        page_raw(self, "/conflicts/");
        page_text(self, report->receipt_id);
        page_raw(self, "\">");
        page_say(self, report->conflict == FIGURES_CONFLICT_OPEN ? PAGE_MARK_CONFLICT : PAGE_MARK_DECIDED);
        page_raw(self, "</a> ");
    }
    if (report->missing > 0) {
        page_raw(self, "<span class=\"mark warn\">");
        page_say_count(self, PAGE_MARK_MISSING, report->missing, NULL);
        page_raw(self, "</span> ");
    } else if (report->break_minor != 0) {
        write_mark(self, "warn", PAGE_MARK_BREAK);
    }
    if (report->new_epoch)
        write_mark(self, "", PAGE_MARK_EPOCH);
    if (report->warning[0])
        write_mark(self, "warn", strcmp(report->warning, other_currency) == 0 ? PAGE_MARK_CURRENCY : PAGE_MARK_WARNING);
    if (report->rebuilt)
        write_mark(self, "", PAGE_MARK_REBUILT);
}

void page_write_warning(page *self, const char *warning)
{
    static const struct {
        const char *said;
        page_text_id words;
    } known[] = {{"net and tax do not add up to gross", PAGE_WARNING_GROSS},
                 {"taxes do not add up to the turnover", PAGE_WARNING_TAXES},
                 {"payments do not add up", PAGE_WARNING_PAYMENTS},
                 {"the grand total differs from the header's", PAGE_WARNING_GRAND_TOTAL},
                 {other_currency, PAGE_WARNING_CURRENCY}};
    for (const char *at = warning; *at;) {
        char part[128];
        page_text_id words = PAGE_TEXT_NONE;
        size_t length = strcspn(at, ";");
        snprintf(part, sizeof part, "%.*s", (int)length, at);
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            if (strcmp(part, known[i].said) == 0)
                words = known[i].words;
        if (at != warning)
            page_raw(self, "; ");
        if (words)
            page_say(self, words);
        else
            page_text(self, part);
        at += length;
        at += strspn(at, "; ");
    }
}

typedef struct attention {
    figures_view *view;
    int64_t shown;
} attention;

static page *begin_item(attention *self, const char *kind)
{
    page *out = &self->view->page;
    if (self->shown++ == 0) {
        page_raw(out, "<section class=\"card\" aria-labelledby=\"attention\"><h2 id=\"attention\">");
        page_say(out, PAGE_ATTENTION_TITLE);
        page_raw(out, "</h2>\n<ul class=\"notices\">\n");
    }
    page_raw(out, "<li class=\"notice ");
    page_raw(out, kind);
    page_raw(out, "\"><p>");
    return out;
}

static void write_conflict(attention *self, const figures_report *report)
{
    char date[PAGE_FORMAT_SIZE];
    char number[PAGE_FORMAT_SIZE];
    page *out = begin_item(self, "bad");
    page_format_number(out->language, report->z_number, number);
    page_say_with(out, PAGE_ATTENTION_CONFLICT, report->register_id, number,
                  page_format_date(out->language, report->business_date, date));
    page_raw(out, "</p><a href=\"/figures/");
    page_text(out, self->view->shop.shop.store_id);
    page_raw(out, "/conflicts/");
    page_text(out, report->receipt_id);
    page_raw(out, "\">");
    page_say(out, PAGE_ATTENTION_DECIDE);
    page_raw(out, " \xe2\x80\xba</a></li>\n");
}

static void write_gap(attention *self, const figures_report *report)
{
    char first[PAGE_FORMAT_SIZE];
    char last[PAGE_FORMAT_SIZE];
    char money[PAGE_FORMAT_SIZE];
    page *out = begin_item(self, "warn");
    page_format_number(out->language, report->z_number - report->missing, first);
    page_format_number(out->language, report->z_number - 1, last);
    page_say_with(out, report->missing == 1 ? PAGE_ATTENTION_GAP : PAGE_ATTENTION_GAP_OTHER, report->register_id, first,
                  last);
    if (report->break_minor != 0) {
        page_raw(out, " ");
        page_say_with(out, PAGE_ATTENTION_GAP_MONEY,
                      page_format_money(out->language, report->break_minor, report->currency, money), NULL, NULL);
    }
    page_raw(out, "</p></li>\n");
}

static void write_others(attention *self, const figures_report *report)
{
    char number[PAGE_FORMAT_SIZE];
    char text[PAGE_FORMAT_SIZE];
    page *out = &self->view->page;
    page_format_number(out->language, report->z_number, number);
    if (report->missing == 0 && report->break_minor != 0) {
        begin_item(self, "warn");
        page_say_with(out, PAGE_ATTENTION_BREAK, report->register_id, number,
                      page_format_money(out->language, report->break_minor, report->currency, text));
        page_raw(out, "</p></li>\n");
    }
    if (report->new_epoch) {
        begin_item(self, "");
        page_say_with(out, PAGE_ATTENTION_EPOCH, report->register_id, number,
                      page_format_date(out->language, report->business_date, text));
        page_raw(out, "</p></li>\n");
    }
}

static void write_marked(void *context, const figures_report *report)
{
    attention *self = context;
    if (self->shown >= SHOWN_MAX)
        return;
    if (report->conflict == FIGURES_CONFLICT_OPEN)
        write_conflict(self, report);
    if (report->missing > 0)
        write_gap(self, report);
    write_others(self, report);
}

static void write_warnings(void *context, const figures_line *line)
{
    attention *self = context;
    page *out = begin_item(self, "warn");
    page_say_count(out, PAGE_ATTENTION_WARNING, line->count, NULL);
    page_raw(out, " ");
    page_write_warning(out, line->name);
    page_raw(out, ".</p></li>\n");
}

store_status page_write_attention(figures_view *self)
{
    attention state = {.view = self};
    store *db = self->page.request->api->store;
    store_status status = store_figures_marked(db, &self->all, SHOWN_MAX + 1, write_marked, &state);
    bool cut = state.shown >= SHOWN_MAX;
    if (status == STORE_OK)
        status = store_figures_lines(db, &self->all, FIGURES_WARNINGS, write_warnings, &state);
    if (state.shown > 0) {
        page_raw(&self->page, "</ul>\n");
        if (cut) {
            page_raw(&self->page, "<p class=\"soft\">");
            page_say(&self->page, PAGE_ATTENTION_MORE);
            page_raw(&self->page, "</p>\n");
        }
        page_raw(&self->page, "</section>\n");
    }
    return status;
}
