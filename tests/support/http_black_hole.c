/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/http_black_hole.c - a port that drops connection attempts, on loopback and without privileges: a
 * listener with the smallest queue, filled up by connections that nobody ever accepts.
 */
#include "support/http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define FDS ((int)(sizeof((http_black_hole *)0)->fds / sizeof((http_black_hole *)0)->fds[0]))

void http_black_hole_open(http_black_hole *hole)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int i;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (i = 0; i < FDS; i++) {
        hole->fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (hole->fds[i] < 0)
            abort();
    }
    if (bind(hole->fds[0], (struct sockaddr *)&address, sizeof address) != 0 || listen(hole->fds[0], 0) != 0 ||
        getsockname(hole->fds[0], (struct sockaddr *)&address, &size) != 0) {
        perror("black hole");
        abort();
    }
    hole->port = ntohs(address.sin_port);
    for (i = 1; i < FDS; i++)
        (void)connect(hole->fds[i], (struct sockaddr *)&address,
                      sizeof address); /* the first fills it, the rest wait */
}

void http_black_hole_close(http_black_hole *hole)
{
    int i;

    for (i = 0; i < FDS; i++)
        close(hole->fds[i]);
}
