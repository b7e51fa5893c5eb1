/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening the listening socket ourselves rather than by libmicrohttpd, to say what is wrong in words and to learn
 * which port the kernel chose.
 */
#include "listener.h"
#include "log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int split(const char *where, char *host, size_t host_size, const char **port)
{
    const char *colon = strrchr(where, ':');
    size_t length = colon ? (size_t)(colon - where) : 0;
    if (!colon || length == 0 || length >= host_size || !colon[1])
        return -1;
    if (where[0] == '[' && where[length - 1] == ']') {
        where++;
        length -= 2;
    }
    memcpy(host, where, length);
    host[length] = 0;
    *port = colon + 1;
    return 0;
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return (ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24) == 127;
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr) != 0;
}

static int learn_address(listener *self)
{
    struct sockaddr_storage bound;
    socklen_t length = sizeof bound;
    char port[8];
    if (getsockname(self->fd, (struct sockaddr *)&bound, &length) != 0 ||
        getnameinfo((struct sockaddr *)&bound, length, self->address, sizeof self->address, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return -1;
    self->loopback = is_loopback((struct sockaddr *)&bound);
    return sscanf(port, "%u", &self->port) == 1 ? 0 : -1;
}

int listener_open(listener *self, const char *where)
{
    char host[256];
    const char *port;
    struct addrinfo *found = NULL;
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    int on = 1;
    self->fd = -1;
    if (split(where, host, sizeof host, &port) != 0 || getaddrinfo(host, port, &hints, &found) != 0) {
        log_line(LOG_LEVEL_ERROR, "--listen %s: not ADDRESS:PORT", where);
        return -1;
    }
    self->fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (self->fd >= 0 && setsockopt(self->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(self->fd, found->ai_addr, found->ai_addrlen) == 0 && listen(self->fd, 256) == 0 &&
        learn_address(self) == 0) {
        freeaddrinfo(found);
        return 0;
    }
    log_line(LOG_LEVEL_ERROR, "--listen %s: %s", where, strerror(errno));
    freeaddrinfo(found);
    if (self->fd >= 0)
        close(self->fd);
    self->fd = -1;
    return -1;
}

void listener_host(const listener *self, char *out, size_t out_size)
{
    snprintf(out, out_size, strchr(self->address, ':') ? "[%s]" : "%s", self->address);
}
