/* SPDX-License-Identifier: Apache-2.0 */
/*
 * texts/zone.c - reads TZif files (RFC 8536): a header and 32-bit data for old readers, then the same in 64 bits, then
 * the rule for later years. The files are small (under 4 KB) and are read once, when the host tells its zone.
 */
#include "texts/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX    (64u * 1024u)
#define CHANGES_MAX 4096u
#define TYPES_MAX   256u
#define HEADER      44u

struct zone {
    uint32_t change_count;
    int64_t *at_s; /* ascending */
    uint8_t *type; /* of the time from at_s on */
    int32_t offset_s[TYPES_MAX];
    uint32_t type_count;
    bool has_rule;
    zone_rule rule;
};

typedef struct counts {
    uint32_t utc, standard, leap, time, type, character;
} counts;

bool zone_name_is_valid(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > 64 || name[0] == '/' || name[length - 1] == '/' || strstr(name, "//"))
        return false;
    return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == length;
}

static uint32_t read_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t read_i64(const uint8_t *p)
{
    return (int64_t)((uint64_t)read_u32(p) << 32 | read_u32(p + 4));
}

/* Bytes of a data block, its header included; 0: it does not fit. */
static size_t measure_block(const uint8_t *bytes, size_t size_bytes, size_t time_bytes, counts *c)
{
    if (size_bytes < HEADER || memcmp(bytes, "TZif", 4) != 0)
        return 0;
    *c = (counts){read_u32(bytes + 20), read_u32(bytes + 24), read_u32(bytes + 28),
                  read_u32(bytes + 32), read_u32(bytes + 36), read_u32(bytes + 40)};
    if (c->time > CHANGES_MAX || c->type == 0 || c->type > TYPES_MAX || c->character > FILE_MAX || c->leap > FILE_MAX ||
        c->utc > TYPES_MAX || c->standard > TYPES_MAX)
        return 0;
    size_t block = HEADER + c->time * (time_bytes + 1) + c->type * 6u + c->character + c->leap * (time_bytes + 4) +
                   c->standard + c->utc;
    return block <= size_bytes ? block : 0;
}

static bool read_block(zone *z, const uint8_t *data, const counts *c)
{
    z->at_s = malloc(c->time * sizeof *z->at_s + 1);
    z->type = malloc(c->time + 1);
    if (!z->at_s || !z->type)
        return false;
    const uint8_t *types = data + c->time * 8u, *infos = types + c->time;
    for (uint32_t i = 0; i < c->time; i++) {
        z->at_s[i] = read_i64(data + i * 8u);
        z->type[i] = types[i];
        if (types[i] >= c->type || (i > 0 && z->at_s[i] <= z->at_s[i - 1]))
            return false;
    }
    for (uint32_t i = 0; i < c->type; i++) {
        z->offset_s[i] = (int32_t)read_u32(infos + i * 6u);
        if (z->offset_s[i] < -100000 || z->offset_s[i] > 100000)
            return false;
    }
    z->change_count = c->time;
    z->type_count = c->type;
    return true;
}

static void read_footer(zone *z, const uint8_t *bytes, size_t size_bytes)
{
    char text[128];
    if (size_bytes < 3 || bytes[0] != '\n')
        return;
    const uint8_t *end = memchr(bytes + 1, '\n', size_bytes - 1);
    size_t length = end ? (size_t)(end - bytes - 1) : sizeof text;
    if (length >= sizeof text)
        return;
    memcpy(text, bytes + 1, length);
    text[length] = '\0';
    z->has_rule = zone_rule_parse(text, &z->rule);
}

zone *zone_parse(const uint8_t *bytes, size_t size_bytes)
{
    counts old, c;
    size_t first = measure_block(bytes, size_bytes, 4, &old);
    if (first == 0 || bytes[4] < '2') /* version 1 has 32-bit times only; no database has shipped it for years */
        return NULL;
    size_t second = measure_block(bytes + first, size_bytes - first, 8, &c);
    zone *z = second ? calloc(1, sizeof *z) : NULL;
    if (!z)
        return NULL;
    if (!read_block(z, bytes + first + HEADER, &c)) {
        zone_free(z);
        return NULL;
    }
    read_footer(z, bytes + first + second, size_bytes - first - second);
    return z;
}

zone *zone_load(const char *name)
{
    static const char *const folders[] = {"/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/system/usr/share/zoneinfo"};
    if (!name || !zone_name_is_valid(name))
        return NULL;
    FILE *file = NULL;
    for (size_t i = 0; !file && i < sizeof folders / sizeof *folders; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folders[i], name);
        file = fopen(path, "rbe");
    }
    if (!file)
        return NULL;
    uint8_t *bytes = malloc(FILE_MAX);
    size_t size_bytes = bytes ? fread(bytes, 1, FILE_MAX, file) : 0;
    zone *z = size_bytes > 0 && !ferror(file) ? zone_parse(bytes, size_bytes) : NULL;
    fclose(file);
    free(bytes);
    return z;
}

void zone_free(zone *z)
{
    if (!z)
        return;
    free(z->at_s);
    free(z->type);
    free(z);
}

int32_t zone_get_offset_s(const zone *z, int64_t unix_s)
{
    if (!z)
        return 0;
    if (z->change_count == 0 || unix_s >= z->at_s[z->change_count - 1]) {
        if (z->has_rule)
            return zone_rule_get_offset_s(&z->rule, unix_s);
        return z->offset_s[z->change_count ? z->type[z->change_count - 1] : 0];
    }
    if (unix_s < z->at_s[0])
        return z->offset_s[0];
    uint32_t low = 0, high = z->change_count; /* at_s[low] <= unix_s < at_s[high] */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (z->at_s[middle] <= unix_s)
            low = middle;
        else
            high = middle;
    }
    return z->offset_s[z->type[low]];
}
