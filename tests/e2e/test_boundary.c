/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/e2e/test_boundary.c - what the shared object shows to the world: one symbol, and a contract on which a host can be
 * written without anything else.
 */
#include "support/e2e_cloud.h"
#include "support/e2e_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BARE_LINES_MAX 400
#define BARE_MS        60000

START_TEST(one_symbol)
{
    char object[E2E_PATH_BYTES], command[E2E_PATH_BYTES + 64], line[256];
    int symbols = 0;
    e2e_built("factorycloud.so", object);
    snprintf(command, sizeof command, "nm -D --defined-only '%s'", object);
    FILE *listing = popen(command, "r");
    ck_assert_ptr_nonnull(listing);
    while (fgets(line, sizeof line, listing)) {
        symbols++;
        line[strcspn(line, "\n")] = '\0';
        const char *space = strrchr(line, ' ');
        ck_assert_msg(space && strcmp(space + 1, "pos_plugin_entry_1") == 0, "exported: %s", line);
    }
    ck_assert_int_eq(pclose(listing), 0);
    ck_assert_int_eq(symbols, 1);
}
END_TEST

START_TEST(bare_host_runs_the_whole_journey)
{
    e2e_cloud cloud;
    char program[E2E_PATH_BYTES], object[E2E_PATH_BYTES], data[E2E_PATH_BYTES];
    e2e_cloud_open(&cloud);
    e2e_built("tests/bare_host", program);
    e2e_built("factorycloud.so", object);
    e2e_join_path(data, cloud.folder, "bare");
    ck_assert_int_eq(mkdir(data, 0700), 0);
    char *const argv[] = {program, object, cloud.url, cloud.ca, cloud.mail, data, NULL};
    pid_t pid = e2e_spawn(argv, -1, -1);
    ck_assert_int_eq(e2e_await_exit(pid, BARE_MS), 0);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL,
                                    "SELECT COUNT(*) FROM reports WHERE kind = 'Z' AND counted = 1"
                                    " AND register_id = 'bare-1' AND gross_minor = 1210 AND z_number BETWEEN 1 AND 3"),
                     3);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM reports WHERE kind = 'Z'"), 3);
    ck_assert_int_eq(
        e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM till_tokens WHERE revoked_at_ms IS NULL"), 0);
    e2e_cloud_close(&cloud);
}
END_TEST

/* Names no header of the project but those of include/pos, and stays short enough to be read in one go. */
START_TEST(bare_host_needs_include_alone)
{
    const char *source = getenv("E2E_SOURCE");
    char path[E2E_PATH_BYTES], line[512];
    int lines = 0, contracts = 0;
    e2e_join_path(path, source ? source : ".", "tests/bare_host.c");
    FILE *file = fopen(path, "re");
    ck_assert_msg(file, "%s is missing: run in the project's folder, or set E2E_SOURCE", path);
    while (fgets(line, sizeof line, file)) {
        lines++;
        bool quoted = strncmp(line, "#include \"", 10) == 0;
        ck_assert_msg(!quoted || strncmp(line + 10, "pos/", 4) == 0, "line %d: %s", lines, line);
        ck_assert_msg(!strstr(line, "poshost") && !strstr(line, "<pos"), "line %d: %s", lines, line);
        contracts += quoted;
    }
    fclose(file);
    ck_assert_int_gt(contracts, 0);
    ck_assert_msg(lines < BARE_LINES_MAX, "tests/bare_host.c has %d lines", lines);
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {
        {"one symbol", one_symbol},
        {"bare host", bare_host_runs_the_whole_journey},
        {"include alone", bare_host_needs_include_alone},
    };
    return E2E_RUN("boundary", tests);
}
