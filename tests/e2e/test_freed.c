/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/e2e/test_freed.c - nothing is freed with a secret in it. The test's free() and realloc() take the place of the C
 * library's, for the shipped plugin and the libraries too, and look at what they are given: a password or a token in it
 * is a wipe that was forgotten, whoever uses that memory next. What libcurl and OpenSSL free is theirs (README, Security).
 */
#define _GNU_SOURCE /* memmem, dladdr */ /* NOLINT */
#include "support/e2e_owner.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define PASSWORD      "Canary-Pass-5d1e83b7"
#define NEXT_PASSWORD "Canary-Next-5d1e83b7"
#define TOKEN_CHARS   "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#define TOKEN_LENGTH  43 /* behind the prefix */

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ /* these have a free() of their own */
#define WATCHED 0
#else
#define WATCHED 1
#endif

static atomic_bool watching;
static atomic_size_t libraries_forgot; /* libcurl and what it uses */
static atomic_size_t we_forgot;
static char who_forgot[8][256];

#if WATCHED
void *__libc_malloc(size_t size);             /* NOLINT: the C library's own names */
void __libc_free(void *memory);               /* NOLINT */
void *__libc_realloc(void *old, size_t size); /* NOLINT */

static bool has_token(const char *bytes, size_t size, const char *prefix)
{
    const char *at = bytes;
    while ((at = memmem(at, size - (size_t)(at - bytes), prefix, 4)) != NULL) {
        size_t left = size - (size_t)(at - bytes) - 4;
        size_t length = 0;
        at += 4;
        while (length < left && at[length] && strchr(TOKEN_CHARS, at[length]))
            length++;
        if (length >= TOKEN_LENGTH)
            return true;
    }
    return false;
}

static bool has_secret(void *memory)
{
    size_t size = malloc_usable_size(memory);
    return memmem(memory, size, "Canary-", 7) != NULL || has_token(memory, size, "fcs_") ||
           has_token(memory, size, "fct_");
}

static bool is_transport(const char *object)
{
    return strstr(object, "/libcurl") || strstr(object, "/libssl") || strstr(object, "/libcrypto") ||
           strstr(object, "/libnghttp2");
}

/* What a library forgot is wiped here, once counted: whoever gets that memory next is not to be blamed for it. */
static void look(void *memory, const void *caller)
{
    Dl_info info = {0};
    if (!atomic_load(&watching) || !memory || !has_secret(memory))
        return;
    bool found = dladdr(caller, &info) != 0 && info.dli_fname;
    if (found && is_transport(info.dli_fname)) {
        atomic_fetch_add(&libraries_forgot, 1);
        memset(memory, 0, malloc_usable_size(memory));
        return;
    }
    size_t number = atomic_fetch_add(&we_forgot, 1);
    if (number < sizeof who_forgot / sizeof who_forgot[0])
        snprintf(who_forgot[number], sizeof who_forgot[0], "%s+%#tx (%s)", found ? info.dli_fname : "?",
                 found ? (const char *)caller - (const char *)info.dli_fbase : 0,
                 found && info.dli_sname ? info.dli_sname : "");
}

__attribute__((visibility("default"))) void free(void *memory)
{
    look(memory, __builtin_return_address(0));
    __libc_free(memory);
}

/* One that moves leaves a copy behind; here each moves. */
__attribute__((visibility("default"))) void *realloc(void *old, size_t size)
{
    if (!atomic_load(&watching) || !old || size == 0)
        return __libc_realloc(old, size);
    size_t had = malloc_usable_size(old);
    void *moved = __libc_malloc(size);
    if (!moved)
        return NULL;
    memcpy(moved, old, had < size ? had : size);
    look(old, __builtin_return_address(0));
    __libc_free(old);
    return moved;
}
#endif

static e2e_cloud cloud;
static e2e_host host;

static void recover(void)
{
    e2e_owner_open(&host);
    e2e_owner_press(&host, "login");
    e2e_owner_press(&host, "login.other");
    e2e_owner_press(&host, "login.recover");
    e2e_owner_type(&host, "email", E2E_EMAIL);
    e2e_owner_press(&host, "recover.submit");
    e2e_owner_await_screen(&host, "recover.code");
    e2e_owner_await_code(&host, &cloud, E2E_EMAIL);
    e2e_owner_type(&host, "code", cloud.last_code);
    e2e_owner_type(&host, "password", NEXT_PASSWORD);
    e2e_owner_type(&host, "password_again", NEXT_PASSWORD);
    e2e_owner_press(&host, "recover.confirm");
    e2e_owner_await_screen(&host, "main");
}

static void expect_wiped(const char *when)
{
    ck_assert_msg(atomic_load(&we_forgot) == 0, "%s: freed %zu times with a secret in it, first by %s, then %s", when,
                  atomic_load(&we_forgot), who_forgot[0], who_forgot[1]);
}

START_TEST(what_is_freed_has_no_secret)
{
    e2e_cloud_open(&cloud);
    e2e_host_open(&host, &cloud);
    atomic_store(&watching, true);
    e2e_owner_register(&host, &cloud, E2E_EMAIL, PASSWORD);
    expect_wiped("registered");
    e2e_owner_assign(&host, E2E_COMPANY, E2E_STORE);
    expect_wiped("assigned");
    for (int64_t number = 1; number <= 3; number++)
        e2e_close_day(&host, number);
    e2e_host_await_delivered(&host);
    expect_wiped("sent reports");
    recover();
    expect_wiped("recovered");
    e2e_host_stop(&host);
    ck_assert_int_eq(e2e_host_start(&host, NULL, 0), POS_OK);
    expect_wiped("restarted");
    e2e_owner_log_in(&host, E2E_EMAIL, NEXT_PASSWORD);
    expect_wiped("logged in");
    e2e_owner_disconnect(&host);
    e2e_host_stop(&host);
    expect_wiped("disconnected");
    atomic_store(&watching, false);
    printf("libcurl and what it uses freed %zu times with a secret in it\n", atomic_load(&libraries_forgot));
#if WATCHED
    ck_assert_msg(atomic_load(&libraries_forgot) > 0, "not one was found: the watch sees nothing");
#endif
    e2e_host_close(&host);
    e2e_cloud_close(&cloud);
}
END_TEST

int main(void)
{
    const e2e_test tests[] = {{"freed", what_is_freed_has_no_secret}};
    return E2E_RUN("freed", tests);
}
