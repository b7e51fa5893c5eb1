/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A few simulated worlds, small enough for every run of the tests, and whether the simulator itself is to be believed:
 * the same seed is the same run, and its disk forgets what was not synced. `make sim` runs the large ones.
 */
#include <check.h>
#include <sqlite3.h>
#include <string.h>

#include "sim/sim.h"
#include "sim/sim_disk.h"
#include "sim/sim_runs.h"

static bool run(uint64_t seed, uint32_t tills, uint32_t days, bool calm, sim_figures *f, char hash[33])
{
    sim_options options = {.seed = seed, .tills = tills, .days = days, .calm = calm};
    return sim_run(&options, f, hash);
}

START_TEST(no_close_is_lost_or_doubled)
{
    sim_figures f;
    char hash[33];
    ck_assert_msg(run(1000 + (uint64_t)_i, 3, 60, false, &f, hash), "seed %d: see what it printed", 1000 + _i);
    ck_assert_uint_gt(f.troubles, 0);
    ck_assert_uint_gt(f.delivered, 0);
}
END_TEST

START_TEST(when_nothing_goes_wrong_every_good_close_is_delivered)
{
    sim_figures f;
    char hash[33];
    ck_assert(run(7, 4, 30, true, &f, hash));
    ck_assert_uint_eq(f.delivered + f.rejected, f.closes);
    ck_assert_uint_gt(f.closes, 60);
    ck_assert_uint_eq(f.conflicts + f.others + f.cuts + f.troubles, 0);
}
END_TEST

START_TEST(the_same_seed_is_the_same_run)
{
    sim_figures f;
    char first[33], again[33], other[33];
    ck_assert(run(5, 2, 40, false, &f, first));
    ck_assert(run(6, 2, 40, false, &f, other));
    ck_assert(run(5, 2, 40, false, &f, again));
    ck_assert_str_eq(first, again);
    ck_assert_str_ne(first, other);
}
END_TEST

/* ---- its checker ---- */

#define FIRST_Z "(SELECT MIN(report_no) FROM reports WHERE kind = 'Z' AND counted = 1)"

#define A_LATER_Z "(SELECT report_no FROM reports WHERE kind = 'Z' AND counted = 1 AND z_number = 3 ORDER BY 1 LIMIT 1)"

/* What somebody does to the cloud's rows, and what the checker has to say to it. */
static const struct {
    const char *sql, *finds;
} tamperings[] = {
    {"DELETE FROM report_taxes WHERE report_no = " FIRST_Z "; DELETE FROM report_payments WHERE report_no = " FIRST_Z
     "; DELETE FROM reports WHERE report_no = " FIRST_Z,
     "is lost"},
    {"UPDATE reports SET counted = 0 WHERE report_no = " FIRST_Z, "is lost"},
    {"UPDATE reports SET counted = 0 WHERE report_no = " A_LATER_Z, "flags an honest till"},
    {"UPDATE reports SET gross_minor = gross_minor + 1 WHERE report_no = " FIRST_Z, "other figures"},
    {"UPDATE reports SET grand_total_minor = 0 - grand_total_minor - 1 WHERE report_no = " FIRST_Z, "other figures"},
    {"UPDATE reports SET business_date = '2001-01-01' WHERE report_no = " FIRST_Z, "other figures"},
    {"UPDATE reports SET standing = 'conflict', counted = 0 WHERE report_no = " FIRST_Z, "in conflict"},
    {"UPDATE reports SET epoch = epoch + 1 WHERE report_no = " FIRST_Z, "second epoch"},
    {"UPDATE reports SET decided_at_ms = 1 WHERE report_no = " FIRST_Z, "head office did not make"},
    {"UPDATE reports SET sha256 = replace(sha256, '0', '1') WHERE report_no = " FIRST_Z, "nobody closed"},
    {"UPDATE reports SET store_id = (SELECT store_id FROM stores s WHERE s.company_id <> reports.company_id)"
     " WHERE report_no = " FIRST_Z,
     "in a store of another"},
    {"UPDATE reports SET company_id = (SELECT company_id FROM companies c WHERE c.company_id <> reports.company_id),"
     " store_id = (SELECT store_id FROM stores s WHERE s.company_id <> reports.company_id)"
     " WHERE report_no = " FIRST_Z,
     "in another company"},
    {"UPDATE reports SET store_id = (SELECT store_id FROM stores s WHERE s.company_id = reports.company_id"
     " AND s.store_id <> reports.store_id) WHERE report_no = " FIRST_Z,
     "its till was not in"},
    {"UPDATE reports SET warning = 'strange' WHERE report_no = " FIRST_Z, "warns of a good report"},
    {"UPDATE reports SET document = x'7b7d' WHERE report_no = " FIRST_Z, "not those that were sent"},
    {"UPDATE stores SET name = 'Store'", "made twice"},
};

START_TEST(the_checker_finds_what_is_wrong)
{
    sim_figures f = {0};
    char hash[33], again[33];
    sim_options options = {.seed = 6, .tills = 4, .days = 8, .calm = true, .quiet = true};
    ck_assert(sim_run(&options, &f, hash));
    options.tamper = tamperings[_i].sql;
    ck_assert_msg(!sim_run(&options, &f, hash), "not found: %s", options.tamper);
    ck_assert_msg(f.broken && strstr(f.broken, tamperings[_i].finds), "found instead: %s", f.broken);
    ck_assert(!sim_run(&options, &f, again));
    ck_assert_str_eq(hash, again);
}
END_TEST

START_TEST(a_failing_run_is_made_small)
{
    sim_figures f = {0};
    char hash[33];
    sim_options options = {.seed = 4, .tills = 3, .days = 12, .quiet = true};
    options.tamper = "UPDATE reports SET gross_minor = gross_minor + 1 WHERE report_no = " FIRST_Z;
    ck_assert(!sim_run(&options, &f, hash));
    sim_options small = sim_shrink(&options, &f, 20);
    ck_assert_uint_lt(small.days, options.days);
    ck_assert_uint_ne(small.tills_off, 0);
    ck_assert(sim_row_set_has(&small.without, ROW_POWER_CUT) && sim_row_set_has(&small.without, ROW_CATALOGUE_UPLOAD));
    ck_assert(!sim_run(&small, &f, hash));
}
END_TEST

/* What may not happen does not, and what is left goes on. */
START_TEST(parts_can_be_switched_off)
{
    sim_figures f = {0};
    char hash[33];
    const char *bad = NULL;
    sim_options options = {.seed = 11, .tills = 3, .days = 40, .tills_off = 4};
    ck_assert(sim_row_set_read("power-cut,bit-rot,move-store,offline", &options.without, &bad));
    ck_assert(sim_run(&options, &f, hash));
    ck_assert_uint_eq(f.rows[ROW_POWER_CUT] + f.rows[ROW_BIT_ROT] + f.rows[ROW_MOVE] + f.rows[ROW_OFFLINE], 0);
    ck_assert_uint_gt(f.troubles, 0);
    ck_assert(!sim_row_set_read("power-cut,no-such-thing", &options.without, &bad));
    ck_assert_str_eq(bad, "no-such-thing");
}
END_TEST

/* ---- its disk ---- */

static int64_t count_rows(sqlite3 *db)
{
    sqlite3_stmt *row = NULL;
    int64_t count = -1;
    if (sqlite3_prepare_v2(db, "SELECT COUNT(*) FROM t", -1, &row, NULL) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW)
        count = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    return count;
}

/* 100 rows, a transaction each, then the power fails. How many are left; -1: the database is broken. */
static int64_t rows_after_a_cut(const char *pragmas, uint64_t seed, uint32_t cut_in)
{
    sim_random r = sim_random_make(seed, 9);
    sqlite3 *db = NULL;
    sim_disk_format(seed);
    ck_assert_int_eq(sqlite3_open_v2("t.db", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, SIM_DISK_VFS), SQLITE_OK);
    sqlite3_exec(db, pragmas, NULL, NULL, NULL);
    ck_assert_int_eq(sqlite3_exec(db, "CREATE TABLE t (n)", NULL, NULL, NULL), SQLITE_OK);
    if (cut_in > 0)
        sim_disk_cut(cut_in);
    for (int i = 0; i < 100; i++)
        sqlite3_exec(db, "INSERT INTO t VALUES (randomblob(300))", NULL, NULL, NULL);
    sim_disk_cut(0);
    sqlite3_close(db);
    sim_disk_power_on(&r);
    ck_assert_int_eq(sqlite3_open_v2("t.db", &db, SQLITE_OPEN_READWRITE, SIM_DISK_VFS), SQLITE_OK);
    int64_t left = count_rows(db);
    sqlite3_close(db);
    return left;
}

START_TEST(its_disk_keeps_what_was_synced_and_forgets_the_rest)
{
    int64_t forgotten = 0, parts = 0;
    sim_disk_install();
    for (uint64_t seed = 1; seed <= 20; seed++) {
        ck_assert_int_eq(rows_after_a_cut("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", seed, 0), 100);
        ck_assert_int_eq(rows_after_a_cut("PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL", seed, 0), 100);
        int64_t left = rows_after_a_cut("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", seed, 150);
        ck_assert_int_ge(left, 0);
        parts += left < 100;
        forgotten += rows_after_a_cut("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF", seed, 0) < 100;
    }
    ck_assert_int_eq(parts, 20);
    ck_assert_int_gt(forgotten, 10);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("simulator");
    TCase *tc = tcase_create("worlds");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, no_close_is_lost_or_doubled, 0, 4);
    tcase_add_test(tc, when_nothing_goes_wrong_every_good_close_is_delivered);
    tcase_add_test(tc, the_same_seed_is_the_same_run);
    tcase_add_loop_test(tc, the_checker_finds_what_is_wrong, 0, (int)(sizeof tamperings / sizeof tamperings[0]));
    tcase_add_test(tc, a_failing_run_is_made_small);
    tcase_add_test(tc, parts_can_be_switched_off);
    tcase_add_test(tc, its_disk_keeps_what_was_synced_and_forgets_the_rest);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
