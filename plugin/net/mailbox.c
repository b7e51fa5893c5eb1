/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/mailbox.c - the lists and flags that the caller and the worker share. Every function holds the lock for a few
 * pointer moves. The lists are short (what core has under way at once), so they are walked rather than indexed.
 */
#include "net/mailbox.h"
#include "net/transfer.h"

#include <errno.h>
#include <time.h>

#define NS_PER_MS 1000000L
#define MS_PER_S  1000

bool mailbox_init(mailbox *box)
{
    pthread_condattr_t monotonic;
    bool made;

    *box = (mailbox){0};
    box->live_end = &box->live;
    box->done_end = &box->done;
    if (pthread_condattr_init(&monotonic) != 0)
        return false;
    made = pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 &&
           pthread_cond_init(&box->left_changed, &monotonic) == 0;
    (void)pthread_condattr_destroy(&monotonic);
    if (made && pthread_mutex_init(&box->lock, NULL) != 0) {
        (void)pthread_cond_destroy(&box->left_changed);
        made = false;
    }
    return made;
}

static void free_list(transfer *first)
{
    while (first != NULL) {
        transfer *next = first->next;
        transfer_free(first);
        first = next;
    }
}

void mailbox_clear(mailbox *box)
{
    free_list(box->live);
    free_list(box->done);
    settings_release(box->current);
    (void)pthread_cond_destroy(&box->left_changed);
    (void)pthread_mutex_destroy(&box->lock);
}

/* The lock's functions fail only on misuse of the lock itself, so their results are not asked for. */
static void lock(mailbox *box)
{
    (void)pthread_mutex_lock(&box->lock);
}

static void unlock(mailbox *box)
{
    (void)pthread_mutex_unlock(&box->lock);
}

/* With the lock held: the worker swaps the multi handle under it. */
static void wake(mailbox *box)
{
    if (box->multi != NULL)
        (void)curl_multi_wakeup(box->multi);
}

uint32_t mailbox_submit(mailbox *box, transfer *submitted)
{
    uint32_t ticket = 0;

    lock(box);
    if (!box->stopping) {
        box->last_ticket++;
        if (box->last_ticket == 0)
            box->last_ticket = 1;
        ticket = box->last_ticket;
        submitted->ticket = ticket;
        submitted->next = NULL;
        *box->live_end = submitted;
        box->live_end = &submitted->next;
        wake(box);
    }
    unlock(box);
    return ticket;
}

transfer *mailbox_take_done(mailbox *box)
{
    transfer *taken;

    lock(box);
    taken = box->done;
    if (taken != NULL) {
        box->done = taken->next;
        if (box->done == NULL)
            box->done_end = &box->done;
    }
    unlock(box);
    return taken;
}

static transfer *find_live(const mailbox *box, uint32_t ticket)
{
    transfer *found = box->live;

    while (found != NULL && found->ticket != ticket)
        found = found->next;
    return found;
}

void mailbox_cancel(mailbox *box, uint32_t ticket)
{
    transfer *found;

    lock(box);
    found = find_live(box, ticket);
    if (found != NULL) {
        found->cancelled = true;
        wake(box);
    }
    unlock(box);
}

bool mailbox_get_progress(mailbox *box, uint32_t ticket, net_progress *progress)
{
    transfer *found;

    lock(box);
    found = find_live(box, ticket);
    if (found != NULL)
        *progress = found->progress;
    unlock(box);
    return found != NULL;
}

settings *mailbox_hold_settings(mailbox *box)
{
    settings *held;

    lock(box);
    held = settings_hold(box->current);
    unlock(box);
    return held;
}

void mailbox_set_settings(mailbox *box, settings *made)
{
    settings *old;

    lock(box);
    old = box->current;
    box->current = made;
    wake(box);
    unlock(box);
    settings_release(old);
}

void mailbox_stop(mailbox *box)
{
    lock(box);
    box->stopping = true;
    wake(box);
    unlock(box);
}

bool mailbox_wait_left(mailbox *box, uint32_t deadline_ms)
{
    struct timespec until;
    bool left;
    int rc = 0;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(deadline_ms / MS_PER_S);
    until.tv_nsec += (long)(deadline_ms % MS_PER_S) * NS_PER_MS;
    if (until.tv_nsec >= MS_PER_S * NS_PER_MS) {
        until.tv_sec++;
        until.tv_nsec -= MS_PER_S * NS_PER_MS;
    }
    lock(box);
    while (!box->left && rc == 0)
        rc = pthread_cond_timedwait(&box->left_changed, &box->lock, &until);
    left = box->left;
    unlock(box);
    return left;
}

bool mailbox_is_stopping(mailbox *box)
{
    bool stopping;

    lock(box);
    stopping = box->stopping;
    unlock(box);
    return stopping;
}

transfer *mailbox_start_next(mailbox *box)
{
    transfer *found;

    lock(box);
    found = box->live;
    while (found != NULL && (found->started || found->cancelled))
        found = found->next;
    if (found != NULL)
        found->started = true;
    unlock(box);
    return found;
}

transfer *mailbox_next_cancelled(mailbox *box)
{
    transfer *found;

    lock(box);
    found = box->live;
    while (found != NULL && !found->cancelled)
        found = found->next;
    unlock(box);
    return found;
}

bool mailbox_is_idle(mailbox *box)
{
    bool idle;

    lock(box);
    idle = box->live == NULL;
    unlock(box);
    return idle;
}

void mailbox_report_progress(mailbox *box, transfer *moved, uint64_t sent_bytes, uint64_t total_bytes)
{
    lock(box);
    moved->progress.sent_bytes = sent_bytes;
    moved->progress.total_bytes = total_bytes;
    unlock(box);
}

void mailbox_finish(mailbox *box, transfer *finished)
{
    transfer **link;

    lock(box);
    for (link = &box->live; *link != finished;)
        link = &(*link)->next;
    *link = finished->next;
    if (finished->next == NULL)
        box->live_end = link;
    finished->next = NULL;
    *box->done_end = finished;
    box->done_end = &finished->next;
    unlock(box);
}

uint32_t mailbox_generation(mailbox *box)
{
    uint32_t generation;

    lock(box);
    generation = box->current->generation;
    unlock(box);
    return generation;
}

void mailbox_set_multi(mailbox *box, CURLM *multi)
{
    lock(box);
    box->multi = multi;
    unlock(box);
}

void mailbox_leave(mailbox *box)
{
    lock(box);
    box->multi = NULL;
    box->left = true;
    (void)pthread_cond_broadcast(&box->left_changed);
    unlock(box);
}
