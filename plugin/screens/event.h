/* SPDX-License-Identifier: Apache-2.0 */
/* screens/event.h - judges what a host handed to render_settings(), and reads structs of older and newer hosts. */
#ifndef SCREENS_EVENT_H
#define SCREENS_EVENT_H

#include "screens/form.h"

/* Fills *whole and *lent (zero where the host's are shorter) and the form. NULL: all is well; else the broken rule, static
 * text. `event` may be NULL; `builder` may be NULL with POS_EVENT_CLOSED. */
const char *event_read(const pos_event *event, pos_event *whole, const pos_builder *builder, pos_builder *lent,
                       form *f);

#endif
