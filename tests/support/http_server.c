/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/http_server.c - the server's beginning and end, and what a test asks it. stop() shuts sockets down and
 * closes them only after the join, so that a blocked thread wakes up and its number is not given to another file.
 */
#include "support/http_internal.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS 1000000L

void http_die(const char *what)
{
    perror(what);
    abort();
}

static void *run_listener(void *context)
{
    http_server *server = context;

    for (;;) {
        struct connection *made;
        int fd = accept(server->fd, NULL, NULL);

        pthread_mutex_lock(&server->lock);
        if (server->stopping || fd < 0) {
            pthread_mutex_unlock(&server->lock);
            if (fd >= 0)
                close(fd);
            return NULL;
        }
        http_must(server->connection_count < CONNECTIONS_MAX, "too many connections");
        made = &server->connections[server->connection_count];
        server->connection_count++;
        *made = (struct connection){.server = server, .fd = fd, .number = server->connection_count};
        http_must(pthread_create(&made->thread, NULL, http_run_connection, made) == 0, "pthread_create");
        pthread_mutex_unlock(&server->lock);
    }
}

static int listen_on_loopback(int backlog, int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    http_must(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, backlog) == 0 &&
                  getsockname(fd, (struct sockaddr *)&address, &size) == 0,
              "listen on 127.0.0.1");
    *port = ntohs(address.sin_port);
    return fd;
}

http_server *http_server_start(const http_reply *script, size_t count, const http_layer *layer)
{
    http_server *server = calloc(1, sizeof *server);

    http_must(server != NULL && count > 0, "calloc");
    server->script = malloc(count * sizeof *script);
    http_must(server->script != NULL, "malloc");
    memcpy(server->script, script, count * sizeof *script);
    server->script_count = count;
    server->has_layer = layer != NULL;
    if (layer != NULL)
        server->layer = *layer;
    server->fd = listen_on_loopback(64, &server->port);
    (void)snprintf(server->url, sizeof server->url, "%s://127.0.0.1:%d", layer != NULL ? "https" : "http",
                   server->port);
    http_must(pthread_mutex_init(&server->lock, NULL) == 0 && pthread_cond_init(&server->changed, NULL) == 0,
              "pthread");
    http_must(pthread_create(&server->thread, NULL, run_listener, server) == 0, "pthread_create");
    return server;
}

void http_server_stop(http_server *server)
{
    int i;
    size_t n;

    pthread_mutex_lock(&server->lock);
    server->stopping = true;
    pthread_cond_broadcast(&server->changed);
    for (i = 0; i < server->connection_count; i++)
        (void)shutdown(server->connections[i].fd, SHUT_RDWR);
    pthread_mutex_unlock(&server->lock);
    (void)shutdown(server->fd, SHUT_RDWR); /* wakes accept() */
    (void)pthread_join(server->thread, NULL);
    close(server->fd);
    for (i = 0; i < server->connection_count; i++) {
        (void)shutdown(server->connections[i].fd, SHUT_RDWR);
        (void)pthread_join(server->connections[i].thread, NULL);
        close(server->connections[i].fd);
    }
    for (n = 0; n < server->request_count; n++) {
        free(server->requests[n].head);
        free(server->requests[n].body);
    }
    pthread_cond_destroy(&server->changed);
    pthread_mutex_destroy(&server->lock);
    free(server->script);
    free(server);
}

/* ---- what a test asks ---- */

int http_server_port(const http_server *server)
{
    return server->port;
}

const char *http_server_url(const http_server *server)
{
    return server->url;
}

void http_server_release(http_server *server)
{
    pthread_mutex_lock(&server->lock);
    server->released = true;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
}

bool http_server_wait(http_server *server, size_t count, int timeout_ms)
{
    struct timespec until;
    bool there;
    int rc = 0;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * NS_PER_MS;
    if (until.tv_nsec >= 1000 * NS_PER_MS) {
        until.tv_sec++;
        until.tv_nsec -= 1000 * NS_PER_MS;
    }
    pthread_mutex_lock(&server->lock);
    while (server->request_count < count && rc == 0)
        rc = pthread_cond_timedwait(&server->changed, &server->lock, &until);
    there = server->request_count >= count;
    pthread_mutex_unlock(&server->lock);
    return there;
}

size_t http_server_count(http_server *server)
{
    size_t count;

    pthread_mutex_lock(&server->lock);
    count = server->request_count;
    pthread_mutex_unlock(&server->lock);
    return count;
}

int http_server_connections(http_server *server)
{
    int count;

    pthread_mutex_lock(&server->lock);
    count = server->connection_count;
    pthread_mutex_unlock(&server->lock);
    return count;
}

int http_server_most_at_once(http_server *server)
{
    int most;

    pthread_mutex_lock(&server->lock);
    most = server->most_at_once;
    pthread_mutex_unlock(&server->lock);
    return most;
}

const http_request *http_server_request(http_server *server, size_t index)
{
    http_must(index < http_server_count(server), "there is no such request");
    return &server->requests[index]; /* never changed once counted */
}

bool http_request_has_line(const http_request *request, const char *line)
{
    size_t length = strlen(line);
    const char *at = request->head;

    while (at != NULL) {
        if (strncmp(at, line, length) == 0 && at[length] == '\r')
            return true;
        at = strchr(at, '\n');
        at = at == NULL ? NULL : at + 1;
    }
    return false;
}
