/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a line of configuration data must be, as tables with a row for each member. A cloud keeps only what it
 * understands: a kind that is not here is refused. Members that are not here are kept, unread, but for those of a user
 * that look like a secret: a till must be able to hand over all it has without handing over how to log in to it.
 */
#include "catalogue_line.h"
#include "json_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_CHARACTERS 200
#define TEXT_MAX_CHARACTERS 64
#define BARCODES_MAX        100
#define RATE_MAX            1000000
#define COUNT(array)        (sizeof(array) / sizeof *(array))

typedef enum value_kind {
    VALUE_ID = 1,
    VALUE_REF,  /* the id of another line; null or empty: none */
    VALUE_NAME, /* a text that may be empty */
    VALUE_TEXT, /* a short text or null */
    VALUE_RATE,
    VALUE_AMOUNT,
    VALUE_DATE,
    VALUE_DATE_OR_NULL,
    VALUE_BOOL,
    VALUE_STATUS,
    VALUE_BARCODES,
    VALUE_CURRENCY,
    VALUE_SCHEMA
} value_kind;

/* What to say when a value is not of that kind. */
static const char *const expected[] = {
    [VALUE_ID] = "a text of 1 to 64 bytes without control characters",
    [VALUE_REF] = "a text of at most 64 bytes without control characters, or null",
    [VALUE_NAME] = "a text of at most 200 characters without control characters",
    [VALUE_TEXT] = "a text of at most 64 characters, or null",
    [VALUE_RATE] = "an integer from 0 to 1000000",
    [VALUE_AMOUNT] = "an integer from 0 to 2^53-1",
    [VALUE_DATE] = "a day as YYYY-MM-DD",
    [VALUE_DATE_OR_NULL] = "a day as YYYY-MM-DD, or null",
    [VALUE_BOOL] = "true, false or null",
    [VALUE_STATUS] = "active or inactive",
    [VALUE_BARCODES] = "a list of at most 100 texts of 1 to 64 characters",
    [VALUE_CURRENCY] = "three capitals",
    [VALUE_SCHEMA] = "pos.catalogue/1",
};

typedef struct member_rule {
    const char *name;
    value_kind value;
    bool required;
    char refers_to; /* the first byte of the key that it names, or 0 */
} member_rule;

static const member_rule head_rules[] = {
    {"schema", VALUE_SCHEMA, true, 0}, {"catalogue_id", VALUE_ID, true, 0}, {"currency", VALUE_CURRENCY, true, 0}};
static const member_rule tax_rules[] = {{"tax_id", VALUE_ID, true, 0},
                                        {"name", VALUE_NAME, true, 0},
                                        {"rate", VALUE_RATE, true, 0},
                                        {"included", VALUE_BOOL, false, 0},
                                        {"valid_from", VALUE_DATE_OR_NULL, false, 0},
                                        {"valid_to", VALUE_DATE_OR_NULL, false, 0},
                                        {"status", VALUE_STATUS, false, 0}};
static const member_rule payment_method_rules[] = {{"payment_method_id", VALUE_ID, true, 0},
                                                   {"name", VALUE_NAME, true, 0},
                                                   {"type", VALUE_TEXT, false, 0},
                                                   {"status", VALUE_STATUS, false, 0}};
static const member_rule price_level_rules[] = {
    {"price_level_id", VALUE_ID, true, 0}, {"name", VALUE_NAME, true, 0}, {"tax_included", VALUE_BOOL, false, 0}};
static const member_rule department_rules[] = {{"department_id", VALUE_ID, true, 0},
                                               {"name", VALUE_NAME, true, 0},
                                               {"parent_id", VALUE_REF, false, '4'},
                                               {"status", VALUE_STATUS, false, 0}};
static const member_rule group_rules[] = {
    {"group_id", VALUE_ID, true, 0}, {"name", VALUE_NAME, true, 0}, {"status", VALUE_STATUS, false, 0}};
static const member_rule user_rules[] = {{"user_id", VALUE_ID, true, 0},
                                         {"name", VALUE_NAME, true, 0},
                                         {"role", VALUE_TEXT, false, 0},
                                         {"status", VALUE_STATUS, false, 0}};
static const member_rule item_rules[] = {
    {"item_id", VALUE_ID, true, 0},      {"name", VALUE_NAME, true, 0},     {"department_id", VALUE_REF, false, '4'},
    {"group_id", VALUE_REF, false, '5'}, {"tax_id", VALUE_REF, false, '1'}, {"barcodes", VALUE_BARCODES, false, 0},
    {"unit", VALUE_TEXT, false, 0},      {"status", VALUE_STATUS, false, 0}};
static const member_rule price_rules[] = {{"item_id", VALUE_ID, true, '7'},
                                          {"price_level_id", VALUE_ID, true, '3'},
                                          {"amount", VALUE_AMOUNT, true, 0},
                                          {"valid_from", VALUE_DATE, true, 0},
                                          {"valid_to", VALUE_DATE_OR_NULL, false, 0}};

/* The key is the prefix and the first `key_parts` members of the rules, 0x01 between them. */
static const struct kind_row {
    const char *word;
    char prefix;
    size_t key_parts;
    const member_rule *rules;
    size_t count;
} kinds[CATALOGUE_KINDS] = {
    [CATALOGUE_HEAD] = {"catalogue", '0', 0, head_rules, COUNT(head_rules)},
    [CATALOGUE_TAX] = {"tax", '1', 1, tax_rules, COUNT(tax_rules)},
    [CATALOGUE_PAYMENT_METHOD] = {"payment_method", '2', 1, payment_method_rules, COUNT(payment_method_rules)},
    [CATALOGUE_PRICE_LEVEL] = {"price_level", '3', 1, price_level_rules, COUNT(price_level_rules)},
    [CATALOGUE_DEPARTMENT] = {"department", '4', 1, department_rules, COUNT(department_rules)},
    [CATALOGUE_GROUP] = {"group", '5', 1, group_rules, COUNT(group_rules)},
    [CATALOGUE_USER] = {"user", '6', 1, user_rules, COUNT(user_rules)},
    [CATALOGUE_ITEM] = {"item", '7', 1, item_rules, COUNT(item_rules)},
    [CATALOGUE_PRICE] = {"price", '7', 3, price_rules, COUNT(price_rules)},
};

static bool refuse(char *detail, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool refuse(char *detail, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, CATALOGUE_DETAIL_SIZE, format, arguments);
    va_end(arguments);
    return false;
}

static bool is_text(const cJSON *value, size_t max_characters)
{
    return cJSON_IsString(value) && !json_has_control(value->valuestring) &&
           json_count_characters(value->valuestring) <= max_characters;
}

static bool is_id(const cJSON *value)
{
    return cJSON_IsString(value) && value->valuestring[0] && strlen(value->valuestring) < CATALOGUE_ID_SIZE &&
           !json_has_control(value->valuestring);
}

static bool are_barcodes(const cJSON *value)
{
    const cJSON *code;
    if (!cJSON_IsArray(value) || cJSON_GetArraySize(value) > BARCODES_MAX)
        return false;
    cJSON_ArrayForEach(code, value) if (!is_text(code, TEXT_MAX_CHARACTERS) || !code->valuestring[0]) return false;
    return true;
}

static bool is_word(const cJSON *value, const char *one, const char *other)
{
    return cJSON_IsString(value) && (strcmp(value->valuestring, one) == 0 || strcmp(value->valuestring, other) == 0);
}

static bool fits(const cJSON *value, value_kind kind)
{
    switch (kind) {
    case VALUE_ID:
        return is_id(value);
    case VALUE_REF:
        return cJSON_IsNull(value) || is_id(value) || is_word(value, "", "");
    case VALUE_NAME:
        return is_text(value, NAME_MAX_CHARACTERS);
    case VALUE_TEXT:
        return cJSON_IsNull(value) || is_text(value, TEXT_MAX_CHARACTERS);
    case VALUE_RATE:
        return json_is_int(value, 0, RATE_MAX);
    case VALUE_AMOUNT:
        return json_is_int(value, 0, JSON_INT_MAX);
    case VALUE_DATE:
        return cJSON_IsString(value) && json_is_date(value->valuestring);
    case VALUE_DATE_OR_NULL:
        return cJSON_IsNull(value) || (cJSON_IsString(value) && json_is_date(value->valuestring));
    case VALUE_BOOL:
        return cJSON_IsNull(value) || cJSON_IsBool(value);
    case VALUE_STATUS:
        return is_word(value, "active", "inactive");
    case VALUE_BARCODES:
        return are_barcodes(value);
    case VALUE_CURRENCY:
        return cJSON_IsString(value) && json_is_capitals(value->valuestring, 3);
    case VALUE_SCHEMA:
        return is_word(value, "pos.catalogue/1", "pos.catalogue/1");
    }
    return false;
}

/* This member or one behind it that has the name; NULL: none. Most names differ in their first byte. */
static const cJSON *find_member(const cJSON *member, const char *name)
{
    while (member && (member->string[0] != name[0] || strcmp(member->string, name) != 0))
        member = member->next;
    return member;
}

/* Two members of one name: whoever reads the line would choose one, and not everybody the same. */
static bool is_twice(const cJSON *member)
{
    return find_member(member->next, member->string) != NULL;
}

/* Returns where the next part goes. The parts of a key are ids and a day, which have been found to fit. */
static char *add_part(char *to, char before, const char *part)
{
    size_t length = strlen(part);
    *to = before;
    memcpy(to + 1, part, length + 1);
    return to + 1 + length;
}

static void add_ref(catalogue_line *out, char prefix, const char *id)
{
    add_part(out->kind == CATALOGUE_DEPARTMENT ? out->parent : out->refs[out->ref_count], prefix, id);
    out->ref_count += out->kind != CATALOGUE_DEPARTMENT;
}

static bool read_member(const cJSON *root, const member_rule *rule, catalogue_line *out, char *detail)
{
    const cJSON *value = find_member(root->child, rule->name);
    if (!value)
        return rule->required ? refuse(detail, "%s is missing.", rule->name) : true;
    if (!fits(value, rule->value))
        return refuse(detail, "%s is not %s.", rule->name, expected[rule->value]);
    if (is_twice(value))
        return refuse(detail, "%s is there twice.", rule->name);
    if (rule->refers_to && cJSON_IsString(value) && value->valuestring[0])
        add_ref(out, rule->refers_to, value->valuestring);
    if (rule->value == VALUE_CURRENCY)
        memcpy(out->currency, value->valuestring, sizeof out->currency);
    return true;
}

/* All that makes the key has been found to fit. */
static void make_key(const cJSON *root, const struct kind_row *kind, char key[CATALOGUE_KEY_SIZE])
{
    static const char *const price_parts[] = {"item_id", "price_level_id", "valid_from"};
    key[0] = kind->prefix;
    key[1] = 0;
    for (size_t i = 0; i < kind->key_parts; i++) {
        const char *name = kind->key_parts == 3 ? price_parts[i] : kind->rules[i].name;
        key = add_part(key, i ? 1 : kind->prefix, find_member(root->child, name)->valuestring);
    }
}

static bool read_kind(const cJSON *root, catalogue_line *out, char *detail)
{
    const cJSON *kind = find_member(root->child, "kind");
    const char *word = cJSON_GetStringValue(kind);
    if (!word)
        return refuse(detail, "kind is missing or not a text.");
    for (int i = CATALOGUE_HEAD; i < CATALOGUE_KINDS && !out->kind; i++)
        if (strcmp(kinds[i].word, word) == 0)
            out->kind = (catalogue_kind)i;
    if (!out->kind)
        return refuse(detail, "The kind \"%.60s\" is not known.", word);
    return is_twice(kind) ? refuse(detail, "kind is there twice.") : true;
}

static bool check_secrets(const cJSON *root, char *detail)
{
    static const char *const secrets[] = {"password", "pin", "card", "secret", "hash", "token"};
    const cJSON *member;
    cJSON_ArrayForEach(member, root) for (size_t i = 0; i < COUNT(secrets);
                                          i++) if (strcasecmp(member->string, secrets[i]) ==
                                                   0) return refuse(detail, "A user must not carry a %s.", secrets[i]);
    return true;
}

static bool read_object(const cJSON *root, catalogue_line *out, char *detail)
{
    if (!cJSON_IsObject(root))
        return refuse(detail, "The line is not a JSON object.");
    if (!read_kind(root, out, detail))
        return false;
    const struct kind_row *kind = &kinds[out->kind];
    for (size_t i = 0; i < kind->count; i++)
        if (!read_member(root, &kind->rules[i], out, detail))
            return false;
    make_key(root, kind, out->key);
    return out->kind == CATALOGUE_USER ? check_secrets(root, detail) : true;
}

bool catalogue_line_read(const char *text, size_t text_bytes, catalogue_line *out, char detail[CATALOGUE_DETAIL_SIZE])
{
    const char *wrong = NULL;
    size_t at = 0;
    memset(out, 0, sizeof *out);
    out->text = text;
    out->text_bytes = text_bytes;
    if (text_bytes > CATALOGUE_LINE_BYTES_MAX)
        return refuse(detail, "The line has more than 16384 bytes.");
    cJSON *root = json_parse(text, text_bytes, &wrong, &at);
    if (!root)
        return refuse(detail, "Not a JSON object: %s at byte %zu.", wrong, at);
    bool good = read_object(root, out, detail);
    cJSON_Delete(root);
    return good;
}

catalogue_kind catalogue_kind_of(const char *key, size_t key_bytes)
{
    if (key_bytes == 0 || key[0] < '0' || key[0] > '7')
        return 0;
    if (key[0] == '7')
        return memchr(key, 1, key_bytes) ? CATALOGUE_PRICE : CATALOGUE_ITEM;
    return (catalogue_kind)(CATALOGUE_HEAD + key[0] - '0');
}

size_t catalogue_item_part(const char *key, size_t key_bytes)
{
    const char *end = memchr(key, 1, key_bytes);
    return end ? (size_t)(end - key) : key_bytes;
}

void catalogue_describe(const char *key, char *out, size_t out_size)
{
    size_t bytes = strlen(key);
    catalogue_kind kind = catalogue_kind_of(key, bytes);
    const char *word = kind ? kinds[kind].word : "line";
    size_t used = (size_t)snprintf(out, out_size, bytes > 1 ? "%s \"%s" : "%s", word, bytes > 1 ? key + 1 : "");
    if (used >= out_size)
        return;
    for (char *at = out; *at; at++)
        if (*at == 1)
            *at = '/';
    if (bytes > 1)
        snprintf(out + used, out_size - used, "\"");
}
