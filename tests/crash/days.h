/* SPDX-License-Identifier: Apache-2.0 */
/* crash/days.h - the canonical days: of reports, of the owner at the screen, of configuration data. */
#ifndef CRASH_DAYS_H
#define CRASH_DAYS_H

#include "crash/world.h"

typedef struct crash_days {
    const crash_day *days;
    uint32_t count;
} crash_days;

crash_days days_of_reports(void);
crash_days days_of_the_owner(void);
crash_days days_of_resending(void);
crash_days days_of_the_catalogue(void);
crash_days days_of_the_week(void);

#endif
