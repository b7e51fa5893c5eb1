/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Durable means synced: a layer under SQLite counts what the cloud's database writes and syncs. A batch is answered
 * only after a sync that follows its last write to the log, and however many reports it holds, it takes one commit.
 */
#include "cloud_batches.h"
#include "cloud_suite.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static sqlite3_vfs counting;
static sqlite3_vfs *real;
static sqlite3_io_methods methods;        /* of the log, counting */
static const sqlite3_io_methods *beneath; /* of the log, as it was */
static _Atomic int syncs;
static _Atomic int writes_since_sync;

static int count_write(sqlite3_file *file, const void *bytes, int length, sqlite3_int64 at)
{
    atomic_fetch_add(&writes_since_sync, 1);
    return beneath->xWrite(file, bytes, length, at);
}

static int count_sync(sqlite3_file *file, int flags)
{
    int code = beneath->xSync(file, flags);
    atomic_store(&writes_since_sync, 0);
    atomic_fetch_add(&syncs, 1);
    return code;
}

static int open_counted(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    int code = real->xOpen(real, name, file, flags, out_flags);
    (void)vfs;
    /* The writer's log alone; the reader opens it, too, but never writes. */
    if (code == SQLITE_OK && (flags & SQLITE_OPEN_WAL) && (flags & SQLITE_OPEN_READWRITE)) {
        beneath = file->pMethods;
        methods = *beneath;
        methods.xWrite = count_write;
        methods.xSync = count_sync;
        file->pMethods = &methods;
    }
    return code;
}

static fixture fx;
static till bar;

static void setup(void)
{
    real = sqlite3_vfs_find(NULL);
    counting = *real;
    counting.zName = "counting";
    counting.xOpen = open_counted;
    ck_assert_int_eq(sqlite3_vfs_register(&counting, 1), SQLITE_OK);
    fixture_open(&fx);
    person ana = fixture_person(&fx, "ana@example.com");
    shop place = fixture_shop(&fx, &ana);
    bar = fixture_till(&fx, &ana, place.store_id);
}

/* The mailer deletes a mail that it has sent, in its own time: that is a commit, too. */
static void await_no_mail(void)
{
    for (int tries = 0; tries < 1000 && fixture_sql(&fx, "SELECT COUNT(*) FROM mails") > 0; tries++)
        usleep(5000);
}

static void teardown(void)
{
    fixture_close(&fx);
}

START_TEST(a_batch_is_one_synced_commit)
{
    buffer bytes = {NULL, 0};
    for (int number = 1; number <= 50; number++)
        batch_add(&bytes, (item){.z_number = number});
    await_no_mail();
    int before = atomic_load(&syncs);
    ck_assert_int_gt(before, 0);
    reply answer = batch_send_coded(&fx, &bar, &bytes, NULL);
    fixture_expect(&answer, 200, NULL);
    ck_assert_int_eq(atomic_load(&writes_since_sync), 0);
    ck_assert_int_eq(atomic_load(&syncs), before + 1);
    reply_free(&answer);
    buffer_free(&bytes);
}
END_TEST

START_TEST(reading_syncs_nothing)
{
    person ana = fixture_person(&fx, "bea@example.com");
    await_no_mail();
    int before = atomic_load(&syncs);
    for (int i = 0; i < 5; i++) {
        fixture_refused(&fx, (call){.path = "/v1/companies", .token = ana.token}, 200, NULL);
        fixture_refused(&fx, (call){.path = "/v1/health"}, 200, NULL);
    }
    ck_assert_int_eq(atomic_load(&syncs), before);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("durable");
    TCase *cases = tcase_create("durable");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_batch_is_one_synced_commit);
    tcase_add_test(cases, reading_syncs_nothing);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
