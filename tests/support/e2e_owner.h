/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/support/e2e_owner.h - the owner at the settings screen: the journey by widget ids.
 */
#ifndef SUPPORT_E2E_OWNER_H
#define SUPPORT_E2E_OWNER_H

#include "support/e2e_host.h"

#define E2E_EMAIL    "ada@example.com"
#define E2E_PASSWORD "correct horse battery"
#define E2E_COMPANY  "Byron Bakeries"
#define E2E_STORE    "Main Street"

void e2e_owner_open(e2e_host *host); /* the first page; the welcome tour is skipped */
/* Waits until the widget can be pressed, and presses it. */
void e2e_owner_press(e2e_host *host, const char *widget);
void e2e_owner_type(e2e_host *host, const char *widget, const char *text);
/* Waits until the screen with that id is shown, and nothing is asked. */
void e2e_owner_await_screen(e2e_host *host, const char *screen);
/* Waits until the words stand in that widget (label, value, help or error); widget NULL: anywhere. */
void e2e_owner_await_words(e2e_host *host, const char *widget, const char *words);
bool e2e_owner_reads(const e2e_host *host, const char *widget, const char *words);
/* Writes the screen to stdout. */
void e2e_owner_show(const e2e_host *host);

/* Waits for the mail; the code is in cloud->last_code then. */
void e2e_owner_await_code(e2e_host *host, e2e_cloud *cloud, const char *email);
void e2e_owner_register(e2e_host *host, e2e_cloud *cloud, const char *email, const char *password);
void e2e_owner_log_in(e2e_host *host, const char *email, const char *password);
/* Chooses company and store by name, or makes what is not in the list, and accepts. */
void e2e_owner_assign(e2e_host *host, const char *company, const char *store);
/* The same up to Accept, which may lead to another screen than the first. */
void e2e_owner_choose_store(e2e_host *host, const char *company, const char *store);
void e2e_owner_disconnect(e2e_host *host);

/* All of it: register, company, store, assign. */
void e2e_owner_set_up(e2e_host *host, e2e_cloud *cloud);

#endif
