/* SPDX-License-Identifier: Apache-2.0 */
/* ident.h - random ids, tokens and codes, and the hashes that are kept of secrets. */
#ifndef CLOUD_IDENT_H
#define CLOUD_IDENT_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>

#define IDENT_ID_SIZE    65 /* the longest id of the contract and its zero */
#define IDENT_TOKEN_SIZE 64 /* prefix, 43 characters, zero, some room */
#define IDENT_HASH_BYTES 32
#define IDENT_HEX_SIZE   65
#define IDENT_CODE_SIZE  7

/* prefix (at most 8 bytes) and 128 random bits, base64url. */
void ident_make_id(const char *prefix, char id[IDENT_ID_SIZE]);

/* prefix and 256 random bits, base64url. The caller wipes it. */
void ident_make_token(const char *prefix, char token[IDENT_TOKEN_SIZE]);

/* Six random decimal digits. The caller wipes it. */
void ident_make_code(char code[IDENT_CODE_SIZE]);

void ident_hash(const void *bytes, size_t length, unsigned char hash[IDENT_HASH_BYTES]);
void ident_hash_text(const char *text, unsigned char hash[IDENT_HASH_BYTES]);
void ident_hash_hex(const void *bytes, size_t length, char hex[IDENT_HEX_SIZE]);

/* A hash of `text` keyed with `key`: of a code or a request body, which are guessable, hence never hashed bare. */
void ident_hash_keyed(const char *key, const void *bytes, size_t length, unsigned char hash[IDENT_HASH_BYTES]);

/* Exactly `digits` lower-case hexadecimal digits? */
bool ident_is_hex(const char *text, size_t digits);

/* 1 to 64 characters of [A-Za-z0-9_-]? */
bool ident_is_id(const char *text);

#endif
