/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fake plugin's hand-made screens.
 */
#include "fake_plugin.h"

#include <stdio.h>
#include <string.h>

#define FAKE_ROWS 1000u

static int32_t fake_add(const pos_builder *builder, pos_widget widget)
{
    widget.struct_size = (uint32_t)sizeof widget;
    return builder->add(builder->ctx, &widget);
}

static int32_t fake_login(const pos_builder *builder)
{
    int32_t bad = 0;
    bad |= fake_add(builder, (pos_widget){.kind = POS_WIDGET_NOTICE,
                                          .id = "why",
                                          .level = POS_LEVEL_WARNING,
                                          .value = "Nobody is logged in: reports are kept here until somebody is."});
    bad |= fake_add(builder, (pos_widget){.kind = POS_WIDGET_INPUT,
                                          .id = "email",
                                          .label = "E-mail",
                                          .keyboard = POS_KEYBOARD_EMAIL,
                                          .max_length_bytes = 60,
                                          .action = "login"});
    bad |= fake_add(builder, (pos_widget){.kind = POS_WIDGET_SECRET,
                                          .id = "password",
                                          .label = "Password",
                                          .keyboard = POS_KEYBOARD_TEXT,
                                          .max_length_bytes = 60,
                                          .action = "login",
                                          .error = "The e-mail or the password is wrong."});
    bad |= fake_add(
        builder,
        (pos_widget){
            .kind = POS_WIDGET_BUTTON, .id = "go", .label = "Log in", .level = POS_LEVEL_PRIMARY, .action = "login"});
    bad |= fake_add(builder, (pos_widget){.kind = POS_WIDGET_BUTTON,
                                          .id = "assign",
                                          .label = "Assign business",
                                          .level = POS_LEVEL_PLAIN,
                                          .action = "assign",
                                          .disabled_reason = "Log in first."});
    return bad;
}

static int32_t fake_all(const pos_builder *builder)
{
    static const pos_option options[] = {
        {.struct_size = (uint32_t)sizeof(pos_option), .value = "es", .label = "España"},
        {.struct_size = (uint32_t)sizeof(pos_option), .value = "fr", .label = "France"},
    };
    int32_t bad = 0;
    bad |= fake_add(builder, (pos_widget){.kind = POS_WIDGET_SECTION, .id = "s1", .label = "What can be set"});
    bad |= fake_add(builder, (pos_widget){.kind = POS_WIDGET_TOGGLE,
                                          .id = "x",
                                          .label = "Send X Report",
                                          .value = "1",
                                          .action = "x",
                                          .help = "The day's figures every 30 minutes."});
    bad |= fake_add(builder, (pos_widget){.kind = POS_WIDGET_CHOICE,
                                          .id = "country",
                                          .label = "Country",
                                          .value = "es",
                                          .options = options,
                                          .option_count = 2,
                                          .option_stride = (uint32_t)sizeof options[0],
                                          .action = "country"});
    bad |= fake_add(builder, (pos_widget){.kind = POS_WIDGET_SECTION, .id = "s2", .label = "What can be read"});
    bad |=
        fake_add(builder, (pos_widget){.kind = POS_WIDGET_TEXT, .id = "t", .label = "Store", .value = "Calle Mayor"});
    bad |= fake_add(
        builder,
        (pos_widget){
            .kind = POS_WIDGET_PROGRESS, .id = "p", .label = "Uploading", .permille = 500, .value = "5 of 10"});
    bad |=
        fake_add(builder, (pos_widget){.kind = POS_WIDGET_LIST, .id = "l", .label = "Queue", .total = 2, .count = 2});
    bad |= fake_add(builder, (pos_widget){.kind = POS_WIDGET_ROW,
                                          .id = "r1",
                                          .label = "Z 17",
                                          .value = "waiting",
                                          .action = "item",
                                          .help = "tried again in 20 s"});
    bad |= fake_add(builder, (pos_widget){.kind = POS_WIDGET_ROW, .id = "r2", .label = "X 18/3", .value = "waiting"});
    bad |= fake_add(builder, (pos_widget){.kind = 77, .id = "future", .label = "Newer", .value = "shown as text"});
    bad |= fake_add(builder, (pos_widget){.kind = POS_WIDGET_BUTTON,
                                          .id = "off",
                                          .label = "Disconnect",
                                          .level = POS_LEVEL_DANGEROUS,
                                          .action = "off"});
    return bad;
}

static int32_t fake_list(const pos_builder *builder, const pos_event *event)
{
    static uint32_t first;
    static uint32_t count = 10;
    if (event != NULL && event->kind == POS_EVENT_WINDOW) {
        first = event->first < FAKE_ROWS ? event->first : 0;
        count = event->count < FAKE_ROWS - first ? event->count : FAKE_ROWS - first;
    }
    int32_t bad = fake_add(builder, (pos_widget){.kind = POS_WIDGET_LIST,
                                                 .id = "queue",
                                                 .label = "Queue",
                                                 .total = FAKE_ROWS,
                                                 .first = first,
                                                 .count = count});
    for (uint32_t i = first; i < first + count; i++) {
        char id[32], label[32];
        (void)snprintf(id, sizeof id, "row%u", (unsigned)i);
        (void)snprintf(label, sizeof label, "Report %u", (unsigned)i + 1);
        bad |= fake_add(
            builder,
            (pos_widget){.kind = POS_WIDGET_ROW, .id = id, .label = label, .value = "waiting", .action = "item"});
    }
    return bad;
}

static int32_t fake_nasty(const pos_builder *builder)
{
    int32_t bad = 0;
    bad |= fake_add(builder, (pos_widget){.kind = POS_WIDGET_TEXT,
                                          .id = "wide",
                                          .label = "商店",
                                          .value = "東京都千代田区丸の内一丁目九番一号東京駅構内北口改札外"
                                                   "売店第二号店臨時出張所および関連施設一式"});
    bad |=
        fake_add(builder, (pos_widget){.kind = POS_WIDGET_TEXT,
                                       .id = "long",
                                       .value = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg"
                                                "hhhhhhhhhhiiiiiiiiii end"});
    bad |= fake_add(builder, (pos_widget){.kind = POS_WIDGET_TEXT,
                                          .id = "control",
                                          .label = "Name",
                                          .value = "\x1b[2Jcleared\ttab\nsecond line"});
    bad |=
        fake_add(builder, (pos_widget){.kind = POS_WIDGET_ROW,
                                       .id = "row",
                                       .label = "A row whose label is so long that its value would not find any room "
                                                "beside it at all",
                                       .value = "Íñigo"});
    return bad;
}

static int32_t fake_long(const pos_builder *builder)
{
    int32_t bad = 0;
    for (uint32_t i = 0; i < 12; i++) {
        char id[16], label[16];
        (void)snprintf(id, sizeof id, "b%u", (unsigned)i);
        (void)snprintf(label, sizeof label, "Thing %u", (unsigned)i + 1);
        if (i == 0 || i == 8)
            bad |= fake_add(builder,
                            (pos_widget){.kind = POS_WIDGET_SECTION, .id = i == 0 ? "s0" : "s8", .label = "Part"});
        bad |= fake_add(builder, (pos_widget){.kind = POS_WIDGET_BUTTON,
                                              .id = id,
                                              .label = label,
                                              .help = "what it does",
                                              .level = POS_LEVEL_PLAIN,
                                              .action = "b"});
    }
    return bad;
}

static void fake_copy(char *out, size_t capacity, const char *text)
{
    (void)snprintf(out, capacity, "%s", text != NULL ? text : "");
}

static void fake_keep_event(const pos_event *event)
{
    if (event->kind == POS_EVENT_WINDOW)
        fake_plugin.last_first = event->first;
    if (event->kind != POS_EVENT_ACTION)
        return;
    fake_copy(fake_plugin.last_action, sizeof fake_plugin.last_action, event->action);
    for (uint32_t i = 0; i < event->value_count; i++) {
        const pos_value *value = (const void *)((const char *)event->values + (size_t)i * event->value_stride);
        if (strcmp(value->widget, "email") == 0)
            fake_copy(fake_plugin.last_email, sizeof fake_plugin.last_email, value->text);
        if (strcmp(value->widget, "password") == 0)
            fake_copy(fake_plugin.last_secret, sizeof fake_plugin.last_secret, value->text);
    }
    if (strcmp(fake_plugin.last_action, "login") == 0)
        fake_plugin.page = FAKE_PAGE_ALL;
}

int32_t fake_plugin_render(void *ctx, const pos_event *event, const pos_builder *builder)
{
    static const char *const ids[] = {"login", "all", "list", "nasty", "long"};
    static const char *const titles[] = {"Login to FactoryCLOUD", "Everything", "Synchronization status", "Names",
                                         "Long"};
    (void)ctx;
    if (event != NULL)
        fake_keep_event(event);
    if (builder == NULL)
        return POS_OK;
    pos_screen screen = {.struct_size = (uint32_t)sizeof screen,
                         .flags = fake_plugin.page == FAKE_PAGE_LIST ? POS_SCREEN_HAS_BACK : 0,
                         .revision = fake_plugin.page + 1,
                         .id = ids[fake_plugin.page],
                         .title = titles[fake_plugin.page]};
    int32_t bad = builder->begin(builder->ctx, &screen);
    if (bad != 0)
        return bad;
    switch (fake_plugin.page) {
    case FAKE_PAGE_LOGIN:
        return fake_login(builder);
    case FAKE_PAGE_ALL:
        return fake_all(builder);
    case FAKE_PAGE_LIST:
        return fake_list(builder, event);
    case FAKE_PAGE_LONG:
        return fake_long(builder);
    default:
        return fake_nasty(builder);
    }
}
