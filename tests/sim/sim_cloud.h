/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_cloud.h - the real cloud's routes, handlers and SQL, without sockets and threads, on the disk of sim_disk.h.
 * None of the cloud's own types are here: cloud and plugin share names, and are linked apart.
 */
#ifndef SIM_CLOUD_H
#define SIM_CLOUD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A request as it arrives. Strings may be NULL where there is none. */
typedef struct sim_call {
    const char *method;
    const char *path; /* with its query */
    const char *client;
    const char *token;
    const char *content_type;
    const char *content_encoding;
    const char *idempotency_key;
    const char *if_none_match;
    const void *body;
    size_t body_bytes;
} sim_call;

typedef struct sim_reply {
    int status; /* 0: the power failed before there was an answer */
    char type[48];
    char etag[160];
    int64_t retry_after_s; /* 0: none */
    char *body;            /* or NULL; the caller frees it */
    size_t body_bytes;
} sim_reply;

/* `path` of the database. Makes it, if it is not there. False: it does not open. */
bool sim_cloud_open(const char *path);
void sim_cloud_close(void);
bool sim_cloud_is_open(void);

void sim_cloud_handle(const sim_call *call, int64_t now_ms, sim_reply *out);

/* What head office and operators do. Ids are the cloud's. */
bool sim_cloud_withdraw_store(const char *store_id, bool closed, int64_t now_ms);
/* Somebody tampers with the database. */
bool sim_cloud_execute(const char *sql);
/* Ends all till tokens of a store. */
bool sim_cloud_revoke_tokens(const char *company_id, const char *store_id, int64_t now_ms);
/* The newest code that was mailed to that address; takes all mails to it. */
bool sim_cloud_take_code(const char *email, char code[8]);

/* Changes some price of the store's configuration data. */
bool sim_cloud_edit_price(const char *store_id, uint64_t draw, int64_t now_ms);

#define SIM_SIDES_MAX 16

typedef struct sim_side {
    char receipt_id[65];
    bool counted;
} sim_side;

/* Decides one of the company's conflicts that nobody has decided on: `draw` says which, and which of its reports is to
 * count, or `all` of them. Returns how many reports it concerns; !*sure: the cloud failed, and may have done it. */
uint32_t sim_cloud_decide_conflict(const char *company_id, bool all, uint64_t draw, int64_t now_ms,
                                   sim_side sides[SIM_SIDES_MAX], bool *sure);

#endif
