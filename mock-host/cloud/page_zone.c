/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading TZif files (RFC 8536), because localtime() knows one zone a process and setting TZ is not safe among threads.
 * Only the 64-bit block is read: Debian's files list every change up to 2037; later times keep the last offset.
 */
#include "page_zone.h"
#include "files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES 44u

static uint32_t read_u32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t read_i64(const unsigned char *at)
{
    return (int64_t)((uint64_t)read_u32(at) << 32 | read_u32(at + 4));
}

/* Bytes of the block at `at` with times of so many bytes, or 0 if it is none. */
static size_t measure_block(const unsigned char *at, size_t left, size_t time_bytes)
{
    uint64_t total = HEADER_BYTES;
    if (left < HEADER_BYTES || memcmp(at, "TZif", 4) != 0)
        return 0;
    const uint64_t unit[] = {1, 1, time_bytes + 4, time_bytes + 1, 6, 1};
    for (size_t i = 0; i < 6; i++)
        total += (uint64_t)read_u32(at + 20 + 4 * i) * unit[i];
    return total <= left ? (size_t)total : 0;
}

static void read_spans(page_zone *self, const unsigned char *block)
{
    uint32_t count = read_u32(block + 32);
    uint32_t types = read_u32(block + 36);
    const unsigned char *times = block + HEADER_BYTES;
    const unsigned char *indexes = times + (size_t)count * 8;
    const unsigned char *infos = indexes + count;
    uint32_t skip = count > PAGE_ZONE_SPANS ? count - PAGE_ZONE_SPANS : 0; /* the oldest */
    if (types == 0)
        return;
    for (uint32_t i = skip; i < count; i++) {
        if (indexes[i] >= types)
            return;
        self->from_s[self->spans] = read_i64(times + (size_t)i * 8);
        self->offset_s[self->spans++] = (int32_t)read_u32(infos + (size_t)indexes[i] * 6);
    }
    self->first_offset_s = (int32_t)read_u32(infos);
    self->known = true;
}

void page_zone_open(page_zone *self, const char *name)
{
    char path[128];
    size_t length = 0;
    memset(self, 0, sizeof *self);
    if (!name[0] || name[0] == '/' || strstr(name, ".."))
        return;
    snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    char *bytes = files_read(path, &length);
    const unsigned char *file = (const unsigned char *)bytes;
    size_t first = bytes ? measure_block(file, length, 4) : 0;
    if (first && measure_block(file + first, length - first, 8))
        read_spans(self, file + first);
    free(bytes);
}

int32_t page_zone_offset_s(const page_zone *self, int64_t at_s)
{
    int low = 0;
    int high = self->spans;
    while (low < high) {
        int middle = (low + high) / 2;
        if (self->from_s[middle] <= at_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? self->first_offset_s : self->offset_s[low - 1];
}
