/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Killed with SIGKILL between pages, in a page and in a commit: what was acknowledged is there, and a store has one
 * revision or the other, never a mix.
 */
#include "cloud_fixture.h"

#include "cloud/store_catalogue.h"
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS     25
#define PAGES      6
#define PAGE_LINES 200 /* of each page but the first, which has the head besides */

static fixture fx;
static store_till_scope scope;

static void setup(void)
{
    unsigned char token_hash[IDENT_HASH_BYTES];
    fixture_open(&fx);
    person ana = fixture_person(&fx, "ana@example.com");
    shop place = fixture_shop(&fx, &ana);
    till bar = fixture_till(&fx, &ana, place.store_id);
    ident_hash_text(bar.token, token_hash);
    ck_assert_int_eq(store_till_token_find(cloud_store(fx.cloud), token_hash, &scope), STORE_OK);
    cloud_stop(fx.cloud);
}

static void teardown(void)
{
    fixture_remove_folder(fx.dir);
}

static store *open_store(void)
{
    char path[80];
    snprintf(path, sizeof path, "%s/cloud.db", fx.dir);
    return store_open(path);
}

/* What the child has been told to be done: the one thing it may not lose. */
typedef struct progress {
    int64_t revision; /* committed */
    char upload_id[IDENT_ID_SIZE];
    int64_t pages; /* of that upload */
} progress;

static void tell(int to, const progress *what)
{
    if (write(to, what, sizeof *what) != (ssize_t)sizeof *what)
        _exit(1);
}

/* Every line of a revision carries its number. */
static size_t make_page(int64_t revision, int page, catalogue_line *lines, char texts[][120])
{
    size_t count = 0;
    char detail[CATALOGUE_DETAIL_SIZE];
    if (page == 0)
        snprintf(
            texts[count++], 120,
            "{\"kind\":\"catalogue\",\"schema\":\"pos.catalogue/1\",\"catalogue_id\":\"%lld\",\"currency\":\"EUR\"}",
            (long long)revision);
    for (int i = 0; i < PAGE_LINES; i++)
        snprintf(texts[count++], 120, "{\"kind\":\"item\",\"item_id\":\"%05d\",\"name\":\"%lld\"}",
                 page * PAGE_LINES + i, (long long)revision);
    for (size_t i = 0; i < count; i++)
        if (!catalogue_line_read(texts[i], strlen(texts[i]), &lines[i], detail))
            _exit(2);
    return count;
}

static void upload_once(store *db, progress *state, int to)
{
    static catalogue_line lines[PAGE_LINES + 1];
    static char texts[PAGE_LINES + 1][120];
    catalogue_upload upload;
    catalogue_info info;
    catalogue_fault fault;
    store_key key;
    randombytes_buf(&key, sizeof key);
    if (store_upload_create(db, &scope, state->revision, &key, 1, &upload, &info) != STORE_OK)
        _exit(3);
    memcpy(state->upload_id, upload.upload_id, sizeof state->upload_id);
    for (int page = 0; page < PAGES; page++) {
        upload_page what = {.store_id = scope.store_id,
                            .upload_id = upload.upload_id,
                            .page = page,
                            .lines = lines,
                            .count = make_page(state->revision + 1, page, lines, texts),
                            .now_ms = 1};
        if (store_upload_put(db, &what, &upload, &fault) != STORE_OK)
            _exit(4);
        state->pages = page + 1;
        tell(to, state);
    }
    if (store_upload_commit(db, scope.store_id, upload.upload_id, PAGES * PAGE_LINES + 1, 1, &info, &fault) != STORE_OK)
        _exit(5);
    *state = (progress){.revision = info.revision};
    tell(to, state);
}

static void upload_for_ever(int64_t revision, int to)
{
    store *db = open_store();
    progress state = {.revision = revision};
    if (!db)
        _exit(6);
    tell(to, &state); /* ready */
    for (;;)
        upload_once(db, &state, to);
}

/* Lets a child upload and kills it somewhere; what it was told last. */
static progress run_and_kill(int64_t revision)
{
    int ends[2];
    int status;
    progress last = {0};
    progress next;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        upload_for_ever(revision, ends[1]);
    }
    close(ends[1]);
    ck_assert_int_eq(read(ends[0], &last, sizeof last), (ssize_t)sizeof last);
    /* Somewhere: in what follows one of its next pages or commits. */
    for (uint32_t more = randombytes_uniform(2 * PAGES + 3); more > 0; more--) {
        ck_assert_int_eq(read(ends[0], &next, sizeof next), (ssize_t)sizeof next);
        last = next;
    }
    usleep(randombytes_uniform(4000));
    kill(child, SIGKILL);
    while (read(ends[0], &next, sizeof next) == (ssize_t)sizeof next)
        last = next;
    close(ends[0]);
    waitpid(child, &status, 0);
    ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "it ended by itself: %d", status);
    return last;
}

typedef struct seen {
    int64_t revision;
    int64_t lines;
} seen;

static void check_line(void *context, const char *key, size_t key_bytes, const char *line, size_t line_bytes)
{
    seen *self = context;
    char name[40];
    char text[200];
    snprintf(text, sizeof text, "%.*s", (int)line_bytes, line);
    snprintf(name, sizeof name, key[0] == '0' ? "\"catalogue_id\":\"%lld\"" : "\"name\":\"%lld\"",
             (long long)self->revision);
    ck_assert_uint_gt(key_bytes, 0);
    ck_assert_msg(strstr(text, name) != NULL, "revision %lld has %s", (long long)self->revision, text);
    self->lines++;
}

/* The store's revision, after having looked at every line of it. */
static int64_t check_whole(store *db)
{
    catalogue_info info;
    ck_assert_int_eq(store_catalogue_info(db, scope.store_id, &info), STORE_OK);
    if (info.revision == 0)
        return 0;
    seen all = {info.revision, 0};
    catalogue_page page = {
        .store_id = scope.store_id, .revision = info.revision, .after = "", .limit = 100000, .bytes_max = 10000000};
    ck_assert_int_eq(store_catalogue_read(db, &page, check_line, &all), STORE_OK);
    ck_assert_int_eq(all.lines, PAGES * PAGE_LINES + 1);
    ck_assert_int_eq(info.lines, all.lines);
    return info.revision;
}

START_TEST(old_or_new_and_what_was_acknowledged)
{
    int64_t revision = 0;
    int in_upload = 0;
    for (int round = 0; round < ROUNDS; round++) {
        progress told = run_and_kill(revision);
        store *db = open_store();
        ck_assert_ptr_nonnull(db);
        revision = check_whole(db);
        ck_assert_int_ge(revision, told.revision);
        ck_assert_int_le(revision, told.revision + 1); /* the answer to a commit may be lost */
        if (told.pages > 0 && revision == told.revision) {
            catalogue_upload upload;
            ck_assert_int_eq(store_upload_find(db, scope.store_id, told.upload_id, 1, &upload), STORE_OK);
            ck_assert_int_ge(upload.next_page, told.pages);
            ck_assert_int_eq(upload.lines, upload.next_page * PAGE_LINES + 1);
            in_upload++;
        }
        store_close(db);
    }
    ck_assert_int_gt(revision, 0);
    printf("killed %d times, %d of them in an upload; revision %lld\n", ROUNDS, in_upload, (long long)revision);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("catalogue_kill");
    TCase *cases = tcase_create("catalogue_kill");
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, old_or_new_and_what_was_acknowledged);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
