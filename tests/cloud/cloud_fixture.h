/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/cloud/cloud_fixture.h - a cloud in this process with a folder of its own and a clock that tests move, and short
 * ways to a user, a store and a till in it.
 */
#ifndef TESTS_CLOUD_CLOUD_FIXTURE_H
#define TESTS_CLOUD_CLOUD_FIXTURE_H

#include "cloud_client.h"

#include "cloud/cloud.h"
#include <check.h>
#include <limits.h>
#include <stdatomic.h>

#define PASSWORD "correct horse battery"

typedef struct fixture {
    char dir[64];
    char ca_file[80];
    cloud *cloud;
    _Atomic int64_t clock_offset_ms;
    char mail_seen[NAME_MAX + 1]; /* name of the last mail that was read */
} fixture;

typedef struct person {
    char token[80];
    char user_id[80];
} person;

typedef struct shop {
    char company_id[80];
    char store_id[80];
} shop;

typedef struct till {
    char till_id[33];
    char token[80];
    char path[160]; /* "/v1/stores/../tills/.." */
} till;

void fixture_advance(fixture *self, int64_t ms);

/* In the folder that is there already, as after a crash. */
void fixture_start_cloud(fixture *self, cloud_config config);

/* Folder, listen address and clock of the configuration are the fixture's. */
void fixture_open_with(fixture *self, cloud_config config);

/* With fault switches and cheap passwords. */
void fixture_open(fixture *self);

void fixture_close(fixture *self);
/* rm -r */
void fixture_remove_folder(char *path);

reply fixture_call(const fixture *self, call what);

/* The answer must have this status and, if it is a problem, this slug (NULL: any). */
void fixture_expect(const reply *answer, long status, const char *slug);

/* Calls, expects, and forgets the answer. */
void fixture_refused(const fixture *self, call what, long status, const char *slug);

/* A fresh Idempotency-Key or till id; good until a few more were made. */
const char *fixture_hex(void);

/* The next mail in order, whole; free() it. */
char *fixture_mail(fixture *self);

/* The code of the next mail. */
void fixture_code(fixture *self, char code[7]);

reply fixture_start_registration(const fixture *self, const char *email, const char *key);

person fixture_person(fixture *self, const char *email);

void fixture_company(const fixture *self, const person *who, const char *name, char company_id[80]);

void fixture_store(const fixture *self, const person *who, const char *company_id, const char *name, char store_id[80]);

shop fixture_shop(const fixture *self, const person *who);

reply fixture_claim(const fixture *self, const person *who, const char *store_id, const char *till_id,
                    const char *register_id, const char *claim);

till fixture_till_as(const fixture *self, const person *who, const char *store_id, const char *till_id,
                     const char *claim);

till fixture_till(const fixture *self, const person *who, const char *store_id);

/* One integer from the database, read as an operator would. */
long long fixture_sql(const fixture *self, const char *sql);

#endif
