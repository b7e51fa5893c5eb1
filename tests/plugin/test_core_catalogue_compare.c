/* SPDX-License-Identifier: Apache-2.0 */
/* What a preview of configuration data says: a difference of any line is one, and a name has the room that it has. */
#include "support/catalogue_bench.h"

static shop s;

static void setup(void)
{
    shop_open(&s);
    lines_put_items(&s.host.local, "Old", 1, 3);
    shop_connect(&s);
    s.cloud.revision = 7;
}

static void teardown(void)
{
    shop_close(&s);
}

START_TEST(nothing_differs)
{
    lines_copy(&s.cloud.now, &s.host.local);
    ck_assert_int_eq(shop_download(&s), CATALOGUE_IDLE);
    ck_assert_int_eq(shop_look(&s).outcome, CATALOGUE_SAME);
}
END_TEST

static const char *const other_lines[] = {
    [CATALOGUE_HEAD] =
        "{\"schema\":\"pos.catalogue/1\",\"kind\":\"catalogue\",\"catalogue_id\":\"renamed\",\"currency\":\"EUR\"}",
    [CATALOGUE_TAX] = "{\"kind\":\"tax\",\"tax_id\":\"V21\",\"name\":\"VAT 21 %\",\"rate\":2200}",
    [CATALOGUE_PAYMENT_METHOD] = "{\"kind\":\"payment_method\",\"payment_method_id\":\"cash\",\"name\":\"Notes\"}",
    [CATALOGUE_PRICE_LEVEL] = "{\"kind\":\"price_level\",\"price_level_id\":\"1\",\"name\":\"Bar\"}",
    [CATALOGUE_DEPARTMENT] =
        "{\"kind\":\"department\",\"department_id\":\"food\",\"name\":\"Meals\",\"parent_id\":null}",
    [CATALOGUE_GROUP] = "{\"kind\":\"group\",\"group_id\":\"hot\",\"name\":\"Warm\"}",
    [CATALOGUE_USER] = "{\"kind\":\"user\",\"user_id\":\"ana\",\"name\":\"Eva\",\"role\":\"cashier\"}"};

/* Of each kind, one line alone. */
START_TEST(one_line_differs)
{
    catalogue_kind kind = (catalogue_kind)_i;
    for (uint32_t i = 0; i < s.host.local.count; i++) {
        const lines_entry *mine = &s.host.local.entries[i];
        if (catalogue_key_kind(mine->key) == kind)
            lines_put(&s.cloud.now, other_lines[kind]);
        else
            lines_add(&s.cloud.now, mine->key, mine->text, mine->bytes);
    }
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    const core_catalogue_preview *preview = shop_look(&s).preview;
    ck_assert_uint_eq(preview->sample_count, 1);
    ck_assert_int_eq(preview->samples[0].kind, kind);
    ck_assert_int_eq(preview->samples[0].change, CHANGE_CHANGED);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
}
END_TEST

#define ROOM (sizeof((core_catalogue_sample *)NULL)->name - 1)

/* An item of that name is added; `kept`: the bytes of it that the preview has, in the item and in its price. */
static void check_name(const char *name, size_t kept)
{
    lines_copy(&s.cloud.now, &s.host.local);
    lines_put_item(&s.cloud.now, "000009", name);
    lines_put_price(&s.cloud.now, "000009", 109);
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    const core_catalogue_preview *preview = shop_look(&s).preview;
    ck_assert_uint_eq(preview->sample_count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        const core_catalogue_sample *sample = &preview->samples[i];
        ck_assert_int_eq(sample->kind, i == 0 ? CATALOGUE_ITEM : CATALOGUE_PRICE);
        ck_assert_uint_eq(strnlen(sample->name, sizeof sample->name), kept);
        ck_assert_mem_eq(sample->name, name, kept);
        ck_assert_str_eq(sample->level, i == 0 ? "" : "1");
    }
    ck_assert(core_catalogue_cancel(s.b.core, s.b.now));
}

START_TEST(a_name_is_cut_to_its_room)
{
    char name[CATALOGUE_NAME_MAX + 1] = "";
    memset(name, 'n', CATALOGUE_NAME_MAX);
    check_name(name, ROOM);
    name[ROOM + 1] = '\0';
    check_name(name, ROOM);
    name[ROOM] = '\0';
    check_name(name, ROOM);
    memcpy(name + ROOM - 1, "\xc3\xb1s", 4); /* a letter of two bytes is not cut in half */
    check_name(name, ROOM - 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core/what a preview says");
    TCase *c = tcase_create("all");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, nothing_differs);
    tcase_add_loop_test(c, one_line_differs, CATALOGUE_HEAD, (int)(sizeof other_lines / sizeof *other_lines));
    tcase_add_test(c, a_name_is_cut_to_its_room);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
