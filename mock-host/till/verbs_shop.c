/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands of the shop: selling, closing, trading days.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "calendar.h"
#include "flow.h"
#include "pulse.h"
#include "replay.h"
#include "verbs.h"

#define VERBS_DOCUMENT_MAX_BYTES (64 * 1024 * 1024)

enum run_result verb_sell(struct run *run, const struct words *words)
{
    int64_t count = 1;
    if (words->count > 1 && !options_parse_number(words->word[1], 1, 100000, &count))
        return run_refuse(run, "sell takes a number from 1 to 100000, not \"%s\"", words->word[1]);
    return shop_sell(run->till, count, &run->fault) ? RUN_OK : RUN_FAILED;
}

static enum run_result verbs_close(struct run *run, const struct period_override *override)
{
    return shop_close(run->till, override, true, NULL, &run->fault) && pulse_run(run->till, &run->fault) ? RUN_OK
                                                                                                         : RUN_FAILED;
}

enum run_result verb_close(struct run *run, const struct words *words)
{
    (void)words;
    return verbs_close(run, NULL);
}

static bool verbs_read_file(struct run *run, const char *path, char **bytes, size_t *size_bytes)
{
    FILE *file = fopen(path, "rbe");
    if (file == NULL)
        return fault_set(&run->fault, "cannot read %s: %s", path, strerror(errno));
    bool ok = false;
    size_t capacity = 1 << 16;
    *size_bytes = 0;
    *bytes = malloc(capacity);
    while (*bytes != NULL && capacity <= VERBS_DOCUMENT_MAX_BYTES) {
        size_t got = fread(*bytes + *size_bytes, 1, capacity - *size_bytes, file);
        *size_bytes += got;
        if (*size_bytes < capacity) {
            ok = ferror(file) == 0;
            break;
        }
        capacity *= 2;
        char *grown = realloc(*bytes, capacity);
        if (grown == NULL)
            break;
        *bytes = grown;
    }
    (void)fclose(file);
    return ok ? true : fault_set(&run->fault, "cannot read %s whole (at most 64 MB)", path);
}

enum run_result verb_close_with(struct run *run, const struct words *words)
{
    char *bytes = NULL;
    size_t size_bytes = 0;
    enum run_result result = RUN_FAILED;
    if (verbs_read_file(run, words->word[1], &bytes, &size_bytes)) {
        struct period_override override = {.document = bytes, .document_size = size_bytes};
        result = verbs_close(run, &override);
    }
    free(bytes);
    return result;
}

enum run_result verb_die_before_handover(struct run *run, const struct words *words)
{
    (void)words;
    if (!shop_close(run->till, NULL, false, NULL, &run->fault))
        return RUN_FAILED;
    (void)fflush(NULL);
    (void)kill(getpid(), SIGKILL);
    return RUN_QUIT;
}

struct verbs_days {
    const struct till *till;
    int64_t closes_wanted;
};

static bool verbs_days_are_over(void *ctx)
{
    const struct verbs_days *days = ctx;
    return days->till->shop.closes >= days->closes_wanted;
}

enum run_result verb_trade(struct run *run, const struct words *words)
{
    int64_t days;
    struct shop *shop = &run->till->shop;
    int64_t receipts = run->till->options->receipts_a_day;
    if (!options_parse_number(words->word[1], 1, 10000, &days) ||
        (words->count > 2 && !options_parse_number(words->word[2], 1, 2000, &receipts)))
        return run_refuse(run, "trade takes 1 to 10000 days, and 1 to 2000 receipts a day");
    bool traded = shop->trading;
    int32_t closed_at = shop->close_at_minute;
    int32_t receipts_before = shop->receipts_a_day;
    struct verbs_days until = {run->till, shop->closes + days};
    shop_set_trading(run->till, true, closed_at >= 0 ? closed_at : SHOP_CLOSE_MINUTE, (int32_t)receipts);
    enum flow_result flow =
        flow_advance(run->till, (days + 1) * 25 * CALENDAR_HOUR_MS, verbs_days_are_over, &until, &run->fault);
    shop_set_trading(run->till, traded, closed_at, receipts_before);
    if (flow == FLOW_DONE)
        return RUN_OK;
    return flow == FLOW_FAULT ? RUN_FAILED : run_fail(run, "the days did not end (stopped by a signal?)");
}

enum run_result verb_trading(struct run *run, const struct words *words)
{
    const struct shop *shop = &run->till->shop;
    bool on = strcmp(words->word[1], "on") == 0;
    if (!on && strcmp(words->word[1], "off") != 0)
        return run_refuse(run, "trading is on or off, not \"%s\"", words->word[1]);
    shop_set_trading(run->till, on, shop->close_at_minute, shop->receipts_a_day);
    return RUN_OK;
}

enum run_result verb_close_at(struct run *run, const struct words *words)
{
    int32_t minute = -1;
    const struct shop *shop = &run->till->shop;
    if (strcmp(words->word[1], "off") != 0 && !options_parse_minute(words->word[1], &minute))
        return run_refuse(run, "close-at takes HH:MM or off, not \"%s\"", words->word[1]);
    shop_set_trading(run->till, shop->trading, minute, shop->receipts_a_day);
    return RUN_OK;
}

enum run_result verb_reset_numbers(struct run *run, const struct words *words)
{
    (void)words;
    return period_reset_numbers(&run->till->db, &run->fault) ? RUN_OK : RUN_FAILED;
}

enum run_result verb_replay(struct run *run, const struct words *words)
{
    struct replay_counts counts;
    bool ok = replay_run(run->till, words->word[1], &counts, &run->fault);
    replay_print_counts(run->out, &counts);
    return ok ? RUN_OK : RUN_FAILED;
}
