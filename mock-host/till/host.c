/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The functions that the plugin may call. They read; nothing here changes the till, so that a plugin that calls them at
 * an odd moment finds the till as it is and leaves it so. What it exports becomes a file beside the till's own. The one
 * that changes something, the catalogue, is a file of its own: catalogue_face.c.
 */
#include "host.h"

#include <string.h>

#include "closed.h"
#include "export.h"
#include "settings.h"

static const pos_host_info *host_info(void *ctx)
{
    struct host *host = ctx;
    return &host->info;
}

static void host_now(void *ctx, pos_time *out)
{
    struct host *host = ctx;
    if (POS_HAS(out, pos_time, wall_ms))
        out->wall_ms = clock_wall_ms(host->clock);
    if (POS_HAS(out, pos_time, elapsed_ms))
        out->elapsed_ms = clock_elapsed_ms(host->clock);
}

static void host_log(void *ctx, uint32_t level, const char *text)
{
    struct host *host = ctx;
    log_line(host->log, level, "plugin", text);
}

static const void *host_get_extension(void *ctx, const char *name)
{
    struct host *host = ctx;
    const struct {
        const char *name;
        const void *extension;
    } extensions[] = {{POS_REPORTS_1, &host->reports},
                      {POS_EXPORT_1, &host->exporter},
                      {POS_CATALOGUE_1, &host->catalogue.abi},
                      {POS_SETUP_1, &host->setup},
                      {POS_LICENCE_1, &host->licence}};
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        if (strcmp(name, extensions[i].name) == 0)
            return extensions[i].extension;
    }
    return NULL;
}

static int32_t host_save(void *ctx, const char *name, const char *media_type, const void *bytes, uint32_t size_bytes,
                         char *place, uint32_t place_capacity_bytes)
{
    struct host *host = ctx;
    struct fault fault;
    (void)media_type; /* the name tells */
    int32_t result = export_save(host->data, name, bytes, size_bytes, place, place_capacity_bytes, &fault);
    if (result != POS_OK)
        log_write(host->log, POS_LOG_ERROR, "export: %s", fault.text);
    return result;
}

static int32_t host_closed_range(void *ctx, int64_t *first_z_number, int64_t *last_z_number)
{
    struct host *host = ctx;
    struct fault fault;
    if (closed_get_range(host->db, first_z_number, last_z_number, &fault))
        return POS_OK;
    log_write(host->log, POS_LOG_ERROR, "closed_range: %s", fault.text);
    return POS_E_IO;
}

struct host_visit {
    pos_report_visitor visitor;
    void *visitor_ctx;
};

static int32_t host_lend_closed(void *ctx, const struct closed_report *stored)
{
    struct host_visit *visit = ctx;
    pos_report report;
    closed_describe(stored, &report);
    return visit->visitor(visit->visitor_ctx, &report);
}

static int32_t host_closed(void *ctx, int64_t z_number, pos_report_visitor visitor, void *visitor_ctx)
{
    struct host *host = ctx;
    struct host_visit visit = {visitor, visitor_ctx};
    struct fault fault;
    int32_t result;
    if (closed_visit(host->db, z_number, host_lend_closed, &visit, &result, &fault))
        return result;
    log_write(host->log, POS_LOG_ERROR, "closed %lld: %s", (long long)z_number, fault.text);
    return POS_E_IO;
}

static int32_t host_take_running(void *ctx, int64_t min_x_sequence, pos_report_visitor visitor, void *visitor_ctx)
{
    struct host *host = ctx;
    return host->running.take(host->running.ctx, min_x_sequence, visitor, visitor_ctx);
}

static int32_t host_switch(struct host *host, const char *name, bool otherwise)
{
    bool on;
    struct fault fault;
    if (settings_get(host->db, name, otherwise, &on, &fault))
        return on ? 1 : 0;
    log_write(host->log, POS_LOG_ERROR, "%s: %s", name, fault.text);
    return POS_E_IO;
}

static int32_t host_wizard_finished(void *ctx)
{
    return host_switch(ctx, SETTINGS_WIZARD, true);
}

static int32_t host_property(void *ctx, const char *property)
{
    char name[SETTINGS_NAME_BYTES];
    return settings_name_property(property, name) ? host_switch(ctx, name, false) : 0;
}

void host_fill(struct host *host, const pos_host_info *info, struct till_clock *clock, struct till_log *log,
               struct database *db, const struct host_running *running, const char *data, const bool *sale_open)
{
    memset(host, 0, sizeof *host);
    host->info = *info;
    host->clock = clock;
    host->log = log;
    host->db = db;
    host->running = *running;
    host->data = data;
    host->reports.struct_size = (uint32_t)sizeof host->reports;
    host->reports.ctx = host;
    host->reports.closed_range = host_closed_range;
    host->reports.closed = host_closed;
    host->reports.running = host_take_running;
    host->exporter.struct_size = (uint32_t)sizeof host->exporter;
    host->exporter.ctx = host;
    host->exporter.save = host_save;
    host->setup =
        (pos_setup){.struct_size = (uint32_t)sizeof host->setup, .ctx = host, .wizard_finished = host_wizard_finished};
    host->licence =
        (pos_licence){.struct_size = (uint32_t)sizeof host->licence, .ctx = host, .property = host_property};
    catalogue_face_fill(&host->catalogue, db, log, sale_open);
    host->abi.struct_size = (uint32_t)sizeof host->abi;
    host->abi.abi_minor = POS_ABI_MINOR;
    host->abi.ctx = host;
    host->abi.info = host_info;
    host->abi.now = host_now;
    host->abi.log = host_log;
    host->abi.get_extension = host_get_extension;
}
