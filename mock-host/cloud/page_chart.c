/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last closes as bars, drawn here as SVG: no script, no library. It is drawn twice, for wide and for narrow screens,
 * for a drawing that is merely shrunk has letters that nobody can read; the stylesheet shows one of them. The history
 * table below has the same numbers.
 */
#include "page_figures.h"
#include "page_format.h"

#include <stdio.h>
#include <string.h>

#define BARS_MAX 30
#define TOP      12.0
#define BOTTOM   32.0
#define RIGHT    20.0 /* half a date */

/* What differs between the drawings, in the units of their viewBox. */
typedef struct frame {
    const char *id;
    double width;
    double height;
    double left; /* for the numbers of the axis */
    int label_every;
} frame;

static const frame frames[] = {{"broad", 720, 216, 64, 5}, {"slim", 320, 200, 56, 10}};

typedef struct bar {
    char date[STORE_DATE_SIZE];
    int64_t z_number;
    int64_t gross_minor;
} bar;

typedef struct chart {
    page *page;
    bar bars[BARS_MAX]; /* newest first */
    int count;
    int left_out; /* in another currency than the newest */
    char currency[4];
    double low; /* of the axis, minor units */
    double high;
    double step;
    const frame *frame;
} chart;

static void take_bar(void *context, const figures_report *report)
{
    chart *self = context;
    if (self->count == 0)
        memcpy(self->currency, report->currency, sizeof self->currency);
    if (strcmp(self->currency, report->currency) != 0) {
        self->left_out++;
        return;
    }
    bar *one = &self->bars[self->count++];
    memcpy(one->date, report->business_date, sizeof one->date);
    one->z_number = report->z_number;
    one->gross_minor = report->gross_minor;
}

/* An axis from 0 (or the losses) in three to five round steps. */
static void scale_axis(chart *self)
{
    double low = 0;
    double high = 0;
    for (int i = 0; i < self->count; i++) {
        double value = (double)self->bars[i].gross_minor;
        low = value < low ? value : low;
        high = value > high ? value : high;
    }
    double rough = (high - low) / 4;
    self->step = 1;
    while (self->step * 10 <= rough)
        self->step *= 10;
    if (rough > self->step * 5)
        self->step *= 10;
    else if (rough > self->step * 2)
        self->step *= 5;
    else if (rough > self->step)
        self->step *= 2;
    for (self->high = self->step; self->high < high;)
        self->high += self->step;
    for (self->low = 0; self->low > low;)
        self->low -= self->step;
}

static double height_of(const chart *self, double value)
{
    return TOP + (self->high - value) / (self->high - self->low) * (self->frame->height - TOP - BOTTOM);
}

static void write_axis_number(chart *self, double value)
{
    page *out = self->page;
    char text[PAGE_FORMAT_SIZE];
    int decimals = page_currency_decimals(self->currency);
    double million = decimals == 0 ? 1e6 : decimals == 2 ? 1e8 : 1e9;
    bool short_form = self->high - self->low >= million;
    if (short_form)
        page_format_decimal(out->language, (int64_t)(value / million * 100 + (value < 0 ? -0.5 : 0.5)), 2, text);
    else
        page_format_decimal(out->language, (int64_t)value, decimals, text);
    page_text(out, text);
    if (short_form && (value > 0 || value < 0))
        page_raw(out, "\xc2\xa0M");
}

static void write_axis(chart *self)
{
    page *out = self->page;
    int steps = (int)((self->high - self->low) / self->step + 0.5);
    for (int i = 0; i <= steps; i++) {
        double value = self->low + i * self->step;
        double y = height_of(self, value);
        bool zero = value > -self->step / 2 && value < self->step / 2;
        page_raw(out, zero ? "<line class=\"zero\"" : "<line");
        page_rawf(out, " x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\"/>", self->frame->left,
                  self->frame->width - RIGHT, y, y);
        page_rawf(out, "<text x=\"%.0f\" y=\"%.1f\" dy=\".35em\" text-anchor=\"end\">", self->frame->left - 8, y);
        write_axis_number(self, zero ? 0 : value);
        page_raw(out, "</text>\n");
    }
}

static void write_bars(chart *self)
{
    page *out = self->page;
    double slot = (self->frame->width - self->frame->left - RIGHT) / self->count;
    double width = slot * 0.7 > 32 ? 32 : slot * 0.7;
    char text[PAGE_FORMAT_SIZE];
    for (int i = 0; i < self->count; i++) {
        const bar *one = &self->bars[self->count - 1 - i];
        double x = self->frame->left + slot * (i + 0.5);
        double y = height_of(self, (double)one->gross_minor);
        double zero = height_of(self, 0);
        double top = y < zero ? y : zero;
        double tall = y < zero ? zero - y : y - zero;
        page_raw(out, one->gross_minor < 0 ? "<rect class=\"minus\"" : "<rect");
        page_rawf(out, " x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\"><title>", x - width / 2, top,
                  width, tall < 1 ? 1 : tall);
        page_date(out, one->date);
        page_rawf(out, ", Z %lld: ", (long long)one->z_number);
        page_money(out, one->gross_minor, self->currency);
        page_raw(out, "</title></rect>");
        if (i % (self->count > 5 ? self->frame->label_every : 1) != 0)
            continue;
        page_raw(out, "<text");
        page_rawf(out, " x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">", x, self->frame->height - 8);
        page_text(out, page_format_day(out->language, one->date, text));
        page_raw(out, "</text>\n");
    }
}

static void write_description(chart *self)
{
    page *out = self->page;
    const bar *least = &self->bars[0];
    const bar *most = &self->bars[0];
    char date[PAGE_FORMAT_SIZE];
    char money[PAGE_FORMAT_SIZE];
    for (int i = 1; i < self->count; i++) {
        least = self->bars[i].gross_minor < least->gross_minor ? &self->bars[i] : least;
        most = self->bars[i].gross_minor > most->gross_minor ? &self->bars[i] : most;
    }
    page_say_with(out, PAGE_CHART_MOST, page_format_money(out->language, most->gross_minor, self->currency, money),
                  page_format_date(out->language, most->date, date), NULL);
    page_raw(out, " ");
    page_say_with(out, PAGE_CHART_LEAST, page_format_money(out->language, least->gross_minor, self->currency, money),
                  page_format_date(out->language, least->date, date), NULL);
}

static void draw(chart *self, const frame *where)
{
    page *out = self->page;
    self->frame = where;
    page_rawf(out, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" class=\"", where->width, where->height);
    page_raw(out, where->id);
    page_raw(out, "\" aria-labelledby=\"title-");
    page_raw(out, where->id);
    page_raw(out, " about-");
    page_raw(out, where->id);
    page_raw(out, "\"><title id=\"title-");
    page_raw(out, where->id);
    page_raw(out, "\">");
    page_say_with(out, PAGE_CHART_NAME, self->currency, NULL, NULL);
    page_raw(out, "</title><desc id=\"about-");
    page_raw(out, where->id);
    page_raw(out, "\">");
    write_description(self);
    page_raw(out, "</desc>\n");
    write_axis(self);
    write_bars(self);
    page_raw(out, "</svg>");
}

store_status page_write_chart(figures_view *self)
{
    page *out = &self->page;
    chart drawn = {.page = out};
    store_status status = store_figures_history(out->request->api->store, &self->all, BARS_MAX, 0, take_bar, &drawn);
    if (status != STORE_OK || drawn.count < 2) /* one bar compares nothing */
        return status;
    scale_axis(&drawn);
    page_raw(out, "<section class=\"card\" aria-labelledby=\"chart\"><h2 id=\"chart\">");
    page_say_count(out, PAGE_CHART_TITLE, drawn.count, NULL);
    page_raw(out, "</h2>\n<figure class=\"chart\">");
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        draw(&drawn, &frames[i]);
    page_raw(out, "</figure>\n<p class=\"soft small\">");
    page_say_with(out, PAGE_CHART_NAME, drawn.currency, NULL, NULL);
    page_raw(out, " ");
    write_description(&drawn);
    if (drawn.left_out > 0) {
        page_raw(out, " ");
        page_say_count(out, PAGE_CHART_LEFT_OUT, drawn.left_out, NULL);
    }
    page_raw(out, "</p></section>\n");
    return STORE_OK;
}
