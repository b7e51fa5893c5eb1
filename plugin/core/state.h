/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/state.h - the one small record with all that is not a report and not a secret: where reports go, who was logged
 * in, the X switch. JSON inside a record, one put a change.
 *
 * A *destination* is a store of a company and the till id under which this till is known there. A *slot* stands for
 * the destination of the reports that carry it; SLOT_UNDECIDED means that the owner has not chosen yet.
 */
#ifndef CORE_STATE_H
#define CORE_STATE_H

#include "core/key.h"
#include "core/state_catalogue.h"
#include "core/vault.h"
#include "pos/report.h"
#include "protocol/business.h"

#define DESTINATIONS_MAX 32u
#define SLOT_UNDECIDED   (-1)

typedef struct destination {
    char company_id[PROTOCOL_ID_MAX + 1];
    char company_name[PROTOCOL_NAME_MAX + 1];
    char store_id[PROTOCOL_ID_MAX + 1];
    char store_name[PROTOCOL_NAME_MAX + 1];
    char currency[4];                       /* in which the store keeps its books; "" : it was not noted yet */
    char till_id[PROTOCOL_TILL_ID_LEN + 1]; /* ours, or the one that was adopted for this store */
} destination;

typedef struct state_register {
    char register_id[PROTOCOL_REGISTER_MAX + 1];
    uint32_t epoch_floor; /* the cloud knew this epoch when the till was registered: numbering goes on in it */
    int64_t x_floor_z;    /* likewise: X sequences of this period up to x_floor_sequence are used */
    int64_t x_floor_sequence;
    /* An adopted till (another machine): the cloud's last Z of epoch_floor. What this machine closes up to that number
     * and does not know is the same close, or the machine counts anew: see place_report(). 0: not adopted. */
    int64_t z_floor;
    uint8_t z_floor_sha256[PROTOCOL_SHA256_BYTES];
} state_register;

/* "Resend all statistics" (core/resend.h): goes on after a restart, and its result stays to be read. */
typedef struct state_resend {
    bool active, automatic, cancelled;
    uint32_t compared, sent, gone;
    int64_t started_ms, finished_ms;
    /* After a cancel: closes up to this number of that register and epoch stay where they are; 0: none. */
    int64_t left_through;
    uint32_t left_reg, left_epoch;
} state_resend;

/* A create that was asked for and whose answer is not known: the next one of its kind uses the same key again. */
typedef struct state_create {
    uint8_t form_hash[32]; /* of what it is: the whole form of a user, "a company", "a store of that company" */
    char key[33];          /* "" : none */
} state_create;

typedef struct state {
    char email[PROTOCOL_EMAIL_MAX + 1];
    char name[PROTOCOL_NAME_MAX + 1];
    char device_id[PROTOCOL_TILL_ID_LEN + 1]; /* of the machine that wrote this: see state_adopt_device() */
    bool assigned;                            /* to the destination of current_slot */
    bool x_enabled;
    bool welcome_seen;
    uint32_t current_slot; /* where reports that are accepted now go */
    uint32_t slot_count;
    int16_t slots[SLOT_MAX + 1]; /* destination index or SLOT_UNDECIDED */
    uint32_t destination_count;
    destination destinations[DESTINATIONS_MAX];
    uint32_t register_count;
    state_register registers[REGISTERS_MAX];
    state_create create;
    state_catalogue catalogue;
    state_resend resend;
} state;

void state_init(state *s);
vault_result state_load(vault *v, state *s); /* VAULT_ABSENT and VAULT_BAD leave *s as state_init does */
int32_t state_save(vault *v, const state *s);

/* A record that another machine wrote (a restored backup, a cloned image): the till ids in it are that machine's, so
 * they are forgotten, and each store asks the owner which till this is. True: something changed. */
bool state_adopt_device(state *s, const char *device_id);

/* Index of the register, adding it when it is new; -1: the table is full. */
int32_t state_register_index(state *s, const char *register_id, bool *added);
/* The destination of a slot; NULL: undecided. */
const destination *state_slot_destination(const state *s, uint32_t slot);

#endif
