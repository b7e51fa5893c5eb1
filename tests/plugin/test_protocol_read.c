/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/plugin/test_protocol_read.c - every reader against the good answer and against everything near it: each member
 * missing, null, of another type or too long, the text cut at every byte, random bytes changed, unknown members added.
 */
#include "protocol/batch.h"
#include "protocol_probe.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#define TILL    "\"00112233445566778899aabbccddeeff\""
#define SHA     "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\""
#define COMPANY "{\"company_id\":\"cmp_1\",\"name\":\"Ruiz\",\"tax_id\":\"B1\",\"country\":\"ES\",\"currency\":\"EUR\"}"
#define STORE                                                                                                          \
    "{\"store_id\":\"sto_1\",\"company_id\":\"cmp_1\",\"name\":\"Centro\",\"address\":\"Calle\",\"time_zone\":"        \
    "\"Europe/Madrid\",\"currency\":\"EUR\"}"
#define USER "{\"user_id\":\"usr_1\",\"email\":\"ana@example.com\",\"name\":\"Ana\",\"language\":\"es\"}"
#define KEY_OF_Z                                                                                                       \
    "\"kind\":\"Z\",\"register_id\":\"till-1\",\"epoch\":0,\"z_number\":12,\"x_sequence\":0,\"sha256\":" SHA
#define KEY_OF_X                                                                                                       \
    "\"kind\":\"X\",\"register_id\":\"till-1\",\"epoch\":2,\"z_number\":13,\"x_sequence\":4,\"sha256\":" SHA
#define RECEIPT                                                                                                        \
    "{\"receipt_id\":\"rcp_1\",\"company_id\":\"cmp_1\",\"store_id\":\"sto_1\",\"till_id\":" TILL "," KEY_OF_Z         \
    ",\"received_at_ms\":1795212345678}"

typedef void (*route_reader)(const net_answer *answer, protocol_verdict *verdict);

static void read_pending(const net_answer *answer, protocol_verdict *verdict)
{
    char id[PROTOCOL_ID_MAX + 1];

    protocol_read_pending(answer, verdict, id);
    ck_assert_int_eq(verdict->outcome == PROTOCOL_DONE, id[0] != '\0');
}

static void read_session(const net_answer *answer, protocol_verdict *verdict)
{
    static const protocol_session none;
    protocol_session session;

    protocol_read_session(answer, verdict, &session);
    if (verdict->outcome != PROTOCOL_DONE)
        ck_assert_mem_eq(&session, &none, sizeof none); /* no half token is left behind */
}

static void read_company(const net_answer *answer, protocol_verdict *verdict)
{
    protocol_company company;

    protocol_read_company(answer, verdict, &company);
}

static void read_store(const net_answer *answer, protocol_verdict *verdict)
{
    protocol_store store;

    protocol_read_store(answer, verdict, &store);
}

static void read_companies(const net_answer *answer, protocol_verdict *verdict)
{
    protocol_company_page page;

    protocol_read_companies(answer, verdict, &page);
    ck_assert_uint_le(page.count, verdict->outcome == PROTOCOL_DONE ? PROTOCOL_PAGE_MAX : 0);
}

static void read_stores(const net_answer *answer, protocol_verdict *verdict)
{
    protocol_store_page page;

    protocol_read_stores(answer, verdict, &page);
    ck_assert_uint_le(page.count, verdict->outcome == PROTOCOL_DONE ? PROTOCOL_PAGE_MAX : 0);
}

static void read_till(const net_answer *answer, protocol_verdict *verdict)
{
    protocol_till till;

    protocol_read_till(answer, verdict, &till);
    ck_assert_int_eq(verdict->outcome == PROTOCOL_DONE, till.till_token[0] != '\0');
    ck_assert_int_eq(verdict->outcome == PROTOCOL_REFUSED && verdict->cause == CAUSE_REGISTER_KNOWN,
                     till.known_count > 0);
}

static void read_results(const net_answer *answer, protocol_verdict *verdict)
{
    protocol_results results;

    protocol_read_results(answer, verdict, &results);
    if (verdict->outcome != PROTOCOL_DONE)
        ck_assert(results.items == NULL && results.count == 0);
    protocol_results_clear(&results);
}

/* `optional`: members that may be null or absent. `words`: texts that are cut instead of refused. Names in commas. */
static const struct {
    const char *name;
    route_reader read;
    int status;
    const char *good;
    const char *optional;
    const char *words;
} routes[] = {
    {"registration", read_pending, 202, "{\"registration_id\":\"reg_1\",\"expires_at_ms\":1795212945678}", "", ""},
    {"recovery", read_pending, 202, "{\"recovery_id\":\"rec_1\",\"expires_at_ms\":1795212945678}", "", ""},
    {"session", read_session, 201,
     "{\"token\":\"fcs_0123456789abcdef\",\"expires_at_ms\":1795212945678,\"user\":" USER "}", "", ""},
    {"session info", read_session, 200, "{\"expires_at_ms\":1795212945678,\"user\":" USER "}", "", ""},
    {"company", read_company, 201, COMPANY, ",tax_id,", ""},
    {"store", read_store, 201, STORE, ",address,", ""},
    {"companies", read_companies, 200, "{\"items\":[" COMPANY "," COMPANY "],\"next\":\"cur_1\"}", ",tax_id,", ""},
    {"stores", read_stores, 200, "{\"items\":[" STORE "," STORE "],\"next\":\"cur_1\"}", ",address,", ""},
    {"till", read_till, 200,
     "{\"till_token\":\"fct_0123456789abcdef\",\"till_id\":" TILL ",\"store\":" STORE ",\"company\":" COMPANY
     ",\"registers\":[{\"register_id\":\"till-1\",\"epoch\":0,\"last_z_number\":12,\"last_z_sha256\":" SHA
     ",\"last_x_z_number\":13,\"last_x_sequence\":4}]}",
     ",tax_id,address,last_z_number,last_z_sha256,last_x_z_number,last_x_sequence,", ""},
    {"register known", read_till, 409,
     "{\"type\":\"urn:factorycloud:problem:register-known\",\"title\":\"Register known\",\"status\":409,"
     "\"detail\":\"This store has it.\",\"tills\":[{\"till_id\":" TILL
     ",\"device_name\":\"Bar\",\"register_id\":\"till-1\",\"last_seen_at_ms\":1795212345678,\"last_z_number\":12,"
     "\"last_business_date\":\"2026-11-20\"}]}",
     ",device_name,last_z_number,last_business_date,", ",title,detail,"},
    {"delivered", read_results, 200,
     "{\"results\":[{\"status\":\"delivered\"," KEY_OF_Z ",\"receipt\":" RECEIPT "},{\"status\":\"conflict\"," KEY_OF_Z
     ",\"receipt\":" RECEIPT "}]}",
     "", ",status,"},
    {"superseded", read_results, 200,
     "{\"results\":[{\"status\":\"superseded\"," KEY_OF_X ",\"last_x_sequence\":7},{\"status\":\"superseded\"," KEY_OF_Z
     ",\"receipt\":" RECEIPT "}]}",
     "", ",status,"},
    {"rejected", read_results, 200,
     "{\"results\":[{\"status\":\"rejected\"," KEY_OF_Z
     ",\"problem\":{\"code\":\"invalid-json\",\"detail\":\"Not JSON.\"}}]}",
     "", ",status,code,detail,"},
    {"retry", read_results, 200,
     "{\"results\":[{\"status\":\"retry\"," KEY_OF_Z ",\"problem\":{\"code\":\"busy\",\"detail\":\"Later.\"}}]}",
     ",problem,", ",status,code,detail,"},
};

#define ROUTES (int)(sizeof routes / sizeof routes[0])

static bool is_listed(const char *list, const char *name)
{
    char pattern[64];

    (void)snprintf(pattern, sizeof pattern, ",%s,", name);
    return strstr(list, pattern) != NULL;
}

/* Is this what the good answer gets? A 409 is good when its list of tills is there. */
static bool is_good(const protocol_verdict *verdict, int status)
{
    return status == 409 ? verdict->cause == CAUSE_REGISTER_KNOWN : verdict->outcome == PROTOCOL_DONE;
}

static protocol_verdict judge(int route, const void *body, size_t size)
{
    int status = routes[route].status;
    net_answer answer =
        probe_answer(status, status == 409 ? "application/problem+json" : "application/json", body, size);
    protocol_verdict verdict;

    routes[route].read(&answer, &verdict);
    net_answer_clear(&answer);
    if (!is_good(&verdict, status) && verdict.cause != CAUSE_OTHER) { /* a 409 with a slug that got changed */
        ck_assert_int_eq(verdict.outcome, PROTOCOL_RETRY);
        ck_assert_int_eq(verdict.cause, CAUSE_NOT_THE_CLOUD);
        ck_assert_str_ne(verdict.detail, "");
    }
    return verdict;
}

static void expect(int route, const cJSON *tree, bool good, const char *what, const char *member)
{
    char *text = cJSON_PrintUnformatted(tree);
    protocol_verdict verdict = judge(route, text, strlen(text));

    ck_assert_msg(is_good(&verdict, routes[route].status) == good, "%s: %s %s: %s", routes[route].name, member, what,
                  text);
    free(text);
}

START_TEST(test_good)
{
    cJSON *tree = cJSON_Parse(routes[_i].good);

    ck_assert_ptr_nonnull(tree);
    expect(_i, tree, true, "good", "");
    cJSON_Delete(tree);
}
END_TEST

START_TEST(test_cut_at_every_byte)
{
    size_t size = strlen(routes[_i].good), at;

    for (at = 0; at < size; at++) {
        protocol_verdict verdict = judge(_i, routes[_i].good, at);
        ck_assert_msg(!is_good(&verdict, routes[_i].status), "%s: cut at %zu", routes[_i].name, at);
    }
}
END_TEST

/* This text in the place of a member; NULL takes the member away. */
static void swap(cJSON *object, const char *name, const char *value)
{
    if (value == NULL)
        cJSON_DeleteItemFromObjectCaseSensitive(object, name);
    else
        ck_assert(cJSON_ReplaceItemInObjectCaseSensitive(object, name, cJSON_CreateRaw(value)));
}

typedef struct place {
    int object; /* which object of the tree, in order */
    char member[32];
    bool is_text;
    bool is_plain; /* neither object nor array */
} place;

/* All members of all objects, so that each can be visited in a fresh copy of the tree. */
static int collect(const cJSON *value, int *objects, place *places, int count)
{
    const cJSON *child;
    int mine = cJSON_IsObject(value) ? (*objects)++ : -1;

    cJSON_ArrayForEach(child, value)
    {
        if (mine >= 0) {
            places[count] = (place){.object = mine,
                                    .is_text = cJSON_IsString(child),
                                    .is_plain = !cJSON_IsObject(child) && !cJSON_IsArray(child)};
            (void)snprintf(places[count].member, sizeof places[count].member, "%s", child->string);
            count++;
        }
        count = collect(child, objects, places, count);
    }
    return count;
}

static cJSON *find_object(cJSON *value, int *left)
{
    cJSON *child, *found;

    if (cJSON_IsObject(value) && (*left)-- == 0)
        return value;
    cJSON_ArrayForEach(child, value)
    {
        found = find_object(child, left);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static void try_instead(int route, const place *at, const char *value, bool good, const char *what)
{
    cJSON *tree = cJSON_Parse(routes[route].good);
    int left = at->object;

    swap(find_object(tree, &left), at->member, value);
    expect(route, tree, good, what, at->member);
    cJSON_Delete(tree);
}

START_TEST(test_every_member)
{
    place places[256];
    char *longest = malloc(6000);
    cJSON *tree = cJSON_Parse(routes[_i].good);
    int objects = 0, i;
    int count = collect(tree, &objects, places, 0);

    memset(longest, 'a', 5999);
    longest[0] = longest[5998] = '"';
    longest[5999] = '\0';
    for (i = 0; i < count; i++) {
        bool optional = is_listed(routes[_i].optional, places[i].member);
        bool words = is_listed(routes[_i].words, places[i].member);

        try_instead(_i, &places[i], NULL, optional, "missing");
        /* The cursor has to be there, and is null on the last page. */
        try_instead(_i, &places[i], "null", optional || strcmp(places[i].member, "next") == 0, "null");
        try_instead(_i, &places[i], "true", false, "true");
        try_instead(_i, &places[i], places[i].is_text ? "17" : "\"text\"", false, "of another type");
        if (places[i].is_plain)
            try_instead(_i, &places[i], "[]", false, "an array");
        try_instead(_i, &places[i], "[{}]", false, "an array of nothing");
        try_instead(_i, &places[i], "{}", false, "an object");
        if (places[i].is_text)
            try_instead(_i, &places[i], longest, words, "too long");
        else if (places[i].is_plain) {
            try_instead(_i, &places[i], "-1", false, "negative");
            try_instead(_i, &places[i], "1.5", false, "not integral");
            try_instead(_i, &places[i], "9007199254740993", false, "beyond 2^53");
            try_instead(_i, &places[i], "1e999", false, "infinite");
        }
    }
    cJSON_Delete(tree);
    free(longest);
}
END_TEST

START_TEST(test_unknown_members)
{
    place places[256];
    cJSON *tree = cJSON_Parse(routes[_i].good);
    int objects = 0, i;

    (void)collect(tree, &objects, places, 0);
    for (i = 0; i < objects; i++) {
        int left = i;
        cJSON *object = find_object(tree, &left);
        cJSON_AddItemToObject(object, "of_a_newer_cloud", cJSON_Parse("{\"a\":[1,2,{\"b\":null}]}"));
    }
    expect(_i, tree, true, "unknown members", "");
    cJSON_Delete(tree);
}
END_TEST

/* Whatever comes, a reader ends with a verdict and leaves nothing half read (the wrappers above look). */
START_TEST(test_random_bytes)
{
    size_t size = strlen(routes[_i].good);
    uint8_t *body = malloc(size);
    uint32_t state = 2463534242u + (uint32_t)_i;
    int round, change;

    for (round = 0; round < 3000; round++) {
        memcpy(body, routes[_i].good, size);
        for (change = 0; change < 1 + round % 4; change++) {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            body[state % size] =
                round % 2 == 0 ? (uint8_t)(state >> 24) : (uint8_t) "\"\\{}[]:,0-.eu\x00\xc3"[(state >> 20) % 16];
        }
        (void)judge(_i, body, size);
    }
    free(body);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("protocol");
    TCase *tests = tcase_create("read");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, test_good, 0, ROUTES);
    tcase_add_loop_test(tests, test_cut_at_every_byte, 0, ROUTES);
    tcase_add_loop_test(tests, test_every_member, 0, ROUTES);
    tcase_add_loop_test(tests, test_unknown_members, 0, ROUTES);
    tcase_add_loop_test(tests, test_random_bytes, 0, ROUTES);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
