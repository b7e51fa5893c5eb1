/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The figures of a report: each call checks its arguments and writes one row at once, so that nothing is kept twice. A
 * row with a wrong figure is not written at all: the error stays, and finish() tells it.
 */
#include "report_internal.h"

#include "text.h"

#include <string.h>

#define NUMBER_MAX INT64_C(9007199254740991) /* 2^53-1 */

/* A member of a row: text if `text` is not NULL, else the number. */
typedef struct member {
    const char *name;
    const char *text;
    int64_t number;
} member;

int poshost_report_is_open(poshost_report *report, const char *call)
{
    if (report->failure != POS_OK)
        return 0;
    if (!report->is_finished)
        return 1;
    poshost_report_fail(report, POS_E_MISUSE, "%s: called after finish", call);
    return 0;
}

int poshost_report_takes_text(poshost_report *report, const char *call, const char *member_name, const char *text)
{
    if (text == NULL || text[0] == '\0')
        poshost_report_fail(report, POS_E_MISUSE, "%s: %s is required", call, member_name);
    else if (!poshost_text_is_utf8(text, strlen(text)))
        poshost_report_fail(report, POS_E_MISUSE, "%s: %s is not valid UTF-8", call, member_name);
    else
        return 1;
    return 0;
}

int poshost_report_takes_number(poshost_report *report, const char *call, const char *member_name, int64_t number)
{
    if (number >= -NUMBER_MAX && number <= NUMBER_MAX)
        return 1;
    poshost_report_fail(report, POS_E_MISUSE, "%s: %s is beyond 2^53-1", call, member_name);
    return 0;
}

static int32_t add_row(poshost_report *report, const char *call, uint32_t list, const member *members, size_t count)
{
    if (!poshost_report_is_open(report, call))
        return report->failure;
    for (size_t i = 0; i < count; i++) {
        int is_fine = members[i].text != NULL
                          ? poshost_report_takes_text(report, call, members[i].name, members[i].text)
                          : poshost_report_takes_number(report, call, members[i].name, members[i].number);
        if (!is_fine)
            return report->failure;
    }
    poshost_json *json = &report->lists[list];
    if (json->size_bytes > 0)
        poshost_json_raw(json, ",", 1);
    poshost_json_raw(json, "{", 1);
    for (size_t i = 0; i < count; i++) {
        poshost_json_name(json, members[i].name);
        if (members[i].text != NULL)
            poshost_json_text(json, members[i].text);
        else
            poshost_json_number(json, members[i].number);
    }
    poshost_json_raw(json, "}", 1);
    return json->is_out_of_memory ? poshost_report_fail(report, POS_E_NO_MEMORY, "%s: out of memory", call) : POS_OK;
}

/* The id of a row is required: NULL becomes the empty text, which is refused by name. */
static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

int32_t poshost_report_add_tax(poshost_report *report, const char *tax_id, int64_t rate, int64_t net, int64_t tax,
                               int64_t gross)
{
    const member members[] = {{"tax_id", or_empty(tax_id), 0},
                              {"rate", NULL, rate},
                              {"net", NULL, net},
                              {"tax", NULL, tax},
                              {"gross", NULL, gross}};
    return add_row(report, __func__, POSHOST_LIST_TAXES, members, COUNT_OF(members));
}

int32_t poshost_report_add_payment(poshost_report *report, const char *payment_method_id, const char *type,
                                   int64_t count, int64_t amount_in, int64_t amount_out, int64_t amount)
{
    const member with_type[] = {{"payment_method_id", or_empty(payment_method_id), 0},
                                {"type", type, 0},
                                {"count", NULL, count},
                                {"amount_in", NULL, amount_in},
                                {"amount_out", NULL, amount_out},
                                {"amount", NULL, amount}};
    const member without_type[] = {with_type[0], with_type[2], with_type[3], with_type[4], with_type[5]};
    if (type == NULL)
        return add_row(report, __func__, POSHOST_LIST_PAYMENTS, without_type, COUNT_OF(without_type));
    return add_row(report, __func__, POSHOST_LIST_PAYMENTS, with_type, COUNT_OF(with_type));
}

int32_t poshost_report_add_department(poshost_report *report, const char *department_id, int64_t quantity,
                                      int64_t gross, int64_t net)
{
    const member members[] = {{"department_id", or_empty(department_id), 0},
                              {"quantity", NULL, quantity},
                              {"gross", NULL, gross},
                              {"net", NULL, net}};
    return add_row(report, __func__, POSHOST_LIST_DEPARTMENTS, members, COUNT_OF(members));
}

int32_t poshost_report_add_item(poshost_report *report, const char *item_id, int64_t quantity, int64_t gross)
{
    const member members[] = {{"item_id", or_empty(item_id), 0}, {"quantity", NULL, quantity}, {"gross", NULL, gross}};
    if (report->failure == POS_OK && report->head.kind != POS_REPORT_Z)
        return poshost_report_fail(report, POS_E_MISUSE, "%s: only a Z report has items", __func__);
    return add_row(report, __func__, POSHOST_LIST_ITEMS, members, COUNT_OF(members));
}

int32_t poshost_report_add_user(poshost_report *report, const char *user_id, int64_t gross)
{
    const member members[] = {{"user_id", or_empty(user_id), 0}, {"gross", NULL, gross}};
    return add_row(report, __func__, POSHOST_LIST_USERS, members, COUNT_OF(members));
}

/* ---- objects whose members have names of the host's own ---- */

/* Is "name": in there already? Names were written by poshost_json_name(), values are numbers. */
static int has_name(const poshost_json *object, const char *name)
{
    poshost_json wanted = {0};
    poshost_json_text(&wanted, name);
    poshost_json_raw(&wanted, ":", 1);
    int is_found = 0;
    for (size_t at = 0; !wanted.is_out_of_memory && !is_found && at + wanted.size_bytes <= object->size_bytes; at++) {
        int is_start = object->bytes[at] == '"' && (object->bytes[at - 1] == '{' || object->bytes[at - 1] == ',');
        is_found = is_start && memcmp(object->bytes + at, wanted.bytes, wanted.size_bytes) == 0;
    }
    poshost_json_free(&wanted);
    return is_found;
}

static int32_t add_member(poshost_report *report, const char *call, poshost_json *object, const char *name,
                          int64_t number)
{
    if (!poshost_report_takes_text(report, call, "name", name) ||
        !poshost_report_takes_number(report, call, name, number))
        return report->failure;
    if (object->size_bytes == 0)
        poshost_json_raw(object, "{", 1);
    if (has_name(object, name))
        return poshost_report_fail(report, POS_E_MISUSE, "%s: %s is given twice", call, name);
    poshost_json_name(object, name);
    poshost_json_number(object, number);
    return object->is_out_of_memory ? poshost_report_fail(report, POS_E_NO_MEMORY, "%s: out of memory", call) : POS_OK;
}

int32_t poshost_report_set_totals(poshost_report *report, const poshost_report_totals *totals)
{
    if (!poshost_report_is_open(report, __func__))
        return report->failure;
    if (totals == NULL || report->has_totals)
        return poshost_report_fail(report, POS_E_MISUSE, "%s: %s", __func__,
                                   totals == NULL ? "totals is NULL" : "called twice");
    const member members[] = {
        {"gross_sales", NULL, totals->gross_sales},   {"discounts", NULL, totals->discounts},
        {"returns", NULL, totals->returns},           {"gross_turnover", NULL, totals->gross_turnover},
        {"net_turnover", NULL, totals->net_turnover}, {"tax_total", NULL, totals->tax_total},
        {"rounding", NULL, totals->rounding},         {"tips", NULL, totals->tips},
        {"payments", NULL, totals->payments}};
    /* Further totals may have come first, but stand behind the nine. */
    poshost_json further = report->totals;
    report->totals = (poshost_json){0};
    report->has_totals = 1;
    int32_t result = POS_OK;
    for (size_t i = 0; i < COUNT_OF(members) && result == POS_OK; i++) {
        if (has_name(&further, members[i].name))
            result = poshost_report_fail(report, POS_E_MISUSE, "%s: %s is given twice", __func__, members[i].name);
        else
            result = add_member(report, __func__, &report->totals, members[i].name, members[i].number);
    }
    if (further.size_bytes > 1) {
        poshost_json_raw(&report->totals, ",", 1);
        poshost_json_raw(&report->totals, further.bytes + 1, further.size_bytes - 1);
    }
    poshost_json_free(&further);
    return result;
}

int32_t poshost_report_add_total(poshost_report *report, const char *name, int64_t amount)
{
    if (!poshost_report_is_open(report, __func__))
        return report->failure;
    return add_member(report, __func__, &report->totals, name, amount);
}

int32_t poshost_report_add_count(poshost_report *report, const char *name, int64_t count)
{
    if (!poshost_report_is_open(report, __func__))
        return report->failure;
    return add_member(report, __func__, &report->counts, name, count);
}
