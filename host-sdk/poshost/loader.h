/* SPDX-License-Identifier: Apache-2.0 */
/*
 * poshost/loader.h - opens a plugin: finds its entry for our major version, and agrees with it on the structs.
 *
 *   poshost_plugin *plugin;
 *   char why[512];
 *   if (poshost_plugin_open("./factorycloud.so", NULL, &plugin, why, sizeof why) != POS_OK)
 *       complain(why);
 *   const pos_plugin *calls = poshost_plugin_calls(plugin);      -> guard.h: poshost_guard_new(calls, ...)
 *
 * Opening runs no instance. Every failure is told in words that name the file and what to do about it.
 */
#ifndef POSHOST_LOADER_H
#define POSHOST_LOADER_H

#include <poshost/api.h>
#include <pos/plugin.h>

POSHOST_BEGIN_DECLS

typedef struct poshost_plugin poshost_plugin;

/*
 * Loads the shared object at `path` (RTLD_NOW: a missing symbol shows here, not in the middle of a close; RTLD_LOCAL:
 * its symbols do not mix with the host's) and calls its entry for major version 1.
 *
 * A path without a slash is taken in the current directory, never searched for in the system's library folders.
 *
 * `offer` is what the plugin looks at to see whether this host has what it needs; it is copied, and none of its
 * functions is called. NULL means a host with all that the headers of this libposhost know, which is what a host has
 * that puts its instance behind guard.h.
 *
 * A plugin with a smaller pos_plugin than ours (an older one) is taken, and what it lacks reads as NULL; one with a
 * larger pos_plugin (a newer one) fills what we have room for.
 *
 * Errors, *out is NULL then:
 *   NOT_FOUND    no such file
 *   UNSUPPORTED  not a shared object for this machine; or no entry for our major (the words name those that it has);
 *                or the plugin refuses (the words are the plugin's own reason)
 *   MISUSE       a NULL argument; or the plugin breaks a rule of the entry: writes past the struct it was given,
 *                calls the host from inside entry, or lacks a required function (the words name which)
 *   FAILED       the system's loader refused (the words are its own), or entry failed without a reason
 *   NO_MEMORY
 */
POSHOST_API int32_t poshost_plugin_open(const char *path, const pos_host *offer, poshost_plugin **out, char *error,
                                        uint32_t error_capacity_bytes);

/* The plugin's calls; what an older plugin lacks is NULL. Valid until poshost_plugin_close(). */
POSHOST_API const pos_plugin *poshost_plugin_calls(const poshost_plugin *plugin);

/* The path that it was opened by. Valid until poshost_plugin_close(). */
POSHOST_API const char *poshost_plugin_path(const poshost_plugin *plugin);

/* Unloads it (the system keeps an object that was linked `-z nodelete`). All its instances must be destroyed. NULL is
 * fine. */
POSHOST_API void poshost_plugin_close(poshost_plugin *plugin);

POSHOST_END_DECLS

#endif
