/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/e2e/test_journey.c - plays mock-host/demo/journey.till in both languages, with the real till in a terminal, the
 * shipped plugin and the real cloud. Every option that the golden transcripts have must be pressed in it, and every
 * field filled in, so a new one cannot be forgotten.
 */
#include "support/e2e_owner.h"
#include "support/e2e_sql.h"
#include "support/e2e_till.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define SCRIPT      "mock-host/demo/journey.till"
#define GOLDEN      "tests/support/"
#define COLUMNS     80
#define SCRIPT_ROOM 16384

static e2e_cloud cloud;
static e2e_till till;

/* ---- the world between two chapters ---- */

/* By the till itself: one after the other, as many as somebody has patience for. */
static void make_companies(int count)
{
    static char script[SCRIPT_ROOM];
    int length = snprintf(script, sizeof script, "open\npress assign\n");
    for (int i = 1; i <= count && length < SCRIPT_ROOM; i++)
        length += snprintf(script + length, sizeof script - (size_t)length,
                           "press company.new\nfill name \"Company %02d\"\nfill country ES\nfill currency EUR\n"
                           "press company.create\npress store.new\nback\nback\n",
                           i);
    ck_assert_int_lt(length, SCRIPT_ROOM);
    e2e_till_run(&till, script);
}

static void turn_world(const char *directive)
{
    int count = 0;
    if (sscanf(directive, "#@ companies %d", &count) == 1)
        make_companies(count);
    else if (strncmp(directive, "#@ cloud stop", 13) == 0)
        e2e_cloud_stop(&cloud);
    else if (strncmp(directive, "#@ cloud start", 14) == 0)
        e2e_cloud_start(&cloud);
    else
        ck_abort_msg("journey.till says \"%.40s\", which means nothing here", directive);
}

/* ---- playing ---- */

/* What a terminal of 80 columns shows, in characters. */
static void expect_it_fits(const char *output)
{
    for (const char *line = output; *line; line += strcspn(line, "\n") + (strchr(line, '\n') != NULL)) {
        size_t bytes = strcspn(line, "\n"), characters = 0;
        for (size_t i = 0; i < bytes; i++)
            characters += ((unsigned char)line[i] & 0xc0u) != 0x80u;
        ck_assert_msg(characters <= COLUMNS, "wider than %d: %.*s", COLUMNS, (int)bytes, line);
    }
}

static void play_chapter(const char *from, size_t bytes, const char *language)
{
    static char script[SCRIPT_ROOM];
    char broken[E2E_PATH_BYTES];
    e2e_join_path(broken, till.folder, "broken");
    int length =
        snprintf(script, sizeof script, "language %s\nset broken %s\n%.*s", language, broken, (int)bytes, from);
    ck_assert_int_lt(length, SCRIPT_ROOM);
    e2e_till_run(&till, script);
    ck_assert_msg(!strstr(till.output, "{1}") && !strstr(till.output, "{2}"), "a place was left open:\n%s",
                  till.output);
    if (getenv("JOURNEY_SHOW")) /* to be read by a person */
        printf("%s", till.output);
    expect_it_fits(till.output);
}

static void write_broken_report(void)
{
    char path[E2E_PATH_BYTES];
    e2e_join_path(path, till.folder, "broken");
    FILE *file = fopen(path, "we");
    ck_assert(file && fputs("{\"this\": \"is no Z report\"", file) >= 0 && fclose(file) == 0);
}

static int count_exports(void)
{
    char folder[E2E_PATH_BYTES];
    int count = 0;
    e2e_join_path(folder, till.folder, "exports");
    DIR *listing = opendir(folder);
    ck_assert_msg(listing, "nothing was exported to %s", folder);
    for (const struct dirent *entry = readdir(listing); entry; entry = readdir(listing))
        count += entry->d_name[0] != '.';
    closedir(listing);
    return count;
}

static void play(const char *language)
{
    char *journey = e2e_read_file(SCRIPT, NULL);
    ck_assert_msg(journey, "%s is not here: run the tests in the project's root", SCRIPT);
    e2e_cloud_open(&cloud);
    e2e_till_open(&till, &cloud);
    write_broken_report();
    for (const char *chapter = journey; chapter;) {
        const char *end = strstr(chapter, "\n#@ ");
        play_chapter(chapter, end ? (size_t)(end - chapter) + 1 : strlen(chapter), language);
        if (end)
            turn_world(end + 1);
        chapter = end ? strchr(end + 1, '\n') : NULL;
    }
    ck_assert_int_eq(count_exports(), 1);
    /* The first till's days and, since the owner has said so once, another till's. */
    ck_assert_int_eq(
        e2e_sql_number(cloud.database, NULL, "SELECT COUNT(DISTINCT z_number) FROM reports WHERE kind = 'Z'"), 24);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM tills"), 2);
    /* The permission of the last connection is revoked; those that a wiped storage had, nobody could give back. */
    ck_assert_int_eq(
        e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM till_tokens WHERE revoked_at_ms IS NOT NULL"), 1);
    e2e_till_close(&till);
    e2e_cloud_close(&cloud);
    free(journey);
}

START_TEST(in_english)
{
    play("en");
}
END_TEST

START_TEST(in_spanish)
{
    play("es");
}
END_TEST

/* ---- nothing is left out ---- */

/* Rows are many: of each kind one is pressed, by its name or its number. */
static const char *as_pressed(const char *id)
{
    static const char *const rows[][2] = {{"item.kept.", "press item.kept."},
                                          {"company.cmp_", "press \"Byron Bakeries\""},
                                          {"store.sto_", "press \"Main Street\""},
                                          {"till.same.", "press \"Counter 1\""}};
    static char line[160];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strncmp(id, rows[i][0], strlen(rows[i][0])) == 0)
            return rows[i][1];
    if (strncmp(id, "item.", 5) == 0 && id[5] >= '0' && id[5] <= '9')
        return "press item.";
    snprintf(line, sizeof line, "press %s\n", id);
    return line;
}

static bool is_filled(const char *journey, const char *id)
{
    static const char *const verbs[] = {"fill", "toggle", "choose"};
    char line[160];
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        snprintf(line, sizeof line, "\n%s %s ", verbs[i], id);
        if (strstr(journey, line))
            return true;
    }
    return false;
}

/* The duration behind a press does not matter. */
static bool is_pressed(const char *journey, const char *id)
{
    char with_time[170];
    const char *line = as_pressed(id);
    snprintf(with_time, sizeof with_time, "\n%.*s ", (int)strcspn(line, "\n"), line);
    return strstr(journey, line) || strstr(journey, with_time);
}

/* Lines "<id> label" and "[id] label". Returns how many there were. */
static int check_golden(const char *journey, const char *name)
{
    char path[160];
    int found = 0;
    snprintf(path, sizeof path, GOLDEN "%s", name);
    char *golden = e2e_read_file(path, NULL);
    ck_assert_msg(golden, "cannot read %s", path);
    for (const char *line = golden; *line; line += strcspn(line, "\n") + (strchr(line, '\n') != NULL)) {
        char id[100] = "";
        if (sscanf(line, "<%99[^>]>", id) == 1)
            ck_assert_msg(is_pressed(journey, id), "%s does not press %s, which is in %s", SCRIPT, id, name);
        else if (sscanf(line, "[%99[^]]]", id) == 1)
            ck_assert_msg(is_filled(journey, id), "%s does not fill in %s, which is in %s", SCRIPT, id, name);
        found += *id != '\0';
    }
    free(golden);
    return found;
}

START_TEST(every_option_is_in_it)
{
    char *journey = e2e_read_file(SCRIPT, NULL);
    ck_assert_ptr_nonnull(journey);
    DIR *listing = opendir(GOLDEN);
    ck_assert_ptr_nonnull(listing);
    int files = 0, options = 0;
    for (const struct dirent *entry = readdir(listing); entry; entry = readdir(listing))
        if (strncmp(entry->d_name, "screen_golden_", 14) == 0 && strstr(entry->d_name, "_en.txt")) {
            options += check_golden(journey, entry->d_name);
            files++;
        }
    closedir(listing);
    ck_assert_int_ge(files, 3);
    ck_assert_int_ge(options, 200);
    ck_assert(!is_pressed(journey, "press.nothing") && !is_filled(journey, "nothing"));
    free(journey);
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {
        {"complete", every_option_is_in_it},
        {"english", in_english},
        {"spanish", in_spanish},
    };
    return E2E_RUN("journey", tests);
}
