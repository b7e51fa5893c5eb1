/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The till's log. Lines are flushed one by one: the last words before a kill are the interesting ones.
 */
#include "log.h"

#include <stdarg.h>
#include <string.h>

#include "calendar.h"

static const char *const log_names[] = {"?", "debug", "info", "warning", "error", "misuse"};

void log_line(struct till_log *log, uint32_t level, const char *who, const char *text)
{
    char when[CALENDAR_TEXT_BYTES];
    if (level < log->level || log->file == NULL)
        return;
    calendar_format_local(clock_wall_ms(log->clock), when);
    (void)fprintf(log->file, "%s %-7s %s: %s\n", when, log_names[level <= POS_LOG_MISUSE ? level : 0], who, text);
    (void)fflush(log->file);
}

void log_write(struct till_log *log, uint32_t level, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_line(log, level, "till", text);
}

uint32_t log_level_of(const char *name)
{
    for (uint32_t level = POS_LOG_DEBUG; level <= POS_LOG_ERROR; level++) {
        if (strcmp(name, log_names[level]) == 0)
            return level;
    }
    return 0;
}
