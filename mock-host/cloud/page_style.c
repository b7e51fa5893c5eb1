/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stylesheet: colours for light and dark (text has a contrast of 4.5 or more, edges of controls 3), a type scale of
 * 14, 16, 20, 28 and 32 to 40 px, distances in steps of 4 and 8, targets of 44 px and more. And the icon.
 */
#include "page_style.h"
#include "page_handlers.h"
#include "problem.h"

#include <stdlib.h>
#include <string.h>

static const char base[] =
    ":root {\n"
    "  color-scheme: light dark;\n"
    "  --ground: #f5f6f8; --card: #ffffff; --ink: #1b2333; --soft: #566178; --line: #dde2ea; --edge: #7a869c;\n"
    "  --accent: #1d5cbb; --accent-ink: #ffffff; --accent-deep: #174a97; --bar: #4a85d9; --minus: #b4552d;\n"
    "  --info: #e9f0fb; --info-ink: #1b4788; --warn: #fdf3d7; --warn-ink: #664700; --bad: #fcebea; --bad-ink: "
    "#97201c;\n"
    "}\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  :root {\n"
    "    --ground: #10141b; --card: #191f29; --ink: #e7ebf2; --soft: #a5b0c4; --line: #2d3644; --edge: #76839a;\n"
    "    --accent: #8ab4f8; --accent-ink: #0c1a31; --accent-deep: #b3cffb; --bar: #6f9fe8; --minus: #e58e67;\n"
    "    --info: #18294a; --info-ink: #b9d2fb; --warn: #382d10; --warn-ink: #f8d77c; --bad: #421d1e; --bad-ink: "
    "#ffb7b2;\n"
    "  }\n"
    "}\n"
    "* { box-sizing: border-box; }\n"
    "html { -webkit-text-size-adjust: 100%; }\n"
    "body {\n"
    "  margin: 0; background: var(--ground); color: var(--ink);\n"
    "  font: 16px/24px system-ui, -apple-system, \"Segoe UI\", Roboto, \"Noto Sans\", \"Liberation Sans\", "
    "sans-serif;\n"
    "}\n"
    "h1, h2, h3, p, dl, dd, ul, figure { margin: 0; padding: 0; }\n"
    "h1 { font-size: 28px; line-height: 36px; font-weight: 650; letter-spacing: -0.01em; }\n"
    "h2 { font-size: 20px; line-height: 28px; font-weight: 650; }\n"
    "h3 { font-size: 16px; line-height: 24px; font-weight: 650; }\n"
    "a { color: var(--accent); }\n"
    ":focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }\n"
    ".soft { color: var(--soft); }\n"
    ".small { font-size: 14px; line-height: 20px; }\n"
    ".skip { position: absolute; left: -9999px; }\n"
    ".skip:focus { left: 16px; top: 8px; z-index: 1; background: var(--card); padding: 8px 16px; }\n"
    ".hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); "
    "white-space: nowrap; }\n";

static const char frame[] =
    ".top { background: var(--card); border-bottom: 1px solid var(--line); }\n"
    ".bar { max-width: 1152px; margin: 0 auto; padding: 8px 16px; display: flex; align-items: center; gap: 16px; "
    "min-height: 64px; }\n"
    ".brand { display: inline-flex; align-items: center; gap: 12px; min-height: 48px; font-weight: 650; color: "
    "var(--ink); text-decoration: none; }\n"
    ".account { margin-left: auto; display: flex; align-items: center; gap: 16px; min-width: 0; }\n"
    ".who { color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }\n"
    "main { max-width: 1152px; margin: 0 auto; padding: 24px 16px 48px; display: grid; gap: 24px; "
    "grid-template-columns: minmax(0, 1fr); }\n"
    "footer { max-width: 1152px; margin: 0 auto; padding: 0 16px 24px; }\n"
    "footer a { display: inline-flex; align-items: center; min-height: 48px; }\n"
    ".crumbs a { display: inline-flex; align-items: center; min-height: 44px; }\n"
    ".title { display: grid; gap: 4px; }\n";

static const char controls[] =
    ".card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 24px; "
    "display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); align-content: start; }\n"
    ".narrow { width: 100%; max-width: 464px; margin: 16px auto; }\n"
    ".stack { display: grid; gap: 16px; }\n"
    ".empty { padding: 32px 24px; text-align: center; color: var(--soft); }\n"
    ".cardhead { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 16px; justify-content: "
    "space-between; }\n"
    ".field { display: grid; gap: 4px; }\n"
    "label { font-weight: 600; font-size: 14px; line-height: 20px; }\n"
    "input { width: 100%; min-height: 48px; padding: 8px 12px; font: inherit; color: inherit; background: "
    "var(--card); border: 1px solid var(--edge); border-radius: 8px; }\n"
    "button, .button {\n"
    "  display: inline-flex; align-items: center; justify-content: center; min-height: 48px; padding: 8px 20px; "
    "font: inherit; font-weight: 600;\n"
    "  text-decoration: none; color: var(--accent); background: transparent; border: 1px solid var(--edge); "
    "border-radius: 8px; cursor: pointer; white-space: nowrap;\n"
    "}\n"
    "button:hover, .button:hover { border-color: var(--accent); }\n"
    ".primary { color: var(--accent-ink); background: var(--accent); border-color: var(--accent); }\n"
    ".primary:hover { background: var(--accent-deep); }\n"
    ".quiet { border-color: transparent; padding: 8px 12px; margin-right: -12px; }\n"
    ".wide { width: 100%; }\n"
    ".row { display: flex; flex-wrap: wrap; gap: 16px; align-items: end; }\n"
    ".row .field { flex: 1 1 160px; max-width: 220px; }\n"
    ".row .field:has([type=file]) { flex-basis: 280px; max-width: 420px; }\n";

static const char notices[] =
    ".notice { border-radius: 8px; padding: 12px 16px; background: var(--info); color: var(--info-ink); }\n"
    ".notice.warn { background: var(--warn); color: var(--warn-ink); }\n"
    ".notice.bad { background: var(--bad); color: var(--bad-ink); }\n"
    ".notices { display: grid; gap: 8px; list-style: none; }\n"
    ".notices li { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; justify-content: "
    "space-between; }\n"
    ".notices .notice p { flex: 1 1 320px; }\n"
    ".notice a, .notice summary { color: inherit; font-weight: 600; }\n"
    ".notices a { display: inline-flex; align-items: center; min-height: 44px; }\n"
    "summary { min-height: 44px; display: list-item; padding: 10px 0; cursor: pointer; font-weight: 600; }\n"
    ".mark { display: inline-block; border-radius: 4px; padding: 0 8px; font-size: 14px; line-height: 24px; "
    "background: var(--info); color: var(--info-ink); white-space: nowrap; }\n"
    ".mark.warn { background: var(--warn); color: var(--warn-ink); }\n"
    ".mark.bad { background: var(--bad); color: var(--bad-ink); }\n"
    "a.mark { display: inline-flex; align-items: center; min-height: 44px; font-weight: 600; }\n";

static const char figures[] =
    ".tiles { display: grid; gap: 16px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 232px), 1fr)); "
    "}\n"
    ".tiles.large { grid-template-columns: repeat(auto-fill, minmax(min(100%, 304px), 1fr)); }\n"
    ".tile { border: 1px solid var(--line); border-radius: 8px; padding: 16px; display: grid; gap: 8px; "
    "align-content: start; }\n"
    ".figure { font-size: 32px; line-height: 40px; font-weight: 650; letter-spacing: -0.02em; "
    "font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }\n"
    ".pairs { display: grid; grid-template-columns: auto 1fr; gap: 4px 16px; font-size: 14px; line-height: 20px; "
    "}\n"
    ".pairs dt { color: var(--soft); }\n"
    ".pairs dd { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }\n"
    ".stores { display: grid; gap: 8px; list-style: none; }\n"
    ".stores a { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; justify-content: "
    "space-between; min-height: 64px; padding: 8px 16px; border: 1px solid var(--line); border-radius: 8px; "
    "color: inherit; text-decoration: none; }\n"
    ".stores a:hover { border-color: var(--accent); }\n"
    ".stores .name { font-weight: 600; color: var(--accent); }\n"
    ".stores .last { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; color: var(--soft); "
    "font-size: 14px; line-height: 20px; }\n";

static const char tables[] =
    ".scroll { overflow-x: auto; margin: 0 -24px; padding: 0 24px; }\n"
    "table { width: 100%; border-collapse: collapse; font-size: 14px; line-height: 20px; }\n"
    "caption { text-align: left; padding-bottom: 8px; }\n"
    "th { text-align: left; font-weight: 600; color: var(--soft); vertical-align: bottom; }\n"
    "tbody th { color: inherit; vertical-align: middle; }\n"
    "td, th { padding: 8px; border-bottom: 1px solid var(--line); white-space: nowrap; }\n"
    "th:first-child, td:first-child { padding-left: 0; }\n"
    "th:last-child, td:last-child { padding-right: 0; }\n"
    "td { height: 48px; }\n"
    ".compact td { height: 40px; }\n"
    "td.n + :not(.n), th.n + :not(.n) { padding-left: 24px; }\n"
    ".n { text-align: right; font-variant-numeric: tabular-nums; }\n"
    "tbody tr:last-child td, tbody tr:last-child th { border-bottom: 0; }\n"
    "tfoot td, tfoot th { border-top: 1px solid var(--edge); border-bottom: 0; font-weight: 600; color: inherit; "
    "}\n"
    ".pages { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; justify-content: "
    "space-between; }\n"
    ".pages div { display: flex; gap: 8px; }\n"
    ".halves { display: grid; gap: 32px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); "
    "align-items: start; }\n"
    ".halves > div { min-width: 0; display: grid; gap: 32px; }\n"
    ".halves > div > div { min-width: 0; display: grid; gap: 8px; }\n"
    ".halves .scroll { margin: 0; padding: 0; }\n";

static const char rest[] =
    ".chart svg { display: block; width: 100%; height: auto; }\n"
    ".chart text { fill: var(--soft); font-size: 9px; font-variant-numeric: tabular-nums; }\n"
    ".chart line { stroke: var(--line); stroke-width: 1; }\n"
    ".chart .zero { stroke: var(--edge); }\n"
    ".chart rect { fill: var(--bar); }\n"
    ".chart rect.minus { fill: var(--minus); }\n"
    ".sides { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 288px), 1fr)); }\n"
    ".sides .card { grid-template-rows: 1fr auto; }\n"
    ".mail { display: grid; gap: 12px; }\n"
    ".mail pre { margin: 0; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }\n"
    ".code { font-size: 40px; line-height: 56px; font-weight: 650; letter-spacing: 0.12em; font-variant-numeric: "
    "tabular-nums; user-select: all; -webkit-user-select: all; padding: 4px 16px; border: 1px dashed "
    "var(--edge); border-radius: 8px; justify-self: start; }\n"
    ".chart .slim { display: none; }\n"
    "@media (max-width: 960px) { .chart text { font-size: 13px; } }\n"
    "@media (max-width: 560px) { .chart .broad { display: none; } .chart .slim { display: block; } }\n"
    "@media (max-width: 600px) {\n"
    "  .card { padding: 16px; }\n"
    "  .scroll { margin: 0 -16px; padding: 0 16px; }\n"
    "  h1 { font-size: 24px; line-height: 32px; }\n"
    "  .account .who { display: none; }\n"
    "  .row .field { max-width: none; }\n"
    "  .row button { flex: 1 1 100%; }\n"
    "}\n"
    "@media (max-height: 520px) {\n"
    "  main { padding-top: 16px; }\n"
    "  .narrow { margin-top: 0; }\n"
    "}\n"
    "@media print { .top, footer, .pages, .row, .skip { display: none; } body { background: #fff; } }\n";

static const char *const parts[] = {base, frame, controls, notices, figures, tables, rest};

static const char icon[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\">"
                           "<rect width=\"32\" height=\"32\" rx=\"8\" fill=\"#1d5cbb\"/>"
                           "<path d=\"M7 22h4v-6H7zm7 0h4V9h-4zm7 0h4v-9h-4z\" fill=\"#fff\"/></svg>\n";

/* For free(); NULL when there is no memory. */
static char *join_parts(void)
{
    size_t length = 1;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        length += strlen(parts[i]);
    char *text = calloc(1, length);
    for (size_t i = 0; text && i < sizeof parts / sizeof *parts; i++)
        strcat(text, parts[i]);
    return text;
}

const char *page_style_version(void)
{
    static _Thread_local char hex[IDENT_HEX_SIZE];
    char *text = hex[0] ? NULL : join_parts();
    if (text) {
        ident_hash_hex(text, strlen(text), hex);
        hex[12] = 0;
    }
    free(text);
    return hex;
}

static void send_text(response *answer, const char *type, char *text)
{
    if (!text) {
        problem_set(answer, PROBLEM_BUSY, NULL);
        return;
    }
    answer->text = text;
    answer->text_bytes = strlen(text);
    answer->type = type;
    answer->status = 200;
}

void page_show_style(request *self, response *answer)
{
    (void)self;
    send_text(answer, "text/css; charset=utf-8", join_parts());
    answer->lasting = answer->status == 200;
}

void page_show_icon(request *self, response *answer)
{
    (void)self;
    send_text(answer, "image/svg+xml", strdup(icon));
}
