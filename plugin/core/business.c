/* SPDX-License-Identifier: Apache-2.0 */
/* core/business.c - lists companies and stores, creates them (core/business.h). */
#include "core/business.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/internal.h"

#define PAGE_ROWS 20u

/* ---- lists ---- */

/* Remembers that `next` leads to the page after pages->page. Without memory the list just ends there. */
static void note_next(person_pages *pages, const char *next)
{
    uint32_t index = pages->page + 1;
    pages->known = index;
    if (!next[0])
        return;
    if (index >= pages->capacity) {
        uint32_t capacity = pages->capacity ? pages->capacity * 2 : 16;
        void *grown = realloc(pages->cursors, (size_t)capacity * sizeof pages->cursors[0]);
        if (!grown)
            return;
        pages->cursors = grown;
        pages->capacity = capacity;
    }
    memcpy(pages->cursors[index], next, strnlen(next, PROTOCOL_ID_MAX) + 1);
    pages->known = index + 1;
}

static void copy_text(char *to, size_t room, const char *from)
{
    memset(to, 0, room);
    memcpy(to, from, strnlen(from, room - 1));
}

/* Another search, or another company, begins a new list. Returns the cursor of the page, NULL for the first. */
static const char *turn_to(person_pages *pages, const char *parent, const char *search, uint32_t page)
{
    const char *wanted = search ? search : "";
    if (strcmp(pages->search, wanted) != 0 || strcmp(pages->parent, parent) != 0) {
        copy_text(pages->search, sizeof pages->search, wanted);
        copy_text(pages->parent, sizeof pages->parent, parent);
        pages->known = 1;
    }
    pages->asked = page < pages->known ? page : 0;
    return pages->asked == 0 ? NULL : pages->cursors[pages->asked];
}

bool core_list_companies(core *c, core_time now, const char *search, uint32_t page)
{
    (void)now;
    if (person_is_busy(c))
        return false;
    const char *after = turn_to(&c->person.company_pages, "", search, page);
    person_begin(c, REQUEST_LIST_COMPANIES);
    person_submit(c, protocol_list_companies(c->session, after, c->person.company_pages.search, PAGE_ROWS));
    return true;
}

bool core_list_stores(core *c, core_time now, const char *company_id, const char *search, uint32_t page)
{
    (void)now;
    if (person_is_busy(c))
        return false;
    const char *after = turn_to(&c->person.store_pages, company_id, search, page);
    person_begin(c, REQUEST_LIST_STORES);
    person_submit(c, protocol_list_stores(c->session, company_id, after, c->person.store_pages.search, PAGE_ROWS));
    return true;
}

static void take_companies(core *c, const net_answer *answer, protocol_verdict *verdict)
{
    person *p = &c->person;
    protocol_company_page *page = calloc(1, sizeof *page);
    if (!page) {
        *verdict = (protocol_verdict){.outcome = PROTOCOL_RETRY, .cause = CAUSE_OFFLINE, .net = NET_FAILED_MEMORY};
        return;
    }
    protocol_read_companies(answer, verdict, page);
    if (verdict->outcome != PROTOCOL_DONE) {
        free(page);
        return;
    }
    free(p->companies);
    p->companies = page;
    p->company_pages.page = p->company_pages.asked;
    note_next(&p->company_pages, page->next);
}

static void take_stores(core *c, const net_answer *answer, protocol_verdict *verdict)
{
    person *p = &c->person;
    protocol_store_page *page = calloc(1, sizeof *page);
    if (!page) {
        *verdict = (protocol_verdict){.outcome = PROTOCOL_RETRY, .cause = CAUSE_OFFLINE, .net = NET_FAILED_MEMORY};
        return;
    }
    protocol_read_stores(answer, verdict, page);
    if (verdict->outcome != PROTOCOL_DONE) {
        free(page);
        return;
    }
    free(p->stores);
    p->stores = page;
    p->store_pages.page = p->store_pages.asked;
    note_next(&p->store_pages, page->next);
}

core_companies core_get_companies(const core *c)
{
    const protocol_company_page *page = c->person.companies;
    if (!page)
        return (core_companies){0};
    return (core_companies){page->items, page->count, c->person.company_pages.page,
                            c->person.company_pages.known > c->person.company_pages.page + 1};
}

core_stores core_get_stores(const core *c)
{
    const protocol_store_page *page = c->person.stores;
    if (!page)
        return (core_stores){0};
    return (core_stores){page->items, page->count, c->person.store_pages.page,
                         c->person.store_pages.known > c->person.store_pages.page + 1};
}

/* ---- creating ---- */

void business_hash_form(const char *const *texts, size_t count, const uint8_t *key, uint8_t hash[32])
{
    crypto_generichash_state hasher;
    crypto_generichash_init(&hasher, key, key ? 32 : 0, 32);
    for (size_t i = 0; i < count; i++) {
        const char *text = texts[i] ? texts[i] : "";
        crypto_generichash_update(&hasher, (const uint8_t *)text, strlen(text) + 1);
    }
    crypto_generichash_final(&hasher, hash, 32);
    sodium_memzero(&hasher, sizeof hasher);
}

bool business_store_key(core *c, const uint8_t form_hash[32])
{
    state_create before = c->state.create;
    if (before.key[0] && memcmp(before.form_hash, form_hash, 32) == 0)
        return true;
    memcpy(c->state.create.form_hash, form_hash, 32);
    person_make_key(c, c->state.create.key);
    if (core_save_state(c) == POS_OK)
        return true;
    c->state.create = before;
    return false;
}

void business_forget_key(core *c)
{
    c->state.create.key[0] = '\0';
    c->state_dirty = true;
}

/* The key of a create whose answer was lost goes with the next one, also when its words were corrected meanwhile: the
 * cloud creates it if the first never arrived, and else says that the key was used (core_was_created_before()). */
bool core_create_company(core *c, core_time now, const protocol_company *company)
{
    (void)now;
    if (person_is_busy(c))
        return false;
    uint8_t hash[32];
    person_begin(c, REQUEST_CREATE_COMPANY);
    c->person.new_company = *company;
    const char *const what[] = {"company"};
    business_hash_form(what, sizeof what / sizeof what[0], NULL, hash);
    if (!business_store_key(c, hash))
        person_fail_storage(c);
    else
        person_submit(c, protocol_create_company(c->session, company, c->state.create.key));
    return true;
}

bool core_create_store(core *c, core_time now, const char *company_id, const protocol_store *store)
{
    (void)now;
    if (person_is_busy(c))
        return false;
    uint8_t hash[32];
    person_begin(c, REQUEST_CREATE_STORE);
    c->person.new_store = *store;
    const char *const what[] = {"store", company_id};
    business_hash_form(what, sizeof what / sizeof what[0], NULL, hash);
    if (!business_store_key(c, hash))
        person_fail_storage(c);
    else
        person_submit(c, protocol_create_store(c->session, company_id, store, c->state.create.key));
    return true;
}

bool core_was_created_before(const core *c)
{
    return strcmp(c->person.view.verdict.code, "idempotency-key-reused") == 0;
}

const protocol_company *core_created_company(const core *c)
{
    return &c->person.new_company;
}

const protocol_store *core_created_store(const core *c)
{
    return &c->person.new_store;
}

void business_take_answer(core *c, const net_answer *answer)
{
    core_request request = c->person.view.request;
    protocol_verdict verdict;
    if (request == REQUEST_LIST_COMPANIES)
        take_companies(c, answer, &verdict);
    else if (request == REQUEST_LIST_STORES)
        take_stores(c, answer, &verdict);
    else if (request == REQUEST_CREATE_COMPANY)
        protocol_read_company(answer, &verdict, &c->person.new_company);
    else
        protocol_read_store(answer, &verdict, &c->person.new_store);
    bool creating = request == REQUEST_CREATE_COMPANY || request == REQUEST_CREATE_STORE;
    if (creating && verdict.outcome != PROTOCOL_RETRY)
        business_forget_key(c);
    person_note_verdict(c, &verdict);
    person_end(c, verdict.outcome == PROTOCOL_DONE, &verdict);
}
