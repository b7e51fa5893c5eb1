/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_time.c - the calendar of a shop in Madrid: its offset, its days. */
#include "sim/sim.h"

#include <stdio.h>
#include <string.h>

static void civil(int64_t day, int64_t *year, int32_t *month, int32_t *of_month)
{
    char text[32];
    int y = 0, m = 0, d = 0;
    sim_log_time(day * SIM_DAY, text);
    sscanf(text, "%d-%d-%d", &y, &m, &d);
    *year = y;
    *month = m;
    *of_month = d;
}

uint32_t sim_weekday(int64_t utc_ms)
{
    return (uint32_t)((utc_ms / SIM_DAY + 4) % 7); /* 0: Sunday */
}

/* European summer time: from the last Sunday of March to that of October, 01:00 UTC. */
int32_t sim_zone_minutes(int64_t utc_ms)
{
    static int64_t known_day = -1;
    static int32_t known_before, known_after; /* before and after 01:00 of that day */
    int64_t day = utc_ms / SIM_DAY;
    if (day != known_day) {
        int64_t year;
        int32_t month, of_month;
        civil(day, &year, &month, &of_month);
        int32_t weekday = (int32_t)sim_weekday(utc_ms);
        int32_t last_sunday = 31 - (weekday + (31 - of_month)) % 7;
        bool is_change = of_month == last_sunday && (month == 3 || month == 10);
        bool summer = (month > 3 && month < 10) || (month == 3 && of_month >= last_sunday) ||
                      (month == 10 && of_month < last_sunday);
        known_after = summer ? 120 : 60;
        known_before = is_change ? 180 - known_after : known_after;
        known_day = day;
    }
    return utc_ms % SIM_DAY < SIM_HOUR ? known_before : known_after;
}

void sim_date(int64_t local_ms, char date[11])
{
    char text[32];
    sim_log_time(local_ms, text);
    memcpy(date, text, 10);
    date[10] = 0;
}

int64_t sim_local_midnight(int64_t utc_ms)
{
    int64_t offset = sim_zone_minutes(utc_ms) * SIM_MINUTE;
    int64_t midnight = (utc_ms + offset) / SIM_DAY * SIM_DAY - offset;
    int64_t then = sim_zone_minutes(midnight) * SIM_MINUTE;
    return midnight + offset - then;
}
