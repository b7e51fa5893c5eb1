/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIGKILL in the middle of work: a child writes a known sequence into a real storage and says through a pipe what was
 * OKed; the parent kills it at a random moment and looks for the prefix that explains what is left. No virtual disk
 * here.
 */
#include <poshost/storage.h>

#include <check.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS     25
#define IDS        16u
#define KINDS      3u
#define RECORD_MAX 6000u

static const uint32_t collections[KINDS] = {5, 5 | POS_COLLECTION_DEVICE, 5 | POS_COLLECTION_SECRET};
static char root[PATH_MAX - 32];
static char data_path[PATH_MAX];
static char key_path[PATH_MAX];

/* ---- the sequence ---- */

typedef struct step {
    uint32_t kind;
    uint64_t id;
    int is_remove;
    uint32_t size_bytes;
} step;

static step step_of(uint32_t number)
{
    uint32_t mixed = number * 2654435761u;
    mixed ^= mixed >> 15;
    uint32_t draw = (mixed >> 8) % 10;
    return (step){.kind = draw < 7   ? 0
                          : draw < 9 ? 1
                                     : 2,
                  .id = (mixed >> 4) % IDS,
                  .is_remove = (mixed >> 20) % 4 == 0,
                  .size_bytes = 1 + (mixed >> 12) % (RECORD_MAX - 1)};
}

static void fill(unsigned char *bytes, uint32_t number, uint32_t size_bytes)
{
    for (uint32_t i = 0; i < size_bytes; i++)
        bytes[i] = (unsigned char)(number * 31 + i * 7 + (i >> 8));
}

static poshost_storage *open_storage(void)
{
    char error[256];
    poshost_storage *storage = NULL;
    if (poshost_storage_open(data_path, key_path, &storage, error, sizeof error) != POS_OK ||
        poshost_storage_calls(storage)->acquire(storage) != POS_OK) {
        fprintf(stderr, "%s %s\n", error, poshost_storage_error(storage));
        return NULL;
    }
    return storage;
}

/* Never returns: ends by the parent's SIGKILL. */
static void work(int out, uint32_t from)
{
    poshost_storage *storage = open_storage();
    const pos_storage *calls = poshost_storage_calls(storage);
    static unsigned char bytes[RECORD_MAX];
    for (uint32_t number = from; storage != NULL; number++) {
        step now = step_of(number);
        fill(bytes, number, now.size_bytes);
        int32_t code = now.is_remove ? calls->remove(storage, collections[now.kind], &now.id, 1)
                                     : calls->put(storage, collections[now.kind], now.id, bytes, now.size_bytes);
        uint32_t done = number + 1;
        if (code != POS_OK || write(out, &done, sizeof done) != (ssize_t)sizeof done)
            break;
    }
    _exit(1);
}

/* ---- judging ---- */

/* The number of the step whose put made each record, plus one; 0: not there. */
typedef struct model {
    uint32_t made[KINDS][IDS];
} model;

static void apply(model *state, uint32_t number)
{
    step now = step_of(number);
    state->made[now.kind][now.id] = now.is_remove ? 0 : number + 1;
}

static int matches(poshost_storage *storage, const model *state)
{
    static unsigned char wanted[RECORD_MAX];
    static unsigned char found[RECORD_MAX];
    for (uint32_t kind = 0; kind < KINDS; kind++) {
        for (uint32_t id = 0; id < IDS; id++) {
            uint32_t size = 0;
            uint32_t made = state->made[kind][id];
            int32_t code =
                poshost_storage_calls(storage)->get(storage, collections[kind], id, 0, found, sizeof found, &size);
            if (made == 0 ? code != POS_E_NOT_FOUND : code != POS_OK)
                return 0;
            if (made == 0)
                continue;
            uint32_t wanted_size = step_of(made - 1).size_bytes;
            fill(wanted, made - 1, wanted_size);
            if (size != wanted_size || memcmp(wanted, found, size) != 0)
                return 0;
        }
    }
    return 1;
}

/* The last step that must be there: a later lazy remove may be lost. */
static uint32_t durable_until(uint32_t done)
{
    while (done > 0) {
        step last = step_of(done - 1);
        if (!last.is_remove || last.kind == 2)
            break;
        done--;
    }
    return done;
}

/* Returns how many steps explain what is left, or UINT32_MAX. */
static uint32_t explain(poshost_storage *storage, uint32_t done)
{
    model state = {0};
    uint32_t least = durable_until(done);
    for (uint32_t number = 0; number < least; number++)
        apply(&state, number);
    for (uint32_t steps = least; steps <= done + 1; steps++) {
        if (matches(storage, &state))
            return steps;
        apply(&state, steps);
    }
    return UINT32_MAX;
}

/* Runs a child from step `from` on until it has done about `kill_after` steps. Returns the last step that it OKed. */
static uint32_t run_and_kill(uint32_t from, uint32_t kill_after, unsigned delay_us)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(ends[0]);
        work(ends[1], from);
    }
    close(ends[1]);
    uint32_t done = from;
    while (done < from + kill_after && read(ends[0], &done, sizeof done) == (ssize_t)sizeof done)
        ;
    usleep(delay_us); /* not awaiting anything: it spreads the moment of the kill over a step */
    kill(child, SIGKILL);
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFSIGNALED(status), "the child failed at step %u", (unsigned)done);
    while (read(ends[0], &done, sizeof done) == (ssize_t)sizeof done)
        ;
    close(ends[0]);
    return done;
}

START_TEST(test_kill)
{
    uint32_t at = 0;
    uint32_t lost_removes = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t done = run_and_kill(at, 5 + round * 13 % 60, round * 137 % 900);
        poshost_storage *storage = open_storage();
        ck_assert_ptr_nonnull(storage);
        uint32_t explained = explain(storage, done);
        ck_assert_msg(explained != UINT32_MAX, "round %u: no prefix from %u to %u explains what is left", round,
                      (unsigned)durable_until(done), (unsigned)done + 1);
        lost_removes += explained < done;
        at = explained;
        poshost_storage_close(storage);
    }
    printf("%u kills, %u steps, %u rounds lost lazy removes at the end\n", ROUNDS, (unsigned)at,
           (unsigned)lost_removes);
}
END_TEST

static void setup(void)
{
    const char *base = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/kill-XXXXXX", base != NULL && base[0] != '\0' ? base : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(root));
    snprintf(data_path, sizeof data_path, "%s/pos.db", root);
    snprintf(key_path, sizeof key_path, "%s/pos.key", root);
}

static void teardown(void)
{
    static const char *const names[] = {"pos.db",  "pos.db-wal",     "pos.db.lock",
                                        "pos.key", "pos.key.device", "pos.key.device-journal"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", root, names[i]);
        unlink(path);
    }
    ck_assert_int_eq(rmdir(root), 0);
}

int main(void)
{
    Suite *suite = suite_create("storage and SIGKILL");
    TCase *tcase = tcase_create("kill");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_kill);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
