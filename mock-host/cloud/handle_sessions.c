/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions of the settings screen: logging in and out.
 */
#include "answers.h"
#include "form.h"
#include "handlers.h"
#include "login.h"

#include <sodium.h>

static void log_in(request *self, response *answer, const char *email, const char *password, const char *device_name)
{
    login one = {.email = email, .password = password, .device_name = device_name};
    store_status status = login_open(self, &one);
    if (status == STORE_OK) {
        answer->status = 201;
        answer->json = answer_session(&one.session, one.token);
    } else if (status == STORE_THROTTLED) {
        problem_set_throttled(answer, one.retry_after_ms);
    } else if (status == STORE_WRONG) {
        problem_set(answer, PROBLEM_LOGIN_FAILED, NULL);
    } else {
        problem_set_store(answer, status);
    }
    sodium_memzero(one.token, sizeof one.token);
}

void handle_create_session(request *self, response *answer)
{
    form fields;
    if (form_begin(&fields, self, answer)) {
        const char *email = form_text(&fields, "email", 1, 254, true);
        const char *password = form_text(&fields, "password", 1, 256, true);
        const char *device_name = form_text(&fields, "device_name", 0, 120, false);
        if (form_accept(&fields, answer))
            log_in(self, answer, email, password, device_name);
    }
    form_end(&fields);
}

void handle_get_session(request *self, response *answer)
{
    answer->status = 200;
    answer->json = answer_session(&self->session, NULL);
}

void handle_end_session(request *self, response *answer)
{
    store_status status = store_session_end(self->api->store, self->session.session_id, self->now_ms);
    if (status == STORE_OK)
        answer->status = 204;
    else
        problem_set_store(answer, status);
}
