/* SPDX-License-Identifier: Apache-2.0 */
/* core/vault.c - puts and gets of whole records, and of large ones in pieces (core/vault.h). */
#include "core/vault.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void vault_begin_call(vault *v)
{
    v->writes = 0;
    v->read_bytes = 0;
}

bool vault_may_write(const vault *v)
{
    return v->writes == 0;
}

void vault_note_read(vault *v, uint32_t bytes)
{
    v->read_bytes += bytes;
}

uint32_t vault_read_left(const vault *v)
{
    return v->read_bytes < VAULT_PIECE_BYTES ? VAULT_PIECE_BYTES - v->read_bytes : 0;
}

bool vault_is_failing(const vault *v)
{
    return v->last_error != POS_OK;
}

int32_t vault_put(vault *v, uint32_t collection, uint64_t id, record_header *header, const void *payload)
{
    header->payload_crc = record_crc(0, payload, header->payload_bytes);
    size_t size = RECORD_PAYLOAD_OFFSET + (size_t)header->payload_bytes;
    uint8_t *bytes = malloc(size);
    if (!bytes)
        return POS_E_NO_MEMORY;
    record_encode(header, bytes);
    if (header->payload_bytes > 0)
        memcpy(bytes + RECORD_PAYLOAD_OFFSET, payload, header->payload_bytes);
    v->writes++;
    int32_t result = v->storage->put(v->ctx, collection, id, bytes, (uint32_t)size);
    if (collection & POS_COLLECTION_SECRET)
        sodium_memzero(bytes, size);
    free(bytes);
    v->last_error = result;
    return result;
}

int32_t vault_remove(vault *v, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    v->writes++;
    v->last_error = v->storage->remove(v->ctx, collection, ids, count);
    return v->last_error;
}

static vault_result result_of(int32_t code)
{
    switch (code) {
    case POS_OK:
        return VAULT_OK;
    case POS_E_NOT_FOUND:
        return VAULT_ABSENT;
    case POS_E_CORRUPT:
        return VAULT_BAD;
    default:
        return VAULT_ERROR;
    }
}

static vault_result result_of_record(record_state state)
{
    return state == RECORD_GOOD ? VAULT_OK : state == RECORD_NEWER ? VAULT_NEWER : VAULT_BAD;
}

vault_result vault_read_header(vault *v, uint32_t collection, uint64_t id, record_header *header)
{
    uint8_t bytes[RECORD_PAYLOAD_OFFSET];
    uint32_t total = 0;
    memset(header, 0, sizeof *header);
    vault_note_read(v, sizeof bytes);
    vault_result result = result_of(v->storage->get(v->ctx, collection, id, 0, bytes, sizeof bytes, &total));
    if (result != VAULT_OK)
        return result;
    uint32_t size = total < sizeof bytes ? total : (uint32_t)sizeof bytes;
    return result_of_record(record_decode(bytes, size, total, header));
}

vault_result vault_read(vault *v, uint32_t collection, uint64_t id, record_header *header, uint8_t **payload)
{
    *payload = NULL;
    vault_result result = vault_read_header(v, collection, id, header);
    if (result != VAULT_OK)
        return result;
    uint8_t *bytes = malloc((size_t)header->payload_bytes + 1);
    if (!bytes)
        return VAULT_ERROR;
    uint32_t total = 0;
    vault_note_read(v, header->payload_bytes);
    result =
        result_of(v->storage->get(v->ctx, collection, id, RECORD_PAYLOAD_OFFSET, bytes, header->payload_bytes, &total));
    if (result == VAULT_OK && record_crc(0, bytes, header->payload_bytes) != header->payload_crc)
        result = VAULT_BAD;
    if (result != VAULT_OK) {
        sodium_memzero(bytes, header->payload_bytes);
        free(bytes);
        return result;
    }
    bytes[header->payload_bytes] = '\0';
    *payload = bytes;
    return VAULT_OK;
}

vault_result vault_read_first(vault *v, vault_reader *reader, uint8_t *buffer, uint32_t capacity_bytes, uint32_t *got)
{
    uint32_t room = RECORD_PAYLOAD_OFFSET + capacity_bytes;
    uint32_t total = 0;
    *got = 0;
    reader->started = true;
    reader->done_bytes = 0;
    memset(&reader->header, 0, sizeof reader->header);
    vault_result result = result_of(v->storage->get(v->ctx, reader->collection, reader->id, 0, buffer, room, &total));
    if (result != VAULT_OK)
        return result;
    uint32_t size = total < room ? total : room;
    vault_note_read(v, size);
    result = result_of_record(record_decode(buffer, size, total, &reader->header));
    if (result != VAULT_OK)
        return result;
    *got = size - RECORD_PAYLOAD_OFFSET;
    memmove(buffer, buffer + RECORD_PAYLOAD_OFFSET, *got);
    reader->crc = record_crc(0, buffer, *got);
    reader->done_bytes = *got;
    return VAULT_OK;
}

bool vault_is_spoilt(const vault_reader *reader)
{
    return reader->done_bytes == reader->header.payload_bytes && reader->crc != reader->header.payload_crc;
}

vault_result vault_read_piece(vault *v, vault_reader *reader, uint8_t *buffer, uint32_t capacity_bytes, uint32_t *got)
{
    *got = 0;
    if (!reader->started) {
        vault_result result = vault_read_header(v, reader->collection, reader->id, &reader->header);
        if (result != VAULT_OK)
            return result;
        reader->started = true;
        reader->crc = record_crc(0, NULL, 0);
    }
    uint32_t left = reader->header.payload_bytes - reader->done_bytes;
    uint32_t want = left < capacity_bytes ? left : capacity_bytes;
    uint32_t total = 0;
    vault_note_read(v, want);
    vault_result result = result_of(v->storage->get(v->ctx, reader->collection, reader->id,
                                                    RECORD_PAYLOAD_OFFSET + reader->done_bytes, buffer, want, &total));
    if (result != VAULT_OK)
        return result;
    if (total != RECORD_PAYLOAD_OFFSET + reader->header.payload_bytes)
        return VAULT_BAD;
    reader->crc = record_crc(reader->crc, buffer, want);
    reader->done_bytes += want;
    *got = want;
    return vault_is_spoilt(reader) ? VAULT_BAD : VAULT_OK;
}
