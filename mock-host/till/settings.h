/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings.h - what somebody switched on or off at this till, kept in its database: the setup wizard, the licence.
 */
#ifndef TILL_SETTINGS_H
#define TILL_SETTINGS_H

#include "database.h"

#define SETTINGS_NAME_BYTES 128

/* Nobody has touched it: `otherwise`. */
bool settings_get(struct database *db, const char *name, bool otherwise, bool *on, struct fault *fault);

bool settings_set(struct database *db, const char *name, bool on, struct fault *fault);

/* "wizard": the setup wizard is finished. A till that was never told otherwise is set up. */
#define SETTINGS_WIZARD "wizard"

/* The name that a property of the licence has here. False: it is longer than any property of this till. */
bool settings_name_property(const char *property, char name[SETTINGS_NAME_BYTES]);

#endif
