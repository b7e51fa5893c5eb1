/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz/input.c - reads an input as numbers and texts (fuzz/fuzz.h). */
#include "fuzz/fuzz.h"

uint64_t fuzz_take(fuzz_input *in, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes && in->left > 0; i++, in->at++, in->left--)
        value |= (uint64_t)*in->at << (8 * i);
    return value;
}

uint32_t fuzz_pick(fuzz_input *in, uint32_t below)
{
    return (uint32_t)fuzz_take(in, 1) % below;
}

const char *fuzz_text(fuzz_input *in, char *text, size_t capacity)
{
    const uint8_t *end = in->left > 0 ? memchr(in->at, 0xff, in->left) : NULL;
    size_t length = end ? (size_t)(end - in->at) : in->left;
    size_t kept = length < capacity - 1 ? length : capacity - 1;
    if (kept > 0)
        memcpy(text, in->at, kept);
    text[kept] = '\0';
    in->at += end ? length + 1 : length;
    in->left -= end ? length + 1 : length;
    return text;
}

const char *fuzz_text_or_null(fuzz_input *in, char *text, size_t capacity)
{
    if (in->left == 0 || *in->at != 0xfe)
        return fuzz_text(in, text, capacity);
    (void)fuzz_take(in, 1);
    return NULL;
}

bool fuzz_ends(const char *text, size_t capacity)
{
    return memchr(text, '\0', capacity) != NULL;
}
