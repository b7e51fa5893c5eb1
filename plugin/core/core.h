/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/core.h - all that the plugin decides, as one object; what plugin.c drives and the screens read and command.
 *
 * No clock, no randomness, no thread, no socket of its own: the time is an argument, the rest comes in core_env. The
 * same code therefore runs a till and ten thousand simulated years.
 */
#ifndef CORE_CORE_H
#define CORE_CORE_H

#include "pos/catalogue.h"
#include "pos/export.h"
#include "pos/host.h"
#include "pos/licence.h"
#include "pos/report.h"
#include "pos/reports.h"
#include "pos/setup.h"

#include "net/net.h"
#include "protocol/account.h"
#include "protocol/batch.h"
#include "protocol/business.h"

typedef struct core core;

typedef struct core_time {
    int64_t wall_ms;    /* only shown and stamped */
    int64_t elapsed_ms; /* what everything is scheduled by */
} core_time;

/* What the core works with. The pointers stay valid as long as the core; strings are copied. */
typedef struct core_env {
    const pos_storage *storage; /* acquired by the caller */
    void *host_ctx;             /* for log */
    const pos_reports *reports; /* NULL: the host has no such extension */
    const pos_export *exporter; /* likewise; so are the three below */
    const pos_catalogue *catalogue;
    const pos_setup *setup;
    const pos_licence *licence;
    void (*log)(void *host_ctx, uint32_t level, const char *text);
    net *net;
    void (*random)(void *bytes, size_t count);
    const char *register_id;
    const char *device_name;
} core_env;

/* Lists the records and reads the small ones. On failure returns a POS_E_* code and fills *reason (static text). */
int32_t core_create(const core_env *env, core_time now, core **out, const char **reason);
void core_destroy(core *c); /* wipes secrets; the net is the caller's */

/* pos_plugin.on_daily_close. `why` gets the words of a failure (static text or inside c). */
int32_t core_close_day(core *c, core_time now, const pos_report *z, const char **why);

/* One heartbeat: answers in, at most one storage write, requests out. Returns the wanted delay in ms. */
#define CORE_TICK_RESUMED         0x1u
#define CORE_TICK_NETWORK_CHANGED 0x2u
uint32_t core_tick(core *c, core_time now, uint32_t flags);

/* To be called at the start of a host's call in which commands are given: each may write once. core_tick() and
 * core_close_day() do it themselves. */
void core_begin_call(core *c);

/* Moves whenever something that a screen shows has changed. */
uint64_t core_generation(const core *c);

/* ------------------------------------------------------------------ the account, and what a person asked for ---- */

typedef struct core_account {
    bool logged_in;     /* there is a person's session */
    bool session_ended; /* there was one, and the cloud no longer takes it: log in again */
    const char *email;  /* of the last log-in; "" if never */
    const char *name;
} core_account;

core_account core_get_account(const core *c);

/* A person has one request at a time. A command returns false, and does nothing, while another one runs. */
typedef enum core_request {
    REQUEST_NONE = 1,
    REQUEST_LOG_IN,
    REQUEST_REGISTER,         /* done: a code was mailed; go on with core_confirm */
    REQUEST_CONFIRM_REGISTER, /* done: logged in */
    REQUEST_RECOVER,          /* done: a code was mailed, if there is such a user; go on with core_confirm */
    REQUEST_CONFIRM_RECOVER,  /* done: logged in */
    REQUEST_LIST_COMPANIES,
    REQUEST_CREATE_COMPANY, /* done: core_created_company() */
    REQUEST_LIST_STORES,
    REQUEST_CREATE_STORE, /* done: core_created_store() */
    REQUEST_ASSIGN,       /* done: assigned; failed with CAUSE_REGISTER_KNOWN: core_known_tills() */
    REQUEST_DISCONNECT    /* done: nothing is left here that could send; verdict RETRY: the cloud could not be told */
} core_request;

typedef enum core_progress {
    PROGRESS_IDLE = 1,
    PROGRESS_RUNNING, /* asked; the answer comes in a later tick */
    PROGRESS_DONE,
    PROGRESS_FAILED /* verdict says why; with storage_failed the till's own storage is to blame */
} core_progress;

typedef struct core_person {
    core_request request;
    core_progress progress;
    bool storage_failed;
    protocol_verdict verdict;
} core_person;

const core_person *core_get_person(const core *c);
void core_person_forget(core *c); /* back to REQUEST_NONE, breaking off what runs (a page was left); ASSIGN and
                                     DISCONNECT that have begun to write finish all the same */

bool core_log_in(core *c, core_time now, const char *email, const char *password);
/* Makes its own idempotency key; registration->idempotency_key is not looked at. */
bool core_register(core *c, core_time now, const protocol_registration *registration);
bool core_recover(core *c, core_time now, const char *email, const char *language);
/* Goes on with the last register or recover. new_password: of a recover, else NULL. */
bool core_confirm(core *c, core_time now, const char *code, const char *new_password);
bool core_awaits_code(const core *c, bool *of_recovery); /* is there one to go on with? */

/* ------------------------------------------------------------------ company, store, assignment ------------------ */

/* Lists come a page at a time. `page` is 0 for the first; the next one only when has_next. */
bool core_list_companies(core *c, core_time now, const char *search, uint32_t page);
bool core_list_stores(core *c, core_time now, const char *company_id, const char *search, uint32_t page);

typedef struct core_companies {
    const protocol_company *items;
    uint32_t count;
    uint32_t page;
    bool has_next;
} core_companies;

typedef struct core_stores {
    const protocol_store *items;
    uint32_t count;
    uint32_t page;
    bool has_next;
} core_stores;

core_companies core_get_companies(const core *c); /* of the last list that was done */
core_stores core_get_stores(const core *c);

bool core_create_company(core *c, core_time now, const protocol_company *company);
bool core_create_store(core *c, core_time now, const char *company_id, const protocol_store *store);
/* Of a create that failed: one of that kind whose answer was lost was carried out all the same, with other words. It is
 * in the list; the next create is another one. */
bool core_was_created_before(const core *c);
const protocol_company *core_created_company(const core *c);
const protocol_store *core_created_store(const core *c);

typedef struct core_known {
    const protocol_known_till *items;
    uint32_t count;
} core_known;

core_known core_known_tills(const core *c);

/* Assigns the store: all reports accepted from then on go there, and those that have no store yet (closed before the
 * first one was chosen, or while disconnected). known_till_id: of CLAIM_SAME, one of core_known_tills(); else NULL. */
bool core_assign(core *c, core_time now, const protocol_company *company, const protocol_store *store,
                 protocol_claim claim, const char *known_till_id);

typedef struct core_assignment {
    bool assigned;
    const char *company_name, *store_name, *company_id, *store_id; /* "" when not assigned */
    const char *store_currency; /* "" also when it is not known: the store was assigned by an older plugin */
    uint32_t without_store;     /* reports that wait for a store to be chosen */
} core_assignment;

core_assignment core_get_assignment(const core *c);

/* In which currency this till counts: that of its newest report that was seen or is here. "" : there is none. */
const char *core_get_currency(const core *c);

/* ------------------------------------------------------------------ X reports ----------------------------------- */

bool core_set_x_enabled(core *c, core_time now, bool enabled); /* false: the storage refused; the old setting stays */

typedef struct core_x {
    bool available; /* the host can make X reports */
    bool enabled;
    int64_t last_sent_ms; /* wall time at which the last one was delivered; 0: never */
    int64_t next_in_ms;   /* until the next one is taken; -1: not scheduled */
} core_x;

core_x core_get_x(const core *c, core_time now);

/* ------------------------------------------------------------------ the queue ----------------------------------- */

typedef enum core_state {
    STATE_WAITING = 1, /* will be sent by itself */
    STATE_SENDING,     /* in the upload that is under way */
    STATE_HELD,        /* the owner must act: `hold` says what */
    STATE_CONFLICT,    /* delivered; the cloud has another report of this number: head office decides */
    STATE_REJECTED,    /* will not be sent: `code` and `detail` say why */
    STATE_ELSEWHERE,   /* already counted in another store of the company; `detail` names it */
    STATE_DAMAGED      /* the record was damaged on this till's disk; what is left of it is kept */
} core_state;

typedef enum core_hold {
    HOLD_NONE = 1,
    HOLD_NO_STORE,     /* no store was chosen yet */
    HOLD_DISCONNECTED, /* bound to a store that this till is not connected to: `store_name` */
    HOLD_LOG_IN,       /* the cloud no longer takes this till's permission for that store: log in, assign it again */
    HOLD_STORE_REFUSED /* the cloud says this store is closed or gone */
} core_hold;

typedef struct core_queue {
    uint32_t pending; /* waiting + sending + held, an X included */
    uint32_t waiting, sending, held;
    uint32_t conflict, rejected, elsewhere, damaged;
    core_hold hold;                                 /* why the held ones are held (the most urgent reason) */
    protocol_verdict last_failure;                  /* why the last upload failed; outcome PROTOCOL_DONE: it did not */
    int64_t next_try_in_ms;                         /* -1: nothing is scheduled; 0: now */
    uint64_t upload_sent_bytes, upload_total_bytes; /* of the upload under way; total 0: none */
    int64_t last_contact_ms;                        /* wall time of the last answer of the cloud; 0: never */
    int64_t failing_since_ms;                       /* wall time since when uploads fail; 0: they do not */
    bool storage_failing;                           /* the till's own storage does not take writes */
    bool catching_up;                               /* reports are being fetched from the host's history */
    int64_t kept_back;         /* the lowest Z that the host's history does not give out; 0: none */
    int64_t delivered_through; /* all Z up to this number (current epoch) are in the cloud; 0: none */
    char delivered_through_date[11];
} core_queue;

core_queue core_get_queue(const core *c, core_time now);

typedef struct core_row {
    uint64_t id;   /* with `kept`, names the item for core_get_item */
    bool kept;     /* conflict, rejected, elsewhere, damaged: is kept until the owner exports it */
    bool readable; /* false: the record could not be read; only id and state are filled */
    uint32_t kind; /* POS_REPORT_* */
    uint32_t epoch;
    int64_t z_number, x_sequence;
    char business_date[11], currency[4];
    int64_t closed_at_ms, accepted_at_ms, grand_total_minor;
    uint32_t size_bytes;
    core_state state;
    core_hold hold;
    char store_name[PROTOCOL_NAME_MAX + 1]; /* where it goes; "" : not decided */
    char code[48];                          /* of a rejection: the cloud's slug, or one of our own (core/refusal.h) */
    char detail[200];                       /* in the cloud's words */
    uint32_t attempts;                      /* alone, since start */
    int64_t next_try_in_ms;                 /* -1: with the others */
} core_row;

/* The rows from index `first` on, at most `capacity`: first what the owner must look at (kept), then the queue in the
 * order in which it is sent. Reads one short header a row. Returns how many; *total: how many there are. */
uint32_t core_list_queue(core *c, core_time now, uint32_t first, uint32_t capacity, core_row *rows, uint32_t *total);
bool core_get_item(core *c, core_time now, uint64_t id, bool kept, core_row *row);
/* The index of the first row from `from` on that is the Z of that number, of whatever store and epoch. Reads nothing. */
bool core_find_in_queue(const core *c, int64_t z_number, uint32_t from, uint32_t *index);

/* Hands the document of a report to the owner through the host; nothing is removed. POS_OK, or why not; `place` says
 * where it is now. */
bool core_can_export(const core *c);
int32_t core_export_item(core *c, core_time now, uint64_t id, bool kept, char *place, uint32_t place_capacity_bytes);

/* Skips the backoff (never a Retry-After of the cloud). */
void core_retry_now(core *c, core_time now);

/* ------------------------------------------------------------------ diagnosis ----------------------------------- */

typedef enum core_check {
    CHECK_STORAGE = 0, /* the till's own: storage_error */
    CHECK_NAME,        /* the cloud's address is found */
    CHECK_CONNECTION,  /* it answers, and it is the cloud that answers */
    CHECK_TLS,         /* with a certificate that this till trusts */
    CHECK_CLOCK,       /* the till's clock is within five minutes of it: clock_difference_ms */
    CHECK_LOG_IN,      /* somebody is logged in on this till. Bad is no reason for reports to wait */
    CHECK_STORE,       /* the store takes this till's reports */
    CHECK_COUNT
} core_check;

typedef enum core_check_state {
    CHECK_STATE_WAITING = 1,
    CHECK_STATE_GOOD,
    CHECK_STATE_BAD,
    CHECK_STATE_SKIPPED /* an earlier one failed, or it does not apply */
} core_check_state;

typedef struct core_diagnosis {
    bool running;
    bool done;              /* the states below are those of a whole run */
    int64_t finished_at_ms; /* wall time of its end */
    core_check_state states[CHECK_COUNT];
    protocol_verdict verdict; /* of the request that failed last */
    int32_t storage_error;
    int64_t clock_difference_ms; /* the till's minus the cloud's */
} core_diagnosis;

bool core_diagnose(core *c, core_time now); /* false: one is running */
core_diagnosis core_get_diagnosis(const core *c);

/* ------------------------------------------------------------------ welcome ------------------------------------- */

bool core_welcome_seen(const core *c);
void core_set_welcome_seen(core *c);

/* ------------------------------------------------------------------ disconnect ---------------------------------- */

/* Stops all sending at once, wipes every credential from storage, durably, then reports REQUEST_DISCONNECT done. The
 * cloud is told to revoke them, as far as it can be reached within ten seconds. Pending reports stay bound. */
bool core_disconnect(core *c, core_time now);

#endif
