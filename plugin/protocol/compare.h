/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol/compare.h - "has the cloud all of my closes?" (openapi.yaml, compareReports): sets of ranges with digests out,
 * what differs in.
 *
 * A question is built set by set, and asked as often as it takes: a lost answer needs no second look at the figures.
 */
#ifndef PROTOCOL_COMPARE_H
#define PROTOCOL_COMPARE_H

#include "protocol/batch.h"

/* The contract's limits of one question. */
#define COMPARE_SETS_MAX    64u
#define COMPARE_RANGES_MAX  1024u
#define COMPARE_DIGESTS_MAX 2048u
#define COMPARE_SPAN_MAX    1000000 /* numbers in the ranges of a set */

#define COMPARE_BLOCK        256 /* numbers n with the same n / 256 are a block */
#define COMPARE_DIGEST_BYTES 16u /* of `all` and `block`: the head of a SHA-256 */
#define COMPARE_NUMBER_BYTES 8u  /* of `number` */

typedef enum protocol_per { PER_ALL = 1, PER_BLOCK, PER_NUMBER } protocol_per;

typedef struct protocol_question protocol_question;

protocol_question *protocol_question_new(void);
void protocol_question_free(protocol_question *question);
uint32_t protocol_question_ranges(const protocol_question *question);

/* Each returns false when memory is out or a limit is reached: the question is then good for nothing but to be freed.
 * Ranges and digests belong to the set that was begun last, ascending. A digest is COMPARE_NUMBER_BYTES of PER_NUMBER,
 * else COMPARE_DIGEST_BYTES long; more bytes than that (a whole hash) are fine. */
bool protocol_question_begin(protocol_question *question, const char *register_id, uint32_t epoch, protocol_per per);
bool protocol_question_add_range(protocol_question *question, int64_t first, int64_t last);
bool protocol_question_add_digest(protocol_question *question, const uint8_t *digest);

net_request *protocol_ask(const protocol_question *question, const char *till_token, const char *store_id,
                          const char *till_id);

/* A number whose report of this till the cloud does not hold. */
typedef struct protocol_lacking {
    int64_t z_number;
    bool has_other; /* it has another report of that number; its hash: */
    uint8_t sha256[PROTOCOL_SHA256_BYTES];
} protocol_lacking;

typedef struct protocol_compared {
    uint32_t held;    /* so many of the numbers in the ranges the cloud has at all */
    int64_t *differs; /* PER_ALL: a zero or nothing; PER_BLOCK: n / 256 */
    uint32_t differ_count;
    protocol_lacking *numbers; /* PER_NUMBER */
    uint32_t number_count;
} protocol_compared;

typedef struct protocol_comparison {
    protocol_compared *sets; /* in the order of the question; protocol_comparison_clear frees them */
    uint32_t count;
} protocol_comparison;

/* PROTOCOL_DONE only when the answer is whole, well-formed, and has as many sets as were asked about. */
void protocol_read_comparison(const net_answer *answer, const protocol_question *question, protocol_verdict *verdict,
                              protocol_comparison *comparison);
void protocol_comparison_clear(protocol_comparison *comparison);

#endif
