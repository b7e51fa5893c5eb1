/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_departments.h - do the parents of departments exist, and lead up to a top? */
#ifndef CLOUD_CATALOGUE_DEPARTMENTS_H
#define CLOUD_CATALOGUE_DEPARTMENTS_H

#include <stddef.h>

typedef struct departments departments;

/* Room for so many; NULL when there is no memory. */
departments *departments_open(size_t room);
void departments_close(departments *self);

/* Keys ascend; `parent` "" is a top. */
void departments_add(departments *self, const char *key, const char *parent);

/* NULL if all is well; else the key of a department that is not, which is also copied to `key` (of CATALOGUE_KEY_SIZE),
 * with why in `detail`. */
const char *departments_check(departments *self, char *key, char *detail, size_t detail_size);

#endif
