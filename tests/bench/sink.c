/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/sink.c - where everything is drained to, the peers' reports and ours alike: HTTP/1.1 on loopback without
 * TLS or disk, a thread a connection, so that the client is what is measured. Prints its port; ends with its parent.
 *
 *   POST /v1/stores/ID/tills/ID/reports   the contract's batch, unpacked; each gets its receipt (argument: company id)
 *   POST anything else                    reports as JSON lines, or one of them: counted by its "z_number"
 *   GET /stats                            what came: requests, reports, distinct, body_bytes, head_bytes,
 *                                         answer_bytes, first_us, last_us
 */
#define _GNU_SOURCE /* memmem, strcasestr */ /* NOLINT */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define NUMBERS_MAX   2000000u
#define HEAD_MAX      16384u
#define BODY_MAX      (8u << 20)
#define RECEIPT_BYTES 900u

static struct {
    pthread_mutex_t lock;
    uint64_t requests, reports, distinct, body_bytes, head_bytes, answer_bytes;
    double first_us, last_us;
    uint8_t seen[NUMBERS_MAX];
} stats = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char *company_id = "";

typedef struct connection {
    int fd;
    char *bytes; /* head and body of the request at hand, and what follows */
    size_t used;
    char *plain; /* BODY_MAX: the body unpacked */
    char *answer;
    size_t answer_room;
} connection;

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* ---- counting ---- */

/* With the lock held. */
static void count_report(uint64_t number)
{
    stats.reports++;
    if (number < NUMBERS_MAX && !stats.seen[number]) {
        stats.seen[number] = 1;
        stats.distinct++;
    }
}

static void note_request(size_t head, size_t body)
{
    double now = now_us();
    stats.requests++;
    stats.head_bytes += head;
    stats.body_bytes += body;
    stats.first_us = stats.first_us > 0 ? stats.first_us : now;
    stats.last_us = now;
}

/* Every "z_number" at the beginning of a document: documents have no line feeds, so a line is one. */
static void count_lines(const char *body, size_t length, size_t head)
{
    static const char label[] = "\"z_number\":";
    pthread_mutex_lock(&stats.lock);
    note_request(head, length);
    for (const char *line = body, *end = body + length; line < end;) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        const char *until = feed ? feed : end;
        const char *found = memmem(line, (size_t)(until - line), label, sizeof label - 1);
        if (found)
            count_report(strtoull(found + sizeof label - 1, NULL, 10));
        line = until + 1;
    }
    pthread_mutex_unlock(&stats.lock);
}

/* ---- our batches ---- */

static size_t unpack_gzip(const char *body, size_t length, char *plain)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)body, .avail_in = (uInt)length};
    stream.next_out = (Bytef *)plain;
    stream.avail_out = BODY_MAX;
    if (inflateInit2(&stream, 15 + 16) != Z_OK)
        return 0;
    bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END;
    size_t total = stream.total_out;
    inflateEnd(&stream);
    return whole ? total : 0;
}

static size_t unpack_zstd(const char *body, size_t length, char *plain)
{
    size_t total = ZSTD_decompress(plain, BODY_MAX, body, length);
    return ZSTD_isError(total) ? 0 : total;
}

/* The value of a member in a header line that the plugin wrote, without its quotes. */
static size_t find_value(const char *line, size_t length, const char *label, const char **value)
{
    const char *found = memmem(line, length, label, strlen(label));
    size_t size = 0;
    if (!found)
        return 0;
    found += strlen(label);
    while (found + size < line + length && !strchr("\",}", found[size]))
        size++;
    *value = found;
    return size;
}

static int write_result(char *to, size_t room, const char *line, size_t length, const char *const ids[4])
{
    const char *kind, *reg, *epoch, *number, *sequence, *sha256;
    int kinds = (int)find_value(line, length, "\"kind\":\"", &kind);
    int regs = (int)find_value(line, length, "\"register_id\":\"", &reg);
    int epochs = (int)find_value(line, length, "\"epoch\":", &epoch);
    int numbers = (int)find_value(line, length, "\"z_number\":", &number);
    int sequences = (int)find_value(line, length, "\"x_sequence\":", &sequence);
    int hashes = (int)find_value(line, length, "\"sha256\":\"", &sha256);
    if (kinds == 0 || regs == 0 || epochs == 0 || numbers == 0 || sequences == 0 || hashes == 0)
        return -1;
    pthread_mutex_lock(&stats.lock);
    count_report(strtoull(number, NULL, 10));
    pthread_mutex_unlock(&stats.lock);
    return snprintf(
        to, room,
        "{\"kind\":\"%.*s\",\"register_id\":\"%.*s\",\"epoch\":%.*s,\"z_number\":%.*s,\"x_sequence\":%.*s,"
        "\"sha256\":\"%.*s\",\"status\":\"delivered\",\"receipt\":{\"receipt_id\":\"r-%.*s\",\"company_id\":"
        "\"%s\",\"store_id\":\"%.*s\",\"till_id\":\"%.*s\",\"kind\":\"%.*s\",\"register_id\":\"%.*s\","
        "\"epoch\":%.*s,\"z_number\":%.*s,\"x_sequence\":%.*s,\"sha256\":\"%.*s\","
        "\"received_at_ms\":1767643200000}},",
        kinds, kind, regs, reg, epochs, epoch, numbers, number, sequences, sequence, hashes, sha256, numbers, number,
        company_id, (int)(ids[1] - ids[0]), ids[0], (int)(ids[3] - ids[2]), ids[2], kinds, kind, regs, reg, epochs,
        epoch, numbers, number, sequences, sequence, hashes, sha256);
}

/* The answer's length; 0: the batch cannot be read. */
static size_t answer_batch(connection *self, size_t plain_bytes, const char *const ids[4])
{
    size_t used = (size_t)snprintf(self->answer, self->answer_room, "{\"results\":[");
    for (size_t at = 0; at < plain_bytes;) {
        const char *line = self->plain + at, *length_text = NULL;
        const char *feed = memchr(line, '\n', plain_bytes - at);
        if (!feed || find_value(line, (size_t)(feed - line), "\"length\":", &length_text) == 0)
            return 0;
        if (self->answer_room - used < RECEIPT_BYTES) {
            char *grown = realloc(self->answer, self->answer_room * 2);
            if (!grown)
                return 0;
            self->answer = grown;
            self->answer_room *= 2;
        }
        int written = write_result(self->answer + used, self->answer_room - used, line, (size_t)(feed - line), ids);
        if (written < 0)
            return 0;
        used += (size_t)written;
        at = (size_t)(feed - self->plain) + 1 + strtoull(length_text, NULL, 10) + 1;
    }
    used -= used > 0 && self->answer[used - 1] == ',';
    return used + (size_t)snprintf(self->answer + used, self->answer_room - used, "]}");
}

/* ---- requests ---- */

static bool write_all(int fd, const char *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t wrote = send(fd, bytes + done, length - done, MSG_NOSIGNAL);
        if (wrote <= 0)
            return false;
        done += (size_t)wrote;
    }
    return true;
}

static bool reply(connection *self, int status, const char *body, size_t length)
{
    char head[256];
    int size = snprintf(head, sizeof head,
                        "HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nAccept-Encoding: zstd, gzip\r\n"
                        "Content-Length: %zu\r\n\r\n",
                        status, length);
    pthread_mutex_lock(&stats.lock);
    stats.answer_bytes += (size_t)size + length;
    pthread_mutex_unlock(&stats.lock);
    return write_all(self->fd, head, (size_t)size) && write_all(self->fd, body, length);
}

static bool reply_stats(connection *self)
{
    char text[512];
    pthread_mutex_lock(&stats.lock);
    int size =
        snprintf(text, sizeof text,
                 "{\"requests\":%" PRIu64 ",\"reports\":%" PRIu64 ",\"distinct\":%" PRIu64 ",\"body_bytes\":%" PRIu64
                 ",\"head_bytes\":%" PRIu64 ",\"answer_bytes\":%" PRIu64 ",\"first_us\":%.0f,\"last_us\":%.0f}",
                 stats.requests, stats.reports, stats.distinct, stats.body_bytes, stats.head_bytes, stats.answer_bytes,
                 stats.first_us, stats.last_us);
    pthread_mutex_unlock(&stats.lock);
    (void)reply(self, 200, text, (size_t)size);
    return false; /* the asker reads to the end */
}

static const char *find_header(const char *head, const char *name)
{
    const char *found = strcasestr(head, name);
    return found ? found + strlen(name) : NULL;
}

static bool take_batch(connection *self, const char *store, const char *body, size_t length, size_t head_bytes)
{
    const char *coding = find_header(self->bytes, "\r\nContent-Encoding: ");
    const char *store_end = strchr(store, '/');
    const char *till = store_end ? strstr(store_end, "/tills/") : NULL;
    const char *till_end = till ? strchr(till + 7, '/') : NULL;
    size_t plain_bytes = length;
    if (!till_end)
        return reply(self, 404, "", 0);
    if (!coding)
        memcpy(self->plain, body, length);
    else if (strncmp(coding, "zstd", 4) == 0)
        plain_bytes = unpack_zstd(body, length, self->plain);
    else
        plain_bytes = unpack_gzip(body, length, self->plain);
    size_t answer_bytes = answer_batch(self, plain_bytes, (const char *const[]){store, store_end, till + 7, till_end});
    pthread_mutex_lock(&stats.lock);
    note_request(head_bytes, length);
    pthread_mutex_unlock(&stats.lock);
    return answer_bytes > 0 ? reply(self, 200, self->answer, answer_bytes) : reply(self, 400, "", 0);
}

static bool serve(connection *self, size_t head_bytes, size_t length)
{
    char *body = self->bytes + head_bytes;
    if (strncmp(self->bytes, "GET /stats ", 11) == 0)
        return reply_stats(self);
    if (strncmp(self->bytes, "POST ", 5) != 0)
        return reply(self, 404, "", 0);
    if (strncmp(self->bytes, "POST /v1/stores/", 16) == 0)
        return take_batch(self, self->bytes + 16, body, length, head_bytes);
    count_lines(body, length, head_bytes);
    return reply(self, 200, "{}", 2);
}

/* One request from the connection; false: it is over. */
static bool take_request(connection *self)
{
    size_t head_bytes = 0, length = 0;
    for (;;) {
        char *end = head_bytes == 0 && self->used > 0 ? memmem(self->bytes, self->used, "\r\n\r\n", 4) : NULL;
        if (end) {
            end[3] = '\0'; /* the head as text; its last line feed is not looked at */
            head_bytes = (size_t)(end - self->bytes) + 4;
            const char *value = find_header(self->bytes, "\r\nContent-Length: ");
            length = value ? strtoull(value, NULL, 10) : 0;
            if (length > BODY_MAX || head_bytes > HEAD_MAX)
                return false;
            if (strcasestr(self->bytes, "\r\nExpect: 100-continue") &&
                !write_all(self->fd, "HTTP/1.1 100 C\r\n\r\n", 18))
                return false;
        }
        if (head_bytes > 0 && self->used >= head_bytes + length)
            break;
        ssize_t got = read(self->fd, self->bytes + self->used, HEAD_MAX + BODY_MAX - self->used);
        if (got <= 0)
            return false;
        self->used += (size_t)got;
    }
    bool more = serve(self, head_bytes, length);
    self->used -= head_bytes + length;
    memmove(self->bytes, self->bytes + head_bytes + length, self->used);
    return more;
}

static void *run_connection(void *context)
{
    connection self = {.fd = (int)(intptr_t)context, .answer_room = 1u << 20};
    self.bytes = malloc(HEAD_MAX + BODY_MAX);
    self.plain = malloc(BODY_MAX);
    self.answer = malloc(self.answer_room);
    while (self.bytes && self.plain && self.answer && take_request(&self))
        ;
    close(self.fd);
    free(self.bytes);
    free(self.plain);
    free(self.answer);
    return NULL;
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    company_id = argc > 1 ? argv[1] : "";
    (void)signal(SIGPIPE, SIG_IGN);
    if (argc > 2)
        address.sin_port = htons((uint16_t)atoi(argv[2]));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
        perror("sink");
        return 1;
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        pthread_t thread;
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            continue;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (pthread_create(&thread, NULL, run_connection, (void *)(intptr_t)fd) != 0)
            close(fd);
        else
            pthread_detach(thread);
    }
}
