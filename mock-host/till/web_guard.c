/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose request is it? Any page in the owner's browser can send requests to a loopback address, and a name that first
 * leads to a server and then to 127.0.0.1 can even read the answers (DNS rebinding). So the till answers under its own
 * names only, and does something only for a form of its own: same origin, cookie and token of this run.
 */
#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "web_own.h"

static const char *web_guard_header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* `text` is a loopback name with this till's port. */
static bool web_guard_is_mine(const struct web *web, const char *text)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; text != NULL && i < sizeof names / sizeof names[0]; i++) {
        char mine[32];
        (void)snprintf(mine, sizeof mine, "%s:%u", names[i], (unsigned)web->port);
        if (strcasecmp(text, mine) == 0 || (web->port == 80 && strcasecmp(text, names[i]) == 0))
            return true;
    }
    return false;
}

static bool web_guard_same(const char *text, const char *secret)
{
    return text != NULL && strlen(text) == WEB_TOKEN_BYTES - 1 && sodium_memcmp(text, secret, WEB_TOKEN_BYTES - 1) == 0;
}

bool web_guard_knows_token(const struct web *web, const char *token)
{
    return web_guard_same(token, web->token);
}

const char *web_guard_refuses(const struct web *web, struct MHD_Connection *connection, bool is_post,
                              unsigned int *status)
{
    static const char scheme[] = "http://";
    const char *origin = web_guard_header(connection, "Origin");
    const char *site = web_guard_header(connection, "Sec-Fetch-Site");
    const char *type = web_guard_header(connection, "Content-Type");
    *status = MHD_HTTP_FORBIDDEN;
    if (!web_guard_is_mine(web, web_guard_header(connection, "Host")))
        return "This till answers under its own address only. Open the address that it printed when it started.";
    if (origin != NULL &&
        (strncmp(origin, scheme, sizeof scheme - 1) != 0 || !web_guard_is_mine(web, origin + sizeof scheme - 1)))
        return "This request came from another page. Open the till's own page.";
    if (!is_post)
        return NULL;
    if (site != NULL && strcmp(site, "same-origin") != 0)
        return "This request came from another page. Open the till's own page.";
    if (!web_guard_same(MHD_lookup_connection_value(connection, MHD_COOKIE_KIND, web->cookie_name), web->cookie))
        return "This page is from before the till was started anew, or your browser keeps no cookies for it. "
               "Open the till's page again.";
    *status = MHD_HTTP_UNSUPPORTED_MEDIA_TYPE;
    if (type == NULL || strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0)
        return "Only the forms of the till's own page are taken here.";
    return NULL;
}
