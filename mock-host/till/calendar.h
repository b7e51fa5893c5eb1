/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calendar.h - wall time as the shop reads it: in its time zone, with its business dates.
 *
 * The zone is the process's (TZ): one till, one shop, one zone.
 */
#ifndef TILL_CALENDAR_H
#define TILL_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

#define CALENDAR_TEXT_BYTES 64
#define CALENDAR_DATE_BYTES 11

#define CALENDAR_MINUTE_MS 60000LL
#define CALENDAR_HOUR_MS   3600000LL
#define CALENDAR_DAY_MS    86400000LL

/* `zone` is an IANA name. False where this machine does not know it. */
bool calendar_set_zone(const char *zone, struct fault *fault);

/* "2026-01-05T09:30:00+01:00"; thousandths only where there are any. */
void calendar_format_time(int64_t wall_ms, char text[CALENDAR_TEXT_BYTES]);

/* "2026-01-05 09:30:00", for people. */
void calendar_format_local(int64_t wall_ms, char text[CALENDAR_TEXT_BYTES]);

/* RFC 3339 with offset or Z. */
bool calendar_parse_time(const char *text, int64_t *wall_ms);

/* "2026-01-05", "2026-01-05T09:30" or with :SS, in the shop's zone. A date alone is its 08:00, before opening. */
bool calendar_parse_local(const char *text, int64_t *wall_ms);

/* "YYYY-MM-DD" that exists. */
bool calendar_is_date(const char *text);

/* The trading day of a sale: nights belong to the evening before, until 05:00. */
void calendar_business_date(int64_t wall_ms, char date[CALENDAR_DATE_BYTES]);

/* The first moment after `after_ms` whose local time is minutes past midnight. */
int64_t calendar_next_at(int64_t after_ms, int32_t minute_of_day);

/* Minutes that the shop's clock is ahead of UTC at that moment. */
int32_t calendar_offset_minutes(int64_t wall_ms);

/* Local minutes past midnight. */
int32_t calendar_minute_of_day(int64_t wall_ms);

#endif
