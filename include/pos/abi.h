/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pos/abi.h - the rules that every struct and call between a POS program (the host) and a plugin obeys.
 *
 * STATUS: 1.0, frozen. From here on only what GROWTH allows: a host and a plugin that were built years apart load.
 *
 * TYPES     Fixed-width integers and `const char *` only: no bool, enum, long, size_t or time_t crosses, because
 *           their size differs between compilers and languages. Text is UTF-8, zero-terminated. Money is int64_t in
 *           minor units beside an ISO 4217 code; quantities are thousandths; rates are hundredths of a percent;
 *           durations end in _ms; wall time is Unix time in ms, UTC. A business date is text, "YYYY-MM-DD", and
 *           comes from the host: a day that closes at 02:00 still belongs to the evening before.
 *
 * GROWTH    Every struct that crosses starts with `struct_size`, which its maker sets to sizeof as *its* compiler saw
 *           it. The reader copies the smaller of the two sizes and zero-fills the rest; zero always means "unset".
 *           A size that ends within a field counts as ending before it.
 *           Fields are appended, never inserted, renumbered or removed. A larger struct is never refused (a plugin
 *           older than its host must load). Arrays of structs carry a stride for the same reason. Flags and kinds
 *           that a reader does not know are ignored where that is harmless and named as POS_E_UNSUPPORTED where not.
 *
 * OWNERSHIP No allocation crosses. Whoever passes a pointer owns what it points to, and it is valid during that call
 *           only, unless the declaration says longer.
 *
 * THREADS   The host calls an instance from any thread it likes, one call at a time, each after the one before
 *           (executors that move between OS threads are fine). A call that overlaps another, or that comes from
 *           inside a callback of the same instance, returns POS_E_BUSY and does nothing. A plugin calls the host only
 *           from inside a call that the host made, on that thread: never from a thread of its own.
 *           After fork(), every call in the child returns POS_E_FORKED: a plugin's worker thread is not there.
 *
 * ERRORS    int32_t: 0 is success, negative is one of the codes below. Codes may be added: treat an unknown negative
 *           value like POS_E_FAILED. Misuse returns POS_E_MISUSE, never undefined behaviour, as far as a pointer can
 *           be judged at all.
 */
#ifndef POS_ABI_H
#define POS_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define POS_STATIC_ASSERT(cond, text) static_assert(cond, text)
#else
#define POS_STATIC_ASSERT(cond, text) _Static_assert(cond, text)
#endif

/* The version of these headers. The major is in the name of the entry symbol; the minor only tells, it gates nothing:
 * what a struct really holds is told by its struct_size alone (a version macro lies after a partial rebuild). */
#define POS_ABI_MAJOR 1
#define POS_ABI_MINOR 0

/* ---- results ---- */
#define POS_OK            0
#define POS_E_FAILED      (-1)  /* anything without a code of its own; last_error() has the words */
#define POS_E_MISUSE      (-2)  /* an argument or the order of calls breaks a rule; last_error() names it */
#define POS_E_BUSY        (-3)  /* overlaps another call, or the storage is locked by somebody else */
#define POS_E_NOT_FOUND   (-4)  /* no such record, report or extension */
#define POS_E_TOO_LARGE   (-5)  /* over a stated limit; nothing was kept */
#define POS_E_NO_SPACE    (-6)  /* the storage is full */
#define POS_E_IO          (-7)  /* the storage failed; after a put the outcome is unknown */
#define POS_E_CORRUPT     (-8)  /* the storage knows that this record is damaged, or a secret cannot be read */
#define POS_E_FORKED      (-9)  /* called in a child process */
#define POS_E_UNSUPPORTED (-10) /* this side does not do that */
#define POS_E_NO_MEMORY   (-11)

/*
 * POS_HAS(p, type, field): does the struct that `p` points to reach as far as `field`? Ask before reading any field
 * that was added after 1.0. `field` must be a plain member name.
 */
#define POS_HAS(p, type, field) ((size_t)(p)->struct_size >= offsetof(type, field) + sizeof((p)->field))

/* Pins an offset for 32-bit and for 64-bit pointers, so that a field put in the middle does not compile. */
#define POS_PIN(type, field, at32, at64)                                                                               \
    POS_STATIC_ASSERT(offsetof(type, field) == (sizeof(void *) == 4 ? (at32) : (at64)), #type "." #field " moved")

/* An exported function of a plugin. */
#if defined(_WIN32)
#define POS_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define POS_EXPORT __attribute__((visibility("default")))
#else
#define POS_EXPORT
#endif

#endif
