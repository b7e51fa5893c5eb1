/* SPDX-License-Identifier: Apache-2.0 */
/* tests/till/test_export.c - where the till saves what the plugin exports: durably, under a name of its own, and nothing
 * is left behind of what failed. */
#include <check.h>
#include <dirent.h>
#include <pos/abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <signal.h>

#include "till/export.h"

static char data[64];
static char place[4096];
static struct fault fault;

static void setup(void)
{
    snprintf(data, sizeof data, "/tmp/till-export-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(data));
}

static void each_export(void (*visit)(const char *path))
{
    char folder[128];
    snprintf(folder, sizeof folder, "%s/exports", data);
    DIR *listing = opendir(folder);
    for (const struct dirent *entry = listing ? readdir(listing) : NULL; entry; entry = readdir(listing)) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            visit(path);
    }
    if (listing)
        closedir(listing);
}

static int counted;

static void count_one(const char *path)
{
    (void)path;
    counted++;
}

static int count_exports(void)
{
    counted = 0;
    each_export(count_one);
    return counted;
}

static void remove_one(const char *path)
{
    (void)unlink(path);
}

static void teardown(void)
{
    char folder[128];
    each_export(remove_one);
    snprintf(folder, sizeof folder, "%s/exports", data);
    (void)rmdir(folder);
    (void)unlink(folder); /* a file in its place */
    ck_assert_int_eq(rmdir(data), 0);
}

static int32_t save(const char *name, const char *text)
{
    return export_save(data, name, text, (uint32_t)strlen(text), place, sizeof place, &fault);
}

static void expect_file(const char *path, const char *text)
{
    char read_back[64] = "";
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file, "%s is not there", path);
    size_t length = fread(read_back, 1, sizeof read_back - 1, file);
    fclose(file);
    ck_assert_uint_eq(length, strlen(text));
    ck_assert_str_eq(read_back, text);
}

START_TEST(names_are_never_used_twice)
{
    static const struct {
        const char *name, *saved_as;
    } cases[] = {{"Z-7.json", "/exports/Z-7.json"},   {"Z-7.json", "/exports/Z-7-2.json"},
                 {"Z-7.json", "/exports/Z-7-3.json"}, {"Z-7", "/exports/Z-7"},
                 {"Z-7", "/exports/Z-7-2"},           {".hidden", "/exports/.hidden"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32], wanted[128];
        snprintf(text, sizeof text, "document %zu", i);
        ck_assert_int_eq(save(cases[i].name, text), POS_OK);
        snprintf(wanted, sizeof wanted, "%s%s", data, cases[i].saved_as);
        ck_assert_str_eq(place, wanted);
    }
    snprintf(place, sizeof place, "%s/exports/Z-7.json", data);
    expect_file(place, "document 0");
    snprintf(place, sizeof place, "%s/exports/Z-7-3.json", data);
    expect_file(place, "document 2");
    snprintf(place, sizeof place, "%s/exports/.hidden", data);
    ck_assert_int_eq(unlink(place), 0);
}
END_TEST

START_TEST(only_the_owner_of_the_till_reads_it)
{
    struct stat info;
    ck_assert_int_eq(save("Z-1.json", "{}"), POS_OK);
    ck_assert_int_eq(stat(place, &info), 0);
    ck_assert_int_eq(info.st_mode & 0777, 0600);
}
END_TEST

START_TEST(an_empty_document_and_a_short_place)
{
    char tiny[5];
    ck_assert_int_eq(export_save(data, "empty", NULL, 0, place, sizeof place, &fault), POS_OK);
    expect_file(place, "");
    ck_assert_int_eq(export_save(data, "cut", "x", 1, tiny, sizeof tiny, &fault), POS_OK);
    ck_assert_uint_eq(strlen(tiny), 4);
}
END_TEST

START_TEST(a_file_stands_where_the_folder_should)
{
    char path[128];
    snprintf(path, sizeof path, "%s/exports", data);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fclose(file);
    ck_assert_int_eq(save("Z-1.json", "{}"), POS_E_IO);
    ck_assert_str_eq(place, "");
    ck_assert_ptr_nonnull(strstr(fault.text, "exports"));
}
END_TEST

/* The disk is full in the middle: what is there by then is taken away again. */
START_TEST(half_a_document_does_not_stay)
{
    static char much[100000];
    struct rlimit limit = {4096, 4096};
    memset(much, 'x', sizeof much);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0); /* of this test's process alone */
    ck_assert_int_eq(export_save(data, "Z-1.json", much, sizeof much, place, sizeof place, &fault), POS_E_IO);
    ck_assert_str_eq(place, "");
    ck_assert_int_eq(count_exports(), 0);
}
END_TEST

START_TEST(a_folder_that_is_gone)
{
    ck_assert_int_eq(export_save("/nowhere/at/all", "Z-1.json", "{}", 2, place, sizeof place, &fault), POS_E_IO);
    ck_assert_ptr_nonnull(strstr(fault.text, "/nowhere/at/all"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exports");
    TCase *tcase = tcase_create("exports");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, names_are_never_used_twice);
    tcase_add_test(tcase, only_the_owner_of_the_till_reads_it);
    tcase_add_test(tcase, an_empty_document_and_a_short_place);
    tcase_add_test(tcase, a_file_stands_where_the_folder_should);
    tcase_add_test(tcase, half_a_document_does_not_stay);
    tcase_add_test(tcase, a_folder_that_is_gone);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
