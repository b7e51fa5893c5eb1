/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/diagnose.h - one button that finds out where it stops: the till's storage, the name, the connection, the
 * certificate, the clock, the log-in, the store.
 *
 * Three requests at most, each needing what the one before it showed: the health route (name, connection, certificate,
 * clock), the person's session, and a batch without reports, which needs the store's permission and changes nothing.
 *
 * It runs beside everything else: the owner may leave the page, log in, assign or disconnect meanwhile. An answer about
 * an account that is not the same any more is dropped, and the run with it: it would say something about nobody.
 */
#ifndef CORE_DIAGNOSE_H
#define CORE_DIAGNOSE_H

#include "core/core.h"

typedef enum diagnose_phase { DIAGNOSE_IDLE = 1, DIAGNOSE_HEALTH, DIAGNOSE_LOG_IN, DIAGNOSE_STORE } diagnose_phase;

#define DIAGNOSE_MARK_BYTES 32

typedef struct diagnose {
    diagnose_phase phase;
    uint32_t ticket;
    int64_t asked_at;                  /* elapsed ms */
    uint8_t mark[DIAGNOSE_MARK_BYTES]; /* of the account that was asked about */
    core_diagnosis view;
} diagnose;

void diagnose_open(core *c);
/* Is this answer the diagnosis's? Then takes it. */
bool diagnose_take_answer(core *c, core_time now, const net_answer *answer);

#endif
