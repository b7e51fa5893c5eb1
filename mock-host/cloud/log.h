/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - lines for the operator, to standard error. Never tokens, codes, passwords, mail addresses or bodies. */
#ifndef CLOUD_LOG_H
#define CLOUD_LOG_H

typedef enum log_level { LOG_LEVEL_ERROR = 1, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG } log_level;

/* From any thread, at any time; LOG_LEVEL_INFO until then. */
void log_set_level(log_level level);

/* Reads "error", "warning", "info" or "debug"; -1 for anything else. */
int log_parse_level(const char *word, log_level *level);

void log_line(log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
