/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loader against what a vendor meets on the first day: wrong paths, wrong files, wrong versions, plugins that
 * refuse or misbehave (tests/abi/fakes), and structs that have grown on either side.
 */
#include <poshost/loader.h>

#include <check.h>
#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char here[PATH_MAX]; /* the folder of this program: the fakes are below it */
static char why[512];

static const char *fake(const char *name)
{
    static char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/fakes/fake_%s.so", here, name);
    return path;
}

static int32_t open_path(const char *path, poshost_plugin **plugin)
{
    memset(why, 'x', sizeof why);
    return poshost_plugin_open(path, NULL, plugin, why, sizeof why);
}

/* Opening must fail with that code and say those words. */
static void expect_failure(const char *path, int32_t code, const char *words)
{
    poshost_plugin *plugin = (poshost_plugin *)why;
    int32_t result = open_path(path, &plugin);
    ck_assert_msg(result == code, "%s: %d instead of %d (%s)", path, (int)result, (int)code, why);
    ck_assert_ptr_null(plugin);
    ck_assert_msg(strstr(why, words) != NULL, "%s: the words \"%s\" lack \"%s\"", path, why, words);
}

/* ---- files ---- */

START_TEST(test_files)
{
    char folder[] = "/tmp/loader-XXXXXX";
    char path[PATH_MAX];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/plugin.so", folder);
    expect_failure(path, POS_E_NOT_FOUND, path);
    expect_failure(path, POS_E_NOT_FOUND, "No such file");
    expect_failure(folder, POS_E_UNSUPPORTED, "not a file");

    static const struct {
        const char *bytes;
        size_t size;
        int32_t code;
        const char *words;
    } cases[] = {{"", 0, POS_E_UNSUPPORTED, "not a shared object"},
                 {"#!/bin/sh\necho hello\n", 21, POS_E_UNSUPPORTED, "not a shared object"},
                 {sizeof(void *) == 8 ? "\177ELF\001" : "\177ELF\002", 5, POS_E_UNSUPPORTED, "other build"},
                 {sizeof(void *) == 8 ? "\177ELF\002" : "\177ELF\001", 5, POS_E_FAILED, "cannot load"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        FILE *file = fopen(path, "wb");
        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fwrite(cases[i].bytes, 1, cases[i].size, file), cases[i].size);
        fclose(file);
        expect_failure(path, cases[i].code, cases[i].words);
    }
    unlink(path);
    rmdir(folder);
}
END_TEST

START_TEST(test_arguments)
{
    poshost_plugin *plugin = NULL;
    ck_assert_int_eq(poshost_plugin_open(NULL, NULL, &plugin, why, sizeof why), POS_E_MISUSE);
    ck_assert_int_eq(poshost_plugin_open("", NULL, &plugin, why, sizeof why), POS_E_MISUSE);
    ck_assert_int_eq(poshost_plugin_open(fake("good"), NULL, NULL, why, sizeof why), POS_E_MISUSE);
    ck_assert_int_eq(poshost_plugin_open("/no/such", NULL, &plugin, NULL, 0), POS_E_NOT_FOUND);
    char small[8] = "XXXXXXX";
    ck_assert_int_eq(poshost_plugin_open("/no/such", NULL, &plugin, small, 5), POS_E_NOT_FOUND);
    ck_assert_str_eq(small, "/no/");
    ck_assert_int_eq(small[5], 'X');
    poshost_plugin_close(NULL);
    ck_assert_ptr_null(poshost_plugin_calls(NULL));
}
END_TEST

/* A bare name is a file in the current directory, not a library of the system's. */
START_TEST(test_bare_name)
{
    poshost_plugin *plugin = NULL;
    char folder[PATH_MAX + 64];
    expect_failure("libc.so.6", POS_E_NOT_FOUND, "libc.so.6");
    snprintf(folder, sizeof folder, "%s", fake("good"));
    ck_assert_int_eq(chdir(dirname(folder)), 0);
    ck_assert_msg(open_path("fake_good.so", &plugin) == POS_OK, "%s", why);
    ck_assert_str_eq(poshost_plugin_path(plugin), "./fake_good.so");
    poshost_plugin_close(plugin);
}
END_TEST

/* ---- plugins ---- */

START_TEST(test_good)
{
    poshost_plugin *plugin = NULL;
    ck_assert_msg(open_path(fake("good"), &plugin) == POS_OK, "%s", why);
    ck_assert_str_eq(why, "");
    const pos_plugin *calls = poshost_plugin_calls(plugin);
    ck_assert_uint_eq(calls->struct_size, sizeof *calls);
    ck_assert_str_eq(calls->name, "fake");
    ck_assert_str_eq(calls->version, "1.2.3");
    ck_assert_ptr_null(calls->refusal);
    ck_assert_int_eq(calls->stop(NULL, 0), POS_OK);
    ck_assert_str_eq(poshost_plugin_path(plugin), fake("good"));
    poshost_plugin *again = NULL;
    ck_assert_int_eq(open_path(fake("good"), &again), POS_OK);
    poshost_plugin_close(plugin);
    ck_assert_int_eq(poshost_plugin_calls(again)->destroy(NULL), POS_OK);
    poshost_plugin_close(again);
}
END_TEST

START_TEST(test_bad)
{
    expect_failure(fake("no_entry"), POS_E_UNSUPPORTED, "not a POS plugin");
    expect_failure(fake("other_majors"), POS_E_UNSUPPORTED, "version 2, 4 of");
    expect_failure(fake("silent"), POS_E_FAILED, "no reason");
    expect_failure(fake("missing"), POS_E_MISUSE, "on_tick");
    expect_failure(fake("calls_host"), POS_E_MISUSE, "host's log");
    expect_failure(fake("unresolved"), POS_E_FAILED, "a_function_that_nobody_has");
}
END_TEST

START_TEST(test_overflow)
{
    expect_failure(fake("overflow"), POS_E_MISUSE, "past the pos_plugin");
}
END_TEST

/* A plugin looks at what the host offers, and may refuse. */
START_TEST(test_refusal)
{
    static const pos_storage storage = {.struct_size = sizeof(pos_storage)};
    poshost_plugin *plugin = NULL;
    pos_host offer = {.struct_size = sizeof offer, .storage = &storage};
    ck_assert_int_eq(poshost_plugin_open(fake("refuses"), &offer, &plugin, why, sizeof why), POS_OK);
    poshost_plugin_close(plugin);

    offer.storage = NULL;
    ck_assert_int_eq(poshost_plugin_open(fake("refuses"), &offer, &plugin, why, sizeof why), POS_E_UNSUPPORTED);
    ck_assert_msg(strstr(why, "this host has no storage") != NULL, "%s", why);
    ck_assert_ptr_null(plugin);

    /* An older host, whose struct ends before the storage. */
    offer.storage = &storage;
    offer.struct_size = offsetof(pos_host, storage);
    ck_assert_int_eq(poshost_plugin_open(fake("refuses"), &offer, &plugin, why, sizeof why), POS_E_UNSUPPORTED);
}
END_TEST

/* ---- growth ---- */

START_TEST(test_newer_plugin)
{
    poshost_plugin *plugin = NULL;
    ck_assert_msg(open_path(fake("newer"), &plugin) == POS_OK, "%s", why);
    const pos_plugin *calls = poshost_plugin_calls(plugin);
    ck_assert_uint_eq(calls->struct_size, sizeof *calls);
    ck_assert_uint_eq(calls->abi_minor, 7);
    ck_assert_str_eq(calls->last_error(NULL), "");
    poshost_plugin_close(plugin);
}
END_TEST

/* What an older plugin lacks reads as NULL; today all of it is required, so it is named. */
START_TEST(test_older_plugin)
{
    expect_failure(fake("older"), POS_E_MISUSE, "destroy");
}
END_TEST

/* A host of a later minor version: its larger struct is filled as far as the plugin knows it, and no further. */
START_TEST(test_newer_host)
{
    static const char *const names[] = {"good", "newer"};
    for (size_t i = 0; i < 2; i++) {
        struct {
            pos_plugin now;
            void *later[8];
        } room;
        struct {
            pos_host now;
            void *later[4];
        } host = {.now = {.struct_size = sizeof host}};
        void *object = dlopen(fake(names[i]), RTLD_NOW | RTLD_LOCAL);
        ck_assert_msg(object != NULL, "%s", dlerror());
        void *symbol = dlsym(object, POS_PLUGIN_ENTRY_1);
        pos_plugin_entry_fn entry;
        memcpy(&entry, &symbol, sizeof entry);
        memset(&room, 0, sizeof room);
        room.now.struct_size = sizeof room;
        ck_assert_int_eq(entry(&host.now, &room.now), POS_OK);
        ck_assert_uint_eq(room.now.struct_size, sizeof room);
        ck_assert_str_eq(room.now.name, "fake");
        ck_assert(room.now.last_error != NULL);
        /* The newer one has two members more, and fills them. */
        ck_assert((room.later[0] != NULL) == (i == 1));
        ck_assert_ptr_null(room.later[2]);
        dlclose(object);
    }
}
END_TEST

int main(void)
{
    ssize_t length = readlink("/proc/self/exe", here, sizeof here - 1);
    if (length <= 0)
        return EXIT_FAILURE;
    here[length] = '\0';
    *strrchr(here, '/') = '\0';

    Suite *suite = suite_create("loader");
    TCase *tcase = tcase_create("loader");
    tcase_add_test(tcase, test_files);
    tcase_add_test(tcase, test_arguments);
    tcase_add_test(tcase, test_bare_name);
    tcase_add_test(tcase, test_good);
    tcase_add_test(tcase, test_bad);
    tcase_add_test(tcase, test_overflow);
    tcase_add_test(tcase, test_refusal);
    tcase_add_test(tcase, test_newer_plugin);
    tcase_add_test(tcase, test_older_plugin);
    tcase_add_test(tcase, test_newer_host);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
