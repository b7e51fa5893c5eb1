/* SPDX-License-Identifier: Apache-2.0 */
/* Small checks on text that several parts of libposhost share. Not part of its public face. */
#ifndef HOST_SDK_TEXT_H
#define HOST_SDK_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Writes into `out`, cut to fit between two UTF-8 characters and always terminated; nothing if there is no room. */
__attribute__((format(printf, 3, 4))) void poshost_text_format(char *out, size_t capacity_bytes, const char *format,
                                                               ...);

/* 1 for well-formed UTF-8 (no overlong forms, no surrogates, nothing beyond U+10FFFF), else 0. */
int poshost_text_is_utf8(const char *text, size_t size_bytes);

/* Characters (code points) of valid UTF-8. */
uint32_t poshost_text_count_characters(const char *text, size_t size_bytes);

/* 1 if `text` is a day that exists, "YYYY-MM-DD". NULL is not. */
int poshost_text_is_date(const char *text);

/* 1 if `text` is three capital letters. NULL is not. */
int poshost_text_is_currency(const char *text);

#endif
