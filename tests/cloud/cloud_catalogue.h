/* SPDX-License-Identifier: Apache-2.0 */
/* tests/cloud/cloud_catalogue.h - short ways to upload and download configuration data. */
#ifndef TESTS_CLOUD_CLOUD_CATALOGUE_H
#define TESTS_CLOUD_CLOUD_CATALOGUE_H

#include "cloud_batches.h"

/* A small shop: 11 lines, two items with prices. */
extern const char catalogue_small[];
#define CATALOGUE_SMALL_LINES 11

#define HEAD    "{\"kind\":\"catalogue\",\"schema\":\"pos.catalogue/1\",\"catalogue_id\":\"c\",\"currency\":\"EUR\"}\n"
#define TAX     "{\"kind\":\"tax\",\"tax_id\":\"A\",\"name\":\"A\",\"rate\":2100}\n"
#define LEVEL   "{\"kind\":\"price_level\",\"price_level_id\":\"1\",\"name\":\"1\"}\n"
#define ITEM(s) "{\"kind\":\"item\",\"item_id\":\"" s "\",\"name\":\"\"}\n"

/* "/v1/stores/../catalogue" and more behind it. */
void catalogue_path(const till *from, const char *more, char *out, size_t out_size);

reply catalogue_info(const fixture *self, const till *from, const char *etag);

/* `after` and `etag` may be NULL. */
reply catalogue_page(const fixture *self, const till *from, long long revision, long long since, const char *after,
                     int limit, const char *etag);

reply catalogue_create(const fixture *self, const till *from, long long replaces, const char *key);
/* The id of a new upload. */
void catalogue_begin(const fixture *self, const till *from, long long replaces, char upload_id[80]);
reply catalogue_upload(const fixture *self, const till *from, const char *method, const char *upload_id);
reply catalogue_put(const fixture *self, const till *from, const char *upload_id, int page, const void *lines,
                    size_t bytes, const char *coding);
/* Text; this status, this problem if not NULL. */
void catalogue_put_text(const fixture *self, const till *from, const char *upload_id, int page, const char *lines,
                        long status, const char *slug);
reply catalogue_commit(const fixture *self, const till *from, const char *upload_id, long long lines);

size_t catalogue_count_lines(const char *text);
/* From the beginning to the commit, so many lines a page; the new revision. */
long long catalogue_send(const fixture *self, const till *from, long long replaces, const char *text, size_t a_page);

/* All pages one after the other: their lines without the first of each, in one text; *since and *pages as they came. */
char *catalogue_fetch(const fixture *self, const till *from, long long revision, long long since, int limit,
                      long long *since_out, int *pages);

char *catalogue_text(const fixture *self, const till *from, long long revision);
long long catalogue_revision(const fixture *self, const till *from);

/* fixture_expect(), and forgets the answer. */
void catalogue_expect(reply answer, long status, const char *slug);

#endif
