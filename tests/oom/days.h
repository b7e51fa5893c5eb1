/* SPDX-License-Identifier: Apache-2.0 */
/* oom/days.h - the canonical days, as far as they are told through the object's ABI. */
#ifndef OOM_DAYS_H
#define OOM_DAYS_H

#include "oom/till.h"

typedef struct oom_day {
    const char *name;
    void (*prepare)(till *t); /* with memory; leaves no instance running. NULL: nothing was ever started */
    void (*tell)(till *t);    /* memory fails here */
    void (*resume)(till *t);  /* memory is back: what the owner does who has not seen it done */
    void (*check)(till *t);   /* besides what always holds */
    int64_t rejected_number;  /* of the model cloud; 0: none */
    bool tls;
    bool cold; /* the first start in a process, with all that libraries do once */
} oom_day;

extern const oom_day oom_days[];
extern const uint32_t oom_day_count;

/* With memory, at rest: every close counts once, and so on. */
void days_check(till *t, const oom_day *day);

#endif
