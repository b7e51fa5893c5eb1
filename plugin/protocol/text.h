/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/text.h - is this text what the contract allows? On bytes alone, without JSON. */
#ifndef PROTOCOL_TEXT_H
#define PROTOCOL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool text_is_utf8(const void *bytes, size_t size_bytes);
/* Of valid UTF-8: the longest part of at most `most` bytes that ends between two characters. */
size_t text_cut(const char *text, size_t most);
/* Of valid UTF-8: C0, C1 and DEL, which a terminal or a log may obey. */
bool text_has_controls(const char *text);
void text_blank_controls(char *text);

bool text_is_id(const char *text);
bool text_is_visible_ascii(const char *text);
bool text_is_capitals(const char *text, size_t length);
bool text_is_hex(const char *text, size_t length);
bool text_is_date(const char *text);                                /* YYYY-MM-DD, and a day that exists */
bool text_read_hex(const char *text, uint8_t *to, size_t to_bytes); /* exactly 2 * to_bytes lower-case digits */

#endif
