/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a page: the buffer, the escaping, and the words.
 */
#include "page.h"
#include "page_format.h"
#include "problem.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(page *self, const char *bytes, size_t length)
{
    if (self->failed)
        return;
    if (self->length + length + 1 > self->room) {
        size_t room = (self->length + length + 1) * 2 + 8192;
        char *grown = realloc(self->bytes, room);
        if (!grown) {
            self->failed = true;
            return;
        }
        self->bytes = grown;
        self->room = room;
    }
    memcpy(self->bytes + self->length, bytes, length);
    self->length += length;
    self->bytes[self->length] = 0;
}

void page_raw(page *self, const char *markup)
{
    append(self, markup, strlen(markup));
}

void page_rawf(page *self, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof text)
        self->failed = true;
    else
        append(self, text, (size_t)length);
}

/* Bytes of the valid character of UTF-8 at `at`, at least two; 0: it is none. */
static size_t measure_character(const unsigned char *at)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    unsigned value = at[0] & (0xffu >> (length + 1));
    if (at[0] < 0xc2 || at[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3fu);
    }
    return value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff) ? 0 : length;
}

static const char *escape_of(unsigned char byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f ? "\xef\xbf\xbd" : NULL;
    }
}

void page_text(page *self, const char *text)
{
    while (*text) {
        const char *escape = escape_of((unsigned char)*text);
        size_t length = 1;
        if ((unsigned char)*text >= 0x80 && (length = measure_character((const unsigned char *)text)) == 0) {
            escape = "\xef\xbf\xbd";
            length = 1;
        }
        if (escape)
            append(self, escape, strlen(escape));
        else
            append(self, text, length);
        text += length;
    }
}

void page_say(page *self, page_text_id id)
{
    page_text(self, page_words(self->language, id));
}

void page_say_with(page *self, page_text_id id, const char *first, const char *second, const char *third)
{
    char text[2048];
    page_text(self, page_compose(self->language, id, text, sizeof text, first, second, third));
}

void page_say_count(page *self, page_text_id id, int64_t number, const char *second)
{
    char text[PAGE_FORMAT_SIZE];
    page_say_with(self, page_plural(id, number), page_format_number(self->language, number, text), second, NULL);
}

void page_number(page *self, int64_t number)
{
    char text[PAGE_FORMAT_SIZE];
    page_text(self, page_format_number(self->language, number, text));
}

void page_money(page *self, int64_t minor, const char *currency)
{
    char text[PAGE_FORMAT_SIZE];
    page_text(self, page_format_money(self->language, minor, currency, text));
}

void page_date(page *self, const char *business_date)
{
    char text[PAGE_FORMAT_SIZE];
    page_text(self, page_format_date(self->language, business_date, text));
}

void page_moment(page *self, int64_t at_ms)
{
    char text[PAGE_FORMAT_SIZE];
    page_text(self, page_format_moment(self->language, &self->zone, at_ms, text));
}

void page_notice(page *self, const char *kind, page_text_id id)
{
    page_raw(self, "<p class=\"notice ");
    page_raw(self, kind);
    page_raw(self, "\" role=\"status\">");
    page_say(self, id);
    page_raw(self, "</p>\n");
}

void page_redirect(response *answer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(answer->location, sizeof answer->location, format, arguments);
    va_end(arguments);
    answer->status = 303;
}

void page_drop(page *self)
{
    if (self->bytes)
        sodium_memzero(self->bytes, self->room); /* it may hold a code */
    free(self->bytes);
    self->bytes = NULL;
    self->length = self->room = 0;
}
