/* SPDX-License-Identifier: Apache-2.0 */
/* tests/support/http_connection.c - one connection of the test server: reads requests, replies as the script says. */
#define _GNU_SOURCE /* POLLRDHUP */
#include "support/http_internal.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define HEAD_BYTES_MAX 65536

/* ---- bytes ---- */

static ssize_t read_some(struct connection *self, void *to, size_t size)
{
    http_server *server = self->server;

    return server->has_layer ? server->layer.read(self->stream, to, size) : recv(self->fd, to, size, 0);
}

static bool write_all(struct connection *self, const char *from, size_t size)
{
    http_server *server = self->server;

    while (size > 0) {
        ssize_t n = server->has_layer ? server->layer.write(self->stream, from, size)
                                      : send(self->fd, from, size, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        from += n;
        size -= (size_t)n;
    }
    return true;
}

/* ---- requests ---- */

static size_t content_length(const char *head)
{
    const char *line;

    for (line = head; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n' ? 1 : 0;
        if (strncasecmp(line, "Content-Length:", 15) == 0)
            return (size_t)strtoull(line + 15, NULL, 10);
    }
    return 0;
}

/* Byte by byte, so that nothing behind the head is swallowed: slow, but these are tests. */
static bool read_head(struct connection *self, char *head)
{
    size_t size = 0;

    while (size + 1 < HEAD_BYTES_MAX && read_some(self, head + size, 1) == 1) {
        size++;
        head[size] = '\0';
        if (size >= 4 && memcmp(head + size - 4, "\r\n\r\n", 4) == 0)
            return true;
    }
    return false;
}

static bool read_request(struct connection *self, http_request *request)
{
    size_t got = 0;

    *request = (http_request){.connection = self->number};
    request->head = malloc(HEAD_BYTES_MAX);
    http_must(request->head != NULL, "malloc");
    if (!read_head(self, request->head)) {
        free(request->head);
        return false;
    }
    request->body_bytes = content_length(request->head);
    request->body = malloc(request->body_bytes + 1);
    http_must(request->body != NULL, "malloc");
    while (got < request->body_bytes) {
        ssize_t n = read_some(self, request->body + got, request->body_bytes - got);
        if (n <= 0) {
            free(request->head);
            free(request->body);
            return false;
        }
        got += (size_t)n;
    }
    return true;
}

/* ---- replies ---- */

static void pause_ms(struct connection *self, int ms)
{
    struct pollfd gone = {.fd = self->fd, .events = POLLRDHUP};

    (void)poll(&gone, 1, ms); /* ends early when the connection is shut down */
}

static void wait_until_gone(struct connection *self)
{
    http_server *server = self->server;
    bool stopping = false;

    while (!stopping) {
        struct pollfd gone = {.fd = self->fd, .events = POLLRDHUP};
        if (poll(&gone, 1, 20) != 0)
            return;
        pthread_mutex_lock(&server->lock);
        stopping = server->stopping;
        pthread_mutex_unlock(&server->lock);
    }
}

static char *compose(const http_reply *reply, size_t *size)
{
    size_t body_bytes = reply->body == NULL ? 0 : reply->body_bytes != 0 ? reply->body_bytes : strlen(reply->body);
    const char *headers = reply->headers != NULL ? reply->headers : "";
    size_t room = body_bytes + strlen(headers) + 256;
    char *text;
    int head;

    if (reply->raw != NULL) {
        *size = reply->raw_bytes != 0 ? reply->raw_bytes : strlen(reply->raw);
        text = malloc(*size + 1);
        http_must(text != NULL, "malloc");
        memcpy(text, reply->raw, *size);
        return text;
    }
    text = malloc(room);
    http_must(text != NULL, "malloc");
    head = snprintf(text, room, "HTTP/1.1 %d Status\r\nContent-Length: %zu\r\n%s\r\n",
                    reply->status != 0 ? reply->status : 200, body_bytes, headers);
    if (body_bytes > 0)
        memcpy(text + head, reply->body, body_bytes);
    *size = (size_t)head + body_bytes;
    return text;
}

/* false: the connection is over. */
static bool send_reply(struct connection *self, const http_reply *reply)
{
    size_t size, i;
    char *text;
    bool good = true;

    if (reply->never) {
        wait_until_gone(self);
        return false;
    }
    text = compose(reply, &size);
    if (reply->cut && reply->cut_after < size)
        size = reply->cut_after;
    if (reply->drip_ms > 0) {
        for (i = 0; good && i < size; i++) {
            good = write_all(self, text + i, 1);
            pause_ms(self, reply->drip_ms);
        }
    } else {
        good = write_all(self, text, size);
    }
    free(text);
    return good && !reply->cut && !reply->close;
}

/* Keeps the request and finds its reply; waits where the reply is held. */
static http_reply take_reply(struct connection *self, http_request *request)
{
    http_server *server = self->server;
    http_reply reply;

    pthread_mutex_lock(&server->lock);
    reply = server->script[server->taken < server->script_count ? server->taken : server->script_count - 1];
    server->taken++;
    http_must(server->request_count < REQUESTS_MAX, "too many requests");
    server->requests[server->request_count] = *request;
    server->request_count++;
    server->at_once++;
    if (server->at_once > server->most_at_once)
        server->most_at_once = server->at_once;
    pthread_cond_broadcast(&server->changed);
    while (reply.held && !server->released && !server->stopping)
        pthread_cond_wait(&server->changed, &server->lock);
    pthread_mutex_unlock(&server->lock);
    return reply;
}

static void serve(struct connection *self)
{
    http_server *server = self->server;
    http_request request;
    bool going = true;

    if (server->script[0].deaf) {
        wait_until_gone(self);
        return;
    }
    while (going && read_request(self, &request)) {
        http_reply reply = take_reply(self, &request);
        going = send_reply(self, &reply);
        pthread_mutex_lock(&server->lock);
        server->at_once--;
        pthread_mutex_unlock(&server->lock);
    }
}

void *http_run_connection(void *context)
{
    struct connection *self = context;
    http_server *server = self->server;

    if (server->has_layer) {
        self->stream = server->layer.open(server->layer.context, self->fd);
        if (self->stream != NULL) {
            serve(self);
            server->layer.close(self->stream);
        }
    } else {
        serve(self);
    }
    (void)shutdown(self->fd, SHUT_RDWR);
    return NULL;
}
