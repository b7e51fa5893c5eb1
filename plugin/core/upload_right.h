/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/upload_right.h - may this till upload its configuration data?
 *
 * ((the setup wizard is finished and this till has never been connected to cloud configuration, that is never downloaded
 * or uploaded any) or the licence property allows it) and the permission is not used up. An upload uses it up for good,
 * whatever it rested on; a licence property that is seen off and then on grants it anew. It belongs to the till: another
 * company or store changes nothing.
 */
#ifndef CORE_UPLOAD_RIGHT_H
#define CORE_UPLOAD_RIGHT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct upload_right {
    bool connected;  /* configuration data was downloaded or uploaded here, ever */
    bool used_up;    /* by an upload */
    bool licence_on; /* as it was seen last */
} upload_right;

bool upload_right_allows(const upload_right *right, bool wizard_finished);

/* Each returns whether something changed, which is then to be stored. */
bool upload_right_see_licence(upload_right *right, int32_t answer); /* of pos_licence.property: negative is untold */
bool upload_right_connect(upload_right *right);
bool upload_right_use(upload_right *right);

#endif
