/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim/sim_catalogue.h - configuration data: what a till's host has and the cloud should have, as lines and their hash.
 *
 *   sim_catalogue.c          the host's: pos.catalogue/1, pos.setup/1, pos.licence/1, and somebody who edits
 *   sim_catalogue_check.c    the checker: the cloud's rows by SQL of its own, each revision remembered by its hash
 *   sim_owner_catalogue.c    what owners do with it
 *
 * After a download the till's lines are exactly those of one revision of a store of its own company; after an upload
 * the cloud's are exactly what some till of that company had; nothing else ever makes a revision but head office.
 */
#ifndef SIM_CATALOGUE_H
#define SIM_CATALOGUE_H

#include "core/core.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct sim sim;
typedef struct sim_till sim_till;

#define SIM_VERSIONS 32u

typedef struct sim_hash {
    uint8_t bytes[16];
} sim_hash;

typedef struct sim_line {
    char *key, *text; /* one block */
    uint32_t bytes;   /* of the text; 0: a removal */
} sim_line;

typedef struct sim_lines {
    sim_line *items;
    uint32_t count, room;
} sim_lines;

typedef enum sim_catalogue_wish {
    CATALOGUE_WISH_NONE = 1,
    CATALOGUE_WISH_DOWN,
    CATALOGUE_WISH_UP,
    CATALOGUE_WISH_UNDO
} sim_catalogue_wish;

typedef struct sim_catalogue {
    pos_catalogue calls;
    pos_setup setup;
    pos_licence licence;
    sim_lines local, staged, before;
    uint32_t mode;
    uint64_t generation;
    char tag[POS_CATALOGUE_TAG_MAX_BYTES + 1], before_tag[POS_CATALOGUE_TAG_MAX_BYTES + 1];
    bool can_undo, licence_on;
    uint32_t uploads, grants;        /* that the cloud took; that the licence allowed */
    uint32_t pages;                  /* read or staged in the call at hand */
    sim_hash versions[SIM_VERSIONS]; /* of what it had, the last ones */
    uint32_t version_count;
    /* its owner */
    sim_catalogue_wish wish;
    bool eager; /* accepts whatever is shown */
    int64_t next_look_ms;
    uint32_t swaps, undos, edits;
    uint64_t swapped_in; /* the boot in which it did */
} sim_catalogue;

void sim_catalogue_open(sim *s, sim_till *t);  /* a till with data of its own */
void sim_catalogue_reset(sim *s, sim_till *t); /* another machine */
void sim_catalogue_clone(sim_till *to, const sim_till *from);
void sim_catalogue_stop(sim_till *t); /* what was staged is gone */
void sim_catalogue_free(sim_till *t);
bool sim_catalogue_edit(sim *s, sim_till *t); /* somebody changes something at the till */
sim_hash sim_catalogue_hash(const sim_lines *lines);

/* ---- the checker ---- */

typedef struct sim_revision {
    int store;
    int64_t revision;
    sim_hash hash;
    uint32_t lines;
} sim_revision;

/* The cloud may have another revision by now: `till` has uploaded it; -1: head office. */
void sim_revision_look(sim *s, int store, int till);
void sim_revision_look_everywhere(sim *s); /* after a power cut */
/* A till puts that in place: which revision of its own company is it? */
void sim_revision_check_swap(sim *s, sim_till *t);
/* The newest of the store; NULL: none. */
const sim_revision *sim_revision_newest(const sim *s, int store);

/* ---- the owner ---- */

bool sim_catalogue_download(sim *s, sim_till *t);
bool sim_catalogue_upload(sim *s, sim_till *t);
void sim_catalogue_go_on(sim *s, sim_till *t); /* after a tick */
bool sim_catalogue_is_idle(const sim_till *t);

#endif
