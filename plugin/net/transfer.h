/* SPDX-License-Identifier: Apache-2.0 */
/* net/transfer.h - one request on its way: from a net_request to a prepared curl handle to a net_answer. */
#ifndef NET_TRANSFER_H
#define NET_TRANSFER_H

#include "net/net.h"
#include "net/settings.h"

#include <curl/curl.h>

struct mailbox;

typedef struct transfer {
    /* under the mailbox's lock */
    struct transfer *next;
    uint32_t ticket;
    bool started;
    bool cancelled;
    net_progress progress;
    /* the worker's; and of whoever took the transfer out of the mailbox */
    struct mailbox *box;
    net_request *request; /* gone once it is concluded */
    settings *under;
    CURL *easy;
    char *url;
    struct curl_slist *headers; /* holds the token: wiped */
    char error[CURL_ERROR_SIZE];
    size_t room_bytes; /* of answer.body */
    size_t header_bytes;
    bool headers_ended;
    bool too_large;
    bool out_of_memory;
    net_answer answer;
} transfer;

/* Takes request and reference to the settings when it succeeds. NULL: out of memory. */
transfer *transfer_new(struct mailbox *box, net_request *request, settings *under);
void transfer_free(transfer *freed);

/* Compresses, and sets up the curl handle. false: the answer is there already, and says why. `share`: the worker's
 * TLS sessions; `fresh`: use neither these nor a connection that is open. */
bool transfer_prepare(transfer *prepared, CURLSH *share, bool fresh);

/* Turns the end of a transfer into its answer and lets go of handle, request and settings. */
void transfer_conclude(transfer *ended, CURLcode code);
/* The same for one that never got so far, or was broken off. */
void transfer_give_up(transfer *ended, net_outcome outcome, const char *detail);

/* libcurl's callbacks; context: the transfer. */
size_t transfer_on_body(char *bytes, size_t unit, size_t size, void *context);
size_t transfer_on_header(char *bytes, size_t unit, size_t size, void *context);
int transfer_on_progress(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up);

#endif
