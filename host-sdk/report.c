/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report builder: head, times, required parts, and the pos_report that goes with the bytes. The first error stays,
 * so that a vendor who forgets to look at one call still hears of it from finish().
 */
#include "report_internal.h"

#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int32_t poshost_report_fail(poshost_report *report, int32_t code, const char *format, ...)
{
    if (report->failure == POS_OK) {
        va_list args;
        va_start(args, format);
        vsnprintf(report->error, sizeof report->error, format, args);
        va_end(args);
        report->failure = code;
    }
    return report->failure;
}

/* ---- the head ---- */

static int is_optional_text(poshost_report *report, const char *member, const char *text)
{
    return text == NULL || poshost_report_takes_text(report, "poshost_report_begin", member, text);
}

static void judge_head(poshost_report *report, const poshost_report_head *head)
{
    const char *rule = NULL;
    if (head->kind != POS_REPORT_Z && head->kind != POS_REPORT_X)
        rule = "kind is neither POS_REPORT_Z nor POS_REPORT_X";
    else if (head->minor_unit > 4)
        rule = "minor_unit is 0 to 4";
    else if (!poshost_text_is_currency(head->currency))
        rule = "currency is three capital letters";
    else if (!poshost_text_is_date(head->business_date))
        rule = "business_date is a day written YYYY-MM-DD";
    else if (head->z_number < 1 || head->z_number > POS_Z_NUMBER_MAX)
        rule = "z_number is 1 to POS_Z_NUMBER_MAX";
    else if (head->kind == POS_REPORT_Z && head->x_sequence != 0)
        rule = "x_sequence of a Z report is 0";
    else if (head->kind == POS_REPORT_X && (head->x_sequence < 1 || head->x_sequence > POS_X_SEQUENCE_MAX))
        rule = "x_sequence of an X report is 1 to POS_X_SEQUENCE_MAX";
    else if (head->register_id != NULL && strlen(head->register_id) > POS_REGISTER_ID_MAX)
        rule = "register_id is at most 64 bytes";
    if (rule != NULL) {
        poshost_report_fail(report, POS_E_MISUSE, "poshost_report_begin: %s", rule);
        return;
    }
    if (poshost_report_takes_text(report, "poshost_report_begin", "register_id", head->register_id) &&
        is_optional_text(report, "report_id", head->report_id) &&
        is_optional_text(report, "company_id", head->company_id) &&
        is_optional_text(report, "location_id", head->location_id))
        is_optional_text(report, "time_zone", head->time_zone);
}

static const char *copy(poshost_report *report, const char *text)
{
    if (text == NULL)
        return NULL;
    char *copied = strdup(text);
    if (copied == NULL)
        poshost_report_fail(report, POS_E_NO_MEMORY, "out of memory");
    return copied;
}

poshost_report *poshost_report_begin(const poshost_report_head *head)
{
    poshost_report *report = calloc(1, sizeof *report);
    if (report == NULL)
        return NULL;
    if (head == NULL) {
        poshost_report_fail(report, POS_E_MISUSE, "poshost_report_begin: head is NULL");
        return report;
    }
    judge_head(report, head);
    if (report->failure != POS_OK)
        return report;
    report->head = *head;
    report->head.report_id = copy(report, head->report_id);
    report->head.company_id = copy(report, head->company_id);
    report->head.location_id = copy(report, head->location_id);
    report->head.register_id = copy(report, head->register_id);
    report->head.currency = copy(report, head->currency);
    report->head.time_zone = copy(report, head->time_zone);
    report->head.business_date = copy(report, head->business_date);
    return report;
}

void poshost_report_free(poshost_report *report)
{
    if (report == NULL)
        return;
    free((char *)report->head.report_id);
    free((char *)report->head.company_id);
    free((char *)report->head.location_id);
    free((char *)report->head.register_id);
    free((char *)report->head.currency);
    free((char *)report->head.time_zone);
    free((char *)report->head.business_date);
    free(report->first_receipt);
    free(report->last_receipt);
    poshost_json_free(&report->totals);
    poshost_json_free(&report->counts);
    for (uint32_t i = 0; i < POSHOST_LIST_COUNT; i++)
        poshost_json_free(&report->lists[i]);
    poshost_json_free(&report->document);
    free(report);
}

/* ---- times and receipts ---- */

#define DAY_MS INT64_C(86400000)

/* RFC 3339 has years of four digits: 0001-01-01 to 9999-12-31. */
#define TIME_MIN_MS (-INT64_C(62135596800000) + DAY_MS)
#define TIME_MAX_MS (INT64_C(253402300799999) - DAY_MS)

/* A day of the Gregorian calendar from days since 1970-01-01. Not gmtime(): its time_t ends in 2038 on 32 bits. */
static void write_day(char *out, size_t room, int64_t days)
{
    int64_t shifted = days + 719468; /* since 0000-03-01: leap days then come last in a year */
    int64_t era = shifted / 146097;  /* of 400 years; TIME_MIN_MS keeps it from being negative */
    int64_t day = shifted % 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153; /* 0 is March */
    int64_t of_month = of_year - (153 * month + 2) / 5 + 1;
    int64_t calendar_month = month < 10 ? month + 3 : month - 9;
    snprintf(out, room, "%04d-%02d-%02d", (int)(year + era * 400 + (calendar_month <= 2)), (int)calendar_month,
             (int)of_month);
}

static void write_time(poshost_report_time *time_out, int64_t unix_ms, int32_t offset_minutes)
{
    int64_t local_ms = unix_ms + (int64_t)offset_minutes * 60000;
    int64_t days = local_ms / DAY_MS - (local_ms % DAY_MS < 0);
    int of_day_ms = (int)(local_ms - days * DAY_MS);
    int minutes = offset_minutes < 0 ? -offset_minutes : offset_minutes;
    char day[40];
    char fraction[16] = "";
    write_day(day, sizeof day, days);
    if (of_day_ms % 1000 != 0)
        snprintf(fraction, sizeof fraction, ".%03d", of_day_ms % 1000);
    snprintf(time_out->text, sizeof time_out->text, "%sT%02d:%02d:%02d%s%c%02d:%02d", day, of_day_ms / 3600000,
             of_day_ms / 60000 % 60, of_day_ms / 1000 % 60, fraction, offset_minutes < 0 ? '-' : '+', minutes / 60,
             minutes % 60);
    time_out->unix_ms = unix_ms;
    time_out->is_set = 1;
}

static int32_t set_time(poshost_report *report, const char *call, poshost_report_time *time_out, int64_t unix_ms,
                        int32_t offset_minutes)
{
    if (!poshost_report_is_open(report, call))
        return report->failure;
    if (time_out->is_set)
        return poshost_report_fail(report, POS_E_MISUSE, "%s: called twice", call);
    if (offset_minutes < -1439 || offset_minutes > 1439)
        return poshost_report_fail(report, POS_E_MISUSE, "%s: offset_minutes is within a day", call);
    if (unix_ms < TIME_MIN_MS || unix_ms > TIME_MAX_MS)
        return poshost_report_fail(report, POS_E_MISUSE, "%s: unix_ms is in no year of four digits", call);
    write_time(time_out, unix_ms, offset_minutes);
    return POS_OK;
}

int32_t poshost_report_opened_at(poshost_report *report, int64_t unix_ms, int32_t offset_minutes)
{
    return set_time(report, __func__, &report->opened_at, unix_ms, offset_minutes);
}

int32_t poshost_report_closed_at(poshost_report *report, int64_t unix_ms, int32_t offset_minutes)
{
    if (report->failure == POS_OK && report->head.kind == POS_REPORT_X)
        return poshost_report_fail(report, POS_E_MISUSE, "%s: an X report is not closed", __func__);
    return set_time(report, __func__, &report->closed_at, unix_ms, offset_minutes);
}

int32_t poshost_report_created_at(poshost_report *report, int64_t unix_ms, int32_t offset_minutes)
{
    return set_time(report, __func__, &report->created_at, unix_ms, offset_minutes);
}

int32_t poshost_report_set_receipts(poshost_report *report, const char *first, const char *last)
{
    if (!poshost_report_is_open(report, __func__))
        return report->failure;
    if (report->has_receipts)
        return poshost_report_fail(report, POS_E_MISUSE, "%s: called twice", __func__);
    if ((first != NULL && !poshost_report_takes_text(report, __func__, "first", first)) ||
        (last != NULL && !poshost_report_takes_text(report, __func__, "last", last)))
        return report->failure;
    report->has_receipts = 1;
    report->first_receipt = (char *)copy(report, first);
    report->last_receipt = (char *)copy(report, last);
    return report->failure;
}

int32_t poshost_report_set_grand_totals(poshost_report *report, int64_t sales, int64_t returns, int64_t net)
{
    if (!poshost_report_is_open(report, __func__))
        return report->failure;
    if (report->has_grand_totals)
        return poshost_report_fail(report, POS_E_MISUSE, "%s: called twice", __func__);
    if (!poshost_report_takes_number(report, __func__, "sales", sales) ||
        !poshost_report_takes_number(report, __func__, "returns", returns) ||
        !poshost_report_takes_number(report, __func__, "net", net))
        return report->failure;
    report->has_grand_totals = 1;
    report->grand_sales = sales;
    report->grand_returns = returns;
    report->grand_net = net;
    return POS_OK;
}

/* ---- the end ---- */

static const char *missing_part(const poshost_report *report)
{
    if (report->head.kind == POS_REPORT_Z && !report->closed_at.is_set)
        return "poshost_report_closed_at";
    if (report->head.kind == POS_REPORT_X && !report->created_at.is_set)
        return "poshost_report_created_at";
    if (!report->has_totals)
        return "poshost_report_set_totals";
    return report->has_grand_totals ? NULL : "poshost_report_set_grand_totals";
}

static int32_t write_once(poshost_report *report)
{
    const char *missing = missing_part(report);
    if (missing != NULL)
        return poshost_report_fail(report, POS_E_MISUSE, "poshost_report_finish: %s was not called", missing);
    poshost_report_write(report);
    if (report->document.is_out_of_memory)
        return poshost_report_fail(report, POS_E_NO_MEMORY, "poshost_report_finish: out of memory");
    if (report->document.size_bytes > POS_DOCUMENT_MAX_BYTES)
        return poshost_report_fail(report, POS_E_TOO_LARGE,
                                   "poshost_report_finish: the document has %zu bytes, over %u",
                                   report->document.size_bytes, (unsigned)POS_DOCUMENT_MAX_BYTES);
    report->is_finished = 1;
    return POS_OK;
}

int32_t poshost_report_finish(poshost_report *report, pos_report *out)
{
    if (report->failure == POS_OK && !report->is_finished)
        write_once(report);
    if (out == NULL)
        return poshost_report_fail(report, POS_E_MISUSE, "poshost_report_finish: out is NULL");
    if (report->failure != POS_OK)
        return report->failure;
    int is_z = report->head.kind == POS_REPORT_Z;
    *out = (pos_report){.struct_size = (uint32_t)sizeof *out,
                        .kind = report->head.kind,
                        .origin = POS_ORIGIN_ORIGINAL,
                        .document_size = (uint32_t)report->document.size_bytes,
                        .document = report->document.bytes,
                        .register_id = report->head.register_id,
                        .business_date = report->head.business_date,
                        .currency = report->head.currency,
                        .z_number = report->head.z_number,
                        .x_sequence = report->head.x_sequence,
                        .closed_at_ms = is_z ? report->closed_at.unix_ms : report->created_at.unix_ms,
                        .grand_total_minor = report->grand_net};
    return POS_OK;
}

const char *poshost_report_error(const poshost_report *report)
{
    return report->error;
}
