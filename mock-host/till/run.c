/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs commands: takes a line apart, finds its verb, counts its words, and tells what is wrong with file and line.
 */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "calendar.h"
#include "flow.h"
#include "input.h"
#include "view.h"

void run_start(struct run *run, struct till *till, FILE *out)
{
    memset(run, 0, sizeof *run);
    run->till = till;
    run->out = out;
}

void run_end(struct run *run)
{
    sodium_memzero(run, sizeof *run);
}

static enum run_result run_say(struct run *run, enum run_result result, const char *format, va_list args)
{
    (void)vsnprintf(run->fault.text, sizeof run->fault.text, format, args);
    return result;
}

enum run_result run_fail(struct run *run, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    enum run_result result = run_say(run, RUN_FAILED, format, args);
    va_end(args);
    return result;
}

enum run_result run_refuse(struct run *run, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    enum run_result result = run_say(run, RUN_USAGE, format, args);
    va_end(args);
    return result;
}

static int64_t run_unit_ms(const char **text)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", CALENDAR_MINUTE_MS}, {"h", CALENDAR_HOUR_MS}, {"d", CALENDAR_DAY_MS}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t length = strlen(units[i].name);
        if (strncmp(*text, units[i].name, length) == 0) {
            *text += length;
            return units[i].ms;
        }
    }
    return 0;
}

bool run_parse_duration(const char *text, int64_t *duration_ms)
{
    *duration_ms = 0;
    if (*text == '\0')
        return false;
    while (*text != '\0') {
        int64_t number = 0;
        const char *begin = text;
        for (; *text >= '0' && *text <= '9' && number < 100000000; text++)
            number = number * 10 + (*text - '0');
        int64_t unit_ms = run_unit_ms(&text);
        if (text == begin || *begin < '0' || *begin > '9' || unit_ms == 0)
            return false;
        *duration_ms += number * unit_ms;
        if (*duration_ms > 10000 * CALENDAR_DAY_MS)
            return false;
    }
    return true;
}

enum run_result run_wait(struct run *run, bool (*is_done)(void *ctx), void *ctx, int64_t timeout_ms, const char *what)
{
    struct flow_wait wait = {.timeout_real_ms = timeout_ms, .is_done = is_done, .ctx = ctx, .fd = -1, .brisk = true};
    switch (flow_until(run->till, &wait, &run->fault)) {
    case FLOW_DONE:
        return RUN_OK;
    case FLOW_STOPPED:
        return run_fail(run, "stopped by a signal");
    case FLOW_FAULT:
        return RUN_FAILED;
    default:
        return run_fail(run, "%s, after %.1f s", what, (double)timeout_ms / 1000);
    }
}

static const struct verb *run_find_verb(const char *name)
{
    for (const struct verb *verb = run_verbs; verb->name != NULL; verb++) {
        if (strcmp(verb->name, name) == 0)
            return verb;
    }
    return NULL;
}

static enum run_result run_unknown(struct run *run, const char *name)
{
    char known[480] = "";
    for (const struct verb *verb = run_verbs; verb->name != NULL; verb++) {
        size_t used = strlen(known);
        if (run_find_verb(verb->name) != verb)
            continue; /* a second line of the same command */
        (void)snprintf(known + used, sizeof known - used, "%s%s", used > 0 ? " " : "", verb->name);
    }
    return run_refuse(run, "\"%.40s\" is no command; there are: %s", name, known);
}

static enum run_result run_words(struct run *run, const struct words *words)
{
    if (words->count == 0)
        return RUN_OK;
    const struct verb *verb = run_find_verb(words->word[0]);
    if (verb == NULL)
        return run_unknown(run, words->word[0]);
    if (words->count - 1 < verb->from || words->count - 1 > verb->to)
        return run_refuse(run, "it is: %s %s", verb->name, verb->arguments);
    return verb->run(run, words);
}

enum run_result run_line(struct run *run, const char *line)
{
    struct words words;
    run->fault.text[0] = '\0';
    enum run_result result = RUN_USAGE;
    if (words_split(&words, line, &run->variables, &run->fault))
        result = run_words(run, &words);
    sodium_memzero(&words, sizeof words);
    return result;
}

const char *run_mark_of(uint32_t attention)
{
    if (attention == POS_ATTENTION_INFO)
        return "i";
    if (attention == POS_ATTENTION_WARNING)
        return "!";
    return attention == POS_ATTENTION_ACTION ? "!!" : "";
}

void run_print_screen(const struct run *run, FILE *file)
{
    char clock[CALENDAR_TEXT_BYTES];
    const struct till *till = run->till;
    calendar_format_local(clock_wall_ms(&till->clock), clock);
    clock[16] = '\0'; /* without seconds */
    struct view_frame frame = {.language = till->host.info.language,
                               .status = till->pulse.attention_text,
                               .mark = run_mark_of(till->pulse.attention),
                               .clock = clock};
    if (!poshost_screen_is_open(till->screen)) {
        (void)fprintf(file, "(no screen is open; status: %s %s)\n", frame.mark, frame.status);
        return;
    }
    struct view view;
    view_lay_out(&view, till->screen);
    view_print_all(file, &view, till->screen, &frame);
    view_free(&view);
    (void)fflush(file);
}

/* True: go on. */
static bool run_script_line(struct run *run, const char *path, int number, const char *line, enum run_status *status)
{
    enum run_result result = run_line(run, line);
    (void)fflush(run->out);
    if (result == RUN_OK)
        return true;
    if (result == RUN_QUIT)
        return false;
    *status = result == RUN_USAGE ? RUN_STATUS_USAGE : RUN_STATUS_FAILED;
    (void)fprintf(stderr, "%s:%d: %s\n", path, number, run->fault.text);
    if (result == RUN_FAILED)
        run_print_screen(run, stderr);
    return false;
}

static enum run_status run_lines(struct run *run, const char *path, struct input *input)
{
    char line[INPUT_LINE_BYTES];
    enum run_status status = RUN_STATUS_OK;
    bool may_read = false;
    int number = 1;
    for (;;) {
        struct flow_wait wait = {.timeout_real_ms = -1, .fd = input->fd};
        enum input_result got = input_next(input, may_read, line);
        may_read = false;
        if (got == INPUT_LINE) {
            bool go_on = run_script_line(run, path, number++, line, &status);
            sodium_memzero(line, sizeof line); /* a shorter line would leave the end of a password */
            if (!go_on)
                break;
        } else if (got == INPUT_NOTHING_YET) {
            enum flow_result flow = flow_until(run->till, &wait, &run->fault);
            may_read = flow == FLOW_INPUT;
            if (flow == FLOW_FAULT || flow == FLOW_STOPPED) {
                (void)fprintf(stderr, "%s:%d: %s\n", path, number,
                              flow == FLOW_FAULT ? run->fault.text : "stopped by a signal");
                status = RUN_STATUS_FAILED;
                break;
            }
        } else {
            if (got == INPUT_TOO_LONG) {
                (void)fprintf(stderr, "%s:%d: the line is too long: at most %d bytes\n", path, number,
                              INPUT_LINE_BYTES - 2);
                status = RUN_STATUS_USAGE;
            }
            break;
        }
    }
    sodium_memzero(line, sizeof line);
    return status;
}

enum run_status run_script(struct till *till, const char *path)
{
    struct run run;
    struct input input;
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        (void)fprintf(stderr, "cannot read the script %s: %s\n", path, strerror(errno));
        return RUN_STATUS_USAGE;
    }
    run_start(&run, till, stdout);
    input_start(&input, fd);
    enum run_status status = run_lines(&run, is_stdin ? "stdin" : path, &input);
    input_wipe(&input);
    run_end(&run);
    if (!is_stdin)
        (void)close(fd);
    return status;
}

void run_print_help(FILE *file)
{
    (void)fprintf(
        file,
        "One command a line. Words are separated by blanks; \"...\" keeps them (in it \\\" \\\\ \\n); # begins a\n"
        "comment; ${NAME} is what \"set\" or \"mail\" put there. The clock stands still, but for what the\n"
        "script says, and flows while a command waits. A script ends at the first command that fails.\n"
        "DURATION is 500ms, 90s, 30m, 8h, 2d or several together. FIELD, BUTTON, ROW and LIST are what is read\n"
        "on the screen, or a widget's id. What waits does so for 10 s of real time, if nothing else is said.\n\n");
    for (const struct verb *verb = run_verbs; verb->name != NULL; verb++) {
        char head[80];
        (void)snprintf(head, sizeof head, "%s %s", verb->name, verb->arguments);
        (void)fprintf(file, "  %-34s %s\n", head, verb->help);
    }
}
