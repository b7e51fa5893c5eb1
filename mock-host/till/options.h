/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.h - the command line.
 */
#ifndef TILL_OPTIONS_H
#define TILL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "fault.h"

#define OPTIONS_PLUGIN_NONE "none"

#define OPTIONS_WIZARD_AS_IS    0 /* as it was left */
#define OPTIONS_WIZARD_FINISHED 1
#define OPTIONS_WIZARD_OPEN     2

struct options {
    char plugin[4096]; /* a path, or "none" */
    const char *data;
    const char *cloud_url;
    const char *ca_file;
    const char *register_id; /* NULL: what the data folder says */
    const char *device_name;
    const char *language;
    const char *time_zone; /* NULL: Europe/Madrid where this machine knows it, else UTC */
    const char *proxy;
    const char *script; /* "-" is stdin */
    const char *replay;
    const char *catalogue; /* NULL: what the built-in shop sells */
    const char *mail_dir;
    const char *web; /* where the page is served, "127.0.0.1:8080"; NULL: nowhere */
    const char *log_file;
    const char *start; /* the clock's first reading, as calendar_parse_local() takes it */
    uint64_t seed;
    int64_t speed;        /* 0: not given */
    int64_t replay_drain; /* replay: while more than this many reports are pending, the clock waits; -1: never */
    int64_t pace_ms;      /* moved time: real ms that a minute takes while reports are pending */
    int32_t receipts_a_day;
    int32_t wizard;          /* OPTIONS_WIZARD_* */
    int32_t close_at_minute; /* -1: no preset closing time */
    uint32_t storage_delay_ms;
    uint32_t log_level; /* 0: not given */
    bool trade;
    bool guard_abort;
    bool help;
    bool help_script;
};

/* False: wrong usage, in *fault. Texts point into argv. */
bool options_read(struct options *options, int argc, char **argv, struct fault *fault);

void options_print_help(FILE *file);

/* "20:30" -> minutes past midnight. */
bool options_parse_minute(const char *text, int32_t *minute_of_day);

/* Whole and nothing but a number between the two. */
bool options_parse_number(const char *text, int64_t from, int64_t to, int64_t *number);

#endif
