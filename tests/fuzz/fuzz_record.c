/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of the storage: the header, the state, a page of the ledger, and a payload read in pieces, of any bytes.
 *
 * Asked of each: what decodes encodes again to the same bytes; what is taken has all values in range; what was saved
 * loads again as the same. Checksums are put right first where the input says so: nothing is found behind them otherwise.
 */
#include "core/ledger.h"
#include "core/state.h"
#include "fuzz/fuzz.h"
#include "support/storage_memory.h"

const unsigned fuzz_mutations = 20000;

#define RECORD_MAX 40000u
#define AT_CRC     12u
#define AT_VERSION 4u
#define AT_KEPT    428u /* behind the last field: zero in this version */

static uint8_t bytes[RECORD_MAX];

static void write_number(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static void mend_checksum(uint8_t *header)
{
    write_number(header + AT_CRC, 0);
    write_number(header + AT_CRC, record_crc(0, header, RECORD_PAYLOAD_OFFSET));
}

/* ---- a header ---- */

/* Has it nothing but what this version writes? */
static bool is_plain(const uint8_t *header)
{
    static const struct {
        uint32_t at, bytes;
    } texts[] = {{96, 11}, {107, 4}, {111, 65}, {184, 40}, {224, 200}};
    if (header[AT_VERSION] != RECORD_VERSION || header[AT_VERSION + 1] != 0)
        return false;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        bool ended = false;
        for (uint32_t k = 0; k < texts[i].bytes; k++) {
            ended = ended || header[texts[i].at + k] == 0;
            if (ended && header[texts[i].at + k] != 0)
                return false;
        }
        if (!ended)
            return false;
    }
    for (uint32_t i = AT_KEPT; i < RECORD_PAYLOAD_OFFSET; i++) {
        if (header[i] != 0)
            return false;
    }
    return true;
}

static void check_header(const record_header *h)
{
    FUZZ_REQUIRE(fuzz_ends(h->business_date, sizeof h->business_date) && fuzz_ends(h->currency, sizeof h->currency));
    FUZZ_REQUIRE(fuzz_ends(h->register_id, sizeof h->register_id));
    FUZZ_REQUIRE(fuzz_ends(h->code, sizeof h->code) && fuzz_ends(h->detail, sizeof h->detail));
    protocol_item item;
    record_to_item(h, &item);
    (void)protocol_item_problem(&item);
}

static void try_header(fuzz_input *in)
{
    uint8_t again[RECORD_PAYLOAD_OFFSET], third[RECORD_PAYLOAD_OFFSET];
    record_header header, same;
    uint32_t flags = fuzz_pick(in, 4), size = (uint32_t)in->left;
    uint8_t *copy = malloc(size > RECORD_PAYLOAD_OFFSET ? size : RECORD_PAYLOAD_OFFSET);
    FUZZ_REQUIRE(copy != NULL);
    memset(copy, 0, RECORD_PAYLOAD_OFFSET);
    if (size > 0)
        memcpy(copy, in->at, size);
    if (flags & 1) { /* a whole header, and its checksum fits */
        size = size < RECORD_PAYLOAD_OFFSET ? RECORD_PAYLOAD_OFFSET : size;
        memcpy(copy, "FCRD", 4);
        mend_checksum(copy);
    }
    uint32_t total = size;
    if (flags & 2 && size >= RECORD_PAYLOAD_OFFSET)
        memcpy(&total, copy + 8, sizeof total), total += RECORD_PAYLOAD_OFFSET;
    if (record_decode(copy, size, total, &header) == RECORD_GOOD) {
        check_header(&header);
        record_encode(&header, again);
        FUZZ_REQUIRE(!is_plain(copy) || memcmp(copy, again, sizeof again) == 0);
        FUZZ_REQUIRE(record_decode(again, sizeof again, total, &same) == RECORD_GOOD);
        record_encode(&same, third);
        FUZZ_REQUIRE(memcmp(again, third, sizeof again) == 0);
    }
    free(copy);
}

/* ---- what is behind it ---- */

static void check_state(const state *s)
{
    FUZZ_REQUIRE(s->slot_count >= 1 && s->slot_count <= SLOT_MAX + 1 && s->current_slot < s->slot_count);
    FUZZ_REQUIRE(s->destination_count <= DESTINATIONS_MAX && s->register_count <= REGISTERS_MAX);
    for (uint32_t i = 0; i < s->slot_count; i++)
        FUZZ_REQUIRE(s->slots[i] == SLOT_UNDECIDED || (s->slots[i] >= 0 && s->slots[i] < (int)s->destination_count));
    FUZZ_REQUIRE(!s->assigned || state_slot_destination(s, s->current_slot) != NULL);
    for (uint32_t i = 0; i < s->register_count; i++) {
        const state_register *r = &s->registers[i];
        FUZZ_REQUIRE(fuzz_ends(r->register_id, sizeof r->register_id) && r->epoch_floor <= EPOCH_MAX);
        FUZZ_REQUIRE(r->x_floor_z >= 0 && r->x_floor_z <= POS_Z_NUMBER_MAX && r->z_floor >= 0);
        FUZZ_REQUIRE(r->x_floor_sequence >= 0 && r->x_floor_sequence <= POS_X_SEQUENCE_MAX);
    }
    FUZZ_REQUIRE(s->resend.left_reg <= REGISTERS_MAX && s->resend.left_epoch <= EPOCH_MAX);
    FUZZ_REQUIRE(fuzz_ends(s->create.key, sizeof s->create.key));
    FUZZ_REQUIRE(s->catalogue.upload_lines >= 0 && s->catalogue.upload_replaces >= 0);
}

/* Saved twice it is the same bytes. */
static void try_state(storage_memory *disk, vault *v)
{
    static state first, second;
    if (state_load(v, &first) != VAULT_OK) {
        FUZZ_REQUIRE(first.slot_count == 1 && first.destination_count == 0 && !first.assigned);
        return;
    }
    check_state(&first);
    FUZZ_REQUIRE(state_save(v, &first) == POS_OK);
    uint32_t size = 0, size_again = 0;
    const void *saved = storage_memory_peek(disk, COLLECTION_STATE, RECORD_STATE_ID, &size);
    FUZZ_REQUIRE(saved && size <= RECORD_MAX * 4);
    uint8_t *copy = malloc(size);
    FUZZ_REQUIRE(copy != NULL);
    memcpy(copy, saved, size);
    FUZZ_REQUIRE(state_load(v, &second) == VAULT_OK);
    check_state(&second);
    FUZZ_REQUIRE(state_save(v, &second) == POS_OK);
    saved = storage_memory_peek(disk, COLLECTION_STATE, RECORD_STATE_ID, &size_again);
    FUZZ_REQUIRE(saved && size == size_again && memcmp(copy, saved, size) == 0);
    free(copy);
}

static void check_page(const ledger *l)
{
    FUZZ_REQUIRE(l->loaded && l->count <= LEDGER_BLOCK);
    for (uint32_t i = 0; i < l->count; i++) {
        FUZZ_REQUIRE(i == 0 || l->entries[i - 1].index < l->entries[i].index);
        FUZZ_REQUIRE(fuzz_ends(l->entries[i].receipt_id, sizeof l->entries[i].receipt_id));
        FUZZ_REQUIRE(fuzz_ends(l->entries[i].business_date, sizeof l->entries[i].business_date));
    }
}

static void try_ledger(vault *v, uint8_t more)
{
    static ledger page, again;
    memset(&page, 0, sizeof page);
    memset(&again, 0, sizeof again);
    vault_result result = ledger_load(&page, v, 0, 0, 1);
    FUZZ_REQUIRE(result == VAULT_OK || (page.loaded && page.count == 0));
    check_page(&page);
    for (uint32_t i = 0; i < LEDGER_BLOCK; i++) { /* there is room for each number of the block */
        const ledger_entry entry = {.index = (uint8_t)(i * more), .destination = 3, .receipt_id = "rcp_1"};
        ledger_set(&page, &entry);
        FUZZ_REQUIRE(ledger_find(&page, entry.index) != NULL);
    }
    ledger_unset(&page, more);
    check_page(&page);
    FUZZ_REQUIRE(ledger_find(&page, more) == NULL);
    FUZZ_REQUIRE(ledger_save(&page, v, "till-1", 0) == POS_OK);
    FUZZ_REQUIRE(ledger_load(&again, v, 0, 0, 1) == VAULT_OK);
    FUZZ_REQUIRE(again.count == page.count);
    for (uint32_t i = 0; i < page.count; i++)
        FUZZ_REQUIRE(memcmp(again.entries[i].sha256, page.entries[i].sha256, sizeof page.entries[i].sha256) == 0 &&
                     strcmp(again.entries[i].receipt_id, page.entries[i].receipt_id) == 0 &&
                     again.entries[i].index == page.entries[i].index);
}

/* Whole and in pieces it says the same. */
static void try_pieces(vault *v, uint32_t piece)
{
    static uint8_t gathered[RECORD_MAX];
    record_header header;
    uint8_t *whole = NULL;
    vault_reader reader = {.collection = COLLECTION_OUTBOX, .id = 1};
    vault_result result, at_once = vault_read(v, COLLECTION_OUTBOX, 1, &header, &whole);
    uint32_t got = 0;
    do {
        result = vault_read_piece(v, &reader, gathered + reader.done_bytes, piece, &got);
    } while (result == VAULT_OK && reader.done_bytes < reader.header.payload_bytes);
    FUZZ_REQUIRE(result == at_once);
    FUZZ_REQUIRE(result != VAULT_OK || memcmp(whole, gathered, reader.done_bytes) == 0);
    free(whole);
}

/* A record of that kind whose payload is the rest of the input. */
static uint32_t make_record(fuzz_input *in, uint32_t kind, uint32_t whole)
{
    record_header header = {.kind = (record_kind)kind};
    header.payload_bytes = (uint32_t)(in->left < RECORD_MAX - RECORD_PAYLOAD_OFFSET ? in->left : 32768);
    header.payload_bytes -= whole > 0 ? header.payload_bytes % whole : 0;
    if (header.payload_bytes > 0)
        memcpy(bytes + RECORD_PAYLOAD_OFFSET, in->at, header.payload_bytes);
    header.payload_crc = record_crc(0, bytes + RECORD_PAYLOAD_OFFSET, header.payload_bytes);
    record_encode(&header, bytes);
    return RECORD_PAYLOAD_OFFSET + header.payload_bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = {data, size};
    uint32_t what = fuzz_pick(&in, 4);
    if (what == 0) {
        try_header(&in);
        return 0;
    }
    storage_memory *disk = storage_memory_new();
    vault v = {.storage = storage_memory_calls(), .ctx = disk};
    FUZZ_REQUIRE(storage_memory_calls()->acquire(disk) == POS_OK);
    uint32_t flags = (uint32_t)fuzz_take(&in, 1);
    uint32_t record_bytes;
    if (what == 1) {
        record_bytes = make_record(&in, RECORD_STATE, 0);
        storage_memory_poke(disk, COLLECTION_STATE, RECORD_STATE_ID, bytes, record_bytes);
        try_state(disk, &v);
    } else if (what == 2) {
        record_bytes = make_record(&in, RECORD_LEDGER, flags & 1 ? 128 : 0);
        storage_memory_poke(disk, COLLECTION_LEDGER, ledger_key_pack(0, 0, 1), bytes, record_bytes);
        try_ledger(&v, (uint8_t)(flags >> 1));
    } else {
        record_bytes = make_record(&in, RECORD_Z, 0);
        if (flags & 1 && record_bytes > RECORD_PAYLOAD_OFFSET)
            record_bytes--;
        if (flags & 2)
            bytes[record_bytes - 1] ^= 1;
        storage_memory_poke(disk, COLLECTION_OUTBOX, 1, bytes, record_bytes);
        try_pieces(&v, 1 + (flags >> 2) * 7);
    }
    storage_memory_free(disk);
    return 0;
}
