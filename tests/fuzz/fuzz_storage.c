/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole storage of any bytes under the core: records of every collection, damaged, cut, of another kind, of a newer
 * version, whole but with values that no version of the plugin wrote.
 *
 * Asked of each: the core starts, or says why not; no Z report that the storage held disappears, whatever it looks like:
 * it waits, is kept, or was moved aside; a day that is closed then is taken and is there; and the queue can be listed.
 */
#include "core/core.h"
#include "core/key.h"
#include "core/record.h"
#include "fuzz/fuzz.h"
#include "support/screen_cloud.h"
#include "support/storage_memory.h"

const unsigned fuzz_mutations = 1500;

#define RECORDS_MAX 24
#define PAYLOAD_MAX 1500u
#define FRESH       INT64_C(900000000001) /* a Z number beyond those that the input can name */

static const uint32_t collections[] = {COLLECTION_STATE,  COLLECTION_OUTBOX, COLLECTION_KEPT,   COLLECTION_X,
                                       COLLECTION_LEDGER, COLLECTION_SECRET, COLLECTION_DEVICE, COLLECTION_DAMAGED};

static uint64_t held[RECORDS_MAX]; /* ids of what lay in the outbox or was kept */
static uint32_t held_count;
static uint64_t dice;

static void make_random(void *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        dice = dice * 6364136223846793005u + 1442695040888963407u;
        ((uint8_t *)bytes)[i] = (uint8_t)(dice >> 56);
    }
}

static void take_log(void *ctx, uint32_t level, const char *text)
{
    (void)ctx;
    FUZZ_REQUIRE(level >= POS_LOG_DEBUG && level <= POS_LOG_MISUSE && text && text[0]);
}

/* ---- a storage of the input ---- */

static uint64_t make_id(fuzz_input *in, uint32_t collection)
{
    uint32_t n = (uint32_t)fuzz_take(in, 1);
    switch (collection) {
    case COLLECTION_OUTBOX:
    case COLLECTION_KEPT:
    case COLLECTION_DAMAGED:
        return key_pack((report_key){n >> 4 & 3, n >> 6 & 1, n >> 7, (n & 15) + 1});
    case COLLECTION_LEDGER:
        return ledger_key_pack(n >> 4 & 1, n >> 6 & 1, (int64_t)(n & 3) * LEDGER_BLOCK);
    case COLLECTION_SECRET:
        return n & 1 ? RECORD_SESSION_ID : RECORD_TOKEN_ID + (n >> 4);
    case COLLECTION_X:
        return n & 3;
    default:
        return 1;
    }
}

static void make_header(fuzz_input *in, record_header *header)
{
    char text[80];
    header->kind = (record_kind)fuzz_pick(in, 8);
    header->origin = fuzz_pick(in, 4);
    header->verdict = (record_verdict)fuzz_pick(in, 9);
    header->z_number = (int64_t)fuzz_take(in, 2);
    header->x_sequence = (int64_t)fuzz_take(in, 1);
    header->epoch = fuzz_pick(in, 4);
    header->slot = fuzz_pick(in, 5);
    header->closed_at_ms = (int64_t)fuzz_take(in, 6);
    header->grand_total_minor = (int64_t)fuzz_take(in, 8);
    snprintf(header->register_id, sizeof header->register_id, "%s", fuzz_text(in, text, sizeof text));
    snprintf(header->business_date, sizeof header->business_date, "%.10s", fuzz_text(in, text, sizeof text));
    snprintf(header->currency, sizeof header->currency, "%.3s", fuzz_text(in, text, sizeof text));
    snprintf(header->code, sizeof header->code, "%.39s", fuzz_text(in, text, sizeof text));
}

/* A record that is whole, or (by `how`) newer, cut, damaged, or only bytes. */
static uint32_t make_record(fuzz_input *in, uint32_t how, uint8_t *bytes)
{
    record_header header = {0};
    uint32_t size = (uint32_t)fuzz_take(in, 2) % PAYLOAD_MAX;
    if (how != 3)
        make_header(in, &header);
    size = size < in->left ? size : (uint32_t)in->left;
    uint32_t offset = how == 3 ? 0 : RECORD_PAYLOAD_OFFSET;
    if (size > 0)
        memcpy(bytes + offset, in->at, size);
    in->at += size;
    in->left -= size;
    if (how == 3)
        return size;
    header.payload_bytes = size;
    header.payload_crc = record_crc(0, bytes + offset, size) ^ (how == 4);
    record_encode(&header, bytes);
    if (how == 5) {
        bytes[4] = 2;
        memset(bytes + 12, 0, 4);
        uint32_t crc = record_crc(0, bytes, RECORD_PAYLOAD_OFFSET);
        for (unsigned i = 0; i < 4; i++)
            bytes[12 + i] = (uint8_t)(crc >> (8 * i));
    }
    return how == 6 ? (offset + size) / 2 : offset + size;
}

/* True: the ledger or the state may say that a report needs not wait. */
static bool fill(fuzz_input *in, storage_memory *disk)
{
    static uint8_t bytes[RECORD_PAYLOAD_OFFSET + PAYLOAD_MAX];
    bool has_ledger = false;
    held_count = 0;
    for (int i = 0; i < RECORDS_MAX && in->left > 0; i++) {
        uint32_t collection = collections[fuzz_pick(in, 8)], how = fuzz_pick(in, 8);
        uint64_t id = make_id(in, collection);
        uint32_t size = make_record(in, how, bytes);
        storage_memory_poke(disk, collection, id, bytes, size);
        has_ledger = has_ledger || collection == COLLECTION_LEDGER;
        if (collection == COLLECTION_OUTBOX || collection == COLLECTION_KEPT)
            held[held_count++] = id;
    }
    return has_ledger;
}

/* ---- asking ---- */

static bool is_there(const storage_memory *disk, uint64_t id)
{
    uint32_t size;
    return storage_memory_peek(disk, COLLECTION_OUTBOX, id, &size) ||
           storage_memory_peek(disk, COLLECTION_KEPT, id, &size) ||
           storage_memory_peek(disk, COLLECTION_DAMAGED, id, &size);
}

static void list_all(core *c, core_time now)
{
    static core_row rows[2 * RECORDS_MAX];
    uint32_t total = 0;
    uint32_t count = core_list_queue(c, now, 0, 2 * RECORDS_MAX, rows, &total);
    FUZZ_REQUIRE(count <= total);
    for (uint32_t i = 0; i < count; i++) {
        core_row again;
        FUZZ_REQUIRE(rows[i].state >= STATE_WAITING && rows[i].state <= STATE_DAMAGED);
        FUZZ_REQUIRE(fuzz_ends(rows[i].detail, sizeof rows[i].detail) && fuzz_ends(rows[i].code, sizeof rows[i].code));
        FUZZ_REQUIRE(core_get_item(c, now, rows[i].id, rows[i].kept, &again) || !rows[i].readable);
    }
    core_queue queue = core_get_queue(c, now);
    FUZZ_REQUIRE(queue.pending == queue.waiting + queue.sending + queue.held);
}

static void close_day(core *c, core_time now, const storage_memory *disk)
{
    const char *why = "";
    uint64_t before = storage_memory_record_count(disk, COLLECTION_OUTBOX);
    pos_report z = {.struct_size = sizeof z,
                    .kind = POS_REPORT_Z,
                    .document = "{\"kind\":\"Z\"}",
                    .document_size = 12,
                    .register_id = "till-1",
                    .business_date = "2026-11-21",
                    .currency = "EUR",
                    .z_number = FRESH};
    FUZZ_REQUIRE(core_close_day(c, now, &z, &why) == POS_OK);
    FUZZ_REQUIRE(storage_memory_record_count(disk, COLLECTION_OUTBOX) == before + 1);
    FUZZ_REQUIRE(core_close_day(c, now, &z, &why) == POS_OK); /* the same again is known */
    FUZZ_REQUIRE(storage_memory_record_count(disk, COLLECTION_OUTBOX) == before + 1);
}

static void run(core *c, const storage_memory *disk, bool has_ledger)
{
    core_time now = {INT64_C(1795201500000), 5000000};
    list_all(c, now);
    close_day(c, now, disk);
    for (int i = 0; i < 80; i++) {
        now.wall_ms += 700;
        now.elapsed_ms += 700;
        core_tick(c, now, i == 40 ? CORE_TICK_RESUMED : 0);
    }
    list_all(c, now);
    for (uint32_t i = 0; i < held_count && !has_ledger; i++)
        FUZZ_REQUIRE(is_there(disk, held[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static screen_cloud cloud;
    fuzz_input in = {data, size};
    storage_memory *disk = storage_memory_new();
    bool has_ledger = fill(&in, disk);
    pos_storage storage = *storage_memory_calls();
    FUZZ_REQUIRE(storage.acquire(disk) == POS_OK);
    storage.ctx = disk;
    screen_cloud_open(&cloud); /* without a rule: nothing can be reached */
    dice = 1;
    const core_env env = {.storage = &storage,
                          .log = take_log,
                          .net = &cloud.face,
                          .random = make_random,
                          .register_id = "till-1",
                          .device_name = "Counter 1"};
    core *c = NULL;
    const char *reason = "";
    int32_t result = core_create(&env, (core_time){INT64_C(1795201500000), 5000000}, &c, &reason);
    FUZZ_REQUIRE((result == POS_OK) == (c != NULL) && (c || reason[0]));
    if (c)
        run(c, disk, has_ledger);
    core_destroy(c);
    screen_cloud_close(&cloud);
    storage_memory_free(disk);
    return 0;
}
