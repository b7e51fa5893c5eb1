/* SPDX-License-Identifier: Apache-2.0 */
/*
 * texts/zone_rule.c - the POSIX rule at the end of a TZif file, and the calendar arithmetic that it needs. Zone files
 * list changes up to some year (2037, or only the past); from there on this rule alone says when clocks change.
 */
#include "texts/zone.h"

#include <string.h>

#define DAY_S 86400

int64_t zone_days_from_date(int64_t year, int month, int day)
{
    /* Years begin in March, so that the leap day is the last of its year. */
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void zone_date_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}

static bool skip_name(const char **p)
{
    const char *start = *p;
    if (**p == '<') {
        while (**p && **p != '>')
            (*p)++;
        return *(*p)++ == '>';
    }
    while ((**p >= 'A' && **p <= 'Z') || (**p >= 'a' && **p <= 'z'))
        (*p)++;
    return *p - start >= 3;
}

static bool read_number(const char **p, int max, int *out)
{
    if (**p < '0' || **p > '9')
        return false;
    int value = 0;
    while (**p >= '0' && **p <= '9') {
        value = value * 10 + (*(*p)++ - '0');
        if (value > max)
            return false;
    }
    *out = value;
    return true;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(const char **p, int32_t *out)
{
    int sign = **p == '-' ? -1 : 1;
    if (**p == '-' || **p == '+')
        (*p)++;
    int hours = 0, minutes = 0, seconds = 0;
    if (!read_number(p, 167, &hours))
        return false;
    if (**p == ':') {
        (*p)++;
        if (!read_number(p, 59, &minutes))
            return false;
        if (**p == ':') {
            (*p)++;
            if (!read_number(p, 59, &seconds))
                return false;
        }
    }
    *out = sign * (hours * 3600 + minutes * 60 + seconds);
    return true;
}

static bool read_change(const char **p, zone_change *change)
{
    if (*(*p)++ != ',')
        return false;
    bool fine;
    if (**p == 'M') {
        (*p)++;
        change->kind = 'M';
        fine = read_number(p, 12, &change->month) && *(*p)++ == '.' && read_number(p, 5, &change->week) &&
               *(*p)++ == '.' && read_number(p, 6, &change->day) && change->month >= 1 && change->week >= 1;
    } else {
        change->kind = **p == 'J' ? 'J' : 'D';
        *p += **p == 'J';
        fine = read_number(p, 365, &change->day) && !(change->kind == 'J' && change->day == 0);
    }
    change->at_s = 2 * 3600;
    if (fine && **p == '/') {
        (*p)++;
        fine = read_time(p, &change->at_s);
    }
    return fine;
}

bool zone_rule_parse(const char *text, zone_rule *rule)
{
    memset(rule, 0, sizeof *rule);
    const char *p = text;
    int32_t west_s = 0;
    if (!skip_name(&p) || !read_time(&p, &west_s))
        return false;
    rule->standard_s = -west_s;
    rule->daylight_s = rule->standard_s + 3600;
    if (*p == '\0')
        return true;
    if (!skip_name(&p))
        return false;
    if (*p != ',' && *p != '\0') {
        if (!read_time(&p, &west_s))
            return false;
        rule->daylight_s = -west_s;
    }
    rule->has_daylight = true;
    return read_change(&p, &rule->to_daylight) && read_change(&p, &rule->to_standard) && *p == '\0';
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Local seconds since 1970 at which the change happens in that year. */
static int64_t find_change_s(const zone_change *change, int64_t year)
{
    int64_t days;
    if (change->kind == 'M') {
        days = zone_days_from_date(year, change->month, 1);
        int64_t weekday = ((days + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
        days += (change->day - weekday + 7) % 7 + (change->week - 1) * 7;
        int64_t next_month =
            change->month == 12 ? zone_days_from_date(year + 1, 1, 1) : zone_days_from_date(year, change->month + 1, 1);
        if (days >= next_month) /* week 5 is the last one */
            days -= 7;
    } else {
        days = zone_days_from_date(year, 1, 1) + change->day;
        if (change->kind == 'J')
            days -= change->day < 60 || !is_leap(year) ? 1 : 0;
    }
    return days * DAY_S + change->at_s;
}

int32_t zone_rule_get_offset_s(const zone_rule *rule, int64_t unix_s)
{
    if (!rule->has_daylight)
        return rule->standard_s;
    int64_t local_s = unix_s + rule->standard_s, year;
    int month, day;
    zone_date_from_days((local_s >= 0 ? local_s : local_s - (DAY_S - 1)) / DAY_S, &year, &month, &day);
    int64_t start_s = find_change_s(&rule->to_daylight, year) - rule->standard_s;
    int64_t end_s = find_change_s(&rule->to_standard, year) - rule->daylight_s;
    bool daylight = start_s < end_s ? unix_s >= start_s && unix_s < end_s : unix_s >= start_s || unix_s < end_s;
    return daylight ? rule->daylight_s : rule->standard_s;
}
