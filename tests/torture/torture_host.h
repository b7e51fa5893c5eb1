/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/torture/torture_host.h - a small host around the shipped object, without the SDK's guard: what the guard would
 * stop must reach the plugin here. Storage is in memory; every function that the plugin calls can call back.
 */
#ifndef TORTURE_HOST_H
#define TORTURE_HOST_H

#include <check.h>
#include <dirent.h>
#include <pos/reports.h>
#include <poshost/loader.h>
#include <poshost/screen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/e2e_base.h"
#include "support/storage_memory.h"

typedef struct torture_host {
    pos_host host;
    pos_host_info info;
    pos_storage storage;
    pos_reports reports;
    storage_memory *disk;
    const pos_plugin *calls;
    pos_instance *instance;
    poshost_screen *screen;
    pos_tick_out tick;
    int64_t elapsed_ms;
    char error[256];
    /* Called from inside every function of the host; NULL: not. */
    void (*inside)(struct torture_host *h, const char *function);
} torture_host;

static inline void torture_inside(torture_host *h, const char *function)
{
    if (h->inside)
        h->inside(h, function);
}

/* ---- what the plugin calls ---- */

static inline const pos_host_info *torture_info(void *ctx)
{
    torture_host *h = ctx;
    torture_inside(h, "info");
    return &h->info;
}

static inline void torture_now(void *ctx, pos_time *out)
{
    torture_host *h = ctx;
    torture_inside(h, "now");
    out->wall_ms = INT64_C(1777935600000) + h->elapsed_ms;
    out->elapsed_ms = h->elapsed_ms;
}

static inline void torture_log(void *ctx, uint32_t level, const char *text)
{
    (void)level, (void)text;
    torture_inside(ctx, "log");
}

static inline const void *torture_get_extension(void *ctx, const char *name)
{
    torture_host *h = ctx;
    torture_inside(h, "get_extension");
    return strcmp(name, POS_REPORTS_1) == 0 && h->reports.struct_size > 0 ? &h->reports : NULL;
}

static inline const pos_storage *torture_disk(const torture_host *h)
{
    (void)h;
    return storage_memory_calls();
}

static inline int32_t torture_acquire(void *ctx)
{
    torture_host *h = ctx;
    torture_inside(h, "acquire");
    return torture_disk(h)->acquire(h->disk);
}

static inline void torture_release(void *ctx)
{
    torture_host *h = ctx;
    torture_inside(h, "release");
    torture_disk(h)->release(h->disk);
}

static inline int32_t torture_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes)
{
    torture_host *h = ctx;
    torture_inside(h, "put");
    return torture_disk(h)->put(h->disk, collection, id, bytes, size_bytes);
}

static inline int32_t torture_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset_bytes, void *buffer,
                                  uint32_t capacity_bytes, uint32_t *size_bytes)
{
    torture_host *h = ctx;
    torture_inside(h, "get");
    return torture_disk(h)->get(h->disk, collection, id, offset_bytes, buffer, capacity_bytes, size_bytes);
}

static inline int32_t torture_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    torture_host *h = ctx;
    torture_inside(h, "remove");
    return torture_disk(h)->remove(h->disk, collection, ids, count);
}

static inline int32_t torture_list(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor,
                                   void *visiting)
{
    torture_host *h = ctx;
    torture_inside(h, "list");
    return torture_disk(h)->list(h->disk, collection, from_id, visitor, visiting);
}

static inline int32_t torture_range(void *ctx, int64_t *first, int64_t *last)
{
    torture_inside(ctx, "closed_range");
    *first = *last = 0;
    return POS_OK;
}

static inline int32_t torture_no_report(void *ctx, int64_t number, pos_report_visitor visitor, void *visiting)
{
    (void)number, (void)visitor, (void)visiting;
    torture_inside(ctx, "closed");
    return POS_E_NOT_FOUND;
}

/* ---- life ---- */

static inline void torture_open(torture_host *h, const poshost_plugin *plugin)
{
    memset(h, 0, sizeof *h);
    h->disk = storage_memory_new();
    h->calls = poshost_plugin_calls(plugin);
    h->info = (pos_host_info){.struct_size = sizeof h->info,
                              .product = "torture 1",
                              .register_id = "till-1",
                              .language = "en",
                              .time_zone = "UTC",
                              .cloud_url = "http://127.0.0.1:9"};
    h->storage =
        (pos_storage){sizeof h->storage, 0,           h, torture_acquire, torture_release, torture_put, torture_get,
                      torture_remove,    torture_list};
    h->reports = (pos_reports){sizeof h->reports, 0, h, torture_range, torture_no_report, torture_no_report};
    h->host = (pos_host){sizeof h->host, POS_ABI_MINOR,         h,          torture_info, torture_now,
                         torture_log,    torture_get_extension, &h->storage};
    h->elapsed_ms = 1000;
    h->screen = poshost_screen_new();
    ck_assert_ptr_nonnull(h->screen);
}

static inline int32_t torture_try_create(torture_host *h)
{
    return h->calls->create(&h->host, &h->instance, h->error, sizeof h->error);
}

static inline void torture_create(torture_host *h)
{
    ck_assert_msg(torture_try_create(h) == POS_OK, "create: %s", h->error);
}

static inline void torture_destroy(torture_host *h)
{
    ck_assert_int_eq(h->calls->destroy(h->instance), POS_OK);
    h->instance = NULL;
}

static inline void torture_close(torture_host *h)
{
    if (h->instance)
        torture_destroy(h);
    poshost_screen_free(h->screen);
    storage_memory_free(h->disk);
}

static inline poshost_plugin *torture_load(const char *path)
{
    char built[E2E_PATH_BYTES], words[512] = "";
    poshost_plugin *plugin = NULL;
    if (!path)
        e2e_built("factorycloud.so", built);
    ck_assert_msg(poshost_plugin_open(path ? path : built, NULL, &plugin, words, sizeof words) == POS_OK, "%s", words);
    return plugin;
}

/* ---- calls ---- */

static inline pos_report torture_z(const torture_host *h, int64_t number)
{
    return (pos_report){.struct_size = sizeof(pos_report),
                        .kind = POS_REPORT_Z,
                        .document = "{}",
                        .document_size = 2,
                        .register_id = h->info.register_id,
                        .business_date = "2026-05-04",
                        .currency = "EUR",
                        .z_number = number};
}

static inline int32_t torture_close_day(torture_host *h, int64_t number)
{
    pos_report z = torture_z(h, number);
    return h->calls->on_daily_close(h->instance, &z);
}

static inline int32_t torture_tick(torture_host *h)
{
    h->tick = (pos_tick_out){.struct_size = sizeof h->tick};
    h->elapsed_ms += 20;
    return h->calls->on_tick(h->instance, NULL, &h->tick);
}

/* A poshost_render_fn; its ctx is the host. */
static inline int32_t torture_render(void *ctx, const pos_event *event, const pos_builder *builder)
{
    torture_host *h = ctx;
    return h->calls->render_settings(h->instance, event, builder);
}

static inline void torture_press(torture_host *h, const char *widget)
{
    ck_assert_msg(poshost_screen_press(h->screen, widget, torture_render, h) == POS_OK, "%s: %s", widget,
                  poshost_screen_error(h->screen));
}

/* "Test now" on the diagnose page: a request to the cloud is on its way after it. */
static inline void torture_diagnose(torture_host *h)
{
    ck_assert_int_eq(poshost_screen_open(h->screen, torture_render, h), POS_OK);
    if (poshost_screen_find(h->screen, "welcome.skip"))
        torture_press(h, "welcome.skip");
    torture_press(h, "diagnose");
    torture_press(h, "diagnose.start");
}

/* Until Diagnose has its sentence. */
static inline void torture_await_diagnosis(torture_host *h)
{
    int64_t until_ms = e2e_now_ms() + 20000;
    while (!poshost_screen_find(h->screen, "diagnosis")) {
        ck_assert_msg(e2e_now_ms() < until_ms, "Diagnose does not end");
        ck_assert_int_eq(torture_tick(h), POS_OK);
        ck_assert_int_eq(poshost_screen_refresh(h->screen, torture_render, h), POS_OK);
        e2e_nap(1);
    }
}

/* ---- what this process has ---- */

/* How often: less of it where an emulator is slow ($TORTURE_TIMES). */
static inline int torture_times(int usual)
{
    const char *text = getenv("TORTURE_TIMES");
    long times = text ? strtol(text, NULL, 10) : 0;
    return times > 0 && times < usual ? (int)times : usual;
}

/* Entries of /proc/self/fd or /proc/self/task. */
static inline uint32_t torture_count(const char *folder)
{
    DIR *directory = opendir(folder);
    uint32_t count = 0;
    ck_assert_ptr_nonnull(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

/* A thread that was joined may be seen for a moment more. */
static inline void torture_await_threads(uint32_t wanted)
{
    int64_t until_ms = e2e_now_ms() + 5000;
    uint32_t threads;
    while ((threads = torture_count("/proc/self/task")) > wanted) {
        ck_assert_msg(e2e_now_ms() < until_ms, "%u threads are left over", threads - wanted);
        e2e_nap(1);
    }
}

#endif
