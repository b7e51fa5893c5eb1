/* SPDX-License-Identifier: Apache-2.0 */
/* tests/plugin/test_screens_golden_queue.c - configuration, the queue with all that can befall a report, disconnecting, and
 * the line in the status bar, in both languages. */
#include "support/screen_film.h"

#include "core/key.h"

static void film_configuration(bench *b)
{
    bench_press(b, "configuration");
    shoot(b, "configuration, off");
    bench_type(b, "send_x", "1");
    bench_press(b, "send_x");
    shoot(b, "configuration, on");
    for (int i = 0; i < 40; i++)
        bench_pass(b, 60000);
    shoot(b, "configuration, after a while");
    bench_type(b, "send_x", "0");
    bench_press(b, "send_x");
    bench_event(b, POS_EVENT_BACK);
}

static void open_item(bench *b, const char *prefix, const char *scene)
{
    bench_press(b, "status");
    for (uint32_t i = 0; i < b->page.count; i++)
        if (strncmp(b->page.widgets[i].id, prefix, strlen(prefix)) == 0 &&
            (strstr(prefix, "kept") || !strstr(b->page.widgets[i].id, "kept"))) {
            char id[128];
            snprintf(id, sizeof id, "%s", b->page.widgets[i].id);
            bench_press(b, id);
            shoot(b, scene);
            bench_event(b, POS_EVENT_BACK);
            break;
        }
    bench_event(b, POS_EVENT_BACK);
}

static void film_kept(bench *b, int64_t number, const char *status, const char *store)
{
    char scene[80];
    b->cloud.item_status = status;
    b->cloud.item_store = store;
    bench_close_day(b, number, "{\"kind\":\"Z\",\"other\":1}");
    for (int i = 0; i < 30; i++)
        bench_pass(b, 1000);
    snprintf(scene, sizeof scene, "status, %s", store ? "elsewhere" : status);
    bench_press(b, "status");
    shoot(b, scene);
    bench_event(b, POS_EVENT_BACK);
    shoot_line(b, scene);
    b->cloud.item_status = "delivered";
    b->cloud.item_store = NULL;
}

static void film_queue(bench *b)
{
    bench_press(b, "status");
    shoot(b, "status, empty");
    bench_event(b, POS_EVENT_BACK);
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 0, NULL);
    b->cloud.rules[rules].outcome = NET_FAILED_TIMEOUT;
    bench_close_day(b, 2, BENCH_DOCUMENT);
    bench_close_day(b, 3, BENCH_DOCUMENT);
    for (int i = 0; i < 10; i++)
        bench_pass(b, 100);
    shoot_line(b, "offline");
    bench_press(b, "status");
    shoot(b, "status, offline");
    bench_press(b, "status.retry");
    shoot(b, "status, retry pressed");
    bench_event(b, POS_EVENT_BACK);
    open_item(b, "item.", "status.item, waiting");
    shoot(b, "main, offline");
    for (int i = 0; i < 70; i++)
        bench_pass(b, 60000);
    shoot_line(b, "offline for long");
    b->cloud.rule_count = rules;
    b->cloud.holds = true;
    core_retry_now(b->core, b->now);
    bench_settle(b);
    bench_press(b, "status");
    shoot(b, "status, sending");
    shoot_line(b, "sending");
    b->cloud.holds = false;
    bench_settle(b);
    bench_settle(b);
    bench_event(b, POS_EVENT_BACK);
}

static void film_x(bench *b)
{
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 0, NULL);
    b->cloud.rules[rules].outcome = NET_FAILED_RESOLVE;
    bench_press(b, "configuration");
    bench_type(b, "send_x", "1");
    bench_press(b, "send_x");
    for (int i = 0; i < 40; i++)
        bench_pass(b, 60000);
    bench_event(b, POS_EVENT_BACK);
    bench_press(b, "status");
    shoot(b, "status, an X report waits");
    bench_event(b, POS_EVENT_BACK);
    open_item(b, "item.", "status.item, an X report");
    bench_press(b, "configuration");
    bench_type(b, "send_x", "0");
    bench_press(b, "send_x");
    bench_event(b, POS_EVENT_BACK);
    b->cloud.rule_count = rules;
    core_retry_now(b->core, b->now);
    bench_settle(b);
}

/* The register starts again at 1, with other figures. */
static void film_epoch(bench *b)
{
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 0, NULL);
    b->cloud.rules[rules].outcome = NET_FAILED_CONNECT;
    bench_close_day(b, 1, "{\"kind\":\"Z\",\"after\":\"a reset\"}");
    bench_settle(b);
    bench_press(b, "status");
    shoot(b, "status, a new epoch");
    bench_event(b, POS_EVENT_BACK);
    open_item(b, "item.", "status.item, a new epoch");
    b->cloud.rule_count = rules;
    core_retry_now(b->core, b->now);
    bench_settle(b);
}

/* A record on the disk goes bad before it was sent. */
static void film_damage(bench *b)
{
    core_row row;
    uint32_t total, kept = core_get_queue(b->core, b->now).rejected + core_get_queue(b->core, b->now).conflict +
                           core_get_queue(b->core, b->now).elsewhere;
    b->cloud.holds = true;
    bench_close_day(b, 2, "{\"kind\":\"Z\",\"after\":\"a reset\"}");
    ck_assert_uint_eq(core_list_queue(b->core, b->now, kept, 1, &row, &total), 1);
    storage_memory_damage(b->disk, COLLECTION_OUTBOX, row.id, 20, 0xff);
    b->cloud.holds = false;
    bench_settle(b);
    bench_press(b, "status");
    shoot(b, "status, a damaged record");
    bench_event(b, POS_EVENT_BACK);
    open_item(b, "item.kept.", "status.item, the first that is kept");
    shoot_line(b, "a damaged record");
}

static void film_troubles(bench *b)
{
    film_kept(b, 4, "conflict", NULL);
    open_item(b, "item.kept.", "status.item, conflict");
    film_kept(b, 5, "delivered", "sto_9");
    film_kept(b, 6, "rejected", NULL);
    bench_close_day(b, 7, "{");
    bench_settle(b);
    bench_press(b, "status");
    shoot(b, "status, all kinds of trouble");
    bench_event(b, POS_EVENT_BACK);
    shoot(b, "main, all kinds of trouble");
    storage_memory_faults(b->disk)->put_times = 1000;
    storage_memory_faults(b->disk)->put_at = 1;
    bench_press(b, "configuration");
    bench_type(b, "send_x", "1");
    bench_press(b, "send_x");
    shoot(b, "configuration, storage refuses");
    shoot_line(b, "storage failing");
    bench_event(b, POS_EVENT_BACK);
    shoot(b, "main, storage failing");
    storage_memory_faults(b->disk)->put_at = 0;
    storage_memory_faults(b->disk)->put_times = 0;
    bench_settle(b);
}

static void film_refusal(bench *b)
{
    uint32_t rules = b->cloud.rule_count;
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 401, BENCH_PROBLEM("unauthorized", 401, ""));
    bench_close_day(b, 8, BENCH_DOCUMENT);
    bench_settle(b);
    shoot_line(b, "permission gone");
    open_item(b, "item.8", "status.item, permission gone");
    bench_choose(b, "store.sto_1");
    shoot(b, "assign, the same store");
    screen_cloud_rule(&b->cloud, "POST", "/v1/stores/*", 403, BENCH_PROBLEM("store-closed", 403, ""));
    bench_press_and_wait(b, "assign.accept");
    bench_settle(b);
    shoot_line(b, "store closed");
    shoot(b, "main, store closed");
    bench_choose(b, "store.sto_2");
    shoot(b, "assign, another store while one is pending");
    bench_event(b, POS_EVENT_OPENED);
    b->cloud.rule_count = rules;
}

static void film_disconnect(bench *b)
{
    bench_press(b, "disconnect");
    shoot(b, "disconnect");
    b->cloud.holds = true;
    bench_press_and_wait(b, "disconnect.accept");
    shoot(b, "disconnect, waiting");
    b->cloud.holds = false;
    bench_settle(b);
    bench_pass(b, 11000);
    shoot(b, "disconnected");
    bench_press(b, "disconnect.done");
    shoot(b, "main, disconnected");
    shoot_line(b, "disconnected");
}

START_TEST(test_transcript)
{
    const char *language = _i == 0 ? "en" : "es";
    void (*const story[])(bench *) = {film_configuration, film_queue,  film_x,       film_troubles,
                                      film_epoch,         film_damage, film_refusal, film_disconnect};
    bench *b = bench_open(language);
    bench_assign(b);
    bench_close_day(b, 1, BENCH_DOCUMENT);
    bench_settle(b);
    for (size_t i = 0; i < sizeof story / sizeof *story; i++)
        story[i](b);
    bench_close(b);
    film_develop("queue", language);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens, transcripts of the queue");
    TCase *tcase = tcase_create("golden");
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, test_transcript, 0, 2);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
