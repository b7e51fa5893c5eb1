/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/disconnect.h - leaving the cloud: nothing that could send stays on this till.
 *
 * Sending stops at once. All credentials are removed from storage in one durable operation, then the state is put
 * without an assignment. A crash before the removal: still connected, the owner sees it and repeats. Between the two:
 * no credentials, so nothing can be sent; the screen says log in. Meanwhile the cloud is asked to revoke them, as far
 * as it answers within ten seconds.
 */
#ifndef CORE_DISCONNECT_H
#define CORE_DISCONNECT_H

#include "core/core.h"

typedef enum disconnect_phase {
    DISCONNECT_IDLE = 1,
    DISCONNECT_WIPE,
    DISCONNECT_PUT_STATE,
    DISCONNECT_TELL /* waiting for the cloud's answers */
} disconnect_phase;

typedef struct disconnect {
    disconnect_phase phase;
    int64_t give_up_at; /* elapsed ms */
    uint32_t told;      /* requests under way */
    bool unheard;       /* one of them ended without the cloud's word */
    uint32_t tickets[33];
} disconnect;

void disconnect_open(core *c);
bool disconnect_is_running(const core *c);
bool disconnect_take_answer(core *c, const net_answer *answer);
/* True: it used the tick's write. */
bool disconnect_tick(core *c, core_time now);

#endif
