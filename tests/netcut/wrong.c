/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/netcut/wrong.c - somebody else stands in the cloud's place, or something between mangles what it says: garbage,
 * too much, wrong lengths, bombs, certificates that are no good, redirects, downgrades. Each is told to the owner in the
 * right words, on the status page and by Diagnose; nothing is lost, nothing taken for delivered, and no bearer token
 * goes to whom it does not belong. Then the cloud is back, and all is delivered.
 */
#include "netcut/bench.h"
#include "netcut/netcut.h"
#include "netcut/wrong.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define JSON "Content-Type: application/json\r\n"
/* What a bomb may make the process grow by; unpacked it would be many times that. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RSS_MAX_KB 200000 /* what is freed stays with them for a while */
#else
#define RSS_MAX_KB 24000
#endif

static const char lost[] = "The connection was lost before FactoryCLOUD had answered.";
static const char not_whole[] = "its answer does not arrive whole";
static const char not_secure[] = "A secure connection to FactoryCLOUD was not possible.";
static const char nothing_is_sent[] = "The connection is not secure, so nothing is sent over it";
static const char another[] = "Something else answered in FactoryCLOUD's place";
static const char another_answers[] = "Something else answers in FactoryCLOUD's place";

static const struct wrong {
    const char *name;
    http_tls_options tls;
    bool is_stranger; /* its authority is not trusted */
    bool no_tls;
    bool is_silent_about_token; /* no request may reach it */
    bool redirects;             /* `reply.headers` is a format for the port of the server that must hear nothing */
    wrong_body body;
    http_reply reply;
    const char *line, *diagnosis;
} wrongs[] = {
    {.name = "garbage instead of HTTP",
     .reply = {.raw = "\x16\x03\x01 SSH-2.0-nonsense\r\n\r\n", .close = true},
     .line = lost,
     .diagnosis = not_whole},
    {.name = "garbage that says it is JSON",
     .reply = {.headers = JSON, .body = "{\"results\": [\x01\xff"},
     .line = another,
     .diagnosis = another_answers},
    {.name = "an empty 200", .reply = {.headers = JSON}, .line = another, .diagnosis = another_answers},
    {.name = "a portal's log-in page",
     .reply = {.headers = "Content-Type: text/html\r\n", .body = "<html>Welcome to our Wi-Fi</html>"},
     .line = another,
     .diagnosis = another_answers},
    {.name = "an answer that says it is oversized",
     .reply = {.raw = "HTTP/1.1 200 OK\r\n" JSON "Content-Length: 99999999\r\n\r\n{", .close = true},
     .line = another,
     .diagnosis = another_answers},
    {.name = "an answer without an end", .body = WRONG_ENDLESS, .line = another, .diagnosis = another_answers},
    {.name = "headers without an end", .body = WRONG_HEADERS, .line = another, .diagnosis = another_answers},
    {.name = "Content-Length too long",
     .reply = {.raw = "HTTP/1.1 200 OK\r\n" JSON "Content-Length: 50\r\n\r\n{}", .close = true},
     .line = lost,
     .diagnosis = not_whole},
    {.name = "Content-Length too short",
     .reply = {.raw = "HTTP/1.1 200 OK\r\n" JSON "Content-Length: 1\r\n\r\n{\"results\":[]}", .close = true},
     .line = another,
     .diagnosis = another_answers},
    {.name = "Content-Length that is no number",
     .reply = {.raw = "HTTP/1.1 200 OK\r\n" JSON "Content-Length: -7\r\n\r\n{}", .close = true},
     .line = lost,
     .diagnosis = not_whole},
    {.name = "chunks cut short",
     .reply = {.raw = "HTTP/1.1 200 OK\r\n" JSON "Transfer-Encoding: chunked\r\n\r\n40\r\n{\"results\":",
               .close = true},
     .line = lost,
     .diagnosis = not_whole},
    {.name = "chunks of no size",
     .reply = {.raw = "HTTP/1.1 200 OK\r\n" JSON "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n", .close = true},
     .line = lost,
     .diagnosis = not_whole},
    {.name = "a gzip bomb", .body = WRONG_GZIP_BOMB, .line = another, .diagnosis = another_answers},
    {.name = "a zstd bomb", .body = WRONG_ZSTD_BOMB, .line = another, .diagnosis = another_answers},
    {.name = "a certificate that has expired",
     .tls = {.from_days = -20, .until_days = -10},
     .is_silent_about_token = true,
     .line = not_secure,
     .diagnosis = nothing_is_sent},
    {.name = "a certificate that is not valid yet",
     .tls = {.from_days = 10, .until_days = 20},
     .is_silent_about_token = true,
     .line = not_secure,
     .diagnosis = nothing_is_sent},
    {.name = "a certificate that signs itself",
     .tls = {.self_signed = true},
     .is_silent_about_token = true,
     .line = not_secure,
     .diagnosis = nothing_is_sent},
    {.name = "a certificate for another host",
     .tls = {.host = "other.test"},
     .is_silent_about_token = true,
     .line = not_secure,
     .diagnosis = nothing_is_sent},
    {.name = "a certificate of another authority",
     .is_stranger = true,
     .is_silent_about_token = true,
     .line = not_secure,
     .diagnosis = nothing_is_sent},
    {.name = "TLS 1.0 only",
     .tls = {.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.0"},
     .is_silent_about_token = true,
     .line = not_secure,
     .diagnosis = nothing_is_sent},
    {.name = "TLS 1.1 only",
     .tls = {.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.1"},
     .is_silent_about_token = true,
     .line = not_secure,
     .diagnosis = nothing_is_sent},
    {.name = "no TLS at all",
     .no_tls = true,
     .is_silent_about_token = true,
     .line = not_secure,
     .diagnosis = nothing_is_sent},
    {.name = "a redirect to another host (302)",
     .redirects = true,
     .reply = {.status = 302, .headers = "Location: https://localhost:%d/\r\n"},
     .line = another,
     .diagnosis = another_answers},
    {.name = "a redirect that keeps the request (307)",
     .redirects = true,
     .reply = {.status = 307, .headers = "Location: https://localhost:%d/\r\n"},
     .line = another,
     .diagnosis = another_answers},
    {.name = "a redirect to plain HTTP (301)",
     .redirects = true,
     .reply = {.status = 301, .headers = "Location: http://127.0.0.1:%d/\r\n"},
     .line = another,
     .diagnosis = another_answers},
    {.name = "a redirect to plain HTTP for good (308)",
     .redirects = true,
     .reply = {.status = 308, .headers = "Location: http://127.0.0.1:%d/\r\n"},
     .line = another,
     .diagnosis = another_answers},
};

#define WRONGS ((int)(sizeof wrongs / sizeof wrongs[0]))

/* ---- the scene ---- */

typedef struct scene {
    bench b;
    http_tls *tls;
    http_server *wrong;     /* in the cloud's place */
    http_server *elsewhere; /* where redirects lead */
    char headers[128];
    char *made;
} scene;

static void append_file(const char *from, const char *to)
{
    size_t size = 0;
    char *text = e2e_read_file(from, &size);
    FILE *file = fopen(to, "ae");
    ck_assert(text && file && fwrite(text, 1, size, file) == size && fclose(file) == 0);
    free(text);
}

/* The till trusts the cloud's authority, and that of the wrong server where it is to be trusted. */
static void trust(scene *s, bool both)
{
    char bundle[E2E_PATH_BYTES], other[E2E_PATH_BYTES];
    e2e_join_path(bundle, s->b.host.folder, "bundle.pem");
    e2e_join_path(other, s->b.host.folder, "other.pem");
    append_file(s->b.cloud.ca, bundle);
    http_tls_write_ca(s->tls, other);
    if (both)
        append_file(other, bundle);
    e2e_host_stop(&s->b.host);
    e2e_host_aim(&s->b.host, s->b.door.url, bundle);
    ck_assert_int_eq(e2e_host_start(&s->b.host, NULL, 0), POS_OK);
}

/* What a plain HTTP server says to a TLS handshake. */
static void *answer_in_plain(void *context, int fd)
{
    static const char words[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    (void)context;
    (void)send(fd, words, sizeof words - 1, MSG_NOSIGNAL);
    return NULL;
}

static void scene_open(scene *s, const struct wrong *w)
{
    static const http_reply deaf = {.body = "{}"};
    static const http_layer plain = {.open = answer_in_plain};
    http_reply reply = w->reply;
    memset(s, 0, sizeof *s);
    s->tls = http_tls_new(&w->tls);
    s->elsewhere = http_server_start(&deaf, 1, NULL);
    if (w->redirects) {
        snprintf(s->headers, sizeof s->headers, "Location: %s%d/\r\n",
                 strstr(w->reply.headers, "https") ? "https://localhost:" : "http://127.0.0.1:",
                 http_server_port(s->elsewhere));
        reply.headers = s->headers;
    }
    if (w->body)
        s->made = wrong_make(w->body, &reply);
    s->wrong = http_server_start(&reply, 1, w->no_tls ? &plain : http_tls_layer(s->tls));
    bench_open(&s->b, false);
    trust(s, !w->is_stranger);
}

static void scene_close(scene *s)
{
    bench_close(&s->b);
    http_server_stop(s->wrong);
    http_server_stop(s->elsewhere);
    http_tls_free(s->tls);
    free(s->made);
}

/* ---- one case ---- */

static void run_case(const struct wrong *w)
{
    static scene s;
    scene_open(&s, w);
    int64_t began_us = e2e_now_us(), before_kb = wrong_read_rss_kb();
    proxy_aim(s.b.proxy, http_server_port(s.wrong));
    proxy_drop(s.b.proxy);
    bench_close_days(&s.b, 1);
    wrong_check_words(&s.b, w->line, w->diagnosis);
    ck_assert_uint_eq(s.b.host.tick.pending, 1);
    ck_assert_int_eq(bench_ask(&s.b, "SELECT COUNT(*) FROM reports WHERE kind = 'Z'"), s.b.last_z - 1);
    ck_assert_int_eq(http_server_connections(s.elsewhere), 0);
    ck_assert_int_ge(http_server_connections(s.wrong), 1);
    if (w->is_silent_about_token)
        ck_assert_uint_eq(http_server_count(s.wrong), 0);
    if (w->body)
        ck_assert_int_lt(wrong_read_rss_kb() - before_kb, RSS_MAX_KB);
    proxy_aim(s.b.proxy, s.b.cloud.port);
    proxy_drop(s.b.proxy);
    bench_await_delivered(&s.b);
    wrong_check_healed(&s.b);
    scene_close(&s);
    netcut_print_told(w->name, began_us);
}

START_TEST(wrong_server)
{
    run_case(&wrongs[_i]);
}
END_TEST

void wrong_add_cases(Suite *suite, unsigned part, unsigned of)
{
    TCase *tests = tcase_create("wrong");
    tcase_set_timeout(tests, 120);
    for (int i = 0; i < WRONGS; i++) {
        if ((unsigned)i % of == part)
            tcase_add_loop_test(tests, wrong_server, i, i + 1);
    }
    suite_add_tcase(suite, tests);
}
