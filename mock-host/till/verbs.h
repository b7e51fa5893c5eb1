/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verbs.h - what the commands of a script do; verbs.c lists them with their arguments and meaning.
 */
#ifndef TILL_VERBS_H
#define TILL_VERBS_H

#include "run.h"

/* verbs_shop.c */
enum run_result verb_sell(struct run *run, const struct words *words);
enum run_result verb_close(struct run *run, const struct words *words);
enum run_result verb_close_with(struct run *run, const struct words *words);
enum run_result verb_die_before_handover(struct run *run, const struct words *words);
enum run_result verb_trade(struct run *run, const struct words *words);
enum run_result verb_trading(struct run *run, const struct words *words);
enum run_result verb_close_at(struct run *run, const struct words *words);
enum run_result verb_reset_numbers(struct run *run, const struct words *words);
enum run_result verb_replay(struct run *run, const struct words *words);

/* verbs_catalogue.c */
enum run_result verb_item(struct run *run, const struct words *words);
enum run_result verb_price(struct run *run, const struct words *words);
enum run_result verb_catalogue(struct run *run, const struct words *words);
enum run_result verb_expect_catalogue(struct run *run, const struct words *words);
enum run_result verb_expect_not_catalogue(struct run *run, const struct words *words);
enum run_result verb_sale(struct run *run, const struct words *words);
enum run_result verb_wizard(struct run *run, const struct words *words);
enum run_result verb_licence(struct run *run, const struct words *words);

/* verbs_time.c */
enum run_result verb_advance(struct run *run, const struct words *words);
enum run_result verb_at(struct run *run, const struct words *words);
enum run_result verb_clock(struct run *run, const struct words *words);
enum run_result verb_clock_jump(struct run *run, const struct words *words);
enum run_result verb_pause(struct run *run, const struct words *words);
enum run_result verb_tick(struct run *run, const struct words *words);
enum run_result verb_wait(struct run *run, const struct words *words);

/* verbs_screen.c */
enum run_result verb_open(struct run *run, const struct words *words);
enum run_result verb_leave(struct run *run, const struct words *words);
enum run_result verb_back(struct run *run, const struct words *words);
enum run_result verb_show(struct run *run, const struct words *words);
enum run_result verb_fill(struct run *run, const struct words *words);
enum run_result verb_toggle(struct run *run, const struct words *words);
enum run_result verb_choose(struct run *run, const struct words *words);
enum run_result verb_press(struct run *run, const struct words *words);
enum run_result verb_rows(struct run *run, const struct words *words);

/* verbs_expect.c */
enum run_result verb_expect(struct run *run, const struct words *words);
enum run_result verb_expect_not(struct run *run, const struct words *words);
enum run_result verb_expect_status(struct run *run, const struct words *words);
enum run_result verb_expect_pending(struct run *run, const struct words *words);

/* verbs_plugin.c */
enum run_result verb_restart(struct run *run, const struct words *words);
enum run_result verb_wipe(struct run *run, const struct words *words);
enum run_result verb_crash(struct run *run, const struct words *words);
enum run_result verb_language(struct run *run, const struct words *words);
enum run_result verb_mail(struct run *run, const struct words *words);
enum run_result verb_set(struct run *run, const struct words *words);
enum run_result verb_print(struct run *run, const struct words *words);
enum run_result verb_counts(struct run *run, const struct words *words);
enum run_result verb_days(struct run *run, const struct words *words);
enum run_result verb_timings(struct run *run, const struct words *words);
enum run_result verb_help(struct run *run, const struct words *words);
enum run_result verb_quit(struct run *run, const struct words *words);

#endif
