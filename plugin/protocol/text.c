/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol/text.c - the alphabets of the contract. Own code, because each is a few lines, the ones of the C library
 * follow the host's locale, and libsodium's take upper case as well.
 */
#include "protocol/text.h"

#include <string.h>

/* Length of the valid character at `at`, 0: none. No overlong forms, no surrogates, nothing above U+10FFFF. */
static size_t character_bytes(const uint8_t *at, size_t left)
{
    size_t length, i;
    uint8_t second_least = 0x80, second_most = 0xbf;

    if (at[0] < 0x80)
        return 1;
    if (at[0] >= 0xc2 && at[0] <= 0xdf)
        length = 2;
    else if (at[0] >= 0xe0 && at[0] <= 0xef)
        length = 3;
    else if (at[0] >= 0xf0 && at[0] <= 0xf4)
        length = 4;
    else
        return 0;
    if (at[0] == 0xe0)
        second_least = 0xa0;
    else if (at[0] == 0xed)
        second_most = 0x9f;
    else if (at[0] == 0xf0)
        second_least = 0x90;
    else if (at[0] == 0xf4)
        second_most = 0x8f;
    if (left < length || at[1] < second_least || at[1] > second_most)
        return 0;
    for (i = 2; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    return length;
}

/* Eight at a time: most texts are ASCII all through. */
static size_t ascii_bytes(const uint8_t *at, size_t left)
{
    uint64_t eight;
    size_t length = 0;

    for (; left - length >= sizeof eight; length += sizeof eight) {
        memcpy(&eight, at + length, sizeof eight);
        if ((eight & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    return length;
}

bool text_is_utf8(const void *bytes, size_t size_bytes)
{
    const uint8_t *at = bytes;

    while (size_bytes > 0) {
        size_t length = ascii_bytes(at, size_bytes);
        if (length == 0)
            length = character_bytes(at, size_bytes);
        if (length == 0)
            return false;
        at += length;
        size_bytes -= length;
    }
    return true;
}

size_t text_cut(const char *text, size_t most)
{
    size_t length = strlen(text);

    if (length <= most)
        return length;
    for (length = most; length > 0 && ((uint8_t)text[length] & 0xc0) == 0x80;)
        length--;
    return length;
}

/* Bytes of the control character at `at`, 0: it is none. */
static size_t control_bytes(const char *at)
{
    uint8_t first = (uint8_t)at[0];

    if ((first < 0x20 && first != 0) || first == 0x7f)
        return 1;
    return first == 0xc2 && (uint8_t)at[1] >= 0x80 && (uint8_t)at[1] < 0xa0 ? 2 : 0;
}

bool text_has_controls(const char *text)
{
    for (; *text != '\0'; text++) {
        if (control_bytes(text) > 0)
            return true;
    }
    return false;
}

void text_blank_controls(char *text)
{
    while (*text != '\0') {
        size_t length = control_bytes(text);
        memset(text, ' ', length);
        text += length > 0 ? length : 1;
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

bool text_is_id(const char *text)
{
    const char *at;

    for (at = text; *at != '\0'; at++) {
        if (!is_digit(*at) && !is_capital(*at) && !(*at >= 'a' && *at <= 'z') && *at != '_' && *at != '-')
            return false;
    }
    return at != text;
}

bool text_is_visible_ascii(const char *text)
{
    const char *at;

    for (at = text; *at != '\0'; at++) {
        if ((uint8_t)*at <= 0x20 || (uint8_t)*at >= 0x7f)
            return false;
    }
    return at != text;
}

bool text_is_capitals(const char *text, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (!is_capital(text[i]))
            return false;
    }
    return text[length] == '\0';
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool text_is_hex(const char *text, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (hex_value(text[i]) < 0)
            return false;
    }
    return text[length] == '\0';
}

bool text_read_hex(const char *text, uint8_t *to, size_t to_bytes)
{
    size_t i;

    if (!text_is_hex(text, 2 * to_bytes))
        return false;
    for (i = 0; i < to_bytes; i++)
        to[i] = (uint8_t)(hex_value(text[2 * i]) * 16 + hex_value(text[2 * i + 1]));
    return true;
}

static int read_digits(const char *text, int count)
{
    int value = 0;

    while (count-- > 0)
        value = 10 * value + (*text++ - '0');
    return value;
}

bool text_is_date(const char *text)
{
    static const char shape[] = "dddd-dd-dd";
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day;
    size_t i;

    for (i = 0; shape[i] != '\0'; i++) {
        if (shape[i] == 'd' ? !is_digit(text[i]) : text[i] != shape[i])
            return false;
    }
    if (text[i] != '\0')
        return false;
    year = read_digits(text, 4);
    month = read_digits(text + 5, 2);
    day = read_digits(text + 8, 2);
    if (month == 2 && day == 29)
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}
