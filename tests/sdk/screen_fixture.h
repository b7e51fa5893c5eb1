/* SPDX-License-Identifier: Apache-2.0 */
/* A screen model and a scripted plugin behind it: the plugin describes what `plugin` says, and notes events. */
#ifndef TESTS_SDK_SCREEN_FIXTURE_H
#define TESTS_SDK_SCREEN_FIXTURE_H

#include <poshost/screen.h>

typedef struct screen_fixture {
    pos_screen screen;
    pos_widget widgets[16];
    unsigned count;
    int32_t result; /* of render: POS_OK, or what to fail with */
    unsigned renders;
    /* The last event, copied. */
    int had_event;
    pos_event event;
    char widget[32];
    char action[32];
    char values[512]; /* "email=ana;password=secret;" */
    int builder_was_null;
} screen_fixture;

extern screen_fixture plugin;
extern poshost_screen *screen;

/* A log-in screen, opened: email, password, country, remember, number, list, row.0, login, off. */
void screen_fixture_setup(void);
void screen_fixture_teardown(void);

/* The plugin's render; its ctx is &plugin. */
int32_t screen_fixture_render(void *ctx, const pos_event *event, const pos_builder *builder);

int32_t screen_fixture_press(const char *id);
int32_t screen_fixture_refresh(void);
void screen_fixture_set(const char *id, const char *text);
void screen_fixture_expect_value(const char *id, const char *value);

#endif
