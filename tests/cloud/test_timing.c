/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether an address has an account shows in no time either. Many tries in turns, with the passwords hashed as in
 * earnest. What is compared is the median of the processor time of client and cloud together: other work on the machine
 * does not count in it, and a few odd tries do not move it. A cloud that skipped the hash for an unknown address would
 * need a small part of the other's.
 */
#include "cloud_fixture.h"
#include "cloud_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TRIES   15
#define FACTOR  1.3
#define HOUR_MS (3600LL * 1000)

static fixture fx;

static void setup(void)
{
    fixture_open_with(&fx, (cloud_config){.fast_passwords = false});
    fixture_person(&fx, "ana@example.com");
}

static void teardown(void)
{
    fixture_close(&fx);
}

static double cpu_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

typedef void request_fn(const char *email);

static void log_in(const char *email)
{
    char json[120];
    snprintf(json, sizeof json, "{\"email\":\"%s\",\"password\":\"something else\"}", email);
    fixture_refused(&fx, (call){.path = "/v1/sessions", .json = json}, 401, "login-failed");
}

static void start_registration(const char *email)
{
    reply answer = fixture_start_registration(&fx, email, fixture_hex());
    fixture_expect(&answer, 202, NULL);
    reply_free(&answer);
}

static void start_recovery(const char *email)
{
    char json[120];
    snprintf(json, sizeof json, "{\"email\":\"%s\",\"language\":\"en\"}", email);
    fixture_refused(&fx, (call){.path = "/v1/recoveries", .json = json, .key = fixture_hex()}, 202, NULL);
}

static int compare(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return (*x > *y) - (*x < *y);
}

static double measure(request_fn *request, const char *email)
{
    double before_s = cpu_s();
    request(email);
    return cpu_s() - before_s;
}

/* Their medians, over so many tries in turns; time passes, so that nothing is throttled. */
static void measure_both(request_fn *request, size_t tries, double *known_s, double *unknown_s)
{
    double known[101];
    double unknown[101];
    ck_assert_uint_le(tries, 101);
    for (size_t i = 0; i < tries; i++) {
        fixture_advance(&fx, 2 * HOUR_MS);
        known[i] = measure(request, "ana@example.com");
        unknown[i] = measure(request, "eve@example.com");
    }
    qsort(known, tries, sizeof *known, compare);
    qsort(unknown, tries, sizeof *unknown, compare);
    *known_s = known[tries / 2];
    *unknown_s = unknown[tries / 2];
}

static void expect_alike(request_fn *request, size_t tries, double factor)
{
    double known_s;
    double unknown_s;
    measure_both(request, tries, &known_s, &unknown_s);
    printf("median of %zu: known %.2f ms, unknown %.2f ms\n", tries, known_s * 1e3, unknown_s * 1e3);
    ck_assert_msg(known_s < unknown_s * factor && unknown_s < known_s * factor, "%.2f ms and %.2f ms", known_s * 1e3,
                  unknown_s * 1e3);
}

START_TEST(log_ins_take_alike)
{
    expect_alike(log_in, TRIES, FACTOR);
}
END_TEST

START_TEST(registrations_take_alike)
{
    expect_alike(start_registration, TRIES, FACTOR);
}
END_TEST

/* Nothing is hashed here, so what there is of work is small; the mail, which only one of them gets, is another thread's
 * and in this figure. */
START_TEST(recoveries_take_alike)
{
    expect_alike(start_recovery, 41, 2);
}
END_TEST

/* The measure tells a hash from none: a request that needs a password's hash from one that is refused before it. */
static void log_in_without(const char *email)
{
    if (strcmp(email, "ana@example.com") == 0)
        log_in(email);
    else
        fixture_refused(&fx, (call){.path = "/v1/sessions", .json = "{}"}, 422, "invalid");
}

START_TEST(a_hash_that_is_left_out_shows)
{
    double with_s;
    double without_s;
    measure_both(log_in_without, 5, &with_s, &without_s);
    ck_assert_msg(with_s > without_s * FACTOR, "%.2f ms and %.2f ms", with_s * 1e3, without_s * 1e3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("timing");
    TCase *cases = tcase_create("timing");
    tcase_set_timeout(cases, 120);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, log_ins_take_alike);
    tcase_add_test(cases, registrations_take_alike);
    tcase_add_test(cases, recoveries_take_alike);
    tcase_add_test(cases, a_hash_that_is_left_out_shows);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
