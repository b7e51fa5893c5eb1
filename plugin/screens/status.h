/* SPDX-License-Identifier: Apache-2.0 */
/* screens/status.h - what the status page lends to others. */
#ifndef SCREENS_STATUS_H
#define SCREENS_STATUS_H

#include "screens/page.h"

/* "Retry now": to be called when page_status is on top, which then says what comes of it. */
void status_retry(screens *s);

#endif
