/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/internal.h - the core's parts side by side. Only files of core/ include it; each part has its own header and
 * changes its own fields, and reads those of others.
 */
#ifndef CORE_INTERNAL_H
#define CORE_INTERNAL_H

#include "core/assign.h"
#include "core/backoff.h"
#include "core/catalogue.h"
#include "core/catchup.h"
#include "core/core.h"
#include "core/diagnose.h"
#include "core/disconnect.h"
#include "core/ledger.h"
#include "core/outbox.h"
#include "core/person.h"
#include "core/resend_internal.h"
#include "core/sender.h"
#include "core/state.h"
#include "core/vault.h"
#include "core/xslot.h"

/* What is known of a destination besides its names: not stored, or stored as a secret. */
typedef struct credential {
    char token[PROTOCOL_TOKEN_MAX + 1]; /* "" : none */
    core_hold hold;                     /* HOLD_NONE, or why the cloud does not take reports for it */
    int64_t ask_again_at;               /* of HOLD_STORE_REFUSED, elapsed ms */
    backoff backoff;
} credential;

struct core {
    core_env env;
    char register_id[POS_REGISTER_ID_MAX + 1];
    char device_name[PROTOCOL_NAME_MAX + 1];
    char device_id[PROTOCOL_TILL_ID_LEN + 1]; /* the till id of this machine */
    bool device_id_stored;
    vault vault;
    state state;
    bool state_dirty; /* differs from what is stored; the next free tick writes it */
    char session[PROTOCOL_TOKEN_MAX + 1];
    bool session_ended;
    bool session_unread;     /* the storage could not be read, or memory was out: it is read later */
    int64_t session_read_at; /* elapsed ms: when */
    credential credentials[DESTINATIONS_MAX];
    uint32_t encodings;     /* what the cloud said that it can decode */
    bool encodings_known;   /* it has said so, or has taken an upload without saying any */
    bool encodings_refused; /* and yet it did not, or something on the way: uploads go as they are until a restart */
    outbox outbox;
    ledger ledger;
    xslot x;
    sender sender;
    catchup catchup;
    person person;
    assign assign;
    disconnect disconnect;
    diagnose diagnose;
    catalogue *catalogue; /* NULL: the host has none */
    resend resend;
    char currency[4];        /* of the newest report that was seen; "" : none */
    int64_t write_retry_at;  /* elapsed ms: the storage failed, wait before writing again */
    int64_t write_wait_ms;   /* the last such wait; 0: the last write was taken */
    int64_t last_contact_ms; /* wall */
    int64_t failing_since_ms;
    protocol_verdict last_failure;
    uint64_t generation;
};

uint64_t core_random(core *c);
void core_log(core *c, uint32_t level, const char *format, ...) __attribute__((format(printf, 3, 4)));
void core_changed(core *c);
void core_forget_failure(core *c); /* why uploads failed is over */
/* How long until the answer to what was asked then is looked for: soon, and less and less often as it takes its time. */
#define CORE_ANSWER_WAIT_MS 20 /* at most */
int64_t core_answer_wait_ms(int64_t asked_at, core_time now);
/* The storage did not take a write, or could not be read for one: a second, and longer each time, up to a minute. */
void core_wait_to_write(core *c, core_time now);
void core_write_now(core *c); /* somebody waits for it, or it may go well again */
/* Writes the state if the budget of this call allows, else leaves it to a tick. */
int32_t core_save_state(core *c);

#endif
