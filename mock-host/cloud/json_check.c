/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A strict JSON checker. cJSON, which parses afterwards, is lenient: it takes invalid UTF-8, raw control characters,
 * numbers such as 01, and recurses. What is kept for years and read by other programs should be right, so this looks first.
 * No recursion: the open brackets are a bit each in a small array.
 */
#include "json_check.h"

#include <stdbool.h>
#include <string.h>

typedef struct scanner {
    const unsigned char *text;
    size_t length;
    size_t at;
    size_t depth;
    bool object[JSON_DEPTH_MAX]; /* else an array */
} scanner;

static int peek(const scanner *self)
{
    return self->at < self->length ? self->text[self->at] : -1;
}

static void skip_space(scanner *self)
{
    for (; self->at < self->length; self->at++) {
        unsigned char byte = self->text[self->at];
        if (byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n')
            return;
    }
}

static bool is_digit(int byte)
{
    return byte >= '0' && byte <= '9';
}

static bool skip_digits(scanner *self)
{
    if (!is_digit(peek(self)))
        return false;
    while (is_digit(peek(self)))
        self->at++;
    return true;
}

static const char *scan_number(scanner *self)
{
    static const char wrong[] = "not a JSON number";
    if (peek(self) == '-')
        self->at++;
    if (peek(self) == '0')
        self->at++;
    else if (!skip_digits(self))
        return wrong;
    if (peek(self) == '.') {
        self->at++;
        if (!skip_digits(self))
            return wrong;
    }
    if (peek(self) == 'e' || peek(self) == 'E') {
        self->at++;
        if (peek(self) == '+' || peek(self) == '-')
            self->at++;
        if (!skip_digits(self))
            return wrong;
    }
    return NULL;
}

/* Length of the UTF-8 sequence at `at`, 0 if it is not one (overlong, surrogate, beyond U+10FFFF, cut off). */
static size_t utf8_length(const scanner *self)
{
    const unsigned char *byte = self->text + self->at;
    size_t left = self->length - self->at;
    size_t need = byte[0] < 0x80   ? 1
                  : byte[0] < 0xc2 ? 0
                  : byte[0] < 0xe0 ? 2
                  : byte[0] < 0xf0 ? 3
                  : byte[0] < 0xf5 ? 4
                                   : 0;
    if (need == 0 || need > left)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
    if (need == 3 && ((byte[0] == 0xe0 && byte[1] < 0xa0) || (byte[0] == 0xed && byte[1] > 0x9f)))
        return 0;
    if (need == 4 && ((byte[0] == 0xf0 && byte[1] < 0x90) || (byte[0] == 0xf4 && byte[1] > 0x8f)))
        return 0;
    return need;
}

/* The four digits of \uXXXX; -1 if they are not. */
static long scan_hex4(scanner *self)
{
    long value = 0;
    for (int i = 0; i < 4; i++, self->at++) {
        int byte = peek(self);
        if (is_digit(byte))
            value = value * 16 + (byte - '0');
        else if (byte >= 'a' && byte <= 'f')
            value = value * 16 + (byte - 'a' + 10);
        else if (byte >= 'A' && byte <= 'F')
            value = value * 16 + (byte - 'A' + 10);
        else
            return -1;
    }
    return value;
}

static const char *scan_escape(scanner *self)
{
    int byte = peek(self);
    if (byte > 0 && strchr("\"\\/bfnrt", byte)) {
        self->at++;
        return NULL;
    }
    if (byte != 'u')
        return "not a JSON escape";
    self->at++;
    long unit = scan_hex4(self);
    if (unit < 0)
        return "not four hexadecimal digits after \\u";
    if (unit == 0)
        return "\\u0000 is not taken";
    if (unit >= 0xdc00 && unit <= 0xdfff)
        return "a lone surrogate";
    if (unit >= 0xd800 && unit <= 0xdbff) {
        if (self->length - self->at < 2 || memcmp(self->text + self->at, "\\u", 2) != 0)
            return "a lone surrogate";
        self->at += 2;
        unit = scan_hex4(self);
        if (unit < 0xdc00 || unit > 0xdfff)
            return "a lone surrogate";
    }
    return NULL;
}

static const char *scan_string(scanner *self)
{
    self->at++; /* the opening quote */
    while (self->at < self->length) {
        const char *wrong = NULL;
        unsigned char byte = self->text[self->at];
        if (byte == '"') {
            self->at++;
            return NULL;
        }
        if (byte < 0x20)
            return "a control character in a string";
        if (byte < 0x80 && byte != '\\') {
            self->at++;
            continue;
        }
        if (byte == '\\') {
            self->at++;
            wrong = scan_escape(self);
        } else {
            size_t length = utf8_length(self);
            wrong = length ? NULL : "not UTF-8";
            self->at += length;
        }
        if (wrong)
            return wrong;
    }
    return "a string that does not end";
}

static const char *scan_word(scanner *self, const char *word)
{
    size_t length = strlen(word);
    if (self->length - self->at < length || memcmp(self->text + self->at, word, length) != 0)
        return "not a JSON value";
    self->at += length;
    return NULL;
}

static const char *scan_scalar(scanner *self)
{
    switch (peek(self)) {
    case '"':
        return scan_string(self);
    case 't':
        return scan_word(self, "true");
    case 'f':
        return scan_word(self, "false");
    case 'n':
        return scan_word(self, "null");
    case -1:
        return "ends too early";
    default:
        return scan_number(self);
    }
}

/* In an object: the name and the colon before a value. */
static const char *scan_name(scanner *self)
{
    skip_space(self);
    if (peek(self) != '"')
        return "a name in quotes is missing";
    const char *wrong = scan_string(self);
    if (wrong)
        return wrong;
    skip_space(self);
    if (peek(self) != ':')
        return "a colon is missing";
    self->at++;
    return NULL;
}

/* Opens what starts here. *closed: it was empty and is complete already. */
static const char *open_bracket(scanner *self, bool *closed)
{
    bool object = peek(self) == '{';
    if (self->depth == JSON_DEPTH_MAX)
        return "nested too deeply";
    self->object[self->depth++] = object;
    self->at++;
    skip_space(self);
    *closed = peek(self) == (object ? '}' : ']');
    if (*closed) {
        self->at++;
        self->depth--;
        return NULL;
    }
    return object ? scan_name(self) : NULL;
}

/* Behind a complete value: closes what ends here, up to the next value or the end of the outermost one. */
static const char *after_value(scanner *self)
{
    while (self->depth > 0) {
        bool object = self->object[self->depth - 1];
        skip_space(self);
        int byte = peek(self);
        if (byte == ',') {
            self->at++;
            return object ? scan_name(self) : NULL;
        }
        if (byte != (object ? '}' : ']'))
            return byte == -1 ? "ends too early" : "a comma or bracket is missing";
        self->at++;
        self->depth--;
    }
    return NULL;
}

const char *json_check(const char *text, size_t length, size_t *at)
{
    scanner self = {.text = (const unsigned char *)text, .length = length};
    const char *wrong = NULL;
    do {
        bool complete = true;
        skip_space(&self);
        if (peek(&self) == '{' || peek(&self) == '[')
            wrong = open_bracket(&self, &complete);
        else
            wrong = scan_scalar(&self);
        if (!wrong && complete)
            wrong = after_value(&self);
    } while (!wrong && self.depth > 0);
    skip_space(&self);
    if (!wrong && self.at < self.length)
        wrong = "something follows the JSON value";
    *at = self.at;
    return wrong;
}
