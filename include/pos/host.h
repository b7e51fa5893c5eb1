/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pos/host.h - what a host gives to an instance of a plugin: who it is, the time, a log, storage, and extensions.
 *
 * One pos_host per instance. It, and the pos_storage it points to, stay valid and unchanged until destroy() has
 * returned. Every function gets the `ctx` of the struct that it is in, so that a ready-made storage or extension can be
 * handed on as it is. All of them are called only from inside the host's own calls into the plugin, on that thread, and
 * none may call back into the plugin (POS_E_BUSY).
 */
#ifndef POS_HOST_H
#define POS_HOST_H

#include "abi.h"
#include "storage.h"

/* Read with pos_host.info(). Text members may be NULL where not marked "required". */
typedef struct pos_host_info {
    uint32_t struct_size;
    uint32_t reserved;
    const char *product;      /* name and version of the POS program, for the cloud's and the log's eyes */
    const char *register_id;  /* required; 1..64 bytes of UTF-8 without control characters; the same as long as the
                                 instance lives. The company's own name for this till: what is printed on its receipts */
    const char *device_name;  /* what a person calls this machine, "Counter 1" */
    const char *language;     /* BCP 47, "en", "es-MX"; English where a plugin lacks it */
    const char *time_zone;    /* IANA, "Europe/Madrid" */
    const char *country;      /* ISO 3166-1 alpha-2: a default in forms */
    const char *currency;     /* ISO 4217: a default in forms */
    const char *cloud_url;    /* required; "https://host[:port]", no path. http:// is accepted for loopback addresses
                                 only. One that cannot be used fails no create(): the screen says so */
    const char *ca_file;      /* PEM bundle to trust instead of the system's */
    const char *ca_directory; /* hashed directory of certificates; preferred: parsing a bundle costs about 20 ms */
    const char *proxy;        /* "http://host:port" for HTTPS CONNECT */
} pos_host_info;

POS_PIN(pos_host_info, product, 8, 8);
POS_PIN(pos_host_info, cloud_url, 36, 64);
POS_PIN(pos_host_info, proxy, 48, 88);

/* The time, as one reading. A host may scale or script it: all that a plugin schedules follows this clock. */
typedef struct pos_time {
    uint32_t struct_size;
    uint32_t reserved;
    int64_t wall_ms;    /* Unix time in ms, UTC; may jump both ways: it is only shown and stamped, never counted on */
    int64_t elapsed_ms; /* since any fixed moment; never goes back, and counts the time asleep (on Linux CLOCK_BOOTTIME:
                           CLOCK_MONOTONIC stops while a tablet sleeps) */
} pos_time;

POS_PIN(pos_time, wall_ms, 8, 8);
POS_PIN(pos_time, elapsed_ms, 16, 16);

#define POS_LOG_DEBUG   1u
#define POS_LOG_INFO    2u
#define POS_LOG_WARNING 3u
#define POS_LOG_ERROR   4u
#define POS_LOG_MISUSE  5u /* the other side broke a rule of this ABI: a bug for its developers, named in the text */

typedef struct pos_host {
    uint32_t struct_size;
    uint32_t abi_minor; /* POS_ABI_MINOR as the host was compiled; told in logs only */
    void *ctx;          /* handed to every function below; storage and extensions have their own */

    /* Required. What it points to stays valid until the next info() or destroy(). A plugin asks at create, and again
     * at a tick with POS_TICK_LOCALE_CHANGED. */
    const pos_host_info *(*info)(void *ctx);

    /* Required. Fills out->wall_ms and out->elapsed_ms (out->struct_size is set by the caller). */
    void (*now)(void *ctx, pos_time *out);

    /* Required. One line, no newline at its end; no secrets, ever. */
    void (*log)(void *ctx, uint32_t level, const char *text);

    /* Required. Returns the extension of that name (a struct that begins with struct_size, and whose functions take its
     * own `ctx` first), valid and unchanged until destroy() (a plugin may copy it), or NULL. Names end in their major
     * version: "pos.reports/1". */
    const void *(*get_extension)(void *ctx, const char *name);

    /* Required. */
    const pos_storage *storage;
} pos_host;

POS_PIN(pos_host, ctx, 8, 8);
POS_PIN(pos_host, info, 12, 16);
POS_PIN(pos_host, storage, 28, 48);

#endif
