/* SPDX-License-Identifier: Apache-2.0 */
/* The shared object under test, and structs with something behind them. */
#ifndef TESTS_ABI_PLUGIN_OBJECT_H
#define TESTS_ABI_PLUGIN_OBJECT_H

#include <string.h>

#include <pos/plugin.h>

#define CANARY 0x5A
#define BEHIND 64 /* bytes behind a struct that a newer side may have there */

/* A struct of ours with something behind it, as one of a later minor version has. */
#define LARGER(type)                                                                                                   \
    struct {                                                                                                           \
        type now;                                                                                                      \
        unsigned char later[BEHIND];                                                                                   \
    }
#define GROW(room)                                                                                                     \
    do {                                                                                                               \
        memset((room).later, CANARY, BEHIND);                                                                          \
        (room).now.struct_size = sizeof(room);                                                                         \
    } while (0)

/* 1 if those bytes are all CANARY. */
int plugin_object_is_untouched(const unsigned char *bytes, size_t count);

/* Opens BUILD/factorycloud.so, for a program in BUILD/tests/abi. 0, and words on stderr, if that fails. */
int plugin_object_open(void);
extern char plugin_object_path[];
extern pos_plugin_entry_fn plugin_object_entry;

#endif
