/* SPDX-License-Identifier: Apache-2.0 */
/* routes.h - the table of routes. */
#ifndef CLOUD_ROUTES_H
#define CLOUD_ROUTES_H

#include "request.h"

/* AUTH_TILL: the till and store of the path; AUTH_STORE: any till of the store of the path, whose objects are otherwise not
 * there. */
typedef enum route_auth { AUTH_NONE = 1, AUTH_SESSION, AUTH_TILL, AUTH_STORE, AUTH_COOKIE } route_auth;
typedef enum route_body { BODY_NOTHING = 1, BODY_JSON, BODY_BATCH, BODY_LINES, BODY_FILE, BODY_FORM } route_body;
typedef enum route_key { KEY_NONE = 1, KEY_REQUIRED } route_key;

struct route {
    const char *name; /* for the log and for fault rules */
    const char *method;
    const char *pattern; /* "{...}" stands for one segment */
    route_auth auth;
    route_body body;
    route_key key;
    void (*handle)(request *self, response *answer);
};

/* The route, or NULL. With a path that exists under other methods, *allow lists them. Fills self->param. */
const route *routes_find(request *self, const char **allow);

/* By name; NULL if there is none. */
const route *routes_by_name(const char *name);

#endif
