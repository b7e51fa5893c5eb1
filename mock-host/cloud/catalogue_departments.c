/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Departments may name a parent anywhere in the list, so only the whole tells whether it is there and whether the way up
 * ends. Each way up is walked once: what was found to end before ends a later walk.
 */
#include "catalogue_departments.h"
#include "catalogue_line.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_PARENT SIZE_MAX

typedef struct department {
    char key[CATALOGUE_ID_SIZE + 1];
    char parent[CATALOGUE_ID_SIZE + 1];
    size_t up;     /* index of the parent */
    size_t walked; /* in which walk it was met, from 1 */
} department;

struct departments {
    size_t count;
    size_t room;
    department *entries;
};

departments *departments_open(size_t room)
{
    departments *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->room = room;
    self->entries = calloc(room ? room : 1, sizeof *self->entries);
    if (self->entries)
        return self;
    free(self);
    return NULL;
}

void departments_close(departments *self)
{
    if (self)
        free(self->entries);
    free(self);
}

void departments_add(departments *self, const char *key, const char *parent)
{
    if (self->count == self->room)
        return;
    department *entry = &self->entries[self->count++];
    snprintf(entry->key, sizeof entry->key, "%s", key);
    snprintf(entry->parent, sizeof entry->parent, "%s", parent);
}

static int compare_key(const void *key, const void *entry)
{
    return strcmp(key, ((const department *)entry)->key);
}

static bool refuse(const department *entry, char *key, char *detail, size_t detail_size, const char *what)
{
    char name[100];
    catalogue_describe(entry->parent, name, sizeof name);
    snprintf(key, CATALOGUE_KEY_SIZE, "%s", entry->key);
    snprintf(detail, detail_size, "Its parent is the %s, %s.", name, what);
    return false;
}

bool departments_check(departments *self, char *key, char *detail, size_t detail_size)
{
    for (size_t i = 0; i < self->count; i++) {
        department *entry = &self->entries[i];
        const department *up =
            entry->parent[0] ? bsearch(entry->parent, self->entries, self->count, sizeof *entry, compare_key) : entry;
        if (!up)
            return refuse(entry, key, detail, detail_size, "which is not there");
        entry->up = entry->parent[0] ? (size_t)(up - self->entries) : NO_PARENT;
    }
    for (size_t i = 0; i < self->count; i++) {
        size_t at = i;
        while (at != NO_PARENT && self->entries[at].walked == 0) {
            self->entries[at].walked = i + 1;
            at = self->entries[at].up;
        }
        if (at != NO_PARENT && self->entries[at].walked == i + 1)
            return refuse(&self->entries[at], key, detail, detail_size, "which is below it");
    }
    return true;
}
