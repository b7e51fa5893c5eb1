/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of closes; see the header. All bytes of a block are put together before they are hashed. */
#include "compare_plain.h"

#include "cloud/ident.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SHA-256 of the pairs first..last that are held, the whole block at once. */
void plain_block(const hash *held, const bool *has, long first, long last, long block, hash *out)
{
    unsigned char bytes[256 * 40];
    size_t length = 0;
    for (long n = first; n <= last; n++) {
        if (n / 256 != block || !has[n])
            continue;
        for (int i = 0; i < 8; i++)
            bytes[length++] = (unsigned char)((unsigned long)n >> (56 - 8 * i));
        memcpy(bytes + length, held[n].bytes, 32);
        length += 32;
    }
    ident_hash(bytes, length, out->bytes);
}

void plain_all(const hash *held, const bool *has, long first, long last, char hex[33])
{
    size_t count = (size_t)(last / 256 - first / 256 + 1);
    hash *blocks = calloc(count, sizeof *blocks);
    char whole[65];
    for (size_t i = 0; i < count; i++)
        plain_block(held, has, first, last, first / 256 + (long)i, &blocks[i]);
    ident_hash_hex(blocks, count * sizeof *blocks, whole);
    snprintf(hex, 33, "%.32s", whole);
    free(blocks);
}
