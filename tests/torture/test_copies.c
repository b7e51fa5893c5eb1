/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/torture/test_copies.c - a hundred distinct copies of the object in one process, each with an instance of its own,
 * all at once: as in a POS that keeps versions beside each other, or has a plugin for each shop it serves. And one object
 * with two instances, on two storages and on one.
 */
#include <errno.h>
#include <fcntl.h>
#include <poshost/storage.h>
#include <unistd.h>

#include "torture/torture_host.h"

#define COPIES 100
#define ROUNDS 5
#define DAYS   3

static void copy_object(const char *folder, int number, char path[E2E_PATH_BYTES])
{
    char object[E2E_PATH_BYTES], name[32];
    size_t size = 0;
    e2e_built("factorycloud.so", object);
    snprintf(name, sizeof name, "plugin-%03d.so", number);
    e2e_join_path(path, folder, name);
    char *bytes = e2e_read_file(object, &size);
    FILE *file = fopen(path, "we");
    ck_assert(bytes && file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
    free(bytes);
}

static int copies;
static poshost_plugin *plugins[COPIES];
static torture_host hosts[COPIES];

static void live_together(void)
{
    for (int i = 0; i < copies; i++)
        torture_create(&hosts[i]);
    for (int day = 1; day <= DAYS; day++) {
        for (int i = 0; i < copies; i++)
            ck_assert_int_eq(torture_close_day(&hosts[i], day), POS_OK);
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < copies; i++) {
            ck_assert_int_eq(torture_tick(&hosts[i]), POS_OK);
            ck_assert_uint_eq(hosts[i].tick.pending, DAYS);
        }
    }
    for (int i = 0; i < copies; i++)
        torture_diagnose(&hosts[i]); /* a hundred workers in libcurl */
    for (int i = 0; i < copies; i++)
        torture_await_diagnosis(&hosts[i]);
}

START_TEST(a_hundred_copies_live_together)
{
    char folder[E2E_PATH_BYTES], path[E2E_PATH_BYTES];
    copies = torture_times(COPIES);
    e2e_make_folder(folder);
    for (int i = 0; i < copies; i++) {
        copy_object(folder, i, path);
        plugins[i] = torture_load(path);
        torture_open(&hosts[i], plugins[i]);
        for (int other = 0; other < i; other++) /* an object of its own, not the first one again */
            ck_assert_ptr_ne(*(void *const *)&hosts[i].calls->create, *(void *const *)&hosts[other].calls->create);
    }
    torture_create(&hosts[0]); /* what is there once in a process is there then, a sanitizer's own thread too */
    torture_destroy(&hosts[0]);
    uint32_t descriptors = torture_count("/proc/self/fd"), threads = torture_count("/proc/self/task");
    live_together();
    for (int i = 0; i < copies; i += 2)
        ck_assert_int_eq(hosts[i].calls->stop(hosts[i].instance, 1000), POS_OK);
    for (int i = copies; i-- > 0;)
        torture_close(&hosts[i]);
    torture_await_threads(threads);
    ck_assert_uint_eq(torture_count("/proc/self/fd"), descriptors);
    for (int i = 0; i < copies; i++)
        poshost_plugin_close(plugins[i]);
    e2e_remove_folder(folder);
}
END_TEST

/* ---- two instances ---- */

static torture_host two[2];

/* From inside a function of the one host the other instance can be called: only the same one is busy. */
static void call_the_other(torture_host *h, const char *function)
{
    torture_host *other = &two[h == &two[0]];
    (void)function;
    h->inside = NULL;
    ck_assert_int_eq(torture_tick(other), POS_OK);
    ck_assert_int_eq(torture_tick(h), POS_E_BUSY);
}

START_TEST(two_instances_of_one_object_do_not_mix)
{
    poshost_plugin *plugin = torture_load(NULL);
    for (int i = 0; i < 2; i++) {
        torture_open(&two[i], plugin);
        two[i].info.register_id = i == 0 ? "till-1" : "till-2";
        torture_create(&two[i]);
    }
    for (int day = 1; day <= DAYS; day++)
        ck_assert_int_eq(torture_close_day(&two[0], day), POS_OK);
    for (int i = 0; i < 2; i++) {
        two[i].inside = call_the_other;
        ck_assert_int_eq(torture_tick(&two[i]), POS_OK);
        ck_assert_ptr_null(*(void *const *)&two[i].inside); /* it was called */
    }
    ck_assert_uint_eq(two[0].tick.pending, DAYS);
    ck_assert_uint_eq(two[1].tick.pending, 0);
    ck_assert_int_eq(two[0].calls->stop(two[0].instance, 1000), POS_OK);
    ck_assert_int_eq(torture_close_day(&two[1], 1), POS_OK); /* the end of the one is not the other's */
    ck_assert_int_eq(torture_tick(&two[1]), POS_OK);
    ck_assert_uint_eq(two[1].tick.pending, 1);
    torture_close(&two[0]);
    ck_assert_int_eq(torture_tick(&two[1]), POS_OK);
    torture_close(&two[1]);
    poshost_plugin_close(plugin);
}
END_TEST

/* The SDK's storage, on one file: within this process and from another one. */
static int32_t create_on(const poshost_plugin *plugin, const char *folder, char *error, uint32_t room)
{
    char database[E2E_PATH_BYTES], key[E2E_PATH_BYTES];
    poshost_storage *storage = NULL;
    torture_host h;
    e2e_join_path(database, folder, "plugin.db");
    e2e_join_path(key, folder, "plugin.key");
    ck_assert_int_eq(poshost_storage_open(database, key, &storage, error, room), POS_OK);
    torture_open(&h, plugin);
    h.host.storage = poshost_storage_calls(storage);
    int32_t result = torture_try_create(&h);
    snprintf(error, room, "%s", h.error);
    torture_close(&h);
    poshost_storage_close(storage);
    return result;
}

START_TEST(the_second_on_one_storage_is_refused)
{
    char folder[E2E_PATH_BYTES], error[256] = "";
    poshost_plugin *plugin = torture_load(NULL);
    poshost_storage *storage = NULL;
    torture_host h;
    char database[E2E_PATH_BYTES], key[E2E_PATH_BYTES];
    e2e_make_folder(folder);
    e2e_join_path(database, folder, "plugin.db");
    e2e_join_path(key, folder, "plugin.key");
    ck_assert_int_eq(poshost_storage_open(database, key, &storage, error, sizeof error), POS_OK);
    torture_open(&h, plugin);
    h.host.storage = poshost_storage_calls(storage);
    torture_create(&h);
    ck_assert_int_eq(create_on(plugin, folder, error, sizeof error), POS_E_BUSY);
    ck_assert_msg(strstr(error, "in use"), "%s", error);
    ck_assert_int_eq(torture_close_day(&h, 1), POS_OK); /* the first was not disturbed */
    ck_assert_int_eq(torture_tick(&h), POS_OK);
    ck_assert_uint_eq(h.tick.pending, 1);
    torture_close(&h);
    poshost_storage_close(storage);
    ck_assert_int_eq(create_on(plugin, folder, error, sizeof error), POS_OK); /* the lock is back */
    poshost_plugin_close(plugin);
    e2e_remove_folder(folder);
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {
        {"a hundred copies", a_hundred_copies_live_together},
        {"two instances", two_instances_of_one_object_do_not_mix},
        {"one storage", the_second_on_one_storage_is_refused},
    };
    return E2E_RUN("copies", tests);
}
