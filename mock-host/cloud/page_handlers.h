/* SPDX-License-Identifier: Apache-2.0 */
/* page_handlers.h - what the routes of the pages call. Private to routes.c and page_*.c. */
#ifndef CLOUD_PAGE_HANDLERS_H
#define CLOUD_PAGE_HANDLERS_H

#include "request.h"

/* The session of the cookie; without one the answer sends the browser to the log-in page. */
void page_check_session(request *self, response *answer);

void page_show_start(request *self, response *answer);
void page_show_style(request *self, response *answer);
void page_show_icon(request *self, response *answer);
void page_show_login(request *self, response *answer);
void page_show_terms(request *self, response *answer);
void page_log_in(request *self, response *answer);
void page_log_out(request *self, response *answer);
void page_show_stores(request *self, response *answer);
void page_show_figures(request *self, response *answer);
void page_send_csv(request *self, response *answer);
void page_show_conflict(request *self, response *answer);
void page_decide_conflict(request *self, response *answer);
void page_show_catalogue(request *self, response *answer);
void page_send_catalogue(request *self, response *answer);
void page_take_catalogue(request *self, response *answer);
void page_change_price(request *self, response *answer);
void page_show_mail(request *self, response *answer);

#endif
