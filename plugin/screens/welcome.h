/* SPDX-License-Identifier: Apache-2.0 */
/* screens/welcome.h - when the welcome tour comes by itself. */
#ifndef SCREENS_WELCOME_H
#define SCREENS_WELCOME_H

#include "screens/page.h"

bool welcome_is_due(const screens *s); /* it was never seen by anybody on this till */
void welcome_leave(screens *s);        /* if one of its pages is open: it does not come again by itself */

#endif
