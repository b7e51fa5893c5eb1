/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server: listens, and lets requests wait that want to hear of a change. It has no thread of its own; the till's
 * loop calls web_run() whenever its descriptor can be read or its time has come.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "pulse.h"
#include "web_own.h"

#define WEB_LOOK_MS         60 /* how often a change is looked for while somebody waits for one */
#define WEB_CONNECTIONS_MAX 64u
#define WEB_IDLE_S          60u
#define WEB_BUSY_TICK_MS    250 /* a plugin that wants ticks that often is in the middle of something */
#define WEB_BACKLOG         32

/* ---- requests that wait ---- */

void web_wait_for(struct web *web, struct web_request *request, enum web_wait wait, int64_t timeout_ms)
{
    request->wait = wait;
    request->until_ms = clock_real_ms() + timeout_ms;
    request->next = web->waiting;
    web->waiting = request;
    web->next_look_ms = 0;
    MHD_suspend_connection(request->connection);
}

static bool web_is_calm(const struct web *web)
{
    const struct till *till = web->till;
    return till->instance.guard == NULL ||
           (pulse_remaining_ms(till) > 0 && till->pulse.next_tick_ms >= WEB_BUSY_TICK_MS);
}

static bool web_is_over(const struct web *web, const struct web_request *request, const char *hash, int64_t now_ms)
{
    if (now_ms >= request->until_ms)
        return true;
    if (request->wait == WEB_WAIT_CALM)
        return web_is_calm(web);
    return strcmp(hash, request->have) != 0;
}

static void web_look(struct web *web)
{
    char hash[WEB_TOKEN_BYTES];
    size_t size_bytes;
    int64_t now_ms = clock_real_ms();
    if (web->waiting == NULL || now_ms < web->next_look_ms)
        return;
    web->next_look_ms = now_ms + WEB_LOOK_MS;
    char *page = web_page_make(web, &size_bytes, hash);
    if (page == NULL)
        return;
    free(page);
    for (struct web_request **at = &web->waiting; *at != NULL;) {
        struct web_request *request = *at;
        if (!web_is_over(web, request, hash, now_ms)) {
            at = &request->next;
            continue;
        }
        *at = request->next;
        request->waited = true;
        MHD_resume_connection(request->connection);
    }
}

static void web_run(void *ctx)
{
    struct web *web = ctx;
    web_look(web);
    (void)MHD_run(web->daemon);
}

static int64_t web_wait_ms(void *ctx)
{
    const struct web *web = ctx;
    MHD_UNSIGNED_LONG_LONG timeout_ms;
    int64_t wait_ms = web->waiting != NULL ? WEB_LOOK_MS : -1;
    if (MHD_get_timeout(web->daemon, &timeout_ms) == MHD_YES && (wait_ms < 0 || (int64_t)timeout_ms < wait_ms))
        wait_ms = (int64_t)timeout_ms;
    return wait_ms;
}

/* ---- listening ---- */

/* "127.0.0.1:8080" -> its two halves. */
static bool web_split(const char *address, char host[32], int64_t *port)
{
    const char *colon = strrchr(address, ':');
    if (colon == NULL || (size_t)(colon - address) >= 32)
        return false;
    memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = '\0';
    return options_parse_number(colon + 1, 0, 65535, port);
}

static int web_bind(const char *host, uint16_t port)
{
    struct sockaddr_in six_less = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    bool is_six = strcmp(host, "[::1]") == 0;
    int on = 1;
    six_less.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(is_six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    int bound = is_six ? bind(fd, (const struct sockaddr *)&six, sizeof six)
                       : bind(fd, (const struct sockaddr *)&six_less, sizeof six_less);
    if (bound == 0 && listen(fd, WEB_BACKLOG) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static bool web_find_port(struct web *web, int fd)
{
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    if (getsockname(fd, (struct sockaddr *)&own, &size) != 0)
        return false;
    web->port = own.ss_family == AF_INET6 ? ntohs(((const struct sockaddr_in6 *)&own)->sin6_port)
                                          : ntohs(((const struct sockaddr_in *)&own)->sin_port);
    return true;
}

/* -1: *fault says why. */
static int web_listen(struct web *web, const char *address, struct fault *fault)
{
    char host[32];
    int64_t port = 0;
    if (!web_split(address, host, &port)) {
        (void)fault_set(fault, "--web %s is no address: it is like 127.0.0.1:8080", address);
        return -1;
    }
    if (strcmp(host, "127.0.0.1") != 0 && strcmp(host, "localhost") != 0 && strcmp(host, "[::1]") != 0) {
        (void)fault_set(fault,
                        "--web %s: whoever reaches this page has the till in hand, so it is served on this machine "
                        "alone: 127.0.0.1, localhost or [::1]",
                        address);
        return -1;
    }
    int fd = web_bind(host, (uint16_t)port);
    if (fd < 0 || !web_find_port(web, fd)) {
        (void)fault_set(fault, "--web %s: %s; another port, or 0 for a free one?", address, strerror(errno));
        if (fd >= 0)
            (void)close(fd);
        return -1;
    }
    (void)snprintf(web->host, sizeof web->host, "%s:%u", host, (unsigned)web->port);
    (void)snprintf(web->address, sizeof web->address, "http://%s/", web->host);
    (void)snprintf(web->cookie_name, sizeof web->cookie_name, "till-%u", (unsigned)web->port);
    return fd;
}

static void web_make_secret(char text[WEB_TOKEN_BYTES])
{
    unsigned char bytes[(WEB_TOKEN_BYTES - 1) / 2];
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2hex(text, WEB_TOKEN_BYTES, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
}

static bool web_start(struct web *web, int fd, struct fault *fault)
{
    web->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, web_request_handle, web,
                                   MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, web_request_ended, web,
                                   MHD_OPTION_CONNECTION_LIMIT, WEB_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
                                   WEB_IDLE_S, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        web->daemon != NULL ? MHD_get_daemon_info(web->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (info == NULL)
        return fault_set(fault, "the web page's server does not start");
    web->guest = (struct flow_guest){.fd = info->epoll_fd, .wait_ms = web_wait_ms, .run = web_run, .ctx = web};
    return true;
}

struct web *web_open(struct till *till, const char *address, struct fault *fault)
{
    struct web *web = calloc(1, sizeof *web);
    if (web == NULL) {
        (void)fault_set(fault, "no memory for the web page");
        return NULL;
    }
    web->till = till;
    web_make_secret(web->token);
    web_make_secret(web->cookie);
    int fd = web_listen(web, address, fault);
    if (fd < 0 || !web_start(web, fd, fault)) {
        web_close(web);
        return NULL;
    }
    till->guest = &web->guest;
    struct fault ignored; /* without a plugin there is still the header */
    (void)till_open_screen(till, &ignored);
    return web;
}

const char *web_address(const struct web *web)
{
    return web->address;
}

void web_close(struct web *web)
{
    if (web == NULL)
        return;
    if (web->till->guest == &web->guest)
        web->till->guest = NULL;
    while (web->waiting != NULL) {
        struct web_request *request = web->waiting;
        web->waiting = request->next;
        request->waited = true;
        MHD_resume_connection(request->connection);
    }
    if (web->daemon != NULL)
        MHD_stop_daemon(web->daemon);
    sodium_memzero(web, sizeof *web);
    free(web);
}
