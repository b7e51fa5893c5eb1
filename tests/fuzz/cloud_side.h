/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz/cloud_side.h - how the cloud judges what a till sends, for fuzzers that ask the plugin as well. None of the
 * cloud's own types are here: cloud and plugin share names, and are linked apart.
 */
#ifndef FUZZ_CLOUD_SIDE_H
#define FUZZ_CLOUD_SIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool cloud_side_is_json(const void *bytes, size_t size);

typedef struct cloud_side_verdict {
    char code[40]; /* "" : it is stored */
    bool has_detail;
    int64_t gross_minor, net_minor, tax_minor;
} cloud_side_verdict;

/* Under a header line that says of it what it says of itself, as far as that can be read. */
void cloud_side_check_report(const void *bytes, size_t size, cloud_side_verdict *verdict);

/* An item of a batch. Ends with index < 0 at the end of a batch that is in order. */
typedef struct cloud_side_item {
    char kind;
    bool rebuilt;
    char register_id[65], sha256[65], business_date[11], currency[4];
    int64_t epoch, z_number, x_sequence, closed_at_ms, grand_total_minor;
    const uint8_t *report; /* into the batch */
    size_t report_bytes;
} cloud_side_item;

/* The items of a batch, at most `most`; -1: the cloud refuses it as a whole. */
int cloud_side_read_batch(const void *bytes, size_t size, cloud_side_item *items, int most);

/* A line of configuration data: its key, or NULL where the cloud refuses it. Valid until the next call. */
const char *cloud_side_read_line(const char *text, size_t size);

#endif
