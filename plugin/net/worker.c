/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/worker.c - the worker's loop: take what is new, break off what was cancelled, let libcurl work, collect what has
 * ended, sleep until a socket, a deadline or the mailbox wakes it. It never calls the host, and nobody waits for it but
 * stop() and destroy().
 *
 * Nothing it calls waits for the network, so the loop sees a stop at once: name look-ups run in threads of libcurl's
 * own, which QUICK_EXIT leaves behind instead of joining (hence -z nodelete).
 */
#define _GNU_SOURCE 1 /* SCHED_BATCH */ /* NOLINT */
#include "net/worker.h"
#include "net/pace.h"
#include "net/transfer.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#define ACTIVE_MAX         4 /* also the number of connections to the cloud */
#define POLL_MS            1000
#define PAUSE_AFTER_BUG_MS 50
#define NS_PER_MS          1000000L

struct worker {
    pthread_t thread;
    mailbox *box;
    CURLM *multi;
    CURLSH *share;       /* TLS sessions, so that a new connection resumes the one before */
    uint32_t generation; /* of the settings that the open connections were made under */
    net_pace pace;       /* of the link, by the transfers that ended */
    bool used;           /* the multi handle has had a transfer */
    bool doubtful;       /* and one that ended for want of trust: it keeps what it has read of the authorities */
    int active_count;
    transfer *active[ACTIVE_MAX];
};

static void forget_active(worker *self, const transfer *ended)
{
    int i;

    for (i = 0; i < self->active_count; i++) {
        if (self->active[i] == ended) {
            self->active_count--;
            self->active[i] = self->active[self->active_count];
            return;
        }
    }
}

static bool is_active(const worker *self, const transfer *asked)
{
    int i;

    for (i = 0; i < self->active_count; i++) {
        if (self->active[i] == asked)
            return true;
    }
    return false;
}

static void start(worker *self, transfer *started)
{
    bool fresh = started->under->generation != self->generation;

    started->request->pace = self->pace;
    if (!transfer_prepare(started, self->share, fresh)) {
        mailbox_finish(self->box, started);
        return;
    }
    if (curl_multi_add_handle(self->multi, started->easy) != CURLM_OK) {
        transfer_give_up(started, NET_FAILED_MEMORY, "out of memory");
        mailbox_finish(self->box, started);
        return;
    }
    self->used = true;
    self->active[self->active_count] = started;
    self->active_count++;
}

static void give_up(worker *self, transfer *ended, net_outcome outcome, const char *detail)
{
    if (is_active(self, ended)) {
        (void)curl_multi_remove_handle(self->multi, ended->easy);
        forget_active(self, ended);
    }
    transfer_give_up(ended, outcome, detail);
    mailbox_finish(self->box, ended);
}

/* A multi handle takes NOSIGNAL over from the transfers it is given. One that never had any would change the process's
 * SIGPIPE handler, for a moment, when it is cleaned up: so each is given one at once, and it goes nowhere. */
static bool quieten(CURLM *multi)
{
    CURL *easy = curl_easy_init();
    bool quiet = easy != NULL && curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
                 curl_multi_add_handle(multi, easy) == CURLM_OK && curl_multi_remove_handle(multi, easy) == CURLM_OK;

    curl_easy_cleanup(easy);
    return quiet;
}

static CURLM *make_multi(void)
{
    CURLM *made = curl_multi_init();

    if (made != NULL &&
        (curl_multi_setopt(made, CURLMOPT_MAXCONNECTS, (long)ACTIVE_MAX) != CURLM_OK || !quieten(made))) {
        (void)curl_multi_cleanup(made);
        return NULL;
    }
    return made;
}

static CURLSH *make_share(void)
{
    CURLSH *made = curl_share_init();

    if (made != NULL && curl_share_setopt(made, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK) {
        (void)curl_share_cleanup(made);
        return NULL;
    }
    return made;
}

/* A fresh multi handle: closes all connections. Only while nothing is under way. Without memory the old ones go on
 * serving: what was submitted under other settings uses nothing of theirs. */
static void renew(worker *self, uint32_t generation)
{
    CURLSH *share = generation == self->generation ? self->share : make_share();
    CURLM *multi = make_multi();
    CURLM *old = self->multi;

    if (multi == NULL || share == NULL) {
        (void)curl_multi_cleanup(multi);
        if (share != self->share)
            (void)curl_share_cleanup(share);
        return;
    }
    self->multi = multi;
    self->pace = generation == self->generation ? self->pace : NET_PACE_USUAL;
    self->generation = generation;
    self->used = self->doubtful = false;
    mailbox_set_multi(self->box, multi);
    (void)curl_multi_cleanup(old);
    if (share != self->share) {
        (void)curl_share_cleanup(self->share);
        self->share = share;
    }
}

/* true: something changed, look again before sleeping. */
static bool take_orders(worker *self)
{
    transfer *next;
    bool changed = false;
    uint32_t generation = mailbox_generation(self->box);

    while ((next = mailbox_next_cancelled(self->box)) != NULL)
        give_up(self, next, NET_CANCELLED, "cancelled");
    /* A file of authorities that was read while memory was short, or was being replaced, is read anew. */
    if (self->active_count == 0 && (generation != self->generation || self->doubtful)) {
        renew(self, generation);
        changed = self->generation == generation && !self->doubtful; /* a call that woke the old handle was not heard */
    }
    while (self->active_count < ACTIVE_MAX && (next = mailbox_start_next(self->box)) != NULL) {
        start(self, next);
        changed = true;
    }
    return changed;
}

static bool collect(worker *self)
{
    CURLMsg *message;
    int left;
    bool any = false;

    while ((message = curl_multi_info_read(self->multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        char *private = NULL;
        transfer *ended;

        if (message->msg != CURLMSG_DONE || curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private) != CURLE_OK)
            continue;
        ended = (transfer *)(void *)private;
        (void)curl_multi_remove_handle(self->multi, easy); /* the message is gone after this */
        forget_active(self, ended);
        if (code == CURLE_OK)
            self->pace = pace_of(easy, self->pace);
        transfer_conclude(ended, code);
        self->doubtful = self->doubtful || ended->answer.outcome == NET_FAILED_TLS;
        mailbox_finish(self->box, ended);
        any = true;
    }
    return any;
}

static void break_off_active(worker *self, net_outcome outcome, const char *detail)
{
    while (self->active_count > 0)
        give_up(self, self->active[0], outcome, detail);
}

/* libcurl itself failed (out of memory, a bug): nothing under way can be trusted. The pause keeps a lasting failure from
 * burning the processor. */
static void recover(worker *self)
{
    const struct timespec pause = {0, PAUSE_AFTER_BUG_MS * NS_PER_MS};

    break_off_active(self, NET_FAILED_MEMORY, "the network library failed");
    renew(self, self->generation);
    (void)nanosleep(&pause, NULL);
}

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / NS_PER_MS;
}

static int idle_timeout_ms(worker *self)
{
    settings *current = mailbox_hold_settings(self->box);
    int timeout_ms = current->idle_timeout_ms > INT32_MAX ? INT32_MAX : (int)current->idle_timeout_ms;

    settings_release(current);
    return timeout_ms;
}

static void sleep_until_woken(worker *self)
{
    bool idle = self->active_count == 0;
    int timeout_ms = idle ? idle_timeout_ms(self) : POLL_MS;
    int64_t began_ms = now_ms();
    CURLMcode rc = curl_multi_poll(self->multi, NULL, 0, timeout_ms, NULL);

    if (rc != CURLM_OK)
        recover(self);
    else if (idle && self->used && now_ms() - began_ms >= timeout_ms && mailbox_is_idle(self->box))
        renew(self, self->generation); /* slept through, not woken: a wake-up may be a late one, too */
}

static void *run(void *context)
{
    worker *self = context;
    const struct sched_param usual = {0};
    transfer *waiting;
    int running;

    /* Woken by a tick on the tick's own core, it would take that over at once, to compress for milliseconds. */
    (void)pthread_setschedparam(pthread_self(), SCHED_BATCH, &usual);
    while (!mailbox_is_stopping(self->box)) {
        bool changed = take_orders(self);

        if (self->active_count > 0 && curl_multi_perform(self->multi, &running) != CURLM_OK) {
            recover(self);
            continue;
        }
        if (!collect(self) && !changed)
            sleep_until_woken(self);
    }
    break_off_active(self, NET_CANCELLED, "stopped");
    while ((waiting = mailbox_start_next(self->box)) != NULL)
        give_up(self, waiting, NET_CANCELLED, "stopped");
    while ((waiting = mailbox_next_cancelled(self->box)) != NULL)
        give_up(self, waiting, NET_CANCELLED, "cancelled");
    mailbox_set_multi(self->box, NULL);
    (void)curl_multi_cleanup(self->multi);
    (void)curl_share_cleanup(self->share);
    mailbox_leave(self->box);
    return NULL;
}

static bool start_thread(worker *made)
{
    sigset_t all, before;
    bool started;

    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return false;
    started = pthread_create(&made->thread, NULL, run, made) == 0; /* inherits the mask, and so do its own threads */
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

worker *worker_start(mailbox *box, const char **reason)
{
    worker *made = calloc(1, sizeof *made);

    *reason = "out of memory";
    if (made == NULL)
        return NULL;
    made->box = box;
    made->generation = box->current->generation;
    made->pace = NET_PACE_USUAL;
    made->multi = make_multi();
    made->share = make_share();
    if (made->multi != NULL && made->share != NULL) {
        mailbox_set_multi(box, made->multi);
        if (start_thread(made))
            return made;
        *reason = "the network thread cannot be started";
        mailbox_set_multi(box, NULL);
    }
    (void)curl_multi_cleanup(made->multi);
    (void)curl_share_cleanup(made->share);
    free(made);
    return NULL;
}

void worker_join(worker *joined)
{
    (void)pthread_join(joined->thread, NULL);
    free(joined);
}
