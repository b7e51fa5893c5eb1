/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net/settings.c - copies a host's configuration once, so that no pointer of the host's is ever read by the worker.
 */
#include "net/settings.h"
#include "net/address.h"

#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 15000u
#define SILENCE_TIMEOUT_MS 30000u
#define TOTAL_TIMEOUT_MS   60000u
#define IDLE_TIMEOUT_MS    90000u /* connections are closed then, not left to rot half-open */

/* Empty means unset. */
static bool copy_text(char **to, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return true;
    *to = strdup(text);
    return *to != NULL;
}

/* The user agent is a host's text and becomes a header line: nothing in it may end that line. */
static void flatten(char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20u || (unsigned char)*text >= 0x7fu)
            *text = '_';
    }
}

settings *settings_new(const net_config *config, uint32_t generation)
{
    settings *made = calloc(1, sizeof *made);

    if (made == NULL)
        return NULL;
    atomic_init(&made->references, 1u);
    made->generation = generation;
    made->connect_timeout_ms = config->connect_timeout_ms != 0 ? config->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    made->silence_timeout_ms = config->silence_timeout_ms != 0 ? config->silence_timeout_ms : SILENCE_TIMEOUT_MS;
    made->total_timeout_ms = config->total_timeout_ms != 0 ? config->total_timeout_ms : TOTAL_TIMEOUT_MS;
    made->idle_timeout_ms = config->idle_timeout_ms != 0 ? config->idle_timeout_ms : IDLE_TIMEOUT_MS;
    /* Out of memory is no trait of the address, to be remembered for as long as these are the settings. */
    bool checked = address_check(config->cloud_url, &made->base, &made->loopback, &made->problem) || made->problem;
    if (!checked || !copy_text(&made->ca_file, config->ca_file) ||
        !copy_text(&made->ca_directory, config->ca_directory) || !copy_text(&made->proxy, config->proxy) ||
        !copy_text(&made->user_agent, config->user_agent)) {
        settings_release(made);
        return NULL;
    }
    flatten(made->user_agent);
    return made;
}

settings *settings_hold(settings *held)
{
    (void)atomic_fetch_add(&held->references, 1u);
    return held;
}

void settings_release(settings *held)
{
    if (held == NULL || atomic_fetch_sub(&held->references, 1u) != 1u)
        return;
    free(held->base);
    free(held->ca_file);
    free(held->ca_directory);
    free(held->proxy);
    free(held->user_agent);
    free(held);
}
