/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges a JSON document by a JSON schema. Small, because the schema under test is; it aborts rather than ignore a
 * rule.
 */
#include "json_schema.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char wrong[256];

static int fail(const char *path, const char *what)
{
    snprintf(wrong, sizeof wrong, "%s: %s", path[0] ? path : "(document)", what);
    return 0;
}

static int has_type(const cJSON *value, const char *type)
{
    if (strcmp(type, "object") == 0)
        return cJSON_IsObject(value);
    if (strcmp(type, "array") == 0)
        return cJSON_IsArray(value);
    if (strcmp(type, "string") == 0)
        return cJSON_IsString(value);
    if (strcmp(type, "null") == 0)
        return cJSON_IsNull(value);
    if (strcmp(type, "integer") == 0)
        return cJSON_IsNumber(value) && value->valuedouble > -9.1e18 && value->valuedouble < 9.1e18 &&
               value->valuedouble == (double)(long long)value->valuedouble;
    abort();
}

static int judge_type(const cJSON *types, const cJSON *value, const char *path)
{
    if (cJSON_IsString(types))
        return has_type(value, types->valuestring) || fail(path, "another type");
    const cJSON *type;
    cJSON_ArrayForEach(type, types)
    {
        if (has_type(value, type->valuestring))
            return 1;
    }
    return fail(path, "none of the types");
}

static int judge_number(const char *keyword, double limit, const cJSON *value, const char *path)
{
    if (!cJSON_IsNumber(value))
        return 1;
    if (strcmp(keyword, "minimum") == 0)
        return value->valuedouble >= limit || fail(path, "too small");
    return value->valuedouble <= limit || fail(path, "too large");
}

static int judge_text(const char *keyword, const cJSON *rule, const cJSON *value, const char *path)
{
    if (!cJSON_IsString(value))
        return 1;
    if (strcmp(keyword, "pattern") != 0) {
        double length = (double)strlen(value->valuestring);
        int is_min = strcmp(keyword, "minLength") == 0;
        return (is_min ? length >= rule->valuedouble : length <= rule->valuedouble) || fail(path, "another length");
    }
    regex_t pattern;
    if (regcomp(&pattern, rule->valuestring, REG_EXTENDED | REG_NOSUB) != 0)
        abort();
    int matches = regexec(&pattern, value->valuestring, 0, NULL, 0) == 0;
    regfree(&pattern);
    return matches || fail(path, "does not match the pattern");
}

static int judge(const cJSON *root, const cJSON *schema, const cJSON *value, const char *path);

static int judge_members(const cJSON *root, const cJSON *schema, const cJSON *value, const char *path)
{
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    const cJSON *others = cJSON_GetObjectItemCaseSensitive(schema, "additionalProperties");
    const cJSON *name;
    cJSON_ArrayForEach(name, cJSON_GetObjectItemCaseSensitive(schema, "required"))
    {
        if (cJSON_IsObject(value) && !cJSON_HasObjectItem(value, name->valuestring))
            return fail(path, name->valuestring);
    }
    const cJSON *object = cJSON_IsObject(value) ? value : NULL;
    const cJSON *member;
    cJSON_ArrayForEach(member, object)
    {
        char below[200];
        snprintf(below, sizeof below, "%s/%s", path, member->string);
        const cJSON *rule = cJSON_GetObjectItemCaseSensitive(properties, member->string);
        if (rule == NULL)
            rule = others;
        if (rule != NULL && !judge(root, rule, member, below))
            return 0;
        for (const cJSON *later = member->next; later != NULL; later = later->next) {
            if (strcmp(later->string, member->string) == 0)
                return fail(below, "stands twice");
        }
    }
    return 1;
}

static int judge_items(const cJSON *root, const cJSON *rule, const cJSON *value, const char *path)
{
    const cJSON *array = cJSON_IsArray(value) ? value : NULL;
    const cJSON *item;
    cJSON_ArrayForEach(item, array)
    {
        if (!judge(root, rule, item, path))
            return 0;
    }
    return 1;
}

static int judge_enum(const cJSON *rule, const cJSON *value, const char *path)
{
    const cJSON *one;
    cJSON_ArrayForEach(one, rule)
    {
        if (cJSON_Compare(one, value, 1))
            return 1;
    }
    return fail(path, "none of the values");
}

static const cJSON *resolve(const cJSON *root, const char *reference)
{
    if (strncmp(reference, "#/$defs/", 8) != 0)
        abort();
    const cJSON *found =
        cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(root, "$defs"), reference + 8);
    if (found == NULL)
        abort();
    return found;
}

static int judge_condition(const cJSON *root, const cJSON *schema, const cJSON *value, const char *path)
{
    const cJSON *condition = cJSON_GetObjectItemCaseSensitive(schema, "if");
    if (condition == NULL)
        return 1;
    int is_met = judge(root, condition, value, path);
    wrong[0] = '\0';
    const cJSON *branch = cJSON_GetObjectItemCaseSensitive(schema, is_met ? "then" : "else");
    return branch == NULL || judge(root, branch, value, path);
}

static int judge_keyword(const cJSON *root, const cJSON *rule, const cJSON *value, const char *path)
{
    static const char *const elsewhere[] = {"$schema",     "$id",    "title",      "$defs",
                                            "description", "format", "properties", "additionalProperties",
                                            "required",    "if",     "then",       "else"};
    const char *keyword = rule->string;
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
        if (strcmp(keyword, elsewhere[i]) == 0)
            return 1;
    }
    if (strcmp(keyword, "type") == 0)
        return judge_type(rule, value, path);
    if (strcmp(keyword, "minimum") == 0 || strcmp(keyword, "maximum") == 0)
        return judge_number(keyword, rule->valuedouble, value, path);
    if (strcmp(keyword, "minLength") == 0 || strcmp(keyword, "maxLength") == 0 || strcmp(keyword, "pattern") == 0)
        return judge_text(keyword, rule, value, path);
    if (strcmp(keyword, "items") == 0)
        return judge_items(root, rule, value, path);
    if (strcmp(keyword, "enum") == 0)
        return judge_enum(rule, value, path);
    if (strcmp(keyword, "const") == 0)
        return cJSON_Compare(rule, value, 1) || fail(path, "another value");
    if (strcmp(keyword, "$ref") == 0)
        return judge(root, resolve(root, rule->valuestring), value, path);
    if (strcmp(keyword, "allOf") == 0) {
        const cJSON *each;
        cJSON_ArrayForEach(each, rule)
        {
            if (!judge(root, each, value, path))
                return 0;
        }
        return 1;
    }
    fprintf(stderr, "json_schema: unknown keyword %s\n", keyword);
    abort();
}

static int judge(const cJSON *root, const cJSON *schema, const cJSON *value, const char *path)
{
    const cJSON *rule;
    cJSON_ArrayForEach(rule, schema)
    {
        if (!judge_keyword(root, rule, value, path))
            return 0;
    }
    return judge_members(root, schema, value, path) && judge_condition(root, schema, value, path);
}

const char *json_schema_judge(const cJSON *schema, const cJSON *document)
{
    wrong[0] = '\0';
    return judge(schema, schema, document, "") ? NULL : wrong;
}
