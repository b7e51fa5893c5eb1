/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checking a report before it is stored. What include/pos/report.schema.json requires is required here, by tables
 * with a row for each member; figures that do not add up are only remarked upon, for real tills send such and the
 * cloud carries reports, it does not judge them.
 */
#include "report_check.h"
#include "json_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef enum value_kind { VALUE_TEXT = 1, VALUE_TEXT_OR_NULL, VALUE_INT, VALUE_MONEY } value_kind;

typedef struct member_rule {
    const char *name;
    value_kind kind;
    bool required;
} member_rule;

static const member_rule root_rules[] = {
    {"report_id", VALUE_TEXT, false},
    {"company_id", VALUE_TEXT_OR_NULL, false},
    {"location_id", VALUE_TEXT_OR_NULL, false},
    {"time_zone", VALUE_TEXT_OR_NULL, false},
    {"opened_at", VALUE_TEXT_OR_NULL, false},
    {"closed_at", VALUE_TEXT_OR_NULL, false},
    {"created_at", VALUE_TEXT_OR_NULL, false},
    {"first_receipt_id", VALUE_TEXT_OR_NULL, false},
    {"last_receipt_id", VALUE_TEXT_OR_NULL, false},
};
static const member_rule totals_rules[] = {
    {"gross_turnover", VALUE_MONEY, true}, {"net_turnover", VALUE_MONEY, true}, {"tax_total", VALUE_MONEY, true},
    {"gross_sales", VALUE_MONEY, false},   {"discounts", VALUE_MONEY, false},   {"returns", VALUE_MONEY, false},
    {"rounding", VALUE_MONEY, false},      {"tips", VALUE_MONEY, false},        {"payments", VALUE_MONEY, false},
};
static const member_rule tax_rules[] = {
    {"tax_id", VALUE_TEXT, true}, {"rate", VALUE_INT, false},    {"net", VALUE_MONEY, false},
    {"tax", VALUE_MONEY, false},  {"gross", VALUE_MONEY, false},
};
static const member_rule payment_rules[] = {
    {"payment_method_id", VALUE_TEXT, true},
    {"amount", VALUE_MONEY, true},
    {"type", VALUE_TEXT, false},
    {"count", VALUE_INT, false},
    {"amount_in", VALUE_MONEY, false},
    {"amount_out", VALUE_MONEY, false},
};
static const member_rule department_rules[] = {
    {"department_id", VALUE_TEXT, true},
    {"quantity", VALUE_INT, false},
    {"gross", VALUE_MONEY, false},
    {"net", VALUE_MONEY, false},
};
static const member_rule item_rules[] = {
    {"item_id", VALUE_TEXT, true},
    {"quantity", VALUE_INT, false},
    {"gross", VALUE_MONEY, false},
};
static const member_rule user_rules[] = {
    {"user_id", VALUE_TEXT, true},
    {"gross", VALUE_MONEY, false},
};
static const member_rule grand_total_rules[] = {
    {"sales", VALUE_MONEY, false},
    {"returns", VALUE_MONEY, false},
    {"net", VALUE_MONEY, false},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static bool refuse(report_verdict *out, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool refuse(report_verdict *out, const char *code, const char *format, ...)
{
    va_list arguments;
    out->code = code;
    va_start(arguments, format);
    vsnprintf(out->detail, sizeof out->detail, format, arguments);
    va_end(arguments);
    return false;
}

static bool fits(const cJSON *value, value_kind kind)
{
    switch (kind) {
    case VALUE_TEXT:
        return cJSON_IsString(value);
    case VALUE_TEXT_OR_NULL:
        return cJSON_IsString(value) || cJSON_IsNull(value);
    default:
        return json_is_int(value, -JSON_INT_MAX, JSON_INT_MAX);
    }
}

static bool check_members(const cJSON *object, const char *where, const member_rule *rules, size_t count,
                          report_verdict *out)
{
    for (size_t i = 0; i < count; i++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, rules[i].name);
        if (!value && rules[i].required)
            return refuse(out, "invalid-schema", "%s%s is missing.", where, rules[i].name);
        if (value && !fits(value, rules[i].kind))
            return refuse(out, "invalid-schema", "%s%s is not %s.", where, rules[i].name,
                          rules[i].kind >= VALUE_INT ? "an integer within 2^53-1" : "a text");
    }
    return true;
}

/* An optional array of objects. */
static bool check_parts(const cJSON *root, const char *name, const member_rule *rules, size_t count,
                        report_verdict *out)
{
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(root, name);
    const cJSON *part;
    char where[48];
    size_t index = 0;
    if (!array)
        return true;
    if (!cJSON_IsArray(array))
        return refuse(out, "invalid-schema", "%s is not a list.", name);
    cJSON_ArrayForEach(part, array)
    {
        if (!cJSON_IsObject(part))
            return refuse(out, "invalid-schema", "%s[%zu] is not an object.", name, index);
        snprintf(where, sizeof where, "%s[%zu].", name, index++);
        if (!check_members(part, where, rules, count, out))
            return false;
    }
    return true;
}

static bool check_numbers(const cJSON *root, const char *name, report_verdict *out)
{
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(root, name);
    const cJSON *value;
    if (!object)
        return true;
    if (!cJSON_IsObject(object))
        return refuse(out, "invalid-schema", "%s is not an object.", name);
    cJSON_ArrayForEach(value, object) if (!cJSON_IsNull(value) && !fits(value, VALUE_INT)) return refuse(
        out, "invalid-schema", "%s.%.64s is not an integer within 2^53-1.", name, value->string);
    return true;
}

static bool check_all_parts(const cJSON *root, report_verdict *out)
{
    const cJSON *cash = cJSON_GetObjectItemCaseSensitive(root, "cash");
    const cJSON *grand_totals = cJSON_GetObjectItemCaseSensitive(root, "grand_totals");
    if (cash && !cJSON_IsObject(cash))
        return refuse(out, "invalid-schema", "cash is not an object.");
    if (grand_totals && !cJSON_IsObject(grand_totals))
        return refuse(out, "invalid-schema", "grand_totals is not an object.");
    return check_members(root, "", root_rules, COUNT(root_rules), out) && check_numbers(root, "counts", out) &&
           check_parts(root, "taxes", tax_rules, COUNT(tax_rules), out) &&
           check_parts(root, "payments", payment_rules, COUNT(payment_rules), out) &&
           check_parts(root, "departments", department_rules, COUNT(department_rules), out) &&
           check_parts(root, "items", item_rules, COUNT(item_rules), out) &&
           check_parts(root, "users", user_rules, COUNT(user_rules), out) &&
           (!grand_totals ||
            check_members(grand_totals, "grand_totals.", grand_total_rules, COUNT(grand_total_rules), out));
}

/* What the document says of itself, read into the shape of a header line. */
static bool read_identity(const cJSON *root, batch_item *self, report_verdict *out)
{
    char kind[2];
    char schema[16];
    const char *wrong = NULL;
    int64_t minor_unit = 0;
    memset(self, 0, sizeof *self);
    if (!json_text(root, "report_type", 1, 1, kind) || (kind[0] != 'Z' && kind[0] != 'X'))
        wrong = "report_type";
    else if (!json_text(root, "schema", 14, 14, schema) ||
             strcmp(schema, kind[0] == 'Z' ? "pos.report.z/1" : "pos.report.x/1") != 0)
        wrong = "schema";
    else if (!json_text(root, "register_id", 1, 64, self->register_id))
        wrong = "register_id";
    else if (!json_text(root, "currency", 3, 3, self->currency) || !json_is_capitals(self->currency, 3))
        wrong = "currency";
    else if (!json_int(root, "z_number", 1, 999999999999, &self->z_number))
        wrong = "z_number";
    else if (kind[0] == 'X' && !json_int(root, "x_sequence", 1, 999999999999, &self->x_sequence))
        wrong = "x_sequence";
    else if (!json_text(root, "business_date", 10, 10, self->business_date) || !json_is_date(self->business_date))
        wrong = "business_date";
    else if (cJSON_GetObjectItemCaseSensitive(root, "minor_unit") && !json_int(root, "minor_unit", 0, 4, &minor_unit))
        wrong = "minor_unit";
    if (wrong)
        return refuse(out, "invalid-schema", "%s is missing or not what the schema says.", wrong);
    self->kind = kind[0];
    return true;
}

static bool check_agreement(const batch_item *said, const batch_item *item, report_verdict *out)
{
    const char *what = NULL;
    if (said->kind != item->kind)
        what = "kind";
    else if (strcmp(said->register_id, item->register_id) != 0)
        what = "register_id";
    else if (said->z_number != item->z_number)
        what = "z_number";
    else if (said->x_sequence != item->x_sequence)
        what = "x_sequence";
    else if (strcmp(said->business_date, item->business_date) != 0)
        what = "business_date";
    else if (strcmp(said->currency, item->currency) != 0)
        what = "currency";
    return what ? refuse(out, "header-mismatch", "The document has another %s than its header line.", what) : true;
}

static void warn(report_verdict *out, const char *text)
{
    size_t used = strlen(out->warning);
    snprintf(out->warning + used, sizeof out->warning - used, "%s%s", used ? "; " : "", text);
}

/* Sum of a member over a list; false if the list or the member is absent somewhere. */
static bool sum_parts(const cJSON *root, const char *list, const char *member, double *sum)
{
    const cJSON *array = json_member(root, list);
    const cJSON *part;
    *sum = 0;
    if (!array)
        return false;
    cJSON_ArrayForEach(part, array)
    {
        const cJSON *value = json_member(part, member);
        if (!value)
            return false;
        *sum += cJSON_GetNumberValue(value);
    }
    return true;
}

static bool differs(double one, double other)
{
    return one > other || one < other;
}

static void find_warnings(const cJSON *root, const batch_item *item, const char *store_currency, report_verdict *out)
{
    double sum;
    int64_t value = 0;
    const cJSON *totals = json_member(root, "totals");
    if (differs((double)out->net_minor + (double)out->tax_minor, (double)out->gross_minor))
        warn(out, "net and tax do not add up to gross");
    if (sum_parts(root, "taxes", "gross", &sum) && differs(sum, (double)out->gross_minor))
        warn(out, "taxes do not add up to the turnover");
    if (json_int(totals, "payments", -JSON_INT_MAX, JSON_INT_MAX, &value) &&
        sum_parts(root, "payments", "amount", &sum) && differs(sum, (double)value))
        warn(out, "payments do not add up");
    if (json_int(json_member(root, "grand_totals"), "net", -JSON_INT_MAX, JSON_INT_MAX, &value) &&
        value != item->grand_total_minor)
        warn(out, "the grand total differs from the header's");
    if (strcmp(item->currency, store_currency) != 0)
        warn(out, "not the store's currency");
}

static void check_document(const cJSON *root, const batch_item *item, const char *store_currency, report_verdict *out)
{
    batch_item said;
    const cJSON *totals = cJSON_GetObjectItemCaseSensitive(root, "totals");
    if (!read_identity(root, &said, out) || !check_agreement(&said, item, out))
        return;
    if (!cJSON_IsObject(totals)) {
        refuse(out, "invalid-schema", "totals is missing or not an object.");
        return;
    }
    if (!check_members(totals, "totals.", totals_rules, COUNT(totals_rules), out) ||
        !check_numbers(root, "totals", out) || !check_all_parts(root, out))
        return;
    json_int(totals, "gross_turnover", -JSON_INT_MAX, JSON_INT_MAX, &out->gross_minor);
    json_int(totals, "net_turnover", -JSON_INT_MAX, JSON_INT_MAX, &out->net_minor);
    json_int(totals, "tax_total", -JSON_INT_MAX, JSON_INT_MAX, &out->tax_minor);
    find_warnings(root, item, store_currency, out);
}

void report_check(const batch_item *item, const char *store_currency, report_verdict *out)
{
    const char *wrong = NULL;
    size_t at = 0;
    memset(out, 0, sizeof *out);
    cJSON *root = json_parse(item->report, item->report_bytes, &wrong, &at);
    if (!root)
        refuse(out, "invalid-json", "Not a JSON document: %s at byte %zu.", wrong, at);
    else if (!cJSON_IsObject(root))
        refuse(out, "invalid-schema", "The document is not an object.");
    else
        check_document(root, item, store_currency, out);
    cJSON_Delete(root);
}
