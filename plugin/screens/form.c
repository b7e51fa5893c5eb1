/* SPDX-License-Identifier: Apache-2.0 */
/* screens/form.c - reads and checks what was typed. Only what cannot be right anywhere is refused here: the cloud has
 * the last word on the rest, and its words come back beside the same fields. */
#include "screens/form.h"

#include <string.h>

const char *form_get(const form *f, const char *widget)
{
    for (uint32_t i = 0; i < f->count; i++)
        if (strcmp(f->values[i].widget, widget) == 0)
            return f->values[i].text;
    return "";
}

bool form_is_on(const form *f, const char *widget)
{
    return strcmp(form_get(f, widget), "1") == 0;
}

/* Bytes of one UTF-8 character; 0: it is none (overlong, surrogate, cut). */
static size_t measure_char(const unsigned char *p)
{
    if (p[0] < 0x80)
        return 1;
    size_t length = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
        (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return length;
}

/* Characters of a text; -1: it is not UTF-8. */
static int count_chars(const char *text)
{
    int count = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p; count++) {
        size_t length = measure_char(p);
        if (length == 0)
            return -1;
        p += length;
    }
    return count;
}

static const char *read_value(form *f, const pos_event *event, uint32_t index)
{
    const unsigned char *at = (const unsigned char *)event->values + (size_t)index * event->value_stride;
    pos_value value;
    memcpy(&value, at, sizeof value);
    if (value.struct_size < sizeof value)
        return "pos_value.struct_size is smaller than the struct";
    if (!value.widget || !value.text)
        return "pos_value.widget or .text is NULL";
    if (value.size_bytes > FORM_TEXT_MAX || strnlen(value.widget, 200) == 200)
        return "pos_value.text is longer than 4096 bytes, or .widget than 199";
    if (strnlen(value.text, value.size_bytes + (size_t)1) != value.size_bytes)
        return "pos_value.text is not as long as size_bytes, or not terminated";
    if (count_chars(value.text) < 0)
        return "pos_value.text is not UTF-8";
    f->values[index].widget = value.widget;
    f->values[index].text = value.text;
    return NULL;
}

const char *form_read_event(form *f, const pos_event *event)
{
    f->count = 0;
    if (event->value_count == 0)
        return NULL;
    if (event->value_count > FORM_VALUES_MAX)
        return "pos_event.value_count is more than 64";
    if (!event->values)
        return "pos_event.values is NULL although value_count is not 0";
    if (event->value_stride < sizeof(pos_value))
        return "pos_event.value_stride is smaller than pos_value";
    for (uint32_t i = 0; i < event->value_count; i++) {
        const char *broken = read_value(f, event, i);
        if (broken)
            return broken;
    }
    f->count = event->value_count;
    return NULL;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

/* One @ with something on both sides, printable ASCII, no spaces: as the cloud sees it. */
static bool is_email(const char *text)
{
    const char *at = strchr(text, '@');
    if (!at || at == text || at[1] == '\0' || strchr(at + 1, '@'))
        return false;
    for (; *text; text++)
        if (*text <= 0x20 || *text >= 0x7f)
            return false;
    return true;
}

static bool make_capitals(char *text, size_t letters)
{
    if (strlen(text) != letters)
        return false;
    for (; *text; text++) {
        if (*text >= 'a' && *text <= 'z')
            *text = (char)(*text - 'a' + 'A');
        if (*text < 'A' || *text > 'Z')
            return false;
    }
    return true;
}

static bool make_code(char *text)
{
    size_t digits = 0;
    for (const char *p = text; *p; p++) {
        if (*p == ' ' || *p == '-')
            continue;
        if (*p < '0' || *p > '9')
            return false;
        text[digits++] = *p;
    }
    text[digits] = '\0';
    return digits == FORM_CODE_DIGITS;
}

/* A name that this machine's database lacks is refused only where there is a database to ask. */
static bool is_time_zone(const char *text)
{
    if (!zone_name_is_valid(text))
        return false;
    zone *asked = zone_load(text), *utc = zone_load("UTC");
    bool fine = asked || !utc;
    zone_free(asked);
    zone_free(utc);
    return fine;
}

static text_id find_fault(form_rule rule, char *text)
{
    if (*text == '\0')
        return rule == FORM_OPTIONAL ? TEXT_NONE : TEXT_FIELD_REQUIRED;
    switch (rule) {
    case FORM_EMAIL:
        return is_email(text) ? TEXT_NONE : TEXT_FIELD_EMAIL;
    case FORM_CODE:
        return make_code(text) ? TEXT_NONE : TEXT_FIELD_CODE;
    case FORM_COUNTRY:
        return make_capitals(text, 2) ? TEXT_NONE : TEXT_FIELD_COUNTRY;
    case FORM_CURRENCY:
        return make_capitals(text, 3) ? TEXT_NONE : TEXT_FIELD_CURRENCY;
    case FORM_TIME_ZONE:
        return is_time_zone(text) ? TEXT_NONE : TEXT_FIELD_TIME_ZONE;
    case FORM_OPTIONAL:
    case FORM_REQUIRED:
        break;
    }
    return TEXT_NONE;
}

/* Where the right length is known, it is better to say that one. */
static text_id find_length_fault(form_rule rule)
{
    return rule == FORM_CODE       ? TEXT_FIELD_CODE
           : rule == FORM_COUNTRY  ? TEXT_FIELD_COUNTRY
           : rule == FORM_CURRENCY ? TEXT_FIELD_CURRENCY
                                   : TEXT_FIELD_TOO_LONG;
}

bool form_take(screens *s, const form *f, const char *widget, form_rule rule, char *out, size_t capacity)
{
    const char *text = form_get(f, widget);
    while (is_space(*text))
        text++;
    size_t length = strlen(text);
    while (length > 0 && is_space(text[length - 1]))
        length--;
    out[0] = '\0';
    if (length >= capacity) {
        page_error_at(s, widget, find_length_fault(rule), NULL);
        return false;
    }
    memcpy(out, text, length);
    out[length] = '\0';
    bool is_name = rule == FORM_OPTIONAL || rule == FORM_REQUIRED;
    if (is_name && (size_t)count_chars(out) > (capacity - 1) / FORM_CHAR_BYTES) {
        out[0] = '\0';
        page_error_at(s, widget, TEXT_FIELD_TOO_LONG, NULL);
        return false;
    }
    text_id fault = has_control(out) ? TEXT_FIELD_INVALID : find_fault(rule, out);
    if (fault == TEXT_NONE)
        return true;
    out[0] = '\0';
    page_error_at(s, widget, fault, NULL);
    return false;
}

const char *form_take_password(screens *s, const form *f)
{
    const char *password = form_get(f, "password");
    if (*password && count_chars(password) <= FORM_PASSWORD_MAX_CHARS)
        return password;
    page_error_at(s, "password", *password ? TEXT_FIELD_TOO_LONG : TEXT_FIELD_REQUIRED, NULL);
    return NULL;
}

const char *form_take_new_password(screens *s, const form *f)
{
    const char *password = form_take_password(s, f);
    if (!password)
        return NULL;
    if (count_chars(password) < FORM_PASSWORD_MIN_CHARS) {
        page_error_at(s, "password", TEXT_FIELD_PASSWORD_SHORT, "10");
        return NULL;
    }
    if (strcmp(password, form_get(f, "password_again")) != 0) {
        page_error_at(s, "password_again", TEXT_FIELD_PASSWORD_DIFFERS, NULL);
        return NULL;
    }
    return password;
}
