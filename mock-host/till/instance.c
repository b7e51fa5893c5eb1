/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ties loader, storage and guard of the SDK together for one instance: DIR/plugin.db for the records, DIR/keys for what
 * must not travel with a backup.
 */
#include "instance.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "options.h"

#define INSTANCE_STOP_MS 1000u

bool instance_load(struct instance *instance, const char *path, const pos_plugin *calls, const char *data,
                   bool abort_on_misuse, struct fault *fault)
{
    char why[400];
    memset(instance, 0, sizeof *instance);
    instance->abort_on_misuse = abort_on_misuse;
    if (snprintf(instance->data, sizeof instance->data, "%s", data) >= (int)sizeof instance->data)
        return fault_set(fault, "the name of the data folder is too long");
    instance->calls = calls;
    if (calls != NULL || strcmp(path, OPTIONS_PLUGIN_NONE) == 0)
        return true;
    if (poshost_plugin_open(path, NULL, &instance->plugin, why, sizeof why) != POS_OK)
        return fault_set(fault, "%s", why);
    instance->calls = poshost_plugin_calls(instance->plugin);
    return true;
}

static bool instance_open_storage(struct instance *instance, struct fault *fault)
{
    char database[4200], keys[4200], key_file[4200], why[400];
    (void)snprintf(database, sizeof database, "%s/plugin.db", instance->data);
    (void)snprintf(keys, sizeof keys, "%s/keys", instance->data);
    (void)snprintf(key_file, sizeof key_file, "%s/keys/plugin.key", instance->data);
    if (mkdir(keys, 0700) != 0 && errno != EEXIST)
        return fault_set(fault, "cannot make the folder %s: %s", keys, strerror(errno));
    if (poshost_storage_open(database, key_file, &instance->storage, why, sizeof why) != POS_OK)
        return fault_set(fault, "the plugin's storage: %s", why);
    return true;
}

bool instance_start(struct instance *instance, struct host *host, uint32_t storage_delay_ms, struct fault *fault)
{
    char why[400];
    if (instance->calls == NULL)
        return true;
    if (!instance_open_storage(instance, fault))
        return false;
    host->abi.storage = poshost_storage_calls(instance->storage);
    if (storage_delay_ms > 0)
        host->abi.storage = slow_storage_fill(&instance->slow, host->abi.storage, storage_delay_ms);
    poshost_guard_options options = {.mode = instance->abort_on_misuse ? POSHOST_GUARD_ABORT : POSHOST_GUARD_REPORT};
    bool ok = poshost_guard_new(instance->calls, &host->abi, &options, &instance->guard, why, sizeof why) == POS_OK &&
              poshost_guard_create(instance->guard, why, sizeof why) == POS_OK;
    if (ok)
        return true;
    (void)fault_set(fault, "the plugin did not start: %s", why);
    poshost_guard_free(instance->guard);
    poshost_storage_close(instance->storage);
    instance->guard = NULL;
    instance->storage = NULL;
    return false;
}

bool instance_stop(struct instance *instance, struct fault *fault)
{
    bool ok = true;
    if (instance->guard == NULL)
        return true;
    poshost_guard_stats stats;
    (void)poshost_guard_stop(instance->guard, INSTANCE_STOP_MS); /* BUSY: destroy waits for the rest */
    if (poshost_guard_destroy(instance->guard) != POS_OK)
        ok = fault_set(fault, "the plugin did not end: %s", poshost_guard_last_error(instance->guard));
    poshost_guard_stats_get(instance->guard, &stats);
    instance->host_misuses += stats.host_misuses;
    instance->plugin_misuses += stats.plugin_misuses;
    poshost_guard_free(instance->guard);
    poshost_storage_close(instance->storage);
    instance->guard = NULL;
    instance->storage = NULL;
    return ok;
}

/* Deletes the plain files of `folder` whose names begin with `prefix`. */
static bool instance_delete_files(const char *folder, const char *prefix, struct fault *fault)
{
    DIR *listing = opendir(folder);
    if (listing == NULL)
        return errno == ENOENT ? true : fault_set(fault, "cannot read %s: %s", folder, strerror(errno));
    bool ok = true;
    const struct dirent *entry;
    while (ok && (entry = readdir(listing)) != NULL) {
        char path[8192];
        if (entry->d_name[0] == '.' || strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (unlink(path) != 0 && errno != ENOENT)
            ok = fault_set(fault, "cannot delete %s: %s", path, strerror(errno));
    }
    (void)closedir(listing);
    return ok;
}

bool instance_wipe_storage(const struct instance *instance, struct fault *fault)
{
    char keys[4200];
    (void)snprintf(keys, sizeof keys, "%s/keys", instance->data);
    return instance_delete_files(instance->data, "plugin.db", fault) && instance_delete_files(keys, "plugin.", fault);
}

void instance_unload(struct instance *instance)
{
    poshost_plugin_close(instance->plugin);
    instance->plugin = NULL;
    instance->calls = NULL;
}
