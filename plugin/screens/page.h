/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/page.h - what the pages share: the state of the screens, where the owner is, and what went wrong.
 *
 * A page describes itself from the core's state at every call and keeps nothing but what is in `struct screens`. No
 * secret is ever copied into it: passwords and codes are used where the host's event has them.
 */
#ifndef SCREENS_PAGE_H
#define SCREENS_PAGE_H

#include "screens/screens.h"
#include "texts/locale.h"

typedef struct draw draw;
typedef struct form form;

typedef struct page {
    const char *id; /* pos_screen.id */
    text_id title;
    const char *const *inputs; /* ids that a refusal of the cloud may be shown beside; ends in NULL; NULL: none */
    void (*enter)(screens *s); /* it came to the top, from below or from above; may be NULL */
    void (*draw)(screens *s, draw *d);
    void (*act)(screens *s, const char *action, const form *f); /* an enabled action of a widget that is no row */
    void (*choose)(screens *s, const char *action);             /* a row's action: the page looks whether it is there */
    void (*answered)(screens *s, const core_person *person);    /* what was asked is PROGRESS_DONE or _FAILED */
} page;

extern const page page_main, page_log_in, page_recover, page_recover_code, page_register, page_register_code,
    page_companies, page_company_new, page_stores, page_store_new, page_assign, page_known, page_configuration,
    page_status, page_item, page_diagnose, page_catalogue, page_disconnect, page_disconnected, page_welcome_what,
    page_welcome_sent, page_welcome_need, page_welcome_begin;

extern const page page_resend;

#define PAGE_DEPTH_MAX  10
#define PAGE_ERRORS_MAX 8
#define PAGE_URL_MAX    200
#define PAGE_TEXT_MAX   1500 /* two names of 120 characters, and words around them */
#define PAGE_ROWS_MAX   200u /* as pos/screen.h promises */
#define PAGE_ROWS       20u  /* until the host asks for another window */

typedef struct page_error {
    const char *widget; /* one of the page's inputs */
    char text[PAGE_TEXT_MAX];
} page_error;

/* What was typed to register, all but passwords: it is there again when the owner comes back from the code. */
typedef struct page_registration {
    bool is_there;
    char name[PROTOCOL_NAME_MAX + 1];
    char country[3], language[3];
    bool terms;
} page_registration;

/* "Retry now" was pressed on the status page. */
typedef enum page_retry {
    RETRY_NONE = 1,
    RETRY_NOW,  /* it is tried at once */
    RETRY_LATER /* the cloud has asked to wait, and is not asked before */
} page_retry;

struct screens {
    core *core;
    core_time now; /* of the call that runs */
    locale locale;
    char device_name[PROTOCOL_NAME_MAX + 1];
    char cloud_url[PAGE_URL_MAX + 1]; /* "": longer than anybody types */

    const page *stack[PAGE_DEPTH_MAX];
    uint32_t depth;
    bool open;       /* the host shows the screen: something may count down */
    bool fresh;      /* the page was just entered from below: inputs start with the plugin's values */
    uint32_t serial; /* of page visits: a page entered again is another screen to an old event */
    uint32_t revision;
    uint64_t shape; /* what `revision` stands for */

    core_request asking; /* REQUEST_NONE: nothing */
    bool asking_lightly; /* for a list: nothing is lost when the owner goes on without it */
    uint32_t error_count;
    page_error errors[PAGE_ERRORS_MAX];
    page_retry retry;
    uint32_t notice_level; /* 0: no notice */
    char notice[PAGE_TEXT_MAX];

    uint32_t first, count; /* the window of the open page's list */
    uint32_t list_page;    /* of companies or stores, as the core counts */
    bool listed;           /* that list has arrived since the page was entered */
    char search[PROTOCOL_NAME_MAX + 1];

    bool log_in_again;                  /* the log-in page shows the form although somebody is logged in */
    char email[PROTOCOL_EMAIL_MAX + 1]; /* where a code was mailed, or to be filled in */
    page_registration registration;
    protocol_company company; /* chosen on the way to an assignment */
    protocol_store store;
    uint32_t known_count;
    protocol_known_till known[PROTOCOL_TILLS_MAX];
    uint64_t item_id;
    bool item_kept;
    int64_t catalogue_seen; /* the preview, or the cloud's revision, that the host was shown last */

    uint64_t generation, local_generation, seen_local, seen_core;
    int64_t counting_ms; /* the open page changes this often by itself; 0: it does not */
    int64_t seen_count;

    char why[PAGE_TEXT_MAX];
    char scratch[32768]; /* of the strings of one description */
};

/* ---- where the owner is ---- */
const page *page_get(const screens *s);
void page_push(screens *s, const page *next);
void page_pop(screens *s); /* on the first page: nothing */
void page_go_home(screens *s);
void page_leave_log_in(screens *s); /* back to where the log-in was started from */

/* ---- what was asked of the cloud ---- */
/* started: what the core's command returned. If it did not start, says so in a notice. */
void page_ask(screens *s, core_request request, bool started);
void page_stop_asking(screens *s);
bool page_is_blocked(const screens *s); /* nothing can be pressed until the answer is there */

/* ---- what there is to say; wiped by the next action and on leaving ---- */
void page_clear_problems(screens *s);
void page_notice(screens *s, uint32_t level, text_id pattern, const char *a, const char *b);
void page_error_at(screens *s, const char *widget, text_id pattern, const char *a);
const char *page_find_error(const screens *s, const char *widget); /* NULL: none */
bool page_has_errors(const screens *s);
const char *page_word(const screens *s, text_id id);

#endif
