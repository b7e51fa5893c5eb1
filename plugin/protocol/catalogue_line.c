/* SPDX-License-Identifier: Apache-2.0 */
/* protocol/catalogue_line.c - reads and judges one line of configuration data (protocol/catalogue_line.h). */
#include "protocol/catalogue_line.h"

#include <string.h>
#include <strings.h>

#include "protocol/json.h"
#include "protocol/text.h"

#define MEMBERS_MAX  64 /* of a line; the contract has 9 at most */
#define RATE_MAX     1000000
#define BARCODES_MAX 100
#define SCHEMA       "pos.catalogue/1"

static const struct {
    const char *name, *id; /* of the kind, and of its member with the id */
    char key;
} kinds[] = {[CATALOGUE_HEAD] = {"catalogue", "catalogue_id", '0'},
             [CATALOGUE_TAX] = {"tax", "tax_id", '1'},
             [CATALOGUE_PAYMENT_METHOD] = {"payment_method", "payment_method_id", '2'},
             [CATALOGUE_PRICE_LEVEL] = {"price_level", "price_level_id", '3'},
             [CATALOGUE_DEPARTMENT] = {"department", "department_id", '4'},
             [CATALOGUE_GROUP] = {"group", "group_id", '5'},
             [CATALOGUE_USER] = {"user", "user_id", '6'},
             [CATALOGUE_ITEM] = {"item", "item_id", '7'},
             [CATALOGUE_PRICE] = {"price", "item_id", '7'},
             [CATALOGUE_REMOVED] = {"removed", "item_id", '7'}};

/* One line on its way from JSON to struct: the first fault stands. */
typedef struct reading {
    const cJSON *object;
    catalogue_line *line;
    catalogue_fault fault;
} reading;

static void blame(reading *r, catalogue_fault fault, const char *member)
{
    if (r->fault != CATALOGUE_FINE)
        return;
    r->fault = fault;
    r->line->member = member;
}

/* NULL: absent. Most names differ in their first byte. */
static const cJSON *find(const cJSON *object, const char *name)
{
    const cJSON *member = object->child;
    while (member && (member->string[0] != name[0] || strcmp(member->string, name) != 0))
        member = member->next;
    return member;
}

/* NULL: absent, or null. */
static const cJSON *get(const reading *r, const char *member)
{
    const cJSON *value = find(r->object, member);
    return cJSON_IsNull(value) ? NULL : value;
}

/* ---- texts ---- */

static void read_id(reading *r, const char *member, char to[CATALOGUE_ID_MAX + 1])
{
    const char *text = cJSON_GetStringValue(get(r, member));
    size_t length = text ? strlen(text) : 0;
    if (length == 0 || length > CATALOGUE_ID_MAX || text_has_controls(text)) {
        blame(r, CATALOGUE_BAD_ID, member);
        return;
    }
    memcpy(to, text, length + 1);
}

/* An empty reference is none, as null is. */
static void read_reference(reading *r, const char *member, char to[CATALOGUE_ID_MAX + 1])
{
    const cJSON *value = get(r, member);
    if (!value || (cJSON_IsString(value) && value->valuestring[0] == '\0'))
        return;
    read_id(r, member, to);
}

static size_t count_characters(const char *utf8)
{
    size_t count = 0;
    for (; *utf8 != '\0'; utf8++)
        count += ((uint8_t)*utf8 & 0xc0) != 0x80;
    return count;
}

static void read_name(reading *r)
{
    const char *text = cJSON_GetStringValue(get(r, "name"));
    if (!text || count_characters(text) > CATALOGUE_NAME_MAX || text_has_controls(text)) {
        blame(r, CATALOGUE_BAD_NAME, "name");
        return;
    }
    memcpy(r->line->name, text, strlen(text) + 1);
}

/* A text that may be missing, of at most 64 characters. */
static void check_word(reading *r, const char *member)
{
    const cJSON *value = get(r, member);
    if (value && (!cJSON_IsString(value) || count_characters(value->valuestring) > CATALOGUE_ID_MAX ||
                  text_has_controls(value->valuestring)))
        blame(r, CATALOGUE_BAD_MEMBER, member);
}

static void check_flag(reading *r, const char *member)
{
    const cJSON *value = get(r, member);
    if (value && !cJSON_IsBool(value))
        blame(r, CATALOGUE_BAD_MEMBER, member);
}

static void check_status(reading *r)
{
    const cJSON *value = find(r->object, "status");
    const char *text = cJSON_GetStringValue(value);
    if (value && (!text || (strcmp(text, "active") != 0 && strcmp(text, "inactive") != 0)))
        blame(r, CATALOGUE_BAD_MEMBER, "status");
}

/* ---- dates ---- */

static void read_date(reading *r, const char *member, bool required, char to[11])
{
    const cJSON *value = get(r, member);
    const char *text = cJSON_GetStringValue(value);
    if (!value && !required)
        return;
    if (!text || !text_is_date(text)) {
        blame(r, CATALOGUE_BAD_DATE, member);
        return;
    }
    memcpy(to, text, 11);
}

static void read_validity(reading *r, bool required)
{
    catalogue_line *line = r->line;
    read_date(r, "valid_from", required, line->valid_from);
    read_date(r, "valid_to", false, line->valid_to);
    if (line->valid_to[0] && strcmp(line->valid_to, line->valid_from) < 0)
        blame(r, CATALOGUE_BAD_DATES, "valid_to");
}

/* ---- kinds ---- */

static void read_head(reading *r)
{
    const char *schema = cJSON_GetStringValue(get(r, "schema"));
    const char *currency = cJSON_GetStringValue(get(r, "currency"));
    if (!schema || strcmp(schema, SCHEMA) != 0)
        blame(r, CATALOGUE_BAD_SCHEMA, "schema");
    if (!currency || strlen(currency) != 3 || !text_is_capitals(currency, 3))
        blame(r, CATALOGUE_BAD_CURRENCY, "currency");
    else
        memcpy(r->line->currency, currency, 4);
}

static void read_tax(reading *r)
{
    int64_t rate;
    if (!json_read_integer(get(r, "rate"), 0, RATE_MAX, &rate))
        blame(r, CATALOGUE_BAD_RATE, "rate");
    check_flag(r, "included");
    read_validity(r, false);
}

static void check_user(reading *r)
{
    static const char *const secrets[] = {"password", "pin", "card", "secret", "hash", "token"};
    for (const cJSON *member = r->object->child; member; member = member->next) {
        for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
            if (strcasecmp(member->string, secrets[i]) == 0)
                blame(r, CATALOGUE_BAD_SECRET, secrets[i]);
        }
    }
    check_word(r, "role");
}

static void check_barcodes(reading *r)
{
    const cJSON *barcodes = find(r->object, "barcodes");
    if (!barcodes)
        return;
    if (!cJSON_IsArray(barcodes) || cJSON_GetArraySize(barcodes) > BARCODES_MAX) {
        blame(r, CATALOGUE_BAD_MEMBER, "barcodes");
        return;
    }
    for (const cJSON *one = barcodes->child; one; one = one->next) {
        if (!cJSON_IsString(one) || one->valuestring[0] == '\0' ||
            count_characters(one->valuestring) > CATALOGUE_ID_MAX || text_has_controls(one->valuestring))
            blame(r, CATALOGUE_BAD_MEMBER, "barcodes");
    }
}

static void read_item(reading *r)
{
    read_reference(r, "department_id", r->line->department);
    read_reference(r, "group_id", r->line->group);
    read_reference(r, "tax_id", r->line->tax);
    check_barcodes(r);
    check_word(r, "unit");
}

static void read_price(reading *r)
{
    read_id(r, "price_level_id", r->line->level);
    if (!json_read_integer(get(r, "amount"), 0, JSON_INTEGER_MAX, &r->line->amount_minor))
        blame(r, CATALOGUE_BAD_AMOUNT, "amount");
    read_validity(r, true);
}

static void read_kind(reading *r)
{
    switch (r->line->kind) {
    case CATALOGUE_HEAD:
        read_head(r);
        return;
    case CATALOGUE_TAX:
        read_tax(r);
        break;
    case CATALOGUE_PAYMENT_METHOD:
        check_word(r, "type");
        break;
    case CATALOGUE_PRICE_LEVEL:
        check_flag(r, "tax_included");
        break;
    case CATALOGUE_DEPARTMENT:
        read_reference(r, "parent_id", r->line->parent);
        break;
    case CATALOGUE_USER:
        check_user(r);
        break;
    case CATALOGUE_ITEM:
        read_item(r);
        break;
    case CATALOGUE_PRICE:
        read_price(r);
        return;
    case CATALOGUE_GROUP:
        break;
    case CATALOGUE_REMOVED:
    case CATALOGUE_UNKNOWN:
        return;
    }
    read_name(r);
    check_status(r);
}

/* Returns where the next part goes. The parts of a key are short: ids and a day. */
static char *add_part(char *to, char before, const char *part)
{
    size_t length = strlen(part);
    *to = before;
    memcpy(to + 1, part, length + 1);
    return to + 1 + length;
}

static void write_key(catalogue_line *line)
{
    _Static_assert(3 + 2 * CATALOGUE_ID_MAX + sizeof line->valid_from <= sizeof line->key, "the longest key");
    char *end = add_part(line->key, kinds[line->kind].key, line->kind == CATALOGUE_HEAD ? "" : line->id);
    if (line->kind == CATALOGUE_PRICE)
        (void)add_part(add_part(end, '\x01', line->level), '\x01', line->valid_from);
}

/* Two members of one name: two readers may take different ones. */
static bool is_ambiguous(const cJSON *object)
{
    int count = 0;
    const cJSON *a = NULL;
    cJSON_ArrayForEach(a, object)
    {
        if (++count > MEMBERS_MAX)
            return true;
        for (const cJSON *b = a->next; b; b = b->next) {
            if (a->string[0] == b->string[0] && strcmp(a->string, b->string) == 0)
                return true;
        }
    }
    return false;
}

static void read_object(reading *r)
{
    catalogue_line *line = r->line;
    const char *kind = cJSON_GetStringValue(get(r, "kind"));
    if (!kind || kind[0] == '\0') {
        blame(r, CATALOGUE_BAD_KIND, "kind");
        return;
    }
    line->kind = CATALOGUE_HEAD;
    while (line->kind < CATALOGUE_UNKNOWN && strcmp(kinds[line->kind].name, kind) != 0)
        line->kind++;
    if (line->kind == CATALOGUE_UNKNOWN) {
        json_read_cut(get(r, "kind"), line->unknown, sizeof line->unknown);
        return;
    }
    read_id(r, kinds[line->kind].id, line->id);
    read_kind(r);
    if (r->fault == CATALOGUE_FINE)
        write_key(line);
}

catalogue_fault catalogue_line_read(const char *text, size_t size_bytes, catalogue_line *line)
{
    reading r = {.line = line, .fault = CATALOGUE_FINE};
    memset(line, 0, sizeof *line);
    line->kind = CATALOGUE_UNKNOWN;
    if (size_bytes > POS_CATALOGUE_LINE_MAX_BYTES)
        return CATALOGUE_BAD_LENGTH;
    cJSON *tree = memchr(text, '\n', size_bytes) ? NULL : json_parse(text, size_bytes);
    if (!cJSON_IsObject(tree) || is_ambiguous(tree)) {
        cJSON_Delete(tree);
        return CATALOGUE_BAD_JSON;
    }
    r.object = tree;
    read_object(&r);
    cJSON_Delete(tree);
    return r.fault;
}

catalogue_kind catalogue_key_kind(const char *key)
{
    if (key[0] < '0' || key[0] > '7')
        return CATALOGUE_UNKNOWN;
    if (key[0] == '7')
        return strchr(key, '\x01') ? CATALOGUE_PRICE : CATALOGUE_ITEM;
    return (catalogue_kind)(key[0] - '0');
}

bool catalogue_lines_equal(const char *a, size_t a_bytes, const char *b, size_t b_bytes)
{
    if (a_bytes > POS_CATALOGUE_LINE_MAX_BYTES || b_bytes > POS_CATALOGUE_LINE_MAX_BYTES)
        return false;
    if (a_bytes == b_bytes && memcmp(a, b, a_bytes) == 0)
        return true;
    cJSON *one = json_parse(a, a_bytes), *other = json_parse(b, b_bytes);
    bool equal = one && other && cJSON_Compare(one, other, 1);
    cJSON_Delete(one);
    cJSON_Delete(other);
    return equal;
}
