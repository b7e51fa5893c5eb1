/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sending mails, on a thread of its own so that no request waits for a mail server: an answer that took longer for
 * known addresses would give them away. Without a mail server each mail becomes a file, complete or not there at all,
 * whose name sorts by time.
 */
#include "mailer.h"
#include "files.h"
#include "log.h"

#include <curl/curl.h>
#include <limits.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MESSAGE_MAX    8192u
#define LOOK_EVERY_S   5
#define RETRY_FIRST_MS 2000LL
#define RETRY_MAX_MS   (5LL * 60 * 1000)
#define GIVE_UP_MS     (60LL * 60 * 1000) /* a code of ten minutes is of no use by then */

struct mailer {
    mailer_config config;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wanted;
    bool pending;
    bool ending;
};

size_t mailer_compose(const store_mail *mail, const char *from, char *out, size_t out_size)
{
    char subject[256];
    char date[64] = "";
    struct tm utc;
    time_t created = (time_t)(mail->created_at_ms / 1000);
    sodium_bin2base64(subject, sizeof subject, (const unsigned char *)mail->subject, strlen(mail->subject),
                      sodium_base64_VARIANT_ORIGINAL);
    if (gmtime_r(&created, &utc))
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", &utc);
    const char *domain = strchr(from, '@');
    bool plain = true;
    for (const char *at = mail->subject; *at; at++)
        plain &= (unsigned char)*at < 0x80;
    int length = snprintf(out, out_size,
                          "From: %s\nTo: %s\nSubject: %s%s%s\nDate: %s\nMessage-ID: <%lld.%lld%s>\nMIME-Version: 1.0\n"
                          "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
                          "Auto-Submitted: auto-generated\n\n%s",
                          from, mail->recipient, plain ? "" : "=?UTF-8?B?", plain ? mail->subject : subject,
                          plain ? "" : "?=", date, (long long)mail->created_at_ms, (long long)mail->mail_id,
                          domain ? domain : "@localhost", mail->body);
    return length > 0 && (size_t)length < out_size ? (size_t)length : 0;
}

static int send_to_folder(const mailer *self, const store_mail *mail, const char *message, size_t length)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%013lld-%06lld.eml", self->config.folder, (long long)mail->created_at_ms,
             (long long)mail->mail_id);
    return files_write(path, message, length, 0600);
}

typedef struct reading {
    const char *bytes;
    size_t left;
    bool half; /* the LF of a CRLF is due */
} reading;

/* libcurl asks for the message; SMTP wants CRLF. */
static size_t read_message(char *out, size_t size, size_t count, void *context)
{
    reading *self = context;
    size_t room = size * count;
    size_t used = 0;
    while (used < room && self->left > 0) {
        if (*self->bytes == '\n' && !self->half) {
            out[used++] = '\r';
            self->half = true;
            continue;
        }
        out[used++] = *self->bytes++;
        self->left--;
        self->half = false;
    }
    return used;
}

static bool is_loopback(const char *url)
{
    const char *host = strstr(url, "://");
    if (!host)
        return false;
    host += 3;
    return strncmp(host, "127.", 4) == 0 || strncmp(host, "localhost", 9) == 0 || strncmp(host, "[::1]", 5) == 0;
}

static int send_by_smtp(const mailer *self, const store_mail *mail, const char *message, size_t length)
{
    const mailer_config *config = &self->config;
    reading source = {message, length, false};
    CURL *curl = curl_easy_init();
    struct curl_slist *to = curl_slist_append(NULL, mail->recipient);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (curl && to) {
        curl_easy_setopt(curl, CURLOPT_URL, config->smtp_url);
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
        curl_easy_setopt(curl, CURLOPT_USE_SSL, is_loopback(config->smtp_url) ? CURLUSESSL_NONE : CURLUSESSL_ALL);
        if (config->smtp_user)
            curl_easy_setopt(curl, CURLOPT_USERNAME, config->smtp_user);
        if (config->smtp_password)
            curl_easy_setopt(curl, CURLOPT_PASSWORD, config->smtp_password);
        curl_easy_setopt(curl, CURLOPT_MAIL_FROM, config->from);
        curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_message);
        curl_easy_setopt(curl, CURLOPT_READDATA, &source);
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        code = curl_easy_perform(curl);
    }
    curl_slist_free_all(to);
    curl_easy_cleanup(curl);
    if (code != CURLE_OK)
        log_line(LOG_LEVEL_WARNING, "mail %lld: %s", (long long)mail->mail_id, curl_easy_strerror(code));
    return code == CURLE_OK ? 0 : -1;
}

static int send_mail(const mailer *self, const store_mail *mail)
{
    char message[MESSAGE_MAX];
    if (mail->recipient[0] == 0)
        return 0;
    size_t length = mailer_compose(mail, self->config.from, message, sizeof message);
    int code = -1;
    if (length > 0)
        code = self->config.smtp_url ? send_by_smtp(self, mail, message, length)
                                     : send_to_folder(self, mail, message, length);
    sodium_memzero(message, sizeof message);
    return code;
}

/* False when nothing is due or the store is in trouble: then it is time to sleep. */
static bool send_next(mailer *self)
{
    store_mail mail;
    int64_t now_ms = self->config.clock_ms(self->config.clock_context);
    if (store_mail_next(self->config.store, now_ms, &mail) != STORE_OK)
        return false;
    store_status status;
    if (send_mail(self, &mail) == 0 || now_ms - mail.created_at_ms > GIVE_UP_MS) {
        status = store_mail_sent(self->config.store, mail.mail_id);
    } else {
        int64_t wait_ms = mail.attempts < 8 ? RETRY_FIRST_MS << mail.attempts : RETRY_MAX_MS;
        status = store_mail_postpone(self->config.store, mail.mail_id,
                                     now_ms + (wait_ms < RETRY_MAX_MS ? wait_ms : RETRY_MAX_MS));
    }
    sodium_memzero(&mail, sizeof mail);
    return status == STORE_OK;
}

static void sleep_until_wanted(mailer *self)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += LOOK_EVERY_S;
    while (!self->pending && !self->ending)
        if (pthread_cond_timedwait(&self->wanted, &self->lock, &until) != 0)
            break;
    self->pending = false;
}

static void *run(void *context)
{
    mailer *self = context;
    pthread_mutex_lock(&self->lock);
    while (!self->ending) {
        pthread_mutex_unlock(&self->lock);
        bool more = send_next(self);
        pthread_mutex_lock(&self->lock);
        if (!more)
            sleep_until_wanted(self);
    }
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

static char *copy_text(const char *text)
{
    return text ? strdup(text) : NULL;
}

static void free_config(mailer_config *config)
{
    free((char *)config->folder);
    free((char *)config->smtp_url);
    free((char *)config->smtp_user);
    free((char *)config->smtp_password);
    free((char *)config->from);
}

mailer *mailer_start(const mailer_config *config)
{
    mailer *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->config = *config;
    self->config.folder = copy_text(config->folder);
    self->config.smtp_url = copy_text(config->smtp_url);
    self->config.smtp_user = copy_text(config->smtp_user);
    self->config.smtp_password = copy_text(config->smtp_password);
    self->config.from = copy_text(config->from);
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->wanted, NULL);
    if ((self->config.smtp_url || files_make_folder(config->folder) == 0) &&
        pthread_create(&self->thread, NULL, run, self) == 0)
        return self;
    log_line(LOG_LEVEL_ERROR, "the mailer does not start");
    free_config(&self->config);
    free(self);
    return NULL;
}

void mailer_wake(void *context)
{
    mailer *self = context;
    pthread_mutex_lock(&self->lock);
    self->pending = true;
    pthread_cond_signal(&self->wanted);
    pthread_mutex_unlock(&self->lock);
}

void mailer_stop(mailer *self)
{
    if (!self)
        return;
    pthread_mutex_lock(&self->lock);
    self->ending = true;
    pthread_cond_signal(&self->wanted);
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->thread, NULL);
    pthread_cond_destroy(&self->wanted);
    pthread_mutex_destroy(&self->lock);
    free_config(&self->config);
    free(self);
}
