/* SPDX-License-Identifier: Apache-2.0 */
/* json_check.h - is this strict JSON (RFC 8259, UTF-8), fit to be parsed and kept? */
#ifndef CLOUD_JSON_CHECK_H
#define CLOUD_JSON_CHECK_H

#include <stddef.h>

#define JSON_DEPTH_MAX 64

/*
 * NULL if `text` is one JSON value and nothing else but white space. Otherwise why not, in English, with the byte
 * offset in *at. Beyond RFC 8259 it refuses \u0000 (text that C, SQL and others cut short), a lone surrogate, and nesting deeper
 * than JSON_DEPTH_MAX.
 */
const char *json_check(const char *text, size_t length, size_t *at);

#endif
