/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens and closes the till: folder, database, clock, log, plugin, in this order and back.
 */
#include "till.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "calendar.h"
#include "pulse.h"
#include "query.h"
#include "settings.h"

#define TILL_SCRIPT_START "2026-01-05"
#define TILL_PRODUCT      "mock-host 0.1.0"

static bool till_set_zone(struct till *till, struct fault *fault)
{
    till->time_zone = till->options->time_zone != NULL ? till->options->time_zone : "Europe/Madrid";
    if (calendar_set_zone(till->time_zone, fault))
        return true;
    if (till->options->time_zone != NULL)
        return false;
    till->time_zone = "UTC"; /* nobody asked for Madrid: a machine without tzdata runs too */
    return calendar_set_zone(till->time_zone, fault);
}

/* A clock that began before the last receipt would sell yesterday's goods after today's. */
static bool till_start_clock(struct till *till, int64_t start_wall_ms, bool flowing, struct fault *fault)
{
    int64_t newest_ms = 0, closed_ms = 0;
    const struct options *options = till->options;
    int64_t wall_ms = clock_real_wall_ms();
    if (start_wall_ms != 0)
        wall_ms = start_wall_ms;
    else if (options->start != NULL || options->script != NULL)
        (void)calendar_parse_local(options->start != NULL ? options->start : TILL_SCRIPT_START, &wall_ms);
    if (!query_int(till->db.sqlite, fault, &newest_ms, 0, "SELECT max(sold_at_ms) FROM receipts", "") ||
        !query_int(till->db.sqlite, fault, &closed_ms, 0, "SELECT max(closed_at_ms) FROM closed_reports", ""))
        return false;
    if (closed_ms > newest_ms)
        newest_ms = closed_ms;
    if (start_wall_ms == 0 && newest_ms > wall_ms)
        wall_ms = newest_ms;
    clock_start(&till->clock, wall_ms, options->speed > 0 ? options->speed : 1, flowing, clock_real_ms);
    return true;
}

static bool till_open_log(struct till *till, struct fault *fault)
{
    const struct options *options = till->options;
    till->log.clock = &till->clock;
    till->log.file = stderr;
    till->log.level = options->log_file != NULL ? POS_LOG_INFO : POS_LOG_WARNING;
    if (options->log_level != 0)
        till->log.level = options->log_level;
    if (options->log_file == NULL)
        return true;
    till->log.file = fopen(options->log_file, "ae");
    if (till->log.file == NULL)
        return fault_set(fault, "cannot write the log %s: %s", options->log_file, strerror(errno));
    return true;
}

static bool till_start_plugin(struct till *till, struct fault *fault)
{
    memset(&till->pulse, 0, sizeof till->pulse);
    till->shop.last_running_receipt = 0;
    till->handover.waiting = true; /* what an earlier run closed and did not hand over */
    return instance_start(&till->instance, &till->host, till->options->storage_delay_ms, fault) &&
           pulse_tick(till, fault);
}

static void till_fill_host(struct till *till, const struct till_source *source)
{
    const struct options *options = till->options;
    memcpy(till->told_currency, till->db.currency, sizeof till->told_currency);
    struct host_running own = {.take = shop_take_running, .ctx = till};
    pos_host_info info = {.struct_size = (uint32_t)sizeof info,
                          .product = TILL_PRODUCT,
                          .register_id = till->db.register_id,
                          .device_name = options->device_name,
                          .language = options->language,
                          .time_zone = till->time_zone,
                          .country = "ES",
                          .currency = till->told_currency,
                          .cloud_url = options->cloud_url,
                          .ca_file = options->ca_file,
                          .proxy = options->proxy};
    host_fill(&till->host, &info, &till->clock, &till->log, &till->db,
              source != NULL && source->running != NULL ? source->running : &own, options->data, &till->shop.sale_open);
}

static bool till_open_parts(struct till *till, const struct till_source *source, bool flowing, bool *plugin_failed,
                            struct fault *fault)
{
    const struct options *options = till->options;
    const char *register_id =
        source != NULL && source->register_id != NULL ? source->register_id : options->register_id;
    if (mkdir(options->data, 0700) != 0 && errno != EEXIST)
        return fault_set(fault, "cannot make the data folder %s: %s", options->data, strerror(errno));
    if (!till_set_zone(till, fault) ||
        !database_open(&till->db, options->data, register_id, options->catalogue, fault) ||
        !till_start_clock(till, source != NULL ? source->start_wall_ms : 0, flowing, fault) ||
        !till_open_log(till, fault))
        return false;
    if (options->wizard != OPTIONS_WIZARD_AS_IS &&
        !settings_set(&till->db, SETTINGS_WIZARD, options->wizard == OPTIONS_WIZARD_FINISHED, fault))
        return false;
    till_fill_host(till, source);
    till->screen = poshost_screen_new();
    if (till->screen == NULL)
        return fault_set(fault, "no memory for the settings screen");
    *plugin_failed = true;
    if (!instance_load(&till->instance, options->plugin, source != NULL ? source->calls : NULL, options->data,
                       options->guard_abort, fault) ||
        !till_start_plugin(till, fault))
        return false;
    *plugin_failed = false;
    return true;
}

bool till_open(struct till *till, const struct options *options, const struct till_source *source, bool flowing,
               bool *plugin_failed, struct fault *fault)
{
    struct fault ignored;
    memset(till, 0, sizeof *till);
    till->options = options;
    till->db.lock_fd = -1;
    till->pace_ms = options->pace_ms;
    till->shop.close_at_minute = -1;
    till->shop.receipts_a_day = options->receipts_a_day;
    *plugin_failed = false;
    if (till_open_parts(till, source, flowing, plugin_failed, fault))
        return true;
    (void)till_close(till, &ignored);
    return false;
}

bool till_restart_plugin(struct till *till, bool wipe, struct fault *fault)
{
    till_close_screen(till);
    if (!instance_stop(&till->instance, fault))
        return false;
    if (wipe && !instance_wipe_storage(&till->instance, fault))
        return false;
    return till_start_plugin(till, fault);
}

bool till_close(struct till *till, struct fault *fault)
{
    if (till->screen != NULL)
        till_close_screen(till);
    bool ok = instance_stop(&till->instance, fault);
    if (ok && till->instance.plugin_misuses + till->instance.host_misuses > 0)
        ok = fault_set(
            fault, "rules of the ABI were broken: %llu times by the plugin, %llu times by the till; see the log",
            (unsigned long long)till->instance.plugin_misuses, (unsigned long long)till->instance.host_misuses);
    instance_unload(&till->instance);
    poshost_screen_free(till->screen);
    till->screen = NULL;
    stock_free(&till->shop.stock);
    database_close(&till->db);
    if (till->log.file != NULL && till->log.file != stderr)
        (void)fclose(till->log.file);
    till->log.file = NULL;
    return ok;
}

bool till_open_screen(struct till *till, struct fault *fault)
{
    if (till->instance.guard == NULL)
        return fault_set(fault, "there is no plugin, hence no settings screen (--plugin)");
    int32_t result = poshost_screen_open(till->screen, poshost_guard_render, till->instance.guard);
    till->screen_moved = true;
    if (result == POS_OK)
        return true;
    return fault_set(fault, "the settings screen did not open (%d): %s", (int)result,
                     poshost_guard_last_error(till->instance.guard));
}

void till_close_screen(struct till *till)
{
    if (poshost_screen_is_open(till->screen) && till->instance.guard != NULL)
        (void)poshost_screen_close(till->screen, poshost_guard_render, till->instance.guard);
    till->screen_moved = true;
}
