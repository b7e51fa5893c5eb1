/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The history as a file for spreadsheets: RFC 4180 in UTF-8, with the mark in front by which spreadsheets know that.
 * Names and dates do not depend on the language, so that a program can read them. A text that a spreadsheet would take
 * for a formula gets an apostrophe in front.
 */
#include "page_figures.h"
#include "page_format.h"
#include "page_handlers.h"
#include "problem.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROWS_AT_ONCE 200 /* the database is given free in between */

typedef struct csv {
    page *page;
    int64_t rows;
} csv;

static void write_cell(page *out, const char *text)
{
    page_raw(out, "\"");
    if (text[0] && strchr("=+-@\t\r", text[0]))
        page_raw(out, "'");
    for (char one[2] = ""; *text; text++) {
        one[0] = *text;
        page_raw(out, *text == '"' ? "\"\"" : one);
    }
    page_raw(out, "\",");
}

static void write_money(page *out, int64_t minor, const char *currency)
{
    int decimals = page_currency_decimals(currency);
    uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    uint64_t unit = decimals == 0 ? 1 : decimals == 2 ? 100 : 1000;
    page_rawf(out, "%s%llu", minor < 0 ? "-" : "", (unsigned long long)(size / unit));
    if (decimals > 0)
        page_rawf(out, ".%0*llu", decimals, (unsigned long long)(size % unit));
    page_raw(out, ",");
}

static void write_time(page *out, int64_t at_ms)
{
    struct tm utc;
    char text[32] = "";
    time_t at_s = (time_t)(at_ms / 1000);
    if (gmtime_r(&at_s, &utc))
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ,", &utc);
    page_raw(out, text);
}

static void write_row(void *context, const figures_report *report)
{
    csv *self = context;
    page *out = self->page;
    self->rows++;
    write_cell(out, report->register_id);
    write_cell(out, report->device_name);
    write_cell(out, report->till_id);
    page_rawf(out, "%lld,%lld,", (long long)report->epoch, (long long)report->z_number);
    write_cell(out, report->business_date);
    write_time(out, report->closed_at_ms);
    write_cell(out, report->currency);
    write_money(out, report->gross_minor, report->currency);
    write_money(out, report->net_minor, report->currency);
    write_money(out, report->tax_minor, report->currency);
    write_money(out, report->grand_total_minor, report->currency);
    if (report->receipts >= 0)
        page_rawf(out, "%lld", (long long)report->receipts);
    page_rawf(out, ",%lld,", (long long)report->missing);
    write_cell(out, report->conflict == FIGURES_CONFLICT_OPEN      ? "open"
                    : report->conflict == FIGURES_CONFLICT_DECIDED ? "decided"
                                                                   : "");
    write_cell(out, report->rebuilt ? "rebuilt" : "original");
    write_cell(out, report->warning);
    write_time(out, report->received_at_ms);
    page_rawf(out, "\"%s\"\r\n", report->sha256);
}

void page_send_csv(request *self, response *answer)
{
    figures_view view;
    if (!page_figures_open(&view, self, answer))
        return;
    page *out = &view.page;
    csv state = {.page = out};
    store_status status;
    page_raw(out, "\xef\xbb\xbf"
                  "register,device,till,epoch,z_number,business_date,closed_at,currency,gross,net,tax,grand_total,"
                  "receipts,missing_before,conflict,origin,warning,received_at,sha256\r\n");
    int64_t before;
    do {
        before = state.rows;
        status = store_figures_history(self->api->store, &view.chosen, ROWS_AT_ONCE, before, write_row, &state);
    } while (status == STORE_OK && state.rows == before + ROWS_AT_ONCE);
    if (status != STORE_OK || out->failed) {
        page_drop(out);
        problem_set_store(answer, status != STORE_OK ? status : STORE_BUSY);
        return;
    }
    snprintf(answer->file_name, sizeof answer->file_name, "z-%s-%s.csv", view.from, view.to);
    answer->type = "text/csv; charset=utf-8";
    answer->text = out->bytes;
    answer->text_bytes = out->length;
    answer->status = 200;
}
