/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the guard, shared by its files. Not part of libposhost's public face. */
#ifndef HOST_SDK_GUARD_INTERNAL_H
#define HOST_SDK_GUARD_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <poshost/guard.h>

#define POSHOST_RULE_BYTES   384u
#define POSHOST_PARKED_MAX   8u
#define POSHOST_MISUSES_MAX  100u /* told per call of the host */
#define POSHOST_SEEN_IDS_MAX 4096u

#define POSHOST_PHASE_IDLE    1u /* no instance */
#define POSHOST_PHASE_ALIVE   2u
#define POSHOST_PHASE_STOPPED 3u

#define POSHOST_LOCK_NONE     1u
#define POSHOST_LOCK_HELD     2u
#define POSHOST_LOCK_RELEASED 3u

/* A misuse seen on a foreign thread, kept until a call of the host ends. */
typedef struct poshost_parked {
    uint32_t side;
    const char *call;
    char rule[POSHOST_RULE_BYTES];
} poshost_parked;

/* What the running call has done so far. */
typedef struct poshost_call_meter {
    uint64_t storage_ns;
    uint64_t host_ns; /* storage included */
    uint64_t longest_storage_ns;
    uint64_t puts;
    uint64_t writes;
    uint64_t gets;
    uint64_t read_bytes;
    uint64_t written_bytes;
    uint32_t misuses;
} poshost_call_meter;

/* One description of the screen as it passes. */
typedef struct poshost_guard_page {
    poshost_guard *guard;
    const pos_builder *host;
    int has_begun;
    int32_t failure; /* what the host's builder has returned, if not POS_OK */
    int is_told;     /* that the plugin went on after it */
    char screen_id[64];
    uint32_t revision;
    uint64_t actions; /* a fingerprint of the set of actions, whatever their order */
    int has_list;
    char list_id[64];
    uint32_t list_count;
    uint32_t rows;
    uint64_t *seen; /* hashes of ids, open addressing */
    uint32_t seen_count;
} poshost_guard_page;

/* The plugin's staging of a catalogue, as far as it went through this guard. */
typedef struct poshost_guard_stage {
    int is_reading; /* inside a visitor */
    int is_known;   /* 0: an earlier instance may have left one; the host has to be asked */
    int is_begun;
    uint32_t mode;  /* POS_STAGE_*; 0: an earlier instance's */
    uint64_t lines; /* removals not counted */
    char last_key[POS_CATALOGUE_KEY_MAX_BYTES + 1];
} poshost_guard_stage;

struct poshost_guard {
    pos_plugin plugin; /* copies as far as they reach, zero behind */
    pos_host host;
    pos_storage storage;
    pos_reports reports;
    pos_export exporter;
    pos_catalogue catalogue;
    pos_setup setup;
    pos_licence licence;

    pos_host lent; /* what the plugin sees */
    pos_storage lent_storage;
    pos_reports lent_reports;
    pos_export lent_export;
    pos_catalogue lent_catalogue;
    pos_setup lent_setup;
    pos_licence lent_licence;
    poshost_guard_stage stage;

    poshost_guard_options options;
    pid_t owner;
    uint32_t phase;
    pos_instance *instance;
    char register_id[POS_REGISTER_ID_MAX + 1];

    _Atomic(const void *) caller; /* the thread inside a call of the host, NULL: none */
    const char *call;             /* of the running call */
    poshost_call_meter meter;
    poshost_guard_stats stats;
    atomic_uint_fast64_t host_misuses;
    atomic_uint_fast64_t plugin_misuses;

    uint32_t lock; /* POSHOST_LOCK_* */
    int is_listing;
    int64_t last_elapsed_ms;

    int has_page; /* the last description that the host took in */
    char page_id[64];
    uint32_t page_revision;
    uint64_t page_actions;

    pthread_mutex_t park_lock;
    poshost_parked parked[POSHOST_PARKED_MAX];
    uint32_t parked_count;

    int has_own_error;
    char own_error[POSHOST_RULE_BYTES + 64];
};

/* guard_misuse.c */
/* Names a broken rule; tells it now, or parks it when this is not the thread of the host's call. */
__attribute__((format(printf, 4, 5))) void poshost_guard_misuse(poshost_guard *guard, uint32_t side, const char *call,
                                                                const char *rule, ...);
void poshost_guard_tell_parked(poshost_guard *guard);
/* A code that is none (positive) becomes `instead`, and `side` is named. */
int32_t poshost_guard_check_result(poshost_guard *guard, uint32_t side, const char *call, int32_t result,
                                   int32_t instead);
/* Names the plugin if a text is not UTF-8. NULL is fine. */
void poshost_guard_check_text(poshost_guard *guard, const char *call, const char *member, const char *text);
/* An address that is this thread's own. */
const void *poshost_guard_thread(void);
uint64_t poshost_guard_now_ns(void);
/* Copies a struct of another age: what it lacks reads as zero. */
void poshost_guard_copy(void *to, size_t to_size, const void *from, uint32_t from_size);

/* guard_host.c, guard_storage.c, guard_reports.c, guard_export.c, guard_catalogue.c, guard_setup.c: fill what is lent to
 * the plugin */
void poshost_guard_lend_host(poshost_guard *guard);
void poshost_guard_lend_storage(poshost_guard *guard);
const void *poshost_guard_lend_reports(poshost_guard *guard, const pos_reports *reports);
const void *poshost_guard_lend_export(poshost_guard *guard, const pos_export *exporter);
const void *poshost_guard_lend_catalogue(poshost_guard *guard, const pos_catalogue *catalogue);
const void *poshost_guard_lend_setup(poshost_guard *guard, const pos_setup *setup);
const void *poshost_guard_lend_licence(poshost_guard *guard, const pos_licence *licence);
/* 1 if the plugin may call the host now, on this thread; else it is named. */
int poshost_guard_may_call(poshost_guard *guard, const char *call);

/* guard_check.c: NULL, or the rule that the host's argument breaks */
const char *poshost_guard_judge_host(const pos_host *host);
const char *poshost_guard_judge_plugin(const pos_plugin *calls);
const char *poshost_guard_judge_close(const poshost_guard *guard, const pos_report *z);
const char *poshost_guard_judge_tick(const pos_tick_in *in, const pos_tick_out *out);
const char *poshost_guard_judge_event(const pos_event *event, const pos_builder *builder);

/* guard_screen.c */
void poshost_guard_page_begin(poshost_guard_page *page, poshost_guard *guard, const pos_builder *host,
                              pos_builder *lent);
/* After render: judges the whole, remembers it, frees. Returns the result to give to the host. */
int32_t poshost_guard_page_end(poshost_guard_page *page, const pos_event *event, int32_t result);

#endif
