/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 100,000 items with prices, down and up: the plugin's heap stays as small as with 5,000, no tick reads or stages more
 * than a page, and a day is closed in the middle. The scripted host and cloud keep their lines outside of the heap.
 */
#include <malloc.h>
#include <time.h>

#include "support/catalogue_bench.h"

#define SMALL 5000u
#define LARGE 100000u

static shop s;
static size_t base, peak;

static void setup(void)
{
    shop_open(&s);
    shop_connect(&s);
}

static void teardown(void)
{
    shop_close(&s);
}

static size_t heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* The script keeps every request for a test to look at; here their bodies would be all of the catalogue. */
static void drop_requests(void)
{
    for (uint32_t i = 0; i < s.b.net->count; i++) {
        if (!s.b.net->requests[i].answered)
            continue;
        net_request_free(s.b.net->requests[i].request);
        s.b.net->requests[i].request = NULL;
    }
}

static void measure(void)
{
    base = heap_bytes();
    peak = 0;
}

static double worst_tick_ms;

static void run_measured(void)
{
    worst_tick_ms = 0;
    for (uint32_t i = 0; i == 0 || !shop_rests(s.b.core->catalogue->v.phase); i++) {
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        shop_tick(&s);
        clock_gettime(CLOCK_MONOTONIC, &to);
        double ms = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
        worst_tick_ms = ms > worst_tick_ms ? ms : worst_tick_ms;
        drop_requests();
        size_t now = heap_bytes();
        if (now > base && now - base > peak)
            peak = now - base;
        if (i % 500 == 100) {
            bench_close *z = bench_commit(&s.b, bench_last_number(&s.b) + 1, "a");
            ck_assert_int_eq(bench_hand_over(&s.b, z), POS_OK);
        }
    }
}

static size_t download(uint32_t items)
{
    teardown();
    setup();
    lines_put_items(&s.host.local, "Old", 1, items);
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "Old", 1, items - 20);
    lines_put_items(&s.cloud.now, "New", items + 1, items + 30);
    s.cloud.revision = 9;
    measure();
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_download(s.b.core, s.b.now));
    run_measured();
    core_catalogue_view view = shop_look(&s);
    ck_assert_int_eq(view.phase, CATALOGUE_PREVIEW);
    ck_assert_int_eq(view.preview->changes[CATALOGUE_ITEM][CHANGE_ADDED], 30);
    ck_assert_int_eq(view.preview->changes[CATALOGUE_ITEM][CHANGE_REMOVED], 20);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
    ck_assert_uint_le(s.host.largest_add_bytes, 256u * 1024u + POS_CATALOGUE_LINE_MAX_BYTES);
    printf("down, %u items: at most %zu KiB of heap; the longest tick, the scripted cloud included, took %.1f ms\n",
           items, peak / 1024, worst_tick_ms);
    return peak;
}

static size_t upload(uint32_t items)
{
    teardown();
    setup();
    lines_put_items(&s.host.local, "Old", 1, items);
    measure();
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_upload(s.b.core, s.b.now));
    run_measured();
    ck_assert_int_eq(shop_look(&s).outcome, CATALOGUE_UPLOADED);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
    printf("up, %u items: at most %zu KiB of heap; the longest tick, the scripted cloud included, took %.1f ms\n",
           items, peak / 1024, worst_tick_ms);
    return peak;
}

START_TEST(down)
{
    size_t small = download(SMALL), large = download(LARGE);
    ck_assert_uint_le(large, 4u * 1024u * 1024u);
    ck_assert_uint_le(large, small + 512u * 1024u);
}
END_TEST

START_TEST(up)
{
    size_t small = upload(SMALL), large = upload(LARGE);
    ck_assert_uint_le(large, 4u * 1024u * 1024u);
    ck_assert_uint_le(large, small + 512u * 1024u);
}
END_TEST

/* Changes of a large catalogue: few lines come, whatever its size. */
START_TEST(a_later_revision)
{
    download(LARGE);
    catalogue_cloud_revise(&s.cloud);
    s.cloud.now.count -= 10; /* five items are gone */
    uint32_t before = s.host.added_lines;
    measure();
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_download(s.b.core, s.b.now));
    run_measured();
    ck_assert_int_eq(shop_look(&s).preview->changes[CATALOGUE_ITEM][CHANGE_REMOVED], 5);
    ck_assert_uint_eq(s.host.added_lines - before, 7 + 5);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
}
END_TEST

/* More is gone than is kept in mind: everything comes. */
START_TEST(very_many_removals)
{
    download(SMALL + 3000);
    catalogue_cloud_revise(&s.cloud);
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "Old", 1, 500);
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_download(s.b.core, s.b.now));
    run_measured();
    ck_assert(s.cloud.asked_since);
    ck_assert_int_eq(shop_look(&s).preview->changes[CATALOGUE_ITEM][CHANGE_REMOVED], SMALL + 3000 - 500 + 10);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core/catalogue_large");
    TCase *c = tcase_create("all");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 300);
    tcase_add_test(c, down);
    tcase_add_test(c, up);
    tcase_add_test(c, a_later_revision);
    tcase_add_test(c, very_many_removals);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
