/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/proxy.c - the loop: accept, forward, act. Sockets do not block; each way has one buffer, and is read
 * again when it is empty.
 *
 * The loop holds the lock whenever it does not sleep, so that a caller may change anything under it. What a caller
 * closes may still be among the events the loop has just been given: it then takes them as stale and asks again, for
 * all of them are level-triggered.
 */
#define _GNU_SOURCE /* accept4 */
#include "support/proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define BUFFER_BYTES 16384
#define EVENTS_MAX   32
#define NS_PER_MS    1000000L

struct pair;

/* One socket of a connection; `way` is that of the bytes read from it. */
typedef struct side {
    struct pair *pair;
    int fd;
    proxy_way way;
    uint32_t events;
} side;

typedef struct stream {
    uint8_t bytes[BUFFER_BYTES];
    size_t from, until; /* what is still to be forwarded */
    bool ended, stalled, dripping, chopped;
} stream;

typedef struct pair {
    struct pair *next;
    side sides[2];
    stream streams[2];
    bool bound, acted;    /* by the plan */
    uint64_t at_bytes[2]; /* forwarded each way since it was bound */
    bool over;            /* its two ends were told; what they still say is thrown away */
} pair;

struct proxy {
    pthread_t thread;
    pthread_mutex_t lock;
    int epoll_fd, listen_fd, wake_fd, timer_fd;
    int port, target_port;
    pair *pairs;
    uint64_t epoch; /* of what is open */
    bool stopping;
    proxy_plan plan;
    bool bound, acted; /* any of the connections */
};

static void must(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    abort();
}

/* ---- connections ---- */

static void watch(proxy *self, side *s)
{
    const pair *p = s->pair;
    const stream *in = &p->streams[s->way];
    const stream *out = &p->streams[1 - s->way];
    bool wants_in = p->over || (!in->ended && !in->stalled && in->from == in->until);
    bool wants_out = !p->over && !out->stalled && !out->dripping && out->from < out->until;
    uint32_t events = (wants_in ? (uint32_t)EPOLLIN : 0) | (wants_out ? (uint32_t)EPOLLOUT : 0);
    struct epoll_event event = {.events = events, .data.ptr = s};
    if (events == s->events)
        return;
    s->events = events;
    must(epoll_ctl(self->epoll_fd, EPOLL_CTL_MOD, s->fd, &event) == 0, "epoll_ctl");
}

static void close_pair(proxy *self, pair *closed)
{
    pair **at = &self->pairs;
    while (*at != closed)
        at = &(*at)->next;
    *at = closed->next;
    close(closed->sides[0].fd);
    close(closed->sides[1].fd);
    free(closed);
    self->epoch++;
}

static void reset_pair(proxy *self, pair *p)
{
    const struct linger hard = {1, 0};
    for (int i = 0; i < 2; i++)
        (void)setsockopt(p->sides[i].fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close_pair(self, p);
}

/* A socket that is closed with bytes unread sends a reset: so it is read to its end first. */
static void end_pair(proxy *self, pair *p)
{
    for (int i = 0; i < 2; i++) {
        (void)shutdown(p->sides[i].fd, SHUT_WR);
        p->streams[i].from = p->streams[i].until = 0;
    }
    p->over = true;
    watch(self, &p->sides[0]);
    watch(self, &p->sides[1]);
}

static int connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    must(fd >= 0, "socket");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0 || errno == EINPROGRESS)
        return fd;
    close(fd);
    return -1;
}

static void accept_one(proxy *self)
{
    const int on = 1;
    int fd = accept4(self->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    int other = connect_to(self->target_port);
    if (other < 0) {
        close(fd);
        return;
    }
    pair *made = calloc(1, sizeof *made);
    must(made != NULL, "calloc");
    made->next = self->pairs;
    self->pairs = made;
    for (int i = 0; i < 2; i++) {
        side *s = &made->sides[i];
        *s = (side){.pair = made, .fd = i == 0 ? fd : other, .way = (proxy_way)i, .events = EPOLLIN};
        struct epoll_event event = {.events = s->events, .data.ptr = s};
        must(epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, s->fd, &event) == 0, "epoll_ctl");
        (void)setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
}

/* ---- forwarding ---- */

static void start_dripping(proxy *self)
{
    long ms = (long)self->plan.drip_ms;
    struct itimerspec every = {{ms / 1000, ms % 1000 * NS_PER_MS}, {ms / 1000, ms % 1000 * NS_PER_MS}};
    must(timerfd_settime(self->timer_fd, 0, &every, NULL) == 0, "timerfd_settime");
}

/* false: the connection is over. */
static bool act(proxy *self, pair *p, stream *s)
{
    self->acted = true;
    p->acted = true;
    switch (self->plan.act) {
    case PROXY_CUT_FIN:
        end_pair(self, p);
        return false;
    case PROXY_CUT_RST:
        reset_pair(self, p);
        return false;
    case PROXY_STALL:
        s->stalled = true;
        break;
    case PROXY_DRIP:
        s->dripping = true;
        start_dripping(self);
        break;
    case PROXY_CHOP:
        s->chopped = true;
        break;
    case PROXY_PASS:
        break;
    }
    return true;
}

/* How many of the bytes at hand may go now. */
static size_t allowed_bytes(const proxy *self, const pair *p, proxy_way way)
{
    const stream *s = &p->streams[way];
    size_t left = s->until - s->from;
    if (s->stalled)
        return 0;
    if (p->bound && !p->acted && self->plan.way == way && self->plan.at_bytes - p->at_bytes[way] < left)
        left = (size_t)(self->plan.at_bytes - p->at_bytes[way]);
    return s->chopped || s->dripping ? (left < 1 ? left : 1) : left;
}

static bool is_due(const proxy *self, const pair *p, proxy_way way)
{
    return p->bound && !p->acted && self->plan.way == way && p->at_bytes[way] == self->plan.at_bytes;
}

/* false: the connection is gone, or over. */
static bool forward(proxy *self, pair *p, proxy_way way)
{
    stream *s = &p->streams[way];
    while (s->from < s->until) {
        if (is_due(self, p, way) && !act(self, p, s))
            return false;
        size_t size = allowed_bytes(self, p, way);
        ssize_t sent = size == 0 ? 0 : send(p->sides[1 - way].fd, s->bytes + s->from, size, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            reset_pair(self, p);
            return false;
        }
        if (sent <= 0)
            break;
        s->from += (size_t)sent;
        if (p->bound)
            p->at_bytes[way] += (uint64_t)sent;
        if (s->dripping)
            break;
    }
    watch(self, &p->sides[0]);
    watch(self, &p->sides[1]);
    return true;
}

static void bind_plan(proxy *self, pair *p)
{
    if (self->plan.act == PROXY_PASS || p->bound || (self->bound && !self->plan.every))
        return;
    self->bound = true;
    p->bound = true;
}

static void end_stream(proxy *self, pair *p, proxy_way way)
{
    p->streams[way].ended = true;
    (void)shutdown(p->sides[1 - way].fd, SHUT_WR);
    if (p->streams[0].ended && p->streams[1].ended)
        close_pair(self, p);
    else
        watch(self, &p->sides[way]);
}

/* Of a connection that is over: reads on until both ends have closed. */
static void drain(proxy *self, side *s)
{
    uint8_t nothing[BUFFER_BYTES];
    ssize_t got = recv(s->fd, nothing, sizeof nothing, 0);
    if (got > 0 || (got < 0 && errno == EAGAIN))
        return;
    s->pair->streams[s->way].ended = true;
    (void)epoll_ctl(self->epoll_fd, EPOLL_CTL_DEL, s->fd, NULL);
    if (s->pair->streams[0].ended && s->pair->streams[1].ended)
        close_pair(self, s->pair);
}

static void read_side(proxy *self, side *s)
{
    pair *p = s->pair;
    stream *in = &p->streams[s->way];
    if (p->over) {
        drain(self, s);
        return;
    }
    bool is_held = in->from < in->until; /* then only an error or a hang-up brings us here */
    ssize_t got = is_held ? -1 : recv(s->fd, in->bytes, sizeof in->bytes, 0);
    if (got < 0 && !is_held && errno == EAGAIN)
        return;
    if (got < 0) {
        reset_pair(self, p);
        return;
    }
    if (got == 0) {
        end_stream(self, p, s->way);
        return;
    }
    in->from = 0;
    in->until = (size_t)got;
    if (s->way == PROXY_UP)
        bind_plan(self, p);
    (void)forward(self, p, s->way);
}

static void drip(proxy *self)
{
    uint64_t times;
    (void)!read(self->timer_fd, &times, sizeof times);
    for (pair *p = self->pairs, *next; p != NULL; p = next) {
        next = p->next;
        for (int way = 0; way < 2; way++) {
            if (p->streams[way].dripping && !p->over && !forward(self, p, (proxy_way)way))
                break;
        }
    }
}

/* ---- the loop ---- */

static void take_event(proxy *self, const struct epoll_event *event)
{
    uint64_t counted;
    side *s = event->data.ptr;
    if (event->data.ptr == &self->listen_fd)
        accept_one(self);
    else if (event->data.ptr == &self->wake_fd)
        (void)!read(self->wake_fd, &counted, sizeof counted);
    else if (event->data.ptr == &self->timer_fd)
        drip(self);
    else if ((event->events & EPOLLOUT) != 0 && !forward(self, s->pair, (proxy_way)(1 - s->way)))
        return;
    else if ((event->events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        read_side(self, s);
}

static void *run(void *context)
{
    proxy *self = context;
    struct epoll_event events[EVENTS_MAX];
    pthread_mutex_lock(&self->lock);
    while (!self->stopping) {
        uint64_t epoch = self->epoch;
        pthread_mutex_unlock(&self->lock);
        int count = epoll_wait(self->epoll_fd, events, EVENTS_MAX, -1);
        pthread_mutex_lock(&self->lock);
        for (int i = 0; i < count && self->epoch == epoch; i++)
            take_event(self, &events[i]);
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

static void add_to_loop(proxy *self, int *fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = fd};
    must(*fd >= 0 && epoll_ctl(self->epoll_fd, EPOLL_CTL_ADD, *fd, &event) == 0, "epoll_ctl");
}

proxy *proxy_start(int target_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    proxy *self = calloc(1, sizeof *self);
    must(self != NULL && pthread_mutex_init(&self->lock, NULL) == 0, "calloc");
    self->plan.act = PROXY_PASS;
    self->target_port = target_port;
    self->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    self->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    self->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    self->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    must(self->listen_fd >= 0 && bind(self->listen_fd, (struct sockaddr *)&address, size) == 0 &&
             listen(self->listen_fd, SOMAXCONN) == 0 &&
             getsockname(self->listen_fd, (struct sockaddr *)&address, &size) == 0,
         "listen");
    self->port = ntohs(address.sin_port);
    add_to_loop(self, &self->listen_fd);
    add_to_loop(self, &self->wake_fd);
    add_to_loop(self, &self->timer_fd);
    must(pthread_create(&self->thread, NULL, run, self) == 0, "pthread_create");
    return self;
}

static void wake(proxy *self)
{
    const uint64_t one = 1;
    must(write(self->wake_fd, &one, sizeof one) == sizeof one, "eventfd");
}

void proxy_stop(proxy *self)
{
    pthread_mutex_lock(&self->lock);
    self->stopping = true;
    wake(self);
    pthread_mutex_unlock(&self->lock);
    (void)pthread_join(self->thread, NULL);
    while (self->pairs != NULL)
        close_pair(self, self->pairs);
    close(self->epoll_fd);
    close(self->listen_fd);
    close(self->wake_fd);
    close(self->timer_fd);
    pthread_mutex_destroy(&self->lock);
    free(self);
}

int proxy_port(const proxy *self)
{
    return self->port;
}

void proxy_arm(proxy *self, const proxy_plan *plan)
{
    pthread_mutex_lock(&self->lock);
    for (pair *p = self->pairs; p != NULL; p = p->next) {
        p->bound = p->acted = false;
        p->at_bytes[PROXY_UP] = p->at_bytes[PROXY_DOWN] = 0;
    }
    self->plan = *plan;
    self->bound = self->acted = false;
    pthread_mutex_unlock(&self->lock);
}

bool proxy_has_acted(proxy *self)
{
    pthread_mutex_lock(&self->lock);
    bool acted = self->acted;
    pthread_mutex_unlock(&self->lock);
    return acted;
}

void proxy_aim(proxy *self, int target_port)
{
    pthread_mutex_lock(&self->lock);
    self->target_port = target_port;
    pthread_mutex_unlock(&self->lock);
}

void proxy_drop(proxy *self)
{
    pthread_mutex_lock(&self->lock);
    for (pair *p = self->pairs; p != NULL; p = p->next) {
        if (!p->over)
            end_pair(self, p);
    }
    pthread_mutex_unlock(&self->lock);
}
