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
#define HEAL_LONGEST  (10 * SIM_DAY)
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

static void run_until(sim *s, int64_t end_ms)
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
    printf("\nseed %llu: %s\n\nThe last events:\n", (unsigned long long)s->options.seed, words);
    sim_log_print_last(till, LINES_OF_TILL);
    printf("\nAgain: make sim SEED=%llu SEEDS=1 TILLS=%u DAYS=%u%s  (SIM_LOG=1 shows every event)\n",
           (unsigned long long)s->options.seed, s->options.tills, s->options.days,
           s->options.calm ? " SIM_CALM=1" : "");
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

/* The owners of all tills go through every store in which something may wait, and home again. */
static void heal(sim *s)
{
    s->healing = true;
    sim_trouble_end(s);
    run_until(s, s->now_ms + SIM_DAY);
    for (int store = 0; store < s->store_count && !s->failed; store++) {
        bool any = false;
        for (int i = 0; i < s->till_count; i++) {
            sim_till *t = s->tills[i];
            if (!(t->stores_used >> store & 1))
                continue;
            sim_owner_wish(s, t, WISH_JOIN, store);
            any = true;
        }
        if (any)
            run_until(s, s->now_ms + 3 * SIM_HOUR);
    }
    int64_t end = s->now_ms + HEAL_LONGEST;
    while (!s->failed && s->now_ms < end) {
        bool idle = true;
        for (int i = 0; i < s->till_count; i++) {
            core_queue q = core_get_queue(s->tills[i]->core, sim_till_time(s->tills[i]));
            idle = idle && q.pending == 0 && !q.catching_up && s->tills[i]->owner.wish == WISH_NONE;
        }
        if (idle)
            break;
        run_until(s, s->now_ms + 3 * SIM_HOUR);
    }
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
        sim_plan(s, s->now_ms + AUDIT_MS, audit, NULL, 0);
        run_until(s, s->end_ms);
        if (!s->failed)
            heal(s);
        if (!s->failed)
            sim_check_end(s);
    }
    bool good = !s->failed;
    sim_log_hash(hash);
    *figures = s->figures;
    end(s);
    free(s);
    return good;
}
