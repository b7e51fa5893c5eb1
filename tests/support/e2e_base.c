/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/e2e_base.c - paths, folders and processes of the end-to-end tests. Everything that goes wrong here fails
 * the running test with the reason: a test that cannot be set up has not passed.
 */
#define _GNU_SOURCE /* NOLINT */
#include "support/e2e_base.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#define TEST_TIMEOUT_S 170

void e2e_join_path(char path[E2E_PATH_BYTES], const char *folder, const char *name)
{
    int length = snprintf(path, E2E_PATH_BYTES, "%s/%s", folder, name);
    ck_assert_msg(length > 0 && length < E2E_PATH_BYTES, "the path %s/%s is too long", folder, name);
}

void e2e_built(const char *name, char path[E2E_PATH_BYTES])
{
    char self[E2E_PATH_BYTES];
    const char *build = getenv("E2E_BUILD");
    if (build) {
        e2e_join_path(path, build, name);
    } else {
        ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
        ck_assert_msg(length > 0, "readlink /proc/self/exe: %s", strerror(errno));
        self[length] = '\0';
        for (int up = 0; up < 3; up++) { /* BUILD/tests/e2e/test_name */
            char *slash = strrchr(self, '/');
            ck_assert_msg(slash, "this program is not in BUILD/tests/e2e; set E2E_BUILD");
            *slash = '\0';
        }
        e2e_join_path(path, self, name);
    }
    ck_assert_msg(access(path, R_OK) == 0, "%s is missing: build it first, or set E2E_BUILD", path);
}

/* ---- folders ---- */

void e2e_make_folder(char path[E2E_PATH_BYTES])
{
    const char *base = getenv("TMPDIR");
    e2e_join_path(path, base && *base ? base : "/tmp", "e2e-XXXXXX");
    ck_assert_msg(mkdtemp(path), "mkdtemp %s: %s", path, strerror(errno));
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    /* A process that was just killed may still have taken a file of its own with it. */
    return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

void e2e_remove_folder(const char *path)
{
    ck_assert_msg(nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0, "cannot remove %s: %s", path, strerror(errno));
}

static const char *copy_from, *copy_to;

static int copy_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    char target[E2E_PATH_BYTES];
    (void)at;
    snprintf(target, sizeof target, "%s%s", copy_to, path + strlen(copy_from));
    if (kind == FTW_D)
        return mkdir(target, info->st_mode & 07777) == 0 || errno == EEXIST ? 0 : -1;
    size_t size_bytes = 0;
    char *bytes = e2e_read_file(path, &size_bytes);
    int fd = open(target, O_WRONLY | O_CREAT | O_TRUNC, info->st_mode & 07777);
    bool ok = bytes && fd >= 0 && write(fd, bytes, size_bytes) == (ssize_t)size_bytes;
    if (fd >= 0)
        close(fd);
    free(bytes);
    return ok ? 0 : -1;
}

void e2e_copy_folder(const char *from, const char *to)
{
    copy_from = from;
    copy_to = to;
    ck_assert_msg(nftw(from, copy_one, 16, FTW_PHYS) == 0, "cannot copy %s to %s: %s", from, to, strerror(errno));
}

char *e2e_read_file(const char *path, size_t *size_bytes)
{
    FILE *file = fopen(path, "re");
    size_t used = 0, room = 65536;
    char *bytes = malloc(room + 1);
    if (!file || !bytes) {
        free(bytes);
        if (file)
            fclose(file);
        return NULL;
    }
    for (size_t got; (got = fread(bytes + used, 1, room - used, file)) > 0;) {
        used += got;
        if (used < room)
            continue;
        room *= 2;
        char *grown = realloc(bytes, room + 1);
        ck_assert_msg(grown, "out of memory");
        bytes = grown;
    }
    fclose(file);
    bytes[used] = '\0';
    if (size_bytes)
        *size_bytes = used;
    return bytes;
}

/* ---- time ---- */

static int64_t read_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t e2e_now_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

int64_t e2e_now_ms(void)
{
    return e2e_now_us() / 1000;
}

int64_t e2e_cpu_us(void)
{
    return read_us(CLOCK_THREAD_CPUTIME_ID);
}

int e2e_patience_ms(int ms)
{
    const char *times = getenv("CK_TIMEOUT_MULTIPLIER");
    return times && atoi(times) > 1 ? ms * atoi(times) : ms;
}

void e2e_nap(int ms)
{
    nanosleep(&(struct timespec){ms / 1000, (long)(ms % 1000) * 1000000}, NULL);
}

/* ---- processes ---- */

pid_t e2e_spawn(char *const argv[], int out_fd, int err_fd)
{
    pid_t pid = fork();
    ck_assert_msg(pid >= 0, "fork: %s", strerror(errno));
    if (pid > 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int nothing = open("/dev/null", O_RDONLY);
    if (dup2(nothing, STDIN_FILENO) < 0 || (out_fd >= 0 && dup2(out_fd, STDOUT_FILENO) < 0) ||
        (err_fd >= 0 && dup2(err_fd, STDERR_FILENO) < 0))
        _exit(127);
    execv(argv[0], argv);
    _exit(127);
}

static bool await_end(pid_t pid, int limit_ms)
{
    int timeout_ms = e2e_patience_ms(limit_ms);
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    int64_t until_ms = e2e_now_ms() + timeout_ms;
    siginfo_t seen = {.si_pid = 0};
    ck_assert_msg(fd >= 0 || errno == ENOSYS, "pidfd_open: %s", strerror(errno));
    if (fd >= 0) {
        struct pollfd ended = {.fd = fd, .events = POLLIN};
        int count = poll(&ended, 1, timeout_ms);
        close(fd);
        return count == 1;
    }
    while (seen.si_pid == 0 && e2e_now_ms() < until_ms) { /* valgrind has no such call: it has to be asked */
        ck_assert_int_eq(waitid(P_PID, (id_t)pid, &seen, WEXITED | WNOHANG | WNOWAIT), 0);
        e2e_nap(1);
    }
    return seen.si_pid == pid;
}

int e2e_await_exit(pid_t pid, int timeout_ms)
{
    int status = 0;
    if (!await_end(pid, timeout_ms)) {
        e2e_kill(pid);
        ck_abort_msg("process %d did not end within %d ms", (int)pid, timeout_ms);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void e2e_kill(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* ---- suites ---- */

int e2e_run(const char *suite_name, const e2e_test *tests, size_t count)
{
    Suite *suite = suite_create(suite_name);
    for (size_t i = 0; i < count; i++) {
        TCase *test_case = tcase_create(tests[i].name);
        tcase_set_timeout(test_case, TEST_TIMEOUT_S);
        tcase_add_test(test_case, tests[i].test);
        suite_add_tcase(suite, test_case);
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
