/* SPDX-License-Identifier: Apache-2.0 */
/* server.h - HTTP: from libmicrohttpd to request.h and back. */
#ifndef CLOUD_SERVER_H
#define CLOUD_SERVER_H

#include "faults.h"
#include "request.h"

typedef struct server_config {
    const api *api;
    faults *faults;       /* NULL: no fault routes */
    int listen_fd;        /* the server closes it */
    const char *cert_pem; /* NULL: no TLS, and X-Forwarded-For is believed */
    const char *key_pem;
    int64_t (*clock_ms)(void *context);
    void *clock_context;
} server_config;

typedef struct server server;

/* NULL after having logged why not; listen_fd is then still the caller's. */
server *server_start(const server_config *config);
void server_stop(server *self);

#endif
