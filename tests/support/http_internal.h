/* SPDX-License-Identifier: Apache-2.0 */
/* tests/support/http_internal.h - what the two files of the test server share. */
#ifndef SUPPORT_HTTP_INTERNAL_H
#define SUPPORT_HTTP_INTERNAL_H

#include "support/http_server.h"

#include <pthread.h>

#define CONNECTIONS_MAX 4096
#define REQUESTS_MAX    4096

struct connection {
    http_server *server;
    pthread_t thread;
    int fd;
    int number;
    void *stream; /* of the layer */
};

struct http_server {
    http_reply *script;
    size_t script_count;
    http_layer layer;
    bool has_layer;
    int fd;
    int port;
    char url[64];
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
    bool released;
    size_t taken; /* replies handed out */
    http_request requests[REQUESTS_MAX];
    size_t request_count;
    struct connection connections[CONNECTIONS_MAX];
    int connection_count;
    int at_once;
    int most_at_once;
};

/* Aborts the test program: a test that cannot set itself up has nothing to say. */
_Noreturn void http_die(const char *what);
static inline void http_must(bool good, const char *what)
{
    if (!good)
        http_die(what);
}

void *http_run_connection(void *context); /* a struct connection */

#endif
