/* SPDX-License-Identifier: Apache-2.0 */
/*
 * instance.h - the plugin in this till: loaded once, its instance made and ended as often as the till wants.
 *
 * All calls go through the SDK's guard (instance.guard), which is NULL while no instance runs, and for ever with
 * --plugin none.
 */
#ifndef TILL_INSTANCE_H
#define TILL_INSTANCE_H

#include <poshost/guard.h>
#include <poshost/loader.h>
#include <poshost/storage.h>

#include "fault.h"
#include "host.h"
#include "slow.h"

struct instance {
    poshost_plugin *plugin;  /* the loaded object; NULL with calls of one's own */
    const pos_plugin *calls; /* NULL: there is no plugin */
    poshost_storage *storage;
    poshost_guard *guard;
    struct slow_storage slow;
    bool abort_on_misuse;
    uint64_t plugin_misuses; /* counted over all guards */
    uint64_t host_misuses;
    char data[4096];
};

/* Loads the shared object. `path` "none": there is no plugin, and that is fine. `calls` (may be NULL) is one that is
 * linked in, in place of any. */
bool instance_load(struct instance *instance, const char *path, const pos_plugin *calls, const char *data,
                   bool abort_on_misuse, struct fault *fault);

/* Opens the storage in the data folder and makes the instance. */
bool instance_start(struct instance *instance, struct host *host, uint32_t storage_delay_ms, struct fault *fault);

/* Stops and destroys it, and closes the storage. Nothing to do is fine. False: the plugin refused, in words. */
bool instance_stop(struct instance *instance, struct fault *fault);

/* Deletes the plugin's storage and keys, as if the disk had been replaced. Only while no instance runs. */
bool instance_wipe_storage(const struct instance *instance, struct fault *fault);

void instance_unload(struct instance *instance);

#endif
