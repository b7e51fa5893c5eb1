/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/curl.c - the real net: the vtable over the mailbox and the worker, and their beginning and end.
 */
#include "net/at_exit.h"
#include "net/mailbox.h"
#include "net/net.h"
#include "net/transfer.h"
#include "net/worker.h"

#include <stdlib.h>

typedef struct net_curl {
    net calls; /* first: a net * is a net_curl * */
    mailbox box;
    worker *worker;      /* NULL: the process is ending, and it was ended before */
    uint32_t generation; /* of the settings made last */
    at_exit_entry at_exit;
} net_curl;

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static CURLcode curl_ready;

/* Once a process, and never undone: the host and other plugins may use the library, too. */
static void init_curl(void)
{
    curl_ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    at_exit_start();
}

static net_curl *self_of(net *calls)
{
    return (net_curl *)(void *)calls;
}

static uint32_t curl_submit(net *calls, net_request *request)
{
    net_curl *self = self_of(calls);
    settings *under = mailbox_hold_settings(&self->box);
    transfer *submitted = transfer_new(&self->box, request, under);
    uint32_t ticket;

    if (submitted == NULL) {
        net_request_free(request);
        settings_release(under);
        return 0;
    }
    ticket = mailbox_submit(&self->box, submitted);
    if (ticket == 0)
        transfer_free(submitted);
    return ticket;
}

static bool curl_poll(net *calls, net_answer *answer)
{
    transfer *done = mailbox_take_done(&self_of(calls)->box);

    if (done == NULL)
        return false;
    *answer = done->answer;
    answer->ticket = done->ticket;
    done->answer = (net_answer){0}; /* the body is the caller's now */
    transfer_free(done);
    return true;
}

static void curl_cancel(net *calls, uint32_t ticket)
{
    mailbox_cancel(&self_of(calls)->box, ticket);
}

static bool curl_progress(net *calls, uint32_t ticket, net_progress *progress)
{
    return mailbox_get_progress(&self_of(calls)->box, ticket, progress);
}

static bool curl_configure(net *calls, const net_config *config)
{
    net_curl *self = self_of(calls);
    settings *made = settings_new(config, self->generation + 1);

    if (made == NULL)
        return false;
    self->generation++;
    mailbox_set_settings(&self->box, made);
    return true;
}

static bool curl_stop(net *calls, uint32_t deadline_ms)
{
    net_curl *self = self_of(calls);

    mailbox_stop(&self->box);
    return mailbox_wait_left(&self->box, deadline_ms);
}

/* context: the net_curl. Joined, not only told: a thread's own end calls into the TLS library, too. */
static void end_worker(void *context)
{
    net_curl *self = context;

    mailbox_stop(&self->box);
    if (self->worker != NULL)
        worker_join(self->worker);
    self->worker = NULL;
}

static void curl_destroy(net *calls)
{
    net_curl *self = self_of(calls);

    at_exit_remove(&self->at_exit);
    end_worker(self);
    mailbox_clear(&self->box);
    free(self);
}

static net_curl *fail(net_curl *made)
{
    mailbox_clear(&made->box);
    free(made);
    return NULL;
}

static net_curl *create(const net_config *config, const char **reason)
{
    net_curl *made = calloc(1, sizeof *made);

    *reason = "out of memory";
    if (made == NULL)
        return NULL;
    if (!mailbox_init(&made->box)) {
        free(made);
        return NULL;
    }
    made->generation = 1;
    made->box.current = settings_new(config, made->generation);
    if (made->box.current == NULL)
        return fail(made);
    made->worker = worker_start(&made->box, reason);
    if (made->worker == NULL)
        return fail(made);
    made->at_exit = (at_exit_entry){.end = end_worker, .context = made};
    at_exit_add(&made->at_exit);
    made->calls = (net){curl_submit, curl_poll, curl_cancel, curl_progress, curl_configure, curl_stop, curl_destroy};
    return made;
}

net *net_curl_create(const net_config *config, const char **reason)
{
    const char *why = NULL;
    net_curl *made = NULL;

    (void)pthread_once(&curl_once, init_curl);
    if (curl_ready != CURLE_OK)
        why = curl_easy_strerror(curl_ready);
    else
        made = create(config, &why);
    if (reason != NULL)
        *reason = made == NULL ? why : NULL;
    return made == NULL ? NULL : &made->calls;
}
