/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/catalogue.h - configuration data: what the cloud has, pages down, pages up (openapi.yaml, tag catalogue). */
#ifndef PROTOCOL_CATALOGUE_H
#define PROTOCOL_CATALOGUE_H

#include "protocol/account.h"
#include "protocol/catalogue_line.h"

#define PROTOCOL_CURSOR_MAX               1024
#define PROTOCOL_CATALOGUE_LINES_MAX      1000u           /* that we ask for, or send, at a time: the contract's most */
#define PROTOCOL_CATALOGUE_UP_BYTES       (256u * 1024u)  /* that we send at a time */
#define PROTOCOL_CATALOGUE_DOWN_BYTES_MAX (1024u * 1024u) /* of a page, by the contract, its head aside */

typedef struct protocol_catalogue {
    int64_t revision; /* 0: none */
    int64_t lines;
    int64_t counts[CATALOGUE_KINDS]; /* by catalogue_kind; [CATALOGUE_HEAD] is 0 */
    char currency[4];                /* "" : none */
    int64_t changed_at_ms;           /* 0: not told */
    bool unchanged;                  /* 304: all others are zeros */
    char etag[NET_ETAG_MAX + 1];
} protocol_catalogue;

/* etag: of an earlier answer, or "". */
net_request *protocol_ask_catalogue(const char *till_token, const char *store_id, const char *etag);
/* Also of a commit's answer. */
void protocol_read_catalogue(const net_answer *answer, protocol_verdict *verdict, protocol_catalogue *catalogue);
/* Of a refusal with CAUSE_CATALOGUE_EXISTS: what there is. false: it does not say. */
bool protocol_read_catalogue_exists(const net_answer *answer, protocol_catalogue *catalogue);

/* ---- down ---- */

/* since 0: everything. after "": from the beginning. */
net_request *protocol_ask_catalogue_lines(const char *till_token, const char *store_id, int64_t revision, int64_t since,
                                          const char *after);
/* DONE: the answer's body is a page. */
void protocol_read_catalogue_lines(const net_answer *answer, protocol_verdict *verdict);

typedef struct protocol_catalogue_page {
    int64_t revision, since;
    uint32_t count;
    char next[PROTOCOL_CURSOR_MAX + 1]; /* "" : this is the last page */
} protocol_catalogue_page;

/* The page's first line, without its line feed. */
bool protocol_read_catalogue_page(const char *text, size_t size_bytes, protocol_catalogue_page *page);

/* ---- up ---- */

typedef struct protocol_catalogue_upload {
    char upload_id[PROTOCOL_ID_MAX + 1];
    int64_t next_page; /* the first that the cloud has not kept yet */
    int64_t lines;     /* kept so far */
    int64_t expires_at_ms;
} protocol_catalogue_upload;

net_request *protocol_create_catalogue_upload(const char *till_token, const char *store_id, int64_t replaces,
                                              const char *idempotency_key);
net_request *protocol_ask_catalogue_upload(const char *till_token, const char *store_id, const char *upload_id);
net_request *protocol_cancel_catalogue_upload(const char *till_token, const char *store_id, const char *upload_id);
/* Takes the bytes (from malloc), whatever it returns: lines, each with a line feed. */
net_request *protocol_put_catalogue_page(const char *till_token, const char *store_id, const char *upload_id,
                                         int64_t page, char *bytes, size_t size_bytes, uint32_t encodings);
net_request *protocol_commit_catalogue_upload(const char *till_token, const char *store_id, const char *upload_id,
                                              int64_t lines);
/* Of create, ask and put. */
void protocol_read_catalogue_upload(const net_answer *answer, protocol_verdict *verdict,
                                    protocol_catalogue_upload *upload);
void protocol_read_catalogue_cancelled(const net_answer *answer, protocol_verdict *verdict);
/* Of a refusal with CAUSE_CATALOGUE_INVALID: the line (from 1; 0: not told). Its key is for the log only. */
int64_t protocol_read_catalogue_invalid(const net_answer *answer);

#endif
