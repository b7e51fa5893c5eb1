/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim.h - a simulated world: companies with stores with tills that trade for years, one cloud, and everything that
 * may go wrong between them. The plugin's core, its protocol code, the cloud's handlers and its SQL are the real ones;
 * time, network, disks and people are drawn from one seed. The same seed is the same run, to the byte.
 *
 *   sim_world.c    builds a world, moves time from event to event
 *   sim_heal.c     mends everything at the end
 *   sim_shop.c     the host: its books, its documents, its closes
 *   sim_catalogue.h  configuration data: of the host, of the cloud, and what its owner does
 *   sim_till.c     the life of a plugin instance: starts, ticks, ends, crashes; measures every call
 *   sim_net.c      carries requests, or not
 *   sim_owner.c    what people do on the till's screen: a table of actions
 *   sim_trouble.c  what goes wrong: a table of troubles
 *   sim_check.c    the checker: own books against the cloud's database file. Shares no code with plugin or cloud
 *
 * A till is `honest` until something happens that the storage contract or the host contract rules out and that changes
 * which numbers are used (a clone, a reset). An honest till never has a conflict nor a second epoch; a reset opens an
 * epoch, and its days are counted all the same; only clones end in conflict.
 */
#ifndef SIM_H
#define SIM_H

#include "core/core.h"
#include "sim/sim_catalogue.h"
#include "sim/sim_cloud.h"
#include "sim/sim_log.h"
#include "sim/sim_random.h"
#include "sim/sim_rows.h"
#include "support/storage_memory.h"

#define SIM_COMPANIES_MAX 8
#define SIM_STORES_MAX    32
#define SIM_TILLS_MAX     64

#define SIM_DATABASE "cloud.db"

#define SIM_SECOND INT64_C(1000)
#define SIM_MINUTE (60 * SIM_SECOND)
#define SIM_HOUR   (60 * SIM_MINUTE)
#define SIM_DAY    (24 * SIM_HOUR)

/* ---------------------------------------------------------------- what is planned ---- */

typedef void (*sim_action)(sim *s, void *subject, uint64_t argument);

typedef struct sim_event {
    int64_t at_ms;
    uint64_t order; /* of two at the same time the one that was planned first */
    sim_action act;
    void *subject;
    uint64_t argument;
} sim_event;

void sim_run_until(sim *s, int64_t end_ms);
void sim_plan(sim *s, int64_t at_ms, sim_action act, void *subject, uint64_t argument);

/* ---------------------------------------------------------------- the host's books ---- */

typedef enum sim_document {
    DOCUMENT_GOOD = 1,
    DOCUMENT_BROKEN, /* no JSON: kept on the till */
    DOCUMENT_ILL     /* no report: refused by the cloud */
} sim_document;

/* A day as the shop closed it. What the checker believes. */
typedef struct sim_close {
    int64_t number, wall_ms, gross, net, tax, grand;
    char date[11];
    sim_document document;
    char *bytes;
    uint32_t size;
    uint8_t sha[32], rebuilt_sha[32]; /* of the original, and of what a host that keeps no bytes makes again later */
    int64_t committed_ms;             /* true time */
    bool accepted;                    /* the plugin said OK */
    bool fixed;                       /* its store is decided; until then every store that the till joins is allowed */
    bool exposed;                     /* the till's records were beyond the contract since: the store may be another */
    bool may_be_lost;                 /* likewise, and no history has it */
    uint32_t stores;                  /* a bit for each store that it may be counted in */
} sim_close;

typedef enum sim_history { HISTORY_NONE = 1, HISTORY_ORIGINAL, HISTORY_REBUILT } sim_history;
typedef enum sim_night { NIGHT_ON = 1, NIGHT_OFF, NIGHT_ASLEEP } sim_night;

typedef struct sim_shop {
    sim_history history;
    sim_night night;
    bool careless; /* does not hand a close over again after a restart: its history has to do */
    uint32_t closes_a_day;
    uint32_t shut_weekday;
    int64_t holidays_until_ms;
    sim_close *closes;
    uint32_t count, room;
    uint32_t numbering_from; /* index of the first close of the numbering at hand: a reset moves it */
    int64_t next_number, grand;
    uint32_t to_hand_over; /* index: all before it are accepted */
    bool open;
    int64_t opened_ms;
    int64_t sold_minor; /* of the open period, for X reports */
    int64_t x_sold;     /* as of the last X */
    int64_t
        x_sequence; /* the highest that the plugin took in the open period, if its records still must know; else 0 */
    int64_t next_hand_over_ms;
    uint8_t x_sha[32]; /* of the last X, if nothing since excuses that the cloud lacks it: x_at_ms, or 0 */
    int64_t x_at_ms;
    bool x_seen; /* by the cloud */
} sim_shop;

/* ---------------------------------------------------------------- the network ---- */

#define SIM_NARROW_BYTES 4000u /* what such a proxy takes */

typedef enum sim_weather {
    WEATHER_GOOD = 1,
    WEATHER_OFFLINE,
    WEATHER_PORTAL, /* something answers, but not the cloud */
    WEATHER_SMALL,  /* a proxy that takes small bodies only */
    WEATHER_ROUGH,  /* every third request fails somehow */
    WEATHER_BUSY,   /* the cloud answers 429 and 5xx */
    WEATHER_SLOW    /* every answer takes up to a minute */
} sim_weather;

typedef struct sim_net {
    net face; /* first: the core gets its address */
    sim *world;
    sim_till *till;
    uint32_t boot; /* answers to an earlier process reach nobody */
    uint32_t tickets;
    net_answer ready[64];
    uint32_t ready_count;
    struct {
        uint32_t ticket;
        bool is_sent;   /* its body is out */
        bool is_upload; /* of reports */
    } open[64];         /* that got no answer yet */
    uint32_t open_count;
    char *stale_body; /* the last answer to an upload, as a broken proxy keeps it */
} sim_net;

/* ---------------------------------------------------------------- the owner ---- */

typedef enum sim_wish { WISH_NONE = 1, WISH_JOIN, WISH_LOG_IN, WISH_LEAVE, WISH_OPEN_STORE, WISH_RECOVER } sim_wish;

typedef struct sim_owner {
    sim_wish wish;
    uint32_t step, boot, tries;
    int store;            /* of WISH_JOIN */
    protocol_claim claim; /* likewise */
    int64_t next_try_ms;
    int64_t away_until_ms; /* disconnected on purpose */
    uint32_t passwords_back;
    bool misread; /* the code */
    bool again;   /* a session has ended */
    char store_name[32];
    uint32_t stores_opened;
} sim_owner;

/* ---------------------------------------------------------------- a till ---- */

struct sim_till {
    sim *world;
    int index;
    sim_random random;      /* all that happens to it */
    sim_random core_random; /* what its plugin draws */
    int company, home;      /* store */
    int joined;             /* the store that it is assigned to, as the owner saw it; -1: none */
    uint32_t stores_used;
    char register_id[24], counter[24];
    int last_store; /* joined last */
    bool fresh;     /* its records do not know any more which till it is: the owner goes to the last store first */
    bool rotten;    /* a bit was turned over in its records */
    char client[20];
    bool honest;
    bool exposed; /* its records were lost or older ones put in their place */
    bool cloned;  /* there are two of it, or were */
    bool scrapped;
    int cloned_from; /* -1 */

    storage_memory *disk;
    pos_storage storage;
    pos_reports reports;
    storage_memory *backup; /* restored by some, without what belongs to the device */
    storage_memory *image;  /* of the whole disk */
    storage_memory *lie;    /* what a disk that lies has really written */

    core *core;
    sim_net *net;
    uint32_t boot;
    bool powered;
    bool asleep;
    bool just_woken;
    int64_t wall_offset_ms;
    int64_t boot_at_ms, boot_elapsed_ms;
    uint32_t tick_ms; /* no tick comes sooner than that */
    uint64_t tick_order, settled_at;
    uint32_t zero_ticks;
    uint32_t writes, gets, read_bytes;
    int64_t disk_ill_until_ms;
    int put_row;                                   /* of sim_rows.h: why a put may fail; -1: none should */
    uint32_t slow_put_ms, slow_get_ms;             /* of a slow disk */
    int64_t slow_until_ms, cost_ms, busy_until_ms; /* cost of the call at hand */
    int64_t history_ill_until_ms;
    uint32_t identities;     /* how often it had reason to call itself another till: 1 and each loss */
    bool looks_after_cut;    /* its power was cut: at the next start what it accepted must be there */
    uint32_t told_elsewhere; /* receipts of another store that it got */
    uint32_t failures_in_minute;
    int64_t failing_minute;
    uint64_t arrived_last; /* boot and ticket of its latest request at the cloud */

    sim_weather weather;
    int64_t weather_until_ms;
    bool left;      /* the owner was told that it is disconnected: it holds no right, and sends nothing */
    char token[80]; /* of its last upload */
    int token_store;
    char revoked[80]; /* of an upload before head office took the right away: good for nothing */
    int64_t minute;
    uint32_t requests_in_minute;
    bool narrow; /* behind a proxy that takes small bodies only, for good */

    sim_shop shop;
    sim_owner owner;
    sim_catalogue catalogue;
};

/* ---------------------------------------------------------------- the world ---- */

typedef struct sim_company {
    char email[32], name[32], company_id[65];
    uint32_t newest_password;
} sim_company;

typedef struct sim_store {
    int company;
    char name[32], store_id[65];
    bool withdrawn;
    bool unseen; /* its configuration data may have changed, and could not be looked at */
} sim_store;

/* What head office said of a report in conflict. */
typedef struct sim_decision {
    sim_side side;
    bool sure; /* the cloud said that it is so */
} sim_decision;

typedef struct sim_options {
    uint64_t seed;
    uint32_t tills;
    uint32_t days;
    bool print_all;
    bool calm;           /* no troubles at all */
    sim_row_set without; /* what does not happen */
    uint64_t tills_off;  /* a bit for each till that is not there */
    const char *tamper;  /* SQL on the cloud's database before the last check: is it found? NULL: none */
    bool quiet;          /* says nothing of what is broken */
} sim_options;

typedef struct sim_figures {
    uint64_t events, closes, uploads, cuts, restarts, cloud_cuts, troubles, audits;
    uint64_t delivered, conflicts, rejected, others;
    uint64_t rows[SIM_ROW_COUNT]; /* how often each happened */
    const char *broken;           /* the rule that was broken: a text that is there once, or NULL */
    int64_t broken_day;           /* of the run */
} sim_figures;

struct sim {
    sim_options options;
    sim_random random;
    int64_t now_ms, start_ms, end_ms;
    sim_event *events;
    uint32_t event_count, event_room;
    uint64_t order;
    bool healing;
    bool settled; /* all that was on its way should have arrived */
    bool failed;
    char folder[32]; /* a real one, for the real file of that name */
    int came_from;
    bool cloud_down;
    sim_company companies[SIM_COMPANIES_MAX];
    int company_count;
    sim_store stores[SIM_STORES_MAX];
    int store_count;
    sim_till *tills[SIM_TILLS_MAX];
    int till_count;
    int clones;
    sim_decision *decisions;
    uint32_t decision_count, decision_room;
    sim_revision *revisions; /* of configuration data, all that there ever were */
    uint32_t revision_count, revision_room;
    uint32_t boots;
    sim_figures figures;
};

/* The command that runs it again. */
void sim_print_command(const sim_options *options);

/* Runs one world from its beginning to its end. False: a promise was broken, and it was said on standard output. */
bool sim_run(const sim_options *options, sim_figures *figures, char hash[33]);

/* May it, in this run? And: it did. */
bool sim_may_happen(const sim *s, sim_row row);
void sim_happened(sim *s, sim_row row);

/* Says what was broken, with the last events of that till, and how to see it again. */
void sim_fail(sim *s, int till, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* ---- sim_time.c ---- */
int32_t sim_zone_minutes(int64_t utc_ms); /* of a shop in Madrid */
void sim_date(int64_t local_ms, char date[11]);
int64_t sim_local_midnight(int64_t utc_ms); /* as UTC */
uint32_t sim_weekday(int64_t utc_ms);

/* ---- sim_shop.c, sim_books.c ---- */
void sim_shop_start(sim *s, sim_till *t);
void sim_shop_sell(sim_till *t);
void sim_shop_hand_over(sim *s, sim_till *t); /* whatever was not accepted yet, oldest first */
void sim_shop_forget_numbering(sim_till *t);  /* the host is reset */
void sim_shop_clone(sim *s, sim_till *to, const sim_till *from);
void sim_shop_free(sim_till *t);
sim_close *sim_books_commit(sim *s, sim_till *t);
void sim_books_fill(const sim_till *t, const sim_close *z, pos_report *report);
void sim_books_offer(sim_till *t); /* fills t->reports */

/* ---- sim_till.c ---- */
core_time sim_till_time(const sim_till *t);
bool sim_till_start(sim *s, sim_till *t);
void sim_till_stop(sim *s, sim_till *t);
void sim_till_power_cut(sim *s, sim_till *t);              /* stops it; what is left on the disk is drawn */
void sim_till_after(sim *s, sim_till *t, uint32_t writes); /* after a call: was the power cut, was the budget kept? */
void sim_till_measure(sim_till *t);
void sim_till_start_at(sim *s, sim_till *t, int64_t at_ms);
void sim_till_tick_soon(sim *s, sim_till *t, int64_t in_ms);
void sim_till_joined(sim *s, sim_till *t, int store); /* the owner saw that it is assigned; -1: disconnected */
/* What its records say is beyond the contract from here on. */
/* May this close be in conflict? Of clones, and of a reset till whose records are lost as well: they do not know the
 * epoch any more until a store is assigned. */
bool sim_till_may_conflict(const sim_till *t, const sim_close *z);
void sim_till_expose(sim_till *t, bool records_gone);

/* ---- sim_net.c ---- */
sim_net *sim_net_new(sim *s, sim_till *t);
void sim_net_free(sim_net *n);
void sim_net_arrive(sim *s, void *flight, uint64_t argument); /* events; their subject is freed by them */
void sim_net_answer(sim *s, void *flight, uint64_t argument);
void sim_net_drop(void *flight);

/* ---- sim_owner.c ---- */
void sim_owner_start(sim *s, sim_till *t);
void sim_owner_look(sim *s, sim_till *t);  /* what the screen says of the assignment */
void sim_owner_go_on(sim *s, sim_till *t); /* after a tick */
void sim_owner_wish(sim *s, sim_till *t, sim_wish wish, int store);

/* ---- sim_trouble.c ---- */
void sim_trouble_start(sim *s);
void sim_trouble_cloud_cut(sim *s, int64_t down_ms);
void sim_trouble_end(sim *s); /* everything is as it should be again */

/* ---- sim_heal.c ---- */
void sim_heal(sim *s);

/* ---- sim_check.c ---- */
void sim_check_note_decision(sim *s, const sim_side *side, bool sure);
/* Is a report of those bytes in the cloud? True, too, when that cannot be told now. */
bool sim_check_is_there(sim *s, const uint8_t sha[32]);
void sim_check_start(sim *s, sim_till *t);           /* after a power cut */
void sim_check_x(sim *s, void *till, uint64_t boot); /* an event, soon after an upload was answered */
void sim_check_now(sim *s);
void sim_check_end(sim *s);

#endif
