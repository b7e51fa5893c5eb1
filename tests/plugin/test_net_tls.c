/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_net_tls.c - whom the worker trusts: certificates, hosts, dates, versions; and whom it does not. */
#include "net_probe.h"
#include "support/http_tls.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const http_reply plain = {.headers = "Content-Type: application/json\r\n", .body = "{}"};

static char folder[64];
static char ca_path[96];

static void make_folder(void)
{
    strcpy(folder, "/tmp/net-tls-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(ca_path, sizeof ca_path, "%s/ca.pem", folder);
}

static void remove_folder(void)
{
    char command[128];

    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

static net_request *with_token(void)
{
    net_request *request = probe_request("GET", "/v1/sessions/current");

    request->token = strdup("fcs_secret");
    return request;
}

static const struct {
    const char *what;
    http_tls_options options;
    const char *host; /* in the URL; NULL: 127.0.0.1 */
    net_outcome want;
} cases[] = {
    {"good, by address", {0}, NULL, NET_ANSWERED},
    {"good, by name", {.host = "localhost"}, "localhost", NET_ANSWERED},
    {"TLS 1.2 only", {.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.2"}, NULL, NET_ANSWERED},
    {"TLS 1.3 only", {.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.3"}, NULL, NET_ANSWERED},
    {"TLS 1.1 only", {.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.1"}, NULL, NET_FAILED_TLS},
    {"name of another", {.host = "other.test"}, NULL, NET_FAILED_TLS},
    {"name instead of address", {.host = "localhost"}, NULL, NET_FAILED_TLS},
    {"address instead of name", {0}, "localhost", NET_FAILED_TLS},
    {"expired", {.from_days = -20, .until_days = -10}, NULL, NET_FAILED_TLS},
    {"not valid yet", {.from_days = 10, .until_days = 20}, NULL, NET_FAILED_TLS},
};

START_TEST(test_trust)
{
    http_tls *tls = http_tls_new(&cases[_i].options);
    http_server *server = http_server_start(&plain, 1, http_tls_layer(tls));
    char url[64];
    const net_config config = {.cloud_url = url, .ca_file = ca_path};
    net *calls;
    net_answer answer;

    http_tls_write_ca(tls, ca_path);
    (void)snprintf(url, sizeof url, "https://%s:%d", cases[_i].host != NULL ? cases[_i].host : "127.0.0.1",
                   http_server_port(server));
    calls = probe_net(&config);
    answer = probe_exchange(calls, with_token());
    ck_assert_msg(answer.outcome == cases[_i].want, "%s: %d (%s)", cases[_i].what, (int)answer.outcome, answer.detail);
    ck_assert_uint_eq(http_server_count(server), cases[_i].want == NET_ANSWERED ? 1 : 0);
    net_answer_clear(&answer);
    calls->destroy(calls);
    http_server_stop(server);
    http_tls_free(tls);
}
END_TEST

/* Another authority of the same name, the system's, and one that cannot be read. */
START_TEST(test_wrong_authority)
{
    const http_tls_options options = {0};
    http_tls *tls = http_tls_new(&options);
    http_tls *other = http_tls_new(&options);
    http_server *server = http_server_start(&plain, 1, http_tls_layer(tls));
    char garbage[128], missing[128], empty[128];
    const net_config configs[] = {
        {.cloud_url = http_server_url(server), .ca_file = ca_path},
        {.cloud_url = http_server_url(server)},
        {.cloud_url = http_server_url(server), .ca_directory = empty},
        {.cloud_url = http_server_url(server), .ca_file = missing},
        {.cloud_url = http_server_url(server), .ca_file = garbage},
    };
    FILE *file;
    size_t i;

    http_tls_write_ca(other, ca_path);
    (void)snprintf(missing, sizeof missing, "%s/none.pem", folder);
    (void)snprintf(garbage, sizeof garbage, "%s/garbage.pem", folder);
    (void)snprintf(empty, sizeof empty, "%s/empty", folder);
    ck_assert_int_eq(mkdir(empty, 0700), 0);
    file = fopen(garbage, "w");
    ck_assert(file != NULL && fputs("no certificate\n", file) >= 0 && fclose(file) == 0);
    for (i = 0; i < sizeof configs / sizeof configs[0]; i++) {
        net *calls = probe_net(&configs[i]);
        net_answer answer = probe_exchange(calls, with_token());
        probe_assert_outcome(answer, i < 3 ? NET_FAILED_TLS : NET_FAILED_CONFIG);
        calls->destroy(calls);
    }
    ck_assert_uint_eq(http_server_count(server), 0);
    http_server_stop(server);
    http_tls_free(tls);
    http_tls_free(other);
}
END_TEST

/* What libcurl keeps of a file of authorities is not believed after a handshake that failed: it may have been read while
 * it was being replaced, or while memory was short. */
START_TEST(test_authorities_are_read_anew)
{
    const http_tls_options options = {0};
    http_tls *tls = http_tls_new(&options);
    http_tls *other = http_tls_new(&options);
    http_server *server = http_server_start(&plain, 1, http_tls_layer(tls));
    const net_config config = {.cloud_url = http_server_url(server), .ca_file = ca_path};
    net *calls = probe_net(&config);
    net_answer answer;

    http_tls_write_ca(other, ca_path);
    answer = probe_exchange(calls, with_token());
    probe_assert_outcome(answer, NET_FAILED_TLS);
    http_tls_write_ca(tls, ca_path);
    answer = probe_exchange(calls, with_token());
    probe_assert_outcome(answer, NET_ANSWERED);
    net_answer_clear(&answer);
    calls->destroy(calls);
    http_server_stop(server);
    http_tls_free(tls);
    http_tls_free(other);
}
END_TEST

/* The directory is what counts, whatever the file says. */
START_TEST(test_directory_comes_first)
{
    const http_tls_options options = {0};
    http_tls *tls = http_tls_new(&options);
    http_server *server = http_server_start(&plain, 1, http_tls_layer(tls));
    const net_config config = {
        .cloud_url = http_server_url(server), .ca_file = "/nonexistent/ca.pem", .ca_directory = folder};
    net *calls;
    net_answer answer;

    http_tls_write_ca_into(tls, folder);
    calls = probe_net(&config);
    answer = probe_exchange(calls, with_token());
    probe_assert_outcome(answer, NET_ANSWERED);
    net_answer_clear(&answer);
    calls->destroy(calls);
    http_server_stop(server);
    http_tls_free(tls);
}
END_TEST

/* Nothing of the trusting configuration serves the one that no longer trusts: no open connection, no TLS session to
 * resume, no CA bundle in memory; not even while a transfer of the old one is still under way (second round). */
START_TEST(test_trust_withdrawn)
{
    const http_reply script[] = {plain, {.held = true, .body = "{}"}};
    const http_tls_options options = {0};
    http_tls *tls = http_tls_new(&options);
    http_tls *other = http_tls_new(&options);
    http_server *server = http_server_start(script, 2, http_tls_layer(tls));
    net_config config = {.cloud_url = http_server_url(server), .ca_file = ca_path};
    size_t sent = _i == 0 ? 1 : 2;
    net *calls;
    net_answer answer;

    http_tls_write_ca(tls, ca_path);
    calls = probe_net(&config);
    answer = probe_exchange(calls, with_token());
    probe_assert_outcome(answer, NET_ANSWERED);
    net_answer_clear(&answer);
    if (sent == 2) {
        ck_assert_uint_ne(calls->submit(calls, with_token()), 0);
        ck_assert(http_server_wait(server, 2, PROBE_PATIENCE_MS));
    }
    http_tls_write_ca(other, ca_path); /* under the same name: only configure() tells */
    ck_assert(calls->configure(calls, &config));
    answer = probe_exchange(calls, with_token());
    probe_assert_outcome(answer, NET_FAILED_TLS);
    ck_assert_uint_eq(http_server_count(server), sent);
    http_server_release(server);
    if (sent == 2) {
        answer = probe_next(calls);
        probe_assert_outcome(answer, NET_ANSWERED);
        net_answer_clear(&answer);
    }
    calls->destroy(calls);
    http_server_stop(server);
    http_tls_free(tls);
    http_tls_free(other);
}
END_TEST

START_TEST(test_sessions_are_resumed)
{
    http_reply closing = plain;
    const http_tls_options options = {0};
    http_tls *tls = http_tls_new(&options);
    http_server *server;
    net_config config = {.ca_file = ca_path};
    net *calls;
    int i;

    closing.close = true;
    closing.headers = "Connection: close\r\n";
    server = http_server_start(&closing, 1, http_tls_layer(tls));
    config.cloud_url = http_server_url(server);
    http_tls_write_ca(tls, ca_path);
    calls = probe_net(&config);
    for (i = 0; i < 5; i++) {
        net_answer answer = probe_exchange(calls, with_token());
        probe_assert_outcome(answer, NET_ANSWERED);
        net_answer_clear(&answer);
    }
    ck_assert_int_eq(http_server_connections(server), 5);
    ck_assert_int_eq(http_tls_resumed(tls), 4);
    calls->destroy(calls);
    http_server_stop(server);
    http_tls_free(tls);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net");
    TCase *tests = tcase_create("tls");
    SRunner *runner;
    int failed;

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_add_loop_test(tests, test_trust, 0, sizeof cases / sizeof cases[0]);
    tcase_add_test(tests, test_wrong_authority);
    tcase_add_test(tests, test_authorities_are_read_anew);
    tcase_add_test(tests, test_directory_comes_first);
    tcase_add_loop_test(tests, test_trust_withdrawn, 0, 2);
    tcase_add_test(tests, test_sessions_are_resumed);
    suite_add_tcase(suite, tests);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
