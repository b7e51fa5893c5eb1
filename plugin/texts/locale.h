/* SPDX-License-Identifier: Apache-2.0 */
/* texts/locale.h - numbers, money, dates, times and durations as the owner writes them. Every function fills `out`,
 * terminates it and returns it. */
#ifndef TEXTS_LOCALE_H
#define TEXTS_LOCALE_H

#include "texts/texts.h"
#include "texts/zone.h"

#define LOCALE_MAX 64 /* bytes that any of these needs at most, terminator included */

typedef struct locale {
    texts_language language;
    char decimal;  /* between units and fractions */
    char grouping; /* between thousands */
    zone *zone;    /* NULL: UTC */
    bool zone_is_known;
    char zone_name[65];
    char country[3];  /* "" : not told */
    char currency[4]; /* "" : not told */
} locale;

/* All may be NULL. English, UTC and empty where something is missing or makes no sense. */
void locale_set(locale *l, const char *language, const char *time_zone, const char *country, const char *currency);
void locale_clear(locale *l);

char *locale_format_number(const locale *l, char out[LOCALE_MAX], int64_t number);
/* Fractions by currency (none in JPY, three in KWD), the code behind: "1,234.50 EUR". */
char *locale_format_money(const locale *l, char out[LOCALE_MAX], int64_t minor, const char *currency);
char *locale_format_bytes(const locale *l, char out[LOCALE_MAX], uint64_t bytes);
/* "2026-11-20" -> "20 Nov 2026"; anything else as it is. */
char *locale_format_date(const locale *l, char out[LOCALE_MAX], const char *business_date);
/* "14:05" on the day of now_ms, else "20 Nov 2026, 14:05"; with " UTC" behind while the zone is not known. */
char *locale_format_moment(const locale *l, char out[LOCALE_MAX], int64_t wall_ms, int64_t now_ms);
/* The same to the second, for short waits. */
char *locale_format_second(const locale *l, char out[LOCALE_MAX], int64_t wall_ms, int64_t now_ms);
/* "25 seconds", "12 minutes", "3 hours", "2 days": rounded up, for waits. */
char *locale_format_duration(const locale *l, char out[LOCALE_MAX], int64_t duration_ms);

#endif
