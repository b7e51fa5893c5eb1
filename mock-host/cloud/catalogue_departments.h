/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_departments.h - do the parents of departments exist, and lead up to a top? */
#ifndef CLOUD_CATALOGUE_DEPARTMENTS_H
#define CLOUD_CATALOGUE_DEPARTMENTS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct departments departments;

/* Room for so many; NULL when there is no memory. */
departments *departments_open(size_t room);
void departments_close(departments *self);

/* Keys ascend; `parent` "" is a top. */
void departments_add(departments *self, const char *key, const char *parent);

/* False: one of them is not well; its key goes to `key` (of CATALOGUE_KEY_SIZE) and why to `detail`. */
bool departments_check(departments *self, char *key, char *detail, size_t detail_size);

#endif
