/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - everything the cloud remembers, and all of its SQL behind it. A bigger database can take SQLite's place by
 * another set of store_*.c files.
 *
 * Every function is one transaction, durable when it returns STORE_OK, and safe to call from any thread. Nothing slow is
 * done inside: passwords are hashed and documents parsed before. The tenant (the user, or the company and store of a
 * till token) is an argument of every function that touches business data, and part of every query: a stranger's
 * object is STORE_NOT_FOUND. Time is an argument, so that a test's clock can drive everything. Secrets come in hashed.
 */
#ifndef CLOUD_STORE_H
#define CLOUD_STORE_H

#include "ident.h"

#define STORE_NAME_SIZE    484 /* 120 characters of UTF-8 */
#define STORE_ADDRESS_SIZE 964
#define STORE_EMAIL_SIZE   255
#define STORE_ZONE_SIZE    65
#define STORE_DATE_SIZE    11
#define STORE_PAGE_MAX     200
#define STORE_KNOWN_MAX    20

typedef enum store_status {
    STORE_OK = 0,
    STORE_NOT_FOUND,
    STORE_EXISTS,
    STORE_REUSED,    /* the idempotency key came before with another body */
    STORE_EXPIRED,   /* the code is of no use any more, for whatever reason */
    STORE_WRONG,     /* not this code */
    STORE_THROTTLED, /* see retry_after_ms */
    STORE_CLOSED,    /* access to the store was withdrawn */
    STORE_CLAIMED,   /* the register is known under other till ids */
    STORE_NOT_LISTED,
    STORE_GONE,    /* it was there and is over */
    STORE_STALE,   /* something else is there by now than what was to be replaced */
    STORE_INVALID, /* a line of configuration data breaks the rules */
    STORE_BUSY,    /* not now: no space, I/O error, locked */
    STORE_FAILED   /* a fault of ours */
} store_status;

typedef struct store store;

/* Opens or creates the database; NULL after having logged why not. One store per file and process. */
store *store_open(const char *path);
void store_close(store *self);

/* ------------------------------------------------------------------ what a client may repeat */

/* A client's Idempotency-Key as it is kept: neither key nor body can be recovered from it, nor guessed. */
typedef struct store_key {
    unsigned char key_hash[IDENT_HASH_BYTES];
    unsigned char body_hash[IDENT_HASH_BYTES]; /* keyed with the key itself: a body may hold a password */
} store_key;

/* ------------------------------------------------------------------ throttling */

typedef enum store_throttle { STORE_THROTTLE_LOGIN = 1, STORE_THROTTLE_MAIL } store_throttle;

/*
 * Counts one try for the mail address and for the network address, before it is looked at (tries in parallel count,
 * too). One from a network address where the owner was lately counts for the two together, and for nothing else.
 * STORE_THROTTLED: not counted, come back after *retry_after_ms.
 */
store_status store_throttle_enter(store *self, store_throttle what, const char *email, const char *client,
                                  int64_t now_ms, int64_t *retry_after_ms);
/* The log-in was good: forgets the failures that were counted with it, and remembers that the owner was there. */
store_status store_throttle_forgive(store *self, const char *email, const char *client, int64_t now_ms);
/* The owner was there without a password: with a mailed code. */
store_status store_throttle_remember(store *self, const char *email, const char *client, int64_t now_ms);

/* ------------------------------------------------------------------ accounts and sessions */

typedef struct store_user {
    char user_id[IDENT_ID_SIZE];
    char email[STORE_EMAIL_SIZE];
    char name[STORE_NAME_SIZE];
    char language[3];
} store_user;

typedef struct store_session {
    char session_id[IDENT_ID_SIZE];
    int64_t expires_at_ms;
    store_user user;
} store_session;

typedef struct store_code_request {
    const char *email;
    const char *language;
    const char *name; /* registrations only, as the next two */
    const char *password_hash;
    const char *country;
    const char *code; /* hashed before it is kept; mailed if the address calls for it */
    const store_key *key;
    int64_t now_ms;
} store_code_request;

typedef struct store_code_started {
    char code_id[IDENT_ID_SIZE];
    int64_t expires_at_ms;
} store_code_started;

/*
 * Starts a registration or a recovery and queues the mail that the address calls for, doing the same work whether or
 * not it is known. The same key again: the first outcome, no second mail.
 */
store_status store_registration_start(store *self, const store_code_request *request, store_code_started *out);
store_status store_recovery_start(store *self, const store_code_request *request, store_code_started *out);
/* Was the key used for starting one before? STORE_OK (with the outcome), STORE_REUSED or STORE_NOT_FOUND. */
store_status store_registration_find(store *self, const store_key *key, store_code_started *out);
store_status store_recovery_find(store *self, const store_key *key, store_code_started *out);

typedef struct store_code_confirm {
    const char *code_id;
    const char *code;
    const char *password_hash; /* recoveries only */
    const char *device_name;
    const unsigned char *token_hash; /* of the session to be */
    const store_key *key;
    int64_t now_ms;
} store_code_confirm;

/* STORE_OK with the session; STORE_WRONG with *tries_left; STORE_EXPIRED; STORE_REUSED. */
store_status store_registration_confirm(store *self, const store_code_confirm *confirm, store_session *out,
                                        int64_t *tries_left);
store_status store_recovery_confirm(store *self, const store_code_confirm *confirm, store_session *out,
                                    int64_t *tries_left);
/* Could this recovery still be confirmed (or was it, and may be repeated)? Spares hashing a password for nothing. */
store_status store_recovery_peek(store *self, const char *code_id, int64_t now_ms);

#define STORE_PASSWORD_HASH_SIZE 128
/* The user's id and password hash by mail address. */
store_status store_user_find(store *self, const char *email, char user_id[IDENT_ID_SIZE],
                             char password_hash[STORE_PASSWORD_HASH_SIZE]);

store_status store_session_create(store *self, const char *user_id, const unsigned char *token_hash,
                                  const char *device_name, int64_t now_ms, store_session *out);
/* The session of a token, if it is valid; moves its end when that is due. */
store_status store_session_use(store *self, const unsigned char *token_hash, int64_t now_ms, store_session *out);
store_status store_session_end(store *self, const char *session_id, int64_t now_ms);

/* ------------------------------------------------------------------ companies and stores */

typedef struct store_company {
    char company_id[IDENT_ID_SIZE];
    char name[STORE_NAME_SIZE];
    char tax_id[161];
    char country[3];
    char currency[4];
} store_company;

typedef struct store_shop {
    char store_id[IDENT_ID_SIZE];
    char company_id[IDENT_ID_SIZE];
    char name[STORE_NAME_SIZE];
    char address[STORE_ADDRESS_SIZE];
    char time_zone[STORE_ZONE_SIZE];
    char currency[4];
} store_shop;

typedef struct store_page {
    int64_t limit;     /* 1..STORE_PAGE_MAX */
    const char *after; /* an id, or NULL; STORE_NOT_LISTED when there is none such */
    const char *query; /* or NULL */
} store_page;

/* Called for each row in order; `more` tells the last call whether another page follows. */
typedef void (*store_company_visitor)(void *context, const store_company *company);
typedef void (*store_shop_visitor)(void *context, const store_shop *shop);

store_status store_company_list(store *self, const char *user_id, const store_page *page, store_company_visitor visitor,
                                void *context, bool *more);
/* Fills the id of *company. The same key again: the company made then. */
store_status store_company_create(store *self, const char *user_id, store_company *company, const store_key *key,
                                  int64_t now_ms);
store_status store_shop_list(store *self, const char *user_id, const char *company_id, const store_page *page,
                             store_shop_visitor visitor, void *context, bool *more);
/* Fills id, company and currency of *shop. */
store_status store_shop_create(store *self, const char *user_id, const char *company_id, store_shop *shop,
                               const store_key *key, int64_t now_ms);
/* For operators and tests: withdraws access to a store, or gives it back. */
store_status store_shop_close(store *self, const char *store_id, bool closed, int64_t now_ms);

/* ------------------------------------------------------------------ tills */

typedef enum store_claim { STORE_CLAIM_FIRST = 1, STORE_CLAIM_SAME, STORE_CLAIM_ANOTHER } store_claim;

typedef struct store_till_request {
    const char *user_id;
    const char *store_id;
    const char *till_id;
    const char *register_id;
    const char *device_name;
    store_claim claim;
    const unsigned char *token_hash;
    int64_t now_ms;
} store_till_request;

typedef struct store_known_till {
    char till_id[IDENT_ID_SIZE];
    char device_name[STORE_NAME_SIZE];
    char register_id[IDENT_ID_SIZE];
    int64_t last_seen_at_ms;
    int64_t last_z_number; /* 0: none */
    char last_business_date[STORE_DATE_SIZE];
} store_known_till;

typedef struct store_register {
    char register_id[IDENT_ID_SIZE];
    int64_t epoch;
    int64_t last_z_number; /* 0: none, as the next ones */
    char last_z_sha256[IDENT_HEX_SIZE];
    int64_t last_x_z_number;
    int64_t last_x_sequence;
} store_register;

typedef struct store_till_result {
    store_shop shop;
    store_company company;
    store_known_till known[STORE_KNOWN_MAX]; /* with STORE_CLAIMED */
    size_t known_count;
    store_register *registers; /* with STORE_OK; free() it */
    size_t register_count;
} store_till_result;

/* STORE_OK, STORE_NOT_FOUND, STORE_CLOSED, STORE_CLAIMED or STORE_NOT_LISTED. */
store_status store_till_register(store *self, const store_till_request *request, store_till_result *out);

typedef struct store_till_scope {
    char company_id[IDENT_ID_SIZE];
    char store_id[IDENT_ID_SIZE];
    char till_id[IDENT_ID_SIZE];
    char currency[4];
    bool closed;
} store_till_scope;

/* What a till token is for: STORE_OK or STORE_NOT_FOUND (unknown or revoked). */
store_status store_till_token_find(store *self, const unsigned char *token_hash, store_till_scope *out);
store_status store_till_token_revoke(store *self, const unsigned char *token_hash, int64_t now_ms);
store_status store_till_revoke_all(store *self, const char *user_id, const char *store_id, const char *till_id,
                                   int64_t now_ms);

/* ------------------------------------------------------------------ reports */

typedef struct store_report {
    char kind; /* 'Z' or 'X' */
    bool rebuilt;
    char register_id[IDENT_ID_SIZE];
    int64_t epoch;
    int64_t z_number;
    int64_t x_sequence;
    char sha256[IDENT_HEX_SIZE];
    char business_date[STORE_DATE_SIZE];
    char currency[4];
    int64_t closed_at_ms;
    int64_t grand_total_minor;
    int64_t gross_minor;
    int64_t net_minor;
    int64_t tax_minor;
    const char *warning; /* or NULL */
    const void *document;
    size_t document_bytes;
    bool skip; /* refused before it came here: not to be looked at */
} store_report;

typedef enum store_outcome {
    STORE_OUTCOME_DELIVERED = 1,
    STORE_OUTCOME_CONFLICT,
    STORE_OUTCOME_SUPERSEDED
} store_outcome;

typedef struct store_receipt {
    char receipt_id[IDENT_ID_SIZE]; /* "" : there is none */
    char company_id[IDENT_ID_SIZE];
    char store_id[IDENT_ID_SIZE];
    char till_id[IDENT_ID_SIZE];
    char register_id[IDENT_ID_SIZE];
    int64_t epoch;
    char kind;
    int64_t z_number;
    int64_t x_sequence;
    char sha256[IDENT_HEX_SIZE];
    int64_t received_at_ms;
} store_receipt;

typedef struct store_report_result {
    store_outcome outcome;
    store_receipt receipt;
    int64_t last_x_sequence;
} store_report_result;

/* Takes a batch in order, all of it or (anything but STORE_OK) nothing. */
store_status store_reports_put(store *self, const store_till_scope *scope, const store_report *reports, size_t count,
                               int64_t now_ms, store_report_result *results);

/* ------------------------------------------------------------------ mails */

typedef struct store_mail {
    int64_t mail_id;
    char recipient[STORE_EMAIL_SIZE]; /* "" : nobody; only there so that unknown addresses cost the same */
    char subject[128];
    char body[2048];
    int64_t created_at_ms;
    int64_t attempts;
} store_mail;

/* The next mail that is due. */
store_status store_mail_next(store *self, int64_t now_ms, store_mail *out);
store_status store_mail_sent(store *self, int64_t mail_id);
store_status store_mail_postpone(store *self, int64_t mail_id, int64_t next_at_ms);

#endif
