/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The figures of a store on one page: what needs a look first, then today, then the past.
 */
#include "page_figures.h"
#include "json_read.h"
#include "page_format.h"
#include "page_handlers.h"
#include "problem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define USUAL_DAYS 30

/* The day so many days before. */
static void move_back(const char *date, int days, char out[STORE_DATE_SIZE])
{
    struct tm day;
    memset(&day, 0, sizeof day);
    if (sscanf(date, "%4d-%2d-%2d", &day.tm_year, &day.tm_mon, &day.tm_mday) != 3)
        return;
    day.tm_year -= 1900;
    day.tm_mon -= 1;
    day.tm_mday -= days;
    time_t at = timegm(&day);
    if (gmtime_r(&at, &day))
        strftime(out, STORE_DATE_SIZE, "%Y-%m-%d", &day);
}

static void choose_days(figures_view *self)
{
    const char *from = self->page.request->query_from;
    const char *to = self->page.request->query_to;
    if (from && !from[0])
        from = NULL;
    if (to && !to[0])
        to = NULL;
    self->wrong_range =
        (from && !json_is_date(from)) || (to && !json_is_date(to)) || (from && to && strcmp(from, to) > 0);
    if (self->wrong_range)
        from = to = NULL;
    snprintf(self->to, sizeof self->to, "%s", to ? to : self->shop.last_date);
    if (from)
        snprintf(self->from, sizeof self->from, "%s", from);
    else if (to)
        snprintf(self->from, sizeof self->from, "%s", self->shop.first_date);
    else
        move_back(self->to, USUAL_DAYS - 1, self->from);
    self->chosen = self->all;
    self->chosen.from = self->from;
    self->chosen.to = self->to;
}

bool page_figures_open(figures_view *self, request *from, response *answer)
{
    memset(self, 0, sizeof *self);
    page_open(&self->page, from, answer);
    store_status status = store_figures_shop(from->api->store, from->session.user.user_id, from->param[0], &self->shop);
    if (status != STORE_OK) {
        problem_set_store(answer, status);
        return false;
    }
    page_zone_open(&self->page.zone, self->shop.shop.time_zone);
    self->all.user_id = from->session.user.user_id;
    self->all.store_id = self->shop.shop.store_id;
    choose_days(self);
    int64_t last = (self->shop.closes + PAGE_HISTORY_ROWS - 1) / PAGE_HISTORY_ROWS;
    self->page_number = from->query_page ? strtol(from->query_page, NULL, 10) : 1;
    if (self->page_number > last)
        self->page_number = last;
    if (self->page_number < 1)
        self->page_number = 1;
    return true;
}

void page_begin_table(page *self, page_text_id name, const char *classes)
{
    page_raw(self, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
    page_say(self, name);
    page_raw(self, "\"><table class=\"");
    page_raw(self, classes);
    page_raw(self, "\">\n<thead><tr>");
}

void page_end_table(page *self)
{
    page_raw(self, "</table></div>\n");
}

void page_column(page *self, const char *classes, page_text_id words)
{
    page_raw(self, "<th scope=\"col\" class=\"");
    page_raw(self, classes);
    page_raw(self, "\">");
    page_say(self, words);
    page_raw(self, "</th>");
}

void page_write_register(page *self, const figures_report *report)
{
    page_text(self, report->register_id);
    if (report->device_name[0]) {
        page_raw(self, " \xc2\xb7 ");
        page_text(self, report->device_name);
    }
}

static void write_title(figures_view *self)
{
    page *out = &self->page;
    page_raw(out, "<div class=\"title\"><nav class=\"crumbs\" aria-label=\"");
    page_say(out, PAGE_STORES_TITLE);
    page_raw(out, "\"><a href=\"/figures?q=\">\xe2\x80\xb9 ");
    page_say(out, PAGE_STORES_ALL);
    page_raw(out, "</a></nav>\n<h1>");
    page_text(out, self->shop.shop.name);
    page_raw(out, "</h1>\n<p class=\"soft\">");
    page_text(out, self->shop.company);
    page_raw(out, " \xc2\xb7 ");
    page_text(out, self->shop.shop.time_zone);
    if (self->shop.closed) {
        page_raw(out, " \xc2\xb7 <span class=\"mark warn\">");
        page_say(out, PAGE_STORE_CLOSED);
        page_raw(out, "</span>");
    }
    page_raw(out, " \xc2\xb7 <a href=\"/figures/");
    page_text(out, self->shop.shop.store_id);
    page_raw(out, "/catalogue\">");
    page_say(out, PAGE_CATALOGUE_TITLE);
    page_raw(out, "</a></p></div>\n");
}

static store_status write_empty(figures_view *self)
{
    page *out = &self->page;
    page_raw(out, "<section class=\"card\"><h2>");
    page_say(out, PAGE_HISTORY_TITLE);
    page_raw(out, "</h2>\n<p class=\"empty\">");
    page_say(out, PAGE_HISTORY_EMPTY);
    page_raw(out, "</p></section>\n");
    return STORE_OK;
}

void page_show_figures(request *self, response *answer)
{
    figures_view view;
    if (!page_figures_open(&view, self, answer))
        return;
    page_head(&view.page, view.shop.shop.name);
    write_title(&view);
    store_status status = page_write_attention(&view);
    if (status == STORE_OK)
        status = page_write_running(&view);
    if (view.shop.closes == 0) {
        if (status == STORE_OK)
            status = write_empty(&view);
    } else {
        if (status == STORE_OK)
            status = page_write_chart(&view);
        if (status == STORE_OK)
            status = page_write_history(&view);
        if (status == STORE_OK)
            status = page_write_totals(&view);
    }
    if (status == STORE_OK) {
        page_close(&view.page, 200);
        return;
    }
    page_drop(&view.page);
    problem_set_store(answer, status);
}
