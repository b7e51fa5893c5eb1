/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web_screen.h - the settings screen's widgets in their order, gathered into what belongs together on a page.
 */
#ifndef TILL_WEB_SCREEN_H
#define TILL_WEB_SCREEN_H

#include "web_widget.h"

void web_screen_draw(struct web_draw *draw);

#endif
