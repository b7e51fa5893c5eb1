/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expectations: what must stand on the screen or in the status bar. Each waits, ticking the plugin, since what it
 * expects may still be on its way.
 */
#include <string.h>

#include "pulse.h"
#include "verbs.h"
#include "view.h"

struct verbs_wish {
    const struct till *till;
    const char *words;
};

static bool verbs_on_screen(void *ctx)
{
    const struct verbs_wish *wish = ctx;
    return poshost_screen_is_open(wish->till->screen) && view_has_words(wish->till->screen, wish->words);
}

static bool verbs_not_on_screen(void *ctx)
{
    const struct verbs_wish *wish = ctx;
    return poshost_screen_is_open(wish->till->screen) && !view_has_words(wish->till->screen, wish->words);
}

static bool verbs_in_status(void *ctx)
{
    const struct verbs_wish *wish = ctx;
    return wish->till->pulse.ticked && strstr(wish->till->pulse.attention_text, wish->words) != NULL;
}

static enum run_result verbs_expect_it(struct run *run, const struct words *words, bool (*is_so)(void *ctx),
                                       const char *what)
{
    struct verbs_wish wish = {run->till, words->word[1]};
    int64_t timeout_ms = RUN_EXPECT_TIMEOUT_MS;
    if (words->count > 2 && !run_parse_duration(words->word[2], &timeout_ms))
        return run_refuse(run, "\"%s\" is no duration, like 30s", words->word[2]);
    enum run_result result = run_wait(run, is_so, &wish, timeout_ms, what);
    if (result == RUN_FAILED) {
        struct fault told = run->fault;
        (void)fault_set(&run->fault, "\"%.150s\" %.300s", words->word[1], told.text);
    }
    return result;
}

enum run_result verb_expect(struct run *run, const struct words *words)
{
    return verbs_expect_it(run, words, verbs_on_screen, "is not on the screen");
}

enum run_result verb_expect_not(struct run *run, const struct words *words)
{
    return verbs_expect_it(run, words, verbs_not_on_screen, "is still on the screen");
}

enum run_result verb_expect_status(struct run *run, const struct words *words)
{
    return verbs_expect_it(run, words, verbs_in_status, "is not in the status bar");
}

enum run_result verb_expect_pending(struct run *run, const struct words *words)
{
    int64_t wanted;
    if (!options_parse_number(words->word[1], 0, UINT32_MAX, &wanted))
        return run_refuse(run, "expect-pending takes a number, not \"%s\"", words->word[1]);
    if (!pulse_run(run->till, &run->fault))
        return RUN_FAILED;
    if ((int64_t)run->till->pulse.pending != wanted)
        return run_fail(run, "%u are pending, not %s", (unsigned)run->till->pulse.pending, words->word[1]);
    return RUN_OK;
}
