/* SPDX-License-Identifier: Apache-2.0 */
/* page_catalogue.h - the page of a store's configuration data, and files that are sent to it. Private to page_*.c. */
#ifndef CLOUD_PAGE_CATALOGUE_H
#define CLOUD_PAGE_CATALOGUE_H

#include "page_figures.h"

/* The page with words about what was just refused (PAGE_TEXT_NONE: nothing was), and their places. */
void page_write_catalogue(figures_view *view, page_text_id refused, const char *first, const char *second);

/* A part of a form with a file in it (multipart/form-data), as it stands in the body; NULL if there is none. */
const char *page_form_part(const request *from, const char *name, size_t *length);

/* A short one as text; "" if there is none or it does not fit. */
void page_form_short_part(const request *from, const char *name, char *out, size_t out_size);

#endif
