/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_log.c - the event log (sim/sim_log.h). */
#include "sim/sim_log.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_KEPT 40000u
#define LINE_BYTES 176

typedef struct log_line_kept {
    int till;
    char text[LINE_BYTES];
} log_line_kept;

static struct {
    bool print_all;
    int64_t now_ms;
    uint64_t count;
    crypto_generichash_state hash;
    log_line_kept *lines;
} log_of;

void sim_log_start(bool print_all)
{
    log_of.print_all = print_all;
    log_of.count = 0;
    crypto_generichash_init(&log_of.hash, NULL, 0, 16);
    if (!log_of.lines)
        log_of.lines = calloc(LINES_KEPT, sizeof *log_of.lines);
    if (!log_of.lines)
        abort();
}

void sim_log_set_clock(int64_t now_ms)
{
    log_of.now_ms = now_ms;
}

void sim_log_time(int64_t ms, char text[32])
{
    int64_t day = ms / 86400000, rest = ms % 86400000;
    if (rest < 0) {
        rest += 86400000;
        day--;
    }
    int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097, yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;
    snprintf(text, 32, "%04d-%02d-%02d %02d:%02d:%02d.%03d", (int)(yoe + era * 400 + (month <= 2)), (int)month,
             (int)(doy - (153 * mp + 2) / 5 + 1), (int)(rest / 3600000), (int)(rest / 60000 % 60),
             (int)(rest / 1000 % 60), (int)(rest % 1000));
}

static void put(int till, const char *words)
{
    char when[32];
    char who[16] = "world  ";
    sim_log_time(log_of.now_ms, when);
    if (till >= 0)
        snprintf(who, sizeof who, "till %-2d", till);
    log_line_kept *line = &log_of.lines[log_of.count++ % LINES_KEPT];
    line->till = till;
    snprintf(line->text, sizeof line->text, "%s  %s  %.130s", when, who, words);
    crypto_generichash_update(&log_of.hash, (const unsigned char *)line->text, strlen(line->text) + 1);
    if (log_of.print_all)
        puts(line->text);
}

void sim_log(int till, const char *format, ...)
{
    char words[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    put(till, words);
}

void sim_log_cloud(const char *text)
{
    char words[256];
    snprintf(words, sizeof words, "cloud: %s", text);
    put(SIM_LOG_WORLD, words);
}

static bool is_wanted(const log_line_kept *line, int till)
{
    return till == SIM_LOG_WORLD || line->till == till || line->till == SIM_LOG_WORLD;
}

void sim_log_print_last(int till, uint32_t count)
{
    uint64_t first = log_of.count > LINES_KEPT ? log_of.count - LINES_KEPT : 0;
    uint64_t from = log_of.count;
    uint32_t found = 0;
    while (from > first && found < count)
        found += is_wanted(&log_of.lines[--from % LINES_KEPT], till);
    for (; from < log_of.count; from++) {
        if (is_wanted(&log_of.lines[from % LINES_KEPT], till))
            puts(log_of.lines[from % LINES_KEPT].text);
    }
}

void sim_log_hash(char hex[33])
{
    unsigned char bytes[16];
    crypto_generichash_state copy = log_of.hash;
    crypto_generichash_final(&copy, bytes, sizeof bytes);
    sodium_bin2hex(hex, 33, bytes, sizeof bytes);
}

uint64_t sim_log_count(void)
{
    return log_of.count;
}
