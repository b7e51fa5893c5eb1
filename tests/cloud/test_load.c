/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 64 tills at once, over real TLS: everything is counted once, although every batch is sent by two of them and some
 * log-ins hash passwords meanwhile.
 */
#include "cloud_batches.h"
#include "cloud_suite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TILLS   32
#define THREADS (2 * TILLS) /* two machines pose as each till */
#define BATCHES 5
#define A_BATCH 4

static fixture fx;
static person ana;
static till tills[TILLS];
static _Atomic int bad_answers;
static _Atomic int delivered;

static void setup(void)
{
    /* Real password hashes: they must not hold up the uploads. */
    fixture_open_with(&fx, (cloud_config){.fast_passwords = false});
    ana = fixture_person(&fx, "ana@example.com");
    shop place = fixture_shop(&fx, &ana);
    for (int i = 0; i < TILLS; i++)
        tills[i] = fixture_till_as(&fx, &ana, place.store_id, fixture_hex(), "another");
}

static void teardown(void)
{
    fixture_close(&fx);
}

static void *upload(void *context)
{
    const till *from = context;
    for (int number = 1; number <= BATCHES * A_BATCH; number += A_BATCH) {
        buffer bytes = {NULL, 0};
        for (int i = 0; i < A_BATCH; i++)
            batch_add(&bytes, (item){.z_number = number + i});
        reply answer = batch_send_coded(&fx, from, &bytes, NULL);
        for (int i = 0; i < A_BATCH; i++) {
            char at[32];
            snprintf(at, sizeof at, "results.%d.status", i);
            if (strcmp(reply_text(&answer, at), "delivered") == 0)
                atomic_fetch_add(&delivered, 1);
            else
                atomic_fetch_add(&bad_answers, 1);
        }
        reply_free(&answer);
        buffer_free(&bytes);
    }
    return NULL;
}

static void *log_in(void *context)
{
    static const char json[] = "{\"email\":\"ana@example.com\",\"password\":\"" PASSWORD "\"}";
    (void)context;
    for (int i = 0; i < 5; i++) {
        reply answer = fixture_call(&fx, (call){.path = "/v1/sessions", .json = json});
        if (answer.status != 201)
            atomic_fetch_add(&bad_answers, 1);
        reply_free(&answer);
    }
    return NULL;
}

START_TEST(everything_is_counted_once)
{
    pthread_t threads[THREADS + 1];
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, upload, &tills[i % TILLS]), 0);
    ck_assert_int_eq(pthread_create(&threads[THREADS], NULL, log_in, NULL), 0);
    for (int i = 0; i <= THREADS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(bad_answers, 0);
    ck_assert_int_eq(delivered, THREADS * BATCHES * A_BATCH);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM counted_z"), TILLS * BATCHES * A_BATCH);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM reports"), TILLS * BATCHES * A_BATCH);
    ck_assert_int_eq(fixture_sql(&fx, "SELECT COUNT(*) FROM continuity WHERE missing > 0 OR break_minor <> 0"), 0);
}
END_TEST

static void *claim_first(void *context)
{
    const shop *at = context;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    char till_id[33];
    pthread_mutex_lock(&lock);
    snprintf(till_id, sizeof till_id, "%s", fixture_hex());
    pthread_mutex_unlock(&lock);
    reply answer = fixture_claim(&fx, &ana, at->store_id, till_id, "till-1", "first");
    if (answer.status == 200)
        atomic_fetch_add(&delivered, 1);
    else if (answer.status != 409)
        atomic_fetch_add(&bad_answers, 1);
    reply_free(&answer);
    return NULL;
}

START_TEST(of_many_first_tills_one_is_the_first)
{
    pthread_t threads[16];
    shop at = fixture_shop(&fx, &ana);
    for (int i = 0; i < 16; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, claim_first, &at), 0);
    for (int i = 0; i < 16; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(bad_answers, 0);
    ck_assert_int_eq(delivered, 1);
}
END_TEST

static void *guess(void *context)
{
    static const char json[] = "{\"email\":\"ana@example.com\",\"password\":\"guess guess\"}";
    (void)context;
    reply answer = fixture_call(&fx, (call){.path = "/v1/sessions", .json = json});
    if (answer.status == 401)
        atomic_fetch_add(&delivered, 1);
    else if (answer.status != 429)
        atomic_fetch_add(&bad_answers, 1);
    reply_free(&answer);
    return NULL;
}

START_TEST(guesses_in_parallel_count_too)
{
    pthread_t threads[40];
    for (int i = 0; i < 40; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, guess, NULL), 0);
    for (int i = 0; i < 40; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(bad_answers, 0);
    /* Ten, and what the growing pauses let through while the test lasts. */
    ck_assert_int_ge(delivered, 10);
    ck_assert_int_le(delivered, 14);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("load");
    TCase *cases = tcase_create("load");
    tcase_set_timeout(cases, 240);
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, everything_is_counted_once);
    tcase_add_test(cases, of_many_first_tills_one_is_the_first);
    tcase_add_test(cases, guesses_in_parallel_count_too);
    suite_add_tcase(suite, cases);
    return suite_run(suite, "seen");
}
