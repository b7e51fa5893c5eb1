/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arithmetic of comparing closes, on random sets with random differences, against openapi.yaml's words written down a
 * second time (compare_plain.h).
 */
#include "compare_plain.h"

#include "cloud/compare.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS 3000

typedef struct answers {
    char digests[NUMBERS + 1][33];
    long differing[NUMBERS];
    size_t count;
    bool with_pair[NUMBERS];
} answers;

static const char *digest_at(void *context, size_t index)
{
    return ((answers *)context)->digests[index];
}

static void on_differs(void *context, int64_t block)
{
    answers *self = context;
    self->differing[self->count++] = (long)block;
}

static void on_lacks(void *context, int64_t number, const compare_row *held)
{
    answers *self = context;
    self->with_pair[self->count] = held != NULL;
    self->differing[self->count++] = (long)number;
}

static compare begin(answers *self, compare_per per)
{
    compare one = {.per = per, .digest_at = digest_at, .differs = on_differs, .lacks = on_lacks, .context = self};
    self->count = 0;
    compare_begin(&one);
    return one;
}

static void feed(compare *one, const hash *held, const bool *has, long first, long last)
{
    compare_enter(one, first);
    for (long n = first; n <= last; n++)
        if (has[n]) {
            compare_row row = {.z_number = n};
            memcpy(row.sha256, held[n].bytes, 32);
            compare_row_in(one, &row);
        }
    compare_leave(one, last);
}

static hash till_has[NUMBERS], cloud_has[NUMBERS];
static bool in_till[NUMBERS], in_cloud[NUMBERS];
static answers found;

/* What till and cloud have, alike but for some differences. */
static void fill_at_random(uint32_t differences)
{
    for (long n = 0; n < NUMBERS; n++) {
        in_till[n] = in_cloud[n] = randombytes_uniform(10) != 0;
        randombytes_buf(&till_has[n], sizeof till_has[n]);
        cloud_has[n] = till_has[n];
    }
    for (uint32_t i = 0; i < differences; i++) {
        long n = (long)randombytes_uniform(NUMBERS);
        if (randombytes_uniform(2))
            cloud_has[n].bytes[0] ^= 1;
        else
            in_cloud[n] = !in_cloud[n];
    }
}

static void check_blocks(long first, long last)
{
    size_t wrong = 0;
    long blocks = last / 256 - first / 256 + 1;
    long expected[NUMBERS];
    for (long i = 0; i < blocks; i++) {
        hash mine, theirs;
        plain_block(till_has, in_till, first, last, first / 256 + i, &mine);
        plain_block(cloud_has, in_cloud, first, last, first / 256 + i, &theirs);
        sodium_bin2hex(found.digests[i], 33, mine.bytes, 16);
        if (memcmp(&mine, &theirs, sizeof mine) != 0)
            expected[wrong++] = first / 256 + i;
    }
    compare one = begin(&found, COMPARE_BLOCKS);
    feed(&one, cloud_has, in_cloud, first, last);
    compare_finish(&one);
    ck_assert_uint_eq(found.count, wrong);
    ck_assert(wrong == 0 || memcmp(found.differing, expected, wrong * sizeof *expected) == 0);
}

/* Of what the till has in between: every number alone is a range. */
static void check_numbers(long first, long last)
{
    size_t digests = 0;
    size_t wrong = 0;
    compare one = begin(&found, COMPARE_NUMBERS);
    for (long n = first; n <= last; n++) {
        if (!in_till[n])
            continue;
        sodium_bin2hex(found.digests[digests++], 33, till_has[n].bytes, 16);
        feed(&one, cloud_has, in_cloud, n, n);
    }
    compare_finish(&one);
    for (long n = first; n <= last; n++) {
        if (!in_till[n] || (in_cloud[n] && memcmp(&till_has[n], &cloud_has[n], 8) == 0))
            continue;
        ck_assert_uint_lt(wrong, found.count);
        ck_assert_int_eq(found.differing[wrong], n);
        ck_assert_int_eq(found.with_pair[wrong++], in_cloud[n]);
    }
    ck_assert_uint_eq(found.count, wrong);
}

START_TEST(random_sets_differ_where_they_differ)
{
    for (int round = 0; round < 300; round++) {
        char mine[33];
        char theirs[33];
        long first = 1 + (long)randombytes_uniform(NUMBERS - 1);
        long last = first + (long)randombytes_uniform((uint32_t)(NUMBERS - first));
        fill_at_random(round % 4 == 0 ? 0 : randombytes_uniform(6));
        plain_all(till_has, in_till, first, last, mine);
        plain_all(cloud_has, in_cloud, first, last, theirs);
        memcpy(found.digests[0], mine, sizeof mine);
        compare one = begin(&found, COMPARE_ALL);
        feed(&one, cloud_has, in_cloud, first, last);
        compare_finish(&one);
        ck_assert_uint_eq(found.count, strcmp(mine, theirs) != 0);
        check_blocks(first, last);
        check_numbers(first, last);
    }
}
END_TEST

START_TEST(ranges_that_share_a_block_are_one_block)
{
    hash whole;
    fill_at_random(0);
    for (long n = 100; n <= 199; n++)
        in_cloud[n] = false;
    plain_block(cloud_has, in_cloud, 1, 255, 0, &whole);
    sodium_bin2hex(found.digests[0], 33, whole.bytes, 16);
    compare one = begin(&found, COMPARE_BLOCKS);
    feed(&one, cloud_has, in_cloud, 1, 99);
    feed(&one, cloud_has, in_cloud, 200, 255);
    compare_finish(&one);
    ck_assert_uint_eq(found.count, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("compare_sums");
    TCase *cases = tcase_create("compare_sums");
    tcase_add_test(cases, random_sets_differ_where_they_differ);
    tcase_add_test(cases, ranges_that_share_a_block_are_one_block);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
