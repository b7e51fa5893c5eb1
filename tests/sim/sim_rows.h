/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_rows.h - everything that may happen in a simulated world besides selling, as one list: a name each, which can
 * be switched off (SIM_WITHOUT=, SIM_ONLY=), and a count of how often it really happened, so that none is dead.
 */
#ifndef SIM_ROWS_H
#define SIM_ROWS_H

#include <stdbool.h>
#include <stdint.h>

/* group, row, name */
#define SIM_ROWS(ROW)                                                                                                  \
    ROW(TILL, POWER_CUT, "power-cut")                                                                                  \
    ROW(TILL, POWER_CUT_IN_WRITE, "power-cut-in-write")                                                                \
    ROW(TILL, PROCESS_DIES, "process-dies")                                                                            \
    ROW(TILL, DIES_BEFORE_HAND_OVER, "dies-before-hand-over")                                                          \
    ROW(TILL, HANDS_OVER_LATE, "hands-over-late")                                                                      \
    ROW(TILL, PUT_FAILS_SHOWN, "put-unknown-shown")                                                                    \
    ROW(TILL, PUT_FAILS_HIDDEN, "put-unknown-hidden")                                                                  \
    ROW(TILL, CUT_AFTER_UNKNOWN_PUT, "power-cut-after-unknown-put")                                                    \
    ROW(TILL, HISTORY_BUSY, "history-busy")                                                                            \
    ROW(TILL, DISK_FULL, "disk-full")                                                                                  \
    ROW(TILL, DISK_UNREADABLE, "disk-unreadable")                                                                      \
    ROW(TILL, DISK_SLOW, "disk-slow")                                                                                  \
    ROW(TILL, BIT_ROT, "bit-rot")                                                                                      \
    ROW(TILL, CLOCK_1970, "clock-1970")                                                                                \
    ROW(TILL, CLOCK_2038, "clock-2038")                                                                                \
    ROW(TILL, CLOCK_FORWARD, "clock-forward")                                                                          \
    ROW(TILL, CLOCK_BACK, "clock-back")                                                                                \
    ROW(TILL, CLOCK_SET_RIGHT, "clock-set-right")                                                                      \
    ROW(TILL, SUMMER_TIME, "summer-time-changes")                                                                      \
    ROW(TILL, SLEEP, "sleep")                                                                                          \
    ROW(TILL, TOKENS_REVOKED, "tokens-revoked")                                                                        \
    ROW(TILL, BACKUP_MADE, "backup-made")                                                                              \
    ROW(TILL, BACKUP_RESTORED, "backup-restored")                                                                      \
    ROW(TILL, IMAGE_RESTORED, "image-restored")                                                                        \
    ROW(TILL, STORAGE_WIPED, "storage-wiped")                                                                          \
    ROW(TILL, TILL_REPLACED, "till-replaced")                                                                          \
    ROW(TILL, DISK_LIES, "disk-lies")                                                                                  \
    ROW(TILL, HOST_RESET, "host-reset")                                                                                \
    ROW(TILL, DISK_CLONED, "disk-cloned")                                                                              \
    ROW(TILL, HOST_CATALOGUE_FAILS, "host-catalogue-fails")                                                            \
    ROW(TILL, CUT_AT_SWAP, "power-cut-at-swap")                                                                        \
    ROW(CLOUD, CLOUD_POWER_CUT, "cloud-power-cut")                                                                     \
    ROW(CLOUD, CLOUD_CUT_IN_WRITE, "cloud-power-cut-in-write")                                                         \
    ROW(CLOUD, CLOUD_RESTART, "cloud-restart")                                                                         \
    ROW(CLOUD, CLOUD_DISK_FULL, "cloud-disk-full")                                                                     \
    ROW(CLOUD, CLOUD_DISK_ILL, "cloud-disk-ill")                                                                       \
    ROW(CLOUD, CLOUD_SYNC_FAILS, "cloud-sync-fails")                                                                   \
    ROW(CLOUD, STORE_WITHDRAWN, "store-withdrawn")                                                                     \
    ROW(NET, OFFLINE, "offline")                                                                                       \
    ROW(NET, PORTAL, "captive-portal")                                                                                 \
    ROW(NET, SMALL_PROXY, "proxy-413")                                                                                 \
    ROW(NET, ROUGH, "rough-network")                                                                                   \
    ROW(NET, SLOW, "slow-network")                                                                                     \
    ROW(NET, BUSY, "busy-cloud")                                                                                       \
    ROW(NET, REQUEST_LOST, "request-lost")                                                                             \
    ROW(NET, REQUEST_CUT, "request-cut")                                                                               \
    ROW(NET, REQUEST_LATE, "request-late")                                                                             \
    ROW(NET, REQUEST_TWICE, "request-repeated")                                                                        \
    ROW(NET, REQUEST_OVERTAKEN, "request-reordered")                                                                   \
    ROW(NET, SECOND_UPLOAD, "second-upload-beside")                                                                    \
    ROW(NET, ANSWER_LOST, "answer-lost")                                                                               \
    ROW(NET, ANSWER_LATE, "answer-late")                                                                               \
    ROW(NET, ANSWER_CUT, "answer-cut")                                                                                 \
    ROW(NET, ANSWER_STALE, "answer-stale")                                                                             \
    ROW(NET, STATUS_STRANGE, "answer-of-a-stranger")                                                                   \
    ROW(NET, STATUS_429, "429")                                                                                        \
    ROW(NET, STATUS_500, "500")                                                                                        \
    ROW(NET, STATUS_502, "502")                                                                                        \
    ROW(NET, STATUS_503, "503")                                                                                        \
    ROW(NET, STATUS_504, "504-though-done")                                                                            \
    ROW(NET, NO_MEMORY, "request-no-memory")                                                                           \
    ROW(OWNER, MOVE, "move-store")                                                                                     \
    ROW(OWNER, LEAVE, "disconnect")                                                                                    \
    ROW(OWNER, LOG_IN, "log-in")                                                                                       \
    ROW(OWNER, LOG_IN_AGAIN, "log-in-again")                                                                           \
    ROW(OWNER, RECOVER, "password-recovery")                                                                           \
    ROW(OWNER, WRONG_CODE, "wrong-code")                                                                               \
    ROW(OWNER, OLD_PASSWORD, "old-password")                                                                           \
    ROW(OWNER, NEW_STORE, "new-store")                                                                                 \
    ROW(OWNER, X_ON, "x-on")                                                                                           \
    ROW(OWNER, X_OFF, "x-off")                                                                                         \
    ROW(OWNER, RETRY, "retry")                                                                                         \
    ROW(OWNER, BROWSE, "browse-queue")                                                                                 \
    ROW(OWNER, DIAGNOSE, "diagnose")                                                                                   \
    ROW(OWNER, BREAK_OFF, "break-off")                                                                                 \
    ROW(OWNER, RESEND, "resend-all")                                                                                   \
    ROW(OWNER, RESEND_CANCEL, "resend-cancel")                                                                         \
    ROW(OWNER, DECIDE_ONE, "decide-conflict-one")                                                                      \
    ROW(OWNER, DECIDE_ALL, "decide-conflict-all")                                                                      \
    ROW(OWNER, CATALOGUE_DOWNLOAD, "catalogue-download")                                                               \
    ROW(OWNER, CATALOGUE_CANCEL, "catalogue-cancel")                                                                   \
    ROW(OWNER, CATALOGUE_UNDO, "catalogue-undo")                                                                       \
    ROW(OWNER, CATALOGUE_UPLOAD, "catalogue-upload")                                                                   \
    ROW(OWNER, CATALOGUE_REPLACE, "catalogue-replace")                                                                 \
    ROW(OWNER, CATALOGUE_KEEP, "catalogue-keep")                                                                       \
    ROW(OWNER, CATALOGUE_EDIT, "edit-at-the-till")                                                                     \
    ROW(OWNER, PRICE_EDIT, "price-edit-in-the-cloud")                                                                  \
    ROW(OWNER, LICENCE, "licence-on-and-off")

typedef enum sim_row {
#define SIM_ROW_NAME(group, row, name) ROW_##row,
    SIM_ROWS(SIM_ROW_NAME)
#undef SIM_ROW_NAME
        SIM_ROW_COUNT
} sim_row;

#define SIM_ROWS_MAX  128
#define SIM_ROWS_TEXT 4000 /* of all names */

typedef struct sim_row_set {
    uint64_t bits[SIM_ROWS_MAX / 64];
} sim_row_set;

const char *sim_row_name(sim_row row);
const char *sim_row_group(sim_row row);

bool sim_row_set_has(const sim_row_set *set, sim_row row);
void sim_row_set_put(sim_row_set *set, sim_row row, bool in);
#define SIM_ROWS_NONE "none" /* the name of the empty set */

/* Names with commas between them. False: one is unknown, and *bad is where it begins. */
bool sim_row_set_read(const char *names, sim_row_set *out, const char **bad);
/* Back to names, with commas; cut to fit. */
void sim_row_set_write(const sim_row_set *set, char *out, uint32_t room);

#endif
