/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_build.c - puts a world together before anything goes wrong: owners register with the code from their mail,
 * make a company and its stores, all through the cloud's own routes; tills are bought.
 */
#include "sim/sim_build.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A call of somebody at a browser; `out` gets the text of that member of the answer. */
static bool ask(sim *s, const char *path, const char *token, const char *body, const char *member, char *out,
                size_t room)
{
    char key[33];
    snprintf(key, sizeof key, "%016llx%016llx", (unsigned long long)sim_random_next(&s->random),
             (unsigned long long)sim_random_next(&s->random));
    sim_reply reply;
    sim_call call = {.method = "POST",
                     .path = path,
                     .client = "10.9.9.9",
                     .token = token,
                     .content_type = "application/json",
                     .idempotency_key = key,
                     .body = body,
                     .body_bytes = strlen(body)};
    sim_cloud_handle(&call, s->now_ms, &reply);
    cJSON *answer = reply.body ? cJSON_Parse(reply.body) : NULL;
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(answer, member);
    bool good = reply.status / 100 == 2 && cJSON_IsString(value);
    if (good)
        snprintf(out, room, "%s", value->valuestring);
    else
        sim_fail(s, SIM_LOG_WORLD, "building the world: POST %s says %d %s", path, reply.status,
                 reply.body ? reply.body : "");
    cJSON_Delete(answer);
    free(reply.body);
    return good;
}

static bool register_owner(sim *s, sim_company *c, char token[80])
{
    char body[400], path[160], id[65], code[8];
    snprintf(body, sizeof body,
             "{\"email\":\"%s\",\"name\":\"Owner\",\"password\":\"%s 0\",\"country\":\"ES\",\"language\":\"es\","
             "\"terms_accepted\":true}",
             c->email, SIM_PASSWORD);
    if (!ask(s, "/v1/registrations", NULL, body, "registration_id", id, sizeof id))
        return false;
    if (!sim_cloud_take_code(c->email, code)) {
        sim_fail(s, SIM_LOG_WORLD, "no mail with a code for %s", c->email);
        return false;
    }
    snprintf(path, sizeof path, "/v1/registrations/%s/confirm", id);
    snprintf(body, sizeof body, "{\"code\":\"%s\"}", code);
    return ask(s, path, NULL, body, "token", token, 80);
}

static bool build_company(sim *s, int index, int stores)
{
    char token[80], path[160], body[300];
    sim_company *c = &s->companies[index];
    snprintf(c->email, sizeof c->email, "owner%d@example.com", index);
    snprintf(c->name, sizeof c->name, "Company %d", index);
    if (!register_owner(s, c, token))
        return false;
    snprintf(body, sizeof body, "{\"name\":\"%s\",\"country\":\"ES\",\"currency\":\"EUR\"}", c->name);
    if (!ask(s, "/v1/companies", token, body, "company_id", c->company_id, sizeof c->company_id))
        return false;
    snprintf(path, sizeof path, "/v1/companies/%s/stores", c->company_id);
    for (int i = 0; i < stores; i++) {
        sim_store *store = &s->stores[s->store_count++];
        store->company = index;
        snprintf(store->name, sizeof store->name, "Store %d.%d", index, i);
        snprintf(body, sizeof body, "{\"name\":\"%s\",\"time_zone\":\"Europe/Madrid\"}", store->name);
        if (!ask(s, path, token, body, "store_id", store->store_id, sizeof store->store_id))
            return false;
    }
    return true;
}

sim_till *sim_build_till(sim *s, int company, int home)
{
    sim_till *t = calloc(1, sizeof *t);
    if (!t)
        abort();
    static const uint32_t periods[] = {20, 250, 1000, 1000, 1000, 5000};
    sim_random random = sim_random_make(s->options.seed, 1000 + (uint64_t)s->till_count);
    *t = (sim_till){.world = s,
                    .index = s->till_count,
                    .company = company,
                    .home = home,
                    .joined = -1,
                    .honest = true,
                    .cloned_from = -1,
                    .put_row = -1,
                    .identities = 1,
                    .weather = WEATHER_GOOD,
                    .tick_ms = periods[sim_random_below(&random, 6)]};
    t->random = random;
    t->core_random = sim_random_make(s->options.seed, 2000 + (uint64_t)t->index);
    t->scrapped = t->index < 64 && (s->options.tills_off >> t->index & 1);
    /* Register numbers are the shop's own: the same in many shops. */
    snprintf(t->register_id, sizeof t->register_id, "till-%d", t->index % 4 + 1);
    snprintf(t->counter, sizeof t->counter, "Counter %d", t->index);
    snprintf(t->client, sizeof t->client, "10.0.%d.%d", company, t->index);
    t->narrow = !s->options.calm && sim_random_once_in(&t->random, 12) && sim_may_happen(s, ROW_SMALL_PROXY);
    t->wall_offset_ms = sim_random_between(&t->random, -3000, 3000);
    s->tills[s->till_count++] = t;
    return t;
}

bool sim_build(sim *s)
{
    int tills = (int)s->options.tills;
    s->company_count = 1 + tills / 4;
    if (s->company_count > SIM_COMPANIES_MAX)
        s->company_count = SIM_COMPANIES_MAX;
    for (int i = 0; i < s->company_count; i++) {
        int stores = 2 + (int)sim_random_below(&s->random, 2);
        if (!build_company(s, i, stores))
            return false;
    }
    for (int i = 0; i < tills; i++) {
        int home = (int)sim_random_below(&s->random, (uint32_t)s->store_count);
        sim_till *t = sim_build_till(s, s->stores[home].company, home);
        t->disk = storage_memory_new();
        if (t->scrapped)
            continue;
        sim_books_offer(t);
        sim_catalogue_open(s, t);
        sim_shop_start(s, t);
        sim_owner_start(s, t);
        sim_till_start_at(s, t, s->now_ms + (int64_t)sim_random_below(&t->random, (uint32_t)SIM_HOUR));
    }
    return true;
}
