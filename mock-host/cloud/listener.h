/* SPDX-License-Identifier: Apache-2.0 */
/* listener.h - the listening socket. */
#ifndef CLOUD_LISTENER_H
#define CLOUD_LISTENER_H

#include <stdbool.h>
#include <stddef.h>

#define LISTENER_ADDRESS_SIZE 64

typedef struct listener {
    int fd;
    unsigned port;
    char address[LISTENER_ADDRESS_SIZE]; /* numeric, without brackets */
    bool loopback;
} listener;

/* `where`: ADDRESS:PORT or [ADDRESS]:PORT, ADDRESS numeric or localhost; port 0: the kernel chooses. 0 or -1 (logged). */
int listener_open(listener *self, const char *where);
/* "127.0.0.1" or "[::1]" */
void listener_host(const listener *self, char *out, size_t out_size);

#endif
