/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the command line. Every option takes its meaning from one table, which --help prints: an option that is not
 * explained cannot exist.
 */
#include "options.h"

#include <getopt.h>
#include <pos/host.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "calendar.h"
#include "log.h"

enum option_id {
    OPTION_PLUGIN = 1,
    OPTION_DATA,
    OPTION_CLOUD,
    OPTION_CA,
    OPTION_REGISTER,
    OPTION_DEVICE,
    OPTION_LANGUAGE,
    OPTION_TIME_ZONE,
    OPTION_PROXY,
    OPTION_SEED,
    OPTION_START,
    OPTION_SPEED,
    OPTION_SCRIPT,
    OPTION_REPLAY,
    OPTION_REPLAY_DRAIN,
    OPTION_PACE,
    OPTION_CATALOGUE,
    OPTION_WIZARD,
    OPTION_CLOSE_AT,
    OPTION_TRADE,
    OPTION_RECEIPTS,
    OPTION_MAIL_DIR,
    OPTION_WEB,
    OPTION_LOG_LEVEL,
    OPTION_LOG_FILE,
    OPTION_STORAGE_DELAY,
    OPTION_GUARD_ABORT,
    OPTION_HELP,
    OPTION_HELP_SCRIPT
};

static const struct option_row {
    enum option_id id;
    const char *name;
    const char *argument; /* NULL: a switch */
    const char *help;
} option_rows[] = {
    {OPTION_PLUGIN, "plugin", "PATH", "the plugin; \"none\" runs the till alone (default: factorycloud.so beside me)"},
    {OPTION_DATA, "data", "DIR", "till.db, plugin.db, keys/ (default: ./till-data; made if missing)"},
    {OPTION_CLOUD, "cloud", "URL", "the cloud's address (default: https://127.0.0.1:8443)"},
    {OPTION_CA, "ca", "FILE", "PEM file to trust instead of the system's certificates"},
    {OPTION_REGISTER, "register", "ID", "this till's register; kept in the data folder (default: T1)"},
    {OPTION_DEVICE, "device", "NAME", "what people call this machine (default: Counter 1)"},
    {OPTION_LANGUAGE, "language", "en|es", "of the settings screen (default: en)"},
    {OPTION_TIME_ZONE, "time-zone", "ZONE", "IANA name (default: Europe/Madrid)"},
    {OPTION_PROXY, "proxy", "URL", "http://host:port for the plugin's connections"},
    {OPTION_SEED, "seed", "N", "the shop's dice: same seed, same receipts (default: 1)"},
    {OPTION_START, "start", "TIME",
     "first reading of the clock, 2026-01-05 or 2026-01-05T08:00, local; never before\n"
     "the last receipt (default: now; with --script 2026-01-05)"},
    {OPTION_SPEED, "speed", "N",
     "the clock runs N times as fast (default: 1). With --script: while it waits.\n"
     "With --replay: without it as fast as possible"},
    {OPTION_SCRIPT, "script", "FILE",
     "commands from FILE, - is stdin; see --help-script. The clock stands still but\n"
     "for what the script says, and flows while it waits"},
    {OPTION_REPLAY, "replay", "PATH",
     "hand over existing reports instead of selling: a file of JSON lines, or a\n"
     "folder with z.ndjson and x.ndjson, each may end in .gz"},
    {OPTION_REPLAY_DRAIN, "replay-drain", "N",
     "while more than N reports are pending, the replay's clock waits for\n"
     "the network, at most 10 s at a time (default: never)"},
    {OPTION_PACE, "pace-ms", "N",
     "moved time (advance, trade, fast replay): real ms that a minute takes at least\n"
     "while reports are pending, so that the network gets a chance (default: 2)"},
    {OPTION_CATALOGUE, "catalogue", "FILE",
     "what a new till sells: catalogue lines, one JSON object a line, may end in .gz\n"
     "(default: the built-in shop's); an existing till keeps its own"},
    {OPTION_WIZARD, "wizard-finished", "yes|no",
     "is the till's setup wizard finished? Kept in the data folder (default: yes)"},
    {OPTION_CLOSE_AT, "close-at", "HH:MM", "close every day at this time, local"},
    {OPTION_TRADE, "trade", NULL, "sell by itself from 09:00 to 20:00; closes at 20:30 unless --close-at"},
    {OPTION_RECEIPTS, "receipts", "N", "receipts of a day of trading, about (default: 40)"},
    {OPTION_MAIL_DIR, "mail-dir", "DIR", "where the cloud leaves its mails as .eml, for the script command \"mail\""},
    {OPTION_WEB, "web", "HOST:PORT",
     "the till's page for a browser, besides whatever else runs: 127.0.0.1:8080, on\n"
     "this machine alone; port 0 takes a free one. Its address is printed"},
    {OPTION_LOG_LEVEL, "log-level", "LEVEL", "debug, info, warning or error (default: warning; info in a file)"},
    {OPTION_LOG_FILE, "log-file", "FILE", "default: stderr; of an interactive till DIR/till.log"},
    {OPTION_STORAGE_DELAY, "storage-delay-ms", "N", "every write of the plugin's storage takes this much longer"},
    {OPTION_GUARD_ABORT, "guard-abort", NULL, "a broken rule of the ABI, on either side, ends the program at once"},
    {OPTION_HELP, "help", NULL, "this"},
    {OPTION_HELP_SCRIPT, "help-script", NULL, "the script language"},
};

#define OPTION_COUNT (sizeof option_rows / sizeof option_rows[0])

static void options_set_defaults(struct options *options, const char *program)
{
    memset(options, 0, sizeof *options);
    const char *slash = strrchr(program, '/');
    int folder_bytes = slash != NULL ? (int)(slash - program) : 1;
    (void)snprintf(options->plugin, sizeof options->plugin, "%.*s/factorycloud.so", folder_bytes,
                   slash != NULL ? program : ".");
    options->data = "till-data";
    options->cloud_url = "https://127.0.0.1:8443";
    options->device_name = "Counter 1";
    options->language = "en";
    options->seed = 1;
    options->pace_ms = 2;
    options->replay_drain = -1;
    options->receipts_a_day = 40;
    options->close_at_minute = -1;
}

bool options_parse_number(const char *text, int64_t from, int64_t to, int64_t *number)
{
    int64_t value = 0;
    if (text[0] == '\0')
        return false;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < '0' || *c > '9' || value > (INT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (*c - '0');
    }
    *number = value;
    return value >= from && value <= to;
}

bool options_parse_minute(const char *text, int32_t *minute_of_day)
{
    if (strlen(text) != 5 || text[2] != ':' || strspn(text, "0123456789:") != 5)
        return false;
    int32_t hour = (text[0] - '0') * 10 + (text[1] - '0');
    int32_t minute = (text[3] - '0') * 10 + (text[4] - '0');
    *minute_of_day = hour * 60 + minute;
    return text[0] != ':' && text[1] != ':' && text[3] != ':' && text[4] != ':' && hour < 24 && minute < 60;
}

static bool options_set_text(struct options *options, enum option_id id, const char *value)
{
    const char **places[] = {[OPTION_DATA] = &options->data,          [OPTION_CLOUD] = &options->cloud_url,
                             [OPTION_CA] = &options->ca_file,         [OPTION_REGISTER] = &options->register_id,
                             [OPTION_DEVICE] = &options->device_name, [OPTION_TIME_ZONE] = &options->time_zone,
                             [OPTION_PROXY] = &options->proxy,        [OPTION_SCRIPT] = &options->script,
                             [OPTION_REPLAY] = &options->replay,      [OPTION_MAIL_DIR] = &options->mail_dir,
                             [OPTION_LOG_FILE] = &options->log_file,  [OPTION_WEB] = &options->web,
                             [OPTION_CATALOGUE] = &options->catalogue};
    if ((size_t)id >= sizeof places / sizeof places[0] || places[id] == NULL)
        return false;
    *places[id] = value;
    return true;
}

/* 1 taken, 0 not a number's option, -1 a wrong number. */
static int options_set_number(struct options *options, enum option_id id, const char *value)
{
    static const struct {
        enum option_id id;
        int64_t from, to;
    } ranges[] = {{OPTION_SEED, 0, INT64_MAX / 100}, {OPTION_SPEED, 1, 1000000}, {OPTION_REPLAY_DRAIN, 0, 1000000},
                  {OPTION_PACE, 0, 60000},           {OPTION_RECEIPTS, 1, 2000}, {OPTION_STORAGE_DELAY, 0, 60000}};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        int64_t number;
        if (ranges[i].id != id)
            continue;
        if (!options_parse_number(value, ranges[i].from, ranges[i].to, &number))
            return -1;
        if (id == OPTION_SEED)
            options->seed = (uint64_t)number;
        if (id == OPTION_SPEED)
            options->speed = number;
        if (id == OPTION_REPLAY_DRAIN)
            options->replay_drain = number;
        if (id == OPTION_PACE)
            options->pace_ms = number;
        if (id == OPTION_RECEIPTS)
            options->receipts_a_day = (int32_t)number;
        if (id == OPTION_STORAGE_DELAY)
            options->storage_delay_ms = (uint32_t)number;
        return 1;
    }
    return 0;
}

static bool options_set(struct options *options, enum option_id id, const char *value)
{
    int64_t ignored_ms;
    int number = options_set_number(options, id, value);
    if (number != 0)
        return number > 0;
    switch (id) {
    case OPTION_PLUGIN:
        return snprintf(options->plugin, sizeof options->plugin, "%s", value) < (int)sizeof options->plugin;
    case OPTION_LANGUAGE:
        options->language = value;
        return strcmp(value, "en") == 0 || strcmp(value, "es") == 0;
    case OPTION_START:
        options->start = value;
        return calendar_parse_local(value, &ignored_ms);
    case OPTION_CLOSE_AT:
        return options_parse_minute(value, &options->close_at_minute);
    case OPTION_LOG_LEVEL:
        options->log_level = log_level_of(value);
        return options->log_level != 0;
    case OPTION_WIZARD:
        options->wizard = strcmp(value, "yes") == 0 ? OPTIONS_WIZARD_FINISHED : OPTIONS_WIZARD_OPEN;
        return strcmp(value, "yes") == 0 || strcmp(value, "no") == 0;
    case OPTION_TRADE:
        options->trade = true;
        return true;
    case OPTION_GUARD_ABORT:
        options->guard_abort = true;
        return true;
    case OPTION_HELP:
        options->help = true;
        return true;
    case OPTION_HELP_SCRIPT:
        options->help_script = true;
        return true;
    default:
        return options_set_text(options, id, value);
    }
}

bool options_read(struct options *options, int argc, char **argv, struct fault *fault)
{
    struct option table[OPTION_COUNT + 1];
    memset(table, 0, sizeof table);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        table[i].name = option_rows[i].name;
        table[i].has_arg = option_rows[i].argument != NULL ? required_argument : no_argument;
        table[i].val = (int)option_rows[i].id;
    }
    options_set_defaults(options, argv[0]);
    opterr = 0;
    optind = 0; /* glibc: start anew, also in a second call of a test */
    int id;
    while ((id = getopt_long(argc, argv, ":", table, NULL)) != -1) {
        if (id == ':')
            return fault_set(fault, "%s needs a value; see --help", argv[optind - 1]);
        if (id == '?')
            return fault_set(fault, "%s is not an option of this program; see --help", argv[optind - 1]);
        if (!options_set(options, (enum option_id)id, optarg != NULL ? optarg : ""))
            return fault_set(fault, "--%s cannot be \"%s\"; see --help", option_rows[id - 1].name, optarg);
    }
    if (optind < argc)
        return fault_set(fault, "\"%s\" stands alone: values belong to options; see --help", argv[optind]);
    if (options->script != NULL && options->replay != NULL)
        return fault_set(fault, "--script and --replay exclude each other: a script has the command \"replay\"");
    return true;
}

void options_print_help(FILE *file)
{
    (void)fprintf(file, "mock-host: a till to run the plugin in.\n\n"
                        "Without --script and --replay it runs in real time: with a terminal it takes commands (the\n"
                        "same as a script's; \"help\" lists them), without one it runs until SIGTERM.\n\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char head[64];
        const struct option_row *row = &option_rows[i];
        (void)snprintf(head, sizeof head, "--%s%s%s", row->name, row->argument != NULL ? " " : "",
                       row->argument != NULL ? row->argument : "");
        (void)fprintf(file, "  %-22s ", head);
        for (const char *c = row->help; *c != '\0'; c++) {
            (void)fputc(*c, file);
            if (*c == '\n')
                (void)fprintf(file, "%25s", "");
        }
        (void)fputc('\n', file);
    }
    (void)fprintf(file, "\nExit status: 0 all fine, 1 an expectation or something else failed, 2 wrong usage,\n"
                        "3 the plugin could not be loaded or started.\n");
}
