/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last closes as bars, drawn here as SVG: no script, no library. The history table below has the same numbers.
 */
#include "page_figures.h"
#include "page_format.h"

#include <stdio.h>
#include <string.h>

#define BARS_MAX 30
#define WIDTH    1080.0
#define HEIGHT   288.0
#define LEFT     112.0
#define RIGHT    24.0
#define TOP      16.0
#define BOTTOM   40.0

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
    return TOP + (self->high - value) / (self->high - self->low) * (HEIGHT - TOP - BOTTOM);
}

static void write_axis(chart *self)
{
    page *out = self->page;
    char text[PAGE_FORMAT_SIZE];
    for (double value = self->low; value <= self->high + self->step / 2; value += self->step) {
        double y = height_of(self, value);
        bool zero = value > -self->step / 2 && value < self->step / 2;
        page_raw(out, zero ? "<line class=\"zero\"" : "<line");
        page_rawf(out, " x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, WIDTH - RIGHT, y, y);
        page_rawf(out, "<text x=\"%.0f\" y=\"%.1f\" dy=\".35em\" text-anchor=\"end\">", LEFT - 12, y);
        page_text(out,
                  page_format_decimal(out->language, (int64_t)value, page_currency_decimals(self->currency), text));
        page_raw(out, "</text>\n");
    }
}

static void write_bars(chart *self)
{
    page *out = self->page;
    double slot = (WIDTH - LEFT - RIGHT) / self->count;
    double width = slot * 0.7 > 40 ? 40 : slot * 0.7;
    char text[PAGE_FORMAT_SIZE];
    for (int i = 0; i < self->count; i++) {
        const bar *one = &self->bars[self->count - 1 - i];
        double x = LEFT + slot * (i + 0.5);
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
        if (self->count > 8 && i % 5 != 0)
            continue;
        page_raw(out, i % 10 == 0 ? "<text" : "<text class=\"some\"");
        page_rawf(out, " x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">", x, HEIGHT - 10);
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

store_status page_write_chart(figures_view *self)
{
    page *out = &self->page;
    chart drawn = {.page = out};
    store_status status = store_figures_history(out->request->api->store, &self->all, BARS_MAX, 0, take_bar, &drawn);
    if (status != STORE_OK || drawn.count == 0)
        return status;
    scale_axis(&drawn);
    page_raw(out, "<section class=\"card\" aria-labelledby=\"chart\"><h2 id=\"chart\">");
    page_say_count(out, PAGE_CHART_TITLE, drawn.count, NULL);
    page_raw(out, "</h2>\n<figure class=\"chart\">");
    page_rawf(out, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-labelledby=\"chart-title chart-about\">", WIDTH,
              HEIGHT);
    page_raw(out, "<title id=\"chart-title\">");
    page_say_with(out, PAGE_CHART_NAME, drawn.currency, NULL, NULL);
    page_raw(out, "</title><desc id=\"chart-about\">");
    write_description(&drawn);
    page_raw(out, "</desc>\n");
    write_axis(&drawn);
    write_bars(&drawn);
    page_raw(out, "</svg></figure>\n<p class=\"soft small\">");
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
