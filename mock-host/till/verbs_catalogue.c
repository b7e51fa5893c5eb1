/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands about what is sold: the staff's edits, a look at the catalogue, the licence, the setup wizard, an open sale.
 */
#include <inttypes.h>
#include <string.h>

#include "calendar.h"
#include "catalogue.h"
#include "money.h"
#include "pulse.h"
#include "query.h"
#include "settings.h"
#include "verbs.h"

#define VERBS_PRICE_MAX   100000000000LL
#define VERBS_SHOWN_LINES 20

/* One line of the catalogue for people: item 101 Bananas, FRUIT, SUPER: 1.89 */
#define VERBS_LISTING                                                                                                  \
    "SELECT l.key, CASE l.kind"                                                                                        \
    " WHEN 'catalogue' THEN printf('catalogue %s, %s', l.line ->> '$.catalogue_id', l.line ->> '$.currency')"          \
    " WHEN 'tax' THEN printf('tax %s %s: %.2f %%', substr(l.key, 2), l.line ->> '$.name',"                             \
    "  (l.line ->> '$.rate') / 100.0)"                                                                                 \
    " WHEN 'item' THEN printf('item %s %s, %s, %s', substr(l.key, 2), l.line ->> '$.name',"                            \
    "  coalesce(l.line ->> '$.department_id', 'NONE'), coalesce(l.line ->> '$.tax_id', 'NONE'))"                       \
    " WHEN 'price' THEN printf('price %s, level %s, from %s to %s: %.2f', l.line ->> '$.item_id',"                     \
    "  l.line ->> '$.price_level_id', l.line ->> '$.valid_from', coalesce(l.line ->> '$.valid_to', 'open'),"           \
    "  (l.line ->> '$.amount') / 100.0)"                                                                               \
    " ELSE printf('%s %s %s', l.kind, substr(l.key, 2), l.line ->> '$.name') END AS text FROM local_catalogue l"

static void verbs_today(const struct till *till, char date[CALENDAR_DATE_BYTES])
{
    calendar_business_date(clock_wall_ms(&till->clock), date);
}

/* After an edit the plugin may have something to show. */
static enum run_result verbs_edited(struct run *run, bool ok)
{
    if (!ok)
        return RUN_FAILED;
    pulse_hasten(run->till);
    return pulse_run(run->till, &run->fault) ? RUN_OK : RUN_FAILED;
}

static bool verbs_is(const struct words *words, size_t place, const char *word, size_t count)
{
    return strcmp(words->word[place], word) == 0 && words->count == count;
}

enum run_result verb_item(struct run *run, const struct words *words)
{
    char date[CALENDAR_DATE_BYTES];
    int64_t price_minor;
    struct database *db = &run->till->db;
    verbs_today(run->till, date);
    if (verbs_is(words, 1, "remove", 3))
        return verbs_edited(run, catalogue_remove_item(db, words->word[2], &run->fault));
    if (!verbs_is(words, 1, "add", 6))
        return run_refuse(run, "it is: item add ID NAME DEPARTMENT PRICE, or item remove ID");
    if (!options_parse_number(words->word[5], 0, VERBS_PRICE_MAX, &price_minor))
        return run_refuse(run, "a price is a number of cents, not \"%s\"", words->word[5]);
    return verbs_edited(
        run, catalogue_add_item(db, words->word[2], words->word[3], words->word[4], price_minor, date, &run->fault));
}

enum run_result verb_price(struct run *run, const struct words *words)
{
    char date[CALENDAR_DATE_BYTES];
    int64_t price_minor;
    verbs_today(run->till, date);
    if (!options_parse_number(words->word[2], 0, VERBS_PRICE_MAX, &price_minor))
        return run_refuse(run, "a price is a number of cents, not \"%s\"", words->word[2]);
    return verbs_edited(run, catalogue_set_price(&run->till->db, words->word[1], price_minor, date, &run->fault));
}

enum run_result verb_catalogue(struct run *run, const struct words *words)
{
    int64_t count = VERBS_SHOWN_LINES;
    struct catalogue_state state;
    struct database *db = &run->till->db;
    if (strcmp(words->word[1], "show") != 0 ||
        (words->count > 2 && !options_parse_number(words->word[2], 0, INT32_MAX, &count)))
        return run_refuse(run, "it is: catalogue show [COUNT]");
    if (!catalogue_get(db, &state, &run->fault))
        return RUN_FAILED;
    (void)fprintf(run->out,
                  "catalogue: %" PRId64 " lines, generation %" PRId64 ", tag \"%s\"%s; %" PRId64 " lines staged\n",
                  state.local_lines, state.generation, state.tag, state.undo_side != 0 ? ", can be undone" : "",
                  state.stage_lines);
    sqlite3_stmt *row = query_open(db->sqlite, &run->fault, VERBS_LISTING " ORDER BY l.key LIMIT ?", "i", count);
    if (row == NULL)
        return RUN_FAILED;
    int found;
    while ((found = query_next(row, &run->fault)) == 1)
        (void)fprintf(run->out, "  %s\n", (const char *)sqlite3_column_text(row, 1));
    (void)sqlite3_finalize(row);
    return found == 0 ? RUN_OK : RUN_FAILED;
}

struct verbs_lines_wish {
    struct run *run;
    const char *words;
    bool wanted;
    int64_t generation; /* of the catalogue that was searched */
    bool found;
};

static bool verbs_catalogue_is_so(void *ctx)
{
    struct verbs_lines_wish *wish = ctx;
    int64_t generation, found;
    sqlite3 *sqlite = wish->run->till->db.sqlite;
    struct fault ignored;
    if (!query_int(sqlite, &ignored, &generation, 0, "SELECT generation FROM catalogue", ""))
        return false;
    if (generation != wish->generation) {
        if (!query_int(sqlite, &ignored, &found, 0,
                       "SELECT EXISTS(SELECT 1 FROM (" VERBS_LISTING ") WHERE instr(text, ?) > 0)", "s", wish->words))
            return false;
        wish->generation = generation;
        wish->found = found != 0;
    }
    return wish->found == wish->wanted;
}

static enum run_result verbs_expect_catalogue(struct run *run, const struct words *words, bool wanted)
{
    struct verbs_lines_wish wish = {.run = run, .words = words->word[1], .wanted = wanted, .generation = -1};
    int64_t timeout_ms = RUN_EXPECT_TIMEOUT_MS;
    if (words->count > 2 && !run_parse_duration(words->word[2], &timeout_ms))
        return run_refuse(run, "\"%s\" is no duration, like 30s", words->word[2]);
    enum run_result result = run_wait(run, verbs_catalogue_is_so, &wish, timeout_ms,
                                      wanted ? "is not in the catalogue" : "is still in the catalogue");
    if (result == RUN_FAILED) {
        struct fault told = run->fault;
        (void)fault_set(&run->fault, "\"%.150s\" %.300s", words->word[1], told.text);
    }
    return result;
}

enum run_result verb_expect_catalogue(struct run *run, const struct words *words)
{
    return verbs_expect_catalogue(run, words, true);
}

enum run_result verb_expect_not_catalogue(struct run *run, const struct words *words)
{
    return verbs_expect_catalogue(run, words, false);
}

enum run_result verb_sale(struct run *run, const struct words *words)
{
    struct shop *shop = &run->till->shop;
    bool opens = strcmp(words->word[1], "open") == 0;
    if (!opens && strcmp(words->word[1], "close") != 0)
        return run_refuse(run, "it is: sale open, or sale close");
    if (opens == shop->sale_open)
        return run_fail(run, "%s", opens ? "a sale is open already" : "no sale is open");
    if (opens)
        shop->sale_open = true;
    return verbs_edited(run, opens || shop_sell(run->till, 1, &run->fault));
}

enum run_result verb_wizard(struct run *run, const struct words *words)
{
    bool finished = strcmp(words->word[1], "finish") == 0;
    if (!finished && strcmp(words->word[1], "reopen") != 0)
        return run_refuse(run, "it is: wizard finish, or wizard reopen");
    return verbs_edited(run, settings_set(&run->till->db, SETTINGS_WIZARD, finished, &run->fault));
}

enum run_result verb_licence(struct run *run, const struct words *words)
{
    char name[SETTINGS_NAME_BYTES];
    bool on = strcmp(words->word[2], "on") == 0;
    if ((!on && strcmp(words->word[2], "off") != 0) || !settings_name_property(words->word[1], name))
        return run_refuse(run, "it is: licence PROPERTY on|off");
    return verbs_edited(run, settings_set(&run->till->db, name, on, &run->fault));
}
