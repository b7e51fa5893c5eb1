/* SPDX-License-Identifier: Apache-2.0 */
/* net/pace.h - how fast bytes get to the cloud, by what the last ones took: a slow link is worth more work on a body. */
#ifndef NET_PACE_H
#define NET_PACE_H

#include "net/net.h"

#include <curl/curl.h>

/* Of a transfer that was answered; what was before, where it was too small to tell. */
net_pace pace_of(CURL *ended, net_pace before);

/* The same from what was measured: body bytes, and the time from the first of them to the end of the answer. */
net_pace pace_judge(uint64_t sent_bytes, uint64_t took_us, net_pace before);

#endif
