/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract of pos/storage.h on two SQLite files: which record goes where, what is sealed, and in which order things
 * become durable. Why there are two, and how rule 2 holds across them, stands in poshost/storage.h.
 */
#include "storage_internal.h"

#include "storage_key.h"
#include "text.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_device(uint32_t collection)
{
    return (collection & (POS_COLLECTION_SECRET | POS_COLLECTION_DEVICE)) != 0;
}

static int is_secret(uint32_t collection)
{
    return (collection & POS_COLLECTION_SECRET) != 0;
}

/* The rules that hold for every function but acquire. */
static int32_t check_call(poshost_storage *storage, uint32_t collection)
{
    const char *rule = NULL;
    int32_t code = POS_E_MISUSE;
    storage->error[0] = '\0';
    if (storage->lock_fd < 0)
        rule = "The storage was not acquired.";
    else if (storage->owner != getpid()) {
        /* SQLite's files must not be touched through a descriptor that a parent process still uses. */
        rule = "The storage belongs to the parent of this process.";
        code = POS_E_FORKED;
    } else if (storage->is_listing)
        rule = "The storage was called from inside a list visitor.";
    else if ((collection & 0xFFFFu) == 0)
        rule = "A collection is a number from 1 to 65535, with its bits.";
    if (rule == NULL)
        return POS_OK;
    poshost_text_format(storage->error, sizeof storage->error, "%s", rule);
    return code;
}

/* ---- writing ---- */

/* Inside a transaction of the ordinary file. */
static int32_t apply_waiting(poshost_storage *storage)
{
    int32_t code = POS_OK;
    for (uint32_t i = 0; i < storage->waiting.count && code == POS_OK; i++)
        code = poshost_database_delete(&storage->ordinary, storage->waiting.keys[i].collection,
                                       storage->waiting.keys[i].id);
    return code;
}

int32_t poshost_storage_flush(poshost_storage *storage)
{
    if (storage->waiting.count == 0)
        return POS_OK;
    int32_t code = poshost_database_begin(&storage->ordinary);
    if (code == POS_OK)
        code = apply_waiting(storage);
    if (code == POS_OK)
        code = poshost_database_commit(&storage->ordinary);
    if (code != POS_OK) {
        poshost_database_rollback(&storage->ordinary);
        return code;
    }
    storage->waiting.count = 0;
    return POS_OK;
}

static int32_t put_ordinary(poshost_storage *storage, uint32_t collection, uint64_t id, const void *bytes,
                            uint32_t size_bytes)
{
    int32_t code = poshost_database_begin(&storage->ordinary);
    if (code == POS_OK)
        code = apply_waiting(storage);
    if (code == POS_OK)
        code = poshost_database_put(&storage->ordinary, collection, id, bytes, size_bytes, size_bytes);
    if (code == POS_OK)
        code = poshost_database_commit(&storage->ordinary);
    if (code != POS_OK) {
        poshost_database_rollback(&storage->ordinary);
        return code;
    }
    storage->waiting.count = 0;
    return POS_OK;
}

static int32_t put_device(poshost_storage *storage, uint32_t collection, uint64_t id, const void *bytes,
                          uint32_t size_bytes)
{
    int32_t code = poshost_storage_flush(storage); /* rule 2: this put must not overtake them */
    if (code != POS_OK)
        return code;
    unsigned char *sealed = NULL;
    const void *stored = bytes;
    uint32_t stored_bytes = size_bytes;
    if (is_secret(collection)) {
        stored_bytes = size_bytes + POSHOST_SEAL_BYTES;
        sealed = malloc(stored_bytes);
        if (sealed == NULL)
            return POS_E_NO_MEMORY;
        poshost_key_seal(storage->key, collection, id, bytes, size_bytes, sealed);
        stored = sealed;
    }
    code = poshost_database_begin(&storage->device);
    if (code == POS_OK)
        code = poshost_database_put(&storage->device, collection, id, stored, stored_bytes, size_bytes);
    if (code == POS_OK)
        code = poshost_database_commit(&storage->device);
    if (code != POS_OK)
        poshost_database_rollback(&storage->device);
    free(sealed);
    return code;
}

int32_t poshost_storage_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes)
{
    poshost_storage *storage = ctx;
    int32_t code = check_call(storage, collection);
    if (code != POS_OK)
        return code;
    if (size_bytes > POS_RECORD_MAX_BYTES) {
        poshost_text_format(storage->error, sizeof storage->error, "A record of %u bytes is over the limit of %u.",
                            (unsigned)size_bytes, (unsigned)POS_RECORD_MAX_BYTES);
        return POS_E_TOO_LARGE;
    }
    if (bytes == NULL && size_bytes > 0) {
        poshost_text_format(storage->error, sizeof storage->error, "put: bytes is NULL with a size.");
        return POS_E_MISUSE;
    }
    return is_device(collection) ? put_device(storage, collection, id, bytes, size_bytes)
                                 : put_ordinary(storage, collection, id, bytes, size_bytes);
}

/* Durable when it returns, and the old bytes are gone: secure_delete and the truncated journal see to it. */
static int32_t remove_device(poshost_storage *storage, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    int32_t code = poshost_storage_flush(storage);
    if (code != POS_OK)
        return code;
    code = poshost_database_begin(&storage->device);
    for (uint32_t i = 0; i < count && code == POS_OK; i++)
        code = poshost_database_delete(&storage->device, collection, ids[i]);
    if (code == POS_OK)
        code = poshost_database_commit(&storage->device);
    if (code != POS_OK)
        poshost_database_rollback(&storage->device);
    return code;
}

static int32_t remove_ordinary(poshost_storage *storage, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (storage->waiting.count == POSHOST_WAITING_MAX) {
            int32_t code = poshost_storage_flush(storage);
            if (code != POS_OK)
                return code;
        }
        /* Ids that are not there need no waiting, and must not fill the list. */
        poshost_database_place place;
        int32_t found = poshost_database_find(&storage->ordinary, collection, ids[i], &place);
        if (found == POS_OK)
            poshost_waiting_add(&storage->waiting, collection, ids[i]);
        else if (found != POS_E_NOT_FOUND)
            return found;
    }
    return POS_OK;
}

int32_t poshost_storage_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    poshost_storage *storage = ctx;
    int32_t code = check_call(storage, collection);
    if (code != POS_OK || count == 0)
        return code;
    if (ids == NULL) {
        poshost_text_format(storage->error, sizeof storage->error, "remove: ids is NULL with a count.");
        return POS_E_MISUSE;
    }
    return is_device(collection) ? remove_device(storage, collection, ids, count)
                                 : remove_ordinary(storage, collection, ids, count);
}

/* ---- reading ---- */

/* A secret is authenticated as a whole, so all of it is read, whichever part is wanted. */
static int32_t read_secret(poshost_storage *storage, uint32_t collection, uint64_t id,
                           const poshost_database_place *place, uint32_t offset_bytes, void *buffer, uint32_t wanted)
{
    uint32_t sealed_bytes = place->size_bytes + POSHOST_SEAL_BYTES;
    unsigned char *sealed = malloc(sealed_bytes);
    unsigned char *plain = malloc((size_t)place->size_bytes + 1);
    int32_t code = POS_E_NO_MEMORY;
    if (sealed != NULL && plain != NULL)
        code = poshost_database_read(&storage->device, place->body, 0, sealed, sealed_bytes, sealed_bytes);
    if (code == POS_OK) {
        code = poshost_key_open(storage->key, collection, id, sealed, sealed_bytes, plain);
        if (code != POS_OK)
            poshost_text_format(storage->error, sizeof storage->error,
                                "A secret record in %s cannot be decrypted: the key file is another one, or the "
                                "record is damaged.",
                                storage->device_path);
    }
    if (code == POS_OK && wanted > 0)
        memcpy(buffer, plain + offset_bytes, wanted);
    if (plain != NULL)
        sodium_memzero(plain, (size_t)place->size_bytes + 1);
    free(plain);
    free(sealed);
    return code;
}

int32_t poshost_storage_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset_bytes, void *buffer,
                            uint32_t capacity_bytes, uint32_t *size_bytes)
{
    poshost_storage *storage = ctx;
    int32_t code = check_call(storage, collection);
    if (code != POS_OK)
        return code;
    if (size_bytes == NULL || (buffer == NULL && capacity_bytes > 0)) {
        poshost_text_format(storage->error, sizeof storage->error, "get: size_bytes or buffer is NULL.");
        return POS_E_MISUSE;
    }
    poshost_database *database = is_device(collection) ? &storage->device : &storage->ordinary;
    poshost_database_place place;
    if (!is_device(collection) && poshost_waiting_has(&storage->waiting, collection, id))
        return POS_E_NOT_FOUND;
    code = poshost_database_find(database, collection, id, &place);
    if (code != POS_OK)
        return code;
    uint32_t left = offset_bytes < place.size_bytes ? place.size_bytes - offset_bytes : 0;
    uint32_t wanted = left < capacity_bytes ? left : capacity_bytes;
    if (is_secret(collection))
        code = read_secret(storage, collection, id, &place, offset_bytes, buffer, wanted);
    else if (wanted > 0)
        code = poshost_database_read(database, place.body, offset_bytes, buffer, wanted, place.size_bytes);
    if (code == POS_OK)
        *size_bytes = place.size_bytes;
    return code;
}

typedef struct listing {
    const poshost_storage *storage;
    uint32_t collection;
    pos_record_visitor visitor;
    void *visitor_ctx;
} listing;

static int32_t visit_unless_removed(void *ctx, uint64_t id, uint32_t size_bytes)
{
    const listing *list = ctx;
    if (list->storage->waiting.count > 0 && poshost_waiting_has(&list->storage->waiting, list->collection, id))
        return 0;
    return list->visitor(list->visitor_ctx, id, size_bytes);
}

int32_t poshost_storage_list(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor,
                             void *visitor_ctx)
{
    poshost_storage *storage = ctx;
    int32_t code = check_call(storage, collection);
    if (code != POS_OK)
        return code;
    if (visitor == NULL) {
        poshost_text_format(storage->error, sizeof storage->error, "list: visitor is NULL.");
        return POS_E_MISUSE;
    }
    poshost_database *database = is_device(collection) ? &storage->device : &storage->ordinary;
    listing list = {.storage = storage, .collection = collection, .visitor = visitor, .visitor_ctx = visitor_ctx};
    storage->is_listing = 1;
    code = poshost_database_list(database, collection, from_id, visit_unless_removed, &list);
    storage->is_listing = 0;
    return code;
}
