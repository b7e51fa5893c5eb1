/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol/json.h - reading a stranger's JSON into structs, by tables of members.
 *
 * Strict about what the contract requires (presence, type, range, length, alphabet), silent about members that it does
 * not know: that is how the contract grows.
 */
#ifndef PROTOCOL_JSON_H
#define PROTOCOL_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_INTEGER_MAX 9007199254740991LL /* 2^53-1: doubles lose digits beyond */

/*
 * The whole text as one JSON value. NULL: not JSON, not UTF-8, holds U+0000 (it would cut a C string short), is nested
 * deeper than the contract's 64, has anything behind the value, or memory is out.
 */
cJSON *json_parse(const void *bytes, size_t size_bytes);
/* Wipes every string of the tree (a token may be among them) and frees it. NULL is fine. */
void json_free(cJSON *tree);

typedef enum json_kind {
    JSON_WORDS = 1, /* shown to people: control characters become spaces */
    JSON_LABEL,     /* UTF-8 without control characters, as it is, not empty */
    JSON_ID,        /* [A-Za-z0-9_-], not empty */
    JSON_ASCII,     /* visible ASCII, not empty */
    JSON_CAPITALS,  /* exactly size - 1 capital letters */
    JSON_HEX,       /* exactly size - 1 lower-case hex digits */
    JSON_HEX_BYTES, /* the same, read into size bytes */
    JSON_DATE,      /* YYYY-MM-DD */
    JSON_INT64,     /* from 0 to 2^53-1 */
    JSON_UINT31     /* from 0 to 2^31-1, into a uint32_t */
} json_kind;

typedef enum json_presence { JSON_REQUIRED = 1, JSON_NULLABLE } json_presence;

/* One member and where it goes. A text of `size` bytes includes its zero; longer ones are refused, never cut. */
typedef struct json_member {
    const char *name;
    size_t offset;
    size_t size;
    json_kind kind;
    json_presence presence; /* NULLABLE: null and absent read as zeros */
} json_member;

#define JSON_MEMBER(type, field, kind, presence)                                                                       \
    {                                                                                                                  \
#field, offsetof(type, field), sizeof(((type *)0)->field), kind, presence                                      \
    }

/* Fills `to` (zeroed by the caller). false: something is missing or not as it has to be. */
bool json_read(const cJSON *object, const json_member *members, size_t count, void *to);

/* An integral number between least and most. */
bool json_read_integer(const cJSON *value, int64_t least, int64_t most, int64_t *to);
/* Words for a log: cut at a character's boundary where they are too long. Not text: "". */
void json_read_cut(const cJSON *value, char *to, size_t size);

#endif
