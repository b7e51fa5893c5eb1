/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A till for tests: real database, real guard and storage, a plugin that is linked in.
 */
#include "till_fixture.h"

#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "till/query.h"

void till_fixture_start(struct till_fixture *fixture)
{
    static char program[] = "mock-host";
    char *arguments[] = {program, NULL};
    const char *parent = getenv("TMPDIR");
    memset(fixture, 0, sizeof *fixture);
    ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
    ck_assert_int_lt(snprintf(fixture->folder, sizeof fixture->folder, "%s/till-XXXXXX",
                              parent != NULL && strlen(parent) < 40 ? parent : "/tmp"),
                     (int)sizeof fixture->folder);
    ck_assert_ptr_nonnull(mkdtemp(fixture->folder));
    (void)snprintf(fixture->data, sizeof fixture->data, "%s/data", fixture->folder);
    ck_assert(options_read(&fixture->options, 1, arguments, &fixture->fault));
    (void)snprintf(fixture->options.plugin, sizeof fixture->options.plugin, "none");
    fixture->options.data = fixture->data;
    fixture->options.start = "2026-01-05";
    fixture->options.guard_abort = true;
}

void till_fixture_open(struct till_fixture *fixture, const pos_plugin *calls)
{
    bool plugin_failed;
    struct till_source source = {.calls = calls};
    fixture->is_open = till_open(&fixture->till, &fixture->options, &source, false, &plugin_failed, &fixture->fault);
    ck_assert_msg(fixture->is_open, "%s", fixture->fault.text);
}

void till_fixture_close(struct till_fixture *fixture)
{
    if (!fixture->is_open)
        return;
    fixture->is_open = false;
    ck_assert_msg(till_close(&fixture->till, &fixture->fault), "%s", fixture->fault.text);
}

void till_fixture_end(struct till_fixture *fixture)
{
    char command[128];
    till_fixture_close(fixture);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", fixture->folder);
    ck_assert_int_eq(system(command), 0);
}

int64_t till_fixture_ask(struct till_fixture *fixture, const char *sql)
{
    int64_t answer = 0;
    ck_assert_msg(query_int(fixture->till.db.sqlite, &fixture->fault, &answer, 0, sql, ""), "%s", fixture->fault.text);
    return answer;
}

/* The recount shares no figure with the till beyond price, quantity and discount of each line. */
static const char fixture_views[] =
    "CREATE TEMP VIEW IF NOT EXISTS counted AS SELECT l.*, r.period_id, r.is_return, r.cashier_id,"
    "  (CASE WHEN unit_price_minor * quantity < 0 THEN -1 ELSE 1 END) *"
    "  ((abs(unit_price_minor * quantity) + 500) / 1000) AS c_full"
    "  FROM main.lines l JOIN main.receipts r USING(receipt_number);"
    "CREATE TEMP VIEW IF NOT EXISTS taxed AS SELECT *, c_full - discount_minor AS c_gross,"
    "  (CASE WHEN c_full - discount_minor < 0 THEN -1 ELSE 1 END) *"
    "  ((abs(c_full - discount_minor) * 10000 + (10000 + rate) / 2) / (10000 + rate)) AS c_net FROM counted;"
    "CREATE TEMP VIEW IF NOT EXISTS z AS SELECT c.series, c.z_number, c.grand_total_minor, p.period_id,"
    "  CAST(c.document AS TEXT) AS document FROM main.closed_reports c"
    "  JOIN main.periods p ON p.series = c.series AND p.z_number = c.z_number;";

static const struct {
    const char *rule;
    const char *sql; /* how many break it */
} fixture_rules[] = {
    {"a line is what price, quantity and discount give",
     "SELECT count(*) FROM taxed WHERE c_full <> full_minor OR c_gross <> gross_minor OR c_net <> net_minor OR"
     " gross_minor <> net_minor + tax_minor"},
    {"a receipt is its lines and its payments",
     "SELECT count(*) FROM receipts r WHERE gross_minor <> (SELECT sum(c_gross) FROM taxed l WHERE"
     " l.receipt_number = r.receipt_number) OR gross_minor <> (SELECT sum(in_minor - out_minor) FROM payments p WHERE"
     " p.receipt_number = r.receipt_number)"},
    {"receipts have no gaps", "SELECT count(*) <> coalesce(max(receipt_number), 0) FROM receipts"},
    {"every closed period has one report and the other way round",
     "SELECT (SELECT count(*) FROM periods WHERE closed_at_ms IS NOT NULL) <> (SELECT count(*) FROM closed_reports) OR"
     " (SELECT count(*) FROM z) <> (SELECT count(*) FROM closed_reports)"},
    {"Z numbers have no gaps in a series", "SELECT count(*) FROM (SELECT count(*) n, max(z_number) top, min(z_number) "
                                           "low FROM closed_reports GROUP BY series)"
                                           " WHERE n <> top OR low <> 1"},
    {"gross, net and tax of a Z", "SELECT count(*) FROM z WHERE document ->> '$.totals.gross_turnover' <>"
                                  " (SELECT coalesce(sum(c_gross), 0) FROM taxed t WHERE t.period_id = z.period_id) OR"
                                  " document ->> '$.totals.net_turnover' <>"
                                  " (SELECT coalesce(sum(c_net), 0) FROM taxed t WHERE t.period_id = z.period_id) OR"
                                  " document ->> '$.totals.gross_turnover' <>"
                                  " document ->> '$.totals.net_turnover' + (document ->> '$.totals.tax_total')"},
    {"sales, discounts and returns of a Z",
     "SELECT count(*) FROM z WHERE document ->> '$.totals.gross_sales' <>"
     " (SELECT coalesce(sum(c_full), 0) FROM taxed t WHERE t.period_id = z.period_id AND is_return = 0) OR"
     " document ->> '$.totals.returns' <>"
     " (SELECT -coalesce(sum(c_full), 0) FROM taxed t WHERE t.period_id = z.period_id AND is_return = 1) OR"
     " document ->> '$.totals.discounts' <>"
     " (SELECT coalesce(sum(discount_minor), 0) FROM taxed t WHERE t.period_id = z.period_id)"},
    {"taxes, payments, departments, items and users of a Z each add up to it",
     "SELECT count(*) FROM z, (SELECT '$.taxes' part, 'gross' f UNION SELECT '$.payments', 'amount' UNION"
     " SELECT '$.departments', 'gross' UNION SELECT '$.items', 'gross' UNION SELECT '$.users', 'gross') WHERE"
     " (SELECT coalesce(sum(value ->> f), 0) FROM json_each(z.document, part)) <>"
     " document ->> '$.totals.gross_turnover'"},
    {"taxes of a Z by rate",
     "SELECT count(*) FROM z, json_each(document, '$.taxes') x WHERE x.value ->> 'net' <> (SELECT sum(c_net) FROM taxed"
     " t WHERE t.period_id = z.period_id AND t.tax_id = x.value ->> 'tax_id' AND t.rate = x.value ->> 'rate')"},
    {"counts of a Z",
     "SELECT count(*) FROM z WHERE document ->> '$.counts.receipts' <>"
     " (SELECT count(*) FROM receipts r WHERE r.period_id = z.period_id) OR document ->> '$.counts.lines' <>"
     " (SELECT count(*) FROM taxed t WHERE t.period_id = z.period_id)"},
    {"grand totals run on from Z to Z",
     "SELECT count(*) FROM z WHERE grand_total_minor <> document ->> '$.grand_totals.net' OR grand_total_minor <>"
     " (SELECT coalesce(sum(c_gross), 0) FROM taxed t JOIN periods p USING(period_id)"
     "  WHERE p.series = z.series AND p.z_number <= z.z_number)"},
    {"the till's own totals are those of its last Z",
     "SELECT count(*) FROM till WHERE last_z_number <> (SELECT coalesce(max(z_number), 0) FROM closed_reports c WHERE"
     " c.series = till.series) OR grand_sales_minor - grand_returns_minor <> coalesce((SELECT grand_total_minor FROM"
     " closed_reports c WHERE c.series = till.series ORDER BY z_number DESC LIMIT 1), 0)"},
};

void till_fixture_recount(struct till_fixture *fixture)
{
    ck_assert_msg(query_script(fixture->till.db.sqlite, &fixture->fault, fixture_views), "%s", fixture->fault.text);
    for (size_t i = 0; i < sizeof fixture_rules / sizeof fixture_rules[0]; i++)
        ck_assert_msg(till_fixture_ask(fixture, fixture_rules[i].sql) == 0, "broken: %s", fixture_rules[i].rule);
}

void till_fixture_write(struct till_fixture *fixture, const char *name, const char *text, char path[128])
{
    (void)snprintf(path, 128, "%s/%s", fixture->folder, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

enum run_result till_fixture_script(struct till_fixture *fixture, const char *commands, char *output, size_t capacity)
{
    static struct run run;
    char *copy = strdup(commands);
    char *rest = NULL;
    FILE *file = tmpfile();
    enum run_result result = RUN_OK;
    ck_assert(copy != NULL && file != NULL);
    run_start(&run, &fixture->till, file);
    for (char *line = strtok_r(copy, "\n", &rest); line != NULL && result == RUN_OK; line = strtok_r(NULL, "\n", &rest))
        result = run_line(&run, line);
    fixture->fault = run.fault;
    run_end(&run);
    rewind(file);
    if (output != NULL)
        output[fread(output, 1, capacity - 1, file)] = '\0';
    (void)fclose(file);
    free(copy);
    return result;
}
