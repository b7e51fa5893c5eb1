/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client that shares a thread with the server it asks: it never blocks on its socket, but lets the till run.
 */
#include "web_client.h"

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fake_plugin.h"

#define WEB_CLIENT_DEADLINE_MS 30000

void web_client_start(struct web_client *client, uint32_t page)
{
    memset(client, 0, sizeof *client);
    till_fixture_start(&client->fixture);
    fake_plugin_reset();
    fake_plugin.page = page;
    fake_plugin.next_tick_ms = 1000;
    till_fixture_open(&client->fixture, fake_plugin_calls());
    client->web = web_open(&client->fixture.till, "127.0.0.1:0", &client->fixture.fault);
    ck_assert_msg(client->web != NULL, "%s", client->fixture.fault.text);
    client->body = client->answer;
}

void web_client_end(struct web_client *client)
{
    web_close(client->web);
    till_fixture_end(&client->fixture);
}

/* One answer's length is in its headers; the connection is closed after it anyway. */
static bool web_client_is_whole(struct web_client *client, size_t used)
{
    const char *end = strstr(client->answer, "\r\n\r\n");
    const char *length = strstr(client->answer, "Content-Length: ");
    if (end == NULL)
        return false;
    client->body = end + 4;
    if (strncmp(client->answer + 9, "204", 3) == 0)
        return true;
    return length != NULL && length < end &&
           used >= (size_t)(end + 4 - client->answer) + (size_t)strtoul(length + 16, NULL, 10);
}

static int web_client_connect(const struct web_client *client)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(client->web->port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    return fd;
}

static void web_client_remember(struct web_client *client)
{
    const char *screen = strstr(client->answer, "data-screen=\"");
    const char *revision = strstr(client->answer, "data-revision=\"");
    if (screen != NULL)
        (void)sscanf(screen, "data-screen=\"%63[^\"]", client->screen);
    if (revision != NULL)
        (void)sscanf(revision, "data-revision=\"%15[0-9]", client->revision);
}

void web_client_send(struct web_client *client, const char *request)
{
    size_t sent = 0, used = 0, size = strlen(request);
    int fd = web_client_connect(client);
    int64_t deadline_ms = clock_real_ms() + WEB_CLIENT_DEADLINE_MS;
    bool over = false;
    client->answer[0] = '\0';
    while (!over) {
        struct flow_wait wait = {.timeout_real_ms = 2, .fd = -1};
        ck_assert_msg(clock_real_ms() < deadline_ms, "no whole answer: %s", client->answer);
        if (sent < size) {
            ssize_t put = send(fd, request + sent, size - sent, MSG_NOSIGNAL);
            sent += put > 0 ? (size_t)put : 0;
            if (put < 0 && errno != EAGAIN)
                sent = size; /* it was refused before its end */
        }
        (void)flow_until(&client->fixture.till, &wait, &client->fixture.fault);
        ssize_t got = recv(fd, client->answer + used, sizeof client->answer - 1 - used, 0);
        used += got > 0 ? (size_t)got : 0;
        client->answer[used] = '\0';
        over = web_client_is_whole(client, used) || got == 0;
    }
    (void)close(fd);
    client->status = 0;
    (void)sscanf(client->answer, "HTTP/1.1 %d", &client->status);
    web_client_remember(client);
}

const char *web_client_cookie(const struct web_client *client)
{
    static char line[160];
    (void)snprintf(line, sizeof line, "Cookie: %s=%s\r\n", client->web->cookie_name, client->web->cookie);
    return line;
}

void web_client_get(struct web_client *client, const char *path)
{
    char request[1024];
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n%sConnection: close\r\n\r\n", path,
                   client->web->host, web_client_cookie(client));
    web_client_send(client, request);
}

void web_client_post_raw(struct web_client *client, const char *path, const char *headers, const char *body)
{
    size_t size = strlen(body) + strlen(headers) + 1024;
    char *request = malloc(size);
    ck_assert_ptr_nonnull(request);
    (void)snprintf(request, size,
                   "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                   "Content-Length: %zu\r\nConnection: close\r\n%s\r\n%s",
                   path, client->web->host, strlen(body), headers, body);
    web_client_send(client, request);
    free(request);
}

void web_client_post(struct web_client *client, const char *path, const char *fields)
{
    size_t size = strlen(fields) + 512;
    char *body = malloc(size);
    ck_assert_ptr_nonnull(body);
    (void)snprintf(body, size, "token=%s&screen=%s&revision=%s&%s", client->web->token, client->screen,
                   client->revision, fields);
    web_client_post_raw(client, path, web_client_cookie(client), body);
    free(body);
}

bool web_client_has(const struct web_client *client, const char *words)
{
    return strstr(client->answer, words) != NULL;
}
