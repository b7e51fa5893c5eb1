/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/e2e_till.c - runs the till with its script in a file beside its data, and keeps what it prints.
 */
#include "support/e2e_till.h"
#include "support/e2e_owner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUN_MS 240000

static const char set_up_script[] = "open\n"
                                    "press welcome.skip\n"
                                    "press login\n"
                                    "press login.register\n"
                                    "fill name \"Ada Byron\"\n"
                                    "fill email " E2E_EMAIL "\n"
                                    "fill password \"" E2E_PASSWORD "\"\n"
                                    "fill password_again \"" E2E_PASSWORD "\"\n"
                                    "fill country ES\n"
                                    "toggle terms on\n"
                                    "press register.submit\n"
                                    "mail " E2E_EMAIL " as code\n"
                                    "fill code ${code}\n"
                                    "press code.submit\n"
                                    "press assign\n"
                                    "press company.new\n"
                                    "fill name \"" E2E_COMPANY "\"\n"
                                    "fill country ES\n"
                                    "fill currency EUR\n"
                                    "press company.create\n"
                                    "press store.new\n"
                                    "fill name \"" E2E_STORE "\"\n"
                                    "fill time_zone Europe/Madrid\n"
                                    "press store.create\n"
                                    "press assign.accept\n"
                                    "expect \"" E2E_STORE "\"\n"
                                    "expect Options\n"
                                    "leave\n";

/* answer: to the question which till of its register it is. */
#define JOIN(answer)                                                                                                   \
    "open\n"                                                                                                           \
    "press welcome.skip\n"                                                                                             \
    "press login\n"                                                                                                    \
    "fill email " E2E_EMAIL "\n"                                                                                       \
    "fill password \"" E2E_PASSWORD "\"\n"                                                                             \
    "press login.submit\n"                                                                                             \
    "press assign\n"                                                                                                   \
    "press \"" E2E_COMPANY "\"\n"                                                                                      \
    "press \"" E2E_STORE "\"\n"                                                                                        \
    "press assign.accept\n" answer "expect Options\n"                                                                  \
    "leave\n"

void e2e_till_open(e2e_till *till, const e2e_cloud *cloud)
{
    memset(till, 0, sizeof *till);
    till->cloud = cloud;
    e2e_make_folder(till->folder);
    e2e_join_path(till->database, till->folder, "till.db");
    e2e_join_path(till->log, till->folder, "till.log");
    e2e_join_path(till->output_file, till->folder, "output");
}

void e2e_till_close(e2e_till *till)
{
    if (till->pid)
        e2e_till_kill(till);
    free(till->output);
    e2e_remove_folder(till->folder);
}

static void write_script(const char *path, const char *script)
{
    FILE *file = fopen(path, "we");
    ck_assert_msg(file && fputs(script, file) >= 0 && fclose(file) == 0, "cannot write %s: %s", path, strerror(errno));
}

static void spawn(e2e_till *till, char *script_file)
{
    char program[E2E_PATH_BYTES], plugin[E2E_PATH_BYTES];
    ck_assert_int_eq(till->pid, 0);
    e2e_built("mock-host", program);
    e2e_built("factorycloud.so", plugin);
    char *const argv[] = {program,
                          (char *)"--plugin",
                          plugin,
                          (char *)"--data",
                          till->folder,
                          (char *)"--cloud",
                          (char *)till->cloud->url,
                          (char *)"--ca",
                          (char *)till->cloud->ca,
                          (char *)"--mail-dir",
                          (char *)till->cloud->mail,
                          (char *)"--log-file",
                          till->log,
                          (char *)"--log-level",
                          (char *)"debug",
                          (char *)"--guard-abort",
                          (char *)"--receipts",
                          (char *)"8",
                          (char *)"--script",
                          script_file,
                          (char *)"--register",
                          (char *)(till->register_id ? till->register_id : "T1"),
                          (char *)(till->catalogue ? "--catalogue" : NULL),
                          (char *)till->catalogue,
                          NULL};
    int fd = open(till->output_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_msg(fd >= 0, "cannot make %s: %s", till->output_file, strerror(errno));
    till->pid = e2e_spawn(argv, fd, fd);
    close(fd);
}

void e2e_till_begin(e2e_till *till, const char *script)
{
    char script_file[E2E_PATH_BYTES];
    e2e_join_path(script_file, till->folder, "script");
    write_script(script_file, script);
    spawn(till, script_file);
}

FILE *e2e_till_feed(e2e_till *till)
{
    char pipe_file[E2E_PATH_BYTES];
    e2e_join_path(pipe_file, till->folder, "pipe");
    ck_assert_int_eq(mkfifo(pipe_file, 0600), 0);
    /* For reading, too, so that it opens at once; and the till, should it die, does not end us by SIGPIPE. */
    FILE *script = fdopen(open(pipe_file, O_RDWR | O_CLOEXEC), "r+");
    ck_assert_ptr_nonnull(script);
    setbuf(script, NULL);
    spawn(till, pipe_file);
    return script;
}

static void take_output(e2e_till *till)
{
    free(till->output);
    till->output = e2e_read_file(till->output_file, NULL);
    ck_assert_ptr_nonnull(till->output);
}

int e2e_till_end(e2e_till *till)
{
    pid_t pid = till->pid;
    till->pid = 0;
    int status = e2e_await_exit(pid, RUN_MS);
    take_output(till);
    return status;
}

/* The end of what it said: Check takes messages of 4 KB. */
static const char *last_words(const e2e_till *till)
{
    size_t length = strlen(till->output), most = 3000;
    return till->output + (length > most ? length - most : 0);
}

void e2e_till_run(e2e_till *till, const char *script)
{
    e2e_till_begin(till, script);
    int status = e2e_till_end(till);
    ck_assert_msg(status == 0, "the till's script ended with %d:\n%s", status, last_words(till));
}

void e2e_till_run_to_death(e2e_till *till, const char *script)
{
    e2e_till_begin(till, script);
    int status = e2e_till_end(till);
    ck_assert_msg(status == 128 + SIGKILL, "the till was not killed but ended with %d:\n%s", status, last_words(till));
}

void e2e_till_kill(e2e_till *till)
{
    e2e_kill(till->pid);
    till->pid = 0;
    take_output(till);
}

void e2e_till_set_up(e2e_till *till)
{
    e2e_till_run(till, set_up_script);
}

void e2e_till_join(e2e_till *till)
{
    e2e_till_run(till, till->register_id ? JOIN("") : JOIN("press till.another\n"));
}
