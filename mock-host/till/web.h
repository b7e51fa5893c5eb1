/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web.h - the till for a person at a browser: a header with the shop, and the settings screen as one page.
 *
 * The page is served on a loopback address, by the till's own thread while it waits (flow_guest): the plugin has one
 * caller, and a browser never makes a tick wait for longer than it takes to write a page. Who may press: whoever was
 * given the page's token by a page of this run, from the same origin. It works without JavaScript; web.js adds that
 * the page follows the till by itself.
 *
 *   GET  /        the page
 *   GET  /state   the page once it differs from ?have=, or 204 after some 20 s (web.js)
 *   POST /act     what was pressed on the settings screen; then the page
 *   POST /till    what was pressed in the header; then the page
 */
#ifndef TILL_WEB_H
#define TILL_WEB_H

#include "fault.h"

struct till;
struct web;

/* Listens at "127.0.0.1:8080", "localhost:0" or "[::1]:8080" and opens the settings screen. NULL: *fault says why. The
 * till must outlive it. */
struct web *web_open(struct till *till, const char *address, struct fault *fault);

/* "http://127.0.0.1:8080/" */
const char *web_address(const struct web *web);

/* NULL is fine. */
void web_close(struct web *web);

#endif
