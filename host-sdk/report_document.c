/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts the parts of a report together, in the schema's order whatever the order of the calls, so that the same figures
 * give the same bytes and therefore the same hash.
 */
#include "report_internal.h"

#include <string.h>

static void raw(poshost_json *json, const char *text)
{
    poshost_json_raw(json, text, strlen(text));
}

static void text_member(poshost_json *json, const char *name, const char *text)
{
    if (text == NULL)
        return;
    poshost_json_name(json, name);
    poshost_json_text(json, text);
}

static void text_or_null(poshost_json *json, const char *name, const char *text)
{
    poshost_json_name(json, name);
    if (text != NULL)
        poshost_json_text(json, text);
    else
        raw(json, "null");
}

static void number_member(poshost_json *json, const char *name, int64_t number)
{
    poshost_json_name(json, name);
    poshost_json_number(json, number);
}

static void write_head(poshost_json *json, const poshost_report_head *head)
{
    int is_z = head->kind == POS_REPORT_Z;
    text_member(json, "schema", is_z ? "pos.report.z/1" : "pos.report.x/1");
    text_member(json, "report_type", is_z ? "Z" : "X");
    text_member(json, "report_id", head->report_id);
    text_member(json, "company_id", head->company_id);
    text_member(json, "location_id", head->location_id);
    text_member(json, "register_id", head->register_id);
    text_member(json, "currency", head->currency);
    number_member(json, "minor_unit", head->minor_unit);
    text_member(json, "time_zone", head->time_zone);
    number_member(json, "z_number", head->z_number);
    if (!is_z)
        number_member(json, "x_sequence", head->x_sequence);
    text_member(json, "business_date", head->business_date);
}

static void write_times(poshost_json *json, const poshost_report *report)
{
    const poshost_report_time *created = report->created_at.is_set ? &report->created_at : &report->closed_at;
    text_or_null(json, "opened_at", report->opened_at.is_set ? report->opened_at.text : NULL);
    if (report->head.kind == POS_REPORT_Z)
        text_member(json, "closed_at", report->closed_at.text);
    text_member(json, "created_at", created->text);
    text_or_null(json, "first_receipt_id", report->first_receipt);
    text_or_null(json, "last_receipt_id", report->last_receipt);
}

static void write_part(poshost_json *json, const char *name, const poshost_json *part, const char *open,
                       const char *close)
{
    poshost_json_name(json, name);
    raw(json, open);
    poshost_json_raw(json, part->bytes, part->size_bytes);
    raw(json, close);
    json->is_out_of_memory |= part->is_out_of_memory;
}

void poshost_report_write(poshost_report *report)
{
    static const char *const names[POSHOST_LIST_COUNT] = {"taxes", "payments", "departments", "items", "users"};
    poshost_json *json = &report->document;
    raw(json, "{");
    write_head(json, &report->head);
    write_times(json, report);
    write_part(json, "totals", &report->totals, "", "}");
    if (report->counts.size_bytes > 0)
        write_part(json, "counts", &report->counts, "", "}");
    for (uint32_t i = 0; i < POSHOST_LIST_COUNT; i++) {
        if (report->lists[i].size_bytes > 0)
            write_part(json, names[i], &report->lists[i], "[", "]");
    }
    poshost_json_name(json, "grand_totals");
    raw(json, "{");
    number_member(json, "sales", report->grand_sales);
    number_member(json, "returns", report->grand_returns);
    number_member(json, "net", report->grand_net);
    raw(json, "}}");
}
