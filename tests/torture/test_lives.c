/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/torture/test_lives.c - a thousand lives of an instance in one process, every tenth with a request over TLS to the
 * real cloud: at the end there are as many descriptors and threads as after the first few, and no more memory.
 */
#include <malloc.h>

#include "support/e2e_cloud.h"
#include "torture/torture_host.h"

#define LIVES        1000
#define FIRST(lives) ((lives) / 5) /* libraries keep some things once: what they cache is there by then */
#define GROWTH_BYTES 65536         /* of the heap in 800 lives: less than a hundred bytes each */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEASURES_HEAP 0 /* their allocators are no malloc; the leak checker looks instead */
#else
#define MEASURES_HEAP 1
#endif

typedef struct footprint {
    uint32_t descriptors, threads;
    size_t heap_bytes;
} footprint;

static footprint measure(void)
{
    footprint now = {torture_count("/proc/self/fd"), torture_count("/proc/self/task"), 0};
#if MEASURES_HEAP
    now.heap_bytes = mallinfo2().uordblks;
#endif
    return now;
}

static void live(torture_host *h, int round)
{
    torture_create(h);
    ck_assert_int_eq(torture_close_day(h, 1), POS_OK);
    ck_assert_int_eq(torture_tick(h), POS_OK);
    ck_assert_uint_eq(h->tick.pending, 1);
    if (round % 10 == 0) {
        torture_diagnose(h);
        torture_await_diagnosis(h);
    } else if (round % 10 < 4) {
        torture_diagnose(h); /* and dies with the request under way */
    }
    if (round % 2 == 0)
        ck_assert_int_eq(h->calls->stop(h->instance, 1000), POS_OK);
    torture_destroy(h);
    storage_memory_settle(h->disk); /* it keeps every operation for a crash that does not come here */
}

START_TEST(a_thousand_lives_leave_nothing_behind)
{
    e2e_cloud cloud;
    torture_host h;
    int lives = torture_times(LIVES);
    footprint first = {0};
#if MEASURES_HEAP
    ck_assert_int_eq(mallopt(M_ARENA_MAX, 1), 1); /* the worker's allocations are counted with the others */
#endif
    e2e_cloud_open(&cloud);
    poshost_plugin *plugin = torture_load(NULL);
    torture_open(&h, plugin);
    h.info.cloud_url = cloud.url;
    h.info.ca_file = cloud.ca;
    for (int round = 0; round < lives; round++) {
        if (round == FIRST(lives))
            first = measure();
        live(&h, round);
    }
    torture_await_threads(first.threads);
    footprint last = measure();
    printf("lives %d to %d: descriptors %u -> %u, threads %u -> %u, heap %zu -> %zu bytes\n", FIRST(lives), lives,
           first.descriptors, last.descriptors, first.threads, last.threads, first.heap_bytes, last.heap_bytes);
    ck_assert_uint_eq(last.descriptors, first.descriptors);
    ck_assert_uint_lt(last.heap_bytes, first.heap_bytes + GROWTH_BYTES);
    torture_close(&h);
    poshost_plugin_close(plugin);
    e2e_cloud_close(&cloud);
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {{"a thousand lives", a_thousand_lives_leave_nothing_behind}};
    return E2E_RUN("lives", tests);
}
