/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/http_server.h - a small HTTP/1.1 server on loopback that misbehaves on command.
 *
 * It answers by a script, one reply a request in order of arrival, and the last one for ever; it keeps every request
 * for the test to look at. A thread takes connections, and each connection has one of its own.
 */
#ifndef SUPPORT_HTTP_SERVER_H
#define SUPPORT_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct http_reply {
    int status;          /* 0: 200 */
    const char *headers; /* more header lines, each with its "\r\n"; NULL: none */
    const char *body;    /* NULL: empty */
    size_t body_bytes;   /* 0: strlen(body) */
    const char *raw;     /* instead of all above: the very bytes of the answer */
    size_t raw_bytes;    /* 0: strlen(raw) */
    bool never;          /* the request is read, and nothing ever comes back */
    bool deaf;           /* not even the request is read */
    bool held;           /* answers only after http_server_release() */
    bool close;          /* closes the connection afterwards */
    bool cut;            /* closes it after cut_after bytes of the answer */
    size_t cut_after;
    int drip_ms; /* one byte every so often */
} http_reply;

typedef struct http_request {
    char *head; /* request line and header lines, zero-terminated */
    uint8_t *body;
    size_t body_bytes;
    int connection; /* counted from 1 */
} http_request;

/* How bytes pass through a connection: NULL in http_server_start is plain TCP. All calls come from one thread. */
typedef struct http_layer {
    void *(*open)(void *context, int fd); /* NULL: the handshake failed, the connection is dropped */
    ssize_t (*read)(void *stream, void *to, size_t size);
    ssize_t (*write)(void *stream, const void *from, size_t size);
    void (*close)(void *stream);
    void *context;
} http_layer;

typedef struct http_server http_server;

/* The script (copied, but not what it points to). Never NULL: it aborts instead. */
http_server *http_server_start(const http_reply *script, size_t count, const http_layer *layer);
void http_server_stop(http_server *server); /* breaks all connections off, joins all threads, frees the requests */

int http_server_port(const http_server *server);
/* "http://127.0.0.1:port", or https with a layer. Valid until stop. */
const char *http_server_url(const http_server *server);

void http_server_release(http_server *server); /* lets held replies go, from now on */

/* Waits until that many requests have been read; false: they did not come in time. */
bool http_server_wait(http_server *server, size_t count, int timeout_ms);
size_t http_server_count(http_server *server);
int http_server_connections(http_server *server); /* accepted so far */
int http_server_most_at_once(http_server *server);
/* Valid until stop. */
const http_request *http_server_request(http_server *server, size_t index);
/* Does the head have exactly this line? */
bool http_request_has_line(const http_request *request, const char *line);

/* A port of a listener that answers no connection attempt at all: its queue is full. http_black_hole_close ends it. */
typedef struct http_black_hole {
    int port;
    int fds[8];
} http_black_hole;

void http_black_hole_open(http_black_hole *hole);
void http_black_hole_close(http_black_hole *hole);

#endif
