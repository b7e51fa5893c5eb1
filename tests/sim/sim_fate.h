/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_fate.h - what becomes of a request on its way, and what others answer in the cloud's place. */
#ifndef SIM_FATE_H
#define SIM_FATE_H

#include "sim/sim.h"

typedef enum sim_fate {
    FATE_FINE = 1,
    FATE_UNREACHED,
    FATE_CUT,  /* in the request: the cloud sees half of it, and forgets it */
    FATE_LATE, /* given up by the till long before it arrives */
    FATE_TWICE,
    FATE_LOST_ANSWER, /* the cloud acts; nobody hears of it */
    FATE_LATE_ANSWER,
    FATE_HALF_ANSWER, /* what comes looks whole, and is not */
    FATE_STALE,       /* an old answer comes out of a cache */
    FATE_GATEWAY,     /* the cloud acts, and a gateway says that it did not */
    FATE_INSTEAD      /* somebody else answers */
} sim_fate;

/* Which of sim_rows.h it is comes out in *row; of FATE_FINE nothing does. */
sim_fate sim_fate_draw(sim *s, sim_till *t, const net_request *request, sim_row *row);

net_answer sim_fate_failed(net_outcome outcome);
net_answer sim_fate_unreached(sim_till *t);
net_answer sim_fate_cut(sim_till *t);
net_answer sim_fate_made(int32_t status, const char *type, const char *body, int64_t retry_after_s);
net_answer sim_fate_instead(sim_till *t, sim_row row);

#endif
