/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/vault.h - records in and out of the host's storage: the one place that calls it.
 *
 * Keeps the write budget (a tick may write once) and knows whether the storage takes writes at the moment.
 */
#ifndef CORE_VAULT_H
#define CORE_VAULT_H

#include "core/record.h"
#include "pos/storage.h"

#define VAULT_PIECE_BYTES (256u * 1024u) /* read budget of a tick */

typedef struct vault {
    const pos_storage *storage;
    void *ctx;
    uint32_t writes;     /* puts and removes since vault_begin_call() */
    uint32_t read_bytes; /* likewise */
    int32_t last_error;  /* of the last write: POS_OK or what it returned */
} vault;

void vault_begin_call(vault *v);
bool vault_may_write(const vault *v); /* nothing was written in this call yet */
bool vault_is_failing(const vault *v);
/* How much of a tick's read budget is left. Whatever else is read on a tick's account is added by whoever reads it. */
uint32_t vault_read_left(const vault *v);
void vault_note_read(vault *v, uint32_t bytes);

/* Fills in payload_bytes and payload_crc of *header, then one put. POS_E_NO_MEMORY or the storage's error. */
int32_t vault_put(vault *v, uint32_t collection, uint64_t id, record_header *header, const void *payload);
int32_t vault_remove(vault *v, uint32_t collection, const uint64_t *ids, uint32_t count);

typedef enum vault_result {
    VAULT_OK = 1,
    VAULT_ABSENT,
    VAULT_BAD,   /* damaged, or a secret that cannot be read */
    VAULT_NEWER, /* a newer plugin's */
    VAULT_ERROR  /* the storage failed, or memory is out: try again later */
} vault_result;

vault_result vault_read_header(vault *v, uint32_t collection, uint64_t id, record_header *header);
/* The whole payload (of small records), zero-terminated, its checksum verified; the caller wipes and frees it. */
vault_result vault_read(vault *v, uint32_t collection, uint64_t id, record_header *header, uint8_t **payload);

/* A record read in pieces of at most VAULT_PIECE_BYTES, one a tick. Zero-initialise, set collection and id. */
typedef struct vault_reader {
    uint32_t collection;
    uint64_t id;
    bool started;
    record_header header;
    uint32_t done_bytes; /* of the payload */
    uint32_t crc;
} vault_reader;

/* The header, and of the payload as much as there is room for, in one read. The buffer takes RECORD_PAYLOAD_OFFSET bytes
 * more than capacity_bytes. Ask vault_is_spoilt() after it. */
vault_result vault_read_first(vault *v, vault_reader *reader, uint8_t *buffer, uint32_t capacity_bytes, uint32_t *got);
/* All of the payload was read, and its checksum is wrong. */
bool vault_is_spoilt(const vault_reader *reader);

/* Reads at most capacity_bytes of payload into buffer; *got: how many. reader->done_bytes == header.payload_bytes after
 * the last piece, and VAULT_BAD there when the checksum is wrong. */
vault_result vault_read_piece(vault *v, vault_reader *reader, uint8_t *buffer, uint32_t capacity_bytes, uint32_t *got);

#endif
