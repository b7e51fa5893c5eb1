/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that do not fit each other; and the same, with every other hostile catalogue, through a whole download: a clear
 * message, and nothing applied. */
#include "support/catalogue_bench.h"

static shop s;

static void setup(void)
{
    shop_open(&s);
    lines_put_items(&s.host.local, "Old", 1, 3);
    shop_connect(&s);
    lines_put_head(&s.cloud.now);
    s.cloud.revision = 5;
}

static void teardown(void)
{
    shop_close(&s);
}

/* Lines as they are, whatever their order: the keys only tell the model cloud what to count. */
static void give(const char *text)
{
    catalogue_line line;
    catalogue_fault fault = catalogue_line_read(text, strlen(text), &line);
    lines_add(&s.cloud.now, fault == CATALOGUE_FINE && line.key[0] ? line.key : "8", text, strlen(text));
}

#define HEAD(currency)                                                                                                 \
    "{\"kind\":\"catalogue\",\"schema\":\"pos.catalogue/1\",\"catalogue_id\":\"c\",\"currency\":\"" currency "\"}"
#define TAX(id)       "{\"kind\":\"tax\",\"tax_id\":\"" id "\",\"name\":\"T\",\"rate\":1}"
#define LEVEL(id)     "{\"kind\":\"price_level\",\"price_level_id\":\"" id "\",\"name\":\"L\"}"
#define DEP(id, up)   "{\"kind\":\"department\",\"department_id\":\"" id "\",\"name\":\"D\",\"parent_id\":\"" up "\"}"
#define ITEM(id, ref) "{\"kind\":\"item\",\"item_id\":\"" id "\",\"name\":\"I\"" ref "}"
#define PRICE(id, level, from, to)                                                                                     \
    "{\"kind\":\"price\",\"item_id\":\"" id "\",\"price_level_id\":\"" level "\",\"amount\":1,\"valid_from\":\"" from  \
    "\",\"valid_to\":" to "}"

static const struct {
    const char *lines[8];
    catalogue_fault fault;
    int64_t line;
    const char *member;
} hostile[] = {
    {{TAX("V")}, CATALOGUE_NO_HEAD, 1, ""},
    {{HEAD("EUR"), HEAD("EUR"), TAX("V")}, CATALOGUE_TWICE, 2, ""},
    {{HEAD("GBP"), TAX("V")}, CATALOGUE_OTHER_CURRENCY, 1, "currency"},
    {{HEAD("EUR"), TAX("W"), TAX("V")}, CATALOGUE_BAD_ORDER, 3, ""},
    {{HEAD("EUR"), TAX("V"), TAX("V")}, CATALOGUE_TWICE, 3, ""},
    {{HEAD("EUR"), LEVEL("1"), TAX("V")}, CATALOGUE_BAD_ORDER, 3, ""},
    {{HEAD("EUR"), ITEM("i", ",\"department_id\":\"d\"")}, CATALOGUE_BAD_REFERENCE, 2, "department_id"},
    {{HEAD("EUR"), ITEM("i", ",\"group_id\":\"d\"")}, CATALOGUE_BAD_REFERENCE, 2, "group_id"},
    {{HEAD("EUR"), TAX("V"), ITEM("i", ",\"tax_id\":\"v\"")}, CATALOGUE_BAD_REFERENCE, 3, "tax_id"},
    {{HEAD("EUR"), ITEM("i", ""), PRICE("i", "1", "2026-01-01", "null")}, CATALOGUE_BAD_REFERENCE, 3, "price_level_id"},
    {{HEAD("EUR"), LEVEL("1"), PRICE("i", "1", "2026-01-01", "null")}, CATALOGUE_PRICE_ALONE, 3, "item_id"},
    {{HEAD("EUR"), LEVEL("1"), ITEM("i", ""), PRICE("j", "1", "2026-01-01", "null")},
     CATALOGUE_PRICE_ALONE,
     4,
     "item_id"},
    {{HEAD("EUR"), DEP("a", "a")}, CATALOGUE_CIRCLE, 2, "parent_id"},
    {{HEAD("EUR"), DEP("a", "c"), DEP("b", "a"), DEP("c", "b"), DEP("d", "")}, CATALOGUE_CIRCLE, 0, "parent_id"},
    {{HEAD("EUR"), DEP("a", "b"), ITEM("i", "")}, CATALOGUE_BAD_REFERENCE, 2, "parent_id"},
    {{HEAD("EUR"), "{\"kind\":\"removed\",\"item_id\":\"i\"}", TAX("V")}, CATALOGUE_REMOVED_IN_WHOLE, 2, ""},
    {{HEAD("EUR"), LEVEL("1"), ITEM("i", ""),
      "{\"kind\":\"price\",\"item_id\":\"i\",\"price_level_id\":\"1\",\"amount\":-1,\"valid_from\":\"2026-01-01\"}",
      TAX("V")},
     CATALOGUE_BAD_AMOUNT,
     4,
     "amount"},
    {{HEAD("EUR"), "{\"kind\":\"user\",\"user_id\":\"u\",\"name\":\"U\",\"password\":\"x\"}", TAX("V")},
     CATALOGUE_BAD_SECRET,
     2,
     "password"},
};

START_TEST(hostile_catalogues_through_a_download)
{
    lines was = {0};
    lines_copy(&was, &s.host.local);
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        lines_clear(&s.cloud.now);
        for (size_t k = 0; hostile[i].lines[k]; k++)
            give(hostile[i].lines[k]);
        ck_assert_int_eq(shop_download(&s), CATALOGUE_IDLE);
        core_catalogue_view view = shop_look(&s);
        ck_assert_msg(view.outcome == CATALOGUE_FAILED && view.failure == CATALOGUE_FAIL_LINE &&
                          view.line.fault == hostile[i].fault,
                      "%zu: outcome %d, failure %d, fault %d", i, (int)view.outcome, (int)view.failure,
                      (int)view.line.fault);
        if (hostile[i].line != 0)
            ck_assert_int_eq(view.line.number, hostile[i].line);
        ck_assert_str_eq(view.line.member, hostile[i].member);
        ck_assert_uint_eq(s.host.staged.count, 0);
        ck_assert(lines_equal(&s.host.local, &was));
    }
    ck_assert_uint_eq(s.host.swaps, 0);
    lines_clear(&was);
}
END_TEST

START_TEST(what_looks_odd_and_is_right)
{
    static const char *const good[] = {
        HEAD("EUR"),
        LEVEL("1"),
        LEVEL("2"),
        DEP("A", "z"),
        DEP("a", "A"),
        DEP("z", ""),
        ITEM("9e+05", ""),
        ITEM("AB", ",\"department_id\":\"a\""),
        PRICE("AB", "1", "2026-01-01", "\"2026-01-31\""),
        PRICE("AB", "1", "2026-02-01", "null"),
        PRICE("AB", "2", "2026-01-01", "null"),
        ITEM("ab", ",\"department_id\":\"\",\"tax_id\":null"),
        ITEM("ab!", ""),
        ITEM("\xc3\xa9", ""),
    };
    lines_clear(&s.cloud.now);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        give(good[i]);
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
}
END_TEST

/* ---- pages that are not what they say ---- */

static void expect_nothing(core_catalogue_failure failure)
{
    ck_assert_int_eq(shop_download(&s), CATALOGUE_IDLE);
    shop_expect_failure(&s, failure);
    ck_assert_uint_eq(s.host.staged.count, 0);
    ck_assert_uint_eq(s.host.swaps, 0);
}

START_TEST(hostile_pages)
{
    static const char *const instead[] = {
        "{}", "\n", "{\"kind\":\"page\",\"revision\":5,\"since\":0,\"count\":1,\"next\":null}\n",
        "{\"kind\":\"page\",\"revision\":5,\"since\":0,\"count\":0,\"next\":\"1\"}\n",
        "{\"kind\":\"page\",\"revision\":5,\"since\":0,\"count\":0,\"next\":null}\n" HEAD("EUR") "\n"};
    lines_put_items(&s.cloud.now, "New", 1, 30);
    for (size_t i = 0; i < sizeof instead / sizeof *instead; i++) {
        s.cloud.page_instead = instead[i];
        expect_nothing(CATALOGUE_FAIL_PAGE);
    }
    s.cloud.page_instead = NULL;
    s.cloud.page_revision = 4;
    expect_nothing(CATALOGUE_FAIL_PAGE);
    s.cloud.page_revision = 0;
    s.cloud.page_since = 3;
    expect_nothing(CATALOGUE_FAIL_PAGE);
    s.cloud.page_since = -1;
    s.cloud.page_count_more = 1;
    expect_nothing(CATALOGUE_FAIL_PAGE);
    s.cloud.page_count_more = 0;
    for (size_t cut = 1; cut < 200; cut += 7) { /* in the middle of the last lines */
        s.cloud.page_cut = cut;
        expect_nothing(CATALOGUE_FAIL_PAGE);
    }
    s.cloud.page_cut = 0;
    s.cloud.lines_more = 1;
    expect_nothing(CATALOGUE_FAIL_COUNTS);
    s.cloud.lines_more = -3;
    s.cloud.page_lines = 10;
    expect_nothing(CATALOGUE_FAIL_COUNTS);
}
END_TEST

START_TEST(a_name_of_ten_megabytes)
{
    size_t bytes = 10 * 1024 * 1024;
    char *page = malloc(bytes + 300);
    size_t used = (size_t)sprintf(page,
                                  "{\"kind\":\"page\",\"revision\":5,\"since\":0,\"count\":2,\"next\":null}\n%s\n"
                                  "{\"kind\":\"tax\",\"tax_id\":\"V\",\"rate\":1,\"name\":\"",
                                  HEAD("EUR"));
    memset(page + used, 'n', bytes);
    strcpy(page + used + bytes, "\"}\n");
    s.cloud.page_instead = page;
    ck_assert_int_eq(shop_download(&s), CATALOGUE_IDLE);
    shop_expect_failure(&s, CATALOGUE_FAIL_LINE);
    ck_assert_int_eq(shop_look(&s).line.fault, CATALOGUE_BAD_LENGTH);
    free(page);
    s.cloud.fault = CLOUD_FINE;
}
END_TEST

/* Two pages of one revision that do not belong together. */
static void change_silently(void *ctx, uint32_t request)
{
    catalogue_cloud *k = ctx;
    if (request != 3)
        return;
    lines_put_head(&k->now);
    lines_put_items(&k->now, "Other", 1, 12);
}

START_TEST(a_page_that_changes_between_two_requests)
{
    lines_put_items(&s.cloud.now, "New", 1, 20);
    s.cloud.page_lines = 10;
    s.cloud.between = change_silently;
    s.cloud.between_ctx = &s.cloud;
    expect_nothing(CATALOGUE_FAIL_COUNTS);
}
END_TEST

START_TEST(a_revision_that_goes_backwards)
{
    lines_put_items(&s.cloud.now, "New", 1, 5);
    shop_download(&s);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    s.cloud.revision = 4;
    s.cloud.before_revision = 0;
    host_edited(&s.host);
    ck_assert_int_eq(shop_download(&s), CATALOGUE_IDLE);
    shop_expect_failure(&s, CATALOGUE_FAIL_BACKWARDS);
    ck_assert_uint_eq(s.host.swaps, 1);
}
END_TEST

START_TEST(too_many_of_a_small_kind)
{
    for (int extra = 0; extra < 2; extra++) {
        lines_clear(&s.cloud.now);
        give(HEAD("EUR"));
        for (int i = 0; i < CATALOGUE_SMALL_MAX + extra; i++) {
            char text[100];
            snprintf(text, sizeof text, "{\"kind\":\"group\",\"group_id\":\"%05d\",\"name\":\"G\"}", i);
            give(text);
        }
        core_catalogue_phase phase = shop_download(&s);
        ck_assert_int_eq(phase, extra ? CATALOGUE_IDLE : CATALOGUE_PREVIEW);
        core_catalogue_cancel(s.b.core, s.b.now);
    }
    ck_assert_int_eq(shop_look(&s).line.fault, CATALOGUE_TOO_MANY);
}
END_TEST

/* Changes that do not fit what is here: everything is downloaded instead. */
START_TEST(changes_that_do_not_fit)
{
    lines_put_items(&s.cloud.now, "New", 1, 20);
    shop_download(&s);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    catalogue_cloud_revise(&s.cloud);
    lines_put_items(&s.cloud.now, "New", 21, 22);
    s.cloud.before.count -= 4; /* the cloud's memory of the earlier revision is wrong: it sends two items more */
    lines_put_items(&s.cloud.before, "Never", 30, 30);
    ck_assert_int_eq(shop_download(&s), CATALOGUE_PREVIEW);
    ck_assert(s.cloud.asked_since);
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(lines_equal(&s.host.local, &s.cloud.now));
    /* And an item that stays refers to what goes. */
    catalogue_cloud_revise(&s.cloud);
    s.cloud.now.entries[5] = s.cloud.now.entries[6]; /* the group is gone, without a word about the items */
    memmove(&s.cloud.now.entries[6], &s.cloud.now.entries[7], (s.cloud.now.count - 7) * sizeof(lines_entry));
    s.cloud.now.count--;
    ck_assert_int_eq(shop_download(&s), CATALOGUE_IDLE);
    shop_expect_failure(&s, CATALOGUE_FAIL_LINE);
    ck_assert_int_eq(shop_look(&s).line.fault, CATALOGUE_BAD_REFERENCE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core/catalogue_check");
    TCase *c = tcase_create("all");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, hostile_catalogues_through_a_download);
    tcase_add_test(c, what_looks_odd_and_is_right);
    tcase_add_test(c, hostile_pages);
    tcase_add_test(c, a_name_of_ten_megabytes);
    tcase_add_test(c, a_page_that_changes_between_two_requests);
    tcase_add_test(c, a_revision_that_goes_backwards);
    tcase_add_test(c, too_many_of_a_small_kind);
    tcase_add_test(c, changes_that_do_not_fit);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
