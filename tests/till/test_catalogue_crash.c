/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The till's catalogue when the power fails in any write of a stage, a swap, an undo, an edit or the cleaning up: the
 * old one or the new one, with its tag, never a mix. And when it is large: swap and undo change a row, not a catalogue.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "catalogue_bench.h"
#include "support/storage_crash_vfs.h"
#include "till/catalogue_face.h"
#include "till_fixture.h"

#define FD_MAX  64
#define CHOICES 3 /* of what a crash leaves: nothing pending, all of it, some by chance */

static const char *const first[] = {BENCH_FEW,
                                    BENCH_ITEM("a", "A", "D", "\"11\""),
                                    BENCH_PRICE("a", "100"),
                                    BENCH_ITEM("b", "B", "D", ""),
                                    BENCH_PRICE("b", "300"),
                                    NULL};
static const char *const second[] = {BENCH_FEW, BENCH_ITEM("a", "A2", "D", ""), BENCH_ITEM("x", "X", "D", "\"11\""),
                                     BENCH_PRICE("x", "5"), NULL};
static const char *const changes[] = {BENCH_FEW, "-a", BENCH_ITEM("b", "B2", "D", "\"11\""), NULL};

static const char *const last[] = {BENCH_FEW, BENCH_ITEM("a", "A3", "D", "\"11\""), "-x", NULL};

/* A till's database and its catalogue, without the rest of the till. */
struct shelf {
    struct database db;
    struct till_log log;
    struct catalogue_face face;
    bool sale_open;
    char folder[160];
};

static char root[64];

static void make_root(void)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(root, sizeof root, "%s/till-XXXXXX", base);
    ck_assert_ptr_nonnull(mkdtemp(root));
    storage_crash_vfs_install();
}

/* A till's folder, as far as these tests fill it. */
static void remove_folder(const char *folder)
{
    static const char *const files[] = {"till.db", "till.db-wal", "till.db-shm", "till.lock"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[256];
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        (void)unlink(path);
    }
    ck_assert_int_eq(rmdir(folder), 0);
}

static void remove_root(void)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/killed", root);
    if (access(path, F_OK) == 0)
        remove_folder(path);
    ck_assert_int_eq(rmdir(root), 0);
}

static const pos_catalogue *shelf_open(struct shelf *shelf, const char *name)
{
    struct fault fault;
    memset(shelf, 0, sizeof *shelf);
    (void)snprintf(shelf->folder, sizeof shelf->folder, "%s/%s", root, name);
    (void)mkdir(shelf->folder, 0700);
    ck_assert_msg(database_open(&shelf->db, shelf->folder, NULL, NULL, &fault), "%s", fault.text);
    shelf->log = (struct till_log){.file = stderr, .level = POS_LOG_MISUSE};
    catalogue_face_fill(&shelf->face, &shelf->db, &shelf->log, &shelf->sale_open);
    return &shelf->face.abi;
}

/* Closes it and takes it off the disk. */
static void shelf_remove(struct shelf *shelf)
{
    database_close(&shelf->db);
    storage_crash_vfs_forget(shelf->folder);
    remove_folder(shelf->folder);
}

static bool clean_a_slice(struct shelf *shelf)
{
    bool left;
    struct fault fault;
    return catalogue_clean(&shelf->db, 3, &left, &fault);
}

/* ---- the things that a crash may cut, each from a start of its own ---- */

static void prepare_whole(struct shelf *shelf)
{
    catalogue_bench_swap(&shelf->face.abi, POS_STAGE_WHOLE, first, "first");
}

static void prepare_staged_whole(struct shelf *shelf)
{
    prepare_whole(shelf);
    ck_assert_int_eq(catalogue_stage_begin(&shelf->db, POS_STAGE_WHOLE, &(struct fault){""}), POS_OK);
    ck_assert_int_eq(catalogue_bench_add(&shelf->face.abi, second, NULL), POS_OK);
}

static void prepare_staged_changes(struct shelf *shelf)
{
    prepare_whole(shelf);
    ck_assert_int_eq(catalogue_stage_begin(&shelf->db, POS_STAGE_CHANGES, &(struct fault){""}), POS_OK);
    ck_assert_int_eq(catalogue_bench_add(&shelf->face.abi, changes, NULL), POS_OK);
}

static void prepare_swapped_whole(struct shelf *shelf)
{
    prepare_staged_whole(shelf);
    ck_assert_int_eq(catalogue_swap(&shelf->db, "second", &(struct fault){""}), POS_OK);
}

static void prepare_swapped_changes(struct shelf *shelf)
{
    prepare_staged_changes(shelf);
    ck_assert_int_eq(catalogue_swap(&shelf->db, "changes", &(struct fault){""}), POS_OK);
}

static void prepare_undone_changes(struct shelf *shelf)
{
    prepare_swapped_changes(shelf);
    ck_assert_int_eq(catalogue_undo(&shelf->db, &(struct fault){""}), POS_OK);
}

static bool do_stage_changes(struct shelf *shelf)
{
    const pos_catalogue *c = &shelf->face.abi;
    return c->stage_begin(c->ctx, POS_STAGE_CHANGES) == POS_OK && catalogue_bench_add(c, changes, NULL) == POS_OK;
}

static bool do_swap(struct shelf *shelf)
{
    return shelf->face.abi.swap(&shelf->face, "swapped", NULL, 0) == POS_OK;
}

static bool do_undo(struct shelf *shelf)
{
    return shelf->face.abi.undo(&shelf->face, NULL, 0) == POS_OK;
}

static bool do_edit(struct shelf *shelf)
{
    return catalogue_set_price(&shelf->db, "b", 777, "2026-01-05", &(struct fault){""});
}

static const struct cut {
    const char *name;
    void (*prepare)(struct shelf *shelf);
    bool (*act)(struct shelf *shelf);
    const char *tag; /* of the new state; NULL: there is no new one to be seen */
} cuts[] = {
    {"stage", prepare_whole, do_stage_changes, NULL},
    {"swap of a whole one", prepare_staged_whole, do_swap, "swapped"},
    {"swap of changes", prepare_staged_changes, do_swap, "swapped"},
    {"swap where there is an undo", prepare_swapped_changes, do_stage_changes, NULL},
    {"undo of a whole one", prepare_swapped_whole, do_undo, "first"},
    {"undo of changes", prepare_swapped_changes, do_undo, "first"},
    {"edit after a swap of changes", prepare_swapped_changes, do_edit, "changes"},
    {"edit after a swap of a whole one", prepare_whole, do_edit, "first"},
    {"cleaning up", prepare_undone_changes, clean_a_slice, NULL},
};

/* Old or new; and whatever it is, it can be cleaned up, and gone on with. */
static bool judge(struct shelf *shelf, const char *old, const char *new, const struct cut *cut, const char *old_tag)
{
    const pos_catalogue *c = &shelf->face.abi;
    struct fault fault;
    char *now = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    pos_catalogue_state state = catalogue_bench_state(c);
    bool is_new = strcmp(now, old) != 0;
    ck_assert_msg(!is_new || strcmp(now, new) == 0, "%s: a mix:\n%s", cut->name, now);
    ck_assert_msg(strcmp(state.tag, is_new ? cut->tag : old_tag) == 0, "%s: the tag is %s", cut->name, state.tag);
    bool left = true;
    while (left)
        ck_assert_msg(catalogue_clean(&shelf->db, 1000, &left, &fault), "%s", fault.text);
    char *cleaned = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    ck_assert_str_eq(cleaned, now);
    if ((state.flags & POS_CATALOGUE_CAN_UNDO) != 0)
        ck_assert_int_eq(c->undo(c->ctx, NULL, 0), POS_OK);
    catalogue_bench_swap(c, POS_STAGE_WHOLE, second, "again");
    catalogue_bench_swap(c, POS_STAGE_CHANGES, last, "and again");
    ck_assert_int_eq(c->undo(c->ctx, NULL, 0), POS_OK);
    ck_assert_str_eq(catalogue_bench_state(c).tag, "again");
    free(now), free(cleaned);
    return is_new;
}

/* The act without a crash: what is new. */
static char *act_whole(const struct cut *cut)
{
    struct shelf shelf;
    const pos_catalogue *c = shelf_open(&shelf, "whole");
    cut->prepare(&shelf);
    ck_assert_msg(cut->act(&shelf), "%s", cut->name);
    char *text = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    shelf_remove(&shelf);
    return text;
}

START_TEST(test_cut)
{
    const struct cut *cut = &cuts[_i];
    char *new = act_whole(cut);
    unsigned news = 0, olds = 0;
    bool done = false;
    uint32_t nth = 1;
    for (; !done; nth++) {
        struct shelf shelf, left;
        const pos_catalogue *c = shelf_open(&shelf, "cut");
        cut->prepare(&shelf);
        char *old = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
        char old_tag[CATALOGUE_TAG_BYTES];
        (void)snprintf(old_tag, sizeof old_tag, "%s", catalogue_bench_state(c).tag);
        storage_crash_vfs_cut(shelf.folder, nth);
        done = cut->act(&shelf);
        for (uint32_t choice = 0; choice < CHOICES; choice++) {
            char folder[160];
            (void)snprintf(folder, sizeof folder, "%s/left", root);
            ck_assert_int_eq(mkdir(folder, 0700), 0);
            storage_crash_vfs_image(shelf.folder, folder, choice);
            (void)shelf_open(&left, "left");
            bool is_new = judge(&left, old, new, cut, old_tag);
            ck_assert_msg(!done || cut->tag == NULL || is_new, "%s was done, and is not there", cut->name);
            news += is_new;
            olds += !is_new;
            shelf_remove(&left);
        }
        free(old);
        shelf_remove(&shelf);
    }
    ck_assert_uint_gt(nth, 5);
    ck_assert_uint_gt(olds, 0);
    ck_assert(cut->tag == NULL || news > 0);
    (void)printf("%s: cut at %u writes and syncs, %u ends: %u old, %u new\n", cut->name, nth - 2, (nth - 1) * CHOICES,
                 olds, news);
    free(new);
}
END_TEST

/* A disk that is full, or fails: said, nothing changed, and it works when the disk does. */
START_TEST(test_failing_disk)
{
    struct shelf shelf;
    const pos_catalogue *c = shelf_open(&shelf, "failing");
    prepare_staged_whole(&shelf);
    char *before = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    storage_crash_vfs_refuse(shelf.folder, SQLITE_FULL);
    char reason[64] = "x";
    ck_assert_int_eq(c->swap(c->ctx, "x", reason, sizeof reason), POS_E_NO_SPACE);
    ck_assert_str_eq(reason, ""); /* the code says it all */
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_WHOLE), POS_E_NO_SPACE);
    storage_crash_vfs_refuse(shelf.folder, SQLITE_IOERR_WRITE);
    ck_assert_int_eq(c->swap(c->ctx, "x", reason, sizeof reason), POS_E_IO);
    ck_assert_int_eq(c->undo(c->ctx, reason, sizeof reason), POS_E_IO);
    storage_crash_vfs_refuse(shelf.folder, SQLITE_OK);
    char *after = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    ck_assert_str_eq(before, after);
    ck_assert_int_eq(c->swap(c->ctx, "x", reason, sizeof reason), POS_OK);
    free(before), free(after);
    shelf_remove(&shelf);
}
END_TEST

/* Pages are staged without a sync; a swap syncs them together with itself. */
START_TEST(test_syncs)
{
    struct shelf shelf;
    const pos_catalogue *c = shelf_open(&shelf, "syncs");
    prepare_whole(&shelf);
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_WHOLE), POS_OK);
    uint64_t begun = storage_crash_vfs_syncs(shelf.folder);
    ck_assert_int_eq(catalogue_bench_add(c, second, NULL), POS_OK);
    ck_assert_uint_eq(storage_crash_vfs_syncs(shelf.folder), begun);
    ck_assert(do_swap(&shelf));
    uint64_t swapped = storage_crash_vfs_syncs(shelf.folder);
    ck_assert_uint_gt(swapped, begun);
    ck_assert(do_undo(&shelf)); /* as every other commit does */
    ck_assert_uint_gt(storage_crash_vfs_syncs(shelf.folder), swapped);
    shelf_remove(&shelf);
}
END_TEST

/* ---- killed ---- */

/* Check's messages go through a file without a name. A process that is to be killed writes none: the last would be half
 * a message. */
static void leave_check(void)
{
    struct stat file;
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (int fd = STDERR_FILENO + 1; fd < FD_MAX; fd++) {
        if (fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_nlink == 0 && dup2(nowhere, fd) < 0)
            _exit(2);
    }
}

/* Turns two catalogues over and over, whole and by changes, until it is killed. */
static void turn_until_killed(int tell)
{
    struct shelf shelf;
    leave_check();
    const pos_catalogue *c = shelf_open(&shelf, "killed");
    for (unsigned round = 0;; round++) {
        bool left;
        struct fault fault;
        catalogue_bench_swap(c, POS_STAGE_WHOLE, round % 2 == 0 ? first : second, round % 2 == 0 ? "first" : "second");
        if (round % 2 == 0)
            catalogue_bench_swap(c, POS_STAGE_CHANGES, changes, "changes");
        if (round % 3 == 0 && c->undo(c->ctx, NULL, 0) != POS_OK)
            _exit(2);
        if (!catalogue_clean(&shelf.db, 5, &left, &fault) || write(tell, "r", 1) != 1)
            _exit(2);
    }
}

START_TEST(test_killed)
{
    static const char *const tags[] = {"first", "second", "changes"};
    static const char *const *const wholes[] = {first, second, first};
    char *texts[3];
    unsigned seen[3] = {0};
    struct shelf shelf;
    const pos_catalogue *c = shelf_open(&shelf, "killed");
    for (size_t i = 0; i < 3; i++) {
        catalogue_bench_swap(c, POS_STAGE_WHOLE, wholes[i], tags[i]);
        if (i == 2)
            catalogue_bench_swap(c, POS_STAGE_CHANGES, changes, "changes");
        texts[i] = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
    }
    database_close(&shelf.db);
    for (int round = 0; round < 40; round++) {
        int told[2], status;
        char rounds[8];
        ck_assert_int_eq(pipe(told), 0);
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0)
            turn_until_killed(told[1]);
        for (int i = 0; i < 1 + round % 5; i++)
            ck_assert_int_eq(read(told[0], rounds, 1), 1);
        struct timespec pause = {.tv_nsec = (long)round * 30000};
        (void)nanosleep(&pause, NULL);
        ck_assert_int_eq(kill(child, SIGKILL), 0);
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_msg(WIFSIGNALED(status), "it ended by itself: %d", status);
        (void)close(told[0]);
        (void)close(told[1]);
        c = shelf_open(&shelf, "killed");
        char *now = catalogue_bench_read(c, POS_CATALOGUE_LOCAL);
        pos_catalogue_state state = catalogue_bench_state(c);
        size_t which = 0;
        while (which < 2 && strcmp(state.tag, tags[which]) != 0)
            which++;
        ck_assert_str_eq(state.tag, tags[which]);
        ck_assert_msg(strcmp(now, texts[which]) == 0, "tag %s, lines:\n%s", state.tag, now);
        seen[which]++;
        free(now);
        database_close(&shelf.db);
    }
    ck_assert_msg(seen[0] > 0 && seen[1] + seen[2] > 0, "always the same: %u %u %u", seen[0], seen[1], seen[2]);
    for (size_t i = 0; i < 3; i++)
        free(texts[i]);
}
END_TEST

/* ---- large ---- */

static int64_t now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Runs it, and fails where it changed more than a few rows. */
static void expect_few_rows(struct shelf *shelf, bool (*act)(struct shelf *shelf), const char *what)
{
    int before = sqlite3_total_changes(shelf->db.sqlite);
    int64_t start_us = now_us();
    ck_assert(act(shelf));
    int64_t took_us = now_us() - start_us;
    int rows = sqlite3_total_changes(shelf->db.sqlite) - before;
    (void)printf("%s of 100,000 items: %d rows, %.1f ms\n", what, rows, (double)took_us / 1000);
    ck_assert_msg(rows < 10, "%s changed %d rows", what, rows);
}

START_TEST(test_a_hundred_thousand_items)
{
    struct shelf shelf;
    struct fault fault;
    const pos_catalogue *c = shelf_open(&shelf, "large");
    static const char *const few[] = {BENCH_FEW, "-000005", BENCH_ITEM("099999", "Last", "D", ""), NULL};
    catalogue_bench_stage_many(c, 100000, 100);
    expect_few_rows(&shelf, do_swap, "swap");
    ck_assert_uint_eq(catalogue_bench_state(c).local_lines, 200004);
    ck_assert_int_eq(c->stage_begin(c->ctx, POS_STAGE_CHANGES), POS_OK);
    ck_assert_int_eq(catalogue_bench_add(c, few, NULL), POS_OK);
    expect_few_rows(&shelf, do_swap, "swap of changes");
    ck_assert_uint_eq(catalogue_bench_state(c).local_lines, 200004 - 2 - 1);
    expect_few_rows(&shelf, do_undo, "undo of changes");
    ck_assert_uint_eq(catalogue_bench_state(c).local_lines, 200004);
    catalogue_bench_swap(c, POS_STAGE_WHOLE, first, "first");
    expect_few_rows(&shelf, do_undo, "undo");
    ck_assert_uint_eq(catalogue_bench_state(c).local_lines, 200004);
    catalogue_bench_swap(c, POS_STAGE_WHOLE, first, "first");
    expect_few_rows(&shelf, do_edit, "edit after a swap");
    /* The 200,000 rows that nobody can bring back any more go in slices. */
    bool left = true;
    unsigned slices = 0;
    int64_t longest_us = 0;
    for (; left; slices++) {
        int before = sqlite3_total_changes(shelf.db.sqlite);
        int64_t start_us = now_us();
        ck_assert_msg(catalogue_clean(&shelf.db, 1000, &left, &fault), "%s", fault.text);
        int64_t took_us = now_us() - start_us;
        longest_us = took_us > longest_us ? took_us : longest_us;
        /* A barcode goes with its item. */
        ck_assert_int_lt(sqlite3_total_changes(shelf.db.sqlite) - before, 2 * 1000 + 20);
    }
    (void)printf("cleaned up in %u slices, the longest %.1f ms\n", slices, (double)longest_us / 1000);
    ck_assert_uint_gt(slices, 150);
    ck_assert_uint_eq(catalogue_bench_state(c).local_lines, 8);
    shelf_remove(&shelf);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("catalogue, cut");
    TCase *tests = tcase_create("catalogue, cut");
    tcase_add_checked_fixture(tests, make_root, remove_root);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, test_cut, 0, (int)(sizeof cuts / sizeof cuts[0]));
    tcase_add_test(tests, test_failing_disk);
    tcase_add_test(tests, test_syncs);
    tcase_add_test(tests, test_killed);
    tcase_add_test(tests, test_a_hundred_thousand_items);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
