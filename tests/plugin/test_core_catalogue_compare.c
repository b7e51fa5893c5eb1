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

/* The till has a price beside what the cloud has, later than one that both have: what lasts is compared, one that cannot
 * be read counts as another, and is no jump. */
START_TEST(a_price_that_cannot_be_read_is_no_jump)
{
    static const char tea[] = "7000003\x01"
                              "1\x01"
                              "2026-09-01";
    static const char later[] = "{\"kind\":\"price\",\"item_id\":\"000003\",\"price_level_id\":\"1\",\"amount\":9900,"
                                "\"valid_from\":\"2026-09-01\"}";
    for (int broken = 0; broken < 2; broken++) {
        lines_copy(&s.cloud.now, &s.host.local);
        lines_add(&s.host.local, tea, broken ? "{" : later, broken ? 1 : strlen(later));
        host_edited(&s.host);
        ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
        const core_catalogue_preview *preview = shop_look(&s).preview;
        ck_assert_int_eq(preview->changes[CATALOGUE_PRICE][CHANGE_REMOVED], 1);
        ck_assert_uint_eq(preview->sample_count, 1);
        ck_assert_int_eq(preview->samples[0].old_minor, broken ? -1 : 9900);
        ck_assert_int_eq(preview->samples[0].new_minor, -1);
        ck_assert_str_eq(preview->samples[0].name, "Old 3");
        ck_assert_int_eq(preview->price_jumps_down, !broken);
        ck_assert(core_catalogue_cancel(s.b.core, s.b.now));
        s.host.local.count--;
    }
}
END_TEST

START_TEST(a_price_of_the_same_day_that_cannot_be_read_is_no_jump)
{
    lines_copy(&s.cloud.now, &s.host.local);
    s.host.local.entries[s.host.local.count - 1].bytes = 1;
    host_edited(&s.host);
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    const core_catalogue_preview *preview = shop_look(&s).preview;
    ck_assert_int_eq(preview->changes[CATALOGUE_PRICE][CHANGE_CHANGED], 1);
    ck_assert_int_eq(preview->samples[0].old_minor, -1);
    ck_assert_int_eq(preview->samples[0].new_minor, 103);
    ck_assert_int_eq(preview->price_jumps_up + preview->price_jumps_down, 0);
}
END_TEST

/* An item of the till's whose id is longer than any may be is one that goes; it has no name that could be shown. */
START_TEST(an_id_that_is_too_long_has_no_name)
{
    char key[CATALOGUE_ID_MAX + 3] = "7";
    memset(key + 1, 'x', CATALOGUE_ID_MAX + 1);
    lines_copy(&s.cloud.now, &s.host.local);
    lines_add(&s.host.local, key, "{", 1);
    host_edited(&s.host);
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    const core_catalogue_preview *preview = shop_look(&s).preview;
    ck_assert_int_eq(preview->changes[CATALOGUE_ITEM][CHANGE_REMOVED], 1);
    ck_assert_str_eq(preview->samples[0].name, "");
}
END_TEST

#define MANY 400u

/* Where each line differs, they are read: fewer of them in a tick. */
START_TEST(all_lines_differ)
{
    lines_clear(&s.host.local);
    lines_put_head(&s.host.local);
    lines_put_items(&s.host.local, "Old", 1, MANY);
    host_edited(&s.host);
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "New", 1, MANY);
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_download(s.b.core, s.b.now));
    uint32_t ticks = 0;
    for (; s.b.core->catalogue->v.phase != CATALOGUE_PREVIEW; shop_tick(&s))
        ticks += s.b.core->catalogue->v.phase == CATALOGUE_COMPARING;
    ck_assert_int_eq(shop_look(&s).preview->changes[CATALOGUE_ITEM][CHANGE_CHANGED], MANY);
    ck_assert_int_eq(shop_look(&s).preview->changes[CATALOGUE_PRICE][CHANGE_CHANGED], 0);
    ck_assert_uint_ge(ticks, 4);
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
    tcase_add_test(c, a_price_that_cannot_be_read_is_no_jump);
    tcase_add_test(c, a_price_of_the_same_day_that_cannot_be_read_is_no_jump);
    tcase_add_test(c, an_id_that_is_too_long_has_no_name);
    tcase_add_test(c, all_lines_differ);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
