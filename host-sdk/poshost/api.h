/* SPDX-License-Identifier: Apache-2.0 */
/*
 * poshost/api.h - what the headers of libposhost share.
 *
 * libposhost is the host's half of include/pos, ready to link: a loader (loader.h), a guard that watches both sides
 * (guard.h), storage on SQLite (storage.h), a screen model (screen.h) and a report builder (report.h). Each can be used
 * without the others, and a host may write any of them itself: a plugin sees include/pos only.
 *
 * Unlike include/pos this is an ordinary C library: link it statically, or with the shared library of the same version.
 * Results are the POS_* codes of pos/abi.h. Text is UTF-8. Where a function takes `error` and `error_capacity_bytes`,
 * it writes the reason there in English on failure, zero-terminated and cut to fit; both may be NULL and 0.
 *
 * THREADS   Nothing here starts a thread. An object is used by one thread at a time; different objects are independent.
 */
#ifndef POSHOST_API_H
#define POSHOST_API_H

#include <stddef.h>
#include <stdint.h>

#include <pos/abi.h>

#if defined(__GNUC__)
#define POSHOST_API __attribute__((visibility("default")))
#else
#define POSHOST_API
#endif

#ifdef __cplusplus
#define POSHOST_BEGIN_DECLS extern "C" {
#define POSHOST_END_DECLS   }
#else
#define POSHOST_BEGIN_DECLS
#define POSHOST_END_DECLS
#endif

#endif
