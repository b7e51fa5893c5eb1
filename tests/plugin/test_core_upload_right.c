/* SPDX-License-Identifier: Apache-2.0 */
/* May configuration data be uploaded? Every combination of facts, and sequences of what may happen to a till. */
#include <check.h>
#include <string.h>

#include "support/catalogue_bench.h"

/* ---- the table ---- */

START_TEST(every_combination)
{
    for (int i = 0; i < 16; i++) {
        bool wizard = i & 1, connected = i & 2, licence = i & 4, used = i & 8;
        upload_right right = {.connected = connected, .used_up = used, .licence_on = licence};
        static const char allowed[] = "0100" /* no licence, not used: nothing, wizard, connected, both */
                                      "1111" /* licence */
                                      "0000"
                                      "0000"; /* used up */
        ck_assert_msg(upload_right_allows(&right, wizard) == (allowed[i] == '1'), "%d", i);
    }
}
END_TEST

/* L, l: the licence property is seen on, off; ?: it cannot be told; W, w: the wizard is finished, is not; D: a download;
 * U: an upload; C: another company. Behind '=': may it be uploaded now? */
static const char *const sequences[] = {
    "w=0",
    "W=1",
    "WD=0",     /* connected once */
    "WDl=0",    /* a property that stays off grants nothing */
    "WU=0",     /* used up for good */
    "WUw=0W=0", /* the wizard run through again grants nothing */
    "wL=1",
    "wL=1U=0",
    "WL=1U=0L=0",  /* it stays on: it is used up */
    "WLU=0l=0L=1", /* off and on again */
    "WLU=0l=0L=1U=0l=0L=1",
    "WU=0L=1",  /* switched on for the first time after an upload by the wizard */
    "WDL=1",    /* whatever was downloaded before */
    "WDL=1l=0", /* off: connected already */
    "WL=1l=1",  /* off, and never connected */
    "WLU?=0l?=0L=1",
    "WLUl?L=1",
    "WLU?L=0", /* nothing was seen of an off */
    "?W=1",
    "L?=1",  /* as it was seen last */
    "WUC=0", /* another company changes nothing */
    "WDC=0",
    "WC=1",
    "WLUCl=0CL=1",
    "wLD=1U=0lL=1D=1",
};

static void follow(const char *steps)
{
    upload_right right = {0};
    bool wizard = false;
    for (const char *at = steps; *at; at++) {
        switch (*at) {
        case 'L':
        case 'l':
            upload_right_see_licence(&right, *at == 'L');
            break;
        case '?':
            ck_assert(!upload_right_see_licence(&right, POS_E_IO));
            break;
        case 'W':
        case 'w':
            wizard = *at == 'W';
            break;
        case 'D':
            upload_right_connect(&right);
            break;
        case 'U':
            upload_right_use(&right);
            break;
        case '=':
            at++;
            ck_assert_msg(upload_right_allows(&right, wizard) == (*at == '1'), "%s, at %s", steps, at);
            break;
        default:
            break;
        }
    }
}

START_TEST(every_sequence)
{
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++)
        follow(sequences[i]);
}
END_TEST

START_TEST(says_whether_it_has_to_be_stored)
{
    upload_right right = {0};
    ck_assert(!upload_right_see_licence(&right, 0));
    ck_assert(upload_right_see_licence(&right, 1));
    ck_assert(!upload_right_see_licence(&right, 1));
    ck_assert(upload_right_use(&right));
    ck_assert(!upload_right_use(&right));
    ck_assert(!upload_right_connect(&right));
    ck_assert(upload_right_see_licence(&right, 0));
    ck_assert(right.used_up);
    ck_assert(upload_right_see_licence(&right, 1));
    ck_assert(!right.used_up);
}
END_TEST

/* ---- in the core ---- */

static shop s;

static void setup(void)
{
    shop_open(&s);
    lines_put_items(&s.host.local, "Old", 1, 3);
    shop_connect(&s);
}

static void teardown(void)
{
    shop_close(&s);
}

static bool is_allowed(void)
{
    return shop_look(&s).may_upload;
}

static void upload(void)
{
    core_begin_call(s.b.core);
    ck_assert(core_catalogue_upload(s.b.core, s.b.now));
    if (shop_run(&s) == CATALOGUE_DECIDING) {
        ck_assert(core_catalogue_replace(s.b.core, s.b.now, shop_look(&s).cloud.revision));
        shop_run(&s);
    }
    ck_assert_int_eq(shop_look(&s).outcome, CATALOGUE_UPLOADED);
}

START_TEST(the_sequence_on_a_till_with_restarts)
{
    ck_assert(is_allowed());
    s.wizard_finished = 0;
    ck_assert(!is_allowed());
    s.wizard_finished = POS_E_IO;
    ck_assert(!is_allowed());
    s.wizard_finished = 1;
    upload();
    ck_assert(!is_allowed());
    bench_restart(&s.b);
    ck_assert(!is_allowed());
    s.licence_on = 1;
    bench_run(&s.b, 70000); /* nobody looks at the screen: it is polled */
    ck_assert(is_allowed());
    bench_restart(&s.b);
    ck_assert(is_allowed());
    upload();
    bench_crash(&s.b);
    bench_run(&s.b, 70000);
    ck_assert(!is_allowed());
    s.licence_on = 0;
    bench_run(&s.b, 70000);
    bench_restart(&s.b);
    s.licence_on = POS_E_BUSY;
    bench_run(&s.b, 70000);
    ck_assert(!is_allowed());
    s.licence_on = 1;
    bench_run(&s.b, 70000);
    ck_assert(is_allowed());
    ck_assert_int_eq(bench_assign(&s.b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
    ck_assert(is_allowed());
}
END_TEST

START_TEST(a_download_closes_the_wizard_s_way)
{
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "New", 1, 4);
    s.cloud.revision = 1;
    shop_download(&s);
    ck_assert(is_allowed()); /* nothing was taken yet */
    ck_assert_int_eq(shop_accept(&s), CATALOGUE_TAKEN);
    ck_assert(!is_allowed());
    bench_restart(&s.b);
    ck_assert(!is_allowed());
    ck_assert(core_catalogue_undo(s.b.core, s.b.now) || true);
    bench_run(&s.b, 100);
    ck_assert(!is_allowed()); /* it was downloaded, whatever became of it */
}
END_TEST

START_TEST(another_store_changes_nothing)
{
    upload();
    ck_assert_int_eq(bench_assign(&s.b, "sto_B", CLAIM_FIRST, NULL), PROGRESS_DONE);
    bench_run(&s.b, 2000);
    ck_assert(!is_allowed());
    ck_assert(!core_catalogue_upload(s.b.core, s.b.now));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("core/upload_right");
    TCase *c = tcase_create("table");
    tcase_add_test(c, every_combination);
    tcase_add_test(c, every_sequence);
    tcase_add_test(c, says_whether_it_has_to_be_stored);
    suite_add_tcase(suite, c);
    c = tcase_create("till");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, the_sequence_on_a_till_with_restarts);
    tcase_add_test(c, a_download_closes_the_wizard_s_way);
    tcase_add_test(c, another_store_changes_nothing);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
