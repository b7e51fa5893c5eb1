/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - the command line of mock-cloud. */
#ifndef CLOUD_OPTIONS_H
#define CLOUD_OPTIONS_H

#include "cloud.h"
#include "log.h"

typedef struct options {
    cloud_config cloud;
    const char *port_file; /* or NULL */
    log_level level;
} options;

/* 0: go on. 1: --help was shown. -1: wrong, and said so. */
int options_parse(options *self, int argc, char **argv);

#endif
