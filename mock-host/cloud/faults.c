/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fault switches. Waiting is on a condition with a generation number, so that removing the rules or stopping the
 * server lets go of everybody at once.
 */
#define _GNU_SOURCE /* POLLRDHUP */
#include "faults.h"
#include "json_read.h"
#include "problem.h"
#include "routes.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RULES_MAX     64
#define COUNTERS_MAX  32
#define LOOK_EVERY_MS 20
#define FOREVER_MS    (365LL * 24 * 3600 * 1000)

typedef struct fault_rule {
    int64_t fault_id;
    char route[32];
    int64_t skip;
    int64_t left; /* -1: without end */
    int64_t percent;
    int64_t fired;
    fault_plan plan;
} fault_rule;

struct faults {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    store *store;
    fault_rule rules[RULES_MAX];
    size_t rule_count;
    int64_t last_id;
    unsigned generation;
    bool ending;
    struct {
        char route[32];
        int64_t requests;
    } counters[COUNTERS_MAX];
    _Atomic int64_t clock_offset_ms;
};

faults *faults_open(store *db)
{
    faults *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->store = db;
    pthread_mutex_init(&self->lock, NULL);
    pthread_cond_init(&self->changed, NULL);
    return self;
}

void faults_close(faults *self)
{
    if (!self)
        return;
    pthread_cond_destroy(&self->changed);
    pthread_mutex_destroy(&self->lock);
    free(self);
}

void faults_end(faults *self)
{
    pthread_mutex_lock(&self->lock);
    self->ending = true;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
}

static void count_request(faults *self, const char *name)
{
    for (size_t i = 0; i < COUNTERS_MAX; i++) {
        if (self->counters[i].requests == 0)
            snprintf(self->counters[i].route, sizeof self->counters[i].route, "%s", name);
        if (strcmp(self->counters[i].route, name) == 0) {
            self->counters[i].requests++;
            return;
        }
    }
}

static bool rule_applies(fault_rule *rule, const char *name)
{
    if (rule->left == 0 || (strcmp(rule->route, "*") != 0 && strcmp(rule->route, name) != 0))
        return false;
    if (rule->skip > 0) {
        rule->skip--;
        return false;
    }
    if ((int64_t)randombytes_uniform(100) >= rule->percent)
        return false;
    if (rule->left > 0)
        rule->left--;
    rule->fired++;
    return true;
}

void faults_plan(faults *self, const char *name, fault_plan *plan)
{
    memset(plan, 0, sizeof *plan);
    plan->cut_after_bytes = -1;
    pthread_mutex_lock(&self->lock);
    count_request(self, name);
    for (size_t i = 0; i < self->rule_count; i++)
        if (rule_applies(&self->rules[i], name)) {
            *plan = self->rules[i].plan;
            break;
        }
    pthread_mutex_unlock(&self->lock);
}

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool client_left(int fd)
{
    struct pollfd look = {.fd = fd, .events = POLLRDHUP};
    return fd >= 0 && poll(&look, 1, 0) == 1 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

static void wait_a_little(faults *self, int64_t wait_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)(wait_ms * 1000000);
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&self->changed, &self->lock, &until);
}

bool faults_wait(faults *self, int64_t wait_ms, int fd)
{
    int64_t until_ms = monotonic_ms() + (wait_ms < 0 ? FOREVER_MS : wait_ms);
    bool gone = false;
    pthread_mutex_lock(&self->lock);
    unsigned generation = self->generation;
    while (!self->ending && self->generation == generation && !(gone = client_left(fd))) {
        int64_t left_ms = until_ms - monotonic_ms();
        if (left_ms <= 0)
            break;
        wait_a_little(self, left_ms < LOOK_EVERY_MS ? left_ms : LOOK_EVERY_MS);
    }
    bool let_go = self->ending || self->generation != generation || gone;
    pthread_mutex_unlock(&self->lock);
    return !let_go;
}

int64_t faults_clock_offset_ms(const faults *self)
{
    return self ? atomic_load(&self->clock_offset_ms) : 0;
}

bool faults_owns(const char *path)
{
    return strcmp(path, "/_faults") == 0 || strncmp(path, "/_faults/", 9) == 0;
}

/* An optional integer; false if it is there and out of range. */
static bool optional_int(const cJSON *from, const char *name, int64_t max, int64_t *value)
{
    return !json_member(from, name) || json_int(from, name, 0, max, value);
}

static bool read_rule(const cJSON *from, fault_rule *rule)
{
    char drop[8] = "";
    int64_t status = 0;
    memset(rule, 0, sizeof *rule);
    rule->left = -1;
    rule->percent = 100;
    rule->plan.cut_after_bytes = -1;
    memcpy(rule->route, "*", 2);
    if (json_member(from, "route") && !json_text(from, "route", 1, sizeof rule->route - 1, rule->route))
        return false;
    if (strcmp(rule->route, "*") != 0 && !routes_by_name(rule->route))
        return false;
    if (json_member(from, "drop") && !json_text(from, "drop", 1, sizeof drop - 1, drop))
        return false;
    rule->plan.drop_before = strcmp(drop, "before") == 0;
    rule->plan.drop_after = strcmp(drop, "after") == 0;
    rule->plan.hang = cJSON_IsTrue(json_member(from, "hang"));
    rule->plan.bare = cJSON_IsTrue(json_member(from, "bare"));
    if (!optional_int(from, "skip", 1000000, &rule->skip) || !optional_int(from, "times", 1000000, &rule->left) ||
        !optional_int(from, "percent", 100, &rule->percent) ||
        !optional_int(from, "delay_ms", FOREVER_MS, &rule->plan.delay_ms) ||
        !optional_int(from, "status", 599, &status) ||
        !optional_int(from, "retry_after", 86400, &rule->plan.retry_after_s) ||
        !optional_int(from, "cut_after_bytes", 1LL << 30, &rule->plan.cut_after_bytes) ||
        !optional_int(from, "drip_ms", 60000, &rule->plan.drip_ms))
        return false;
    rule->plan.status = (int)status;
    return (drop[0] == 0 || rule->plan.drop_before || rule->plan.drop_after) && (status == 0 || status >= 200);
}

static void add_rule(faults *self, const cJSON *from, response *answer)
{
    fault_rule rule;
    if (!read_rule(from, &rule)) {
        problem_set(answer, PROBLEM_INVALID, "Not a fault rule; see faults.h.");
        return;
    }
    pthread_mutex_lock(&self->lock);
    bool room = self->rule_count < RULES_MAX;
    if (room) {
        rule.fault_id = ++self->last_id;
        self->rules[self->rule_count++] = rule;
    }
    pthread_mutex_unlock(&self->lock);
    if (!room) {
        problem_set(answer, PROBLEM_TOO_LARGE, "Too many fault rules.");
        return;
    }
    answer->status = 201;
    answer->json = cJSON_CreateObject();
    cJSON_AddNumberToObject(answer->json, "fault_id", (double)rule.fault_id);
}

static void list_rules(faults *self, response *answer)
{
    answer->status = 200;
    answer->json = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(answer->json, "faults");
    cJSON *requests = cJSON_AddObjectToObject(answer->json, "requests");
    pthread_mutex_lock(&self->lock);
    for (size_t i = 0; i < self->rule_count; i++) {
        cJSON *entry = cJSON_CreateObject();
        cJSON_AddNumberToObject(entry, "fault_id", (double)self->rules[i].fault_id);
        cJSON_AddStringToObject(entry, "route", self->rules[i].route);
        cJSON_AddNumberToObject(entry, "fired", (double)self->rules[i].fired);
        cJSON_AddNumberToObject(entry, "left", (double)self->rules[i].left);
        cJSON_AddItemToArray(list, entry);
    }
    for (size_t i = 0; i < COUNTERS_MAX && self->counters[i].requests > 0; i++)
        cJSON_AddNumberToObject(requests, self->counters[i].route, (double)self->counters[i].requests);
    pthread_mutex_unlock(&self->lock);
}

static void remove_rules(faults *self, response *answer)
{
    pthread_mutex_lock(&self->lock);
    self->rule_count = 0;
    self->generation++;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
    answer->status = 204;
}

static void move_clock(faults *self, const cJSON *from, response *answer)
{
    int64_t advance_ms = 0;
    if (!json_int(from, "advance_ms", 0, FOREVER_MS * 100, &advance_ms)) {
        problem_set(answer, PROBLEM_INVALID, NULL);
        return;
    }
    atomic_fetch_add(&self->clock_offset_ms, advance_ms);
    answer->status = 204;
}

static void close_store(faults *self, const cJSON *from, int64_t now_ms, response *answer)
{
    char store_id[IDENT_ID_SIZE];
    const cJSON *closed = json_member(from, "closed");
    if (!json_text(from, "store_id", 1, IDENT_ID_SIZE - 1, store_id) || !cJSON_IsBool(closed)) {
        problem_set(answer, PROBLEM_INVALID, NULL);
        return;
    }
    store_status status = store_shop_close(self->store, store_id, cJSON_IsTrue(closed), now_ms);
    if (status == STORE_OK)
        answer->status = 204;
    else
        problem_set_store(answer, status);
}

void faults_handle(faults *self, const request *from, response *answer)
{
    bool post = strcmp(from->method, "POST") == 0;
    bool root = strcmp(from->path, "/_faults") == 0;
    const char *wrong;
    size_t at;
    cJSON *body = post ? json_parse(from->body, from->body_bytes, &wrong, &at) : NULL;
    if (post && !cJSON_IsObject(body))
        problem_set(answer, PROBLEM_MALFORMED, NULL);
    else if (post && root)
        add_rule(self, body, answer);
    else if (post && strcmp(from->path, "/_faults/clock") == 0)
        move_clock(self, body, answer);
    else if (post && strcmp(from->path, "/_faults/store") == 0)
        close_store(self, body, from->now_ms, answer);
    else if (root && strcmp(from->method, "GET") == 0)
        list_rules(self, answer);
    else if (root && strcmp(from->method, "DELETE") == 0)
        remove_rules(self, answer);
    else
        problem_set(answer, PROBLEM_NOT_FOUND, NULL);
    cJSON_Delete(body);
}
