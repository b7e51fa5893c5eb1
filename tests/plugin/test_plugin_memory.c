/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/plugin/test_plugin_memory.c - allocation after allocation of create() fails: it works or says why not, and the
 * vendor's log blames no address that was only not looked at for want of memory.
 */
#include "memory_fault.h"

#include <pos/plugin.h>

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "support/storage_memory.h"

static pos_host_info info;
static pos_storage storage;
static pos_host host;
static pos_plugin calls;
static unsigned blamed; /* Check's own assertions allocate: counted while a failure is ahead, judged after it */

static char blame[256];

static const pos_host_info *give_info(void *ctx)
{
    (void)ctx;
    return &info;
}

static void give_time(void *ctx, pos_time *out)
{
    (void)ctx;
    out->wall_ms = 1795201500000;
    out->elapsed_ms = 1000;
}

static void take_log(void *ctx, uint32_t level, const char *text)
{
    (void)ctx;
    (void)level;
    if (strstr(text, "cloud_url") != NULL) {
        blamed++;
        snprintf(blame, sizeof blame, "%s", text);
    }
}

static const void *give_extension(void *ctx, const char *name)
{
    (void)ctx;
    (void)name;
    return NULL;
}

/* One try on a fresh disk, with the n-th allocation failing; 0: none. True: it came to that. */
static bool try_create(const char *url, int n, int32_t *result, char error[256])
{
    storage_memory *disk = storage_memory_new();
    pos_instance *instance = NULL;
    storage.ctx = disk;
    info.cloud_url = url;
    blamed = 0;
    memory_fail_at(n);
    *result = calls.create(&host, &instance, error, 256);
    bool failed = memory_has_failed();
    if (*result == POS_OK)
        ck_assert_int_eq(calls.destroy(instance), POS_OK);
    storage_memory_free(disk);
    return failed;
}

static void setup(void)
{
    info = (pos_host_info){.struct_size = sizeof info, .register_id = "till-1", .language = "en"};
    host = (pos_host){sizeof host, POS_ABI_MINOR, NULL, give_info, give_time, take_log, give_extension, &storage};
    storage = *storage_memory_calls();
    calls = (pos_plugin){.struct_size = sizeof calls};
    ck_assert_int_eq(pos_plugin_entry_1(&host, &calls), POS_OK);
}

START_TEST(an_address_that_memory_was_too_short_for_is_not_blamed)
{
    char error[256] = "";
    int32_t result = POS_E_FAILED;
    int n = 1, started = 0;
    (void)try_create("https://cloud.example.com", 0, &result, error); /* what libraries make once is made */
    ck_assert_msg(result == POS_OK, "%s", error);
    for (; try_create("https://cloud.example.com", n, &result, error); n++) {
        ck_assert_msg(blamed == 0, "allocation %d: %s", n, blame);
        ck_assert_msg(result == POS_OK || error[0] != '\0', "allocation %d", n);
        started += result == POS_OK;
    }
    printf("%d allocations, %d of them not needed to start\n", n - 1, started);
    ck_assert(n > 1 || !MEMORY_FAULT);
    ck_assert(started > 0 || !MEMORY_FAULT); /* those of looking at the address are among them */
}
END_TEST

START_TEST(one_that_cannot_be_used_is)
{
    char error[256] = "";
    int32_t result = POS_E_FAILED;
    (void)try_create("http://cloud.example.com", 0, &result, error);
    ck_assert_msg(result == POS_OK, "%s", error);
    ck_assert_uint_eq(blamed, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plugin: memory is out at create");
    TCase *tcase = tcase_create("address");
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, an_address_that_memory_was_too_short_for_is_not_blamed);
    tcase_add_test(tcase, one_that_cannot_be_used_is);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
