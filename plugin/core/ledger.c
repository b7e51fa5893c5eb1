/* SPDX-License-Identifier: Apache-2.0 */
/* core/ledger.c - ledger pages to bytes and back (core/ledger.h). An entry is 128 bytes, so a full page is 32 KiB. */
#include "core/ledger.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum {
    ENTRY_BYTES = 128,
    AT_INDEX = 0,
    AT_DESTINATION = 2,
    AT_CLOSED_AT = 4,
    AT_DATE = 12,
    AT_HASH = 23,
    AT_RECEIPT = 55, /* 64 bytes and a zero: up to 120 */
    AT_ORIGIN = 120,
    AT_TILL_MARK = 121,
    AT_ELSEWHERE = 127
};

static void encode_entry(const ledger_entry *entry, uint8_t *at)
{
    memset(at, 0, ENTRY_BYTES);
    at[AT_INDEX] = entry->index;
    at[AT_DESTINATION] = (uint8_t)entry->destination;
    at[AT_DESTINATION + 1] = (uint8_t)(entry->destination >> 8);
    for (unsigned i = 0; i < 8; i++)
        at[AT_CLOSED_AT + i] = (uint8_t)((uint64_t)entry->closed_at_ms >> (8 * i));
    memcpy(at + AT_DATE, entry->business_date, sizeof entry->business_date);
    memcpy(at + AT_HASH, entry->sha256, sizeof entry->sha256);
    memcpy(at + AT_RECEIPT, entry->receipt_id, sizeof entry->receipt_id);
    at[AT_ORIGIN] = entry->origin;
    memcpy(at + AT_TILL_MARK, entry->till_mark, sizeof entry->till_mark);
    at[AT_ELSEWHERE] = entry->elsewhere;
}

static void decode_entry(const uint8_t *at, ledger_entry *entry)
{
    memset(entry, 0, sizeof *entry);
    entry->index = at[AT_INDEX];
    entry->destination = (uint16_t)(at[AT_DESTINATION] | at[AT_DESTINATION + 1] << 8);
    uint64_t closed_at = 0;
    for (unsigned i = 8; i-- > 0;)
        closed_at = (closed_at << 8) | at[AT_CLOSED_AT + i];
    entry->closed_at_ms = (int64_t)closed_at;
    memcpy(entry->business_date, at + AT_DATE, sizeof entry->business_date - 1);
    memcpy(entry->sha256, at + AT_HASH, sizeof entry->sha256);
    memcpy(entry->receipt_id, at + AT_RECEIPT, sizeof entry->receipt_id - 1);
    entry->origin = at[AT_ORIGIN];
    memcpy(entry->till_mark, at + AT_TILL_MARK, sizeof entry->till_mark);
    entry->elsewhere = at[AT_ELSEWHERE];
}

/* An entry a number, ascending: what looks and adds relies on it. */
static bool decode_page(const uint8_t *payload, ledger *l)
{
    for (uint32_t i = 0; i < l->count; i++) {
        decode_entry(payload + (size_t)i * ENTRY_BYTES, &l->entries[i]);
        if (i > 0 && l->entries[i].index <= l->entries[i - 1].index)
            return false;
    }
    return true;
}

void ledger_drop(ledger *l)
{
    l->loaded = false;
    l->count = 0;
}

vault_result ledger_load(ledger *l, vault *v, uint32_t reg, uint32_t epoch, int64_t number)
{
    uint64_t id = ledger_key_pack(reg, epoch, number);
    if (l->loaded && l->id == id)
        return VAULT_OK;
    record_header header;
    uint8_t *payload = NULL;
    ledger_drop(l);
    vault_result result = vault_read(v, COLLECTION_LEDGER, id, &header, &payload);
    if (result == VAULT_OK && (header.kind != RECORD_LEDGER || header.payload_bytes % ENTRY_BYTES != 0 ||
                               header.payload_bytes > LEDGER_BLOCK * ENTRY_BYTES))
        result = VAULT_BAD;
    if (result == VAULT_OK) {
        l->count = header.payload_bytes / ENTRY_BYTES;
        if (!decode_page(payload, l)) {
            l->count = 0;
            result = VAULT_BAD;
        }
    }
    free(payload);
    if (result == VAULT_ERROR || result == VAULT_NEWER)
        return result;
    l->id = id;
    l->loaded = true;
    return result == VAULT_BAD ? VAULT_BAD : VAULT_OK;
}

const ledger_entry *ledger_find(const ledger *l, int64_t number)
{
    for (uint32_t i = 0; i < l->count; i++) {
        if (l->entries[i].index == number % LEDGER_BLOCK)
            return &l->entries[i];
    }
    return NULL;
}

void ledger_set(ledger *l, const ledger_entry *entry)
{
    uint32_t at = l->count; /* from the end, where a batch's entries mostly belong */
    while (at > 0 && l->entries[at - 1].index >= entry->index)
        at--;
    if (at == l->count || l->entries[at].index != entry->index) {
        memmove(&l->entries[at + 1], &l->entries[at], (l->count - at) * sizeof l->entries[0]);
        l->count++;
    }
    l->entries[at] = *entry;
}

void ledger_unset(ledger *l, uint8_t index)
{
    uint32_t left = 0;
    for (uint32_t at = 0; at < l->count; at++) {
        if (l->entries[at].index != index)
            l->entries[left++] = l->entries[at];
    }
    l->count = left;
}

int32_t ledger_save(ledger *l, vault *v, const char *register_id, uint32_t epoch)
{
    uint8_t *payload = malloc((size_t)l->count * ENTRY_BYTES + 1);
    if (!payload) {
        ledger_drop(l);
        return POS_E_NO_MEMORY;
    }
    for (uint32_t i = 0; i < l->count; i++)
        encode_entry(&l->entries[i], payload + (size_t)i * ENTRY_BYTES);
    record_header header = {.kind = RECORD_LEDGER, .payload_bytes = l->count * ENTRY_BYTES, .epoch = epoch};
    memcpy(header.register_id, register_id, strnlen(register_id, sizeof header.register_id - 1));
    int32_t result = vault_put(v, COLLECTION_LEDGER, l->id, &header, payload);
    free(payload);
    if (result != POS_OK)
        ledger_drop(l);
    return result;
}

typedef struct first_page {
    uint64_t id;
    bool found;
} first_page;

static int32_t take_first(void *ctx, uint64_t id, uint32_t size_bytes)
{
    first_page *first = ctx;
    (void)size_bytes;
    first->id = id;
    first->found = true;
    return 1;
}

vault_result ledger_next_page(vault *v, uint64_t from, uint64_t *id)
{
    first_page first = {0, false};
    int32_t result = v->storage->list(v->ctx, COLLECTION_LEDGER, from, take_first, &first);
    *id = first.id;
    if (first.found)
        return VAULT_OK;
    return result == POS_OK ? VAULT_ABSENT : VAULT_ERROR;
}

void ledger_mark_till(const char *till_id, uint8_t mark[LEDGER_MARK_BYTES])
{
    memset(mark, 0, LEDGER_MARK_BYTES);
    (void)sodium_hex2bin(mark, LEDGER_MARK_BYTES, till_id, 2 * (size_t)LEDGER_MARK_BYTES, NULL, NULL, NULL);
}
