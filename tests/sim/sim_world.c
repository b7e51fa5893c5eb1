/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_world.c - moves time from event to event, and brings a world to its end (sim/sim.h). */
#include "sim/sim_build.h"
#include "sim/sim_disk.h"

#include <sodium.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_DAY_MS  INT64_C(1767225600000) /* 2026-01-01 */
#define AUDIT_MS      (30 * SIM_DAY)
#define LINES_OF_TILL 60u

/* ---- what is planned: a heap ---- */

static bool comes_before(const sim_event *a, const sim_event *b)
{
    return a->at_ms < b->at_ms || (a->at_ms == b->at_ms && a->order < b->order);
}

void sim_plan(sim *s, int64_t at_ms, sim_action act, void *subject, uint64_t argument)
{
    if (s->event_count == s->event_room) {
        s->event_room = s->event_room ? 2 * s->event_room : 256;
        s->events = realloc(s->events, s->event_room * sizeof *s->events);
        if (!s->events)
            abort();
    }
    sim_event one = {at_ms < s->now_ms ? s->now_ms : at_ms, s->order++, act, subject, argument};
    uint32_t at = s->event_count++;
    while (at > 0 && comes_before(&one, &s->events[(at - 1) / 2])) {
        s->events[at] = s->events[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    s->events[at] = one;
}

static sim_event take_first(sim *s)
{
    sim_event first = s->events[0];
    sim_event last = s->events[--s->event_count];
    uint32_t at = 0;
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= s->event_count)
            break;
        if (child + 1 < s->event_count && comes_before(&s->events[child + 1], &s->events[child]))
            child++;
        if (!comes_before(&s->events[child], &last))
            break;
        s->events[at] = s->events[child];
        at = child;
    }
    s->events[at] = last;
    return first;
}

void sim_run_until(sim *s, int64_t end_ms)
{
    while (!s->failed && s->event_count > 0 && s->events[0].at_ms <= end_ms) {
        sim_event one = take_first(s);
        s->now_ms = one.at_ms;
        sim_log_set_clock(s->now_ms);
        s->figures.events++;
        one.act(s, one.subject, one.argument);
    }
    s->now_ms = end_ms;
    sim_log_set_clock(s->now_ms);
}

/* ---- what may happen ---- */

bool sim_may_happen(const sim *s, sim_row row)
{
    return !sim_row_set_has(&s->options.without, row);
}

void sim_happened(sim *s, sim_row row)
{
    s->figures.rows[row]++;
}

/* ---- failing ---- */

void sim_fail(sim *s, int till, const char *format, ...)
{
    char words[400];
    va_list arguments;
    if (s->failed)
        return;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    sim_log(till, "BROKEN: %s", words);
    s->failed = true;
    if (!s->figures.broken)
        s->figures.broken = format;
    s->figures.broken_day = (s->now_ms - s->start_ms) / SIM_DAY;
    if (s->options.quiet)
        return;
    printf("\nseed %llu: %s\n\nThe last events:\n", (unsigned long long)s->options.seed, words);
    sim_log_print_last(till, LINES_OF_TILL);
    printf("\nAgain: ");
    sim_print_command(&s->options);
    printf("  (SIM_LOG=1 shows every event)\n");
}

void sim_print_command(const sim_options *options)
{
    char names[SIM_ROWS_TEXT];
    sim_row_set shown = options->without, rest = {{0}};
    uint32_t count = 0;
    for (int i = 0; i < SIM_ROW_COUNT; i++) {
        bool in = sim_row_set_has(&shown, (sim_row)i);
        sim_row_set_put(&rest, (sim_row)i, !in);
        count += in;
    }
    bool few_are_left = count > SIM_ROW_COUNT / 2;
    sim_row_set_write(few_are_left ? &rest : &shown, names, sizeof names);
    printf("make sim SEED=%llu SEEDS=1 TILLS=%u DAYS=%u", (unsigned long long)options->seed, options->tills,
           options->days);
    if (options->tills_off != 0)
        printf(" SIM_TILLS_OFF=%#llx", (unsigned long long)options->tills_off);
    printf("%s", options->calm ? " SIM_CALM=1" : "");
    if (few_are_left)
        printf(" SIM_ONLY=%s", names[0] ? names : SIM_ROWS_NONE);
    else if (names[0])
        printf(" SIM_WITHOUT=%s", names);
}

/* ---- a run ---- */

static void audit(sim *s, void *subject, uint64_t argument)
{
    (void)subject;
    (void)argument;
    if (!s->healing)
        sim_plan(s, s->now_ms + AUDIT_MS, audit, NULL, 0);
    sim_check_now(s);
}

/* The database has the same name in every run, for it is in log lines; hence the folder is gone to. */
static bool open_cloud(sim *s)
{
    char folder[] = "/tmp/pos-sim-XXXXXX";
    s->came_from = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->came_from < 0 || !mkdtemp(folder) || chdir(folder) != 0)
        return false;
    memcpy(s->folder, folder, sizeof folder);
    FILE *file = fopen(SIM_DATABASE, "w"); /* the cloud sets its mode; its bytes are on sim_disk's disk */
    return file && fclose(file) == 0 && sim_cloud_open(SIM_DATABASE);
}

static void close_cloud(sim *s)
{
    sim_cloud_close();
    if (!s->folder[0])
        return;
    unlink(SIM_DATABASE);
    if (fchdir(s->came_from) != 0 || rmdir(s->folder) != 0)
        perror(s->folder);
    close(s->came_from);
}

static void start(sim *s)
{
    uint64_t seed = s->options.seed;
    s->random = sim_random_make(seed, 1);
    sim_random_seed_libsodium(seed);
    sim_disk_format(seed);
    s->start_ms = FIRST_DAY_MS + (int64_t)sim_random_below(&s->random, 365) * SIM_DAY;
    s->now_ms = s->start_ms;
    s->end_ms = s->start_ms + (int64_t)s->options.days * SIM_DAY;
    sim_log_start(s->options.print_all);
    sim_log_set_clock(s->now_ms);
    sim_log(SIM_LOG_WORLD, "seed %llu, %u tills, %u days", (unsigned long long)seed, s->options.tills, s->options.days);
}

static void end(sim *s)
{
    for (int i = 0; i < s->till_count; i++) {
        sim_till *t = s->tills[i];
        sim_till_stop(s, t);
        sim_shop_free(t);
        sim_catalogue_free(t);
        storage_memory_free(t->disk);
        storage_memory_free(t->backup);
        storage_memory_free(t->image);
    }
    /* What still travels frees itself when it arrives. */
    s->failed = false;
    while (s->event_count > 0) {
        sim_event one = take_first(s);
        if (one.act == sim_net_arrive || one.act == sim_net_answer)
            sim_net_drop(one.subject);
    }
    for (int i = 0; i < s->till_count; i++)
        free(s->tills[i]);
    free(s->decisions);
    free(s->revisions);
    free(s->events);
    close_cloud(s);
}

bool sim_run(const sim_options *options, sim_figures *figures, char hash[33])
{
    static bool installed;
    sim *s = calloc(1, sizeof *s);
    if (!s)
        abort();
    if (!installed) {
        sim_random_take_libsodium();
        sim_disk_install();
        installed = sodium_init() >= 0;
    }
    s->options = *options;
    start(s);
    if (!open_cloud(s))
        sim_fail(s, SIM_LOG_WORLD, "the cloud does not start");
    else if (sim_build(s)) {
        sim_trouble_start(s);
        sim_plan(s, s->now_ms + AUDIT_MS + 14 * SIM_HOUR, audit, NULL, 0); /* while shops are open */
        sim_run_until(s, s->end_ms);
        sim_heal(s);
    }
    bool good = !s->failed;
    sim_log_hash(hash);
    *figures = s->figures;
    end(s);
    free(s);
    return good;
}
