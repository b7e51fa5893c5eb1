/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/e2e/test_secrets.c - no password is stored or logged anywhere, and no token in plain: planted passwords, the codes
 * of the mails and the tokens that the cloud really issued are searched for in every file that till and cloud have
 * written, journals, free pages and logs included.
 */
#define _GNU_SOURCE /* memmem */ /* NOLINT */
#include "support/e2e_owner.h"
#include "support/e2e_sql.h"
#include "support/e2e_till.h"

#include <ctype.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define PASSWORD_ONE   "Planted-Pass-7f3a91c2-one"
#define PASSWORD_TWO   "Planted-Pass-7f3a91c2-two"
#define PASSWORD_WRONG "Planted-Pass-7f3a91c2-bad"
#define NEEDLES_MAX    64
#define PAYLOAD_AT     512 /* of a record: an offset that never changes */
#define COLLECTIONS    64

typedef struct needle {
    const char *what;
    char bytes[256];
    size_t size_bytes;
    bool is_code; /* six digits: counts only as a number of its own */
} needle;

static needle needles[NEEDLES_MAX];
static size_t needle_count;
static e2e_cloud cloud;
static e2e_host host;

static void add_needle(const char *what, const void *bytes, size_t size_bytes)
{
    ck_assert_uint_lt(needle_count, NEEDLES_MAX);
    ck_assert_uint_lt(size_bytes, sizeof needles[0].bytes);
    needle *n = &needles[needle_count++];
    memset(n, 0, sizeof *n);
    n->what = what;
    memcpy(n->bytes, bytes, size_bytes);
    n->size_bytes = size_bytes;
}

/* As it is, and as hexadecimal digits. */
static void add_secret(const char *what, const char *text)
{
    char hex[256] = "";
    size_t length = strlen(text);
    ck_assert_uint_gt(length, 8);
    add_needle(what, text, length);
    for (size_t i = 0; i < length && i < 48; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned char)text[i]);
    add_needle(what, hex, strlen(hex));
}

static void add_code(const char *code)
{
    add_needle("a code", code, 6);
    needles[needle_count - 1].is_code = true;
}

/* ---- searching ---- */

static const char *skip_part, *found_what;
static char found_in[E2E_PATH_BYTES];
static size_t files_searched;

static bool stands_alone(const char *text, size_t size_bytes, const char *at, size_t length)
{
    bool before = at > text && isdigit((unsigned char)at[-1]);
    bool after = at + length < text + size_bytes && isdigit((unsigned char)at[length]);
    return !before && !after;
}

static bool contains(const char *text, size_t size_bytes, const needle *n)
{
    const char *at = text, *end = text + size_bytes;
    while ((at = memmem(at, (size_t)(end - at), n->bytes, n->size_bytes)) != NULL) {
        if (!n->is_code || stands_alone(text, size_bytes, at, n->size_bytes))
            return true;
        at++;
    }
    return false;
}

static int search_file(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    size_t size_bytes = 0;
    (void)info;
    (void)place;
    if (kind != FTW_F || (skip_part && strstr(path, skip_part)))
        return 0;
    char *text = e2e_read_file(path, &size_bytes);
    ck_assert_msg(text, "cannot read %s", path);
    files_searched++;
    for (size_t i = 0; i < needle_count && !found_what; i++) {
        if (!contains(text, size_bytes, &needles[i]))
            continue;
        found_what = needles[i].what;
        snprintf(found_in, sizeof found_in, "%s", path);
    }
    free(text);
    return 0;
}

/* Looks through all files below the folder, but for those whose path has `skip` in it. */
static bool search(const char *folder, const char *skip)
{
    skip_part = skip;
    found_what = NULL;
    files_searched = 0;
    ck_assert_int_eq(nftw(folder, search_file, 16, FTW_PHYS), 0);
    ck_assert_uint_gt(files_searched, 0);
    return found_what != NULL;
}

static void expect_nowhere(const char *when)
{
    ck_assert_msg(!search(host.folder, NULL), "%s: %s stands in %s", when, found_what, found_in);
    ck_assert_msg(!search(cloud.folder, ".eml"), "%s: %s stands in %s", when, found_what, found_in);
}

/* ---- the tokens that were issued, read back from the decrypted storage ---- */

typedef struct reading {
    poshost_storage *storage;
    uint32_t collection;
    uint64_t ids[64];
    size_t count;
} reading;

static int32_t note_id(void *ctx, uint64_t id, uint32_t size_bytes)
{
    reading *r = ctx;
    (void)size_bytes;
    ck_assert_uint_lt(r->count, sizeof r->ids / sizeof r->ids[0]);
    r->ids[r->count++] = id;
    return 0;
}

/* Adds what the storage's secret collections hold, and returns how many secrets that are. The host does not run. */
static size_t read_secrets(bool add)
{
    char database[E2E_PATH_BYTES], key_file[E2E_PATH_BYTES], record[2048];
    size_t secrets = 0;
    reading r = {0};
    e2e_join_path(database, host.folder, "plugin.db");
    e2e_join_path(key_file, host.folder, "keys/plugin.key");
    ck_assert_int_eq(poshost_storage_open(database, key_file, &r.storage, NULL, 0), POS_OK);
    const pos_storage *calls = poshost_storage_calls(r.storage);
    ck_assert_int_eq(calls->acquire(r.storage), POS_OK);
    for (uint32_t number = 1; number <= COLLECTIONS; number++) {
        uint32_t collection = number | POS_COLLECTION_SECRET;
        r.count = 0;
        ck_assert_int_eq(calls->list(r.storage, collection, 0, note_id, &r), POS_OK);
        for (size_t i = 0; i < r.count; i++) {
            uint32_t size_bytes = 0;
            memset(record, 0, sizeof record);
            ck_assert_int_eq(calls->get(r.storage, collection, r.ids[i], 0, record, sizeof record - 1, &size_bytes),
                             POS_OK);
            ck_assert_uint_gt(size_bytes, PAYLOAD_AT);
            secrets++;
            if (add)
                add_secret("a token", record + PAYLOAD_AT);
        }
    }
    calls->release(r.storage);
    poshost_storage_close(r.storage);
    return secrets;
}

static size_t collect_tokens(void)
{
    e2e_host_stop(&host);
    size_t secrets = read_secrets(true);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    return secrets;
}

/* The sealed bytes of all secrets as they lie in the device file. The host does not run. */
static size_t collect_sealed(void)
{
    char path[E2E_PATH_BYTES];
    sqlite3 *handle = NULL;
    sqlite3_stmt *statement = NULL;
    size_t count = 0;
    e2e_join_path(path, host.folder, "keys/plugin.key.device");
    ck_assert_int_eq(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(handle,
                                        "SELECT bytes FROM body JOIN record USING (place)"
                                        " WHERE collection & 65536",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        int size_bytes = sqlite3_column_bytes(statement, 0);
        ck_assert_int_gt(size_bytes, PAYLOAD_AT);
        add_needle("a sealed secret", (const char *)sqlite3_column_blob(statement, 0) + 64, 64);
        count++;
    }
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return count;
}

/* ---- the owner ---- */

static void register_owner(void)
{
    e2e_owner_register(&host, &cloud, E2E_EMAIL, PASSWORD_ONE);
    add_code(cloud.last_code);
}

static void open_log_in(void)
{
    e2e_owner_open(&host);
    e2e_owner_press(&host, "login");
    e2e_owner_press(&host, "login.other");
}

static void recover_password(void)
{
    open_log_in();
    e2e_owner_press(&host, "login.recover");
    e2e_owner_type(&host, "email", E2E_EMAIL);
    e2e_owner_press(&host, "recover.submit");
    e2e_owner_await_screen(&host, "recover.code");
    e2e_owner_await_code(&host, &cloud, E2E_EMAIL);
    add_code(cloud.last_code);
    e2e_owner_type(&host, "code", cloud.last_code);
    e2e_owner_type(&host, "password", PASSWORD_TWO);
    e2e_owner_type(&host, "password_again", PASSWORD_TWO);
    e2e_owner_press(&host, "recover.confirm");
    e2e_owner_await_screen(&host, "main");
}

static void log_in_wrongly(void)
{
    open_log_in();
    e2e_owner_type(&host, "email", E2E_EMAIL);
    e2e_owner_type(&host, "password", PASSWORD_WRONG);
    e2e_owner_press(&host, "login.submit");
    int64_t failed = e2e_now_ms() + e2e_patience_ms(20000);
    while (e2e_cloud_requests(&cloud, "login") < 1) {
        ck_assert_msg(e2e_now_ms() < failed, "nobody tried to log in");
        e2e_host_beat(&host);
    }
}

START_TEST(secrets_stand_nowhere)
{
    add_secret("a password", PASSWORD_ONE);
    add_secret("a password", PASSWORD_TWO);
    add_secret("a password", PASSWORD_WRONG);
    e2e_cloud_open(&cloud);
    e2e_host_open(&host, &cloud);
    register_owner();
    ck_assert_uint_eq(collect_tokens(), 1);
    e2e_owner_assign(&host, E2E_COMPANY, E2E_STORE);
    ck_assert_uint_eq(collect_tokens(), 2);
    for (int64_t number = 1; number <= 5; number++)
        e2e_close_day(&host, number);
    e2e_host_await_delivered(&host);
    log_in_wrongly();
    recover_password();
    collect_tokens();
    e2e_owner_log_in(&host, E2E_EMAIL, PASSWORD_TWO);
    expect_nowhere("while both run"); /* journals of both databases are there */
    collect_tokens();
    expect_nowhere("after a restart");
    e2e_cloud_kill(&cloud);
    expect_nowhere("after the cloud was killed");
    e2e_cloud_start(&cloud);
    expect_nowhere("after the cloud recovered");
    e2e_cloud_stop(&cloud);
    expect_nowhere("after the cloud ended");
    e2e_host_close(&host);
    e2e_cloud_close(&cloud);
}
END_TEST

START_TEST(disconnect_wipes_the_secrets)
{
    e2e_cloud_open(&cloud);
    e2e_host_open(&host, &cloud);
    e2e_owner_set_up(&host, &cloud);
    e2e_close_day(&host, 1);
    e2e_host_await_delivered(&host);
    e2e_host_stop(&host);
    ck_assert_uint_eq(read_secrets(true), 2);
    ck_assert_uint_eq(collect_sealed(), 2);
    ck_assert_msg(search(host.folder, NULL), "the sealed secrets were not found before they were wiped");
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    e2e_owner_disconnect(&host);
    expect_nowhere("while the instance runs on");
    e2e_host_stop(&host);
    expect_nowhere("after the instance ended");
    ck_assert_uint_eq(read_secrets(false), 0);
    ck_assert_int_eq(
        e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM till_tokens WHERE revoked_at_ms IS NULL"), 0);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM sessions WHERE ended_at_ms IS NULL"),
                     0);
    e2e_host_close(&host);
    e2e_cloud_close(&cloud);
}
END_TEST

/* The cloud is away: the secrets go all the same, before the screen confirms. */
START_TEST(disconnect_offline_wipes_the_secrets)
{
    e2e_cloud_open(&cloud);
    e2e_host_open(&host, &cloud);
    e2e_owner_set_up(&host, &cloud);
    e2e_host_stop(&host);
    ck_assert_uint_eq(read_secrets(true), 2);
    ck_assert_uint_eq(collect_sealed(), 2);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    e2e_cloud_stop(&cloud);
    e2e_owner_disconnect(&host);
    expect_nowhere("after the screen has confirmed");
    e2e_host_stop(&host);
    ck_assert_uint_eq(read_secrets(false), 0);
    e2e_host_close(&host);
    e2e_cloud_close(&cloud);
}
END_TEST

START_TEST(till_program_tells_no_secret)
{
    e2e_till till;
    add_secret("a password", E2E_PASSWORD);
    e2e_cloud_open(&cloud);
    e2e_till_open(&till, &cloud);
    e2e_till_set_up(&till);
    ck_assert_msg(!search(till.folder, "/script"), "%s stands in %s", found_what, found_in);
    e2e_till_run(&till, "open\npress login\npress login.other\nfill email " E2E_EMAIL "\nfill password \"" E2E_PASSWORD
                        "\"\nshow\npress login.submit\nexpect Options\nshow\nleave\ntrade 1\nwait idle\n");
    ck_assert_msg(!search(till.folder, "/script"), "%s stands in %s", found_what, found_in);
    ck_assert_msg(!search(cloud.folder, ".eml"), "%s stands in %s", found_what, found_in);
    e2e_till_close(&till);
    e2e_cloud_close(&cloud);
}
END_TEST

/* What is there is found: in the tables of both, in a journal, and a code only as a number of its own. */
START_TEST(search_finds_what_is_there)
{
    e2e_cloud_open(&cloud);
    e2e_host_open(&host, &cloud);
    e2e_owner_set_up(&host, &cloud);
    add_needle("the store's name", E2E_STORE, sizeof E2E_STORE - 1);
    ck_assert(search(host.folder, NULL));
    ck_assert(search(cloud.folder, ".eml"));
    needle code = {.bytes = "123456", .size_bytes = 6, .is_code = true};
    ck_assert(contains("a 123456 b", 10, &code));
    ck_assert(!contains("a 1234567 b", 11, &code));
    e2e_host_close(&host);
    e2e_cloud_close(&cloud);
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {
        {"nowhere", secrets_stand_nowhere},
        {"disconnect", disconnect_wipes_the_secrets},
        {"disconnect offline", disconnect_offline_wipes_the_secrets},
        {"till program", till_program_tells_no_secret},
        {"search", search_finds_what_is_there},
    };
    return E2E_RUN("secrets", tests);
}
