/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shop's calendar over the C library's time zones. Reports carry local times with their offset, since head office
 * reads "closed at 20:30" and not what that was in UTC.
 */
#include "calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CALENDAR_DAY_STARTS_HOUR 5

bool calendar_set_zone(const char *zone, struct fault *fault)
{
    char path[256];
    if (strstr(zone, "..") != NULL || zone[0] == '/' || zone[0] == '\0' ||
        snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zone) >= (int)sizeof path)
        return fault_set(fault, "\"%s\" is not the name of a time zone, like \"Europe/Madrid\"", zone);
    if (strcmp(zone, "UTC") != 0 && access(path, R_OK) != 0)
        return fault_set(
            fault, "this machine does not know the time zone \"%s\" (package tzdata; \"UTC\" always works)", zone);
    if (setenv("TZ", zone, 1) != 0)
        return fault_set(fault, "no memory for the time zone");
    tzset();
    return true;
}

static void calendar_break(int64_t wall_ms, struct tm *local, int *thousandths)
{
    int64_t seconds = wall_ms / 1000;
    int64_t rest = wall_ms % 1000;
    if (rest < 0) {
        rest += 1000;
        seconds--;
    }
    time_t when = (time_t)seconds;
    if (localtime_r(&when, local) == NULL)
        memset(local, 0, sizeof *local);
    *thousandths = (int)rest;
}

void calendar_format_time(int64_t wall_ms, char text[CALENDAR_TEXT_BYTES])
{
    struct tm local;
    int thousandths;
    calendar_break(wall_ms, &local, &thousandths);
    long offset_minutes = local.tm_gmtoff / 60;
    long distance = offset_minutes < 0 ? -offset_minutes : offset_minutes;
    char seconds[24];
    char fraction[8] = "";
    (void)strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &local);
    if (thousandths != 0)
        (void)snprintf(fraction, sizeof fraction, ".%03d", thousandths);
    (void)snprintf(text, CALENDAR_TEXT_BYTES, "%s%s%c%02ld:%02ld", seconds, fraction, offset_minutes < 0 ? '-' : '+',
                   distance / 60, distance % 60);
}

void calendar_format_local(int64_t wall_ms, char text[CALENDAR_TEXT_BYTES])
{
    struct tm local;
    int thousandths;
    calendar_break(wall_ms, &local, &thousandths);
    (void)strftime(text, CALENDAR_TEXT_BYTES, "%Y-%m-%d %H:%M:%S", &local);
}

/* Exactly `digits` digits at *text; moves on. */
static bool calendar_read_number(const char **text, int digits, int *value)
{
    *value = 0;
    for (int i = 0; i < digits; i++) {
        char c = (*text)[i];
        if (c < '0' || c > '9')
            return false;
        *value = *value * 10 + (c - '0');
    }
    *text += digits;
    return true;
}

static bool calendar_read_char(const char **text, char wanted)
{
    if (**text != wanted)
        return false;
    (*text)++;
    return true;
}

static bool calendar_read_date(const char **text, struct tm *parts)
{
    int year, month, day;
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (!calendar_read_number(text, 4, &year) || !calendar_read_char(text, '-') ||
        !calendar_read_number(text, 2, &month) || !calendar_read_char(text, '-') ||
        !calendar_read_number(text, 2, &day) || year < 1 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (day > days[month - 1] + (month == 2 && leap ? 1 : 0))
        return false;
    parts->tm_year = year - 1900;
    parts->tm_mon = month - 1;
    parts->tm_mday = day;
    return true;
}

static bool calendar_read_clock(const char **text, bool seconds_needed, struct tm *parts)
{
    if (!calendar_read_number(text, 2, &parts->tm_hour) || !calendar_read_char(text, ':') ||
        !calendar_read_number(text, 2, &parts->tm_min) || parts->tm_hour > 23 || parts->tm_min > 59)
        return false;
    if (!calendar_read_char(text, ':'))
        return !seconds_needed;
    return calendar_read_number(text, 2, &parts->tm_sec) && parts->tm_sec <= 60;
}

static bool calendar_read_offset(const char **text, int *offset_minutes)
{
    int hours, minutes;
    *offset_minutes = 0;
    if (calendar_read_char(text, 'Z') || calendar_read_char(text, 'z'))
        return true;
    char sign = **text;
    if (sign != '+' && sign != '-')
        return false;
    (*text)++;
    if (!calendar_read_number(text, 2, &hours) || !calendar_read_char(text, ':') ||
        !calendar_read_number(text, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *offset_minutes = (sign == '-' ? -1 : 1) * (hours * 60 + minutes);
    return true;
}

bool calendar_parse_time(const char *text, int64_t *wall_ms)
{
    struct tm parts = {0};
    int thousandths = 0;
    int offset_minutes;
    if (!calendar_read_date(&text, &parts) || (*text != 'T' && *text != 't' && *text != ' '))
        return false;
    text++;
    if (!calendar_read_clock(&text, true, &parts))
        return false;
    if (calendar_read_char(&text, '.')) {
        int scale = 100;
        if (*text < '0' || *text > '9')
            return false;
        for (; *text >= '0' && *text <= '9'; text++, scale /= 10)
            thousandths += (*text - '0') * scale;
    }
    if (!calendar_read_offset(&text, &offset_minutes) || *text != '\0')
        return false;
    int64_t seconds = (int64_t)timegm(&parts) - (int64_t)offset_minutes * 60;
    *wall_ms = seconds * 1000 + thousandths;
    return true;
}

bool calendar_parse_local(const char *text, int64_t *wall_ms)
{
    struct tm parts = {0};
    parts.tm_isdst = -1;
    parts.tm_hour = 8;
    if (!calendar_read_date(&text, &parts))
        return false;
    if (*text != '\0') {
        if (!calendar_read_char(&text, 'T') || !calendar_read_clock(&text, false, &parts) || *text != '\0')
            return false;
    }
    *wall_ms = (int64_t)mktime(&parts) * 1000;
    return true;
}

bool calendar_is_date(const char *text)
{
    struct tm parts = {0};
    return calendar_read_date(&text, &parts) && *text == '\0';
}

void calendar_business_date(int64_t wall_ms, char date[CALENDAR_DATE_BYTES])
{
    struct tm local;
    int thousandths;
    calendar_break(wall_ms - CALENDAR_DAY_STARTS_HOUR * CALENDAR_HOUR_MS, &local, &thousandths);
    (void)strftime(date, CALENDAR_DATE_BYTES, "%Y-%m-%d", &local);
}

int64_t calendar_next_at(int64_t after_ms, int32_t minute_of_day)
{
    struct tm local;
    int thousandths;
    calendar_break(after_ms, &local, &thousandths);
    for (int days = 0;; days++) {
        struct tm wanted = local;
        wanted.tm_mday += days;
        wanted.tm_hour = minute_of_day / 60;
        wanted.tm_min = minute_of_day % 60;
        wanted.tm_sec = 0;
        wanted.tm_isdst = -1; /* the offset of that day, not of this one */
        int64_t when_ms = (int64_t)mktime(&wanted) * 1000;
        if (when_ms > after_ms || days > 2)
            return when_ms;
    }
}

int32_t calendar_offset_minutes(int64_t wall_ms)
{
    struct tm local;
    int thousandths;
    calendar_break(wall_ms, &local, &thousandths);
    return (int32_t)(local.tm_gmtoff / 60);
}

int32_t calendar_minute_of_day(int64_t wall_ms)
{
    struct tm local;
    int thousandths;
    calendar_break(wall_ms, &local, &thousandths);
    return local.tm_hour * 60 + local.tm_min;
}
