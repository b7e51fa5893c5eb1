/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol/verdict.h - what an answer means: done, retry or refused, and why.
 *
 * Three outcomes, so that no caller invents a fourth. "Refused" is only what the cloud itself said about this request
 * (problem+json of the contract): a proxy's or a captive portal's answer is "retry", whatever its status is.
 */
#ifndef PROTOCOL_VERDICT_H
#define PROTOCOL_VERDICT_H

#include "net/net.h"

typedef enum protocol_outcome {
    PROTOCOL_DONE = 1, /* a success of the contract, with the content type it promises */
    PROTOCOL_RETRY,    /* nothing is known to have happened: try again */
    PROTOCOL_REFUSED   /* the cloud said no, in the contract's words */
} protocol_outcome;

typedef enum protocol_cause {
    CAUSE_NONE = 1,
    /* of a retry */
    CAUSE_OFFLINE,       /* no name, no connection, cut, timeout; verdict.net has which */
    CAUSE_TLS,           /* certificate or handshake */
    CAUSE_CONFIG,        /* address or CA unusable */
    CAUSE_NOT_THE_CLOUD, /* an answer, but not this contract's: captive portal, proxy, wrong address */
    CAUSE_BUSY,          /* 429, 5xx */
    CAUSE_THROTTLED,     /* 429 throttled on a person's request: too many tries; retry_after_ms has how long */
    /* of a refusal (problem.code has the slug) */
    CAUSE_UNAUTHORIZED,   /* 401 unauthorized: token missing, expired, revoked */
    CAUSE_LOGIN_FAILED,   /* 401 login-failed */
    CAUSE_CODE_WRONG,     /* 403 code-wrong */
    CAUSE_CODE_EXPIRED,   /* 410 code-expired */
    CAUSE_STORE_REFUSED,  /* 403 wrong-store, store-closed; 404 not-found: no such company or store for us (any more) */
    CAUSE_REGISTER_KNOWN, /* 409 register-known */
    CAUSE_INVALID,        /* 422 invalid: fields has which */
    CAUSE_TOO_LARGE,      /* 413, a proxy's bare one too (then outcome is RETRY) */
    CAUSE_ENCODING,       /* 415 */
    CAUSE_CATALOGUE_EXISTS,  /* 409 catalogue-exists */
    CAUSE_CATALOGUE_INVALID, /* 422 catalogue-invalid */
    CAUSE_GONE,              /* 410 gone: a revision or an upload that is no longer there */
    CAUSE_OTHER              /* any other refusal: malformed, idempotency-key-reused, a slug we do not know */
} protocol_cause;

#define PROTOCOL_FIELDS_MAX 8

typedef struct protocol_field_error {
    char field[32];
    char code[32];
    char detail[128];
} protocol_field_error;

typedef struct protocol_verdict {
    protocol_outcome outcome;
    protocol_cause cause;
    net_outcome net;
    int32_t status;
    int64_t retry_after_ms; /* -1: none */
    char code[48];          /* the problem's slug; "" without one */
    char detail[256];       /* the problem's or the transport's words, for logs and the details page */
    int32_t tries_left;     /* of code-wrong; -1: not told */
    uint32_t field_count;
    protocol_field_error fields[PROTOCOL_FIELDS_MAX];
} protocol_verdict;

/* Reads what is common to all answers. `want_type` is the content type of a success; NULL for a 204. DONE is not yet a
 * success: the reader of the route has to find the body in order, and else takes it back (protocol_doubt). */
void protocol_judge(const net_answer *answer, const char *want_type, protocol_verdict *verdict);

/* Turns a verdict into "this is not the cloud": an answer that looked like one has no body of the contract. */
void protocol_doubt(protocol_verdict *verdict, const char *detail);

#endif
