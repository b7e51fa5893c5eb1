/* SPDX-License-Identifier: Apache-2.0 */
/* net/address.h - where requests may go: the address of a cloud, checked and written in one way. */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <stdbool.h>

/*
 * Checks `url` and writes it as "scheme://host[:port]" into *base (the caller frees it). What was checked is thereby
 * what is used. false: it is not allowed, and *reason (static text) says why; or memory is out, and *reason is NULL.
 */
bool address_check(const char *url, char **base, bool *loopback, const char **reason);

#endif
