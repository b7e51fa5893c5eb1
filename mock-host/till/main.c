/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mock-host: a POS program to run the plugin in. Reads the command line and lets one of four run: a script, a replay, a
 * person at the terminal, or the till alone.
 */
#include <locale.h>
#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#include "flow.h"
#include "replay.h"
#include "run.h"
#include "terminal.h"
#include "till.h"
#include "web.h"

#define MAIN_REPLAY_IDLE_MS 120000

/* Nobody is there: sells, closes and ticks until it is told to end. */
static enum run_status main_run_alone(struct till *till)
{
    struct fault fault;
    struct flow_wait wait = {.timeout_real_ms = -1, .fd = -1};
    if (flow_until(till, &wait, &fault) == FLOW_STOPPED)
        return RUN_STATUS_OK;
    (void)fprintf(stderr, "%s\n", fault.text);
    return RUN_STATUS_FAILED;
}

static bool main_is_delivered(void *ctx)
{
    const struct till *till = ctx;
    return till->instance.guard == NULL || (till->pulse.pending == 0 && till->pulse.next_tick_ms > 0) ||
           till->pulse.attention == POS_ATTENTION_ACTION;
}

static enum run_status main_run_replay(struct till *till, const char *path)
{
    struct fault fault;
    struct replay_counts counts;
    struct flow_wait wait = {
        .timeout_real_ms = MAIN_REPLAY_IDLE_MS, .is_done = main_is_delivered, .ctx = till, .fd = -1, .brisk = true};
    bool ok = replay_run(till, path, &counts, &fault);
    replay_print_counts(stdout, &counts);
    if (!ok) {
        (void)fprintf(stderr, "%s\n", fault.text);
        return RUN_STATUS_FAILED;
    }
    enum flow_result flow = flow_until(till, &wait, &fault);
    (void)printf("replay: %u pending at the end\n", (unsigned)till->pulse.pending);
    if (flow == FLOW_FAULT)
        (void)fprintf(stderr, "%s\n", fault.text);
    return flow == FLOW_DONE || flow == FLOW_TIMEOUT ? RUN_STATUS_OK : RUN_STATUS_FAILED;
}

static enum run_status main_run(struct till *till, const struct options *options)
{
    shop_set_trading(till, options->trade,
                     options->trade && options->close_at_minute < 0 ? SHOP_CLOSE_MINUTE : options->close_at_minute,
                     options->receipts_a_day);
    if (options->script != NULL)
        return run_script(till, options->script);
    if (options->replay != NULL)
        return main_run_replay(till, options->replay);
    return isatty(STDIN_FILENO) ? terminal_run(till) : main_run_alone(till);
}

static enum run_status main_serve_and_run(struct till *till, const struct options *options)
{
    struct fault fault;
    struct web *web = NULL;
    if (options->web != NULL) {
        web = web_open(till, options->web, &fault);
        if (web == NULL) {
            (void)fprintf(stderr, "mock-host: %s\n", fault.text);
            return RUN_STATUS_FAILED;
        }
        (void)printf("mock-host: the till's page is at %s\n", web_address(web));
        (void)fflush(stdout);
    }
    enum run_status status = main_run(till, options);
    web_close(web);
    return status;
}

/* What a replay wants the till to be. */
static bool main_peek(const struct options *options, struct till_source *source,
                      char register_id[DATABASE_REGISTER_BYTES], struct fault *fault)
{
    if (options->replay == NULL)
        return true;
    if (!replay_peek(options->replay, register_id, &source->start_wall_ms, fault))
        return false;
    source->register_id = register_id;
    return true;
}

static enum run_status main_open_and_run(struct options *options)
{
    static struct till till; /* large, and one a process */
    struct till_source source = {0};
    char register_id[DATABASE_REGISTER_BYTES];
    static char log_file[4200]; /* the options keep pointing at it */
    struct fault fault;
    bool plugin_failed = false;
    bool flowing = options->script == NULL && (options->replay == NULL || options->speed > 0);
    bool interactive = options->script == NULL && options->replay == NULL && isatty(STDIN_FILENO);
    if (interactive && options->log_file == NULL) { /* lines in the middle of a page help nobody */
        (void)snprintf(log_file, sizeof log_file, "%s/till.log", options->data);
        options->log_file = log_file;
    }
    if (!main_peek(options, &source, register_id, &fault) ||
        !till_open(&till, options, &source, flowing, &plugin_failed, &fault)) {
        (void)fprintf(stderr, "mock-host: %s\n", fault.text);
        return plugin_failed ? RUN_STATUS_NO_PLUGIN : RUN_STATUS_FAILED;
    }
    enum run_status status = main_serve_and_run(&till, options);
    if (!till_close(&till, &fault)) {
        (void)fprintf(stderr, "mock-host: %s\n", fault.text);
        if (status == RUN_STATUS_OK)
            status = RUN_STATUS_FAILED;
    }
    return status;
}

int main(int argc, char **argv)
{
    static struct options options;
    struct fault fault;
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* nobody asks, and counting locks at every allocation */
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
        (void)setlocale(LC_CTYPE, "");
    if (sodium_init() < 0) {
        (void)fprintf(stderr, "mock-host: libsodium does not start\n");
        return RUN_STATUS_FAILED;
    }
    if (!options_read(&options, argc, argv, &fault)) {
        (void)fprintf(stderr, "mock-host: %s\n", fault.text);
        return RUN_STATUS_USAGE;
    }
    if (options.help)
        options_print_help(stdout);
    if (options.help_script)
        run_print_help(stdout);
    if (options.help || options.help_script)
        return RUN_STATUS_OK;
    (void)signal(SIGPIPE, SIG_IGN); /* an error of the write, not the end of the till */
    flow_catch_signals();
    return (int)main_open_and_run(&options);
}
