/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz/http_world.c - makes two tenants by the cloud's own handlers, keeps the database's bytes, and goes back to them
 * (fuzz/http_world.h).
 */
#include "fuzz/http_world.h"

#include <sodium.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cloud/body.h"
#include "cloud/log.h"
#include "cloud/problem.h"
#include "cloud/routes.h"
#include "cloud/store_db.h"
#include "fuzz/fuzz.h"

static world here;
static char folder[64], path[80];
static uint8_t *original;
static size_t original_bytes;
static int64_t changes;

/* ---- asking ---- */

void world_ask(request *self, const char *sent, size_t sent_bytes, response *answer)
{
    size_t most = 0;
    api_begin(self, answer, &most);
    if (answer->status != 0)
        return;
    body *decoded = body_open(body_parse_coding(self->content_encoding), most);
    FUZZ_REQUIRE(decoded != NULL);
    if (sent_bytes > 0)
        body_feed(decoded, sent, sent_bytes);
    switch (body_finish(decoded, &self->body, &self->body_bytes)) {
    case BODY_OK:
        api_handle(self, answer);
        break;
    case BODY_TOO_LARGE:
        problem_set(answer, PROBLEM_TOO_LARGE, NULL);
        break;
    default:
        problem_set(answer, PROBLEM_MALFORMED, NULL);
    }
    body_close(decoded);
}

/* A JSON request that has to succeed. */
static cJSON *ask_well(const char *method, const char *where, const char *token, const char *sent)
{
    static unsigned keys;
    char authorization[200], key[33];
    response answer = {0};
    snprintf(authorization, sizeof authorization, "Bearer %s", token ? token : "");
    snprintf(key, sizeof key, "%032x", ++keys);
    request one = {.api = &here.api,
                   .now_ms = WORLD_NOW_MS,
                   .method = method,
                   .path = where,
                   .client = "192.0.2.1",
                   .authorization = token ? authorization : NULL,
                   .content_type = "application/json",
                   .idempotency_key = key,
                   .body = ""};
    world_ask(&one, sent, strlen(sent), &answer);
    FUZZ_REQUIRE(answer.status >= 200 && answer.status < 300 && answer.json);
    cJSON *json = answer.json;
    answer.json = NULL;
    response_clear(&answer);
    return json;
}

static void keep(cJSON *json, const char *member, char *to, size_t capacity)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(json, member));
    FUZZ_REQUIRE(text && strlen(text) < capacity);
    memcpy(to, text, strlen(text) + 1);
}

/* ---- two tenants ---- */

static void take_code(char code[8])
{
    store_mail mail;
    FUZZ_REQUIRE(store_mail_next(here.api.store, WORLD_NOW_MS, &mail) == STORE_OK);
    const char *at = mail.body;
    while (*at && strspn(at, "0123456789") != 6)
        at += strspn(at, "0123456789") > 0 ? strspn(at, "0123456789") : 1;
    FUZZ_REQUIRE(*at);
    memcpy(code, at, 6);
    code[6] = 0;
    FUZZ_REQUIRE(store_mail_sent(here.api.store, mail.mail_id) == STORE_OK);
}

static void register_person(world_tenant *t)
{
    char sent[400], where[160], code[8], id[IDENT_ID_SIZE];
    snprintf(
        sent, sizeof sent,
        "{\"email\":\"%s\",\"name\":\"%s\",\"password\":\"a long password\",\"country\":\"ES\",\"language\":\"en\","
        "\"terms_accepted\":true}",
        t->email, t->mark);
    cJSON *started = ask_well("POST", "/v1/registrations", NULL, sent);
    keep(started, "registration_id", id, sizeof id);
    cJSON_Delete(started);
    take_code(code);
    snprintf(where, sizeof where, "/v1/registrations/%s/confirm", id);
    snprintf(sent, sizeof sent, "{\"code\":\"%s\",\"device_name\":\"%s\"}", code, t->mark);
    cJSON *session = ask_well("POST", where, NULL, sent);
    keep(session, "token", t->session, sizeof t->session);
    cJSON_Delete(session);
}

static void open_shop(world_tenant *t)
{
    char sent[400], where[200];
    snprintf(sent, sizeof sent, "{\"name\":\"%s\",\"country\":\"ES\",\"currency\":\"EUR\"}", t->mark);
    cJSON *company = ask_well("POST", "/v1/companies", t->session, sent);
    keep(company, "company_id", t->company_id, sizeof t->company_id);
    cJSON_Delete(company);
    snprintf(where, sizeof where, "/v1/companies/%s/stores", t->company_id);
    snprintf(sent, sizeof sent, "{\"name\":\"%s\",\"time_zone\":\"Europe/Madrid\"}", t->mark);
    cJSON *shop = ask_well("POST", where, t->session, sent);
    keep(shop, "store_id", t->store_id, sizeof t->store_id);
    cJSON_Delete(shop);
    snprintf(where, sizeof where, "/v1/stores/%s/tills/" WORLD_TILL, t->store_id);
    snprintf(sent, sizeof sent, "{\"register_id\":\"till-1\",\"device_name\":\"%s\",\"claim\":\"first\"}", t->mark);
    cJSON *till = ask_well("PUT", where, t->session, sent);
    keep(till, "till_token", t->till_token, sizeof t->till_token);
    cJSON_Delete(till);
}

/* ---- there and back ---- */

static void remove_all(void)
{
    char name[100];
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        (void)unlink(name);
    }
    (void)rmdir(folder);
}

static void read_original(void)
{
    struct stat status;
    FILE *file = fopen(path, "rb");
    FUZZ_REQUIRE(file && fstat(fileno(file), &status) == 0);
    original_bytes = (size_t)status.st_size;
    original = malloc(original_bytes);
    FUZZ_REQUIRE(original && fread(original, 1, original_bytes, file) == original_bytes);
    fclose(file);
}

static int64_t count_changes(void)
{
    return sqlite3_total_changes64(here.api.store->writer.handle);
}

static void go_back(void)
{
    store_close(here.api.store);
    FILE *file = fopen(path, "wb");
    FUZZ_REQUIRE(file && fwrite(original, 1, original_bytes, file) == original_bytes && fclose(file) == 0);
    here.api.store = store_open(path);
    FUZZ_REQUIRE(here.api.store != NULL);
    changes = count_changes();
}

static void take_no_notice(void *context)
{
    (void)context;
}

/* In memory where there is a file system there. */
static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/dev/shm/fuzz-XXXXXX");
    if (!mkdtemp(folder)) {
        snprintf(folder, sizeof folder, "/tmp/fuzz-XXXXXX");
        FUZZ_REQUIRE(mkdtemp(folder) != NULL);
    }
    snprintf(path, sizeof path, "%s/cloud.db", folder);
    atexit(remove_all);
}

static void build(void)
{
    unsigned char random[16];
    FUZZ_REQUIRE(sodium_init() >= 0);
    log_set_level(LOG_LEVEL_ERROR);
    make_folder();
    here.api = (api){.store = store_open(path), .passwords = passwords_open(true), .mail_queued = take_no_notice};
    FUZZ_REQUIRE(here.api.store && here.api.passwords);
    for (int i = 0; i < 2; i++) {
        world_tenant *t = &here.tenants[i];
        randombytes_buf(random, sizeof random);
        sodium_bin2hex(t->mark, sizeof t->mark, random, sizeof random);
        snprintf(t->email, sizeof t->email, "owner%d@example.com", i);
        register_person(t);
        open_shop(t);
    }
    store_close(here.api.store);
    read_original();
    here.api.store = store_open(path);
    FUZZ_REQUIRE(here.api.store != NULL);
    changes = count_changes();
}

world *world_open(void)
{
    if (!original)
        build();
    else if (count_changes() != changes)
        go_back();
    return &here;
}
