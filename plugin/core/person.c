/* SPDX-License-Identifier: Apache-2.0 */
/* core/person.c - the life of a person's request: begin, submit, end; and of the session it may bring (core/person.h).
 * What each request asks and reads is in account.c, business.c, assign.c and disconnect.c. */
#include "core/person.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

void person_open(core *c)
{
    c->person.view.request = REQUEST_NONE;
    c->person.view.progress = PROGRESS_IDLE;
    c->env.random(c->person.form_key, sizeof c->person.form_key);
}

void person_close(core *c)
{
    free(c->person.companies);
    free(c->person.stores);
    free(c->person.company_pages.cursors);
    free(c->person.store_pages.cursors);
    sodium_memzero(&c->person, sizeof c->person);
}

const core_person *core_get_person(const core *c)
{
    return &c->person.view;
}

bool person_is_busy(const core *c)
{
    return c->person.view.progress == PROGRESS_RUNNING;
}

void person_begin(core *c, core_request request)
{
    c->person.view = (core_person){.request = request, .progress = PROGRESS_RUNNING};
    c->person.ticket = 0;
    core_write_now(c);
    core_changed(c);
}

void person_submit(core *c, net_request *request)
{
    c->person.ticket = request ? c->env.net->submit(c->env.net, request) : 0;
    if (c->person.ticket != 0)
        return;
    protocol_verdict verdict = {.outcome = PROTOCOL_RETRY, .cause = CAUSE_OFFLINE, .net = NET_FAILED_MEMORY};
    person_end(c, false, &verdict);
}

void person_end(core *c, bool done, const protocol_verdict *verdict)
{
    c->person.ticket = 0;
    c->person.storing = false;
    c->person.view.progress = done ? PROGRESS_DONE : PROGRESS_FAILED;
    if (verdict)
        c->person.view.verdict = *verdict;
    core_changed(c);
}

void person_fail_storage(core *c)
{
    c->person.view.storage_failed = true;
    person_end(c, false, NULL);
}

void person_make_key(core *c, char key[33])
{
    uint8_t bytes[16];
    c->env.random(bytes, sizeof bytes);
    sodium_bin2hex(key, 33, bytes, sizeof bytes);
}

void person_note_verdict(core *c, const protocol_verdict *verdict)
{
    if (verdict->outcome != PROTOCOL_REFUSED || verdict->cause != CAUSE_UNAUTHORIZED)
        return;
    sodium_memzero(c->session, sizeof c->session);
    c->session_ended = true;
}
