/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/row_outage.c - how soon a till is back after an outage, and how often it tries meanwhile: the plugin's own
 * core on virtual time, a thousand tills, each with its own dice. Connections are either refused at once, or lost in a
 * black hole until the connect timeout; the one under way when the network is back comes about with the next of its SYN
 * packets (1, 3 and 7 s after the first), or not at all. Round trips take no time here.
 */
#include "bench/bench.h"
/* Both have one. */
#define bench_run virtual_run
#include "support/core_bench.h"
#undef bench_run

#define CONNECT_MS INT64_C(15000) /* the plugin's connect timeout */
#define SYN_MS     INT64_C(1000)  /* until a SYN packet is repeated; then twice as long, and so on */

typedef enum outage { REFUSED = 1, BLACK_HOLE, BUSY } outage;
typedef enum rescue { NOBODY = 1, CLOSE, RETRY } rescue;

static bench till;
static outage trouble;                 /* 0: all is well */
static uint32_t held;                  /* the attempt in the black hole; 0: none */
static int64_t held_since, held_until; /* its next SYN packet, or its end */
static uint64_t attempts;

static void take_request(void *ctx, net_script *script, const script_request *request)
{
    (void)ctx;
    attempts++;
    if (trouble == BLACK_HOLE) {
        held = request->ticket;
        held_since = till.now.elapsed_ms;
        held_until = held_since + SYN_MS;
    } else if (trouble == REFUSED) {
        script_fail(script, request->ticket, NET_FAILED_CONNECT);
    } else if (trouble == BUSY) {
        script_reply(script, request->ticket, 503, "text/html", "<html>maintenance</html>");
    } else {
        cloud_handle(&till.cloud, script, request);
    }
}

static void move_held(void)
{
    const script_request *request = script_find(till.net, held);
    if (!request || request->answered) { /* it was broken off */
        held = 0;
        return;
    }
    if (till.now.elapsed_ms < held_until)
        return;
    if (trouble == 0)
        cloud_handle(&till.cloud, till.net, &(script_request){.ticket = held, .request = request->request});
    else if (held_until - held_since >= CONNECT_MS)
        script_fail(till.net, held, NET_FAILED_CONNECT);
    else
        held_until += held_until - held_since + SYN_MS;
}

/* One tick, and the time until the next, at most `limit_ms`. */
static void beat(int64_t limit_ms)
{
    move_held();
    int64_t wait_ms = bench_tick(&till, 0);
    if (held != 0 && held_until - till.now.elapsed_ms < wait_ms)
        wait_ms = held_until - till.now.elapsed_ms;
    bench_pass(&till, wait_ms < limit_ms ? wait_ms : limit_ms);
}

static void run_for(int64_t ms)
{
    int64_t end = till.now.elapsed_ms + ms;
    while (till.now.elapsed_ms < end)
        beat(end - till.now.elapsed_ms);
}

/* A till that is connected and sends X reports, with `number` for its dice. */
static void open_till(uint64_t number)
{
    trouble = 0;
    held = 0;
    bench_open(&till);
    bench_seed = number * UINT64_C(0x9e3779b97f4a7c15);
    ck_assert_msg(bench_start(&till), "%s", till.why);
    ck_assert(bench_log_in(&till));
    ck_assert_int_eq(bench_assign(&till, "sto_A", CLAIM_FIRST, NULL), PROGRESS_DONE);
    core_begin_call(till.core);
    ck_assert(core_set_x_enabled(till.core, till.now, true));
    till.net->handle = take_request;
    till.net->connects_never = true;
    run_for(BENCH_HOUR_MS);
}

/* ms from the network's return to the receipt of the close that waited. */
static double measure_return(uint64_t number, outage kind, rescue by)
{
    uint64_t dice = number * UINT64_C(0xbf58476d1ce4e5b9);
    open_till(number);
    trouble = kind;
    bench_day(&till, 1);
    run_for(BENCH_HOUR_MS + (int64_t)(dice >> 16) % 120000);
    trouble = 0;
    int64_t start_ms = till.now.elapsed_ms;
    if (by == RETRY) {
        core_begin_call(till.core);
        core_retry_now(till.core, till.now);
    } else if (by == CLOSE) {
        bench_commit(&till, 2, "a");
        ck_assert_int_eq(bench_hand_over(&till, &till.closes[till.close_count - 1]), POS_OK);
    }
    while (cloud_counts(&till.cloud, till.closes[0].sha) == 0) {
        beat(BENCH_HOUR_MS);
        ck_assert_int_lt(till.now.elapsed_ms - start_ms, BENCH_DAY_MS);
    }
    double took_ms = (double)(till.now.elapsed_ms - start_ms);
    bench_close_all(&till);
    return took_ms;
}

static void print_return(const char *name, outage kind, rescue by, const char *median_aim, const char *most_aim)
{
    char text[120];
    bench_samples took = {0};
    for (size_t i = 1; i <= bench_scale(1000, 50); i++)
        bench_add(&took, measure_return(i, kind, by) / 1e3);
    snprintf(text, sizeof text, "outage, %s, median", name);
    bench_print((bench_part){.name = text, .unit = "s", .value = bench_quantile(&took, 0.5), .aim = median_aim});
    snprintf(text, sizeof text, "outage, %s, longest", name);
    bench_print((bench_part){.name = text, .unit = "s", .value = bench_quantile(&took, 1), .aim = most_aim});
    bench_clear(&took);
}

/* The busiest till's day, from when the waits have reached their length. */
static void print_attempts(const char *name, outage kind, size_t tills, const char *aim)
{
    char text[120];
    bench_samples made = {0};
    for (size_t i = 1; i <= tills; i++) {
        open_till(i);
        trouble = kind;
        bench_day(&till, 1);
        run_for(BENCH_HOUR_MS);
        attempts = 0;
        run_for(BENCH_DAY_MS);
        bench_add(&made, (double)attempts);
        bench_close_all(&till);
    }
    snprintf(text, sizeof text, "outage, attempts in 24 h, %s, median", name);
    bench_print((bench_part){.name = text, .unit = "", .value = bench_quantile(&made, 0.5)});
    snprintf(text, sizeof text, "outage, attempts in 24 h, %s, most", name);
    bench_print((bench_part){.name = text, .unit = "", .value = bench_quantile(&made, 1), .aim = aim});
    bench_clear(&made);
}

START_TEST(outages)
{
    print_return("refused, network back to first receipt", REFUSED, NOBODY, "<= 30", "<= 60");
    print_return("black hole, network back to first receipt", BLACK_HOLE, NOBODY, "<= 30", "<= 60");
    print_return("refused, with a close", REFUSED, CLOSE, NULL, "<= 1");
    print_return("refused, with Retry now", REFUSED, RETRY, NULL, "<= 1");
    print_return("black hole, with a close", BLACK_HOLE, CLOSE, NULL, "<= 1");
    print_return("black hole, with Retry now", BLACK_HOLE, RETRY, NULL, "<= 1");
    print_return("503, with Retry now", BUSY, RETRY, NULL, "<= 1");
    print_attempts("refused", REFUSED, bench_scale(1000, 20), "<= 3000");
    print_attempts("black hole", BLACK_HOLE, bench_scale(200, 10), "<= 3000");
    print_attempts("503", BUSY, bench_scale(1000, 20), "<= 150");
}
END_TEST

int main(void)
{
    return bench_run("outage", outages);
}
