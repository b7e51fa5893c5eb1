/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/health.h - is the cloud there, and what time is it (openapi.yaml, tag service). */
#ifndef PROTOCOL_HEALTH_H
#define PROTOCOL_HEALTH_H

#include "protocol/verdict.h"

net_request *protocol_ask_health(void);
/* time_ms: the cloud's clock, of a DONE. */
void protocol_read_health(const net_answer *answer, protocol_verdict *verdict, int64_t *time_ms);

#endif
