/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ids, tokens and codes come from libsodium's generator. What the database keeps of a secret is a hash: a plain one of
 * a token (256 random bits can't be guessed), a keyed one of anything that could be.
 */
#include "ident.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static void make_random(const char *prefix, size_t random_bytes, char *out, size_t out_size)
{
    unsigned char raw[IDENT_HASH_BYTES];
    size_t used = strlen(prefix);
    snprintf(out, out_size, "%s", prefix);
    randombytes_buf(raw, random_bytes);
    sodium_bin2base64(out + used, out_size - used, raw, random_bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(raw, sizeof raw);
}

void ident_make_id(const char *prefix, char id[IDENT_ID_SIZE])
{
    make_random(prefix, 16, id, IDENT_ID_SIZE);
}

void ident_make_token(const char *prefix, char token[IDENT_TOKEN_SIZE])
{
    make_random(prefix, 32, token, IDENT_TOKEN_SIZE);
}

void ident_make_code(char code[IDENT_CODE_SIZE])
{
    snprintf(code, IDENT_CODE_SIZE, "%06u", (unsigned)randombytes_uniform(1000000));
}

void ident_hash(const void *bytes, size_t length, unsigned char hash[IDENT_HASH_BYTES])
{
    crypto_hash_sha256(hash, bytes, length);
}

void ident_hash_text(const char *text, unsigned char hash[IDENT_HASH_BYTES])
{
    ident_hash(text, strlen(text), hash);
}

void ident_hash_hex(const void *bytes, size_t length, char hex[IDENT_HEX_SIZE])
{
    unsigned char hash[IDENT_HASH_BYTES];
    ident_hash(bytes, length, hash);
    sodium_bin2hex(hex, IDENT_HEX_SIZE, hash, sizeof hash);
}

void ident_hash_keyed(const char *key, const void *bytes, size_t length, unsigned char hash[IDENT_HASH_BYTES])
{
    unsigned char derived[IDENT_HASH_BYTES];
    ident_hash_text(key, derived);
    crypto_generichash(hash, IDENT_HASH_BYTES, bytes, length, derived, sizeof derived);
    sodium_memzero(derived, sizeof derived);
}

bool ident_is_hex(const char *text, size_t digits)
{
    return strlen(text) == digits && strspn(text, "0123456789abcdef") == digits;
}

bool ident_is_id(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t length = strlen(text);
    return length >= 1 && length < IDENT_ID_SIZE && strspn(text, allowed) == length;
}
