/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cookies, form fields and the proof that a form is ours. Nothing is stored for it: the proof is a keyed hash of the
 * cookie's secret, which another site can neither read nor guess.
 */
#include "page_access.h"
#include "page_handlers.h"
#include "problem.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* The prefix makes browsers insist on Secure, Path=/ and no Domain: a neighbour on a subdomain can't plant one. */
#define SESSION_COOKIE "__Host-session"
#define FORM_COOKIE    "__Host-form"
#define COOKIE_FLAGS   "; Path=/; Secure; HttpOnly; SameSite=Strict"
#define CSRF_SIZE      (2 * IDENT_HASH_BYTES + 1)

static bool find_cookie(const request *from, const char *name, char out[PAGE_COOKIE_SIZE])
{
    size_t name_length = strlen(name);
    for (const char *at = from->cookie; at && *at; at += strcspn(at, ";"), at += *at == ';') {
        at += strspn(at, " ");
        size_t length = strcspn(at, ";");
        if (length > name_length && length - name_length <= PAGE_COOKIE_SIZE - 1 && at[name_length] == '=' &&
            strncmp(at, name, name_length) == 0) {
            memcpy(out, at + name_length + 1, length - name_length - 1);
            out[length - name_length - 1] = 0;
            return ident_is_id(out);
        }
    }
    return false;
}

bool page_session_token(const request *from, char token[PAGE_COOKIE_SIZE])
{
    return find_cookie(from, SESSION_COOKIE, token);
}

void page_set_session(response *answer, const char *token)
{
    snprintf(answer->cookie, sizeof answer->cookie, SESSION_COOKIE "=%s" COOKIE_FLAGS "%s", token ? token : "",
             token ? "" : "; Max-Age=0");
}

void page_check_session(request *self, response *answer)
{
    char token[PAGE_COOKIE_SIZE];
    store_status status = STORE_NOT_FOUND;
    if (page_session_token(self, token)) {
        ident_hash_text(token, self->token_hash);
        status = store_session_use(self->api->store, self->token_hash, self->now_ms, &self->session);
        sodium_memzero(token, sizeof token);
    }
    if (status == STORE_NOT_FOUND)
        page_redirect(answer, "/login");
    else if (status != STORE_OK)
        problem_set_store(answer, status);
}

static void make_proof(const char *secret, char proof[CSRF_SIZE])
{
    static const char purpose[] = "form";
    unsigned char hash[IDENT_HASH_BYTES];
    ident_hash_keyed(secret, purpose, sizeof purpose - 1, hash);
    sodium_bin2hex(proof, CSRF_SIZE, hash, sizeof hash);
}

static void write_field(page *self, const char *secret)
{
    char proof[CSRF_SIZE];
    make_proof(secret, proof);
    page_raw(self, "<input type=\"hidden\" name=\"csrf\" value=\"");
    page_text(self, proof);
    page_raw(self, "\">");
}

void page_csrf_field(page *self)
{
    char token[PAGE_COOKIE_SIZE];
    if (page_session_token(self->request, token))
        write_field(self, token);
    sodium_memzero(token, sizeof token);
}

void page_csrf_login_field(page *self)
{
    char secret[PAGE_COOKIE_SIZE];
    if (!find_cookie(self->request, FORM_COOKIE, secret)) {
        ident_make_token("fcf_", secret);
        snprintf(self->answer->cookie, sizeof self->answer->cookie, FORM_COOKIE "=%s" COOKIE_FLAGS, secret);
    }
    write_field(self, secret);
    sodium_memzero(secret, sizeof secret);
}

static bool proves(const request *from, const char *cookie, const char *sent)
{
    char secret[PAGE_COOKIE_SIZE];
    char proof[CSRF_SIZE];
    if (from->fetch_site && strcmp(from->fetch_site, "same-origin") != 0)
        return false;
    if (strlen(sent) != sizeof proof - 1 || !find_cookie(from, cookie, secret))
        return false;
    make_proof(secret, proof);
    sodium_memzero(secret, sizeof secret);
    return sodium_memcmp(proof, sent, sizeof proof - 1) == 0;
}

static bool holds(const request *from, const char *cookie)
{
    char sent[CSRF_SIZE];
    return page_form_value(from, "csrf", sent, sizeof sent) && proves(from, cookie, sent);
}

bool page_csrf_proves(const request *from, const char *sent)
{
    return proves(from, SESSION_COOKIE, sent);
}

bool page_csrf_holds(const request *from)
{
    return holds(from, SESSION_COOKIE);
}

bool page_csrf_login_holds(const request *from)
{
    return holds(from, FORM_COOKIE);
}

void page_refuse_form(request *self, response *answer)
{
    answer->status = 403;
    page_from_problem(self, answer);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool decode(const char *at, const char *end, char *out, size_t out_size)
{
    size_t used = 0;
    while (at < end) {
        int value = (unsigned char)*at++;
        if (value == '+') {
            value = ' ';
        } else if (value == '%') {
            if (end - at < 2 || digit_of(at[0]) < 0 || digit_of(at[1]) < 0)
                return false;
            value = digit_of(at[0]) * 16 + digit_of(at[1]);
            at += 2;
        }
        if (value == 0 || used + 1 >= out_size)
            return false;
        out[used++] = (char)value;
    }
    out[used] = 0;
    return true;
}

bool page_form_value(const request *from, const char *name, char *out, size_t out_size)
{
    size_t name_length = strlen(name);
    const char *end = from->body + from->body_bytes;
    for (const char *at = from->body; at < end;) {
        const char *next = memchr(at, '&', (size_t)(end - at));
        const char *stop = next ? next : end;
        if ((size_t)(stop - at) > name_length && memcmp(at, name, name_length) == 0 && at[name_length] == '=') {
            bool good = decode(at + name_length + 1, stop, out, out_size);
            if (!good)
                out[0] = 0;
            return good;
        }
        at = next ? next + 1 : end;
    }
    out[0] = 0;
    return false;
}
