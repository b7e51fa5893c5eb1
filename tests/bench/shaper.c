/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/shaper.c - the slow link (shaper.h). Each direction of a connection has two threads: one takes bytes in at
 * the link's rate, which all connections share, the other hands them on when they are due.
 */
#include "bench/shaper.h"

#include "bench/bench.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK_BYTES 1460
#define CHUNKS      64 /* under way or waiting: 93 KB */
#define BUFFER      16384

typedef struct way {
    pthread_mutex_t lock;
    double free_at_us; /* when the link has carried what was given to it */
} way;

struct shaper {
    int listener, to_port;
    double us_per_byte, delay_us;
    way up, down;
    pthread_t thread;
    atomic_int running;
};

typedef struct chunk {
    double due_us;
    size_t size; /* 0: the sender has ended */
    char bytes[CHUNK_BYTES];
} chunk;

typedef struct direction {
    shaper *owner;
    way *link;
    int from, to;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t first, count;
    chunk ring[CHUNKS];
} direction;

typedef struct pair {
    shaper *owner;
    int near, far;
} pair;

/* When the last of so many bytes is through. */
static double reserve(const direction *self, size_t size)
{
    pthread_mutex_lock(&self->link->lock);
    double now = bench_now_us();
    double begins = self->link->free_at_us > now ? self->link->free_at_us : now;
    self->link->free_at_us = begins + (double)size * self->owner->us_per_byte;
    double ends = self->link->free_at_us;
    pthread_mutex_unlock(&self->link->lock);
    return ends;
}

static void put(direction *self, const char *bytes, size_t size, double due_us)
{
    pthread_mutex_lock(&self->lock);
    while (self->count == CHUNKS)
        pthread_cond_wait(&self->changed, &self->lock);
    chunk *last = &self->ring[(self->first + self->count) % CHUNKS];
    *last = (chunk){.due_us = due_us, .size = size};
    memcpy(last->bytes, bytes, size);
    self->count++;
    pthread_cond_signal(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

static void *take_in(void *context)
{
    direction *self = context;
    char bytes[CHUNK_BYTES];
    ssize_t got;
    while ((got = read(self->from, bytes, sizeof bytes)) > 0) {
        double through_us = reserve(self, (size_t)got);
        bench_nap_us(through_us - bench_now_us());
        put(self, bytes, (size_t)got, through_us + self->owner->delay_us);
    }
    put(self, bytes, 0, bench_now_us() + self->owner->delay_us);
    return NULL;
}

static void *hand_on(void *context)
{
    direction *self = context;
    for (;;) {
        pthread_mutex_lock(&self->lock);
        while (self->count == 0)
            pthread_cond_wait(&self->changed, &self->lock);
        chunk *next = &self->ring[self->first];
        pthread_mutex_unlock(&self->lock);
        bench_nap_us(next->due_us - bench_now_us());
        if (next->size == 0) {
            shutdown(self->to, SHUT_WR);
            return NULL;
        }
        for (size_t done = 0; done < next->size;) {
            ssize_t wrote = send(self->to, next->bytes + done, next->size - done, MSG_NOSIGNAL);
            done = wrote > 0 ? done + (size_t)wrote : next->size;
        }
        pthread_mutex_lock(&self->lock);
        self->first = (self->first + 1) % CHUNKS;
        self->count--;
        pthread_cond_signal(&self->changed);
        pthread_mutex_unlock(&self->lock);
    }
}

static void *run_pair(void *context)
{
    pair *both = context;
    direction *directions[2];
    pthread_t threads[4];
    for (int i = 0; i < 2; i++) {
        directions[i] = calloc(1, sizeof **directions);
        ck_assert_ptr_nonnull(directions[i]);
        directions[i]->owner = both->owner;
        directions[i]->link = i == 0 ? &both->owner->up : &both->owner->down;
        directions[i]->from = i == 0 ? both->near : both->far;
        directions[i]->to = i == 0 ? both->far : both->near;
        pthread_mutex_init(&directions[i]->lock, NULL);
        pthread_cond_init(&directions[i]->changed, NULL);
        pthread_create(&threads[2 * i], NULL, take_in, directions[i]);
        pthread_create(&threads[2 * i + 1], NULL, hand_on, directions[i]);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 2; i++) {
        pthread_mutex_destroy(&directions[i]->lock);
        pthread_cond_destroy(&directions[i]->changed);
        free(directions[i]);
    }
    close(both->near);
    close(both->far);
    free(both);
    return NULL;
}

static int prepare(int fd)
{
    int one = 1, size = BUFFER; /* the system's own buffers would take a whole batch at once */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    return fd;
}

static void *run(void *context)
{
    shaper *self = context;
    while (atomic_load(&self->running)) {
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)self->to_port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        pthread_t thread;
        int near = accept(self->listener, NULL, NULL);
        if (near < 0)
            continue;
        pair *both = malloc(sizeof *both);
        ck_assert_ptr_nonnull(both);
        *both = (pair){self, prepare(near), prepare(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))};
        if (connect(both->far, (struct sockaddr *)&address, sizeof address) != 0 ||
            pthread_create(&thread, NULL, run_pair, both) != 0) {
            close(both->near);
            close(both->far);
            free(both);
            continue;
        }
        pthread_detach(thread);
    }
    return NULL;
}

shaper *shaper_start(int to_port, double bits_per_s, double round_trip_ms, int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    shaper *self = calloc(1, sizeof *self);
    ck_assert_ptr_nonnull(self);
    self->to_port = to_port;
    self->us_per_byte = 8e6 / bits_per_s;
    self->delay_us = round_trip_ms * 1e3 / 2;
    pthread_mutex_init(&self->up.lock, NULL);
    pthread_mutex_init(&self->down.lock, NULL);
    atomic_init(&self->running, 1);
    self->listener = prepare(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ck_assert_int_eq(bind(self->listener, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(self->listener, 16), 0);
    ck_assert_int_eq(getsockname(self->listener, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    ck_assert_int_eq(pthread_create(&self->thread, NULL, run, self), 0);
    return self;
}

/* The pairs end with their connections, a moment after them; what they hold of us stays valid until the process ends. */
void shaper_stop(shaper *self)
{
    atomic_store(&self->running, 0);
    shutdown(self->listener, SHUT_RDWR);
    pthread_join(self->thread, NULL);
    close(self->listener);
}
