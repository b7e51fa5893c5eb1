/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events of the settings screen: kinds, revisions, ids, values and windows of the input, on the real core with a scripted
 * cloud that comes and goes.
 *
 * Asked of each: every page keeps the rules of pos/screen.h; an event that is refused is refused as misuse; what was typed
 * as a password is neither shown nor stored in plain; and in the end Back leads to the main page.
 */
#include "fuzz/fuzz.h"
#include "support/screen_bench.h"

#include "screens/page.h"

const unsigned fuzz_mutations = 250;

#define STEPS_MAX 60
#define PASSWORD  "correct horse 7301"
#define TEXT_MAX  600

static char widget[TEXT_MAX], action[TEXT_MAX], names[4][TEXT_MAX], texts[4][TEXT_MAX];

static void require_secret(const bench *b)
{
    FUZZ_REQUIRE(!strstr(b->page.text, PASSWORD));
    FUZZ_REQUIRE(!storage_memory_has_plain(b->disk, PASSWORD, sizeof PASSWORD - 1));
}

static void send_event(bench *b, const pos_event *event)
{
    int32_t result = bench_render(b, event);
    FUZZ_REQUIRE(result == POS_OK || (result == POS_E_MISUSE && b->why && b->why[0]));
}

/* An event whose every member comes from the input. */
static void send_raw(bench *b, fuzz_input *in)
{
    pos_value values[4];
    pos_event e = {.struct_size = sizeof e, .kind = fuzz_pick(in, 8)};
    e.revision = fuzz_pick(in, 2) ? b->page.revision : (uint32_t)fuzz_take(in, 4);
    e.value_count = fuzz_pick(in, 5);
    e.value_stride = sizeof(pos_value);
    e.first = (uint32_t)fuzz_take(in, 4);
    e.count = (uint32_t)fuzz_take(in, 4);
    e.widget = fuzz_text_or_null(in, widget, sizeof widget);
    e.action = fuzz_text_or_null(in, action, sizeof action);
    for (uint32_t i = 0; i < e.value_count; i++) {
        const char *name = fuzz_text_or_null(in, names[i], sizeof names[i]);
        const char *text = fuzz_text_or_null(in, texts[i], sizeof texts[i]);
        uint32_t off = fuzz_pick(in, 16) == 1 ? 1 : 0;
        values[i] = (pos_value){sizeof(pos_value), text ? (uint32_t)strlen(text) + off : 0, name, text};
    }
    e.values = values;
    send_event(b, &e);
}

/* Presses the n-th widget that has an action, with every input of the page filled in: by sense, or from the input. */
static void press(bench *b, fuzz_input *in)
{
    static const struct {
        const char *id, *text;
    } sense[] = {{"email", "ana@example.com"},
                 {"password", PASSWORD},
                 {"password_again", PASSWORD},
                 {"code", "123456"},
                 {"name", "Ana"},
                 {"country", "ES"},
                 {"currency", "EUR"},
                 {"language", "es"},
                 {"time_zone", "Europe/Madrid"},
                 {"terms", "1"},
                 {"send_x", "1"}};
    char chosen[128] = "nothing";
    uint32_t want = (uint32_t)fuzz_take(in, 1), able = 0;
    bool typed = fuzz_pick(in, 4) == 1;
    for (uint32_t i = 0; i < b->page.count; i++)
        able += b->page.widgets[i].action[0] != '\0';
    for (uint32_t i = 0, n = 0; i < b->page.count; i++) {
        const screen_widget *w = &b->page.widgets[i];
        if (w->action[0] && n++ == want % able)
            snprintf(chosen, sizeof chosen, "%s", w->action);
        if (w->kind < POS_WIDGET_INPUT || w->kind > POS_WIDGET_TOGGLE || b->typed_count == BENCH_VALUES_MAX)
            continue;
        for (size_t k = 0; k < sizeof sense / sizeof *sense; k++) {
            if (!typed && strcmp(sense[k].id, w->id) == 0)
                bench_type(b, w->id, sense[k].text);
        }
        if (typed)
            bench_type(b, w->id, fuzz_text(in, texts[0], sizeof texts[0]));
    }
    int32_t result = bench_try(b, chosen, b->page.revision);
    FUZZ_REQUIRE(result == POS_OK || result == POS_E_MISUSE);
}

static void change_world(bench *b, fuzz_input *in, uint32_t base_rules)
{
    static const char *const bodies[] = {
        "",
        "{}",
        "<html>",
        "{\"items\":[],\"next\":null}",
        BENCH_PROBLEM("unauthorized", 401, ""),
        BENCH_PROBLEM("not-found", 404, ""),
        BENCH_PROBLEM("throttled", 429, ""),
        BENCH_PROBLEM("invalid", 422, ",\"errors\":[{\"field\":\"name\",\"code\":\"odd\",\"detail\":\"d\"}]")};
    static const int32_t statuses[] = {200, 200, 200, 200, 401, 404, 429, 422};
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE"};
    uint32_t how = fuzz_pick(in, 12);
    b->cloud.rule_count = base_rules;
    b->cloud.holds = how == 0;
    storage_memory_faults(b->disk)->put_at = how == 1 ? 1 : 0;
    storage_memory_faults(b->disk)->put_times = how == 1 ? 5 : 0;
    if (how >= 4)
        screen_cloud_rule(&b->cloud, methods[fuzz_pick(in, 4)], "*", statuses[how - 4], bodies[how - 4]);
}

static void step(bench *b, fuzz_input *in, uint32_t base_rules)
{
    switch (fuzz_pick(in, 10)) {
    case 0:
        bench_event(b, POS_EVENT_OPENED);
        break;
    case 1:
        bench_event(b, POS_EVENT_BACK);
        break;
    case 2:
        bench_event(b, POS_EVENT_CLOSED);
        break;
    case 3:
        send_raw(b, in);
        break;
    case 4:
        change_world(b, in, base_rules);
        break;
    case 5:
        bench_pass(b, (int64_t)fuzz_take(in, 3));
        break;
    case 6:
        storage_memory_faults(b->disk)->put_at = 0;
        bench_close_day(b, b->last_z + 1, fuzz_pick(in, 3) ? BENCH_DOCUMENT : "{");
        break;
    default:
        press(b, in);
        break;
    }
}

static void require_way_out(bench *b, uint32_t base_rules)
{
    b->cloud.rule_count = base_rules;
    b->cloud.holds = false;
    storage_memory_faults(b->disk)->put_at = 0;
    bench_settle(b);
    FUZZ_REQUIRE(bench_render(b, NULL) == POS_OK);
    for (int i = 0; b->page.flags & POS_SCREEN_HAS_BACK; i++) {
        FUZZ_REQUIRE(i < PAGE_DEPTH_MAX);
        bench_event(b, POS_EVENT_BACK);
    }
    FUZZ_REQUIRE(strcmp(b->page.id, "main") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = {data, size};
    uint32_t flags = (uint32_t)fuzz_take(&in, 1);
    bench *b = bench_open_with(flags & 1 ? "es-MX" : "en", (flags & 2) == 0, flags & 4 ? NULL : &bench_exporter);
    uint32_t base_rules = b->cloud.rule_count;
    bench_event(b, POS_EVENT_OPENED);
    for (int i = 0; i < STEPS_MAX && in.left > 0; i++) {
        step(b, &in, base_rules);
        FUZZ_REQUIRE(bench_render(b, NULL) == POS_OK);
        require_secret(b);
    }
    require_way_out(b, base_rules);
    bench_close(b);
    return 0;
}
