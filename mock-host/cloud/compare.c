/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests over ranges of closes, as they stream by. What is open is a number (COMPARE_NUMBERS) or a block; moving on
 * closes it with whatever was held of it, nothing included.
 */
#include "compare.h"

#include <string.h>

static int64_t unit_of(const compare *self, int64_t number)
{
    return self->per == COMPARE_NUMBERS ? number : number / COMPARE_BLOCK;
}

/* Is a digest of `digits` hexadecimal digits how this hash begins? */
static bool begins(const unsigned char hash[IDENT_HASH_BYTES], const char *digest, size_t digits)
{
    char hex[IDENT_HEX_SIZE];
    sodium_bin2hex(hex, sizeof hex, hash, IDENT_HASH_BYTES);
    return memcmp(hex, digest, digits) == 0;
}

static void close_number(compare *self)
{
    if (!self->matched)
        self->lacks(self->context, self->at, self->has_pair ? &self->pair : NULL);
}

static void close_block(compare *self)
{
    unsigned char hash[IDENT_HASH_BYTES];
    crypto_hash_sha256_final(&self->block_state, hash);
    if (self->per == COMPARE_ALL)
        crypto_hash_sha256_update(&self->all_state, hash, sizeof hash);
    else if (!begins(hash, self->digest_at(self->context, self->next_digest), COMPARE_HEX_DIGITS))
        self->differs(self->context, self->at);
}

static void close_unit(compare *self)
{
    if (self->at < 0)
        return;
    if (self->per == COMPARE_NUMBERS)
        close_number(self);
    else
        close_block(self);
    self->next_digest++;
}

static void open_unit(compare *self, int64_t unit)
{
    self->at = unit;
    self->matched = false;
    self->has_pair = false;
    crypto_hash_sha256_init(&self->block_state);
}

static void advance(compare *self, int64_t unit)
{
    while (self->at < unit) {
        close_unit(self);
        open_unit(self, self->at + 1);
    }
}

void compare_begin(compare *self)
{
    self->held = 0;
    self->next_digest = 0;
    self->at = -1;
    self->pair.z_number = -1;
    crypto_hash_sha256_init(&self->all_state);
}

void compare_enter(compare *self, int64_t first)
{
    int64_t unit = unit_of(self, first);
    if (unit == self->at) /* two ranges may share a block */
        return;
    close_unit(self);
    open_unit(self, unit);
}

static void add_pair(compare *self, const compare_row *row)
{
    unsigned char number[8];
    for (int i = 0; i < 8; i++)
        number[i] = (unsigned char)((uint64_t)row->z_number >> (56 - 8 * i));
    self->pair = *row;
    self->has_pair = true;
    self->held++;
    if (self->per == COMPARE_NUMBERS)
        return;
    crypto_hash_sha256_update(&self->block_state, number, sizeof number);
    crypto_hash_sha256_update(&self->block_state, row->sha256, sizeof row->sha256);
}

void compare_row_in(void *context, const compare_row *row)
{
    compare *self = context;
    advance(self, unit_of(self, row->z_number));
    if (row->z_number != self->pair.z_number) /* the first of a number is its pair */
        add_pair(self, row);
    if (self->per == COMPARE_NUMBERS && !self->matched)
        self->matched = begins(row->sha256, self->digest_at(self->context, self->next_digest), COMPARE_NUMBER_DIGITS);
}

void compare_leave(compare *self, int64_t last)
{
    advance(self, unit_of(self, last));
}

void compare_finish(compare *self)
{
    unsigned char hash[IDENT_HASH_BYTES];
    close_unit(self);
    self->at = -1;
    if (self->per != COMPARE_ALL)
        return;
    crypto_hash_sha256_final(&self->all_state, hash);
    if (!begins(hash, self->digest_at(self->context, 0), COMPARE_HEX_DIGITS))
        self->differs(self->context, 0);
}
