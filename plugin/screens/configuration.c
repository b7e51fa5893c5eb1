/* SPDX-License-Identifier: Apache-2.0 */
/*
 * screens/configuration.c - Configuration: Send X Report, with effect at once.
 *
 * Screen `configuration`. Toggle: send_x. Texts: last_x, next_x.
 */
#include "screens/form.h"
#include "screens/draw.h"

#include <string.h>

static void draw_configuration(screens *s, draw *d)
{
    core_x x = core_get_x(s->core, s->now);
    draw_toggle(d, "send_x", TEXT_SEND_X, page_word(s, TEXT_SEND_X_HELP), x.enabled, "send_x",
                x.available ? NULL : page_word(s, TEXT_X_UNAVAILABLE));
    draw_text(d, "last_x", TEXT_X_LAST, x.last_sent_ms > 0 ? draw_moment(d, x.last_sent_ms) : page_word(s, TEXT_NEVER));
    bool is_on = x.enabled && x.available;
    const char *next = page_word(s, is_on ? TEXT_X_SOON : TEXT_X_OFF);
    if (is_on && x.next_in_ms > 0)
        next = draw_say(d, TEXT_IN_TIME, draw_wait(d, x.next_in_ms));
    draw_text(d, "next_x", TEXT_X_NEXT, next);
}

static void act_configuration(screens *s, const char *action, const form *f)
{
    const char *wanted = form_get(f, "send_x");
    (void)action;
    if (strcmp(wanted, "1") != 0 && strcmp(wanted, "0") != 0)
        return; /* a host that does not say which way leaves it as it is */
    if (!core_set_x_enabled(s->core, s->now, strcmp(wanted, "1") == 0))
        page_notice(s, POS_LEVEL_ERROR, TEXT_FAIL_STORAGE, NULL, NULL);
    s->fresh = true; /* the toggle shows what holds, whatever was pressed */
}

const page page_configuration = {
    .id = "configuration", .title = TEXT_MAIN_CONFIGURATION, .draw = draw_configuration, .act = act_configuration};
