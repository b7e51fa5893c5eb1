/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits together (store_group.c): who comes while the writer is busy shares the next transaction; one that fails
 * takes nobody with it; nobody is told before the commit. And what every upload executes is prepared once.
 */
#include "cloud/store_db.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define JOBS 20

static char folder[] = "/tmp/group-XXXXXX";
static char path[sizeof folder + 16];
static store *db_store;
static int commits;

static int count_commit(void *context)
{
    (void)context;
    commits++;
    return 0;
}

static void setup(void)
{
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/cloud.db", folder);
    db_store = store_open(path);
    ck_assert_ptr_nonnull(db_store);
    sqlite3_exec(db_store->writer.handle, "CREATE TABLE notes (number INTEGER PRIMARY KEY)", NULL, NULL, NULL);
    commits = 0;
    sqlite3_commit_hook(db_store->writer.handle, count_commit, NULL);
}

static void teardown(void)
{
    char command[100];
    store_close(db_store);
    snprintf(command, sizeof command, "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
}

/* Read as another program would: what is not committed is not there. */
static int64_t read_number(const char *sql)
{
    sqlite3 *other = NULL;
    sqlite3_stmt *statement = NULL;
    ck_assert_int_eq(sqlite3_open_v2(path, &other, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(other, sql, -1, &statement, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(other);
    return number;
}

typedef struct worker {
    pthread_t thread;
    int64_t number;
    store_status wanted; /* what its work says, having written */
    store_status told;
    int64_t seen; /* whether its note was there for others when it was told */
} worker;

static store_status write_note(db *writer, void *context)
{
    const worker *self = context;
    store_status status = db_exec(writer, "INSERT INTO notes (number) VALUES (?)", "i", self->number);
    return status == STORE_OK ? self->wanted : status;
}

static void *work(void *context)
{
    worker *self = context;
    char sql[80];
    self->told = db_share(db_store, write_note, self);
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM notes WHERE number = %lld", (long long)self->number);
    self->seen = read_number(sql);
    return NULL;
}

static unsigned waiting(void)
{
    pthread_mutex_lock(&db_store->queue.lock);
    unsigned count = db_store->queue.waiting;
    pthread_mutex_unlock(&db_store->queue.lock);
    return count;
}

/* All of them wait for the writer before anybody gets it. */
static void run_together(worker workers[JOBS])
{
    db *writer;
    ck_assert_int_eq(db_begin(db_store, &writer), STORE_OK);
    for (int i = 0; i < JOBS; i++)
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    while (waiting() < JOBS)
        nanosleep(&(struct timespec){0, 1000000}, NULL);
    commits = 0;
    ck_assert_int_eq(db_end(writer, STORE_OK), STORE_OK);
    for (int i = 0; i < JOBS; i++)
        pthread_join(workers[i].thread, NULL);
}

START_TEST(those_who_come_together_share_a_commit)
{
    worker workers[JOBS] = {0};
    for (int i = 0; i < JOBS; i++)
        workers[i] = (worker){.number = i, .wanted = STORE_OK};
    run_together(workers);
    for (int i = 0; i < JOBS; i++) {
        ck_assert_int_eq(workers[i].told, STORE_OK);
        ck_assert_int_eq(workers[i].seen, 1);
    }
    ck_assert_int_le(commits, 2); /* the one before, and theirs */
    ck_assert_int_eq(read_number("SELECT COUNT(*) FROM notes"), JOBS);
}
END_TEST

START_TEST(one_that_fails_takes_nobody_with_it)
{
    worker workers[JOBS] = {0};
    for (int i = 0; i < JOBS; i++)
        workers[i] = (worker){.number = i, .wanted = i % 7 == 3 ? STORE_NOT_FOUND : STORE_OK};
    workers[JOBS - 1].number = 0; /* there already, if the first was first; and the other way round */
    run_together(workers);
    int taken = 0;
    for (int i = 1; i < JOBS - 1; i++) {
        ck_assert_int_eq(workers[i].told, workers[i].wanted);
        ck_assert_int_eq(workers[i].seen, workers[i].wanted == STORE_OK);
        taken += workers[i].wanted == STORE_OK;
    }
    ck_assert_int_eq(workers[0].told == STORE_OK, workers[JOBS - 1].told == STORE_EXISTS);
    ck_assert_int_eq(workers[0].told == STORE_EXISTS, workers[JOBS - 1].told == STORE_OK);
    ck_assert_int_eq(read_number("SELECT COUNT(*) FROM notes"), taken + 1);
}
END_TEST

START_TEST(whoever_comes_alone_is_told_what_became_of_it)
{
    worker one = {.number = 1, .wanted = STORE_OK}, again = {.number = 1, .wanted = STORE_OK},
           refused = {.number = 2, .wanted = STORE_INVALID};
    work(&one);
    work(&again);
    work(&refused);
    ck_assert_int_eq(one.told, STORE_OK);
    ck_assert_int_eq(again.told, STORE_EXISTS);
    ck_assert_int_eq(refused.told, STORE_INVALID);
    ck_assert_int_eq(refused.seen, 0);
    ck_assert_int_eq(read_number("SELECT COUNT(*) FROM notes"), 1);
}
END_TEST

/* ---- uploads ---- */

static const char shop_sql[] = "INSERT INTO users VALUES ('usr_1', 'a@b', 'a@b', 'Ana', '', 'ES', 'es', 0);"
                               "INSERT INTO companies VALUES ('com_1', 'Ruiz', NULL, 'ES', 'EUR', 'usr_1', 0);"
                               "INSERT INTO stores VALUES ('sto_1', 'com_1', 'One', NULL, 'Europe/Madrid', 0, NULL);"
                               "INSERT INTO tills VALUES ('com_1', 'sto_1', 'till', 'T1', NULL, 0, 0);";

static void put_report(char kind, int64_t z_number, int64_t x_sequence)
{
    static const char document[] = "{\"taxes\":[{\"tax_id\":\"A\"}]}";
    store_till_scope scope = {.company_id = "com_1", .store_id = "sto_1", .till_id = "till", .currency = "EUR"};
    store_report report = {.kind = kind,
                           .register_id = "T1",
                           .z_number = z_number,
                           .x_sequence = x_sequence,
                           .business_date = "2026-01-05",
                           .currency = "EUR",
                           .document = document,
                           .document_bytes = sizeof document - 1};
    store_report_result result;
    snprintf(report.sha256, sizeof report.sha256, "%c%032lld%031lld", kind, (long long)z_number, (long long)x_sequence);
    ck_assert_int_eq(store_reports_put(db_store, &scope, &report, 1, 1000, &result), STORE_OK);
    ck_assert_int_eq(result.outcome, STORE_OUTCOME_DELIVERED);
    ck_assert_str_eq(result.receipt.sha256, report.sha256);
    ck_assert_str_eq(result.receipt.store_id, "sto_1");
}

START_TEST(nothing_is_prepared_twice)
{
    int again = 0;
    ck_assert_int_eq(sqlite3_exec(db_store->writer.handle, shop_sql, NULL, NULL, NULL), SQLITE_OK);
    for (int64_t day = 1; day <= 10; day++) {
        put_report('X', day, 1);
        put_report('X', day, 2);
        put_report('Z', day, 0);
    }
    for (size_t i = 0; i < db_store->writer.cached; i++)
        again += sqlite3_stmt_status(db_store->writer.cache[i].statement, SQLITE_STMTSTATUS_REPREPARE, 0);
    ck_assert_int_eq(again, 0);
    ck_assert_int_eq(read_number("SELECT COUNT(*) FROM report_taxes"), 30);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("group");
    TCase *cases = tcase_create("group");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, those_who_come_together_share_a_commit);
    tcase_add_test(cases, one_that_fails_takes_nobody_with_it);
    tcase_add_test(cases, whoever_comes_alone_is_told_what_became_of_it);
    tcase_add_test(cases, nothing_is_prepared_twice);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
