/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/torture/test_versions.c - the records of another version on the disk of a till that was in use: assigned, days
 * delivered, one rejected, two waiting. Each record in turn is of a newer version: it stays as it is to the last byte,
 * whatever the plugin does, and the words say so; days closed meanwhile are not lost. And a state record as the first
 * version wrote it is read.
 *
 * The header is written here by what core/record.h says of it, not by its code.
 */
#include <poshost/storage.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "support/e2e_owner.h"
#include "support/e2e_sql.h"

#define RECORDS_MAX  32
#define HEADER_BYTES 512
#define AT_VERSION   4
#define AT_LENGTH    8
#define AT_CRC       12
#define AT_DATA_CRC  16
#define STATE        1u
#define DEVICE       (7u | POS_COLLECTION_DEVICE)
#define DELIVERED    3
#define BEATS        60

typedef struct record {
    uint32_t collection;
    uint64_t id;
    uint8_t *bytes;
    uint32_t size_bytes;
} record;

static e2e_cloud cloud;
static e2e_host host;
static record records[RECORDS_MAX];
static uint32_t record_count;
static const pos_storage *disk;
static poshost_storage *storage;

/* ---- the disk, while no instance runs ---- */

static void open_disk(void)
{
    char database[E2E_PATH_BYTES], key[E2E_PATH_BYTES], why[256];
    e2e_join_path(database, host.folder, "plugin.db");
    e2e_join_path(key, host.folder, "keys/plugin.key");
    ck_assert_int_eq(poshost_storage_open(database, key, &storage, why, sizeof why), POS_OK);
    disk = poshost_storage_calls(storage);
    ck_assert_int_eq(disk->acquire(disk->ctx), POS_OK);
}

static void close_disk(void)
{
    disk->release(disk->ctx);
    poshost_storage_close(storage);
}

static int32_t note_record(void *ctx, uint64_t id, uint32_t size_bytes)
{
    ck_assert_uint_lt(record_count, RECORDS_MAX);
    records[record_count++] = (record){*(uint32_t *)ctx, id, NULL, size_bytes};
    return 0;
}

static uint8_t *read_record(uint32_t collection, uint64_t id, uint32_t *size_bytes)
{
    *size_bytes = 0;
    int32_t result = disk->get(disk->ctx, collection, id, 0, NULL, 0, size_bytes);
    uint8_t *bytes = malloc(*size_bytes + 1u);
    ck_assert(result == POS_OK && bytes);
    ck_assert_int_eq(disk->get(disk->ctx, collection, id, 0, bytes, *size_bytes, size_bytes), POS_OK);
    return bytes;
}

static void put_record(const record *r, const uint8_t *bytes, uint32_t size_bytes)
{
    ck_assert_int_eq(disk->put(disk->ctx, r->collection, r->id, bytes, size_bytes), POS_OK);
}

static void read_all(void)
{
    static uint32_t collections[] = {STATE, 2, 3, 4, 5, 6u | POS_COLLECTION_SECRET, DEVICE};
    for (size_t i = 0; i < sizeof collections / sizeof *collections; i++)
        ck_assert_int_eq(disk->list(disk->ctx, collections[i], 0, note_record, &collections[i]), POS_OK);
    for (uint32_t i = 0; i < record_count; i++)
        records[i].bytes = read_record(records[i].collection, records[i].id, &records[i].size_bytes);
}

/* ---- headers ---- */

static void write_int(uint8_t *at, uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> (8 * i));
}

static void seal(uint8_t *bytes, uint32_t size_bytes)
{
    write_int(bytes + AT_LENGTH, size_bytes - HEADER_BYTES, 4);
    write_int(bytes + AT_DATA_CRC, (uint32_t)crc32(0, bytes + HEADER_BYTES, size_bytes - HEADER_BYTES), 4);
    write_int(bytes + AT_CRC, 0, 4);
    write_int(bytes + AT_CRC, (uint32_t)crc32(0, bytes, HEADER_BYTES), 4);
}

/* ---- a till that was in use ---- */

static void set_up(void)
{
    e2e_cloud_open(&cloud);
    e2e_host_open(&host, &cloud);
    e2e_owner_set_up(&host, &cloud);
    for (int day = 1; day <= DELIVERED; day++)
        e2e_close_day(&host, day);
    ck_assert_int_eq(e2e_day_hand_over(&host, e2e_day_make_raw(&host, 4, "no report", 9)), POS_OK);
    e2e_host_await_delivered(&host);
    e2e_cloud_stop(&cloud);
    e2e_close_day(&host, 5);
    e2e_close_day(&host, 6);
    e2e_day_make(&host, 7, 0); /* closed by the POS, to be handed over */
    e2e_host_stop(&host);
    open_disk();
    read_all();
    close_disk();
}

static void take_down(void)
{
    e2e_cloud_start(&cloud);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    e2e_host_await_delivered(&host);
    for (size_t i = 0; i < host.day_count; i++) {
        if (host.days[i].z_number != 4)
            e2e_check_in_store(&host, &cloud, i, 1, E2E_STORE);
    }
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM reports WHERE kind = 'Z'"), 6);
    for (uint32_t i = 0; i < record_count; i++)
        free(records[i].bytes);
    e2e_host_close(&host);
    e2e_cloud_close(&cloud);
}

/* Everything that a till does by itself, and the owner looking at every page that shows records. */
static void live_for_a_while(void)
{
    for (int i = 0; i < BEATS; i++) {
        e2e_host_tick(&host, 0);
        host.clock_ahead_ms += 60000;
    }
    e2e_owner_open(&host);
    e2e_owner_press(&host, "status");
    e2e_owner_await_screen(&host, "status");
    int32_t result = e2e_day_hand_over(&host, &host.days[6]);
    ck_assert_msg(result == POS_OK, "on_daily_close: %d %s", result, poshost_guard_last_error(host.guard));
    for (int i = 0; i < BEATS; i++)
        e2e_host_tick(&host, 0);
}

static void live_beside_newer(const record *r)
{
    char why[256] = "";
    uint32_t size_bytes = 0;
    uint8_t *newer = malloc(r->size_bytes);
    ck_assert_ptr_nonnull(newer);
    memcpy(newer, r->bytes, r->size_bytes);
    write_int(newer + AT_VERSION, 2, 2);
    seal(newer, r->size_bytes);
    open_disk();
    put_record(r, newer, r->size_bytes);
    close_disk();
    bool is_refused = e2e_host_start(&host, why, sizeof why) != POS_OK;
    bool must_refuse = (r->collection == STATE && r->id == 1) || r->collection == DEVICE;
    ck_assert_msg(is_refused == must_refuse, "collection %u, id %llu: %s", r->collection & 0xffff,
                  (unsigned long long)r->id, why);
    if (is_refused) {
        ck_assert_msg(strstr(why, "newer version"), "%s", why);
    } else {
        live_for_a_while();
        e2e_host_stop(&host);
    }
    open_disk();
    uint8_t *now = read_record(r->collection, r->id, &size_bytes);
    ck_assert_msg(size_bytes == r->size_bytes && memcmp(now, newer, size_bytes) == 0,
                  "the newer record of collection %u, id %llx was changed", r->collection & 0xffff,
                  (unsigned long long)r->id);
    put_record(r, r->bytes, r->size_bytes);
    close_disk();
    free(now);
    free(newer);
}

START_TEST(a_newer_record_stays_as_it_is)
{
    set_up();
    ck_assert_uint_ge(record_count, 8);
    for (uint32_t i = 0; i < record_count; i++)
        live_beside_newer(&records[i]);
    printf("%u records, each once of a newer version\n", record_count);
    take_down();
}
END_TEST

/* ---- an older one ---- */

/* Cuts ,"name":{...} out of JSON that this plugin has written: no braces stand in its texts here. */
static void cut_member(char *json, const char *name)
{
    char start[64];
    snprintf(start, sizeof start, ",\"%s\":{", name);
    char *from = strstr(json, start);
    ck_assert_msg(from, "the state has no %s", name);
    char *to = from + strlen(start);
    for (int depth = 1; depth > 0; to++)
        depth += *to == '{' ? 1 : *to == '}' ? -1 : 0;
    memmove(from, to, strlen(to) + 1);
}

START_TEST(an_older_state_is_read)
{
    set_up();
    uint8_t *older = calloc(1, records[0].size_bytes + 1);
    ck_assert_ptr_nonnull(older);
    ck_assert_uint_eq(records[0].collection, STATE);
    memcpy(older, records[0].bytes, records[0].size_bytes);
    char *json = (char *)older + HEADER_BYTES;
    cut_member(json, "resend"); /* these came after the first version */
    cut_member(json, "catalogue");
    uint32_t size_bytes = HEADER_BYTES + (uint32_t)strlen(json);
    seal(older, size_bytes);
    open_disk();
    put_record(&records[0], older, size_bytes);
    close_disk();
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    e2e_owner_open(&host);
    ck_assert(e2e_owner_reads(&host, "store", E2E_STORE));
    live_for_a_while();
    ck_assert_uint_eq(host.tick.pending, 3);
    e2e_host_stop(&host);
    free(older);
    take_down();
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {
        {"newer", a_newer_record_stays_as_it_is},
        {"older", an_older_state_is_read},
    };
    return E2E_RUN("versions", tests);
}
