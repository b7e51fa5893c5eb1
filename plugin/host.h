/* SPDX-License-Identifier: Apache-2.0 */
/* host.h - what the host gave, copied by struct_size and checked once, so that nothing behind has to ask again. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>

#include "pos/catalogue.h"
#include "pos/export.h"
#include "pos/host.h"
#include "pos/licence.h"
#include "pos/reports.h"
#include "pos/setup.h"

typedef struct host_view {
    pos_host host;
    pos_storage storage;
    pos_host_info info; /* strings are the host's, valid until the next host_read_info() */
    pos_reports reports;
    bool has_reports;
    pos_export exporter;
    bool has_exporter;
    pos_catalogue catalogue;
    bool has_catalogue;
    pos_setup setup;
    bool has_setup;
    pos_licence licence;
    bool has_licence;
} host_view;

/* Vtables only: no function of the host is called. NULL, or (static text) what is missing. */
const char *host_read(const pos_host *host, host_view *view);
/* Calls info() and get_extension(). NULL, or what is missing. */
const char *host_read_info(host_view *view);
const char *host_read_extensions(host_view *view);

#endif
