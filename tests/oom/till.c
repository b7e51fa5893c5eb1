/* SPDX-License-Identifier: Apache-2.0 */
/* oom/till.c - the host of oom/till.h. */
#include "oom/till.h"

#include <dlfcn.h>
#include <time.h>
#include <unistd.h>

#include "oom/memory.h"

#define NAP_NS        200000L
#define SOON_MS       300u
#define STEP_MS       50u
#define STOP_MS       5000u
#define SETTLE_TICKS  150u
#define DRAIN_TICKS   40000u
#define PATIENT_TICKS 20000u

static till *of_bench(void *ctx)
{
    return ctx; /* the bench is the first of the shop, and that of the till */
}

/* ---- what the plugin may call ---- */

static const pos_host_info *give_info(void *ctx)
{
    return &((till *)ctx)->info;
}

static void give_time(void *ctx, pos_time *out)
{
    const bench *b = ctx;
    out->wall_ms = b->now.wall_ms;
    out->elapsed_ms = b->now.elapsed_ms;
}

static void take_log(void *ctx, uint32_t level, const char *text)
{
    (void)ctx;
    if (getenv("OOM_LOG"))
        fprintf(stderr, "    [%u] %s\n", level, text);
}

static const void *give_extension(void *ctx, const char *name)
{
    const till *t = ctx;
    if (strcmp(name, POS_REPORTS_1) == 0)
        return &t->s.b.reports;
    if (!t->s.b.catalogue)
        return NULL;
    return strcmp(name, POS_CATALOGUE_1) == 0 ? (const void *)&t->s.host.calls
           : strcmp(name, POS_SETUP_1) == 0   ? (const void *)&t->s.setup
           : strcmp(name, POS_LICENCE_1) == 0 ? (const void *)&t->s.licence
                                              : NULL;
}

/* The storage's own memory is not the plugin's. */
static int32_t outer_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size)
{
    bool inside = memory_leave();
    int32_t result = bench_put(ctx, collection, id, bytes, size);
    memory_return(inside);
    return result;
}

static int32_t outer_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    bool inside = memory_leave();
    int32_t result = bench_remove(ctx, collection, ids, count);
    memory_return(inside);
    return result;
}

static int32_t outer_acquire(void *ctx)
{
    return storage_memory_calls()->acquire(of_bench(ctx)->s.b.disk);
}

static void outer_release(void *ctx)
{
    storage_memory_calls()->release(of_bench(ctx)->s.b.disk);
}

void till_open(till *t)
{
    memset(t, 0, sizeof *t);
    shop_open(&t->s);
    bench *b = &t->s.b;
    b->catalogue = NULL; /* the days of the catalogue set it */
    b->storage.acquire = outer_acquire;
    b->storage.release = outer_release;
    b->storage.put = outer_put;
    b->storage.remove = outer_remove;
    t->info = (pos_host_info){.struct_size = sizeof t->info,
                              .product = "oom",
                              .register_id = b->reg,
                              .device_name = "Counter 1",
                              .language = "en",
                              .time_zone = "Europe/Madrid",
                              .country = "ES",
                              .currency = "EUR"};
    t->host = (pos_host){sizeof t->host, POS_ABI_MINOR, t, give_info, give_time, take_log, give_extension, &b->storage};
}

void till_load(till *t)
{
    char path[512];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 32);
    ck_assert_int_gt(length, 0);
    path[length] = '\0';
    for (int up = 0; up < 3; up++) /* BUILD/tests/oom/oom */
        *strrchr(path, '/') = '\0';
    strcat(path, "/factorycloud.so");
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    ck_assert_msg(object != NULL, "%s", dlerror());
    pos_plugin_entry_fn entry;
    void *symbol = dlsym(object, POS_PLUGIN_ENTRY_1);
    memcpy(&entry, &symbol, sizeof entry);
    t->plugin.struct_size = sizeof t->plugin;
    ck_assert_int_eq(entry(&t->host, &t->plugin), POS_OK);
}

void till_use_tls(till *t)
{
    snprintf(t->ca_file, sizeof t->ca_file, "/tmp/oom-XXXXXX");
    int fd = mkstemp(t->ca_file);
    ck_assert_int_ge(fd, 0);
    (void)close(fd);
    t->tls = http_tls_new(&(http_tls_options){0});
    http_tls_write_ca(t->tls, t->ca_file);
    t->info.ca_file = t->ca_file;
}

void till_serve(till *t)
{
    t->server = server_start(&t->s.b.cloud, t->tls);
    t->info.cloud_url = server_url(t->server);
}

void till_end_serving(till *t)
{
    server_stop(t->server);
    t->server = NULL;
}

/* ---- calls ---- */

static int32_t judge(till *t, int32_t result)
{
    memory_leave();
    t->odd_codes += result > POS_OK || result < -64;
    return result;
}

int32_t till_start(till *t)
{
    char error[200];
    memory_enter();
    int32_t result = judge(t, t->plugin.create(&t->host, &t->instance, error, sizeof error));
    if (result != POS_OK)
        t->instance = NULL;
    return result;
}

void till_stop(till *t)
{
    if (!t->instance)
        return;
    memory_enter();
    judge(t, t->plugin.stop(t->instance, STOP_MS));
    memory_enter();
    judge(t, t->plugin.destroy(t->instance));
    t->instance = NULL;
}

void till_tick(till *t)
{
    pos_tick_in in = {sizeof in, 0};
    if (!t->instance)
        return;
    t->tick = (pos_tick_out){.struct_size = sizeof t->tick};
    t->s.host.tick_pages = 0;
    memory_enter();
    judge(t, t->plugin.on_tick(t->instance, &in, &t->tick));
}

static void nap(void)
{
    const struct timespec pause = {0, NAP_NS};
    (void)nanosleep(&pause, NULL);
}

/* Whoever waits for an answer waits for real, whoever waits for a moment does not. */
static void pass_short(till *t)
{
    uint32_t delay = t->tick.next_tick_ms;
    if (delay == 0)
        return;
    nap();
    bench_pass(&t->s.b, delay < STEP_MS ? delay : STEP_MS);
}

void till_settle(till *t, uint32_t ticks)
{
    uint32_t calm = 0;
    /* Until the failure has come a busy machine is waited for: all allocations of the day have to be reached. */
    for (uint32_t i = 0; calm < 3 && t->instance && i < (memory_failed() ? ticks : PATIENT_TICKS); i++) {
        till_tick(t);
        calm = t->tick.next_tick_ms > SOON_MS ? calm + 1 : 0;
        pass_short(t);
    }
}

void till_drain(till *t)
{
    for (uint32_t i = 0, calm = 0; i < DRAIN_TICKS && calm < 5 && t->instance; i++) {
        till_tick(t);
        uint32_t delay = t->tick.next_tick_ms;
        calm = t->tick.pending == 0 && delay > SOON_MS ? calm + 1 : 0;
        if (delay > SOON_MS)
            bench_pass(&t->s.b, delay);
        else
            pass_short(t);
    }
}

/* ---- the host ---- */

void till_hand_over(till *t)
{
    bench *b = &t->s.b;
    for (uint32_t i = 0; i < b->close_count && t->instance; i++) {
        bench_close *z = &b->closes[i];
        if (z->handed_over || z->forgotten)
            continue;
        pos_report report = bench_report(b, z);
        memory_enter();
        z->handed_over = judge(t, t->plugin.on_daily_close(t->instance, &report)) == POS_OK;
    }
}

void till_close_day(till *t, int64_t number, const char *salt)
{
    bench_pass(&t->s.b, BENCH_HOUR_MS);
    bench_commit(&t->s.b, number, salt);
    till_hand_over(t);
}

/* ---- the owner ---- */

static bool render(till *t, const pos_event *event)
{
    if (!t->instance)
        return false;
    screen_text_reset(&t->page);
    pos_builder builder = screen_text_builder(&t->page);
    memory_enter();
    int32_t result = judge(t, t->plugin.render_settings(t->instance, event, &builder));
    if (getenv("OOM_LOG"))
        fprintf(stderr, "    page %s after %s: %d\n", t->page.id, event && event->action ? event->action : "", result);
    return result == POS_OK;
}

bool till_open_page(till *t)
{
    return render(t, &(pos_event){.struct_size = sizeof(pos_event), .kind = POS_EVENT_OPENED});
}

static const char *typed(const screen_widget *w)
{
    return strcmp(w->id, "email") == 0      ? "ana@example.com"
           : strcmp(w->id, "send_x") == 0   ? "1"
           : strcmp(w->id, "password") == 0 ? "password planted here"
           : w->kind == POS_WIDGET_SECRET   ? ""
                                            : w->value;
}

static bool press(till *t, const screen_widget *pressed)
{
    static screen_text shown; /* what the event points to, while the next page is described */
    static pos_value values[SCREEN_WIDGETS_MAX];
    uint32_t count = 0;
    size_t index = (size_t)(pressed - t->page.widgets);
    shown = t->page;
    for (uint32_t i = 0; i < shown.count; i++) {
        const screen_widget *w = &shown.widgets[i];
        if (w->kind >= POS_WIDGET_INPUT && w->kind <= POS_WIDGET_TOGGLE)
            values[count++] = (pos_value){sizeof *values, (uint32_t)strlen(typed(w)), w->id, typed(w)};
    }
    return render(t, &(pos_event){.struct_size = sizeof(pos_event),
                                  .kind = POS_EVENT_ACTION,
                                  .revision = shown.revision,
                                  .value_count = count,
                                  .value_stride = sizeof *values,
                                  .widget = shown.widgets[index].id,
                                  .action = shown.widgets[index].action,
                                  .values = values});
}

/* A wish that ends with a dot is the beginning of an id. */
static const screen_widget *find_wish(const till *t, const char *const *wishes)
{
    for (; *wishes; wishes++) {
        size_t length = strlen(*wishes);
        for (uint32_t i = 0; i < t->page.count; i++) {
            const screen_widget *w = &t->page.widgets[i];
            bool is_it =
                (*wishes)[length - 1] == '.' ? strncmp(w->id, *wishes, length) == 0 : strcmp(w->id, *wishes) == 0;
            if (is_it && w->is_enabled && w->action[0])
                return w;
        }
    }
    return NULL;
}

bool till_shows(const till *t, const char *page, const char *widget, const char *words)
{
    const screen_widget *w = strcmp(t->page.id, page) == 0 ? screen_text_find(&t->page, widget) : NULL;
    return w && (!words || strcmp(w->value, words) == 0);
}

bool till_pursue(till *t, const char *const *wishes, till_condition done, uint32_t steps)
{
    till_open_page(t);
    for (uint32_t i = 0; i < steps && t->instance; i++) {
        if (done(t))
            return true;
        const screen_widget *wish = find_wish(t, wishes);
        if (wish)
            press(t, wish);
        till_settle(t, SETTLE_TICKS);
        if (!render(t, NULL) || !wish)
            till_open_page(t);
    }
    return done(t);
}
