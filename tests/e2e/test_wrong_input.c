/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/e2e/test_wrong_input.c - whatever a POS hands over as its Z: the day is closed, so it is taken, kept and shown
 * with the reason; nothing is lost, nothing crashes, and no bad report keeps a good one back.
 */
#include "support/e2e_owner.h"
#include "support/e2e_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define COUNTED "SELECT COUNT(*) FROM reports WHERE kind = 'Z' AND counted = 1"

static e2e_cloud cloud;
static e2e_host host;

static void set_up(void)
{
    e2e_cloud_open(&cloud);
    e2e_host_open(&host, &cloud);
    e2e_owner_set_up(&host, &cloud);
}

static void take_down(void)
{
    e2e_host_close(&host);
    e2e_cloud_close(&cloud);
}

/* Opens the item of that Z in the queue's page. */
static void open_item(int64_t z_number)
{
    char name[32], id[64] = "";
    snprintf(name, sizeof name, "Z %lld,", (long long)z_number);
    e2e_owner_open(&host);
    e2e_owner_press(&host, "status");
    e2e_owner_await_words(&host, NULL, name);
    for (uint32_t i = 0; i < poshost_screen_widget_count(host.screen); i++) {
        const poshost_widget *w = poshost_screen_widget(host.screen, i);
        if (w->kind == POS_WIDGET_ROW && strncmp(w->label, name, strlen(name)) == 0)
            snprintf(id, sizeof id, "%s", w->id);
    }
    ck_assert_msg(id[0], "Z %lld is not in the queue", (long long)z_number);
    e2e_owner_press(&host, id);
    e2e_owner_await_screen(&host, "status.item");
}

/* A good day before it and one after it are delivered; the bad one is shown as rejected for that reason, also after a
 * restart, and handing it over again is fine. */
static void reject(const void *document, size_t size_bytes, const char *code)
{
    set_up();
    e2e_close_day(&host, 1);
    const e2e_day *bad = e2e_day_make_raw(&host, 2, document, size_bytes);
    ck_assert_int_eq(e2e_day_hand_over(&host, bad), POS_OK);
    bad = &host.days[1];
    ck_assert_int_eq(e2e_day_hand_over(&host, bad), POS_OK);
    e2e_close_day(&host, 3);
    e2e_host_await_delivered(&host);
    e2e_check_in_store(&host, &cloud, 0, 1, E2E_STORE);
    e2e_check_in_store(&host, &cloud, 2, 1, E2E_STORE);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, COUNTED), 2);
    for (int run = 0; run < 2; run++) {
        e2e_host_await_status(&host, "1 report was rejected");
        ck_assert_uint_eq(host.tick.attention, POS_ATTENTION_ACTION);
        open_item(2);
        ck_assert(e2e_owner_reads(&host, "state", "Rejected"));
        ck_assert_msg(e2e_owner_reads(&host, "code", code), "not rejected as %s", code);
        e2e_host_stop(&host);
        ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
        ck_assert_int_eq(e2e_day_hand_over(&host, bad), POS_OK);
        e2e_host_await_delivered(&host);
    }
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, "SELECT COUNT(*) FROM reports"), 2);
    take_down();
}

START_TEST(broken_json_is_shown_as_rejected)
{
    static const char text[] = "{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",";
    reject(text, sizeof text - 1, "invalid-json");
}
END_TEST

START_TEST(zero_bytes_are_shown_as_rejected)
{
    reject(NULL, 0, "empty");
}
END_TEST

START_TEST(depth_10000_is_shown_as_rejected)
{
    enum { DEPTH = 10000 };
    char *text = malloc(2 * DEPTH + 16);
    ck_assert_ptr_nonnull(text);
    memcpy(text, "{\"a\":", 5);
    memset(text + 5, '[', DEPTH);
    memset(text + 5 + DEPTH, ']', DEPTH);
    text[5 + 2 * DEPTH] = '}';
    reject(text, 6 + 2 * DEPTH, "too-deep");
    free(text);
}
END_TEST

START_TEST(invalid_utf8_is_shown_as_rejected)
{
    static const char text[] = "{\"schema\":\"pos.report.z/1\",\"note\":\"caf\xe9\"}";
    reject(text, sizeof text - 1, "invalid-utf8");
}
END_TEST

START_TEST(figures_beyond_2_53_are_shown_as_rejected)
{
    static const char text[] = "{\"schema\":\"pos.report.z/1\",\"totals\":{\"gross_turnover\":9007199254740993}}";
    reject(text, sizeof text - 1, "number-range");
}
END_TEST

/* Well-formed, and refused by the cloud: kept with the cloud's own reason. */
START_TEST(document_without_totals_is_shown_as_rejected)
{
    static const char text[] = "{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",\"register_id\":\"T1\","
                               "\"currency\":\"EUR\",\"z_number\":2,\"business_date\":\"2026-01-02\"}";
    reject(text, sizeof text - 1, "invalid-schema");
}
END_TEST

START_TEST(document_of_another_number_is_shown_as_rejected)
{
    static const char text[] = "{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",\"register_id\":\"T1\","
                               "\"currency\":\"EUR\",\"z_number\":7,\"business_date\":\"2026-01-02\",\"totals\":"
                               "{\"gross_turnover\":1,\"net_turnover\":1,\"tax_total\":0}}";
    reject(text, sizeof text - 1, "header-mismatch");
}
END_TEST

START_TEST(figures_that_do_not_add_up_are_carried_with_a_warning)
{
    static const char text[] = "{\"schema\":\"pos.report.z/1\",\"report_type\":\"Z\",\"register_id\":\"T1\","
                               "\"currency\":\"EUR\",\"z_number\":1,\"business_date\":\"2026-01-01\",\"totals\":"
                               "{\"gross_turnover\":1000,\"net_turnover\":700,\"tax_total\":200}}";
    set_up();
    const e2e_day *day = e2e_day_make_raw(&host, 1, text, sizeof text - 1);
    ck_assert_int_eq(e2e_day_hand_over(&host, day), POS_OK);
    e2e_host_await_delivered(&host);
    ck_assert_uint_eq(host.tick.attention, POS_ATTENTION_NONE);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL,
                                    COUNTED " AND gross_minor = 1000 AND net_minor = 700"
                                            " AND tax_minor = 200 AND warning LIKE '%add up%'"),
                     1);
    take_down();
}
END_TEST

START_TEST(number_used_by_other_content_opens_an_epoch)
{
    set_up();
    for (int64_t number = 1; number <= 4; number++)
        e2e_close_day(&host, number);
    e2e_host_await_delivered(&host);
    for (int64_t number = 1; number <= 3; number++)
        e2e_close_day(&host, number); /* later days, other figures: the grand total has gone on */
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, COUNTED " AND epoch = 0"), 4);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, COUNTED " AND epoch = 1"), 3);
    e2e_host_stop(&host); /* the history is read again, and opens no third one */
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

/* A disk that was cloned, keys and all: two tills with one identity close the same number with other figures. */
START_TEST(cloned_disk_ends_in_a_conflict_that_is_shown)
{
    static e2e_host clone;
    char folder[E2E_PATH_BYTES];
    set_up();
    e2e_close_day(&host, 1);
    e2e_host_await_delivered(&host);
    e2e_host_stop(&host);
    memset(&clone, 0, sizeof clone);
    e2e_make_folder(folder);
    e2e_copy_folder(host.folder, folder);
    memcpy(clone.folder, folder, sizeof folder);
    e2e_join_path(clone.log_file, folder, "host.log");
    e2e_host_aim(&clone, cloud.url, cloud.ca);
    clone.info = host.info;
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    ck_assert_int_eq(e2e_host_start(&clone, NULL, 0), POS_OK);
    e2e_close_day(&host, 2);
    e2e_host_await_delivered(&host);
    ck_assert_int_eq(e2e_day_hand_over(&clone, e2e_day_make(&clone, 2, 555)), POS_OK);
    e2e_host_await_delivered(&clone);
    e2e_host_await_status(&clone, "1 report is in conflict");
    e2e_owner_open(&clone);
    e2e_owner_press(&clone, "status");
    e2e_owner_await_words(&clone, NULL, "In conflict");
    e2e_check_in_store(&host, &cloud, 0, 2, E2E_STORE);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, COUNTED), 2);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL,
                                    "SELECT COUNT(*) FROM reports WHERE standing = 'conflict' AND counted = 0"),
                     1);
    e2e_host_close(&clone);
    take_down();
}
END_TEST

static e2e_day *make_large_day(int64_t number)
{
    size_t size_bytes = POS_DOCUMENT_MAX_BYTES + 1;
    char *text = malloc(size_bytes);
    ck_assert_ptr_nonnull(text);
    memset(text, ' ', size_bytes);
    text[0] = '{';
    text[size_bytes - 1] = '}';
    e2e_day *day = e2e_day_make_raw(&host, number, text, size_bytes);
    free(text);
    return day;
}

START_TEST(over_4_mb_is_refused_in_words_and_caught_up_without_its_document)
{
    set_up();
    e2e_close_day(&host, 1);
    const e2e_day *large = make_large_day(2);
    ck_assert_int_eq(e2e_day_hand_over(&host, large), POS_E_TOO_LARGE);
    const char *why = poshost_guard_last_error(host.guard);
    ck_assert_msg(strstr(why, "4 M"), "the refusal says: %s", why);
    e2e_close_day(&host, 3);
    e2e_host_stop(&host); /* the history is compared at the next start, and hourly */
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    e2e_host_await_delivered(&host);
    e2e_host_await_status(&host, "1 report was rejected");
    open_item(2);
    ck_assert(e2e_owner_reads(&host, "reason", "larger than 4 MB"));
    ck_assert(e2e_owner_reads(&host, "code", "too-large"));
    e2e_check_in_store(&host, &cloud, 0, 1, E2E_STORE);
    e2e_check_in_store(&host, &cloud, 2, 1, E2E_STORE);
    ck_assert_int_eq(e2e_sql_number(cloud.database, NULL, COUNTED), 2);
    take_down();
}
END_TEST

/* Without a restart: within the hour. */
START_TEST(over_4_mb_is_caught_up_within_the_hour)
{
    set_up();
    ck_assert_int_eq(e2e_day_hand_over(&host, make_large_day(1)), POS_E_TOO_LARGE);
    e2e_close_day(&host, 2);
    e2e_host_await_delivered(&host);
    host.clock_ahead_ms += INT64_C(61) * 60 * 1000;
    e2e_host_await_status(&host, "1 report was rejected");
    e2e_check_in_store(&host, &cloud, 1, 1, E2E_STORE);
    take_down();
}
END_TEST

START_TEST(exactly_4_mb_is_delivered)
{
    set_up();
    e2e_day *good = e2e_day_make(&host, 1, 0);
    char *text = malloc(POS_DOCUMENT_MAX_BYTES);
    ck_assert_ptr_nonnull(text);
    memset(text, ' ', POS_DOCUMENT_MAX_BYTES);
    memcpy(text, good->document, good->document_size);
    free(good->document);
    good->document = text;
    good->document_size = POS_DOCUMENT_MAX_BYTES;
    ck_assert_int_eq(e2e_day_hand_over(&host, good), POS_OK);
    e2e_host_await_delivered(&host);
    e2e_check_delivered(&host, &cloud, E2E_STORE);
    take_down();
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {
        {"broken JSON", broken_json_is_shown_as_rejected},
        {"0 bytes", zero_bytes_are_shown_as_rejected},
        {"depth 10,000", depth_10000_is_shown_as_rejected},
        {"invalid UTF-8", invalid_utf8_is_shown_as_rejected},
        {"beyond 2^53", figures_beyond_2_53_are_shown_as_rejected},
        {"no totals", document_without_totals_is_shown_as_rejected},
        {"another number", document_of_another_number_is_shown_as_rejected},
        {"do not add up", figures_that_do_not_add_up_are_carried_with_a_warning},
        {"number used", number_used_by_other_content_opens_an_epoch},
        {"cloned disk", cloned_disk_ends_in_a_conflict_that_is_shown},
        {"over 4 MB", over_4_mb_is_refused_in_words_and_caught_up_without_its_document},
        {"over 4 MB, later", over_4_mb_is_caught_up_within_the_hour},
        {"exactly 4 MB", exactly_4_mb_is_delivered},
    };
    return E2E_RUN("wrong input", tests);
}
