/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mails: what a message looks like, that SMTP gets it, and that a mail server that is down costs nothing but time.
 */
#include "cloud_fixture.h"
#include "cloud_suite.h"

#include "cloud/mailer.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A mail server of one conversation at a time. The first one it turns away. */
typedef struct sink {
    int fd;
    int port;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int turned_away;
    int received;
    char last[4096];
} sink;

static void say(FILE *to, const char *text)
{
    fputs(text, to);
    fflush(to);
}

static void take_data(sink *self, FILE *in)
{
    char line[512];
    pthread_mutex_lock(&self->lock);
    self->last[0] = 0;
    while (fgets(line, sizeof line, in) && strcmp(line, ".\r\n") != 0)
        strncat(self->last, line, sizeof self->last - strlen(self->last) - 1);
    self->received++;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

static void converse(sink *self, FILE *in, FILE *out)
{
    char line[512];
    say(out, "220 sink\r\n");
    while (fgets(line, sizeof line, in)) {
        if (strncmp(line, "QUIT", 4) == 0) {
            say(out, "221 bye\r\n");
            return;
        }
        if (strncmp(line, "DATA", 4) == 0) {
            say(out, "354 go\r\n");
            take_data(self, in);
        }
        say(out, "250 ok\r\n");
    }
}

static void turn_away(sink *self, FILE *out)
{
    say(out, "421 not now\r\n");
    pthread_mutex_lock(&self->lock);
    self->turned_away++;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

static void *serve(void *context)
{
    sink *self = context;
    for (int conversation = 0;; conversation++) {
        int fd = accept(self->fd, NULL, NULL);
        if (fd < 0)
            return NULL;
        FILE *in = fdopen(fd, "r");
        FILE *out = fdopen(dup(fd), "w");
        if (conversation == 0)
            turn_away(self, out);
        else
            converse(self, in, out);
        fclose(in);
        fclose(out);
    }
}

static void sink_open(sink *self)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    memset(self, 0, sizeof *self);
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->changed, NULL);
    self->fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(self->fd, (struct sockaddr *)&address, length), 0);
    ck_assert_int_eq(listen(self->fd, 8), 0);
    ck_assert_int_eq(getsockname(self->fd, (struct sockaddr *)&address, &length), 0);
    self->port = ntohs(address.sin_port);
    ck_assert_int_eq(pthread_create(&self->thread, NULL, serve, self), 0);
}

static void sink_close(sink *self)
{
    shutdown(self->fd, SHUT_RDWR);
    pthread_join(self->thread, NULL);
    close(self->fd);
}

START_TEST(smtp_gets_the_mail_once_it_is_back)
{
    fixture fx;
    sink server;
    char url[64];
    sink_open(&server);
    snprintf(url, sizeof url, "smtp://127.0.0.1:%d", server.port);
    fixture_open_with(&fx, (cloud_config){.fast_passwords = true, .smtp_url = url, .smtp_from = "cloud@example.com"});
    reply first = fixture_start_registration(&fx, "ana@example.com", fixture_hex());
    fixture_expect(&first, 202, NULL); /* whatever becomes of the mail */
    pthread_mutex_lock(&server.lock);
    while (server.turned_away == 0)
        pthread_cond_wait(&server.changed, &server.lock);
    pthread_mutex_unlock(&server.lock);
    fixture_advance(&fx, 60000);
    reply second = fixture_start_registration(&fx, "bea@example.com", fixture_hex()); /* wakes the mailer, too */
    pthread_mutex_lock(&server.lock);
    while (server.received < 2)
        pthread_cond_wait(&server.changed, &server.lock);
    ck_assert_ptr_nonnull(strstr(server.last, "From: cloud@example.com\r\n"));
    ck_assert_ptr_nonnull(strstr(server.last, "Subject: Your registration code\r\n"));
    ck_assert_ptr_nonnull(strstr(server.last, "\r\nCode: "));
    pthread_mutex_unlock(&server.lock);
    cloud_stop(fx.cloud);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM mails"), 0);
    fx.cloud = NULL;
    fixture_close(&fx);
    sink_close(&server);
    reply_free(&first);
    reply_free(&second);
}
END_TEST

START_TEST(a_message_is_well_formed)
{
    char out[4096];
    store_mail mail = {.mail_id = 7, .created_at_ms = 1795212345678};
    snprintf(mail.recipient, sizeof mail.recipient, "ana@example.com");
    snprintf(mail.subject, sizeof mail.subject, "Su código");
    snprintf(mail.body, sizeof mail.body, "Hola\n\nCode: 012345\n");
    size_t length = mailer_compose(&mail, "cloud@example.com", out, sizeof out);
    ck_assert_uint_eq(length, strlen(out));
    ck_assert_ptr_nonnull(strstr(out, "\nTo: ana@example.com\n"));
    ck_assert_ptr_nonnull(strstr(out, "\nSubject: =?UTF-8?B?U3UgY8OzZGlnbw==?=\n"));
    ck_assert_ptr_nonnull(strstr(out, "\nDate: Fri, 20 Nov 2026 22:05:45 +0000\n"));
    ck_assert_ptr_nonnull(strstr(out, "\n\nHola\n\nCode: 012345\n"));
    ck_assert_uint_eq(mailer_compose(&mail, "cloud@example.com", out, 40), 0);
}
END_TEST

START_TEST(mails_wait_through_a_restart)
{
    fixture fx;
    char code[7];
    /* Port 9 refuses or swallows: the mail stays in the database. */
    fixture_open_with(&fx, (cloud_config){.fast_passwords = true, .smtp_url = "smtp://127.0.0.1:9"});
    reply started = fixture_start_registration(&fx, "ana@example.com", fixture_hex());
    fixture_expect(&started, 202, NULL);
    cloud_stop(fx.cloud);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM mails"), 1);
    fixture_advance(&fx, 60000);
    fixture_start_cloud(&fx, (cloud_config){.fast_passwords = true});
    fixture_code(&fx, code);
    fixture_close(&fx);
    reply_free(&started);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mail");
    TCase *cases = tcase_create("mail");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, a_message_is_well_formed);
    tcase_add_test(cases, smtp_gets_the_mail_once_it_is_back);
    tcase_add_test(cases, mails_wait_through_a_restart);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
