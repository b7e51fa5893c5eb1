/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page "Synchronize configuration data" over the real core, a scripted host and a scripted cloud: the whole journey
 * as transcripts in both languages (SCREEN_GOLDEN=write writes them), presses that come too late, and a monkey.
 */
#include "pos/screen.h"
#include "screens/screens.h"
#include "support/catalogue_bench.h"
#include "support/screen_text.h"

static shop s;
static screens *page;
static screen_text shown;
static pos_host_info info;
static char roll[262144];

static void open_in(const char *language)
{
    shop_open(&s);
    lines_put_items(&s.host.local, "Old", 1, 20);
    shop_connect(&s);
    core_set_welcome_seen(s.b.core);
    page = screens_create(s.b.core);
    info = (pos_host_info){.struct_size = sizeof info,
                           .register_id = "till-1",
                           .language = language,
                           .time_zone = "Europe/Madrid",
                           .country = "ES",
                           .currency = "EUR"};
    screens_set_locale(page, &info);
    bench_run(&s.b, 2000);
}

static void leave(void)
{
    screens_destroy(page);
    page = NULL;
    shop_close(&s);
}

/* ---- the owner ---- */

static void render(const pos_event *event)
{
    const char *why = "";
    screen_text_reset(&shown);
    pos_builder builder = screen_text_builder(&shown);
    core_begin_call(s.b.core);
    ck_assert_int_eq(screens_render(page, s.b.now, event, &builder, &why), POS_OK);
    ck_assert_msg(!shown.broken, "%s on\n%s", shown.broken, shown.text);
}

static void send(const char *action, uint32_t revision)
{
    render(&(pos_event){.struct_size = sizeof(pos_event),
                        .kind = POS_EVENT_ACTION,
                        .revision = revision,
                        .value_stride = sizeof(pos_value),
                        .widget = action,
                        .action = action});
}

static void press(const char *action)
{
    const screen_widget *w = screen_text_find(&shown, action);
    ck_assert_msg(w && w->is_enabled, "%s cannot be pressed on\n%s", action, shown.text);
    send(action, shown.revision);
}

static void wait(void)
{
    shop_run(&s);
    bench_run(&s.b, 500);
    render(NULL);
}

static void open_page(void)
{
    render(&(pos_event){.struct_size = sizeof(pos_event), .kind = POS_EVENT_OPENED});
    press("catalogue");
    bench_run(&s.b, 1000);
    render(NULL);
    ck_assert_str_eq(shown.id, "catalogue");
}

static void expect(const char *words)
{
    ck_assert_msg(strstr(shown.text, words) != NULL, "\"%s\" is not on\n%s", words, shown.text);
}

/* ---- the film ---- */

/* Waits are drawn by lot: their number is left out. */
static void shoot(const char *scene)
{
    size_t used = strlen(roll);
    render(NULL);
    ck_assert_uint_lt(used + strlen(scene) + shown.length + 10, sizeof roll);
    used += (size_t)sprintf(roll + used, "#### %s\n", scene);
    for (const char *p = shown.text; *p;) {
        size_t digits = strspn(p, "0123456789");
        bool is_wait =
            digits > 0 && (strncmp(p + digits, " second", 7) == 0 || strncmp(p + digits, " segundo", 8) == 0);
        if (is_wait) {
            roll[used++] = '~';
            p += digits + strcspn(p + digits, ".");
        } else {
            roll[used++] = *p++;
        }
    }
    roll[used] = '\n';
    roll[used + 1] = '\0';
}

static void film_download(void)
{
    open_page();
    shoot("at rest");
    press("catalogue.download");
    shoot("asking");
    wait();
    shoot("an empty cloud");
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "New", 1, 12);
    lines_put_item(&s.cloud.now, "000021", "Café \\\"solo\\\"");
    lines_put_price(&s.cloud.now, "000021", 123456);
    s.cloud.revision = 3;
    press("catalogue.download");
    wait();
    shoot("the preview");
    press("catalogue.accept");
    shoot("asked again");
    s.host.sale_open = true;
    press("catalogue.accept_again");
    bench_run(&s.b, 2000);
    shoot("a sale is open");
    s.host.sale_open = false;
    wait();
    shoot("in place");
    s.host.sale_open = true;
    shoot("in place, a sale is open");
    s.host.sale_open = false;
    render(NULL);
    press("catalogue.undo");
    shoot("undone");
    press("catalogue.seen");
    shoot("seen");
}

static void film_price(void)
{
    static const char recipe[] = "{\"kind\":\"recipe\",\"recipe_id\":\"1\"}";
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "Old", 1, 19);
    lines_put_item(&s.cloud.now, "000020", "Old 20");
    lines_put_price(&s.cloud.now, "000020", 950);
    lines_add(&s.cloud.now, "8", recipe, strlen(recipe));
    s.cloud.revision = 4;
    press("catalogue.download");
    wait();
    shoot("one price, and an unknown kind");
    press("catalogue.accept");
    shoot("a price that jumps");
    press("catalogue.cancel");
    shoot("cancelled");
}

static void film_failures(void)
{
    s.cloud.fault = CLOUD_UNREACHED;
    s.cloud.fault_at = 0;
    s.cloud.fault_times = 1000;
    press("catalogue.download");
    bench_run(&s.b, 1000);
    shoot("no connection");
    press("catalogue.cancel");
    s.cloud.fault = CLOUD_FINE;
    lines_put_head(&s.cloud.now);
    lines_add(&s.cloud.now, "7x", "{\"kind\":\"item\",\"item_id\":\"x\",\"name\":\"Tea\",\"tax_id\":\"V10\"}",
              strlen("{\"kind\":\"item\",\"item_id\":\"x\",\"name\":\"Tea\",\"tax_id\":\"V10\"}"));
    press("catalogue.download");
    wait();
    shoot("a dangling reference");
    s.host.fail_call = HOST_BEGIN;
    s.host.fail_code = POS_E_NO_SPACE;
    s.host.fail_times = 1;
    press("catalogue.download");
    wait();
    shoot("the till's disk is full");
}

static void film_upload(void)
{
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "Theirs", 1, 3);
    s.licence_on = 1;
    render(NULL);
    press("catalogue.upload");
    wait();
    shoot("both have data");
    press("catalogue.keep");
    shoot("kept");
    press("catalogue.upload");
    wait();
    press("catalogue.replace");
    bench_tick(&s.b, 0);
    shoot("uploading");
    wait();
    shoot("uploaded");
}

static void film(const char *language)
{
    static char golden[sizeof roll];
    char path[100];
    const char *mode = getenv("SCREEN_GOLDEN");
    roll[0] = '\0';
    open_in(language);
    film_download();
    film_price();
    film_failures();
    film_upload();
    leave();
    snprintf(path, sizeof path, "tests/support/screen_golden_catalogue_%s.txt", language);
    FILE *file = mode && strcmp(mode, "write") == 0 ? fopen(path, "wb") : NULL;
    if (file) {
        ck_assert_uint_eq(fwrite(roll, 1, strlen(roll), file), strlen(roll));
        fclose(file);
    }
    file = fopen(path, "rb");
    golden[file ? fread(golden, 1, sizeof golden - 1, file) : 0] = '\0';
    if (file)
        fclose(file);
    size_t at = 0, line = 1;
    for (size_t i = 0; golden[i] && golden[i] == roll[i]; i++) {
        if (golden[i] == '\n') {
            at = i + 1;
            line++;
        }
    }
    ck_assert_msg(strcmp(golden, roll) == 0, "%s differs in line %zu:\n  there: %.*s\n  here:  %.*s", path, line,
                  (int)strcspn(golden + at, "\n"), golden + at, (int)strcspn(roll + at, "\n"), roll + at);
}

START_TEST(in_english)
{
    film("en");
}
END_TEST

START_TEST(in_spanish)
{
    film("es");
}
END_TEST

/* ---- presses that come too late ---- */

START_TEST(an_accept_means_what_was_shown)
{
    open_in("en");
    lines_put_head(&s.cloud.now);
    lines_put_items(&s.cloud.now, "New", 1, 20);
    s.cloud.revision = 3;
    open_page();
    press("catalogue.download");
    wait();
    uint32_t revision = shown.revision;
    /* The till's data change, and are compared anew, without the host drawing the page. */
    lines_put_items(&s.host.local, "Mine", 30, 30);
    host_edited(&s.host);
    core_begin_call(s.b.core);
    core_catalogue_accept(s.b.core, s.b.now, shop_look(&s).preview->serial);
    shop_run(&s);
    ck_assert_int_eq(shop_look(&s).phase, CATALOGUE_PREVIEW);
    send("catalogue.accept", revision);
    ck_assert_int_eq(shop_look(&s).phase, CATALOGUE_PREVIEW);
    expect("new comparison");
    press("catalogue.accept");
    ck_assert_int_eq(shop_look(&s).phase, CATALOGUE_SWAPPING);
    leave();
}
END_TEST

START_TEST(a_refused_upload_is_told_in_the_owners_language)
{
    open_in(_i == 0 ? "en" : "es");
    s.cloud.commit_problem = "{\"type\":\"urn:factorycloud:problem:catalogue-invalid\",\"title\":\"t\",\"status\":422,"
                             "\"detail\":\"two items have the barcode 84\",\"line\":17,\"key\":\"7000005\"}";
    open_page();
    press("catalogue.upload");
    wait();
    const screen_widget *outcome = screen_text_find(&shown, "outcome");
    const char *words = _i == 0 ? "Entry 17: FactoryCLOUD does not take it." : "Dato 17: FactoryCLOUD no lo acepta.";
    ck_assert_msg(outcome && strstr(outcome->value, words), "%s", shown.text);
    ck_assert_ptr_null(strstr(outcome->value, "barcode"));
    ck_assert_str_eq(screen_text_find(&shown, "outcome.detail")->value, "two items have the barcode 84");
    leave();
}
END_TEST

START_TEST(without_a_catalogue_there_is_no_option)
{
    shop_open(&s);
    s.b.catalogue = NULL;
    shop_connect(&s);
    core_set_welcome_seen(s.b.core);
    page = screens_create(s.b.core);
    render(&(pos_event){.struct_size = sizeof(pos_event), .kind = POS_EVENT_OPENED});
    ck_assert_ptr_null(screen_text_find(&shown, "catalogue"));
    leave();
}
END_TEST

/* ---- a monkey ---- */

static uint32_t roll_dice(uint32_t below)
{
    uint64_t value;
    bench_random(&value, sizeof value);
    return (uint32_t)((value >> 20) % below);
}

static void turn_world(void)
{
    static const cloud_fault faults[] = {CLOUD_FINE, CLOUD_FINE, CLOUD_UNREACHED, CLOUD_LOSE_ANSWER, CLOUD_BARE};
    switch (roll_dice(9)) {
    case 0:
        s.host.sale_open = roll_dice(2);
        break;
    case 1:
        s.cloud.fault = faults[roll_dice(5)];
        s.cloud.status = 503;
        s.cloud.fault_times = roll_dice(5);
        break;
    case 2:
        s.host.fail_call = roll_dice(3) ? 0 : (host_call)(1 + roll_dice(7));
        s.host.fail_code = roll_dice(2) ? POS_E_BUSY : POS_E_IO;
        s.host.fail_times = 1 + roll_dice(3);
        break;
    case 3:
        if (s.host.local.count < 200)
            lines_put_items(&s.host.local, "More", 100 + s.host.local.count, 100 + s.host.local.count);
        host_edited(&s.host);
        break;
    case 4:
        catalogue_cloud_revise(&s.cloud);
        lines_put_head(&s.cloud.now);
        lines_put_items(&s.cloud.now, roll_dice(2) ? "Old" : "New", 1 + roll_dice(4), 5 + roll_dice(30));
        break;
    case 5:
        s.licence_on = (int32_t)roll_dice(2);
        break;
    case 6:
        info.language = roll_dice(2) ? "en" : "es";
        screens_set_locale(page, &info);
        break;
    default:
        for (uint32_t i = roll_dice(30); i > 0; i--)
            shop_tick(&s);
        break;
    }
}

START_TEST(a_monkey)
{
    uint32_t outcomes = 0, presses = 0;
    open_in("en");
    open_page();
    for (uint32_t i = 0; i < 60000; i++) {
        turn_world();
        const screen_widget *w = &shown.widgets[roll_dice(shown.count ? shown.count : 1)];
        if (shown.count > 0 && w->action[0] && w->is_enabled) {
            char action[sizeof w->action];
            memcpy(action, w->action, sizeof action);
            send(action, shown.revision);
            presses++;
        } else {
            render(NULL);
        }
        outcomes |= 1u << s.b.core->catalogue->v.outcome;
        /* The till's data are always a whole catalogue: its own, or one of the cloud's revisions. */
        ck_assert_str_eq(s.host.local.entries[0].key, "0");
        ck_assert(s.host.is_cut || lines_count_kind(&s.host.local, CATALOGUE_TAX) == 1);
    }
    printf("%u presses, outcomes %x, %u swaps, %u undos, %u uploads\n", presses, outcomes, s.host.swaps, s.host.undos,
           s.cloud.committed_times);
    ck_assert_uint_gt(s.host.swaps, 3);
    ck_assert_uint_gt(s.cloud.committed_times, 1);
    leave();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("screens/catalogue");
    TCase *c = tcase_create("all");
    tcase_set_timeout(c, 240);
    tcase_add_test(c, in_english);
    tcase_add_test(c, in_spanish);
    tcase_add_test(c, an_accept_means_what_was_shown);
    tcase_add_test(c, without_a_catalogue_there_is_no_option);
    tcase_add_loop_test(c, a_refused_upload_is_told_in_the_owners_language, 0, 2);
    tcase_add_test(c, a_monkey);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
