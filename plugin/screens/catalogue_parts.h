/* SPDX-License-Identifier: Apache-2.0 */
/* screens/catalogue_parts.h - the parts of the page "Synchronize configuration data", for its files. */
#ifndef SCREENS_CATALOGUE_PARTS_H
#define SCREENS_CATALOGUE_PARTS_H

#include "core/catalogue.h"
#include "screens/draw.h"

text_id catalogue_kind_word(catalogue_kind kind);

/* "3 items, 5 prices", or that there are none. */
const char *catalogue_say_counts(draw *d, const int64_t counts[CATALOGUE_KINDS]);

/* catalogue_outcome.c: how the last job ended. */
void catalogue_draw_outcome(draw *d, const core_catalogue_view *view);

/* catalogue_preview.c: PREVIEW and SECOND. */
void catalogue_draw_preview(screens *s, draw *d, const core_catalogue_view *view);
void catalogue_draw_unknown(draw *d, const core_catalogue_view *view);

#endif
