/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small checks on text that several parts of libposhost share: one place decides what UTF-8, a date and a currency are,
 * so that the guard and the report builder cannot disagree.
 */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void poshost_text_format(char *out, size_t capacity_bytes, const char *format, ...)
{
    if (out == NULL || capacity_bytes == 0)
        return;
    va_list args;
    va_start(args, format);
    int length = vsnprintf(out, capacity_bytes, format, args);
    va_end(args);
    if (length < 0) {
        out[0] = '\0';
        return;
    }
    if ((size_t)length < capacity_bytes)
        return;
    /* Cut: do not leave half a character behind. */
    size_t end = capacity_bytes - 1;
    size_t start = end;
    while (start > 0 && ((unsigned char)out[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 && !poshost_text_is_utf8(out + start - 1, end - (start - 1)))
        out[start - 1] = '\0';
}

/* Bytes of the well-formed character at `s`, or 0. */
static size_t character_size(const unsigned char *s, size_t left)
{
    if (s[0] < 0x80)
        return 1;
    size_t size = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || left < size)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    }
    /* Overlong forms, surrogates, beyond U+10FFFF: told by the second byte. */
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) || (s[0] == 0xF0 && s[1] < 0x90) ||
        (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return size;
}

/* Eight at a time: most texts are ASCII all through. */
static size_t ascii_size(const unsigned char *s, size_t left)
{
    uint64_t eight;
    size_t size = 0;
    for (; left - size >= sizeof eight; size += sizeof eight) {
        memcpy(&eight, s + size, sizeof eight);
        if ((eight & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    return size;
}

int poshost_text_is_utf8(const char *text, size_t size_bytes)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t at = 0;
    while (at < size_bytes) {
        size_t size = ascii_size(s + at, size_bytes - at);
        if (size == 0)
            size = character_size(s + at, size_bytes - at);
        if (size == 0)
            return 0;
        at += size;
    }
    return 1;
}

uint32_t poshost_text_count_characters(const char *text, size_t size_bytes)
{
    uint32_t count = 0;
    for (size_t i = 0; i < size_bytes; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

static int digits(const char *text, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

int poshost_text_is_date(const char *text)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (text == NULL || strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return 0;
    int year = digits(text, 4);
    int month = digits(text + 5, 2);
    int day = digits(text + 8, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1)
        return 0;
    int leap = month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0);
    return day <= days[month - 1] + leap;
}

int poshost_text_is_currency(const char *text)
{
    if (text == NULL || strlen(text) != 3)
        return 0;
    for (int i = 0; i < 3; i++) {
        if (text[i] < 'A' || text[i] > 'Z')
            return 0;
    }
    return 1;
}
