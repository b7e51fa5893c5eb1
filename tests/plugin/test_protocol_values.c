/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_protocol_values.c - what good answers turn into, member by member, and the ends of lists. */
#include "protocol/account.h"
#include "protocol/business.h"
#include "protocol_probe.h"

#include <stdio.h>

#define TILL    "00112233445566778899aabbccddeeff"
#define COMPANY "{\"company_id\":\"cmp_1\",\"name\":\"Ruiz\",\"tax_id\":null,\"country\":\"ES\",\"currency\":\"EUR\"}"
#define STORE                                                                                                          \
    "{\"store_id\":\"sto_1\",\"company_id\":\"cmp_1\",\"name\":\"Centro\",\"address\":\"Calle\\nMayor\",\"time_"       \
    "zone\":"                                                                                                          \
    "\"Europe/Madrid\",\"currency\":\"EUR\"}"

START_TEST(test_account)
{
    net_answer answer = probe_json(202, "{\"registration_id\":\"reg_9-Z\",\"expires_at_ms\":1795212945678}");
    protocol_verdict verdict;
    protocol_session session;
    char id[PROTOCOL_ID_MAX + 1];

    protocol_read_pending(&answer, &verdict, id);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    ck_assert_str_eq(id, "reg_9-Z");
    net_answer_clear(&answer);
    answer =
        probe_json(201, "{\"token\":\"fcs_0123456789abcdef\",\"expires_at_ms\":1795212945678,\"user\":{"
                        "\"user_id\":\"usr_1\",\"email\":\"ana@example.com\",\"name\":\"Ana Ñ\",\"language\":\"es\"}}");
    protocol_read_session(&answer, &verdict, &session);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    ck_assert_str_eq(session.token, "fcs_0123456789abcdef");
    ck_assert_int_eq(session.expires_at_ms, 1795212945678);
    ck_assert_str_eq(session.user_id, "usr_1");
    ck_assert_str_eq(session.email, "ana@example.com");
    ck_assert_str_eq(session.name, "Ana Ñ");
    ck_assert_str_eq(session.language, "es");
    net_answer_clear(&answer);
}
END_TEST

/* 120 characters of four bytes each are a name that the contract allows. */
START_TEST(test_longest_name)
{
    char name[4 * 121 + 1] = "";
    char body[1024];
    int count;

    for (count = 1; count <= 121; count++) {
        net_answer answer;
        protocol_verdict verdict;
        protocol_company company;
        strcat(name, "\xf0\x9f\x98\x80");
        (void)snprintf(body, sizeof body,
                       "{\"company_id\":\"c\",\"name\":\"%s\",\"tax_id\":null,\"country\":\"ES\",\"currency\":\"EUR\"}",
                       name);
        answer = probe_json(201, body);
        protocol_read_company(&answer, &verdict, &company);
        ck_assert_int_eq(verdict.outcome, count <= 120 ? PROTOCOL_DONE : PROTOCOL_RETRY);
        ck_assert_str_eq(company.name, count <= 120 ? name : "");
        net_answer_clear(&answer);
    }
}
END_TEST

START_TEST(test_pages)
{
    protocol_verdict verdict;
    static protocol_company_page companies;
    static protocol_store_page stores;
    char *body = malloc(60 * sizeof STORE + 100);
    net_answer answer = probe_json(200, "{\"items\":[" COMPANY "],\"next\":null}");
    int count, i;

    protocol_read_companies(&answer, &verdict, &companies);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    ck_assert_uint_eq(companies.count, 1);
    ck_assert_str_eq(companies.items[0].name, "Ruiz");
    ck_assert_str_eq(companies.items[0].tax_id, "");
    ck_assert_str_eq(companies.next, "");
    net_answer_clear(&answer);
    for (count = 0; count <= PROTOCOL_PAGE_MAX + 1; count += count == 0 ? PROTOCOL_PAGE_MAX : 1) {
        strcpy(body, "{\"items\":[");
        for (i = 0; i < count; i++) {
            strcat(body, i == 0 ? "" : ",");
            strcat(body, STORE);
        }
        strcat(body, "],\"next\":\"cur_2\"}");
        answer = probe_json(200, body);
        protocol_read_stores(&answer, &verdict, &stores);
        ck_assert_int_eq(verdict.outcome, count <= PROTOCOL_PAGE_MAX ? PROTOCOL_DONE : PROTOCOL_RETRY);
        ck_assert_uint_eq(stores.count, count <= PROTOCOL_PAGE_MAX ? (uint32_t)count : 0);
        ck_assert_str_eq(stores.next, count <= PROTOCOL_PAGE_MAX ? "cur_2" : "");
        if (count == PROTOCOL_PAGE_MAX)
            ck_assert_str_eq(stores.items[49].address, "Calle Mayor");
        net_answer_clear(&answer);
    }
    free(body);
}
END_TEST

static size_t begin_registration(char *body, size_t room)
{
    return (size_t)snprintf(body, room,
                            "{\"till_token\":\"fct_0123456789abcdef\",\"till_id\":\"" TILL "\",\"store\":" STORE
                            ",\"company\":" COMPANY ",\"registers\":[");
}

START_TEST(test_till)
{
    static protocol_till till;
    protocol_verdict verdict;
    char body[4096];
    size_t at = begin_registration(body, sizeof body);
    net_answer answer;

    (void)snprintf(body + at, sizeof body - at,
                   "{\"register_id\":\"till-1\",\"epoch\":0,\"last_z_number\":12,\"last_z_sha256\":"
                   "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\",\"last_x_z_number\":13,"
                   "\"last_x_sequence\":4},{\"register_id\":\"till-1\",\"epoch\":1,\"last_z_number\":null,"
                   "\"last_z_sha256\":null,\"last_x_z_number\":null,\"last_x_sequence\":null}]}");
    answer = probe_json(200, body);
    protocol_read_till(&answer, &verdict, &till);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    ck_assert_str_eq(till.till_token, "fct_0123456789abcdef");
    ck_assert_str_eq(till.till_id, TILL);
    ck_assert_str_eq(till.store.store_id, "sto_1");
    ck_assert_str_eq(till.store.time_zone, "Europe/Madrid");
    ck_assert_str_eq(till.company.company_id, "cmp_1");
    ck_assert_uint_eq(till.register_count, 2);
    ck_assert_int_eq(till.registers[0].last_z_number, 12);
    ck_assert_uint_eq(till.registers[0].last_z_sha256[0], 0x9f);
    ck_assert_uint_eq(till.registers[0].last_z_sha256[31], 0x08);
    ck_assert_int_eq(till.registers[0].last_x_z_number, 13);
    ck_assert_int_eq(till.registers[0].last_x_sequence, 4);
    ck_assert_uint_eq(till.registers[1].epoch, 1);
    ck_assert_int_eq(till.registers[1].last_z_number, 0);
    ck_assert_uint_eq(till.known_count, 0);
    net_answer_clear(&answer);
}
END_TEST

/* More epochs than there is room for: the newest count, in their order. */
START_TEST(test_many_epochs)
{
    static protocol_till till;
    protocol_verdict verdict;
    char *body = malloc(65536);
    size_t at = begin_registration(body, 65536);
    net_answer answer;
    uint32_t i;

    for (i = 0; i < 100; i++)
        at +=
            (size_t)snprintf(body + at, 65536 - at,
                             "%s{\"register_id\":\"till-%d\",\"epoch\":%u,\"last_z_number\":%u,\"last_z_sha256\":null,"
                             "\"last_x_z_number\":null,\"last_x_sequence\":null}",
                             i == 0 ? "" : ",", i < 10 ? 1 : 2, i < 10 ? i : i - 10, i + 1);
    (void)snprintf(body + at, 65536 - at, "]}");
    answer = probe_json(200, body);
    protocol_read_till(&answer, &verdict, &till);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    ck_assert_uint_eq(till.register_count, PROTOCOL_REGISTERS_MAX);
    ck_assert_uint_eq(till.registers[PROTOCOL_REGISTERS_MAX - 1].epoch, 89);
    for (i = 1; i < till.register_count; i++)
        ck_assert_int_lt(till.registers[i - 1].last_z_number, till.registers[i].last_z_number);
    for (i = 0; i < till.register_count; i++)
        ck_assert_uint_ge(till.registers[i].epoch, 89 - (PROTOCOL_REGISTERS_MAX - 1));
    net_answer_clear(&answer);
    free(body);
}
END_TEST

START_TEST(test_register_known)
{
    static const char one[] = "{\"till_id\":\"" TILL "\",\"device_name\":null,\"register_id\":\"till-1\","
                              "\"last_seen_at_ms\":1795212345678,\"last_z_number\":null,\"last_business_date\":null}";
    static protocol_till till;
    protocol_verdict verdict;
    char *body = malloc(30 * sizeof one);
    int count, i;

    for (count = 0; count <= PROTOCOL_TILLS_MAX + 1; count++) {
        net_answer answer;
        bool good = count >= 1 && count <= PROTOCOL_TILLS_MAX;
        strcpy(body, "{\"type\":\"urn:factorycloud:problem:register-known\",\"title\":\"T\",\"status\":409,"
                     "\"detail\":\"D\",\"tills\":[");
        for (i = 0; i < count; i++) {
            strcat(body, i == 0 ? "" : ",");
            strcat(body, one);
        }
        strcat(body, "]}");
        answer = probe_problem(409, body);
        protocol_read_till(&answer, &verdict, &till);
        ck_assert_int_eq(verdict.outcome, good ? PROTOCOL_REFUSED : PROTOCOL_RETRY);
        ck_assert_int_eq(verdict.cause, good ? CAUSE_REGISTER_KNOWN : CAUSE_NOT_THE_CLOUD);
        ck_assert_uint_eq(till.known_count, good ? (uint32_t)count : 0);
        ck_assert_str_eq(till.known[0].till_id, good ? TILL : "");
        ck_assert_str_eq(till.known[0].last_business_date, "");
        ck_assert_str_eq(till.till_token, "");
        net_answer_clear(&answer);
    }
    free(body);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("protocol");
    TCase *tests = tcase_create("values");
    SRunner *runner;
    int failed;

    tcase_add_test(tests, test_account);
    tcase_add_test(tests, test_longest_name);
    tcase_add_test(tests, test_pages);
    tcase_add_test(tests, test_till);
    tcase_add_test(tests, test_many_epochs);
    tcase_add_test(tests, test_register_known);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
