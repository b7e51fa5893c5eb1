/* SPDX-License-Identifier: Apache-2.0 */
/* A cloud in this process for the tests; see the header. */
#include "cloud_fixture.h"

#include "cloud/log.h"

#include <dirent.h>
#include <fts.h>
#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t fixture_clock_ms(void *context)
{
    fixture *self = context;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + atomic_load(&self->clock_offset_ms);
}

void fixture_advance(fixture *self, int64_t ms)
{
    atomic_fetch_add(&self->clock_offset_ms, ms);
}

void fixture_start_cloud(fixture *self, cloud_config config)
{
    config.data_dir = self->dir;
    config.listen = "127.0.0.1:0";
    config.clock_ms = fixture_clock_ms;
    config.clock_context = self;
    self->cloud = cloud_start(&config);
    ck_assert_msg(self->cloud != NULL, "the cloud does not start");
}

void fixture_open_with(fixture *self, cloud_config config)
{
    memset(self, 0, sizeof *self);
    const char *parent = getenv("TMPDIR");
    signal(SIGPIPE, SIG_IGN);
    log_set_level(getenv("CLOUD_TEST_LOG") ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR);
    snprintf(self->dir, sizeof self->dir, "%s/cloud-XXXXXX", parent && strlen(parent) < 40 ? parent : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(self->dir));
    snprintf(self->ca_file, sizeof self->ca_file, "%s/tls/ca.pem", self->dir);
    fixture_start_cloud(self, config);
}

void fixture_open(fixture *self)
{
    fixture_open_with(self, (cloud_config){.faults = true, .fast_passwords = true});
}

void fixture_remove_folder(char *path)
{
    char *const paths[] = {path, NULL};
    FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    for (FTSENT *entry; walk && (entry = fts_read(walk)) != NULL;)
        if (entry->fts_info != FTS_D)
            remove(entry->fts_accpath);
    if (walk)
        fts_close(walk);
}

void fixture_close(fixture *self)
{
    cloud_stop(self->cloud);
    fixture_remove_folder(self->dir);
}

reply fixture_call(const fixture *self, call what)
{
    return client_call(cloud_url(self->cloud), self->ca_file, what);
}

void fixture_expect(const reply *answer, long status, const char *slug)
{
    char type[96];
    ck_assert_msg(answer->code == CURLE_OK, "%s", curl_easy_strerror(answer->code));
    ck_assert_msg(answer->status == status, "status %ld, not %ld: %s", answer->status, status,
                  answer->body ? answer->body : "");
    if (slug) {
        snprintf(type, sizeof type, "urn:factorycloud:problem:%s", slug);
        ck_assert_str_eq(reply_text(answer, "type"), type);
    }
}

void fixture_refused(const fixture *self, call what, long status, const char *slug)
{
    reply answer = fixture_call(self, what);
    fixture_expect(&answer, status, slug);
    reply_free(&answer);
}

const char *fixture_hex(void)
{
    static char rotating[16][33];
    static unsigned next;
    unsigned char raw[16];
    char *out = rotating[next++ % 16];
    randombytes_buf(raw, sizeof raw);
    sodium_bin2hex(out, 33, raw, sizeof raw);
    return out;
}

/* The name of the newest mail after the last one that was read, awaited; false when none comes. */
static bool fixture_next_mail(fixture *self, char *name)
{
    char folder[80];
    snprintf(folder, sizeof folder, "%s/mail", self->dir);
    for (int tries = 0; tries < 500; tries++) {
        struct dirent **entries = NULL;
        int count = scandir(folder, &entries, NULL, alphasort);
        bool found = false;
        for (int i = 0; i < count; i++) {
            const char *entry = entries[i]->d_name;
            size_t length = strlen(entry);
            if (!found && length > 4 && strcmp(entry + length - 4, ".eml") == 0 && strcmp(entry, self->mail_seen) > 0) {
                snprintf(name, NAME_MAX + 1, "%s", entry);
                found = true;
            }
            free(entries[i]);
        }
        free(entries);
        if (found)
            return true;
        usleep(10000); /* the mailer is another thread; a file is all there is to wait for */
    }
    return false;
}

char *fixture_mail(fixture *self)
{
    char name[NAME_MAX + 1];
    char path[NAME_MAX + 90];
    char bytes[4096];
    ck_assert_msg(fixture_next_mail(self, name), "no mail came");
    memcpy(self->mail_seen, name, sizeof name);
    snprintf(path, sizeof path, "%s/mail/%s", self->dir, name);
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    size_t length = fread(bytes, 1, sizeof bytes - 1, file);
    fclose(file);
    bytes[length] = 0;
    return strdup(bytes);
}

void fixture_code(fixture *self, char code[7])
{
    char *mail = fixture_mail(self);
    const char *line = strstr(mail, "\nCode: ");
    ck_assert_msg(line != NULL, "no code in: %s", mail);
    memcpy(code, line + 7, 6);
    code[6] = 0;
    free(mail);
}

reply fixture_start_registration(const fixture *self, const char *email, const char *key)
{
    char json[400];
    snprintf(json, sizeof json,
             "{\"email\":\"%s\",\"name\":\"Ana Ruiz\",\"password\":\"" PASSWORD "\",\"country\":\"ES\","
             "\"language\":\"en\",\"terms_accepted\":true}",
             email);
    return fixture_call(self, (call){.path = "/v1/registrations", .json = json, .key = key});
}

person fixture_person(fixture *self, const char *email)
{
    char path[160];
    char json[64];
    char code[7];
    person who;
    reply started = fixture_start_registration(self, email, fixture_hex());
    fixture_expect(&started, 202, NULL);
    fixture_code(self, code);
    snprintf(path, sizeof path, "/v1/registrations/%s/confirm", reply_text(&started, "registration_id"));
    snprintf(json, sizeof json, "{\"code\":\"%s\"}", code);
    reply confirmed = fixture_call(self, (call){.path = path, .json = json, .key = fixture_hex()});
    fixture_expect(&confirmed, 201, NULL);
    snprintf(who.token, sizeof who.token, "%s", reply_text(&confirmed, "token"));
    snprintf(who.user_id, sizeof who.user_id, "%s", reply_text(&confirmed, "user.user_id"));
    reply_free(&started);
    reply_free(&confirmed);
    return who;
}

void fixture_company(const fixture *self, const person *who, const char *name, char company_id[80])
{
    char json[200];
    snprintf(json, sizeof json, "{\"name\":\"%s\",\"country\":\"ES\",\"currency\":\"EUR\"}", name);
    reply made =
        fixture_call(self, (call){.path = "/v1/companies", .json = json, .token = who->token, .key = fixture_hex()});
    fixture_expect(&made, 201, NULL);
    snprintf(company_id, 80, "%s", reply_text(&made, "company_id"));
    reply_free(&made);
}

void fixture_store(const fixture *self, const person *who, const char *company_id, const char *name, char store_id[80])
{
    char path[160];
    char json[200];
    snprintf(path, sizeof path, "/v1/companies/%s/stores", company_id);
    snprintf(json, sizeof json, "{\"name\":\"%s\",\"time_zone\":\"Europe/Madrid\"}", name);
    reply made = fixture_call(self, (call){.path = path, .json = json, .token = who->token, .key = fixture_hex()});
    fixture_expect(&made, 201, NULL);
    snprintf(store_id, 80, "%s", reply_text(&made, "store_id"));
    reply_free(&made);
}

shop fixture_shop(const fixture *self, const person *who)
{
    shop made = {"", ""};
    fixture_company(self, who, "Ruiz", made.company_id);
    fixture_store(self, who, made.company_id, "Centro", made.store_id);
    return made;
}

reply fixture_claim(const fixture *self, const person *who, const char *store_id, const char *till_id,
                    const char *register_id, const char *claim)
{
    char path[160];
    char json[200];
    snprintf(path, sizeof path, "/v1/stores/%s/tills/%s", store_id, till_id);
    snprintf(json, sizeof json, "{\"register_id\":\"%s\",\"device_name\":\"Bar\",\"claim\":\"%s\"}", register_id,
             claim);
    return fixture_call(self, (call){.method = "PUT", .path = path, .json = json, .token = who->token});
}

till fixture_till_as(const fixture *self, const person *who, const char *store_id, const char *till_id,
                     const char *claim)
{
    till made;
    snprintf(made.till_id, sizeof made.till_id, "%s", till_id);
    reply answer = fixture_claim(self, who, store_id, till_id, "till-1", claim);
    fixture_expect(&answer, 200, NULL);
    snprintf(made.token, sizeof made.token, "%s", reply_text(&answer, "till_token"));
    snprintf(made.path, sizeof made.path, "/v1/stores/%s/tills/%s", store_id, till_id);
    reply_free(&answer);
    return made;
}

till fixture_till(const fixture *self, const person *who, const char *store_id)
{
    return fixture_till_as(self, who, store_id, fixture_hex(), "first");
}

long long fixture_sql(const fixture *self, const char *sql)
{
    char path[80];
    sqlite3 *handle = NULL;
    sqlite3_stmt *statement = NULL;
    long long value = -1;
    snprintf(path, sizeof path, "%s/cloud.db", self->dir);
    ck_assert_int_eq(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ck_assert_msg(sqlite3_prepare_v2(handle, sql, -1, &statement, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(handle));
    if (sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return value;
}
