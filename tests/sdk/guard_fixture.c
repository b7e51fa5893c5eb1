/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host, a plugin and a guard between them. Both sides keep the rules until a test says otherwise.
 */
#include "guard_fixture.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

guard_fixture fx;

struct pos_instance {
    int alive;
};
static struct pos_instance instance;

/* ---- the host ---- */

static const pos_host_info *host_info(void *ctx)
{
    ck_assert_ptr_eq(ctx, &fx);
    return &fx.info;
}

static void host_now(void *ctx, pos_time *out)
{
    ck_assert_ptr_eq(ctx, &fx);
    out->wall_ms = 1700000000000;
    out->elapsed_ms = fx.elapsed_ms++;
}

static void host_log(void *ctx, uint32_t level, const char *text)
{
    ck_assert_ptr_eq(ctx, &fx);
    fx.misuse_logs += level == POS_LOG_MISUSE;
    snprintf(fx.last_log, sizeof fx.last_log, "%s", text);
}

static const void *host_get_extension(void *ctx, const char *name)
{
    ck_assert_ptr_eq(ctx, &fx);
    if (strcmp(name, POS_REPORTS_1) == 0)
        return &fx.reports;
    if (strcmp(name, POS_EXPORT_1) == 0)
        return &fx.exporter;
    if (strcmp(name, POS_CATALOGUE_1) == 0)
        return &fx.catalogue;
    if (strcmp(name, POS_SETUP_1) == 0)
        return &fx.setup;
    if (strcmp(name, POS_LICENCE_1) == 0)
        return &fx.licence;
    return strcmp(name, "vendor.other/1") == 0 ? &fx : NULL;
}

static int32_t reports_range(void *ctx, int64_t *first, int64_t *last)
{
    ck_assert_ptr_eq(ctx, &fx.reports);
    *first = 1;
    *last = 3;
    return POS_OK;
}

pos_report guard_fixture_z(void)
{
    return (pos_report){.struct_size = sizeof(pos_report),
                        .kind = POS_REPORT_Z,
                        .document = "{}",
                        .document_size = 2,
                        .register_id = "till-1",
                        .business_date = "2026-02-28",
                        .currency = "EUR",
                        .z_number = 2};
}

static int32_t reports_closed(void *ctx, int64_t z_number, pos_report_visitor visitor, void *visitor_ctx)
{
    ck_assert_ptr_eq(ctx, &fx.reports);
    pos_report z = guard_fixture_z();
    z.z_number = z_number;
    return visitor(visitor_ctx, &z);
}

static int32_t reports_running(void *ctx, int64_t min_x_sequence, pos_report_visitor visitor, void *visitor_ctx)
{
    ck_assert_ptr_eq(ctx, &fx.reports);
    pos_report x = guard_fixture_z();
    x.kind = POS_REPORT_X;
    x.x_sequence = min_x_sequence;
    return visitor(visitor_ctx, &x);
}

static int32_t export_save(void *ctx, const char *name, const char *media_type, const void *bytes, uint32_t size_bytes,
                           char *place, uint32_t place_capacity_bytes)
{
    (void)media_type, (void)bytes, (void)size_bytes;
    ck_assert_ptr_eq(ctx, &fx.exporter);
    snprintf(fx.saved, sizeof fx.saved, "%s", name);
    snprintf(place, place_capacity_bytes, "/media/%s", name);
    return POS_OK;
}

/* ---- the host's catalogue: as good as it has to be for a guard to be pleased ---- */

static const char *const good_lines[] = {"0", "{\"kind\":\"catalogue\"}", "7A", "{\"a\":1}", "7a", "{}", NULL};
const char *const *guard_fixture_lines = good_lines;

static int32_t catalogue_state(void *ctx, pos_catalogue_state *out)
{
    ck_assert_ptr_eq(ctx, &fx.catalogue);
    *out = fx.state;
    return POS_OK;
}

static int32_t catalogue_read(void *ctx, uint32_t which, const char *after_key, pos_catalogue_visitor visitor,
                              void *visitor_ctx)
{
    ck_assert_ptr_eq(ctx, &fx.catalogue);
    if (which == POS_CATALOGUE_STAGED)
        return POS_OK;
    for (const char *const *at = guard_fixture_lines; *at != NULL; at += 2) {
        if (guard_fixture_lines == good_lines && strcmp(at[0], after_key) <= 0)
            continue;
        pos_catalogue_line line = {(uint32_t)sizeof line, (uint32_t)strlen(at[1]), at[0], at[1]};
        if (visitor(visitor_ctx, &line) != 0)
            break;
    }
    return POS_OK;
}

static int32_t catalogue_begin(void *ctx, uint32_t mode)
{
    (void)mode;
    ck_assert_ptr_eq(ctx, &fx.catalogue);
    fx.state.staged_lines = 0;
    return POS_OK;
}

static int32_t catalogue_add(void *ctx, const pos_catalogue_line *lines, uint32_t count, uint32_t stride, char *reason,
                             uint32_t reason_capacity_bytes)
{
    (void)lines, (void)stride, (void)reason, (void)reason_capacity_bytes;
    ck_assert_ptr_eq(ctx, &fx.catalogue);
    fx.state.staged_lines += count;
    return POS_OK;
}

static int32_t catalogue_discard(void *ctx)
{
    ck_assert_ptr_eq(ctx, &fx.catalogue);
    fx.state.staged_lines = 0;
    return POS_OK;
}

static int32_t catalogue_swap(void *ctx, const char *tag, char *reason, uint32_t reason_capacity_bytes)
{
    static char kept[POS_CATALOGUE_TAG_MAX_BYTES + 1];
    (void)reason, (void)reason_capacity_bytes;
    ck_assert_ptr_eq(ctx, &fx.catalogue);
    snprintf(kept, sizeof kept, "%s", tag);
    fx.state.generation++;
    fx.state.local_lines = fx.state.staged_lines;
    fx.state.staged_lines = 0;
    fx.state.tag = kept;
    return POS_OK;
}

static int32_t catalogue_undo(void *ctx, char *reason, uint32_t reason_capacity_bytes)
{
    (void)reason, (void)reason_capacity_bytes;
    ck_assert_ptr_eq(ctx, &fx.catalogue);
    fx.state.generation++;
    fx.state.tag = "";
    return POS_OK;
}

static int32_t setup_finished(void *ctx)
{
    ck_assert_ptr_eq(ctx, &fx.setup);
    return 1;
}

static int32_t licence_property(void *ctx, const char *name)
{
    ck_assert_ptr_eq(ctx, &fx.licence);
    return strcmp(name, POS_LICENCE_CATALOGUE_UPLOAD) == 0;
}

static void fill_catalogue(void)
{
    guard_fixture_lines = good_lines;
    fx.state = (pos_catalogue_state){
        .struct_size = (uint32_t)sizeof fx.state, .generation = 1, .local_lines = 3, .tag = "first"};
    fx.catalogue = (pos_catalogue){.struct_size = sizeof fx.catalogue,
                                   .ctx = &fx.catalogue,
                                   .state = catalogue_state,
                                   .read = catalogue_read,
                                   .stage_begin = catalogue_begin,
                                   .stage_add = catalogue_add,
                                   .stage_discard = catalogue_discard,
                                   .swap = catalogue_swap,
                                   .undo = catalogue_undo};
    fx.setup = (pos_setup){.struct_size = sizeof fx.setup, .ctx = &fx.setup, .wizard_finished = setup_finished};
    fx.licence = (pos_licence){.struct_size = sizeof fx.licence, .ctx = &fx.licence, .property = licence_property};
}

static int32_t take_screen(void *ctx, const pos_screen *screen)
{
    (void)ctx;
    (void)screen;
    return POS_OK;
}

static int32_t take_widget(void *ctx, const pos_widget *widget)
{
    (void)ctx;
    ck_assert_msg(widget->kind != POS_WIDGET_SECRET || widget->value == NULL, "a secret's value came through");
    return POS_OK;
}

const pos_builder guard_fixture_builder = {
    .struct_size = sizeof(pos_builder), .begin = take_screen, .add = take_widget};

/* ---- the plugin ---- */

int32_t guard_fixture_create_well(pos_instance **out)
{
    int32_t code = fx.lent->storage->acquire(fx.lent->storage->ctx);
    *out = code == POS_OK ? &instance : NULL;
    return code;
}

static int32_t plugin_create(const pos_host *host, pos_instance **out, char *error, uint32_t error_capacity_bytes)
{
    fx.lent = host;
    if (fx.in_create != NULL)
        return fx.in_create(out, error);
    int32_t code = guard_fixture_create_well(out);
    if (code != POS_OK && error_capacity_bytes > 0)
        snprintf(error, error_capacity_bytes, "the storage is locked");
    return code;
}

static int32_t plugin_close(pos_instance *self, const pos_report *z)
{
    ck_assert_ptr_eq(self, &instance);
    return fx.in_close != NULL ? fx.in_close(z) : POS_OK;
}

void guard_fixture_tick_well(pos_tick_out *out)
{
    out->next_tick_ms = 1000;
    out->attention = POS_ATTENTION_NONE;
    out->attention_text = "all is well";
}

static int32_t plugin_tick(pos_instance *self, const pos_tick_in *in, pos_tick_out *out)
{
    (void)in;
    ck_assert_ptr_eq(self, &instance);
    guard_fixture_tick_well(out);
    return fx.in_tick != NULL ? fx.in_tick(out) : POS_OK;
}

int32_t guard_fixture_render_well(const pos_event *event, const pos_builder *builder)
{
    if (event != NULL && event->kind == POS_EVENT_CLOSED)
        return POS_OK;
    const pos_screen screen = {.struct_size = sizeof screen, .revision = 1, .id = "status", .title = "Status"};
    int32_t code = builder->begin(builder->ctx, &screen);
    const pos_widget button = {
        .struct_size = sizeof button, .kind = POS_WIDGET_BUTTON, .id = "go", .label = "Go", .action = "go"};
    return code == POS_OK ? builder->add(builder->ctx, &button) : code;
}

static int32_t plugin_render(pos_instance *self, const pos_event *event, const pos_builder *builder)
{
    ck_assert_ptr_eq(self, &instance);
    return (fx.in_render != NULL ? fx.in_render : guard_fixture_render_well)(event, builder);
}

static int32_t plugin_stop(pos_instance *self, uint32_t deadline_ms)
{
    (void)deadline_ms;
    ck_assert_ptr_eq(self, &instance);
    return fx.in_stop != NULL ? fx.in_stop() : POS_OK;
}

static int32_t plugin_destroy(pos_instance *self)
{
    ck_assert_ptr_eq(self, &instance);
    if (fx.in_destroy != NULL)
        return fx.in_destroy();
    fx.lent->storage->release(fx.lent->storage->ctx);
    return POS_OK;
}

static const char *plugin_last_error(pos_instance *self)
{
    ck_assert_ptr_eq(self, &instance);
    return "the plugin's own words";
}

/* ---- the guard ---- */

static void tell(void *ctx, const poshost_misuse *misuse)
{
    ck_assert_ptr_eq(ctx, &fx);
    if (fx.told_count < GUARD_TOLD_MAX) {
        guard_told *told = &fx.told[fx.told_count];
        told->side = misuse->side;
        snprintf(told->call, sizeof told->call, "%s", misuse->call);
        snprintf(told->rule, sizeof told->rule, "%s", misuse->rule);
    }
    fx.told_count++;
}

void guard_fixture_setup(uint32_t mode)
{
    char error[256];
    memset(&fx, 0, sizeof fx);
    fx.disk = storage_memory_new();
    fx.storage = *storage_memory_calls();
    fx.storage.ctx = fx.disk;
    fx.info = (pos_host_info){
        .struct_size = sizeof fx.info, .register_id = "till-1", .cloud_url = "https://cloud.example", .language = "en"};
    fx.reports = (pos_reports){.struct_size = sizeof fx.reports,
                               .ctx = &fx.reports,
                               .closed_range = reports_range,
                               .closed = reports_closed,
                               .running = reports_running};
    fx.exporter = (pos_export){.struct_size = sizeof fx.exporter, .ctx = &fx.exporter, .save = export_save};
    fill_catalogue();
    fx.host = (pos_host){.struct_size = sizeof fx.host,
                         .abi_minor = POS_ABI_MINOR,
                         .ctx = &fx,
                         .info = host_info,
                         .now = host_now,
                         .log = host_log,
                         .get_extension = host_get_extension,
                         .storage = &fx.storage};
    fx.calls = (pos_plugin){.struct_size = sizeof fx.calls,
                            .name = "test",
                            .version = "1",
                            .create = plugin_create,
                            .on_daily_close = plugin_close,
                            .on_tick = plugin_tick,
                            .render_settings = plugin_render,
                            .stop = plugin_stop,
                            .destroy = plugin_destroy,
                            .last_error = plugin_last_error};
    poshost_guard_options options = {.mode = mode, .on_misuse = tell, .misuse_ctx = &fx};
    int32_t code = poshost_guard_new(&fx.calls, &fx.host, &options, &fx.guard, error, sizeof error);
    ck_assert_msg(code == POS_OK, "%s", error);
}

void guard_fixture_teardown(void)
{
    poshost_guard_free(fx.guard);
    storage_memory_free(fx.disk);
}

void guard_fixture_expect(uint32_t side, const char *call, const char *words)
{
    ck_assert_msg(fx.told_count == 1, "%u misuses told instead of one: %s: %s; %s: %s", fx.told_count, fx.told[0].call,
                  fx.told[0].rule, fx.told[1].call, fx.told[1].rule);
    ck_assert_msg(fx.told[0].side == side, "the wrong side is blamed for %s: %s", fx.told[0].call, fx.told[0].rule);
    ck_assert_str_eq(fx.told[0].call, call);
    ck_assert_msg(strstr(fx.told[0].rule, words) != NULL, "the rule \"%s\" lacks \"%s\"", fx.told[0].rule, words);
    ck_assert_uint_eq(fx.misuse_logs, 1);
    memset(fx.told, 0, sizeof fx.told);
    fx.told_count = 0;
    fx.misuse_logs = 0;
}

void guard_fixture_expect_quiet(void)
{
    ck_assert_msg(fx.told_count == 0, "%s: %s", fx.told[0].call, fx.told[0].rule);
}
