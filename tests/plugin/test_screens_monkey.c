/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/plugin/test_screens_monkey.c - a monkey at the settings screen: presses, types nonsense, goes back and leaves,
 * while the cloud comes and goes, answers nonsense, and the storage fails. It must never crash the plugin, never see a
 * page that breaks pos/screen.h, and never be where no button leads out. SCREEN_MONKEY_SEED repeats one walk,
 * SCREEN_MONKEY_EVENTS shortens it, and then not every page need be seen.
 */
#include "support/screen_bench.h"

#include "screens/form.h"
#include "screens/page.h"

#define EVENTS     100000
#define PAGES_SEEN 30
#define PAGES      23
#define KNOWN                                                                                                          \
    BENCH_PROBLEM("register-known", 409,                                                                               \
                  ",\"tills\":[{\"till_id\":\"" BENCH_KNOWN_TILL "\",\"device_name\":null,\"register_id\":\"till-1\"," \
                  "\"last_seen_at_ms\":1,\"last_z_number\":null,\"last_business_date\":null}]")

typedef struct monkey {
    bench *b;
    uint64_t state;
    uint32_t base_rules; /* of the script; what the monkey adds comes after */
    int64_t next_z;
    char seen[PAGES_SEEN][64];
    uint32_t seen_count;
    uint32_t old_revision;
} monkey;

static uint32_t pick(monkey *m, uint32_t below)
{
    m->state ^= m->state << 13;
    m->state ^= m->state >> 7;
    m->state ^= m->state << 17;
    return (uint32_t)((m->state >> 11) % below);
}

static void note_page(monkey *m)
{
    for (uint32_t i = 0; i < m->seen_count; i++)
        if (strcmp(m->seen[i], m->b->page.id) == 0)
            return;
    ck_assert_uint_lt(m->seen_count, PAGES_SEEN);
    snprintf(m->seen[m->seen_count++], sizeof m->seen[0], "%s", m->b->page.id);
}

/* ---- the world ---- */

static void break_cloud(monkey *m)
{
    static const struct {
        int32_t status;
        const char *body;
    } answers[] = {
        {401, BENCH_PROBLEM("unauthorized", 401, "")},
        {401, BENCH_PROBLEM("login-failed", 401, "")},
        {403, BENCH_PROBLEM("code-wrong", 403, ",\"tries_left\":3")},
        {403, BENCH_PROBLEM("store-closed", 403, "")},
        {404, BENCH_PROBLEM("not-found", 404, "")},
        {410, BENCH_PROBLEM("code-expired", 410, "")},
        {409, KNOWN},
        {422, BENCH_PROBLEM("invalid", 422, ",\"errors\":[{\"field\":\"name\",\"code\":\"odd\",\"detail\":\"d\"}]")},
        {429, BENCH_PROBLEM("throttled", 429, "")},
        {500, BENCH_PROBLEM("internal", 500, "")},
        {200, "<html>"},
        {200, "{\"items\":[],\"next\":null}"},
        {302, ""}};
    screen_cloud *c = &m->b->cloud;
    c->rule_count = m->base_rules;
    c->holds = pick(m, 6) == 0;
    c->item_status = pick(m, 4) ? "delivered" : pick(m, 2) ? "conflict" : "rejected";
    if (pick(m, 4) == 0) /* the way to the page for known tills is narrow */
        screen_cloud_rule(c, "PUT", "*", 409, KNOWN);
    if (pick(m, 3) != 0)
        return;
    uint32_t which = pick(m, sizeof answers / sizeof *answers + 3);
    for (uint32_t i = 0; i < 4; i++) {
        static const char *const methods[] = {"GET", "POST", "PUT", "DELETE"};
        screen_cloud_rule(c, methods[i], "*", 0, NULL);
        screen_rule *rule = &c->rules[c->rule_count - 1];
        rule->outcome = NET_FAILED_CONFIG + pick(m, 8);
        if (which < sizeof answers / sizeof *answers) {
            rule->outcome = NET_ANSWERED;
            rule->status = answers[which].status;
            rule->body = answers[which].body;
        }
    }
}

static void turn_world(monkey *m)
{
    bench *b = m->b;
    switch (pick(m, 9)) {
    case 0:
        break_cloud(m);
        break;
    case 1:
        storage_memory_faults(b->disk)->put_at = pick(m, 3) == 0 ? 1 : 0;
        storage_memory_faults(b->disk)->put_times = 1 + pick(m, 20);
        break;
    case 2:
        if (m->next_z < 400 && pick(m, 4) == 0) {
            pos_report z = bench_report(POS_REPORT_Z, m->next_z, pick(m, 4) ? BENCH_DOCUMENT : "{");
            const char *why;
            if (core_close_day(b->core, b->now, &z, &why) == POS_OK)
                m->next_z++;
        }
        break;
    case 3:
        b->info.language = pick(m, 2) ? "en" : "es-MX";
        b->info.time_zone = pick(m, 2) ? "America/Bogota" : NULL;
        screens_set_locale(b->screens, &b->info);
        break;
    case 4:
        bench_pass(b, pick(m, 4000000));
        break;
    case 5:
        bench_exported.result = pick(m, 2) ? POS_OK : pick(m, 2) ? POS_E_NO_SPACE : POS_E_UNSUPPORTED;
        break;
    default:
        for (uint32_t i = pick(m, 8); i > 0; i--)
            bench_pass(b, 20 + pick(m, 400));
        break;
    }
}

/* ---- the monkey ---- */

static void type_something(monkey *m, const screen_widget *w)
{
    static const char *const nonsense[] = {
        "",          " ",   "x",      "{1}", "%s%n", "ñandú", "a@b",           "\x01",
        "ES",        "EUR", "123456", "1",   "0",    "en",    "Europe/Madrid", "../../etc/passwd",
        "2147483648"};
    static const struct {
        const char *id, *text;
    } sense[] = {{"email", "ana@example.com"},
                 {"password", "a secret word"},
                 {"password_again", "a secret word"},
                 {"code", "123456"},
                 {"name", "Ana"},
                 {"country", "ES"},
                 {"currency", "EUR"},
                 {"time_zone", "Europe/Madrid"},
                 {"language", "es"},
                 {"terms", "1"},
                 {"find", "7"},
                 {"send_x", "1"}};
    char long_text[4097];
    if (pick(m, 5) == 0) {
        uint32_t length = pick(m, 40) == 0 ? 4096 : pick(m, 700);
        memset(long_text, 'a' + (int)pick(m, 26), length);
        long_text[length] = '\0';
        bench_type(m->b, w->id, long_text);
        return;
    }
    if (pick(m, 4) == 0) {
        bench_type(m->b, w->id, nonsense[pick(m, sizeof nonsense / sizeof *nonsense)]);
        return;
    }
    for (size_t i = 0; i < sizeof sense / sizeof *sense; i++)
        if (strcmp(sense[i].id, w->id) == 0)
            bench_type(m->b, w->id, sense[i].text);
}

static void press_something(monkey *m)
{
    bench *b = m->b;
    const screen_widget *able[SCREEN_WIDGETS_MAX];
    char action[128] = "nothing";
    uint32_t count = 0;
    bool diligent = pick(m, 2) == 0;
    for (uint32_t i = 0; i < b->page.count; i++) {
        const screen_widget *w = &b->page.widgets[i];
        if (w->kind >= POS_WIDGET_INPUT && w->kind <= POS_WIDGET_TOGGLE)
            type_something(m, w);
        bool leads_on = w->kind == POS_WIDGET_ROW || w->level == POS_LEVEL_PRIMARY;
        if (*w->action && (w->is_enabled || pick(m, 10) == 0) && (leads_on || !diligent))
            able[count++] = w;
    }
    if (count > 0 && pick(m, 30) != 0)
        snprintf(action, sizeof action, "%s", able[pick(m, count)]->action);
    ck_assert_int_eq(bench_try(b, action, pick(m, 12) == 0 ? m->old_revision : b->page.revision), POS_OK);
}

/* Longer than anybody types, and more values than a page can have: judged as the host's mistake, and not applied. */
static void overfill(monkey *m)
{
    static char text[FORM_TEXT_MAX + 2];
    pos_value values[FORM_VALUES_MAX + 1];
    uint32_t length = FORM_TEXT_MAX + pick(m, 2), count = pick(m, 2) ? 1 : FORM_VALUES_MAX + pick(m, 2);
    memset(text, 'x', length);
    text[length] = '\0';
    for (uint32_t i = 0; i < count; i++)
        values[i] = (pos_value){sizeof(pos_value), length, i == 0 ? "email" : "name", text};
    pos_event e = {.struct_size = sizeof e,
                   .kind = POS_EVENT_ACTION,
                   .revision = m->b->page.revision,
                   .value_count = count,
                   .value_stride = sizeof(pos_value),
                   .widget = "login.submit",
                   .action = "login.submit",
                   .values = values};
    bool is_broken = length > FORM_TEXT_MAX || count > FORM_VALUES_MAX;
    ck_assert_int_eq(bench_render(m->b, &e), is_broken ? POS_E_MISUSE : POS_OK);
}

static void do_something(monkey *m)
{
    bench *b = m->b;
    m->old_revision = pick(m, 5) == 0 ? b->page.revision : m->old_revision;
    switch (pick(m, 40)) {
    case 0:
        bench_event(b, POS_EVENT_OPENED);
        break;
    case 1:
        bench_event(b, POS_EVENT_CLOSED);
        break;
    case 2:
    case 3:
    case 4:
        bench_event(b, POS_EVENT_BACK);
        break;
    case 5: {
        pos_event e = {
            .struct_size = sizeof e, .kind = POS_EVENT_WINDOW, .revision = b->page.revision, .widget = "queue"};
        e.first = pick(m, 2) ? pick(m, 500) : UINT32_MAX - pick(m, 9);
        e.count = pick(m, 2) ? pick(m, 60) : UINT32_MAX;
        ck_assert_int_eq(bench_render(b, &e), POS_OK);
        break;
    }
    case 6: {
        pos_event e = {.struct_size = pick(m, 80), .kind = pick(m, 9), .value_count = pick(m, 3)};
        (void)bench_render(b, &e); /* judged, whatever it is */
        break;
    }
    case 7:
        overfill(m);
        break;
    case 8:
        break; /* a redraw */
    default:
        press_something(m);
        break;
    }
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
}

/* With a cloud that answers, no page waits for ever, and Back ends on the main page, whose status button works. */
static void check_way_out(monkey *m)
{
    bench *b = m->b;
    b->cloud.rule_count = m->base_rules;
    b->cloud.holds = false;
    storage_memory_faults(b->disk)->put_at = 0;
    bench_settle(b);
    ck_assert_int_eq(bench_render(b, NULL), POS_OK);
    ck_assert_msg(!screen_text_find(&b->page, "asking") || strcmp(b->page.id, "companies") == 0 ||
                      strcmp(b->page.id, "stores") == 0 || strcmp(b->page.id, "disconnect") == 0,
                  "still waiting on\n%s", b->page.text);
    for (int i = 0; b->page.flags & POS_SCREEN_HAS_BACK; i++) {
        ck_assert_int_lt(i, PAGE_DEPTH_MAX);
        bench_event(b, POS_EVENT_BACK);
    }
    bench_expect_page(b, "main");
    bench_press(b, "status");
    bench_expect_page(b, "status");
    bench_event(b, POS_EVENT_BACK);
}

static void check_line(monkey *m)
{
    char line[300];
    uint32_t attention = 0;
    screens_status(m->b->screens, m->b->now, &attention, line, sizeof line);
    ck_assert(strncmp(line, "FactoryCLOUD: ", 14) == 0 && !strchr(line, '{'));
    ck_assert(attention >= POS_ATTENTION_NONE && attention <= POS_ATTENTION_ACTION);
    (void)screens_generation(m->b->screens, m->b->now);
}

START_TEST(test_monkey)
{
    const char *wish = getenv("SCREEN_MONKEY_SEED"), *length = getenv("SCREEN_MONKEY_EVENTS");
    const int events = length ? atoi(length) : EVENTS;
    monkey m = {.b = bench_open_with("en", false, &bench_exporter),
                .state = wish ? strtoull(wish, NULL, 10) : 20261120,
                .next_z = 1};
    m.base_rules = m.b->cloud.rule_count;
    bench_event(m.b, POS_EVENT_OPENED);
    for (int i = 0; i < events; i++) {
        if (pick(&m, 3) == 0)
            turn_world(&m);
        do_something(&m);
        note_page(&m);
        check_line(&m);
        if (i % 97 == 0)
            check_way_out(&m);
        if (i % 50 == 0)
            storage_memory_settle(m.b->disk);
    }
    ck_assert_int_gt(events, 0);
    ck_assert_msg(m.seen_count == PAGES || events < EVENTS, "%u of %u pages were seen", m.seen_count, PAGES);
    bench_close(m.b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens, monkey");
    TCase *tcase = tcase_create("monkey");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, test_monkey);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
