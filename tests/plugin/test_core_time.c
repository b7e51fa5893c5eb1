/* SPDX-License-Identifier: Apache-2.0 */
/* Backoff and the X grid over days of virtual time and thousands of tills; pages of the ledger and the state record. */
#include "support/core_bench.h"

#define MINUTE INT64_C(60000)

static uint64_t draw(void)
{
    uint64_t value;
    bench_random(&value, sizeof value);
    return value;
}

/* ---- backoff ---- */

static uint32_t tries_a_day(bool busy, int64_t least, int64_t most)
{
    backoff x = {0};
    int64_t now = 1000;
    for (int i = 0; i < 20; i++)
        backoff_fail(&x, now, busy, -1, draw());
    uint32_t tries = 0;
    for (int64_t end = now + BENCH_DAY_MS; now < end; tries++) {
        backoff_fail(&x, now, busy, -1, draw());
        int64_t wait = backoff_wait_ms(&x, now);
        if (wait < least || wait > most)
            ck_abort_msg("a wait of %lld ms", (long long)wait);
        now += wait;
    }
    return tries;
}

START_TEST(waits_at_steady_state)
{
    for (int i = 0; i < 100; i++) {
        ck_assert_uint_lt(tries_a_day(false, 22000, 45000), 3000);
        ck_assert_uint_lt(tries_a_day(true, 10 * MINUTE, 20 * MINUTE), 150);
    }
}
END_TEST

START_TEST(waits_begin_short_and_are_spread)
{
    int64_t least = INT64_MAX, most = 0;
    for (int i = 0; i < 1000; i++) {
        backoff x = {0};
        backoff_fail(&x, 0, i % 2, -1, draw());
        int64_t first = backoff_wait_ms(&x, 0);
        ck_assert_int_ge(first, 500);
        ck_assert_int_le(first, 1000);
        least = first < least ? first : least;
        most = first > most ? first : most;
    }
    ck_assert_int_lt(least, 520);
    ck_assert_int_gt(most, 980);
    backoff many = {.failures = UINT32_MAX};
    backoff_fail(&many, 0, false, -1, UINT64_MAX);
    ck_assert_uint_eq(many.failures, UINT32_MAX);
    ck_assert_int_le(backoff_wait_ms(&many, 0), 45000);
}
END_TEST

START_TEST(a_floor_is_kept_and_clamped)
{
    backoff x = {0};
    backoff_fail(&x, 1000, true, 30 * MINUTE, draw());
    ck_assert_int_eq(backoff_wait_ms(&x, 1000), 30 * MINUTE);
    backoff_skip(&x);
    ck_assert_int_eq(backoff_wait_ms(&x, 1000), 30 * MINUTE);
    ck_assert_int_eq(backoff_wait_ms(&x, 1000 + 30 * MINUTE), 0);
    backoff_fail(&x, 5000, true, INT64_MAX, draw());
    backoff_skip(&x);
    ck_assert_int_eq(backoff_wait_ms(&x, 5000), 6 * BENCH_HOUR_MS);
    backoff_succeed(&x);
    ck_assert_int_eq(backoff_wait_ms(&x, 5000), 0);
    backoff_fail(&x, 5000, false, 0, draw());
    backoff_skip(&x);
    ck_assert_int_eq(backoff_wait_ms(&x, 5000), 0);
}
END_TEST

/* ---- the X grid ---- */

START_TEST(one_every_half_hour)
{
    for (uint64_t till = 0; till < 500; till++) {
        schedule s = {0};
        int64_t now = (int64_t)(draw() % 1000000), taken = 0, last = 0;
        schedule_start(&s, now, BENCH_WALL_MS, draw());
        for (int64_t end = now + BENCH_DAY_MS; now < end; now += 1000) {
            if (!schedule_is_due(&s, now))
                continue;
            schedule_taken(&s, now);
            if (taken > 0 && (now - last < 29 * MINUTE || now - last > 31 * MINUTE))
                ck_abort_msg("%lld ms between two", (long long)(now - last));
            last = now;
            taken++;
        }
        ck_assert_int_ge(taken, 47);
        ck_assert_int_le(taken, 49);
    }
}
END_TEST

START_TEST(soon_after_switching_on_and_once_after_a_sleep)
{
    schedule s = {0};
    schedule_start(&s, 0, BENCH_WALL_MS, 12345);
    schedule_soon(&s, 0);
    ck_assert_int_le(schedule_wait_ms(&s, 0), SCHEDULE_SOON_MS);
    ck_assert(schedule_is_due(&s, SCHEDULE_SOON_MS));
    schedule_taken(&s, SCHEDULE_SOON_MS);
    ck_assert_int_ge(schedule_wait_ms(&s, SCHEDULE_SOON_MS), 10 * MINUTE);
    ck_assert_int_le(schedule_wait_ms(&s, SCHEDULE_SOON_MS), 40 * MINUTE);
    int64_t woke = 9 * BENCH_HOUR_MS;
    ck_assert(schedule_is_due(&s, woke));
    schedule_taken(&s, woke);
    ck_assert(!schedule_is_due(&s, woke + 9 * MINUTE));
    s = (schedule){0}; /* switched off */
    ck_assert(!schedule_is_due(&s, woke + BENCH_DAY_MS));
    ck_assert_int_eq(schedule_wait_ms(&s, 0), -1);
    schedule_soon(&s, 0);
    ck_assert_int_eq(schedule_wait_ms(&s, 0), -1);
}
END_TEST

START_TEST(a_restart_keeps_the_grid_and_a_fleet_is_spread_over_it)
{
    enum { TILLS = 10000, MINUTES = 30 };
    uint32_t in_minute[MINUTES] = {0};
    for (int i = 0; i < TILLS; i++) {
        uint64_t hash = draw();
        schedule a = {0}, c = {0};
        schedule_start(&a, 0, BENCH_WALL_MS, hash);
        int64_t at = BENCH_WALL_MS + schedule_wait_ms(&a, 0);
        schedule_start(&c, 987654, BENCH_WALL_MS + 7 * MINUTE, hash); /* another boot, seven minutes later */
        int64_t again = BENCH_WALL_MS + 7 * MINUTE + schedule_wait_ms(&c, 987654);
        if ((again - at) % SCHEDULE_PERIOD_MS != 0)
            ck_abort_msg("the grid moved by %lld ms", (long long)(again - at));
        in_minute[schedule_wait_ms(&a, 0) / MINUTE % MINUTES]++;
    }
    for (int m = 0; m < MINUTES; m++) {
        ck_assert_uint_gt(in_minute[m], TILLS / MINUTES / 2);
        ck_assert_uint_lt(in_minute[m], TILLS / MINUTES * 2);
    }
}
END_TEST

START_TEST(odd_clocks_do_no_harm)
{
    static const int64_t walls[] = {0, -1, INT64_C(-62135596800000), INT64_C(253402300799999), 1};
    for (int i = 0; i < 5; i++) {
        schedule s = {0};
        schedule_start(&s, 5000, walls[i], UINT64_MAX);
        ck_assert_int_ge(schedule_wait_ms(&s, 5000), 0);
        ck_assert_int_le(schedule_wait_ms(&s, 5000), SCHEDULE_PERIOD_MS);
    }
}
END_TEST

/* ---- the ledger and the state record ---- */

static bench b;

static void setup(void)
{
    bench_open(&b);
    ck_assert(bench_start(&b));
}

static void teardown(void)
{
    bench_close_all(&b);
}

static ledger_entry entry_of(int64_t number)
{
    ledger_entry entry = {.index = (uint8_t)(number % LEDGER_BLOCK),
                          .business_date = "2026-11-20",
                          .destination = 31,
                          .origin = POS_ORIGIN_REBUILT,
                          .closed_at_ms = number * 1000};
    memset(entry.receipt_id, 'r', PROTOCOL_ID_MAX);
    memset(entry.sha256, (int)(number & 0xff), sizeof entry.sha256);
    return entry;
}

START_TEST(a_ledger_page_comes_back_in_order)
{
    static ledger l;
    vault *v = &b.core->vault;
    memset(&l, 0, sizeof l);
    ck_assert_int_eq(ledger_load(&l, v, 3, 2, 1000), VAULT_OK);
    ck_assert_ptr_null(ledger_find(&l, 1000));
    for (int64_t i = 0; i < 256; i++) {
        ledger_entry entry = entry_of(768 + (i * 37) % 256);
        ledger_set(&l, &entry);
        ledger_set(&l, &entry); /* again: replaced */
    }
    ck_assert_uint_eq(l.count, 256);
    ck_assert_int_eq(ledger_save(&l, v, "till-1", 2), POS_OK);
    ledger_drop(&l);
    ck_assert_int_eq(ledger_load(&l, v, 3, 2, 800), VAULT_OK);
    ck_assert_uint_eq(l.count, 256);
    for (int64_t n = 768; n < 1024; n++) {
        ledger_entry entry = entry_of(n);
        const ledger_entry *found = ledger_find(&l, n);
        ck_assert_ptr_nonnull(found);
        ck_assert(found->index == entry.index && found->destination == 31 && found->closed_at_ms == n * 1000);
        ck_assert_mem_eq(found->sha256, entry.sha256, 32);
        ck_assert_str_eq(found->receipt_id, entry.receipt_id);
        ck_assert_uint_eq(found->origin, POS_ORIGIN_REBUILT);
    }
    ck_assert_int_eq(ledger_load(&l, v, 3, 2, 1024), VAULT_OK);
    ck_assert_uint_eq(l.count, 0);
    storage_memory_faults(b.disk)->get_code = POS_E_IO;
    ck_assert_int_eq(ledger_load(&l, v, 3, 2, 800), VAULT_ERROR);
    storage_memory_faults(b.disk)->get_code = 0;
    ck_assert_int_eq(ledger_load(&l, v, 3, 2, 800), VAULT_OK);
    storage_memory_faults(b.disk)->put_at = 1;
    ck_assert_int_eq(ledger_save(&l, v, "till-1", 2), POS_E_IO);
    ck_assert(!l.loaded); /* what is stored now is not known */
}
END_TEST

static void fill_state(state *s)
{
    state_init(s);
    strcpy(s->email, "ana@example.com");
    strcpy(s->name, "Ana \"\\ Ru\xc3\xadz");
    strcpy(s->device_id, "00112233445566778899aabbccddeeff");
    s->assigned = s->x_enabled = s->welcome_seen = true;
    s->destination_count = DESTINATIONS_MAX;
    for (uint32_t i = 0; i < DESTINATIONS_MAX; i++) {
        destination *d = &s->destinations[i];
        snprintf(d->company_id, sizeof d->company_id, "com_%u", i);
        memset(d->company_name, 'c', PROTOCOL_NAME_MAX);
        snprintf(d->store_id, sizeof d->store_id, "sto_%u", i);
        memset(d->store_name, 's', PROTOCOL_NAME_MAX);
        memset(d->till_id, 'a', PROTOCOL_TILL_ID_LEN);
    }
    s->slot_count = SLOT_MAX + 1;
    for (uint32_t i = 0; i <= SLOT_MAX; i++)
        s->slots[i] = (int16_t)(i % 40 < DESTINATIONS_MAX ? (int)(i % 40) : SLOT_UNDECIDED);
    s->current_slot = 1000;
    s->register_count = REGISTERS_MAX;
    for (uint32_t i = 0; i < REGISTERS_MAX; i++) {
        state_register *r = &s->registers[i];
        snprintf(r->register_id, sizeof r->register_id, "till-%u", i);
        r->epoch_floor = i;
        r->x_floor_z = POS_Z_NUMBER_MAX;
        r->x_floor_sequence = POS_X_SEQUENCE_MAX;
    }
    memset(s->create.form_hash, 0xab, sizeof s->create.form_hash);
    strcpy(s->create.key, "0123456789abcdef0123456789abcdef");
}

START_TEST(the_largest_state_comes_back)
{
    static state s, back;
    fill_state(&s);
    ck_assert_int_eq(state_save(&b.core->vault, &s), POS_OK);
    ck_assert_int_eq(state_load(&b.core->vault, &back), VAULT_OK);
    ck_assert_mem_eq(&s, &back, sizeof s);
}
END_TEST

static vault_result load_text(const char *text, state *s)
{
    record_header header = {.kind = RECORD_STATE, .payload_bytes = (uint32_t)strlen(text)};
    ck_assert_int_eq(vault_put(&b.core->vault, COLLECTION_STATE, RECORD_STATE_ID, &header, text), POS_OK);
    return state_load(&b.core->vault, s);
}

START_TEST(odd_states_are_read_without_harm)
{
    static state s, fresh;
    state_init(&fresh);
    ck_assert_int_eq(load_text("{\"email\":\"a@b\",\"future\":{\"x\":[1]},\"x_enabled\":1}", &s), VAULT_OK);
    ck_assert_str_eq(s.email, "a@b");
    ck_assert(s.x_enabled && s.slot_count == 1 && s.slots[0] == SLOT_UNDECIDED);
    ck_assert_int_eq(load_text("[]", &s), VAULT_BAD);
    ck_assert_mem_eq(&s, &fresh, sizeof s);
    ck_assert_int_eq(load_text("{\"email\":", &s), VAULT_BAD);
    ck_assert_int_eq(load_text("", &s), VAULT_BAD);
    ck_assert_int_eq(load_text("{\"assigned\":1,\"current_slot\":7,\"slots\":[5,-3,1e9,\"x\",null,99999999999]}", &s),
                     VAULT_OK);
    ck_assert(!s.assigned && s.current_slot == 0 && s.slot_count == 6);
    for (uint32_t i = 0; i < s.slot_count; i++)
        ck_assert_ptr_null(state_slot_destination(&s, i));
    ck_assert_ptr_null(state_slot_destination(&s, 1023));
    storage_memory_drop(b.disk, COLLECTION_STATE, RECORD_STATE_ID);
    ck_assert_int_eq(state_load(&b.core->vault, &s), VAULT_ABSENT);
}
END_TEST

START_TEST(registers_have_an_index_each)
{
    static state s;
    bool added = false;
    state_init(&s);
    for (uint32_t i = 0; i < REGISTERS_MAX; i++) {
        char name[80];
        snprintf(name, sizeof name, "till-%u", i);
        ck_assert_int_eq(state_register_index(&s, name, &added), (int)i);
        ck_assert(added);
        ck_assert_int_eq(state_register_index(&s, name, &added), (int)i);
        ck_assert(!added);
    }
    ck_assert_int_eq(state_register_index(&s, "one more", &added), -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core: time, ledger and state");
    TCase *time = tcase_create("time");
    tcase_add_test(time, waits_at_steady_state);
    tcase_add_test(time, waits_begin_short_and_are_spread);
    tcase_add_test(time, a_floor_is_kept_and_clamped);
    tcase_add_test(time, one_every_half_hour);
    tcase_add_test(time, soon_after_switching_on_and_once_after_a_sleep);
    tcase_add_test(time, a_restart_keeps_the_grid_and_a_fleet_is_spread_over_it);
    tcase_add_test(time, odd_clocks_do_no_harm);
    suite_add_tcase(suite, time);
    TCase *records = tcase_create("records");
    tcase_add_checked_fixture(records, setup, teardown);
    tcase_add_test(records, a_ledger_page_comes_back_in_order);
    tcase_add_test(records, the_largest_state_comes_back);
    tcase_add_test(records, odd_states_are_read_without_harm);
    tcase_add_test(records, registers_have_an_index_each);
    suite_add_tcase(suite, records);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
