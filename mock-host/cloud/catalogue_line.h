/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogue_line.h - one line of configuration data (openapi.yaml, CatalogueLine): what kind, which key, what it refers
 * to, or what is wrong with it.
 */
#ifndef CLOUD_CATALOGUE_LINE_H
#define CLOUD_CATALOGUE_LINE_H

#include <stdbool.h>
#include <stddef.h>

#define CATALOGUE_LINE_BYTES_MAX 16384u
#define CATALOGUE_PAGE_BYTES_MAX (1024u * 1024u)
#define CATALOGUE_PAGE_LINES_MAX 1000u
#define CATALOGUE_FEW_MAX        10000 /* lines of each kind but items and prices */
#define CATALOGUE_ID_SIZE        65
#define CATALOGUE_KEY_SIZE       (1 + 64 + 1 + 64 + 1 + 10 + 1)
#define CATALOGUE_REFS_MAX       3
#define CATALOGUE_DETAIL_SIZE    240

/* In the order of their keys. */
typedef enum catalogue_kind {
    CATALOGUE_HEAD = 1,
    CATALOGUE_TAX,
    CATALOGUE_PAYMENT_METHOD,
    CATALOGUE_PRICE_LEVEL,
    CATALOGUE_DEPARTMENT,
    CATALOGUE_GROUP,
    CATALOGUE_USER,
    CATALOGUE_ITEM,
    CATALOGUE_PRICE
} catalogue_kind;
#define CATALOGUE_KINDS (CATALOGUE_PRICE + 1)

/* Keys hold no zero byte, and strcmp() compares them as the contract says. */
typedef struct catalogue_line {
    catalogue_kind kind;
    char key[CATALOGUE_KEY_SIZE]; /* "" while it is not known */
    size_t ref_count;
    char refs[CATALOGUE_REFS_MAX][CATALOGUE_ID_SIZE + 1]; /* keys of lines that must be there before it */
    char parent[CATALOGUE_ID_SIZE + 1];                   /* of a department: a key, anywhere; or "" */
    char currency[4];                                     /* of the head */
    const char *text;                                     /* as it came */
    size_t text_bytes;
} catalogue_line;

/* False: `detail` says why not, and out->key is set if it got that far. `text` must outlive *out. */
bool catalogue_line_read(const char *text, size_t text_bytes, catalogue_line *out, char detail[CATALOGUE_DETAIL_SIZE]);

/* What a key is of. 0: of nothing. */
catalogue_kind catalogue_kind_of(const char *key, size_t key_bytes);

/* How many bytes of the key of an item or price are the key of the item. */
size_t catalogue_item_part(const char *key, size_t key_bytes);

/* "department \"10\"": a key in words. */
void catalogue_describe(const char *key, char *out, size_t out_size);

#endif
