/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/document.c - Z documents of a wanted size. Their figures come from the number, so they differ from day to
 * day and compress as those of a shop do: the same names every day, other amounts.
 */
#include "bench/bench.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define ROOM_BYTES ((size_t)5 << 20)
#define TAIL_BYTES 200

static char room[ROOM_BYTES];
static size_t used;

__attribute__((format(printf, 1, 2))) static void write_text(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(room + used, ROOM_BYTES - used, format, arguments);
    va_end(arguments);
    ck_assert_int_ge(length, 0);
    used += (size_t)length;
    ck_assert_uint_lt(used, ROOM_BYTES);
}

static uint64_t draw(uint64_t *state, uint64_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*state >> 33) % below;
}

const char *bench_document(int64_t z_number, size_t size_bytes, uint32_t *length)
{
    uint64_t state = (uint64_t)z_number * UINT64_C(0x9e3779b97f4a7c15);
    int64_t net = 100000 + (int64_t)draw(&state, 900000), tax = net / 5;
    used = 0;
    write_text("{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",\"register_id\":\"T1\",\"currency\":\"EUR\","
               "\"minor_unit\":2,\"z_number\":%" PRId64 ",\"business_date\":\"2026-01-05\",\"totals\":{"
               "\"gross_turnover\":%" PRId64 ",\"net_turnover\":%" PRId64 ",\"tax_total\":%" PRId64 "},\"taxes\":["
               "{\"tax_id\":\"VAT20\",\"rate\":2000,\"net\":%" PRId64 ",\"tax\":%" PRId64 ",\"gross\":%" PRId64 "}],"
               "\"grand_totals\":{\"net\":%" PRId64 "},\"items\":[",
               z_number, net + tax, net, tax, net, tax, net + tax, z_number * 1000000);
    for (int item = 0; item == 0 || used + TAIL_BYTES < size_bytes; item++) {
        int64_t quantity = 1 + (int64_t)draw(&state, 40);
        write_text("%s{\"item_id\":\"%05d\",\"description\":\"ARTICLE %d OF THE SHELF\",\"quantity\":%" PRId64
                   ",\"gross\":%" PRId64 "}",
                   item ? "," : "", 10000 + item * 37, item, quantity * 1000, quantity * (int64_t)draw(&state, 2500));
    }
    write_text("]}");
    if (used < size_bytes)
        write_text("%*s", (int)(size_bytes - used), "");
    *length = (uint32_t)used;
    return room;
}
