/* SPDX-License-Identifier: Apache-2.0 */
/* oom/server.c - HTTP between the object and the model cloud (oom/server.h). */
#include "oom/server.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <zlib.h>
#include <zstd.h>

#include "oom/memory.h"

#define WAIT_MS  2
#define BODY_MAX ((size_t)8 << 20)

struct oom_server {
    core_cloud *cloud;
    struct MHD_Daemon *daemon;
    pthread_t thread;
    pthread_mutex_t lock;
    atomic_bool stopping;
    char *certificate, *key;
    char url[64];
};

typedef struct call {
    char *path, *content_type;
    uint8_t *body;
    size_t bytes;
    bool begun;
} call;

static void *must(void *made)
{
    if (!made)
        abort();
    return made;
}

static void *begin_call(void *ctx, const char *uri, struct MHD_Connection *connection)
{
    (void)ctx;
    (void)connection;
    call *made = must(calloc(1, sizeof *made));
    made->path = must(strdup(uri));
    return made;
}

static void end_call(void *ctx, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode code)
{
    call *ended = *state;
    (void)ctx;
    (void)connection;
    (void)code;
    if (!ended)
        return;
    free(ended->path);
    free(ended->content_type);
    free(ended->body);
    free(ended);
}

static void add_body(call *to, const char *bytes, size_t count)
{
    to->body = must(realloc(to->body, to->bytes + count + 1));
    memcpy(to->body + to->bytes, bytes, count);
    to->bytes += count;
}

static size_t inflate_gzip(const call *of, uint8_t *plain)
{
    z_stream stream = {.next_in = of->body, .avail_in = (uInt)of->bytes, .next_out = plain, .avail_out = BODY_MAX};
    ck_assert_int_eq(inflateInit2(&stream, 15 + 16), Z_OK);
    ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t size = stream.total_out;
    inflateEnd(&stream);
    return size;
}

static void decompress(call *of, const char *encoding)
{
    uint8_t *plain = must(malloc(BODY_MAX));
    bool is_zstd = strcmp(encoding, "zstd") == 0;
    size_t size = is_zstd ? ZSTD_decompress(plain, BODY_MAX, of->body, of->bytes) : inflate_gzip(of, plain);
    ck_assert_msg(!ZSTD_isError(size), "a body that zstd cannot read");
    free(of->body);
    of->body = must(realloc(plain, size + 1));
    of->bytes = size;
}

static const char *header_of(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static net_request *make_request(struct MHD_Connection *connection, const char *method, call *from)
{
    net_request *made = must(calloc(1, sizeof *made));
    const char *token = header_of(connection, "Authorization"), *key = header_of(connection, "Idempotency-Key");
    const char *encoding = header_of(connection, "Content-Encoding"), *etag = header_of(connection, "If-None-Match");
    const char *type = header_of(connection, "Content-Type");
    if (encoding)
        decompress(from, encoding);
    from->content_type = type ? must(strdup(type)) : NULL;
    made->method = method;
    made->content_type = from->content_type;
    made->path = must(strdup(from->path));
    made->token = token && strncmp(token, "Bearer ", 7) == 0 ? must(strdup(token + 7)) : NULL;
    snprintf(made->idempotency_key, sizeof made->idempotency_key, "%s", key ? key : "");
    snprintf(made->if_none_match, sizeof made->if_none_match, "%s", etag ? etag : "");
    made->body = from->body;
    made->body_bytes = from->bytes;
    from->body = NULL;
    return made;
}

static enum MHD_Result send_answer(struct MHD_Connection *connection, const net_answer *answer)
{
    char text[32];
    if (answer->outcome != NET_ANSWERED)
        return MHD_NO; /* the connection is closed */
    struct MHD_Response *made = must(MHD_create_response_from_buffer(
        answer->body_bytes, answer->body ? answer->body : (void *)"", MHD_RESPMEM_MUST_COPY));
    if (answer->content_type[0])
        MHD_add_response_header(made, "Content-Type", answer->content_type);
    if (answer->etag[0])
        MHD_add_response_header(made, "ETag", answer->etag);
    if (answer->retry_after_ms >= 0) {
        snprintf(text, sizeof text, "%lld", (long long)answer->retry_after_ms / 1000);
        MHD_add_response_header(made, "Retry-After", text);
    }
    MHD_add_response_header(made, "Accept-Encoding", "zstd, gzip");
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)answer->status, made);
    MHD_destroy_response(made);
    return result;
}

static enum MHD_Result handle(void *ctx, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *data_size, void **state)
{
    oom_server *server = ctx;
    call *at = *state;
    (void)url;
    (void)version;
    if (!at->begun) {
        at->begun = true;
        return MHD_YES;
    }
    if (*data_size > 0) {
        add_body(at, data, *data_size);
        *data_size = 0;
        return MHD_YES;
    }
    net_script *script = script_new();
    server_lock(server);
    script->handle = cloud_handle;
    script->handle_ctx = server->cloud;
    script->face.submit(&script->face, make_request(connection, method, at));
    server_unlock(server);
    ck_assert_uint_eq(script->ready_count, 1);
    enum MHD_Result result = send_answer(connection, &script->ready[0]);
    script_free(script);
    return result;
}

static void *serve(void *ctx)
{
    oom_server *server = ctx;
    memory_be_host(); /* and never inside */
    while (!atomic_load(&server->stopping))
        MHD_run_wait(server->daemon, WAIT_MS);
    return NULL;
}

oom_server *server_start(core_cloud *cloud, const http_tls *tls)
{
    oom_server *made = must(calloc(1, sizeof *made));
    made->cloud = cloud;
    pthread_mutex_init(&made->lock, NULL);
    made->certificate = tls ? http_tls_export(tls, false) : NULL;
    made->key = tls ? http_tls_export(tls, true) : NULL;
    const struct MHD_OptionItem with_tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, made->certificate},
                                              {MHD_OPTION_HTTPS_MEM_KEY, 0, made->key},
                                              {MHD_OPTION_END, 0, NULL}};
    const struct MHD_OptionItem plain[] = {{MHD_OPTION_END, 0, NULL}};
    made->daemon = must(MHD_start_daemon(MHD_USE_EPOLL | (tls ? MHD_USE_TLS : 0), 0, NULL, NULL, handle, made,
                                         MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u, MHD_OPTION_URI_LOG_CALLBACK,
                                         begin_call, NULL, MHD_OPTION_NOTIFY_COMPLETED, end_call, NULL,
                                         MHD_OPTION_ARRAY, tls ? with_tls : plain, MHD_OPTION_END));
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(made->daemon, MHD_DAEMON_INFO_BIND_PORT);
    snprintf(made->url, sizeof made->url, "%s://127.0.0.1:%u", tls ? "https" : "http", (unsigned)info->port);
    if (pthread_create(&made->thread, NULL, serve, made) != 0)
        abort();
    return made;
}

void server_stop(oom_server *server)
{
    atomic_store(&server->stopping, true);
    pthread_join(server->thread, NULL);
    MHD_stop_daemon(server->daemon);
    pthread_mutex_destroy(&server->lock);
    free(server->certificate);
    free(server->key);
    free(server);
}

const char *server_url(const oom_server *server)
{
    return server->url;
}

void server_lock(oom_server *server)
{
    pthread_mutex_lock(&server->lock);
}

void server_unlock(oom_server *server)
{
    pthread_mutex_unlock(&server->lock);
}
