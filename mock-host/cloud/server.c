/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP server: a thread a connection, so that a password being hashed, a slow client or a fault rule holds up
 * nobody but itself; tills keep their connection for a batch or two and leave. What a request leaves behind in the
 * process is a line in the log.
 */
#include "exchange.h"
#include "log.h"
#include "problem.h"
#include "routes.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

#define CONNECTIONS_MAX 512u
#define IDLE_TIMEOUT_S  75u
#define STACK_BYTES     (size_t)(1024 * 1024)
/* What is read and thrown away of a request that is refused already, so that the client gets to read the answer. */
#define DISCARD_BYTES_MAX    (32u * 1024u * 1024u)
#define FAULT_BODY_BYTES_MAX 65536u

struct server {
    server_config config;
    struct MHD_Daemon *daemon;
};

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *header_of(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static const char *parameter_of(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
}

/* Without TLS there is a proxy before us on this machine, and the last address it wrote is its client's. */
static void find_client(exchange *self, struct MHD_Connection *connection)
{
    const char *forwarded = self->config->cert_pem ? NULL : header_of(connection, "X-Forwarded-For");
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    snprintf(self->client, sizeof self->client, "unknown");
    if (forwarded) {
        const char *last = strrchr(forwarded, ',');
        last = last ? last + 1 : forwarded;
        snprintf(self->client, sizeof self->client, "%s", last + strspn(last, " "));
    } else if (info && info->client_addr) {
        socklen_t length =
            info->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
        if (getnameinfo(info->client_addr, length, self->client, sizeof self->client, NULL, 0, NI_NUMERICHOST) != 0)
            snprintf(self->client, sizeof self->client, "unknown");
    }
}

static exchange *open_exchange(const server *self, struct MHD_Connection *connection, const char *path,
                               const char *method)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    exchange *one = calloc(1, sizeof *one);
    if (!one)
        return NULL;
    one->config = &self->config;
    one->started_ms = monotonic_ms();
    one->fd = info ? info->connect_fd : -1;
    one->plan.cut_after_bytes = -1;
    one->is_fault_route = self->config.faults && faults_owns(path);
    find_client(one, connection);
    one->request = (request){.api = self->config.api,
                             .now_ms = self->config.clock_ms(self->config.clock_context),
                             .method = method,
                             .path = path,
                             .client = one->client,
                             .authorization = header_of(connection, "Authorization"),
                             .content_type = header_of(connection, "Content-Type"),
                             .content_encoding = header_of(connection, "Content-Encoding"),
                             .idempotency_key = header_of(connection, "Idempotency-Key"),
                             .query_limit = parameter_of(connection, "limit"),
                             .query_after = parameter_of(connection, "after"),
                             .query_q = parameter_of(connection, "q"),
                             .query_revision = parameter_of(connection, "revision"),
                             .query_since = parameter_of(connection, "since"),
                             .if_none_match = header_of(connection, "If-None-Match"),
                             .query_page = parameter_of(connection, "page"),
                             .query_from = parameter_of(connection, "from"),
                             .query_to = parameter_of(connection, "to"),
                             .cookie = header_of(connection, "Cookie"),
                             .accept = header_of(connection, "Accept"),
                             .accept_language = header_of(connection, "Accept-Language"),
                             .fetch_site = header_of(connection, "Sec-Fetch-Site"),
                             .body = ""};
    return one;
}

/* The request's head is there: everything that can be decided before its body. */
static enum MHD_Result begin(exchange *self, struct MHD_Connection *connection)
{
    size_t max_body = FAULT_BODY_BYTES_MAX;
    const char *length = header_of(connection, "Content-Length");
    if (!self->is_fault_route)
        api_begin(&self->request, &self->answer, &max_body);
    if (self->answer.status == 0) {
        self->body = body_open(self->is_fault_route ? BODY_IDENTITY : body_parse_coding(self->request.content_encoding),
                               max_body);
        if (!self->body)
            problem_set(&self->answer, PROBLEM_BUSY, NULL);
    }
    if (length && strtoull(length, NULL, 10) > DISCARD_BYTES_MAX) {
        if (self->answer.status == 0)
            problem_set(&self->answer, PROBLEM_TOO_LARGE, NULL);
        return reply_send(self, connection);
    }
    /* A client that asks before it sends a large body is spared sending it. */
    if (self->answer.status != 0 && header_of(connection, "Expect"))
        return reply_send(self, connection);
    return MHD_YES;
}

static enum MHD_Result take_body(exchange *self, const char *bytes, size_t *length)
{
    self->received_bytes += *length;
    if (self->received_bytes > DISCARD_BYTES_MAX)
        return MHD_NO;
    if (self->answer.status == 0)
        body_feed(self->body, bytes, *length);
    *length = 0;
    return MHD_YES;
}

static void refuse_body(exchange *self, body_status status)
{
    switch (status) {
    case BODY_TOO_LARGE:
        problem_set(&self->answer, PROBLEM_TOO_LARGE, NULL);
        break;
    case BODY_BROKEN:
        problem_set(&self->answer, PROBLEM_MALFORMED, "The body is not what its Content-Encoding says, or is cut off.");
        break;
    case BODY_WINDOW:
        problem_set(&self->answer, PROBLEM_MALFORMED, "The zstd frame needs a window above 8 MiB.");
        break;
    default:
        problem_set(&self->answer, PROBLEM_BUSY, NULL);
        break;
    }
}

static void handle(exchange *self)
{
    if (self->answer.status != 0)
        return;
    body_status status = body_finish(self->body, &self->request.body, &self->request.body_bytes);
    if (status != BODY_OK)
        refuse_body(self, status);
    else if (self->is_fault_route)
        faults_handle(self->config->faults, &self->request, &self->answer);
    else
        api_handle(&self->request, &self->answer);
}

/* False: the connection is to be closed without an answer. */
static bool apply_plan_before(exchange *self)
{
    faults *switches = self->config->faults;
    fault_plan *plan = &self->plan;
    if (!switches || self->is_fault_route)
        return true;
    faults_plan(switches, self->request.route ? self->request.route->name : "", plan);
    if (plan->delay_ms > 0 && !faults_wait(switches, plan->delay_ms, self->fd))
        return false;
    if (plan->hang) {
        faults_wait(switches, -1, self->fd);
        return false;
    }
    if (plan->status) {
        problem_set(&self->answer, problem_for_status(plan->status), NULL);
        self->answer.status = plan->status;
        self->answer.retry_after_s = plan->retry_after_s ? plan->retry_after_s : self->answer.retry_after_s;
    }
    return !plan->drop_before;
}

static enum MHD_Result finish(exchange *self, struct MHD_Connection *connection)
{
    if (!apply_plan_before(self))
        return MHD_NO;
    handle(self);
    return self->plan.drop_after ? MHD_NO : reply_send(self, connection);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *bytes, size_t *length,
                                  void **slot)
{
    exchange *one = *slot;
    (void)version;
    if (!one) {
        one = open_exchange(context, connection, path, method);
        *slot = one;
        return one ? begin(one, connection) : MHD_NO;
    }
    return *length > 0 ? take_body(one, bytes, length) : finish(one, connection);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **slot,
                         enum MHD_RequestTerminationCode how)
{
    exchange *one = *slot;
    (void)context;
    (void)connection;
    if (!one)
        return;
    const route *taken = one->request.route;
    if (!one->is_fault_route)
        log_line(LOG_LEVEL_INFO, "%s %s %d %s %lld ms, %zu bytes in, %zu out%s",
                 one->request.method[0] ? one->request.method : "-", taken ? taken->pattern : "(no route)",
                 one->answer.status, one->answer.slug ? one->answer.slug : "-",
                 (long long)(monotonic_ms() - one->started_ms), one->received_bytes, one->sent_bytes,
                 how == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "" : ", cut off");
    body_close(one->body);
    response_clear(&one->answer);
    free(one);
    *slot = NULL;
}

static void on_library_error(void *context, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
static void on_library_error(void *context, const char *format, va_list arguments)
{
    char text[400];
    (void)context;
    vsnprintf(text, sizeof text, format, arguments);
    text[strcspn(text, "\n")] = 0;
    log_line(LOG_LEVEL_DEBUG, "http: %s", text);
}

server *server_start(const server_config *config)
{
    server *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->config = *config;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)config->cert_pem},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)config->key_pem},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL}};
    if (!config->cert_pem)
        tls[0] = tls[3];
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL |
                     MHD_USE_ERROR_LOG | MHD_USE_ITC | (config->cert_pem ? MHD_USE_TLS : 0);
    self->daemon =
        MHD_start_daemon(flags, 0, NULL, NULL, on_request, self, MHD_OPTION_EXTERNAL_LOGGER, on_library_error, NULL,
                         MHD_OPTION_LISTEN_SOCKET, config->listen_fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
                         MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_S,
                         MHD_OPTION_THREAD_STACK_SIZE, STACK_BYTES, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)65536,
                         MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
    if (self->daemon)
        return self;
    log_line(LOG_LEVEL_ERROR, "the HTTP server does not start (is the certificate readable?)");
    free(self);
    return NULL;
}

void server_stop(server *self)
{
    if (!self)
        return;
    if (self->config.faults)
        faults_end(self->config.faults);
    MHD_stop_daemon(self->daemon);
    free(self);
}
