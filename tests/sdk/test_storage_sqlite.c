/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What poshost/storage.h promises beyond the contract: the key file, secrets that are really gone, one sync a put,
 * parts read as parts, and words for what goes wrong.
 */
#include "support/storage_benches.h"
#include "support/storage_contract_internal.h"
#include "support/storage_crash_vfs.h"

#include <check.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECRET (3u | POS_COLLECTION_SECRET)
#define DEVICE (3u | POS_COLLECTION_DEVICE)

static const storage_bench *bench;
static void *ctx;
static const char *folder;

static const char *path_of(const char *rest)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, rest);
    return path;
}

static void setup(void)
{
    bench = storage_bench_sqlite();
    ctx = storage_contract_open(bench);
    folder = storage_bench_sqlite_folder(ctx);
}

static void teardown(void)
{
    bench->free(ctx);
}

#define ck_kept(what)                                                                                                  \
    do {                                                                                                               \
        const char *wrong_ = (what);                                                                                   \
        ck_assert_msg(wrong_ == NULL, "%s", wrong_);                                                                   \
    } while (0)

/* ---- the key file ---- */

static int32_t open_again(char *error, size_t room)
{
    char data[PATH_MAX];
    poshost_storage *other = NULL;
    snprintf(data, sizeof data, "%s", path_of("data/pos.db"));
    int32_t code = poshost_storage_open(data, path_of("keys/pos.key"), &other, error, (uint32_t)room);
    ck_assert(code == POS_OK || other == NULL);
    poshost_storage_close(other);
    return code;
}

START_TEST(test_key_file)
{
    struct stat status;
    char error[512];
    ck_assert_int_eq(stat(path_of("keys/pos.key"), &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0600);
    ck_assert_int_eq(status.st_size, 32);
    ck_assert_int_eq(stat(path_of("keys/pos.key.device"), &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0600);

    ck_assert_int_eq(chmod(path_of("keys/pos.key"), 0640), 0);
    ck_assert_int_eq(open_again(error, sizeof error), POS_E_FAILED);
    ck_assert_msg(strstr(error, "0600") != NULL && strstr(error, "keys/pos.key") != NULL, "%s", error);

    ck_assert_int_eq(chmod(path_of("keys/pos.key"), 0600), 0);
    ck_assert_int_eq(open_again(error, sizeof error), POS_OK);
    ck_assert_int_eq(truncate(path_of("keys/pos.key"), 31), 0);
    ck_assert_int_eq(open_again(error, sizeof error), POS_E_FAILED);
    ck_assert_msg(strstr(error, "32 bytes") != NULL, "%s", error);

    ck_assert_int_eq(unlink(path_of("keys/pos.key")), 0);
    ck_assert_int_eq(mkdir(path_of("keys/pos.key"), 0700), 0);
    ck_assert_int_eq(open_again(error, sizeof error), POS_E_FAILED);
    ck_assert_msg(strstr(error, "plain file") != NULL, "%s", error);
    ck_assert_int_eq(rmdir(path_of("keys/pos.key")), 0);
}
END_TEST

START_TEST(test_open_misuse)
{
    char error[512];
    poshost_storage *other = NULL;
    ck_assert_int_eq(poshost_storage_open(NULL, "/tmp/k", &other, error, sizeof error), POS_E_MISUSE);
    ck_assert_int_eq(poshost_storage_open("/tmp/k", "/tmp/k", &other, error, sizeof error), POS_E_MISUSE);
    ck_assert_int_eq(poshost_storage_open("/no/such/folder/x", "/tmp/k", &other, error, sizeof error), POS_E_NOT_FOUND);
    ck_assert_msg(strstr(error, "/no/such/folder/x") != NULL, "%s", error);
    ck_assert_int_eq(poshost_storage_open(path_of("data/pos.db"), "/no/such/folder/k", &other, NULL, 0),
                     POS_E_NOT_FOUND);
    poshost_storage_close(NULL);
}
END_TEST

/* ---- secrets ---- */

/* What stands in the device file for the only record there. The storage must be released. */
static int read_sealed(unsigned char *sealed, int room)
{
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    ck_assert_int_eq(sqlite3_open(path_of("keys/pos.key.device"), &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(database, "SELECT bytes FROM body", -1, &statement, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int size = sqlite3_column_bytes(statement, 0);
    ck_assert_int_le(size, room);
    memcpy(sealed, sqlite3_column_blob(statement, 0), (size_t)size);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return size;
}

START_TEST(test_overwritten_secret_is_gone)
{
    unsigned char old[512];
    const uint32_t sizes[] = {60, 60, 10, 400}; /* the same place, the same size, smaller, larger */
    for (uint32_t i = 0; i < 4; i++) {
        const uint64_t id = 1;
        storage_contract_put(bench, ctx, SECRET, id, 1, 60);
        bench->calls->release(ctx);
        uint32_t size = (uint32_t)read_sealed(old, sizeof old);
        ck_assert_uint_eq(size, 100);
        ck_assert_int_eq(bench->calls->acquire(ctx), POS_OK);
        ck_assert(bench->has_plain(ctx, old, size));
        if (i == 0)
            ck_assert_int_eq(bench->calls->remove(ctx, SECRET, &id, 1), POS_OK);
        else
            ck_assert_int_eq(storage_contract_put(bench, ctx, SECRET, id, 2, sizes[i]), POS_OK);
        /* All of it, and its parts: neither in the file nor in a journal. */
        for (uint32_t at = 0; at + 16 <= size; at += 12)
            ck_assert_msg(!bench->has_plain(ctx, old + at, 16), "the old secret's bytes %u.. are still there",
                          (unsigned)at);
        bench->calls->remove(ctx, SECRET, &id, 1);
    }
}
END_TEST

START_TEST(test_another_key)
{
    uint32_t size = 0;
    storage_ids seen = {0};
    storage_contract_put(bench, ctx, SECRET, 1, 1, 60);
    storage_contract_put(bench, ctx, DEVICE, 1, 2, 60);
    storage_contract_put(bench, ctx, 3, 1, 3, 60);
    bench->calls->release(ctx);
    ck_assert_int_eq(unlink(path_of("keys/pos.key")), 0);
    void *other = bench->twin(ctx); /* makes a new key */
    ck_assert_int_eq(bench->calls->acquire(other), POS_OK);
    ck_assert_int_eq(bench->calls->get(other, SECRET, 1, 0, NULL, 0, &size), POS_E_CORRUPT);
    ck_assert_str_ne(poshost_storage_error(storage_bench_sqlite_inner(other)), "");
    bench->calls->list(other, SECRET, 0, storage_contract_note_id, &seen);
    ck_assert_uint_eq(seen.count, 1);
    ck_kept(storage_contract_expect(bench, other, DEVICE, 1, 2, 60));
    ck_kept(storage_contract_expect(bench, other, 3, 1, 3, 60));
    ck_assert_int_eq(storage_contract_put(bench, other, SECRET, 1, 4, 70), POS_OK);
    ck_kept(storage_contract_expect(bench, other, SECRET, 1, 4, 70));
    bench->free_twin(other);
}
END_TEST

START_TEST(test_swapped_secrets)
{
    sqlite3 *database = NULL;
    uint32_t size = 0;
    storage_contract_put(bench, ctx, SECRET, 1, 1, 60);
    storage_contract_put(bench, ctx, SECRET, 2, 2, 60);
    bench->calls->release(ctx);
    ck_assert_int_eq(sqlite3_open(path_of("keys/pos.key.device"), &database), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(database, "UPDATE record SET place = 3 - place", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
    ck_assert_int_eq(bench->calls->acquire(ctx), POS_OK);
    ck_assert_int_eq(bench->calls->get(ctx, SECRET, 1, 0, NULL, 0, &size), POS_E_CORRUPT);
    ck_assert_int_eq(bench->calls->get(ctx, SECRET, 2, 0, NULL, 0, &size), POS_E_CORRUPT);
}
END_TEST

/* ---- cost ---- */

START_TEST(test_one_sync_a_put)
{
    storage_contract_put(bench, ctx, 3, 0, 0, 90000); /* begins the journal */
    uint64_t before = storage_crash_vfs_syncs(folder);
    for (uint32_t i = 1; i <= 10; i++) {
        uint64_t gone = i - 1;
        ck_assert_int_eq(storage_contract_put(bench, ctx, 3, i, i, 90000), POS_OK);
        ck_assert_int_eq(bench->calls->remove(ctx, 3, &gone, 1), POS_OK);
    }
    ck_assert_uint_eq(storage_crash_vfs_syncs(folder) - before, 10);
}
END_TEST

static void reopen(void)
{
    bench->calls->release(ctx);
    ck_assert_int_eq(bench->calls->acquire(ctx), POS_OK);
}

START_TEST(test_list_reads_no_documents)
{
    static storage_ids seen;
    for (uint32_t i = 0; i < 2000; i++)
        storage_contract_put(bench, ctx, 3, i * 7919u, i, 4096);
    reopen();
    uint64_t before = storage_crash_vfs_read_bytes(folder);
    ck_assert_int_eq(bench->calls->list(ctx, 3, 0, storage_contract_note_id, &seen), POS_OK);
    uint64_t read = storage_crash_vfs_read_bytes(folder) - before;
    ck_assert_uint_eq(seen.count, 2000);
    ck_assert_msg(read < 200 * 1024, "listing 2,000 ids of 8 MB read %llu bytes", (unsigned long long)read);
}
END_TEST

START_TEST(test_part_reads_a_part)
{
    unsigned char part[65536];
    uint32_t size = 0;
    storage_contract_put(bench, ctx, 3, 1, 1, POS_RECORD_MAX_BYTES);
    reopen();
    uint64_t before = storage_crash_vfs_read_bytes(folder);
    ck_assert_int_eq(bench->calls->get(ctx, 3, 1, 0, part, sizeof part, &size), POS_OK);
    uint64_t read = storage_crash_vfs_read_bytes(folder) - before;
    ck_assert_uint_eq(size, POS_RECORD_MAX_BYTES);
    ck_assert_msg(read < 160 * 1024, "reading 64 KiB of 4 MiB read %llu bytes", (unsigned long long)read);
}
END_TEST

/* ---- errors ---- */

START_TEST(test_errors_and_after)
{
    static const struct {
        int sqlite;
        int32_t code;
    } cases[] = {{SQLITE_FULL, POS_E_NO_SPACE}, {SQLITE_IOERR_WRITE, POS_E_IO}};
    for (size_t i = 0; i < 2; i++) {
        const uint64_t gone = 1;
        storage_contract_put(bench, ctx, 3, 1, 1, 60);
        storage_contract_put(bench, ctx, 3, 2, 2, 60);
        ck_assert_int_eq(bench->calls->remove(ctx, 3, &gone, 1), POS_OK);
        storage_crash_vfs_refuse(folder, cases[i].sqlite);
        ck_assert_int_eq(storage_contract_put(bench, ctx, 3, 2, 3, 9000), cases[i].code);
        ck_assert_msg(strstr(poshost_storage_error(storage_bench_sqlite_inner(ctx)), "pos.db") != NULL, "%s",
                      poshost_storage_error(storage_bench_sqlite_inner(ctx)));
        ck_assert_int_eq(storage_contract_put(bench, ctx, SECRET, 2, 3, 60), cases[i].code);
        storage_crash_vfs_refuse(folder, SQLITE_OK);
        /* A failed put brings no removed record back. */
        ck_kept(storage_contract_expect_none(bench, ctx, 3, 1));
        ck_assert_int_eq(storage_contract_put(bench, ctx, 3, 2, 4, 100), POS_OK);
        ck_assert_int_eq(storage_contract_put(bench, ctx, SECRET, 2, 5, 60), POS_OK);
        reopen();
        ck_kept(storage_contract_expect_none(bench, ctx, 3, 1));
        ck_kept(storage_contract_expect(bench, ctx, 3, 2, 4, 100));
        ck_kept(storage_contract_expect(bench, ctx, SECRET, 2, 5, 60));
    }
}
END_TEST

START_TEST(test_damaged_file)
{
    bench->calls->release(ctx);
    FILE *file = fopen(path_of("data/pos.db"), "wb");
    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < 3000; i++)
        fputs("garbage ", file);
    fclose(file);
    ck_assert_int_eq(bench->calls->acquire(ctx), POS_E_CORRUPT);
    const char *words = poshost_storage_error(storage_bench_sqlite_inner(ctx));
    ck_assert_msg(strstr(words, "pos.db") != NULL, "%s", words);
    /* The lock is not left behind. */
    ck_assert_int_eq(bench->calls->acquire(ctx), POS_E_CORRUPT);
}
END_TEST

START_TEST(test_newer_layout)
{
    sqlite3 *database = NULL;
    bench->calls->release(ctx);
    ck_assert_int_eq(sqlite3_open(path_of("data/pos.db"), &database), SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_exec(database, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA user_version = 2", NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(database);
    ck_assert_int_eq(bench->calls->acquire(ctx), POS_E_FAILED);
    const char *words = poshost_storage_error(storage_bench_sqlite_inner(ctx));
    ck_assert_msg(strstr(words, "newer version") != NULL, "%s", words);
}
END_TEST

static int32_t list_from_visitor(void *visitor_ctx, uint64_t id, uint32_t size_bytes)
{
    (void)id;
    (void)size_bytes;
    *(int32_t *)visitor_ctx = storage_contract_put(bench, ctx, 3, 9, 9, 9);
    return 0;
}

START_TEST(test_misuse)
{
    const pos_storage *calls = bench->calls;
    uint32_t size = 0;
    int32_t inner = POS_OK;
    ck_assert_int_eq(calls->put(ctx, 0, 1, "x", 1), POS_E_MISUSE);
    ck_assert_int_eq(calls->put(ctx, 0x10000, 1, "x", 1), POS_E_MISUSE);
    ck_assert_int_eq(calls->put(ctx, 3, 1, NULL, 1), POS_E_MISUSE);
    ck_assert_int_eq(calls->get(ctx, 3, 1, 0, NULL, 5, &size), POS_E_MISUSE);
    ck_assert_int_eq(calls->get(ctx, 3, 1, 0, NULL, 0, NULL), POS_E_MISUSE);
    ck_assert_int_eq(calls->remove(ctx, 3, NULL, 1), POS_E_MISUSE);
    ck_assert_int_eq(calls->list(ctx, 3, 0, NULL, NULL), POS_E_MISUSE);
    calls->put(ctx, 3, 1, "x", 1);
    ck_assert_int_eq(calls->list(ctx, 3, 0, list_from_visitor, &inner), POS_OK);
    ck_assert_int_eq(inner, POS_E_MISUSE);
    ck_assert_int_eq(calls->acquire(ctx), POS_E_BUSY);
    calls->release(ctx);
    ck_assert_int_eq(calls->put(ctx, 3, 1, "x", 1), POS_E_MISUSE);
    calls->release(ctx);
}
END_TEST

/* ---- processes ---- */

START_TEST(test_forked_child)
{
    storage_contract_put(bench, ctx, 3, 1, 1, 60);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        /* Nothing that the child does may touch the parent's files. */
        int32_t code = storage_contract_put(bench, ctx, 3, 1, 2, 60);
        poshost_storage_close(storage_bench_sqlite_inner(ctx));
        void *other = bench->twin(ctx);
        int32_t busy = bench->calls->acquire(other);
        _exit(code == POS_E_FORKED && busy == POS_E_BUSY ? 0 : 1);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_int_eq(storage_contract_put(bench, ctx, 3, 2, 2, 60), POS_OK);
    reopen();
    ck_kept(storage_contract_expect(bench, ctx, 3, 1, 1, 60));
    ck_kept(storage_contract_expect(bench, ctx, 3, 2, 2, 60));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sqlite storage");
    TCase *tcase = tcase_create("sqlite storage");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_key_file);
    tcase_add_test(tcase, test_open_misuse);
    tcase_add_test(tcase, test_overwritten_secret_is_gone);
    tcase_add_test(tcase, test_another_key);
    tcase_add_test(tcase, test_swapped_secrets);
    tcase_add_test(tcase, test_one_sync_a_put);
    tcase_add_test(tcase, test_list_reads_no_documents);
    tcase_add_test(tcase, test_part_reads_a_part);
    tcase_add_test(tcase, test_errors_and_after);
    tcase_add_test(tcase, test_damaged_file);
    tcase_add_test(tcase, test_newer_layout);
    tcase_add_test(tcase, test_misuse);
    tcase_add_test(tcase, test_forked_child);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
