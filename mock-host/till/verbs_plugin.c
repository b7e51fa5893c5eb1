/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands around the plugin's life, and the small helpers of a script.
 */
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "closed.h"
#include "money.h"
#include "query.h"
#include "verbs.h"

enum run_result verb_restart(struct run *run, const struct words *words)
{
    (void)words;
    return till_restart_plugin(run->till, false, &run->fault) ? RUN_OK : RUN_FAILED;
}

enum run_result verb_wipe(struct run *run, const struct words *words)
{
    (void)words;
    return till_restart_plugin(run->till, true, &run->fault) ? RUN_OK : RUN_FAILED;
}

enum run_result verb_crash(struct run *run, const struct words *words)
{
    (void)run;
    (void)words;
    (void)fflush(NULL);
    (void)kill(getpid(), SIGKILL);
    return RUN_QUIT;
}

enum run_result verb_language(struct run *run, const struct words *words)
{
    static const char *const languages[] = {"en", "es"};
    for (size_t i = 0; i < 2; i++) {
        if (strcmp(words->word[1], languages[i]) == 0) {
            run->till->host.info.language = languages[i];
            run->till->pulse.flags |= POS_TICK_LOCALE_CHANGED;
            return RUN_OK;
        }
    }
    return run_refuse(run, "the language is en or es, not \"%s\"", words->word[1]);
}

struct verbs_mail {
    struct run *run;
    const char *address;
    struct mail_mark *mark;
    char code[MAIL_CODE_BYTES];
    int found;
};

static bool verbs_mail_is_there(void *ctx)
{
    struct verbs_mail *mail = ctx;
    const char *folder = mail->run->till->options->mail_dir;
    mail->found = mail_find_code(folder, mail->address, mail->mark, mail->code, &mail->run->fault);
    return mail->found != 0;
}

static struct mail_mark *verbs_mark_of(struct run *run, const char *address)
{
    size_t i = 0;
    while (i < run->mark_count && strcmp(run->marks[i].address, address) != 0)
        i++;
    if (i == RUN_MARKS_MAX || strlen(address) >= sizeof run->marks[i].address)
        return NULL;
    if (i == run->mark_count) {
        strcpy(run->marks[i].address, address);
        run->mark_count++;
    }
    return &run->marks[i].mark;
}

enum run_result verb_mail(struct run *run, const struct words *words)
{
    int64_t timeout_ms = RUN_EXPECT_TIMEOUT_MS;
    if (strcmp(words->word[2], "as") != 0 || (words->count > 4 && !run_parse_duration(words->word[4], &timeout_ms)))
        return run_refuse(run, "it is: mail ADDRESS as NAME [DURATION]");
    if (run->till->options->mail_dir == NULL)
        return run_refuse(run, "mail needs the option --mail-dir: the folder where the cloud leaves its mails");
    struct verbs_mail mail = {.run = run, .address = words->word[1], .mark = verbs_mark_of(run, words->word[1])};
    if (mail.mark == NULL)
        return run_refuse(run, "too many addresses: at most %d", RUN_MARKS_MAX);
    enum run_result result = run_wait(run, verbs_mail_is_there, &mail, timeout_ms, "no new mail with a code came");
    if (result == RUN_OK && (mail.found < 0 || !variables_set(&run->variables, words->word[3], mail.code, &run->fault)))
        result = RUN_FAILED;
    memset(mail.code, 0, sizeof mail.code);
    return result;
}

enum run_result verb_set(struct run *run, const struct words *words)
{
    return variables_set(&run->variables, words->word[1], words->word[2], &run->fault) ? RUN_OK : RUN_USAGE;
}

enum run_result verb_print(struct run *run, const struct words *words)
{
    for (size_t i = 1; i < words->count; i++)
        (void)fprintf(run->out, "%s%s", i > 1 ? " " : "", words->word[i]);
    (void)fputc('\n', run->out);
    return RUN_OK;
}

enum run_result verb_counts(struct run *run, const struct words *words)
{
    int64_t all, waiting;
    struct period period;
    const struct till *till = run->till;
    (void)words;
    if (!closed_count(&run->till->db, &all, &waiting, &run->fault) ||
        !receipts_get_period(&run->till->db, &period, &run->fault))
        return RUN_FAILED;
    (void)fprintf(run->out,
                  "receipts=%" PRId64 "\nreceipts_open=%" PRId64 "\nclosed=%" PRId64 "\nnot_handed_over=%" PRId64
                  "\nhanded_over_now=%" PRId64 "\nrefused_now=%" PRId64 "\nrunning_taken_now=%" PRId64
                  "\npending=%u\nattention=%u\n",
                  period.last_receipt_number, period.receipt_count, all, waiting, till->handover.taken,
                  till->handover.refused, till->shop.running_taken, (unsigned)till->pulse.pending,
                  (unsigned)till->pulse.attention);
    return RUN_OK;
}

enum run_result verb_days(struct run *run, const struct words *words)
{
    int state;
    (void)words;
    sqlite3_stmt *row = query_open(run->till->db.sqlite, &run->fault,
                                   "SELECT z_number, business_date, length(document), currency, grand_total_minor,"
                                   " handed_over FROM closed_reports ORDER BY report_id",
                                   "");
    if (row == NULL)
        return RUN_FAILED;
    (void)fprintf(run->out, "%8s  %-12s %10s %18s  %s\n", "Z", "date", "bytes", "grand total", "handed over");
    while ((state = query_next(row, &run->fault)) == 1) {
        char money[MONEY_TEXT_BYTES];
        int64_t handed_over = sqlite3_column_int64(row, 5);
        money_format(sqlite3_column_int64(row, 4), money);
        (void)fprintf(run->out, "%8" PRId64 "  %-12s %10" PRId64 " %14s %s  %s\n",
                      (int64_t)sqlite3_column_int64(row, 0), (const char *)sqlite3_column_text(row, 1),
                      (int64_t)sqlite3_column_int64(row, 2), money, (const char *)sqlite3_column_text(row, 3),
                      handed_over == CLOSED_TAKEN     ? "yes"
                      : handed_over == CLOSED_REFUSED ? "refused"
                                                      : "no");
    }
    (void)sqlite3_finalize(row);
    return state == 0 ? RUN_OK : RUN_FAILED;
}

enum run_result verb_timings(struct run *run, const struct words *words)
{
    static const char *const names[] = {"create", "daily_close", "tick", "render", "stop", "destroy"};
    poshost_guard_stats stats;
    (void)words;
    if (run->till->instance.guard == NULL)
        return run_fail(run, "no plugin is running");
    poshost_guard_stats_get(run->till->instance.guard, &stats);
    (void)fprintf(run->out, "%-12s %9s %12s %16s %12s %10s\n", "call", "calls", "longest us", "without storage",
                  "most writes", "read bytes");
    for (uint32_t i = 0; i < POSHOST_CALL_COUNT; i++) {
        const poshost_call_stats *call = &stats.calls[i];
        (void)fprintf(run->out, "%-12s %9" PRIu64 " %12" PRIu64 " %16" PRIu64 " %12" PRIu64 " %10" PRIu64 "\n",
                      names[i], call->calls, call->longest_us, call->longest_outside_storage_us, call->most_writes,
                      call->most_read_bytes);
    }
    return RUN_OK;
}

enum run_result verb_help(struct run *run, const struct words *words)
{
    (void)words;
    run_print_help(run->out);
    return RUN_OK;
}

enum run_result verb_quit(struct run *run, const struct words *words)
{
    (void)run;
    (void)words;
    return RUN_QUIT;
}
