/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/catalogue_check.h - do the lines of a catalogue fit each other? One line after the other, in flat memory: keys
 * ascend strictly, so a double shows at once; what items and prices refer to comes before them and is at most 10,000
 * lines a kind, of which eight bytes each are kept.
 */
#ifndef CORE_CATALOGUE_CHECK_H
#define CORE_CATALOGUE_CHECK_H

#include "core/catalogue_keys.h"
#include "protocol/catalogue_line.h"

#define CATALOGUE_SMALL_MAX 10000 /* lines of each kind but item and price */

typedef struct catalogue_department {
    uint64_t self, parent; /* hashes */
    int64_t line;
    uint32_t visit;
    bool has_parent;
} catalogue_department;

typedef struct catalogue_check {
    bool changes;     /* removals may be among the lines */
    char currency[4]; /* what it has to be; "" : any */
    int64_t lines;    /* seen so far, of whatever kind */
    int64_t counts[CATALOGUE_KINDS];
    int64_t removed, unknown;
    char unknown_kind[33];    /* the first that was not known */
    int64_t fault_line;       /* of the last fault, from 1 */
    const char *fault_member; /* static text, or NULL */
    /* inside */
    uint8_t secret[16];
    char last_key[CATALOGUE_KEY_MAX + 1];
    catalogue_keys keys;
    catalogue_department *departments;
    uint32_t department_count, department_capacity;
    bool sealed;                     /* the lines of the small kinds are over */
    char item[CATALOGUE_ID_MAX + 1]; /* whose prices may follow; "" : none */
} catalogue_check;

/* currency "": any. random: 16 bytes. */
void catalogue_check_begin(catalogue_check *k, bool changes, const char *currency, const uint8_t random[16]);
void catalogue_check_clear(catalogue_check *k);

/* The next line, already read and found fine on its own. An unknown one is counted, no more. */
catalogue_fault catalogue_check_line(catalogue_check *k, const catalogue_line *line);
/* That was the last one. */
catalogue_fault catalogue_check_finish(catalogue_check *k);

/* Are the departments, groups, taxes and price levels there that an item or a price refers to? After the last line of
 * the small kinds. */
catalogue_fault catalogue_check_references(catalogue_check *k, const catalogue_line *line);

#endif
