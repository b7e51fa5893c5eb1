/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every answer of the cloud, by every reader of the plugin. The first byte chooses the reader, the second the status, the
 * third the content type.
 *
 * Asked of each: an outcome and a cause that belong together; after anything but a success nothing of the answer is left
 * in the caller's struct; what a success left there is in range, whole and fit to be shown.
 */
#include "fuzz/fuzz.h"
#include "pos/report.h"
#include "protocol/account.h"
#include "protocol/batch.h"
#include "protocol/business.h"
#include "protocol/catalogue.h"
#include "protocol/compare.h"
#include "protocol/health.h"
#include "protocol/json.h"
#include "protocol/text.h"

const unsigned fuzz_mutations = 40000;

#define FITS(text)  (fuzz_ends(text, sizeof(text)))
#define IS_ID(text) (FITS(text) && text_is_id(text))

/* Words and labels: whole characters, and nothing that a terminal or a log would obey. */
#define IS_SHOWN(text) (FITS(text) && text_is_utf8(text, strlen(text)) && !text_has_controls(text))

static bool is_zero(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++) {
        if (at[i] != 0)
            return false;
    }
    return true;
}

static bool is_count(int64_t value)
{
    return value >= 0 && value <= JSON_INTEGER_MAX;
}

static void check_verdict(const protocol_verdict *v, const net_answer *answer)
{
    FUZZ_REQUIRE(v->outcome >= PROTOCOL_DONE && v->outcome <= PROTOCOL_REFUSED);
    FUZZ_REQUIRE((v->outcome == PROTOCOL_DONE) == (v->cause == CAUSE_NONE));
    FUZZ_REQUIRE(v->outcome != PROTOCOL_RETRY || v->cause <= CAUSE_THROTTLED || v->cause == CAUSE_TOO_LARGE);
    FUZZ_REQUIRE(v->outcome != PROTOCOL_REFUSED || v->cause >= CAUSE_UNAUTHORIZED);
    FUZZ_REQUIRE(v->outcome != PROTOCOL_REFUSED || (v->code[0] && answer->status >= 400 && answer->status < 500));
    FUZZ_REQUIRE(v->net == answer->outcome && v->status == answer->status);
    FUZZ_REQUIRE(FITS(v->code) && IS_SHOWN(v->detail) && v->field_count <= PROTOCOL_FIELDS_MAX);
    FUZZ_REQUIRE(v->tries_left >= -1 && v->tries_left <= 1000);
    for (uint32_t i = 0; i < v->field_count; i++)
        FUZZ_REQUIRE(IS_SHOWN(v->fields[i].field) && IS_SHOWN(v->fields[i].code) && IS_SHOWN(v->fields[i].detail));
}

/* ---- one kind of answer each ---- */

static void try_pending(const net_answer *answer, protocol_verdict *v)
{
    char id[PROTOCOL_ID_MAX + 1];
    memset(id, 'x', sizeof id);
    protocol_read_pending(answer, v, id);
    FUZZ_REQUIRE(v->outcome == PROTOCOL_DONE ? IS_ID(id) : id[0] == '\0');
}

static void try_session(const net_answer *answer, protocol_verdict *v)
{
    static protocol_session s;
    memset(&s, 'x', sizeof s);
    protocol_read_session(answer, v, &s);
    if (v->outcome != PROTOCOL_DONE) {
        FUZZ_REQUIRE(is_zero(&s, sizeof s));
        return;
    }
    FUZZ_REQUIRE(FITS(s.token) && (s.token[0] == '\0' || text_is_visible_ascii(s.token)) && is_count(s.expires_at_ms));
    FUZZ_REQUIRE(IS_ID(s.user_id) && IS_SHOWN(s.email) && IS_SHOWN(s.name) && IS_SHOWN(s.language));
}

static void check_company(const protocol_company *c)
{
    FUZZ_REQUIRE(IS_ID(c->company_id) && IS_SHOWN(c->name) && IS_SHOWN(c->tax_id));
    FUZZ_REQUIRE(text_is_capitals(c->country, 2) && text_is_capitals(c->currency, 3));
}

static void check_store(const protocol_store *s)
{
    FUZZ_REQUIRE(IS_ID(s->store_id) && IS_ID(s->company_id) && IS_SHOWN(s->name) && IS_SHOWN(s->address));
    FUZZ_REQUIRE(text_is_visible_ascii(s->time_zone) && text_is_capitals(s->currency, 3));
}

static void try_companies(const net_answer *answer, protocol_verdict *v)
{
    static protocol_company_page page;
    protocol_read_companies(answer, v, &page);
    FUZZ_REQUIRE(v->outcome == PROTOCOL_DONE || is_zero(&page, sizeof page));
    FUZZ_REQUIRE(page.count <= PROTOCOL_PAGE_MAX && (page.next[0] == '\0' || IS_ID(page.next)));
    for (uint32_t i = 0; i < page.count; i++)
        check_company(&page.items[i]);
}

static void try_stores(const net_answer *answer, protocol_verdict *v)
{
    static protocol_store_page page;
    protocol_read_stores(answer, v, &page);
    FUZZ_REQUIRE(v->outcome == PROTOCOL_DONE || is_zero(&page, sizeof page));
    FUZZ_REQUIRE(page.count <= PROTOCOL_PAGE_MAX && (page.next[0] == '\0' || IS_ID(page.next)));
    for (uint32_t i = 0; i < page.count; i++)
        check_store(&page.items[i]);
}

static void try_company(const net_answer *answer, protocol_verdict *v)
{
    protocol_company company;
    protocol_read_company(answer, v, &company);
    if (v->outcome == PROTOCOL_DONE)
        check_company(&company);
    else
        FUZZ_REQUIRE(is_zero(&company, sizeof company));
}

static void try_store(const net_answer *answer, protocol_verdict *v)
{
    protocol_store store;
    protocol_read_store(answer, v, &store);
    if (v->outcome == PROTOCOL_DONE)
        check_store(&store);
    else
        FUZZ_REQUIRE(is_zero(&store, sizeof store));
}

static void try_till(const net_answer *answer, protocol_verdict *v)
{
    static protocol_till t;
    memset(&t, 'x', sizeof t);
    protocol_read_till(answer, v, &t);
    FUZZ_REQUIRE(t.known_count <= PROTOCOL_TILLS_MAX && t.register_count <= PROTOCOL_REGISTERS_MAX);
    bool is_known = v->outcome == PROTOCOL_REFUSED && v->cause == CAUSE_REGISTER_KNOWN;
    FUZZ_REQUIRE((t.known_count > 0) == is_known);
    for (uint32_t i = 0; i < t.known_count; i++) {
        const protocol_known_till *k = &t.known[i];
        FUZZ_REQUIRE(text_is_hex(k->till_id, PROTOCOL_TILL_ID_LEN) && IS_SHOWN(k->device_name) &&
                     IS_SHOWN(k->register_id) && is_count(k->last_seen_at_ms) && is_count(k->last_z_number));
        FUZZ_REQUIRE(k->last_business_date[0] == '\0' || text_is_date(k->last_business_date));
    }
    if (v->outcome != PROTOCOL_DONE) {
        FUZZ_REQUIRE(is_known || is_zero(&t, sizeof t));
        return;
    }
    FUZZ_REQUIRE(text_is_visible_ascii(t.till_token) && text_is_hex(t.till_id, PROTOCOL_TILL_ID_LEN));
    check_store(&t.store);
    check_company(&t.company);
    for (uint32_t i = 0; i < t.register_count; i++) {
        const protocol_register_state *r = &t.registers[i];
        FUZZ_REQUIRE(IS_SHOWN(r->register_id) && r->register_id[0] && r->epoch <= INT32_MAX);
        FUZZ_REQUIRE(is_count(r->last_z_number) && is_count(r->last_x_z_number) && is_count(r->last_x_sequence));
    }
}

static void check_key(const protocol_key *k)
{
    bool is_z = k->kind == POS_REPORT_Z;
    FUZZ_REQUIRE(is_z || k->kind == POS_REPORT_X);
    FUZZ_REQUIRE(k->z_number >= 1 && k->z_number <= POS_Z_NUMBER_MAX && k->epoch <= INT32_MAX);
    FUZZ_REQUIRE(is_z ? k->x_sequence == 0 : k->x_sequence >= 1 && k->x_sequence <= POS_X_SEQUENCE_MAX);
    FUZZ_REQUIRE(IS_SHOWN(k->register_id) && k->register_id[0]);
}

static void try_results(const net_answer *answer, protocol_verdict *v)
{
    protocol_results results;
    protocol_read_results(answer, v, &results);
    FUZZ_REQUIRE(v->outcome == PROTOCOL_DONE || results.count == 0);
    FUZZ_REQUIRE(results.count <= PROTOCOL_BATCH_ITEMS_MAX);
    for (uint32_t i = 0; i < results.count; i++) {
        const protocol_result *r = &results.items[i];
        check_key(&r->key);
        FUZZ_REQUIRE(r->status >= STATUS_DELIVERED && r->status <= STATUS_RETRY && is_count(r->last_x_sequence));
        FUZZ_REQUIRE(IS_SHOWN(r->problem_code) && IS_SHOWN(r->problem_detail));
        FUZZ_REQUIRE(r->has_receipt || (r->status != STATUS_DELIVERED && r->status != STATUS_CONFLICT));
        FUZZ_REQUIRE(r->status != STATUS_REJECTED || r->problem_code[0]);
        if (!r->has_receipt)
            continue;
        check_key(&r->receipt.key);
        FUZZ_REQUIRE(IS_ID(r->receipt.receipt_id) && IS_ID(r->receipt.company_id) && IS_ID(r->receipt.store_id));
        FUZZ_REQUIRE(text_is_hex(r->receipt.till_id, PROTOCOL_TILL_ID_LEN) && is_count(r->receipt.received_at_ms));
    }
    protocol_results_clear(&results);
}

static void try_comparison(const net_answer *answer, protocol_verdict *v)
{
    static protocol_question *question;
    protocol_comparison told;
    uint8_t digest[32] = {0};
    if (!question) {
        question = protocol_question_new();
        FUZZ_REQUIRE(question && protocol_question_begin(question, "till-1", 0, PER_BLOCK));
        FUZZ_REQUIRE(protocol_question_add_range(question, 1, 600) && protocol_question_add_digest(question, digest));
        FUZZ_REQUIRE(protocol_question_begin(question, "till-1", 1, PER_NUMBER));
        FUZZ_REQUIRE(protocol_question_add_range(question, 1, 3) && protocol_question_add_digest(question, digest));
    }
    protocol_read_comparison(answer, question, v, &told);
    FUZZ_REQUIRE(told.count == (v->outcome == PROTOCOL_DONE ? 2u : 0u));
    for (uint32_t i = 0; i < told.count; i++) {
        FUZZ_REQUIRE(told.sets[i].held <= COMPARE_SPAN_MAX);
        for (uint32_t k = 0; k < told.sets[i].differ_count; k++)
            FUZZ_REQUIRE(told.sets[i].differs[k] >= 0 && told.sets[i].differs[k] <= POS_Z_NUMBER_MAX / COMPARE_BLOCK);
        for (uint32_t k = 0; k < told.sets[i].number_count; k++)
            FUZZ_REQUIRE(told.sets[i].numbers[k].z_number >= 1 && told.sets[i].numbers[k].z_number <= POS_Z_NUMBER_MAX);
    }
    protocol_comparison_clear(&told);
}

static void check_catalogue(const protocol_catalogue *c)
{
    FUZZ_REQUIRE(is_count(c->revision) && is_count(c->lines) && is_count(c->changed_at_ms) && FITS(c->etag));
    FUZZ_REQUIRE(c->currency[0] == '\0' || text_is_capitals(c->currency, 3));
    for (uint32_t i = 0; i < CATALOGUE_KINDS; i++)
        FUZZ_REQUIRE(is_count(c->counts[i]));
}

static void try_catalogue(const net_answer *answer, protocol_verdict *v)
{
    protocol_catalogue catalogue;
    protocol_read_catalogue(answer, v, &catalogue);
    FUZZ_REQUIRE(v->outcome == PROTOCOL_DONE || is_zero(&catalogue, sizeof catalogue));
    check_catalogue(&catalogue);
    if (protocol_read_catalogue_exists(answer, &catalogue))
        check_catalogue(&catalogue);
    FUZZ_REQUIRE(is_count(protocol_read_catalogue_invalid(answer)));
}

static void try_lines(const net_answer *answer, protocol_verdict *v)
{
    protocol_catalogue_page page;
    protocol_read_catalogue_lines(answer, v);
    const char *text = (const char *)answer->body;
    size_t length = text ? strcspn(text, "\n") : 0;
    if (!text || !protocol_read_catalogue_page(text, length < answer->body_bytes ? length : answer->body_bytes, &page))
        return;
    FUZZ_REQUIRE(is_count(page.revision) && is_count(page.since) && page.count <= 1000);
    FUZZ_REQUIRE(page.next[0] == '\0' || IS_ID(page.next));
}

static void try_upload(const net_answer *answer, protocol_verdict *v)
{
    protocol_catalogue_upload upload;
    protocol_read_catalogue_upload(answer, v, &upload);
    FUZZ_REQUIRE(v->outcome == PROTOCOL_DONE ? IS_ID(upload.upload_id) : is_zero(&upload, sizeof upload));
    FUZZ_REQUIRE(is_count(upload.next_page) && is_count(upload.lines) && is_count(upload.expires_at_ms));
}

static void try_health(const net_answer *answer, protocol_verdict *v)
{
    int64_t time_ms = 0;
    protocol_read_health(answer, v, &time_ms);
    FUZZ_REQUIRE(v->outcome != PROTOCOL_DONE || is_count(time_ms));
}

static void try_nothing(const net_answer *answer, protocol_verdict *v)
{
    protocol_judge(answer, NULL, v);
}

static void (*const readers[])(const net_answer *, protocol_verdict *) = {
    try_pending,   try_session, try_nothing, try_companies, try_company,
    try_stores,    try_store,   try_till,    try_results,   try_comparison,
    try_catalogue, try_lines,   try_upload,  try_health,    protocol_read_catalogue_cancelled};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int32_t statuses[] = {200, 201, 202, 204, 304, 400, 401, 403, 404, 409,  410,
                                       413, 415, 422, 429, 500, 503, 302, 99,  600, 1000, -1};
    static const char *const types[] = {"application/json", "application/problem+json", "application/x-ndjson",
                                        "text/html", ""};
    fuzz_input in = {data, size};
    protocol_verdict verdict;
    uint32_t reader = fuzz_pick(&in, sizeof readers / sizeof *readers);
    net_answer answer = {.outcome = NET_ANSWERED, .retry_after_ms = -1};
    memset(&verdict, 'x', sizeof verdict);
    answer.status = statuses[fuzz_pick(&in, sizeof statuses / sizeof *statuses)];
    uint32_t type = (uint32_t)fuzz_take(&in, 1);
    snprintf(answer.content_type, sizeof answer.content_type, "%s", types[type % (sizeof types / sizeof *types)]);
    if (type >= 250) {
        answer.outcome = (net_outcome)(NET_FAILED_CONFIG + type - 250);
        answer.status = 0;
    }
    if (in.left > 0) { /* as the network hands it over: a zero behind it */
        answer.body = malloc(in.left + 1);
        FUZZ_REQUIRE(answer.body != NULL);
        memcpy(answer.body, in.at, in.left);
        answer.body[in.left] = 0;
        answer.body_bytes = in.left;
    }
    readers[reader](&answer, &verdict);
    check_verdict(&verdict, &answer);
    free(answer.body);
    return 0;
}
