/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/net.h - how bytes travel: requests into a mailbox, answers out of it.
 *
 * The caller (a host's thread, inside a tick) only ever swaps pointers under a short lock; a worker thread owns the
 * sockets. A vtable, so that tests and the simulator script the network instead. After fork() the child has no worker
 * and must not touch a net at all, not even to destroy it: the layer above sees to that.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the requests go. Strings are copied by configure(). */
typedef struct net_config {
    const char *cloud_url;    /* https://host[:port]; http:// only for a loopback address */
    const char *ca_file;      /* NULL: the system's */
    const char *ca_directory; /* preferred to ca_file */
    const char *proxy;        /* NULL: none */
    const char *user_agent;
    /* 0: the default. A transfer's total time also grows with its bytes, at the rate of a very slow link. */
    uint32_t connect_timeout_ms; /* 15 s: name, connection and TLS handshake */
    uint32_t silence_timeout_ms; /* 30 s with next to no bytes either way; counted in whole seconds */
    uint32_t total_timeout_ms;   /* 60 s, before the bytes are added */
    uint32_t idle_timeout_ms;    /* 90 s without a transfer, then connections are closed */
} net_config;

#define NET_ENCODING_GZIP 0x1u
#define NET_ENCODING_ZSTD 0x2u

#define NET_ETAG_MAX 95 /* bytes, quotes included; a longer one reads as none */

/* How fast bytes got to the cloud of late. */
typedef enum net_pace {
    NET_PACE_USUAL = 1, /* or not known yet */
    NET_PACE_FAST,      /* so that compressing hard would only take the processor's time */
    NET_PACE_SLOW       /* so that every byte less is worth it */
} net_pace;

/* Reads an answer on the worker, so that a long one costs the caller's thread nothing. Touches nothing but the answer. */
struct net_answer;
typedef struct net_reader {
    void *(*read)(const struct net_answer *answer); /* NULL: out of memory, and the caller reads it itself */
    void (*drop)(void *read);
} net_reader;

/* One request. Made by protocol/, owned by the net from submit() on (it wipes and frees it). */
typedef struct net_request {
    const char *method;                   /* static text: "GET", "POST", "PUT", "DELETE" */
    const char *content_type;             /* static text; NULL without a body */
    char *path;                           /* "/v1/..." with its query, already escaped */
    char *token;                          /* for Authorization: Bearer; NULL: none. Secret */
    char idempotency_key[33];             /* "" : none */
    char if_none_match[NET_ETAG_MAX + 1]; /* the ETag of what is there already; "" : none */
    uint8_t *body;                        /* may hold a password: wiped before it is freed */
    size_t body_bytes;
    uint32_t encodings;        /* NET_ENCODING_*: what the worker may compress the body with; 0: as it is */
    net_pace pace;             /* the worker's, which compresses accordingly; 0 is the usual one */
    uint32_t answer_cap_bytes; /* a longer answer is a failure; 0: 64 KiB */
    const net_reader *reader;  /* static; NULL: whoever polls the answer reads it */
} net_request;

/* How a transfer ended. From NET_FAILED_* on no usable answer arrived, and whether the cloud acted is unknown. */
typedef enum net_outcome {
    NET_ANSWERED = 1,     /* an HTTP status and a whole body are there */
    NET_FAILED_CONFIG,    /* the address or the CA cannot be used */
    NET_FAILED_RESOLVE,   /* no such name, or no name server */
    NET_FAILED_CONNECT,   /* refused, unreachable, cut or too slow before the request could be sent */
    NET_FAILED_TLS,       /* certificate or handshake */
    NET_FAILED_TIMEOUT,   /* connected, then too slow or silent */
    NET_FAILED_CUT,       /* connection lost or nonsense in mid-transfer */
    NET_FAILED_TOO_LARGE, /* the answer passes its cap */
    NET_FAILED_MEMORY,
    NET_CANCELLED
} net_outcome;

typedef struct net_answer {
    uint32_t ticket; /* of the request that it belongs to */
    net_outcome outcome;
    int32_t status;              /* HTTP; 0 without an answer */
    char detail[160];            /* of a failure: the library's words, for a log and a details page; no secrets */
    char content_type[64];       /* lower case, without parameters */
    char etag[NET_ETAG_MAX + 1]; /* "" : none */
    uint32_t encodings;          /* NET_ENCODING_* offered by the answer's Accept-Encoding */
    bool encodings_told;         /* the answer had an Accept-Encoding header at all */
    int64_t retry_after_ms; /* -1: none; both forms of the header are understood (a date against the Date header) */
    int64_t date_ms;        /* the answer's Date header; 0: none */
    uint8_t *body;          /* zero-terminated for convenience; NULL when empty */
    size_t body_bytes;
    const net_reader *reader; /* of the request, when it has read the answer */
    void *read;               /* what it made of it; net_answer_clear drops it */
    uint32_t sent_bytes;      /* body as it travelled, after compression */
    uint32_t took_ms;
} net_answer;

typedef struct net_progress {
    uint64_t sent_bytes;  /* of the transfer asked about, body only */
    uint64_t total_bytes; /* 0: not known yet */
} net_progress;

typedef struct net {
    /* Takes the request, whatever it returns. 0: refused (stopped, out of memory); else a ticket, never used before. */
    uint32_t (*submit)(struct net *net, net_request *request);
    /* The next finished transfer; false: none. The caller then owns answer->body (net_answer_clear). Works after stop()
     * too: every ticket gets its answer. */
    bool (*poll)(struct net *net, net_answer *answer);
    /* Breaks a transfer off; its answer (NET_CANCELLED, or what came before) still arrives. */
    void (*cancel)(struct net *net, uint32_t ticket);
    /* How far the transfer is; false: not under way. */
    bool (*progress)(struct net *net, uint32_t ticket, net_progress *progress);
    /* For requests submitted from now on: they get fresh connections, even where nothing changed (after the network of
     * a tablet did, say). Those under way end as they began. false: out of memory, and all is as before. */
    bool (*configure)(struct net *net, const net_config *config);
    /* Breaks everything off and waits until the worker has left, at most deadline_ms. false: still leaving. */
    bool (*stop)(struct net *net, uint32_t deadline_ms);
    /* Joins the worker (stop() first if need be) and frees all. */
    void (*destroy)(struct net *net);
} net;

/* The real one: one worker thread over one curl multi handle. NULL: *reason (static text) says why. An address that
 * cannot be used is no reason: each request then ends as NET_FAILED_CONFIG, with the words. */
net *net_curl_create(const net_config *config, const char **reason);

net_request *net_request_new(const char *method);
void net_request_free(net_request *request); /* wipes token and body */
void net_answer_clear(net_answer *answer);   /* wipes and frees the body, drops what was read of it */

/* Is this address one that requests may go to (https, or http on loopback)? *reason: static text, when not;
 * NULL: memory is out. */
bool net_url_is_allowed(const char *url, const char **reason);

#endif
