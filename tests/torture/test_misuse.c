/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/torture/test_misuse.c - every entry in every state that an instance can be in, and from where it must not be
 * called: before create, from inside each function of the host, while another thread is inside, after stop. The answer is
 * the code that pos/abi.h and pos/plugin.h name, nothing happens, and the instance goes on.
 */
#include <pthread.h>
#include <semaphore.h>

#include "torture/torture_host.h"

#define OUTBOX 2u /* the collection */

typedef enum entry { ON_DAILY_CLOSE, ON_TICK, RENDER_SETTINGS, STOP, DESTROY, ENTRIES } entry;

static const char *const entry_names[] = {"on_daily_close", "on_tick", "render_settings", "stop", "destroy"};

static poshost_plugin *plugin;
static torture_host h;

static void set_up(void)
{
    plugin = torture_load(NULL);
    torture_open(&h, plugin);
}

static void take_down(void)
{
    h.inside = NULL;
    torture_close(&h);
    poshost_plugin_close(plugin);
}

static int32_t take_screen(void *ctx, const pos_screen *screen)
{
    (void)screen;
    torture_inside(ctx, "begin");
    return POS_OK;
}

static int32_t take_widget(void *ctx, const pos_widget *widget)
{
    (void)widget;
    torture_inside(ctx, "add");
    return POS_OK;
}

/* A call that is right in itself: whatever is wrong is the state, or where it comes from. */
static int32_t call(pos_instance *instance, entry which)
{
    const pos_builder builder = {sizeof builder, 0, &h, take_screen, take_widget};
    const pos_event opened = {.struct_size = sizeof opened, .kind = POS_EVENT_OPENED};
    pos_tick_in in = {sizeof in, POS_TICK_RESUMED | POS_TICK_NETWORK_CHANGED | POS_TICK_LOCALE_CHANGED};
    pos_tick_out out = {.struct_size = sizeof out};
    pos_report z = torture_z(&h, 1);
    switch (which) {
    case ON_DAILY_CLOSE:
        return h.calls->on_daily_close(instance, &z);
    case ON_TICK:
        return h.calls->on_tick(instance, &in, &out);
    case RENDER_SETTINGS:
        return h.calls->render_settings(instance, &opened, &builder);
    case STOP:
        return h.calls->stop(instance, 1000);
    case DESTROY:
    case ENTRIES:
        break;
    }
    return h.calls->destroy(instance);
}

static void check_all(pos_instance *instance, int32_t code, const char *where)
{
    for (int which = 0; which < ENTRIES; which++) {
        int32_t result = call(instance, (entry)which);
        ck_assert_msg(result == code, "%s %s: %d, not %d", entry_names[which], where, result, code);
        const char *words = h.calls->last_error(instance);
        ck_assert_msg(words, "last_error %s is NULL", where);
    }
}

START_TEST(without_an_instance)
{
    check_all(NULL, POS_E_MISUSE, "before create");
    ck_assert_str_ne(h.calls->last_error(NULL), "");
    ck_assert_int_eq(h.calls->create(NULL, &h.instance, h.error, sizeof h.error), POS_E_MISUSE);
    ck_assert_ptr_null(h.instance);
    ck_assert_str_ne(h.error, "");
    ck_assert_int_eq(h.calls->create(&h.host, NULL, h.error, sizeof h.error), POS_E_MISUSE);
    ck_assert_int_eq(h.calls->create(&h.host, NULL, NULL, 0), POS_E_MISUSE);
    ck_assert_int_eq(h.calls->create(&h.host, NULL, NULL, 99), POS_E_MISUSE);
    torture_create(&h); /* none of that took the lock */
}
END_TEST

START_TEST(after_stop)
{
    torture_create(&h);
    ck_assert_int_eq(call(h.instance, STOP), POS_OK);
    for (int which = ON_DAILY_CLOSE; which <= STOP; which++) {
        ck_assert_int_eq(call(h.instance, (entry)which), POS_E_MISUSE);
        ck_assert_ptr_nonnull(strstr(h.calls->last_error(h.instance), "stop()"));
    }
    ck_assert_uint_eq(storage_memory_record_count(h.disk, OUTBOX), 0); /* nothing was taken */
    ck_assert_int_eq(call(h.instance, DESTROY), POS_OK);
    torture_create(&h);
    ck_assert_int_eq(call(h.instance, ON_DAILY_CLOSE), POS_OK);
}
END_TEST

START_TEST(arguments_that_are_not_there)
{
    static const pos_builder no_functions = {sizeof no_functions, 0, NULL, NULL, NULL};
    const pos_event unknown = {.struct_size = sizeof unknown, .kind = 4711};
    const pos_event bare = {.struct_size = sizeof bare, .kind = POS_EVENT_ACTION};
    const pos_event no_values = {.struct_size = sizeof no_values,
                                 .kind = POS_EVENT_ACTION,
                                 .widget = "login",
                                 .action = "login",
                                 .value_count = 1000,
                                 .value_stride = sizeof(pos_value)};
    const pos_event *const events[] = {&unknown, &bare, &no_values};
    const pos_builder builder = {sizeof builder, 0, &h, take_screen, take_widget};
    torture_create(&h);
    ck_assert_int_eq(h.calls->on_daily_close(h.instance, NULL), POS_E_MISUSE);
    ck_assert_int_eq(h.calls->on_tick(h.instance, NULL, NULL), POS_E_MISUSE);
    ck_assert_int_eq(h.calls->render_settings(h.instance, NULL, NULL), POS_E_MISUSE);
    ck_assert_int_eq(h.calls->render_settings(h.instance, NULL, &no_functions), POS_E_MISUSE);
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        ck_assert_int_eq(h.calls->render_settings(h.instance, events[i], &builder), POS_E_MISUSE);
        ck_assert_str_ne(h.calls->last_error(h.instance), "");
    }
    ck_assert_int_eq(call(h.instance, ON_TICK), POS_OK);
    ck_assert_int_eq(call(h.instance, RENDER_SETTINGS), POS_OK);
}
END_TEST

static const struct {
    pos_report wrong;
    const char *words;
} reports[] = {
    {{.kind = POS_REPORT_X}, "kind"},
    {{.kind = 3}, "kind"},
    {{.z_number = -1}, "z_number"},
    {{.z_number = POS_Z_NUMBER_MAX + 1}, "z_number"},
    {{.register_id = "another"}, "register_id"},
    {{.business_date = "2026-13-01"}, "business_date"},
    {{.business_date = "yesterday"}, "business_date"},
    {{.currency = "euro"}, "currency"},
    {{.origin = 3}, "origin"},
    {{.struct_size = 3}, "struct_size"},
};

START_TEST(reports_that_break_a_rule)
{
    const pos_report *wrong = &reports[_i].wrong;
    torture_create(&h);
    pos_report z = torture_z(&h, wrong->z_number ? wrong->z_number : 1);
    z.kind = wrong->kind ? wrong->kind : z.kind;
    z.origin = wrong->origin;
    z.register_id = wrong->register_id ? wrong->register_id : z.register_id;
    z.business_date = wrong->business_date ? wrong->business_date : z.business_date;
    z.currency = wrong->currency ? wrong->currency : z.currency;
    z.struct_size = wrong->struct_size ? wrong->struct_size : z.struct_size;
    ck_assert_int_eq(h.calls->on_daily_close(h.instance, &z), POS_E_MISUSE);
    ck_assert_msg(strstr(h.calls->last_error(h.instance), reports[_i].words), "\"%s\" does not name %s",
                  h.calls->last_error(h.instance), reports[_i].words);
    ck_assert_int_eq(torture_tick(&h), POS_OK);
    ck_assert_uint_eq(h.tick.pending, 0);
}
END_TEST

/* ---- from inside ---- */

static char seen[1024];

static void call_again(torture_host *host, const char *function)
{
    char name[64];
    host->inside = NULL; /* what that does inside is not asked again */
    snprintf(name, sizeof name, " %s ", function);
    if (!strstr(seen, name))
        strcat(seen, name);
    snprintf(name, sizeof name, "inside %s", function);
    check_all(host->instance, host->instance ? POS_E_BUSY : POS_E_MISUSE, name);
    host->inside = call_again;
}

START_TEST(from_inside_every_function_of_the_host)
{
    /* log and remove have no occasion here. */
    static const char *const functions[] = {"info", "now",  "get_extension", "acquire", "release",     "put",
                                            "get",  "list", "begin",         "add",     "closed_range"};
    h.inside = call_again;
    torture_create(&h);
    ck_assert_int_eq(call(h.instance, ON_DAILY_CLOSE), POS_OK);
    ck_assert_uint_eq(storage_memory_record_count(h.disk, OUTBOX), 1);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(call(h.instance, ON_TICK), POS_OK);
    ck_assert_int_eq(call(h.instance, RENDER_SETTINGS), POS_OK);
    torture_diagnose(&h);
    ck_assert_int_eq(call(h.instance, STOP), POS_OK);
    ck_assert_int_eq(call(h.instance, DESTROY), POS_OK);
    h.instance = NULL;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        char name[64];
        snprintf(name, sizeof name, " %s ", functions[i]);
        ck_assert_msg(strstr(seen, name), "%s was never called: seen%s", functions[i], seen);
    }
}
END_TEST

/* ---- from another thread ---- */

static sem_t is_inside, may_go_on;

static void wait_inside(torture_host *host, const char *function)
{
    if (strcmp(function, "put") != 0)
        return;
    host->inside = NULL;
    sem_post(&is_inside);
    while (sem_wait(&may_go_on) != 0)
        continue;
}

static void *close_day(void *result)
{
    *(int32_t *)result = call(h.instance, ON_DAILY_CLOSE);
    return NULL;
}

START_TEST(while_another_thread_is_inside)
{
    pthread_t thread;
    int32_t result = POS_E_FAILED;
    torture_create(&h);
    ck_assert_int_eq(sem_init(&is_inside, 0, 0), 0);
    ck_assert_int_eq(sem_init(&may_go_on, 0, 0), 0);
    h.inside = wait_inside;
    ck_assert_int_eq(pthread_create(&thread, NULL, close_day, &result), 0);
    while (sem_wait(&is_inside) != 0)
        continue;
    check_all(h.instance, POS_E_BUSY, "while another thread is inside");
    sem_post(&may_go_on);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(result, POS_OK);
    ck_assert_int_eq(torture_tick(&h), POS_OK);
    ck_assert_uint_eq(h.tick.pending, 1);
}
END_TEST

static void *call_once(void *which)
{
    ck_assert_int_eq(call(h.instance, *(entry *)which), POS_OK);
    return NULL;
}

/* As executors do that move between threads: it is no misuse. */
START_TEST(each_call_from_a_thread_of_its_own)
{
    torture_create(&h);
    for (entry which = ON_DAILY_CLOSE; which < ENTRIES; which++) {
        pthread_t thread;
        ck_assert_int_eq(pthread_create(&thread, NULL, call_once, &which), 0);
        ck_assert_int_eq(pthread_join(thread, NULL), 0);
    }
    h.instance = NULL;
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("misuse");
    TCase *tests = tcase_create("every entry in every state");
    tcase_add_checked_fixture(tests, set_up, take_down);
    tcase_add_test(tests, without_an_instance);
    tcase_add_test(tests, after_stop);
    tcase_add_test(tests, arguments_that_are_not_there);
    tcase_add_loop_test(tests, reports_that_break_a_rule, 0, (int)(sizeof reports / sizeof *reports));
    tcase_add_test(tests, from_inside_every_function_of_the_host);
    tcase_add_test(tests, while_another_thread_is_inside);
    tcase_add_test(tests, each_call_from_a_thread_of_its_own);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
