/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens a plugin. A vendor meets this code on the first day, with a wrong path or a wrong build in hand, so most of it
 * is about saying what is wrong. The entry gets a host whose functions are traps (it must not call any) and a struct
 * with a canary behind it (it must not write past the size it was told): both are mistakes that would otherwise show
 * as a crash much later.
 */
#include <poshost/loader.h>

#include "text.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CANARY_BYTES 256
#define CANARY       0xA5

struct poshost_plugin {
    void *object;
    char *path;
    pos_plugin calls;
};

/* ---- the host that entry sees: every function is a trap ---- */

static _Thread_local const char *trapped;

static int32_t trap_acquire(void *ctx)
{
    (void)ctx;
    trapped = "storage.acquire";
    return POS_E_MISUSE;
}

static void trap_release(void *ctx)
{
    (void)ctx;
    trapped = "storage.release";
}

static int32_t trap_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size_bytes)
{
    (void)ctx, (void)collection, (void)id, (void)bytes, (void)size_bytes;
    trapped = "storage.put";
    return POS_E_MISUSE;
}

static int32_t trap_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset_bytes, void *buffer,
                        uint32_t capacity_bytes, uint32_t *size_bytes)
{
    (void)ctx, (void)collection, (void)id, (void)offset_bytes, (void)buffer, (void)capacity_bytes, (void)size_bytes;
    trapped = "storage.get";
    return POS_E_MISUSE;
}

static int32_t trap_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    (void)ctx, (void)collection, (void)ids, (void)count;
    trapped = "storage.remove";
    return POS_E_MISUSE;
}

static int32_t trap_list(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor,
                         void *visitor_ctx)
{
    (void)ctx, (void)collection, (void)from_id, (void)visitor, (void)visitor_ctx;
    trapped = "storage.list";
    return POS_E_MISUSE;
}

static const pos_host_info *trap_info(void *ctx)
{
    static const pos_host_info nothing = {.struct_size = sizeof(nothing), .register_id = "", .cloud_url = ""};
    (void)ctx;
    trapped = "info";
    return &nothing;
}

static void trap_now(void *ctx, pos_time *out)
{
    (void)ctx, (void)out;
    trapped = "now";
}

static void trap_log(void *ctx, uint32_t level, const char *text)
{
    (void)ctx, (void)level, (void)text;
    trapped = "log";
}

static const void *trap_get_extension(void *ctx, const char *name)
{
    (void)ctx, (void)name;
    trapped = "get_extension";
    return NULL;
}

static const pos_storage trap_storage = {.struct_size = sizeof(pos_storage),
                                         .acquire = trap_acquire,
                                         .release = trap_release,
                                         .put = trap_put,
                                         .get = trap_get,
                                         .remove = trap_remove,
                                         .list = trap_list};

static const pos_host trap_host = {.struct_size = sizeof(pos_host),
                                   .abi_minor = POS_ABI_MINOR,
                                   .info = trap_info,
                                   .now = trap_now,
                                   .log = trap_log,
                                   .get_extension = trap_get_extension,
                                   .storage = &trap_storage};

/* The same members as in `offer` (NULL: all), each of them a trap. */
static void disarm_host(const pos_host *offer, pos_host *host, pos_storage *storage)
{
    *host = trap_host;
    if (offer == NULL)
        return;
    pos_host given;
    memset(&given, 0, sizeof given);
    size_t known = offer->struct_size < sizeof given ? offer->struct_size : sizeof given;
    memcpy(&given, offer, known);
    host->struct_size = (uint32_t)known;
    host->abi_minor = given.abi_minor;
    host->info = given.info ? trap_info : NULL;
    host->now = given.now ? trap_now : NULL;
    host->log = given.log ? trap_log : NULL;
    host->get_extension = given.get_extension ? trap_get_extension : NULL;
    host->storage = NULL;
    if (POS_HAS(offer, pos_host, storage) && given.storage != NULL) {
        *storage = trap_storage;
        storage->struct_size =
            given.storage->struct_size < sizeof *storage ? given.storage->struct_size : (uint32_t)sizeof *storage;
        host->storage = storage;
    }
}

/* ---- steps of opening ---- */

/* Tells the mistakes that a person makes with a path apart, before the system's loader says "invalid ELF header". */
static int32_t check_file(const char *path, char *error, uint32_t cap)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        int reason = errno;
        poshost_text_format(error, cap, "%s: %s. Look at the path, and whether this user may read it.", path,
                            strerror(reason));
        return reason == ENOENT || reason == ENOTDIR ? POS_E_NOT_FOUND : POS_E_FAILED;
    }
    if (!S_ISREG(status.st_mode)) {
        poshost_text_format(error, cap, "%s is not a file. Name the plugin's shared object itself.", path);
        return POS_E_UNSUPPORTED;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        poshost_text_format(error, cap, "%s cannot be read: %s.", path, strerror(errno));
        return POS_E_FAILED;
    }
    unsigned char head[5] = {0};
    ssize_t got = read(fd, head, sizeof head);
    close(fd);
    if (got < (ssize_t)sizeof head || memcmp(head, "\177ELF", 4) != 0) {
        poshost_text_format(error, cap, "%s is not a shared object. Name the plugin's .so file.", path);
        return POS_E_UNSUPPORTED;
    }
    int bits = head[4] == 1 ? 32 : 64;
    if (bits != (int)(8 * sizeof(void *))) {
        poshost_text_format(error, cap, "%s is built for %d bits, this program for %d. Use the plugin's other build.",
                            path, bits, (int)(8 * sizeof(void *)));
        return POS_E_UNSUPPORTED;
    }
    return POS_OK;
}

static pos_plugin_entry_fn find_entry(void *object, int major)
{
    char name[32];
    snprintf(name, sizeof name, "pos_plugin_entry_%d", major);
    void *symbol = dlsym(object, name);
    pos_plugin_entry_fn entry = NULL;
    memcpy(&entry, &symbol, sizeof entry); /* ISO C has no cast from an object's to a function's pointer */
    return entry;
}

static void tell_majors(void *object, const char *path, char *error, uint32_t cap)
{
    char found[64] = "";
    for (int major = 1; major <= 9; major++) {
        if (find_entry(object, major) == NULL)
            continue;
        size_t used = strlen(found);
        snprintf(found + used, sizeof found - used, "%s%d", used ? ", " : "", major);
    }
    if (found[0] == '\0')
        poshost_text_format(error, cap,
                            "%s exports no pos_plugin_entry_%d and none for another version: it is not a POS plugin.",
                            path, POS_ABI_MAJOR);
    else
        poshost_text_format(error, cap,
                            "%s is a POS plugin for version %s of the plugin interface; this program speaks version "
                            "%d. Use a plugin build for version %d, or a newer POS.",
                            path, found, POS_ABI_MAJOR, POS_ABI_MAJOR);
}

static const char *missing_call(const pos_plugin *calls)
{
    return calls->create == NULL            ? "create"
           : calls->on_daily_close == NULL  ? "on_daily_close"
           : calls->on_tick == NULL         ? "on_tick"
           : calls->render_settings == NULL ? "render_settings"
           : calls->stop == NULL            ? "stop"
           : calls->destroy == NULL         ? "destroy"
           : calls->last_error == NULL      ? "last_error"
                                            : NULL;
}

/* Calls entry and judges what came back. */
static int32_t negotiate(pos_plugin_entry_fn entry, const pos_host *offer, poshost_plugin *plugin, char *error,
                         uint32_t cap)
{
    struct {
        pos_plugin calls;
        unsigned char canary[CANARY_BYTES];
    } room;
    pos_host host;
    pos_storage storage;
    memset(&room.calls, 0, sizeof room.calls);
    memset(room.canary, CANARY, sizeof room.canary);
    room.calls.struct_size = (uint32_t)sizeof room.calls;
    disarm_host(offer, &host, &storage);
    trapped = NULL;

    int32_t result = entry(&host, &room.calls);

    for (size_t i = 0; i < sizeof room.canary; i++) {
        if (room.canary[i] == CANARY)
            continue;
        poshost_text_format(error, cap,
                            "%s wrote past the pos_plugin it was given (rule: it fills at most struct_size bytes). "
                            "Tell its maker.",
                            plugin->path);
        return POS_E_MISUSE;
    }
    if (trapped != NULL) {
        poshost_text_format(error, cap,
                            "%s called the host's %s from inside entry (rule: no function of the host is called "
                            "there). Tell its maker.",
                            plugin->path, trapped);
        return POS_E_MISUSE;
    }
    if (result != POS_OK) {
        int refused = room.calls.refusal != NULL && room.calls.refusal[0] != '\0';
        poshost_text_format(error, cap, "%s refuses to run here: %s (code %d).", plugin->path,
                            refused ? room.calls.refusal : "it gave no reason", (int)result);
        return refused ? POS_E_UNSUPPORTED : POS_E_FAILED;
    }
    const char *missing = missing_call(&room.calls);
    if (missing != NULL) {
        poshost_text_format(error, cap, "%s lacks the required function %s. Tell its maker.", plugin->path, missing);
        return POS_E_MISUSE;
    }
    plugin->calls = room.calls;
    plugin->calls.struct_size = (uint32_t)sizeof plugin->calls;
    return POS_OK;
}

/* A bare name would make dlopen() search the system's library folders: a plugin is a file that somebody named. */
static char *copy_path(const char *path)
{
    size_t room = strlen(path) + sizeof "./";
    char *copy = malloc(room);
    if (copy != NULL)
        snprintf(copy, room, "%s%s", strchr(path, '/') == NULL ? "./" : "", path);
    return copy;
}

static int32_t open_object(poshost_plugin *plugin, const pos_host *offer, char *error, uint32_t cap)
{
    int32_t result = check_file(plugin->path, error, cap);
    if (result != POS_OK)
        return result;
    plugin->object = dlopen(plugin->path, RTLD_NOW | RTLD_LOCAL);
    if (plugin->object == NULL) {
        const char *reason = dlerror();
        poshost_text_format(error, cap, "The system cannot load the plugin: %s. Are its libraries installed?",
                            reason ? reason : plugin->path);
        return POS_E_FAILED;
    }
    pos_plugin_entry_fn entry = find_entry(plugin->object, POS_ABI_MAJOR);
    if (entry == NULL) {
        tell_majors(plugin->object, plugin->path, error, cap);
        return POS_E_UNSUPPORTED;
    }
    return negotiate(entry, offer, plugin, error, cap);
}

int32_t poshost_plugin_open(const char *path, const pos_host *offer, poshost_plugin **out, char *error,
                            uint32_t error_capacity_bytes)
{
    poshost_text_format(error, error_capacity_bytes, "%s", "");
    if (out != NULL)
        *out = NULL;
    if (path == NULL || path[0] == '\0' || out == NULL) {
        poshost_text_format(error, error_capacity_bytes, "poshost_plugin_open: path and out are required.");
        return POS_E_MISUSE;
    }
    poshost_plugin *plugin = calloc(1, sizeof *plugin);
    char *copy = copy_path(path);
    if (plugin == NULL || copy == NULL) {
        free(plugin);
        free(copy);
        poshost_text_format(error, error_capacity_bytes, "Out of memory.");
        return POS_E_NO_MEMORY;
    }
    plugin->path = copy;
    int32_t result = open_object(plugin, offer, error, error_capacity_bytes);
    if (result != POS_OK) {
        poshost_plugin_close(plugin);
        return result;
    }
    *out = plugin;
    return POS_OK;
}

const pos_plugin *poshost_plugin_calls(const poshost_plugin *plugin)
{
    return plugin == NULL ? NULL : &plugin->calls;
}

const char *poshost_plugin_path(const poshost_plugin *plugin)
{
    return plugin == NULL ? "" : plugin->path;
}

void poshost_plugin_close(poshost_plugin *plugin)
{
    if (plugin == NULL)
        return;
    if (plugin->object != NULL)
        dlclose(plugin->object);
    free(plugin->path);
    free(plugin);
}
