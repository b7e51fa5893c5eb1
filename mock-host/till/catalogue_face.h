/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogue_face.h - the till's catalogue as the plugin sees it: pos.catalogue/1.
 */
#ifndef TILL_CATALOGUE_FACE_H
#define TILL_CATALOGUE_FACE_H

#include "catalogue.h"
#include "log.h"

struct catalogue_face {
    pos_catalogue abi;
    struct database *db;
    struct till_log *log;
    const bool *sale_open;
    char tag[CATALOGUE_TAG_BYTES]; /* what state() lends */
};

/* What it is given must outlive it. */
void catalogue_face_fill(struct catalogue_face *face, struct database *db, struct till_log *log, const bool *sale_open);

#endif
