/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operator's log: one line an event, time first, written with a single call so that lines of several threads do
 * not mix.
 */
#include "log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const level_words[] = {"", "error", "warning", "info", "debug"};

static atomic_int threshold = LOG_LEVEL_INFO;

void log_set_level(log_level level)
{
    atomic_store_explicit(&threshold, (int)level, memory_order_relaxed);
}

int log_parse_level(const char *word, log_level *level)
{
    for (int i = LOG_LEVEL_ERROR; i <= LOG_LEVEL_DEBUG; i++)
        if (strcmp(word, level_words[i]) == 0) {
            *level = (log_level)i;
            return 0;
        }
    return -1;
}

void log_line(log_level level, const char *format, ...)
{
    if ((int)level > atomic_load_explicit(&threshold, memory_order_relaxed))
        return;
    struct timespec now;
    struct tm utc;
    char text[1024];
    char when[32] = "";
    clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &utc))
        strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &utc);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fprintf(stderr, "%s.%03ldZ %s %s\n", when, now.tv_nsec / 1000000, level_words[level], text);
}
