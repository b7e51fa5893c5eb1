/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/row_fleet.c - ten thousand tills on one cloud: the plugin's own core in each of them, on a clock that runs
 * faster than ours, and the mock cloud as a process, over TLS. All boot at once; half an hour of X reports; then all
 * close within one minute. What the tills ask for travels over a few hundred kept connections, as through a proxy, for
 * a machine that is cloud and fleet at once has no room for the fleet's side of ten thousand handshakes.
 */
#include "bench/cloud.h"
#include "bench/due.h"
/* Both have one. */
#define bench_run virtual_run
#include "support/core_bench.h"
#undef bench_run

#include <inttypes.h>

#define CONNECTIONS 200
#define A_STORE     4 /* tills */
#define HALF_HOUR   INT64_C(1800000)
#define X_SPEED     60.0
#define CLOSE_SPEED 4.0 /* a closing minute in 15 s */
#define MINUTES     30
#define GIVE_UP_S   300

typedef struct fleet_till {
    bench self;
    size_t number;
    int64_t due_ms;      /* the next tick */
    int64_t close_at_ms; /* 0: not to close, or closed */
    double closed_us;    /* real time; 0: not closed */
    bool got_x, got_z;
} fleet_till;

/* A request on its way, or waiting for a connection. */
typedef struct errand {
    fleet_till *till;
    uint32_t ticket;
    struct errand *next;
} errand;

typedef struct carrier {
    CURL *easy;
    struct curl_slist *headers;
    errand *load;
    char *body;
    size_t bytes;
} carrier;

static bench_cloud cloud;
static fleet_till *tills;
static size_t count;
static CURLM *multi;
static carrier carriers[CONNECTIONS];
static errand *first_errand, **last_errand = &first_errand;
static size_t errands_waiting, errands_waiting_most;
static double speed, started_us;
static int64_t now_ms, base_ms, started_ms; /* of the fleet's clock */
static uint64_t x_of_minute[MINUTES + 1];
static size_t with_x, with_z;
static bench_samples close_s;
static bench_agenda agenda;

static void push_due(fleet_till *till, int64_t at_ms)
{
    till->due_ms = at_ms;
    bench_due_push(&agenda, at_ms, till);
}

/* ---- the shop ---- */

static int write_document(char *document, size_t room, char kind, int64_t z_number, int64_t x_sequence)
{
    char sequence[40] = "";
    if (kind == 'X')
        snprintf(sequence, sizeof sequence, "\"x_sequence\":%" PRId64 ",", x_sequence);
    return snprintf(document, room,
                    "{\"schema\":\"pos.report.%s/1\",\"report_type\":\"%c\",\"register_id\":\"till-1\",\"currency\":"
                    "\"EUR\",\"z_number\":%" PRId64 ",%s\"business_date\":\"2026-11-20\",\"totals\":{"
                    "\"gross_turnover\":1210,\"net_turnover\":1000,\"tax_total\":210}}",
                    kind == 'X' ? "x" : "z", kind, z_number, sequence);
}

static int32_t give_running(void *ctx, int64_t min_sequence, pos_report_visitor visitor, void *visitor_ctx)
{
    const bench *b = ctx;
    char document[600];
    int64_t z_number = bench_last_number(b) + 1;
    int length = write_document(document, sizeof document, 'X', z_number, min_sequence);
    pos_report x = {.struct_size = sizeof x,
                    .kind = POS_REPORT_X,
                    .document = document,
                    .document_size = (uint32_t)length,
                    .register_id = b->reg,
                    .business_date = "2026-11-20",
                    .currency = "EUR",
                    .z_number = z_number,
                    .x_sequence = min_sequence,
                    .closed_at_ms = b->now.wall_ms};
    return visitor(visitor_ctx, &x);
}

static void close_day(fleet_till *till)
{
    char document[600];
    bench *b = &till->self;
    bench_close *z = bench_commit(b, 1, "a");
    int length = write_document(document, sizeof document, 'Z', 1, 0);
    free(z->document);
    z->document = strdup(document);
    ck_assert_ptr_nonnull(z->document);
    z->size = (uint32_t)length;
    memcpy(z->date, "2026-11-20", sizeof z->date);
    ck_assert_int_eq(bench_hand_over(b, z), POS_OK);
    till->close_at_ms = 0;
    till->closed_us = bench_now_us();
}

/* ---- the way to the cloud ---- */

static void take_request(void *ctx, net_script *script, const script_request *request)
{
    fleet_till *till = ctx;
    errand *one = calloc(1, sizeof *one);
    (void)script;
    ck_assert_ptr_nonnull(one);
    *one = (errand){.till = till, .ticket = request->ticket};
    *last_errand = one;
    last_errand = &one->next;
    if (++errands_waiting > errands_waiting_most)
        errands_waiting_most = errands_waiting;
    int64_t minute = (till->self.now.elapsed_ms - started_ms) / 60000;
    if (till->closed_us <= 0 && minute < MINUTES)
        x_of_minute[minute]++;
}

static size_t take_bytes(char *bytes, size_t unit, size_t n, void *ctx)
{
    carrier *self = ctx;
    size_t got = unit * n;
    char *grown = realloc(self->body, self->bytes + got + 1);
    ck_assert_ptr_nonnull(grown);
    self->body = grown;
    memcpy(self->body + self->bytes, bytes, got);
    self->bytes += got;
    self->body[self->bytes] = '\0';
    return got;
}

static void send_off(carrier *self)
{
    char url[500], token[64], header[120];
    errand *load = first_errand;
    first_errand = load->next;
    if (!first_errand)
        last_errand = &first_errand;
    errands_waiting--;
    const net_request *request = script_find(load->till->self.net, load->ticket)->request;
    self->load = load;
    self->bytes = 0;
    bench_cloud_token(load->till->number, token);
    snprintf(url, sizeof url, "%s%s", cloud.url, request->path);
    snprintf(header, sizeof header, "Authorization: Bearer %s", token);
    curl_slist_free_all(self->headers);
    self->headers = curl_slist_append(NULL, header);
    self->headers = curl_slist_append(self->headers, "Content-Type: " BATCH_TYPE);
    self->headers = curl_slist_append(self->headers, "Expect:");
    curl_easy_setopt(self->easy, CURLOPT_URL, url);
    curl_easy_setopt(self->easy, CURLOPT_HTTPHEADER, self->headers);
    curl_easy_setopt(self->easy, CURLOPT_POSTFIELDS, request->body);
    curl_easy_setopt(self->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_bytes);
    ck_assert_int_eq(curl_multi_add_handle(multi, self->easy), CURLM_OK);
}

static void bring_back(carrier *self, CURLcode code)
{
    long status = 0;
    char *type = NULL;
    errand *load = self->load;
    curl_easy_getinfo(self->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(self->easy, CURLINFO_CONTENT_TYPE, &type);
    if (code == CURLE_OK)
        script_reply(load->till->self.net, load->ticket, (int32_t)status, type ? type : "", self->body);
    else
        script_fail(load->till->self.net, load->ticket, NET_FAILED_CONNECT);
    push_due(load->till, now_ms > load->till->self.now.elapsed_ms ? now_ms : load->till->self.now.elapsed_ms);
    free(load);
    self->load = NULL;
}

static void carry(int wait_ms)
{
    int left;
    const CURLMsg *message;
    for (size_t i = 0; i < CONNECTIONS && first_errand; i++)
        if (!carriers[i].load)
            send_off(&carriers[i]);
    ck_assert_int_eq(curl_multi_perform(multi, &left), CURLM_OK);
    ck_assert_int_eq(curl_multi_poll(multi, NULL, 0, wait_ms, NULL), CURLM_OK);
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        carrier *self = NULL;
        CURLcode code = message->data.result;
        CURL *easy = message->easy_handle;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self);
        curl_multi_remove_handle(multi, easy);
        bring_back(self, code);
    }
}

static void open_carriers(void)
{
    multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS);
    for (size_t i = 0; i < CONNECTIONS; i++) {
        CURL *easy = carriers[i].easy = curl_easy_init();
        curl_easy_setopt(easy, CURLOPT_CAINFO, cloud.shop.cloud.ca);
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, &carriers[i]);
        curl_easy_setopt(easy, CURLOPT_PRIVATE, &carriers[i]);
    }
}

static void close_carriers(void)
{
    for (size_t i = 0; i < CONNECTIONS; i++) {
        curl_easy_cleanup(carriers[i].easy);
        curl_slist_free_all(carriers[i].headers);
        free(carriers[i].body);
    }
    curl_multi_cleanup(multi);
}

/* ---- the fleet's time ---- */

static void set_speed(double wanted)
{
    base_ms = now_ms;
    speed = wanted;
    started_us = bench_now_us();
}

static void look_at(fleet_till *till)
{
    const core *c = till->self.core;
    if (!till->got_x && c->x.last_sent_ms > BENCH_WALL_MS + BENCH_DAY_MS) {
        till->got_x = true;
        with_x++;
    }
    if (till->closed_us > 0 && !till->got_z && core_get_queue(c, till->self.now).pending == 0) {
        till->got_z = true;
        with_z++;
        bench_add(&close_s, (bench_now_us() - till->closed_us) / 1e6);
    }
}

static void tick_due(void)
{
    while (bench_due_next_ms(&agenda) <= now_ms) {
        bench_due one = bench_due_pop(&agenda);
        fleet_till *till = one.item;
        if (one.at_ms != till->due_ms)
            continue; /* it was asked for sooner */
        /* When it wanted to, not when this machine got round to it; but what waits for the network waits in our time. */
        int64_t at_ms = sender_wait_ms(till->self.core, till->self.now) >= 0 ? now_ms : one.at_ms;
        till->self.now.wall_ms += at_ms - till->self.now.elapsed_ms;
        till->self.now.elapsed_ms = at_ms;
        if (till->close_at_ms != 0 && till->close_at_ms <= at_ms)
            close_day(till);
        int64_t wait_ms = bench_tick(&till->self, 0);
        look_at(till);
        int64_t next_ms = at_ms + wait_ms;
        push_due(till, till->close_at_ms != 0 && till->close_at_ms < next_ms ? till->close_at_ms : next_ms);
    }
}

/* One look at the clock, what is due, and the network. */
static void step(void)
{
    now_ms = base_ms + (int64_t)((bench_now_us() - started_us) / 1e3 * speed);
    tick_due();
    double wait_ms = (double)(bench_due_next_ms(&agenda) - now_ms) / speed;
    carry(wait_ms < 0 ? 0 : wait_ms > 5 ? 5 : (int)wait_ms);
}

/* ---- the parts of the day ---- */

/* Logged in, with a store and X reports on, and the first X behind it: on a clock of its own, and a model of a cloud. */
static void open_till(fleet_till *till, size_t number)
{
    bench *b = &till->self;
    char store_id[32];
    till->number = number;
    snprintf(store_id, sizeof store_id, "sto_%05zu", number / A_STORE);
    bench_open(b);
    bench_seed = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    ck_assert_msg(bench_start(b), "%s", b->why);
    ck_assert(bench_log_in(b));
    ck_assert_int_eq(bench_assign(b, store_id, CLAIM_FIRST, NULL), PROGRESS_DONE);
    core_begin_call(b->core);
    ck_assert(core_set_x_enabled(b->core, b->now, true));
    virtual_run(b, 60000);
    b->reports.running = give_running;
}

/* The process ends and begins again, at nine o'clock like everybody's. */
static void boot(fleet_till *till)
{
    bench *b = &till->self;
    bench_stop(b);
    b->now = (core_time){.wall_ms = BENCH_WALL_MS + BENCH_DAY_MS, .elapsed_ms = now_ms};
    ck_assert_msg(bench_start(b), "%s", b->why);
    b->net->handle = take_request;
    b->net->handle_ctx = till;
    push_due(till, now_ms);
}

/* The tills as they are go into the cloud's database, with the model's company and stores. */
static void tell_cloud(void)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(cloud.shop.cloud.database, &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(db, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
    for (size_t i = 0; i < count; i++) {
        const cloud_token *known = &tills[i].self.cloud.tokens[0];
        bench_cloud_add_till(db, i, "com_1", known->store, known->till);
    }
    ck_assert_int_eq(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

/* Boots, half an hour of X, and some time for the last of them. */
static void run_half_hour(void)
{
    started_ms = now_ms;
    for (size_t i = 0; i < count; i++)
        boot(&tills[i]);
    set_speed(X_SPEED);
    while (now_ms < started_ms + HALF_HOUR + 60000)
        step();
}

static void run_closing_minute(void)
{
    errands_waiting_most = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t dice = (i + 1) * UINT64_C(0xbf58476d1ce4e5b9);
        tills[i].close_at_ms = now_ms + 1 + (int64_t)((dice >> 20) % 60000);
        push_due(&tills[i], tills[i].close_at_ms);
    }
    set_speed(CLOSE_SPEED);
    while (with_z < count && bench_now_us() < started_us + GIVE_UP_S * 1e6)
        step();
}

static void print(const char *what, const char *unit, double value, const char *aim)
{
    char name[120];
    snprintf(name, sizeof name, "fleet of %zu tills, %s", count, what);
    bench_print((bench_part){.name = name, .unit = unit, .value = value, .aim = aim});
}

START_TEST(a_fleet)
{
    count = bench_scale(10000, 500);
    tills = calloc(count, sizeof *tills);
    ck_assert_ptr_nonnull(tills);
    for (size_t i = 0; i < count; i++)
        open_till(&tills[i], i);
    bench_cloud_open(&cloud, 0);
    tell_cloud();
    bench_cloud_start(&cloud);
    open_carriers();
    now_ms = 1000000;
    run_half_hour();
    uint64_t sum = 0, peak = 0;
    for (size_t i = 0; i < MINUTES; i++) {
        sum += x_of_minute[i];
        peak = x_of_minute[i] > peak ? x_of_minute[i] : peak;
    }
    double memory_mib = bench_memory_kib(cloud.pid, "VmHWM") / 1024;
    print("X a minute, busiest to mean", "", (double)peak * MINUTES / (double)sum, "<= 1.5");
    print("without an X within half an hour", "", (double)(count - with_x), "<= 0");
    run_closing_minute();
    print("without a receipt after the closing minute", "", (double)(count - with_z), "<= 0");
    print("close to receipt, median", "s", bench_quantile(&close_s, 0.5), NULL);
    print("close to receipt, longest", "s", bench_quantile(&close_s, 1), "<= 60");
    print("most requests waiting for a connection", "", (double)errands_waiting_most, NULL);
    print("the cloud's memory after the half hour", "MiB", memory_mib, "<= 128");
    print("the cloud's memory after the closing minute", "MiB", bench_memory_kib(cloud.pid, "VmHWM") / 1024, "<= 128");
    close_carriers();
    for (size_t i = 0; i < count; i++)
        bench_close_all(&tills[i].self);
    free(tills);
    bench_due_clear(&agenda);
    bench_clear(&close_s);
    bench_cloud_close(&cloud);
}
END_TEST

int main(void)
{
    return bench_run("fleet", a_fleet);
}
