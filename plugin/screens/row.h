/* SPDX-License-Identifier: Apache-2.0 */
/* screens/row.h - one item of the queue in words: in the list, and on its own page. */
#ifndef SCREENS_ROW_H
#define SCREENS_ROW_H

#include "screens/draw.h"

#define ROW_ID_MAX 40 /* bytes of the widget's id, terminator included */

/* "item.<id>", or "item.kept.<id>" of what is kept until the owner exports it. */
void row_write_id(char id[ROW_ID_MAX], const core_row *row);
/* false: no such id. */
bool row_read_id(const char *id, uint64_t *item, bool *kept);

const char *row_say_name(draw *d, const core_row *row);   /* "Z 124, 20 Nov 2026" */
const char *row_say_state(draw *d, const core_row *row);  /* "Waiting" */
const char *row_say_reason(draw *d, const core_row *row); /* why it is in that state, a sentence or two */
text_id row_find_advice(const core_row *row);             /* what the owner can do */

#endif
