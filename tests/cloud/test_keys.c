/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a close is known by: company, till, register, epoch and number. The same number of another register or of
 * another company is another close, and each is counted.
 */
#include "cloud_batches.h"
#include "cloud_suite.h"

static fixture fx;
static person ana;
static shop place;
static till bar;

static void setup(void)
{
    fixture_open(&fx);
    ana = fixture_person(&fx, "ana@example.com");
    place = fixture_shop(&fx, &ana);
    bar = fixture_till(&fx, &ana, place.store_id);
}

static void teardown(void)
{
    fixture_close(&fx);
}

START_TEST(each_register_of_a_till_has_its_own_numbers)
{
    batch_expect_one(&fx, &bar, (item){.z_number = 1}, "delivered", NULL);
    batch_expect_one(&fx, &bar, (item){.z_number = 1, .register_id = "till-0"}, "delivered", NULL);
    batch_expect_one(&fx, &bar, (item){.z_number = 1, .register_id = "till-2"}, "delivered", NULL);
    batch_expect_one(&fx, &bar, (item){.z_number = 1, .register_id = "till-2", .note = "other"}, "conflict", NULL);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z"), 3);
    batch_expect_one(&fx, &bar, (item){.kind = 'X', .z_number = 2, .x_sequence = 3}, "delivered", NULL);
    batch_expect_one(&fx, &bar, (item){.kind = 'X', .z_number = 2, .x_sequence = 1, .register_id = "till-2"},
                     "delivered", NULL);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM running_x"), 2);
}
END_TEST

START_TEST(a_till_that_goes_to_another_company_is_new_there)
{
    char company_id[80], store_id[80];
    fixture_company(&fx, &ana, "Another", company_id);
    fixture_store(&fx, &ana, company_id, "Sur", store_id);
    till moved = fixture_till_as(&fx, &ana, store_id, bar.till_id, "first");
    batch_expect_one(&fx, &bar, (item){.z_number = 1}, "delivered", NULL);
    reply same = batch_send_one(&fx, &moved, (item){.z_number = 1});
    ck_assert_str_eq(reply_text(&same, "results.0.status"), "delivered");
    ck_assert_str_eq(reply_text(&same, "results.0.receipt.company_id"), company_id);
    ck_assert_str_eq(reply_text(&same, "results.0.receipt.store_id"), store_id);
    reply_free(&same);
    batch_expect_one(&fx, &bar, (item){.z_number = 2}, "delivered", NULL);
    batch_expect_one(&fx, &moved, (item){.z_number = 2, .note = "other"}, "delivered", NULL);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z"), 4);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(DISTINCT company_id) FROM counted_z"), 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("keys");
    TCase *cases = tcase_create("keys");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, each_register_of_a_till_has_its_own_numbers);
    tcase_add_test(cases, a_till_that_goes_to_another_company_is_new_there);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
