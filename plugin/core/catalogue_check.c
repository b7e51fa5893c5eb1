/* SPDX-License-Identifier: Apache-2.0 */
/* core/catalogue_check.c - order, counts, references, validity and circles of a stream of lines. */
#include "core/catalogue_check.h"

#include <stdlib.h>
#include <string.h>

#define SMALL_KINDS    7u /* head to user */
#define FIRST_CAPACITY 64u

void catalogue_check_begin(catalogue_check *k, bool changes, const char *currency, const uint8_t random[16])
{
    catalogue_check_clear(k);
    memset(k, 0, sizeof *k);
    k->changes = changes;
    memcpy(k->currency, currency, strnlen(currency, sizeof k->currency - 1));
    memcpy(k->secret, random, sizeof k->secret);
    k->keys.secret = k->secret;
    k->keys.most = SMALL_KINDS * CATALOGUE_SMALL_MAX;
}

void catalogue_check_clear(catalogue_check *k)
{
    catalogue_keys_clear(&k->keys);
    free(k->departments);
    k->departments = NULL;
    k->department_count = k->department_capacity = 0;
}

static catalogue_fault blame(catalogue_check *k, catalogue_fault fault, const char *member)
{
    k->fault_line = k->lines;
    k->fault_member = member;
    return fault;
}

/* ---- departments ---- */

static int compare_departments(const void *a, const void *b)
{
    uint64_t x = ((const catalogue_department *)a)->self, y = ((const catalogue_department *)b)->self;
    return x < y ? -1 : x > y;
}

static catalogue_department *find_department(catalogue_check *k, uint64_t self)
{
    catalogue_department wanted = {.self = self};
    return k->department_count == 0
               ? NULL
               : bsearch(&wanted, k->departments, k->department_count, sizeof wanted, compare_departments);
}

static bool add_department(catalogue_check *k, const catalogue_line *line)
{
    if (k->department_count == k->department_capacity) {
        uint32_t capacity = k->department_capacity ? 2 * k->department_capacity : FIRST_CAPACITY;
        catalogue_department *grown = realloc(k->departments, capacity * sizeof *grown);
        if (!grown)
            return false;
        k->departments = grown;
        k->department_capacity = capacity;
    }
    k->departments[k->department_count++] = (catalogue_department){
        .self = catalogue_keys_hash(&k->keys, '4', line->id),
        .parent = catalogue_keys_hash(&k->keys, '4', line->parent),
        .has_parent = line->parent[0] != '\0',
        .line = k->lines,
    };
    return true;
}

/* Up from one department to the top, or to where an earlier walk has been. */
static catalogue_fault walk_up(catalogue_check *k, uint32_t walk)
{
    catalogue_department *at = &k->departments[walk - 1];
    while (at->visit == 0) {
        at->visit = walk;
        if (!at->has_parent)
            return CATALOGUE_FINE;
        catalogue_department *parent = find_department(k, at->parent);
        if (!parent) {
            k->fault_line = at->line;
            k->fault_member = "parent_id";
            return CATALOGUE_BAD_REFERENCE;
        }
        at = parent;
    }
    if (at->visit != walk)
        return CATALOGUE_FINE;
    k->fault_line = at->line;
    k->fault_member = "parent_id";
    return CATALOGUE_CIRCLE;
}

/* The small kinds are over: what they say of each other can be judged. */
static catalogue_fault seal(catalogue_check *k)
{
    catalogue_fault fault = CATALOGUE_FINE;
    if (k->sealed)
        return CATALOGUE_FINE;
    k->sealed = true;
    if (k->department_count > 0)
        qsort(k->departments, k->department_count, sizeof *k->departments, compare_departments);
    for (uint32_t i = 1; i <= k->department_count && fault == CATALOGUE_FINE; i++)
        fault = walk_up(k, i);
    free(k->departments);
    k->departments = NULL;
    k->department_count = k->department_capacity = 0;
    return fault;
}

/* ---- lines ---- */

static catalogue_fault check_order(catalogue_check *k, const catalogue_line *line)
{
    int order = strcmp(k->last_key, line->key);
    if (order >= 0)
        return blame(k, order == 0 ? CATALOGUE_TWICE : CATALOGUE_BAD_ORDER, NULL);
    memcpy(k->last_key, line->key, sizeof k->last_key);
    return CATALOGUE_FINE;
}

static catalogue_fault check_small(catalogue_check *k, const catalogue_line *line)
{
    if (k->counts[line->kind] > CATALOGUE_SMALL_MAX)
        return blame(k, CATALOGUE_TOO_MANY, NULL);
    if (line->kind == CATALOGUE_HEAD && k->currency[0] && strcmp(k->currency, line->currency) != 0)
        return blame(k, CATALOGUE_OTHER_CURRENCY, "currency");
    bool kept = line->kind == CATALOGUE_HEAD ||
                catalogue_keys_add(&k->keys, catalogue_keys_hash(&k->keys, line->key[0], line->id));
    if (kept && line->kind == CATALOGUE_DEPARTMENT)
        kept = add_department(k, line);
    return kept ? CATALOGUE_FINE : blame(k, CATALOGUE_NO_MEMORY, NULL);
}

static bool is_there(catalogue_check *k, char kind, const char *id)
{
    return id[0] == '\0' || catalogue_keys_has(&k->keys, catalogue_keys_hash(&k->keys, kind, id));
}

catalogue_fault catalogue_check_references(catalogue_check *k, const catalogue_line *line)
{
    const char *lacking = !is_there(k, '4', line->department) ? "department_id"
                          : !is_there(k, '5', line->group)    ? "group_id"
                          : !is_there(k, '1', line->tax)      ? "tax_id"
                          : !is_there(k, '3', line->level)    ? "price_level_id"
                                                              : NULL;
    return lacking ? blame(k, CATALOGUE_BAD_REFERENCE, lacking) : CATALOGUE_FINE;
}

static catalogue_fault check_price(catalogue_check *k, const catalogue_line *line)
{
    if (k->item[0] == '\0' || strcmp(k->item, line->id) != 0)
        return blame(k, CATALOGUE_PRICE_ALONE, "item_id");
    return catalogue_check_references(k, line);
}

static catalogue_fault check_item(catalogue_check *k, const catalogue_line *line)
{
    k->item[0] = '\0';
    if (line->kind == CATALOGUE_REMOVED) {
        k->removed++;
        return k->changes ? CATALOGUE_FINE : blame(k, CATALOGUE_REMOVED_IN_WHOLE, NULL);
    }
    memcpy(k->item, line->id, sizeof k->item);
    return catalogue_check_references(k, line);
}

catalogue_fault catalogue_check_line(catalogue_check *k, const catalogue_line *line)
{
    k->lines++;
    if (line->kind == CATALOGUE_UNKNOWN) {
        if (k->unknown++ == 0)
            memcpy(k->unknown_kind, line->unknown, sizeof k->unknown_kind);
        return CATALOGUE_FINE;
    }
    if (k->last_key[0] == '\0' && line->kind != CATALOGUE_HEAD)
        return blame(k, CATALOGUE_NO_HEAD, NULL);
    catalogue_fault fault = check_order(k, line);
    if (fault != CATALOGUE_FINE)
        return fault;
    if (line->kind < CATALOGUE_KINDS)
        k->counts[line->kind]++;
    if (line->kind < CATALOGUE_ITEM)
        return check_small(k, line);
    fault = seal(k);
    if (fault != CATALOGUE_FINE)
        return fault;
    return line->kind == CATALOGUE_PRICE ? check_price(k, line) : check_item(k, line);
}

catalogue_fault catalogue_check_finish(catalogue_check *k)
{
    if (k->last_key[0] == '\0')
        return blame(k, CATALOGUE_NO_HEAD, NULL);
    return seal(k);
}
