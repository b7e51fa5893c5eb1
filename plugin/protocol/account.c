/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/account.c - the requests and answers of a person's account. */
#include "protocol/account.h"
#include "protocol/reader.h"
#include "protocol/wire.h"

#include <sodium.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

net_request *protocol_register(const protocol_registration *registration)
{
    static const char *const path[] = {"/v1/registrations", NULL};
    const wire_member members[] = {
        {"email", registration->email, false},       {"name", registration->name, false},
        {"password", registration->password, false}, {"country", registration->country, false},
        {"language", registration->language, false}, {"terms_accepted", NULL, registration->terms_accepted},
    };
    net_request *request = wire_add_key(wire_request("POST", path), registration->idempotency_key);

    return wire_add_body(request, members, COUNT(members));
}

net_request *protocol_confirm_registration(const char *registration_id, const char *code, const char *device_name,
                                           const char *idempotency_key)
{
    const char *const path[] = {"/v1/registrations/", registration_id, "/confirm", NULL};
    const wire_member members[] = {{"code", code, false}, {"device_name", device_name, false}};

    return wire_add_body(wire_add_key(wire_request("POST", path), idempotency_key), members, COUNT(members));
}

net_request *protocol_recover(const char *email, const char *language, const char *idempotency_key)
{
    static const char *const path[] = {"/v1/recoveries", NULL};
    const wire_member members[] = {{"email", email, false}, {"language", language, false}};

    return wire_add_body(wire_add_key(wire_request("POST", path), idempotency_key), members, COUNT(members));
}

net_request *protocol_confirm_recovery(const char *recovery_id, const char *code, const char *new_password,
                                       const char *device_name, const char *idempotency_key)
{
    const char *const path[] = {"/v1/recoveries/", recovery_id, "/confirm", NULL};
    const wire_member members[] = {
        {"code", code, false}, {"new_password", new_password, false}, {"device_name", device_name, false}};

    return wire_add_body(wire_add_key(wire_request("POST", path), idempotency_key), members, COUNT(members));
}

net_request *protocol_log_in(const char *email, const char *password, const char *device_name)
{
    static const char *const path[] = {"/v1/sessions", NULL};
    const wire_member members[] = {
        {"email", email, false}, {"password", password, false}, {"device_name", device_name, false}};

    return wire_add_body(wire_request("POST", path), members, COUNT(members));
}

static const char *const session_path[] = {"/v1/sessions/current", NULL};

net_request *protocol_check_session(const char *session_token)
{
    return wire_add_token(wire_request("GET", session_path), session_token);
}

net_request *protocol_log_out(const char *session_token)
{
    return wire_add_token(wire_request("DELETE", session_path), session_token);
}

/* What a started registration and a started recovery have in common, under two names. */
typedef struct pending {
    char registration_id[PROTOCOL_ID_MAX + 1];
    char recovery_id[PROTOCOL_ID_MAX + 1];
    int64_t expires_at_ms;
} pending;

void protocol_read_pending(const net_answer *answer, protocol_verdict *verdict, char id[PROTOCOL_ID_MAX + 1])
{
    static const json_member members[] = {
        JSON_MEMBER(pending, registration_id, JSON_ID, JSON_NULLABLE),
        JSON_MEMBER(pending, recovery_id, JSON_ID, JSON_NULLABLE),
        JSON_MEMBER(pending, expires_at_ms, JSON_INT64, JSON_REQUIRED),
    };
    pending read;

    memset(id, 0, PROTOCOL_ID_MAX + 1);
    reader_object(answer, verdict, members, COUNT(members), &read, sizeof read);
    if (verdict->outcome != PROTOCOL_DONE)
        return;
    if ((read.registration_id[0] == '\0') == (read.recovery_id[0] == '\0'))
        reader_doubt(verdict, &read, sizeof read);
    else
        memcpy(id, read.registration_id[0] != '\0' ? read.registration_id : read.recovery_id, PROTOCOL_ID_MAX + 1);
}

static bool read_session(const cJSON *tree, protocol_session *session)
{
    static const json_member outer[] = {
        JSON_MEMBER(protocol_session, token, JSON_ASCII, JSON_NULLABLE), /* absent where the session was asked about */
        JSON_MEMBER(protocol_session, expires_at_ms, JSON_INT64, JSON_REQUIRED),
    };
    static const json_member inner[] = {
        JSON_MEMBER(protocol_session, user_id, JSON_ID, JSON_REQUIRED),
        JSON_MEMBER(protocol_session, email, JSON_ASCII, JSON_REQUIRED),
        JSON_MEMBER(protocol_session, name, JSON_WORDS, JSON_REQUIRED),
        JSON_MEMBER(protocol_session, language, JSON_ASCII, JSON_REQUIRED),
    };
    const cJSON *user = cJSON_GetObjectItemCaseSensitive(tree, "user");

    return json_read(tree, outer, COUNT(outer), session) && json_read(user, inner, COUNT(inner), session);
}

void protocol_read_session(const net_answer *answer, protocol_verdict *verdict, protocol_session *session)
{
    cJSON *tree = reader_open(answer, verdict);

    sodium_memzero(session, sizeof *session);
    /* 201 is a new session: without its token it would be none. */
    if (tree != NULL && (!read_session(tree, session) || (answer->status == 201 && session->token[0] == '\0')))
        reader_doubt(verdict, session, sizeof *session);
    json_free(tree);
}
