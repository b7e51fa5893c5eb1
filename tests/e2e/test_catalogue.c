/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/e2e/test_catalogue.c - configuration data from one till to the cloud and on to another: the real tills, the
 * shipped plugin, the real cloud. Judged by the tills' own databases: line by line the same, or as before.
 */
#include "support/e2e_sql.h"
#include "support/e2e_till.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REAL_CATALOGUE "../shared/data/online-retail/catalogue.ndjson.gz"
#define SOME_ITEMS     12000
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MANY_ITEMS 10000 /* the programs that carry them are as slow as their sanitizer */
#else
#define MANY_ITEMS 100000
#endif
#define SCRIPT_BYTES 2048

#define LINES "SELECT COUNT(*) FROM local_catalogue"
#define OTHER                                                                                                          \
    "(SELECT key, line FROM other.catalogue_lines l JOIN other.catalogue c ON l.side = c.local_side"                   \
    " AND l.since <= c.local_version AND c.local_version < l.until)"
#define MISSING  "SELECT COUNT(*) FROM (SELECT key, line FROM local_catalogue EXCEPT SELECT key, line FROM " OTHER ")"
#define CLOSED   "SELECT COUNT(*) FROM closed_reports"
#define REVISION "SELECT COALESCE(MAX(revision), 0) FROM catalogues"

static e2e_cloud cloud;
static e2e_till first, second;

static const char upload_script[] = "open\n"
                                    "press catalogue\n"
                                    "press catalogue.upload\n"
                                    "expect \"are in FactoryCLOUD\" 60s\n"
                                    "leave\n";

static void set_up(const char *catalogue)
{
    e2e_cloud_open(&cloud);
    e2e_till_open(&first, &cloud);
    first.catalogue = catalogue;
    e2e_till_set_up(&first);
    e2e_till_open(&second, &cloud);
    e2e_till_join(&second);
}

static void take_down(void)
{
    e2e_till_close(&second);
    e2e_till_close(&first);
    e2e_cloud_close(&cloud);
}

/* Opens the page and does the rest of the script there. */
static void synchronize(e2e_till *till, const char *rest)
{
    char script[SCRIPT_BYTES];
    int length = snprintf(script, sizeof script, "open\npress catalogue\n%sleave\n", rest);
    ck_assert_int_lt(length, SCRIPT_BYTES);
    e2e_till_run(till, script);
}

/* Both tills sell by the same lines, byte for byte. */
static void check_same(void)
{
    ck_assert_int_gt(e2e_sql_number(first.database, NULL, LINES), 1);
    ck_assert_int_eq(e2e_sql_number(first.database, NULL, LINES), e2e_sql_number(second.database, NULL, LINES));
    ck_assert_int_eq(e2e_sql_number(first.database, second.database, MISSING), 0);
}

static char *read_catalogue(const e2e_till *till)
{
    return e2e_sql_text(till->database, "SELECT group_concat(key || ' ' || line, char(10)) FROM"
                                        " (SELECT key, line FROM local_catalogue ORDER BY key)");
}

START_TEST(nothing_to_download)
{
    set_up(NULL);
    char *before = read_catalogue(&second);
    synchronize(&second, "press catalogue.download\nexpect \"There is no data to download\"\n");
    char *after = read_catalogue(&second);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    take_down();
}
END_TEST

START_TEST(up_once_and_down_and_back)
{
    set_up(NULL);
    e2e_till_run(&first, upload_script);
    synchronize(&first, "expect Download\nexpect-not \"Send this till's configuration data\"\n");
    e2e_till_run(&second, "price 101 199\nitem add 999 Saffron GROCERY 999\n");
    char *before = read_catalogue(&second);
    synchronize(&second, "press catalogue.download\nexpect \"1.99\"\nexpect Saffron\npress catalogue.accept\n"
                         "expect \"are in place\"\n");
    check_same();
    synchronize(&second, "press catalogue.undo\nexpect \"are back\"\n");
    char *after = read_catalogue(&second);
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    take_down();
}
END_TEST

/* The licence allows one more upload; the owner decides about what is there; the other till takes the change alone. */
START_TEST(later_revisions_bring_what_changed)
{
    set_up(NULL);
    e2e_till_run(&first, upload_script);
    synchronize(&second, "press catalogue.download\nexpect \"nothing to change\"\n");
    e2e_till_run(&first, "price 102 175\nitem remove 106\nlicence catalogue-upload on\n");
    synchronize(&first, "press catalogue.upload\nexpect \"already has configuration data\"\npress catalogue.keep\n"
                        "expect \"stay as they are\"\n");
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, REVISION), 1);
    synchronize(&first, "press catalogue.upload\npress catalogue.replace\nexpect \"are in FactoryCLOUD\"\n");
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, REVISION), 2);
    synchronize(&first, "expect-not \"Send this till's configuration data\"\n");
    synchronize(&second, "press catalogue.download\nexpect \"1.75\"\npress catalogue.accept\nexpect \"are in place\"\n"
                         "press catalogue.seen\npress catalogue.download\nexpect \"nothing to change\"\n");
    check_same();
    take_down();
}
END_TEST

/* While pages are on their way the till sells, and a close is as durable as ever. */
START_TEST(a_close_in_the_middle)
{
    set_up(NULL);
    e2e_till_run(&first, upload_script);
    e2e_till_run(&second, "price 101 199\n");
    e2e_cloud_fault(&cloud, "{\"route\":\"catalogue-lines\",\"hang\":true}");
    e2e_till_run(&second, "open\npress catalogue\npress catalogue.download\nexpect Downloading\nsell 3\nclose\n"
                          "wait idle 30s\npress catalogue.cancel\nexpect Cancelled\nleave\n");
    e2e_cloud_heal(&cloud);
    ck_assert_int_eq(e2e_sql_number(second.database, NULL, CLOSED), 1);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM reports WHERE counted = 1"), 1);
    e2e_sql_compare_till(cloud.database, second.database);
    take_down();
}
END_TEST

/* A file with that many items, each with a price. */
static void write_catalogue(const char *path, int items)
{
    FILE *out = fopen(path, "we");
    ck_assert_ptr_nonnull(out);
    fputs("{\"schema\":\"pos.catalogue/1\",\"kind\":\"catalogue\",\"catalogue_id\":\"many\",\"currency\":\"EUR\"}\n"
          "{\"kind\":\"tax\",\"tax_id\":\"A\",\"name\":\"IVA\",\"rate\":2100}\n"
          "{\"kind\":\"payment_method\",\"payment_method_id\":\"CASH\",\"name\":\"Cash\",\"type\":\"cash\"}\n"
          "{\"kind\":\"price_level\",\"price_level_id\":\"1\",\"name\":\"Normal\"}\n"
          "{\"kind\":\"department\",\"department_id\":\"D\",\"name\":\"All\"}\n"
          "{\"kind\":\"user\",\"user_id\":\"1\",\"name\":\"Ana\"}\n",
          out);
    for (int i = 0; i < items; i++)
        fprintf(
            out,
            "{\"kind\":\"item\",\"item_id\":\"%06d\",\"name\":\"Item %d\",\"department_id\":\"D\",\"tax_id\":\"A\"}\n"
            "{\"kind\":\"price\",\"item_id\":\"%06d\",\"price_level_id\":\"1\",\"amount\":%d,"
            "\"valid_from\":\"2020-01-01\"}\n",
            i, i, i, 100 + i);
    ck_assert_int_eq(fclose(out), 0);
}

static void set_up_with(int items, char folder[E2E_PATH_BYTES], char file[E2E_PATH_BYTES])
{
    e2e_make_folder(folder);
    e2e_join_path(file, folder, "catalogue.ndjson");
    write_catalogue(file, items);
    set_up(file);
}

/* Killed at any page: the cloud has all of it or nothing, and the same button goes on. */
START_TEST(an_upload_that_is_killed_goes_on)
{
    char file[E2E_PATH_BYTES], folder[E2E_PATH_BYTES];
    set_up_with(SOME_ITEMS, folder, file);
    for (int64_t pages = 3; pages <= 9; pages += 3) {
        e2e_till_begin(&first, pages == 3 ? upload_script : "open\npress catalogue\nexpect FactoryCLOUD\npause 60s\n");
        int64_t until_ms = e2e_now_ms() + e2e_patience_ms(30000);
        while (e2e_cloud_requests(&cloud, "catalogue-upload-page") < pages) {
            ck_assert_msg(e2e_now_ms() < until_ms, "fewer than %" PRId64 " pages", pages);
            e2e_nap(2);
        }
        e2e_till_kill(&first);
        ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, REVISION), 0);
    }
    e2e_till_run(&first, "open\npress catalogue\nexpect \"are in FactoryCLOUD\" 60s\nleave\n");
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, REVISION), 1);
    synchronize(&second, "press catalogue.download\npress catalogue.accept 60s\npress catalogue.accept_again\n"
                         "expect \"are in place\" 60s\n");
    check_same();
    e2e_remove_folder(folder);
    take_down();
}
END_TEST

START_TEST(many_items)
{
    char file[E2E_PATH_BYTES], folder[E2E_PATH_BYTES];
    set_up_with(MANY_ITEMS, folder, file);
    e2e_till_run(&first, "open\npress catalogue\npress catalogue.upload\nexpect \"are in FactoryCLOUD\" 200s\nleave\n");
    synchronize(&second, "press catalogue.download\npress catalogue.accept 200s\npress catalogue.accept_again\n"
                         "expect \"are in place\" 60s\n");
    check_same();
    ck_assert_int_eq(e2e_sql_number(second.database, NULL, LINES), 2 * MANY_ITEMS + 6);
    e2e_remove_folder(folder);
    take_down();
}
END_TEST

START_TEST(a_real_catalogue)
{
    if (access(REAL_CATALOGUE, R_OK) != 0) {
        printf("SKIPPED: no %s here; the generated catalogues were tested\n", REAL_CATALOGUE);
        return;
    }
    set_up(REAL_CATALOGUE);
    e2e_till_run(&first, upload_script);
    e2e_till_close(&second);
    e2e_till_open(&second, &cloud);
    second.catalogue = REAL_CATALOGUE;
    e2e_till_join(&second);
    e2e_till_run(&second, "price 10002 90\n");
    synchronize(&second, "press catalogue.download\nexpect \"INFLATABLE POLITICAL GLOBE\" 60s\n"
                         "press catalogue.accept\nexpect \"are in place\" 30s\n");
    check_same();
    e2e_till_run(&first, "price 10080 45\nlicence catalogue-upload on\n");
    synchronize(&first, "press catalogue.upload\npress catalogue.replace 30s\nexpect \"are in FactoryCLOUD\" 60s\n");
    int64_t pages = e2e_cloud_requests(&cloud, "catalogue-lines");
    synchronize(&second, "press catalogue.download\nexpect \"GROOVY CACTUS INFLATABLE\" 60s\n"
                         "press catalogue.accept\nexpect \"are in place\" 30s\n");
    ck_assert_int_eq(e2e_cloud_requests(&cloud, "catalogue-lines"), pages + 1); /* what changed, and no more */
    check_same();
    take_down();
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {
        {"empty cloud", nothing_to_download},
        {"up, down, undo", up_once_and_down_and_back},
        {"changes", later_revisions_bring_what_changed},
        {"a close meanwhile", a_close_in_the_middle},
        {"upload killed", an_upload_that_is_killed_goes_on},
        {"many items", many_items},
        {"real data", a_real_catalogue},
    };
    return E2E_RUN("catalogue", tests);
}
