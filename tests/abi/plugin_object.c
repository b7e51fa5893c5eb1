/* SPDX-License-Identifier: Apache-2.0 */
/* Finds and opens the shared object under test: it stands two folders above the test program. */
#include "plugin_object.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

char plugin_object_path[PATH_MAX];
pos_plugin_entry_fn plugin_object_entry;

int plugin_object_is_untouched(const unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != CANARY)
            return 0;
    }
    return 1;
}

int plugin_object_open(void)
{
    char here[PATH_MAX - 32];
    ssize_t length = readlink("/proc/self/exe", here, sizeof here - 1);
    if (length <= 0)
        return 0;
    here[length] = '\0';
    for (int up = 0; up < 3; up++) /* BUILD/tests/abi/test_plugin */
        *strrchr(here, '/') = '\0';
    snprintf(plugin_object_path, sizeof plugin_object_path, "%s/factorycloud.so", here);
    void *object = dlopen(plugin_object_path, RTLD_NOW | RTLD_LOCAL);
    if (object == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 0;
    }
    void *symbol = dlsym(object, POS_PLUGIN_ENTRY_1);
    memcpy(&plugin_object_entry, &symbol, sizeof plugin_object_entry);
    return plugin_object_entry != NULL;
}
