/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/plugin/test_protocol_memory.c - allocation after allocation fails, and each builder and reader either does its
 * work or says that it could not; and no password is left in memory once its request is gone.
 */
#include "memory_fault.h"
#include "pos/report.h"
#include "protocol/batch.h"
#include "protocol_probe.h"

#include <stdio.h>

#define KEY  "0123456789abcdef0123456789abcdef"
#define TILL "00112233445566778899aabbccddeeff"

static net_request *build_registration(void)
{
    const protocol_registration registration = {"ana@example.com", "Ana", "correct horse", "ES", "es", true, KEY};

    return protocol_register(&registration);
}

static net_request *build_till(void)
{
    return protocol_register_till("fcs_s", "sto_1", TILL, "till-1", "Bar", CLAIM_FIRST);
}

static net_request *build_list(void)
{
    return protocol_list_stores("fcs_s", "cmp_1", "cur_1", "Centro", 20);
}

static net_request *build_upload(void)
{
    protocol_item item = {.key = {.kind = POS_REPORT_Z, .z_number = 1, .register_id = "till-1"},
                          .length_bytes = 100000,
                          .business_date = "2026-11-20",
                          .currency = "EUR"};
    static const char document[100000];
    protocol_batch *batch = protocol_batch_new();
    size_t before;

    if (batch == NULL)
        return NULL;
    if (!protocol_batch_begin_item(batch, &item)) {
        ck_assert_uint_eq(protocol_batch_bytes(batch), 0);
        protocol_batch_free(batch);
        return NULL;
    }
    before = protocol_batch_bytes(batch);
    if (!protocol_batch_append(batch, document, sizeof document)) {
        ck_assert_uint_eq(protocol_batch_bytes(batch), before); /* as it was: the next try may go on */
        ck_assert(protocol_batch_append(batch, document, sizeof document));
    }
    if (!protocol_batch_end_item(batch))
        ck_assert(protocol_batch_end_item(batch));
    return protocol_upload(batch, "fct_t", "sto_1", TILL, 0);
}

static net_request *(*const builders[])(void) = {build_registration, build_till, build_list, build_upload};

START_TEST(test_builders)
{
    bool failed = MEMORY_FAULT != 0;
    int n, refused = 0;

    for (n = 1; failed; n++) {
        net_request *request;
        memory_fail_at(n);
        request = builders[_i]();
        failed = memory_has_failed();
        ck_assert(request != NULL || failed);
        refused += request == NULL ? 1 : 0;
        net_request_free(request);
    }
    ck_assert(refused > 2 || MEMORY_FAULT == 0);
}
END_TEST

START_TEST(test_readers)
{
    static const char body[] =
        "{\"results\":[{\"status\":\"retry\",\"kind\":\"Z\",\"register_id\":\"till-1\",\"epoch\":0,\"z_number\":12,"
        "\"x_sequence\":0,\"sha256\":\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"}]}";
    static const char problem[] = "{\"type\":\"urn:factorycloud:problem:store-closed\",\"title\":\"T\",\"status\":403,"
                                  "\"detail\":\"D\"}";
    bool failed = MEMORY_FAULT != 0;
    net_answer answer = _i == 0 ? probe_json(200, body) : probe_problem(403, problem);
    int n;

    for (n = 1; failed; n++) {
        protocol_verdict verdict;
        protocol_results results;
        memory_fail_at(n);
        protocol_read_results(&answer, &verdict, &results);
        failed = memory_has_failed();
        /* Without memory nothing was settled and nothing was refused: it is tried again. */
        ck_assert_int_eq(verdict.outcome, failed ? PROTOCOL_RETRY : _i == 0 ? PROTOCOL_DONE : PROTOCOL_REFUSED);
        protocol_results_clear(&results);
    }
    net_answer_clear(&answer);
}
END_TEST

/* ---- nothing is left ---- */

/* How often these bytes stand in the process's own writable memory. The pattern is told as its complement, so that the
 * search does not find itself. Not on the stack: registers are saved there by whoever likes (the dynamic linker, for
 * one), and are soon written over. */
static int count_in_memory(const uint8_t *complement, size_t size)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    int count = 0;

    ck_assert_ptr_nonnull(maps);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, until, inode;
        char access[5];
        if (sscanf(line, "%lx-%lx %4s %*s %*s %lu", &from, &until, access, &inode) != 4 || access[1] != 'w' ||
            strstr(line, "[stack]") != NULL || inode != 0)
            continue;
        for (; from + size <= until; from++) {
            const volatile uint8_t *at = (const volatile uint8_t *)from;
            size_t i = 0;
            while (i < size && (at[i] ^ complement[i]) == 0xff)
                i++;
            count += i == size ? 1 : 0;
        }
    }
    (void)fclose(maps);
    return count;
}

/* "Hunter-2 <number>!", readable only in the buffer that it is made in. */
static void reveal(char *to, const uint8_t *complement, size_t size)
{
    size_t i;

    for (i = 0; i < size; i++)
        to[i] = (char)(complement[i] ^ 0xff);
    to[size] = '\0';
}

static void hide(char *text, size_t size)
{
    volatile char *at = text;

    while (size-- > 0)
        *at++ = 0;
}

START_TEST(test_no_password_is_left)
{
    uint8_t complement[16];
    char *password = malloc(sizeof complement + 1);
    net_request *request;
    size_t i;

    for (i = 0; i < sizeof complement; i++)
        complement[i] = (uint8_t)(("Hunter-2 *secret"[i] ^ 0xff) & 0xff);
    complement[0] ^= 1; /* so that the literal above is another text */
    reveal(password, complement, sizeof complement);
    if (MEMORY_FAULT != 0) /* sanitizers keep what is freed, and make the search slow */
        ck_assert_int_eq(count_in_memory(complement, sizeof complement), 1);
    request = protocol_log_in("ana@example.com", password, "Till 1");
    ck_assert_ptr_nonnull(request);
    if (MEMORY_FAULT != 0)
        ck_assert_int_eq(count_in_memory(complement, sizeof complement), 2);
    net_request_free(request);
    request = protocol_confirm_recovery("rec_1", "123456", password, NULL, KEY);
    net_request_free(request);
    hide(password, sizeof complement);
    if (MEMORY_FAULT != 0)
        ck_assert_int_eq(count_in_memory(complement, sizeof complement), 0);
    free(password);
}
END_TEST

START_TEST(test_no_token_is_left)
{
    static const char head[] = "{\"token\":\"";
    static const char tail[] = "\",\"expires_at_ms\":1,\"user\":{\"user_id\":\"u\",\"email\":\"a@b\",\"name\":\"A\","
                               "\"language\":\"es\"}}";
    uint8_t complement[16];
    char *body = malloc(sizeof head + sizeof complement + sizeof tail);
    net_answer answer;
    protocol_verdict verdict;
    protocol_session session;
    size_t i;

    for (i = 0; i < sizeof complement; i++)
        complement[i] = (uint8_t)(("fcs_secret_token"[i] ^ 0xff) & 0xff);
    complement[0] ^= 1;
    strcpy(body, head);
    reveal(body + strlen(body), complement, sizeof complement);
    strcat(body, tail);
    answer = probe_json(201, body);
    hide(body, strlen(body));
    protocol_read_session(&answer, &verdict, &session);
    ck_assert_int_eq(verdict.outcome, PROTOCOL_DONE);
    net_answer_clear(&answer);
    hide((char *)&session, sizeof session);
    if (MEMORY_FAULT != 0)
        ck_assert_int_eq(count_in_memory(complement, sizeof complement), 0);
    free(body);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("protocol");
    TCase *tests = tcase_create("memory");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, test_builders, 0, sizeof builders / sizeof builders[0]);
    tcase_add_loop_test(tests, test_readers, 0, 2);
    tcase_add_test(tests, test_no_password_is_left);
    tcase_add_test(tests, test_no_token_is_left);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
