/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal's loop: print the page, read a line, act. Lines, not keys: that works over any connection, in any
 * terminal and with a screen reader. While nobody types the till goes on trading and ticking; the page is printed anew
 * when it would look different.
 */
#include "terminal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "calendar.h"
#include "catalogue.h"
#include "flow.h"
#include "input.h"
#include "terminal_screen.h"
#include "view.h"

static void terminal_print_till(struct terminal *terminal)
{
    char clock[CALENDAR_TEXT_BYTES];
    struct period period;
    struct till *till = terminal->run.till;
    calendar_format_local(clock_wall_ms(&till->clock), clock);
    if (!receipts_get_period(&till->db, &period, &terminal->run.fault)) {
        (void)printf("%s\n", terminal->run.fault.text);
        return;
    }
    (void)printf("\n%s  %s, %s   Z %lld open, %lld receipts\n", clock, till->db.register_id, till->options->device_name,
                 (long long)period.z_number, (long long)period.receipt_count);
    if (till->instance.guard != NULL)
        (void)printf("%s  (%u pending)\n", till->pulse.attention_text, (unsigned)till->pulse.pending);
    (void)printf("sell [N], close, open (settings), days, help, quit\n");
}

static void terminal_print(struct terminal *terminal)
{
    if (poshost_screen_is_open(terminal->run.till->screen))
        terminal_print_page(terminal);
    else
        terminal_print_till(terminal);
    (void)printf("> ");
    (void)fflush(stdout);
    terminal->run.till->screen_moved = false;
}

static bool terminal_has_moved(void *ctx)
{
    struct terminal *terminal = ctx;
    struct till *till = terminal->run.till;
    if (!till->screen_moved)
        return false;
    till->screen_moved = poshost_screen_is_open(till->screen) ? terminal_page_differs(terminal) : false;
    return till->screen_moved;
}

enum input_result terminal_read(struct terminal *terminal, char line[INPUT_LINE_BYTES], bool redraw)
{
    for (;;) {
        enum input_result got = input_next(&terminal->input, terminal->may_read, line);
        terminal->may_read = false;
        if (got == INPUT_TOO_LONG) {
            input_wipe(&terminal->input); /* no person types that */
            continue;
        }
        if (got != INPUT_NOTHING_YET)
            return got;
        struct flow_wait wait = {
            .timeout_real_ms = -1, .is_done = redraw ? terminal_has_moved : NULL, .ctx = terminal, .fd = STDIN_FILENO};
        switch (flow_until(terminal->run.till, &wait, &terminal->run.fault)) {
        case FLOW_INPUT:
            terminal->may_read = true;
            break;
        case FLOW_DONE:
            terminal_print(terminal);
            break;
        case FLOW_FAULT:
            (void)printf("%s\n", terminal->run.fault.text);
            return INPUT_END;
        default:
            return INPUT_END;
        }
    }
}

enum input_result terminal_read_secret(struct terminal *terminal, const char *prompt, char line[INPUT_LINE_BYTES])
{
    struct termios before, silent;
    bool is_terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    if (is_terminal) {
        silent = before;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &silent);
    }
    (void)printf("%s: ", prompt); /* after the echo is off: who types fast is not shown either */
    (void)fflush(stdout);
    enum input_result got = terminal_read(terminal, line, false);
    if (is_terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
        (void)printf("\n"); /* the Enter was not echoed either */
    }
    return got;
}

/* False: quit. */
static bool terminal_do(struct terminal *terminal, const char *line)
{
    if (terminal_screen_key(terminal, line))
        return true;
    switch (run_line(&terminal->run, line)) {
    case RUN_QUIT:
        return false;
    case RUN_OK:
        break;
    default:
        (void)printf("%s\n", terminal->run.fault.text);
        break;
    }
    return true;
}

enum run_status terminal_run(struct till *till)
{
    char line[INPUT_LINE_BYTES];
    struct terminal *terminal = calloc(1, sizeof *terminal);
    if (terminal == NULL)
        return RUN_STATUS_FAILED;
    run_start(&terminal->run, till, stdout);
    input_start(&terminal->input, STDIN_FILENO);
    terminal_print(terminal);
    while (terminal_read(terminal, line, true) == INPUT_LINE && terminal_do(terminal, line))
        terminal_print(terminal);
    sodium_memzero(line, sizeof line);
    input_wipe(&terminal->input);
    run_end(&terminal->run);
    free(terminal->shown);
    free(terminal);
    (void)printf("\n");
    return RUN_STATUS_OK;
}
