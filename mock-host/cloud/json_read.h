/* SPDX-License-Identifier: Apache-2.0 */
/* json_read.h - reading members of parsed JSON with their limits, shared by everything that takes JSON in. */
#ifndef CLOUD_JSON_READ_H
#define CLOUD_JSON_READ_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_INT_MAX 9007199254740991LL /* 2^53-1 */

/* json_check() and then cJSON; NULL, and why and where, if it is not strict JSON. cJSON_Delete() it. */
cJSON *json_parse(const char *text, size_t length, const char **wrong, size_t *at);

/* A member by its exact name; NULL if it is absent or null. */
const cJSON *json_member(const cJSON *object, const char *name);

/* An integer within the limits (12.0 is 12, as in JSON Schema). */
bool json_is_int(const cJSON *value, int64_t min, int64_t max);
bool json_int(const cJSON *object, const char *name, int64_t min, int64_t max, int64_t *out);

/* A string of min..max bytes, without control characters, into a buffer of max + 1. */
bool json_text(const cJSON *object, const char *name, size_t min_bytes, size_t max_bytes, char *out);

/* The letters A-Z, exactly `length` of them? */
bool json_is_capitals(const char *text, size_t length);
/* YYYY-MM-DD, and a day that exists? */
bool json_is_date(const char *text);
/* C0, DEL and C1; of valid UTF-8. */
bool json_has_control(const char *text);
/* Characters (code points) of valid UTF-8. */
size_t json_count_characters(const char *text);

#endif
