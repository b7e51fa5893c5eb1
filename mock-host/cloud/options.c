/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options. Passwords come from the environment: a command line is visible to every user of the machine.
 */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "mock-cloud: the FactoryCLOUD of include/cloud/openapi.yaml, to run here.\n"
    "\n"
    "  --data DIR            database (cloud.db), certificates (tls/) and mails (mail/*.eml); made if need be.\n"
    "                        Needed.\n"
    "  --listen ADDR:PORT    default 127.0.0.1:8443; port 0: the kernel chooses\n"
    "  --port-file FILE      the port is written here once the cloud listens\n"
    "  --cert FILE --key FILE  your own certificate chain and key, PEM. Without them the cloud makes a development CA\n"
    "                        (clients trust DIR/tls/ca.pem) and a certificate for localhost, 127.0.0.1, ::1 and ADDR\n"
    "  --smtp URL            send mails by smtp://host:port (STARTTLS unless loopback) or smtps://; user and password\n"
    "                        from MOCK_CLOUD_SMTP_USER and MOCK_CLOUD_SMTP_PASSWORD, sender from\n"
    "                        MOCK_CLOUD_SMTP_FROM. Without it mails become DIR/mail/*.eml\n"
    "  --no-tls              plain HTTP, on a loopback address only, for a proxy before it (X-Forwarded-For is "
    "believed)\n"
    "  --dev                 development mode, on a loopback address only: the page /mail shows the mails, codes "
    "included,\n"
    "                        to anybody who asks. Never where strangers can connect\n"
    "  --faults              tests only, on a loopback address only: the fault switches below\n"
    "  --fast-passwords      tests only: cheap password hashes\n"
    "  --log-level WORD      error, warning, info (a line a request) or debug; to standard error\n"
    "  --help\n"
    "\n"
    "People read their figures in a browser at the same address (log in with the account made on the till).\n"
    "SIGTERM or SIGINT end it. Ready: one line on standard output, \"mock-cloud: listening on https://...\".\n"
    "There are no accounts until somebody registers. Read the database with: sqlite3 -readonly DIR/cloud.db\n"
    "(tables and views are described at the top of store_schema.c).\n"
    "\n"
    "Fault switches (--faults), JSON bodies, no credential:\n"
    "  POST /_faults {\"route\":\"reports\", ...}   adds a rule; members, all optional:\n"
    "      route (default \"*\"), skip, times, percent: which requests\n"
    "      delay_ms; hang:true; drop:\"before\"|\"after\" (the commit); status, retry_after, bare:true (HTML, no "
    "problem);\n"
    "      cut_after_bytes; drip_ms (a byte of the answer each so many ms)\n"
    "  GET /_faults      how often each rule fired, and requests by route\n"
    "  DELETE /_faults   removes all rules and lets go of what waits\n"
    "  POST /_faults/clock {\"advance_ms\":n}\n"
    "  POST /_faults/store {\"store_id\":\"..\",\"closed\":true}\n"
    "  Routes: health registrations registration-confirm recoveries recovery-confirm login session logout companies\n"
    "      company-create stores store-create till token-revoke tokens-revoke reports\n"
    "      page-start page-style page-icon page-login page-log-in page-log-out page-stores page-figures page-csv\n"
    "      page-conflict page-decide page-mail\n";

enum {
    OPT_DATA = 1,
    OPT_LISTEN,
    OPT_PORT_FILE,
    OPT_CERT,
    OPT_KEY,
    OPT_SMTP,
    OPT_NO_TLS,
    OPT_DEV,
    OPT_FAULTS,
    OPT_FAST,
    OPT_LEVEL,
    OPT_HELP
};

static const struct option known[] = {{"data", required_argument, NULL, OPT_DATA},
                                      {"listen", required_argument, NULL, OPT_LISTEN},
                                      {"port-file", required_argument, NULL, OPT_PORT_FILE},
                                      {"cert", required_argument, NULL, OPT_CERT},
                                      {"key", required_argument, NULL, OPT_KEY},
                                      {"smtp", required_argument, NULL, OPT_SMTP},
                                      {"no-tls", no_argument, NULL, OPT_NO_TLS},
                                      {"dev", no_argument, NULL, OPT_DEV},
                                      {"faults", no_argument, NULL, OPT_FAULTS},
                                      {"fast-passwords", no_argument, NULL, OPT_FAST},
                                      {"log-level", required_argument, NULL, OPT_LEVEL},
                                      {"help", no_argument, NULL, OPT_HELP},
                                      {NULL, 0, NULL, 0}};

static int take(options *self, int option)
{
    cloud_config *config = &self->cloud;
    switch (option) {
    case OPT_DATA:
        config->data_dir = optarg;
        return 0;
    case OPT_LISTEN:
        config->listen = optarg;
        return 0;
    case OPT_PORT_FILE:
        self->port_file = optarg;
        return 0;
    case OPT_CERT:
        config->cert_file = optarg;
        return 0;
    case OPT_KEY:
        config->key_file = optarg;
        return 0;
    case OPT_SMTP:
        config->smtp_url = optarg;
        return 0;
    case OPT_NO_TLS:
        config->no_tls = true;
        return 0;
    case OPT_DEV:
        config->dev = true;
        return 0;
    case OPT_FAULTS:
        config->faults = true;
        return 0;
    case OPT_FAST:
        config->fast_passwords = true;
        return 0;
    case OPT_LEVEL:
        return log_parse_level(optarg, &self->level);
    case OPT_HELP:
        fputs(help, stdout);
        return 1;
    default:
        return -1;
    }
}

static int complain(const char *text)
{
    fprintf(stderr, "mock-cloud: %s (see --help)\n", text);
    return -1;
}

int options_parse(options *self, int argc, char **argv)
{
    int option;
    *self = (options){.level = LOG_LEVEL_INFO};
    self->cloud.listen = "127.0.0.1:8443";
    self->cloud.smtp_user = getenv("MOCK_CLOUD_SMTP_USER");
    self->cloud.smtp_password = getenv("MOCK_CLOUD_SMTP_PASSWORD");
    self->cloud.smtp_from = getenv("MOCK_CLOUD_SMTP_FROM");
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        int code = take(self, option);
        if (code != 0)
            return code > 0 ? code : complain("an option is unknown or its value is wrong");
    }
    if (optind < argc)
        return complain("there are only options");
    if (!self->cloud.data_dir)
        return complain("--data DIR is needed");
    if ((self->cloud.cert_file == NULL) != (self->cloud.key_file == NULL))
        return complain("--cert and --key belong together");
    return 0;
}
