/* SPDX-License-Identifier: Apache-2.0 */
/* core/state.c - the state record as JSON and back (core/state.h). Unknown members of a newer plugin are dropped. */
#include "core/state.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

void state_init(state *s)
{
    memset(s, 0, sizeof *s);
    s->slot_count = 1;
    s->slots[0] = SLOT_UNDECIDED;
}

/* Builds JSON and remembers whether memory ran out on the way: half a state must never be stored. */
typedef struct writer {
    cJSON *root;
    bool ok;
} writer;

static void add_text(writer *w, cJSON *object, const char *name, const char *text)
{
    w->ok = cJSON_AddStringToObject(object, name, text) && w->ok;
}

static void add_int(writer *w, cJSON *object, const char *name, int64_t value)
{
    w->ok = cJSON_AddNumberToObject(object, name, (double)value) && w->ok;
}

/* A new object at the end of the array; NULL: no memory. */
static cJSON *append_object(writer *w, cJSON *array)
{
    cJSON *object = cJSON_CreateObject();
    if (!object || !cJSON_AddItemToArray(array, object)) {
        cJSON_Delete(object);
        object = NULL;
        w->ok = false;
    }
    return object;
}

static void add_destinations(writer *w, const state *s)
{
    cJSON *array = cJSON_AddArrayToObject(w->root, "destinations");
    for (uint32_t i = 0; i < s->destination_count; i++) {
        const destination *d = &s->destinations[i];
        cJSON *object = append_object(w, array);
        add_text(w, object, "company_id", d->company_id);
        add_text(w, object, "company_name", d->company_name);
        add_text(w, object, "store_id", d->store_id);
        add_text(w, object, "store_name", d->store_name);
        add_text(w, object, "currency", d->currency);
        add_text(w, object, "till_id", d->till_id);
    }
}

static void add_registers(writer *w, const state *s)
{
    cJSON *array = cJSON_AddArrayToObject(w->root, "registers");
    for (uint32_t i = 0; i < s->register_count; i++) {
        const state_register *r = &s->registers[i];
        cJSON *object = append_object(w, array);
        add_text(w, object, "register_id", r->register_id);
        add_int(w, object, "epoch_floor", r->epoch_floor);
        add_int(w, object, "x_floor_z", r->x_floor_z);
        add_int(w, object, "x_floor_sequence", r->x_floor_sequence);
        if (r->z_floor > 0) {
            char hash[2 * sizeof r->z_floor_sha256 + 1];
            sodium_bin2hex(hash, sizeof hash, r->z_floor_sha256, sizeof r->z_floor_sha256);
            add_int(w, object, "z_floor", r->z_floor);
            add_text(w, object, "z_floor_sha256", hash);
        }
    }
}

static void add_slots(writer *w, const state *s)
{
    cJSON *array = cJSON_AddArrayToObject(w->root, "slots");
    for (uint32_t i = 0; i < s->slot_count; i++) {
        cJSON *number = cJSON_CreateNumber(s->slots[i]);
        if (!number || !cJSON_AddItemToArray(array, number)) {
            cJSON_Delete(number);
            w->ok = false;
        }
    }
}

static void add_resend(writer *w, const state_resend *r)
{
    cJSON *object = cJSON_AddObjectToObject(w->root, "resend");
    add_int(w, object, "active", r->active);
    add_int(w, object, "automatic", r->automatic);
    add_int(w, object, "cancelled", r->cancelled);
    add_int(w, object, "compared", r->compared);
    add_int(w, object, "sent", r->sent);
    add_int(w, object, "gone", r->gone);
    add_int(w, object, "started_ms", r->started_ms);
    add_int(w, object, "finished_ms", r->finished_ms);
    add_int(w, object, "left_through", r->left_through);
    add_int(w, object, "left_reg", r->left_reg);
    add_int(w, object, "left_epoch", r->left_epoch);
}

static char *encode(const state *s)
{
    writer w = {.root = cJSON_CreateObject(), .ok = true};
    add_text(&w, w.root, "email", s->email);
    add_text(&w, w.root, "name", s->name);
    add_text(&w, w.root, "device_id", s->device_id);
    add_int(&w, w.root, "assigned", s->assigned);
    add_int(&w, w.root, "x_enabled", s->x_enabled);
    add_int(&w, w.root, "welcome_seen", s->welcome_seen);
    add_int(&w, w.root, "current_slot", s->current_slot);
    add_slots(&w, s);
    add_destinations(&w, s);
    add_registers(&w, s);
    add_resend(&w, &s->resend);
    if (s->create.key[0]) {
        char hash[2 * sizeof s->create.form_hash + 1];
        sodium_bin2hex(hash, sizeof hash, s->create.form_hash, sizeof s->create.form_hash);
        add_text(&w, w.root, "create_form", hash);
        add_text(&w, w.root, "create_key", s->create.key);
    }
    cJSON *catalogue = state_catalogue_encode(&s->catalogue);
    if (!catalogue || !cJSON_AddItemToObject(w.root, "catalogue", catalogue)) {
        cJSON_Delete(catalogue);
        w.ok = false;
    }
    char *text = w.ok ? cJSON_PrintUnformatted(w.root) : NULL;
    cJSON_Delete(w.root);
    return text;
}

static void get_text(const cJSON *object, const char *name, char *text, size_t room)
{
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    size_t length = value ? strnlen(value, room - 1) : 0;
    memset(text, 0, room);
    if (length > 0)
        memcpy(text, value, length);
}

static int64_t get_int(const cJSON *object, const char *name, int64_t low, int64_t high, int64_t fallback)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(item) || item->valuedouble < (double)low || item->valuedouble > (double)high)
        return fallback;
    return (int64_t)item->valuedouble;
}

static void decode_destinations(const cJSON *root, state *s)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, "destinations"))
    {
        if (s->destination_count == DESTINATIONS_MAX)
            return;
        destination *d = &s->destinations[s->destination_count++];
        get_text(item, "company_id", d->company_id, sizeof d->company_id);
        get_text(item, "company_name", d->company_name, sizeof d->company_name);
        get_text(item, "store_id", d->store_id, sizeof d->store_id);
        get_text(item, "store_name", d->store_name, sizeof d->store_name);
        get_text(item, "currency", d->currency, sizeof d->currency);
        get_text(item, "till_id", d->till_id, sizeof d->till_id);
    }
}

static void decode_registers(const cJSON *root, state *s)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, "registers"))
    {
        if (s->register_count == REGISTERS_MAX)
            return;
        state_register *r = &s->registers[s->register_count++];
        get_text(item, "register_id", r->register_id, sizeof r->register_id);
        r->epoch_floor = (uint32_t)get_int(item, "epoch_floor", 0, EPOCH_MAX, 0);
        r->x_floor_z = get_int(item, "x_floor_z", 0, POS_Z_NUMBER_MAX, 0);
        r->x_floor_sequence = get_int(item, "x_floor_sequence", 0, POS_X_SEQUENCE_MAX, 0);
        const char *hash = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "z_floor_sha256"));
        if (hash &&
            sodium_hex2bin(r->z_floor_sha256, sizeof r->z_floor_sha256, hash, strlen(hash), NULL, NULL, NULL) == 0)
            r->z_floor = get_int(item, "z_floor", 0, POS_Z_NUMBER_MAX, 0);
    }
}

static void decode_slots(const cJSON *root, state *s)
{
    const cJSON *item = NULL;
    s->slot_count = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(root, "slots"))
    {
        if (s->slot_count > SLOT_MAX)
            break;
        bool known = cJSON_IsNumber(item) && item->valueint >= 0 && item->valueint < (int)s->destination_count;
        s->slots[s->slot_count++] = known ? (int16_t)item->valueint : SLOT_UNDECIDED;
    }
    if (s->slot_count == 0) {
        s->slot_count = 1;
        s->slots[0] = SLOT_UNDECIDED;
    }
}

static void decode_resend(const cJSON *root, state_resend *r)
{
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(root, "resend");
    const int64_t most = INT64_C(9007199254740991); /* what a double holds */
    r->active = get_int(object, "active", 0, 1, 0) == 1;
    r->automatic = get_int(object, "automatic", 0, 1, 0) == 1;
    r->cancelled = get_int(object, "cancelled", 0, 1, 0) == 1;
    r->compared = (uint32_t)get_int(object, "compared", 0, UINT32_MAX, 0);
    r->sent = (uint32_t)get_int(object, "sent", 0, UINT32_MAX, 0);
    r->gone = (uint32_t)get_int(object, "gone", 0, UINT32_MAX, 0);
    r->started_ms = get_int(object, "started_ms", 0, most, 0);
    r->finished_ms = get_int(object, "finished_ms", 0, most, 0);
    r->left_through = get_int(object, "left_through", 0, POS_Z_NUMBER_MAX, 0);
    r->left_reg = (uint32_t)get_int(object, "left_reg", 0, REGISTERS_MAX, 0);
    r->left_epoch = (uint32_t)get_int(object, "left_epoch", 0, EPOCH_MAX, 0);
}

/* What has the right checksum and yet cannot be parsed was never ours, or memory is out. The former ends at the same
 * place each time, somewhere behind its first brace; and taking the latter for damage would throw the settings away. */
static vault_result parse(const char *text, size_t size, cJSON **root)
{
    const char *end[2] = {text, text};
    if (size == 0 || text[0] != '{')
        return VAULT_BAD;
    for (int i = 0; i < 2; i++) {
        *root = cJSON_ParseWithLengthOpts(text, size, &end[i], 0);
        if (*root)
            return VAULT_OK;
    }
    return end[0] == end[1] && end[0] != text ? VAULT_BAD : VAULT_ERROR;
}

static vault_result decode(const char *text, size_t size, state *s)
{
    cJSON *root = NULL;
    vault_result result = parse(text, size, &root);
    if (result != VAULT_OK)
        return result;
    get_text(root, "email", s->email, sizeof s->email);
    get_text(root, "name", s->name, sizeof s->name);
    get_text(root, "device_id", s->device_id, sizeof s->device_id);
    s->assigned = get_int(root, "assigned", 0, 1, 0) == 1;
    s->welcome_seen = get_int(root, "welcome_seen", 0, 1, 0) == 1;
    s->x_enabled = get_int(root, "x_enabled", 0, 1, 0) == 1;
    decode_destinations(root, s);
    decode_registers(root, s);
    decode_slots(root, s);
    decode_resend(root, &s->resend);
    s->current_slot = (uint32_t)get_int(root, "current_slot", 0, (int64_t)s->slot_count - 1, 0);
    if (s->slots[s->current_slot] == SLOT_UNDECIDED)
        s->assigned = false;
    state_catalogue_decode(cJSON_GetObjectItemCaseSensitive(root, "catalogue"), &s->catalogue);
    const char *hash = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "create_form"));
    if (hash &&
        sodium_hex2bin(s->create.form_hash, sizeof s->create.form_hash, hash, strlen(hash), NULL, NULL, NULL) == 0)
        get_text(root, "create_key", s->create.key, sizeof s->create.key);
    cJSON_Delete(root);
    return VAULT_OK;
}

vault_result state_load(vault *v, state *s)
{
    record_header header;
    uint8_t *payload = NULL;
    state_init(s);
    vault_result result = vault_read(v, COLLECTION_STATE, RECORD_STATE_ID, &header, &payload);
    if (result != VAULT_OK)
        return result;
    result = header.kind == RECORD_STATE ? decode((const char *)payload, header.payload_bytes, s) : VAULT_BAD;
    if (result != VAULT_OK)
        state_init(s);
    free(payload);
    return result;
}

int32_t state_save(vault *v, const state *s)
{
    char *text = encode(s);
    if (!text)
        return POS_E_NO_MEMORY;
    record_header header = {.kind = RECORD_STATE, .payload_bytes = (uint32_t)strlen(text)};
    int32_t result = vault_put(v, COLLECTION_STATE, RECORD_STATE_ID, &header, text);
    free(text);
    return result;
}

bool state_adopt_device(state *s, const char *device_id)
{
    if (strcmp(s->device_id, device_id) == 0)
        return false;
    for (uint32_t i = 0; i < s->destination_count; i++)
        memset(s->destinations[i].till_id, 0, sizeof s->destinations[i].till_id);
    memcpy(s->device_id, device_id, strnlen(device_id, sizeof s->device_id - 1) + 1);
    return true;
}

int32_t state_register_index(state *s, const char *register_id, bool *added)
{
    *added = false;
    for (uint32_t i = 0; i < s->register_count; i++) {
        if (strcmp(s->registers[i].register_id, register_id) == 0)
            return (int32_t)i;
    }
    if (s->register_count == REGISTERS_MAX)
        return -1;
    state_register *r = &s->registers[s->register_count];
    memset(r, 0, sizeof *r);
    memcpy(r->register_id, register_id, strnlen(register_id, PROTOCOL_REGISTER_MAX));
    *added = true;
    return (int32_t)s->register_count++;
}

const destination *state_slot_destination(const state *s, uint32_t slot)
{
    if (slot >= s->slot_count || s->slots[slot] == SLOT_UNDECIDED)
        return NULL;
    return &s->destinations[s->slots[slot]];
}
