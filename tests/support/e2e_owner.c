/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/e2e_owner.c - presses and types what an owner would, by widget ids, and waits for answers of the cloud by
 * looking at the screen, as an owner does.
 */
#include "support/e2e_owner.h"

#include <string.h>

typedef struct sight {
    e2e_host *host;
    const char *widget, *words, *screen;
    e2e_cloud *cloud;
} sight;

static void refresh(e2e_host *host)
{
    int32_t result = poshost_screen_refresh(host->screen, poshost_guard_render, host->guard);
    ck_assert_msg(result == POS_OK, "render_settings: %d %s", result, poshost_guard_last_error(host->guard));
}

void e2e_owner_show(const e2e_host *host)
{
    printf("== %s: %s\n", poshost_screen_id(host->screen), poshost_screen_title(host->screen));
    for (uint32_t i = 0; i < poshost_screen_widget_count(host->screen); i++) {
        const poshost_widget *w = poshost_screen_widget(host->screen, i);
        printf("   [%s] %s | %s | %s | %s | %s\n", w->id, w->label ? w->label : "", w->value ? w->value : "",
               w->help ? w->help : "", w->error ? w->error : "", w->disabled_reason ? w->disabled_reason : "");
    }
}

void e2e_owner_open(e2e_host *host)
{
    int32_t result = poshost_screen_open(host->screen, poshost_guard_render, host->guard);
    ck_assert_msg(result == POS_OK, "opening: %d %s", result, poshost_guard_last_error(host->guard));
    if (poshost_screen_find(host->screen, "welcome.skip"))
        e2e_owner_press(host, "welcome.skip");
}

static void await(sight *s, e2e_condition holds, const char *what)
{
    int64_t until_ms = e2e_now_ms() + e2e_patience_ms(20000);
    while (!holds(s)) {
        if (e2e_now_ms() > until_ms) {
            e2e_owner_show(s->host);
            ck_abort_msg("never on the screen: %s; status \"%s\"; see %s", what, s->host->status, s->host->log_file);
        }
        e2e_host_beat(s->host);
        refresh(s->host);
    }
}

static bool can_be_pressed(void *ctx)
{
    const sight *s = ctx;
    const poshost_widget *w = poshost_screen_find(s->host->screen, s->widget);
    return w && w->action && !w->disabled_reason;
}

void e2e_owner_press(e2e_host *host, const char *widget)
{
    await(&(sight){.host = host, .widget = widget}, can_be_pressed, widget);
    int32_t result = poshost_screen_press(host->screen, widget, poshost_guard_render, host->guard);
    ck_assert_msg(result == POS_OK, "pressing %s: %d %s", widget, result, poshost_screen_error(host->screen));
}

static bool is_there(void *ctx)
{
    const sight *s = ctx;
    const poshost_widget *w = poshost_screen_find(s->host->screen, s->widget);
    return w && !w->disabled_reason;
}

void e2e_owner_type(e2e_host *host, const char *widget, const char *text)
{
    await(&(sight){.host = host, .widget = widget}, is_there, widget);
    int32_t result = poshost_screen_set(host->screen, widget, text);
    ck_assert_msg(result == POS_OK, "typing into %s: %d %s", widget, result, poshost_screen_error(host->screen));
}

static bool is_on_screen(void *ctx)
{
    const sight *s = ctx;
    return strcmp(poshost_screen_id(s->host->screen), s->screen) == 0;
}

void e2e_owner_await_screen(e2e_host *host, const char *screen)
{
    await(&(sight){.host = host, .screen = screen}, is_on_screen, screen);
}

static bool has_words(const char *text, const char *words)
{
    return text && strstr(text, words);
}

bool e2e_owner_reads(const e2e_host *host, const char *widget, const char *words)
{
    for (uint32_t i = 0; i < poshost_screen_widget_count(host->screen); i++) {
        const poshost_widget *w = poshost_screen_widget(host->screen, i);
        if ((!widget || strcmp(w->id, widget) == 0) && (has_words(w->label, words) || has_words(w->value, words) ||
                                                        has_words(w->help, words) || has_words(w->error, words)))
            return true;
    }
    return false;
}

static bool reads(void *ctx)
{
    const sight *s = ctx;
    return e2e_owner_reads(s->host, s->widget, s->words);
}

void e2e_owner_await_words(e2e_host *host, const char *widget, const char *words)
{
    await(&(sight){.host = host, .widget = widget, .words = words}, reads, words);
}

/* ---- the journey ---- */

static bool has_mail(void *ctx)
{
    const sight *s = ctx;
    return e2e_cloud_read_mail(s->cloud, s->words);
}

void e2e_owner_await_code(e2e_host *host, e2e_cloud *cloud, const char *email)
{
    await(&(sight){.host = host, .cloud = cloud, .words = email}, has_mail, "a mail with a code");
}

void e2e_owner_register(e2e_host *host, e2e_cloud *cloud, const char *email, const char *password)
{
    e2e_owner_open(host);
    e2e_owner_press(host, "login");
    if (poshost_screen_find(host->screen, "login.other"))
        e2e_owner_press(host, "login.other");
    e2e_owner_press(host, "login.register");
    e2e_owner_type(host, "name", "Ada Byron");
    e2e_owner_type(host, "email", email);
    e2e_owner_type(host, "password", password);
    e2e_owner_type(host, "password_again", password);
    e2e_owner_type(host, "country", "ES");
    e2e_owner_type(host, "terms", "1");
    e2e_owner_press(host, "register.submit");
    e2e_owner_await_screen(host, "register.code");
    e2e_owner_await_code(host, cloud, email);
    e2e_owner_type(host, "code", cloud->last_code);
    e2e_owner_press(host, "code.submit");
    e2e_owner_await_screen(host, "main");
}

void e2e_owner_log_in(e2e_host *host, const char *email, const char *password)
{
    e2e_owner_open(host);
    e2e_owner_press(host, "login");
    if (poshost_screen_find(host->screen, "login.other"))
        e2e_owner_press(host, "login.other");
    e2e_owner_type(host, "email", email);
    e2e_owner_type(host, "password", password);
    e2e_owner_press(host, "login.submit");
    e2e_owner_await_screen(host, "main");
}

/* Presses the row of that label; false: there is none in the list. */
static bool press_row(e2e_host *host, const char *prefix, const char *label)
{
    char id[160];
    for (uint32_t i = 0; i < poshost_screen_widget_count(host->screen); i++) {
        const poshost_widget *w = poshost_screen_widget(host->screen, i);
        if (w->kind != POS_WIDGET_ROW || strncmp(w->id, prefix, strlen(prefix)) != 0 || strcmp(w->label, label) != 0)
            continue;
        snprintf(id, sizeof id, "%s", w->id);
        e2e_owner_press(host, id);
        return true;
    }
    return false;
}

static void choose_company(e2e_host *host, const char *company)
{
    e2e_owner_await_screen(host, "companies");
    await(&(sight){.host = host, .widget = "companies"}, is_there, "the companies");
    if (press_row(host, "company.", company))
        return;
    e2e_owner_press(host, "company.new");
    e2e_owner_type(host, "name", company);
    e2e_owner_type(host, "country", "ES");
    e2e_owner_type(host, "currency", "EUR");
    e2e_owner_press(host, "company.create");
}

void e2e_owner_choose_store(e2e_host *host, const char *company, const char *store)
{
    e2e_owner_open(host);
    e2e_owner_press(host, "assign");
    choose_company(host, company);
    e2e_owner_await_screen(host, "stores");
    await(&(sight){.host = host, .widget = "stores"}, is_there, "the stores");
    if (!press_row(host, "store.", store)) {
        e2e_owner_press(host, "store.new");
        e2e_owner_type(host, "name", store);
        e2e_owner_type(host, "time_zone", "Europe/Madrid");
        e2e_owner_press(host, "store.create");
    }
    e2e_owner_await_screen(host, "assign");
    e2e_owner_press(host, "assign.accept");
}

void e2e_owner_assign(e2e_host *host, const char *company, const char *store)
{
    e2e_owner_choose_store(host, company, store);
    e2e_owner_await_screen(host, "main");
    e2e_owner_await_words(host, "store", store);
}

void e2e_owner_disconnect(e2e_host *host)
{
    e2e_owner_open(host);
    e2e_owner_press(host, "disconnect");
    e2e_owner_press(host, "disconnect.accept");
    e2e_owner_await_screen(host, "disconnected");
    e2e_owner_press(host, "disconnect.done");
}

void e2e_owner_set_up(e2e_host *host, e2e_cloud *cloud)
{
    e2e_owner_register(host, cloud, E2E_EMAIL, E2E_PASSWORD);
    e2e_owner_assign(host, E2E_COMPANY, E2E_STORE);
}
