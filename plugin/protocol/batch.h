/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol/batch.h - a batch of reports on its way out, and the results that come back (openapi.yaml, tag reports).
 *
 * The bytes of a report are never embedded in other JSON: a header line, the raw bytes, a newline; so what was hashed
 * is what travels.
 */
#ifndef PROTOCOL_BATCH_H
#define PROTOCOL_BATCH_H

#include "protocol/business.h"

#define PROTOCOL_BATCH_ITEMS_MAX 256u            /* a ledger page, which no batch crosses */
#define PROTOCOL_BATCH_BYTES     (1280u * 1024u) /* that many reports of 4 KB with their header lines; one may be larger */

typedef struct protocol_key {
    uint32_t kind; /* POS_REPORT_Z or POS_REPORT_X */
    uint32_t epoch;
    int64_t z_number;
    int64_t x_sequence; /* 0 of a Z */
    char register_id[PROTOCOL_REGISTER_MAX + 1];
} protocol_key;

typedef struct protocol_item {
    protocol_key key;
    uint8_t sha256[PROTOCOL_SHA256_BYTES];
    uint32_t length_bytes;
    uint32_t origin; /* POS_ORIGIN_* */
    char business_date[11];
    char currency[4];
    int64_t closed_at_ms;
    int64_t grand_total_minor;
} protocol_item;

/* NULL, or (static text) what the contract does not allow in this item. Ask before queueing: the cloud refuses the
 * whole batch for one such header line. */
const char *protocol_item_problem(const protocol_item *item);

/* Grows a body item by item, and an item piece by piece (a large report is read over several ticks). */
typedef struct protocol_batch protocol_batch;

protocol_batch *protocol_batch_new(void);
void protocol_batch_free(protocol_batch *batch);
/* Each returns false when memory is out (the batch is then as before) or the order is wrong. begin_item: also when the
 * batch is full (PROTOCOL_BATCH_ITEMS_MAX) or the item has a problem. */
bool protocol_batch_begin_item(protocol_batch *batch, const protocol_item *item);
bool protocol_batch_append(protocol_batch *batch, const void *bytes, uint32_t size_bytes);
bool protocol_batch_end_item(protocol_batch *batch);  /* false too: fewer or more bytes than length_bytes */
void protocol_batch_drop_item(protocol_batch *batch); /* takes back the item that was begun */
size_t protocol_batch_bytes(const protocol_batch *batch);

/* Frees the batch: its body moves into the request. */
net_request *protocol_upload(protocol_batch *batch, const char *till_token, const char *store_id, const char *till_id,
                             uint32_t encodings);

typedef enum protocol_status {
    STATUS_DELIVERED = 1,
    STATUS_CONFLICT,
    STATUS_SUPERSEDED,
    STATUS_REJECTED,
    STATUS_RETRY
} protocol_status;

typedef struct protocol_receipt {
    char receipt_id[PROTOCOL_ID_MAX + 1];
    char company_id[PROTOCOL_ID_MAX + 1];
    char store_id[PROTOCOL_ID_MAX + 1];
    char till_id[PROTOCOL_TILL_ID_LEN + 1];
    protocol_key key;
    uint8_t sha256[PROTOCOL_SHA256_BYTES];
    int64_t received_at_ms;
} protocol_receipt;

typedef struct protocol_result {
    protocol_status status; /* an unknown word of a newer cloud reads as STATUS_RETRY */
    protocol_key key;       /* as the cloud echoes it */
    uint8_t sha256[PROTOCOL_SHA256_BYTES];
    bool has_receipt;
    protocol_receipt receipt;
    char problem_code[48];
    char problem_detail[256];
    int64_t last_x_sequence; /* of a superseded X; 0: not told */
} protocol_result;

typedef struct protocol_results {
    protocol_result *items; /* protocol_results_clear frees them */
    uint32_t count;
} protocol_results;

/* PROTOCOL_DONE only when the answer is whole and well-formed; a result that cannot be read makes it NOT_THE_CLOUD. */
void protocol_read_results(const net_answer *answer, protocol_verdict *verdict, protocol_results *results);
void protocol_results_clear(protocol_results *results);
/* Does that reading on the net's worker: 256 results take 3 ms, which are not the till's thread's to wait for. */
extern const net_reader protocol_results_reader;

#endif
