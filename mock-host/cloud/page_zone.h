/* SPDX-License-Identifier: Apache-2.0 */
/* page_zone.h - the clock on a store's wall: offsets from UTC out of the system's time zone files. */
#ifndef CLOUD_PAGE_ZONE_H
#define CLOUD_PAGE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_ZONE_SPANS 512

/* Fixed size, no allocation: a page opens one zone. All zero is UTC. */
typedef struct page_zone {
    bool known;
    int spans;
    int64_t from_s[PAGE_ZONE_SPANS]; /* ascending */
    int32_t offset_s[PAGE_ZONE_SPANS];
    int32_t first_offset_s; /* before from_s[0] */
} page_zone;

/* Of an IANA name. A name that the system does not know leaves UTC, with `known` false. */
void page_zone_open(page_zone *self, const char *name);
int32_t page_zone_offset_s(const page_zone *self, int64_t at_s);

#endif
