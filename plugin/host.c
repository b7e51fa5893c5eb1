/* SPDX-License-Identifier: Apache-2.0 */
/* host.c - reads the host's structs, smaller or larger than ours (host.h). */
#include "host.h"

#include <string.h>

#include "protocol/text.h"

/* Copies the smaller of the two sizes and zero-fills the rest. */
static bool copy_struct(void *to, size_t size, const void *from)
{
    uint32_t from_size;
    memset(to, 0, size);
    if (!from)
        return false;
    memcpy(&from_size, from, sizeof from_size);
    if (from_size < sizeof from_size)
        return false;
    /* Half a pointer is none. */
    memcpy(to, from, from_size < size ? from_size - from_size % sizeof(void *) : size);
    return true;
}

const char *host_read(const pos_host *host, host_view *view)
{
    memset(view, 0, sizeof *view);
    if (!copy_struct(&view->host, sizeof view->host, host))
        return "pos_host is NULL or its struct_size is not set";
    const pos_host *h = &view->host;
    if (!h->info || !h->now || !h->log || !h->get_extension)
        return "pos_host lacks one of info, now, log, get_extension";
    if (!copy_struct(&view->storage, sizeof view->storage, h->storage))
        return "pos_host.storage is NULL or its struct_size is not set";
    const pos_storage *s = &view->storage;
    if (!s->acquire || !s->release || !s->put || !s->get || !s->remove || !s->list)
        return "pos_storage lacks one of acquire, release, put, get, remove, list";
    return NULL;
}

const char *host_read_info(host_view *view)
{
    if (!copy_struct(&view->info, sizeof view->info, view->host.info(view->host.ctx)))
        return "pos_host.info() gave NULL or a struct without struct_size";
    const pos_host_info *info = &view->info;
    size_t length = info->register_id ? strnlen(info->register_id, POS_REGISTER_ID_MAX + 1) : 0;
    if (length == 0 || length > POS_REGISTER_ID_MAX)
        return "pos_host_info.register_id must have 1 to 64 bytes";
    if (!text_is_utf8(info->register_id, length) || text_has_controls(info->register_id))
        return "pos_host_info.register_id must be UTF-8 without control characters";
    if (!info->cloud_url || !info->cloud_url[0])
        return "pos_host_info.cloud_url is missing";
    return NULL;
}

static bool has_reports_functions(const pos_reports *reports)
{
    return reports->closed_range && reports->closed && reports->running;
}

static bool has_catalogue_functions(const pos_catalogue *c)
{
    return c->state && c->read && c->stage_begin && c->stage_add && c->stage_discard && c->swap && c->undo;
}

/* Configuration data, and what decides whether it may be uploaded. */
static const char *read_configuration_extensions(host_view *view)
{
    const void *catalogue = view->host.get_extension(view->host.ctx, POS_CATALOGUE_1);
    const void *setup = view->host.get_extension(view->host.ctx, POS_SETUP_1);
    const void *licence = view->host.get_extension(view->host.ctx, POS_LICENCE_1);
    view->has_catalogue = catalogue != NULL;
    view->has_setup = setup != NULL;
    view->has_licence = licence != NULL;
    if (catalogue && (!copy_struct(&view->catalogue, sizeof view->catalogue, catalogue) ||
                      !has_catalogue_functions(&view->catalogue)))
        return "extension pos.catalogue/1 lacks one of state, read, stage_begin, stage_add, stage_discard, swap, undo";
    if (setup && (!copy_struct(&view->setup, sizeof view->setup, setup) || !view->setup.wizard_finished))
        return "extension pos.setup/1 lacks wizard_finished";
    if (licence && (!copy_struct(&view->licence, sizeof view->licence, licence) || !view->licence.property))
        return "extension pos.licence/1 lacks property";
    return NULL;
}

const char *host_read_extensions(host_view *view)
{
    const void *reports = view->host.get_extension(view->host.ctx, POS_REPORTS_1);
    const void *exporter = view->host.get_extension(view->host.ctx, POS_EXPORT_1);
    view->has_reports = reports != NULL;
    view->has_exporter = exporter != NULL;
    if (reports &&
        (!copy_struct(&view->reports, sizeof view->reports, reports) || !has_reports_functions(&view->reports)))
        return "extension pos.reports/1 lacks one of closed_range, closed, running";
    if (exporter && (!copy_struct(&view->exporter, sizeof view->exporter, exporter) || !view->exporter.save))
        return "extension pos.export/1 lacks save";
    return read_configuration_extensions(view);
}
