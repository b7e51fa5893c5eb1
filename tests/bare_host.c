/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bare_host.c - the smallest host that runs the whole journey, written against include/pos alone.
 *
 *   bare_host PLUGIN CLOUD_URL CA_FILE MAIL_DIR DATA_DIR
 *
 * Registers a user with the code from the mail, creates company and store, switches X reports on, closes three days,
 * waits until all is delivered, disconnects. Its storage is one file a record: written beside, synced, renamed, synced;
 * a real host keeps what is in a SECRET collection encrypted (host-sdk does). The shortest answer to "what must my POS
 * do?".
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pos/plugin.h"
#include "pos/reports.h"

#define CHECK(condition, ...) ((condition) ? (void)0 : (fprintf(stderr, __VA_ARGS__), fputc('\n', stderr), exit(1)))

typedef struct shop {
    const char *data, *mails;
    int lock;
    pos_host_info info;
    pos_reports history;
    int64_t last_z;
    char page[16384]; /* what the settings screen says at the moment */
    uint32_t revision;
} shop;

/* ------------------------------------------------------------------ storage: DATA/COLLECTION/ID, ID as 16 hex digits */

static void record_path(const shop *s, char *path, size_t room, uint32_t collection, uint64_t id)
{
    snprintf(path, room, "%s/%u/%016" PRIx64, s->data, collection, id);
}

static int32_t sync_directory(const shop *s, uint32_t collection)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%u", s->data, collection);
    int fd = open(path, O_RDONLY | O_DIRECTORY);
    int32_t result = fsync(fd) == 0 ? POS_OK : POS_E_IO;
    close(fd);
    return result;
}

static int32_t storage_acquire(void *ctx)
{
    shop *s = ctx;
    char path[512];
    snprintf(path, sizeof path, "%s/lock", s->data);
    s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock < 0)
        return POS_E_IO;
    return flock(s->lock, LOCK_EX | LOCK_NB) == 0 ? POS_OK : POS_E_BUSY;
}

static void storage_release(void *ctx)
{
    close(((shop *)ctx)->lock);
}

static int32_t storage_put(void *ctx, uint32_t collection, uint64_t id, const void *bytes, uint32_t size)
{
    const shop *s = ctx;
    char path[512], fresh[520];
    snprintf(path, sizeof path, "%s/%u", s->data, collection);
    mkdir(path, 0700);
    record_path(s, path, sizeof path, collection, id);
    snprintf(fresh, sizeof fresh, "%s.new", path);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0)
        return POS_E_IO;
    int failed = write(fd, bytes, size) != (ssize_t)size || fsync(fd) != 0;
    failed = close(fd) != 0 || failed;
    if (failed || rename(fresh, path) != 0)
        return errno == ENOSPC ? POS_E_NO_SPACE : POS_E_IO;
    return sync_directory(s, collection);
}

static int32_t storage_get(void *ctx, uint32_t collection, uint64_t id, uint32_t offset, void *buffer,
                           uint32_t capacity, uint32_t *size)
{
    char path[512];
    struct stat status;
    record_path(ctx, path, sizeof path, collection, id);
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return errno == ENOENT ? POS_E_NOT_FOUND : POS_E_IO;
    int failed = fstat(fd, &status) != 0 || (capacity > 0 && pread(fd, buffer, capacity, offset) < 0);
    close(fd);
    *size = (uint32_t)status.st_size;
    return failed ? POS_E_IO : POS_OK;
}

static int32_t storage_remove(void *ctx, uint32_t collection, const uint64_t *ids, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char path[512];
        record_path(ctx, path, sizeof path, collection, ids[i]);
        if (unlink(path) != 0 && errno != ENOENT)
            return POS_E_IO;
    }
    sync_directory(ctx, collection); /* fails only where the collection has no folder yet */
    return POS_OK;
}

static int is_record(const struct dirent *entry)
{
    return strlen(entry->d_name) == 16;
}

static int32_t storage_list(void *ctx, uint32_t collection, uint64_t from_id, pos_record_visitor visitor,
                            void *visiting)
{
    const shop *s = ctx;
    char path[512];
    struct dirent **entries = NULL;
    snprintf(path, sizeof path, "%s/%u", s->data, collection);
    int count = scandir(path, &entries, is_record, alphasort); /* 16 hex digits sort as numbers do */
    for (int i = 0, go_on = 1; i < count; i++) {
        uint64_t id = strtoull(entries[i]->d_name, NULL, 16);
        struct stat status;
        record_path(s, path, sizeof path, collection, id);
        if (go_on && id >= from_id && stat(path, &status) == 0)
            go_on = visitor(visiting, id, (uint32_t)status.st_size) == 0;
        free(entries[i]);
    }
    free(entries);
    return POS_OK;
}

/* ------------------------------------------------------------------ reports: every day sells 12.10, a third of it tax */

static void make_report(const shop *s, uint32_t kind, int64_t z, int64_t x, char *json, size_t room, pos_report *out)
{
    static const char *const dates[] = {"", "2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04"};
    const char *type = kind == POS_REPORT_Z ? "Z" : "X"; /* "x_sequence" of a Z is 0, and not looked at */
    int length = snprintf(json, room,
                          "{\"schema\":\"pos.report.%c/1\",\"report_type\":\"%s\",\"register_id\":\"%s\","
                          "\"currency\":\"EUR\",\"z_number\":%d,\"x_sequence\":%d,\"business_date\":\"%s\","
                          "\"totals\":{\"gross_turnover\":1210,\"net_turnover\":1000,\"tax_total\":210}}",
                          *type + 32, type, s->info.register_id, (int)z, (int)x, dates[z]);
    *out = (pos_report){
        sizeof *out, kind, POS_ORIGIN_ORIGINAL,          (uint32_t)length, json, s->info.register_id, dates[z], "EUR",
        z,           x,    1793491200000 + z * 86400000, z * 1210};
}

static int32_t closed_range(void *ctx, int64_t *first, int64_t *last)
{
    const shop *s = ctx;
    *first = s->last_z > 0 ? 1 : 0;
    *last = s->last_z;
    return POS_OK;
}

static int32_t closed(void *ctx, int64_t z_number, pos_report_visitor visitor, void *visiting)
{
    char json[1024];
    pos_report report;
    if (z_number < 1 || z_number > ((shop *)ctx)->last_z)
        return POS_E_NOT_FOUND;
    make_report(ctx, POS_REPORT_Z, z_number, 0, json, sizeof json, &report);
    return visitor(visiting, &report);
}

static int32_t running(void *ctx, int64_t min_x_sequence, pos_report_visitor visitor, void *visiting)
{
    char json[1024];
    pos_report report;
    make_report(ctx, POS_REPORT_X, ((shop *)ctx)->last_z + 1, min_x_sequence, json, sizeof json, &report);
    return visitor(visiting, &report);
}

static const pos_host_info *host_info(void *ctx)
{
    return &((shop *)ctx)->info;
}

static void host_now(void *ctx, pos_time *out)
{
    struct timespec wall, elapsed;
    (void)ctx;
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_BOOTTIME, &elapsed);
    out->wall_ms = (int64_t)wall.tv_sec * 1000 + wall.tv_nsec / 1000000;
    out->elapsed_ms = (int64_t)elapsed.tv_sec * 1000 + elapsed.tv_nsec / 1000000;
}

static void host_log(void *ctx, uint32_t level, const char *text)
{
    (void)ctx;
    fprintf(stderr, "[%u] %s\n", level, text);
    CHECK(level != POS_LOG_MISUSE, "the plugin says that this host broke a rule");
}

static const void *host_extension(void *ctx, const char *name)
{
    return strcmp(name, POS_REPORTS_1) == 0 ? &((shop *)ctx)->history : NULL;
}

/* ------------------------------------------------------------------ the settings screen: all its words in one string */

static int32_t screen_begin(void *ctx, const pos_screen *screen)
{
    shop *s = ctx;
    s->revision = screen->revision;
    snprintf(s->page, sizeof s->page, "== %s ==\n", screen->title);
    return 0;
}

static int32_t screen_add(void *ctx, const pos_widget *w)
{
    shop *s = ctx;
    const char *action = w->action && !w->disabled_reason ? w->action : ""; /* what can be pressed, as [action] */
    const char *texts[] = {w->label, w->value, w->help, w->error, w->disabled_reason, "\n"};
    size_t used = strlen(s->page);
    used += (size_t)snprintf(s->page + used, sizeof s->page - used, "[%s]", action);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && used < sizeof s->page; i++)
        used += (size_t)snprintf(s->page + used, sizeof s->page - used, " %s", texts[i] ? texts[i] : "");
    return 0;
}

typedef struct till {
    shop *shop;
    pos_plugin plugin;
    pos_instance *instance;
    pos_builder builder;
    int patience; /* ticks left before something awaited counts as never coming */
} till;

static void show(till *t, const pos_event *event)
{
    int32_t result = t->plugin.render_settings(t->instance, event, &t->builder);
    CHECK(result == POS_OK, "render_settings: %d %s", result, t->plugin.last_error(t->instance));
}

static void tick(till *t, pos_tick_out *out)
{
    out->struct_size = sizeof *out;
    int32_t result = t->plugin.on_tick(t->instance, NULL, out);
    CHECK(result == POS_OK, "on_tick: %d %s", result, t->plugin.last_error(t->instance));
    CHECK(--t->patience > 0, "nothing more comes; status: %s; page:\n%s", out->attention_text, t->shop->page);
    uint32_t wait_ms = out->next_tick_ms < 20 ? out->next_tick_ms : 20;
    nanosleep(&(struct timespec){0, (long)wait_ms * 1000000}, NULL);
}

/* Ticks until the open page has these words. */
static void await_words(till *t, const char *words)
{
    pos_tick_out out;
    do {
        tick(t, &out);
        show(t, NULL);
    } while (!strstr(t->shop->page, words));
}

/* Waits until a button can be pressed, presses it, with values of inputs as pairs of id and text, ended by NULL. */
static void press(till *t, const char *action, const char *const *pairs)
{
    char pressable[64];
    snprintf(pressable, sizeof pressable, "[%s]", action);
    await_words(t, pressable);
    pos_value values[12];
    pos_event event = {sizeof event, POS_EVENT_ACTION, t->shop->revision, 0, sizeof values[0], 0, 0, 0, action, action,
                       values};
    for (; pairs && *pairs; pairs += 2)
        values[event.value_count++] = (pos_value){sizeof values[0], (uint32_t)strlen(pairs[1]), pairs[0], pairs[1]};
    printf("   > %s\n", action);
    show(t, &event);
}

/* Waits for the mail and reads the code from it. */
static void await_code(till *t, char code[7])
{
    glob_t mails;
    pos_tick_out out;
    char line[512];
    snprintf(line, sizeof line, "%s/*.eml", t->shop->mails);
    while (glob(line, 0, NULL, &mails) != 0)
        tick(t, &out);
    FILE *mail = fopen(mails.gl_pathv[0], "r");
    globfree(&mails);
    code[0] = 0;
    while (mail && !code[0] && fgets(line, sizeof line, mail))
        (void)!sscanf(line, "Code: %6[0-9]", code);
    CHECK(code[0], "the mail has no code");
    fclose(mail);
}

static void open_till(till *t, const pos_host *host, const char *path)
{
    char error[256];
    void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    CHECK(object, "%s", dlerror());
    pos_plugin_entry_fn entry = NULL;
    *(void **)&entry = dlsym(object, POS_PLUGIN_ENTRY_1);
    CHECK(entry, "no entry for ABI major 1");
    t->plugin.struct_size = sizeof t->plugin;
    CHECK(entry(host, &t->plugin) == POS_OK, "refused: %s", t->plugin.refusal);
    CHECK(t->plugin.create(host, &t->instance, error, sizeof error) == POS_OK, "create: %s", error);
    t->builder = (pos_builder){sizeof t->builder, 0, t->shop, screen_begin, screen_add};
}

static void set_up(till *t)
{
    char code[7];
    const char *person[] = {"name",
                            "Ada Byron",
                            "email",
                            "ada@example.com",
                            "password",
                            "correct horse",
                            "password_again",
                            "correct horse",
                            "country",
                            "ES",
                            "language",
                            "en",
                            "terms",
                            "1",
                            NULL};
    show(t, &(pos_event){.struct_size = sizeof(pos_event), .kind = POS_EVENT_OPENED});
    press(t, "welcome.skip", NULL);
    press(t, "login", NULL);
    press(t, "login.register", NULL);
    press(t, "register.submit", person);
    await_code(t, code);
    press(t, "code.submit", (const char *const[]){"code", code, NULL});
    await_words(t, "Welcome, Ada");
    press(t, "assign", NULL);
    press(t, "company.new", NULL);
    press(t, "company.create", (const char *const[]){"name", "Bare Ltd", "country", "ES", "currency", "EUR", NULL});
    press(t, "store.new", NULL);
    press(t, "store.create", (const char *const[]){"name", "Main Street", "time_zone", "Europe/Madrid", NULL});
    press(t, "assign.accept", NULL);
    await_words(t, "Main Street");
}

static void trade(till *t)
{
    char json[1024];
    pos_report z;
    pos_tick_out out = {0};
    for (int64_t day = 1; day <= 3; day++) {
        t->shop->last_z = day; /* a real host commits its close here, with the document's bytes */
        make_report(t->shop, POS_REPORT_Z, day, 0, json, sizeof json, &z);
        int32_t result = t->plugin.on_daily_close(t->instance, &z);
        CHECK(result == POS_OK, "on_daily_close: %d %s", result, t->plugin.last_error(t->instance));
        CHECK(t->plugin.on_daily_close(t->instance, &z) == POS_OK, "the same bytes again must be OK again");
    }
    do
        tick(t, &out);
    while (out.pending > 0);
    printf("   status: %s\n", out.attention_text);
}

static void leave(till *t)
{
    show(t, &(pos_event){.struct_size = sizeof(pos_event), .kind = POS_EVENT_OPENED});
    press(t, "disconnect", NULL);
    press(t, "disconnect.accept", NULL);
    await_words(t, "isconnected");
    CHECK(t->plugin.stop(t->instance, 1000) == POS_OK, "stop: %s", t->plugin.last_error(t->instance));
    CHECK(t->plugin.destroy(t->instance) == POS_OK, "destroy failed");
}

int main(int count, char **arguments)
{
    CHECK(count == 6, "usage: bare_host PLUGIN CLOUD_URL CA_FILE MAIL_DIR DATA_DIR");
    shop s = {.data = arguments[5], .mails = arguments[4]};
    s.info = (pos_host_info){.struct_size = sizeof s.info, .register_id = "bare-1", .cloud_url = arguments[2]};
    s.info.ca_file = arguments[3];
    s.history = (pos_reports){sizeof s.history, 0, &s, closed_range, closed, running};
    pos_storage storage = {sizeof storage, 0,           &s, storage_acquire, storage_release, storage_put, storage_get,
                           storage_remove, storage_list};
    pos_host host = {sizeof host, POS_ABI_MINOR, &s, host_info, host_now, host_log, host_extension, &storage};
    till t = {.shop = &s, .patience = 1500};
    open_till(&t, &host, arguments[1]);
    set_up(&t);
    trade(&t);
    leave(&t);
    puts("bare host: the whole journey is done");
    return 0;
}
