/* SPDX-License-Identifier: Apache-2.0 */
/* The floor of the core: ids, id sets, record headers, intake of a report from a host of any age. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/idset.h"
#include "core/intake.h"
#include "core/key.h"
#include "core/record.h"

static uint64_t seed = 7;

static uint64_t draw(uint64_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (seed >> 33) % below;
}

/* ---- keys ---- */

START_TEST(keys_come_back_and_sort_as_their_parts)
{
    report_key before = {0};
    uint64_t last = 0;
    static const int64_t numbers[] = {1, 2, 255, 256, POS_Z_NUMBER_MAX};
    for (uint32_t slot = 0; slot <= SLOT_MAX; slot += 341) {
        for (uint32_t reg = 0; reg <= REGISTERS_MAX; reg += 21) {
            for (uint32_t epoch = 0; epoch <= EPOCH_MAX; epoch += 51) {
                for (int i = 0; i < 5; i++) {
                    report_key key = {slot, reg, epoch, numbers[i]};
                    uint64_t id = key_pack(key);
                    report_key back = key_unpack(id);
                    ck_assert(back.slot == slot && back.reg == reg && back.epoch == epoch && back.number == numbers[i]);
                    ck_assert(id > last);
                    ck_assert(id > key_first(slot, reg, epoch) && id < key_last(slot, reg, epoch));
                    before = key;
                    last = id;
                }
            }
        }
    }
    ck_assert_int_eq(before.number, POS_Z_NUMBER_MAX);
    ck_assert(key_last(0, REGISTERS_MAX, EPOCH_MAX) < key_first(1, 0, 0));
    ck_assert(ledger_key_pack(1, 2, 255) == ledger_key_pack(1, 2, 1));
    ck_assert(ledger_key_pack(1, 2, 256) > ledger_key_pack(1, 2, 255));
    ck_assert(ledger_key_pack(1, 3, 1) > ledger_key_pack(1, 2, POS_Z_NUMBER_MAX));
    ck_assert(ledger_key_pack(2, 0, 1) > ledger_key_pack(1, 255, POS_Z_NUMBER_MAX));
}
END_TEST

/* ---- id sets: against the simplest set there is ---- */

#define UNIVERSE 200

static void compare_sets(const idset *set, const bool *naive, uint64_t base)
{
    uint64_t size = 0;
    for (uint64_t i = 0; i < UNIVERSE; i++) {
        uint64_t next = 0, at = 0, k;
        if (idset_has(set, base + i) != naive[i])
            ck_abort_msg("has %llu", (unsigned long long)i);
        for (k = i; k < UNIVERSE && !naive[k]; k++)
            ;
        bool found = idset_next(set, base + i, &next);
        if (found != (k < UNIVERSE) || (found && next != base + k))
            ck_abort_msg("next of %llu", (unsigned long long)i);
        if (naive[i] && (!idset_at(set, size++, &at) || at != base + i))
            ck_abort_msg("position of %llu", (unsigned long long)i);
    }
    uint64_t beyond;
    ck_assert_uint_eq(set->size, size);
    ck_assert(!idset_at(set, size, &beyond));
    for (size_t i = 1; i < set->count; i++)
        ck_assert(set->runs[i - 1].last + 1 < set->runs[i].first);
}

START_TEST(an_id_set_is_a_set)
{
    static const uint64_t bases[] = {0, 1000, UINT64_MAX - UNIVERSE + 1};
    for (int b = 0; b < 3; b++) {
        idset set = {0};
        bool naive[UNIVERSE] = {false};
        for (int step = 0; step < 20000; step++) {
            uint64_t i = draw(UNIVERSE);
            bool add = draw(100) < (uint64_t)(step / 2000 % 2 ? 70 : 30);
            bool done = add ? idset_add(&set, bases[b] + i) : idset_remove(&set, bases[b] + i);
            if (!done)
                ck_abort_msg("out of memory");
            naive[i] = add;
            if (step % 50 == 0)
                compare_sets(&set, naive, bases[b]);
        }
        for (int k = 0; k < 200; k++) {
            uint64_t from = draw(UNIVERSE), to = from + draw(UNIVERSE - from), count = 0;
            for (uint64_t i = from; i <= to; i++)
                count += naive[i];
            ck_assert_uint_eq(idset_count_between(&set, bases[b] + from, bases[b] + to), count);
        }
        idset_free(&set);
        ck_assert_uint_eq(set.size, 0);
    }
}
END_TEST

START_TEST(a_reserved_set_needs_no_memory)
{
    idset set = {0};
    for (uint64_t i = 0; i < 100; i++) {
        ck_assert(idset_reserve(&set));
        size_t capacity = set.capacity;
        ck_assert(idset_add(&set, i * 2));
        ck_assert_uint_eq(set.capacity, capacity);
    }
    idset_free(&set);
}
END_TEST

/* ---- records ---- */

static record_header example(void)
{
    record_header header = {.kind = RECORD_Z,
                            .payload_bytes = 5,
                            .origin = 2,
                            .z_number = POS_Z_NUMBER_MAX,
                            .x_sequence = 3,
                            .closed_at_ms = INT64_C(1795201500000),
                            .grand_total_minor = -INT64_C(9007199254740991),
                            .accepted_at_ms = 77,
                            .business_date = "2026-11-20",
                            .currency = "EUR",
                            .epoch = 255,
                            .verdict = VERDICT_ELSEWHERE,
                            .slot = SLOT_MAX};
    memset(header.register_id, 'r', PROTOCOL_REGISTER_MAX);
    memset(header.code, 'c', sizeof header.code - 1);
    memset(header.detail, 'd', sizeof header.detail - 1);
    for (int i = 0; i < 32; i++)
        header.sha256[i] = (uint8_t)(i * 7);
    header.payload_crc = record_crc(0, "hello", 5);
    return header;
}

START_TEST(a_header_comes_back)
{
    uint8_t bytes[RECORD_PAYLOAD_OFFSET];
    record_header header = example(), back;
    record_encode(&header, bytes);
    ck_assert_int_eq(record_decode(bytes, sizeof bytes, sizeof bytes + 5, &back), RECORD_GOOD);
    ck_assert_int_eq(back.kind, header.kind);
    ck_assert_uint_eq(back.origin, header.origin);
    ck_assert_mem_eq(back.sha256, header.sha256, 32);
    ck_assert(back.z_number == header.z_number && back.x_sequence == header.x_sequence);
    ck_assert(back.closed_at_ms == header.closed_at_ms && back.accepted_at_ms == header.accepted_at_ms);
    ck_assert(back.grand_total_minor == header.grand_total_minor && back.payload_crc == header.payload_crc);
    ck_assert_str_eq(back.business_date, header.business_date);
    ck_assert_str_eq(back.currency, header.currency);
    ck_assert_str_eq(back.register_id, header.register_id);
    ck_assert_str_eq(back.code, header.code);
    ck_assert_str_eq(back.detail, header.detail);
    ck_assert(back.epoch == 255 && back.verdict == VERDICT_ELSEWHERE && back.slot == SLOT_MAX);
}
END_TEST

START_TEST(every_changed_bit_of_a_header_is_noticed)
{
    uint8_t bytes[RECORD_PAYLOAD_OFFSET];
    record_header header = example(), back;
    record_encode(&header, bytes);
    for (size_t at = 0; at < sizeof bytes; at++) {
        for (int bit = 0; bit < 8; bit++) {
            bytes[at] ^= (uint8_t)(1 << bit);
            if (record_decode(bytes, sizeof bytes, sizeof bytes + 5, &back) != RECORD_BAD)
                ck_abort_msg("byte %zu, bit %d", at, bit);
            bytes[at] ^= (uint8_t)(1 << bit);
        }
    }
}
END_TEST

START_TEST(a_cut_or_longer_record_is_bad_and_a_newer_one_is_newer)
{
    uint8_t bytes[RECORD_PAYLOAD_OFFSET];
    record_header header = example(), back;
    record_encode(&header, bytes);
    for (uint32_t size = 0; size < sizeof bytes; size++) {
        if (record_decode(bytes, size, size, &back) != RECORD_BAD)
            ck_abort_msg("%u bytes", size);
    }
    ck_assert_int_eq(record_decode(bytes, sizeof bytes, sizeof bytes + 4, &back), RECORD_BAD);
    ck_assert_int_eq(record_decode(bytes, sizeof bytes, sizeof bytes + 6, &back), RECORD_BAD);
    bytes[4] = 2;
    memset(bytes + 12, 0, 4);
    uint32_t crc = record_crc(0, bytes, sizeof bytes);
    for (int i = 0; i < 4; i++)
        bytes[12 + i] = (uint8_t)(crc >> (8 * i));
    ck_assert_int_eq(record_decode(bytes, sizeof bytes, sizeof bytes + 99, &back), RECORD_NEWER);
}
END_TEST

/* ---- intake ---- */

static const pos_report good = {.struct_size = sizeof good,
                                .kind = POS_REPORT_Z,
                                .document = "{}",
                                .document_size = 2,
                                .register_id = "till-1",
                                .business_date = "2026-02-28",
                                .currency = "EUR",
                                .z_number = 1,
                                .grand_total_minor = 99};

static int32_t take(const pos_report *in, pos_report *out)
{
    const char *why = NULL;
    int32_t result = intake_read(in, POS_REPORT_Z, "till-1", out, &why);
    ck_assert((result == POS_OK) == (why == NULL));
    return result;
}

START_TEST(hosts_older_and_newer_are_understood)
{
    pos_report out, old = good;
    old.struct_size = offsetof(pos_report, grand_total_minor); /* a host from before that field */
    ck_assert_int_eq(take(&old, &out), POS_OK);
    ck_assert_int_eq(out.grand_total_minor, 0);
    ck_assert_uint_eq(out.origin, POS_ORIGIN_ORIGINAL);
    ck_assert_int_eq(out.z_number, 1);
    old.struct_size = offsetof(pos_report, z_number); /* too old to say a number */
    ck_assert_int_eq(take(&old, &out), POS_E_MISUSE);
    struct {
        pos_report report;
        char more[64];
    } newer = {.report = good};
    memset(newer.more, 0x5a, sizeof newer.more);
    newer.report.struct_size = sizeof newer;
    ck_assert_int_eq(take(&newer.report, &out), POS_OK);
    ck_assert_int_eq(out.grand_total_minor, 99);
    ck_assert_uint_eq(out.struct_size, sizeof out);
    ck_assert_int_eq(take(NULL, &out), POS_E_MISUSE);
}
END_TEST

START_TEST(dates_and_limits)
{
    static const char *const dates[] = {"2026-00-10",  "2026-13-10", "2026-01-00", "2026-01-32", "2026-1-01",
                                        "2026-01-01T", "20260101",   "",           "2026/01/01", "2O26-01-01"};
    pos_report out, in;
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        in = good;
        in.business_date = dates[i];
        ck_assert_msg(take(&in, &out) == POS_E_MISUSE, "%s", dates[i]);
    }
    in = good;
    in.document_size = POS_DOCUMENT_MAX_BYTES;
    ck_assert_int_eq(take(&in, &out), POS_OK);
    in.document_size++;
    ck_assert_int_eq(take(&in, &out), POS_E_TOO_LARGE);
    ck_assert_int_eq(out.z_number, 1); /* filled all the same: it is kept without its document */
    in = good;
    in.document = NULL;
    in.document_size = 0;
    ck_assert_int_eq(take(&in, &out), POS_OK);
    in.origin = 3;
    ck_assert_int_eq(take(&in, &out), POS_E_MISUSE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: values");
    TCase *tc = tcase_create("values");
    tcase_add_test(tc, keys_come_back_and_sort_as_their_parts);
    tcase_add_test(tc, an_id_set_is_a_set);
    tcase_add_test(tc, a_reserved_set_needs_no_memory);
    tcase_add_test(tc, a_header_comes_back);
    tcase_add_test(tc, every_changed_bit_of_a_header_is_noticed);
    tcase_add_test(tc, a_cut_or_longer_record_is_bad_and_a_newer_one_is_newer);
    tcase_add_test(tc, hosts_older_and_newer_are_understood);
    tcase_add_test(tc, dates_and_limits);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
