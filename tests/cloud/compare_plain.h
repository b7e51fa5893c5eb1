/* SPDX-License-Identifier: Apache-2.0 */
/* tests/cloud/compare_plain.h - the digests of compareReports as openapi.yaml describes them, written down plainly. */
#ifndef TESTS_CLOUD_COMPARE_PLAIN_H
#define TESTS_CLOUD_COMPARE_PLAIN_H

#include <stdbool.h>

typedef struct hash {
    unsigned char bytes[32];
} hash;

/* Of the block's pairs among first..last; `held` and `has` go by number. */
void plain_block(const hash *held, const bool *has, long first, long last, long block, hash *out);

/* The digest with `per` = all, of first..last. */
void plain_all(const hash *held, const bool *has, long first, long last, char hex[33]);

#endif
