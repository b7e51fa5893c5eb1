/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/catalogue.h - configuration data down from the cloud and up to it: what the screens read and command.
 *
 * One job at a time, a small step a tick: at most one page of 128 KiB read from the till or 256 KiB staged in it. While a
 * page of the cloud's is staged, the next one comes; while one of the till's is on its way, the next one is read. A job
 * goes on when the owner leaves the page. A download is staged beside the till's data and changes nothing until the owner
 * has accepted what is shown; a restart ends it. An upload goes on after a restart, from the page that the cloud lacks.
 *
 * Crash states of a download: up to swap() the till sells by what it had, and what was staged is thrown away at the next
 * start. swap() stores a tag that ends in a nonce which the state record has had since the download began: after a crash
 * around it, the tag tells whether it happened. What follows (generation and ETag into the state record) only saves the
 * next download from asking for everything.
 * Crash states of an upload: the idempotency key is stored before the upload is asked for, its id before a page is sent;
 * the cloud takes the whole at its commit or nothing. After a lost answer to the commit it is repeated, which says the
 * same again; then the permission is marked as used up, in the put that forgets the upload.
 */
#ifndef CORE_CATALOGUE_H
#define CORE_CATALOGUE_H

#include "core/core.h"
#include "protocol/catalogue.h"

typedef enum core_catalogue_phase {
    CATALOGUE_IDLE = 1,
    /* a download */
    CATALOGUE_ASKING,    /* what the cloud has */
    CATALOGUE_LOADING,   /* page after page: done of total lines */
    CATALOGUE_COMPARING, /* with what is here: done lines */
    CATALOGUE_PREVIEW,   /* the owner accepts, or cancels */
    CATALOGUE_SECOND,    /* much would go or change: the owner is asked again */
    CATALOGUE_SWAPPING,  /* accepted; with sale_open it waits for the end of the sale */
    /* an upload */
    CATALOGUE_CHECKING,   /* what is here: done of total lines */
    CATALOGUE_LOOKING,    /* what the cloud has */
    CATALOGUE_DECIDING,   /* the cloud has data: the owner replaces them, or keeps them */
    CATALOGUE_PREPARING,  /* the upload is stored, begun, or found again after a restart */
    CATALOGUE_SENDING,    /* done of total lines */
    CATALOGUE_COMMITTING, /* it cannot be cancelled any more */
    CATALOGUE_ENDING
} core_catalogue_phase;

/* How the last job ended. */
typedef enum core_catalogue_outcome {
    CATALOGUE_NOTHING = 1, /* there was none since the start, or the owner has seen it */
    CATALOGUE_TAKEN,
    CATALOGUE_SAME,  /* the till has what the cloud has */
    CATALOGUE_EMPTY, /* the cloud has none: no departments, items, prices, ... */
    CATALOGUE_UNDONE,
    CATALOGUE_UPLOADED,
    CATALOGUE_KEPT, /* the owner kept what the cloud has */
    CATALOGUE_CANCELLED,
    CATALOGUE_INTERRUPTED, /* a restart ended the download */
    CATALOGUE_FAILED
} core_catalogue_outcome;

typedef enum core_catalogue_failure {
    CATALOGUE_FAIL_NONE = 1,
    CATALOGUE_FAIL_CLOUD,      /* verdict */
    CATALOGUE_FAIL_LINE,       /* a line of the cloud's: `line` */
    CATALOGUE_FAIL_LOCAL_LINE, /* one of the till's own */
    CATALOGUE_FAIL_PAGE,       /* a page was cut, or is not the one that was asked for */
    CATALOGUE_FAIL_COUNTS,     /* the lines are not as many as the cloud said */
    CATALOGUE_FAIL_BACKWARDS,  /* the cloud's revision is older than the one that was taken here */
    CATALOGUE_FAIL_RESTLESS,   /* the data changed again and again while they were read */
    CATALOGUE_FAIL_HOST,       /* the till: host_code, and in its words host_reason */
    CATALOGUE_FAIL_STORE,      /* the till is no longer connected to that store */
    CATALOGUE_FAIL_SALE,       /* undo: a sale is open */
    CATALOGUE_FAIL_NO_UNDO,    /* something was edited or sold since */
    CATALOGUE_FAIL_MEMORY
} core_catalogue_failure;

/* A line that cannot be used. */
typedef struct core_catalogue_line {
    catalogue_fault fault;
    catalogue_kind kind;
    int64_t number; /* from 1; 0: not known */
    char id[CATALOGUE_ID_MAX + 1];
    char name[4 * CATALOGUE_NAME_MAX + 1];
    char member[32];
} core_catalogue_line;

typedef enum core_catalogue_change {
    CHANGE_ADDED = 0,
    CHANGE_CHANGED,
    CHANGE_REMOVED,
    CHANGE_COUNT
} core_catalogue_change;

#define CATALOGUE_SAMPLES     8u /* of each kind and change */
#define CATALOGUE_SAMPLES_MAX (CATALOGUE_KINDS * CHANGE_COUNT * CATALOGUE_SAMPLES)

typedef struct core_catalogue_sample {
    catalogue_kind kind;
    core_catalogue_change change;
    char name[121]; /* of a price: its item's; the id where there is no name */
    char level[CATALOGUE_ID_MAX + 1], valid_from[11];
    int64_t old_minor, new_minor; /* of a price; -1: none */
} core_catalogue_sample;

typedef struct core_catalogue_preview {
    int64_t changes[CATALOGUE_KINDS][CHANGE_COUNT];
    int64_t before[CATALOGUE_KINDS], after[CATALOGUE_KINDS];
    int64_t price_jumps_up, price_jumps_down; /* by more than half, of an item at a price level */
    uint32_t sample_count;
    core_catalogue_sample samples[CATALOGUE_SAMPLES_MAX];
    uint32_t serial; /* another one for every preview */
} core_catalogue_preview;

typedef struct core_catalogue_view {
    bool available;  /* the host has a catalogue */
    bool may_upload; /* the button is there */
    bool can_undo;
    bool sale_open;
    int64_t local_lines;
    int64_t local_counts[CATALOGUE_KINDS];
    bool local_counted;     /* local_counts are of what is there now */
    int64_t taken_revision; /* of the last download that is in place; 0: none */
    int64_t taken_at_ms;
    bool taken_elsewhere; /* from another store than the one that is assigned */
    core_catalogue_phase phase;
    core_catalogue_outcome outcome;
    core_catalogue_failure failure;
    protocol_verdict verdict;
    core_catalogue_line line;
    int32_t host_code;
    char host_reason[200];
    int64_t done, total;      /* lines; total 0: not known */
    int64_t next_try_in_ms;   /* the cloud is not reached (verdict says why); -1: it is */
    protocol_catalogue cloud; /* DECIDING, and after a download: what the cloud has */
    int64_t unknown;          /* lines of kinds that this till does not know: left out */
    char unknown_kind[33];
    bool compared_again;                   /* the till's data changed after the preview: this is another one */
    bool asks_again;                       /* an accept will be asked a second time */
    const core_catalogue_preview *preview; /* PREVIEW, SECOND; valid until the next call */
} core_catalogue_view;

bool core_has_catalogue(const core *c); /* the host has one: else there is nothing to offer */
void core_get_catalogue(core *c, core_time now, core_catalogue_view *view);

/* Each returns false, and does nothing, when it is not its turn. */
bool core_catalogue_download(core *c, core_time now);
/* serial: of the preview that the owner saw. Also the second time. */
bool core_catalogue_accept(core *c, core_time now, uint32_t serial);
bool core_catalogue_upload(core *c, core_time now);
/* revision: of the cloud's data that the owner saw and wants to replace. */
bool core_catalogue_replace(core *c, core_time now, int64_t revision);
bool core_catalogue_keep(core *c, core_time now);
bool core_catalogue_cancel(core *c, core_time now);
bool core_catalogue_undo(core *c, core_time now);
void core_catalogue_dismiss(core *c); /* the owner has seen the outcome */

/* ---- for core.c ---- */

typedef struct catalogue catalogue;

bool catalogue_open(core *c); /* false: out of memory */
void catalogue_close(core *c);
/* True: there is more to do at once. No write: what is to be stored is in the state. */
bool catalogue_tick(core *c, core_time now);
bool catalogue_take_answer(core *c, core_time now, net_answer *answer); /* may take the body */
/* Until something is due by the clock alone, or an answer is to be looked for. -1: nothing. */
int64_t catalogue_wait_ms(const core *c, core_time now);
void catalogue_try_now(core *c);

#endif
