/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/catalogue_job.h - the job that is under way, for the files that are parts of it:
 *
 *     catalogue.c           start, tick, whose turn it is, what the screens see
 *     catalogue_job.c       begin, end, ask the cloud and judge what it says, the tag of a swap
 *     catalogue_download.c  ask, load, compare, swap; catalogue_stage.c: a page of it, checked and staged
 *     catalogue_upload.c    check, look, decide, begin, commit; catalogue_send.c: its pages
 */
#ifndef CORE_CATALOGUE_JOB_H
#define CORE_CATALOGUE_JOB_H

#include "core/catalogue.h"
#include "core/catalogue_check.h"
#include "core/catalogue_compare.h"
#include "core/internal.h"

#define CATALOGUE_RESTARTS_MAX 5u    /* the data changed while they were read: once more, so often */
#define CATALOGUE_REMOVED_MAX  4096u /* more items gone: everything is downloaded instead */
#define CATALOGUE_HOST_WAIT_MS INT64_C(1000)
#define CATALOGUE_TICK_LINES   500u /* that are read and judged in a tick */

/* A page of a download: the answer's body, consumed from the front. */
typedef struct catalogue_page {
    char *body;
    size_t bytes, at;
    uint32_t left; /* lines */
    bool first;
    protocol_catalogue_page head;
} catalogue_page;

/* Lines of a page that are ready to be staged; they wait while the host is busy. */
typedef struct catalogue_ready {
    uint32_t count;
    pos_catalogue_line lines[CATALOGUE_TICK_LINES];
    char keys[CATALOGUE_TICK_LINES][CATALOGUE_KEY_MAX + 1];
} catalogue_ready;

/* A page of an upload. */
typedef struct catalogue_out {
    char *bytes; /* PROTOCOL_CATALOGUE_UP_BYTES of room; NULL: none yet */
    uint32_t used;
    int64_t number, lines, before; /* lines in it, and before it */
    bool whole;                    /* all that belongs into it */
} catalogue_out;

typedef struct catalogue_job {
    char store_id[PROTOCOL_ID_MAX + 1];
    uint32_t ticket;  /* 0: nothing is asked */
    int64_t asked_at; /* elapsed ms */
    backoff backoff;
    int64_t host_wait_until; /* elapsed ms: the host was busy */
    uint32_t restarts;
    uint64_t generation; /* of the till's data, as this job has read them */
    protocol_catalogue cloud;
    catalogue_check check;
    /* a download */
    int64_t since;        /* 0: everything */
    int64_t own_revision; /* that was taken from this store before; 0: none */
    char local_currency[4];
    char after[PROTOCOL_CURSOR_MAX + 1]; /* where the page begins that is asked for next */
    bool asked_all;                      /* there is none behind those that came */
    bool staging;
    catalogue_page *page; /* that is being staged; NULL: none is here */
    catalogue_page *next; /* that came meanwhile */
    catalogue_ready ready;
    catalogue_keys removed;
    catalogue_compare compare;
    core_catalogue_preview preview;
    char tag[POS_CATALOGUE_TAG_MAX_BYTES + 1];
    /* an upload */
    bool resumed;
    int64_t decided;                /* the revision that the owner has agreed to replace; -1: none yet */
    int64_t lines;                  /* to be sent */
    int64_t kept_pages, kept_lines; /* by the cloud */
    bool kept_known;
    bool try_commit;    /* it may have been committed before the restart */
    catalogue_out out;  /* the page that is read */
    catalogue_out sent; /* the one before it, until the cloud keeps it; lines 0: none */
} catalogue_job;

struct catalogue {
    core_catalogue_view v; /* what does not follow from elsewhere: phase, outcome, failure, ... */
    bool started;          /* what a restart left behind was looked at */
    int64_t look_at;       /* elapsed ms: when the licence is asked next */
    uint64_t counted_generation;
    bool counting, count_wanted;
    catalogue_counter counter;
    catalogue_job *job; /* NULL: none */
    struct {
        char store_id[PROTOCOL_ID_MAX + 1], upload_id[PROTOCOL_ID_MAX + 1]; /* "" : none */
        uint32_t ticket, tries;
        backoff backoff;
    } giving_up; /* an upload that was cancelled, and of which the cloud is told */
};

/* ---- catalogue_job.c ---- */
/* The store that is assigned, with a permission for it; NULL: none. */
const destination *catalogue_destination(const core *c);
const char *catalogue_token(const core *c);
catalogue_job *catalogue_begin_job(core *c, core_catalogue_phase phase); /* NULL: no store, or no memory */
void catalogue_free_job(catalogue_job *job);
void catalogue_withdraw(core *c); /* what is asked: its answer is not wanted any more */
void catalogue_end_job(core *c, core_catalogue_outcome outcome);
void catalogue_fail(core *c, core_catalogue_failure failure);
void catalogue_fail_line(core *c, core_catalogue_failure failure, catalogue_fault fault, const catalogue_line *line,
                         int64_t number, const char *member);
/* BUSY waits a second; every other error of the host ends the job. */
void catalogue_fail_host(core *c, core_time now, int32_t code, const char *reason);
void catalogue_submit(core *c, core_time now, net_request *request);
/* true: go on with the answer. false: it is asked again later, or, unless the caller takes this refusal, the job has
 * failed. */
bool catalogue_judge(core *c, core_time now, const protocol_verdict *verdict);
bool catalogue_restart(core *c); /* counts; false: too often, the job has failed */
bool catalogue_read_state(core *c, pos_catalogue_state *till, int32_t *error);
void catalogue_make_nonce(core *c, char nonce[STATE_NONCE_LEN + 1]);

/* "fc1/STORE/REVISION/AT_MS/NONCE" */
typedef struct catalogue_tag {
    char store_id[PROTOCOL_ID_MAX + 1];
    int64_t revision, at_ms;
    char nonce[STATE_NONCE_LEN + 1];
} catalogue_tag;

void catalogue_write_tag(const catalogue_tag *tag, char text[POS_CATALOGUE_TAG_MAX_BYTES + 1]);
bool catalogue_read_tag(const char *text, catalogue_tag *tag);

/* ---- catalogue_download.c, catalogue_stage.c ---- */
bool catalogue_download_step(core *c, core_time now); /* true: there is more to do at once */
void catalogue_download_take(core *c, core_time now, net_answer *answer);
void catalogue_download_discard(core *c);                                    /* what was staged */
void catalogue_download_look_back(core *c, const pos_catalogue_state *till); /* at the start */
void catalogue_load_again(core *c, int64_t since);
void catalogue_stage_take(core *c, core_time now, net_answer *answer);
bool catalogue_stage_step(core *c, core_time now);
void catalogue_pages_free(catalogue_job *job);
void catalogue_begin_compare(core *c, uint64_t generation);

/* ---- catalogue_upload.c, catalogue_send.c ---- */
bool catalogue_upload_step(core *c, core_time now);
void catalogue_upload_take(core *c, core_time now, net_answer *answer);
void catalogue_upload_look_back(core *c, core_time now); /* at the start */
void catalogue_upload_forget(core *c, bool tell_cloud);  /* the upload of the state record */
void catalogue_check_again(core *c);                     /* from the first line of what is here */
void catalogue_send_begin(core *c);
bool catalogue_send_step(core *c, core_time now, bool may_ask);
void catalogue_send_took(core *c, const protocol_catalogue_upload *upload); /* the cloud kept the page that was sent */

#endif
