/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a line. The plugin has judged form and references already; what is looked at here is what the till sells by, so
 * that no line can get in which a sale would stumble over.
 */
#include "catalogue_line.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LINE_AMOUNT_MAX 1e11 /* what this till can multiply by quantity and rate within 63 bits */

static const struct line_kind {
    const char *name;
    char digit;
    const char *id; /* NULL: it has none */
} line_kinds[] = {
    {"catalogue", CATALOGUE_HEAD, NULL},
    {"tax", CATALOGUE_TAX, "tax_id"},
    {"payment_method", CATALOGUE_PAYMENT_METHOD, "payment_method_id"},
    {"price_level", CATALOGUE_PRICE_LEVEL, "price_level_id"},
    {"department", CATALOGUE_DEPARTMENT, "department_id"},
    {"group", '5', "group_id"},
    {"user", CATALOGUE_USER, "user_id"},
    {"item", CATALOGUE_ITEM, "item_id"},
    {"price", CATALOGUE_ITEM, "item_id"},
};

const char *catalogue_line_text(const cJSON *json, const char *member, const char *otherwise)
{
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(json, member);
    return cJSON_IsString(text) ? text->valuestring : otherwise;
}

static bool line_get_id(const cJSON *json, const char *member, const char **id, struct fault *fault)
{
    *id = catalogue_line_text(json, member, "");
    size_t length = strlen(*id);
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)(*id)[i] < 0x20)
            return fault_set(fault, "\"%s\" holds a control character", member);
    }
    if (length == 0 || length >= CATALOGUE_ID_BYTES)
        return fault_set(fault, "\"%s\" has 1 to %d bytes: \"%.80s\"", member, CATALOGUE_ID_BYTES - 1, *id);
    return true;
}

static bool line_check_number(const cJSON *json, const char *member, double most, struct fault *fault)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(json, member);
    if (cJSON_IsNumber(number) && number->valuedouble >= 0 && number->valuedouble <= most &&
        !(floor(number->valuedouble) < number->valuedouble))
        return true;
    return fault_set(fault, "\"%s\" is missing, no whole number, or out of range", member);
}

/* Returns where the next part goes. The parts of a key are ids, which have been found to fit. */
static char *line_add_part(char *to, char before, const char *part)
{
    size_t length = strlen(part);
    *to = before;
    memcpy(to + 1, part, length + 1);
    return to + 1 + length;
}

static bool line_make_key(struct catalogue_line *line, const struct line_kind *kind, struct fault *fault)
{
    const char *id = "";
    if (kind->id != NULL && !line_get_id(line->json, kind->id, &id, fault))
        return false;
    char *end = line_add_part(line->key, kind->digit, id);
    if (!line->is_price)
        return true;
    const char *level, *from;
    if (!line_get_id(line->json, "price_level_id", &level, fault) ||
        !line_get_id(line->json, "valid_from", &from, fault))
        return false;
    _Static_assert(3 * CATALOGUE_ID_BYTES < sizeof line->key, "the longest key");
    (void)line_add_part(line_add_part(end, '\x01', level), '\x01', from);
    return true;
}

static bool line_judge(struct catalogue_line *line, struct fault *fault)
{
    const char *name = catalogue_line_text(line->json, "kind", "");
    const struct line_kind *kind = NULL;
    for (size_t i = 0; kind == NULL && i < sizeof line_kinds / sizeof line_kinds[0]; i++) {
        if (strcmp(line_kinds[i].name, name) == 0)
            kind = &line_kinds[i];
    }
    if (kind == NULL)
        return fault_set(fault, "this till knows no lines of the kind \"%.40s\"", name);
    line->is_price = strcmp(name, "price") == 0;
    if (kind->digit == CATALOGUE_HEAD && strlen(catalogue_line_text(line->json, "currency", "")) != 3)
        return fault_set(fault, "the line \"catalogue\" has no currency");
    if (kind->digit == CATALOGUE_TAX && !line_check_number(line->json, "rate", 1000000, fault))
        return false;
    if (line->is_price && !line_check_number(line->json, "amount", LINE_AMOUNT_MAX, fault))
        return false;
    return line_make_key(line, kind, fault);
}

bool catalogue_line_read(struct catalogue_line *line, const char *text, size_t text_bytes, struct fault *fault)
{
    memset(line, 0, sizeof *line);
    if (memchr(text, '\n', text_bytes) != NULL || memchr(text, '\0', text_bytes) != NULL)
        return fault_set(fault, "a line holds a line feed or a zero byte");
    line->json = cJSON_ParseWithLength(text, text_bytes);
    if (!cJSON_IsObject(line->json))
        (void)fault_set(fault, "this is no JSON object: %.*s", (int)(text_bytes < 80 ? text_bytes : 80), text);
    else if (line_judge(line, fault))
        return true;
    catalogue_line_free(line);
    return false;
}

void catalogue_line_free(struct catalogue_line *line)
{
    cJSON_Delete(line->json);
    line->json = NULL;
}

void catalogue_line_end_of_item(const char *item_key, char end[CATALOGUE_END_BYTES])
{
    (void)snprintf(end, CATALOGUE_END_BYTES, "%s\x02", item_key); /* its prices go on with \x01 */
}
