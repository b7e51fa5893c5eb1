/* SPDX-License-Identifier: Apache-2.0 */
/* login.h - checking a password and opening a session: the same for the till's screen and for the browser. */
#ifndef CLOUD_LOGIN_H
#define CLOUD_LOGIN_H

#include "request.h"

typedef struct login {
    const char *email;
    const char *password;
    const char *device_name; /* or NULL */
    store_session session;   /* with STORE_OK, as the next one */
    char token[IDENT_TOKEN_SIZE];
    int64_t retry_after_ms; /* with STORE_THROTTLED */
} login;

/* STORE_OK, STORE_WRONG, STORE_THROTTLED, or a failure. The caller wipes the token. */
store_status login_open(const request *from, login *self);

#endif
