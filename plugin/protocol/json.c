/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol/json.c - cJSON, with the gaps closed that matter for a stranger's text: cJSON takes any bytes for UTF-8,
 * turns \u0000 (and \u with anything but four digits) into the end of a string, takes raw control characters and numbers
 * such as 01, ignores what follows the value, nests a thousand deep and reads numbers into doubles. Its hooks and error pointer are the process's, shared with the host: neither is used.
 */
#include "protocol/json.h"
#include "protocol/text.h"

#include <sodium.h>
#include <string.h>

#define DEPTH_MAX 64

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(const char *text, size_t size)
{
    size_t count = 0;

    while (count < size && is_digit(text[count]))
        count++;
    return count;
}

/* Bytes of the number that begins here; 0: it is none of JSON's (01, 1., -.5, 1e). */
static size_t number_bytes(const char *text, size_t size)
{
    size_t at = text[0] == '-' ? 1 : 0;
    size_t digits = count_digits(text + at, size - at);

    if (digits == 0 || (digits > 1 && text[at] == '0'))
        return 0;
    at += digits;
    if (at < size && text[at] == '.') {
        digits = count_digits(text + at + 1, size - at - 1);
        if (digits == 0)
            return 0;
        at += 1 + digits;
    }
    if (at < size && (text[at] == 'e' || text[at] == 'E')) {
        at += at + 1 < size && (text[at + 1] == '+' || text[at + 1] == '-') ? 2 : 1;
        digits = count_digits(text + at, size - at);
        if (digits == 0)
            return 0;
        at += digits;
    }
    return at;
}

static bool are_hex(const char *text, size_t count)
{
    while (count-- > 0) {
        char low = (char)(*text | 0x20);
        if (!is_digit(*text) && !(low >= 'a' && low <= 'f'))
            return false;
        text++;
    }
    return true;
}

/* Bytes of the string that begins here with its quote; 0: it does not end, has a raw control character, or an escape that
 * cJSON would make U+0000 of: that, or one without four hex digits. */
static size_t string_bytes(const char *text, size_t size)
{
    size_t at;

    for (at = 1; at < size && (unsigned char)text[at] >= 0x20; at++) {
        if (text[at] == '"')
            return at + 1;
        if (text[at] != '\\')
            continue;
        at++; /* whatever is escaped ends no string */
        if (at == size || text[at] != 'u')
            continue;
        if (size - at <= 4 || !are_hex(text + at + 1, 4) || memcmp(text + at, "u0000", 5) == 0)
            return 0;
    }
    return 0;
}

/* One pass over the bytes before cJSON sees them: depth, strings, numbers, and nothing else than JSON has between them. */
static bool is_safe(const char *text, size_t size)
{
    size_t depth = 0, at = 0, length;

    while (at < size) {
        length = 1;
        if (text[at] == '"') {
            length = string_bytes(text + at, size - at);
        } else if (text[at] == '-' || is_digit(text[at])) {
            length = number_bytes(text + at, size - at);
            if (length > 0 && at + length < size && memchr(",]} \t\r\n", text[at + length], 7) == NULL)
                return false;
        } else if (text[at] == '{' || text[at] == '[') {
            depth++;
            if (depth > DEPTH_MAX)
                return false;
        } else if ((text[at] == '}' || text[at] == ']') && depth > 0) {
            depth--;
        } else if (text[at] != ',' && text[at] != ':' &&
                   memchr("}] \t\r\nabcdefghijklmnopqrstuvwxyz", text[at], 32) == NULL) {
            return false;
        }
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

cJSON *json_parse(const void *bytes, size_t size_bytes)
{
    const char *text = bytes;
    const char *end = NULL;
    cJSON *tree;

    if (text == NULL || size_bytes == 0 || !is_safe(text, size_bytes) || !text_is_utf8(text, size_bytes))
        return NULL;
    tree = cJSON_ParseWithLengthOpts(text, size_bytes, &end, 0);
    if (tree == NULL)
        return NULL;
    while (end < text + size_bytes && (*end == ' ' || *end == '\t' || *end == '\r' || *end == '\n'))
        end++;
    if (end != text + size_bytes) {
        json_free(tree);
        return NULL;
    }
    return tree;
}

/* Depth is bounded by json_parse. */
static void wipe(cJSON *tree)
{
    for (; tree != NULL; tree = tree->next) {
        if (tree->valuestring != NULL)
            sodium_memzero(tree->valuestring, strlen(tree->valuestring));
        wipe(tree->child);
    }
}

void json_free(cJSON *tree)
{
    wipe(tree);
    cJSON_Delete(tree);
}

bool json_read_integer(const cJSON *value, int64_t least, int64_t most, int64_t *to)
{
    double number;

    if (!cJSON_IsNumber(value))
        return false;
    number = value->valuedouble;
    /* Only then is the conversion defined; not-a-number fails here, too. */
    if (!(number >= -(double)JSON_INTEGER_MAX && number <= (double)JSON_INTEGER_MAX))
        return false;
    if ((double)(int64_t)number != number || (int64_t)number < least || (int64_t)number > most)
        return false;
    *to = (int64_t)number;
    return true;
}

void json_read_cut(const cJSON *value, char *to, size_t size)
{
    const char *text = cJSON_IsString(value) ? value->valuestring : "";
    size_t length = text_cut(text, size - 1);

    memcpy(to, text, length);
    to[length] = '\0';
    text_blank_controls(to);
}

static bool text_fits(const char *text, const json_member *member)
{
    switch (member->kind) {
    case JSON_WORDS:
        return true;
    case JSON_LABEL:
        return text[0] != '\0' && !text_has_controls(text);
    case JSON_ID:
        return text_is_id(text);
    case JSON_ASCII:
        return text_is_visible_ascii(text);
    case JSON_CAPITALS:
        return text_is_capitals(text, member->size - 1);
    case JSON_HEX:
        return text_is_hex(text, member->size - 1);
    default: /* JSON_DATE: numbers are read elsewhere */
        return text_is_date(text);
    }
}

static bool read_text(const cJSON *value, const json_member *member, char *to)
{
    size_t length;

    if (!cJSON_IsString(value))
        return false;
    if (member->kind == JSON_HEX_BYTES)
        return text_read_hex(value->valuestring, (uint8_t *)to, member->size);
    length = strlen(value->valuestring);
    if (length >= member->size || !text_fits(value->valuestring, member))
        return false;
    memcpy(to, value->valuestring, length + 1);
    if (member->kind == JSON_WORDS)
        text_blank_controls(to);
    return true;
}

static bool read_number(const cJSON *value, const json_member *member, char *to)
{
    int64_t number;
    uint32_t narrow;

    if (!json_read_integer(value, 0, member->kind == JSON_UINT31 ? INT32_MAX : JSON_INTEGER_MAX, &number))
        return false;
    narrow = (uint32_t)number;
    if (member->kind == JSON_UINT31)
        memcpy(to, &narrow, sizeof narrow);
    else
        memcpy(to, &number, sizeof number);
    return true;
}

bool json_read(const cJSON *object, const json_member *members, size_t count, void *to)
{
    size_t i;

    if (!cJSON_IsObject(object))
        return false;
    for (i = 0; i < count; i++) {
        const json_member *member = &members[i];
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, member->name);
        char *field = (char *)to + member->offset;
        bool number = member->kind == JSON_INT64 || member->kind == JSON_UINT31;

        if (member->presence == JSON_NULLABLE && (value == NULL || cJSON_IsNull(value)))
            continue;
        if (value == NULL || !(number ? read_number(value, member, field) : read_text(value, member, field)))
            return false;
    }
    return true;
}
