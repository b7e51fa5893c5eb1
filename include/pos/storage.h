/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pos/storage.h - durable records, which the host provides and a plugin keeps its queue in.
 *
 * A record is bytes under (collection, id). The contract, in full; nothing beyond it is assumed:
 *
 *  1. A put is atomic (the old record or the new one, never a mix) and durable before it returns POS_OK: a power cut
 *     right after it does not take it back.
 *  2. Order: after a crash the storage holds the effect of a prefix of the operations, in the order they were made,
 *     at least up to the last successful put. A remove may be lazy (durable only with the next put), but it neither
 *     overtakes nor undoes a later put.
 *  3. After a put that returned an error the outcome is unknown: the old or the new record may be there after a crash,
 *     and reading back proves nothing (a page cache answers what the disk forgot). Only a fresh successful put of that
 *     record settles it.
 *  4. One storage belongs to one running instance: acquire() takes an exclusive lock that other processes respect.
 *
 * That is about the weakest contract under which nothing is lost and nothing doubled, hence an easy one to keep on
 * SQLite, on a log file or on a phone. There is no batch, no index and no transaction to implement.
 *
 * Calls happen one at a time, inside the host's own calls into the plugin and on that thread.
 */
#ifndef POS_STORAGE_H
#define POS_STORAGE_H

#include "abi.h"

/*
 * A collection is a number that the plugin chooses, 1..65535, plus these bits. The host treats the whole value as
 * part of the record's name; only the bits mean something to it.
 */
#define POS_COLLECTION_SECRET 0x10000u /* credentials: keystore or encrypted, never in plain, never in a backup */
#define POS_COLLECTION_DEVICE 0x20000u /* belongs to this very machine: left out of backups and of cloned images */

/* A storage must take records up to this size (a document of 4 MiB and its header). */
#define POS_RECORD_MAX_BYTES (4u * 1024u * 1024u + 4096u)

/* Called once a record, ascending. Return 0 to go on, anything else to end the listing. Must not call the storage. */
typedef int32_t (*pos_record_visitor)(void *visitor_ctx, uint64_t id, uint32_t size_bytes);

typedef struct pos_storage {
    uint32_t struct_size;
    uint32_t reserved;
    void *ctx; /* handed to every function below */

    /* Takes the exclusive lock; once, before any other call. POS_E_BUSY: another instance or process has it. */
    int32_t (*acquire)(void *ctx);

    /* Gives the lock back. The last call. */
    void (*release)(void *ctx);

    /* Creates or replaces a record, durably (rules 1-3). size_bytes may be 0.
     * Errors: NO_SPACE, TOO_LARGE (over POS_RECORD_MAX_BYTES), BUSY, IO. */
    int32_t (*put)(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes);

    /* Copies at most capacity_bytes of the record, from offset_bytes on, into `buffer`, and stores the record's whole
     * size in *size_bytes (also when offset_bytes is at or past its end: then nothing is copied). Reading a part is
     * what keeps a large report from freezing the till. `buffer` may be NULL when capacity_bytes is 0.
     * Errors: NOT_FOUND, CORRUPT (of a SECRET record: it cannot be decrypted any more), IO, BUSY. */
    int32_t (*get)(void *ctx, uint32_t collection, uint64_t id, uint32_t offset_bytes, void *buffer,
                   uint32_t capacity_bytes, uint32_t *size_bytes);

    /* Removes records; an id that is not there is no error. Lazy is fine (rule 2), except in a SECRET collection:
     * there it is durable before it returns, and the bytes are gone. Errors: BUSY, IO. */
    int32_t (*remove)(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count);

    /* Visits the records of a collection with id >= from_id in ascending numeric order of the unsigned 64-bit id (not
     * as text, not as a signed number). A collection that nothing was put into is empty, not an error. Errors: BUSY,
     * IO. */
    int32_t (*list)(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor, void *visitor_ctx);
} pos_storage;

POS_PIN(pos_storage, ctx, 8, 8);
POS_PIN(pos_storage, acquire, 12, 16);
POS_PIN(pos_storage, put, 20, 32);
POS_PIN(pos_storage, list, 32, 56);

#endif
