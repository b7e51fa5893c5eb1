/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/person.h - the one request that the owner has under way, from the button to the answer on the screen.
 *
 * What creates something carries an idempotency key that is stored before it is sent: the same form sent again after a
 * lost answer, or after a power cut, does not create twice; nor does one whose words were corrected in between.
 */
#ifndef CORE_PERSON_H
#define CORE_PERSON_H

#include "core/core.h"

/* The pages of a list that were seen so far: cursors[i] leads to page i. */
typedef struct person_pages {
    char (*cursors)[PROTOCOL_ID_MAX + 1];
    uint32_t known; /* pages whose cursor is known; page 0 always is */
    uint32_t capacity;
    uint32_t page;  /* the one that is shown */
    uint32_t asked; /* the one that is asked for */
    char search[PROTOCOL_NAME_MAX + 1];
    char parent[PROTOCOL_ID_MAX + 1]; /* company, of a list of stores */
} person_pages;

typedef struct person {
    core_person view;
    uint32_t ticket;
    bool storing;                         /* the answer brought a session, which is to be stored */
    protocol_session session;             /* secret */
    char pending_id[PROTOCOL_ID_MAX + 1]; /* a registration or recovery that waits for its code; "" : none */
    bool pending_is_recovery;
    char confirm_key[33];
    uint8_t form_key[32]; /* random, of this run: what is stored of a form with a password tells nothing */
    protocol_company_page *companies;
    protocol_store_page *stores;
    person_pages company_pages, store_pages;
    protocol_company new_company;
    protocol_store new_store;
} person;

void person_open(core *c);
void person_close(core *c);
/* ---- for those who know what is asked: account.c, business.c, assign.c, disconnect.c ---- */
bool person_is_busy(const core *c);
void person_begin(core *c, core_request request);
/* Sends; a request that cannot be sent fails the person's request at once. */
void person_submit(core *c, net_request *request);
void person_end(core *c, bool done, const protocol_verdict *verdict);
void person_fail_storage(core *c);
/* A 401 to a person's session: it is over. */
void person_note_verdict(core *c, const protocol_verdict *verdict);
/* 32 hex digits of randomness. */
void person_make_key(core *c, char key[33]);

#endif
