/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/mailbox.h - where the caller's thread and the worker meet: tickets in, answers out, under one short lock.
 *
 * A transfer is in exactly one of two lists: `live` from submit until the worker has finished with it, `done` until the
 * caller has polled it. Nothing under the lock allocates, copies or waits; waking the worker is a write to a socket
 * that never blocks.
 */
#ifndef NET_MAILBOX_H
#define NET_MAILBOX_H

#include "net/net.h"
#include "net/settings.h"

#include <curl/curl.h>
#include <pthread.h>

struct transfer;

typedef struct mailbox {
    pthread_mutex_t lock;
    pthread_cond_t left_changed;
    struct transfer *live;
    struct transfer **live_end;
    struct transfer *done;
    struct transfer **done_end;
    settings *current;
    CURLM *multi; /* the worker's; here only to be woken */
    uint32_t last_ticket;
    bool stopping;
    bool left; /* the worker has let go of everything */
} mailbox;

bool mailbox_init(mailbox *box);
void mailbox_clear(mailbox *box); /* frees the transfers in both lists; nobody else may use the box any more */

/* ---- the caller's side ---- */
uint32_t mailbox_submit(mailbox *box, struct transfer *submitted); /* 0: stopped, and the transfer is still yours */
struct transfer *mailbox_take_done(mailbox *box);
void mailbox_cancel(mailbox *box, uint32_t ticket);
bool mailbox_get_progress(mailbox *box, uint32_t ticket, net_progress *progress);
settings *mailbox_hold_settings(mailbox *box);
void mailbox_set_settings(mailbox *box, settings *made); /* takes the reference */
void mailbox_stop(mailbox *box);
bool mailbox_wait_left(mailbox *box, uint32_t deadline_ms);

/* ---- the worker's side ---- */
bool mailbox_is_stopping(mailbox *box);
struct transfer *mailbox_start_next(mailbox *box); /* the oldest that waits, now marked as under way; NULL: none */
struct transfer *mailbox_next_cancelled(mailbox *box);
bool mailbox_is_idle(mailbox *box); /* nothing is live */
void mailbox_report_progress(mailbox *box, struct transfer *moved, uint64_t sent_bytes, uint64_t total_bytes);
void mailbox_finish(mailbox *box, struct transfer *finished); /* live -> done */
uint32_t mailbox_generation(mailbox *box);                    /* of the current settings */
void mailbox_set_multi(mailbox *box, CURLM *multi);
void mailbox_leave(mailbox *box);

#endif
