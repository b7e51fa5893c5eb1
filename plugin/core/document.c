/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/document.c - checks a document in one pass over its bytes.
 *
 * Not cJSON: this runs inside the host's daily close, where building a tree of a 90 KB report costs more than storing
 * it; and cJSON takes invalid UTF-8 and text after the end, and rounds numbers beyond 2^53 without a word.
 */
#include "core/document.h"

#include <endian.h>
#include <stdbool.h>
#include <string.h>

#define EXPONENT_LEAST 300                          /* a double goes down to 1e-308 */
#define EIGHT          UINT64_C(0x0101010101010101) /* times a byte: eight of it */
#define TOP_BITS       (EIGHT * 0x80)
#define SAFE_DIGITS    15 /* so many are below 2^53, whichever they are */

typedef struct scanner {
    const uint8_t *at, *start, *end;
    const char *fault;
} scanner;

static bool fail(scanner *s, const char *fault)
{
    if (!s->fault)
        s->fault = fault;
    return false;
}

static void skip_space(scanner *s)
{
    const uint8_t *at = s->at;
    while (at < s->end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    s->at = at;
}

/*
 * Strings and digits are most of a document, and this runs in the daily close: so eight bytes at a time. A byte that ends
 * the run has its top bit set by a subtraction or an addition. What that borrows or carries spoils later bytes only, and
 * the first is what is asked for.
 */
static uint64_t load_eight(const uint8_t *at)
{
    uint64_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    return le64toh(bytes); /* the first is the lowest */
}

static const uint8_t *first_of(const uint8_t *at, uint64_t marked)
{
    return at + __builtin_ctzll(marked) / 8;
}

/* To the first byte that is a quote, a backslash, a control character or no ASCII. */
static const uint8_t *skip_plain(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t bytes = load_eight(at);
        uint64_t special =
            bytes | (bytes - EIGHT * 0x20) | ((bytes ^ EIGHT * '"') - EIGHT) | ((bytes ^ EIGHT * '\\') - EIGHT);
        if (special & TOP_BITS)
            return first_of(at, special & TOP_BITS);
    }
    while (at < end && *at >= 0x20 && *at < 0x80 && *at != '"' && *at != '\\')
        at++;
    return at;
}

static const uint8_t *skip_digits(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t values = load_eight(at) ^ EIGHT * '0';
        uint64_t others = values | (values + EIGHT * (0x80 - 10));
        if (others & TOP_BITS)
            return first_of(at, others & TOP_BITS);
    }
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* One UTF-8 sequence of two to four bytes: shortest form, no surrogates, up to U+10FFFF. */
static bool scan_multibyte(scanner *s)
{
    size_t left = (size_t)(s->end - s->at);
    uint8_t a = s->at[0];
    size_t length = a >= 0xF0 ? 4 : a >= 0xE0 ? 3 : 2;
    if (a < 0xC2 || a > 0xF4 || left < length)
        return fail(s, "invalid-utf8");
    uint8_t low = a == 0xE0 ? 0xA0 : a == 0xF0 ? 0x90 : 0x80;
    uint8_t high = a == 0xED ? 0x9F : a == 0xF4 ? 0x8F : 0xBF;
    if (s->at[1] < low || s->at[1] > high)
        return fail(s, "invalid-utf8");
    for (size_t i = 2; i < length; i++) {
        if ((s->at[i] & 0xC0) != 0x80)
            return fail(s, "invalid-utf8");
    }
    s->at += length;
    return true;
}

static bool is_hex(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The four digits of \uXXXX, after the u. */
static bool scan_unit(scanner *s, unsigned *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++, s->at++) {
        if (s->at == s->end || !is_hex(*s->at))
            return fail(s, "invalid-json");
        unsigned digit = *s->at <= '9' ? *s->at - (unsigned)'0' : (*s->at | 0x20u) - (unsigned)'a' + 10u;
        *unit = *unit << 4 | digit;
    }
    return true;
}

/* As the cloud has it: no \u0000, which cuts a text short for many a reader, and no half of a surrogate pair, which is
 * no character. */
static bool scan_unicode(scanner *s)
{
    unsigned unit;
    if (!scan_unit(s, &unit))
        return false;
    if (unit == 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
        return fail(s, "invalid-json");
    if (unit < 0xD800 || unit > 0xDBFF)
        return true;
    if (s->end - s->at < 2 || s->at[0] != '\\' || s->at[1] != 'u')
        return fail(s, "invalid-json");
    s->at += 2;
    if (!scan_unit(s, &unit))
        return false;
    if (unit < 0xDC00 || unit > 0xDFFF)
        return fail(s, "invalid-json");
    return true;
}

static bool scan_escape(scanner *s)
{
    if (s->end - s->at < 2)
        return fail(s, "invalid-json");
    uint8_t c = s->at[1];
    s->at += 2;
    if (c == 'u')
        return scan_unicode(s);
    if (!c || !strchr("\"\\/bfnrt", c))
        return fail(s, "invalid-json");
    return true;
}

static bool scan_string(scanner *s)
{
    s->at++;
    while ((s->at = skip_plain(s->at, s->end)) < s->end) {
        uint8_t c = *s->at;
        if (c == '"') {
            s->at++;
            return true;
        }
        if (c < 0x20)
            return fail(s, "invalid-json");
        if (c == '\\' ? !scan_escape(s) : !scan_multibyte(s))
            return false;
    }
    return fail(s, "invalid-json");
}

/* At least one. */
static bool scan_digits(scanner *s)
{
    const uint8_t *from = s->at;
    s->at = skip_digits(from, s->end);
    if (s->at == from)
        return fail(s, "invalid-json");
    return true;
}

/* Of the digits up to `to`; stops counting once it is past 2^53. */
static uint64_t value_of(const uint8_t *from, const uint8_t *to)
{
    uint64_t value = 0;
    for (; from < to && value <= UINT64_C(1) << 53; from++)
        value = value * 10 + (uint64_t)(*from - '0');
    return value;
}

/* After 'e' or 'E'. `bound`: the number without its exponent, rounded up. */
static bool scan_exponent(scanner *s, uint64_t bound)
{
    s->at++;
    bool negative = s->at < s->end && *s->at == '-';
    if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
        s->at++;
    const uint8_t *digits = s->at;
    if (!scan_digits(s))
        return false;
    uint64_t exponent = value_of(digits, s->at);
    if (negative && exponent > EXPONENT_LEAST)
        return fail(s, "number-range");
    if (negative)
        return true;
    for (uint64_t i = 0; i < exponent && bound > 0; i++) {
        bound *= 10;
        if (bound >= UINT64_C(1) << 53)
            return fail(s, "number-range");
    }
    return true;
}

/* Numbers must survive a reader that works in doubles: below 2^53, also with an exponent. Fractions are no money and
 * only checked for form. */
static bool scan_number(scanner *s)
{
    if (*s->at == '-')
        s->at++;
    const uint8_t *digits = s->at;
    if (!scan_digits(s))
        return false;
    const uint8_t *whole_to = s->at, *fraction = s->at;
    if (*digits == '0' && whole_to - digits > 1)
        return fail(s, "invalid-json");
    if (whole_to - digits > SAFE_DIGITS && value_of(digits, whole_to) >= UINT64_C(1) << 53)
        return fail(s, "number-range");
    if (s->at < s->end && *s->at == '.') {
        fraction = ++s->at;
        if (!scan_digits(s))
            return false;
    }
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E'))
        return scan_exponent(s, value_of(digits, whole_to) + (value_of(fraction, s->at) > 0 ? 1 : 0));
    return true;
}

static bool scan_word(scanner *s, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(s->end - s->at) < length || memcmp(s->at, word, length) != 0)
        return fail(s, "invalid-json");
    s->at += length;
    return true;
}

static bool scan_scalar(scanner *s)
{
    switch (*s->at) {
    case '"':
        return scan_string(s);
    case 't':
        return scan_word(s, "true");
    case 'f':
        return scan_word(s, "false");
    case 'n':
        return scan_word(s, "null");
    default:
        if (*s->at == '-' || (*s->at >= '0' && *s->at <= '9'))
            return scan_number(s);
        return fail(s, "invalid-json");
    }
}

/* After '{' or ',' in an object: a name and its colon. */
static bool scan_name(scanner *s)
{
    skip_space(s);
    if (s->at == s->end || *s->at != '"' || !scan_string(s))
        return fail(s, "invalid-json");
    skip_space(s);
    if (s->at == s->end || *s->at != ':')
        return fail(s, "invalid-json");
    s->at++;
    return true;
}

/* A container was opened: notes it, and reads the first name of an object. *empty: it was closed at once. */
static bool open_container(scanner *s, uint8_t *closers, int *depth, bool *empty)
{
    if (*depth == DOCUMENT_DEPTH_MAX)
        return fail(s, "too-deep");
    uint8_t closer = *s->at == '{' ? '}' : ']';
    s->at++;
    skip_space(s);
    *empty = s->at < s->end && *s->at == closer;
    if (*empty) {
        s->at++;
        return true;
    }
    closers[(*depth)++] = closer;
    return closer == ']' || scan_name(s);
}

/* After a value: closes what ends here and reads up to the next value. False: the document ended or is faulty. */
static bool next_value(scanner *s, const uint8_t *closers, int *depth)
{
    while (*depth > 0) {
        skip_space(s);
        if (s->at == s->end)
            return fail(s, "invalid-json");
        uint8_t closer = closers[*depth - 1];
        if (*s->at == ',') {
            s->at++;
            return closer == ']' || scan_name(s);
        }
        if (*s->at != closer)
            return fail(s, "invalid-json");
        s->at++;
        (*depth)--;
    }
    return false;
}

static void scan_document(scanner *s)
{
    uint8_t closers[DOCUMENT_DEPTH_MAX];
    int depth = 0;
    skip_space(s);
    if (s->at == s->end || *s->at != '{') {
        fail(s, "invalid-json");
        return;
    }
    do {
        bool value_is_whole = true;
        skip_space(s);
        if (s->at == s->end) {
            fail(s, "invalid-json");
        } else if (*s->at == '{' || *s->at == '[') {
            bool empty = false;
            if (!open_container(s, closers, &depth, &empty))
                return;
            value_is_whole = empty;
        } else {
            scan_scalar(s);
        }
        if (s->fault)
            return;
        if (!value_is_whole)
            continue;
        if (!next_value(s, closers, &depth))
            break;
    } while (true);
    skip_space(s);
    if (!s->fault && s->at != s->end)
        fail(s, "invalid-json");
}

document_fault document_check(const void *bytes, size_t size_bytes)
{
    if (size_bytes == 0)
        return (document_fault){"empty", 0};
    scanner s = {.at = bytes, .start = bytes, .end = (const uint8_t *)bytes + size_bytes};
    scan_document(&s);
    return (document_fault){s.fault, (size_t)(s.at - s.start)};
}
