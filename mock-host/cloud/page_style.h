/* SPDX-License-Identifier: Apache-2.0 */
/* page_style.h - the one stylesheet. */
#ifndef CLOUD_PAGE_STYLE_H
#define CLOUD_PAGE_STYLE_H

/* A few characters that change when the stylesheet does: browsers keep it for ever under this name. */
const char *page_style_version(void);

#endif
