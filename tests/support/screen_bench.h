/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support/screen_bench.h - the screens over the real core, with a scripted cloud, records in memory and a clock that
 * only a test moves; and the owner's hands: type, press, go back.
 */
#ifndef SUPPORT_SCREEN_BENCH_H
#define SUPPORT_SCREEN_BENCH_H

#include <check.h>

#include "pos/tick.h"
#include "screens/screens.h"
#include "support/screen_cloud.h"
#include "support/screen_text.h"
#include "support/storage_memory.h"

#define BENCH_NOW_MS     1795201500000LL /* 2026-11-20 19:05 UTC */
#define BENCH_VALUES_MAX 32
#define BENCH_DOCUMENT   "{\"kind\":\"Z\"}"

/* Canned answers. */
#define BENCH_SESSION                                                                                                  \
    "{\"token\":\"fcs_0123456789abcdef\",\"expires_at_ms\":1797793500000,\"user\":{\"user_id\":\"usr_1\","             \
    "\"email\":\"ana@example.com\",\"name\":\"Ana Ruiz\",\"language\":\"en\"}}"
#define BENCH_COMPANY                                                                                                  \
    "{\"company_id\":\"cmp_1\",\"name\":\"Ruiz S.L.\",\"tax_id\":\"B123\",\"country\":\"ES\",\"currency\":\"EUR\"}"
#define BENCH_STORE                                                                                                    \
    "{\"store_id\":\"sto_1\",\"company_id\":\"cmp_1\",\"name\":\"Centro\",\"address\":\"Calle Mayor 1\","              \
    "\"time_zone\":\"Europe/Madrid\",\"currency\":\"EUR\"}"
#define BENCH_STORE_2                                                                                                  \
    "{\"store_id\":\"sto_2\",\"company_id\":\"cmp_1\",\"name\":\"Playa\",\"address\":null,"                            \
    "\"time_zone\":\"Europe/Madrid\",\"currency\":\"EUR\"}"
#define BENCH_TILL(store)                                                                                              \
    "{\"till_token\":\"fct_0123456789abcdef\",\"till_id\":\"@TILL@\",\"store\":" store ",\"company\":" BENCH_COMPANY   \
    ",\"registers\":[]}"
#define BENCH_WHO                                                                                                      \
    "{\"expires_at_ms\":1797793500000,\"user\":{\"user_id\":\"usr_1\",\"email\":\"ana@example.com\","                  \
    "\"name\":\"Ana Ruiz\",\"language\":\"en\"}}"
#define BENCH_HEALTH "{\"status\":\"ok\",\"time_ms\":1795201500000}"
#define BENCH_PROBLEM(slug, status, more)                                                                              \
    "{\"type\":\"urn:factorycloud:problem:" slug "\",\"title\":\"t\",\"status\":" #status ",\"detail\":\"d\"" more "}"
#define BENCH_KNOWN_TILL "0123456789abcdef0123456789abcdef"

typedef struct bench {
    storage_memory *disk;
    screen_cloud cloud;
    pos_storage storage;
    pos_reports reports;
    core *core;
    screens *screens;
    core_time now;
    uint64_t random;
    int64_t x_taken, last_z;
    pos_host_info info;
    screen_text page;
    const char *why;
    struct {
        char id[64], text[5000];
    } typed[BENCH_VALUES_MAX];
    uint32_t typed_count;
} bench;

static bench *bench_open_now; /* for the callbacks that have no context, or the storage's */

static inline void bench_random(void *bytes, size_t count)
{
    uint8_t *p = bytes;
    for (size_t i = 0; i < count; i++) {
        bench_open_now->random = bench_open_now->random * 6364136223846793005u + 1442695040888963407u;
        p[i] = (uint8_t)(bench_open_now->random >> 56);
    }
}

static inline void bench_log(void *ctx, uint32_t level, const char *text)
{
    (void)ctx;
    (void)level;
    ck_assert_ptr_null(strstr(text, "secret"));
}

static inline int32_t bench_closed_range(void *ctx, int64_t *first, int64_t *last)
{
    (void)ctx;
    *first = *last = 0;
    return POS_OK;
}

static inline int32_t bench_closed(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    (void)ctx;
    (void)number;
    (void)visitor;
    (void)visitor_ctx;
    return POS_E_NOT_FOUND;
}

static inline pos_report bench_report(uint32_t kind, int64_t number, const char *document)
{
    return (pos_report){.struct_size = sizeof(pos_report),
                        .kind = kind,
                        .origin = POS_ORIGIN_ORIGINAL,
                        .document = document,
                        .document_size = (uint32_t)strlen(document),
                        .register_id = "till-1",
                        .business_date = "2026-11-20",
                        .currency = "EUR",
                        .z_number = number,
                        .closed_at_ms = BENCH_NOW_MS - 3600000,
                        .grand_total_minor = 123456789};
}

static inline int32_t bench_running(void *ctx, int64_t min_sequence, pos_report_visitor visitor, void *visitor_ctx)
{
    (void)ctx;
    char document[64]; /* another one each time, as if something was sold */
    snprintf(document, sizeof document, "{\"kind\":\"X\",\"taken\":%lld}", (long long)++bench_open_now->x_taken);
    pos_report x = bench_report(POS_REPORT_X, bench_open_now->last_z + 1, document);
    x.x_sequence = min_sequence;
    return visitor(visitor_ctx, &x);
}

/* What was exported last. */
static struct {
    int32_t result; /* what the next save returns */
    uint32_t count, size_bytes;
    char name[100], media_type[40], bytes[4096];
} bench_exported;

static inline int32_t bench_save(void *ctx, const char *name, const char *media_type, const void *bytes,
                                 uint32_t size_bytes, char *place, uint32_t place_capacity_bytes)
{
    (void)ctx;
    if (bench_exported.result != POS_OK)
        return bench_exported.result;
    bench_exported.count++;
    bench_exported.size_bytes = size_bytes;
    snprintf(bench_exported.name, sizeof bench_exported.name, "%s", name);
    snprintf(bench_exported.media_type, sizeof bench_exported.media_type, "%s", media_type);
    memcpy(bench_exported.bytes, bytes,
           size_bytes < sizeof bench_exported.bytes ? size_bytes : sizeof bench_exported.bytes);
    snprintf(place, place_capacity_bytes, "/media/usb/%s", name);
    return POS_OK;
}

static const pos_export bench_exporter = {sizeof(pos_export), 0, NULL, bench_save};

static inline void bench_script(screen_cloud *c)
{
    screen_cloud_rule(c, "POST", "/v1/sessions", 201, BENCH_SESSION);
    screen_cloud_rule(c, "DELETE", "/v1/sessions/current", 204, NULL);
    screen_cloud_rule(c, "GET", "/v1/sessions/current", 200, BENCH_WHO);
    screen_cloud_rule(c, "GET", "/v1/health", 200, BENCH_HEALTH);
    screen_cloud_rule(c, "POST", "/v1/registrations", 202,
                      "{\"registration_id\":\"reg_1\",\"expires_at_ms\":1795202100000}");
    screen_cloud_rule(c, "POST", "/v1/registrations/*", 201, BENCH_SESSION);
    screen_cloud_rule(c, "POST", "/v1/recoveries", 202, "{\"recovery_id\":\"rec_1\",\"expires_at_ms\":1795202100000}");
    screen_cloud_rule(c, "POST", "/v1/recoveries/*", 201, BENCH_SESSION);
    screen_cloud_rule(c, "GET", "/v1/companies", 200, "{\"items\":[" BENCH_COMPANY "],\"next\":null}");
    screen_cloud_rule(c, "POST", "/v1/companies", 201, BENCH_COMPANY);
    screen_cloud_rule(c, "GET", "/v1/companies/cmp_1/stores", 200,
                      "{\"items\":[" BENCH_STORE "," BENCH_STORE_2 "],\"next\":null}");
    screen_cloud_rule(c, "POST", "/v1/companies/cmp_1/stores", 201, BENCH_STORE);
    screen_cloud_rule(c, "POST", "/v1/stores/*", 200, NULL); /* uploads */
    screen_cloud_rule(c, "PUT", "/v1/stores/sto_1/*", 200, BENCH_TILL(BENCH_STORE));
    screen_cloud_rule(c, "PUT", "/v1/stores/sto_2/*", 200, BENCH_TILL(BENCH_STORE_2));
    screen_cloud_rule(c, "DELETE", "/v1/stores/*", 204, NULL);
}

static inline bench *bench_open_with(const char *language, bool welcome_seen, const pos_export *exporter)
{
    bench *b = calloc(1, sizeof *b);
    const char *reason = NULL;
    ck_assert_ptr_nonnull(b);
    b->disk = storage_memory_new();
    ck_assert_int_eq(storage_memory_calls()->acquire(b->disk), POS_OK);
    screen_cloud_open(&b->cloud);
    bench_script(&b->cloud);
    b->now = (core_time){BENCH_NOW_MS, 5000000};
    b->random = 1;
    bench_open_now = b;
    b->reports = (pos_reports){sizeof(pos_reports), 0, b, bench_closed_range, bench_closed, bench_running};
    b->storage = *storage_memory_calls();
    b->storage.ctx = b->disk;
    const core_env env = {.storage = &b->storage,
                          .host_ctx = b,
                          .reports = &b->reports,
                          .exporter = exporter,
                          .log = bench_log,
                          .net = &b->cloud.face,
                          .random = bench_random,
                          .register_id = "till-1",
                          .device_name = "Counter 1"};
    ck_assert_int_eq(core_create(&env, b->now, &b->core, &reason), POS_OK);
    b->screens = screens_create(b->core);
    ck_assert_ptr_nonnull(b->screens);
    if (welcome_seen)
        core_set_welcome_seen(b->core);
    b->info = (pos_host_info){.struct_size = sizeof(pos_host_info),
                              .cloud_url = "https://cloud.example.com",
                              .register_id = "till-1",
                              .device_name = "Counter 1",
                              .language = language,
                              .time_zone = "Europe/Madrid",
                              .country = "ES",
                              .currency = "EUR"};
    screens_set_locale(b->screens, &b->info);
    return b;
}

static inline bench *bench_open(const char *language)
{
    return bench_open_with(language, true, &bench_exporter);
}

static inline void bench_close(bench *b)
{
    screens_destroy(b->screens);
    core_destroy(b->core);
    screen_cloud_close(&b->cloud);
    storage_memory_free(b->disk);
    free(b);
}

/* ---- time ---- */

static inline void bench_pass(bench *b, int64_t duration_ms)
{
    b->now.wall_ms += duration_ms;
    b->now.elapsed_ms += duration_ms;
    core_tick(b->core, b->now, 0);
}

/* Ticks until all that was asked is answered and written. */
static inline void bench_settle(bench *b)
{
    for (int i = 0; i < 60; i++)
        bench_pass(b, 20);
}

static inline void bench_close_day(bench *b, int64_t number, const char *document)
{
    const char *why = "";
    pos_report z = bench_report(POS_REPORT_Z, number, document);
    int32_t result = core_close_day(b->core, b->now, &z, &why);
    ck_assert_msg(result == POS_OK, "%s", why);
    b->last_z = number;
}

/* ---- the owner ---- */

static inline int32_t bench_render(bench *b, const pos_event *event)
{
    screen_text_reset(&b->page);
    pos_builder builder = screen_text_builder(&b->page);
    core_begin_call(b->core);
    int32_t result = screens_render(b->screens, b->now, event, &builder, &b->why);
    ck_assert_msg(!b->page.broken, "%s on\n%s", b->page.broken, b->page.text);
    return result;
}

static inline void bench_event(bench *b, uint32_t kind)
{
    ck_assert_int_eq(bench_render(b, &(pos_event){.struct_size = sizeof(pos_event), .kind = kind}), POS_OK);
}

static inline void bench_type(bench *b, const char *id, const char *text)
{
    ck_assert_uint_lt(b->typed_count, BENCH_VALUES_MAX);
    snprintf(b->typed[b->typed_count].id, sizeof b->typed[0].id, "%s", id);
    snprintf(b->typed[b->typed_count++].text, sizeof b->typed[0].text, "%s", text);
}

/* What a host sends: all inputs of the page, as typed or else as described. */
static inline uint32_t bench_fill(const bench *b, const screen_text *page, pos_value *values)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < page->count; i++) {
        const screen_widget *w = &page->widgets[i];
        if (w->kind < POS_WIDGET_INPUT || w->kind > POS_WIDGET_TOGGLE)
            continue;
        const char *text = w->kind == POS_WIDGET_SECRET ? "" : w->value;
        for (uint32_t t = 0; t < b->typed_count; t++)
            if (strcmp(b->typed[t].id, w->id) == 0)
                text = b->typed[t].text;
        values[count++] = (pos_value){sizeof(pos_value), (uint32_t)strlen(text), w->id, text};
    }
    return count;
}

static inline int32_t bench_try(bench *b, const char *action, uint32_t revision)
{
    pos_value values[BENCH_VALUES_MAX];
    screen_text *shown = malloc(sizeof *shown); /* the page that the event points to, while the next one is described */
    *shown = b->page;
    uint32_t count = bench_fill(b, shown, values);
    int32_t result = bench_render(b, &(pos_event){.struct_size = sizeof(pos_event),
                                                  .kind = POS_EVENT_ACTION,
                                                  .revision = revision,
                                                  .value_count = count,
                                                  .value_stride = sizeof(pos_value),
                                                  .widget = action,
                                                  .action = action,
                                                  .values = values});
    b->typed_count = 0;
    free(shown);
    return result;
}

/* Presses what is there and enabled. */
static inline void bench_press(bench *b, const char *action)
{
    char name[128];
    const screen_widget *w = screen_text_find(&b->page, action);
    ck_assert_msg(w && w->is_enabled && *w->action, "%s cannot be pressed on\n%s", action, b->page.text);
    snprintf(name, sizeof name, "%s", w->action);
    ck_assert_int_eq(bench_try(b, name, b->page.revision), POS_OK);
}

/* Presses, and waits until the cloud has answered and the page has moved on. */
static inline void bench_press_and_wait(bench *b, const char *action)
{
    bench_press(b, action);
    bench_settle(b);
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
}

static inline void bench_expect(const bench *b, const char *words)
{
    ck_assert_msg(strstr(b->page.text, words) != NULL, "\"%s\" is not on\n%s", words, b->page.text);
}

static inline void bench_expect_page(const bench *b, const char *id)
{
    ck_assert_msg(strcmp(b->page.id, id) == 0, "not the page %s, but\n%s", id, b->page.text);
}

static inline void bench_expect_error(const bench *b, const char *id, const char *words)
{
    const screen_widget *w = screen_text_find(&b->page, id);
    ck_assert_msg(w && strstr(w->error, words), "no \"%s\" beside %s on\n%s", words, id, b->page.text);
}

/* ---- shortcuts on the way ---- */

static inline void bench_log_in(bench *b)
{
    bench_event(b, POS_EVENT_OPENED);
    bench_press(b, "login");
    bench_type(b, "email", "ana@example.com");
    bench_type(b, "password", "a secret word");
    bench_press_and_wait(b, "login.submit");
    bench_expect_page(b, "main");
}

/* From the main page to the confirmation. */
static inline void bench_choose(bench *b, const char *store_row)
{
    bench_press_and_wait(b, "assign");
    bench_press_and_wait(b, "company.cmp_1");
    bench_press_and_wait(b, store_row);
    bench_expect_page(b, "assign");
}

static inline void bench_assign(bench *b)
{
    bench_log_in(b);
    bench_choose(b, "store.sto_1");
    bench_press_and_wait(b, "assign.accept");
    bench_expect_page(b, "main");
}

#endif
