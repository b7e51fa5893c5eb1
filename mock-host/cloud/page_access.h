/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page_access.h - who is it, and did they mean it: cookies, and the token in each form that only our own pages know.
 *
 * The session's token lives in a cookie that no script can read, that goes to this host over TLS only and never along
 * with what another site starts. Each form carries a hash of a cookie's secret; a POST without it is refused, as is one
 * that the browser itself says comes from elsewhere.
 */
#ifndef CLOUD_PAGE_ACCESS_H
#define CLOUD_PAGE_ACCESS_H

#include "page.h"

#define PAGE_COOKIE_SIZE 96

/* The value of the session's cookie, or of the log-in form's; false: there is none. The caller wipes it. */
bool page_session_token(const request *from, char token[PAGE_COOKIE_SIZE]);

/* Set-Cookie with the session's token; NULL takes it away. */
void page_set_session(response *answer, const char *token);

/* The hidden field, for forms of somebody logged in. */
void page_csrf_field(page *self);
/* The hidden field of the log-in form, and the cookie that belongs to it if the browser has none yet. */
void page_csrf_login_field(page *self);
/* Does the form that was sent carry what it must? */
bool page_csrf_holds(const request *from);
bool page_csrf_login_holds(const request *from);
/* The same for a form that is not of page_form_value()'s kind: `sent` is its field "csrf". */
bool page_csrf_proves(const request *from, const char *sent);
/* The answer to one that does not. */
void page_refuse_form(request *self, response *answer);

/* A field of the form that was sent, decoded; false (and "") if it is absent, too long or not text. */
bool page_form_value(const request *from, const char *name, char *out, size_t out_size);

#endif
