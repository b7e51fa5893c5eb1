/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The structs that cross between host and plugin: each of any size, shorter and longer than the other side's, ending in the
 * middle of a member, members missing, garbage behind; by the entry, the calls of an instance, and the SDK's guard.
 *
 * Asked of each: nothing is read or written past a struct's size (each stands alone in memory, for the sanitizer to see);
 * its size stays; every result is one of pos/abi.h, and a refusal has words; a host that lacks nothing is taken.
 */
#include "fuzz/fuzz.h"
#include "pos/export.h"
#include "pos/licence.h"
#include "pos/plugin.h"
#include "pos/reports.h"
#include "pos/setup.h"
#include "poshost/guard.h"
#include "support/storage_memory.h"

const unsigned fuzz_mutations = 600;

#define BEHIND 64u

/* ---- structs of any size ---- */

typedef struct any {
    void *bytes;
    uint32_t size;
} any;

/* A copy of `full` of a size from the input, with garbage behind; at least the size itself is there. */
static any make_any(fuzz_input *in, const void *full, size_t full_bytes)
{
    uint32_t how = (uint32_t)fuzz_take(in, 1);
    uint32_t size = how >= 200 ? (uint32_t)full_bytes : how % (uint32_t)(full_bytes + BEHIND);
    uint32_t room = size < sizeof size ? (uint32_t)sizeof size : size;
    any a = {malloc(room), size};
    FUZZ_REQUIRE(a.bytes != NULL);
    memset(a.bytes, 0x5a, room);
    memcpy(a.bytes, full, room < full_bytes ? room : full_bytes);
    memcpy(a.bytes, &size, sizeof size);
    return a;
}

static void require_size(const any *a)
{
    uint32_t now;
    memcpy(&now, a->bytes, sizeof now);
    FUZZ_REQUIRE(now == a->size);
}

static bool is_code(int32_t code)
{
    return code <= 0 && code >= -100;
}

/* ---- a host ---- */

static struct {
    storage_memory *disk;
    any info, storage, reports, exporter, setup, licence;
    uint32_t offers; /* a bit an extension */
    int64_t elapsed_ms;
} it;

static const pos_host_info *host_info(void *ctx)
{
    (void)ctx;
    return it.info.bytes;
}

static void host_now(void *ctx, pos_time *out)
{
    (void)ctx;
    out->wall_ms = INT64_C(1795201500000);
    out->elapsed_ms = it.elapsed_ms += 1000;
}

static void host_log(void *ctx, uint32_t level, const char *text)
{
    (void)ctx;
    FUZZ_REQUIRE(level >= POS_LOG_DEBUG && level <= POS_LOG_MISUSE && text && text[0]);
}

static const void *host_get_extension(void *ctx, const char *name)
{
    static const char *const names[] = {POS_REPORTS_1, POS_EXPORT_1, POS_SETUP_1, POS_LICENCE_1};
    const any *const structs[] = {&it.reports, &it.exporter, &it.setup, &it.licence};
    (void)ctx;
    for (uint32_t i = 0; i < 4; i++) {
        if (strcmp(names[i], name) == 0 && (it.offers >> i & 1))
            return structs[i]->bytes;
    }
    return NULL;
}

static int32_t closed_range(void *ctx, int64_t *first, int64_t *last)
{
    (void)ctx;
    *first = *last = 0;
    return POS_OK;
}

static int32_t no_report(void *ctx, int64_t number, pos_report_visitor visitor, void *visitor_ctx)
{
    (void)ctx, (void)number, (void)visitor, (void)visitor_ctx;
    return POS_E_NOT_FOUND;
}

static int32_t save(void *ctx, const char *name, const char *media_type, const void *bytes, uint32_t size_bytes,
                    char *place, uint32_t place_capacity_bytes)
{
    (void)ctx, (void)name, (void)media_type, (void)bytes, (void)size_bytes, (void)place, (void)place_capacity_bytes;
    return POS_E_UNSUPPORTED;
}

static int32_t wizard_finished(void *ctx)
{
    (void)ctx;
    return 1;
}

static int32_t property(void *ctx, const char *name)
{
    (void)ctx, (void)name;
    return 0;
}

/* Takes away those pointers whose bit is set. */
static void drop_members(void *bytes, size_t size, size_t first, uint32_t bits)
{
    for (size_t at = first, i = 0; at + sizeof(void *) <= size; at += sizeof(void *), i++) {
        if (bits >> (i % 32) & 1)
            memset((char *)bytes + at, 0, sizeof(void *));
    }
}

static any make_host(fuzz_input *in)
{
    pos_host_info info = {.product = "POS 1",
                          .register_id = "till-1",
                          .device_name = "Counter",
                          .language = "es-MX",
                          .time_zone = "Europe/Madrid",
                          .country = "ES",
                          .currency = "EUR",
                          .cloud_url = "http://127.0.0.1:9"};
    pos_storage storage = *storage_memory_calls();
    pos_reports reports = {.closed_range = closed_range, .closed = no_report, .running = no_report};
    pos_export exporter = {.save = save};
    pos_setup setup = {.wizard_finished = wizard_finished};
    pos_licence licence = {.property = property};
    pos_host host = {.info = host_info, .now = host_now, .log = host_log, .get_extension = host_get_extension};
    storage.ctx = it.disk;
    uint32_t drop = (uint32_t)fuzz_take(in, 2);
    it.offers = fuzz_pick(in, 16);
    if (drop & 1)
        drop_members(&info, sizeof info, 8, drop >> 4);
    if (drop & 2)
        drop_members(&storage, sizeof storage, offsetof(pos_storage, acquire), drop >> 4);
    if (drop & 4)
        drop_members(&reports, sizeof reports, offsetof(pos_reports, closed_range), drop >> 4);
    it.info = make_any(in, &info, sizeof info);
    it.storage = make_any(in, &storage, sizeof storage);
    it.reports = make_any(in, &reports, sizeof reports);
    it.exporter = make_any(in, &exporter, sizeof exporter);
    it.setup = make_any(in, &setup, sizeof setup);
    it.licence = make_any(in, &licence, sizeof licence);
    host.storage = it.storage.bytes;
    if (drop & 8)
        drop_members(&host, sizeof host, offsetof(pos_host, info), drop >> 4);
    return make_any(in, &host, sizeof host);
}

static void free_host(any *host)
{
    free(host->bytes);
    free(it.info.bytes);
    free(it.storage.bytes);
    free(it.reports.bytes);
    free(it.exporter.bytes);
    free(it.setup.bytes);
    free(it.licence.bytes);
}

/* ---- calls: of the instance itself, or through the guard ---- */

typedef struct calls {
    const pos_plugin *plugin;
    pos_instance *instance; /* NULL: by the guard */
    poshost_guard *guard;
} calls;

static int32_t take_screen(void *ctx, const pos_screen *screen)
{
    (void)ctx;
    FUZZ_REQUIRE(screen->id && screen->title && screen->revision > 0);
    return POS_OK;
}

static int32_t take_widget(void *ctx, const pos_widget *widget)
{
    (void)ctx;
    FUZZ_REQUIRE(widget->id && widget->id[0]);
    return POS_OK;
}

static void close_day(const calls *c, fuzz_input *in)
{
    static const char *const dates[] = {"2026-11-21", "2026-02-30", "20261121", ""};
    char document[200], register_id[100];
    pos_report z = {.kind = fuzz_pick(in, 3), .origin = fuzz_pick(in, 4), .currency = "EUR"};
    z.business_date = dates[fuzz_pick(in, 4)];
    z.z_number = (int64_t)fuzz_take(in, 5);
    z.grand_total_minor = (int64_t)fuzz_take(in, 8);
    z.register_id = fuzz_pick(in, 4) ? "till-1" : fuzz_text(in, register_id, sizeof register_id);
    z.document = fuzz_text_or_null(in, document, sizeof document);
    z.document_size = z.document ? (uint32_t)strlen(document) : fuzz_pick(in, 2);
    any report = make_any(in, &z, sizeof z);
    int32_t code = c->guard ? poshost_guard_daily_close(c->guard, report.bytes)
                            : c->plugin->on_daily_close(c->instance, report.bytes);
    FUZZ_REQUIRE(is_code(code));
    require_size(&report);
    free(report.bytes);
}

static void tick(const calls *c, fuzz_input *in)
{
    pos_tick_in flags = {.flags = fuzz_pick(in, 8)};
    pos_tick_out nothing = {0};
    any given = make_any(in, &flags, sizeof flags), out = make_any(in, &nothing, sizeof nothing);
    int32_t code = c->guard ? poshost_guard_tick(c->guard, given.bytes, out.bytes)
                            : c->plugin->on_tick(c->instance, given.bytes, out.bytes);
    FUZZ_REQUIRE(is_code(code));
    require_size(&out);
    if (code == POS_OK && out.size >= sizeof(pos_tick_out)) {
        const pos_tick_out *told = out.bytes;
        FUZZ_REQUIRE(told->next_tick_ms <= 60000 && told->attention_text && told->attention_text[0]);
        FUZZ_REQUIRE(told->attention >= POS_ATTENTION_NONE && told->attention <= POS_ATTENTION_ACTION);
    }
    free(given.bytes);
    free(out.bytes);
}

static void render(const calls *c, fuzz_input *in)
{
    char widget[100], action[100], text[100];
    pos_value values[2] = {{sizeof(pos_value), 0, "email", text}, {sizeof(pos_value), 1, "x", "1"}};
    pos_event e = {.kind = fuzz_pick(in, 7), .revision = fuzz_pick(in, 4), .value_count = fuzz_pick(in, 3)};
    pos_builder b = {.begin = take_screen, .add = take_widget};
    e.widget = fuzz_text_or_null(in, widget, sizeof widget);
    e.action = fuzz_text_or_null(in, action, sizeof action);
    values[0].size_bytes = (uint32_t)strlen(fuzz_text(in, text, sizeof text)) + (fuzz_pick(in, 8) == 1);
    e.value_stride = fuzz_pick(in, 4) == 1 ? 8 : sizeof(pos_value);
    e.values = fuzz_pick(in, 8) == 1 ? NULL : values;
    any event = make_any(in, &e, sizeof e), builder = make_any(in, &b, sizeof b);
    const pos_event *given = fuzz_pick(in, 5) == 1 ? NULL : event.bytes;
    int32_t code = c->guard ? poshost_guard_render(c->guard, given, builder.bytes)
                            : c->plugin->render_settings(c->instance, given, builder.bytes);
    FUZZ_REQUIRE(is_code(code));
    require_size(&event);
    require_size(&builder);
    free(event.bytes);
    free(builder.bytes);
}

static void call_all(const calls *c, fuzz_input *in)
{
    for (int i = 0; i < 12 && in->left > 0; i++) {
        uint32_t which = fuzz_pick(in, 3);
        if (which == 0)
            close_day(c, in);
        else if (which == 1)
            tick(c, in);
        else
            render(c, in);
        const char *error = c->guard ? poshost_guard_last_error(c->guard) : c->plugin->last_error(c->instance);
        FUZZ_REQUIRE(error != NULL);
    }
}

/* ---- the entry, and what it gave ---- */

static void try_guard(const pos_plugin *plugin, const pos_host *host, fuzz_input *in)
{
    char why[300] = "";
    calls c = {.plugin = plugin};
    int32_t code = poshost_guard_new(plugin, host, NULL, &c.guard, why, sizeof why);
    FUZZ_REQUIRE(is_code(code) && (code == POS_OK) == (c.guard != NULL) && (code == POS_OK || why[0]));
    if (!c.guard)
        return;
    code = poshost_guard_create(c.guard, why, sizeof why);
    FUZZ_REQUIRE(is_code(code));
    if (code == POS_OK) {
        call_all(&c, in);
        FUZZ_REQUIRE(poshost_guard_destroy(c.guard) == POS_OK);
    }
    poshost_guard_stats stats;
    poshost_guard_stats_get(c.guard, &stats);
    FUZZ_REQUIRE(stats.plugin_misuses == 0); /* whatever the host does, the plugin keeps the rules */
    poshost_guard_free(c.guard);
}

static void try_instance(const pos_plugin *plugin, const pos_host *host, fuzz_input *in)
{
    char why[80];
    calls c = {.plugin = plugin};
    uint32_t room = fuzz_pick(in, sizeof why);
    memset(why, 'x', sizeof why);
    int32_t code = plugin->create(host, &c.instance, why, room);
    FUZZ_REQUIRE(is_code(code) && (code == POS_OK) == (c.instance != NULL));
    FUZZ_REQUIRE(room == 0 ? why[0] == 'x' : fuzz_ends(why, room));
    if (code != POS_OK)
        return;
    call_all(&c, in);
    FUZZ_REQUIRE(plugin->destroy(c.instance) == POS_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = {data, size};
    pos_plugin nothing = {0};
    it.disk = storage_memory_new();
    it.elapsed_ms = 0;
    uint32_t how = fuzz_pick(&in, 8);
    any plugin = make_any(&in, &nothing, sizeof nothing);
    any host = make_host(&in);
    int32_t code = pos_plugin_entry_1(host.bytes, plugin.bytes);
    FUZZ_REQUIRE(is_code(code));
    require_size(&plugin);
    require_size(&host);
    bool whole = plugin.size >= sizeof nothing;
    if (code == POS_E_UNSUPPORTED && whole)
        FUZZ_REQUIRE(((const pos_plugin *)plugin.bytes)->refusal != NULL);
    FUZZ_REQUIRE(code != POS_OK || host.size >= sizeof(pos_host));
    if (whole && how & 1)
        try_guard(plugin.bytes, host.bytes, &in);
    else if (whole)
        try_instance(plugin.bytes, host.bytes, &in);
    free(plugin.bytes);
    free_host(&host);
    storage_memory_free(it.disk);
    return 0;
}
