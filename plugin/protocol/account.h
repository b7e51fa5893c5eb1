/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/account.h - registering, recovering, logging in: requests out, answers in (openapi.yaml, tag accounts). */
#ifndef PROTOCOL_ACCOUNT_H
#define PROTOCOL_ACCOUNT_H

#include "protocol/verdict.h"

#define PROTOCOL_ID_MAX    64
#define PROTOCOL_TOKEN_MAX 128
#define PROTOCOL_EMAIL_MAX 254
#define PROTOCOL_NAME_MAX  480 /* bytes; the contract allows 120 characters, and one has up to four bytes in UTF-8 */

/* All builders return NULL when memory is out. Nothing is kept of the arguments. Optional texts may be NULL or "". */
typedef struct protocol_registration {
    const char *email, *name, *password, *country, *language;
    bool terms_accepted;
    const char *idempotency_key; /* 32 hex digits */
} protocol_registration;

net_request *protocol_register(const protocol_registration *registration);
net_request *protocol_confirm_registration(const char *registration_id, const char *code, const char *device_name,
                                           const char *idempotency_key);
net_request *protocol_recover(const char *email, const char *language, const char *idempotency_key);
net_request *protocol_confirm_recovery(const char *recovery_id, const char *code, const char *new_password,
                                       const char *device_name, const char *idempotency_key);
net_request *protocol_log_in(const char *email, const char *password, const char *device_name);
net_request *protocol_check_session(const char *session_token);
net_request *protocol_log_out(const char *session_token);

/* A session. The token is secret: wipe the struct with sodium_memzero. */
typedef struct protocol_session {
    char token[PROTOCOL_TOKEN_MAX + 1]; /* "" in the answer of protocol_check_session */
    int64_t expires_at_ms;
    char user_id[PROTOCOL_ID_MAX + 1];
    char email[PROTOCOL_EMAIL_MAX + 1];
    char name[PROTOCOL_NAME_MAX + 1];
    char language[36]; /* "en", "es"; a newer cloud may know more */
} protocol_session;

/* Each reads one kind of answer: the verdict always, the rest when verdict->outcome is PROTOCOL_DONE. */
void protocol_read_pending(const net_answer *answer, protocol_verdict *verdict, char id[PROTOCOL_ID_MAX + 1]);
void protocol_read_session(const net_answer *answer, protocol_verdict *verdict, protocol_session *session);

#endif
