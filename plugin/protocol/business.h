/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/business.h - companies, stores and the till's registration (openapi.yaml, tags business and tills). */
#ifndef PROTOCOL_BUSINESS_H
#define PROTOCOL_BUSINESS_H

#include "protocol/account.h"

#define PROTOCOL_TILL_ID_LEN  32 /* hex digits */
#define PROTOCOL_REGISTER_MAX 64 /* bytes */
#define PROTOCOL_PAGE_MAX     50
#define PROTOCOL_SHA256_BYTES 32

typedef struct protocol_company {
    char company_id[PROTOCOL_ID_MAX + 1];
    char name[PROTOCOL_NAME_MAX + 1];
    char tax_id[161]; /* "" : none. 40 characters */
    char country[3];
    char currency[4];
} protocol_company;

typedef struct protocol_store {
    char store_id[PROTOCOL_ID_MAX + 1];
    char company_id[PROTOCOL_ID_MAX + 1];
    char name[PROTOCOL_NAME_MAX + 1];
    char address[961]; /* "" : none. 240 characters */
    char time_zone[65];
    char currency[4];
} protocol_store;

/* after: cursor of the page before, NULL for the first; search: NULL or "" for all. */
net_request *protocol_list_companies(const char *session_token, const char *after, const char *search, uint32_t limit);
net_request *protocol_create_company(const char *session_token, const protocol_company *company,
                                     const char *idempotency_key);
net_request *protocol_list_stores(const char *session_token, const char *company_id, const char *after,
                                  const char *search, uint32_t limit);
net_request *protocol_create_store(const char *session_token, const char *company_id, const protocol_store *store,
                                   const char *idempotency_key);

typedef struct protocol_company_page {
    protocol_company items[PROTOCOL_PAGE_MAX];
    uint32_t count;
    char next[PROTOCOL_ID_MAX + 1]; /* cursor; "" : this is the last page */
} protocol_company_page;

typedef struct protocol_store_page {
    protocol_store items[PROTOCOL_PAGE_MAX];
    uint32_t count;
    char next[PROTOCOL_ID_MAX + 1];
} protocol_store_page;

void protocol_read_companies(const net_answer *answer, protocol_verdict *verdict, protocol_company_page *page);
void protocol_read_company(const net_answer *answer, protocol_verdict *verdict, protocol_company *company);
void protocol_read_stores(const net_answer *answer, protocol_verdict *verdict, protocol_store_page *page);
void protocol_read_store(const net_answer *answer, protocol_verdict *verdict, protocol_store *store);

/* ---- the till's registration with a store ---- */

typedef enum protocol_claim {
    CLAIM_FIRST = 1, /* nobody asked yet: refused with register-known when the store has this register already */
    CLAIM_SAME,      /* the till id in the path is adopted: reinstalled or replaced hardware */
    CLAIM_ANOTHER    /* a different machine that uses the same register id */
} protocol_claim;

net_request *protocol_register_till(const char *session_token, const char *store_id, const char *till_id,
                                    const char *register_id, const char *device_name, protocol_claim claim);
net_request *protocol_revoke_till_token(const char *till_token, const char *store_id, const char *till_id);

#define PROTOCOL_TILLS_MAX     20 /* the contract's limit */
#define PROTOCOL_REGISTERS_MAX 64 /* the contract has none; of more, those of the lowest epochs are left out */

typedef struct protocol_known_till {
    char till_id[PROTOCOL_TILL_ID_LEN + 1];
    char device_name[PROTOCOL_NAME_MAX + 1]; /* "" : it gave none */
    char register_id[PROTOCOL_REGISTER_MAX + 1];
    int64_t last_seen_at_ms;
    int64_t last_z_number;       /* 0: none yet */
    char last_business_date[11]; /* "" : none yet */
} protocol_known_till;

/* Where the cloud stands with one register of this till, in one epoch: numbering goes on from here after a wipe or an
 * adoption. Numbers are 0 where the cloud holds none. */
typedef struct protocol_register_state {
    char register_id[PROTOCOL_REGISTER_MAX + 1];
    uint32_t epoch;
    int64_t last_z_number;
    uint8_t last_z_sha256[PROTOCOL_SHA256_BYTES]; /* zeros without a Z */
    int64_t last_x_z_number;
    int64_t last_x_sequence;
} protocol_register_state;

typedef struct protocol_till {
    char till_token[PROTOCOL_TOKEN_MAX + 1]; /* secret */
    char till_id[PROTOCOL_TILL_ID_LEN + 1];
    protocol_store store;
    protocol_company company;
    uint32_t register_count; /* ascending by register, then epoch */
    protocol_register_state registers[PROTOCOL_REGISTERS_MAX];
    /* of a refusal with CAUSE_REGISTER_KNOWN */
    uint32_t known_count;
    protocol_known_till known[PROTOCOL_TILLS_MAX];
} protocol_till;

void protocol_read_till(const net_answer *answer, protocol_verdict *verdict, protocol_till *till);

#endif
