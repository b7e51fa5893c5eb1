/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web_act.h - what a posted form does to the till.
 */
#ifndef TILL_WEB_ACT_H
#define TILL_WEB_ACT_H

#include "web_form.h"
#include "web_own.h"

/* On the settings screen: takes the typed values, then what was pressed. A form made on a screen that is no longer
 * there does nothing; web->remark says so. */
void web_act_on_screen(struct web *web, const struct web_form *form);

/* In the header: sell, close the day, open the settings. */
void web_act_on_till(struct web *web, const struct web_form *form);

#endif
