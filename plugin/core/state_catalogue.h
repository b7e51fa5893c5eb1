/* SPDX-License-Identifier: Apache-2.0 */
/* core/state_catalogue.h - what the state record keeps about configuration data: the permission to upload, what was
 * taken last, and what is under way, so that a restart goes on with it or says that it was interrupted. */
#ifndef CORE_STATE_CATALOGUE_H
#define CORE_STATE_CATALOGUE_H

#include <cjson/cJSON.h>

#include "core/upload_right.h"
#include "pos/catalogue.h"
#include "protocol/account.h"

#define STATE_NONCE_LEN 16

typedef struct state_catalogue {
    upload_right right;
    /* After a swap: the till's data are as they were taken for as long as the host still says both of these. */
    char taken_tag[POS_CATALOGUE_TAG_MAX_BYTES + 1]; /* "" : nothing is known of what was taken */
    uint64_t taken_generation;
    char taken_etag[NET_ETAG_MAX + 1];
    /* A download under way: the end of the tag that its swap will store. "" : none. */
    char download_nonce[STATE_NONCE_LEN + 1];
    /* An upload under way: stored before the cloud is asked for it. upload_key "" : none. */
    char upload_key[33];
    char upload_store[PROTOCOL_ID_MAX + 1];
    char upload_id[PROTOCOL_ID_MAX + 1]; /* "" : the cloud has not told it yet */
    uint64_t upload_generation;          /* of the till's data that are being uploaded */
    int64_t upload_replaces, upload_lines;
} state_catalogue;

cJSON *state_catalogue_encode(const state_catalogue *s); /* NULL: no memory */
void state_catalogue_decode(const cJSON *object, state_catalogue *s);

#endif
