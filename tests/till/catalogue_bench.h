/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogue_bench.h - a till's pos.catalogue/1 for tests: staged in few words, read whole, compared as one text.
 */
#ifndef TESTS_TILL_CATALOGUE_BENCH_H
#define TESTS_TILL_CATALOGUE_BENCH_H

#include <pos/catalogue.h>

/* All lines of one catalogue, "key line\n" each, \x01 in keys as '|'. The caller frees it. */
char *catalogue_bench_read(const pos_catalogue *c, uint32_t which);

/* The same after asking page by page, `page` lines a call. */
char *catalogue_bench_read_pages(const pos_catalogue *c, uint32_t which, unsigned page);

pos_catalogue_state catalogue_bench_state(const pos_catalogue *c);

/* Stages lines of JSON, in the order of their keys, which are made of them; "-ID" removes an item. NULL ends them. */
int32_t catalogue_bench_add(const pos_catalogue *c, const char *const *lines, char reason[256]);

/* begin, add, swap; fails the test where one does not work. */
void catalogue_bench_swap(const pos_catalogue *c, uint32_t mode, const char *const *lines, const char *tag);

/* A whole catalogue of `items` items with a price each; `price_minor` is that of all. One swap, pages of 1,000. Fails the
 * test where it does not work. */
void catalogue_bench_stage_many(const pos_catalogue *c, unsigned items, long long price_minor);

#define BENCH_HEAD                                                                                                     \
    "{\"kind\":\"catalogue\",\"schema\":\"pos.catalogue/1\",\"catalogue_id\":\"new\",\"currency\":\"EUR\"}"
#define BENCH_TAX      "{\"kind\":\"tax\",\"tax_id\":\"T\",\"name\":\"Tax\",\"rate\":1000}"
#define BENCH_LEVEL    "{\"kind\":\"price_level\",\"price_level_id\":\"1\",\"name\":\"Normal\",\"tax_included\":true}"
#define BENCH_DEPT(id) "{\"kind\":\"department\",\"department_id\":\"" id "\",\"name\":\"Department " id "\"}"
#define BENCH_ITEM(id, name, dept, barcodes)                                                                           \
    "{\"kind\":\"item\",\"item_id\":\"" id "\",\"name\":\"" name "\",\"department_id\":\"" dept                        \
    "\",\"tax_id\":\"T\",\"barcodes\":[" barcodes "],\"status\":\"active\"}"
#define BENCH_PRICE(id, amount) BENCH_PRICE_OF(id, "1", amount, "2020-01-01", "null")
#define BENCH_PRICE_OF(id, level, amount, from, to)                                                                    \
    "{\"kind\":\"price\",\"item_id\":\"" id "\",\"price_level_id\":\"" level "\",\"amount\":" amount                   \
    ",\"valid_from\":\"" from "\",\"valid_to\":" to "}"
#define BENCH_FEW BENCH_HEAD, BENCH_TAX, BENCH_LEVEL, BENCH_DEPT("D")

#endif
