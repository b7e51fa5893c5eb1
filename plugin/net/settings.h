/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/settings.h - a net_config as the worker uses it: copied, checked, never changed again.
 *
 * Each transfer keeps the settings it was submitted under, so configure() only swaps a pointer.
 */
#ifndef NET_SETTINGS_H
#define NET_SETTINGS_H

#include "net/net.h"

#include <stdatomic.h>

typedef struct settings {
    atomic_uint references;
    uint32_t generation; /* connections are never shared between two of them */
    const char *problem; /* static text: why the address cannot be used; NULL when it can */
    char *base;          /* "https://host:port" */
    bool loopback;
    char *ca_file;
    char *ca_directory;
    char *proxy;
    char *user_agent;
    uint32_t connect_timeout_ms;
    uint32_t silence_timeout_ms;
    uint32_t total_timeout_ms;
    uint32_t idle_timeout_ms;
} settings;

/* One reference is the caller's. NULL: out of memory. */
settings *settings_new(const net_config *config, uint32_t generation);
settings *settings_hold(settings *held);
void settings_release(settings *held);

#endif
