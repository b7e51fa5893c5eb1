/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The built program: options, certificate, signals, and that what it acknowledged is still there after SIGKILL.
 */
#include "cloud_batches.h"
#include "cloud_suite.h"

#include "cloud/files.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct program {
    pid_t pid;
    int output;
    char line[200];
    char base[120];
} program;

static char binary[512];
static char dir[64];
static char ca_file[80];

static void setup(void)
{
    snprintf(dir, sizeof dir, "/tmp/cloud-program-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    snprintf(ca_file, sizeof ca_file, "%s/data/tls/ca.pem", dir);
}

static void teardown(void)
{
    fixture_remove_folder(dir);
}

/* tests/cloud/test_program of a build folder; the program is at its top. */
static int find_binary(void)
{
    ssize_t length = readlink("/proc/self/exe", binary, sizeof binary - 32);
    if (length <= 0)
        return -1;
    binary[length] = 0;
    for (int up = 0; up < 3; up++)
        *strrchr(binary, '/') = 0;
    strcat(binary, "/mock-cloud");
    return access(binary, X_OK);
}

static program start(char *const *arguments)
{
    program self = {.pid = -1};
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    self.pid = fork();
    if (self.pid == 0) {
        dup2(ends[1], 1);
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, 2);
        close(ends[0]);
        close(ends[1]);
        execv(binary, arguments);
        _exit(127);
    }
    close(ends[1]);
    self.output = ends[0];
    return self;
}

/* Reads the line that says it is ready; false if it ended instead. */
static bool await_ready(program *self)
{
    size_t used = 0;
    while (used + 1 < sizeof self->line) {
        ssize_t got = read(self->output, self->line + used, 1);
        if (got <= 0 || self->line[used] == '\n')
            break;
        used++;
    }
    self->line[used] = 0;
    return sscanf(self->line, "mock-cloud: listening on %119s", self->base) == 1;
}

static int end(program *self, int signal_number)
{
    int status = 0;
    if (signal_number)
        kill(self->pid, signal_number);
    waitpid(self->pid, &status, 0);
    close(self->output);
    return status;
}

#define RUN(...) start((char *[]){"mock-cloud", __VA_ARGS__, NULL})

static program run_usual(void)
{
    static char data[80];
    static char port_file[80];
    snprintf(data, sizeof data, "%s/data", dir);
    snprintf(port_file, sizeof port_file, "%s/port", dir);
    program self =
        RUN("--data", data, "--listen", "127.0.0.1:0", "--port-file", port_file, "--fast-passwords", "--faults");
    ck_assert_msg(await_ready(&self), "it does not start");
    return self;
}

static long get_health(const char *base, const char *authority, CURLcode *code)
{
    reply answer = client_call(base, authority, (call){.path = "/v1/health"});
    long status = answer.status;
    *code = answer.code;
    reply_free(&answer);
    return status;
}

START_TEST(it_starts_with_one_command_and_ends_at_a_signal)
{
    CURLcode code;
    char path[160];
    char localhost[120];
    size_t length;
    struct stat about;
    program self = run_usual();
    snprintf(path, sizeof path, "%s/port", dir);
    char *port = files_read(path, &length);
    ck_assert_ptr_nonnull(port);
    ck_assert_int_eq(atoi(port), atoi(strrchr(self.base, ':') + 1));
    snprintf(localhost, sizeof localhost, "https://localhost:%d", atoi(port));
    free(port);
    ck_assert_int_eq(get_health(self.base, ca_file, &code), 200);
    ck_assert_int_eq(get_health(localhost, ca_file, &code), 200);
    get_health(self.base, "/etc/ssl/certs/ca-certificates.crt", &code);
    ck_assert_int_ne(code, CURLE_OK); /* nobody else vouches for it */
    static const char *const secret[] = {"data/tls/ca-key.pem", "data/tls/server-key.pem", "data/cloud.db"};
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, secret[i]);
        ck_assert_int_eq(stat(path, &about), 0);
        ck_assert_int_eq(about.st_mode & 0777, 0600);
    }
    int status = end(&self, SIGTERM);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    fixture view = {.cloud = NULL};
    snprintf(view.dir, sizeof view.dir, "%.50s/data", dir);
    ck_assert_int_eq(fixture_sql(&view, "SELECT COUNT(*) FROM users"), 0); /* no default accounts */
}
END_TEST

START_TEST(the_authority_stays)
{
    size_t length;
    CURLcode code;
    program self = run_usual();
    char *before = files_read(ca_file, &length);
    end(&self, SIGINT);
    self = run_usual();
    char *after = files_read(ca_file, &length);
    ck_assert_str_eq(before, after);
    ck_assert_int_eq(get_health(self.base, ca_file, &code), 200);
    end(&self, SIGTERM);
    free(before);
    free(after);
}
END_TEST

START_TEST(a_certificate_of_ones_own)
{
    char data[80], cert[120], key[120];
    CURLcode code;
    program self = run_usual();
    end(&self, SIGTERM);
    snprintf(data, sizeof data, "%s/other", dir);
    snprintf(cert, sizeof cert, "%s/data/tls/server.pem", dir);
    snprintf(key, sizeof key, "%s/data/tls/server-key.pem", dir);
    self = RUN("--data", data, "--listen", "127.0.0.1:0", "--cert", cert, "--key", key);
    ck_assert(await_ready(&self));
    ck_assert_int_eq(get_health(self.base, ca_file, &code), 200);
    end(&self, SIGTERM);
    self = RUN("--data", data, "--listen", "127.0.0.1:0", "--cert", cert, "--key", cert);
    ck_assert(!await_ready(&self));
    ck_assert_int_ne(end(&self, 0), 0);
}
END_TEST

START_TEST(plain_http_on_loopback_alone)
{
    char data[80];
    CURLcode code;
    snprintf(data, sizeof data, "%s/data", dir);
    program self = RUN("--data", data, "--listen", "127.0.0.1:0", "--no-tls");
    ck_assert(await_ready(&self));
    ck_assert_int_eq(strncmp(self.base, "http://", 7), 0);
    ck_assert_int_eq(get_health(self.base, NULL, &code), 200);
    end(&self, SIGTERM);
    self = RUN("--data", data, "--listen", "0.0.0.0:0", "--no-tls");
    ck_assert(!await_ready(&self));
    ck_assert_int_ne(end(&self, 0), 0);
    self = RUN("--data", data, "--listen", "0.0.0.0:0", "--faults"); /* they ask for no credential */
    ck_assert(!await_ready(&self));
    ck_assert_int_ne(end(&self, 0), 0);
}
END_TEST

START_TEST(wrong_options_are_refused)
{
    char data[80];
    snprintf(data, sizeof data, "%s/data", dir);
    program self = RUN("--help");
    ck_assert(!await_ready(&self));
    ck_assert_int_eq(end(&self, 0), 0);
    char *const *wrong[] = {(char *[]){"mock-cloud", NULL},
                            (char *[]){"mock-cloud", "--nonsense", NULL},
                            (char *[]){"mock-cloud", "--data", data, "more", NULL},
                            (char *[]){"mock-cloud", "--data", data, "--cert", "x", NULL},
                            (char *[]){"mock-cloud", "--data", data, "--log-level", "loud", NULL},
                            (char *[]){"mock-cloud", "--data", data, "--listen", "nowhere", NULL},
                            (char *[]){"mock-cloud", "--data", "/proc/nowhere/data", "--listen", "127.0.0.1:0", NULL}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        self = start((char **)wrong[i]);
        ck_assert(!await_ready(&self));
        int status = end(&self, 0);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) != 0);
    }
}
END_TEST

/* ------------------------------------------------------------------ killed in mid-upload */

#define UPLOADERS 4

typedef struct uploader {
    const char *base;
    till from;
    atomic_llong acknowledged; /* highest number whose receipt came */
} uploader;

static void *upload_until_it_dies(void *context)
{
    uploader *self = context;
    char path[220];
    snprintf(path, sizeof path, "%s/reports", self->from.path);
    for (;;) {
        buffer bytes = {NULL, 0};
        for (int i = 1; i <= 3; i++)
            batch_add(&bytes, (item){.z_number = self->acknowledged + i});
        reply answer = client_call(self->base, ca_file,
                                   (call){.path = path,
                                          .token = self->from.token,
                                          .body = bytes.bytes,
                                          .body_bytes = bytes.length,
                                          .type = "application/vnd.pos.report-batch"});
        bool good = answer.code == CURLE_OK && answer.status == 200 &&
                    strcmp(reply_text(&answer, "results.2.status"), "delivered") == 0;
        reply_free(&answer);
        buffer_free(&bytes);
        if (!good)
            return NULL;
        self->acknowledged += 3;
    }
}

/* Until each of them has a receipt; half a minute at most. */
static void await_receipts(uploader *uploaders)
{
    for (int i = 0, tries = 0; i < UPLOADERS && tries < 30000; tries++)
        if (uploaders[i].acknowledged > 0)
            i++;
        else
            usleep(1000);
}

START_TEST(what_was_acknowledged_survives_sigkill)
{
    uploader uploaders[UPLOADERS];
    program self = run_usual();
    fixture view = {.cloud = NULL};
    snprintf(view.dir, sizeof view.dir, "%.50s/data", dir);
    /* Accounts by way of a cloud in this process, on the same folder. */
    end(&self, SIGTERM);
    snprintf(view.ca_file, sizeof view.ca_file, "%s", ca_file);
    fixture_start_cloud(&view, (cloud_config){.fast_passwords = true});
    person ana = fixture_person(&view, "ana@example.com");
    shop place = fixture_shop(&view, &ana);
    for (int i = 0; i < UPLOADERS; i++)
        uploaders[i] = (uploader){.from = fixture_till_as(&view, &ana, place.store_id, fixture_hex(), "another")};
    cloud_stop(view.cloud);
    for (int round = 0; round < 6; round++) {
        pthread_t threads[UPLOADERS];
        self = run_usual();
        for (int i = 0; i < UPLOADERS; i++) {
            uploaders[i].base = self.base;
            ck_assert_int_eq(pthread_create(&threads[i], NULL, upload_until_it_dies, &uploaders[i]), 0);
        }
        await_receipts(uploaders);
        usleep(30000 * (useconds_t)(round + 1)); /* somewhere in mid-upload */
        end(&self, SIGKILL);
        for (int i = 0; i < UPLOADERS; i++)
            pthread_join(threads[i], NULL);
    }
    self = run_usual();
    for (int i = 0; i < UPLOADERS; i++) {
        char sql[300];
        snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM counted_z WHERE till_id = '%s' AND z_number <= %lld",
                 uploaders[i].from.till_id, uploaders[i].acknowledged);
        ck_assert_int_gt(uploaders[i].acknowledged, 0);
        ck_assert_int_eq(fixture_sql(&view, sql), uploaders[i].acknowledged);
    }
    ck_assert_int_eq(fixture_sql(&view, "SELECT COUNT(*) FROM continuity WHERE missing > 0 OR break_minor <> 0"), 0);
    ck_assert_int_eq(fixture_sql(&view, "SELECT COUNT(*) - COUNT(DISTINCT till_id || z_number) FROM reports"), 0);
    ck_assert_int_eq(fixture_sql(&view, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
    end(&self, SIGTERM);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("program");
    TCase *cases = tcase_create("program");
    if (find_binary() != 0) {
        fprintf(stderr, "%s is not built\n", binary);
        return 1;
    }
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, it_starts_with_one_command_and_ends_at_a_signal);
    tcase_add_test(cases, the_authority_stays);
    tcase_add_test(cases, a_certificate_of_ones_own);
    tcase_add_test(cases, plain_http_on_loopback_alone);
    tcase_add_test(cases, wrong_options_are_refused);
    tcase_add_test(cases, what_was_acknowledged_survives_sigkill);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
