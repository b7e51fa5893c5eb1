/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/install/adopt.c - the sample of the README, as a program: a POS adopts the plugin with libposhost.
 *
 *   adopt PLUGIN FOLDER      closes one day without a cloud, and prints what the status bar says
 *
 * test_install.sh compiles it against what `make install` put down, and compares the parts between "README:" marks with
 * the README: what is shown there is what runs here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include <poshost/guard.h>
#include <poshost/loader.h>
#include <poshost/report.h>
#include <poshost/screen.h>
#include <poshost/storage.h>

/* What the plugin may ask of this POS. */
static const pos_host_info *info(void *ctx)
{
    static const pos_host_info about = {.struct_size = sizeof about,
                                        .product = "ExamplePOS 7.1",
                                        .register_id = "T1",
                                        .time_zone = "Europe/Madrid",
                                        .cloud_url = "https://127.0.0.1:8443"};
    (void)ctx;
    return &about;
}

static void now(void *ctx, pos_time *out)
{
    struct timespec wall, awake_or_not;

    (void)ctx;
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_BOOTTIME, &awake_or_not);
    out->wall_ms = wall.tv_sec * 1000LL + wall.tv_nsec / 1000000;
    out->elapsed_ms = awake_or_not.tv_sec * 1000LL + awake_or_not.tv_nsec / 1000000;
}

static void write_log(void *ctx, uint32_t level, const char *text)
{
    (void)ctx;
    fprintf(stderr, "plugin, level %u: %s\n", level, text);
}

static const void *get_extension(void *ctx, const char *name)
{
    (void)ctx, (void)name; /* "pos.reports/1", your closed days, belongs here: see pos/reports.h */
    return NULL;
}

static pos_host host = {.struct_size = sizeof host,
                        .abi_minor = POS_ABI_MINOR,
                        .info = info,
                        .now = now,
                        .log = write_log,
                        .get_extension = get_extension};

typedef struct parts {
    poshost_plugin *loaded;
    poshost_storage *storage;
    poshost_guard *plugin;
} parts;

/* README: begin */
/* Load the plugin, open its storage, start it. On failure `why` has the reason in words. */
static int32_t start(parts *till, const char *path, const char *db, const char *key_file, char *why, uint32_t room)
{
    int32_t result = poshost_plugin_open(path, NULL, &till->loaded, why, room);

    if (result == POS_OK)
        result = poshost_storage_open(db, key_file, &till->storage, why, room);
    if (result == POS_OK)
        host.storage = poshost_storage_calls(till->storage);
    if (result == POS_OK)
        result = poshost_guard_new(poshost_plugin_calls(till->loaded), &host, NULL, &till->plugin, why, room);
    if (result == POS_OK)
        result = poshost_guard_create(till->plugin, why, room);
    return result;
}
/* README: end */

/* README: begin */
/* The day's figures become a document. Commit it together with your close, then hand it over. */
static int32_t close_day(poshost_guard *plugin)
{
    poshost_report_head head = {.kind = POS_REPORT_Z,
                                .register_id = "T1",
                                .currency = "EUR",
                                .minor_unit = 2,
                                .business_date = "2026-05-04",
                                .z_number = 17};
    poshost_report_totals totals = {
        .gross_sales = 12100, .gross_turnover = 12100, .net_turnover = 10000, .tax_total = 2100, .payments = 12100};
    poshost_report *report = poshost_report_begin(&head);
    pos_report z;
    int32_t result;

    poshost_report_closed_at(report, 1777921200000, 120);
    poshost_report_set_totals(report, &totals);
    poshost_report_add_tax(report, "VAT21", 2100, 10000, 2100, 12100);
    poshost_report_set_grand_totals(report, 905000, 5000, 900000);
    result = poshost_report_finish(report, &z);
    if (result != POS_OK)
        fprintf(stderr, "%s\n", poshost_report_error(report));
    else /* anything but POS_OK: hand over the same bytes again later */
        result = poshost_guard_daily_close(plugin, &z);
    poshost_report_free(report);
    return result;
}
/* README: end */

static int32_t run(poshost_guard *plugin)
{
    pos_tick_in in = {.struct_size = sizeof in};
    pos_tick_out out = {.struct_size = sizeof out};
    poshost_screen *screen = poshost_screen_new();
    int32_t result = close_day(plugin);

    if (result == POS_OK)
        result = poshost_guard_tick(plugin, &in, &out);
    if (result == POS_OK) {
        printf("status bar: %s\npending: %" PRIu32 "\n", out.attention_text, out.pending);
        result = poshost_screen_open(screen, poshost_guard_render, plugin);
    }
    if (result == POS_OK) {
        printf("screen: %s\n", poshost_screen_title(screen));
        result = poshost_screen_close(screen, poshost_guard_render, plugin);
    }
    poshost_screen_free(screen);
    return result;
}

int main(int argc, char **argv)
{
    char path[512], key_file[512], why[512] = "";
    parts till = {NULL, NULL, NULL};
    int32_t result;

    if (argc != 3)
        return 2;
    snprintf(path, sizeof path, "%s/factorycloud.db", argv[2]);
    snprintf(key_file, sizeof key_file, "%s/factorycloud.key", argv[2]);
    result = start(&till, argv[1], path, key_file, why, sizeof why);
    if (result == POS_OK)
        result = run(till.plugin);
    if (result == POS_OK)
        result = poshost_guard_stop(till.plugin, 1000);
    if (result == POS_OK)
        result = poshost_guard_destroy(till.plugin);
    if (result != POS_OK)
        fprintf(stderr, "%s\n", why[0] != '\0' ? why : poshost_guard_last_error(till.plugin));
    poshost_guard_free(till.plugin);
    poshost_storage_close(till.storage);
    poshost_plugin_close(till.loaded);
    return result == POS_OK ? 0 : 1;
}
