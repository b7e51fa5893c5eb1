/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/pace.c - judges a link by whole transfers. Their time holds the cloud's own work and its answer as well:
 * only who is slow in spite of that is called so, and a link is called fast only where neither held anything up.
 */
#include "net/pace.h"

#define LEAST_BYTES       (16u * 1024u) /* less than that says more about the round trip than about the link */
#define SLOW_BYTES_PER_MS 256u          /* about 2 Mbit/s: level 9 is worth its time below that */
#define FAST_BYTES_PER_MS 2048u
#define US_PER_MS         1000u

net_pace pace_judge(uint64_t sent_bytes, uint64_t took_us, net_pace before)
{
    uint64_t per_ms = sent_bytes * US_PER_MS / (took_us > 0 ? took_us : 1);

    if (sent_bytes < LEAST_BYTES)
        return before;
    if (per_ms < SLOW_BYTES_PER_MS)
        return NET_PACE_SLOW;
    return per_ms >= FAST_BYTES_PER_MS ? NET_PACE_FAST : NET_PACE_USUAL;
}

net_pace pace_of(CURL *ended, net_pace before)
{
    curl_off_t sent_bytes = 0, ready_us = 0, ended_us = 0;

    (void)curl_easy_getinfo(ended, CURLINFO_SIZE_UPLOAD_T, &sent_bytes);
    (void)curl_easy_getinfo(ended, CURLINFO_PRETRANSFER_TIME_T, &ready_us);
    (void)curl_easy_getinfo(ended, CURLINFO_TOTAL_TIME_T, &ended_us);
    if (ended_us <= ready_us)
        return before;
    return pace_judge((uint64_t)sent_bytes, (uint64_t)(ended_us - ready_us), before);
}
