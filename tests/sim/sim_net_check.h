/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_net_check.h - what can be judged on the wire: a till does not hammer, uses no right that was taken away, gets
 * nothing of another company's, and says so when another store has what it sent.
 */
#ifndef SIM_NET_CHECK_H
#define SIM_NET_CHECK_H

#include "sim/sim.h"

bool sim_net_is_upload(const net_request *q);

/* It leaves the till; the cloud has answered it; the till hears of it (`q` NULL: of the request it gave up). */
void sim_net_check_request(sim *s, sim_till *t, const net_request *q);
void sim_net_check_reply(sim *s, sim_till *t, const net_request *q, bool packed, int status);
void sim_net_check_answer(sim *s, sim_till *t, const net_request *q, bool from_cloud, const net_answer *given);

#endif
