/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shared object's entry: it fills as much as the host has room for, and refuses in words a host that lacks
 * something.
 */
#include "plugin_object.h"

#include "support/storage_memory.h"

#include <poshost/loader.h>

#include <check.h>
#include <stdlib.h>

/* ---- a host that is looked at and never called ---- */

static const pos_host_info *host_info(void *ctx)
{
    (void)ctx;
    abort();
}

static void host_now(void *ctx, pos_time *out)
{
    (void)ctx, (void)out;
    abort();
}

static void host_log(void *ctx, uint32_t level, const char *text)
{
    (void)ctx, (void)level, (void)text;
    abort();
}

static const void *host_get_extension(void *ctx, const char *name)
{
    (void)ctx, (void)name;
    abort();
}

static pos_host host;

static void setup(void)
{
    host = (pos_host){.struct_size = sizeof host,
                      .info = host_info,
                      .now = host_now,
                      .log = host_log,
                      .get_extension = host_get_extension,
                      .storage = storage_memory_calls()};
}

START_TEST(test_entry_sizes)
{
    for (uint32_t size = 0; size <= sizeof(pos_plugin); size += 4) {
        LARGER(pos_plugin) out;
        memset(&out, CANARY, sizeof out);
        memset(&out, 0, size);
        out.now.struct_size = size;
        int32_t code = plugin_object_entry(&host, &out.now);
        int reaches_refusal = size >= offsetof(pos_plugin, refusal) + sizeof(char *);
        ck_assert_int_eq(code, reaches_refusal ? POS_OK : POS_E_MISUSE);
        ck_assert_uint_eq(out.now.struct_size, size);
        uint32_t from = size > sizeof size ? size : (uint32_t)sizeof size;
        ck_assert_msg(plugin_object_is_untouched((unsigned char *)&out + from, sizeof out - from), "written behind %u",
                      (unsigned)size);
    }
    pos_plugin calls = {.struct_size = sizeof calls};
    ck_assert_int_eq(plugin_object_entry(NULL, &calls), POS_E_MISUSE);
    ck_assert_int_eq(plugin_object_entry(&host, NULL), POS_E_MISUSE);
}
END_TEST

/* Every host that lacks something is refused with a reason; the loader brings the reason to the vendor. */
START_TEST(test_entry_refuses)
{
    char error[512];
    poshost_plugin *plugin = NULL;
    for (uint32_t size = 0; size < sizeof(pos_host); size += (uint32_t)sizeof(void *)) {
        pos_host older = host;
        pos_plugin out = {.struct_size = sizeof out};
        older.struct_size = size;
        int32_t code = plugin_object_entry(&older, &out);
        ck_assert_msg(code == POS_E_UNSUPPORTED || (size == 0 && code == POS_E_MISUSE), "struct_size %u: %d",
                      (unsigned)size, (int)code);
        if (code == POS_E_UNSUPPORTED)
            ck_assert(out.refusal != NULL && out.refusal[0] != '\0');
    }
    pos_host lacking = host;
    lacking.struct_size = sizeof lacking;
    lacking.now = NULL;
    ck_assert_int_eq(poshost_plugin_open(plugin_object_path, &lacking, &plugin, error, sizeof error),
                     POS_E_UNSUPPORTED);
    ck_assert_ptr_null(plugin);
    ck_assert_int_eq(poshost_plugin_open(plugin_object_path, NULL, &plugin, error, sizeof error), POS_OK);
    poshost_plugin_close(plugin);
}
END_TEST

int main(void)
{
    if (!plugin_object_open())
        return EXIT_FAILURE;
    Suite *suite = suite_create("the plugin's entry");
    TCase *tcase = tcase_create("entry");
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, test_entry_sizes);
    tcase_add_test(tcase, test_entry_refuses);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
