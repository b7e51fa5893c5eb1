/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/till.c - registering the till with a store: the token, where the cloud stands, or who else is there. */
#include "protocol/business_json.h"
#include "protocol/reader.h"
#include "protocol/wire.h"

#include <sodium.h>
#include <string.h>

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define TILL_CAP_BYTES (512u * 1024u) /* `registers` has no limit in the contract */

static const char *claim_word(protocol_claim claim)
{
    switch (claim) {
    case CLAIM_SAME:
        return "same";
    case CLAIM_ANOTHER:
        return "another";
    default:
        return "first";
    }
}

net_request *protocol_register_till(const char *session_token, const char *store_id, const char *till_id,
                                    const char *register_id, const char *device_name, protocol_claim claim)
{
    const char *const path[] = {"/v1/stores/", store_id, "/tills/", till_id, NULL};
    const wire_member members[] = {
        {"register_id", register_id, false}, {"device_name", device_name, false}, {"claim", claim_word(claim), false}};
    net_request *request = wire_add_token(wire_request("PUT", path), session_token);

    return wire_add_body(wire_cap_answer(request, TILL_CAP_BYTES), members, COUNT(members));
}

net_request *protocol_revoke_till_token(const char *till_token, const char *store_id, const char *till_id)
{
    const char *const path[] = {"/v1/stores/", store_id, "/tills/", till_id, "/token", NULL};

    return wire_add_token(wire_request("DELETE", path), till_token);
}

static const json_member register_members[] = {
    JSON_MEMBER(protocol_register_state, register_id, JSON_LABEL, JSON_REQUIRED),
    JSON_MEMBER(protocol_register_state, epoch, JSON_UINT31, JSON_REQUIRED),
    JSON_MEMBER(protocol_register_state, last_z_number, JSON_INT64, JSON_NULLABLE),
    JSON_MEMBER(protocol_register_state, last_z_sha256, JSON_HEX_BYTES, JSON_NULLABLE),
    JSON_MEMBER(protocol_register_state, last_x_z_number, JSON_INT64, JSON_NULLABLE),
    JSON_MEMBER(protocol_register_state, last_x_sequence, JSON_INT64, JSON_NULLABLE),
};

/* The place for one more; when all are taken, that of the lowest epoch, and the rest moves up to keep the order. */
static protocol_register_state *make_place(protocol_till *till, uint32_t epoch)
{
    protocol_register_state *all = till->registers;
    uint32_t lowest = 0, i;

    if (till->register_count < PROTOCOL_REGISTERS_MAX)
        return &all[till->register_count++];
    for (i = 1; i < till->register_count; i++) {
        if (all[i].epoch < all[lowest].epoch)
            lowest = i;
    }
    if (all[lowest].epoch >= epoch)
        return NULL;
    memmove(&all[lowest], &all[lowest + 1], (till->register_count - lowest - 1) * sizeof all[0]);
    return &all[till->register_count - 1];
}

static bool read_registers(const cJSON *tree, protocol_till *till)
{
    const cJSON *states = cJSON_GetObjectItemCaseSensitive(tree, "registers");
    const cJSON *state;

    if (!cJSON_IsArray(states))
        return false;
    cJSON_ArrayForEach(state, states)
    {
        protocol_register_state read, *place;

        memset(&read, 0, sizeof read);
        if (!json_read(state, register_members, COUNT(register_members), &read))
            return false;
        place = make_place(till, read.epoch);
        if (place != NULL)
            *place = read;
    }
    return true;
}

static bool read_registration(const cJSON *tree, protocol_till *till)
{
    static const json_member members[] = {
        JSON_MEMBER(protocol_till, till_token, JSON_ASCII, JSON_REQUIRED),
        JSON_MEMBER(protocol_till, till_id, JSON_HEX, JSON_REQUIRED),
    };

    return json_read(tree, members, COUNT(members), till) &&
           business_read_store(cJSON_GetObjectItemCaseSensitive(tree, "store"), &till->store) &&
           business_read_company(cJSON_GetObjectItemCaseSensitive(tree, "company"), &till->company) &&
           read_registers(tree, till);
}

static bool read_known(const cJSON *tree, protocol_till *till)
{
    static const json_member members[] = {
        JSON_MEMBER(protocol_known_till, till_id, JSON_HEX, JSON_REQUIRED),
        JSON_MEMBER(protocol_known_till, device_name, JSON_WORDS, JSON_NULLABLE),
        JSON_MEMBER(protocol_known_till, register_id, JSON_LABEL, JSON_REQUIRED),
        JSON_MEMBER(protocol_known_till, last_seen_at_ms, JSON_INT64, JSON_REQUIRED),
        JSON_MEMBER(protocol_known_till, last_z_number, JSON_INT64, JSON_NULLABLE),
        JSON_MEMBER(protocol_known_till, last_business_date, JSON_DATE, JSON_NULLABLE),
    };
    const cJSON *known = cJSON_GetObjectItemCaseSensitive(tree, "tills");
    const cJSON *one;
    int count = cJSON_GetArraySize(known);

    if (!cJSON_IsArray(known) || count < 1 || count > PROTOCOL_TILLS_MAX)
        return false;
    cJSON_ArrayForEach(one, known)
    {
        if (!json_read(one, members, COUNT(members), &till->known[till->known_count]))
            return false;
        till->known_count++;
    }
    return true;
}

void protocol_read_till(const net_answer *answer, protocol_verdict *verdict, protocol_till *till)
{
    cJSON *tree = reader_open(answer, verdict);
    bool good = true;

    sodium_memzero(till, sizeof *till);
    if (tree != NULL) {
        good = read_registration(tree, till);
    } else if (verdict->outcome == PROTOCOL_REFUSED && verdict->cause == CAUSE_REGISTER_KNOWN) {
        tree = json_parse(answer->body, answer->body_bytes);
        good = tree != NULL && read_known(tree, till);
    }
    if (!good)
        reader_doubt(verdict, till, sizeof *till);
    json_free(tree);
}
