/* SPDX-License-Identifier: Apache-2.0 */
/* oom/days.c - the days of oom/days.h, and what holds after each. */
#include "oom/days.h"

#include "core/key.h"
#include "oom/memory.h"

static const char *const to_connect[] = {"welcome.skip", "assign.accept", "till.same.", "store.sto_A", "company.com_1",
                                         "login.submit", "assign",        "login",      NULL};

static void must_start(till *t)
{
    ck_assert_int_eq(till_start(t), POS_OK);
}

static bool never(const till *t)
{
    (void)t;
    return false;
}

static bool is_connected(const till *t)
{
    return till_shows(t, "main", "store", "sto_A");
}

static void connect(till *t)
{
    till_pursue(t, to_connect, is_connected, 16);
}

static void prepare_closed(till *t)
{
    must_start(t);
    till_close_day(t, 1, "a");
    till_settle(t, 100);
    till_stop(t);
}

static void prepare_connected(till *t)
{
    must_start(t);
    connect(t);
    ck_assert_msg(is_connected(t), "not connected:\n%s", t->page.text);
    till_settle(t, 100);
    till_stop(t);
}

static void prepare_traded(till *t)
{
    prepare_connected(t);
    must_start(t);
    for (int64_t n = 1; n <= 3; n++)
        till_close_day(t, n, "a");
    till_drain(t);
    till_stop(t);
}

/* ---- days ---- */

static void tell_first_start(till *t)
{
    till_open_page(t);
    till_settle(t, 20);
    till_close_day(t, 1, "a");
    till_settle(t, 20);
}

static void set_fault(till *t, cloud_fault fault, uint32_t times)
{
    server_lock(t->server);
    t->s.b.cloud.fault = fault;
    t->s.b.cloud.fault_times = times;
    server_unlock(t->server);
}

static void tell_offline(till *t)
{
    set_fault(t, CLOUD_UNREACHED, 0);
    till_close_day(t, 1, "a");
    till_settle(t, 40);
    till_close_day(t, 2, "a");
    till_settle(t, 40);
    set_fault(t, CLOUD_FINE, 0);
}

static void tell_online(till *t)
{
    till_settle(t, 20);
    till_close_day(t, 1, "a");
    till_settle(t, 150);
}

static void tell_batch(till *t)
{
    for (int64_t n = 1; n <= 4; n++)
        till_close_day(t, n, "a");
    till_settle(t, 200);
}

static void tell_receipt(till *t)
{
    set_fault(t, CLOUD_LOSE_ANSWER, 1);
    till_close_day(t, 1, "a");
    till_settle(t, 100);
    bench_pass(&t->s.b, 60000);
    till_settle(t, 100);
    set_fault(t, CLOUD_FINE, 0);
}

static void tell_epoch(till *t)
{
    for (uint32_t i = 0; i < t->s.b.close_count; i++)
        t->s.b.closes[i].forgotten = true;
    till_close_day(t, 1, "reset");
    till_settle(t, 150);
}

static bool is_x_on(const till *t)
{
    return till_shows(t, "configuration", "send_x", "1");
}

static void tell_x(till *t)
{
    static const char *const wishes[] = {"send_x", "configuration", NULL};
    till_pursue(t, wishes, is_x_on, 4);
    till_settle(t, 100);
    bench_pass(&t->s.b, BENCH_HOUR_MS);
    till_settle(t, 100);
}

/* Every page, and what is on it. */
static void tell_tour(till *t)
{
    static const char *const pages[] = {"configuration", "status", "resend", "diagnose", "about", "assign", "login"};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        const char *const wishes[] = {pages[i], NULL};
        till_pursue(t, wishes, never, 1);
    }
}

static bool is_resent(const till *t)
{
    return till_shows(t, "resend", "result", NULL);
}

static void tell_resend(till *t)
{
    static const char *const wishes[] = {"resend.accept", "resend", NULL};
    till_pursue(t, wishes, is_resent, 3);
    till_settle(t, 200);
}

static bool is_disconnected(const till *t)
{
    return till_shows(t, "disconnected", "disconnect.done", NULL);
}

static void tell_disconnect(till *t)
{
    static const char *const wishes[] = {"disconnect.accept", "disconnect.done", "disconnect", NULL};
    till_pursue(t, wishes, is_disconnected, 4);
}

/* Leaves, and comes back. */
static void resume_disconnect(till *t)
{
    tell_disconnect(t);
    ck_assert_uint_eq(storage_memory_record_count(t->s.b.disk, COLLECTION_SECRET), 0);
    connect(t);
}

static void lose_reports(till *t)
{
    core_cloud *cloud = &t->s.b.cloud;
    prepare_traded(t);
    for (uint32_t i = 0; i + 1 < cloud->count; i++)
        cloud->reports[i] = cloud->reports[i + 1];
    cloud->count--;
}

/* ---- afterwards ---- */

void days_check(till *t, const oom_day *day)
{
    bench *b = &t->s.b;
    uint32_t rejected = 0;
    server_lock(t->server);
    for (uint32_t i = 0; i < b->close_count; i++) {
        bool is_rejected = day->rejected_number != 0 && b->closes[i].number == day->rejected_number;
        uint32_t counted = cloud_counts(&b->cloud, b->closes[i].sha);
        rejected += is_rejected;
        ck_assert_msg(b->closes[i].handed_over, "Z %lld is not taken", (long long)b->closes[i].number);
        ck_assert_msg(counted == !is_rejected, "Z %lld counts %u times", (long long)b->closes[i].number, counted);
    }
    ck_assert_uint_eq(cloud_count_kind(&b->cloud, 'Z', false), b->close_count - rejected);
    ck_assert_uint_eq(b->cloud.x_reused, 0);
    ck_assert_uint_eq(b->cloud.bodies_bad, 0);
    server_unlock(t->server);
    ck_assert_uint_eq(t->tick.pending, 0);
    ck_assert_msg(t->odd_codes == 0, "a result that the contract does not know");
}

static void check_x(till *t)
{
    server_lock(t->server);
    ck_assert_uint_ge(cloud_count_kind(&t->s.b.cloud, 'X', true), 1);
    server_unlock(t->server);
}

/* ---- another machine ---- */

static void prepare_replaced(till *t)
{
    prepare_traded(t);
    storage_memory_free(t->s.b.disk);
    t->s.b.disk = storage_memory_new();
}

/* ---- configuration data ---- */

static lines old, new;

static void prepare_shop(till *t)
{
    shop *s = &t->s;
    s->b.catalogue = &s->host.calls;
    lines_put_items(&s->host.local, "Old", 1, 6);
    lines_copy(&old, &s->host.local);
    s->cloud.page_lines = 10;
    prepare_connected(t);
}

static void prepare_download(till *t)
{
    lines_put_head(&t->s.cloud.now);
    lines_put_items(&t->s.cloud.now, "New", 1, 8);
    t->s.cloud.revision = 3;
    lines_copy(&new, &t->s.cloud.now);
    prepare_shop(t);
}

static bool is_new(const till *t)
{
    return lines_equal(&t->s.host.local, &new);
}

static bool is_old(const till *t)
{
    return lines_equal(&t->s.host.local, &old);
}

/* What was put off while memory was short is due by then. */
static void let_time_pass(till *t)
{
    for (int minute = 0; minute < 5; minute++) {
        bench_pass(&t->s.b, 60000);
        till_settle(t, 100);
    }
}

static void tell_download(till *t)
{
    static const char *const wishes[] = {"catalogue.accept_again", "catalogue.accept", "catalogue.seen",
                                         "catalogue.download",     "catalogue",        NULL};
    till_pursue(t, wishes, is_new, 10);
}

static void resume_download(till *t)
{
    let_time_pass(t);
    tell_download(t);
}

static void prepare_undo(till *t)
{
    prepare_download(t);
    must_start(t);
    tell_download(t);
    ck_assert(is_new(t));
    till_settle(t, 100);
    till_stop(t);
}

static void tell_undo(till *t)
{
    static const char *const wishes[] = {"catalogue.undo", "catalogue", NULL};
    till_pursue(t, wishes, is_old, 4);
}

static bool is_uploaded(const till *t)
{
    bool done;
    server_lock(t->server);
    done = t->s.cloud.committed_times > 0;
    server_unlock(t->server);
    return done;
}

static void tell_upload(till *t)
{
    static const char *const wishes[] = {"catalogue.seen", "catalogue.upload", "catalogue", NULL};
    till_pursue(t, wishes, is_uploaded, 6);
}

static void resume_upload(till *t)
{
    let_time_pass(t);
    tell_upload(t);
}

static void check_new(till *t)
{
    ck_assert_msg(is_new(t), "not downloaded");
    ck_assert_uint_eq(t->s.host.staged.count, 0);
}

static void check_old(till *t)
{
    ck_assert_msg(is_old(t), "not undone");
}

static void check_uploaded(till *t)
{
    ck_assert_msg(is_uploaded(t) && t->s.cloud.committed_times == 1 && lines_equal(&t->s.cloud.now, &t->s.host.local),
                  "not uploaded, or more than once");
}

const oom_day oom_days[] = {
    {"first start", NULL, tell_first_start, connect, NULL, 0, false, true},
    {"log in", prepare_closed, connect, connect, NULL, 0, false, false},
    {"close offline", prepare_connected, tell_offline, NULL, NULL, 0, false, false},
    {"close online", prepare_connected, tell_online, NULL, NULL, 0, false, false},
    {"close over TLS", prepare_connected, tell_online, NULL, NULL, 0, true, false},
    {"batch upload", prepare_connected, tell_batch, NULL, NULL, 3, false, false},
    {"receipt", prepare_connected, tell_receipt, NULL, NULL, 0, false, false},
    {"X", prepare_traded, tell_x, tell_x, check_x, 0, false, false},
    {"epoch", prepare_traded, tell_epoch, NULL, NULL, 0, false, false},
    {"resend", lose_reports, tell_resend, tell_resend, NULL, 0, false, false},
    {"disconnect", prepare_traded, tell_disconnect, resume_disconnect, NULL, 0, false, false},
    {"adoption", prepare_replaced, connect, connect, NULL, 0, false, false},
    {"download", prepare_download, tell_download, resume_download, check_new, 0, false, false},
    {"undo", prepare_undo, tell_undo, tell_undo, check_old, 0, false, false},
    {"upload", prepare_shop, tell_upload, resume_upload, check_uploaded, 0, false, false},
    {"every page", prepare_traded, tell_tour, NULL, NULL, 0, false, false},
};
const uint32_t oom_day_count = sizeof oom_days / sizeof *oom_days;
