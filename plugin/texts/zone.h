/* SPDX-License-Identifier: Apache-2.0 */
/*
 * texts/zone.h - the offset of a time zone at a moment, from the machine's zone database (TZif files, RFC 8536).
 *
 * localtime() knows one zone a process, and that one belongs to the host: a plugin may not set it. Hence this reader.
 */
#ifndef TEXTS_ZONE_H
#define TEXTS_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct zone zone;

/* "Europe/Madrid" -> its rules; NULL: no such zone here (or no database, or a file that makes no sense). */
zone *zone_load(const char *name);
/* The same from the bytes of a TZif file. */
zone *zone_parse(const uint8_t *bytes, size_t size_bytes);
void zone_free(zone *z);

/* Seconds east of UTC at that moment, daylight saving included. NULL is UTC. */
int32_t zone_get_offset_s(const zone *z, int64_t unix_s);

/* Is this the shape of an IANA name (letters, digits, _ + -, parts divided by /)? Such a name cannot leave the folder. */
bool zone_name_is_valid(const char *name);

/* ---- the rule for the years after a file's last entry: a POSIX TZ string such as "CET-1CEST,M3.5.0,M10.5.0/3" ---- */

typedef struct zone_change {
    char kind; /* 'M' month, week, weekday; 'J' day 1..365 without 29 February; 'D' day 0..365 */
    int month, week, day;
    int32_t at_s; /* local time of the change, may be negative or beyond a day */
} zone_change;

typedef struct zone_rule {
    int32_t standard_s, daylight_s;
    bool has_daylight;
    zone_change to_daylight, to_standard;
} zone_rule;

bool zone_rule_parse(const char *text, zone_rule *rule);
int32_t zone_rule_get_offset_s(const zone_rule *rule, int64_t unix_s);

/* ---- the calendar, both ways (proleptic Gregorian) ---- */

int64_t zone_days_from_date(int64_t year, int month, int day); /* since 1970-01-01 */
void zone_date_from_days(int64_t days, int64_t *year, int *month, int *day);

#endif
