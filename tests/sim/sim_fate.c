/* SPDX-License-Identifier: Apache-2.0 */
/* sim/sim_fate.c - the network's troubles as a table, and the answers of those in between (sim/sim_fate.h). */
#include "sim/sim_fate.h"

#include <stdio.h>
#include <string.h>

/* ---- answers ---- */

net_answer sim_fate_failed(net_outcome outcome)
{
    return (net_answer){.outcome = outcome, .retry_after_ms = -1, .detail = "simulated"};
}

net_answer sim_fate_unreached(sim_till *t)
{
    static const net_outcome kinds[] = {NET_FAILED_RESOLVE, NET_FAILED_CONNECT, NET_FAILED_CONNECT, NET_FAILED_TLS};
    return sim_fate_failed(kinds[sim_random_below(&t->random, 4)]);
}

net_answer sim_fate_cut(sim_till *t)
{
    return sim_fate_failed(sim_random_below(&t->random, 2) ? NET_FAILED_CUT : NET_FAILED_TIMEOUT);
}

net_answer sim_fate_made(int32_t status, const char *type, const char *body, int64_t retry_after_s)
{
    net_answer answer = {
        .outcome = NET_ANSWERED, .status = status, .retry_after_ms = retry_after_s > 0 ? retry_after_s * 1000 : -1};
    snprintf(answer.content_type, sizeof answer.content_type, "%s", type);
    answer.body_bytes = strlen(body);
    answer.body = (uint8_t *)strdup(body);
    return answer;
}

static net_answer busy(sim_till *t, int32_t status, const char *slug)
{
    sim_random *r = &t->random;
    char body[200];
    int64_t wait_s = sim_random_below(r, 2) ? sim_random_between(r, 1, 900) : 0;
    if (!slug || sim_random_once_in(r, 4)) /* of a proxy before the cloud */
        return sim_fate_made(status, "text/html", "<html>Later</html>", wait_s);
    snprintf(body, sizeof body,
             "{\"type\":\"urn:factorycloud:problem:%s\",\"title\":\"Later\",\"status\":%d,\"detail\":\"Later.\"}", slug,
             (int)status);
    return sim_fate_made(status, "application/problem+json", body, wait_s);
}

net_answer sim_fate_instead(sim_till *t, sim_row row)
{
    static const int32_t strange[] = {200, 200, 302, 403, 404, 407, 511, 413};
    switch (row) {
    case ROW_SMALL_PROXY:
        return sim_fate_made(413, "text/html", "<html>Request Entity Too Large</html>", 0);
    case ROW_STATUS_429:
        return busy(t, 429, "throttled");
    case ROW_STATUS_500:
        return busy(t, 500, "internal");
    case ROW_STATUS_502:
        return busy(t, 502, NULL);
    case ROW_STATUS_503:
        return busy(t, 503, "busy");
    default:
        return sim_fate_made(strange[sim_random_below(&t->random, 8)], "text/html",
                             "<html>Welcome to our wireless network</html>", 0);
    }
}

/* ---- fates ---- */

typedef struct chance {
    sim_fate fate;
    sim_row row;
} chance;

static const chance rough[] = {{FATE_UNREACHED, ROW_REQUEST_LOST},  {FATE_CUT, ROW_REQUEST_CUT},
                               {FATE_LATE, ROW_REQUEST_LATE},       {FATE_TWICE, ROW_REQUEST_TWICE},
                               {FATE_LOST_ANSWER, ROW_ANSWER_LOST}, {FATE_LATE_ANSWER, ROW_ANSWER_LATE},
                               {FATE_HALF_ANSWER, ROW_ANSWER_CUT},  {FATE_STALE, ROW_ANSWER_STALE},
                               {FATE_INSTEAD, ROW_STATUS_STRANGE},  {FATE_GATEWAY, ROW_STATUS_504}};
static const chance crowded[] = {{FATE_INSTEAD, ROW_STATUS_429},
                                 {FATE_INSTEAD, ROW_STATUS_500},
                                 {FATE_INSTEAD, ROW_STATUS_502},
                                 {FATE_INSTEAD, ROW_STATUS_503},
                                 {FATE_GATEWAY, ROW_STATUS_504}};

static chance draw(sim_till *t, const chance *list, uint32_t count)
{
    return list[sim_random_below(&t->random, count)];
}

static chance draw_by_weather(sim_till *t, const net_request *request)
{
    static const chance fine = {FATE_FINE, SIM_ROW_COUNT};
    sim_random *r = &t->random;
    bool small = t->narrow || t->weather == WEATHER_SMALL;
    if (small && request->body_bytes > SIM_NARROW_BYTES)
        return (chance){FATE_INSTEAD, ROW_SMALL_PROXY};
    switch (t->weather) {
    case WEATHER_OFFLINE:
        return (chance){FATE_UNREACHED, ROW_OFFLINE};
    case WEATHER_PORTAL:
        return (chance){FATE_INSTEAD, ROW_PORTAL};
    case WEATHER_SLOW:
        return (chance){FATE_LATE_ANSWER, ROW_SLOW};
    case WEATHER_BUSY:
        return draw(t, crowded, sizeof crowded / sizeof crowded[0]);
    case WEATHER_ROUGH:
        return sim_random_below(r, 3) ? fine : draw(t, rough, sizeof rough / sizeof rough[0]);
    case WEATHER_SMALL:
        return fine;
    default:
        return sim_random_once_in(r, 60) ? draw(t, rough, sizeof rough / sizeof rough[0]) : fine;
    }
}

sim_fate sim_fate_draw(sim *s, sim_till *t, const net_request *request, sim_row *row)
{
    if (s->now_ms >= t->weather_until_ms)
        t->weather = WEATHER_GOOD;
    bool in_peace = s->options.calm || s->healing;
    if (in_peace && !t->narrow)
        return FATE_FINE;
    chance one = draw_by_weather(t, request);
    if (one.fate == FATE_STALE && !t->net->stale_body)
        one = (chance){FATE_CUT, ROW_REQUEST_CUT};
    *row = one.row;
    if (one.fate == FATE_FINE || (in_peace && one.row != ROW_SMALL_PROXY) || !sim_may_happen(s, one.row))
        return FATE_FINE;
    sim_happened(s, one.row);
    return one.fate;
}
